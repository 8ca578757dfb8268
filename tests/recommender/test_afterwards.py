"""Destinations and follow-ups come in: what forbids a row, and what an answer stands for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender.afterwards import Destination, DestinationKind, FollowUp, FollowUpResult
from recommender.data import kept, store
from recommender.domain import Outcome, OutcomeStage
from recommender.errors import ImportRefused, InvalidValue
from recommender.intake import ImportSummary, import_files
from tests.builders import make_graduate, make_outcome, make_post

STARTED = date(2026, 7, 1)
# 30, 90 and 180 days later: 30 days of July are over on the 31st; 31 + 31 + 28 of September;
# the year has 184 days from July on, and 180 of them end before 28 December.
DUE = {30: date(2026, 7, 31), 90: date(2026, 9, 29), 180: date(2026, 12, 28)}
ASKED = date(2026, 12, 30)
HEAD = "graduate_id,post_id,due_days,result,date,left_on"


@pytest.fixture
def started(engine: Engine) -> Engine:
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post()], day=date(2026, 4, 1))
        store.save_graduates(conn, [make_graduate(), make_graduate(graduate_id="G2")])
        for stage, day in (
            (OutcomeStage.SIGNED, date(2026, 5, 10)),
            (OutcomeStage.STARTED, STARTED),
        ):
            store.save_outcome(conn, make_outcome(stage=stage, date=day))
    return engine


def take_in(engine: Engine, folder: Path, *rows: str, head: str = HEAD) -> ImportSummary:
    path = folder / "sheet.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return import_files(engine, [path], day=ASKED)


def steps_of(engine: Engine) -> list[Outcome]:
    with store.reading(engine) as conn:
        return store.load_outcomes(
            conn, day=date.max, stages=[OutcomeStage.RETAINED, OutcomeStage.LEFT]
        )


def asked_of(engine: Engine) -> list[FollowUp]:
    with store.reading(engine) as conn:
        return kept.load_follow_ups(conn, day=ASKED)


def test_the_days_above_are_worked_out_right() -> None:
    assert {days: STARTED + timedelta(days=days) for days in DUE} == DUE


def test_another_number_of_days_is_no_follow_up() -> None:
    with pytest.raises(InvalidValue):
        FollowUp(graduate_id="G1", post_id="P1", due_days=60)


# --- refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("G1,P1,60,在岗,2026-12-30,", "due_days", "not_a_due_day"),
        ("G1,P1,180,在职,2026-12-30,", "result", "unknown_word"),
        ("G1,P1,180,在岗,,", "date", "missing"),
        ("G1,P1,180,在岗,2026-12-30,2026-12-01", "left_on", "left_without_leaving"),
        ("G1,P1,180,离职,2026-12-01,2026-12-02", "left_on", "left_after_asked"),
        # A day before the 180th: that they were there then says nothing of the 180th.
        ("G1,P1,180,在岗,2026-12-27,", "date", "asked_too_early"),
        ("G1,P1,30,离职,2026-07-20,2026-06-30", "left_on", "left_before_start"),
        ("G2,P1,30,在岗,2026-08-01,", "post_id", "never_started"),
        ("G9,P1,30,未联系上,2026-08-01,", "graduate_id", "unknown_graduate"),
        ("G1,P9,30,未联系上,2026-08-01,", "post_id", "unknown_post"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_and_nothing_is_kept(
    started: Engine, tmp_path: Path, row: str, column: str, code: str
) -> None:
    with pytest.raises(ImportRefused) as refusal:
        take_in(started, tmp_path, row, "G1,P1,30,在岗,2026-08-01,")
    problems = refusal.value.problems
    assert (problems[0].row, problems[0].column, problems[0].code) == (2, column, code)
    assert (asked_of(started), steps_of(started)) == ([], [])


def test_two_answers_to_one_question_are_refused(started: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused):
        take_in(started, tmp_path, "G1,P1,30,在岗,2026-08-01,", "G1,P1,30,离职,2026-08-01,")


def test_a_destination_of_nobody_known_is_refused(started: Engine, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refusal:
        take_in(started, tmp_path, "G9,升学,2026-09-01", head="graduate_id,kind,date")
    assert [each.code for each in refusal.value.problems] == ["unknown_graduate"]


# --- what an answer stands for ----------------------------------------------------------------


def test_here_after_180_days_is_a_retention_dated_the_180th_day(
    started: Engine, tmp_path: Path
) -> None:
    take_in(started, tmp_path, "G1,P1,180,在岗,2026-12-30,")
    expected = make_outcome(stage=OutcomeStage.RETAINED, date=DUE[180], recorded_on=ASKED)
    assert steps_of(started) == [expected]


@pytest.mark.parametrize("row", ["G1,P1,90,在岗,2026-10-01,", "G1,P1,180,未联系上,2026-12-30,"])
def test_here_before_and_not_reached_are_kept_and_are_no_step(
    started: Engine, tmp_path: Path, row: str
) -> None:
    take_in(started, tmp_path, row)
    assert len(asked_of(started)) == 1
    assert steps_of(started) == []


@pytest.mark.parametrize(
    ("row", "left"),
    [
        ("G1,P1,90,离职,2026-10-08,2026-08-15", date(2026, 8, 15)),
        # Nobody knows the day: gone by the day that was asked about.
        ("G1,P1,90,离职,2026-10-08,", DUE[90]),
        # Asked before that day, and gone already.
        ("G1,P1,90,离职,2026-09-01,", date(2026, 9, 1)),
    ],
)
def test_who_left_is_a_step_on_the_day_of_leaving(
    started: Engine, tmp_path: Path, row: str, left: date
) -> None:
    summary = take_in(started, tmp_path, row)
    assert [(step.stage, step.date) for step in steps_of(started)] == [(OutcomeStage.LEFT, left)]
    warned = {warning.code for sheet in summary.sheets for warning in sheet.warnings}
    assert ("left_on_assumed" in warned) == row.endswith(",")


def test_a_start_in_the_same_call_is_known(started: Engine, tmp_path: Path) -> None:
    (tmp_path / "outcomes.csv").write_text(
        "graduate_id,post_id,stage,date\nG2,P1,到岗,2026-07-01\n", encoding="utf-8"
    )
    (tmp_path / "asked.csv").write_text(f"{HEAD}\nG2,P1,180,在岗,2026-12-30,\n", encoding="utf-8")
    import_files(started, [tmp_path / "asked.csv", tmp_path / "outcomes.csv"], day=ASKED)
    assert [step.graduate_id for step in steps_of(started)] == ["G2"]


def test_a_step_that_is_known_stays_and_the_contradiction_is_told(
    started: Engine, tmp_path: Path
) -> None:
    known = make_outcome(stage=OutcomeStage.LEFT, date=date(2026, 8, 1))
    with store.writing(started) as conn:
        store.save_outcome(conn, known)
    summary = take_in(started, tmp_path, "G1,P1,180,在岗,2026-12-30,")
    assert steps_of(started) == [known]
    assert [each.code for each in summary.sheets[0].warnings] == ["answered_otherwise"]


def test_the_same_sheet_again_changes_nothing_and_an_unanswered_row_erases_nothing(
    started: Engine, tmp_path: Path
) -> None:
    answered = ("G1,P1,30,在岗,2026-08-01,", "G1,P1,180,在岗,2026-12-30,")
    take_in(started, tmp_path, *answered)
    before = (asked_of(started), steps_of(started))
    for rows in (answered, ("G1,P1,30,,,", "G1,P1,180,,,")):
        summary = take_in(started, tmp_path, *rows)
        assert [(each.added, each.changed) for each in summary.sheets] == [(0, 0)]
        assert (asked_of(started), steps_of(started)) == before


def test_the_latest_destination_known_by_a_day_counts(started: Engine, tmp_path: Path) -> None:
    rows = ("G1,未就业,2026-08-01,", "G1,灵活就业,2026-10-01,6-18-02-04")
    take_in(started, tmp_path, *rows, head="graduate_id,kind,date,occupation_code")
    with store.reading(started) as conn:
        early = kept.load_destinations(conn, day=date(2026, 9, 30))
        late = kept.load_destinations(conn, day=date(2026, 10, 1))
    assert early["G1"].kind is DestinationKind.NOT_EMPLOYED
    assert late == {
        "G1": Destination(
            graduate_id="G1",
            kind=DestinationKind.FLEXIBLE,
            date=date(2026, 10, 1),
            occupation_code="6-18-02-04",
        )
    }
    assert FollowUpResult.NOT_REACHED not in {each.result for each in asked_of(started)}
