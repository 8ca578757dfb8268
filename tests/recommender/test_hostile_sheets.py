"""Every hostile sheet is refused at its place, or gives the rows that the contract accepts."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from recommender import wording
from recommender.data.sheets import ParsedSheet, read_sheet
from tests.sheets import make_sheets

SHEETS = Path(make_sheets.__file__).parent
HOSTILE = SHEETS / "hostile"

# Row, column, value, code.
Place = tuple[int, str, str, str]

REFUSED: Mapping[str, Place] = {
    # What the file is.
    "empty.csv": (0, "", "", "empty_file"),
    "program_renamed.xlsx": (0, "", "", "not_a_sheet"),
    "program_renamed.csv": (0, "", "", "not_a_sheet"),
    "script_renamed.csv": (0, "", "", "not_a_sheet"),
    "pdf_renamed.csv": (0, "", "", "not_a_sheet"),
    "web_page_renamed.xls": (0, "", "", "not_a_sheet"),
    "word_document_renamed.xlsx": (0, "", "", "not_a_sheet"),
    "old_word_document_renamed.xls": (0, "", "", "not_a_sheet"),
    "archive_renamed.xlsx": (0, "", "", "not_a_sheet"),
    "open_document_renamed.xlsx": (0, "", "", "not_a_sheet"),
    "password.xlsx": (0, "", "", "encrypted_file"),
    "cut_off.xlsx": (0, "", "", "damaged_file"),
    "damaged.xls": (0, "", "", "damaged_file"),
    "cell_at_the_far_corner.xlsx": (0, "", "", "damaged_file"),
    "worksheet_hidden.xlsx": (0, "", "", "no_worksheet"),
    # Encoding and punctuation of text.
    "utf16.csv": (0, "", "", "utf16"),
    "utf16_without_mark.csv": (0, "", "", "utf16"),
    "one_broken_byte.csv": (2, "", "", "broken_encoding"),
    "neither_encoding.csv": (2, "", "", "broken_encoding"),
    "unclosed_quote.csv": (3, "", "", "broken_quotes"),
    "stray_comma.csv": (2, "", "", "too_many_cells"),
    "quoted_line_break.csv": (3, "headcount", "0", "not_a_headcount"),
    # Header.
    "no_header.csv": (0, "", "", "no_header"),
    "header_in_row_eleven.csv": (0, "", "", "no_header"),
    "missing_column.csv": (1, "headcount", "", "missing_column"),
    "misspelt_column.csv": (1, "headcount", "", "missing_column"),
    "column_twice.csv": (1, "post_id", "岗位编号", "duplicate_column"),
    "column_in_both_languages.csv": (1, "headcount", "headcount", "duplicate_column"),
    # Ids.
    "post_id_twice.csv": (3, "post_id", "P1", "duplicate_id"),
    "graduate_id_twice.csv": (3, "graduate_id", "G1", "duplicate_id"),
    "id_missing.csv": (3, "post_id", "", "missing"),
    "id_with_nul.csv": (3, "post_id", "P\x002", "invisible_mark"),
    "id_with_right_to_left_mark.csv": (3, "post_id", "P\u200f2", "invisible_mark"),
    "id_with_zero_width_space.csv": (3, "post_id", "P\u200b2", "invisible_mark"),
    "id_with_line_break.csv": (3, "post_id", "P\n2", "invisible_mark"),
    "id_of_65_characters.csv": (3, "post_id", "P" * 65, "too_long"),
    "id_in_scientific_notation.csv": (
        3,
        "graduate_id",
        "3.70802E+17",
        "id_in_scientific_notation",
    ),
    "id_with_decimals.csv": (3, "graduate_id", "20260002.0", "id_with_decimals"),
    "id_as_long_number.xlsx": (3, "graduate_id", "3.708e+17", "id_as_number"),
    "id_became_a_date.xlsx": (3, "post_id", "2026-03-15", "not_text"),
    "id_became_true.xlsx": (3, "post_id", "True", "not_text"),
    "credit_code_as_number.xlsx": (3, "credit_code", "9.137e+17", "id_as_number"),
    "credit_code_too_short.csv": (3, "credit_code", "91370800MA0000000", "not_a_credit_code"),
    # Numbers.
    "headcount_nan.csv": (3, "headcount", "NaN", "not_a_headcount"),
    "headcount_1e309.csv": (3, "headcount", "1e309", "not_a_headcount"),
    "headcount_infinite.xlsx": (3, "headcount", "inf", "not_a_headcount"),
    "headcount_minus_one.csv": (3, "headcount", "-1", "not_a_headcount"),
    "headcount_zero.csv": (3, "headcount", "0", "not_a_headcount"),
    "headcount_one_and_a_half.csv": (3, "headcount", "1.5", "not_a_headcount"),
    "headcount_one_and_a_half.xlsx": (3, "headcount", "1.5", "not_a_headcount"),
    "headcount_in_words.csv": (3, "headcount", "若干", "not_a_headcount"),
    "headcount_enormous.csv": (3, "headcount", "9" * 30, "not_a_headcount"),
    "headcount_true.xlsx": (3, "headcount", "True", "not_a_headcount"),
    "pay_nan.csv": (3, "monthly_pay_min", "nan", "not_pay"),
    "pay_negative.csv": (3, "monthly_pay_min", "-4500", "not_pay"),
    "pay_as_range.csv": (3, "monthly_pay_min", "4000-6000", "not_pay"),
    "pay_min_above_max.csv": (3, "monthly_pay_min", "6000", "pay_min_above_max"),
    "shown_rank_zero.csv": (3, "shown_rank", "0", "not_a_rank"),
    "grade_band_six.csv": (3, "grade_band", "6", "not_a_grade_band"),
    "class_year_of_two_digits.csv": (3, "class_year", "26届", "not_a_class_year"),
    # Dates.
    "february_30.csv": (3, "date", "2026-02-30", "no_such_day"),
    "date_of_year_206.csv": (3, "date", "0206-05-15", "implausible_date"),
    "date_in_words.csv": (3, "closes_on", "长期", "not_a_date"),
    "date_day_first.csv": (3, "date", "15/05/2026", "not_a_date"),
    "date_as_bare_number.xlsx": (3, "date", "46157", "not_a_date"),
    "time_of_day_as_date.xlsx": (3, "date", "12:00:00", "time_of_day"),
    "closes_before_opening.csv": (3, "closes_on", "2026-03-01", "closes_before_opening"),
    # Words and codes.
    "stage_unknown.csv": (3, "stage", "入职", "unknown_word"),
    "consent_unclear.csv": (3, "consent", "也许", "not_yes_or_no"),
    "level_unknown.csv": (3, "skill_level", "七级", "not_a_level"),
    "region_ambiguous.csv": (3, "region_code", "市中区", "ambiguous_region"),
    "region_unknown.csv": (3, "region_code", "亚特兰蒂斯", "unknown_region"),
    "occupation_code_malformed.csv": (3, "occupation_code", "6-18-01", "not_an_occupation_code"),
    "occupation_name_unknown.csv": (3, "occupation", "焊接工", "unknown_occupation"),
    "occupation_missing.csv": (3, "occupation_code", "", "no_occupation"),
    "certificate_malformed.csv": (
        3,
        "certificates",
        "6-18-01-01:四级;焊工",
        "not_a_certificate",
    ),
    "award_malformed.csv": (3, "awards", "校级", "not_an_award"),
    "name_with_nul.csv": (3, "name", "张**", "control_character"),
    "text_with_escape.csv": (3, "duties", "装配\x1b[31m", "control_character"),
    # Workbooks.
    "merged_cells.xlsx": (3, "enterprise", "", "merged_cell"),
    "merged_cells.xls": (3, "enterprise", "", "merged_cell"),
    "formula_without_result.xlsx": (3, "headcount", "=2+3", "formula_without_value"),
    "optional_formula_without_result.xlsx": (
        3,
        "monthly_pay_min",
        "=A1*2",
        "formula_without_value",
    ),
    "formula_with_error.xlsx": (3, "headcount", "#DIV/0!", "error_value"),
    "optional_error.xlsx": (3, "monthly_pay_min", "#N/A", "error_value"),
    "optional_error.xls": (3, "monthly_pay_min", "#N/A", "error_value"),
    "error_newer_than_the_library.xlsx": (0, "", "", "error_somewhere"),
    "error_as_text.csv": (3, "headcount", "#N/A", "error_value"),
    "hash_marks_as_text.csv": (3, "closes_on", "########", "error_value"),
    "text_with_escaped_nul.xlsx": (3, "duties", "装配\0", "control_character"),
}

TWO_POSTS = [{"post_id": "P1", "headcount": 5}, {"post_id": "P2", "headcount": 5}]
TWO_PEOPLE = [{"graduate_id": "G1"}, {"graduate_id": "G2"}]

# What the rows give, field by field, and what is worth saying about them.
ACCEPTED: Mapping[str, tuple[list[dict[str, object]], list[Place]]] = {
    "two_marks_of_utf8.csv": (TWO_POSTS, []),
    "four_byte_gb18030.csv": ([{"post_id": "P1", "enterprise": "㐂𠮷机械有限公司"}], []),
    "old_mac_line_ends.csv": (TWO_POSTS, []),
    "semicolons.csv": (TWO_POSTS, []),
    "tabs.csv": (TWO_POSTS, []),
    "guard_against_formulas.csv": (
        [{"post_id": "0007", "enterprise": "=示例", "duties": "-两班倒"}],
        [],
    ),
    "header_alone.csv": ([], [(0, "", "", "no_rows")]),
    "unknown_column.csv": ([{"post_id": "P1"}], [(1, "", "身份证号", "unknown_column")]),
    "column_without_name.xlsx": ([{"post_id": "P1"}], [(2, "", "", "unlabelled_column")]),
    "same_step_twice.csv": ([{"graduate_id": "G1"}], [(3, "", "", "repeated_row")]),
    "same_step_recorded_twice.csv": (
        [{"graduate_id": "G1", "recorded_on": date(2026, 5, 16)}],
        [(3, "", "", "differing_row")],
    ),
    "id_with_full_width_digits.csv": (
        [{"post_id": "P1"}, {"post_id": "P２"}],
        [(3, "post_id", "P２", "full_width_id")],
    ),
    "id_as_short_number.xlsx": ([{"graduate_id": "G1"}, {"graduate_id": "20260002"}], []),
    "credit_code_wrong_check.csv": (
        [{"post_id": "P1"}, {"credit_code": "91370800MA0000000X"}],
        [(3, "credit_code", "91370800MA0000000X", "credit_code_check")],
    ),
    "headcount_full_width.csv": (
        [{"headcount": 5}, {"headcount": 12, "monthly_pay_min": 4500}],
        [],
    ),
    "pay_with_thousands_mark.csv": (
        [{"monthly_pay_min": None}, {"monthly_pay_min": 4500}],
        [],
    ),
    "dates_since_1900.xlsx": ([{"date": date(2026, 5, 15)}], []),
    "dates_since_1904.xlsx": ([{"date": date(2026, 5, 15)}], []),
    "preparatory_technician.csv": (
        [{"min_level": None}, {"min_level": 4}],
        [(3, "min_level", "预备技师", "preparatory_technician")],
    ),
    "region_is_a_development_zone.csv": (
        [{"region_code": "370811"}, {"region_code": "370800"}],
        [(3, "region_code", "济宁高新区", "development_zone")],
    ),
    "region_outside_shandong.csv": (
        [{"region_code": "370811"}, {"region_code": "320000"}],
        [(3, "region_code", "南京市", "outside_shandong")],
    ),
    "occupation_code_unknown.csv": (
        [{"occupation_code": "6-18-01-01"}, {"occupation_code": "6-99-99-99"}],
        [(3, "occupation_code", "6-99-99-99", "occupation_unknown")],
    ),
    "occupation_conflict.csv": (
        [{"occupation_code": "6-18-01-01"}, {"occupation_code": "6-18-01-01"}],
        [(3, "occupation", "焊工", "occupation_conflict")],
    ),
    "trade_unknown.csv": (
        [{"trade": "电子商务"}, {"trade": "电商运营与推广"}],
        [(3, "trade", "电商运营与推广", "unknown_trade")],
    ),
    "licence_unknown.csv": (
        [{"licences": ()}, {"licences": ("飞行执照",)}],
        [(3, "licences", "飞行执照", "unknown_licence")],
    ),
    "formula_with_result.xlsx": (TWO_POSTS, []),
    "cells_far_to_the_right.xlsx": ([{"post_id": "P1"}], []),
    "first_worksheet_hidden.xlsx": (TWO_POSTS, []),
}


def places(sheet: ParsedSheet) -> list[Place]:
    return [(each.row, each.column, each.value, each.code) for each in sheet.problems]


@pytest.mark.parametrize(("filename", "place"), REFUSED.items(), ids=REFUSED)
def test_a_hostile_sheet_is_refused_at_its_place(filename: str, place: Place) -> None:
    assert places(read_sheet(HOSTILE / filename)) == [place]


@pytest.mark.parametrize(("filename", "expected"), ACCEPTED.items(), ids=ACCEPTED)
def test_a_strange_sheet_gives_the_rows_that_the_contract_accepts(
    filename: str, expected: tuple[list[dict[str, object]], list[Place]]
) -> None:
    rows, warnings = expected
    sheet = read_sheet(HOSTILE / filename)
    assert sheet.problems == ()
    given = [
        {name: getattr(parsed.item, name) for name in row}
        for parsed, row in zip(sheet.items, rows, strict=True)
    ]
    assert given == rows
    assert [(each.row, each.column, each.value, each.code) for each in sheet.warnings] == warnings


@pytest.mark.parametrize("filename", sorted({**REFUSED, **ACCEPTED}))
def test_whatever_is_found_is_said_in_both_languages(filename: str) -> None:
    sheet = read_sheet(HOSTILE / filename)
    for problem in (*sheet.problems, *sheet.warnings):
        for language in ("zh", "en"):
            said = wording.row_problem(problem, language)
            assert filename in said
            assert said.isprintable()
            assert "{" not in said


def test_every_hostile_sheet_is_in_a_table_above() -> None:
    assert {*REFUSED, *ACCEPTED} == set(make_sheets.HOSTILE)
    assert len(make_sheets.HOSTILE) >= 60


def test_the_committed_sheets_are_what_their_script_makes(tmp_path: Path) -> None:
    make_sheets.make(tmp_path)
    for folder in ("hostile", "ordinary"):
        made = {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        kept = {path.name: path.read_bytes() for path in (SHEETS / folder).iterdir()}
        assert kept == made


# Too large to commit: made here ----------------------------------------------------------


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(300):
                part.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    started = time.process_time()
    sheet = read_sheet(path)
    assert places(sheet) == [(0, "", "", "unpacked_too_large")]
    assert sheet.problems[0].facts == ("300", "256")
    assert time.process_time() - started < 0.5


def test_a_zip_bomb_that_lies_about_its_size_harms_its_reader_only(tmp_path: Path) -> None:
    # One row of 60 million cells' worth of text, and a directory that claims a hundred bytes.
    honest = io.BytesIO()
    text = b"<worksheet><sheetData><row><c t='str'><v>" + b"x" * (600 << 20)
    with zipfile.ZipFile(honest, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in _parts_of_a_workbook().items():
            archive.writestr(part, content if part != "xl/worksheets/sheet1.xml" else text)
    size = len(text).to_bytes(4, "little")
    del text
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(honest.getvalue().replace(size, (100).to_bytes(4, "little")))
    assert places(read_sheet(path)) == [(0, "", "", "damaged_file")]


def _parts_of_a_workbook() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(make_sheets.xlsx_of([["x"]]))) as archive:
        return {part: archive.read(part) for part in archive.namelist()}


def test_a_million_rows_of_text_are_refused_soon(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    header = "graduate_id,post_id,stage,date\n"
    path.write_text(header + "G1,P1,signed,2026-05-15\n" * 1_000_000, encoding="utf-8")
    started = time.process_time()
    sheet = read_sheet(path)
    assert places(sheet) == [(0, "", "", "too_many_rows")]
    assert sheet.problems[0].facts == ("300000",)
    assert time.process_time() - started < 10


def test_a_million_rows_of_a_workbook_are_refused_soon(tmp_path: Path) -> None:
    parts = _parts_of_a_workbook()
    row = b'<row><c t="str"><v>G1</v></c><c t="str"><v>P1</v></c></row>'
    header = b'<row><c t="str"><v>graduate_id</v></c><c t="str"><v>post_id</v></c></row>'
    parts["xl/worksheets/sheet1.xml"] = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + header + row * 1_000_000 + b"</sheetData></worksheet>"
    )
    path = tmp_path / "outcomes.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    assert places(read_sheet(path)) == [(0, "", "", "too_many_rows")]


def test_a_file_of_65_mib_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.csv"
    with path.open("wb") as file:
        file.truncate(65 << 20)
    sheet = read_sheet(path)
    assert places(sheet) == [(0, "", "", "file_too_large")]
    assert sheet.problems[0].facts == ("65", "64")
