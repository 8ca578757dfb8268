"""Whole files: kind, header, totals, duplicates, and the ordinary sheets that people send."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from recommender.afterwards import Destination, DestinationKind, FollowUp, FollowUpResult
from recommender.data.sheets import KINDS, ParsedSheet, parse_row, read_sheet
from recommender.domain import (
    Agreement,
    Graduate,
    InterestSide,
    Member,
    MemberKind,
    Outcome,
    OutcomeStage,
    Post,
    SkillLevel,
    StepReason,
    TrainingTier,
)
from recommender.fairs import Booth, Registration
from recommender.programmes import Programme
from recommender.succession import ChangeKind, CodeChange
from tests.sheets import make_sheets
from tests.sheets.make_sheets import (
    agreement,
    apprentice,
    csv_of,
    graduate,
    interest,
    lines,
    member,
    outcome,
    post,
    programme,
    xlsx_of,
)

ORDINARY = Path(make_sheets.__file__).parent / "ordinary"


def sheet(
    tmp_path: Path, table: Sequence[Sequence[object]], *, name: str = "f.csv", issuer: str = ""
) -> ParsedSheet:
    path = tmp_path / name
    path.write_bytes(xlsx_of(table) if name.endswith(".xlsx") else csv_of(table))
    return read_sheet(path, issuer=issuer or None)


def codes(found: ParsedSheet) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in found.problems]


def told(found: ParsedSheet) -> list[tuple[int, str, str]]:
    return [(each.row, each.value, each.code) for each in found.warnings]


# Header and kind -------------------------------------------------------------------------


def test_every_absent_required_column_is_one_problem_and_the_rows_are_read_all_the_same(
    tmp_path: Path,
) -> None:
    table = [["毕业生编号", "环节", "日期"], ["G1", "入职", "2026-02-30"]]
    assert codes(sheet(tmp_path, table)) == [
        (1, "post_id", "missing_column"),
        (2, "stage", "unknown_word"),
        (2, "date", "no_such_day"),
    ]


def test_an_absent_optional_column_is_no_problem(tmp_path: Path) -> None:
    found = sheet(tmp_path, lines(graduate()))
    assert found.problems == ()
    assert found.warnings == ()


def test_a_misspelt_header_is_suggested_for_the_absent_one(tmp_path: Path) -> None:
    table = lines(outcome())
    table[0][1] = "岗位编码"
    found = sheet(tmp_path, table)
    (problem,) = found.problems
    assert (problem.column, problem.code, problem.facts) == (
        "post_id",
        "missing_column",
        ("岗位编码",),
    )
    (warning,) = found.warnings
    assert (warning.value, warning.code, warning.facts) == (
        "岗位编码",
        "unknown_column",
        ("岗位编号",),
    )


def test_one_known_name_is_no_header(tmp_path: Path) -> None:
    assert codes(sheet(tmp_path, [["日期", "x"], ["2026-05-15", "y"]])) == [(0, "", "no_header")]


def test_a_name_twice_counts_once_for_a_header(tmp_path: Path) -> None:
    assert codes(sheet(tmp_path, [["日期", "日期"]])) == [(0, "", "no_header")]


@pytest.mark.parametrize(
    "header",
    [
        "岗位编号*",
        " 岗位 编号 ",
        "岗位编号（必填）",
        "岗位编号(post_id)",
        "post_id",
        "Post ID",
        "POST_ID",
        "post_id*",
        "\ufeff岗位编号",
        "岗位\n编号",
    ],
)
def test_a_header_is_known_with_its_marks_and_remarks(tmp_path: Path, header: str) -> None:
    table = lines(outcome())
    table[0][1] = header
    found = sheet(tmp_path, table)
    assert found.problems == ()
    assert isinstance(found.items[0].item, Outcome)
    assert found.items[0].item.post_id == "P1"


def test_the_header_may_stand_in_row_ten(tmp_path: Path) -> None:
    found = sheet(tmp_path, [*[[]] * 9, *lines(outcome())])
    assert found.problems == ()
    assert [parsed.row for parsed in found.items] == [11]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (post(), "demand_catalog"),
        (graduate(), "graduates"),
        (outcome(), "outcomes"),
        (member(), "members"),
        (agreement(), "agreements"),
        (apprentice(), "apprentices"),
        (programme(), "programmes"),
        (interest(), "interests"),
    ],
)
def test_the_kind_is_known_by_the_header(tmp_path: Path, row: dict[str, object], kind: str) -> None:
    # The name of the file says another kind, which only breaks a tie.
    assert sheet(tmp_path, lines(row), name="outcomes.csv").kind == kind


@pytest.mark.parametrize(
    ("name", "kind"), [("校企协议2026.csv", "agreements"), ("members_2026.csv", "members")]
)
def test_the_name_of_the_file_breaks_a_tie(tmp_path: Path, name: str, kind: str) -> None:
    # Members and agreements both have these two columns, and each requires one of them.
    table = [["统一社会信用代码", "地区"], ["91370800MA00000001", "济宁市"]]
    assert sheet(tmp_path, table, name=name).kind == kind


# Rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first", ["合计", "总 计", "小计：", "共计35人", "本页合计", "合计（人）", "Total", "TOTAL:"]
)
def test_a_row_of_totals_is_told_and_not_read(tmp_path: Path, first: str) -> None:
    found = sheet(tmp_path, [*lines(outcome()), [first, "", "35"]])
    assert found.problems == ()
    assert len(found.items) == 1
    assert told(found) == [(3, first, "total_row")]


@pytest.mark.parametrize("name", ["合计科技有限公司", "小计算机公司"])
def test_a_firm_whose_name_begins_like_totals_is_read(tmp_path: Path, name: str) -> None:
    found = sheet(tmp_path, lines(member(name, kind="企业")))
    assert len(found.items) == 1


def test_empty_rows_are_passed_over_in_silence(tmp_path: Path) -> None:
    table = lines(outcome("G1"))
    found = sheet(tmp_path, [*table, [], ["", " ", "\u3000", ""], outcome("G2").values()])
    assert [parsed.row for parsed in found.items] == [2, 5]
    assert found.warnings == ()


def test_a_duplicate_is_refused_although_one_of_the_rows_is_bad(tmp_path: Path) -> None:
    found = sheet(tmp_path, lines(post("P1", headcount="0"), post("P1")))
    assert codes(found) == [(2, "headcount", "not_a_headcount"), (3, "post_id", "duplicate_id")]
    assert found.problems[1].facts == ("2",)
    assert found.refused_ids == {"P1"}


def test_three_rows_of_one_id_are_two_problems(tmp_path: Path) -> None:
    found = sheet(tmp_path, lines(agreement("X"), agreement("X"), agreement("X")))
    assert codes(found) == [
        (3, "agreement_id", "duplicate_id"),
        (4, "agreement_id", "duplicate_id"),
    ]


def test_a_member_said_twice_counts_once_and_one_of_two_kinds_is_refused(tmp_path: Path) -> None:
    found = sheet(tmp_path, lines(member(), member(), member(kind="企业")))
    assert codes(found) == [(4, "name", "duplicate_id")]
    assert told(found) == [(3, "", "repeated_row")]


def test_a_member_may_stand_on_two_chains(tmp_path: Path) -> None:
    found = sheet(tmp_path, lines(member(industry_chain="钢"), member(industry_chain="港口")))
    assert len(found.items) == 2
    assert found.problems == ()


def test_many_repeated_rows_are_told_together(tmp_path: Path) -> None:
    found = sheet(tmp_path, lines(*[outcome()] * 31))
    assert (len(found.items), found.n_repeated) == (1, 30)
    (warning,) = found.warnings
    assert (warning.code, warning.row, warning.facts) == ("repeated_row_rows", 3, ("30", "3-32"))


def test_warnings_that_differ_in_their_row_only_are_one_with_their_number(tmp_path: Path) -> None:
    rows = [graduate(f"G{i}", trade="电商运营与推广") for i in range(5)]
    (warning,) = sheet(tmp_path, lines(*rows)).warnings
    assert (warning.row, warning.code, warning.n_more) == (2, "unknown_trade", 4)


def test_a_cell_beyond_the_header_is_refused_in_text_and_told_in_a_workbook(
    tmp_path: Path,
) -> None:
    table = [*lines(outcome("G1"), outcome("G2")), [*outcome("G3").values(), "备注"]]
    assert codes(sheet(tmp_path, table)) == [(4, "", "too_many_cells")]
    found = sheet(tmp_path, table, name="f.xlsx")
    assert found.problems == ()
    assert [(each.row, each.code, each.facts) for each in found.warnings] == [
        (4, "unlabelled_column", ("E",))
    ]


def test_the_issuer_stands_for_an_issuing_body_that_is_not_stated(tmp_path: Path) -> None:
    table = lines(post("P1", issuing_body="潍坊联盟"), post("P2"))
    found = sheet(tmp_path, table, issuer="济宁联盟")
    bodies = [parsed.item.issuing_body for parsed in found.items if isinstance(parsed.item, Post)]
    assert bodies == ["潍坊联盟", "济宁联盟"]


def test_a_file_that_is_not_there_is_no_bad_content(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_sheet(tmp_path / "absent.csv")


def test_a_kind_that_nobody_knows_is_a_programming_mistake() -> None:
    with pytest.raises(KeyError):
        parse_row("weddings", {})


# Ordinary sheets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "utf8_with_mark.csv",
        "gb18030.csv",
        "english_header.csv",
        "columns_in_another_order.csv",
        "title_and_total.csv",
        "title_and_total.xlsx",
        "excel_97.xls",
        "wps.xlsx",
        "wps.et",
        "xls_named_xlsx.xlsx",
        "xlsx_named_xls.xls",
        "named_worksheet_second.xlsx",
    ],
)
def test_the_same_catalog_is_read_from_every_kind_of_file(name: str) -> None:
    found = read_sheet(ORDINARY / name)
    assert found.problems == ()
    assert found.kind == "demand_catalog"
    assert [parsed.item for parsed in found.items] == [
        Post(
            post_id=post_id,
            enterprise="示例机械有限公司",
            credit_code="91370800MA00000001",
            occupation_code="6-18-01-01",
            region_code="370811",
            headcount=5,
            opens_on=date(2026, 3, 1),
            closes_on=date(2026, 8, 31),
        )
        for post_id in ("P1", "P2")
    ]


def test_titles_and_totals_are_told() -> None:
    assert told(read_sheet(ORDINARY / "title_and_total.csv")) == [
        (1, "济宁市技能人才需求目录", "title_row"),
        (2, "填报日期：2026年3月1日", "title_row"),
        (6, "合计", "total_row"),
    ]
    assert told(read_sheet(ORDINARY / "title_and_total.xlsx")) == [
        (1, "需求目录", "title_row"),
        (6, "小计", "total_row"),
    ]


def test_worksheets_that_are_not_read_are_told() -> None:
    assert told(read_sheet(ORDINARY / "named_worksheet_second.xlsx")) == [
        (0, "说明", "other_worksheets")
    ]


def test_an_ordinary_roster_is_read() -> None:
    (parsed,) = read_sheet(ORDINARY / "roster.csv").items
    assert isinstance(parsed.item, Graduate)
    assert parsed.item.skill_level is SkillLevel.INTERMEDIATE_WORKER
    assert parsed.item.licences == ("低压电工作业",)
    assert parsed.item.wish_regions == ("370800", "370200")
    assert parsed.details is not None
    assert parsed.details.name == "张三"


def test_an_ordinary_outcome_sheet_is_read() -> None:
    steps = [parsed.item for parsed in read_sheet(ORDINARY / "outcomes.csv").items]
    assert [
        (step.stage, step.date, step.reason, step.recorded_on)
        for step in steps
        if isinstance(step, Outcome)
    ] == [
        (OutcomeStage.RECOMMENDED, date(2026, 5, 15), None, date(2026, 5, 15)),
        (OutcomeStage.DECLINED, date(2026, 5, 16), StepReason.SHIFTS, date(2026, 5, 16)),
        (OutcomeStage.SIGNED, date(2026, 5, 17), None, date(2026, 5, 20)),
    ]


def test_an_ordinary_alliance_is_read() -> None:
    members = [parsed.item for parsed in read_sheet(ORDINARY / "members.csv").items]
    kinds = [each.kind for each in members if isinstance(each, Member)]
    assert kinds == [MemberKind.TECHNICIAN_COLLEGE, MemberKind.ENTERPRISE]
    (agreed,) = read_sheet(ORDINARY / "agreements.csv").items
    assert isinstance(agreed.item, Agreement)
    assert (agreed.item.floor, agreed.item.ceiling) == (10, 30)


def test_ordinary_apprentices_are_read() -> None:
    learners = read_sheet(ORDINARY / "apprentices.csv").items
    assert [each.item.target_level for each in learners] == [SkillLevel.SENIOR_WORKER] * 2


def test_ordinary_programmes_are_read() -> None:
    found = read_sheet(ORDINARY / "programmes.csv")
    assert (found.problems, found.warnings) == ((), ())
    items = [each.item for each in found.items if isinstance(each.item, Programme)]
    assert [each.training_tier for each in items] == [
        TrainingTier.SENIOR,
        TrainingTier.INTERMEDIATE,
    ]
    # Who enters in 2025 for three years is of class year 2028; the plan counts until it is known.
    assert [(each.coming, each.class_year) for each in items] == [(38, 2028), (40, 2028)]


def test_ordinary_interests_are_read() -> None:
    wanted = [parsed.item for parsed in read_sheet(ORDINARY / "interests.csv").items]
    assert [(each.graduate_id, each.side, each.rank) for each in wanted] == [
        ("G1", InterestSide.ENTERPRISE, 1),
        ("G2", InterestSide.GRADUATE, 1),
        ("G2", InterestSide.ENTERPRISE, 2),
    ]


def test_ordinary_changes_of_codes_are_read() -> None:
    sheet = read_sheet(ORDINARY / "code_changes.csv")
    assert (sheet.problems, sheet.warnings) == ((), ())
    changes = [one.item for one in sheet.items if isinstance(one.item, CodeChange)]
    assert [(each.kind, each.old_code, each.new_code, each.weight) for each in changes] == [
        (ChangeKind.SPLIT, "6-18-02-04", "6-18-02-91", 0.6),
        (ChangeKind.SPLIT, "6-18-02-04", "6-18-01-11", 0.4),
        (ChangeKind.RETIRE, "焊接加工", None, 1.0),
    ]


def test_an_ordinary_sheet_of_what_became_of_people_is_read() -> None:
    went = [parsed.item for parsed in read_sheet(ORDINARY / "destinations.csv").items]
    assert went == [
        Destination(
            graduate_id="G1",
            kind=DestinationKind.FURTHER_STUDY,
            employer="示例职业大学",
            date=date(2026, 9, 1),
        ),
        Destination(graduate_id="G2", kind=DestinationKind.ARMY, date=date(2026, 9, 15)),
    ]
    sheet = read_sheet(ORDINARY / "follow_ups.csv")
    assert (sheet.problems, sheet.warnings) == ((), ())
    asked = [parsed.item for parsed in sheet.items if isinstance(parsed.item, FollowUp)]
    assert [(each.due_days, each.result, each.left_on) for each in asked] == [
        (180, FollowUpResult.HERE, None),
        (90, FollowUpResult.LEFT, date(2026, 9, 11)),
        (30, None, None),
    ]


def test_an_ordinary_fair_and_who_comes_are_read() -> None:
    [booth] = read_sheet(ORDINARY / "fairs.csv").items
    assert booth.item == Booth(
        fair_id="F1", date=date(2026, 5, 20), credit_code="91370800MA3X00001H"
    )
    [one] = read_sheet(ORDINARY / "registrations.csv").items
    assert one.item == Registration(fair_id="F1", graduate_id="G1")


def test_every_ordinary_sheet_is_tested_here() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f'"{name}"' in source for name in make_sheets.ORDINARY)
    assert {read_sheet(ORDINARY / name).kind for name in make_sheets.ORDINARY} == set(KINDS)


# Speed -----------------------------------------------------------------------------------


def test_a_years_outcomes_are_read_in_time(tmp_path: Path) -> None:
    # The whole import and the nightly run have 90 s for 62,000 of these on two cores.
    path = tmp_path / "outcomes.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["graduate_id", "post_id", "stage", "date", "channel", "shown_rank"])
        for i in range(62_000):
            day = date(2021, 3, 1) + timedelta(days=i % 1500)
            writer.writerow([f"G{i}", f"P{i % 2_400}", "签约", day, "双选会", i % 10 + 1])
    started = time.process_time()
    assert len(read_sheet(path).items) == 62_000
    assert time.process_time() - started < 5
