"""Decide a whole cohort on the market of a day, and say why somebody has no post.

What is held for a graduate and what an officer fixed is kept first, each with its place; what an
officer barred is never chosen. The rest is the best sum, or stable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.errors import FloorsConflict, Ineligible, NotFound, PinsConflict
from recommender.matching import narrowing
from recommender.matching.assignment import assign_cohort, most_placed, whole_values
from recommender.matching.candidates import UNPLACED, Candidates
from recommender.matching.eligibility import check_pair, excluded_by
from recommender.matching.fair import Circle, Fair, assign_fairly
from recommender.matching.floors import Floor
from recommender.matching.kept_floors import KEEP, Kept, assign_with_floors, groups_of
from recommender.matching.market import Market
from recommender.matching.ranking import percentiles
from recommender.matching.reserved import SplitPlaces, split_places
from recommender.matching.stable import stable_assignment
from recommender.matching.wishes import Wishes, ranks_of_both
from recommender.model.topk import id_keys

CHANCE, PERCENTILE = "chance", "percentile"
BEST = "best"
SIDES = ("graduates", "enterprises")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pins:
    """What an officer decided beforehand.

    Attributes
    ----------
    fixed
        Graduate → post.
    barred
        Pairs of graduate and post that shall not be chosen.
    """

    fixed: Mapping[str, str] = field(default_factory=dict)
    barred: Set[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lots:
    """What a plan chooses from: a lot is the places of one post that the same people may take.

    Attributes
    ----------
    posts : int32 array of shape (n_lots,)
        The post of each lot.
    pairs : Candidates
        Who may take what: eligible, not barred, and nothing for who is pinned; of a very large
        cohort those that matter, see `narrowing`.
    capacities : int32 array of shape (n_lots,)
        Places, less those pinned; at least 0.
    """

    posts: NDArray[np.int32]
    pairs: Candidates
    capacities: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """Floors to be kept; `way` is ``keep`` or ``whole``, see `assign_with_floors`."""

    way: str
    of: tuple[Floor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One post or none for each graduate of a market.

    Attributes
    ----------
    way
        ``best``: the largest sum of `values`; or the side that proposed in a stable one.
    measure
        What `values` are: ``chance``, that the graduate is at work there after 180 days, or
        ``percentile``, the place among the graduate's own eligible posts.
    values : float32 array of shape (n_graduates, n_posts)
        0 to 1, comparable between graduates.
    pinned : int32 array of shape (n_graduates,)
        The post that is kept for each graduate; -1 for none.
    lots : Lots
    taken : int32 array of shape (n_graduates,)
        The lot from which a pinned place was taken; -1 where it was held, and for the rest.
    chosen : int32 array of shape (n_graduates,)
        The lot of each; -1 for none, and for who is pinned.
    widest : int32 array of shape (n_graduates,)
        The same as `chosen`, with as many placed as could be.
    floors
        Those asked to be kept, and how: see `Floors`.
    kept
        What proves a sum with floors; None where they ask nothing that is not so anyway.
    fair
        What proves a fair assignment; None for any other, and where no group is large enough.
    """

    way: str
    measure: str
    values: NDArray[np.float32]
    pinned: NDArray[np.int32]
    lots: Lots
    taken: NDArray[np.int32]
    chosen: NDArray[np.int32]
    widest: NDArray[np.int32]
    floors: Floors | None = None
    kept: Kept | None = None
    fair: Fair | None = None

    @property
    def placed(self) -> NDArray[np.int32]:
        """The post of each graduate: int32 of shape (n_graduates,); -1 for none."""
        placed = self.pinned.copy()
        (who,) = np.nonzero(self.chosen != UNPLACED)
        placed[who] = self.lots.posts[self.chosen[who]]
        return placed

    @property
    def n_placed(self) -> int:
        """How many have a post."""
        return int((self.placed != UNPLACED).sum())

    @property
    def most(self) -> int:
        """How many could be placed at the most, pins kept."""
        return int((self.widest != UNPLACED).sum() + (self.pinned != UNPLACED).sum())

    @property
    def pair_values(self) -> NDArray[np.int64]:
        """The values of the pairs of `lots` in billionths: int64 (n_pairs,)."""
        return _whole(self.values, self.lots)

    @property
    def total(self) -> float:
        """The sum of the values chosen: of chances, how many are expected to be at work."""
        placed = self.placed
        (who,) = np.nonzero(placed != UNPLACED)
        return float(self.values[who, placed[who]].astype(np.float64).sum())


def make_plan(
    market: Market,
    *,
    way: str = BEST,
    pins: Pins | None = None,
    wishes: Wishes | None = None,
    floors: Floors | None = None,
    circles: Sequence[Circle] | None = None,
) -> Plan:
    """Decide a cohort.

    Parameters
    ----------
    way
        ``best``, ``graduates`` or ``enterprises``; see `Plan`.
    wishes
        What both sides stated, for a stable assignment.
    floors
        To be kept by the largest sum.
    circles
        Groups of which none shall fall behind, instead of floors.

    Raises
    ------
    NotFound
        If a pin names a graduate who is not of the cohort, or a post that is not on offer.
    Ineligible
        If a rule forbids what is fixed.
    PinsConflict
        If more are fixed at a post than it has places.
    FloorsConflict
        If floors cannot all be kept.
    """
    keys = _keys(market)
    values = values_of(market)
    # Every pair counts where more is asked than the largest sum.
    is_plain = way == BEST and floors is None and circles is None
    lots, pinned, taken = _keep(market, pins or Pins(), values, narrow=is_plain)
    kept = fair = None
    if way == BEST:
        chosen = _best(values, lots, keys)
        if circles is not None:
            fair = assign_fairly(_whole(values, lots), lots.pairs, lots.capacities, chosen, circles)
            chosen = chosen if fair is None else fair.chosen
        if floors is not None:
            kept = _with_floors(values, lots, chosen, pinned, floors)
            chosen = chosen if kept is None else kept.chosen
    else:
        ranks = lot_ranks(market, values, lots, wishes or Wishes())
        chosen = stable_assignment(*ranks, lots.pairs, lots.capacities, best_for=way)
    return Plan(
        way=way,
        measure=CHANCE if market.board.knows_chances else PERCENTILE,
        values=values,
        pinned=pinned,
        lots=lots,
        taken=taken,
        chosen=chosen,
        widest=most_placed(lots.pairs, lots.capacities),
        floors=floors,
        kept=kept,
        fair=fair,
    )


def most_possible(market: Market, pins: Pins) -> int:
    """Count how many could be placed at the most, pins kept; raises as `make_plan`."""
    lots, pinned, _ = _keep(market, pins, market.scores, narrow=False)
    widest = most_placed(lots.pairs, lots.capacities)
    return int((widest != UNPLACED).sum() + (pinned != UNPLACED).sum())


def values_of(market: Market) -> NDArray[np.float32]:
    """Give what a plan adds up: float32 (n_graduates, n_posts), 0 to 1; see `Plan.measure`."""
    if market.board.knows_chances:
        return market.scores
    return percentiles(market.scores, market.eligible, *_keys(market))


def _keys(market: Market) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    return (
        id_keys(graduate.graduate_id for graduate in market.graduates),
        id_keys(post.post_id for post in market.posts),
    )


def _whole(values: NDArray[np.float32], lots: Lots) -> NDArray[np.int64]:
    return whole_values(values[lots.pairs.rows, lots.posts[lots.pairs.columns]])


def _with_floors(
    values: NDArray[np.float32],
    lots: Lots,
    best: NDArray[np.int32],
    pinned: NDArray[np.int32],
    floors: Floors,
) -> Kept | None:
    groups = groups_of(floors.of, lots.posts, lots.pairs, pinned)
    for group in groups:
        if floors.way == KEEP and len(np.unique(lots.pairs.rows[group.pairs])) < group.need:
            raise FloorsConflict([group.agreement_id])
    if not groups or not len(lots.pairs):
        return None
    return assign_with_floors(
        _whole(values, lots), lots.pairs, lots.capacities, best, groups, floors.way
    )


def _best(
    values: NDArray[np.float32],
    lots: Lots,
    keys: tuple[NDArray[np.uint64], NDArray[np.uint64]],
) -> NDArray[np.int32]:
    """Take the best sum; among equal sums an id that comes first in the alphabet is no better."""
    row_of, column_of = (_places_of(each) for each in (keys[0], keys[1][lots.posts]))
    pairs, whole = lots.pairs, _whole(values, lots)
    rows, columns = row_of[pairs.rows], column_of[pairs.columns]
    order = np.lexsort((columns, rows))
    shuffled = Candidates(rows=rows[order], columns=columns[order], shape=pairs.shape)
    capacities = np.empty_like(lots.capacities)
    capacities[column_of] = lots.capacities
    found = assign_cohort(whole[order], shuffled, capacities)[row_of]
    lot_of = np.append(np.argsort(column_of), UNPLACED).astype(np.int32)
    return lot_of[found]


def _places_of(keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Give the place of each key among all, in order: int32 (n,)."""
    places = np.empty(len(keys), dtype=np.int32)
    places[np.argsort(keys, kind="stable")] = np.arange(len(keys), dtype=np.int32)
    return places


def lot_ranks(
    market: Market, values: NDArray[np.float32], lots: Lots, wishes: Wishes
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rank lots for graduates and graduates for lots: two int64 arrays of shape (n_pairs,).

    Of one post, who may take what is reserved does so, and leaves the rest to others.
    """
    posts = Candidates.of(market.eligible)
    wished, hired = ranks_of_both(market, values, posts, wishes)
    of_lots = posts.find(lots.pairs.rows, lots.posts[lots.pairs.columns])
    n_lots = len(lots.posts)
    return wished[of_lots] * n_lots + (n_lots - lots.pairs.columns), hired[of_lots]


def _keep(
    market: Market, pins: Pins, values: NDArray[np.float32], *, narrow: bool
) -> tuple[Lots, NDArray[np.int32], NDArray[np.int32]]:
    """Set aside what is held and what is fixed; leave out what is barred."""
    row_of = {each.graduate_id: row for row, each in enumerate(market.graduates)}
    column_of = {each.post_id: column for column, each in enumerate(market.posts)}
    allowed = market.eligible.copy()
    for graduate_id, post_id in pins.barred:
        allowed[_at(row_of, column_of, graduate_id, post_id)] = False
    pinned = np.full(len(row_of), UNPLACED, dtype=np.int32)
    own = _held_by(market, row_of)
    for row, columns in own.items():
        # Several may be held for one person: the best of them, and the first by id.
        kept = [column for column in columns if allowed[row, column]]
        pinned[row] = max(kept, key=lambda column: values[row, column], default=UNPLACED)
    wanting: dict[int, list[int]] = defaultdict(list)
    for graduate_id, post_id in sorted(pins.fixed.items()):
        row, column = _at(row_of, column_of, graduate_id, post_id)
        if not market.eligible[row, column]:
            raise _forbidden(market, row, column)
        pinned[row] = column
        if column not in own.get(row, ()):
            wanting[column].append(row)
    split = split_places(market.graduates, market.posts, market.standing, allowed)
    taken = np.full(len(row_of), UNPLACED, dtype=np.int32)
    capacities = split.capacities.copy()
    for column, rows in wanting.items():
        _take_places(market, split, capacities, column, rows, taken)
    free = split.eligible & (pinned == UNPLACED)[:, None]
    if narrow and np.count_nonzero(free) > narrowing.MANY:
        pairs = narrowing.narrowed(values, split.columns, free, capacities)
    else:
        pairs = Candidates.of(free)
    return Lots(posts=split.columns, pairs=pairs, capacities=capacities), pinned, taken


def _take_places(
    market: Market,
    split: SplitPlaces,
    capacities: NDArray[np.int32],
    column: int,
    rows: list[int],
    taken: NDArray[np.int32],
) -> None:
    """Take the places of who is fixed at a post out of its lots, reserved ones first."""
    (of_post,) = np.nonzero(split.columns == column)
    left = list(rows)
    n_open = int(capacities[of_post].sum())
    for lot in of_post[::-1]:
        able = [row for row in left if split.eligible[row, lot]][: capacities[lot]]
        capacities[lot] -= len(able)
        taken[able] = lot
        left = [row for row in left if row not in able]
    if left:
        people = [market.graduates[row].graduate_id for row in rows]
        raise PinsConflict(market.posts[column].post_id, n_open, people)


def _held_by(market: Market, row_of: Mapping[str, int]) -> dict[int, list[int]]:
    held: dict[int, list[int]] = defaultdict(list)
    for column, post in enumerate(market.posts):
        for graduate_id in market.standing.held.get(post.post_id, frozenset()) & row_of.keys():
            held[row_of[graduate_id]].append(column)
    return held


def _at(
    row_of: Mapping[str, int], column_of: Mapping[str, int], graduate_id: str, post_id: str
) -> tuple[int, int]:
    if graduate_id not in row_of:
        raise NotFound("graduate_of_cohort", graduate_id)
    if post_id not in column_of:
        raise NotFound("post_on_offer", post_id)
    return row_of[graduate_id], column_of[post_id]


def _forbidden(market: Market, row: int, column: int) -> Ineligible:
    graduate, post = market.graduates[row], market.posts[column]
    rules = check_pair(graduate, post, market.standing, market.day)
    failing = [(rule.code, rule.needs) for rule in rules if not rule.holds]
    return Ineligible(graduate.graduate_id, post.post_id, failing)


def why_unplaced(market: Market, plan: Plan, row: int) -> str:
    """Give the reason code of a graduate without a post.

    Returns
    -------
    str
        ``no_place_left``: every post that they may take went to others; ``barred``: an officer
        barred every one; ``hired_at_enrolment``; else the codes of the rules that shut out
        every post, with ``;`` between them.
    """
    if plan.lots.pairs.has(row):
        return "no_place_left"
    if market.eligible[row].any():
        return "barred"
    graduate = market.graduates[row]
    if graduate.hired_at_enrolment:
        return "hired_at_enrolment"
    return ";".join(excluded_by(graduate, market.posts, market.standing, market.day))
