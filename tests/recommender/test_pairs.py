"""What a graduate and a post are to each other: each number by hand, and what is never one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from inspect import signature
from math import isnan, log, nan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from recommender.domain import (
    Award,
    AwardLevel,
    Graduate,
    Pair,
    Post,
    Reference,
    Region,
    ShortageLevel,
    SkillCertificate,
    SkillLevel,
    TrainingMode,
    TrainingTier,
    distance_km,
)
from recommender.matching.ranking import GRADUATE_ASPECTS, POST_ASPECTS
from recommender.model.pairs import FEATURES, MISSING, Grid, bin_edges, pair_grid, to_bins
from recommender.model.records import Records
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    SmallWorld,
    make_agreement,
    make_full_graduate,
    make_full_post,
    make_graduate,
    make_post,
    make_reference,
)

REFERENCE = make_reference()
UNKNOWN_REGION = "379999"  # well-formed, in no table
OUTSIDE = Region("110101", "东城区", "110100", "北京市")  # in the table, without a point


def grid_of(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    reference: Reference = REFERENCE,
    day: date = DAY,
) -> Grid:
    return pair_grid(graduates, posts, reference, day)


def column(name: str, grid: Grid) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Give one feature for every pair."""
    values = grid.values[list(FEATURES).index(name)]
    return np.broadcast_to(values, (grid.n_graduates, grid.n_posts))


def value(
    name: str,
    graduate: Graduate | None = None,
    post: Post | None = None,
    reference: Reference = REFERENCE,
    day: date = DAY,
) -> float:
    """Give one feature of one pair."""
    grid = grid_of([graduate or make_graduate()], [post or make_post()], reference, day)
    return float(column(name, grid)[0, 0])


def certificate(code: str, level: SkillLevel) -> SkillCertificate:
    return SkillCertificate(occupation_code=code, level=level)


# What is never a feature --------------------------------------------------------------------


def test_no_step_and_no_list_can_reach_a_feature() -> None:
    # Whoever adds outcomes to the arguments has to change this line, and think.
    taken = ["graduates", "posts", "reference", "day", "similar", "records"]
    assert list(signature(pair_grid).parameters) == taken
    assert not [name for name in FEATURES if "shown" in name or "rank" in name or "recom" in name]


@pytest.mark.parametrize(
    "identity",
    [
        {"graduate_id": "G999"},
        {"class_name": "24焊接9班"},
        {"class_year": 2025},
        {"consent": False},
        {"hired_at_enrolment": True},
        {"adult_on": date(2020, 1, 1)},
    ],
)
def test_who_a_graduate_is_changes_nothing(identity: dict[str, Any]) -> None:
    plain, other = make_full_graduate(), make_full_graduate(**identity)
    grid = grid_of([plain, other], [make_full_post()])
    for name in FEATURES:
        first, second = column(name, grid)[:, 0]
        assert first == second or (isnan(first) and isnan(second)), name


@pytest.mark.parametrize(
    "identity",
    [
        {"post_id": "P999"},
        {"issuing_body": "另一联盟"},
        {"contact": "另一人"},
        {"opens_on": date(2026, 3, 1)},
        {"withdrawn_on": date(2026, 6, 1)},
    ],
)
def test_which_line_of_a_catalog_a_post_is_changes_nothing(identity: dict[str, Any]) -> None:
    grid = grid_of([make_full_graduate()], [make_full_post(), make_full_post(**identity)])
    for name in FEATURES:
        first, second = column(name, grid)[0]
        assert first == second or (isnan(first) and isnan(second)), name


def test_every_feature_has_an_aspect_that_a_sentence_knows() -> None:
    people = {*GRADUATE_ASPECTS.values(), "history"}
    known = {f"{left}_{right}" for left in people for right in {*POST_ASPECTS.values(), "record"}}
    assert set(FEATURES.values()) <= known


# What is not stated -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "graduate", "post"),
    [
        ("level", {"skill_level": None}, {}),
        ("level_margin", {"skill_level": None}, {"min_level": SkillLevel.JUNIOR_WORKER}),
        ("min_level", {}, {"min_level": None}),
        ("home_km", {"home_region": None}, {}),
        ("same_city", {"home_region": None}, {}),
        ("wish_km", {"wish_regions": ()}, {}),
        ("wished_city", {"wish_regions": ()}, {}),
        ("pay_for_wish", {"wish_pay": None}, {"monthly_pay_min": 5000}),
        ("pay_for_wish", {"wish_pay": 5000}, {}),
        ("pay", {}, {}),
        ("pay_in_group", {}, {}),
        ("grade", {"grade_band": None}, {}),
        ("tier", {"training_tier": None}, {}),
        ("mode", {}, {"training_mode": None}),
        ("shortage", {}, {"shortage_level": None}),
        ("chain_leader", {}, {"is_chain_leader": None}),
        ("preferred_share", {}, {"preferred_certificates": ()}),
    ],
)
def test_what_is_not_stated_is_not_a_number(
    name: str, graduate: dict[str, Any], post: dict[str, Any]
) -> None:
    assert isnan(value(name, make_graduate(**graduate), make_post(**post)))


@pytest.mark.parametrize(
    ("graduate", "post"),
    [
        ({"home_region": UNKNOWN_REGION, "wish_regions": (UNKNOWN_REGION,)}, {}),
        ({"wish_regions": ("370800",)}, {"region_code": UNKNOWN_REGION}),
        (
            {"home_region": UNKNOWN_REGION, "wish_regions": (UNKNOWN_REGION,)},
            {"region_code": UNKNOWN_REGION},
        ),
    ],
)
def test_of_a_region_in_no_table_neither_distance_nor_city_is_known(
    graduate: dict[str, Any], post: dict[str, Any]
) -> None:
    for name in ("home_km", "same_city", "wish_km", "wished_city"):
        assert isnan(value(name, make_graduate(**graduate), make_post(**post))), name


def test_a_city_without_a_point_is_the_same_city_still() -> None:
    reference = replace(REFERENCE, regions={**REFERENCE.regions, OUTSIDE.code: OUTSIDE})
    graduate = make_graduate(home_region="110101", wish_regions=("110101",))
    at_home = make_post(region_code="110101")
    for name in ("home_km", "wish_km"):
        assert isnan(value(name, graduate, at_home, reference))
    for name in ("same_city", "wished_city"):
        assert value(name, graduate, at_home, reference) == 1.0
        assert value(name, graduate, make_post(), reference) == 0.0


def test_a_wish_in_no_table_does_not_hide_the_others() -> None:
    graduate = make_graduate(wish_regions=(UNKNOWN_REGION, "370800"))
    assert value("wish_km", graduate) == 0.0
    assert value("wished_city", graduate) == 1.0
    assert value("n_wishes", graduate) == 2.0


# Trade and occupation -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trade", "code", "weights"),
    [
        # Welding leads to 6-18-02-04 with 1 and to 6-18-01-11 with 0.5.
        ("焊接加工", "6-18-02-04", (1.0, 1.0, 1.0)),
        ("焊接加工", "6-18-01-11", (0.5, 0.5, 1.0)),
        ("焊接加工", "6-18-01-01", (0.0, 0.5, 1.0)),
        ("焊接加工", "6-18-04-01", (0.0, 0.0, 1.0)),
        ("焊接加工", "6-31-01-03", (0.0, 0.0, 0.0)),
        # The electricians' trade names 6-31-01-03 with 1 and its whole minor group with 0.4.
        ("电气设备安装与维修", "6-31-01-03", (1.0, 1.0, 1.0)),
        ("电气设备安装与维修", "6-31-01-10", (0.4, 1.0, 1.0)),
        ("电气设备安装与维修", "6-31-07-01", (0.0, 0.0, 1.0)),
        ("没人听过的专业", "6-18-02-04", (0.0, 0.0, 0.0)),
    ],
)
def test_a_trade_weighs_at_three_widths(
    trade: str, code: str, weights: tuple[float, float, float]
) -> None:
    graduate, post = make_graduate(trade=trade), make_post(occupation_code=code)
    names = ("occupation_weight", "minor_weight", "middle_weight")
    found = [value(name, graduate, post) for name in names]
    assert found == pytest.approx(weights)


def test_a_pair_known_only_at_the_minor_group_counts_for_each_occupation_in_it() -> None:
    reference = Reference(pairs={"电工": (Pair("6-31-01", 0.4, "standard"),)})
    graduate = make_graduate(trade="电工")
    for code, weights in (("6-31-01-03", (0.4, 0.4, 0.4)), ("6-31-02-01", (0.0, 0.0, 0.4))):
        post = make_post(occupation_code=code)
        names = ("occupation_weight", "minor_weight", "middle_weight")
        assert [value(n, graduate, post, reference) for n in names] == pytest.approx(weights)


def test_a_trade_is_read_as_the_table_says() -> None:
    reference = replace(REFERENCE, trade_names={"焊接": "焊接加工"})
    assert value("occupation_weight", make_graduate(trade="焊接")) == 0.0
    assert value("occupation_weight", make_graduate(trade="焊接"), reference=reference) == 1.0


# Certificates -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "on_occupation", "on_group"),
    [
        ("6-18-02-04", 4.0, 4.0),  # held twice: the higher one
        ("6-18-02-05", 0.0, 4.0),
        ("6-18-01-11", 2.0, 2.0),
        ("6-31-01-03", 0.0, 0.0),
    ],
)
def test_the_highest_certificate_counts(code: str, on_occupation: float, on_group: float) -> None:
    graduate = make_graduate(
        certificates=(
            certificate("6-18-02-04", SkillLevel.INTERMEDIATE_WORKER),
            certificate("6-18-02-04", SkillLevel.SENIOR_WORKER),
            certificate("6-18-01-11", SkillLevel.JUNIOR_WORKER),
        )
    )
    post = make_post(occupation_code=code)
    assert value("certificate", graduate, post) == on_occupation
    assert value("certificate_group", graduate, post) == on_group
    assert value("n_certificates", graduate, post) == 3.0


@pytest.mark.parametrize(
    ("preferred", "share", "missing", "n"),
    [
        ((), nan, 0.0, 0.0),
        (("6-18-02-04",), 1.0, 0.0, 1.0),
        (("6-18-02-04", "6-31-01-03"), 0.5, 1.0, 2.0),
        (("6-31-01-03", "4-10-01-03"), 0.0, 2.0, 2.0),
        # A catalog may write the occupation's name; the same one twice is one.
        (("焊工",), 1.0, 0.0, 1.0),
        (("焊工", "6-18-02-04", "电工"), 0.5, 1.0, 2.0),
        (("CAD", "焊工"), 0.5, 1.0, 2.0),
    ],
)
def test_preferred_certificates_are_counted(
    preferred: tuple[str, ...], share: float, missing: float, n: float
) -> None:
    graduate = make_graduate(certificates=(certificate("6-18-02-04", SkillLevel.JUNIOR_WORKER),))
    post = make_post(preferred_certificates=preferred)
    found = value("preferred_share", graduate, post)
    assert found == pytest.approx(share, nan_ok=True)
    assert value("preferred_missing", graduate, post) == missing
    assert value("n_preferred", graduate, post) == n


@pytest.mark.parametrize(
    ("held", "asked", "margin"),
    [
        (SkillLevel.SENIOR_WORKER, SkillLevel.INTERMEDIATE_WORKER, 1.0),  # 4 - 3
        (SkillLevel.JUNIOR_WORKER, SkillLevel.SENIOR_WORKER, -2.0),  # 2 - 4
        (SkillLevel.SENIOR_WORKER, None, 4.0),  # nothing asked for is below everything
    ],
)
def test_the_margin_is_the_level_above_what_is_asked(
    held: SkillLevel, asked: SkillLevel | None, margin: float
) -> None:
    assert value("level_margin", make_graduate(skill_level=held), make_post(min_level=asked)) == (
        margin
    )


# Places -------------------------------------------------------------------------------------


def test_a_distance_along_a_meridian() -> None:
    # One degree of a great circle: 6371.0088 km x pi / 180 = 111.195 km.
    regions = {
        "1": Region("1", "a", "1", "a", 117.0, 36.0),
        "2": Region("2", "b", "2", "b", 117.0, 37.0),
    }
    graduate, post = make_graduate(home_region="1"), make_post(region_code="2")
    found = value("home_km", graduate, post, Reference(regions=regions))
    assert found == pytest.approx(111.195, abs=0.001)


def test_distance_and_city_from_home_to_work() -> None:
    # Rencheng (116.61, 35.44) to Weifang (119.16, 36.71): 2.55 degrees of longitude at about
    # 36.075 north are 2.55 x 111.195 x 0.8082 = 229.2 km, 1.27 of latitude are 141.2 km;
    # together the root of 229.2^2 + 141.2^2 = 269.2 km on a plane.
    graduate, post = make_graduate(), make_post(region_code="370700")
    assert value("home_km", graduate, post) == pytest.approx(269.2, abs=0.5)
    assert value("same_city", graduate, post) == 0.0
    # Jining's own point is 0.02 and 0.03 degrees away: 1.8 and 3.3 km, 3.8 km together.
    assert value("home_km", graduate) == pytest.approx(3.8, abs=0.1)
    assert value("same_city", graduate) == 1.0


def test_the_nearest_wish_counts() -> None:
    graduate = make_graduate(wish_regions=("370700", "370811"))
    assert value("wish_km", graduate) == pytest.approx(3.8, abs=0.1)
    assert value("wish_km", graduate, make_post(region_code="370700")) == 0.0
    to_rizhao = value("wish_km", graduate, make_post(region_code="371100"))
    # Weifang is nearer: 1.29 degrees of latitude are 143.4 km, 0.37 of longitude 33.3 km.
    assert to_rizhao == pytest.approx(147.3, abs=0.5)


@pytest.mark.parametrize(
    ("wishes", "wished"), [(("370811",), 1.0), (("370700",), 0.0), (("370700", "370800"), 1.0)]
)
def test_a_wish_for_a_county_is_one_for_its_city(wishes: tuple[str, ...], wished: float) -> None:
    assert value("wished_city", make_graduate(wish_regions=wishes)) == wished


codes = st.sampled_from(sorted(REFERENCE.regions))


@given(codes, codes, st.lists(codes, min_size=1, max_size=3))
def test_distances_are_those_of_the_domain(home: str, work: str, wishes: list[str]) -> None:
    graduate = make_graduate(home_region=home, wish_regions=tuple(wishes))
    post = make_post(region_code=work)
    regions = REFERENCE.regions
    to_work = [distance_km(regions[code], regions[work]) or 0.0 for code in wishes]
    # float32 keeps seven digits.
    assert value("home_km", graduate, post) == pytest.approx(
        distance_km(regions[home], regions[work]), rel=1e-6
    )
    assert value("wish_km", graduate, post) == pytest.approx(min(to_work), rel=1e-6)


# Pay ----------------------------------------------------------------------------------------


def test_pay_is_seen_beside_the_wish() -> None:
    post = make_post(monthly_pay_min=4000, monthly_pay_max=6000)  # 5,000 in the middle
    assert value("pay_for_wish", make_graduate(wish_pay=4000), post) == pytest.approx(log(1.25))
    assert value("pay_for_wish", make_graduate(wish_pay=5000), post) == pytest.approx(0, abs=1e-6)


def test_pay_is_seen_beside_the_season_and_beside_its_minor_group() -> None:
    posts = [
        make_post(post_id="P1", monthly_pay_min=2000),  # 6-18-02
        make_post(post_id="P2", monthly_pay_min=8000),  # 6-18-02
        make_post(post_id="P3", monthly_pay_min=4000, occupation_code="4-10-01-03"),
        make_post(post_id="P4"),  # states none, and counts in no mean
    ]
    grid = grid_of([make_graduate()], posts)
    # The mean of log pay is log 4000 (2, 8 and 4 thousand multiply to 4 thousand cubed), and
    # so is that of the welders; P3 is alone in its group.
    season = [log(0.5), log(2), 0.0, nan]
    group = [log(0.5), log(2), 0.0, nan]
    assert column("pay", grid)[0] == pytest.approx(season, abs=1e-6, nan_ok=True)
    assert column("pay_in_group", grid)[0] == pytest.approx(group, abs=1e-6, nan_ok=True)
    # Beside P1 and P3 alone the mean is log of the root of 8 million = log 2828.4.
    two = grid_of([make_graduate()], [posts[0], posts[2]])
    half = log(2) / 2
    assert column("pay", two)[0] == pytest.approx([-half, half], abs=1e-6)
    assert column("pay_in_group", two)[0] == pytest.approx([0, 0], abs=1e-6)


def test_dearer_years_do_not_raise_the_pay_of_their_posts() -> None:
    cheap = [make_post(monthly_pay_min=pay) for pay in (3000, 4000)]
    dear = [make_post(monthly_pay_min=pay) for pay in (6000, 8000)]
    for name in ("pay", "pay_in_group"):
        then, now = (column(name, grid_of([make_graduate()], posts)) for posts in (cheap, dear))
        assert then == pytest.approx(now, abs=1e-6)


# Agreements and order classes ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "runs"),
    [
        (date(2025, 8, 31), 0.0),
        (date(2025, 9, 1), 1.0),
        (DAY, 1.0),
        (date(2026, 6, 30), 1.0),
        (date(2026, 7, 1), 0.0),
    ],
)
def test_an_agreement_counts_while_it_runs(day: date, runs: float) -> None:
    reference = replace(REFERENCE, agreements=(make_agreement(),))
    assert value("agreement", reference=reference, day=day) == runs


@pytest.mark.parametrize("other", [{"college": "别的学院"}, {"credit_code": OTHER_CREDIT_CODE}])
def test_an_agreement_of_others_counts_for_nobody_else(other: dict[str, str]) -> None:
    reference = replace(REFERENCE, agreements=(make_agreement(**other),))
    assert value("agreement", reference=reference) == 0.0


@pytest.mark.parametrize(
    ("order_class", "own"), [(CREDIT_CODE, 1.0), (OTHER_CREDIT_CODE, 0.0), (None, 0.0)]
)
def test_an_order_class_is_its_enterprises(order_class: str | None, own: float) -> None:
    assert value("order_class", make_graduate(order_class=order_class)) == own


# Where similar graduates went ---------------------------------------------------------------


def similar(*scores: list[float], n_posts: int = 3) -> np.ndarray[Any, np.dtype[np.float32]]:
    graduates = [make_graduate(graduate_id=f"G{i}") for i in range(len(scores))]
    posts = [make_post(post_id=f"P{j}") for j in range(n_posts)]
    given_scores = np.array(scores, dtype=np.float32).reshape(len(scores), n_posts)
    return column("similar", pair_grid(graduates, posts, REFERENCE, DAY, similar=given_scores))


def test_what_groups_are_known_for_is_not_stated_before_anything_is_learned() -> None:
    grid = pair_grid([make_graduate()], [make_post()], REFERENCE, DAY)
    assert np.isnan(column("enterprise_record", grid)).all()
    assert np.isnan(column("trade_record", grid)).all()


def test_what_an_enterprise_is_known_for_is_of_the_post_alone() -> None:
    posts = [make_post(post_id=f"P{j}", credit_code=f"E{j}") for j in range(3)]
    people = [make_graduate(), make_graduate(graduate_id="G2")]
    known = Records({"E0": 0.5, "E2": -1.0, "焊接加工|6-18-02": 0.25})
    grid = pair_grid(people, posts, REFERENCE, DAY, records=known)
    assert column("enterprise_record", grid).tolist() == [[0.5, 0.0, -1.0]] * 2
    assert column("trade_record", grid).tolist() == [[0.25] * 3] * 2


def test_where_nothing_is_known_of_similar_graduates_nothing_is_stated() -> None:
    assert isnan(value("similar"))


def test_scores_are_seen_beside_the_persons_own() -> None:
    # 1, 2 and 3 lie -1, 0 and 1 from their mean; their spread is the root of 2/3. A person's
    # own offset and scale say nothing: scores only order one graduate's posts.
    step = 1.5**0.5
    found = similar([1, 2, 3], [-40, -20, 0])
    assert found == pytest.approx(np.array([[-step, 0, step]] * 2), abs=1e-6)


def test_scores_that_are_all_alike_are_in_the_middle() -> None:
    assert similar([7, 7, 7]).tolist() == [[0, 0, 0]]


def test_no_posts_have_no_scores() -> None:
    assert similar([], [], n_posts=0).shape == (2, 0)


@given(st.permutations(range(9)))
def test_the_order_of_posts_changes_no_standing(order: list[int]) -> None:
    scores = [[0.1, -3.7, 1e-3, 2.25, 0.1, 5.5, -0.7, 1.9, 0.3]]
    mixed = [[scores[0][j] for j in order]]
    assert similar(*mixed, n_posts=9) == pytest.approx(
        similar(*scores, n_posts=9)[:, order], rel=1e-6
    )


# One side alone -----------------------------------------------------------------------------


def test_what_belongs_to_one_side_is_told_as_it_is() -> None:
    graduate = make_full_graduate(skill_level=SkillLevel.SENIOR_WORKER)
    post = make_full_post(headcount=7)
    told = {
        "level": 4.0,
        "n_certificates": 2.0,
        "n_wishes": 3.0,
        "grade": 2.0,
        "award": 3.0,  # the nation's is the widest of the two
        "tier": float(list(TrainingTier).index(TrainingTier.SENIOR)),
        "min_level": 3.0,
        "n_licences": 1.0,
        "headcount": 7.0,
        "mode": float(list(TrainingMode).index(TrainingMode.ORDER)),
        "shortage": float(list(ShortageLevel).index(ShortageLevel.SHORT)),
        "chain_leader": 1.0,
    }
    assert {name: value(name, graduate, post) for name in told} == told


@pytest.mark.parametrize(
    ("awards", "told"),
    [
        ((), 0.0),
        ((Award(level=AwardLevel.NATION),), 0.0),  # for no occupation in particular
        ((Award(level=AwardLevel.NATION, occupation_code="4-10-01-03"),), 0.0),
        ((Award(level=AwardLevel.NATION, occupation_code="6-18-02-01"),), 1.5),  # one beside it
        ((Award(level=AwardLevel.NATION, occupation_code="6-18-02-04"),), 3.0),
        (
            (
                Award(level=AwardLevel.CITY, occupation_code="6-18-02-04"),
                Award(level=AwardLevel.WORLD, occupation_code="6-18-02-01"),
            ),
            2.0,
        ),
    ],
)
def test_an_award_counts_for_its_occupation_and_half_beside_it(
    awards: tuple[Award, ...], told: float
) -> None:
    assert value("award_occupation", make_graduate(awards=awards), make_post()) == told


def test_without_awards_the_widest_is_none() -> None:
    assert value("award") == 0.0
    assert value("chain_leader", post=make_post(is_chain_leader=False)) == 0.0


# Shapes, picks and order --------------------------------------------------------------------


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 0), (0, 2), (2, 0), (1, 0), (0, 1)])
def test_nobody_and_nothing_are_described_too(n_graduates: int, n_posts: int) -> None:
    graduates = [make_full_graduate(graduate_id=f"G{i}") for i in range(n_graduates)]
    posts = [make_full_post(post_id=f"P{j}") for j in range(n_posts)]
    grid = grid_of(graduates, posts)
    none = np.zeros(0, dtype=np.int32)
    assert (grid.n_graduates, grid.n_posts) == (n_graduates, n_posts)
    for name in FEATURES:
        assert column(name, grid).shape == (n_graduates, n_posts)
    assert grid.of_pairs(none, none).shape == (0, len(FEATURES))


def test_what_belongs_to_one_side_is_kept_once(small_world: SmallWorld) -> None:
    grid = grid_of(small_world.graduates, small_world.posts)
    shapes = {name: v.shape for name, v in zip(FEATURES, grid.values, strict=True)}
    assert {v.dtype for v in grid.values} == {np.dtype(np.float32)}
    assert set(shapes.values()) == {(8, 5), (8, 1), (1, 5)}
    assert shapes["grade"] == (8, 1)
    assert shapes["pay"] == (1, 5)
    assert shapes["level_margin"] == (8, 5)


def test_picking_pairs_and_picking_one_agree(small_world: SmallWorld) -> None:
    graduates = (*small_world.graduates, make_full_graduate(graduate_id="G9"))
    posts = (*small_world.posts, make_full_post(post_id="P9"))
    grid = grid_of(graduates, posts)
    rows, columns = (each.ravel() for each in np.indices((9, 6)))
    picked = grid.of_pairs(rows, columns)
    assert picked.dtype == np.float32
    for row, at, numbers in zip(rows, columns, picked, strict=True):
        one = grid.pair(int(row), int(at))
        assert (one.n_graduates, one.n_posts) == (1, 1)
        assert {v.shape for v in one.values} == {(1, 1)}
        np.testing.assert_array_equal(np.concatenate(one.values, axis=1)[0], numbers)
        whole = [column(name, grid)[row, at] for name in FEATURES]
        np.testing.assert_array_equal(np.array(whole, dtype=np.float32), numbers)


def test_one_pair_is_picked_from_a_board_of_one() -> None:
    grid = grid_of([make_full_graduate()], [make_full_post()])
    (numbers,) = grid.of_pairs(np.array([0]), np.array([0]))
    np.testing.assert_array_equal(np.concatenate(grid.pair(0, 0).values, axis=1)[0], numbers)


def _many(make: Callable[..., Any], key: str, n: int, **columns: Sequence[Any]) -> list[Any]:
    return [
        make(
            **{key: f"{i:02}"} | {name: values[i % len(values)] for name, values in columns.items()}
        )
        for i in range(n)
    ]


@settings(max_examples=25)
@given(st.permutations(range(12)), st.permutations(range(12)))
def test_the_order_of_people_and_posts_changes_no_value(
    people: list[int], offered: list[int]
) -> None:
    graduates = _many(
        make_full_graduate,
        "graduate_id",
        12,
        trade=("焊接加工", "幼儿教育", "未知"),
        home_region=("370811", None, "371100", UNKNOWN_REGION, "370700"),
        wish_pay=(3100, 4700, None, 5300, 6100),
        college=("甲", "乙"),
    )
    posts = _many(
        make_full_post,
        "post_id",
        12,
        occupation_code=("6-18-02-04", "6-31-01-03", "4-10-01-03", "6-18-01-11"),
        monthly_pay_min=(3300, 4100, None, 5700, 2900),
        monthly_pay_max=(None, 7100, 6300),
        region_code=("370800", "370700", UNKNOWN_REGION),
        credit_code=(CREDIT_CODE, OTHER_CREDIT_CODE),
    )
    straight = grid_of(graduates, posts)
    mixed = grid_of([graduates[i] for i in people], [posts[j] for j in offered])
    for name in FEATURES:
        # Bit for bit: a value in another bin is another model.
        np.testing.assert_array_equal(
            column(name, straight)[np.ix_(people, offered)], column(name, mixed), err_msg=name
        )


def test_a_pair_is_the_same_whoever_stands_beside_it(small_world: SmallWorld) -> None:
    whole = grid_of(small_world.graduates, small_world.posts)
    for row, graduate in enumerate(small_world.graduates):
        alone = grid_of([graduate], small_world.posts)
        for name in FEATURES:
            np.testing.assert_array_equal(column(name, alone)[0], column(name, whole)[row])


# Bins ---------------------------------------------------------------------------------------


def floats(*numbers: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(numbers, dtype=np.float32)


def test_nothing_stated_has_no_edges_and_one_bin_for_it() -> None:
    edges = bin_edges(floats(nan, nan), 24)
    assert edges.tolist() == []
    # Bin 0 for what is missing; 1 for the first number that ever comes.
    assert to_bins(floats(nan, -3, 1e30), edges).tolist() == [0, 1, 1]


def test_one_value_has_one_bin() -> None:
    assert bin_edges(floats(5, 5, nan, 5), 24).tolist() == []


def test_few_values_are_parted_in_the_middle() -> None:
    edges = bin_edges(floats(0, 1, 1, nan, 4, 0), 3)
    assert edges.tolist() == [0.5, 2.5]
    assert to_bins(floats(0, 0.5, 0.6, 1, 2.5, 4, 9, nan), edges).tolist() == [
        *(1, 1, 2, 2, 2, 3, 3),
        MISSING,
    ]


def test_many_values_are_parted_into_bins_of_like_size() -> None:
    # 0 to 99 in four bins: the edges are the 25th, 50th and 75th of 99 steps, rounded down.
    edges = bin_edges(np.arange(100, dtype=np.float32), 4)
    assert edges.tolist() == [24, 49, 74]
    bins = to_bins(np.arange(100, dtype=np.float32), edges)
    assert np.bincount(bins).tolist() == [0, 25, 25, 25, 25]


def test_a_value_that_fills_several_bins_fills_one() -> None:
    values = floats(*([0] * 90), *range(1, 11))
    # Of the quantiles at 1/4, 2/4 and 3/4 all are 0.
    assert bin_edges(values, 4).tolist() == [0]


def test_a_value_on_an_edge_lies_below_it() -> None:
    assert to_bins(floats(1, 2, 2.5, 3), floats(1, 2)).tolist() == [1, 2, 3, 3]


stated_or_not = arrays.arrays(
    np.float32,
    st.tuples(st.integers(0, 40), st.integers(1, 3)),
    elements=st.one_of(
        st.just(nan),
        st.integers(-3, 3).map(float),
        st.floats(-(2.0**100), 2.0**100, width=32),
    ),
)


@given(stated_or_not, st.integers(2, 24))
def test_bins_keep_the_order_and_what_is_missing(
    values: np.ndarray[Any, np.dtype[np.float32]], n_bins: int
) -> None:
    edges = bin_edges(values, n_bins)
    bins = to_bins(values, edges)
    assert edges.dtype == np.float32
    assert len(edges) < n_bins
    assert (np.diff(edges) > 0).all()
    assert bins.dtype == np.uint8
    assert bins.shape == values.shape
    np.testing.assert_array_equal(bins == MISSING, np.isnan(values))
    assert bins.max(initial=0) <= len(edges) + 1
    stated = values[~np.isnan(values)]
    rising = bins[~np.isnan(values)][np.argsort(stated, kind="stable")].astype(int)
    assert (np.diff(rising) >= 0).all()


def test_two_neighbouring_numbers_have_no_third_between_them() -> None:
    low = np.float32(1)
    middle = np.nextafter(low, np.float32(2))
    high = np.nextafter(middle, np.float32(2))
    edges = bin_edges(floats(low, middle, high), 24)
    assert (np.diff(edges) > 0).all()
