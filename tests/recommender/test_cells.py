"""Cells: what each reader refuses, what it takes, and what it notes."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from recommender.data import cells
from recommender.data.tabular import Flaw
from recommender.domain import OutcomeStage, SkillLevel, TrainingMode
from recommender.errors import Malformed

NOON = datetime(2026, 5, 15, 12)  # noqa: DTZ001 - a cell has no zone
headcount = cells.whole("not_a_headcount", 1)
stage = cells.words(OutcomeStage)


def refusal(read: cells.Read, raw: object) -> tuple[str, tuple[str, ...]]:
    with pytest.raises(Malformed) as refused:
        read(raw, [])
    return refused.value.code, refused.value.facts


# Ids and text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (1e15, "id_as_number"),  # Excel keeps fifteen digits
        (1.5, "id_as_number"),
        (float("nan"), "id_as_number"),
        (float("inf"), "id_as_number"),
        (True, "not_text"),
        (date(2026, 3, 15), "not_text"),
        ({"id": 1}, "not_text"),
        ("1.23E+17", "id_in_scientific_notation"),
        ("1e+5", "id_in_scientific_notation"),
        ("2026001.0", "id_with_decimals"),
        ("P\x001", "invisible_mark"),
        ("P\u202e1", "invisible_mark"),
        ("\ufeffP1", "invisible_mark"),
        ("P\u20281", "invisible_mark"),
        ("P" * 65, "too_long"),
        ("P\ud8001", "control_character"),  # half a character, which no database keeps
    ],
)
def test_an_id_that_may_not_be_what_was_meant_is_refused(raw: object, code: str) -> None:
    assert refusal(cells.identifier, raw)[0] == code


def test_an_invisible_mark_is_named_by_its_code_point() -> None:
    assert refusal(cells.identifier, "P\u200f1") == ("invisible_mark", ("U+200F",))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  P-001 \u3000", "P-001"),
        ("0007", "0007"),
        (20260001.0, "20260001"),
        (999_999_999_999_999.0, "999999999999999"),
        ("1E5", "1E5"),  # a class is called that
        ("岗位（一）", "岗位（一）"),
        ("G" * 64, "G" * 64),
    ],
)
def test_an_id_is_kept_as_it_is_written(raw: object, expected: str) -> None:
    assert cells.identifier(raw, []) == expected


def test_full_width_characters_of_an_id_are_noted() -> None:
    notes: list[cells.Note] = []
    assert cells.identifier("Ｐ1", notes) == "Ｐ1"
    assert notes == [("full_width_id", ())]


def test_text_with_a_control_character_is_refused() -> None:
    assert refusal(cells.text, "装配\x07") == ("control_character", ("U+0007",))


def test_text_has_a_limit() -> None:
    assert refusal(cells.text, "长" * 4_001) == ("too_long", ("4000",))
    assert refusal(cells.name, "长" * 201) == ("too_long", ("200",))


def test_text_keeps_its_lines_and_loses_marks_without_meaning() -> None:
    assert cells.text("装配\r\n调试\u200b，\u202e两班", []) == "装配\n调试，两班"


@pytest.mark.parametrize(("raw", "expected"), [(2301.0, "2301"), (7.5, "7.5"), (3, "3")])
def test_a_number_in_a_text_column_is_its_digits(raw: object, expected: str) -> None:
    assert cells.name(raw, []) == expected


@pytest.mark.parametrize("raw", [None, "", "  ", "\u3000\t", "\xa0"])
def test_white_space_states_nothing(raw: object) -> None:
    assert cells.is_empty(raw)


@pytest.mark.parametrize("raw", [0, False, 0.0, "0", "-", "无"])
def test_a_zero_states_something(raw: object) -> None:
    assert not cells.is_empty(raw)


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", " #VALUE! ", "#####"])
def test_the_text_of_an_error_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="error_value"):
        cells.refuse_error(text)


def test_a_flaw_is_refused_with_its_own_code() -> None:
    with pytest.raises(Malformed, match="merged_cell"):
        cells.refuse_error(Flaw("merged_cell", ""))


@pytest.mark.parametrize("text", ["#1 车间", "#", "N/A"])
def test_a_number_sign_alone_is_no_error(text: str) -> None:
    cells.refuse_error(text)


# Numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        0,
        -1,
        1.5,
        "0",
        "-3",
        "1.5",
        "NaN",
        "1e309",
        "inf",
        "1e3",
        "若干",
        "5人",
        "٣ 人",
        True,
        float("nan"),
        float("inf"),
        10**30,
        "1" + "0" * 5000,
        100000,
        date(2026, 1, 1),
        [],
    ],
)
def test_what_is_no_whole_number_in_range_is_no_headcount(raw: object) -> None:
    assert refusal(headcount, raw) == ("not_a_headcount", ())


@pytest.mark.parametrize("raw", [12, 12.0, "12", " 12 ", "１２", "12.0", "+12", "012"])
def test_a_whole_number_is_read_however_it_is_written(raw: object) -> None:
    assert headcount(raw, []) == 12


@pytest.mark.parametrize("raw", ["26", "26届", "2026级", 1989, 2101, "二〇二六", True, 2026.5])
def test_what_is_no_year_of_graduation_is_refused(raw: object) -> None:
    assert refusal(cells.class_year, raw) == ("not_a_class_year", ())


@pytest.mark.parametrize("raw", ["2026", "2026届", "２０２６ ", 2026, 2026.0])
def test_a_class_year_is_read_with_and_without_its_word(raw: object) -> None:
    assert cells.class_year(raw, []) == 2026


@pytest.mark.parametrize(
    "raw",
    [
        "面议",
        "4000-6000",
        "-4500",
        0,
        "0",
        "4500元",
        "4,50",
        "1e4",
        "nan",
        True,
        1e16,
        10000001,
        float("nan"),
        float("inf"),
    ],
)
def test_what_is_no_amount_is_no_pay(raw: object) -> None:
    assert refusal(cells.pay, raw) == ("not_pay", ())


@pytest.mark.parametrize("raw", [4500, 4500.0, "4500", "4,500", "４５００", "4500.00"])
def test_pay_is_read_however_it_is_written(raw: object) -> None:
    notes: list[cells.Note] = []
    assert cells.pay(raw, notes) == 4500
    assert notes == []


def test_a_fraction_of_pay_is_rounded_and_noted() -> None:
    notes: list[cells.Note] = []
    assert cells.pay(4166.5, notes) == 4167
    assert notes == [("rounded_pay", ("4167",))]


@pytest.mark.parametrize("raw", [4.5, 499, 100_001])
def test_pay_in_another_unit_is_noted(raw: object) -> None:
    notes: list[cells.Note] = []
    cells.pay(raw, notes)
    assert ("implausible_pay", ()) in notes


# Dates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("2026-02-30", "no_such_day"),
        ("2026-13-01", "no_such_day"),
        ("2025/2/29", "no_such_day"),
        ("15/05/2026", "not_a_date"),
        ("2026-05", "not_a_date"),
        ("长期", "not_a_date"),
        ("2026-05-15Z", "not_a_date"),
        (46157.0, "not_a_date"),
        (True, "not_a_date"),
        ("1989-12-31", "implausible_date"),
        (date(1900, 1, 1), "implausible_date"),
        ("2101-01-01", "implausible_date"),
    ],
)
def test_what_is_no_day_is_refused(raw: object, code: str) -> None:
    assert refusal(cells.day, raw)[0] == code


@pytest.mark.parametrize(
    "raw",
    [
        "2026-05-15",
        "2026/5/15",
        "2026.5.15",
        "2026年5月15日",
        "２０２６－０５－１５",
        "20260515",
        "2026-05-15 00:00:00",
        "2026/5/15 9:30",
        "2026-05-15T09:30:00",
        20260515.0,
        date(2026, 5, 15),
        NOON,
    ],
)
def test_a_day_is_read_however_it_is_written(raw: object) -> None:
    assert cells.day(raw, []) == date(2026, 5, 15)


def test_a_leap_day_is_a_day() -> None:
    assert cells.day("2024-02-29", []) == date(2024, 2, 29)


# Words -----------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ["也许", "有", "2", "", "是的"])
def test_what_is_neither_yes_nor_no_is_refused(raw: object) -> None:
    assert refusal(cells.yes_no, raw) == ("not_yes_or_no", ())


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("是", True), ("否", False), ("Yes", True), ("FALSE", False), (True, True), (0.0, False)],
)
def test_yes_and_no_are_read_in_both_languages(raw: object, expected: bool) -> None:
    assert cells.yes_no(raw, []) is expected


def test_an_unknown_word_is_refused_with_all_there_are() -> None:
    code, facts = refusal(cells.words(TrainingMode), "委托培养")
    assert (code, facts) == ("unknown_word", ("直接就业", "订单", "定向", "定岗", "学徒制"))


@pytest.mark.parametrize("raw", ["到岗", "started", "STARTED", " Started "])
def test_a_word_is_read_by_its_chinese_its_english_and_its_identifier(raw: str) -> None:
    assert stage(raw, []) is OutcomeStage.STARTED


@pytest.mark.parametrize(
    "raw", ["post_specific", "POST-SPECIFIC", "TrainingMode.POST_SPECIFIC", "定岗", "定岗培养"]
)
def test_a_mode_is_read_by_its_customary_writings(raw: str) -> None:
    read = cells.words(TrainingMode, cells.MODE_WRITINGS)
    assert read(raw, []) is TrainingMode.POST_SPECIFIC


def test_the_value_of_a_level_is_no_writing_of_it() -> None:
    # 4 on a certificate is 中级工, whose value is 3: only `codes.level` reads numbers.
    assert refusal(cells.words(SkillLevel), "4")[0] == "unknown_word"


# Lists -----------------------------------------------------------------------------------


def test_one_bad_member_refuses_a_list() -> None:
    assert refusal(cells.listed(headcount), "3;0")[0] == "not_a_headcount"


@pytest.mark.parametrize("raw", ["a;b", "a；b", " a ; b ;", "a;;b;a", ["a", "b"], ("a", "b", "")])
def test_a_list_is_split_at_both_semicolons_and_holds_each_member_once(raw: object) -> None:
    assert cells.listed(cells.name)(raw, []) == ("a", "b")


def test_what_a_cell_holds_is_shown_as_people_see_it() -> None:
    shown = [cells.shown(raw) for raw in (5.0, 1.5, 3.7e17, "x", ["a", 2.0], Flaw("c", "#N/A"))]
    assert shown == ["5", "1.5", "3.700e+17", "x", "a;2", "#N/A"]
