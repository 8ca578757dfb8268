"""Sheets for people to fill in: drop-downs, notes, ids and codes kept as text."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.data.columns import Column, SheetKind
from recommender.data.guard import is_formula
from recommender.wording import COLUMNS, SHEETS

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# Rows that get drop-downs and formats: more than a college or an alliance fills in by hand.
PREPARED_ROWS = 2_000
# The column of a marked file that says what is wrong with each row; an import passes it over.
MARKS = "检查结果"
_EXAMPLE, _NOTES = BESIDE = ("示例", "填写说明")
_SHORT, _LONG, _WIDEST = 12, 24, 48
# Rows whose cells decide how wide a column is.
_LOOKED_AT = 200


def write(
    kind: SheetKind,
    out: Path,
    rows: Sequence[Mapping[str, object]] = (),
    *,
    without: Container[str] = (),
) -> None:
    """Write the sheet of a kind, and beside it an example and the notes to read.

    It is empty but for `rows`, by English column names; `without` names columns left out.

    The first worksheet is named for the kind, so that an import reads it and not the example.
    """
    import xlsxwriter  # a third of a second that reading sheets need not pay

    settings = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    columns = [column for column in kind.columns if column.name not in without]
    with xlsxwriter.Workbook(out, settings) as book:
        formats = {
            "text": book.add_format({"num_format": 49}),  # Excel's own
            "number": book.add_format({"num_format": "0"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            # What looks like a formula stays text, also when its cell is edited.
            "quoted": book.add_format({"num_format": 49, "quote_prefix": True}),
        }
        heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DDEBF7"})
        required = book.add_format({"bold": True, "bottom": 1, "bg_color": "#FCE4D6"})
        sheet = book.add_worksheet(SHEETS[kind.name][0])
        example = book.add_worksheet(_EXAMPLE)
        for place, column in enumerate(columns):
            header = _header(kind, column)
            width = max(_width(header), _widest(row.get(column.name) for row in rows[:_LOOKED_AT]))
            for each in (sheet, example):
                each.write_string(0, place, header, required if column.required else heading)
                each.set_column(place, place, width, formats[column.looks])
            sheet.write_comment(0, place, column.note, {"x_scale": 1.5})
            _offer(sheet, place, column, max(PREPARED_ROWS, len(rows)))
            _fill(example, 1, place, kind.example.get(column.name), column, formats)
            for number, row in enumerate(rows, start=1):
                _fill(sheet, number, place, row.get(column.name), column, formats)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
        _write_notes(book.add_worksheet(_NOTES), kind, heading)


def _header(kind: SheetKind, column: Column) -> str:
    return COLUMNS[kind.name][column.name] + ("*" if column.required else "")


def _width(header: str) -> int:
    return _SHORT if len(header) <= len("统一社会信用") else _LONG


def _widest(values: Iterable[object]) -> int:
    """Give the width of the widest of some cells; a Chinese character takes two."""
    shown = ("" if value is None else str(value) for value in values)
    widest = max((sum(1 + (char > "\u2e7f") for char in text) for text in shown), default=0)
    return min(widest + 2, _WIDEST)


def _offer(sheet: Worksheet, place: int, column: Column, n_rows: int) -> None:
    if column.choices:
        options = {"validate": "list", "source": list(column.choices), "ignore_blank": True}
        sheet.data_validation(1, place, n_rows, place, options)


def _fill(
    sheet: Worksheet,
    row: int,
    place: int,
    value: object,
    column: Column,
    formats: Mapping[str, Format],
) -> None:
    look = formats[column.looks]
    if isinstance(value, int | float):
        sheet.write_number(row, place, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, look)
    elif value is not None:
        text = str(value)
        sheet.write_string(row, place, text, formats["quoted"] if is_formula(text) else look)


def _write_notes(sheet: Worksheet, kind: SheetKind, heading: Format) -> None:
    rows = [("列名", "英文名", "必填", "说明", "可选的词")]
    rows += [
        (
            COLUMNS[kind.name][column.name],
            column.name,
            "是" if column.required else "",
            column.note,
            "、".join(column.choices),
        )
        for column in kind.columns
    ]
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            sheet.write_string(number, place, text, heading if number == 0 else None)
    sheet.set_column(0, 2, _LONG)
    sheet.set_column(3, 4, 4 * _LONG)
    sheet.freeze_panes(1, 0)
