"""What a night counts, so that it can be held to the nights before it."""

from __future__ import annotations

from datetime import date, timedelta

from recommender.domain import (
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    SkillCertificate,
    SkillLevel,
)
from recommender.evaluation.census import count_feed
from recommender.evaluation.feed import Feed, check_input
from recommender.evaluation.limits import load_limits
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
    # Both are of one minor group, and one is left.
    assert feed.still_open == {
        "": (2, 1),
        "济宁市": (1, 1),
        "潍坊市": (1, 0),
        "minor:6-18-02": (2, 1),
    }


# What a night counts in parts, and rows that contradict each other ---------------------------


def test_parts_are_counted_by_city_group_trade_college_and_level(small_world: SmallWorld) -> None:
    feed = counted(list(small_world.graduates), list(small_world.posts))
    # Three welders, three electricians, two nurses; Jining P1, P3, Weifang P2, P5, Rizhao P4.
    assert feed.parts == {
        "posts_city:济宁市": 2,
        "posts_city:潍坊市": 2,
        "posts_city:日照市": 1,
        "posts_group:6-18-02": 2,
        "posts_group:6-31-01": 2,
        "posts_group:4-10-01": 1,
        "posts_level:SENIOR_WORKER": 1,
        "graduates_college:示例技师学院": 8,
        "graduates_trade:焊接加工": 3,
        "graduates_trade:电气设备安装与维修": 3,
        "graduates_trade:幼儿教育": 2,
        "graduates_level:INTERMEDIATE_WORKER": 5,
        "graduates_level:SENIOR_WORKER": 1,
    }


def test_a_catalog_that_came_twice_under_new_ids_is_seen() -> None:
    posts = [make_post(post_id=f"{way}{n}", headcount=n + 1) for way in "PQ" for n in range(2)]
    # Places apart, all four say the same thing: three say it again.
    assert counted(posts=posts).odd["doubled_posts"] == 0.75


def test_people_who_state_hardly_anything_are_not_called_alike() -> None:
    twins = [make_graduate(graduate_id=f"G{n}") for n in range(2)]
    assert counted(twins).odd["doubled_graduates"] == 0
    stated = [make_graduate(graduate_id=f"G{n}", wish_pay=5000) for n in range(2)]
    assert counted(stated).odd["doubled_graduates"] == 0.5


def test_a_level_that_its_certificates_contradict_is_seen() -> None:
    certificate = SkillCertificate(occupation_code="6-18-02-04", level=SkillLevel.SENIOR_WORKER)
    graduates = [
        make_graduate(skill_level=SkillLevel.SENIOR_WORKER, certificates=(certificate,)),
        make_graduate(graduate_id="G2", certificates=(certificate,)),
        make_graduate(graduate_id="G3"),
    ]
    # The second says intermediate worker; the third has nothing to compare with.
    assert counted(graduates).odd["level_unlike_certificates"] == 0.5


def test_a_placement_below_the_level_asked_for_is_seen() -> None:
    post = make_post(min_level=SkillLevel.SENIOR_WORKER)
    feed = counted([make_graduate()], [post], [make_outcome()])
    assert feed.odd["below_min_level"] == 1.0


def test_steps_outside_the_days_of_their_post_are_seen() -> None:
    # The post is open from 1 April to 30 June 2026.
    days = (date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30), date(2027, 7, 1))
    steps = [make_outcome(date=day) for day in days]
    assert counted(outcomes=steps).odd["outside_days"] == 0.5
    # It counts again and again as one step of one pair.
    assert counted(outcomes=steps).odd["doubled_steps"] == 0.75


def test_steps_after_the_day_are_a_share_of_all() -> None:
    feed = count_feed([], [], [make_outcome()], make_reference(), DAY, known_trades=(), n_ahead=3)
    assert feed.odd["dated_ahead"] == 0.75


# What a season may and may not do ----------------------------------------------------------


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
        make_reference(),
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
    reasons = check_input(feed, [], load_limits())
    return [reason.subject for reason in reasons if reason.code == "posts_gone"]


def test_a_city_withdrawn_before_its_closing_date_is_gone() -> None:
    before = posts_in("370811", 30) + posts_in("370700", 70)
    now = posts_in("370811", 30, withdrawn_on=DAY) + posts_in("370700", 70)
    feed = counted(posts=now, before=before)
    assert feed.still_open == {
        "": (100, 70),
        "济宁市": (30, 0),
        "潍坊市": (70, 70),
        "minor:6-18-02": (100, 70),
    }
    assert gone(feed) == ["济宁市"]


def test_a_mass_closing_is_gone_everywhere() -> None:
    before = posts_in("370811", 100)
    now = posts_in("370811", 60, withdrawn_on=DAY) + posts_in("370811", 40, prefix="Q")
    assert gone(counted(posts=now, before=before)) == ["", "minor:6-18-02", "济宁市"]


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


def test_placements_where_nobody_wished_are_a_share_of_all() -> None:
    # All posts lie in Jining, which is home to a third; of the others thirty wish for it.
    homes = ["370811"] * 100 + ["370700"] * 200
    wishes: list[tuple[str, ...]] = [()] * 270 + [("370800",)] * 30
    graduates = [
        make_graduate(graduate_id=f"G{n}", home_region=home, wish_regions=wish)
        for n, (home, wish) in enumerate(zip(homes, wishes, strict=True))
    ]
    steps = [make_outcome(graduate_id=f"G{n}") for n in range(300)]
    assert counted(graduates, outcomes=steps).odd["placed_elsewhere"] == 170 / 300
    # Fewer say too little.
    assert "placed_elsewhere" not in counted(graduates, outcomes=steps[1:]).odd


def test_without_an_earlier_class_year_there_is_no_share() -> None:
    assert counted().ratios.keys() == {"places_per_post"}
