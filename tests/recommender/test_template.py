"""Templates: what people fill in comes back in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from recommender.data import (
    afterwards,
    alliance,
    apprentices,
    catalog,
    fair_sheets,
    interests,
    outcomes,
    programme_sheet,
    recoded,
    roster,
)
from recommender.data.columns import SheetKind
from recommender.data.sheets import KINDS, parse_row, read_sheet, write_template
from recommender.wording import COLUMNS, SHEETS

KIND_OF = {
    kind.name: kind
    for kind in (
        catalog.KIND,
        roster.KIND,
        outcomes.KIND,
        alliance.MEMBERS,
        alliance.AGREEMENTS,
        apprentices.KIND,
        programme_sheet.KIND,
        interests.KIND,
        afterwards.DESTINATIONS,
        afterwards.FOLLOW_UPS,
        fair_sheets.BOOTHS,
        fair_sheets.REGISTRATIONS,
        recoded.KIND,
    )
}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> SheetKind:
    return KIND_OF[request.param]


@pytest.fixture
def path(kind: SheetKind, tmp_path: Path) -> Path:
    path = tmp_path / f"{kind.name}.xlsx"
    write_template(kind.name, path)
    return path


def first_worksheet(path: Path) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(path)
    return book, book.worksheets[0]


def test_a_template_as_it_is_holds_nothing_to_import(kind: SheetKind, path: Path) -> None:
    found = read_sheet(path)
    assert (found.kind, found.items, found.problems) == (kind.name, (), ())
    assert [warning.code for warning in found.warnings] == ["no_rows"]


def test_a_filled_template_comes_back_in(kind: SheetKind, path: Path) -> None:
    book, sheet = first_worksheet(path)
    for place, column in enumerate(kind.columns, start=1):
        sheet.cell(2, place).value = kind.example.get(column.name)
    book.save(path)
    found = read_sheet(path)
    assert found.problems == ()
    expected, _, _ = parse_row(kind.name, kind.example)
    assert expected is not None
    assert [parsed.item for parsed in found.items] == [expected.item]


def test_every_header_is_chinese_and_marks_what_is_required(kind: SheetKind, path: Path) -> None:
    _, sheet = first_worksheet(path)
    assert sheet.title == SHEETS[kind.name][0]
    headers = [cell.value for cell in sheet[1]]
    assert headers == [
        COLUMNS[kind.name][column.name] + ("*" if column.required else "")
        for column in kind.columns
    ]
    assert sheet.freeze_panes == "B2"


def test_every_column_has_a_note(kind: SheetKind, path: Path) -> None:
    _, sheet = first_worksheet(path)
    for cell, column in zip(sheet[1], kind.columns, strict=True):
        assert cell.comment is not None
        assert column.note
        assert cell.comment.text == column.note


def test_ids_and_codes_are_formatted_as_text_and_days_as_dates(kind: SheetKind, path: Path) -> None:
    _, sheet = first_worksheet(path)
    # A run of columns that look alike is one entry, under its first letter.
    formats = {
        column.name: next(
            each.number_format
            for each in sheet.column_dimensions.values()
            if each.min <= place <= each.max
        )
        for place, column in enumerate(kind.columns, start=1)
    }
    for name, number_format in formats.items():
        if name.endswith(("_id", "_code", "_no")) or name == "order_class":
            assert number_format == "@"
        if name.endswith("_on") or name == "date":
            assert number_format == "yyyy-mm-dd"


def test_drop_downs_offer_words_that_can_be_read(kind: SheetKind, path: Path) -> None:
    _, sheet = first_worksheet(path)
    offered = {
        str(each.sqref).split(":")[0]: each for each in sheet.data_validations.dataValidation
    }
    with_choices = [column for column in kind.columns if column.choices]
    assert len(offered) == len(with_choices)
    for column in with_choices:
        letter = sheet[1][kind.columns.index(column)].column_letter
        words = offered[f"{letter}2"].formula1.strip('"').split(",")
        assert words == list(column.choices)
        for word in words:
            column.read(word, [])


def test_the_example_stands_apart_and_names_no_real_person(kind: SheetKind, path: Path) -> None:
    book, _ = first_worksheet(path)
    assert [sheet.title for sheet in book.worksheets][1:] == ["示例", "填写说明"]
    example = [cell.value for cell in book["示例"][2]]
    stated = [kind.example.get(column.name) for column in kind.columns]
    assert example == stated
    assert not {"name", "student_no", "contact"} & kind.example.keys() or kind.name == "members"


def test_the_columns_of_wording_and_of_the_readers_are_the_same(kind: SheetKind) -> None:
    assert [column.name for column in kind.columns] == list(COLUMNS[kind.name])
