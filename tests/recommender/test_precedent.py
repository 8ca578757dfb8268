"""What earlier class years make one expect: counted by hand, and what must not alarm anybody."""

from __future__ import annotations

from datetime import date, timedelta
from math import log, sqrt

import pytest

from recommender.domain import Graduate, Outcome, OutcomeStage, Post, SkillLevel, TrainingTier
from recommender.evaluation.precedent import Beside, precedents
from tests.builders import make_graduate, make_outcome, make_post, make_reference

TODAY = date(2026, 5, 15)
OTHER_CITY = "370700"


def found(
    graduates: list[Graduate] | None = None,
    posts: list[Post] | None = None,
    outcomes: list[Outcome] | None = None,
    day: date = TODAY,
    few: int = 2,
) -> dict[str, Beside]:
    return precedents(graduates or [], posts or [], outcomes or [], make_reference(), day, few=few)


def season(year: int, n_posts: int, region_code: str = "370800", **fields: object) -> list[Post]:
    dates = {"opens_on": date(year, 4, 1), "closes_on": date(year, 6, 30)}
    return [
        make_post(post_id=f"{year}-{region_code}-{n}", region_code=region_code, **dates | fields)
        for n in range(n_posts)
    ]


def class_of(year: int, n_people: int, **fields: object) -> list[Graduate]:
    return [
        make_graduate(graduate_id=f"{year}-{n}", class_year=year, **fields) for n in range(n_people)
    ]


# Nothing to say ----------------------------------------------------------------------------


def test_nothing_stored_expects_nothing() -> None:
    assert found() == {}


def test_a_first_season_has_no_precedent() -> None:
    outcomes = [make_outcome(graduate_id="2026-0")]
    names = set(found(class_of(2026, 9), season(2026, 9), outcomes))
    # Before it nothing was open: only that more came than nothing can be said.
    assert names <= {"open", "recent"}


def test_what_is_few_now_and_before_is_left_out() -> None:
    posts = season(2025, 4) + season(2026, 4)
    assert "open" in found(posts=posts, few=4)
    assert found(posts=posts, few=5) == {}


# Counted by hand ---------------------------------------------------------------------------


def test_a_city_whose_catalog_never_came_is_expected_by_its_share() -> None:
    posts = season(2025, 6) + season(2025, 4, OTHER_CITY) + season(2026, 5)
    beside = found(posts=posts)
    # Of ten posts a year ago four lay in Weifang; of five now, two would.
    assert (beside["open_city:潍坊市"].now, beside["open_city:潍坊市"].expected) == (0, 2.0)
    assert beside["open_city:潍坊市"].distance() == pytest.approx(log(0.5 / 2))
    assert beside["open_city:潍坊市"].noise == pytest.approx(sqrt(1 / 2 + 1 / 2))


def test_a_season_up_to_a_month_later_than_the_last_is_as_expected() -> None:
    posts = season(2025, 6, opens_on=date(2025, 3, 1))
    # A month before 15 March 2025 nothing was open yet, so nothing need be open now.
    assert "open" not in found(posts=posts, day=date(2026, 3, 15))
    # A month before 15 April 2025 all six were.
    assert found(posts=posts, day=date(2026, 4, 15))["open"].expected == 6


def test_places_are_compared_as_geometric_means() -> None:
    posts = season(2025, 2, headcount=2) + season(2026, 2, headcount=20)
    beside = found(posts=posts)
    assert beside["places"].now == pytest.approx(20)
    assert beside["places"].expected == pytest.approx(2)
    assert beside["places_city:济宁市"].distance() == pytest.approx(log(10))


def test_levels_are_held_to_the_programme() -> None:
    senior = {"training_tier": TrainingTier.SENIOR, "skill_level": SkillLevel.SENIOR_WORKER}
    swapped = senior | {"skill_level": SkillLevel.INTERMEDIATE_WORKER}
    beside = found(class_of(2025, 8, **senior) + class_of(2026, 4, **swapped))
    assert (beside["level:senior/SENIOR_WORKER"].now) == 0
    # All eight were senior workers: of four, four are expected.
    assert beside["level:senior/SENIOR_WORKER"].expected == 4
    assert beside["level:senior/INTERMEDIATE_WORKER"] == Beside(4, 0.0, sqrt(1 / 0.5 + 1 / 0.5))


def test_a_level_not_stated_yet_says_nothing() -> None:
    before = class_of(2025, 8, training_tier=TrainingTier.SENIOR)
    now = class_of(2026, 8, training_tier=TrainingTier.SENIOR, skill_level=None)
    assert not any(name.startswith("level") for name in found(before + now))


def steps(year: int, n_people: int, recorded_on: date) -> list[Outcome]:
    return [
        make_outcome(
            graduate_id=f"{year}-{n}",
            stage=OutcomeStage.STARTED,
            date=date(year, 4, 1),
            recorded_on=recorded_on,
        )
        for n in range(n_people)
    ]


def test_half_of_the_outcomes_that_do_not_come_are_missed() -> None:
    people = class_of(2025, 10) + class_of(2026, 20)
    known = steps(2025, 6, date(2025, 4, 2)) + steps(2026, 6, date(2026, 4, 2))
    beside = found(people, outcomes=known)
    # Six of ten a year ago, on this day, a month before it and a month after: of 20, twelve.
    assert beside["placed"] == Beside(6, 12.0, sqrt(1 / 12 + 1 / 12))


def test_outcomes_told_a_month_later_are_as_expected() -> None:
    people = class_of(2025, 10) + class_of(2026, 10)
    known = steps(2025, 6, date(2025, 5, 10)) + steps(2026, 2, date(2026, 5, 10))
    # On 15 April 2025 nobody was known to be placed, on 15 May six were: two lie between.
    assert found(people, outcomes=known)["placed"].distance() == 0


def test_a_feed_that_stopped_shows_in_the_steps_of_four_weeks() -> None:
    many = [
        make_outcome(graduate_id=f"{n}", recorded_on=date(2025, 5, 1) + timedelta(days=n))
        for n in range(-60, 60)
    ]
    begun = [make_outcome(graduate_id="2026-0", recorded_on=date(2026, 4, 1))]
    people = class_of(2026, 1)
    # One step a day a year ago: 28 in four weeks; none now, though the season has begun.
    recent = found(people, outcomes=many + begun)["recent"]
    assert (recent.now, recent.expected) == (0, 28)
    # Of a season of which nothing is known yet, it says nothing.
    assert "recent" not in found(people, outcomes=many)


def test_nothing_counts_as_half_of_one() -> None:
    assert Beside(0, 20, 0.3).distance() == pytest.approx(log(0.5 / 20))
    assert Beside(0, 0, 0.3).distance() == 0
