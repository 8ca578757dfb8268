"""A row of a graduate roster."""

from __future__ import annotations

from datetime import date

import pytest

from recommender.data.sheets import parse_row
from recommender.domain import (
    Award,
    AwardLevel,
    Graduate,
    PersonalDetails,
    SkillCertificate,
    SkillLevel,
    TrainingTier,
)
from recommender.errors import RowProblem
from tests.sheets.make_sheets import graduate


def problems(**changes: object) -> list[RowProblem]:
    return parse_row("graduates", {**graduate(), **changes})[1]


def read(**changes: object) -> tuple[Graduate, PersonalDetails | None]:
    parsed, refused, _ = parse_row("graduates", {**graduate(), **changes})
    assert refused == []
    assert parsed is not None
    assert isinstance(parsed.item, Graduate)
    return parsed.item, parsed.details


@pytest.mark.parametrize("column", ["graduate_id", "college", "trade", "class_year", "consent"])
def test_a_required_column_is_filled_in(column: str) -> None:
    (found,) = problems(**{column: None})
    assert (found.column, found.code) == (column, "missing")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("consent", "不清楚", "not_yes_or_no"),
        ("class_year", "26", "not_a_class_year"),
        ("training_tier", "大专班", "unknown_word"),
        ("skill_level", "熟练", "not_a_level"),
        ("certificates", "焊工证", "not_a_certificate"),
        ("awards", "一等奖", "not_an_award"),
        ("grade_band", "0", "not_a_grade_band"),
        ("home_region", "市中区", "ambiguous_region"),
        ("wish_regions", "济宁市;火星", "unknown_region"),
        ("wish_pay", "面议", "not_pay"),
        ("order_class", "某公司", "not_a_credit_code"),
        ("adult_on", "2024-02-30", "no_such_day"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_at_its_column(
    column: str, value: str, code: str
) -> None:
    (found,) = problems(**{column: value})
    assert (found.column, found.value, found.code) == (column, value, code)


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [("name", "张三丰\x07", "张**"), ("student_no", "2023\x07", "2**"), ("name", "\x07", "*")],
)
def test_names_and_numbers_are_masked_where_they_are_reported(
    column: str, value: str, shown: str
) -> None:
    (found,) = problems(**{column: value})
    assert found.value == shown


def test_an_identity_number_is_masked_in_every_column() -> None:
    # Eighteen digits with a birthday in the middle: nobody should use one as an id.
    (found,) = problems(graduate_id="370802200001010011\u200b")
    assert found.value == "3**\u200b"


def test_an_all_digit_credit_code_is_no_identity_number() -> None:
    (found,) = problems(order_class="9137080012345678901")
    assert found.value == "9137080012345678901"


def test_a_row_that_states_the_required_columns_only() -> None:
    person, details = read()
    assert person == Graduate(
        graduate_id="G1", college="示例技师学院", trade="电子商务", class_year=2026, consent=True
    )
    assert details is None


def test_a_row_that_states_everything() -> None:
    person, details = read(
        trade_code="0304-4",
        class_name="23电商1班",
        training_tier="高级工班",
        skill_level="四级",
        certificates="6-18-01-01:四级;6-18-02-04:3:91370800MA00000001",
        expected_level="三级",
        expected_on="2026/6/30",
        licences="低压电工证",
        awards="市级;省级:6-18-01-01",
        grade_band=2.0,
        home_region="邹城市",
        wish_regions="济宁市;370200",
        wish_pay="5000",
        order_class="91370800MA00000001",
        hired_at_enrolment="是",
        adult_on="2024-09-01",
        name="张三",
        student_no=20230001.0,
        gender="女",
    )
    assert person.trade_code == "0304-4"
    assert person.training_tier is TrainingTier.SENIOR
    assert person.skill_level is SkillLevel.INTERMEDIATE_WORKER
    assert person.certificates == (
        SkillCertificate(occupation_code="6-18-01-01", level=SkillLevel.INTERMEDIATE_WORKER),
        SkillCertificate(
            occupation_code="6-18-02-04",
            level=SkillLevel.SENIOR_WORKER,
            certified_by="91370800MA00000001",
        ),
    )
    assert (person.expected_level, person.expected_on) == (
        SkillLevel.SENIOR_WORKER,
        date(2026, 6, 30),
    )
    assert person.licences == ("低压电工作业",)
    assert person.awards == (
        Award(level=AwardLevel.CITY),
        Award(level=AwardLevel.PROVINCE, occupation_code="6-18-01-01"),
    )
    assert person.grade_band == 2
    assert (person.home_region, person.wish_regions) == ("370883", ("370800", "370200"))
    assert (person.wish_pay, person.order_class) == (5000, "91370800MA00000001")
    assert person.hired_at_enrolment is True
    assert person.adult_on == date(2024, 9, 1)
    assert details == PersonalDetails(
        graduate_id="G1", name="张三", student_no="20230001", gender="女"
    )


def test_a_profile_may_give_lists_as_lists() -> None:
    person, _ = read(wish_regions=["济宁市", "青岛市"], certificates=["6-18-01-01:4"])
    assert person.wish_regions == ("370800", "370200")
    assert len(person.certificates) == 1


def test_a_field_that_no_column_has_is_told() -> None:
    _, refused, told = parse_row("graduates", {**graduate(), "身份证号": "x"})
    assert refused == []
    assert [(each.code, each.facts) for each in told] == [("unknown_column", ("身份证号",))]
