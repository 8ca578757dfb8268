"""Many ask for one place at the same moment."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier

import pytest
from sqlalchemy.engine import Engine

from recommender import ledger
from recommender.claims import SHANDONG
from recommender.data import store
from recommender.domain import OutcomeStage
from recommender.errors import AlreadyPlaced, Busy, NoOpenPlace
from recommender.ledger_answers import Entry
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_post

# `python -m benchmarks.places` does the same with two processes.
N_ROUNDS = 200 if os.environ.get("PLACEMENT_TEST_FULL") == "1" else 10
N_PEOPLE = 50
PATIENCE = 20
CLERK = Clerk(who="officer", now=datetime(2026, 5, 15, 12, tzinfo=SHANDONG), hold_hours=1)
PEOPLE = [f"G{n:02}" for n in range(N_PEOPLE)]


@pytest.fixture
def hall(engine: Engine) -> Engine:
    """Store fifty graduates, and a post with one place for each round."""
    posts = [make_post(post_id=f"R{n}", headcount=1) for n in range(N_ROUNDS)]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=each) for each in PEOPLE])
    return engine


def all_at_once(ask: Callable[[str], Entry], whom: list[str]) -> Counter[str]:
    """Ask for everybody at the same moment, and count the answers by kind.

    On a machine with much else to do a turn may not come in time: who is told that the database
    is busy asks again, as a client does.
    """
    ready = Barrier(len(whom))

    def one(which: str) -> str:
        ready.wait()
        for _ in range(PATIENCE):
            try:
                return "again" if ask(which).replayed else "done"
            except (NoOpenPlace, AlreadyPlaced) as refusal:
                return type(refusal).__name__
            except Busy:
                continue
        return "busy"

    with ThreadPoolExecutor(len(whom)) as pool:
        return Counter(pool.map(one, whom))


def test_of_fifty_confirmations_of_one_place_one_succeeds_and_the_others_are_told(
    hall: Engine,
) -> None:
    for number in range(N_ROUNDS):
        post_id = f"R{number}"
        told = all_at_once(lambda who, at=post_id: ledger.confirm(hall, CLERK, who, at), PEOPLE)  # type: ignore[misc]
        assert told == {"done": 1, "NoOpenPlace": 49}
        shown = ledger.show(hall, CLERK, post_id)
        [winner] = shown.confirmed
        assert [(event.action.value, event.graduate_id) for event in shown.history] == [
            ("confirm", winner)
        ]
        with store.reading(hall) as conn:
            steps = store.load_outcomes(conn, day=date.max, post_ids=[post_id])
        assert [(step.graduate_id, step.stage) for step in steps] == [(winner, OutcomeStage.SIGNED)]
        ledger.release(hall, CLERK, winner, post_id, reason="其他")  # free for the next round


def test_of_fifty_posts_confirmed_for_one_graduate_one_is(hall: Engine) -> None:
    posts = [f"M{n:02}" for n in range(50)]
    with store.writing(hall) as conn:
        store.save_posts(conn, [make_post(post_id=each) for each in posts], day=DAY)
    told = all_at_once(lambda at: ledger.confirm(hall, CLERK, "G00", at), posts)
    assert told == {"done": 1, "AlreadyPlaced": 49}
    with store.reading(hall) as conn:
        assert len(store.load_outcomes(conn, day=date.max)) == 1


def test_of_fifty_equal_requests_one_is_written(hall: Engine) -> None:
    told = all_at_once(lambda _: ledger.confirm(hall, CLERK, "G00", "R0", key="once"), ["G00"] * 50)
    assert told == {"done": 1, "again": 49}
    assert len(ledger.show(hall, CLERK, "R0").history) == 1


def test_one_place_that_comes_free_is_offered_once(hall: Engine) -> None:
    ledger.confirm(hall, CLERK, "G00", "R0")
    for who in PEOPLE[1:6]:
        ledger.hold(hall, CLERK, who, "R0", wait=True)
    ledger.release(hall, CLERK, "G00", "R0", reason="其他")
    late = Clerk(who="o", now=datetime(2026, 5, 15, 14, tzinfo=SHANDONG), hold_hours=1)
    with ThreadPoolExecutor(20) as pool:  # the offer has run out, and twenty look at once
        seen = list(pool.map(lambda _: ledger.show(hall, late, "R0"), range(20)))
    assert {tuple(hold.graduate_id for hold in shown.held) for shown in seen} == {
        (seen[0].held[0].graduate_id,)
    }
    actions = Counter(event.action.value for event in ledger.show(hall, late, "R0").history)
    assert actions == {"confirm": 1, "wait": 5, "release": 1, "offer": 2, "expire": 1}
