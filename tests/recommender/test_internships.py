"""Internships (实习): a place until their last day, and what became of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender import ledger, ledger_printouts, recording
from recommender.claims import start_of
from recommender.data import sheets, store
from recommender.domain import Outcome, OutcomeStage, StepReason
from recommender.errors import ImportRefused, NoOpenPlace, NothingClaimed
from recommender.matching.eligibility import Standing, check_pair, open_places, standing
from recommender.matching.internships import internships
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_outcome, make_post

STAGE = OutcomeStage
BEGAN, UNTIL = date(2026, 4, 20), date(2026, 5, 20)
CLERK = Clerk(who="officer", now=start_of(DAY), hold_hours=2)


def interned(**overrides: Any) -> Outcome:
    values: dict[str, Any] = {"stage": STAGE.INTERNED, "date": BEGAN, "interned_until": UNTIL}
    return make_outcome(**values | overrides)


def seen(*steps: Outcome, day: date = DAY) -> Standing:
    return standing(steps, {"P1": make_post(headcount=1)}, day)


def left(now: Standing, graduate_id: str | None = None) -> int:
    return open_places(make_post(headcount=1), now, graduate_id)


# --- refusals ---------------------------------------------------------------------------------


def test_an_interns_place_is_nobody_elses() -> None:
    now = seen(interned())
    assert (left(now), left(now, "G9"), left(now, "G1")) == (0, 0, 1)
    other = make_graduate(graduate_id="G9")
    failing = [r.code for r in check_pair(other, make_post(headcount=1), now, DAY) if not r.holds]
    assert failing == ["places"]
    own = check_pair(make_graduate(), make_post(headcount=1), now, DAY)
    assert all(rule.holds for rule in own)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"interned_until": "2026-05-14"}, "ends_before_start"),
        ({"interned_until": "spring"}, "not_a_date"),
        ({"agreed_on": "spring"}, "not_a_date"),
    ],
)
def test_a_row_that_cannot_be_is_refused(cells: dict[str, str], code: str) -> None:
    row = {"graduate_id": "G1", "post_id": "P1", "stage": "实习", "date": "2026-05-15"}
    _, problems, _ = sheets.parse_row("outcomes", row | cells)
    assert [problem.code for problem in problems] == [code]


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"interned_until": "2026-08-31"}, ["no_three_party_agreement"]),
        ({"interned_until": "2026-08-31", "agreed_on": "2026-05-10"}, []),
        ({}, []),
        ({"stage": "签约", "interned_until": "2026-08-31"}, ["of_internships_alone"]),
        ({"stage": "签约", "agreed_on": "2026-05-10"}, ["of_internships_alone"]),
    ],
)
def test_what_is_odd_about_a_row_is_told(cells: dict[str, str], codes: list[str]) -> None:
    row = {"graduate_id": "G1", "post_id": "P1", "stage": "实习", "date": "2026-05-15"}
    parsed, problems, warnings = sheets.parse_row("outcomes", row | cells)
    assert (parsed is not None, problems) == (True, [])
    assert [warning.code for warning in warnings] == codes


@pytest.mark.parametrize(
    "steps",
    [
        [interned(interned_until=None)],  # not stated: holds nothing
        [interned(interned_until=date(2026, 5, 14))],  # over yesterday
        [interned(date=date(2026, 5, 16), recorded_on=date(2026, 5, 16))],  # not begun
        [make_outcome(stage=STAGE.SIGNED, date=BEGAN, post_id="P9"), interned()],
        # Placed elsewhere since, or still when it began: somebody else may have the place by now.
        *(
            [
                interned(),
                make_outcome(stage=STAGE.SIGNED, date=signed, post_id="P9"),
                make_outcome(stage=STAGE.LEFT, date=ended, post_id="P9"),
            ]
            for signed, ended in ((date(2026, 5, 1), date(2026, 5, 2)), (date(2026, 3, 1), BEGAN))
        ),
        *(
            [interned(), make_outcome(stage=stage, date=DAY)]
            for stage in (STAGE.DECLINED, STAGE.REJECTED, STAGE.LEFT, STAGE.CANCELLED)
        ),
    ],
)
def test_such_an_internship_holds_no_place(steps: list[Outcome]) -> None:
    assert left(seen(*steps)) == 1


def test_a_post_that_is_full_takes_no_intern_and_an_interns_place_no_signing(
    engine: Engine,
) -> None:
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(headcount=1)], day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}") for n in (1, 2)])

    def record(graduate_id: str, stage: str, **more: str) -> None:
        body = {"graduate_id": graduate_id, "post_id": "P1", "stage": stage, "date": "2026-05-15"}
        recording.record_outcome(engine, body | more, day=DAY, idempotency_key=None, clerk=CLERK)

    until = {"interned_until": "2026-05-20", "agreed_on": "2026-05-10"}
    with pytest.raises(ImportRefused):
        record("G1", "实习", interned_until="2026-05-14")
    record("G1", "实习", **until)
    with pytest.raises(NoOpenPlace):
        record("G2", "实习", **until)
    with pytest.raises(NoOpenPlace):
        ledger.hold(engine, CLERK, "G2", "P1")
    ledger.hold(engine, CLERK, "G2", "P1", wait=True)
    record("G1", "签约")
    record("G1", "实习", **until | {"interned_until": "2026-05-25"})  # signed, and interns on
    with store.reading(engine) as conn:
        kept = store.load_outcomes(conn, day=DAY)
    assert [(step.stage, step.agreed_on) for step in kept] == [
        (STAGE.SIGNED, None),
        (STAGE.INTERNED, date(2026, 5, 10)),
    ]


def test_the_ledger_shows_who_interns_and_gives_the_place_on_when_it_is_released(
    engine: Engine,
) -> None:
    steps = [
        interned(),
        interned(graduate_id="G2", post_id="P2"),
        interned(graduate_id="G3"),
        make_outcome(graduate_id="G3", stage=STAGE.SIGNED, date=DAY),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(headcount=2), make_post(post_id="P2")], day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}") for n in (1, 2, 3, 4)])
        store.save_outcomes(conn, steps)
    shown = ledger.show(engine, CLERK, "P1")
    # G3 has the other place for good, whatever the internship says.
    assert (shown.confirmed, shown.open_places) == (("G3",), 0)
    assert "  实习  G1  至 2026-05-20（含当日）" in ledger_printouts.places_lines(shown)
    assert ledger_printouts.places_json(shown)["interns"] == [
        {"graduate_id": "G1", "since": "2026-04-20", "until": "2026-05-20"}
    ]
    ledger.hold(engine, CLERK, "G4", "P1", wait=True)
    ledger.release(engine, CLERK, "G1", "P1", reason="其他")
    shown = ledger.show(engine, CLERK, "P1")
    assert (shown.interns, [hold.graduate_id for hold in shown.held]) == ((), ["G4"])
    with pytest.raises(NothingClaimed):
        ledger.release(engine, CLERK, "G1", "P1", reason="其他")


def test_the_place_of_an_intern_who_signed_elsewhere_is_open_for_whoever_asks(
    engine: Engine,
) -> None:
    steps = [
        interned(),
        interned(graduate_id="G3", post_id="P3"),
        make_outcome(stage=STAGE.SIGNED, post_id="P2", date=DAY),
        make_outcome(graduate_id="G3", stage=STAGE.SIGNED, post_id="P2", date=DAY),
    ]
    with store.writing(engine) as conn:
        store.save_posts(
            conn, [make_post(post_id=each, headcount=1) for each in ("P1", "P2", "P3")], day=DAY
        )
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}") for n in (1, 2, 3)])
        store.save_outcomes(conn, steps)
    assert ledger.show(engine, CLERK, "P1").open_places == 1
    ledger.hold(engine, CLERK, "G2", "P3", hours=1)
    ledger.confirm(engine, CLERK, "G2", "P1")
    assert ledger.show(engine, CLERK, "P1").confirmed == ("G2",)


def test_a_recorded_internship_is_answered_again_as_it_was(engine: Engine) -> None:
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(headcount=1)], day=DAY)
        store.save_graduates(conn, [make_graduate()])
    body = {
        "graduate_id": "G1",
        "post_id": "P1",
        "stage": "实习",
        "date": "2026-05-15",
        "interned_until": "2026-05-20",
        "agreed_on": "2026-05-10",
    }
    first, again = (
        recording.record_outcome(engine, body, day=DAY, idempotency_key="K", clerk=CLERK)
        for _ in range(2)
    )
    assert (first.outcome, first.replayed, again.replayed) == (again.outcome, False, True)
    assert again.outcome.interned_until == UNTIL


# --- until when -------------------------------------------------------------------------------


def test_who_left_another_post_before_holds_a_place() -> None:
    before = make_outcome(stage=STAGE.SIGNED, date=date(2026, 3, 1), post_id="P9")
    left_it = make_outcome(stage=STAGE.LEFT, date=date(2026, 4, 19), post_id="P9")
    assert left(seen(before, left_it, interned())) == 0


def test_the_last_day_counts_and_the_next_does_not() -> None:
    assert left(seen(interned(), day=UNTIL)) == 0
    assert left(seen(interned(), day=date(2026, 5, 21))) == 1


def test_the_later_of_two_internships_says_until_when() -> None:
    again = interned(date=date(2026, 5, 1), interned_until=date(2026, 6, 30))
    assert left(seen(again, interned(), day=date(2026, 6, 1))) == 0
    shorter = interned(date=date(2026, 5, 1), interned_until=date(2026, 5, 10))
    assert left(seen(shorter, interned())) == 1


def test_who_signs_has_one_place_and_an_earlier_refusal_is_no_end() -> None:
    signed = make_outcome(stage=STAGE.SIGNED, date=DAY)
    now = standing([interned(), signed], {"P1": make_post()}, DAY)
    assert (open_places(make_post(headcount=2), now), now.held) == (1, {})
    full = make_outcome(stage=STAGE.REJECTED, date=date(2026, 4, 1), reason=StepReason.FULL)
    assert left(seen(full, interned())) == 0


# --- what became of them ----------------------------------------------------------------------


def test_internships_are_counted_with_those_that_came_to_a_placement() -> None:
    steps = [
        interned(),
        interned(graduate_id="G2", interned_until=date(2026, 5, 1)),
        make_outcome(graduate_id="G2", stage=STAGE.SIGNED, date=date(2026, 5, 2)),
        interned(graduate_id="G3", interned_until=None),
        # Signed before the internship, or elsewhere: not converted.
        make_outcome(graduate_id="G3", stage=STAGE.SIGNED, date=date(2026, 4, 1)),
        make_outcome(graduate_id="G1", post_id="P2", stage=STAGE.SIGNED, date=DAY),
    ]
    assert internships(steps, DAY) == {"going_on": 1, "over": 2, "converted": 1}
