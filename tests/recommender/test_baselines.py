"""The plain rules, counted by hand."""

from __future__ import annotations

from datetime import date
from math import log

import pytest

from recommender.domain import Graduate, Outcome, OutcomeStage, Pair, Post, Reference
from recommender.evaluation.baselines import (
    CROSSWALK,
    POPULARITY,
    TRADE_POPULARITY,
    baselines,
    crosswalk,
    popularity,
    popularity_in_trade,
)
from recommender.model.features import feature_matrix, graduate_features, post_features
from recommender.model.scoring import TableScorer
from tests.builders import (
    CREDIT_CODE,
    OTHER_CREDIT_CODE,
    SmallWorld,
    make_graduate,
    make_outcome,
    make_post,
    make_reference,
)

WELDER, CUTTER = "6-18-02-04", "6-18-01-11"
FIRM, OTHER, NEW = CREDIT_CODE, OTHER_CREDIT_CODE, "91371100MA3X00003E"


def score(scorer: TableScorer, graduate: Graduate, post: Post, reference: Reference) -> float:
    graduates = feature_matrix([graduate_features(graduate, reference)], scorer.graduate_names)
    posts = feature_matrix([post_features(post, reference)], scorer.post_names)
    return float(scorer.scores(graduates, posts)[0, 0])


def fitted(
    graduates: list[Graduate], posts: list[Post], outcomes: list[Outcome]
) -> dict[str, TableScorer]:
    return baselines(graduates, posts, outcomes, make_reference())


# What is not counted ------------------------------------------------------------------------


@pytest.mark.parametrize("name", [POPULARITY, TRADE_POPULARITY])
@pytest.mark.parametrize(
    ("graduate", "outcome"),
    [
        ({"consent": False}, {}),
        ({}, {"graduate_id": "G9"}),
        ({}, {"post_id": "P9"}),
        *(
            ({}, {"stage": stage})
            for stage in OutcomeStage
            if stage not in (OutcomeStage.SIGNED, OutcomeStage.STARTED, OutcomeStage.RETAINED)
        ),
    ],
)
def test_people_without_consent_strangers_and_other_steps_are_not_counted(
    name: str, graduate: dict[str, object], outcome: dict[str, object]
) -> None:
    made = fitted([make_graduate(**graduate)], [make_post()], [make_outcome(**outcome)])[name]
    assert len(made.weights) == 0
    assert score(made, make_graduate(), make_post(), make_reference()) == 0


def test_one_pair_is_counted_once() -> None:
    steps = [
        make_outcome(stage=stage, date=date(2026, 5, day))
        for day, stage in enumerate((OutcomeStage.SIGNED, OutcomeStage.STARTED), start=1)
    ]
    made = fitted([make_graduate()], [make_post()], steps * 2)[POPULARITY]
    # One start: ln(1 + 1).
    found = score(made, make_graduate(), make_post(), make_reference())
    assert found == pytest.approx(log(2), abs=1e-6)


# Popularity ---------------------------------------------------------------------------------

# Welders started 3 at one firm and 1 at the other; one cutter at the other, of another trade.
STARTS = {
    ("焊接加工", FIRM, WELDER): 2,
    ("幼儿教育", FIRM, WELDER): 1,
    ("焊接加工", OTHER, WELDER): 1,
    ("幼儿教育", OTHER, CUTTER): 1,
}


def total(weights: dict[tuple[str, str], float], graduate: str, firm: str, code: str) -> float:
    names = (f"occupation:{code}", f"enterprise_occupation:{firm}|{code}")
    return sum(weights.get((graduate, name), 0.0) for name in names)


@pytest.mark.parametrize(
    ("firm", "code", "expected"),
    [
        (FIRM, WELDER, log(1 + 3)),
        (OTHER, WELDER, log(1 + 1)),
        (NEW, WELDER, log(1 + 2)),  # the mean of 3 and 1
        (OTHER, CUTTER, log(1 + 1)),
        (FIRM, CUTTER, log(1 + 1)),  # nobody there, one at the only firm with cutters
        (FIRM, "4-10-01-03", 0),  # nobody anywhere
    ],
)
def test_popularity_is_per_enterprise_and_occupation_else_per_occupation(
    firm: str, code: str, expected: float
) -> None:
    assert total(popularity(STARTS), "any", firm, code) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("trade", "firm", "code", "expected"),
    [
        ("焊接加工", FIRM, WELDER, log(1 + 2)),
        ("焊接加工", OTHER, WELDER, log(1 + 1)),
        ("焊接加工", NEW, WELDER, log(1 + 1.5)),  # the mean of 2 and 1
        ("焊接加工", OTHER, CUTTER, 0),  # no welder became a cutter
        ("幼儿教育", FIRM, WELDER, log(1 + 1)),
        ("幼儿教育", OTHER, WELDER, log(1 + 1)),  # the mean over firms where one of hers was
        ("会计", FIRM, WELDER, 0),  # a trade without a past
    ],
)
def test_popularity_in_trade_counts_the_own_trade_alone(
    trade: str, firm: str, code: str, expected: float
) -> None:
    weights = popularity_in_trade(STARTS)
    assert total(weights, f"trade:{trade}", firm, code) == pytest.approx(expected)


def test_nothing_started_is_nothing_popular() -> None:
    assert popularity({}) == {}
    assert popularity_in_trade({}) == {}


def test_a_post_of_a_new_season_is_as_popular_as_its_enterprise_was(
    small_world: SmallWorld,
) -> None:
    world = small_world
    made = baselines(world.graduates, world.posts, world.outcomes, world.reference)
    # G1 at P1, G2 at P2, G3 at P3, G4 at P4: one each per enterprise and occupation. G5 at P5
    # does not consent.
    welder, nurse = world.graduates[5], world.graduates[7]
    again = make_post(post_id="P1-2026")
    nursery = make_post(post_id="P5-2026", occupation_code="4-10-01-03")
    reference = world.reference
    popular = made[POPULARITY]
    assert score(popular, nurse, again, reference) == pytest.approx(log(2), abs=1e-6)
    assert score(popular, nurse, nursery, reference) == 0
    in_trade = made[TRADE_POPULARITY]
    assert score(in_trade, welder, again, reference) == pytest.approx(log(2), abs=1e-6)
    assert score(in_trade, nurse, again, reference) == 0


def test_a_trade_is_counted_as_it_is_read() -> None:
    reference = Reference(trade_names={"焊工班": "焊接加工"})
    graduate, post = make_graduate(trade="焊工班"), make_post()
    made = baselines([graduate], [post], [make_outcome()], reference)[TRADE_POPULARITY]
    other = make_graduate(graduate_id="G2", trade="焊接加工")
    assert score(made, other, post, reference) == pytest.approx(log(2), abs=1e-6)


# Crosswalk ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("graduate", "post", "expected"),
    [
        # At home in Jining (Rencheng counts as its city), no wish.
        ({}, {}, 1 + 0.5),
        ({}, {"occupation_code": CUTTER}, 0.5 + 0.5),
        ({}, {"occupation_code": "6-31-01-03"}, 0.5),
        ({}, {"region_code": "370700"}, 1),
        ({"home_region": None}, {}, 1),
        ({"trade": "没有的专业"}, {}, 0.5),
        ({"wish_regions": ("370700",)}, {"region_code": "370700"}, 1 + 0.5),
        ({"wish_regions": ("370700", "371100")}, {"region_code": "370700"}, 1 + 0.5),
        ({"wish_regions": ("370811",)}, {}, 1 + 0.5 + 0.5),
        ({"home_region": "110105"}, {"region_code": "110105"}, 1),
        # A pair at the minor group counts for every occupation in it.
        ({"trade": "电气设备安装与维修"}, {"occupation_code": "6-31-01-99"}, 0.4 + 0.5),
        ({"trade": "电气设备安装与维修"}, {"occupation_code": "6-31-01-03"}, 1 + 0.4 + 0.5),
        ({"trade": "电气设备安装与维修"}, {"occupation_code": "6-31-02-01"}, 0.5),
    ],
)
def test_the_crosswalk_is_the_pair_and_a_half_each_for_home_and_wish(
    graduate: dict[str, object], post: dict[str, object], expected: float
) -> None:
    made = fitted([], [], [])[CROSSWALK]
    reference = make_reference()
    found = score(made, make_graduate(**graduate), make_post(**post), reference)
    assert found == pytest.approx(expected, abs=1e-6)


def test_without_tables_the_crosswalk_says_nothing() -> None:
    assert crosswalk(Reference()) == {}


def test_an_officer_s_pair_counts_as_its_weight() -> None:
    reference = Reference(pairs={"焊接加工": (Pair(CUTTER, 0.75, "officer"),)})
    made = baselines([], [], [], reference)[CROSSWALK]
    post = make_post(occupation_code=CUTTER)
    assert score(made, make_graduate(), post, reference) == 0.75


# The form -----------------------------------------------------------------------------------


def test_every_baseline_is_the_same_in_whatever_order_its_rows_come(
    small_world: SmallWorld,
) -> None:
    world = small_world
    made = baselines(world.graduates, world.posts, world.outcomes, world.reference)
    turned = baselines(
        world.graduates[::-1], world.posts[::-1], world.outcomes[::-1], world.reference
    )
    assert list(made) == [POPULARITY, TRADE_POPULARITY, CROSSWALK]
    for name, table in made.items():
        assert (turned[name].graduate_names, turned[name].post_names) == (
            table.graduate_names,
            table.post_names,
        )
        for array, values in table.arrays().items():
            assert turned[name].arrays()[array].tobytes() == values.tobytes()
        assert "any" in table.graduate_names
        assert "any" in table.post_names
        pairs = list(zip(table.rows.tolist(), table.columns.tolist(), strict=True))
        assert pairs == sorted(set(pairs))
