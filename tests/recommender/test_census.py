"""What a night counts, so that it can be held to the nights before it."""

from __future__ import annotations

from datetime import date

from recommender.domain import OutcomeStage
from recommender.evaluation.census import count_feed
from tests.builders import DAY, SmallWorld, make_graduate, make_outcome, make_post, make_reference


def test_an_empty_database_counts_nothing_and_divides_by_nothing() -> None:
    feed = count_feed([], [], [], make_reference(), DAY, known_trades=())
    assert set(feed.totals.values()) == {0}
    assert feed.ratios == {}
    assert feed.unseen == {"occupation": 0.0, "trade": 0.0}


def test_totals_and_ratios_of_the_small_world(small_world: SmallWorld) -> None:
    feed = count_feed(
        small_world.graduates,
        small_world.posts,
        small_world.outcomes,
        small_world.reference,
        DAY,
        known_trades=set(small_world.reference.pairs),
    )
    # Positive pairs: G1 to G5 at their posts. Cities: Jining, Weifang, Rizhao.
    assert feed.totals == {
        "graduates": 8,
        "posts": 5,
        "outcomes": 13,
        "positives": 5,
        "trades": 3,
        "enterprises": 2,
        "cities": 3,
    }
    # Places: 2 + 1 + 2 + 1 + 3. Everybody of the class of 2025 has a place; that of 2026, which
    # is being placed, is left out.
    assert feed.ratios == {"places_per_post": 9 / 5, "share_placed": 1.0}


def test_a_start_that_cannot_be_judged_yet_counts_as_positive() -> None:
    started = make_outcome(stage=OutcomeStage.STARTED, date=date(2026, 5, 1))
    feed = count_feed(
        [make_graduate()], [make_post()], [started], make_reference(), DAY, known_trades=()
    )
    assert feed.totals["positives"] == 1


def test_unknown_codes_and_trades_are_a_share_of_rows() -> None:
    posts = [make_post(), make_post(post_id="P2", occupation_code="6-99-99-99")]
    graduates = [make_graduate(graduate_id=f"G{n}", trade=t) for n, t in enumerate("甲乙乙乙")]
    feed = count_feed(graduates, posts, [], make_reference(), DAY, known_trades={"乙"})
    assert feed.unseen == {"occupation": 0.5, "trade": 0.25}


def test_empty_cells_are_a_share_of_rows() -> None:
    graduates = [make_graduate(), make_graduate(graduate_id="G2", skill_level=None)]
    feed = count_feed(graduates, [make_post()], [], make_reference(), DAY, known_trades=())
    assert feed.missing["skill_level"] == 0.5
    assert feed.missing["certificates"] == 1.0
    assert feed.missing["monthly_pay_min"] == 1.0


def test_posts_that_should_still_be_open_are_missed_by_city_and_in_all() -> None:
    before = [
        make_post(post_id="kept"),
        make_post(post_id="lost", region_code="370700"),
        make_post(post_id="ran out", closes_on=date(2026, 5, 14)),
    ]
    now = [make_post(post_id="kept"), make_post(post_id="lost", withdrawn_on=date(2026, 5, 1))]
    feed = count_feed([], now, [], make_reference(), DAY, known_trades=(), open_before=before)
    assert feed.still_open == {"": (2, 1), "济宁市": (1, 1), "潍坊市": (1, 0)}
