"""Chain coverage, homogeneity and enrolment, each by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.data import programmes, store
from recommender.domain import OutcomeStage, TrainingMode
from recommender.year.coverage import NO_CHAIN, coverage
from recommender.year.enrolment import enrolment
from recommender.year.profiles import homogeneity, similarity
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
    make_programme,
)

CHAIN = "高端装备"
WELDER, BRAZER, NURSE = "6-18-02-04", "6-18-02-05", "4-10-01-03"


def keep(
    engine: Engine,
    *,
    posts: Iterable[Any] = (),
    people: Iterable[Any] = (),
    steps: Iterable[Any] = (),
    members: Iterable[Any] = (),
    plans: Iterable[Any] = (),
    agreements: Iterable[Any] = (),
) -> None:
    """Store things; welding leads to the welder with 0.8 and to the brazer with 0.2."""
    with store.writing(engine) as conn:
        store.save_posts(conn, list(posts), day=DAY)
        store.save_graduates(conn, list(people))
        store.save_outcomes(conn, list(steps))
        store.save_members(conn, list(members))
        store.save_agreements(conn, list(agreements))
        programmes.save_programmes(conn, list(plans), day=DAY)
        for code, weight in ((WELDER, 0.8), (BRAZER, 0.2), ("6-18-01-11", 0.0)):
            store.save_pair(conn, "焊接加工", code, weight, "officer", DAY)


def welders(n: int, **more: Any) -> list[Any]:
    label = more.pop("label", "W")
    return [make_graduate(graduate_id=f"{label}{i}", **more) for i in range(n)]


# --- coverage ---------------------------------------------------------------------------------


def test_a_full_post_and_a_placed_graduate_count_for_no_chain(engine: Engine) -> None:
    keep(
        engine,
        posts=[make_post(industry_chain=CHAIN, headcount=1)],
        people=welders(3),
        steps=[make_outcome(graduate_id="W0")],
    )
    assert coverage(engine, day=DAY).chains == ()


def test_people_are_shared_out_over_occupations_and_chains_by_hand(engine: Engine) -> None:
    keep(
        engine,
        posts=[
            make_post(post_id="P1", industry_chain=CHAIN, headcount=6),
            make_post(post_id="P2", industry_chain="浆纸", headcount=2),
            make_post(post_id="P3", industry_chain=CHAIN, headcount=3, occupation_code=BRAZER),
            make_post(post_id="P4", industry_chain=CHAIN, headcount=5, occupation_code=NURSE),
        ],
        people=[*welders(10), *welders(4, label="L", class_year=2027)],
        # 2027 has a roster, so that the plan for it does not count; 2028 has none.
        plans=[
            make_programme(entry_year=2024, places=99),
            make_programme(entry_year=2025, places=20, enrolled=15),
        ],
    )
    found = coverage(engine, day=DAY)
    assert found.class_years == (2026, 2027, 2028, 2029)
    first, second = found.chains
    assert (first.chain, first.places, first.posts, first.enterprises) == (CHAIN, 14, 3, 1)
    assert (second.chain, second.places) == ("浆纸", 2)
    # 10 · 0.8 = 8 welders, 6 of 8 places are this chain's: 6. Brazers 10 · 0.2 = 2.
    assert {year: round(n or 0, 6) for year, n in first.people.items()} == {
        2026: 6 + 2,
        2027: 4 * 0.8 * 6 / 8 + 4 * 0.2,
        2028: 15 * 0.8 * 6 / 8 + 15 * 0.2,
        2029: 0,
    }
    assert {year: round(n or 0, 6) for year, n in second.people.items()}[2026] == 2
    # Nobody teaches nurses: five places that no trade on offer leads to.
    assert first.uncovered == 5
    offered = {each.occupation_code: [one.trade for one in each.trades] for each in first.wanted}
    assert offered == {WELDER: ["焊接加工"], BRAZER: ["焊接加工"], NURSE: []}


def test_a_post_without_a_chain_stands_on_its_enterprises(engine: Engine) -> None:
    keep(
        engine,
        posts=[
            make_post(post_id="P1", headcount=4),
            make_post(post_id="P2", credit_code=OTHER_CREDIT_CODE, headcount=3),
        ],
        members=[make_member(industry_chain=CHAIN)],
    )
    assert {each.chain: each.places for each in coverage(engine, day=DAY).chains} == {
        CHAIN: 4,
        NO_CHAIN: 3,
    }


def test_who_may_not_know_small_counts_reads_people_by_chain_in_tens(engine: Engine) -> None:
    keep(
        engine,
        posts=[make_post(industry_chain=CHAIN, headcount=40)],
        people=[*welders(16), *welders(5, label="L", class_year=2027)],
    )
    [chain] = coverage(engine, day=DAY, exact=False).chains
    # 16 · 0.8 = 12.8 is 10 in tens; 5 · 0.8 = 4 is small.
    assert (chain.people[2026], chain.people[2027], chain.people[2028]) == (10, None, 0)
    assert all(n is None for each in chain.wanted for n in each.people.values())


# --- homogeneity ------------------------------------------------------------------------------


def test_similarity_is_one_less_half_the_differences() -> None:
    # Shares 0.5, 0.5 and 0.25, 0.75 differ by 0.25 twice: 1 − 0.25.
    assert similarity({"a": 0.5, "b": 0.5}, {"a": 0.25, "b": 0.75}) == 0.75
    assert similarity({"a": 1.0}, {"b": 1.0}) == 0.0
    assert similarity({"a": 1.0}, {"a": 1.0}) == 1.0


def test_a_trade_that_all_open_and_few_work_in_is_named(engine: Engine) -> None:
    past = [
        make_graduate(graduate_id=f"E{i}", class_year=2025, college="甲技师学院") for i in range(4)
    ]
    since = {"opens_on": date(2025, 4, 1), "closes_on": date(2025, 8, 31)}
    keep(
        engine,
        posts=[
            make_post(post_id="P1", **since),
            make_post(post_id="P2", occupation_code=NURSE, headcount=9, **since),
        ],
        people=[
            *past,
            *welders(3, label="A", college="甲技师学院"),
            *welders(5, label="B", college="乙技师学院"),
            *welders(5, label="C", college="乙技师学院", trade="幼儿教育"),
        ],
        steps=[
            make_outcome(
                graduate_id=f"E{i}",
                post_id="P1" if i == 0 else "P2",
                stage=OutcomeStage.SIGNED,
                date=date(2025, 5, 10),
            )
            for i in range(4)
        ],
        plans=[
            make_programme(college="甲技师学院", entry_year=2026, places=50, enrolled=20),
            make_programme(college="乙技师学院", entry_year=2026, places=50, enrolled=30),
        ],
    )
    found = homogeneity(engine, day=DAY)
    # The last three class years count, and plans of years without a roster: the first college
    # teaches welders alone, the second 5 + 30 welders of 40.
    [pair] = found.pairs
    assert pair.similarity == pytest.approx(35 / 40)
    assert found.mean == pair.similarity
    [trade] = found.trades
    # Two of two colleges open it; one of four at work is a welder; 50 of 100 places are filled.
    assert (trade.trade, trade.colleges, trade.in_trade, trade.filled) == ("焊接加工", 2, 0.25, 0.5)
    assert trade.is_rare
    # Three are off their trade and one in it: too few for who may not know small counts.
    [hidden] = homogeneity(engine, day=DAY, exact=False).trades
    assert (hidden.in_trade, hidden.is_rare) == (None, False)
    assert homogeneity(engine, day=DAY, colleges={"甲技师学院"}).pairs == ()


# --- enrolment --------------------------------------------------------------------------------


def order(**more: Any) -> Any:
    asked = {"trade": "焊接加工", "class_year": 2029, "starts_on": DAY, "ceiling": 15}
    return make_agreement(**asked | {"ends_on": date(2029, 8, 31)} | more)


def test_programmes_stand_beside_their_order_classes_and_what_has_neither(engine: Engine) -> None:
    keep(
        engine,
        posts=[make_post()],
        plans=[
            make_programme(entry_year=2026),  # graduates in 2029
            make_programme(entry_year=2026, trade="幼儿教育", places=30),
            make_programme(entry_year=2025, places=35),  # has entered already
        ],
        agreements=[
            order(),
            order(agreement_id="A2", mode=TrainingMode.DIRECT),
            order(agreement_id="A3", class_year=2031),  # nobody enters for it
            order(agreement_id="A4", trade=None, ceiling=None, floor=7),  # of both trades
            order(agreement_id="A5", college="另一技师学院"),
        ],
    )
    found = enrolment(engine, day=DAY)
    told = {each.trade: (each.coming, each.agreements) for each in found.programmes}
    assert told == {"焊接加工": (40, ("A1", "A4")), "幼儿教育": (30, ("A4",))}
    # A4's seven places go by who comes: 7 · 40 / 70 = 4 to the welders, 3 to the nurses.
    promised = {each.trade: round(each.promised, 6) for each in found.programmes}
    assert promised == {"焊接加工": 15 + 4, "幼儿教育": 3}
    orders = {each.agreement_id: (each.promised, each.coming) for each in found.order_classes}
    assert orders == {"A1": (15, 40), "A4": (7, 70)}
    assert [each.agreement_id for each in found.without_programme] == ["A3", "A5"]
    assert found.order_classes[0].enterprise == "示例机械有限公司"


def test_a_year_of_entry_a_college_and_small_numbers_can_be_asked_for(engine: Engine) -> None:
    keep(
        engine,
        plans=[
            make_programme(entry_year=2025, enrolled=6),
            make_programme(entry_year=2026, college="另一技师学院"),
        ],
        agreements=[order(credit_code=CREDIT_CODE, class_year=2028)],
    )
    found = enrolment(engine, day=DAY, entry_year=2025, exact=False)
    [line] = found.programmes
    # The plan is published; that six came is not.
    assert (line.places, line.coming, line.agreements) == (40, None, ("A1",))
    assert enrolment(engine, day=DAY, colleges={"示例技师学院"}).programmes == ()
