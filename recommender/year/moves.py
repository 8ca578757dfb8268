"""Places moved from one trade to another, replayed: who would be placed, and would stay.

docs/planner.md says how it is worked out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender.domain import class_year_of
from recommender.errors import NotFound, PlanRefused
from recommender.year.described import Basis, describe
from recommender.year.replay import Past, Pool, Replayed, pool_of, read_past

N_DRAWS = 16
NINE_OF_TEN = 1.645  # standard deviations to either side that hold nine of ten draws
SEED = 20_260_901
USUAL_YEARS = 3  # of schooling, where no programme says


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Places of one college moved from a trade to another for those who enter in a year."""

    college: str
    from_trade: str
    to_trade: str
    places: int
    entry_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """People more or fewer than without the move, and between what nine of ten draws lie."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move would lead to.

    Attributes
    ----------
    class_year
        In which the first of them graduate.
    years_ahead
        From the class year that is replayed to that one; the interval widens with it.
    stays
        People of the class year placed and there after 180 days, more or fewer: what those of the
        new trade add to it less what those of the old one do, as the mean of both at the prices
        without the move and at those with it.
    own
        The same of the people who are exchanged alone; what it is more than `stays`, others lose.
    without
        People of the class year who are placed and stay, without the move.
    basis
        By whom those of the new trade are described.
    drift
        Standard deviation of a year's change of demand, in log headcount.
    """

    move: Move
    day: date
    version: int
    replayed_year: int
    class_year: int
    years_ahead: int
    stays: Effect
    own: float
    without: float
    basis: Basis
    drift: float


def try_move(
    engine: Engine,
    models_dir: Path,
    move: Move,
    *,
    day: date,
    colleges: Collection[str] | None = None,
) -> Moved:
    """Replay the class year of a day with some of its people taught another trade.

    Parameters
    ----------
    colleges
        Whose places may be moved; None for all. Of others nobody is named; their people compete
        for the posts all the same.

    Raises
    ------
    NotFound
        If nobody knows the college or a trade.
    PlanRefused
        If the move cannot be, or nothing published knows chances.
    NoModel, CorruptArtefact
        If there is nothing to replay with.
    """
    require_to_come(move.entry_year, day)
    past = read_past(engine, models_dir, day=day)
    check_move(past, move, colleges)
    return replay_move(past, move)


def require_to_come(entry_year: int, day: date) -> None:
    """Refuse a year whose students have entered: its September is past."""
    first = class_year_of(day)
    if entry_year < first:
        raise PlanRefused("year_is_past", str(entry_year), str(first))


def check_move(past: Past, move: Move, colleges: Collection[str] | None = None) -> None:
    """Refuse a move that cannot be; see `try_move`."""
    seen = colleges_of(past, colleges)
    taught = trades_of(past, move.college) if move.college in seen else frozenset()
    if not taught:
        near = get_close_matches(move.college, sorted(seen), n=3)
        raise NotFound("college", move.college, near)
    left, found = (past.known.trade_of(each) for each in (move.from_trade, move.to_trade))
    if left not in taught:
        raise PlanRefused(
            "trade_not_offered", move.college, move.from_trade, "、".join(sorted(taught))
        )
    known = known_trades(past, seen)
    if found not in known:
        raise NotFound("trade", move.to_trade, get_close_matches(found, sorted(known), n=3))
    if left == found:
        raise PlanRefused("same_trade", move.from_trade)
    if move.places < 1:
        raise PlanRefused("no_places")
    there = places_of(past, move.college, left, move.entry_year)
    if move.places > there:
        raise PlanRefused(
            "too_many_places", move.college, move.from_trade, str(there), str(move.places)
        )


def colleges_of(past: Past, among: Collection[str] | None = None) -> frozenset[str]:
    """Name the colleges that teach somebody, or mean to."""
    found = {each.college for each in (*past.cohort, *past.others)}
    found |= {each.college for each in past.programmes}
    return frozenset(found if among is None else found & set(among))


def trades_of(past: Past, college: str) -> frozenset[str]:
    """Name the trades that a college teaches: of its programmes, and of its class year."""
    written = [each.trade for each in past.programmes if each.college == college]
    written += [each.trade for each in past.cohort if each.college == college]
    written += [
        each.trade
        for each in past.others
        if each.college == college and each.class_year >= past.class_year
    ]
    return frozenset(past.known.trade_of(each) for each in written)


def known_trades(past: Past, colleges: Collection[str]) -> frozenset[str]:
    """Name every trade that leads to an occupation, or that one of some colleges teaches."""
    taught = (trades_of(past, each) for each in colleges)
    return frozenset(past.known.pairs).union(*taught)


def places_of(past: Past, college: str, trade: str, entry_year: int) -> int:
    """Count the places of a trade: planned for a year of entry, else last planned, else taken.

    Of several plans the last one up to the year counts; without any, the graduates of this class
    year.
    """
    planned: Counter[int] = Counter()
    for each in past.programmes:
        is_it = each.college == college and past.known.trade_of(each.trade) == trade
        if is_it and each.entry_year <= entry_year:
            planned[each.entry_year] += each.places
    if planned:
        return planned[max(planned)]
    everybody = (*past.cohort, *past.others)
    return sum(
        each.college == college
        and each.class_year == past.class_year
        and past.known.trade_of(each.trade) == trade
        for each in everybody
    )


def years_of(past: Past, move: Move) -> int:
    """Give the years of schooling: of the new trade at the college, else anywhere, else the old."""
    old, new = (past.known.trade_of(each) for each in (move.from_trade, move.to_trade))
    for college, trade in ((move.college, new), (None, new), (move.college, old)):
        own = Counter(
            each.years
            for each in past.programmes
            if past.known.trade_of(each.trade) == trade and college in (None, each.college)
        )
        if own:
            return min(own, key=lambda years: (-own[years], years))
    return USUAL_YEARS


@dataclass(frozen=True, slots=True)
class Scenes:
    """One class year without a move and with it, as rows of a pool.

    Attributes
    ----------
    before, after : intp arrays of shape (n_graduates,)
        Where they differ, at the same places: one person of the old trade, one of the new.
    moved : intp array of shape (n_places,)
        Where that is.
    """

    pool: Pool
    before: NDArray[np.intp]
    after: NDArray[np.intp]
    moved: NDArray[np.intp]

    @property
    def exchanged(self) -> NDArray[np.intp]:
        """Give the people of the old trade, then those of the new one."""
        return np.concatenate([self.before[self.moved], self.after[self.moved]])


def set_up(past: Past, move: Move) -> tuple[Scenes, Basis]:
    """Take as many people of the old trade as places are moved, at even steps, for new ones.

    Where the class year has fewer of the old trade than places are moved, the rest are described
    as those of the new trade are, and stand in both scenes.
    """
    old = past.known.trade_of(move.from_trade)
    there = [
        at
        for at, each in enumerate(past.cohort)
        if each.college == move.college and past.known.trade_of(each.trade) == old
    ]
    n_cohort, n_there = len(past.cohort), min(move.places, len(there))
    taken = [there[at * len(there) // n_there] for at in range(n_there)]
    missing = move.places - n_there
    more = describe(past, move.college, move.from_trade, missing).people if missing else ()
    new = describe(past, move.college, move.to_trade, move.places)
    pool = pool_of(past, (*past.cohort, *more, *new.people))
    before = np.arange(n_cohort + missing)
    moved = np.array([*taken, *range(n_cohort, n_cohort + missing)], dtype=np.intp)
    after = before.copy()
    after[moved] = n_cohort + missing + np.arange(move.places)
    return Scenes(pool, before, after, moved), new.basis


def replay_move(past: Past, move: Move, *, n_draws: int = N_DRAWS) -> Moved:
    """Replay a move that was checked."""
    scenes, basis = set_up(past, move)
    without = scenes.pool.replay(scenes.before, more=scenes.exchanged)
    with_it = scenes.pool.replay(scenes.after, more=scenes.exchanged)
    value = (first_order(scenes, without) + first_order(scenes, with_it)) / 2
    graduates_in = move.entry_year + years_of(past, move)
    ahead = max(0, graduates_in - past.class_year)
    half = half_width(scenes, without, past.drift * ahead**0.5, n_draws)
    own = with_it.stays[scenes.moved].sum() - without.stays[scenes.moved].sum()
    return Moved(
        move=move,
        day=past.day,
        version=past.version,
        replayed_year=past.class_year,
        class_year=graduates_in,
        years_ahead=ahead,
        stays=Effect(value=value, low=value - half, high=value + half),
        own=float(own),
        without=float(without.stays.sum()),
        basis=basis,
        drift=past.drift,
    )


def half_width(scenes: Scenes, without: Replayed, drift: float, n_draws: int) -> float:
    """Give half the interval: 1.645 standard deviations of the draws around what is now."""
    if not n_draws:
        return 0.0
    off = draws(scenes, drift, n_draws) - first_order(scenes, without)
    return float(NINE_OF_TEN * np.sqrt(np.mean(np.square(off))))


def draws(scenes: Scenes, drift: float, n_draws: int) -> NDArray[np.float64]:
    """Draw enterprises again, and demand as it may move: float64 (n_draws,), first-order effects.

    The same draws whatever the drift, so that the interval widens with it and nothing else.
    """
    pool, found = scenes.pool, np.empty(n_draws)
    for number in range(n_draws):
        rng = np.random.default_rng([SEED, number])
        shock = rng.standard_normal(int(pool.groups.max()) + 1)[pool.groups]
        times = rng.poisson(1.0, int(pool.firms.max()) + 1)[pool.firms]
        rounding = rng.random(len(pool.capacities))
        factor = np.exp(drift * shock - drift**2 / 2)
        places = np.floor(pool.capacities * times * factor + rounding).astype(np.int32)
        found[number] = first_order(scenes, pool.replay(scenes.before, places, scenes.exchanged))
    return found


def first_order(scenes: Scenes, without: Replayed) -> float:
    """Give what the people of the new trade would add, less what those of the old one do."""
    n = len(scenes.moved)
    return float(without.adds[n:].sum() - without.adds[:n].sum())
