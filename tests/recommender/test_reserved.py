"""Places that agreements keep: for whom, how many, where, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from recommender import phrases
from recommender.claims import Claim, ClaimState, start_of
from recommender.domain import Agreement, Graduate, Outcome, OutcomeStage, Post, TrainingMode
from recommender.matching.eligibility import (
    Standing,
    check_pair,
    eligible_pairs,
    open_places,
    standing,
)
from recommender.matching.reserved import (
    cohort_places,
    is_member,
    split_places,
    with_hold,
    with_reserved,
)
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_graduate,
    make_outcome,
    make_post,
    make_reference,
)

REFERENCE = make_reference()
WELDING, WIRING = "6-18-02-04", "6-31-01-03"


def member(graduate_id: str = "M1", **overrides: Any) -> Graduate:
    values: dict[str, Any] = {"graduate_id": graduate_id, "order_class": CREDIT_CODE}
    return make_graduate(**values | overrides)


def reserved(
    agreements: Sequence[Agreement],
    posts: Sequence[Post],
    graduates: Sequence[Graduate],
    steps: Sequence[Outcome] = (),
    day: date = DAY,
    holds: Sequence[Claim] = (),
) -> Standing:
    bare = standing(steps, {post.post_id: post for post in posts}, day, holds)
    return with_reserved(bare, agreements, posts, graduates, REFERENCE, day)


def kept(now: Standing) -> dict[str, int]:
    """Give how many places are reserved at each post."""
    return {post_id: sum(each.places for each in some) for post_id, some in now.reserved.items()}


def hold(graduate_id: str, post_id: str = "P1") -> Claim:
    return Claim(
        post_id=post_id,
        graduate_id=graduate_id,
        state=ClaimState.HELD,
        since=start_of(DAY),
        number=1,
        expires_at=start_of(date(2026, 5, 16)),
    )


# --- refusals ---------------------------------------------------------------------------------


def test_who_is_no_member_has_no_place_where_all_that_is_left_is_reserved() -> None:
    post = make_post(headcount=2)
    outsider = make_graduate()
    now = reserved([make_agreement(ceiling=2)], [post], [outsider, member()])
    [rule] = [one for one in check_pair(outsider, post, now, DAY) if not one.holds]
    assert (rule.code, rule.needs) == ("places", ("2026-06-30",))
    told = phrases.rule(rule.code, rule.holds, rule.needs, "zh")
    assert told == "岗位名额已满：余下的为订单班预留，2026-06-30 起释放"
    assert "reserved for order classes until 2026-06-30" in phrases.rule(
        rule.code, rule.holds, rule.needs, "en"
    )
    assert eligible_pairs([outsider, member()], [post], now, DAY).tolist() == [[False], [True]]


def test_a_full_post_is_not_told_to_be_reserved() -> None:
    post = make_post(headcount=1)
    signed = make_outcome(graduate_id="X", stage=OutcomeStage.SIGNED, date=DAY)
    now = reserved([make_agreement(ceiling=1)], [post], [member()], [signed])
    [rule] = [one for one in check_pair(make_graduate(), post, now, DAY) if not one.holds]
    assert (rule.code, rule.needs) == ("places", ())


@pytest.mark.parametrize(
    "stranger",
    [
        {"college": "另一技师学院"},
        {"order_class": OTHER_CREDIT_CODE},
        {"order_class": None},
        {"class_year": 2025},
    ],
)
def test_these_are_no_members(stranger: dict[str, Any]) -> None:
    assert is_member(member(), make_agreement(class_year=2026), REFERENCE)
    assert not is_member(member(**stranger), make_agreement(class_year=2026), REFERENCE)


def test_a_trade_without_its_class_year_makes_no_member() -> None:
    plain = make_graduate(trade="焊接加工")
    assert is_member(plain, make_agreement(trade="焊接加工", class_year=2026), REFERENCE)
    assert not is_member(plain, make_agreement(trade="焊接加工"), REFERENCE)
    assert not is_member(plain, make_agreement(class_year=2026), REFERENCE)
    # Who graduated before the agreement began belongs to none that names no year.
    assert not is_member(member(class_year=2025), make_agreement(), REFERENCE)


@pytest.mark.parametrize(
    "terms",
    [
        {},  # promises no number
        {"ceiling": 0, "floor": 0},
        {"ceiling": 2, "mode": TrainingMode.DIRECT},
        {"ceiling": 2, "starts_on": date(2026, 5, 16)},
        {"ceiling": 2, "returns_on": DAY},
        {"ceiling": 2, "ends_on": DAY},
        {"ceiling": 2, "class_year": 2027},  # keeps nothing of this year's catalog
        {"ceiling": 2, "credit_code": OTHER_CREDIT_CODE},
        {"ceiling": 2, "post_id": "P9"},
        {
            "ceiling": 2,
            "trade": "电气设备安装与维修",
        },  # leads to wiring, the post is for welders
    ],
)
def test_such_an_agreement_reserves_nothing(terms: dict[str, Any]) -> None:
    now = reserved([make_agreement(**terms)], [make_post()], [member()])
    assert kept(now) == {}


# --- how many ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "places"),
    [
        ({"ceiling": 3, "floor": 1}, 3),
        ({"floor": 1}, 1),
        ({"ceiling": 0, "floor": 0}, 0),
        ({"ceiling": 9}, 5),  # no more than there are
    ],
)
def test_the_ceiling_is_reserved_or_else_the_floor(terms: dict[str, Any], places: int) -> None:
    post = make_post(headcount=5)
    now = reserved([make_agreement(**terms)], [post], [member()])
    assert sum(kept(now).values()) == places
    assert open_places(post, now) == open_places(post, now, "G1") == 5 - places
    assert open_places(post, now, "M1") == open_places(post, now, reserved_too=True) == 5


def test_members_already_placed_need_no_place_wherever_they_are() -> None:
    posts = [make_post(headcount=5), make_post(post_id="Q", credit_code=OTHER_CREDIT_CODE)]
    people = [member("M1"), member("M2"), member("M3", hired_at_enrolment=True), member("M4")]
    steps = [
        make_outcome(graduate_id="M1", stage=OutcomeStage.SIGNED, date=DAY),
        make_outcome(graduate_id="M2", post_id="Q", stage=OutcomeStage.STARTED, date=DAY),
        make_outcome(graduate_id="G1", stage=OutcomeStage.SIGNED, date=DAY),
    ]
    now = reserved([make_agreement(ceiling=4)], posts, people, steps)
    # Ceiling 4, less M1, M2 and M3; of five places M1 and G1 have one each.
    assert kept(now) == {"P1": 1}
    assert open_places(posts[0], now) == 2


def test_a_member_who_declines_gives_a_place_back_and_one_refused_does_not() -> None:
    steps = [
        make_outcome(graduate_id="M1", stage=OutcomeStage.DECLINED, date=DAY),
        make_outcome(graduate_id="M2", stage=OutcomeStage.REJECTED, date=DAY, reason=None),
        make_outcome(graduate_id="G1", stage=OutcomeStage.DECLINED, date=DAY),
    ]
    people = [member("M1"), member("M2"), make_graduate()]
    now = reserved([make_agreement(ceiling=2)], [make_post(headcount=2)], people, steps)
    assert kept(now) == {"P1": 1}


def test_a_held_place_is_the_members_own_reserved_one() -> None:
    post = make_post(headcount=2)
    people = [member("M1"), member("M2"), make_graduate()]
    now = reserved([make_agreement(ceiling=1)], [post], people, holds=[hold("M1")])
    assert kept(now) == {}
    assert open_places(post, now, "G1") == 1
    before = reserved([make_agreement(ceiling=1)], [post], people)
    after = with_hold(before, "P1", "M1")
    assert kept(after) == {"P1": 0}
    assert [open_places(post, after, who) for who in ("M1", "M2", "G1")] == [2, 1, 1]


def test_a_hold_that_was_there_first_is_kept() -> None:
    post = make_post(headcount=1)
    now = reserved([make_agreement(ceiling=1)], [post], [member()], holds=[hold("G1")])
    assert (kept(now), open_places(post, now, "G1"), open_places(post, now, "M1")) == ({}, 1, 0)


def test_history_may_exceed_and_nothing_falls_below_zero() -> None:
    post = make_post(headcount=1)
    steps = [
        make_outcome(graduate_id=f"X{n}", stage=OutcomeStage.SIGNED, date=DAY) for n in range(3)
    ]
    now = reserved([make_agreement(ceiling=2)], [post], [member()], steps)
    assert (kept(now), open_places(post, now), open_places(post, now, "M1")) == ({}, 0, 0)


def test_a_member_of_two_agreements_of_one_enterprise_is_served_once() -> None:
    welders = make_agreement(agreement_id="W", trade="焊接加工", class_year=2026, ceiling=2)
    fitters = make_agreement(
        agreement_id="T", trade="电气设备安装与维修", class_year=2026, ceiling=2
    )
    posts = [
        make_post(headcount=5),
        make_post(post_id="P2", headcount=5, occupation_code=WIRING),
    ]
    signed = make_outcome(graduate_id="M1", stage=OutcomeStage.SIGNED, date=DAY)
    now = reserved([fitters, welders], posts, [member(trade="焊接加工")], [signed])
    assert kept(now) == {"P1": 1, "P2": 2}


# --- where ------------------------------------------------------------------------------------


def test_places_lie_at_related_posts_in_their_order_or_at_the_post_named() -> None:
    posts = [
        make_post(post_id="P3", headcount=4),
        make_post(post_id="P1", headcount=2),
        make_post(post_id="P2", headcount=4, occupation_code=WIRING),
        make_post(post_id="P0", headcount=4, withdrawn_on=DAY),
        make_post(post_id="Q", headcount=4, credit_code=OTHER_CREDIT_CODE),
    ]
    by_trade = make_agreement(trade="焊接加工", class_year=2026, ceiling=3)
    assert kept(reserved([by_trade], posts, [member()])) == {"P1": 2, "P3": 1}
    by_firm = make_agreement(ceiling=7)
    assert kept(reserved([by_firm], posts, [member()])) == {"P1": 2, "P2": 4, "P3": 1}
    by_group = make_agreement(trade="电气设备安装与维修", class_year=2026, ceiling=9)
    meter = make_post(post_id="P4", occupation_code="6-31-01-09")  # of the group it leads to
    assert kept(reserved([by_group], [*posts, meter], [member()])) == {"P2": 4, "P4": 2}
    named = make_agreement(agreement_id="Z", post_id="P1", ceiling=1)
    # The named post is served first, whatever the ids say; the rest goes on in order.
    assert kept(reserved([by_trade, named], posts, [member()])) == {"P1": 2, "P3": 2}


# --- a cohort ---------------------------------------------------------------------------------


def test_a_cohort_fills_reserved_places_with_members_alone() -> None:
    post = make_post(headcount=5)
    people = [make_graduate(graduate_id="G1"), make_graduate(graduate_id="G2"), member()]
    now = reserved([make_agreement(ceiling=4)], [post], people)
    eligible = eligible_pairs(people, [post], now, DAY)
    assert cohort_places(people, [post], now, eligible).tolist() == [2]  # 1 open, 1 member
    split = split_places(people, [post], now, eligible)
    assert split.columns.tolist() == [0, 0]
    assert split.capacities.tolist() == [1, 4]
    assert split.eligible.tolist() == [[True, False], [True, False], [True, True]]


def test_without_agreements_a_cohort_has_the_open_places() -> None:
    people, posts = [make_graduate()], [make_post(headcount=5), make_post(post_id="P2")]
    now = Standing(confirmed={"P1": 1})
    eligible = eligible_pairs(people, posts, now, DAY)
    assert cohort_places(people, posts, now, eligible).tolist() == [4, 2]
    assert split_places(people, posts, now, eligible).columns.tolist() == [0, 1]


def test_one_pair_and_all_pairs_agree_on_random_agreements() -> None:
    rng = np.random.default_rng(7)
    seen = set()
    for _ in range(200):
        posts = [
            make_post(
                post_id=f"P{n}",
                headcount=int(rng.integers(1, 4)),
                occupation_code=str(rng.choice([WELDING, WIRING])),
                credit_code=str(rng.choice([CREDIT_CODE, OTHER_CREDIT_CODE])),
            )
            for n in range(3)
        ]
        people = [
            make_graduate(
                graduate_id=f"G{n}", order_class=rng.choice([None, CREDIT_CODE, OTHER_CREDIT_CODE])
            )
            for n in range(4)
        ]
        agreements = [
            make_agreement(
                agreement_id=f"A{n}",
                credit_code=str(rng.choice([CREDIT_CODE, OTHER_CREDIT_CODE])),
                post_id=rng.choice([None, "P0"]),
                ceiling=int(rng.integers(1, 5)),
            )
            for n in range(2)
        ]
        steps = [
            make_outcome(
                graduate_id=f"G{rng.integers(4)}",
                post_id=f"P{rng.integers(3)}",
                stage=rng.choice([OutcomeStage.SIGNED, OutcomeStage.DECLINED]),
                date=DAY,
            )
            for _ in range(2)
        ]
        now = reserved(agreements, posts, people, steps, holds=[hold("G0", "P1")])
        mask = eligible_pairs(people, posts, now, DAY)
        for row, one in enumerate(people):
            for column, post in enumerate(posts):
                rules = check_pair(one, post, now, DAY)
                assert mask[row, column] == all(rule.holds for rule in rules)
                seen |= {(rule.code, rule.needs) for rule in rules if not rule.holds}
        for post in posts:
            free = open_places(post, replace(now, reserved={}))
            assert 0 <= sum(each.places for each in now.reserved.get(post.post_id, ())) <= free
    assert {("places", ()), ("places", ("2026-06-30",))} <= seen
