"""Rows of an Excel workbook, read in a process of their own.

A damaged or hostile workbook can make the reading library ask for 28 GB, panic or abort. So
this file is run as a program with limits on memory and time: whatever happens to it, the
import goes on and says which file was bad. It uses the standard library and python-calamine
only, because it is started by its path.

It writes one JSON value a line: ``{"name", "others", "n_rows"}`` of the worksheet read, then a
list of cells per row, from row 1 on, and last ``null``; without that last line the reading
failed. ``{"problem", "facts"}`` stands in the place of anything else that cannot be read. A
cell that is no text, number or truth value is ``[kind, text]``: a date, or a flaw.
"""

from __future__ import annotations

import io
import json
import re
import resource
import struct
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 120

_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*?\s\w+:id=[\"']([^\"']+)[\"']")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_TARGET = re.compile(rb"\sTarget=[\"']([^\"']+)[\"']")
_ID = re.compile(rb"\sId=[\"']([^\"']+)[\"']")
# A cell that holds an error, and one whose formula was saved without its value.
_ERROR = re.compile(
    rb"<(?:\w+:)?c\s(?=[^>]*\bt=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]+)(\d+)[\"'][^>]*(?<!/)>"
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
        # By content: given a path, the library goes by what the file is called.
        with (
            Path(path).open("rb") as file,
            python_calamine.CalamineWorkbook.from_filelike(file) as book,
        ):
            _write_sheet(path, book, wanted)
    except python_calamine.PasswordError:
        _write({"problem": "encrypted_file"})
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError) as broken:
        # An error newer than the library, e.g. #SPILL!, costs it the whole worksheet.
        error = re.search(r"cell error value '([^']*)'", str(broken))
        if error:
            _write({"problem": "error_somewhere", "facts": [error[1]]})
        else:
            _write({"problem": "damaged_file"})
    _write(None)


def _write_sheet(path: str, book: python_calamine.CalamineWorkbook, wanted: Sequence[str]) -> None:
    visible = [
        i
        for i, sheet in enumerate(book.sheets_metadata)
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        and sheet.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    if not visible:
        _write({"problem": "no_worksheet" if book.sheet_names else "damaged_file"})
        return
    names = book.sheet_names
    named = [i for i in visible if names[i].strip().lower() in wanted]
    chosen = (named or visible)[0]
    sheet = book.get_sheet_by_index(chosen)
    others = [names[i] for i in visible if i != chosen]
    _write({"name": names[chosen], "others": others, "n_rows": sheet.total_height})
    sys.stdout.flush()  # so that a sheet that is too long is given up here
    if sheet.start is None:
        return
    flaws: dict[int, dict[int, Flaw]] = {}
    for (row, column), flaw in (*_merged(sheet), *_lost(path, chosen)):
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


def _lost(path: str, index: int) -> Iterator[tuple[Place, Flaw]]:
    """Mark the cells that the reading library gives back empty although they hold something."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return _lost_in_xml(archive.read(_part_of(archive, index)))
    return _lost_in_records(_workbook_stream(Path(path).read_bytes()), index)


# XLSX: a zip of XML ------------------------------------------------------------------------


def _lost_in_xml(data: bytes) -> Iterator[tuple[Place, Flaw]]:
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


# XLS: records in a stream of an OLE file ---------------------------------------------------

_END_OF_CHAIN = 0xFFFFFFFA  # and everything above it marks no sector
_SMALL_STREAM = 4096
_BOUND_SHEET, _END, _FORMULA, _BOOL_OR_ERROR = 0x0085, 0x000A, 0x0006, 0x0205
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def _workbook_stream(data: bytes) -> bytes:
    """Put the workbook's stream together from its sectors.

    Source: [MS-CFB] Compound File Binary File Format; a small stream lies in sectors of 64
    bytes inside the root's stream.
    """
    size = 1 << struct.unpack_from("<H", data, 30)[0]

    def sectors(numbers: Iterable[int]) -> bytes:
        return b"".join(data[(n + 1) * size : (n + 2) * size] for n in numbers)

    def number_at(place: int) -> int:
        return _numbers(data[place : place + 4])[0]

    # The header holds the first 109 sectors of the table, and a chain of sectors the others.
    parts = list(_numbers(data[76:512]))
    more = number_at(68)
    for _ in range(number_at(72)):
        *numbers, more = _numbers(sectors([more]))
        parts += numbers
    table = _numbers(sectors(n for n in parts if n < _END_OF_CHAIN))
    folder = sectors(_chain(table, number_at(48)))
    entries = [folder[at : at + 128] for at in range(0, len(folder), 128)]
    streams = {
        entry[: max(0, entry[64] - 2)].decode("utf-16-le"): _numbers(entry[116:124])
        for entry in entries
    }
    start, length = streams.get("Workbook") or streams["Book"]
    if length >= _SMALL_STREAM:
        return sectors(_chain(table, start))[:length]
    root = sectors(_chain(table, _numbers(entries[0][116:120])[0]))
    small_table = _numbers(sectors(_chain(table, number_at(60))))
    return b"".join(root[n * 64 : n * 64 + 64] for n in _chain(small_table, start))[:length]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _chain(table: Sequence[int], start: int) -> Iterator[int]:
    for _ in range(len(table)):  # a chain that bites its tail ends here
        if start >= _END_OF_CHAIN:
            return
        yield start
        start = table[start]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
        if kind == _END:
            return


def _lost_in_records(stream: bytes, index: int) -> Iterator[tuple[Place, Flaw]]:
    """Mark the cells that hold an error, written or computed.

    Source: [MS-XLS] Excel Binary File Format, BoolErr and FormulaValue.
    """
    sheets = [body for kind, body in _records(stream, 0) if kind == _BOUND_SHEET]
    for kind, body in _records(stream, struct.unpack_from("<I", sheets[index])[0]):
        error = None
        if kind == _BOOL_OR_ERROR and body[7]:
            error = body[6]
        elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
            error = body[8]
        if error is not None:
            place = struct.unpack_from("<HH", body)
            yield place, ["flaw", "error_value", _ERRORS.get(error, "#N/A")]


def _write(value: Mapping[str, object] | Iterable[object] | None) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="surrogatepass")
    main(sys.argv[1], sys.argv[2:])
