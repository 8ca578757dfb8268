"""Step G0: what is unlike earlier nights, and a year of nights that is like them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from recommender.evaluation.feed import Feed, check_input
from recommender.evaluation.limits import load_limits
from recommender.evaluation.precedent import Beside
from recommender.evaluation.verdict import Effect, Reason

LIMITS = load_limits()
TONIGHT = date(2026, 5, 15)


def make_feed(day: date = TONIGHT, **overrides: object) -> Feed:
    valid: dict[str, object] = {
        "totals": {"graduates": 7000, "posts": 2000, "outcomes": 50_000, "trades": 60},
        "ratios": {"places_per_post": 4.0},
        "missing": {"grade_band": 0.10},
        "unseen": {"occupation": 0.01},
    }
    return Feed(day=day, **(valid | overrides))


def earlier(n_nights: int = 7, **overrides: object) -> list[Feed]:
    return [
        make_feed(TONIGHT - timedelta(days=n_nights - night), **overrides)
        for night in range(n_nights)
    ]


def found(feed: Feed, history: list[Feed]) -> list[tuple[str, str, Effect]]:
    return [(each.code, each.subject, each.effect) for each in check_input(feed, history, LIMITS)]


# Refused and held --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["graduates", "posts"])
def test_an_empty_feed_is_refused_also_on_the_first_night(name: str) -> None:
    feed = make_feed(totals={"graduates": 7000, "posts": 2000} | {name: 0})
    assert found(feed, []) == [("feed_empty", name, Effect.REFUSE)]
    assert found(feed, earlier()) == [("feed_empty", name, Effect.REFUSE)]


def test_a_feed_says_at_least_how_many_graduates_and_posts_there_are() -> None:
    with pytest.raises(ValueError, match="totals lack posts"):
        make_feed(totals={"graduates": 1})


def test_a_shrunken_total_is_refused_with_its_numbers() -> None:
    # 30 % below 50,000 is 35,000.
    feed = make_feed(totals={"graduates": 7000, "posts": 2000, "outcomes": 34_999})
    (reason,) = check_input(feed, earlier(), LIMITS)
    assert (reason.code, reason.subject, reason.effect) == (
        "feed_shrunk",
        "outcomes",
        Effect.REFUSE,
    )
    assert (reason.measured, reason.limit) == (34_999, pytest.approx(35_000))
    assert "34,999" in reason.text()
    assert "outcomes fell to 34,999" in reason.text("en").lower()


def test_outcomes_that_are_all_gone_are_refused() -> None:
    feed = make_feed(totals={"graduates": 7000, "posts": 2000, "outcomes": 0})
    assert found(feed, earlier()) == [("feed_shrunk", "outcomes", Effect.REFUSE)]


def test_a_total_more_than_three_times_the_usual_is_held() -> None:
    feed = make_feed(totals={"graduates": 21_001, "posts": 2000})
    (reason,) = check_input(feed, earlier(), LIMITS)
    assert (reason.code, reason.subject, reason.effect) == ("feed_grown", "graduates", Effect.HOLD)
    assert (reason.measured, reason.limit) == (21_001, 21_000)


@pytest.mark.parametrize(("places", "limit"), [(40.0, 5.72), (2.7, 2.8)])
def test_places_typed_with_a_nought_too_many_or_too_few_are_held(
    places: float, limit: float
) -> None:
    # Usually 4: from .7 x 4 = 2.8 to 1.43 x 4 = 5.72.
    (reason,) = check_input(make_feed(ratios={"places_per_post": places}), earlier(), LIMITS)
    assert (reason.code, reason.subject, reason.effect) == (
        "ratio_moved",
        "places_per_post",
        Effect.HOLD,
    )
    assert (reason.measured, reason.limit) == (places, pytest.approx(limit))


def test_a_column_that_empties_is_held() -> None:
    (reason,) = check_input(make_feed(missing={"grade_band": 0.16}), earlier(), LIMITS)
    assert (reason.code, reason.subject, reason.effect) == (
        "more_missing",
        "grade_band",
        Effect.HOLD,
    )
    # Usually 10 %, and 5 points more are let through.
    assert (reason.measured, reason.limit) == (0.16, pytest.approx(0.15))


def test_a_jump_in_unknown_codes_is_refused() -> None:
    feed = make_feed(unseen={"occupation": 0.04})
    (reason,) = check_input(feed, earlier(), LIMITS)
    assert (reason.code, reason.effect) == ("more_unseen", Effect.REFUSE)
    # Usually 1 %, and 2 points more are let through.
    assert (reason.measured, reason.limit) == (0.04, pytest.approx(0.03))


def test_a_roster_whose_trades_cannot_be_read_is_refused() -> None:
    history = earlier(unseen={"trade": 0.05})
    assert found(make_feed(unseen={"trade": 0.16}), history) == [
        ("more_unseen", "trade", Effect.REFUSE)
    ]


def test_names_of_a_colleges_own_never_block() -> None:
    # Beside six class years of ten colleges, one college renames everything: 1.4 points more.
    assert found(make_feed(unseen={"trade": 0.064}), earlier(unseen={"trade": 0.05})) == []


def test_a_city_whose_posts_vanish_before_their_closing_date_is_refused() -> None:
    feed = make_feed(still_open={"": (400, 380), "济宁市": (60, 3), "潍坊市": (100, 98)})
    (reason,) = check_input(feed, earlier(), LIMITS)
    assert (reason.code, reason.subject, reason.effect) == ("posts_gone", "济宁市", Effect.REFUSE)
    # 70 % of 60 are 42.
    assert (reason.measured, reason.limit) == (3, pytest.approx(42))


def test_vanished_posts_need_no_history() -> None:
    feed = make_feed(still_open={"": (400, 10)})
    assert found(feed, [])[0] == ("posts_gone", "", Effect.REFUSE)


def test_several_faults_are_told_together() -> None:
    feed = make_feed(
        totals={"graduates": 100, "posts": 2000},
        unseen={"occupation": 0.5},
        missing={"grade_band": 0.9},
    )
    assert [code for code, *_ in found(feed, earlier())] == [
        "feed_shrunk",
        "more_missing",
        "more_unseen",
    ]


def test_one_odd_night_does_not_move_the_reference() -> None:
    history = [*earlier(6), make_feed(TONIGHT, totals={"graduates": 9, "posts": 2000})]
    assert found(make_feed(), history) == []
    assert found(make_feed(totals={"graduates": 9, "posts": 2000}), history)


def test_only_the_last_seven_nights_count() -> None:
    long_ago = earlier(50, totals={"graduates": 500, "posts": 2000})[:43]
    assert found(make_feed(), [*long_ago, *earlier(7)]) == []


def test_a_later_night_is_no_reference_for_an_earlier_day() -> None:
    later = [make_feed(TONIGHT + timedelta(days=1), totals={"graduates": 9000, "posts": 3000})]
    small = make_feed(totals={"graduates": 1000, "posts": 300})
    assert found(small, later) == [("no_reference", "G0", Effect.NOTE)]


@pytest.mark.parametrize(
    "name", ["posts_city", "posts_group", "posts_level", "graduates_trade", "graduates_college"]
)
def test_a_part_that_shrank_is_refused_although_the_whole_did_not(name: str) -> None:
    feed = make_feed(parts={f"{name}:x": 69})
    (reason,) = check_input(feed, earlier(parts={f"{name}:x": 100}), LIMITS)
    assert (reason.code, reason.subject, reason.effect) == (
        "feed_shrunk",
        f"{name}:x",
        Effect.REFUSE,
    )
    # 30 % below 100.
    assert (reason.measured, reason.limit) == (69, pytest.approx(70))


def test_a_part_that_is_gone_altogether_counts_as_nothing() -> None:
    history = earlier(parts={"posts_city:济宁市": 20})
    (reason,) = check_input(make_feed(), history, LIMITS)
    assert (reason.subject, reason.measured) == ("posts_city:济宁市", 0)
    assert "济宁市的岗位" in reason.text()


def test_people_who_rose_to_the_next_level_hold_and_do_not_refuse() -> None:
    level = "graduates_level:SENIOR_WORKER"
    assert found(make_feed(parts={level: 10}), earlier(parts={level: 100})) == [
        ("feed_shrunk", level, Effect.HOLD)
    ]


def test_a_part_four_times_the_usual_is_held_and_a_new_one_from_twenty_on() -> None:
    city = "posts_city:济宁市"
    assert found(make_feed(parts={city: 401}), earlier(parts={city: 100})) == [
        ("feed_grown", city, Effect.HOLD)
    ]
    # Five posts say nothing; four times twenty is where growth begins to.
    assert found(make_feed(parts={city: 80}), earlier(parts={city: 5})) == []
    assert found(make_feed(parts={city: 81}), earlier(parts={city: 5})) != []


@pytest.mark.parametrize(("share", "stops"), [(0.031, True), (0.029, False), (0.0, False)])
def test_rows_that_contradict_each_other_are_held(share: float, stops: bool) -> None:
    # Usually 1 %, and 2 points more are let through.
    reasons = check_input(
        make_feed(odd={"doubled_posts": share}), earlier(odd={"doubled_posts": 0.01}), LIMITS
    )
    assert [(each.code, each.effect) for each in reasons] == [("more_odd", Effect.HOLD)] * stops


@pytest.mark.parametrize("days", [101, -40])
def test_a_night_far_from_the_last_ones_is_held(days: int) -> None:
    # The median of the seven nights before tonight lies four days back.
    feed = make_feed(TONIGHT + timedelta(days=days - 4))
    history = earlier(odd={})
    reasons = check_input(feed, history, LIMITS)
    assert ("day_jumped", Effect.HOLD) in [(each.code, each.effect) for each in reasons]
    assert str(abs(days)) in reasons[0].text()


def test_a_clock_that_stays_wrong_is_held_again() -> None:
    jumped = make_feed(TONIGHT + timedelta(days=400))
    history = [*earlier(6), jumped]
    again = replace(jumped, day=jumped.day + timedelta(days=1))
    assert "day_jumped" in [each.code for each in check_input(again, history, LIMITS)]


GONE = {"open_city:济宁市": Beside(0, 40, 0.2)}


def test_a_season_unlike_earlier_ones_is_held() -> None:
    (reason,) = check_input(make_feed(season=GONE), earlier(), LIMITS)
    assert (reason.code, reason.subject, reason.effect) == (
        "season_moved",
        "open_city:济宁市",
        Effect.HOLD,
    )
    # A twelfth of what is expected is let through: .08 x 40.
    assert (reason.measured, reason.limit) == (0, pytest.approx(3.2))


def test_an_odd_season_is_only_said_where_nothing_answers_yet() -> None:
    assert found(make_feed(season=GONE), [])[0][2] is Effect.NOTE


def test_a_season_that_nobody_has_told_of_yet_is_only_said() -> None:
    unknown = {"placed": Beside(0, 300, 0.1)}
    assert found(make_feed(season=unknown), earlier()) == [("season_moved", "placed", Effect.NOTE)]
    some = {"placed": Beside(1, 300, 0.1)}
    assert found(make_feed(season=some), earlier()) == [("season_moved", "placed", Effect.HOLD)]


def test_what_most_earlier_nights_have_shown_has_been_looked_at() -> None:
    history = earlier(3) + earlier(4, season=GONE)
    assert found(make_feed(season=GONE), history) == []


def test_a_night_with_too_little_to_say_has_not_shown_it() -> None:
    history = earlier(4) + earlier(3, season=GONE)
    assert [code for code, *_ in found(make_feed(season=GONE), history)] == ["season_moved"]


def test_one_odd_night_does_not_hide_an_odd_season() -> None:
    usual = {"open_city:济宁市": Beside(40, 40, 0.2)}
    history = earlier(4, season=usual) + earlier(3, season=GONE)
    assert [code for code, *_ in found(make_feed(season=GONE), history)] == ["season_moved"]


def test_what_chance_explains_is_no_odd_season() -> None:
    # A third of what is expected, but four standard errors reach to e^-1.2 = .30 of it.
    few = {"placed": Beside(10, 30, 0.3)}
    assert found(make_feed(season=few), earlier()) == []
    many = {"placed": Beside(100, 300, 0.1)}
    assert [code for code, *_ in found(make_feed(season=many), earlier())] == ["season_moved"]


# Let through -------------------------------------------------------------------------------


def test_a_night_without_history_says_so() -> None:
    (reason,) = check_input(make_feed(), [], LIMITS)
    assert (reason.step, reason.code, reason.effect) == ("G0", "no_reference", Effect.NOTE)
    assert (reason.measured, reason.limit) == (None, None)


def test_a_night_like_the_others_says_nothing() -> None:
    assert check_input(make_feed(), earlier(), LIMITS) == ()


def test_few_of_anything_say_nothing_in_per_cent() -> None:
    few = earlier(totals={"graduates": 7000, "posts": 2000, "trades": 3})
    feed = make_feed(totals={"graduates": 7000, "posts": 2000, "trades": 2})
    assert found(feed, few) == []
    assert found(make_feed(still_open={"枣庄市": (9, 0)}), earlier()) == []
    assert found(make_feed(still_open={"枣庄市": (20, 11)}), earlier()) == []


def test_twenty_of_anything_and_ten_posts_gone_are_enough_to_tell() -> None:
    history = earlier(totals={"graduates": 7000, "posts": 2000, "trades": 20})
    feed = make_feed(totals={"graduates": 7000, "posts": 2000, "trades": 10})
    assert found(feed, history) == [("feed_shrunk", "trades", Effect.REFUSE)]
    assert found(make_feed(still_open={"枣庄市": (10, 0)}), earlier()) == [
        ("posts_gone", "枣庄市", Effect.REFUSE)
    ]


def test_an_earlier_night_of_the_same_day_is_a_reference() -> None:
    small = make_feed(totals={"graduates": 1000, "posts": 300})
    assert [code for code, *_ in found(small, [make_feed()])] == ["feed_shrunk", "feed_shrunk"]


def test_what_no_earlier_night_counted_has_no_reference() -> None:
    feed = make_feed(ratios={"new": 9.0}, missing={"new": 1.0}, unseen={"new": 1.0})
    assert found(feed, earlier()) == []


def test_what_was_nothing_before_may_be_anything() -> None:
    history = earlier(
        totals={"graduates": 7000, "posts": 2000, "outcomes": 0}, ratios={"places_per_post": 0.0}
    )
    assert found(make_feed(), history) == []


def test_a_column_that_fills_up_and_codes_that_are_mapped_are_good_news() -> None:
    history = earlier(missing={"grade_band": 0.9}, unseen={"occupation": 0.4})
    assert found(make_feed(), history) == []


def test_a_clean_year_of_nights_is_never_stopped() -> None:
    # Six class years are stored. In December the colleges hand in the seventh within a week,
    # 200 graduates a day; its catalog arrives over the first week of March, 50 posts a day,
    # and all of it closes by itself on 31 August; outcomes come in from March to July, and
    # those of the half year's end on one day in January. None of it is a fault.
    history: list[Feed] = []
    stopped: list[Reason] = []
    graduates, posts, outcomes, open_posts = 7000, 2000, 50_000, 0
    for night in range(365):
        day = date(2026, 10, 1) + timedelta(days=night)
        if date(2026, 12, 1) <= day <= date(2026, 12, 7):
            graduates += 200
        if day == date(2027, 1, 20):
            outcomes += 4000
        if date(2027, 3, 1) <= day <= date(2027, 3, 7):
            posts += 50
        if date(2027, 3, 8) <= day <= date(2027, 7, 31):
            outcomes += 60
        expected = 0 if day > date(2027, 8, 31) else open_posts
        open_posts = 0 if day > date(2027, 8, 31) else posts - 2000
        feed = make_feed(
            day,
            totals={"graduates": graduates, "posts": posts, "outcomes": outcomes, "trades": 60},
            still_open={"": (expected, open_posts)},
        )
        reasons = check_input(feed, history, LIMITS)
        stopped += [each for each in reasons if each.effect is not Effect.NOTE]
        history.append(feed)
    assert stopped == []


# Kept in the journal -----------------------------------------------------------------------


def test_a_feed_comes_back_from_the_journal() -> None:
    feed = make_feed(
        still_open={"济宁市": (60, 58)},
        parts={"posts_city:济宁市": 60},
        odd={"doubled_posts": 0.01},
        season=GONE,
    )
    assert Feed.from_facts(json.loads(json.dumps(feed.to_facts()))) == feed
    other = replace(feed, day=date(2026, 5, 16))
    assert Feed.from_facts(other.to_facts()).day == date(2026, 5, 16)


def test_a_night_of_an_older_program_is_read_with_what_it_counted() -> None:
    facts = make_feed().to_facts()
    for name in ("parts", "odd", "season"):
        del facts[name]
    assert Feed.from_facts(facts) == make_feed()
