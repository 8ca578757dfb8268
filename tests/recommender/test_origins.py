"""Which class years are judged, what each may learn from, and where settings are chosen."""

from __future__ import annotations

from datetime import date

import pytest

from recommender.domain import Graduate, Outcome
from recommender.evaluation.origins import rolling_origins
from tests.builders import make_graduate, make_outcome, make_post

YEARS = (2022, 2023, 2024, 2025)


def years(*class_years: int) -> tuple[list[Graduate], list[Outcome]]:
    graduates = [make_graduate(graduate_id=f"G{y}", class_year=y) for y in class_years]
    steps = [make_outcome(graduate_id=f"G{y}", date=date(y, 5, 1)) for y in class_years]
    return graduates, steps


@pytest.mark.parametrize("class_years", [(), (2025,)])
def test_without_an_earlier_class_year_nothing_can_be_judged(class_years: tuple[int, ...]) -> None:
    graduates, steps = years(*class_years)
    assert rolling_origins(graduates, [], steps, date(2026, 5, 15)) == ()


def test_a_class_year_whose_staying_is_not_decided_is_not_judged() -> None:
    graduates, steps = years(*YEARS)
    # 31 August 2025 and 180 days are 27 February 2026.
    found = rolling_origins(graduates, [], steps, date(2026, 2, 26))
    assert [origin.test.class_year for origin in found] == [2023, 2024]


def test_where_none_is_decided_the_last_one_is_judged() -> None:
    graduates, steps = years(2024, 2025)
    (origin,) = rolling_origins(graduates, [], steps, date(2025, 6, 1))
    assert (origin.test.class_year, origin.trained_on) == (2025, (2024,))


def test_every_decided_class_year_is_judged_on_what_came_before_it() -> None:
    graduates, steps = years(*YEARS)
    found = rolling_origins(graduates, [], steps, date(2026, 2, 27))
    assert [(origin.test.class_year, origin.trained_on) for origin in found] == [
        (2023, (2022,)),
        (2024, (2022, 2023)),
        (2025, (2022, 2023, 2024)),
    ]


def test_settings_are_chosen_on_the_class_year_before_where_one_came_before_that() -> None:
    graduates, steps = years(*YEARS)
    found = rolling_origins(graduates, [], steps, date(2026, 2, 27))
    chosen_on = [origin.validation and origin.validation.class_year for origin in found]
    assert chosen_on == [None, 2023, 2024]


def test_a_season_is_cut_the_day_before_its_first_step() -> None:
    graduates, steps = years(2024, 2025)
    post = make_post(opens_on=date(2025, 4, 1), closes_on=date(2025, 6, 30))
    (origin,) = rolling_origins(graduates, [post], steps, date(2026, 5, 15))
    assert origin.test.cut == date(2025, 4, 30)
    assert origin.test.posts == (post,)
