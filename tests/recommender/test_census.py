"""What a night counts: the same from one night to the next, whatever the season does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from recommender.domain import Graduate, Outcome, OutcomeStage, Post, Reference, Region
from recommender.evaluation.census import count_feed
from recommender.evaluation.feed import Feed, check_input
from recommender.evaluation.limits import load_limits
from tests.builders import DAY, make_graduate, make_outcome, make_post

REFERENCE = Reference(
    occupations={"6-18-02-04": "焊工"},
    regions={
        "370811": Region("370811", "任城区", "370800", "济宁市"),
        "370702": Region("370702", "潍城区", "370700", "潍坊市"),
    },
)


def counted(
    graduates: list[Graduate] | None = None,
    posts: list[Post] | None = None,
    outcomes: list[Outcome] | None = None,
    before: list[Post] | None = None,
    day: date = DAY,
) -> Feed:
    return count_feed(
        [make_graduate()] if graduates is None else graduates,
        [make_post()] if posts is None else posts,
        outcomes or [],
        REFERENCE,
        day,
        known_trades={"焊接加工"},
        open_before=before or [],
    )


def posts_in(region_code: str, n_posts: int, prefix: str = "P", **fields: object) -> list[Post]:
    return [
        make_post(post_id=f"{prefix}{region_code}-{i}", region_code=region_code, **fields)
        for i in range(n_posts)
    ]


def gone(feed: Feed) -> list[str]:
    reasons = check_input(feed, [], load_limits().input)
    return [reason.subject for reason in reasons if reason.code == "posts_gone"]


# What has to be seen -----------------------------------------------------------------------


def test_a_city_withdrawn_before_its_closing_date_is_gone() -> None:
    before = posts_in("370811", 30) + posts_in("370702", 70)
    now = posts_in("370811", 30, withdrawn_on=DAY) + posts_in("370702", 70)
    feed = counted(posts=now, before=before)
    assert feed.still_open == {"": (100, 70), "济宁市": (30, 0), "潍坊市": (70, 70)}
    assert gone(feed) == ["济宁市"]


def test_a_mass_closing_is_gone_everywhere() -> None:
    before = posts_in("370811", 100)
    now = posts_in("370811", 60, withdrawn_on=DAY) + posts_in("370811", 40, prefix="Q")
    assert gone(counted(posts=now, before=before)) == ["", "济宁市"]


@pytest.mark.parametrize(
    ("graduate", "post", "kind"),
    [
        (make_graduate(trade="没有这个专业"), make_post(occupation_code="6-18-02-04"), "trade"),
        (make_graduate(), make_post(occupation_code="9-99-99-99"), "occupation"),
    ],
)
def test_what_no_table_knows_is_unseen(graduate: Graduate, post: Post, kind: str) -> None:
    feed = counted([graduate], [post])
    assert feed.unseen == {"trade": 0.0, "occupation": 0.0} | {kind: 1.0}


def test_empty_cells_are_missing() -> None:
    graduates = [make_graduate(), make_graduate(graduate_id="G2", home_region=None)]
    assert counted(graduates).missing["home_region"] == 0.5


# What must not alarm -----------------------------------------------------------------------


def test_a_catalog_that_ran_out_by_itself_is_not_missed() -> None:
    before = posts_in("370811", 100)
    day = before[0].closes_on + timedelta(days=1)
    feed = counted(posts=before, before=before, day=day)
    assert feed.still_open == {}


def test_a_catalog_issued_again_under_new_ids_loses_nothing() -> None:
    before = posts_in("370811", 100)
    now = posts_in("370811", 100, withdrawn_on=DAY) + posts_in("370811", 95, prefix="Q")
    feed = counted(posts=now, before=before)
    assert feed.still_open[""] == (100, 95)
    assert gone(feed) == []


def test_the_share_placed_is_of_class_years_that_are_over() -> None:
    # Of 2025 one of two started; the running class year has hardly begun.
    graduates = [
        make_graduate(graduate_id="G1", class_year=2025),
        make_graduate(graduate_id="G2", class_year=2025),
        *(make_graduate(graduate_id=f"N{i}", class_year=2026) for i in range(50)),
    ]
    started = make_outcome(stage=OutcomeStage.STARTED, date=date(2025, 6, 1))
    feed = counted(graduates, outcomes=[started])
    assert feed.ratios["share_placed"] == 0.5
    assert feed.totals["positives"] == 1


def test_without_an_earlier_class_year_there_is_no_share() -> None:
    assert counted().ratios.keys() == {"places_per_post"}


def test_an_empty_database_is_counted_and_refused() -> None:
    feed = counted([], [])
    assert (feed.totals["graduates"], feed.totals["posts"], feed.ratios) == (0, 0, {})
    assert [reason.code for reason in check_input(feed, [], load_limits().input)] == [
        "feed_empty",
        "feed_empty",
    ]
