"""What earlier class years make one expect of the running one: of its posts, people and steps.

A night that is like the night before may still lack a city whose catalog never came, or half of
the outcomes. Here a season is held to the seasons before it, from what is stored and no journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log, sqrt

import numpy as np

from recommender.domain import (
    CONFIRMING,
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    Reference,
    class_year_of,
    minor_group,
)

YEAR = timedelta(days=365)
# A season may come a month sooner or later than the one before.
SHIFTS = (timedelta(days=-30), timedelta(0), timedelta(days=30))
RECENT = timedelta(days=28)
DECIDED = frozenset({OutcomeStage.RETAINED, OutcomeStage.LEFT})


@dataclass(frozen=True, slots=True)
class Beside:
    """A number beside the one that earlier class years make one expect.

    Attributes
    ----------
    now, expected
        In one unit, at least 0.
    noise
        Standard error that chance alone gives to the logarithm of now ÷ expected.
    """

    now: float
    expected: float
    noise: float

    def distance(self) -> float:
        """Logarithm of now ÷ expected; nothing counts as half of one."""
        return log(max(self.now, 0.5) / max(self.expected, 0.5))


def precedents(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    outcomes: Sequence[Outcome],
    reference: Reference,
    day: date,
    *,
    few: int,
) -> dict[str, Beside]:
    """Lay the running season beside the ones before it; what is too few is left out.

    Parameters
    ----------
    outcomes
        Known by the day.
    few
        Counts below this say nothing.

    Returns
    -------
    dict of str to Beside
        ``open``, ``open_city:…``, ``open_group:…`` (minor group): posts open. ``places``,
        ``places_city:…``, ``pay``, ``wish_pay``: geometric means. ``level:…/…`` (programme and
        level), ``min_level:…``: graduates and posts of a level. ``placed``, ``placed_last``,
        ``decided``, ``decided_last``: people of the running and of the last class year with a
        place, and of whom it is known whether they stayed. ``recent``: steps recorded in four
        weeks, once any is known of the running class year.
    """
    found = _open_posts(posts, reference, day) | _levels(graduates, posts, day)
    found |= _steps(graduates, outcomes, day)
    return {
        name: each for name, each in found.items() if max(each.now, each.expected) >= few
    } | _means(graduates, posts, reference, day, few)


def _open_posts(posts: Sequence[Post], reference: Reference, day: date) -> dict[str, Beside]:
    """Count the posts open by city and minor group beside those of the same day a year ago."""
    now = _open_by_label(posts, reference, day)
    before = [_open_by_label(posts, reference, day - YEAR + shift) for shift in SHIFTS]
    found = {"open": _nearest(now["open"], [then["open"] for then in before])}
    for label in sorted(set(now).union(*before) - {"open"}):
        # A larger catalog has more of everything: the label's share of it is what is expected.
        shares = [then[label] * now["open"] / then["open"] for then in before if then["open"]]
        if shares:
            found[label] = _nearest(now[label], shares)
    return found


def _open_by_label(posts: Iterable[Post], reference: Reference, day: date) -> Counter[str]:
    counts: Counter[str] = Counter()
    for post in posts:
        if post.is_open(day):
            city = reference.regions.get(post.region_code)
            counts.update(("open", f"open_group:{minor_group(post.occupation_code)}"))
            if city is not None:
                counts[f"open_city:{city.city_name}"] += 1
    return counts


def _levels(graduates: Sequence[Graduate], posts: Sequence[Post], day: date) -> dict[str, Beside]:
    """Count people and posts of each level beside what the earlier class years' shares give.

    People by their programme: which programmes graduate differs from year to year, what level
    a programme leads to does not.
    """
    running = class_year_of(day)
    rows = [
        (f"level:{graduate.training_tier}/", graduate.class_year, graduate.skill_level)
        for graduate in graduates
        if graduate.training_tier is not None
    ]
    rows += [("min_level:", class_year_of(post.opens_on), post.min_level) for post in posts]
    now = Counter((kind, level) for kind, year, level in rows if level and year == running)
    before = Counter((kind, level) for kind, year, level in rows if level and year < running)
    n_now = Counter(kind for kind, _ in now.elements())
    n_before = Counter(kind for kind, _ in before.elements())
    found: dict[str, Beside] = {}
    for kind, level in sorted(set(now) | set(before)):
        if n_now[kind] and n_before[kind]:
            n = before[kind, level]
            expected = n * n_now[kind] / n_before[kind]
            found[f"{kind}{level.name}"] = Beside(now[kind, level], expected, _noise(expected, n))
    return found


def _steps(
    graduates: Sequence[Graduate], outcomes: Sequence[Outcome], day: date
) -> dict[str, Beside]:
    """Count who has a place, and of whom it is known whether they stayed, as a year ago."""
    class_years = {graduate.graduate_id: graduate.class_year for graduate in graduates}
    sizes = Counter(class_years.values())
    first_placed = _first_known(outcomes, CONFIRMING)
    first_decided = _first_known(outcomes, DECIDED)
    found: dict[str, Beside] = {}
    for suffix, year in (("", class_year_of(day)), ("_last", class_year_of(day) - 1)):
        if not sizes[year] or not sizes[year - 1]:
            continue
        growth = sizes[year] / sizes[year - 1]
        for kind, first in (("placed", first_placed), ("decided", first_decided)):
            days = {y: _days_of(first, class_years, y) for y in (year, year - 1)}
            then = [growth * _n_by(days[year - 1], day - YEAR + shift) for shift in SHIFTS]
            found[f"{kind}{suffix}"] = _nearest(_n_by(days[year], day), then)
    if any(class_years.get(step.graduate_id) == class_year_of(day) for step in outcomes):
        recorded = [step.recorded_on for step in outcomes]
        then = [_n_recent(recorded, day - YEAR + shift) for shift in SHIFTS]
        found["recent"] = _nearest(_n_recent(recorded, day), then)
    return found


def _first_known(outcomes: Iterable[Outcome], stages: Collection[OutcomeStage]) -> dict[str, date]:
    first: dict[str, date] = {}
    for step in outcomes:
        if step.stage in stages:
            known_on = max(step.date, step.recorded_on)
            first[step.graduate_id] = min(first.get(step.graduate_id, known_on), known_on)
    return first


def _days_of(first: Mapping[str, date], class_years: Mapping[str, int], year: int) -> list[date]:
    return [known_on for someone, known_on in first.items() if class_years.get(someone) == year]


def _n_by(days: Iterable[date], day: date) -> int:
    return sum(each <= day for each in days)


def _n_recent(days: Iterable[date], day: date) -> int:
    return sum(day - RECENT < each <= day for each in days)


def _nearest(now: float, then: Sequence[float]) -> Beside:
    """Take the nearest number within those of a season that came sooner or later."""
    expected = min(max(now, min(then)), max(then))
    return Beside(now, expected, _noise(expected, expected))


def _noise(expected: float, n_before: float) -> float:
    """Poisson noise of a count and of the count it is expected from."""
    return sqrt(1 / max(expected, 0.5) + 1 / max(n_before, 0.5))


def _means(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    reference: Reference,
    day: date,
    few: int,
) -> dict[str, Beside]:
    """Lay geometric means of this season's rows beside those of the last three seasons.

    Unlike a plain mean, a few large posts do not carry them.
    """
    running = class_year_of(day)
    rows: list[tuple[str, int, int | None]] = []
    for post in posts:
        year = class_year_of(post.opens_on)
        region = reference.regions.get(post.region_code)
        rows += [("places", year, post.headcount), ("pay", year, post.monthly_pay_min)]
        if region is not None:
            rows.append((f"places_city:{region.city_name}", year, post.headcount))
    rows += [("wish_pay", graduate.class_year, graduate.wish_pay) for graduate in graduates]
    by_name: dict[str, tuple[list[float], list[float]]] = {}
    for name, year, value in rows:
        if value and running - 3 <= year <= running:
            by_name.setdefault(name, ([], []))[year == running].append(log(value))
    found: dict[str, Beside] = {}
    for name, (before, now) in by_name.items():
        if min(len(before), len(now)) >= few:
            variance = np.var(now) / len(now) + np.var(before) / len(before)
            found[name] = Beside(
                exp(float(np.mean(now))), exp(float(np.mean(before))), sqrt(float(variance))
            )
    return found
