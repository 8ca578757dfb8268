"""Who could be drawn for a trial, in which classes and cities, and what earlier years tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Connection

from recommender.arms import class_of
from recommender.data import store
from recommender.domain import DECIDING, Graduate, MemberKind, Reference
from recommender.evaluation.trial_design import Variation, variation
from recommender.matching.eligibility import standing
from recommender.reports import city_of
from recommender.trials import Arm, Subject

N_EARLIER = 2  # class years looked back to
# Where nothing is known: the rate that takes most people, classmates as alike as classes of the
# sample are, and cities that differ by five points.
ASSUMED_RATE, ASSUMED_ALIKE, ASSUMED_BETWEEN_CITIES = 0.5, 0.1, 0.05**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who is there to be drawn (nobody is yet), and how people differ."""

    subjects: tuple[Subject, ...]
    n_cityless: int
    variation: Variation
    is_assumed: bool


@dataclass(frozen=True, slots=True)
class _Class:
    """A class of an earlier year: its city, its people, and how many were placed."""

    class_year: int
    city: str
    people: int
    placed: int


def read_classes(conn: Connection, class_year: int, *, day: date, until: date) -> Known:
    """Read who could be drawn on a day, and what became of like people in earlier years.

    Like people are those not placed on the same day of their year; what counts is whether they
    were by the last day, in their year.
    """
    cities = _cities(conn, day)
    earlier: list[_Class] = []
    for year in range(class_year - N_EARLIER, class_year):
        back = class_year - year
        began, ended = _years_before(day, back), _years_before(until, back)
        if ended >= day:
            continue
        people = _unplaced(conn, year, day=day, on=began)
        ids = [each.graduate_id for each in people]
        placed = placed_between(conn, ids, day=day, until=ended)
        earlier += _classes(year, people, placed, cities)
    people = _unplaced(conn, class_year, day=day, on=day)
    with_city = [each for each in people if cities.get(each.college)]
    rates = _rates(earlier)
    latest = max((each.class_year for each in earlier), default=None)
    subjects = tuple(
        Subject(
            graduate_id=each.graduate_id,
            college=each.college,
            class_name=class_of(each),
            city=cities[each.college],
            share=0.0,
            arm=Arm.WITHOUT,
            earlier=rates.get((latest, cities[each.college])),
        )
        for each in with_city
    )
    return Known(
        subjects=subjects,
        n_cityless=len(people) - len(with_city),
        variation=_variation(earlier, rates) if rates else _assumed(subjects),
        is_assumed=not rates,
    )


def placed_between(
    conn: Connection, ids: Collection[str], *, day: date, until: date
) -> frozenset[str]:
    """Give those who hold a place at the end of a day, as far as known by another."""
    steps = store.load_outcomes(conn, day=day, stages=DECIDING, graduate_ids=ids)
    now = standing([each for each in steps if each.date <= until], {}, day)
    return frozenset(now.placed_at)


def _unplaced(conn: Connection, class_year: int, *, day: date, on: date) -> list[Graduate]:
    people = [
        each
        for each in store.load_graduates(conn, class_year=class_year)
        if each.consent and not each.hired_at_enrolment
    ]
    placed = placed_between(conn, [each.graduate_id for each in people], day=day, until=on)
    return [each for each in people if each.graduate_id not in placed]


def _cities(conn: Connection, day: date) -> dict[str, str]:
    """Say where each college is: as a member, else where most of its graduates are from."""
    known = store.load_reference(conn, day=day)
    homes: dict[str, Counter[str]] = defaultdict(Counter)
    for each in store.load_graduates(conn):
        if each.home_region:
            homes[each.college][city_of(each.home_region, known)] += 1
    usual = {
        college: min(counts, key=lambda city: (-homes[college][city], city))
        for college, counts in homes.items()
    }
    return usual | _member_cities(conn, known)


def _member_cities(conn: Connection, known: Reference) -> dict[str, str]:
    kinds = (MemberKind.TECHNICIAN_COLLEGE, MemberKind.VOCATIONAL_SCHOOL)
    return {
        each.name: city_of(each.region, known)
        for each in store.load_members(conn)
        if each.kind in kinds
    }


def _classes(
    year: int, people: Iterable[Graduate], placed: frozenset[str], cities: Mapping[str, str]
) -> list[_Class]:
    classes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in people:
        if cities.get(each.college):
            classes[each.college, class_of(each)].append(each.graduate_id)
    return [
        _Class(year, cities[college], len(ids), sum(one in placed for one in ids))
        for (college, _), ids in sorted(classes.items())
    ]


def _rates(classes: Iterable[_Class]) -> dict[tuple[int | None, str], float]:
    """Give the rate of each city in each earlier class year; of years with nobody placed none."""
    people: Counter[tuple[int | None, str]] = Counter()
    placed: Counter[tuple[int | None, str]] = Counter()
    any_in: Counter[int] = Counter()
    for each in classes:
        people[each.class_year, each.city] += each.people
        placed[each.class_year, each.city] += each.placed
        any_in[each.class_year] += each.placed
    return {key: placed[key] / n for key, n in people.items() if key[0] and any_in[key[0]]}


def _variation(
    classes: Iterable[_Class], rates: Mapping[tuple[int | None, str], float]
) -> Variation:
    counted = [each for each in classes if (each.class_year, each.city) in rates]
    keys = sorted({(each.class_year, each.city) for each in counted})
    at = {key: index for index, key in enumerate(keys)}
    return variation(
        np.array([each.people for each in counted], dtype=np.int64),
        np.array([each.placed for each in counted], dtype=np.int64),
        np.array([at[each.class_year, each.city] for each in counted], dtype=np.int32),
        np.array([rates.get((year - 1, city), np.nan) for year, city in keys], dtype=np.float64),
    )


def _assumed(subjects: Iterable[Subject]) -> Variation:
    sizes = np.array(list(Counter((s.college, s.class_name) for s in subjects).values()) or [1])
    whole = ASSUMED_RATE * (1 - ASSUMED_RATE)
    return Variation(
        rate=ASSUMED_RATE,
        within=whole * (1 - ASSUMED_ALIKE),
        between_classes=whole * ASSUMED_ALIKE,
        between_cities=ASSUMED_BETWEEN_CITIES,
        class_size=float(sizes.mean()),
        size_spread=float(sizes.var() / sizes.mean() ** 2),
    )


def _years_before(day: date, years: int) -> date:
    """Give the same day of an earlier year; of 29 February the day before."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
