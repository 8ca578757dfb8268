"""A plan keeps what was decided before it, and says why somebody has no post."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest

from recommender.domain import Graduate, Post, SkillLevel
from recommender.errors import Ineligible, NotFound, PinsConflict
from recommender.matching.eligibility import Reserved, Standing
from recommender.matching.floors import floors_missed, floors_of
from recommender.matching.market import Market, open_market
from recommender.matching.plan import Pins, make_plan, why_unplaced
from recommender.model.scoring import Scorer
from tests.builders import (
    CREDIT_CODE,
    DAY,
    make_agreement,
    make_graduate,
    make_post,
    make_reference,
)


@pytest.fixture
def crosswalk(scorers: dict[str, Scorer]) -> Scorer:
    """Give the rule that knows trades and occupations only: two equal posts score alike."""
    return scorers["crosswalk"]


def market_of(
    scorer: Scorer, people: Sequence[Graduate], posts: Sequence[Post], standing: Standing
) -> Market:
    return open_market(scorer, people, posts, standing, make_reference(), DAY)


def welders(n: int) -> list[Graduate]:
    return [make_graduate(graduate_id=f"G{number}") for number in range(n)]


def two_posts(**overrides: object) -> list[Post]:
    return [
        make_post(post_id="P1", headcount=1, **overrides),
        make_post(post_id="P2", headcount=1, occupation_code="4-10-01-03"),
    ]


def chosen(market: Market, pins: Pins | None = None, way: str = "best") -> dict[str, str]:
    plan = make_plan(market, way=way, pins=pins)
    return {
        graduate.graduate_id: market.posts[post].post_id
        for graduate, post in zip(market.graduates, plan.placed, strict=True)
        if post != -1
    }


def test_a_pin_of_who_or_what_is_not_there_is_refused(crosswalk: Scorer) -> None:
    market = market_of(crosswalk, welders(1), two_posts(), Standing())
    for pins, kind in (
        (Pins(fixed={"G9": "P1"}), "graduate_of_cohort"),
        (Pins(fixed={"G0": "P9"}), "post_on_offer"),
        (Pins(barred={("G9", "P1")}), "graduate_of_cohort"),
        (Pins(barred={("G0", "P9")}), "post_on_offer"),
    ):
        with pytest.raises(NotFound) as refusal:
            make_plan(market, pins=pins)
        assert refusal.value.kind == kind


def test_a_pin_against_a_rule_is_refused_with_the_rule(crosswalk: Scorer) -> None:
    people = [make_graduate(graduate_id="G0", skill_level=None)]
    market = market_of(crosswalk, people, two_posts(min_level=SkillLevel.SENIOR_WORKER), Standing())
    with pytest.raises(Ineligible) as refusal:
        make_plan(market, pins=Pins(fixed={"G0": "P1"}))
    assert [code for code, _ in refusal.value.rules] == ["level"]


def test_more_pins_than_places_are_refused_by_name(crosswalk: Scorer) -> None:
    market = market_of(crosswalk, welders(3), two_posts(), Standing())
    with pytest.raises(PinsConflict) as refusal:
        make_plan(market, pins=Pins(fixed={"G0": "P1", "G2": "P1"}))
    assert (refusal.value.post_id, refusal.value.n_places) == ("P1", 1)
    assert refusal.value.graduate_ids == ("G0", "G2")


@pytest.mark.parametrize("way", ["best", "graduates", "enterprises"])
def test_what_is_held_is_kept_and_nobody_else_has_it(crosswalk: Scorer, way: str) -> None:
    # P1 is worth more to every welder, and is held for G1: whoever else comes has P2.
    standing = Standing(held={"P1": frozenset({"G1"})})
    market = market_of(crosswalk, welders(2), two_posts(), standing)
    assert chosen(market, way=way) == {"G0": "P2", "G1": "P1"}
    plan = make_plan(market, way=way)
    assert (plan.most, plan.n_placed, plan.pinned.tolist()) == (2, 2, [-1, 0])
    assert plan.lots.capacities.tolist() == [0, 1]


@pytest.mark.parametrize("way", ["best", "graduates", "enterprises"])
def test_what_an_officer_fixes_and_bars_is_done(crosswalk: Scorer, way: str) -> None:
    market = market_of(crosswalk, welders(2), two_posts(), Standing())
    assert chosen(market, Pins(fixed={"G0": "P2"}), way) == {"G0": "P2", "G1": "P1"}
    assert chosen(market, Pins(fixed={"G1": "P2"}), way) == {"G0": "P1", "G1": "P2"}
    barred = Pins(barred={("G0", "P1"), ("G0", "P2")})
    assert chosen(market, barred, way) == {"G1": "P1"}
    plan = make_plan(market, way=way, pins=barred)
    assert why_unplaced(market, plan, 0) == "barred"
    assert plan.most == 1


@pytest.mark.parametrize("way", ["best", "graduates", "enterprises"])
def test_a_reserved_place_goes_to_a_member_or_to_nobody(crosswalk: Scorer, way: str) -> None:
    # Of P1's two places one is kept for G1. All three want P1 more than P2.
    kept = Reserved(
        agreement_id="A1", places=1, members=frozenset({"G1"}), returns_on=date(2026, 6, 30)
    )
    posts = [make_post(post_id="P1", headcount=2)]
    market = market_of(crosswalk, welders(3), posts, Standing(reserved={"P1": (kept,)}))
    plan = make_plan(market, way=way)
    assert plan.placed[1] == 0
    assert (plan.n_placed, plan.most) == (2, 2)
    # Without G1 the place stays empty, and so it does where G1 is barred.
    without = market_of(
        crosswalk, [welders(3)[0], welders(3)[2]], posts, Standing(reserved={"P1": (kept,)})
    )
    assert (make_plan(without, way=way).n_placed, make_plan(without, way=way).most) == (1, 1)
    assert make_plan(market, way=way, pins=Pins(barred={("G1", "P1")})).n_placed == 1
    # Fixing the two others would take the member's place.
    with pytest.raises(PinsConflict):
        make_plan(market, way=way, pins=Pins(fixed={"G0": "P1", "G2": "P1"}))
    assert make_plan(market, way=way, pins=Pins(fixed={"G0": "P1", "G1": "P1"})).n_placed == 2


@pytest.mark.parametrize("way", ["best", "graduates", "enterprises"])
def test_the_floors_that_a_plan_leaves_unreached_are_listed(crosswalk: Scorer, way: str) -> None:
    # An order class of three with two places at the enterprise: a floor of two is reached, one
    # of three is not; nobody here belongs to the other college's, and A4 is over.
    people = [make_graduate(graduate_id=f"G{n}", order_class=CREDIT_CODE) for n in range(3)]
    posts = [make_post(post_id="P1", headcount=2)]
    market = market_of(crosswalk, people, posts, Standing())
    plan = make_plan(market, way=way)
    year: dict[str, Any] = {"class_year": 2026}
    agreements = [
        make_agreement(agreement_id="A1", floor=2, **year),
        make_agreement(agreement_id="A2", floor=3, **year),
        make_agreement(agreement_id="A3", floor=3, college="别的技师学院", **year),
        make_agreement(agreement_id="A4", floor=3, ends_on=date(2026, 5, 1), **year),
        make_agreement(agreement_id="A5", ceiling=3, **year),
    ]
    missed = floors_missed(floors_of(market, agreements), plan.placed)
    assert [(each.agreement_id, each.reached, each.floor) for each in missed] == [("A2", 2, 3)]


def test_an_officer_may_fix_another_post_than_the_one_held(crosswalk: Scorer) -> None:
    standing = Standing(held={"P1": frozenset({"G0"})})
    market = market_of(crosswalk, welders(2), two_posts(), standing)
    # The held place stays G0's until its deadline, so G1 has none.
    assert chosen(market, Pins(fixed={"G0": "P2"})) == {"G0": "P2"}


def test_each_who_has_no_post_has_a_reason(crosswalk: Scorer) -> None:
    people = [
        make_graduate(graduate_id="G0"),
        make_graduate(graduate_id="G1"),
        make_graduate(graduate_id="G2", consent=False),
        make_graduate(graduate_id="G3", hired_at_enrolment=True),
        make_graduate(graduate_id="G4"),
        make_graduate(graduate_id="G5", adult_on=None),
    ]
    posts = [make_post(headcount=1, adults_only=True)]
    standing = Standing(placed_at={"G4": frozenset({"P9"})})
    market = market_of(crosswalk, people, posts, standing)
    plan = make_plan(market)
    reasons = [why_unplaced(market, plan, row) for row in range(6) if plan.placed[row] == -1]
    # One of G0 and G1 has the one place.
    expected = ["no_place_left", "consent", "hired_at_enrolment", "unplaced", "adult"]
    assert reasons == expected
    assert (plan.n_placed, plan.most) == (1, 1)


def test_equal_graduates_are_chosen_by_hash_and_not_by_their_ids(crosswalk: Scorer) -> None:
    # 64 equal people, one place each time: by the alphabet the first would always have it.
    firsts = 0
    for number in range(64):
        people = [make_graduate(graduate_id=f"{letter}{number}") for letter in "AB"]
        market = market_of(crosswalk, people, [make_post(headcount=1)], Standing())
        plan = make_plan(market)
        firsts += int(plan.placed[0] != -1)
        assert np.array_equal(plan.placed, make_plan(market).placed)
    # Binomial(64, 1/2): outside 16 to 48 in one of 16,000 draws.
    assert 16 <= firsts <= 48
