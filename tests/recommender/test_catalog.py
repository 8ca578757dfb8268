"""A row of a demand catalog."""

from __future__ import annotations

from datetime import date

import pytest

from recommender.data.sheets import parse_row
from recommender.domain import Post, ShortageLevel, SkillLevel, TrainingMode
from recommender.errors import RowProblem
from tests.sheets.make_sheets import post


def problems(**changes: object) -> list[RowProblem]:
    return parse_row("demand_catalog", post(**changes), filename="f.csv", row=7)[1]


def warnings(**changes: object) -> list[RowProblem]:
    parsed, refused, told = parse_row("demand_catalog", post(**changes))
    assert parsed is not None
    assert refused == []
    return told


def read(**changes: object) -> Post:
    parsed, refused, _ = parse_row("demand_catalog", post(**changes))
    assert refused == []
    assert parsed is not None
    assert isinstance(parsed.item, Post)
    return parsed.item


@pytest.mark.parametrize(
    "column",
    ["post_id", "enterprise", "credit_code", "region_code", "headcount", "opens_on", "closes_on"],
)
def test_a_required_column_is_filled_in(column: str) -> None:
    assert problems(**{column: "  "}) == [
        RowProblem(
            filename="f.csv",
            row=7,
            column=column,
            value="",
            code="missing",
            kind="demand_catalog",
        )
    ]


def test_every_problem_of_a_row_is_reported_at_once() -> None:
    found = problems(headcount="0", closes_on="2026-02-30", region_code="市中区", min_level="七级")
    assert [(each.column, each.code) for each in found] == [
        ("region_code", "ambiguous_region"),
        ("min_level", "not_a_level"),
        ("headcount", "not_a_headcount"),
        ("closes_on", "no_such_day"),
    ]


def test_the_lowest_pay_is_at_most_the_highest() -> None:
    (found,) = problems(monthly_pay_min="6000", monthly_pay_max="5000")
    assert (found.column, found.value, found.code, found.facts) == (
        "monthly_pay_min",
        "6000",
        "pay_min_above_max",
        ("5000",),
    )


def test_a_post_does_not_close_before_it_opens() -> None:
    (found,) = problems(opens_on="2026-08-31", closes_on="2026-08-30")
    assert (found.column, found.code, found.facts) == (
        "closes_on",
        "closes_before_opening",
        ("2026-08-31",),
    )


def test_a_post_may_be_open_for_one_day() -> None:
    assert read(opens_on="2026-08-31", closes_on="2026-08-31").is_open(date(2026, 8, 31))


# Occupation ------------------------------------------------------------------------------


def test_a_post_without_code_and_name_is_refused() -> None:
    (found,) = problems(occupation_code="")
    assert (found.column, found.code) == ("occupation_code", "no_occupation")


def test_an_inexact_name_is_refused_with_three_suggestions() -> None:
    (found,) = problems(occupation_code="", occupation="焊接工")
    assert (found.column, found.value, found.code) == ("occupation", "焊接工", "unknown_occupation")
    assert len(found.facts) == 3
    assert "焊工 6-18-02-04" in found.facts


def test_an_inexact_job_type_is_refused_where_it_stands() -> None:
    (found,) = problems(occupation_code="", job_type="不存在的工种")
    assert (found.column, found.code) == ("job_type", "unknown_occupation")


def test_a_malformed_code_is_one_problem_and_its_name_no_second() -> None:
    found = problems(occupation_code="6-18", occupation="焊接工")
    assert [each.code for each in found] == ["not_an_occupation_code"]


def test_an_exact_name_gives_the_code() -> None:
    assert read(occupation_code="", occupation="焊工").occupation_code == "6-18-02-04"


def test_a_name_that_conflicts_with_the_code_is_told_with_both() -> None:
    (told,) = warnings(occupation="焊工")
    assert (told.column, told.code, told.facts) == (
        "occupation",
        "occupation_conflict",
        ("6-18-01-01", "车工", "焊工"),
    )


def test_a_job_type_of_another_occupation_is_told() -> None:
    # 电焊工 is a job type of 焊工, not of 车工.
    (told,) = warnings(job_type="电焊工")
    assert (told.column, told.code) == ("job_type", "occupation_conflict")


def test_a_job_type_that_nobody_knows_conflicts_with_nothing() -> None:
    assert warnings(job_type="本厂自设岗位") == []


@pytest.mark.parametrize("occupation", ["车工", " 车工 "])
def test_a_name_that_agrees_with_the_code_needs_no_word(occupation: str) -> None:
    assert warnings(occupation=occupation) == []


# All columns -----------------------------------------------------------------------------


def test_a_row_that_states_the_required_columns_only() -> None:
    assert read() == Post(
        post_id="P1",
        enterprise="示例机械有限公司",
        credit_code="91370800MA00000001",
        occupation_code="6-18-01-01",
        region_code="370811",
        headcount=5,
        opens_on=date(2026, 3, 1),
        closes_on=date(2026, 8, 31),
    )


def test_a_row_that_states_everything() -> None:
    stated = read(
        issuing_body="济宁联盟",
        occupation="车工",
        industry_chain="工程机械",
        is_chain_leader="是",
        min_level="四级",
        training_mode="订单",
        shortage_level="特别紧缺",
        monthly_pay_min="4,500",
        monthly_pay_max=6500.0,
        required_licence="低压电工证；飞行执照",
        preferred_certificates="CAD；数控",
        accepts_own_certificate="否",
        adults_only="是",
        board_and_lodging="包吃住",
        shifts="两班倒",
        insurance="五险",
        duties="车削",
        contact="王主任 13800000000",
    )
    assert stated.is_chain_leader is True
    assert stated.min_level is SkillLevel.INTERMEDIATE_WORKER
    assert stated.training_mode is TrainingMode.ORDER
    assert stated.shortage_level is ShortageLevel.VERY_SHORT
    assert (stated.monthly_pay_min, stated.monthly_pay_max) == (4500, 6500)
    assert stated.required_licence == ("低压电工作业", "飞行执照")
    assert stated.preferred_certificates == ("CAD", "数控")
    assert (stated.accepts_own_certificate, stated.adults_only) == (False, True)
    assert (stated.board_and_lodging, stated.shifts) == ("包吃住", "两班倒")
    assert (stated.insurance, stated.duties) == ("五险", "车削")
    assert stated.contact == "王主任 13800000000"


def test_a_contact_is_masked_where_it_is_reported() -> None:
    (found,) = problems(contact="王主任\x07")
    assert found.value == "王**"
