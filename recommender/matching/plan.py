"""Decide a whole cohort on the market of a day, and say why somebody has no post.

What is held for a graduate and what an officer fixed is kept first, each with its place; what an
officer barred is never chosen. The rest is the best sum, or stable.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Agreement
from recommender.errors import Ineligible, NotFound, PinsConflict
from recommender.matching.assignment import UNPLACED, assign_cohort, most_placed
from recommender.matching.board import ChanceBoard
from recommender.matching.eligibility import check_pair, excluded_by
from recommender.matching.market import Market
from recommender.matching.ranking import percentiles
from recommender.matching.reserved import promises, split_places
from recommender.matching.stable import stable_assignment
from recommender.model.topk import id_keys, pair_hash

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
    allowed : bool array of shape (n_graduates, n_lots)
        Eligible, not barred, and nothing for who is pinned.
    capacities : int32 array of shape (n_lots,)
        Places, less those pinned; at least 0.
    """

    posts: NDArray[np.int32]
    allowed: NDArray[np.bool_]
    capacities: NDArray[np.int32]


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
    most
        How many could be placed at the most, pins kept.
    """

    way: str
    measure: str
    values: NDArray[np.float32]
    pinned: NDArray[np.int32]
    lots: Lots
    taken: NDArray[np.int32]
    chosen: NDArray[np.int32]
    most: int

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
    def total(self) -> float:
        """The sum of the values chosen: of chances, how many are expected to be at work."""
        placed = self.placed
        (who,) = np.nonzero(placed != UNPLACED)
        return float(self.values[who, placed[who]].astype(np.float64).sum())


def make_plan(market: Market, *, way: str = BEST, pins: Pins | None = None) -> Plan:
    """Decide a cohort.

    Parameters
    ----------
    way
        ``best``, ``graduates`` or ``enterprises``; see `Plan`.

    Raises
    ------
    NotFound
        If a pin names a graduate who is not of the cohort, or a post that is not on offer.
    Ineligible
        If a rule forbids what is fixed.
    PinsConflict
        If more are fixed at a post than it has places.
    """
    keys = (
        id_keys(graduate.graduate_id for graduate in market.graduates),
        id_keys(post.post_id for post in market.posts),
    )
    values = market.scores
    if not market.board.knows_chances:
        values = percentiles(market.scores, market.eligible, *keys)
    lots, pinned, taken = _keep(market, pins or Pins(), values)
    if way == BEST:
        chosen = _best(values, lots, keys)
    else:
        wishes, hires = (ranks[:, lots.posts] for ranks in ranks_of_both(market, values))
        # Of one post, who may take what is reserved does so, and leaves the rest to others.
        wishes = wishes * len(lots.posts) - np.arange(len(lots.posts))
        chosen = stable_assignment(wishes, hires, lots.allowed, lots.capacities, best_for=way)
    return Plan(
        way=way,
        measure=CHANCE if market.board.knows_chances else PERCENTILE,
        values=values,
        pinned=pinned,
        lots=lots,
        taken=taken,
        chosen=chosen,
        most=most_placed(lots.allowed, lots.capacities) + int((pinned != UNPLACED).sum()),
    )


def _best(
    values: NDArray[np.float32],
    lots: Lots,
    keys: tuple[NDArray[np.uint64], NDArray[np.uint64]],
) -> NDArray[np.int32]:
    """Take the best sum; among equal sums an id that comes first in the alphabet is no better."""
    rows = np.argsort(keys[0], kind="stable")
    columns = np.argsort(keys[1][lots.posts], kind="stable")
    found = assign_cohort(
        values[np.ix_(rows, lots.posts[columns])],
        lots.allowed[np.ix_(rows, columns)],
        lots.capacities[columns],
    )
    chosen = np.full(len(values), UNPLACED, dtype=np.int32)
    (who,) = np.nonzero(found != UNPLACED)
    chosen[rows[who]] = columns[found[who]]
    return chosen


def ranks_of_both(
    market: Market, shares: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rank the posts for each graduate and the graduates for each post, ties by hash.

    Graduates rank by the chance that they want a post, enterprises by the chance that they
    hire; where only an order is known, by fit and by percentile.

    Returns
    -------
    two int64 arrays of shape (n_graduates, n_posts)
        0 the first; along a row for a graduate, along a column for a post.
    """
    wishes: NDArray[np.floating] = market.scores
    hires: NDArray[np.floating] = shares
    if isinstance(market.board, ChanceBoard):
        chances = market.board.stage_chances(market.graduates)
        wishes, hires = chances[..., 0], chances[..., 1]
    ties = pair_hash(
        id_keys(graduate.graduate_id for graduate in market.graduates)[:, None],
        id_keys(post.post_id for post in market.posts),
    )
    return _ranks(wishes, ties, axis=1), _ranks(hires, ties, axis=0)


def _ranks(
    liked: NDArray[np.floating], ties: NDArray[np.uint64], *, axis: int
) -> NDArray[np.int64]:
    order = np.lexsort((ties, -liked), axis=axis)
    ranks: NDArray[np.int64] = np.argsort(order, axis=axis).astype(np.int64)
    return ranks


def _keep(
    market: Market, pins: Pins, values: NDArray[np.float32]
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
    lots = Lots(
        posts=split.columns, allowed=split.eligible.copy(), capacities=split.capacities.copy()
    )
    taken = np.full(len(row_of), UNPLACED, dtype=np.int32)
    for column, rows in wanting.items():
        _take_places(market, lots, column, rows, taken)
    lots.allowed[pinned != UNPLACED] = False
    return lots, pinned, taken


def _take_places(
    market: Market, lots: Lots, column: int, rows: list[int], taken: NDArray[np.int32]
) -> None:
    """Take the places of who is fixed at a post out of its lots, reserved ones first."""
    (of_post,) = np.nonzero(lots.posts == column)
    left = list(rows)
    n_open = int(lots.capacities[of_post].sum())
    for lot in of_post[::-1]:
        able = [row for row in left if lots.allowed[row, lot]][: lots.capacities[lot]]
        lots.capacities[lot] -= len(able)
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
    if plan.lots.allowed[row].any():
        return "no_place_left"
    if market.eligible[row].any():
        return "barred"
    graduate = market.graduates[row]
    if graduate.hired_at_enrolment:
        return "hired_at_enrolment"
    return ";".join(excluded_by(graduate, market.posts, market.standing, market.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorMissed:
    """An agreement whose fewest people are not reached: `reached` of `floor`."""

    agreement_id: str
    floor: int
    reached: int


def floors_missed(
    market: Market, plan: Plan, agreements: Iterable[Agreement]
) -> tuple[FloorMissed, ...]:
    """List the agreements in force whose members a plan leaves below the floor.

    Those without a member in the cohort are not asked about.
    """
    placed_at = {
        graduate.graduate_id: market.posts[post].post_id
        for graduate, post in zip(market.graduates, plan.placed, strict=True)
        if post != UNPLACED
    }
    missed = []
    for promise in promises(
        (each for each in agreements if each.floor),
        market.posts,
        market.graduates,
        market.standing,
        market.reference,
        market.day,
    ):
        at = {post.post_id for post in promise.posts}
        joining = {who for who in promise.members if placed_at.get(who) in at}
        floor, reached = promise.agreement.floor or 0, len(promise.served | joining)
        if promise.members and reached < floor:
            missed.append(
                FloorMissed(
                    agreement_id=promise.agreement.agreement_id, floor=floor, reached=reached
                )
            )
    return tuple(missed)
