"""What is held counts the same for every list, table and page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import assignments, cohorts, ledger, places, recording, reports
from recommender.claims import SHANDONG, LedgerAction
from recommender.data import store
from recommender.domain import Outcome, OutcomeStage
from recommender.errors import AlreadyPlaced, NoOpenPlace
from recommender.matching.eligibility import check_pair, eligible_pairs
from recommender.placements import PlacementDesk
from recommender.places import Clerk
from tests.builders import DAY, SmallWorld

NOON = datetime(2026, 5, 15, 12, tzinfo=SHANDONG)
CLERK = Clerk(who="officer", now=NOON, hold_hours=2)


def posts_of(desk: PlacementDesk, graduate_id: str) -> dict[str, int]:
    """Give the posts of a ranking with their open places."""
    ranked = desk.rank_posts(graduate_id)
    return {line.post.post_id: line.open_places for line in ranked.ranking}


def holds(desk: PlacementDesk, graduate_id: str, post_id: str, code: str) -> bool:
    [rule] = [one for one in desk.eligibility(graduate_id, post_id) if one.code == code]
    return rule.holds


Desk = Callable[[datetime], PlacementDesk]


@pytest.fixture
def desk_at(stored_world: Engine, models_dir: Path) -> Desk:
    def make(moment: datetime) -> PlacementDesk:
        return PlacementDesk(stored_world, models_dir, today=lambda: DAY, now=lambda: moment)

    return make


def record(engine: Engine, clerk: Clerk | None = CLERK, **body: str) -> None:
    sent = {"graduate_id": "G7", "post_id": "P4", "stage": "签约", "date": "2026-05-15"} | body
    recording.record_outcome(engine, sent, day=DAY, idempotency_key=None, clerk=clerk)


# --- refusals ---------------------------------------------------------------------------------


def test_a_recorded_signing_takes_no_place_that_is_held_for_another(stored_world: Engine) -> None:
    ledger.hold(stored_world, CLERK, "G7", "P4")
    with pytest.raises(NoOpenPlace):
        record(stored_world, graduate_id="G8")
    record(
        stored_world, Clerk(who="o", now=NOON + timedelta(hours=2), hold_hours=2), graduate_id="G8"
    )


def test_a_graduate_confirmed_in_the_ledger_signs_nowhere_else(stored_world: Engine) -> None:
    ledger.confirm(stored_world, CLERK, "G7", "P4")
    with pytest.raises(AlreadyPlaced):
        record(stored_world, post_id="P1")


# --- lists ------------------------------------------------------------------------------------


def test_a_held_place_is_in_its_holders_list_and_in_nobody_elses(
    stored_world: Engine, desk_at: Desk
) -> None:
    desk = desk_at(NOON)
    assert posts_of(desk, "G7") == posts_of(desk, "G8") == {"P1": 1, "P4": 1, "P5": 2}
    ledger.hold(stored_world, CLERK, "G7", "P4")
    assert posts_of(desk, "G7") == {"P1": 1, "P4": 1, "P5": 2}
    assert posts_of(desk, "G8") == {"P1": 1, "P5": 2}
    assert [line.graduate_id for line in desk.rank_graduates("P4").graduates] == ["G7"]
    assert holds(desk, "G7", "P4", "places")
    assert not holds(desk, "G8", "P4", "places")
    anybody = desk.rank_for_profile({"trade": "焊接加工", "adult_on": "2000-01-01"})
    assert "P4" not in {line.post.post_id for line in anybody.ranking}


def test_a_held_place_comes_back_at_its_deadline_though_nothing_is_written(
    stored_world: Engine, models_dir: Path
) -> None:
    clock = [NOON]
    desk = PlacementDesk(stored_world, models_dir, today=lambda: DAY, now=lambda: clock[0])
    ledger.hold(stored_world, CLERK, "G7", "P4")
    clock[0] = NOON + timedelta(minutes=119)
    assert "P4" not in posts_of(desk, "G8")
    clock[0] = NOON + timedelta(hours=2)
    assert "P4" in posts_of(desk, "G8")
    assert holds(desk, "G8", "P4", "places")


def test_a_confirmed_place_leaves_the_lists_and_its_graduate_has_none(
    stored_world: Engine, desk_at: Desk
) -> None:
    ledger.hold(stored_world, CLERK, "G7", "P4")
    ledger.confirm(stored_world, CLERK, "G7", "P4")
    desk = desk_at(NOON)
    assert posts_of(desk, "G7") == {}
    assert desk.rank_posts("G7").excluded_by == ("unplaced",)
    # One place, not one for the hold and one for the step.
    ledger.confirm(stored_world, CLERK, "G6", "P5")
    assert posts_of(desk, "G8") == {"P1": 1, "P5": 1}


def test_an_assignment_keeps_what_is_held_for_who_holds_it(
    stored_world: Engine, models_dir: Path
) -> None:
    def placed() -> dict[object, object]:
        table = assignments.assign(stored_world, models_dir, day=DAY)
        return {row[0]: row[1] for row in table.rows}

    # G7 is the only electrician, and P4 the only post for one.
    assert placed()["G7"] == "P4"
    ledger.hold(stored_world, CLERK, "G8", "P4")
    now = placed()
    assert (now["G8"], now.get("G7")) == ("P4", "P1")


def test_a_ranking_of_a_whole_class_year_leaves_out_what_is_held(
    stored_world: Engine, models_dir: Path
) -> None:
    ledger.hold(stored_world, CLERK, "G7", "P4")
    table = cohorts.rank_cohort(stored_world, models_dir, day=DAY)
    assert [row[0] for row in table.rows if row[1] == "P4"] == ["G7"]


def test_status_counts_a_held_place_as_taken(stored_world: Engine, models_dir: Path) -> None:
    before = reports.status(stored_world, models_dir, day=DAY)["open"]["places"]
    ledger.hold(stored_world, CLERK, "G7", "P4")
    assert reports.status(stored_world, models_dir, day=DAY)["open"]["places"] == before - 1


def test_the_rules_say_the_same_of_a_pair_and_of_all_pairs(
    stored_world: Engine, small_world: SmallWorld
) -> None:
    ledger.hold(stored_world, CLERK, "G7", "P4")
    ledger.hold(stored_world, CLERK, "G6", "P1")
    ledger.hold(stored_world, CLERK, "G8", "P5")
    with store.reading(stored_world) as conn:
        now = places.standing_on(conn, small_world.posts, DAY)
    assert now.held == {
        "P1": frozenset({"G6"}),
        "P4": frozenset({"G7"}),
        "P5": frozenset({"G8"}),
    }
    mask = eligible_pairs(small_world.graduates, small_world.posts, now, DAY)
    one_by_one = [
        [
            all(rule.holds for rule in check_pair(graduate, post, now, DAY))
            for post in small_world.posts
        ]
        for graduate in small_world.graduates
    ]
    assert mask.tolist() == one_by_one
    assert mask[:, 3].tolist() == [False] * 6 + [True, False]  # P4 for G7 alone


# --- what a recorded step brings about --------------------------------------------------------


def actions(engine: Engine, post_id: str) -> list[tuple[str, str]]:
    shown = ledger.show(engine, CLERK, post_id)
    return [(event.action.value, event.graduate_id) for event in shown.history]


def test_a_recorded_signing_ends_its_graduates_holds_at_once(stored_world: Engine) -> None:
    ledger.hold(stored_world, CLERK, "G7", "P4")
    ledger.hold(stored_world, CLERK, "G7", "P1")
    ledger.hold(stored_world, CLERK, "G6", "P1", wait=True)
    record(stored_world)
    assert actions(stored_world, "P4") == [("hold", "G7"), ("lapse", "G7")]
    assert actions(stored_world, "P1") == [
        ("hold", "G7"),
        ("wait", "G6"),
        ("lapse", "G7"),
        ("offer", "G6"),
    ]
    assert ledger.show(stored_world, CLERK, "P4").open_places == 0


@pytest.mark.parametrize("stage", ["放弃", "解约", "离职"])
def test_a_step_that_frees_a_place_brings_an_offer_at_once(
    stored_world: Engine, stage: str
) -> None:
    if stage == "放弃":
        ledger.hold(stored_world, CLERK, "G7", "P4")
    else:
        ledger.confirm(stored_world, CLERK, "G7", "P4")
    ledger.hold(stored_world, CLERK, "G8", "P4", wait=True)
    record(stored_world, stage=stage)
    [offer] = ledger.show(stored_world, CLERK, "P4").held
    assert (offer.graduate_id, offer.offered) == ("G8", True)


def test_steps_and_ledger_tell_one_story(stored_world: Engine) -> None:
    """Sign in the ledger, cancel by a recorded step, and sign elsewhere in the ledger."""
    ledger.confirm(stored_world, CLERK, "G7", "P4")
    record(stored_world, stage="解约", reason="薪资")
    ledger.confirm(stored_world, CLERK, "G7", "P1")
    with store.reading(stored_world) as conn:
        steps = store.load_outcomes(conn, day=DAY, graduate_ids=["G7"])
    assert [(step.post_id, step.stage) for step in _since(steps)] == [
        ("P1", OutcomeStage.SIGNED),
        ("P4", OutcomeStage.SIGNED),
        ("P4", OutcomeStage.CANCELLED),
    ]
    shown = ledger.show(stored_world, CLERK, "P4")
    assert [event.action for event in shown.history] == [LedgerAction.CONFIRM, LedgerAction.RELEASE]


def _since(steps: list[Outcome]) -> list[Outcome]:
    return [step for step in steps if step.date == DAY]
