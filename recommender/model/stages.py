"""What the log says of each stage of the road, and what it leaves open.

A step that was never taken says something only where it could have been: nobody wanted what
they were not shown, and nobody is refused on merit at a full post.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import log2

import numpy as np
from numpy.typing import NDArray

from recommender.domain import (
    CONFIRMING,
    ENDING,
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    StepReason,
)
from recommender.model.topk import id_keys, pair_hash

# Any of these says that the graduate wanted the post, whatever came of it.
WANTING = frozenset(
    {
        OutcomeStage.INTERESTED,
        OutcomeStage.INTERVIEWED,
        OutcomeStage.REJECTED,
        OutcomeStage.OFFERED,
        OutcomeStage.INTERNED,
        OutcomeStage.SIGNED,
        OutcomeStage.STARTED,
        OutcomeStage.RETAINED,
    }
)
HIRED = CONFIRMING | {OutcomeStage.OFFERED}
AT_A_TIME = 10  # days before and after a decision in which others compete with it
N_SAMPLED = 40  # posts per graduate that they were not known to want


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Pairs with what is known of one stage.

    Attributes
    ----------
    rows, columns : int32 arrays of shape (n_pairs,)
        Indices of the graduate and the post.
    labels : bool array of shape (n_pairs,)
    weights : float32 array of shape (n_pairs,)
        How much each counts, above 0.
    """

    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    labels: NDArray[np.bool_]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int, bool, float]]) -> Labelled:
        """Make labelled pairs of (row, column, label, weight), in order of the indices."""
        table = np.array(sorted(pairs), dtype=np.float64).reshape(-1, 4)
        return cls(
            rows=table[:, 0].astype(np.int32),
            columns=table[:, 1].astype(np.int32),
            labels=table[:, 2].astype(np.bool_),
            weights=table[:, 3].astype(np.float32),
        )

    def only(self, chosen: NDArray[np.bool_]) -> Labelled:
        """Leave the pairs chosen: bool array of shape (n_pairs,)."""
        return Labelled(
            rows=self.rows[chosen],
            columns=self.columns[chosen],
            labels=self.labels[chosen],
            weights=self.weights[chosen],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """All that is known of one pair."""

    stages: frozenset[OutcomeStage]
    steps: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """What the log of one class year says, for a cohort and the posts of its season.

    Attributes
    ----------
    wanted
        Wanted, or shown and not wanted. Nobody is known to have seen the rest.
    hired
        Hired, or refused on merit while a place was left.
    crowding : float32 array of shape (n_hired,)
        Of each pair in `hired`, how many people the post decided on at the time for each place
        that it had left, as a power of two; 0 where it could have taken them all.
    stayed
        Still there after 180 days, or left before.
    shown
        Pairs known to have been in a list that was shown.
    """

    wanted: Labelled
    hired: Labelled
    crowding: NDArray[np.float32]
    stayed: Labelled
    shown: Labelled


def roads(
    graduates: Sequence[Graduate], posts: Sequence[Post], outcomes: Iterable[Outcome]
) -> Roads:
    """Sort the steps of a cohort by what they say of each stage.

    People without consent teach nothing, but the places that they took are taken.
    """
    row = {g.graduate_id: i for i, g in enumerate(graduates) if g.consent}
    column = {post.post_id: j for j, post in enumerate(posts)}
    known = [step for step in outcomes if step.post_id in column]
    full_on = _full_days(known, {post.post_id: post.headcount for post in posts})
    wanted, hired, stayed, shown = [], [], [], []
    for (graduate_id, post_id), road in _by_pair(known).items():
        if graduate_id not in row:
            continue
        pair = (row[graduate_id], column[post_id])
        is_wanted = bool(road.stages & WANTING)
        seen = 1.0 if is_wanted else _seen(road)
        if OutcomeStage.RECOMMENDED in road.stages:
            shown.append((*pair, is_wanted, seen))
        if is_wanted or road.stages & {OutcomeStage.RECOMMENDED, OutcomeStage.DECLINED}:
            wanted.append((*pair, is_wanted, seen))
        if (is_hired := _was_hired(road, full_on[post_id])) is not None:
            hired.append((*pair, is_hired, 1.0))
        if (has_stayed := _has_stayed(road)) is not None:
            stayed.append((*pair, has_stayed, 1.0))
    decided = Labelled.of(hired)
    crowding = _crowding(known, {post.post_id: post.headcount for post in posts})
    return Roads(
        wanted=Labelled.of(wanted),
        hired=decided,
        crowding=np.array(
            [
                crowding[graduates[row].graduate_id, posts[column].post_id]
                for row, column in zip(decided.rows, decided.columns, strict=True)
            ],
            dtype=np.float32,
        ),
        stayed=Labelled.of(stayed),
        shown=Labelled.of(shown),
    )


def _by_pair(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], Road]:
    steps: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for step in outcomes:
        steps[step.graduate_id, step.post_id].append(step)
    return {
        pair: Road(stages=frozenset(step.stage for step in found), steps=tuple(found))
        for pair, found in steps.items()
    }


def _seen(road: Road) -> float:
    """Weigh a post that was shown and not wanted by how likely anybody looked so far down.

    Craswell, Zoeter, Taylor and Ramsey (2008), position bias: rank to the power of -0.7 here.
    """
    if OutcomeStage.DECLINED in road.stages:
        return 1.0  # who declined had seen it
    ranks = [step.shown_rank for step in road.steps if step.shown_rank]
    return float(min(ranks)) ** -0.7 if ranks else 1.0


def _was_hired(road: Road, full_on: Sequence[tuple[date, bool]]) -> bool | None:
    """Say whether the enterprise took who wanted; None where it could not, or nobody knows."""
    if road.stages & HIRED:
        return True
    is_refused = any(
        step.stage is OutcomeStage.REJECTED
        and step.reason is not StepReason.FULL
        and (step.reason is not None or not _was_full(full_on, step.date))
        for step in road.steps
    )
    return False if is_refused else None


def _has_stayed(road: Road) -> bool | None:
    """Say whether somebody stayed 180 days; None where that is not over or not reported."""
    if OutcomeStage.RETAINED in road.stages:
        return True
    return False if road.stages >= {OutcomeStage.STARTED, OutcomeStage.LEFT} else None


def _full_days(
    outcomes: Iterable[Outcome], headcounts: Mapping[str, int]
) -> dict[str, list[tuple[date, bool]]]:
    """Rebuild from the dates when each post was full: (day, full from its end on), ascending."""
    changes: dict[str, list[tuple[date, int]]] = defaultdict(list)
    held: set[tuple[str, str]] = set()
    for step in sorted(outcomes, key=lambda each: (each.date, each.stage in ENDING)):
        pair = (step.graduate_id, step.post_id)
        if step.stage in CONFIRMING and pair not in held:
            held.add(pair)
            changes[step.post_id].append((step.date, 1))
        elif step.stage in ENDING and pair in held:
            held.discard(pair)
            changes[step.post_id].append((step.date, -1))
    full: dict[str, list[tuple[date, bool]]] = defaultdict(list)
    for post_id, moves in changes.items():
        n_taken = 0
        for day, change in moves:
            n_taken += change
            full[post_id].append((day, n_taken >= headcounts[post_id]))
    return full


def _crowding(
    outcomes: Iterable[Outcome], headcounts: Mapping[str, int]
) -> dict[tuple[str, str], float]:
    """See each decision beside those of its time: applicants are chosen among.

    A refusal says less of merit the more people there were for a place. Places are those left
    when the time began, so that nothing that came of a decision is in its own crowding.
    """
    decided: dict[tuple[str, str], int] = {}
    taken: dict[tuple[str, str], int] = {}
    for step in outcomes:
        pair, day = (step.graduate_id, step.post_id), step.date.toordinal()
        if step.stage is OutcomeStage.REJECTED or step.stage in HIRED:
            decided[pair] = min(day, decided.get(pair, day))
        if step.stage in CONFIRMING:
            taken[pair] = min(day, taken.get(pair, day))
    decisions, takings = _days_by_post(decided), _days_by_post(taken)
    found = {}
    for (graduate_id, post_id), day in decided.items():
        first, last = day - AT_A_TIME, day + AT_A_TIME
        days = decisions[post_id]
        n_people = bisect_right(days, last) - bisect_left(days, first)
        n_left = headcounts[post_id] - bisect_left(takings.get(post_id, []), first)
        found[graduate_id, post_id] = max(0.0, log2(n_people / max(n_left, 0.5)))
    return found


def _days_by_post(days: Mapping[tuple[str, str], int]) -> dict[str, list[int]]:
    by_post: dict[str, list[int]] = defaultdict(list)
    for (_, post_id), day in days.items():
        by_post[post_id].append(day)
    return {post_id: sorted(found) for post_id, found in by_post.items()}


def _was_full(full_on: Sequence[tuple[date, bool]], day: date) -> bool:
    """Say whether the post was full at the end of a day."""
    at = bisect_right(full_on, day, key=lambda change: change[0])
    return at > 0 and full_on[at - 1][1]


def sample_unwanted(
    wanted: Labelled,
    suitable: NDArray[np.bool_],
    graduate_ids: Sequence[str],
    post_ids: Sequence[str],
    n_sampled: int = N_SAMPLED,
) -> Labelled:
    """Draw posts that each graduate with a wish could have wanted and is not known to.

    Parameters
    ----------
    suitable : bool array of shape (n_graduates, n_posts)
        Pairs that no rule forbids; nobody is asked about the others.

    Returns
    -------
    Labelled
        Labels are all False. The draw goes by a hash of the two ids, so that the order in
        which anything came never decides.
    """
    open_pairs = suitable.copy()
    open_pairs[wanted.rows, wanted.columns] = False
    hashes = pair_hash(id_keys(graduate_ids)[:, None], id_keys(post_ids)[None, :])
    pairs = []
    for row in np.unique(wanted.rows[wanted.labels]):
        (columns,) = np.nonzero(open_pairs[row])
        drawn = columns[np.argsort(hashes[row, columns], kind="stable")[:n_sampled]]
        pairs += [(int(row), int(column), False, 1.0) for column in drawn]
    return Labelled.of(pairs)
