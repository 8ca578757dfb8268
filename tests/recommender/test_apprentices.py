"""Apprentices (招工即招生): their sheet, and what was known of them on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.data import apprentices, store
from recommender.data.sheets import parse_row
from recommender.domain import Apprentice, SkillLevel, TrainingResult
from recommender.errors import ImportRefused
from recommender.intake import import_files
from recommender.matching.apprenticeships import state_on
from tests.builders import OTHER_CREDIT_CODE, make_apprentice
from tests.sheets.make_sheets import apprentice, csv_of, lines

AUTUMN, SUMMER = date(2025, 10, 1), date(2026, 7, 1)


def sheet(path: Path, **changes: object) -> Path:
    path.write_bytes(csv_of(lines(apprentice(**changes))))
    return path


def stored(engine: Engine, day: date) -> list[Apprentice]:
    with store.reading(engine) as conn:
        return apprentices.load_apprentices(conn, day=day)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column",
    [
        "apprentice_id",
        "credit_code",
        "college",
        "occupation_code",
        "starts_on",
        "ends_on",
        "target_level",
    ],
)
def test_a_required_column_is_filled_in(column: str) -> None:
    _, problems, _ = parse_row("apprentices", {**apprentice(), column: ""})
    assert [(each.column, each.code) for each in problems] == [(column, "missing")]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("ends_on", "2025-08-31", "ends_before_start"),
        ("result", "优秀", "unknown_word"),
        ("target_level", "九级", "not_a_level"),
        ("contract_on", "八月", "not_a_date"),
        ("occupation_code", "61801", "not_an_occupation_code"),
    ],
)
def test_a_wrong_cell_is_refused(column: str, cell: str, code: str) -> None:
    _, problems, _ = parse_row("apprentices", apprentice(**{column: cell}))
    assert [(each.column, each.code) for each in problems] == [(column, code)]


@pytest.mark.parametrize(
    ("column", "value", "code", "facts"),
    [
        ("college", "另一技师学院", "id_of_other_college", ("示例技师学院", "另一技师学院")),
        ("credit_code", OTHER_CREDIT_CODE, "id_of_other_enterprise", ("91370800MA00000001",)),
    ],
)
def test_an_id_stays_with_the_college_and_the_enterprise_that_used_it_first(
    engine: Engine, tmp_path: Path, column: str, value: str, code: str, facts: tuple[str, ...]
) -> None:
    import_files(engine, [sheet(tmp_path / "a.csv")], day=AUTUMN)
    with pytest.raises(ImportRefused) as refusal:
        import_files(engine, [sheet(tmp_path / "b.csv", **{column: value})], day=SUMMER)
    assert [(each.code, each.facts) for each in refusal.value.problems] == [(code, facts)]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"contract_on": "2025-08-20"}, []),
        ({}, ["no_labour_contract"]),
        (
            {"contract_on": "2025-08-20", "examined_on": "2025-08-31"},
            ["examined_before_start"],
        ),
    ],
)
def test_what_is_odd_is_told(changes: dict[str, str], codes: list[str]) -> None:
    # The sample code of the enterprise has a wrong check character, which is told too.
    _, _, warnings = parse_row("apprentices", apprentice(**changes))
    assert [each.code for each in warnings if each.column != "credit_code"] == codes


@pytest.mark.parametrize(
    ("written", "result"),
    [
        ("合格", TrainingResult.PASSED),
        ("通过", TrainingResult.PASSED),
        ("failed", TrainingResult.FAILED),
        ("退出", TrainingResult.LEFT),
    ],
)
def test_a_result_is_read_in_its_writings(written: str, result: TrainingResult) -> None:
    parsed, _, _ = parse_row("apprentices", apprentice(result=written))
    assert parsed is not None
    assert isinstance(parsed.item, Apprentice)
    assert parsed.item.result is result


# --- what is kept -----------------------------------------------------------------------------


def test_a_result_is_known_from_the_day_on_which_it_came_in(engine: Engine, tmp_path: Path) -> None:
    came = import_files(engine, [sheet(tmp_path / "a.csv")], day=AUTUMN)
    passed = sheet(tmp_path / "b.csv", result="合格", examined_on="2026-06-15")
    changed = import_files(engine, [passed], day=SUMMER)
    again = import_files(engine, [passed], day=SUMMER)
    counted = [
        (s.kind, s.added, s.changed, s.unchanged) for r in (came, changed, again) for s in r.sheets
    ]
    assert counted == [
        ("apprentices", 1, 0, 0),
        ("apprentices", 0, 1, 0),
        ("apprentices", 0, 0, 1),
    ]
    [before] = stored(engine, date(2026, 6, 30))
    assert (before.result, before.target_level) == (None, SkillLevel.SENIOR_WORKER)
    [after] = stored(engine, SUMMER)
    assert (after.result, after.examined_on) == (TrainingResult.PASSED, date(2026, 6, 15))
    # Before anything was known of them, they are given as they were first.
    assert stored(engine, date(2020, 1, 1)) == [before]


def test_a_second_change_on_one_day_replaces_the_first(engine: Engine) -> None:
    for result in (TrainingResult.FAILED, TrainingResult.PASSED):
        with store.writing(engine) as conn:
            apprentices.save_apprentices(conn, [make_apprentice(result=result)], day=SUMMER)
    assert [each.result for each in stored(engine, SUMMER)] == [TrainingResult.PASSED]
    with store.reading(engine) as conn:
        assert store.counts(conn, SUMMER)["apprentices"] == 1


@pytest.mark.parametrize(
    ("day", "record", "state"),
    [
        (date(2025, 8, 31), {}, "to_begin"),
        (date(2025, 9, 1), {}, "in_training"),
        (date(2026, 7, 31), {}, "in_training"),
        (date(2026, 8, 1), {}, "awaited"),
        (SUMMER, {"result": TrainingResult.FAILED}, "failed"),
        (SUMMER, {"result": TrainingResult.PASSED, "examined_on": SUMMER}, "passed"),
        (
            date(2026, 6, 30),
            {"result": TrainingResult.PASSED, "examined_on": SUMMER},
            "in_training",
        ),
    ],
)
def test_how_an_apprentice_stands(day: date, record: dict[str, Any], state: str) -> None:
    assert state_on(make_apprentice(**record), day).value == state
