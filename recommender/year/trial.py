"""Does it help? Starts a trial, and says what it found.

What would be needed is said first, and a trial that cannot see what it is for does not start
unless somebody insists. Everybody counts as drawn; see docs/trials.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Connection, Engine

from recommender.data import store, trials
from recommender.errors import NotFound, TrialRefused
from recommender.evaluation.trial_design import (
    Size,
    Variation,
    draw_classes,
    draw_shares,
    size_for_crowding,
    size_for_direct,
)
from recommender.evaluation.trial_effects import Effect, Observed, effects
from recommender.trials import Arm, Subject, Trial
from recommender.year.trial_classes import Known, placed_between, read_classes
from recommender.year.trial_json import plan_json

SHARES = (0.0, 0.5, 0.8)
EFFECT = 0.05  # points of the rate that a trial is to see, unless told otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a trial is to be.

    Attributes
    ----------
    ends_on
        Its last day; None for 31 August of the class year.
    effect, crowding
        Direct effect and crowding-out that it is to see, points of the rate.
    """

    class_year: int
    shares: tuple[float, ...] = SHARES
    ends_on: date | None = None
    effect: float = EFFECT
    crowding: float = EFFECT

    def __post_init__(self) -> None:
        if not 0 < self.effect <= 1 or not 0 < self.crowding <= 1:
            raise ValueError(f"effects of {self.effect} and {self.crowding}")

    @property
    def last_day(self) -> date:
        """The last day of the trial."""
        return self.ends_on or date(self.class_year, 8, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is known before the start.

    Attributes
    ----------
    n_people, n_classes, n_cities
        Who is there to be drawn: with consent, not placed, of a college whose city is known.
    n_cityless
        Others, left out because nobody knows where their college is.
    variation, is_assumed
        From earlier class years, or assumed where none has outcomes.
    direct, crowding
        What it takes; None where these shares cannot tell it.
    """

    ask: Ask
    n_people: int
    n_classes: int
    n_cities: int
    n_cityless: int
    variation: Variation
    is_assumed: bool
    direct: Size | None
    crowding: Size | None

    @property
    def suffices(self) -> bool:
        """Whether everything that these shares can tell would be seen."""
        return all(each is None or each.suffices for each in (self.direct, self.crowding))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """People drawn alike: how many, and how many were placed."""

    share: float
    arm: Arm
    people: int
    placed: int
    classes: int
    cities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a trial found, as known on a day.

    Attributes
    ----------
    day
        Steps known by then count, up to the trial's last day.
    is_over
        False for a look before the end, which errs more often than its intervals say.
    effects
        Empty before the end unless asked for.
    """

    trial: Trial
    day: date
    is_over: bool
    cells: tuple[Cell, ...]
    effects: tuple[Effect, ...]


def plan(engine: Engine, ask: Ask, *, day: date) -> Plan:
    """Say who is there, and what it takes to see the effects asked for.

    Raises
    ------
    TrialRefused
        If its last day is over, or nobody of the class year could be drawn.
    """
    _refuse_ended(ask, day)
    with store.reading(engine) as conn:
        return _plan(ask, read_classes(conn, ask.class_year, day=day, until=ask.last_day))


def start(
    engine: Engine,
    name: str,
    ask: Ask,
    *,
    day: date,
    seed: int,
    author: str,
    anyway: bool = False,
) -> tuple[Trial, Plan]:
    """Draw the classes, and start.

    Raises
    ------
    TrialRefused
        If there is nobody, the name is taken, another trial runs, or it is too small and nobody
        insists.
    """
    with store.writing(engine) as conn:
        _refuse_beside_others(conn, name, ask, day)
        known = read_classes(conn, ask.class_year, day=day, until=ask.last_day)
        found = _plan(ask, known)
        if not found.suffices and not anyway:
            raise TrialRefused("too_small", *_lacking(found))
        trial = Trial(
            name=name,
            class_year=ask.class_year,
            seed=seed,
            shares=tuple(sorted(ask.shares)),
            started_on=day,
            ends_on=ask.last_day,
            author=author,
            plan=plan_json(found),
        )
        trials.save_trial(conn, trial, draw(known.subjects, trial.shares, seed))
        return trial, found


def draw(subjects: Sequence[Subject], shares: Sequence[float], seed: int) -> list[Subject]:
    """Draw a share for every city and, in each, the classes with lists; by the seed alone."""
    rng = np.random.default_rng(seed)
    keys = sorted({(each.city, each.college, each.class_name) for each in subjects})
    cities = sorted({each.city for each in subjects})
    row = {key: at for at, key in enumerate(keys)}
    size = np.bincount(
        [row[each.city, each.college, each.class_name] for each in subjects], minlength=len(keys)
    ).astype(np.int64)
    at = {city: index for index, city in enumerate(cities)}
    city = np.array([at[key[0]] for key in keys], dtype=np.int32)
    share = draw_shares(np.bincount(city, weights=size).astype(np.int64), shares, rng)
    has_lists = draw_classes(size, city, share, rng)
    drawn = []
    for each in subjects:
        arm = Arm.WITH if has_lists[row[each.city, each.college, each.class_name]] else Arm.WITHOUT
        drawn.append(replace(each, share=float(share[at[each.city]]), arm=arm))
    return drawn


def stop(engine: Engine, name: str, *, day: date) -> Trial:
    """Break a trial off: from this day on everybody has lists again.

    Raises
    ------
    NotFound
        If there is no such trial.
    TrialRefused
        If it is over.
    """
    with store.writing(engine) as conn:
        trial = _trial(conn, name)
        if not trial.runs(day):
            raise TrialRefused("over", name)
        trials.stop_trial(conn, name, day)
        return replace(trial, stopped_on=day)


def all_trials(engine: Engine) -> list[Trial]:
    """Give every trial, the earliest first."""
    with store.reading(engine) as conn:
        return trials.load_trials(conn)


def result(engine: Engine, name: str, *, day: date, early: bool = False) -> Result:
    """Count who was placed, and estimate the effects once it is over, or where insisted.

    Raises
    ------
    NotFound
        If there is no such trial.
    """
    with store.reading(engine) as conn:
        trial = _trial(conn, name)
        subjects = trials.load_subjects(conn, name)
        ids = [each.graduate_id for each in subjects]
        placed = placed_between(conn, ids, day=day, until=trial.last_day)
    is_over = day > trial.last_day or trial.stopped_on is not None
    found = effects(_observed(subjects, placed)) if is_over or early else []
    return Result(
        trial=trial,
        day=day,
        is_over=is_over,
        cells=tuple(_cells(subjects, placed)),
        effects=tuple(found),
    )


def _plan(ask: Ask, known: Known) -> Plan:
    keys = {(each.city, each.college, each.class_name) for each in known.subjects}
    n_people, n_cities = len(known.subjects), len({key[0] for key in keys})
    if not n_people:
        raise TrialRefused("nobody", str(ask.class_year))
    found, shares = known.variation, sorted(ask.shares)
    return Plan(
        ask=ask,
        n_people=n_people,
        n_classes=len(keys),
        n_cities=n_cities,
        n_cityless=known.n_cityless,
        variation=found,
        is_assumed=known.is_assumed,
        direct=size_for_direct(ask.effect, found, shares, n_people),
        crowding=size_for_crowding(ask.crowding, found, shares, n_people, n_cities),
    )


def _lacking(found: Plan) -> list[str]:
    """Say what lacks, for the sentence: what, needed, there, and what could be seen."""
    facts = []
    for name, size, needed, there in (
        ("direct", found.direct, found.direct and found.direct.people, found.n_people),
        ("crowding", found.crowding, found.crowding and found.crowding.cities, found.n_cities),
    ):
        if size is not None and not size.suffices:
            seen = "" if size.detectable is None else f"{100 * size.detectable:.1f}"
            facts += [name, f"{100 * size.effect:g}", str(needed or ""), str(there), seen]
    return facts


def _refuse_ended(ask: Ask, day: date) -> None:
    if ask.last_day < day:
        raise TrialRefused("ends_before", ask.last_day.isoformat())


def _refuse_beside_others(conn: Connection, name: str, ask: Ask, day: date) -> None:
    _refuse_ended(ask, day)
    for other in trials.load_trials(conn):
        if other.name == name:
            raise TrialRefused("named_already", name)
        if other.runs(day):
            raise TrialRefused("runs_already", other.name)


def _trial(conn: Connection, name: str) -> Trial:
    known = trials.load_trials(conn)
    found = next((each for each in known if each.name == name), None)
    if found is None:
        raise NotFound("trial", name, [each.name for each in known[-3:]])
    return found


def _observed(subjects: Sequence[Subject], placed: frozenset[str]) -> Observed:
    cities = {city: at for at, city in enumerate(sorted({each.city for each in subjects}))}
    keys = sorted({(each.college, each.class_name) for each in subjects})
    classes = {key: at for at, key in enumerate(keys)}
    return Observed(
        placed=np.array([each.graduate_id in placed for each in subjects], dtype=np.float64),
        has_lists=np.array([each.arm is Arm.WITH for each in subjects], dtype=np.bool_),
        share=np.array([each.share for each in subjects], dtype=np.float64),
        city=np.array([cities[each.city] for each in subjects], dtype=np.int32),
        class_no=np.array(
            [classes[each.college, each.class_name] for each in subjects], dtype=np.int32
        ),
        earlier=np.array(
            [np.nan if each.earlier is None else each.earlier for each in subjects],
            dtype=np.float64,
        ),
    )


def _cells(subjects: Sequence[Subject], placed: frozenset[str]) -> list[Cell]:
    alike: Mapping[tuple[float, Arm], list[Subject]] = defaultdict(list)
    for each in subjects:
        alike[each.share, each.arm].append(each)
    return [
        Cell(
            share=share,
            arm=arm,
            people=len(people),
            placed=sum(each.graduate_id in placed for each in people),
            classes=len({(each.college, each.class_name) for each in people}),
            cities=len({each.city for each in people}),
        )
        for (share, arm), people in sorted(alike.items())
    ]
