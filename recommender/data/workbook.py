"""Rows of an Excel workbook, read in a process of their own.

A damaged or hostile workbook can make the reading library ask for 28 GB, panic or abort. So
this file is run as a program with limits on memory and time: whatever happens to it, the
import goes on and says which file was bad. It uses the standard library and python-calamine
only, because it is started by its path.

It writes one JSON value a line: ``{"name", "others"}`` of the worksheet read, then a list of
cells per row, from row 1 on, and last ``null``; without that last line the reading failed.
``{"problem": code}`` stands in the place of anything else that cannot be read. A cell that is
no text, number or truth value is ``[kind, text]``: a date, or a flaw.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

import python_calamine

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 120

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\s\w+:id=[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_TARGET = re.compile(rb"\sTarget=[\"']([^\"']+)[\"']")
_ID = re.compile(rb"\sId=[\"']([^\"']+)[\"']")
# A cell that holds an error, and one whose formula was saved without its value.
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\st=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'][^>]*(?<!/)>"
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<",
    re.DOTALL,
)
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>([^<]*)</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)

Place = tuple[int, int]  # row and column, from 0
Flaw = list[str]  # ["flaw", code, what the cell shows]


def main(path: str, wanted: Sequence[str]) -> None:
    """Write the rows of the first worksheet, or of the one that is named as wanted."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            _write_sheet(path, book, wanted)
    except python_calamine.PasswordError:
        _write({"problem": "encrypted_file"})
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as broken:
        _write({"problem": "damaged_file", "detail": str(broken)})
    _write(None)


def _write_sheet(path: str, book: python_calamine.CalamineWorkbook, wanted: Sequence[str]) -> None:
    visible = [
        i
        for i, sheet in enumerate(book.sheets_metadata)
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    if not visible:
        _write({"problem": "no_worksheet"})
        return
    names = book.sheet_names
    named = [i for i in visible if names[i].strip().lower() in wanted]
    chosen = (named or visible)[0]
    sheet = book.get_sheet_by_index(chosen)
    _write({"name": names[chosen], "others": [names[i] for i in visible if i != chosen]})
    if sheet.start is None:
        return
    flaws: dict[int, dict[int, Flaw]] = {}
    for (row, column), flaw in (*_merged(sheet), *_xml_flaws(path, chosen)):
        flaws.setdefault(row, {})[column] = flaw
    left = sheet.start[1]
    for number, cells in enumerate(sheet.iter_rows()):
        line = [""] * left + [_plain(cell) for cell in cells]
        for column, flaw in flaws.get(number, {}).items():
            line.extend([""] * (column + 1 - len(line)))
            line[column] = flaw
        while line and line[-1] == "":
            line.pop()
        _write(line)


def _plain(cell: object) -> object:
    if isinstance(cell, datetime):
        return ["datetime", cell.isoformat()]
    if isinstance(cell, date):
        return ["date", cell.isoformat()]
    if isinstance(cell, time | timedelta):
        return ["time", str(cell)]
    return cell


def _merged(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[Place, Flaw]]:
    """Mark the cells that a merge hides: only its first one holds the value."""
    last_row, last_column = sheet.end or (0, 0)
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, last_row) + 1):
            for column in range(left, min(right, last_column) + 1):
                if (row, column) != (top, left):
                    yield (row, column), ["flaw", "merged_cell", ""]


def _xml_flaws(path: str, index: int) -> Iterator[tuple[Place, Flaw]]:
    """Mark the cells that the reading library gives back empty although they hold something."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        data = archive.read(_part_of(archive, index))
    for letters, row, shown in _ERROR.findall(data):
        yield _place(letters, row), ["flaw", "error_value", shown.decode("utf-8", "replace")]
    for letters, row, formula in _UNCOMPUTED.findall(data):
        text = f"={formula.decode('utf-8', 'replace')}"
        yield _place(letters, row), ["flaw", "formula_without_value", text]


def _part_of(archive: zipfile.ZipFile, index: int) -> str:
    """Find the file inside the workbook that holds its worksheet number `index`."""
    wanted = _SHEET.findall(archive.read("xl/workbook.xml"))[index]
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        name, target = _ID.search(relation), _TARGET.search(relation)
        if name and target and name[1] == wanted:
            part = target[1].decode()
            return part.lstrip("/") if part.startswith("/") else f"xl/{part}"
    raise ValueError("a worksheet without a part")


def _place(letters: bytes, row: bytes) -> Place:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return int(row) - 1, column - 1


def _write(value: Mapping[str, object] | Iterable[object] | None) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="surrogatepass")
    main(sys.argv[1], sys.argv[2:])
