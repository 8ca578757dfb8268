"""The best moves of places within a budget, step by step, each step replayed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender.domain import Graduate, class_year_of
from recommender.errors import NotFound, PlanRefused
from recommender.year.described import describe
from recommender.year.moves import Move, colleges_of, known_trades, require_to_come
from recommender.year.replay import Past, Pool, pool_of, read_past

STEP = 10  # places moved at a time
N_TRIED = 5  # of the steps that look best after each plan, so many are replayed
WIDTH = 2  # plans that are carried on side by side
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best moves that were found, the largest gain first to be chosen.

    Attributes
    ----------
    gains
        Of each move: people placed and there after 180 days, more than without it and with those
        chosen before.
    considered
        How many steps there were to choose from.
    """

    day: date
    version: int
    budget: int
    entry_year: int
    moves: tuple[Move, ...]
    gains: tuple[float, ...]
    without: float
    considered: int

    @property
    def gain(self) -> float:
        """Give what all of them together are worth."""
        return sum(self.gains)


@dataclass(frozen=True, slots=True)
class Option:
    """One step: some people of a source exchanged for as many others.

    Attributes
    ----------
    source
        Number of the source: a trade of a college.
    new : intp array of shape (n_people,)
        Rows of the pool.
    """

    source: int
    new: Rows


def best_moves(
    engine: Engine,
    models_dir: Path,
    budget: int,
    *,
    day: date,
    entry_year: int | None = None,
    colleges: Collection[str] | None = None,
    step: int = STEP,
) -> Best:
    """Find moves of not more places than a budget that let most people stay.

    Parameters
    ----------
    entry_year
        Who enters in it; the next to enter where None.
    colleges
        Whose places may be moved; None for all.
    step
        Places moved at a time; a trade with fewer people in the class year is left alone.

    Raises
    ------
    NotFound
        If none of the colleges teaches anybody.
    PlanRefused
        If the budget is below 1, the year has entered, or there is nothing to replay.
    NoModel, CorruptArtefact
        If there is nothing to replay with.
    """
    year = class_year_of(day) if entry_year is None else entry_year
    require_to_come(year, day)
    past = read_past(engine, models_dir, day=day)
    if budget < 1 or step < 1:
        raise PlanRefused("no_places")
    seen = colleges_of(past, colleges)
    if not seen:
        raise NotFound("college", min(colleges or (), default=""))
    step = min(step, budget)
    sources, steps, people = _laid_out(past, seen, step)
    pool = pool_of(past, people)
    rows = np.arange(len(past.cohort))
    names = [(college, old, new) for (college, old), new, _ in steps]
    options = [Option(list(sources).index(source), added) for source, _, added in steps]
    chosen, gains, without = choose(
        pool, rows, list(sources.values()), options, n_steps=budget // step, step=step
    )
    places: dict[tuple[str, str, str], int] = defaultdict(int)
    worth: dict[tuple[str, str, str], float] = defaultdict(float)
    for option, gain in zip(chosen, gains, strict=True):
        places[names[option]] += step
        worth[names[option]] += gain
    return Best(
        day=day,
        version=past.version,
        budget=budget,
        entry_year=year,
        moves=tuple(
            Move(college=college, from_trade=old, to_trade=new, places=n, entry_year=year)
            for (college, old, new), n in places.items()
        ),
        gains=tuple(worth.values()),
        without=without,
        considered=len(options),
    )


_Source = tuple[str, str]  # college, trade


def _laid_out(
    past: Past, seen: Collection[str], step: int
) -> tuple[dict[_Source, Rows], list[tuple[_Source, str, Rows]], list[Graduate]]:
    """List sources with where their people stand, and every step with its people."""
    at: dict[_Source, list[int]] = {}
    for place, each in enumerate(past.cohort):
        if each.college in seen:
            at.setdefault((each.college, past.known.trade_of(each.trade)), []).append(place)
    sources = {key: _even(some) for key, some in sorted(at.items()) if len(some) >= step}
    taught = {past.known.trade_of(each.trade) for each in past.cohort}
    targets = sorted(taught & known_trades(past, seen))
    people: list[Graduate] = list(past.cohort)
    described: dict[_Source, Rows] = {}
    for college in sorted({college for college, _ in sources}):
        for trade in targets:
            new = describe(past, college, trade, step).people
            described[college, trade] = len(people) + np.arange(step)
            people += new
    steps = [
        (source, trade, described[source[0], trade])
        for source in sources
        for trade in targets
        if trade != source[1]
    ]
    return sources, steps, people


def _even(places: Sequence[int]) -> Rows:
    """Order people so that the first few of them are spread over all."""
    order = np.argsort([(number * 0.618034) % 1.0 for number in range(len(places))], kind="stable")
    return np.array(places, dtype=np.intp)[order]


def choose(
    pool: Pool,
    rows: Rows,
    sources: Sequence[Rows],
    options: Sequence[Option],
    *,
    n_steps: int,
    step: int,
) -> tuple[list[int], list[float], float]:
    """Choose steps one after the other, `WIDTH` plans side by side, until none gains any more.

    The gain of a step is what its people add less what those whom they take the place of do, as
    the mean of both at the prices before and after it. Before anything is replayed, steps are put
    in order by the first half of it.

    Parameters
    ----------
    rows : intp array of shape (n_graduates,)
        Rows of the pool: the class year.
    sources
        Of each, the places in `rows` whose people may be exchanged, in the order in which they
        are.

    Returns
    -------
    list of int, list of float, float
        Options chosen, the gain of each, and how many stay without any.

    References
    ----------
    What people add to a market of places is worth less the more of them there are (gross
    substitutes); a choice step by step is then close to the best. Murota (2003), Discrete convex
    analysis, chapter 6.
    """
    plans = [_Plan(rows, (), (), (0,) * len(sources))]
    best = plans[0]
    for _ in range(n_steps):
        found: dict[tuple[int, ...], _Plan] = {}
        for plan in plans:
            for each in _carried_on(pool, plan, sources, options, step):
                found.setdefault(tuple(sorted(each.chosen)), each)
        plans = sorted(found.values(), key=lambda each: (-each.gain, each.chosen))[:WIDTH]
        if not plans or plans[0].gain <= best.gain:
            break
        best = plans[0]
    return list(best.chosen), list(best.gains), float(pool.replay(rows).stays.sum())


@dataclass(frozen=True, slots=True)
class _Plan:
    """Steps chosen so far, the class year after them, and people used of each source."""

    rows: Rows
    chosen: tuple[int, ...]
    gains: tuple[float, ...]
    used: tuple[int, ...]

    @property
    def gain(self) -> float:
        return sum(self.gains)


def _carried_on(
    pool: Pool, plan: _Plan, sources: Sequence[Rows], options: Sequence[Option], step: int
) -> list[_Plan]:
    """Take one step more, in each of the ways that look best."""
    taken: dict[int, Rows] = {}
    for number, each in enumerate(options):
        places = sources[each.source][plan.used[each.source] :][:step]
        if len(places) == step:
            taken[number] = places
    if not taken:
        return []
    steps = [(places, options[number].new) for number, places in taken.items()]
    before = dict(zip(taken, first_gains(pool, plan.rows, steps), strict=True))
    found = []
    for number in sorted(taken, key=lambda n: (-before[n], n))[:N_TRIED]:
        option = options[number]
        rows, second = exchange(pool, plan.rows, taken[number], option.new)
        used = [n + step * (at == option.source) for at, n in enumerate(plan.used)]
        gain = (before[number] + second) / 2
        found.append(_Plan(rows, (*plan.chosen, number), (*plan.gains, gain), tuple(used)))
    return found


def first_gains(pool: Pool, rows: Rows, steps: Sequence[tuple[Rows, Rows]]) -> list[float]:
    """Say of steps, each places in `rows` and who would come there, what they gain at the start.

    What those who come would add, less what those who go do, at the prices before the step.
    """
    asked = np.concatenate([np.concatenate([rows[places], new]) for places, new in steps])
    adds = pool.replay(rows, more=asked).adds
    gains, at = [], 0
    for places, new in steps:
        old, came = adds[at : at + len(places)], adds[at + len(places) :][: len(new)]
        gains.append(float(came.sum() - old.sum()))
        at += len(places) + len(new)
    return gains


def exchange(pool: Pool, rows: Rows, places: Rows, new: Rows) -> tuple[Rows, float]:
    """Exchange people, and say what the step gains at the prices after it."""
    tried = rows.copy()
    tried[places] = new
    adds = pool.replay(tried, more=np.concatenate([rows[places], new])).adds
    return tried, float(adds[len(places) :].sum() - adds[: len(places)].sum())
