"""Taking sheets in: all of it or nothing, whatever the order and whatever fails."""

from __future__ import annotations

import csv
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from recommender import wording
from recommender.data import schema, store
from recommender.domain import Channel, StepReason
from recommender.errors import (
    DatabaseFailed,
    ImportRefused,
    MassClosing,
    NotFound,
    Unreadable,
)
from recommender.intake import ImportSummary, import_files
from tests.builders import CREDIT_CODE, DAY, make_details, make_graduate, make_outcome

LATER = date(2026, 5, 20)
BODY = "示例产教联盟"


def graduate(**cells: str) -> dict[str, str]:
    """Give a row of a roster: G1 of the builders."""
    row = {
        "graduate_id": "G1",
        "college": "示例技师学院",
        "trade": "焊接加工",
        "class_year": "2026",
        "skill_level": "中级工",
        "home_region": "370811",
        "adult_on": "2024-03-01",
        "consent": "是",
    }
    return row | cells


def post(**cells: str) -> dict[str, str]:
    """Give a row of a catalog: P1 of the builders."""
    row = {
        "post_id": "P1",
        "issuing_body": BODY,
        "enterprise": "示例机械有限公司",
        "credit_code": CREDIT_CODE,
        "occupation_code": "6-18-02-04",
        "region_code": "370800",
        "headcount": "2",
        "opens_on": "2026-04-01",
        "closes_on": "2026-06-30",
    }
    return row | cells


def outcome(**cells: str) -> dict[str, str]:
    """Give a row of an outcome sheet: G1 signs at P1."""
    row = {"graduate_id": "G1", "post_id": "P1", "stage": "签约", "date": "2026-05-10"}
    return row | cells


def sheet(path: Path, *rows: Mapping[str, str]) -> Path:
    """Write rows as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def taken(engine: Engine, *paths: Path, day: date = DAY, **options: Any) -> ImportSummary:
    return import_files(engine, paths, day=day, **options)


def refused(engine: Engine, *paths: Path, **options: Any) -> list[tuple[str, int, str, str]]:
    """Give file, row, column and code of each problem, and check that nothing was written."""
    before = everything(engine)
    with pytest.raises(ImportRefused) as refusal:
        taken(engine, *paths, **options)
    assert everything(engine) == before
    for problem in refusal.value.problems:
        assert wording.row_problem(problem, "zh")
        assert wording.row_problem(problem, "en")
    return [(each.filename, each.row, each.column, each.code) for each in refusal.value.problems]


def everything(engine: Engine) -> dict[str, list[Any]]:
    """Give every row of every table but the log of imports and the revision, without drawn ids."""
    skipped = {"imports", "revisions"}
    with engine.connect() as conn:
        return {
            name: sorted(map(repr, conn.execute(sa.select(*_columns(table)))))
            for name, table in schema.metadata.tables.items()
            if name not in skipped
        }


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Leave out a number that goes on counting after rows are deleted."""
    drawn = table.autoincrement_column
    return [column for column in table.c if column is not drawn]


def changes(summary: ImportSummary) -> list[tuple[str, int, int, int, int, int]]:
    return [
        (each.filename, each.added, each.changed, each.unchanged, each.closed, each.repeated)
        for each in summary.sheets
    ]


def told(summary: ImportSummary) -> list[tuple[str, int, str, tuple[str, ...]]]:
    warnings = [warning for each in summary.sheets for warning in each.warnings]
    for warning in warnings:
        assert wording.row_problem(warning, "zh")
        assert wording.row_problem(warning, "en")
    return [(each.filename, each.row, each.code, each.facts) for each in warnings]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sheets"


@pytest.fixture
def three(folder: Path) -> list[Path]:
    """A roster, a catalog and a sheet of steps that go together."""
    return [
        sheet(folder / "outcomes.csv", outcome()),
        sheet(folder / "graduates.csv", graduate(name="样例甲"), graduate(graduate_id="G2")),
        sheet(folder / "demand_catalog.csv", post(), post(post_id="P2")),
    ]


# --- refusals -------------------------------------------------------------------------------


def test_all_problems_of_all_files_are_told_at_once(engine: Engine, folder: Path) -> None:
    posts = sheet(folder / "demand_catalog.csv", post(headcount="0"), post(post_id="P2"))
    people = sheet(folder / "graduates.csv", graduate(), graduate(graduate_id="G2", consent=""))
    steps = sheet(folder / "outcomes.csv", outcome(), outcome(post_id="P9"))
    assert refused(engine, posts, people, steps) == [
        ("demand_catalog.csv", 2, "headcount", "not_a_headcount"),
        ("graduates.csv", 3, "consent", "missing"),
        ("outcomes.csv", 3, "post_id", "unknown_post"),
    ]


def test_a_step_of_a_refused_row_is_no_second_problem(engine: Engine, folder: Path) -> None:
    people = sheet(folder / "graduates.csv", graduate(consent="也许"))
    posts = sheet(folder / "demand_catalog.csv", post())
    steps = sheet(folder / "outcomes.csv", outcome(), outcome(graduate_id="nobody"))
    assert refused(engine, people, posts, steps) == [
        ("graduates.csv", 2, "consent", "not_yes_or_no"),
        ("outcomes.csv", 3, "graduate_id", "unknown_graduate"),
    ]


def test_where_a_file_cannot_be_read_nobody_is_called_unknown(engine: Engine, folder: Path) -> None:
    steps = sheet(folder / "outcomes.csv", outcome())
    people = folder / "graduates.csv"
    people.write_text("nothing\nof this\n", encoding="utf-8")
    assert [problem[0] for problem in refused(engine, steps, people)] == ["graduates.csv"]


def test_a_step_of_nobody_at_no_post_is_refused(engine: Engine, folder: Path) -> None:
    steps = sheet(folder / "outcomes.csv", outcome())
    assert refused(engine, steps) == [
        ("outcomes.csv", 2, "graduate_id", "unknown_graduate"),
        ("outcomes.csv", 2, "post_id", "unknown_post"),
    ]


def test_an_id_of_another_college_is_refused_and_both_are_named(
    engine: Engine, folder: Path
) -> None:
    taken(engine, sheet(folder / "a.csv", graduate()))
    other = sheet(folder / "b.csv", graduate(college="另一技师学院"))
    assert refused(engine, other) == [("b.csv", 2, "graduate_id", "id_of_other_college")]
    with pytest.raises(ImportRefused) as refusal:
        taken(engine, other)
    assert refusal.value.problems[0].facts == ("示例技师学院", "另一技师学院")


def test_two_colleges_cannot_bring_one_id_in_one_call(engine: Engine, folder: Path) -> None:
    one = sheet(folder / "a.csv", graduate())
    other = sheet(folder / "b.csv", graduate(college="另一技师学院"))
    assert refused(engine, one, other) == [("b.csv", 2, "graduate_id", "id_of_other_college")]
    assert refused(engine, other, one) == [("a.csv", 2, "graduate_id", "id_of_other_college")]


@pytest.mark.parametrize(
    ("one", "other", "column"),
    [
        (post(), post(headcount="3"), "post_id"),
        (graduate(), graduate(grade_band="2"), "graduate_id"),
        (graduate(name="样例甲"), graduate(name="样例乙"), "graduate_id"),
    ],
)
def test_one_id_cannot_say_two_things_in_one_call(
    engine: Engine, folder: Path, one: dict[str, str], other: dict[str, str], column: str
) -> None:
    files = [sheet(folder / "a.csv", one), sheet(folder / "b.csv", other)]
    assert refused(engine, *files) == [("b.csv", 2, column, "duplicate_in_call")]


def test_one_step_cannot_be_told_in_two_ways_in_one_call(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    other = sheet(folder / "b.csv", outcome(channel="双选会"))
    assert refused(engine, *three, other) == [("b.csv", 2, "graduate_id", "duplicate_in_call")]


@pytest.mark.parametrize(
    ("opens_on", "closes_on"), [("2026-07-01", "2026-08-31"), ("2025-04-01", "2026-03-31")]
)
def test_an_id_issued_again_for_other_days_is_refused(
    engine: Engine, folder: Path, opens_on: str, closes_on: str
) -> None:
    taken(engine, sheet(folder / "a.csv", post()))
    again = sheet(folder / "b.csv", post(opens_on=opens_on, closes_on=closes_on))
    assert refused(engine, again) == [("b.csv", 2, "post_id", "post_dates_apart")]


def test_a_post_may_be_prolonged_from_its_last_day_on(engine: Engine, folder: Path) -> None:
    taken(engine, sheet(folder / "a.csv", post()))
    longer = sheet(folder / "b.csv", post(opens_on="2026-06-30", closes_on="2026-09-30"))
    assert changes(taken(engine, longer)) == [("b.csv", 0, 1, 0, 0, 0)]


def test_a_path_that_is_not_there_is_unknown(engine: Engine, folder: Path) -> None:
    with pytest.raises(NotFound) as refusal:
        taken(engine, folder / "none.csv")
    assert refusal.value.kind == "path"


def test_a_folder_without_a_sheet_is_said_to_have_none(engine: Engine, folder: Path) -> None:
    folder.mkdir()
    (folder / "README.md").write_text("no sheet", encoding="utf-8")
    (folder / "~$graduates.xlsx").write_bytes(b"\x00" * 165)
    with pytest.raises(Unreadable) as refusal:
        taken(engine, folder)
    assert refusal.value.code == "no_sheets"


# --- what comes in --------------------------------------------------------------------------


def test_files_come_in_in_any_order(engine: Engine, three: list[Path]) -> None:
    seen = []
    for order in permutations(three):
        with engine.begin() as conn:
            for table in reversed(schema.metadata.sorted_tables):
                conn.execute(sa.delete(table))
        summary = taken(engine, *order)
        assert sorted(changes(summary)) == [
            ("demand_catalog.csv", 2, 0, 0, 0, 0),
            ("graduates.csv", 2, 0, 0, 0, 0),
            ("outcomes.csv", 1, 0, 0, 0, 0),
        ]
        seen.append(everything(engine))
    assert all(each == seen[0] for each in seen)
    with store.reading(engine) as conn:
        assert store.load_graduates(conn, ids=["G1"]) == [make_graduate()]
        assert store.load_posts(conn, day=DAY, post_ids=["P1"])[0].headcount == 2
        assert store.load_outcomes(conn, day=DAY) == [make_outcome()]


def test_names_are_kept_apart(engine: Engine, three: list[Path]) -> None:
    taken(engine, *three)
    with store.reading(engine) as conn:
        assert store.load_personal(conn, ["G1", "G2"]) == {
            "G1": make_details(student_no=None, gender=None)
        }


def test_a_second_import_of_the_same_files_changes_nothing(
    engine: Engine, three: list[Path]
) -> None:
    taken(engine, *three)
    before = everything(engine)
    with store.reading(engine) as conn:
        revision = store.revision(conn)
    again = taken(engine, *three, day=LATER)
    assert {each[1:] for each in changes(again)} == {(0, 0, 1, 0, 0), (0, 0, 2, 0, 0)}
    assert everything(engine) == before
    with store.reading(engine) as conn:
        assert store.revision(conn) == revision


def test_a_dry_run_tells_the_same_and_writes_nothing(engine: Engine, three: list[Path]) -> None:
    empty = everything(engine)
    tried = taken(engine, *three, dry_run=True)
    assert everything(engine) == empty
    assert tried.written is False
    done = taken(engine, *three)
    assert (changes(tried), told(tried)) == (changes(done), told(done))
    assert done.written is True


def test_a_dry_run_refuses_what_an_import_would(engine: Engine, folder: Path) -> None:
    steps = sheet(folder / "outcomes.csv", outcome())
    assert refused(engine, steps, dry_run=True) == refused(engine, steps)


def test_a_changed_post_is_another_one_from_the_day_on(engine: Engine, folder: Path) -> None:
    taken(engine, sheet(folder / "a.csv", post(), post(post_id="P2")))
    second = taken(engine, sheet(folder / "b.csv", post(headcount="5")), day=LATER)
    assert changes(second) == [("b.csv", 0, 1, 0, 0, 0)]
    with store.reading(engine) as conn:
        before, _ = store.load_posts(conn, day=date(2026, 5, 19))
        after, other = store.load_posts(conn, day=LATER)
    assert (before.headcount, after.headcount) == (2, 5)
    # The file did not name it, and it stays as it was.
    assert (other.post_id, other.withdrawn_on) == ("P2", None)


def test_a_changed_graduate_and_a_changed_name_are_changes(engine: Engine, folder: Path) -> None:
    taken(engine, sheet(folder / "a.csv", graduate(name="样例甲")))
    named = taken(engine, sheet(folder / "b.csv", graduate(name="样例乙")))
    silent = taken(engine, sheet(folder / "c.csv", graduate()))
    older = taken(engine, sheet(folder / "d.csv", graduate(consent="否")))
    assert [changes(each)[0][1:4] for each in (named, silent, older)] == [
        (0, 1, 0),
        (0, 0, 1),
        (0, 1, 0),
    ]
    with store.reading(engine) as conn:
        assert store.load_personal(conn, ["G1"])["G1"].name == "样例乙"
        assert store.load_graduates(conn)[0].consent is False


def test_a_step_with_other_particulars_is_a_change(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    taken(engine, *three)
    later = sheet(folder / "b.csv", outcome(channel="双选会", reason="薪资"))
    assert changes(taken(engine, later)) == [("b.csv", 0, 1, 0, 0, 0)]
    with store.reading(engine) as conn:
        assert store.load_outcomes(conn, day=DAY) == [
            make_outcome(channel=Channel.FAIR, reason=StepReason.PAY)
        ]


def test_a_row_in_two_files_counts_once_and_is_told(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    again = sheet(folder / "z.csv", outcome(), outcome(post_id="P2", stage="面试"))
    summary = taken(engine, *three, again)
    assert changes(summary)[-1] == ("z.csv", 1, 0, 0, 0, 1)
    assert ("z.csv", 2, "repeated_in_call", ("outcomes.csv", "2")) in told(summary)


def test_a_row_repeated_in_one_file_counts_once_and_is_told(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    twice = sheet(folder / "outcomes.csv", outcome(), outcome())
    summary = taken(engine, *three[1:], twice)
    assert changes(summary)[-1] == ("outcomes.csv", 1, 0, 0, 0, 1)
    assert [code for _, _, code, _ in told(summary)] == ["repeated_row"]


def test_members_and_agreements_come_in_too(engine: Engine, folder: Path) -> None:
    members = sheet(
        folder / "members.csv",
        {"name": "示例机械有限公司", "kind": "企业", "region": "370800", "alliance": BODY},
    )
    agreement = {
        "agreement_id": "A1",
        "college": "示例技师学院",
        "credit_code": CREDIT_CODE,
        "mode": "订单",
        "post_id": "P7",
        "starts_on": "2025-09-01",
        "ends_on": "2026-06-30",
    }
    agreements = sheet(folder / "agreements.csv", agreement)
    first = taken(engine, members, agreements)
    assert [each.added for each in first.sheets] == [1, 1]
    assert told(first) == [("agreements.csv", 2, "agreement_post_unknown", ())]
    assert [each.unchanged for each in taken(engine, members, agreements).sheets] == [1, 1]


def test_a_folder_is_all_its_sheets_and_what_is_passed_over_is_named(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    (folder / "~$graduates.xlsx").write_bytes(b"\x00" * 165)
    (folder / ".hidden.csv").write_text("x", encoding="utf-8")
    (folder / "notes.md").write_text("x", encoding="utf-8")
    # A sheet named beside its folder is still one sheet.
    summary = taken(engine, folder, folder / "outcomes.csv")
    assert [each.filename for each in summary.sheets] == [
        "demand_catalog.csv",
        "graduates.csv",
        "outcomes.csv",
    ]
    assert sorted(summary.skipped) == [".hidden.csv", "notes.md", "~$graduates.xlsx"]


def test_a_lock_file_among_named_files_is_passed_over(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    lock = folder / "~$graduates.xlsx"
    lock.write_bytes(b"\x00" * 165)
    assert taken(engine, *three, lock).skipped == ("~$graduates.xlsx",)


def test_each_import_is_kept_with_what_nobody_knows_in_it(engine: Engine, folder: Path) -> None:
    people = sheet(
        folder / "graduates.csv",
        graduate(),
        graduate(graduate_id="G2", trade="本校自设的新专业"),
        graduate(graduate_id="G3", trade="另一个新专业"),
    )
    posts = sheet(folder / "catalog.csv", post(), post(post_id="P2", occupation_code="6-18-99-98"))
    with store.writing(engine) as conn:
        store.save_trade(conn, "另一个新专业", "焊接加工", "王老师", DAY)
    taken(engine, people, posts)
    taken(engine, people, posts, dry_run=True)
    with store.reading(engine) as conn:
        [record] = store.load_imports(conn)
    assert record.day == DAY
    assert (record.n_graduates, record.n_unmapped_trades) == (3, 1)
    assert (record.n_posts, record.n_unknown_occupations) == (2, 1)
    assert [sheet["added"] for sheet in record.sheets] == [3, 2]


# --- warnings -------------------------------------------------------------------------------


def test_more_signings_than_places_are_told_with_what_is_stored(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    people = [graduate(graduate_id=f"G{n}") for n in (3, 4)]
    taken(engine, *three)
    more = [outcome(graduate_id="G3"), outcome(graduate_id="G4", date="2026-05-12")]
    steps = sheet(folder / "more.csv", *more)
    summary = taken(engine, sheet(folder / "g.csv", *people), steps)
    # One is stored and two come: three for the two places of P1.
    assert told(summary) == [("more.csv", 3, "more_signings_than_places", ("3", "2"))]


def test_a_place_given_back_in_time_is_no_signing_too_many(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    posts = sheet(folder / "demand_catalog.csv", post(headcount="1"), post(post_id="P2"))
    steps = sheet(
        folder / "more.csv",
        outcome(stage="解约", date="2026-05-11"),
        outcome(graduate_id="G2", date="2026-05-12"),
    )
    assert told(taken(engine, three[0], three[1], posts, steps)) == []


def test_an_odd_order_is_told_also_where_the_other_step_is_stored(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    taken(engine, *three)
    steps = sheet(folder / "late.csv", outcome(stage="面试", date="2026-05-12"))
    assert told(taken(engine, steps)) == [("late.csv", 2, "odd_stage_order", ("签约", "面试"))]


def test_days_outside_the_posts_are_told(engine: Engine, folder: Path, three: list[Path]) -> None:
    taken(engine, *three)
    steps = sheet(folder / "late.csv", outcome(stage="推荐", date="2026-03-31"))
    assert told(taken(engine, steps)) == [
        ("late.csv", 2, "outside_post_dates", ("2026-04-01", "2026-06-30"))
    ]


def test_three_hundred_odd_rows_make_one_line(
    engine: Engine, folder: Path, three: list[Path]
) -> None:
    people = [graduate(graduate_id=f"H{n}") for n in range(300)]
    steps = [outcome(graduate_id=f"H{n}", date="2026-03-01") for n in range(300)]
    summary = taken(
        engine,
        *three,
        sheet(folder / "people.csv", *people),
        sheet(folder / "steps.csv", *steps),
    )
    # Rows 2 to 301, all of them before P1 opened, and P1 has 301 signings for two places.
    assert told(summary) == [
        ("outcomes.csv", 2, "more_signings_than_places", ("301", "2")),
        ("steps.csv", 2, "outside_post_dates_rows", ("300", "2-301")),
    ]


# --- whole catalogs -------------------------------------------------------------------------


def catalog(path: Path, ids: str, **cells: str) -> Path:
    return sheet(path, *[post(post_id=one, **cells) for one in ids])


def withdrawn(engine: Engine, day: date = LATER) -> dict[str, date]:
    with store.reading(engine) as conn:
        posts = store.load_posts(conn, day=day)
    return {one.post_id: one.withdrawn_on for one in posts if one.withdrawn_on}


def test_closing_more_than_three_in_ten_is_refused(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCDEFGHIJ"))
    before = everything(engine)
    for dry_run in (False, True):
        with pytest.raises(MassClosing) as refusal:
            taken(engine, catalog(folder / "b.csv", "ABCDEF"), replace=True, dry_run=dry_run)
        facts = (refusal.value.issuing_body, refusal.value.n_closing, refusal.value.n_open)
        assert facts == (BODY, 4, 10)
    assert everything(engine) == before


def test_three_in_ten_are_closed_on_the_day(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCDEFGHIJ"))
    summary = taken(engine, catalog(folder / "b.csv", "ABCDEFG"), replace=True, day=LATER)
    assert changes(summary) == [("b.csv", 0, 0, 7, 3, 0)]
    assert withdrawn(engine) == dict.fromkeys("HIJ", LATER)
    # The day before, all of them were open.
    assert withdrawn(engine, date(2026, 5, 19)) == {}


def test_a_mass_closing_is_done_where_it_is_meant(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABC"))
    few = catalog(folder / "b.csv", "A")
    taken(engine, few, replace=True, allow_mass_closing=True, day=LATER)
    assert withdrawn(engine) == dict.fromkeys("BC", LATER)


def test_a_plain_import_closes_nothing(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABC"))
    taken(engine, catalog(folder / "b.csv", "A"), day=LATER)
    assert withdrawn(engine) == {}


def test_other_bodies_posts_are_untouched(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCD"))
    taken(engine, catalog(folder / "b.csv", "WXYZ", issuing_body="另一联盟"))
    taken(engine, catalog(folder / "c.csv", "NO", issuing_body=""))
    taken(engine, catalog(folder / "d.csv", "ABC"), replace=True, day=LATER)
    assert withdrawn(engine) == {"D": LATER}


def test_posts_already_over_are_neither_closed_nor_counted(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCD"))
    taken(engine, catalog(folder / "b.csv", "VWXYZ", closes_on="2026-05-19"))
    with pytest.raises(MassClosing) as refusal:
        taken(engine, catalog(folder / "c.csv", "AB"), replace=True, day=LATER)
    assert (refusal.value.n_closing, refusal.value.n_open) == (2, 4)


def test_posts_about_to_open_are_closed_too(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABC"))
    taken(engine, catalog(folder / "b.csv", "D", opens_on="2026-06-01"))
    taken(engine, catalog(folder / "c.csv", "ABC"), replace=True, day=LATER)
    assert withdrawn(engine) == {"D": LATER}


def test_a_post_that_comes_back_is_open_again(engine: Engine, folder: Path) -> None:
    whole = catalog(folder / "a.csv", "ABCD")
    taken(engine, whole)
    taken(engine, catalog(folder / "b.csv", "ABC"), replace=True, day=LATER)
    back = taken(engine, whole, replace=True, day=date(2026, 5, 25))
    assert changes(back) == [("a.csv", 0, 1, 3, 0, 0)]
    assert withdrawn(engine, date(2026, 5, 25)) == {}
    assert withdrawn(engine, date(2026, 5, 24)) == {"D": LATER}


def test_a_whole_catalog_again_changes_nothing(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCD"))
    fewer = catalog(folder / "b.csv", "ABC")
    taken(engine, fewer, replace=True, day=LATER)
    before = everything(engine)
    again = taken(engine, fewer, replace=True, day=date(2026, 5, 25))
    assert changes(again) == [("b.csv", 0, 0, 3, 0, 0)]
    assert everything(engine) == before


def test_two_files_of_one_body_are_one_catalog(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCD"))
    halves = [catalog(folder / "b.csv", "AB"), catalog(folder / "c.csv", "CD")]
    assert sum(each.closed for each in taken(engine, *halves, replace=True).sheets) == 0


def test_a_whole_catalog_of_nobody_is_refused(engine: Engine, folder: Path) -> None:
    nobody = catalog(folder / "a.csv", "AB", issuing_body="")
    assert refused(engine, nobody, replace=True) == [("a.csv", 0, "issuing_body", "issuer_missing")]
    some = sheet(folder / "b.csv", post(post_id="C"), post(post_id="D", issuing_body=""))
    assert refused(engine, some, replace=True) == [("b.csv", 3, "issuing_body", "issuer_missing")]


def test_an_issuer_named_beside_stands_for_the_column(engine: Engine, folder: Path) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCD"))
    bare = catalog(folder / "b.csv", "ABC", issuing_body="")
    summary = taken(engine, bare, replace=True, issuer=BODY, day=LATER)
    assert changes(summary) == [("b.csv", 0, 0, 3, 1, 0)]
    assert withdrawn(engine) == {"D": LATER}


def test_an_empty_catalog_closes_everything_only_where_that_is_meant(
    engine: Engine, folder: Path
) -> None:
    taken(engine, catalog(folder / "a.csv", "ABCD"))
    empty = folder / "demand_catalog.csv"
    empty.write_text(",".join(post()) + "\n", encoding="utf-8")
    with pytest.raises(MassClosing):
        taken(engine, empty, replace=True, issuer=BODY)
    taken(engine, empty, replace=True, issuer=BODY, allow_mass_closing=True, day=LATER)
    assert sorted(withdrawn(engine)) == list("ABCD")


# --- what fails in the middle ---------------------------------------------------------------

KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from recommender import intake
from recommender.data import store

url, folder, victim = sys.argv[1:]
def die(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)
setattr(store, victim, die)
intake.import_files(store.connect(url), [Path(folder)], day=date(2026, 5, 15))
"""


@pytest.mark.parametrize("victim", ["save_graduates", "save_outcomes", "append_import"])
def test_a_process_killed_in_the_middle_leaves_nothing(
    engine: Engine, folder: Path, three: list[Path], victim: str
) -> None:
    empty = everything(engine)
    url = engine.url.render_as_string(hide_password=False)
    died = subprocess.run([sys.executable, "-c", KILLED, url, str(folder), victim])
    assert died.returncode == -signal.SIGKILL
    assert everything(engine) == empty
    # The lock died with the process.
    assert [each.added for each in taken(engine, *three).sheets] == [1, 2, 2]


def test_a_disk_that_is_full_leaves_what_was_there(sqlite_engine: Engine, folder: Path) -> None:
    taken(sqlite_engine, sheet(folder / "a.csv", graduate()))
    with store.reading(sqlite_engine) as conn:
        n_pages = conn.exec_driver_sql("PRAGMA page_count").scalar()
    sqlite_engine.dispose()
    sa.event.listen(
        sqlite_engine,
        "connect",
        lambda connection, _: connection.execute(f"PRAGMA max_page_count={n_pages}"),
    )
    before = everything(sqlite_engine)
    many = sheet(folder / "b.csv", *[graduate(graduate_id=f"H{n}") for n in range(3_000)])
    with pytest.raises(DatabaseFailed) as failure:
        taken(sqlite_engine, many)
    assert "full" in failure.value.why
    assert everything(sqlite_engine) == before


def test_a_failure_of_the_last_write_undoes_the_first(engine: Engine, three: list[Path]) -> None:
    empty = everything(engine)

    def fail(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO imports"):
            raise OSError("disk full")

    sa.event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(OSError, match="disk full"):
        taken(engine, *three)
    sa.event.remove(engine, "before_cursor_execute", fail)
    assert everything(engine) == empty
