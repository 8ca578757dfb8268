"""Make the small sheets of the tests: hostile ones with one fault each, and ordinary ones.

Run from the root of the project: ``python -m tests.sheets.make_sheets``. A test holds the
committed files to what this makes, so a sheet is changed here and never by hand. Persons and
firms are constructed.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import xlwt

from recommender.wording import COLUMNS

FOLDER = Path(__file__).parent
Row = dict[str, object]
Lines = Sequence[Sequence[object]]

# Rows ------------------------------------------------------------------------------------

_KIND_OF = {"headcount": "demand_catalog", "class_year": "graduates", "stage": "outcomes"}


def post(post_id: object = "P1", **changes: object) -> Row:
    return {
        "post_id": post_id,
        "enterprise": "示例机械有限公司",
        "credit_code": "91370800MA00000001",
        "occupation_code": "6-18-01-01",
        "region_code": "370811",
        "headcount": "5",
        "opens_on": "2026-03-01",
        "closes_on": "2026-08-31",
        **changes,
    }


def graduate(graduate_id: object = "G1", **changes: object) -> Row:
    return {
        "graduate_id": graduate_id,
        "college": "示例技师学院",
        "trade": "电子商务",
        "class_year": "2026",
        "consent": "是",
        **changes,
    }


def outcome(graduate_id: object = "G1", **changes: object) -> Row:
    return {
        "graduate_id": graduate_id,
        "post_id": "P1",
        "stage": "签约",
        "date": "2026-05-15",
        **changes,
    }


def member(name: object = "示例技师学院", **changes: object) -> Row:
    return {"name": name, "kind": "技工院校", "region": "济宁市", "alliance": "示例联盟", **changes}


def apprentice(apprentice_id: object = "X1", **changes: object) -> Row:
    return {
        "apprentice_id": apprentice_id,
        "credit_code": "91370800MA00000001",
        "college": "示例技师学院",
        "occupation_code": "6-18-01-01",
        "starts_on": "2025-09-01",
        "ends_on": "2026-08-31",
        "target_level": "高级工",
        **changes,
    }


def programme(trade: object = "焊接加工", **changes: object) -> Row:
    return {
        "college": "示例技师学院",
        "trade": trade,
        "training_tier": "高级工",
        "entry_year": "2025",
        "years": "3",
        "places": "40",
        **changes,
    }


def interest(graduate_id: object = "G1", **changes: object) -> Row:
    return {
        "fair_id": "F1",
        "graduate_id": graduate_id,
        "post_id": "P1",
        "side": "企业",
        "rank": "1",
        **changes,
    }


def agreement(agreement_id: object = "X1", **changes: object) -> Row:
    return {
        "agreement_id": agreement_id,
        "college": "示例技师学院",
        "credit_code": "91370800MA00000001",
        "mode": "订单",
        "starts_on": "2023-09-01",
        "ends_on": "2026-08-31",
        **changes,
    }


def lines(*rows: Row, english: bool = False) -> list[list[object]]:
    """Put rows under a header that has every column any of them states."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    kind = next(kind for kind, columns in COLUMNS.items() if set(names) <= columns.keys())
    header: list[object] = [name if english else COLUMNS[kind][name] for name in names]
    return [header, *([row.get(name, "") for name in names] for row in rows)]


# Files -----------------------------------------------------------------------------------


def csv_of(table: Lines, *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(table)
    return text.getvalue().encode(encoding)


@dataclass(frozen=True)
class Xml:
    """A cell as it stands in a worksheet; ``REF`` becomes its place."""

    text: str


@dataclass(frozen=True)
class Error:
    """An error in an Excel 97 workbook, by its code in [MS-XLS]."""

    code: int


def _cell(place: int, row: int, value: object, epoch: date) -> str:
    ref = f"{chr(ord('A') + place)}{row}"
    if isinstance(value, Xml):
        return value.text.replace('"REF"', f'"{ref}"')
    if isinstance(value, date):
        return f'<c r="{ref}" s="1"><v>{(value - epoch).days}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{ref}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{ref}"><v>{value!r}</v></c>'
    if value == "":
        return ""
    return f'<c r="{ref}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_STYLES = f"""<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>
<fills count="1"><fill/></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""


def worksheet(table: Lines, *, merges: Sequence[str] = (), since_1904: bool = False) -> str:
    # Day 1 of the 1900 system is 1 January 1900, and it has a 29 February 1900 that never was.
    epoch = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
    rows = "".join(
        f'<row r="{number}">'
        + "".join(_cell(place, number, value, epoch) for place, value in enumerate(row))
        + "</row>"
        for number, row in enumerate(table, start=1)
    )
    merged = "".join(f'<mergeCell ref="{ref}"/>' for ref in merges)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>'
        + (f"<mergeCells>{merged}</mergeCells>" if merged else "")
        + "</worksheet>"
    )


def xlsx_of(
    table: Lines,
    *,
    merges: Sequence[str] = (),
    since_1904: bool = False,
    others: Sequence[tuple[str, str, Lines]] = (),
    name: str = "Sheet1",
    state: str = "visible",
    more: dict[str, str] | None = None,
) -> bytes:
    """Write a workbook by hand; `others` are (name, state, lines) of worksheets before it."""
    sheets = [(title, state, worksheet(rows)) for title, state, rows in others]
    sheets.append((name, state, worksheet(table, merges=merges, since_1904=since_1904)))
    listed = "".join(
        f'<sheet name="{title}" sheetId="{i}" state="{state}" r:id="rId{i}"/>'
        for i, (title, state, _) in enumerate(sheets, start=1)
    )
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f"<workbookPr{' date1904=' + chr(34) + '1' + chr(34) if since_1904 else ''}/>"
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'{relations}<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>",
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{i}.xml": xml for i, (_, _, xml) in enumerate(sheets, start=1)},
        **(more or {}),
    }
    return zip_of(
        {part: f'<?xml version="1.0" encoding="UTF-8"?>{xml}' for part, xml in parts.items()}
    )


def zip_of(parts: dict[str, str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(zipfile.ZipInfo(part), text, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def xls_of(table: Lines, *, merge: tuple[int, int, int, int] | None = None) -> bytes:
    """Write an Excel 97 workbook; `merge` is first row, last row, first and last column."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    looks_like_a_date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for number, row in enumerate(table):
        for place, value in enumerate(row):
            if isinstance(value, date):
                sheet.write(number, place, value, looks_like_a_date)
            elif isinstance(value, Error):
                sheet.row(number).set_cell_error(place, value.code)
            elif value != "":
                sheet.write(number, place, value)
    if merge:
        sheet.merge(*merge)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def compound_of(stream: str) -> bytes:
    """Write an OLE file that holds a stream of this name and no workbook."""
    data = bytearray(xls_of([["x"]]))
    name, new = "Workbook".encode("utf-16-le"), stream.encode("utf-16-le")
    at = data.index(name)
    data[at : at + 64] = new.ljust(64, b"\0")
    data[at + 64] = len(new) + 2
    return bytes(data)


# Hostile: one fault a file ---------------------------------------------------------------

_SHEET = lines(post("P1"), post("P2"))
_TEXT = csv_of(_SHEET)


def posts(**fault: object) -> bytes:
    """A catalog whose second post has a fault, in row 3."""
    return csv_of(lines(post("P1"), {**post("P2"), **fault}))


def graduates(**fault: object) -> bytes:
    return csv_of(lines(graduate("G1"), {**graduate("G2"), **fault}))


def outcomes(**fault: object) -> bytes:
    return csv_of(lines(outcome("G1"), {**outcome("G2"), **fault}))


def post_book(**fault: object) -> bytes:
    return xlsx_of(lines(post("P1"), {**post("P2"), **fault}))


def outcome_book(**fault: object) -> bytes:
    return xlsx_of(lines(outcome("G1"), {**outcome("G2"), **fault}))


def without(table: list[list[object]], header: str) -> list[list[object]]:
    place = table[0].index(header)
    return [row[:place] + row[place + 1 :] for row in table]


HOSTILE: dict[str, Callable[[], bytes]] = {
    # What the file is.
    "empty.csv": lambda: b"",
    "program_renamed.xlsx": lambda: b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + bytes(112),
    "program_renamed.csv": lambda: b"\x7fELF\x02\x01\x01" + bytes(121),
    "script_renamed.csv": lambda: b"#!/bin/sh\necho post_id,headcount\n",
    "pdf_renamed.csv": lambda: b"%PDF-1.7\n%%EOF\n",
    "web_page_renamed.xls": lambda: (
        "<html><table><tr><td>岗位编号</td></tr></table></html>".encode()
    ),
    "word_document_renamed.xlsx": lambda: zip_of({"word/document.xml": "<document/>"}),
    "old_word_document_renamed.xls": lambda: compound_of("WordDocument"),
    "archive_renamed.xlsx": lambda: zip_of({"posts.csv": "post_id"}),
    "open_document_renamed.xlsx": lambda: zip_of({"mimetype": "", "content.xml": "<x/>"}),
    "password.xlsx": lambda: compound_of("EncryptedPackage"),
    "cut_off.xlsx": lambda: xlsx_of(_SHEET)[:700],
    "damaged.xls": lambda: xls_of(_SHEET).replace(b"\x09\x08\x10\0", bytes(4)),
    "cell_at_the_far_corner.xlsx": lambda: xlsx_of(
        [*_SHEET, [Xml('</row><row r="1048576"><c r="XFD1048576"><v>1</v></c>')]]
    ),
    # Encoding and punctuation of text.
    "utf16.csv": lambda: _TEXT.decode().encode("utf-16"),
    "utf16_without_mark.csv": lambda: (
        csv_of(lines(post(), english=True)).decode().encode("utf-16-le")
    ),
    "one_broken_byte.csv": lambda: _TEXT.replace(
        "示例机械".encode(), "示例机".encode() + b"\xe6", 1
    ),
    "neither_encoding.csv": lambda: csv_of(lines(outcome(), english=True)).replace(b"P1", b"P\xff"),
    "two_marks_of_utf8.csv": lambda: codecs.BOM_UTF8 * 2 + _TEXT,
    "four_byte_gb18030.csv": lambda: csv_of(
        lines(post("P1", enterprise="㐂𠮷机械有限公司")), encoding="gb18030"
    ),
    "old_mac_line_ends.csv": lambda: _TEXT.replace(b"\r\n", b"\r"),
    "unclosed_quote.csv": lambda: _TEXT.replace(b"P2", b'"P2'),
    "stray_comma.csv": lambda: _TEXT.replace("示例机械有限公司".encode(), "示例,机械".encode(), 1),
    "quoted_line_break.csv": lambda: csv_of(
        lines(post("P1", duties="装配\n调试"), post("P2", headcount="0"))
    ),
    "semicolons.csv": lambda: csv_of(_SHEET, delimiter=";"),
    "tabs.csv": lambda: csv_of(_SHEET, delimiter="\t"),
    "guard_against_formulas.csv": lambda: csv_of(
        lines(post('="0007"', enterprise="'=示例", duties="'-两班倒"))
    ),
    # Header.
    "no_header.csv": lambda: csv_of(_SHEET[1:]),
    "header_in_row_eleven.csv": lambda: csv_of([*[["需求目录"]] * 10, *_SHEET]),
    "header_alone.csv": lambda: csv_of(_SHEET[:1]),
    "missing_column.csv": lambda: csv_of(without(_SHEET, "需求人数")),
    "misspelt_column.csv": lambda: _TEXT.replace("需求人数".encode(), "需求人数量".encode()),
    "column_twice.csv": lambda: csv_of([[*row, row[0]] for row in _SHEET]),
    "column_in_both_languages.csv": lambda: csv_of(
        [[*_SHEET[0], "headcount"], *([*row, "7"] for row in _SHEET[1:])]
    ),
    "unknown_column.csv": lambda: csv_of(
        [[*_SHEET[0], "身份证号"], [*_SHEET[1], "370800200001010011"]]
    ),
    "column_without_name.xlsx": lambda: xlsx_of([_SHEET[0], [*_SHEET[1], "备用"]]),
    # Ids.
    "post_id_twice.csv": lambda: csv_of(lines(post("P1"), post("P1", headcount="6"))),
    "graduate_id_twice.csv": lambda: csv_of(lines(graduate("G1"), graduate("G1"))),
    "same_step_twice.csv": lambda: csv_of(lines(outcome(), outcome())),
    "same_step_recorded_twice.csv": lambda: csv_of(
        lines(outcome(recorded_on="2026-05-20"), outcome(recorded_on="2026-05-16"))
    ),
    "id_missing.csv": lambda: posts(post_id="　"),
    "id_with_nul.csv": lambda: posts(post_id="P2").replace(b"P2", b"P\0002"),
    "id_with_right_to_left_mark.csv": lambda: posts(post_id="P\u200f2"),
    "id_with_zero_width_space.csv": lambda: posts(post_id="P\u200b2"),
    "id_with_line_break.csv": lambda: posts(post_id="P\n2"),
    "id_with_full_width_digits.csv": lambda: posts(post_id="P２"),
    "id_of_65_characters.csv": lambda: posts(post_id="P" * 65),
    "id_in_scientific_notation.csv": lambda: outcomes(graduate_id="3.70802E+17"),
    "id_with_decimals.csv": lambda: outcomes(graduate_id="20260002.0"),
    "id_as_long_number.xlsx": lambda: outcome_book(graduate_id=370802200001010011),
    "id_as_short_number.xlsx": lambda: outcome_book(graduate_id=20260002.0),
    "id_became_a_date.xlsx": lambda: outcome_book(post_id=date(2026, 3, 15)),
    "id_became_true.xlsx": lambda: outcome_book(post_id=True),
    "credit_code_as_number.xlsx": lambda: post_book(credit_code=913708000000000011),
    "credit_code_too_short.csv": lambda: posts(credit_code="91370800MA0000000"),
    "credit_code_wrong_check.csv": lambda: posts(credit_code="91370800MA0000000X"),
    # Numbers.
    "headcount_nan.csv": lambda: posts(headcount="NaN"),
    "headcount_1e309.csv": lambda: posts(headcount="1e309"),
    "headcount_infinite.xlsx": lambda: post_book(headcount=Xml('<c r="REF"><v>1e309</v></c>')),
    "headcount_minus_one.csv": lambda: posts(headcount="-1"),
    "headcount_zero.csv": lambda: posts(headcount="0"),
    "headcount_one_and_a_half.csv": lambda: posts(headcount="1.5"),
    "headcount_one_and_a_half.xlsx": lambda: post_book(headcount=1.5),
    "headcount_in_words.csv": lambda: posts(headcount="若干"),
    "headcount_enormous.csv": lambda: posts(headcount="9" * 30),
    "headcount_full_width.csv": lambda: posts(headcount="１２", monthly_pay_min="４５００"),
    "headcount_true.xlsx": lambda: post_book(headcount=True),
    "pay_nan.csv": lambda: posts(monthly_pay_min="nan"),
    "pay_negative.csv": lambda: posts(monthly_pay_min="-4500"),
    "pay_as_range.csv": lambda: posts(monthly_pay_min="4000-6000"),
    "pay_min_above_max.csv": lambda: posts(monthly_pay_min="6000", monthly_pay_max="5000"),
    "pay_with_thousands_mark.csv": lambda: posts(monthly_pay_min="4,500"),
    "shown_rank_zero.csv": lambda: outcomes(shown_rank="0"),
    "grade_band_six.csv": lambda: graduates(grade_band="6"),
    "class_year_of_two_digits.csv": lambda: graduates(class_year="26届"),
    # Dates.
    "february_30.csv": lambda: outcomes(date="2026-02-30"),
    "date_of_year_206.csv": lambda: outcomes(date="0206-05-15"),
    "date_in_words.csv": lambda: posts(closes_on="长期"),
    "date_day_first.csv": lambda: outcomes(date="15/05/2026"),
    "date_as_bare_number.xlsx": lambda: outcome_book(date=46157),
    "time_of_day_as_date.xlsx": lambda: outcome_book(date=Xml('<c r="REF" s="1"><v>0.5</v></c>')),
    "dates_since_1900.xlsx": lambda: xlsx_of(lines(outcome(date=date(2026, 5, 15)))),
    "dates_since_1904.xlsx": lambda: xlsx_of(
        lines(outcome(date=date(2026, 5, 15))), since_1904=True
    ),
    "closes_before_opening.csv": lambda: posts(opens_on="2026-08-31", closes_on="2026-03-01"),
    # Words and codes.
    "stage_unknown.csv": lambda: outcomes(stage="入职"),
    "consent_unclear.csv": lambda: graduates(consent="也许"),
    "level_unknown.csv": lambda: graduates(skill_level="七级"),
    "preparatory_technician.csv": lambda: posts(min_level="预备技师"),
    "region_ambiguous.csv": lambda: posts(region_code="市中区"),
    "region_unknown.csv": lambda: posts(region_code="亚特兰蒂斯"),
    "region_is_a_development_zone.csv": lambda: posts(region_code="济宁高新区"),
    "region_outside_shandong.csv": lambda: posts(region_code="南京市"),
    "occupation_code_malformed.csv": lambda: posts(occupation_code="6-18-01"),
    "occupation_code_unknown.csv": lambda: posts(occupation_code="6-99-99-99"),
    "occupation_name_unknown.csv": lambda: csv_of(
        lines(post("P1", occupation="车工"), post("P2", occupation_code="", occupation="焊接工"))
    ),
    "occupation_missing.csv": lambda: posts(occupation_code=""),
    "occupation_conflict.csv": lambda: posts(occupation="焊工"),
    "certificate_malformed.csv": lambda: graduates(certificates="6-18-01-01:四级;焊工"),
    "award_malformed.csv": lambda: graduates(awards="校级"),
    "trade_unknown.csv": lambda: graduates(trade="电商运营与推广"),
    "licence_unknown.csv": lambda: graduates(licences="飞行执照"),
    "name_with_nul.csv": lambda: graduates(name="张三").replace("张三".encode(), "张\0三".encode()),
    "text_with_escape.csv": lambda: posts(duties="装配\x1b[31m"),
    # Workbooks.
    "merged_cells.xlsx": lambda: xlsx_of(
        lines(post("P1"), post("P2", enterprise="")), merges=["B2:B3"]
    ),
    "merged_cells.xls": lambda: xls_of(
        lines(post("P1"), post("P2", enterprise="")), merge=(1, 2, 1, 1)
    ),
    "formula_with_result.xlsx": lambda: post_book(
        headcount=Xml('<c r="REF"><f>2+3</f><v>5</v></c>')
    ),
    "formula_without_result.xlsx": lambda: post_book(headcount=Xml('<c r="REF"><f>2+3</f></c>')),
    "optional_formula_without_result.xlsx": lambda: post_book(
        monthly_pay_min=Xml('<c r="REF"><f>A1*2</f><v></v></c>')
    ),
    "formula_with_error.xlsx": lambda: post_book(
        headcount=Xml('<c r="REF" t="e"><f>1/0</f><v>#DIV/0!</v></c>')
    ),
    "optional_error.xlsx": lambda: post_book(
        monthly_pay_min=Xml('<c r="REF" t="e"><v>#N/A</v></c>')
    ),
    "optional_error.xls": lambda: xls_of(
        lines(post("P1"), post("P2", monthly_pay_min=Error(0x2A)))
    ),
    "error_newer_than_the_library.xlsx": lambda: post_book(
        headcount=Xml('<c r="REF" t="e"><v>#SPILL!</v></c>')
    ),
    "error_as_text.csv": lambda: posts(headcount="#N/A"),
    "hash_marks_as_text.csv": lambda: posts(closes_on="########"),
    "text_with_escaped_nul.xlsx": lambda: post_book(duties="装配_x0000_"),
    "cells_far_to_the_right.xlsx": lambda: xlsx_of(
        [_SHEET[0], [*_SHEET[1], Xml('<c r="XFD2" s="1"/>')]]
    ),
    "worksheet_hidden.xlsx": lambda: xlsx_of(_SHEET, state="hidden"),
    "first_worksheet_hidden.xlsx": lambda: xlsx_of(
        _SHEET, others=[("列表", "hidden", [["岗位编号", "需求人数"], ["X", "1"]])]
    ),
}

# Ordinary --------------------------------------------------------------------------------

_WPS = {
    "docProps/app.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'extended-properties"><Application>WPS 表格</Application></Properties>',
    "docProps/custom.xml": '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    'custom-properties"/>',
}
_GRADUATE = graduate(
    skill_level="四级/中级工",
    certificates="6-18-01-01:四级；6-18-02-04:3:91370800MA00000001",
    licences="低压电工证",
    awards="市级;省级:6-18-01-01",
    home_region="邹城市",
    wish_regions="济宁市；370200",
    wish_pay="5000",
    name="张三",
)

ORDINARY: dict[str, Callable[[], bytes]] = {
    "utf8_with_mark.csv": lambda: csv_of(_SHEET, encoding="utf-8-sig"),
    "gb18030.csv": lambda: csv_of(_SHEET, encoding="gb18030"),
    "english_header.csv": lambda: csv_of(lines(post("P1"), post("P2"), english=True)),
    "columns_in_another_order.csv": lambda: csv_of([row[::-1] for row in _SHEET]),
    "title_and_total.csv": lambda: csv_of(
        [["济宁市技能人才需求目录"], ["填报日期：2026年3月1日"], *_SHEET, ["合计", "2 家"], []]
    ),
    "title_and_total.xlsx": lambda: xlsx_of(
        [["需求目录"], [], *_SHEET, ["", "小计", "", "", "", 10]], merges=["A1:H1"]
    ),
    "excel_97.xls": lambda: xls_of(
        lines(post("P1", headcount=5, opens_on=date(2026, 3, 1)), post("P2", headcount=5))
    ),
    "wps.xlsx": lambda: xlsx_of(_SHEET, more=_WPS),
    "wps.et": lambda: xls_of(_SHEET),
    "xls_named_xlsx.xlsx": lambda: xls_of(_SHEET),
    "xlsx_named_xls.xls": lambda: xlsx_of(_SHEET),
    "named_worksheet_second.xlsx": lambda: xlsx_of(
        _SHEET, name="需求目录", others=[("说明", "visible", [["请填写第二个工作表"]])]
    ),
    "roster.csv": lambda: csv_of(lines(_GRADUATE)),
    "code_changes.csv": lambda: csv_of(
        [
            ["代码表", "变更方式", "旧代码", "新代码", "新名称", "权重", "起始日期", "依据"],
            [
                "职业",
                "拆分",
                "6-18-02-04",
                "6-18-02-91",
                "机器人焊工",
                "60%",
                "2026/9/1",
                "示例文件",
            ],
            ["职业", "split", "6-18-02-04", "6-18-01-11", "", 0.4, "2026年9月1日", "示例文件"],
            ["专业", "撤销", "焊接加工", "", "", "", "2026-09-01", "示例文件"],
        ]
    ),
    "destinations.csv": lambda: csv_of(
        [
            ["毕业生编号", "去向类别", "去向单位", "日期"],
            ["G1", "升学", "示例职业大学", "2026-09-01"],
            ["G2", "参军", "", "2026/9/15"],
        ]
    ),
    "follow_ups.csv": lambda: csv_of(
        [
            ["毕业生编号", "岗位编号", "回访节点", "院校", "回访结果", "日期", "离职日期"],
            ["G1", "P1", "180天", "示例技师学院", "留任", "2026-12-29", ""],
            ["G2", "P1", "90", "示例技师学院", "离职", "2026-10-01", "2026-09-11"],
            ["G3", "P1", "30", "示例技师学院", "", "", ""],
        ]
    ),
    "outcomes.csv": lambda: csv_of(
        lines(
            outcome(stage="推荐", date="2026/5/15", channel="双选会", shown_rank="3"),
            outcome(stage="declined", date="2026年5月16日", reason="班制"),
            outcome("G2", stage="SIGNED", date="2026-05-17", recorded_on="2026-05-20"),
        )
    ),
    "members.csv": lambda: csv_of(lines(member(), member("示例机械有限公司", kind="企业"))),
    "agreements.csv": lambda: csv_of(lines(agreement(trade="电子商务", floor="10", ceiling="30"))),
    "apprentices.csv": lambda: csv_of(
        lines(apprentice(contract_on="2025-08-20"), apprentice("X2", contract_on="2025-08-20"))
    ),
    "programmes.csv": lambda: csv_of(
        lines(programme(enrolled="38"), programme("电子商务", training_tier="中级工"))
    ),
    "interests.csv": lambda: csv_of(
        lines(interest(), interest("G2", side="graduate"), interest("G2", side="企业", rank="2"))
    ),
    "fairs.csv": lambda: csv_of(
        lines({"fair_id": "F1", "date": "2026-05-20", "credit_code": "91370800MA3X00001H"})
    ),
    "registrations.csv": lambda: csv_of(lines({"fair_id": "F1", "graduate_id": "G1"})),
}


def make(folder: Path) -> None:
    """Write every sheet below a folder."""
    for name, sheets in (("hostile", HOSTILE), ("ordinary", ORDINARY)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for filename, content in sheets.items():
            (folder / name / filename).write_bytes(content())


if __name__ == "__main__":
    make(FOLDER)
