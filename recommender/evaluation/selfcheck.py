"""Whether the evaluation itself can be believed: ties, labels shuffled, planted answers, alarms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from recommender.domain import Graduate, Outcome, OutcomeStage, Post, Reference
from recommender.evaluation.compare import HeldOut
from recommender.evaluation.metrics import Interval, Resamples, mean_interval, ndcg_at_k
from recommender.evaluation.season import Season, known_before
from recommender.model.topk import NO_POST, id_keys, top_k

BELIEVABLE_AUC = 0.97
TOO_GOOD = 3.0  # times the best baseline
N_SWAPS = 20
Scores = NDArray[np.float32]


class Finding(StrEnum):
    """How a check ended."""

    PASSED = "pass"
    SUSPECT = "suspect"
    FAILED = "fail"
    NOT_DONE = "not done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of the evaluation itself.

    Attributes
    ----------
    code
        ``ties``, ``refused``, ``unused``, ``shuffled``, ``oracle``, ``belief`` or ``auc``.
    subject
        The contender it is about; "" for all.
    measured, limit
        None where there was nothing to measure.
    """

    code: str
    subject: str
    finding: Finding
    measured: float | None = None
    limit: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the check as ``report.json`` writes it."""
        return {
            "code": self.code,
            "subject": self.subject,
            "finding": self.finding.value,
            "measured": _finite(self.measured),
            "limit": _finite(self.limit),
        }


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def below(
    code: str, subject: str, value: float, limit: float, finding: Finding = Finding.FAILED
) -> Check:
    """Pass where a value is at most a limit; not done where it is not known."""
    if not isfinite(value):
        return Check(code=code, subject=subject, finding=Finding.NOT_DONE, limit=limit)
    passed = Finding.PASSED if value <= limit else finding
    return Check(code=code, subject=subject, finding=passed, measured=value, limit=limit)


def check_ties(held_out: HeldOut, scores: Mapping[str, Scores], k: int) -> Check:
    """Turn rows and columns round, with all scores and also with none: lists must stay.

    The figure is how many entries of all lists changed.
    """
    people, posts = id_keys(held_out.graduate_ids), id_keys(held_out.post_ids)
    last = len(posts) - 1
    n_changed = 0
    for each in (*scores.values(), np.zeros(held_out.eligible.shape, dtype=np.float32)):
        lists = top_k(each, held_out.eligible, k, people, posts)
        back = (slice(None, None, -1), slice(None, None, -1))
        turned = top_k(each[back], held_out.eligible[back], k, people[::-1], posts[::-1])[::-1]
        turned = np.where(turned == NO_POST, NO_POST, last - turned)
        n_changed += int((lists != turned).sum())
    return below("ties", "", n_changed, 0)


def shuffled(
    graduates: Sequence[Graduate], outcomes: Sequence[Outcome], reference: Reference, seed: int
) -> list[Outcome]:
    """Give every graduate's steps to another of the same trade and class year, by chance."""
    groups: dict[tuple[int, str], list[str]] = defaultdict(list)
    for each in graduates:
        groups[each.class_year, reference.trade_of(each.trade)].append(each.graduate_id)
    rng = np.random.default_rng(seed)
    now: dict[str, str] = {}
    for key in sorted(groups):
        ids = sorted(groups[key])
        now.update(zip(ids, [ids[i] for i in rng.permutation(len(ids))], strict=True))
    return [
        replace(step, graduate_id=now[step.graduate_id])
        for step in outcomes
        if step.graduate_id in now
    ]


def lead_of_own(
    scores: Scores,
    held_out: HeldOut,
    trades: NDArray[np.str_],
    resamples: Resamples,
    k: int,
    seed: int,
) -> Interval:
    """Measure how much better people are ranked for by their own description than by another's.

    Where labels were shuffled within the trade, a graduate's own description says no more of
    them than that of anybody else of the trade, so that this is the method given only the
    trade; whoever is still ahead knows the answers. Blanking the description out instead would
    take away what a method says of a trade as a whole, such as where its people live. Swapped
    are people whom the rules allow the same, since who may take what shows in the labels.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
    held_out : HeldOut
        With the shuffled gains.
    trades : str array of shape (n_graduates,)

    Returns
    -------
    Interval
        Difference in NDCG, own less the mean of `N_SWAPS` swaps, -1 to 1.

    References
    ----------
    Good (2005), Permutation, Parametric and Bootstrap Tests of Hypotheses, on exchanging what
    is alike where nothing is to be found.
    """
    judged = held_out.eligible & ~np.isnan(held_out.gains)
    gains = np.where(judged, held_out.gains, np.float32(np.nan))
    people, posts = id_keys(held_out.graduate_ids), id_keys(held_out.post_ids)

    def ndcg(rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return ndcg_at_k(top_k(scores[rows], judged, k, people, posts), gains, k)

    alike = _alike(trades, held_out.eligible)
    rng = np.random.default_rng(seed)
    own = ndcg(np.arange(len(scores)))
    others = np.mean([ndcg(_swapped(alike, rng)) for _ in range(N_SWAPS)], axis=0)
    ahead = np.round(own - others, 12)  # a mean of equal numbers may differ in the last digit
    known = ahead[~np.isnan(ahead)]
    value = float(known.mean()) if len(known) else float("nan")
    return mean_interval(value, resamples.means(ahead))


def _alike(trades: NDArray[np.str_], eligible: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give people of one trade whom the rules allow the same the same number."""
    numbers: dict[tuple[str, bytes], int] = {}
    keys = ((str(trade), row.tobytes()) for trade, row in zip(trades, eligible, strict=True))
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def _swapped(groups: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Permute rows within their groups."""
    by_group = np.lexsort((np.arange(len(groups)), groups))
    by_chance = np.lexsort((rng.random(len(groups)), groups))
    rows = np.empty(len(groups), dtype=np.intp)
    rows[by_group] = by_chance
    return rows


def check_refused(
    season: Season, graduates: Sequence[Graduate], outcomes: Sequence[Outcome]
) -> Check:
    """Plant steps that nobody could know at the cut; what may be learned must not change.

    Planted are, for everybody who took a place in the held-out season, a step on the cut
    recorded the day after; and for everybody of earlier class years with a step, one that
    happened before the cut and was recorded after it. The figure is how many got through.
    """
    late = season.cut + timedelta(days=1)
    own = {graduate.graduate_id for graduate in season.graduates}
    known = known_before(season, graduates, outcomes)
    planted = {
        (step.graduate_id, step.post_id): Outcome(
            graduate_id=step.graduate_id,
            post_id=step.post_id,
            stage=OutcomeStage.RETAINED,
            date=season.cut,
            # Somebody of the held-out year is refused for the year, whatever the date.
            recorded_on=season.cut if step.graduate_id in own else late,
            shown_rank=1,
        )
        for step in outcomes
    }
    with_planted = known_before(season, graduates, [*outcomes, *planted.values()])
    n_through = len(with_planted[1]) - len(known[1]) if with_planted[0] == known[0] else -1
    if not planted:
        return Check(code="refused", subject="", finding=Finding.NOT_DONE, limit=0)
    finding = Finding.PASSED if with_planted == known else Finding.FAILED
    return Check(code="refused", subject="", finding=finding, measured=n_through, limit=0)


def with_answers(season: Season, gains: Scores) -> Season:
    """Write the answers into columns that are filled after the season, or nobody may use.

    Of a post: the day it was withdrawn, its contact and its duties; of a graduate: the name
    of the class, which here says which post they went to.
    """
    known = np.nan_to_num(gains)
    went = np.where(known.max(axis=1, initial=0.0) > 0, known.argmax(axis=1), -1)
    taken = known.sum(axis=0)
    after = date(season.class_year, 12, 31)
    return replace(
        season,
        graduates=tuple(
            replace(each, class_name=f"went to {post}")
            for each, post in zip(season.graduates, went, strict=True)
        ),
        posts=tuple(
            replace(
                each,
                withdrawn_on=after + timedelta(days=int(n)),
                contact=f"{n:g}",
                duties=f"{n:g}",
            )
            for each, n in zip(season.posts, taken, strict=True)
        ),
    )


def check_unused(
    season: Season,
    gains: Scores,
    scores: Mapping[str, Scores],
    score_again: Mapping[str, Callable[[Sequence[Graduate], Sequence[Post]], Scores]],
) -> Check:
    """Plant the answers in the held-out season's own columns; no score may change by a bit.

    The figure is how many scores changed.
    """
    planted = with_answers(season, gains)
    n_changed = sum(
        int((scores[name] != score(planted.graduates, planted.posts)).sum())
        for name, score in score_again.items()
    )
    return below("unused", "", n_changed, 0)


def auc(scores: Scores, held_out: HeldOut) -> float:
    """Measure how often a post with a gain outranks one without, mean over graduates.

    Returns
    -------
    float
        0 to 1; NaN where nobody has both.

    References
    ----------
    Hanley and McNeil (1982), Radiology 143(1): the rank sum form, ties count one half.
    """
    judged = held_out.eligible & ~np.isnan(held_out.gains)
    found = []
    for row in np.flatnonzero((judged & (held_out.gains > 0)).any(axis=1)):
        inside = judged[row]
        hit = held_out.gains[row, inside] > 0
        n_hits, n_others = int(hit.sum()), int((~hit).sum())
        if n_others:
            ranks = rankdata(scores[row, inside])[hit].sum()
            found.append((ranks - n_hits * (n_hits + 1) / 2) / (n_hits * n_others))
    return float(np.mean(found)) if found else float("nan")
