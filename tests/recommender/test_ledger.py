from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from recommender import ledger, places
from recommender.claims import SHANDONG, Claim, ClaimState, LedgerAction, day_of, start_of
from recommender.data import ledger as kept
from recommender.data import schema, store
from recommender.domain import Channel, Outcome, OutcomeStage, SkillLevel, StepReason
from recommender.errors import (
    AlreadyClaimed,
    AlreadyPlaced,
    HoldExpired,
    Ineligible,
    NoOpenPlace,
    NotFound,
    NothingClaimed,
    Refused,
    ReplayMismatch,
    Unreadable,
)
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_outcome, make_post

NOON = datetime(2026, 5, 15, 12, tzinfo=SHANDONG)
AT = OutcomeStage


def clerk(hours_later: float = 0, *, who: str = "officer") -> Clerk:
    """Give an officer whose holds last ten hours, so many hours after noon."""
    return Clerk(who=who, now=NOON + timedelta(hours=hours_later), hold_hours=10)


@pytest.fixture
def office(engine: Engine) -> Engine:
    """Store posts with one place and with two, some that may not be had, and five graduates."""
    posts = [
        make_post(post_id="ONE", headcount=1),
        make_post(post_id="TWO", headcount=2),
        make_post(post_id="CLOSED", closes_on=date(2026, 5, 14)),
        make_post(post_id="LATER", opens_on=date(2026, 5, 20)),
        make_post(post_id="SENIOR", min_level=SkillLevel.SENIOR_WORKER),
    ]
    people = [make_graduate(graduate_id=f"G{n}") for n in range(1, 6)]
    people += [
        make_graduate(graduate_id="SILENT", consent=False),
        make_graduate(graduate_id="HIRED", hired_at_enrolment=True),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, people)
    return engine


def steps(engine: Engine) -> list[Outcome]:
    with store.reading(engine) as conn:
        return store.load_outcomes(conn, day=date.max)


def told(engine: Engine, post_id: str, at: Clerk | None = None) -> list[tuple[str, str]]:
    shown = ledger.show(engine, at or clerk(), post_id)
    return [(event.action.value, event.graduate_id) for event in shown.history]


def record(engine: Engine, **step: Any) -> None:
    with store.writing(engine) as conn:
        store.save_outcome(conn, make_outcome(**step))


def n_rows(engine: Engine) -> tuple[int, int, int]:
    """Count claims, lines of the ledger and steps."""
    with engine.connect() as conn:
        tables = (schema.claims, schema.ledger, schema.outcomes)
        return tuple(  # type: ignore[return-value]
            conn.execute(sa.select(sa.func.count()).select_from(each)).scalar_one()
            for each in tables
        )


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
@pytest.mark.parametrize(
    ("graduate_id", "post_id", "kind"), [("G9", "ONE", "graduate"), ("G1", "P9", "post")]
)
def test_an_id_that_nobody_knows(
    office: Engine, ask: Any, graduate_id: str, post_id: str, kind: str
) -> None:
    with pytest.raises(NotFound) as refusal:
        ask(office, clerk(), graduate_id, post_id)
    assert refusal.value.kind == kind
    with pytest.raises(NotFound):
        ledger.release(office, clerk(), graduate_id, post_id, reason="其他")
    assert n_rows(office) == (0, 0, 0)


def test_the_places_of_a_post_that_nobody_knows(office: Engine) -> None:
    with pytest.raises(NotFound):
        ledger.show(office, clerk(), "P9")


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
@pytest.mark.parametrize(
    ("graduate_id", "post_id", "rules"),
    [
        ("G1", "CLOSED", (("open", ()),)),
        ("G1", "LATER", (("open", ("2026-05-20",)),)),
        ("G1", "SENIOR", (("level", ("SENIOR_WORKER",)),)),
        ("SILENT", "ONE", (("consent", ()),)),
        ("SILENT", "SENIOR", (("consent", ()), ("level", ("SENIOR_WORKER",)))),
    ],
)
def test_a_rule_that_forbids_the_post_is_named_and_nothing_is_written(
    office: Engine, ask: Any, graduate_id: str, post_id: str, rules: tuple[Any, ...]
) -> None:
    with pytest.raises(Ineligible) as refusal:
        ask(office, clerk(), graduate_id, post_id)
    assert refusal.value.rules == rules
    assert n_rows(office) == (0, 0, 0)


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
def test_a_post_that_was_declined_may_not_be_had_again(office: Engine, ask: Any) -> None:
    record(office, graduate_id="G1", post_id="ONE", stage=AT.DECLINED)
    with pytest.raises(Ineligible) as refusal:
        ask(office, clerk(), "G1", "ONE")
    assert refusal.value.rules == (("again", ()),)


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
def test_nobody_who_was_hired_at_enrolment(office: Engine, ask: Any) -> None:
    with pytest.raises(AlreadyPlaced):
        ask(office, clerk(), "HIRED", "ONE")


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
def test_no_place_is_left_where_another_is_held_or_confirmed(office: Engine, ask: Any) -> None:
    ledger.hold(office, clerk(), "G1", "ONE")
    with pytest.raises(NoOpenPlace):
        ask(office, clerk(), "G2", "ONE")
    ledger.confirm(office, clerk(), "G1", "ONE")
    with pytest.raises(NoOpenPlace):
        ask(office, clerk(), "G2", "ONE")


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
def test_a_second_place_is_refused_until_the_first_is_released(office: Engine, ask: Any) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    with pytest.raises(AlreadyPlaced) as refusal:
        ask(office, clerk(), "G1", "TWO")
    assert refusal.value.post_id == "ONE"
    ledger.release(office, clerk(), "G1", "ONE", reason="薪资")
    ask(office, clerk(1), "G1", "TWO")


def test_a_place_confirmed_twice(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    with pytest.raises(AlreadyPlaced):
        ledger.confirm(office, clerk(), "G1", "ONE")
    assert n_rows(office) == (1, 1, 1)


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
def test_nobody_who_signed_by_an_imported_step(office: Engine, ask: Any) -> None:
    record(office, graduate_id="G1", post_id="TWO")
    with pytest.raises(AlreadyPlaced):
        ask(office, clerk(), "G1", "ONE")


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
def test_imported_steps_may_overfill_a_post_and_the_ledger_never_does(
    office: Engine, ask: Any
) -> None:
    for graduate_id in ("G1", "G2"):
        record(office, graduate_id=graduate_id, post_id="ONE")
    with pytest.raises(NoOpenPlace):
        ask(office, clerk(), "G3", "ONE")
    assert ledger.show(office, clerk(), "ONE").open_places == 0


@pytest.mark.parametrize("ask", [ledger.hold, ledger.confirm])
def test_a_place_that_a_step_dated_ahead_takes_is_not_given_away(office: Engine, ask: Any) -> None:
    record(office, graduate_id="G1", post_id="ONE", date=date(2026, 5, 20))
    with pytest.raises(NoOpenPlace):
        ask(office, clerk(), "G2", "ONE")
    with pytest.raises(AlreadyPlaced):
        ask(office, clerk(), "G1", "TWO")


def test_a_hold_on_top_of_a_hold_or_of_a_turn(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE")
    ledger.hold(office, clerk(), "G2", "ONE", wait=True)
    for graduate_id in ("G1", "G2"):
        for wait in (False, True):
            with pytest.raises(AlreadyClaimed):
                ledger.hold(office, clerk(1), graduate_id, "ONE", wait=wait)


def test_a_hold_that_ran_out_and_whose_place_is_taken(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE", hours=2)
    ledger.confirm(office, clerk(2), "G2", "ONE")
    with pytest.raises(HoldExpired):
        ledger.confirm(office, clerk(3), "G1", "ONE")
    with pytest.raises(NoOpenPlace):
        ledger.confirm(office, clerk(3), "G3", "ONE")


def test_nothing_to_release(office: Engine) -> None:
    with pytest.raises(NothingClaimed):
        ledger.release(office, clerk(), "G1", "ONE", reason="其他")
    ledger.hold(office, clerk(), "G1", "ONE", hours=2)
    with pytest.raises(NothingClaimed):
        ledger.release(office, clerk(2), "G1", "ONE", reason="其他")


@pytest.mark.parametrize("reason", ["", "天气", "签约"])
def test_a_release_needs_a_reason_of_the_outcomes_sheet(office: Engine, reason: str) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    with pytest.raises(Unreadable) as refusal:
        ledger.release(office, clerk(), "G1", "ONE", reason=reason)
    assert (refusal.value.field, refusal.value.code) == ("reason", "unknown_word")
    assert n_rows(office) == (1, 1, 1)


def test_a_channel_that_there_is_not(office: Engine) -> None:
    with pytest.raises(Unreadable) as refusal:
        ledger.confirm(office, clerk(), "G1", "ONE", channel="电话")
    assert refusal.value.field == "channel"


def test_a_key_used_for_another_request(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE", key="k")
    others: list[Any] = [
        lambda: ledger.hold(office, clerk(), "G2", "ONE", key="k"),
        lambda: ledger.hold(office, clerk(), "G1", "TWO", key="k"),
        lambda: ledger.hold(office, clerk(), "G1", "ONE", hours=3, key="k"),
        lambda: ledger.hold(office, clerk(), "G1", "ONE", note="why", key="k"),
        lambda: ledger.hold(office, clerk(), "G1", "ONE", wait=True, key="k"),
        lambda: ledger.confirm(office, clerk(), "G1", "ONE", key="k"),
        lambda: ledger.release(office, clerk(), "G1", "ONE", reason="其他", key="k"),
    ]
    for other in others:
        with pytest.raises(ReplayMismatch):
            other()
    assert n_rows(office) == (1, 1, 0)


def test_a_moment_without_its_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        day_of(datetime(2026, 5, 15, 12))  # noqa: DTZ001 - that is the mistake


# --- what the database refuses, whatever a writer overlooks -----------------------------------


def claim(**overrides: Any) -> Claim:
    values: dict[str, Any] = {
        "post_id": "ONE",
        "graduate_id": "G1",
        "state": ClaimState.CONFIRMED,
        "since": NOON,
        "number": 1,
    }
    return Claim(**values | overrides)


@pytest.mark.parametrize(
    "second",
    [
        {"graduate_id": "G2"},  # the number has its holder
        {"graduate_id": "G2", "number": 2},  # beyond the headcount
        {"graduate_id": "G2", "number": 0},
        {"graduate_id": "G2", "number": None},  # a place without a number
        {"graduate_id": "G2", "number": 1, "state": ClaimState.WAITING},
        {"post_id": "TWO", "number": 2},  # a second confirmed place of one graduate
    ],
)
def test_the_tables_refuse_a_place_taken_twice(office: Engine, second: dict[str, Any]) -> None:
    n_places = 2 if second.get("post_id") == "TWO" else 1
    with store.writing(office) as conn:
        kept.put_claim(conn, claim(), n_places=1)
    with pytest.raises(sa.exc.IntegrityError), store.writing(office) as conn:
        kept.put_claim(conn, claim(**second), n_places=n_places)
    assert n_rows(office) == (1, 0, 0)


# --- holding, confirming, releasing -----------------------------------------------------------


def test_a_hold_is_for_its_holder_until_its_deadline_and_not_at_it(office: Engine) -> None:
    entry = ledger.hold(office, clerk(), "G1", "ONE", hours=2, note="电话联系")
    assert entry.event.action is LedgerAction.HOLD
    assert entry.event.expires_at == NOON + timedelta(hours=2)
    assert (entry.event.who, entry.event.note, entry.position) == ("officer", "电话联系", None)
    with pytest.raises(NoOpenPlace):
        ledger.confirm(office, clerk(1.999), "G2", "ONE")
    assert [hold.graduate_id for hold in ledger.show(office, clerk(1.999), "ONE").held] == ["G1"]
    shown = ledger.show(office, clerk(2), "ONE")
    assert (shown.held, shown.open_places) == ((), 1)
    assert told(office, "ONE") == [("hold", "G1"), ("expire", "G1")]


def test_a_hold_lasts_as_long_as_the_clerk_says_where_nothing_is_said(office: Engine) -> None:
    assert ledger.hold(office, clerk(), "G1", "ONE").event.expires_at == NOON + timedelta(hours=10)


def test_a_held_place_is_confirmed_with_its_step_once(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "TWO")
    entry = ledger.confirm(office, clerk(1), "G1", "TWO", channel="双选会")
    assert entry.event.action is LedgerAction.CONFIRM
    assert steps(office) == [
        make_outcome(graduate_id="G1", post_id="TWO", date=DAY, channel=Channel.FAIR)
    ]
    shown = ledger.show(office, clerk(1), "TWO")
    assert (shown.confirmed, shown.held, shown.open_places) == (("G1",), (), 1)
    assert n_rows(office) == (1, 2, 1)


def test_a_place_is_confirmed_without_a_hold(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "TWO")
    ledger.confirm(office, clerk(), "G2", "TWO")
    assert ledger.show(office, clerk(), "TWO").confirmed == ("G1", "G2")
    with store.reading(office) as conn:
        assert [one.number for one in kept.load_claims(conn, post_ids=["TWO"])] == [1, 2]


def test_what_else_was_held_lapses_with_a_confirmation(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE")
    ledger.hold(office, clerk(), "G1", "TWO")
    ledger.confirm(office, clerk(), "G1", "TWO")
    shown = ledger.show(office, clerk(), "ONE")
    assert (shown.held, shown.open_places) == ((), 1)
    assert (shown.history[-1].action, shown.history[-1].reason) == (LedgerAction.LAPSE, "unplaced")


def test_a_release_records_the_step_and_why_and_gives_the_place_back(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    entry = ledger.release(office, clerk(1), "G1", "ONE", reason="距离", note="搬家")
    assert (entry.event.reason, entry.event.note) == ("distance", "搬家")
    cancelled = [step for step in steps(office) if step.stage is AT.CANCELLED]
    assert cancelled == [
        make_outcome(
            graduate_id="G1",
            post_id="ONE",
            stage=AT.CANCELLED,
            date=DAY,
            reason=StepReason.DISTANCE,
        )
    ]
    assert ledger.show(office, clerk(1), "ONE").open_places == 1
    ledger.confirm(office, clerk(1), "G2", "ONE")


def test_a_place_released_by_mistake_is_confirmed_again_on_the_same_day(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    ledger.release(office, clerk(), "G1", "ONE", reason="其他")
    ledger.confirm(office, clerk(1), "G1", "ONE")
    # Steps know days: the day ends as one signing. The ledger knows what happened in it.
    assert [step.stage for step in steps(office)] == [AT.SIGNED]
    assert ledger.show(office, clerk(1), "ONE").confirmed == ("G1",)
    assert [action for action, _ in told(office, "ONE")] == ["confirm", "release", "confirm"]


def test_a_place_that_was_imported_is_released_too(office: Engine) -> None:
    record(office, graduate_id="G1", post_id="ONE", date=date(2026, 5, 1))
    assert ledger.show(office, clerk(), "ONE").confirmed == ("G1",)
    ledger.release(office, clerk(), "G1", "ONE", reason="其他")
    assert ledger.show(office, clerk(), "ONE").open_places == 1


def test_a_hold_and_a_turn_are_released_without_a_step(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE")
    ledger.hold(office, clerk(), "G2", "ONE", wait=True)
    ledger.release(office, clerk(), "G2", "ONE", reason="其他")
    ledger.release(office, clerk(), "G1", "ONE", reason="其他")
    shown = ledger.show(office, clerk(), "ONE")
    assert (shown.held, shown.line, shown.open_places) == ((), (), 1)
    assert steps(office) == []


def test_a_placement_ended_by_a_recorded_step_leaves_the_graduate_free(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    record(office, graduate_id="G1", post_id="ONE", stage=AT.LEFT, date=date(2026, 5, 16))
    tomorrow = clerk(24)
    ledger.confirm(office, tomorrow, "G1", "TWO")
    ledger.confirm(office, tomorrow, "G2", "ONE")
    assert told(office, "ONE", tomorrow) == [
        ("confirm", "G1"),
        ("release", "G1"),
        ("confirm", "G2"),
    ]


def test_a_place_whose_placement_a_recorded_step_ended_is_had_by_the_next(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    record(office, graduate_id="G1", post_id="ONE", stage=AT.LEFT, date=date(2026, 5, 16))
    ledger.confirm(office, clerk(24), "G2", "ONE")
    assert ledger.show(office, clerk(24), "ONE").confirmed == ("G2",)
    assert n_rows(office) == (1, 3, 3)


def test_a_place_given_back_after_the_posts_last_day_is_nobodys(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    after = Clerk(who="officer", now=datetime(2026, 7, 2, 9, tzinfo=SHANDONG), hold_hours=10)
    ledger.release(office, after, "G1", "ONE", reason="其他")
    assert ledger.show(office, after, "ONE").open_places == 0


# --- the line ---------------------------------------------------------------------------------


def test_an_open_post_has_no_line_to_stand_in(office: Engine) -> None:
    assert ledger.hold(office, clerk(), "G1", "ONE", wait=True).event.action is LedgerAction.HOLD


def test_a_released_place_is_offered_to_the_next_in_line_until_a_deadline(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    entries = [ledger.hold(office, clerk(n), f"G{n}", "ONE", wait=True) for n in (3, 2, 4)]
    # G3 came at three o'clock by this clock, after G2 at two: the line goes by time.
    assert [entry.position for entry in entries] == [1, 1, 3]
    line = ledger.show(office, clerk(5), "ONE").line
    assert [claim.graduate_id for claim in line] == ["G2", "G3", "G4"]
    ledger.release(office, clerk(5), "G1", "ONE", reason="其他")
    shown = ledger.show(office, clerk(5), "ONE")
    assert [(hold.graduate_id, hold.offered) for hold in shown.held] == [("G2", True)]
    assert shown.held[0].expires_at == NOON + timedelta(hours=15)
    assert [claim.graduate_id for claim in shown.line] == ["G3", "G4"]
    assert shown.history[-1].who == "ledger"
    for other in ("G3", "G5"):
        with pytest.raises(NoOpenPlace):
            ledger.confirm(office, clerk(5), other, "ONE")
    ledger.confirm(office, clerk(14), "G2", "ONE")


def test_an_offer_not_taken_goes_to_the_next_whoever_looks_first(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE", hours=1)
    ledger.hold(office, clerk(), "G2", "ONE", wait=True)
    ledger.hold(office, clerk(0.5), "G3", "ONE", wait=True)
    assert [hold.graduate_id for hold in ledger.show(office, clerk(1), "ONE").held] == ["G2"]
    # Somebody asks for another post at the moment at which the offer to G2 runs out.
    ledger.hold(office, clerk(11), "G5", "TWO")
    assert told(office, "ONE", clerk(11)) == [
        ("hold", "G1"),
        ("wait", "G2"),
        ("wait", "G3"),
        ("expire", "G1"),
        ("offer", "G2"),
        ("expire", "G2"),
        ("offer", "G3"),
    ]
    with pytest.raises(HoldExpired):
        ledger.confirm(office, clerk(12), "G2", "ONE")


def test_those_who_came_at_one_moment_stand_by_hash(office: Engine) -> None:
    """Hold the tie to BLAKE2b of post and graduate: arbitrary, but the same on every machine."""
    waiting = [claim(graduate_id=f"G{n}", state=ClaimState.WAITING, number=None) for n in (1, 2, 3)]
    # printf 'ONE\nG1' | b2sum -l 64 says f56f…, of G2 e9ea…, of G3 a48a….
    assert [each.graduate_id for each in places.in_turn(waiting)] == ["G3", "G2", "G1"]


def test_who_may_no_longer_have_the_post_loses_their_turn(office: Engine) -> None:
    ledger.confirm(office, clerk(), "G1", "ONE")
    for graduate_id in ("G2", "G3", "G4"):
        ledger.hold(office, clerk(1), graduate_id, "ONE", wait=True)
    record(office, graduate_id="G2", post_id="ONE", stage=AT.DECLINED, date=DAY)
    ledger.confirm(office, clerk(2), "G3", "TWO")
    ledger.release(office, clerk(3), "G1", "ONE", reason="其他")
    shown = ledger.show(office, clerk(3), "ONE")
    assert ([hold.graduate_id for hold in shown.held], shown.line) == (["G4"], ())
    lapsed = {
        event.graduate_id: event.reason
        for event in shown.history
        if event.action is LedgerAction.LAPSE
    }
    assert lapsed == {"G2": "again", "G3": "unplaced"}


def test_nobody_is_offered_a_place_of_a_post_that_has_closed(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE")
    ledger.hold(office, clerk(), "G2", "ONE", wait=True)
    after = Clerk(who="officer", now=datetime(2026, 7, 1, 9, tzinfo=SHANDONG), hold_hours=10)
    shown = ledger.show(office, after, "ONE")
    assert (shown.line, shown.held) == ((), ())
    assert (shown.history[-1].action, shown.history[-1].reason) == (LedgerAction.LAPSE, "open")


# --- the same request again -------------------------------------------------------------------


def test_a_request_sent_again_gets_the_same_answer_and_changes_nothing(office: Engine) -> None:
    asked: list[Any] = [
        lambda hour: ledger.hold(office, clerk(hour), "G1", "ONE", note="n", key="a"),
        lambda hour: ledger.hold(office, clerk(hour), "G2", "ONE", wait=True, key="b"),
        lambda hour: ledger.confirm(office, clerk(hour), "G1", "ONE", channel="fair", key="c"),
        lambda hour: ledger.release(office, clerk(hour), "G1", "ONE", reason="薪资", key="d"),
    ]
    first = [ask(0) for ask in asked]
    before = n_rows(office), steps(office)
    again = [ask(5) for ask in asked]
    assert [(one.event, one.position) for one in again] == [
        (one.event, one.position) for one in first
    ]
    assert {one.replayed for one in first} == {False}
    assert {one.replayed for one in again} == {True}
    assert (n_rows(office), steps(office)) == before


def test_a_refusal_is_the_same_again_though_a_place_came_free(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE")
    asked: list[tuple[type[Refused], Any]] = [
        (NoOpenPlace, lambda: ledger.confirm(office, clerk(), "G2", "ONE", key="a")),
        (AlreadyClaimed, lambda: ledger.hold(office, clerk(), "G1", "ONE", key="b")),
        (Ineligible, lambda: ledger.confirm(office, clerk(), "G2", "SENIOR", key="c")),
        (
            NothingClaimed,
            lambda: ledger.release(office, clerk(), "G3", "ONE", reason="其他", key="d"),
        ),
    ]
    facts = []
    for kind, ask in asked:
        with pytest.raises(kind) as refusal:
            ask()
        facts.append(vars(refusal.value))
    ledger.release(office, clerk(), "G1", "ONE", reason="其他")
    for (kind, ask), said in zip(asked, facts, strict=True):
        with pytest.raises(kind) as refusal:
            ask()
        assert vars(refusal.value) == said


def test_a_request_of_an_unknown_graduate_may_be_sent_again_once_they_are_known(
    office: Engine,
) -> None:
    with pytest.raises(NotFound):
        ledger.hold(office, clerk(), "G9", "ONE", key="k")
    with store.writing(office) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G9")])
    assert not ledger.hold(office, clerk(), "G9", "ONE", key="k").replayed


# --- one reading of places for everybody ------------------------------------------------------


def test_whoever_knows_only_the_day_counts_a_hold_for_the_whole_of_it(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE", hours=1)
    with store.reading(office) as conn:
        [post] = store.load_posts(conn, day=DAY, post_ids=["ONE"])
        at_day = places.standing_on(conn, [post], DAY)
        at_two = places.standing_on(conn, [post], DAY, moment=NOON + timedelta(hours=2))
        day_before = places.standing_on(conn, [post], date(2026, 5, 14))
        day_after = places.standing_on(conn, [post], date(2026, 5, 16))
    assert at_day.held == {"ONE": frozenset({"G1"})}
    assert at_two.held == day_before.held == day_after.held == {}
    assert start_of(DAY) == NOON - timedelta(hours=12)


def test_the_channel_of_a_hold_is_that_of_the_confirmation(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE", channel="双选会")
    ledger.hold(office, clerk(), "G2", "ONE", wait=True, channel="自主")
    assert ledger.confirm(office, clerk(), "G1", "ONE").event.channel == "fair"
    ledger.release(office, clerk(), "G1", "ONE", reason="薪资")
    # G2's turn became an offer; what is said at the end counts, and nothing of what was released.
    assert ledger.confirm(office, clerk(), "G2", "ONE", channel="就业办").event.channel == "office"
    ledger.release(office, clerk(), "G2", "ONE", reason="薪资")
    assert ledger.confirm(office, clerk(), "G1", "ONE").event.channel is None
    with store.reading(office) as conn:
        steps = store.load_outcomes(conn, day=DAY, stages=[OutcomeStage.SIGNED])
    assert [(step.graduate_id, step.channel) for step in steps] == [
        ("G1", None),
        ("G2", Channel.OFFICE),
    ]


def test_the_turn_says_the_channel_too_and_an_unknown_one_is_refused(office: Engine) -> None:
    with pytest.raises(Unreadable):
        ledger.hold(office, clerk(), "G1", "ONE", channel="电话")
    ledger.hold(office, clerk(), "G1", "ONE")
    ledger.hold(office, clerk(), "G2", "ONE", wait=True, channel="自主")
    ledger.release(office, clerk(), "G1", "ONE", reason="薪资")
    assert ledger.confirm(office, clerk(), "G2", "ONE").event.channel == "self"


def test_what_is_pending_is_settled_first(office: Engine) -> None:
    ledger.hold(office, clerk(), "G1", "ONE", hours=1)
    ledger.hold(office, clerk(), "G2", "ONE", wait=True)
    now = ledger.pending(office, clerk())
    assert [each.graduate_id for each in now.held] == ["G1"]
    assert {at: [each.graduate_id for each in line] for at, line in now.lines.items()} == {
        "ONE": ["G2"]
    }
    # G1's hold ran out, so that the place is offered to G2.
    later = ledger.pending(office, clerk(2))
    assert [(each.graduate_id, each.offered) for each in later.held] == [("G2", True)]
    assert later.lines == {}
