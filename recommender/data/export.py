"""Tables that go out as files (CSV, Parquet, Excel, JSON, HTML): whole, or not there at all."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from recommender.errors import Unreadable

if TYPE_CHECKING:
    import pyarrow as pa
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# What a cell is after `_plain`: nothing else can be written.
Cell = str | int | float | date | None

# What a column holds where its rows cannot tell, because there are none.
_NUMBERS: Mapping[str, type] = {"rank": int, "score": float}
# Excel's own limits (rows of a worksheet, characters of a cell).
_MAX_SHEET_ROWS = 1_048_576
_MAX_CELL_CHARS = 32_767
_WIDEST_COLUMN = 60

_STYLE = (
    "body{font:16px/1.5 'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',sans-serif;"
    "margin:2rem;color:#1b1f24}table{border-collapse:collapse}"
    "th{position:sticky;top:0;background:#e7eef7;text-align:left}"
    "th,td{border:1px solid #c3ccd6;padding:.3rem .6rem;white-space:nowrap}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}"
    "svg text{font-size:12px}"
    "tbody tr:nth-child(even){background:#f6f8fa}@media print{body{font-size:9pt;margin:0}}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table to be written.

    Attributes
    ----------
    columns
        Names for machines: the header of CSV and Parquet and the keys of JSON.
    rows
        One tuple a row, as long as `columns`: text, numbers, dates, None where nothing is known.
    titles
        Names for people, by column: the header of a worksheet. A column without one keeps
        its own.
    title, notes
        Name of the worksheet, and what a reader has to know, one sentence each.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]
    titles: Mapping[str, str] = field(default_factory=dict)
    title: str = "Sheet1"
    notes: tuple[str, ...] = ()


def check_target(out: Path, suffixes: Sequence[str]) -> None:
    """Refuse a target that could not be written, before any work is done for it.

    Raises
    ------
    Unreadable
        If the suffix is not one of `suffixes`, or the folder does not exist.
    """
    if out.suffix.lower() not in suffixes:
        raise Unreadable("out", out.name, "unknown_suffix", suffixes)
    if not out.parent.is_dir():
        raise Unreadable("out", str(out.parent), "no_such_folder")
    if out.is_dir():
        raise Unreadable("out", str(out), "is_a_folder")


def write_table(table: Table, out: Path, *, guard: bool = False) -> None:
    """Write a table to a file whose suffix says the format.

    Parameters
    ----------
    guard
        Make text that a spreadsheet would take for a formula harmless in CSV, for files that
        people open. Files for machines keep every character.

    Raises
    ------
    Unreadable
        If the suffix is unknown, the folder is missing, or a worksheet cannot hold the rows.
    """
    check_target(out, WRITERS)
    suffix = out.suffix.lower()
    if suffix == ".csv" and guard:
        write_guarded_csv(table, out)
    else:
        _WRITERS[suffix](table, out)


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """Give a path beside the target that takes its place only when everything went well."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        yield draft
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def write_text(text: str, out: Path) -> None:
    """Write a text file in UTF-8, whole or not at all."""
    with whole_file(out) as draft:
        draft.write_text(text, encoding="utf-8")


def _write_csv(table: Table, out: Path) -> None:
    """Write plain UTF-8: no byte-order mark, and every value as it is."""
    with whole_file(out) as draft, draft.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([_plain(cell) for cell in row] for row in table.rows)


def write_guarded_csv(table: Table, out: Path) -> None:
    """Write CSV for people: a text that Excel would run as a formula gets a leading ``'``."""
    from defusedcsv import csv as defused

    with whole_file(out) as draft, draft.open("w", encoding="utf-8", newline="") as handle:
        writer = defused.writer(handle, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(
            [_without_lead(cell) if isinstance(cell, str) else _plain(cell) for cell in row]
            for row in table.rows
        )


def _without_lead(text: str) -> str:
    # A leading tab or line break would hide a formula's sign from the guard.
    return text.lstrip("\t\r\n")


def _plain(cell: object) -> Cell:
    """Make an unknown number empty; numbers of NumPy become Python's, shortest that reads back."""
    if cell is None or isinstance(cell, str | date):
        return cell
    if isinstance(cell, float | np.floating):
        return float(cell) if math.isfinite(cell) else None
    if isinstance(cell, int | np.integer):
        return int(cell)
    raise TypeError(f"a table cannot hold {type(cell).__name__}")


def _write_json(table: Table, out: Path) -> None:
    rows = [dict(zip(table.columns, map(_plain, row), strict=True)) for row in table.rows]
    document = {"title": table.title, "notes": list(table.notes), "rows": rows}
    write_text(json.dumps(document, ensure_ascii=False, indent=1, default=str) + "\n", out)


def _write_parquet(table: Table, out: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    arrays = [
        _arrow_array(name, [_plain(row[index]) for row in table.rows])
        for index, name in enumerate(table.columns)
    ]
    with whole_file(out) as draft:
        parquet.write_table(pa.Table.from_arrays(arrays, names=list(table.columns)), draft)


def _arrow_array(name: str, cells: Sequence[Cell]) -> pa.Array:
    """Lay a column out as Arrow does; `pyarrow.array` would load pandas to look at a list."""
    import pyarrow as pa

    known = np.array([cell is not None for cell in cells], dtype=np.bool_)
    valid = pa.py_buffer(np.packbits(known, bitorder="little").tobytes())
    kinds = {type(cell) for cell in cells if cell is not None} or {_NUMBERS.get(name, str)}
    if kinds <= {int, float}:
        numbers = np.array([cell or 0 for cell in cells], dtype="i8" if kinds == {int} else "f8")
        kind = pa.int64() if kinds == {int} else pa.float64()
        return pa.Array.from_buffers(kind, len(cells), [valid, pa.py_buffer(numbers.tobytes())])
    texts = [b"" if cell is None else str(cell).encode() for cell in cells]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    if ends[-1] > np.iinfo(np.int32).max:
        raise Unreadable("out", f"{name}.parquet", "too_many_rows", (".csv",))
    buffers = [valid, pa.py_buffer(ends.astype(np.int32).tobytes()), pa.py_buffer(b"".join(texts))]
    return pa.Array.from_buffers(pa.string(), len(cells), buffers)


def write_worksheets(tables: Sequence[Table], out: Path) -> None:
    """Write a workbook with a worksheet for each table."""
    with _workbook(out) as book:
        for table in tables:
            _add_worksheet(book, table)


def _write_xlsx(table: Table, out: Path) -> None:
    """Write a worksheet: ids as text, header frozen, filters on; nothing becomes a formula."""
    if len(table.rows) >= _MAX_SHEET_ROWS:
        raise Unreadable("out", out.name, "too_many_rows", (".csv", ".parquet"))
    with _workbook(out) as book:
        _add_worksheet(book, table)
        if table.notes:
            notes = book.add_worksheet("说明")
            notes.set_column(0, 0, _WIDEST_COLUMN * 2)
            for number, note in enumerate(table.notes):
                notes.write_string(number, 0, note)


@contextmanager
def _workbook(out: Path) -> Iterator[Any]:
    from xlsxwriter import Workbook

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with whole_file(out) as draft, Workbook(str(draft), options) as book:
        yield book


def _add_worksheet(book: Any, table: Table) -> None:
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    header = book.add_format({"bold": True, "bg_color": "#E7EEF7", "bottom": 1})
    sheet = book.add_worksheet(table.title[:31])
    titles = [table.titles.get(name, name) for name in table.columns]
    for index, width in enumerate(_widths(titles, table.rows)):
        sheet.set_column(index, index, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(titles) - 1)
    for index, title in enumerate(titles):
        sheet.write_string(0, index, title, header)
    _fill(sheet, table.rows, text, day)


def _fill(sheet: Worksheet, rows: Iterable[tuple[object, ...]], text: Format, day: Format) -> None:
    for number, row in enumerate(rows, start=1):
        for index, cell in enumerate(map(_plain, row)):
            if isinstance(cell, str):
                sheet.write_string(number, index, cell[:_MAX_CELL_CHARS], text)
            elif isinstance(cell, date):
                sheet.write_datetime(number, index, cell, day)
            elif cell is not None:
                sheet.write_number(number, index, cell)


def _widths(titles: Sequence[str], rows: Sequence[tuple[object, ...]]) -> list[int]:
    """Guess column widths from the header and the first rows; a Chinese character is wide."""
    widths = []
    for index, title in enumerate(titles):
        shown = [title, *(str(row[index] or "") for row in rows[:100])]
        widest = max(sum(2 if ord(char) > 0x2E7F else 1 for char in text) for text in shown)
        widths.append(min(widest + 3, _WIDEST_COLUMN))
    return widths


def _write_html(table: Table, out: Path) -> None:
    write_text(html_page(table), out)


def html_page(table: Table, chart: str = "") -> str:
    """Lay a table out as one page that needs nothing else: no script, no network, legible on paper.

    `chart` is SVG that stands above it.
    """
    head = "".join(f"<th>{escape(table.titles.get(name, name))}</th>" for name in table.columns)
    body = "\n".join(
        "<tr>" + "".join(map(_html_cell, map(_plain, row))) + "</tr>" for row in table.rows
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in table.notes)
    title = escape(table.title)
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{_STYLE}</style></head>\n"
        f"<body><h1>{title}</h1><ul>{notes}</ul>{chart}\n"
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></body></html>\n"
    )


def _html_cell(cell: Cell) -> str:
    if isinstance(cell, str | date):
        return f"<td>{escape(str(cell))}</td>"
    shown = "" if cell is None else f"{cell:g}" if abs(cell) < 1e6 else f"{cell:.0f}"
    return f'<td class="n">{shown}</td>'


_WRITERS: Mapping[str, Callable[[Table, Path], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".xlsx": _write_xlsx,
    ".json": _write_json,
    ".html": _write_html,
}
WRITERS = tuple(_WRITERS)
