"""Rows of a file, whatever it is: CSV in UTF-8 or GB18030, XLSX, XLS, also from WPS.

A file is what its first bytes say, not what it is called. Everything that a person may have
done to it ends in rows or in one `Malformed`, within limits of size that a hostile file
cannot pass.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from recommender.data.guard import unguarded
from recommender.errors import Malformed

# A year's outcomes of a province (200,000 rows) fit; a million rows are somebody's mistake.
MAX_ROWS = 300_000
MAX_FILE_BYTES = 64 << 20
MAX_UNPACKED_BYTES = 256 << 20
# The header stands within the first ten rows.
HEADER_ROWS = 10

# What a cell may begin with so that Excel neither runs nor rounds it.
_GUARDS = frozenset("'=")

_WORKBOOK_READER = Path(__file__).with_name("workbook.py")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# Byte-order marks and what they announce; UTF-32 first, since its mark begins like UTF-16's.
_UTF16 = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
# What a file begins with when it is no sheet, whatever its name says.
_NO_SHEET = (
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"#!", "script"),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"{\\rtf", "RTF"),
    (b"SQLite format 3", "SQLite"),
)
_MARKUP = ((b"<!doctype html", "HTML"), (b"<html", "HTML"), (b"<table", "HTML"), (b"<?xml", "XML"))


@dataclass(frozen=True, slots=True)
class Flaw:
    """A cell that holds no usable value: what is wrong with it, and what it shows."""

    code: str
    shown: str


Row = tuple[int, list[object]]
# How many of a row's cells are names of columns that the program knows.
Recognise = Callable[[Sequence[object]], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's rows, read as they are asked for.

    Attributes
    ----------
    worksheet
        Name of the worksheet; "" for a CSV file.
    others
        Worksheets beside it, which are not read.
    rows
        Row number as Excel shows it, and cells: text, numbers, dates, truth values, `Flaw`.
        May raise `Malformed` until it is used up.
    """

    worksheet: str
    others: tuple[str, ...]
    rows: Iterator[Row]

    @property
    def is_csv(self) -> bool:
        """Whether the file was text, so that a stray comma may have moved its cells."""
        return not self.worksheet


def open_table(path: Path, recognise: Recognise, worksheets: Sequence[str]) -> Table:
    """Open a file by its content.

    `recognise` tells a header, so that the right encoding and delimiter are taken;
    `worksheets` are the names, in lower case, of a worksheet that is preferred to the first.

    Raises
    ------
    Malformed
        If the file is no sheet, is damaged, or is larger than the limits.
    """
    size = path.stat().st_size
    if size == 0:
        raise Malformed("empty_file")
    if size > MAX_FILE_BYTES:
        raise Malformed("file_too_large", _mib(size), _mib(MAX_FILE_BYTES))
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(_ZIP):
        _check_archive(path)
    elif start.startswith(_OLE):
        _check_compound(path.read_bytes())
    else:
        return _open_text(path.read_bytes(), recognise)
    return _open_workbook(path, worksheets)


def _mib(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 20):.0f}"


def _check_archive(path: Path) -> None:
    """Refuse a zip that is no XLSX or that unpacks to too much, before unpacking anything."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as broken:
        raise Malformed("damaged_file") from broken
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise Malformed("unpacked_too_large", _mib(unpacked), _mib(MAX_UNPACKED_BYTES))
    names = {member.filename.lower() for member in members}
    if "xl/workbook.xml" not in names:
        raise Malformed("not_a_sheet", _archive_kind(names))


def _check_compound(data: bytes) -> None:
    """Refuse an OLE file that is no XLS; a password hides an XLSX inside one."""
    if _stream("EncryptedPackage") in data:
        raise Malformed("encrypted_file")
    if _stream("Workbook") not in data and _stream("Book") not in data:
        raise Malformed("not_a_sheet", "DOC" if _stream("WordDocument") in data else "OLE")


def _stream(name: str) -> bytes:
    """Write the name of a stream as an OLE directory holds it."""
    return f"{name}\0".encode("utf-16-le")


def _archive_kind(names: set[str]) -> str:
    for name, kind in (
        ("xl/workbook.bin", "XLSB"),
        ("word/document.xml", "DOCX"),
        ("ppt/presentation.xml", "PPTX"),
        ("content.xml", "ODF"),
    ):
        if name in names:
            return kind
    return "ZIP"


def _open_workbook(path: Path, worksheets: Sequence[str]) -> Table:
    lines = _read_apart(path, worksheets)
    about = next(lines, None)
    if not isinstance(about, dict) or "problem" in about:
        raise _why(about)
    if about["n_rows"] > MAX_ROWS:
        raise Malformed("too_many_rows", str(MAX_ROWS))
    return Table(worksheet=about["name"], others=tuple(about["others"]), rows=_workbook_rows(lines))


def _read_apart(path: Path, worksheets: Sequence[str]) -> Iterator[object]:
    """Give what `workbook.py` writes; without a last None if it died on the way."""
    command = [sys.executable, "-P", str(_WORKBOOK_READER), str(path.absolute()), *worksheets]
    with subprocess.Popen(  # noqa: S603 - our own file, and no shell
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reader:
        try:
            for line in reader.stdout or ():
                yield json.loads(line)
        except ValueError:
            return
        finally:
            reader.kill()


def _why(line: object) -> Malformed:
    if isinstance(line, dict):
        return Malformed(line["problem"], *line.get("facts", ()))
    return Malformed("damaged_file")


def _workbook_rows(lines: Iterator[object]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line is None:
            return
        if not isinstance(line, list):
            raise _why(line)
        yield number, [_value(cell) if isinstance(cell, list) else cell for cell in line]
    raise Malformed("damaged_file")


def _value(cell: list[str]) -> object:
    kind, text = cell[0], cell[1]
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "datetime":
        return datetime.fromisoformat(text)
    if kind == "flaw":
        return Flaw(text, cell[2])
    return Flaw("time_of_day", text)


def _open_text(data: bytes, recognise: Recognise) -> Table:
    _refuse_other_content(data[:4096])
    text = _decode(data, recognise)
    delimiter = max(",\t;", key=lambda mark: _n_recognised(text, mark, recognise))
    # A row has a line break at least: few of them, and nobody need count the rows.
    if max(text.count("\n"), text.count("\r")) > MAX_ROWS:
        n_rows = sum(1 for _ in _text_rows(text, delimiter))
        if n_rows > MAX_ROWS:
            raise Malformed("too_many_rows", str(MAX_ROWS))
    return Table(worksheet="", others=(), rows=_text_rows(text, delimiter))


def _refuse_other_content(start: bytes) -> None:
    for mark, name in _UTF16:
        if start.startswith(mark):
            raise Malformed("utf16", name)
    for mark, kind in _NO_SHEET:
        if start.startswith(mark):
            raise Malformed("not_a_sheet", kind)
    opening = start.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    for mark, kind in _MARKUP:
        if opening.startswith(mark):
            raise Malformed("not_a_sheet", kind)
    # Text in UTF-16 without a mark: every other byte of what is ASCII is zero.
    if start.count(0) > len(start) / 5:
        raise Malformed("utf16", "UTF-16")


def _decode(data: bytes, recognise: Recognise) -> str:
    """Read UTF-8, else GB18030; say where neither can be."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        row = data.count(b"\n", 0, bad.start) + 1
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise Malformed("broken_encoding", row=row) from None
    # GB18030 can read almost anything: what is a header only in UTF-8 was UTF-8 once.
    as_utf8 = data[: 1 << 16].decode("utf-8-sig", "replace")
    if _best(as_utf8, recognise) > _best(text[: 1 << 16], recognise):
        raise Malformed("broken_encoding", row=row)
    return text


def _best(text: str, recognise: Recognise) -> int:
    return max(_n_recognised(text, mark, recognise) for mark in ",\t;")


def _n_recognised(text: str, delimiter: str, recognise: Recognise) -> int:
    """Count the known names in the best of the first ten rows; 0 if they cannot be read."""
    try:
        rows = list(islice(_text_rows(text, delimiter), HEADER_ROWS))
    except Malformed:
        return 0
    return max((recognise(cells) for _, cells in rows), default=0)


def _text_rows(text: str, delimiter: str) -> Iterator[Row]:
    number = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            number += 1
            yield number, [unguarded(cell) if cell[:1] in _GUARDS else cell for cell in cells]
    except csv.Error as broken:
        code = "too_long" if "limit" in str(broken) else "broken_quotes"
        raise Malformed(code, str(csv.field_size_limit()), row=number + 1) from None
