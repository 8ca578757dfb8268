"""Which class year is held out, what a contender may know, and what became of each pair."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from recommender.domain import OutcomeStage
from recommender.evaluation.season import known_before, season_to_judge, slices
from tests.builders import DAY, SmallWorld, make_graduate, make_outcome, make_post


def test_without_a_step_nothing_is_held_out() -> None:
    assert season_to_judge([make_graduate()], [make_post()], [], DAY) is None


def test_a_step_that_is_not_known_yet_holds_nothing_out() -> None:
    late = make_outcome(date=date(2026, 5, 10), recorded_on=date(2026, 5, 16))
    assert season_to_judge([make_graduate()], [make_post()], [late], DAY) is None


@pytest.mark.parametrize(
    ("day", "class_year"),
    [
        # 31 August 2025 and 180 days are 27 February 2026.
        (date(2026, 2, 26), 2024),
        (date(2026, 2, 27), 2025),
    ],
)
def test_the_last_class_year_that_is_decided_is_held_out(day: date, class_year: int) -> None:
    graduates = [make_graduate(graduate_id=f"G{year}", class_year=year) for year in (2024, 2025)]
    steps = [
        make_outcome(graduate_id="G2024", date=date(2024, 5, 1)),
        make_outcome(graduate_id="G2025", date=date(2025, 5, 1)),
    ]
    season = season_to_judge(graduates, [], steps, day)
    assert season is not None
    assert season.class_year == class_year


def test_where_no_class_year_is_decided_the_last_one_is_held_out(small_world: SmallWorld) -> None:
    season = season_to_judge(
        small_world.graduates, small_world.posts, small_world.outcomes, date(2025, 7, 2)
    )
    assert season is not None
    assert season.class_year == 2025


def test_a_season_is_cut_off_the_day_before_its_first_step(small_world: SmallWorld) -> None:
    season = season_to_judge(small_world.graduates, small_world.posts, small_world.outcomes, DAY)
    assert season is not None
    # First step: G2's interview on 4 May 2025. Last within the season: G4 starts on 15 July;
    # what came after 31 August is outside.
    assert (season.class_year, season.cut, season.ends_on) == (
        2025,
        date(2025, 5, 3),
        date(2025, 8, 31),
    )
    assert [graduate.graduate_id for graduate in season.graduates] == ["G1", "G2", "G3", "G4", "G5"]


def test_posts_of_other_seasons_and_withdrawn_ones_are_no_candidates() -> None:
    steps = [
        make_outcome(date=date(2026, 4, 10), stage=OutcomeStage.INTERESTED),
        make_outcome(date=date(2026, 5, 10)),
    ]
    posts = [
        make_post(post_id="closed", opens_on=date(2026, 1, 1), closes_on=date(2026, 4, 9)),
        make_post(post_id="later", opens_on=date(2026, 5, 11), closes_on=date(2026, 6, 30)),
        make_post(post_id="withdrawn", withdrawn_on=date(2026, 4, 10)),
        make_post(post_id="first day", opens_on=date(2026, 1, 1), closes_on=date(2026, 4, 10)),
        make_post(post_id="last day", opens_on=date(2026, 5, 10), closes_on=date(2026, 6, 30)),
    ]
    season = season_to_judge([make_graduate()], posts, steps, DAY)
    assert season is not None
    assert [post.post_id for post in season.posts] == ["first day", "last day"]


def test_people_hired_at_enrolment_are_not_judged() -> None:
    graduates = [make_graduate(), make_graduate(graduate_id="G2", hired_at_enrolment=True)]
    season = season_to_judge(graduates, [make_post()], [make_outcome()], DAY)
    assert season is not None
    assert [graduate.graduate_id for graduate in season.graduates] == ["G1"]


def test_a_contender_learns_from_earlier_class_years_up_to_the_cut() -> None:
    graduates = [
        make_graduate(graduate_id="old", class_year=2025),
        make_graduate(graduate_id="held", class_year=2026),
    ]
    first = make_outcome(graduate_id="held", date=date(2026, 3, 1))
    known = make_outcome(graduate_id="old", date=date(2025, 5, 1))
    after_the_cut = make_outcome(
        graduate_id="old", date=date(2026, 3, 1), stage=OutcomeStage.RETAINED
    )
    told_late = make_outcome(
        graduate_id="old",
        date=date(2025, 7, 1),
        stage=OutcomeStage.STARTED,
        recorded_on=date(2026, 3, 2),
    )
    steps = [first, known, after_the_cut, told_late]
    season = season_to_judge(graduates, [make_post()], steps, date(2027, 3, 1))
    assert season is not None
    people, learned = known_before(season, graduates, steps)
    assert [graduate.graduate_id for graduate in people] == ["old"]
    assert learned == [known]


def test_gains_say_what_became_of_each_pair(small_world: SmallWorld) -> None:
    season = season_to_judge(small_world.graduates, small_world.posts, small_world.outcomes, DAY)
    assert season is not None
    gains = season.gains(small_world.outcomes, DAY)
    expected = np.zeros((5, 5), dtype=np.float32)
    expected[0, 0] = 1.0  # G1 stayed at P1
    expected[1, 1] = 0.25  # G2 signed at P2
    expected[2, 2] = 0.5  # G3 started at P3 in July 2025 and never left: 180 days are over
    expected[3, 3] = 0.5  # G4 started at P4, and left
    expected[4, 4] = 0.25  # G5 signed at P5
    np.testing.assert_array_equal(gains, expected)


def test_what_cannot_be_known_yet_is_nan(small_world: SmallWorld) -> None:
    # G3 started on 1 July 2025: on 1 October, 180 days are not over.
    day = date(2025, 10, 1)
    season = season_to_judge(small_world.graduates, small_world.posts, small_world.outcomes, day)
    assert season is not None
    assert np.isnan(season.gains(small_world.outcomes, day)[2, 2])


def test_slices_name_city_and_trade_and_leave_out_what_is_not_stated() -> None:
    graduates = [
        make_graduate(graduate_id="G1", trade="焊接"),
        make_graduate(graduate_id="G2", home_region=None, skill_level=None),
    ]
    season = season_to_judge(graduates, [], [make_outcome()], DAY)
    assert season is not None
    labels = slices(season, {"370811": "济宁市"}, {"焊接": "焊接加工"})
    assert labels["trade"].tolist() == ["焊接加工", "焊接加工"]
    assert labels["city"].tolist() == ["济宁市", ""]
    assert labels["level"].tolist() == ["INTERMEDIATE_WORKER", ""]
