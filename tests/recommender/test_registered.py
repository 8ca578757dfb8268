"""Fairs and who registers for them, as their sheets state it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.data import registered, store
from recommender.data.sheets import parse_row, read_sheet
from recommender.errors import ImportRefused, InvalidValue
from recommender.fairs import Booth, Registration
from recommender.intake import ImportSummary, import_files
from tests.builders import CREDIT_CODE, DAY, OTHER_CREDIT_CODE, make_graduate

BOOTH = {"双选会编号": "F1", "日期": "2026-05-20", "统一社会信用代码": CREDIT_CODE}
OTHER = BOOTH | {"统一社会信用代码": OTHER_CREDIT_CODE}
PERSON = {"双选会编号": "F1", "毕业生编号": "G1"}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    with store.writing(engine) as conn:
        store.save_graduates(conn, [make_graduate(), make_graduate(graduate_id="G2")])
    return engine


@pytest.fixture
def take(engine: Engine, tmp_path: Path) -> Any:
    """Import rows as sheets of one call."""

    def take_in(*sheets: list[dict[str, str]]) -> ImportSummary:
        paths = []
        for number, rows in enumerate(sheets):
            path = tmp_path / f"sheet{number}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, sorted({name for row in rows for name in row}))
                writer.writeheader()
                writer.writerows(rows)
            paths.append(path)
        return import_files(engine, paths, day=DAY)

    return take_in


def refused(
    take: Any, *sheets: list[dict[str, str]]
) -> list[tuple[int, str, str, tuple[str, ...]]]:
    with pytest.raises(ImportRefused) as refusal:
        take(*sheets)
    return [(each.row, each.column, each.code, each.facts) for each in refusal.value.problems]


@pytest.mark.parametrize("column", ["fair_id", "date", "credit_code"])
def test_what_a_booth_needs_is_filled_in(column: str) -> None:
    row = {"fair_id": "F1", "date": "2026-05-20", "credit_code": CREDIT_CODE}
    _, problems, _ = parse_row("fairs", row | {column: ""})
    assert [(each.column, each.code) for each in problems] == [(column, "missing")]


@pytest.mark.parametrize("column", ["slots", "slot_capacity"])
@pytest.mark.parametrize("cell", ["0", "两轮"])
def test_rounds_and_people_are_whole_numbers_from_one(column: str, cell: str) -> None:
    row = {"fair_id": "F1", "date": "2026-05-20", "credit_code": CREDIT_CODE, column: cell}
    _, problems, _ = parse_row("fairs", row)
    assert [(each.column, each.code) for each in problems] == [(column, "not_a_headcount")]
    with pytest.raises(InvalidValue):
        Booth(fair_id="F1", date=DAY, credit_code=CREDIT_CODE, **{column: 0})


@pytest.mark.parametrize(
    ("column", "told", "value"), [("日期", "date", "2026-05-21"), ("轮数", "slots", "4")]
)
def test_a_fair_has_one_day_and_one_number_of_rounds(
    take: Any, column: str, told: str, value: str
) -> None:
    first = BOOTH | {"轮数": "8"}
    row = OTHER | {"轮数": "8"} | {column: value}
    before = {"date": "2026-05-20", "slots": "8"}[told]
    assert refused(take, [first, row]) == [(3, told, "fair_differs", (before,))]
    # Also against what is stored; the same rows with both changed are another day for all.
    take([first])
    assert refused(take, [row]) == [(2, told, "fair_differs", (before,))]
    take([first | {column: value}, row])


def test_a_booth_is_one_enterprise_s(take: Any) -> None:
    sign = {"展位": "A1"}
    assert refused(take, [BOOTH | sign, OTHER | sign]) == [
        (3, "booth", "booth_taken", (CREDIT_CODE,))
    ]
    take([BOOTH | sign])
    assert refused(take, [OTHER | sign]) == [(2, "booth", "booth_taken", (CREDIT_CODE,))]
    # At another fair it is free.
    take([OTHER | sign | {"双选会编号": "F2"}])


def test_who_registers_and_for_which_fair_is_known(take: Any) -> None:
    rows = [PERSON | {"毕业生编号": "G9"}, PERSON | {"双选会编号": "F9"}, PERSON]
    assert refused(take, [BOOTH], rows) == [
        (2, "graduate_id", "unknown_graduate", ()),
        (3, "fair_id", "unknown_fair", ()),
    ]


def test_a_fair_and_who_registers_come_in_together_and_once(take: Any, engine: Engine) -> None:
    booths = [BOOTH | {"展位": "A1", "轮数": "4", "每轮人数": "2"}, OTHER | {"轮数": "4"}]
    people = [PERSON, PERSON | {"毕业生编号": "G2"}, PERSON]
    first = take(people, booths)
    assert [(each.kind, each.added, each.repeated) for each in first.sheets] == [
        ("registrations", 2, 1),
        ("fairs", 2, 0),
    ]
    again = take(people, booths)
    assert [(each.added, each.changed, each.unchanged) for each in again.sheets] == [
        (0, 0, 2),
        (0, 0, 2),
    ]
    at = {"fair_id": "F1", "date": date(2026, 5, 20), "slots": 4}
    with store.reading(engine) as conn:
        assert registered.load_booths(conn) == [
            Booth(credit_code=OTHER_CREDIT_CODE, **at),
            Booth(credit_code=CREDIT_CODE, booth="A1", slot_capacity=2, **at),
        ]
        assert registered.load_registrations(conn, fair_ids=["F1"]) == [
            Registration(fair_id="F1", graduate_id=who) for who in ("G1", "G2")
        ]


def test_a_header_of_two_names_is_who_registers_unless_the_file_says_otherwise(
    tmp_path: Path,
) -> None:
    for name, kind in (("a.csv", "registrations"), ("interests.csv", "interests")):
        (tmp_path / name).write_text("双选会编号,毕业生编号\nF1,G1\n", encoding="utf-8")
        assert read_sheet(tmp_path / name).kind == kind
