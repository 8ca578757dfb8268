"""Rows of files: what a file is, how its text is written, and how a workbook is read apart."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from defusedcsv import csv as defused
from hypothesis import given
from hypothesis import strategies as st

from recommender.data import tabular, workbook
from recommender.data.tabular import Flaw, Row, Table, open_table
from recommender.errors import Malformed
from tests.sheets.make_sheets import Xml, csv_of, lines, outcome, post, xls_of, xlsx_of

HEADER = ["岗位编号", "需求人数"]


def recognise(row: Sequence[object]) -> int:
    return len({"岗位编号", "需求人数", "post_id", "headcount"} & {str(cell) for cell in row})


def opened(tmp_path: Path, content: bytes, name: str = "f") -> Table:
    path = tmp_path / name
    path.write_bytes(content)
    return open_table(path, recognise, ["需求目录"])


def rows(tmp_path: Path, content: bytes) -> list[Row]:
    return list(opened(tmp_path, content).rows)


def refusal(tmp_path: Path, content: bytes) -> Malformed:
    with pytest.raises(Malformed) as refused:
        rows(tmp_path, content)
    return refused.value


# What a file is --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"MZ\x90\0", "EXE"),
        (b"\x7fELF", "ELF"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n", "PNG"),
        (b"Rar!\x1a", "RAR"),
        (b"7z\xbc\xaf\x27", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"{\\rtf1", "RTF"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\xef\xbb\xbf <!DOCTYPE html>", "HTML"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
    ],
)
def test_what_is_no_sheet_is_named(tmp_path: Path, start: bytes, kind: str) -> None:
    refused = refusal(tmp_path, start + bytes(200))
    assert (refused.code, refused.facts) == ("not_a_sheet", (kind,))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_wide_encodings_are_named(tmp_path: Path, encoding: str) -> None:
    refused = refusal(tmp_path, "post_id,headcount\nP1,5\n".encode(encoding))
    assert refused.code == "utf16"
    assert refused.facts == ("UTF-32" if encoding == "utf-32" else "UTF-16",)


# Text ------------------------------------------------------------------------------------


def test_a_broken_byte_is_found_in_its_row(tmp_path: Path) -> None:
    content = csv_of([HEADER, ["P1", "5"], ["P2", "5"]]).replace(b"P2", b"\xe5\x8a")
    refused = refusal(tmp_path, content)
    assert (refused.code, refused.row) == ("broken_encoding", 3)


def test_an_unclosed_quote_is_found_in_its_row(tmp_path: Path) -> None:
    refused = refusal(tmp_path, b'post_id,headcount\nP1,5\n"P2,5\n')
    assert (refused.code, refused.row) == ("broken_quotes", 3)


def test_a_cell_of_a_whole_file_is_refused(tmp_path: Path) -> None:
    refused = refusal(tmp_path, b"post_id,headcount\nP1," + b"5" * 200_000)
    assert (refused.code, refused.row) == ("too_long", 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    table = [HEADER, ["济宁", "5"]]
    assert rows(tmp_path, csv_of(table, encoding=encoding)) == [(1, HEADER), (2, ["济宁", "5"])]


def test_gb18030_is_read_where_the_header_is_english(tmp_path: Path) -> None:
    content = csv_of([["post_id", "headcount"], ["济宁市示例", "5"]], encoding="gb18030")
    assert rows(tmp_path, content)[1] == (2, ["济宁市示例", "5"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_gives_a_header(tmp_path: Path, delimiter: str) -> None:
    table = [["目录；2026，第一季度"], HEADER, ["a,b;c", "5"]]
    content = csv_of(table, delimiter=delimiter)
    assert rows(tmp_path, content)[1:] == [(2, HEADER), (3, ["a,b;c", "5"])]


def test_rows_are_counted_as_excel_counts_them(tmp_path: Path) -> None:
    content = b'post_id,headcount\r\n\r\n"P\r\n1",5\r\nP2,6\r\n'
    assert rows(tmp_path, content) == [
        (1, ["post_id", "headcount"]),
        (2, []),
        (3, ["P\r\n1", "5"]),
        (4, ["P2", "6"]),
    ]


# What begins with an apostrophe, or stands in ="…", was written so by hand.
@given(
    st.text(alphabet="=+-@|%'\"abc1,; 中", max_size=6).filter(
        lambda text: not text.startswith(("'", '="'))
    )
)
def test_what_the_programs_downloads_guard_comes_back_unguarded(text: str) -> None:
    written = io.StringIO(newline="")
    defused.writer(written).writerow(["post_id", "headcount"])
    defused.writer(written).writerow([text, "x"])
    read = list(tabular._text_rows(written.getvalue(), ","))
    assert read[1] == (2, [text, "x"])


@pytest.mark.parametrize(
    ("cell", "text"),
    [('="0007"', "0007"), ("'=1+1", "=1+1"), ("'t Hooft", "'t Hooft"), ("'", "'"), ("=", "=")],
)
def test_guards_of_other_programs_come_off(cell: str, text: str) -> None:
    (row,) = tabular._text_rows(csv_of([[cell]]).decode(), ",")
    assert row == (1, [text])


# Workbooks -------------------------------------------------------------------------------


def test_what_the_reading_library_loses_is_marked(tmp_path: Path) -> None:
    table = [
        HEADER,
        [Xml('<c r="REF" t="e"><v>#REF!</v></c>'), Xml('<c r="REF"><f>1+1</f></c>')],
        [Xml('<c t="e" r="REF"><f>A</f><v>#N/A</v></c>'), Xml('<c r="REF"><f>A</f><v/></c>')],
        [Xml('<c r="REF" t="str"><f>"a"</f><v>a</v></c>'), Xml('<c r="REF" s="1"/>')],
    ]
    assert rows(tmp_path, xlsx_of(table))[1:] == [
        (2, [Flaw("error_value", "#REF!"), Flaw("formula_without_value", "=1+1")]),
        (3, [Flaw("error_value", "#N/A"), Flaw("formula_without_value", "=A")]),
        (4, ["a"]),
    ]


def test_cells_under_a_merge_are_marked(tmp_path: Path) -> None:
    table = [HEADER, ["P1", "5"], ["", "6"]]
    assert rows(tmp_path, xlsx_of(table, merges=["A2:A3"]))[2] == (
        3,
        [Flaw("merged_cell", ""), "6"],
    )


def test_rows_and_columns_keep_their_places_where_a_sheet_begins_further_in(
    tmp_path: Path,
) -> None:
    path = tmp_path / "f.xlsx"
    book = openpyxl.Workbook()
    book.active["C4"], book.active["D4"], book.active["D6"] = "岗位编号", "需求人数", 5
    book.save(path)
    found = list(open_table(path, recognise, []).rows)
    assert found == [
        (1, []),
        (2, []),
        (3, []),
        (4, ["", "", "岗位编号", "需求人数"]),
        (5, []),
        (6, ["", "", "", 5.0]),
    ]


def test_the_worksheet_named_for_the_sheet_is_preferred(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("说明").write_row(0, 0, ["x"])
        book.add_worksheet("需求目录").write_row(0, 0, HEADER)
        book.add_worksheet("隐藏").hide()
    table = open_table(path, recognise, ["需求目录"])
    assert (table.worksheet, table.others, table.is_csv) == ("需求目录", ("说明",), False)
    assert list(table.rows) == [(1, HEADER)]


def test_an_empty_worksheet_has_no_rows(tmp_path: Path) -> None:
    assert rows(tmp_path, xlsx_of([])) == []


@pytest.mark.parametrize("content", [xls_of(lines(post())), xlsx_of(lines(outcome()))])
def test_a_damaged_workbook_is_refused_and_nothing_else_happens(
    tmp_path: Path, content: bytes
) -> None:
    # Some of these make the reading library panic or ask for gigabytes: in its own process.
    chance = random.Random(2026)  # noqa: S311 - no secret
    for _ in range(12):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
        try:
            assert isinstance(rows(tmp_path, bytes(damaged)), list)
        except Malformed as refused:
            assert refused.code in ("damaged_file", "not_a_sheet", "no_worksheet", "too_many_rows")


# Errors in an Excel 97 workbook ----------------------------------------------------------

FREE, END_OF_CHAIN, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _compound(stream: bytes, *, is_table_chained: bool) -> bytes:
    """Write an OLE file by [MS-CFB] with one small stream, called Workbook.

    Sectors: 0 the table, 1 the folder, 2 the table of small sectors, 3 and 4 the small
    sectors themselves, 5 the chained part of the table's own list.
    """

    def entry(name: str, kind: int, start: int, size: int) -> bytes:
        words = f"{name}\0".encode("utf-16-le")
        return (
            words.ljust(64, b"\0")
            + struct.pack("<HBB3I16xI16x", len(words), kind, 1, FREE, FREE, FREE, 0)
            + struct.pack("<II4x", start, size)
        )

    stream = stream.ljust(1024, b"\0")
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    chain = (5, 1) if is_table_chained else (END_OF_CHAIN, 0)
    struct.pack_into("<IIIIIIII", header, 44, 1, 1, 0, 4096, 2, 1, *chain)
    struct.pack_into("<109I", header, 76, *([FREE if is_table_chained else 0] + [FREE] * 108))
    table = [TABLE, END_OF_CHAIN, END_OF_CHAIN, 4, END_OF_CHAIN, TABLE - 1]
    small = [*range(1, 16), END_OF_CHAIN]
    sectors = [
        struct.pack("<128I", *table, *[FREE] * (128 - len(table))),
        entry("Root Entry", 5, 3, 1024) + entry("Workbook", 2, 0, 1000) + bytes(256),
        struct.pack("<128I", *small, *[FREE] * (128 - len(small))),
        stream[:512],
        stream[512:],
        struct.pack("<128I", 0, *[FREE] * 126, END_OF_CHAIN),
    ]
    return bytes(header) + b"".join(sectors)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


@pytest.mark.parametrize("is_table_chained", [False, True])
def test_errors_are_found_in_a_small_stream(is_table_chained: bool) -> None:
    sheet = b"".join(
        [
            _record(0x0809, bytes(16)),
            _record(0x0205, struct.pack("<HHHBB", 1, 2, 0, 0x2A, 1)),  # the error #N/A in C2
            _record(0x0205, struct.pack("<HHHBB", 2, 2, 0, 1, 0)),  # the truth value in C3
            # A formula that gave #DIV/0! in A4, and one that gave text in A5.
            _record(0x0006, struct.pack("<HHH", 3, 0, 0) + b"\x02\0\x07\0\0\0\xff\xff" + bytes(8)),
            _record(0x0006, struct.pack("<HHH", 4, 0, 0) + b"\0\0\0\0\0\0\xff\xff" + bytes(8)),
            _record(0x000A, b""),
            _record(0x0205, struct.pack("<HHHBB", 9, 9, 0, 0x2A, 1)),  # of another worksheet
        ]
    )
    bound = 8 + 4 + 4 + 12 + 4
    globals_ = (
        _record(0x0809, bytes(4))
        + _record(0x0085, struct.pack("<I", bound) + bytes(8))
        + _record(0x000A, b"")
    )
    assert len(globals_) == 28
    stream = globals_ + b"\0" * (bound - len(globals_)) + sheet
    data = _compound(stream, is_table_chained=is_table_chained)
    assert list(workbook._lost_in_records(workbook._workbook_stream(data), 0)) == [
        ((1, 2), ["flaw", "error_value", "#N/A"]),
        ((3, 0), ["flaw", "error_value", "#DIV/0!"]),
    ]


def test_a_chain_that_bites_its_tail_ends() -> None:
    assert list(workbook._chain([1, 0], 0)) == [0, 1]
