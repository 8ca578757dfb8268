"""A sheet as somebody sent it, with what is wrong marked in it, to be mended and sent again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.data.export import whole_file
from recommender.data.guard import is_formula
from recommender.data.template import MARKS
from recommender.errors import RowProblem
from recommender.wording import row_sentences

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# So many comments a workbook opens with at once; the column beside the rows says all of them.
MOST_COMMENTS = 1_000
_WIDTH, _WIDE = 16, 60

# Row number as Excel shows it, its cells, and what is wrong by place; -1 for the whole row.
MarkedRow = tuple[int, Sequence[object], Mapping[int, Sequence[RowProblem]]]


def write(
    rows: Iterable[MarkedRow], *, header_row: int, width: int, out: Path, language: str
) -> None:
    """Write the rows where they stood, bad cells coloured, each with its sentence."""
    from xlsxwriter import Workbook

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with whole_file(out) as draft, Workbook(str(draft), options) as book:
        look = {
            (kind, is_bad): book.add_format(
                {
                    "num_format": "yyyy-mm-dd"
                    if kind == "date"
                    else "@"
                    if kind != "number"
                    else "0",
                    **({"quote_prefix": True} if kind == "formula" else {}),
                    **({"bg_color": "#FFC7CE", "font_color": "#9C0006"} if is_bad else {}),
                }
            )
            for kind in ("text", "formula", "number", "date")
            for is_bad in (False, True)
        }
        heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DDEBF7"})
        sheet = book.add_worksheet()
        sheet.set_column(0, max(width - 1, 0), _WIDTH)
        sheet.set_column(width, width, _WIDE, book.add_format({"text_wrap": True}))
        n_comments, last = 0, header_row
        for number, cells, wrong in rows:
            last = number
            for place in range(max(len(cells), *(at + 1 for at in wrong), 0)):
                value = cells[place] if place < len(cells) else None
                if number == header_row:
                    sheet.write_string(number - 1, place, str(value or ""), heading)
                    continue
                _put(sheet, (number - 1, place), value, look, is_bad=place in wrong)
                if place in wrong and n_comments < MOST_COMMENTS:
                    n_comments += 1
                    said = _said(wrong[place], language)
                    sheet.write_comment(number - 1, place, said, {"x_scale": 2})
            told = [_said(each, language) for _, each in sorted(wrong.items())]
            if number == header_row:
                sheet.write_string(number - 1, width, MARKS, heading)
            elif told:
                sheet.write_string(number - 1, width, "\n".join(told))
        sheet.freeze_panes(header_row, 1)
        if header_row:
            sheet.autofilter(header_row - 1, 0, max(last - 1, header_row), width)


def _put(
    sheet: Worksheet,
    at: tuple[int, int],
    value: object,
    look: Mapping[tuple[str, bool], Format],
    *,
    is_bad: bool,
) -> None:
    if value is None or value == "":
        if is_bad:
            sheet.write_blank(*at, None, look["text", True])
    elif isinstance(value, bool):
        sheet.write_string(*at, "是" if value else "否", look["text", is_bad])
    elif isinstance(value, int | float):
        sheet.write_number(*at, value, look["number", is_bad])
    elif isinstance(value, date):
        sheet.write_datetime(*at, value, look["date", is_bad])
    else:
        text = str(value)
        kind = "formula" if is_formula(text) else "text"
        sheet.write_string(*at, text, look[kind, is_bad])


def _said(problems: Iterable[RowProblem], language: str) -> str:
    return "\n".join(
        " ".join(part for part in row_sentences(p, language) if part) for p in problems
    )
