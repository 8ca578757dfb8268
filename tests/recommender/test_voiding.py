"""A step that was recorded wrongly counts nowhere any more, and stays as history."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import intake, ledger, recording, voiding
from recommender.claims import start_of
from recommender.data import store, vetoed
from recommender.domain import OutcomeStage
from recommender.errors import DecisionRefused, NotFound, Unreadable
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_outcome, make_post

CLERK = Clerk(who="user wang", now=start_of(DAY), hold_hours=48)
STAGE = OutcomeStage
BEFORE = DAY - timedelta(days=10)


@pytest.fixture
def hall(engine: Engine) -> Engine:
    """Store two welders, and two posts of one place."""
    posts = [make_post(post_id=each, headcount=1) for each in ("P1", "P2")]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=each) for each in ("G1", "G2")])
    return engine


def keep(engine: Engine, who: str, where: str, stage: OutcomeStage, day: date = BEFORE) -> None:
    with store.writing(engine) as conn:
        step = make_outcome(graduate_id=who, post_id=where, stage=stage, date=day)
        store.save_outcomes(conn, [step])


def void(engine: Engine, who: str, where: str, stage: OutcomeStage, day: date = BEFORE) -> None:
    voiding.void(engine, CLERK, who, where, stage, day, why="登错人")


def stored(engine: Engine) -> list[tuple[str, str, OutcomeStage]]:
    with store.reading(engine) as conn:
        steps = store.load_outcomes(conn, day=date.max)
    return [(step.graduate_id, step.post_id, step.stage) for step in steps]


def history(engine: Engine) -> list[tuple[OutcomeStage, str, str]]:
    with store.reading(engine) as conn:
        made = vetoed.load_voided(conn)
    return [(each.outcome.stage, each.why, each.who) for each in made]


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "where", "stage", "day"),
    [
        ("G9", "P1", STAGE.DECLINED, BEFORE),
        ("G2", "P1", STAGE.DECLINED, BEFORE),
        ("G1", "P2", STAGE.DECLINED, BEFORE),
        ("G1", "P1", STAGE.INTERVIEWED, BEFORE),
        ("G1", "P1", STAGE.DECLINED, DAY),
    ],
)
def test_a_step_that_nobody_recorded_is_not_voided(
    hall: Engine, who: str, where: str, stage: OutcomeStage, day: date
) -> None:
    keep(hall, "G1", "P1", STAGE.DECLINED)
    with pytest.raises(NotFound) as refusal:
        void(hall, who, where, stage, day)
    assert refusal.value.kind == "step"
    assert history(hall) == []


def test_a_step_is_voided_once_and_with_a_reason(hall: Engine) -> None:
    keep(hall, "G1", "P1", STAGE.DECLINED)
    with pytest.raises(DecisionRefused) as refusal:
        voiding.void(hall, CLERK, "G1", "P1", STAGE.DECLINED, BEFORE, why=" ")
    assert refusal.value.code == "no_reason"
    void(hall, "G1", "P1", STAGE.DECLINED)
    with pytest.raises(DecisionRefused) as refusal:
        void(hall, "G1", "P1", STAGE.DECLINED)
    assert refusal.value.code == "voided_already"


@pytest.mark.parametrize(("stage", "day"), [("结婚", "2026-05-01"), ("放弃", "昨天")])
def test_what_names_no_step_is_said(stage: str, day: str) -> None:
    with pytest.raises(Unreadable):
        voiding.step_asked(stage, day)


def test_the_signing_of_a_confirmed_place_stays_until_the_place_is_released(hall: Engine) -> None:
    ledger.confirm(hall, CLERK, "G1", "P1")
    with pytest.raises(DecisionRefused) as refusal:
        void(hall, "G1", "P1", STAGE.SIGNED, DAY)
    assert (refusal.value.code, refusal.value.facts) == ("claim_rests", ("G1", "P1"))
    ledger.release(hall, CLERK, "G1", "P1", reason="其他")
    void(hall, "G1", "P1", STAGE.SIGNED, DAY)
    assert stored(hall) == [("G1", "P1", STAGE.CANCELLED)]


def test_what_freed_somebody_for_a_later_place_stays(hall: Engine) -> None:
    keep(hall, "G1", "P1", STAGE.SIGNED)
    keep(hall, "G1", "P1", STAGE.CANCELLED, BEFORE + timedelta(days=1))
    ledger.confirm(hall, CLERK, "G1", "P2")
    with pytest.raises(DecisionRefused) as refusal:
        void(hall, "G1", "P1", STAGE.CANCELLED, BEFORE + timedelta(days=1))
    assert (refusal.value.code, refusal.value.facts) == ("claim_rests", ("G1", "P2"))


def test_what_made_room_for_somebody_else_stays_and_they_are_not_named(hall: Engine) -> None:
    keep(hall, "G1", "P1", STAGE.SIGNED)
    keep(hall, "G1", "P1", STAGE.CANCELLED, BEFORE + timedelta(days=1))
    ledger.confirm(hall, CLERK, "G2", "P1")
    with pytest.raises(DecisionRefused) as refusal:
        void(hall, "G1", "P1", STAGE.CANCELLED, BEFORE + timedelta(days=1))
    assert (refusal.value.code, refusal.value.facts) == ("place_taken", ("P1",))


# --- what it does -----------------------------------------------------------------------------


def test_a_voided_step_stays_as_history_and_may_be_recorded_again(hall: Engine) -> None:
    keep(hall, "G1", "P1", STAGE.SIGNED)
    void(hall, "G1", "P1", STAGE.SIGNED)
    assert stored(hall) == []
    assert history(hall) == [(STAGE.SIGNED, "登错人", "user wang")]
    # The place is free, and so is the graduate: the same step again, by the same key.
    body = {"graduate_id": "G1", "post_id": "P1", "stage": "签约", "date": BEFORE.isoformat()}
    recording.record_outcome(hall, body, day=DAY, idempotency_key=None, clerk=CLERK)
    assert stored(hall) == [("G1", "P1", STAGE.SIGNED)]
    assert len(history(hall)) == 1


def test_a_voided_refusal_shuts_nobody_out_any_more(hall: Engine) -> None:
    keep(hall, "G1", "P1", STAGE.DECLINED)
    void(hall, "G1", "P1", STAGE.DECLINED)
    ledger.confirm(hall, CLERK, "G1", "P1")


def test_no_sheet_brings_a_voided_step_back_and_it_says_so(hall: Engine, tmp_path: Path) -> None:
    rows = [f"G1,P1,放弃,{BEFORE}", f"G2,P1,意向,{BEFORE}"]
    sheet = tmp_path / "outcomes.csv"
    sheet.write_text("\n".join(["graduate_id,post_id,stage,date", *rows]), encoding="utf-8")
    intake.import_files(hall, [sheet], day=DAY)
    void(hall, "G1", "P1", STAGE.DECLINED)
    (told,) = intake.import_files(hall, [sheet], day=DAY).sheets
    assert [(each.row, each.code, each.facts) for each in told.warnings] == [
        (2, "voided", ("登错人",))
    ]
    assert stored(hall) == [("G2", "P1", STAGE.INTERESTED)]
