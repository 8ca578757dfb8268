"""Programmes (招生计划): their sheet, and what was known of them on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender.data import programmes, store
from recommender.data.sheets import parse_row
from recommender.errors import ImportRefused, InvalidValue
from recommender.intake import import_files
from tests.builders import make_programme
from tests.sheets.make_sheets import csv_of, lines, programme

SPRING, AUTUMN = date(2025, 4, 1), date(2025, 10, 1)


def sheet(path: Path, **changes: object) -> Path:
    path.write_bytes(csv_of(lines(programme(**changes))))
    return path


def stored(engine: Engine, day: date) -> list[tuple[int, int | None, int]]:
    with store.reading(engine) as conn:
        found = programmes.load_programmes(conn, day=day)
    return [(each.places, each.enrolled, each.coming) for each in found]


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column", ["college", "trade", "training_tier", "entry_year", "years", "places"]
)
def test_a_required_column_is_filled_in(column: str) -> None:
    _, problems, _ = parse_row("programmes", {**programme(), column: ""})
    assert [(each.column, each.code) for each in problems] == [(column, "missing")]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("training_tier", "博士", "unknown_word"),
        ("entry_year", "25", "not_an_entry_year"),
        ("entry_year", "2093", "not_an_entry_year"),
        ("years", "三年半", "not_years_of_schooling"),
        ("years", "0", "not_years_of_schooling"),
        ("years", "9", "not_years_of_schooling"),
        ("places", "-1", "not_a_count"),
        ("enrolled", "1.5", "not_a_count"),
    ],
)
def test_a_wrong_cell_is_refused(column: str, cell: str, code: str) -> None:
    _, problems, _ = parse_row("programmes", programme(**{column: cell}))
    assert [(each.column, each.code) for each in problems] == [(column, code)]


def test_years_of_schooling_have_a_range() -> None:
    with pytest.raises(InvalidValue):
        make_programme(years=9)


def test_two_rows_of_one_programme_that_differ_are_refused(engine: Engine, tmp_path: Path) -> None:
    files = [sheet(tmp_path / "a.csv"), sheet(tmp_path / "b.csv", places="41")]
    with pytest.raises(ImportRefused) as refusal:
        import_files(engine, files, day=SPRING)
    assert [(each.code, each.column) for each in refusal.value.problems] == [
        ("duplicate_in_call", "trade")
    ]
    assert stored(engine, AUTUMN) == []


def test_more_taken_than_planned_is_told() -> None:
    _, problems, warnings = parse_row("programmes", programme(enrolled="41"))
    assert problems == []
    assert [(each.code, each.facts) for each in warnings] == [("enrolled_above_plan", ("40",))]


# --- what is kept -----------------------------------------------------------------------------


def test_who_was_taken_is_known_from_the_day_on_which_it_came_in(
    engine: Engine, tmp_path: Path
) -> None:
    came = import_files(engine, [sheet(tmp_path / "a.csv")], day=SPRING)
    taken = sheet(tmp_path / "b.csv", enrolled="38")
    changed = import_files(engine, [taken], day=AUTUMN)
    again = import_files(engine, [taken], day=AUTUMN)
    counted = [
        (s.kind, s.added, s.changed, s.unchanged) for r in (came, changed, again) for s in r.sheets
    ]
    assert counted == [
        ("programmes", 1, 0, 0),
        ("programmes", 0, 1, 0),
        ("programmes", 0, 0, 1),
    ]
    assert stored(engine, date(2025, 9, 30)) == [(40, None, 40)]
    assert stored(engine, AUTUMN) == [(40, 38, 38)]
    with store.reading(engine) as conn:
        assert store.counts(conn, AUTUMN)["programmes"] == 1
