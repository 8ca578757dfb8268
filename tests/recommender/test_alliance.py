"""Rows of members and of agreements."""

from __future__ import annotations

from datetime import date

import pytest

from recommender.data.sheets import parse_row
from recommender.domain import Agreement, Member, MemberKind, SkillLevel, TrainingMode
from tests.sheets.make_sheets import agreement, member


@pytest.mark.parametrize("column", ["name", "kind", "region", "alliance"])
def test_a_members_required_column_is_filled_in(column: str) -> None:
    _, problems, _ = parse_row("members", {**member(), column: ""})
    assert [(each.column, each.code) for each in problems] == [(column, "missing")]


def test_a_member_of_an_unknown_kind_is_refused() -> None:
    _, (found,), _ = parse_row("members", member(kind="大学"))
    assert (found.column, found.code) == ("kind", "unknown_word")
    assert "技工院校" in found.facts


def test_a_member_is_read() -> None:
    parsed, _, _ = parse_row(
        "members",
        member(
            kind="enterprise", credit_code="91370800MA00000001", industry_chain="钢", staff="320"
        ),
    )
    assert parsed is not None
    assert parsed.item == Member(
        name="示例技师学院",
        kind=MemberKind.ENTERPRISE,
        region="370800",
        alliance="示例联盟",
        credit_code="91370800MA00000001",
        industry_chain="钢",
        staff=320,
    )


@pytest.mark.parametrize("staff", ["0", "约三百"])
def test_an_enterprise_employs_whole_people(staff: str) -> None:
    _, (found,), _ = parse_row("members", member(staff=staff))
    assert (found.column, found.code) == ("staff", "not_a_headcount")


@pytest.mark.parametrize(
    "column", ["agreement_id", "college", "credit_code", "mode", "starts_on", "ends_on"]
)
def test_an_agreements_required_column_is_filled_in(column: str) -> None:
    _, problems, _ = parse_row("agreements", {**agreement(), column: ""})
    assert [(each.column, each.code) for each in problems] == [(column, "missing")]


def test_an_agreement_does_not_end_before_it_starts() -> None:
    _, (found,), _ = parse_row("agreements", agreement(ends_on="2023-08-31"))
    assert (found.column, found.code, found.facts) == (
        "ends_on",
        "ends_before_start",
        ("2023-09-01",),
    )


def test_an_agreement_takes_at_least_as_many_as_it_must() -> None:
    _, (found,), _ = parse_row("agreements", agreement(floor="30", ceiling="10"))
    assert (found.column, found.code, found.facts) == ("ceiling", "ceiling_below_floor", ("30",))


@pytest.mark.parametrize("floor", ["-1", "1.5", "若干"])
def test_an_agreement_counts_whole_people(floor: str) -> None:
    _, (found,), _ = parse_row("agreements", agreement(floor=floor))
    assert (found.column, found.code) == ("floor", "not_a_count")


def test_an_agreement_is_read() -> None:
    parsed, _, _ = parse_row(
        "agreements",
        agreement(
            trade="电子商务",
            post_id="P1",
            region="邹城市",
            class_year="2026届",
            floor="0",
            ceiling="30",
            level_due="高级工",
            returns_on="2026-06-30",
        ),
    )
    assert parsed is not None
    assert parsed.item == Agreement(
        agreement_id="X1",
        college="示例技师学院",
        credit_code="91370800MA00000001",
        mode=TrainingMode.ORDER,
        starts_on=date(2023, 9, 1),
        ends_on=date(2026, 8, 31),
        trade="电子商务",
        post_id="P1",
        region="370883",
        class_year=2026,
        floor=0,
        ceiling=30,
        level_due=SkillLevel.SENIOR_WORKER,
        returns_on=date(2026, 6, 30),
    )
