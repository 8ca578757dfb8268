"""Long random days at the office: whatever is asked in whatever order, every place is once."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from recommender import ledger, places, recording
from recommender.claims import SHANDONG, ClaimState, LedgerAction
from recommender.data import ledger as kept
from recommender.data import store
from recommender.errors import Refused
from recommender.matching.eligibility import check_pair
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_post

HEADCOUNTS = {"ONE": 1, "TWO": 2, "THREE": 3}
PEOPLE = [f"G{n}" for n in range(10)]
N_REQUESTS = 80
BEGINS = datetime(2026, 5, 15, 8, tzinfo=SHANDONG)
STATES = {
    LedgerAction.HOLD: ClaimState.HELD,
    LedgerAction.OFFER: ClaimState.HELD,
    LedgerAction.WAIT: ClaimState.WAITING,
    LedgerAction.CONFIRM: ClaimState.CONFIRMED,
}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_asked_every_place_is_once(sqlite_engine: Engine, seed: int) -> None:
    with store.writing(sqlite_engine) as conn:
        posts = [make_post(post_id=one, headcount=n) for one, n in HEADCOUNTS.items()]
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=each) for each in PEOPLE])
    draws = random.Random(seed)  # noqa: S311 - nothing secret
    now, n_kept = BEGINS, 0
    for _ in range(N_REQUESTS):
        now += timedelta(minutes=draws.choice((1, 10, 60, 300)))
        clerk = Clerk(who="officer", now=now, hold_hours=6)
        try:
            ask(sqlite_engine, clerk, draws)
            n_kept += 1
        except Refused:
            pass
        check(sqlite_engine, clerk)
    assert N_REQUESTS // 4 < n_kept < N_REQUESTS  # some are refused, and many are not


def ask(engine: Engine, clerk: Clerk, draws: random.Random) -> None:
    who, at = draws.choice(PEOPLE), draws.choice(list(HEADCOUNTS))
    step = {"graduate_id": who, "post_id": at, "date": clerk.day.isoformat()}

    def record(stage: str, **more: str) -> None:
        sent = step | {"stage": stage} | more
        recording.record_outcome(engine, sent, day=clerk.day, idempotency_key=None, clerk=clerk)

    requests: list[Callable[[], object]] = [
        lambda: ledger.hold(engine, clerk, who, at, hours=draws.choice((1, 4, 30))),
        lambda: ledger.hold(engine, clerk, who, at, wait=True),
        lambda: ledger.hold(engine, clerk, who, at, wait=True),
        lambda: ledger.confirm(engine, clerk, who, at),
        lambda: ledger.confirm(engine, clerk, who, at),
        lambda: ledger.release(engine, clerk, who, at, reason="其他"),
        lambda: ledger.release(engine, clerk, who, at, reason="其他"),
        lambda: record("签约"),
        lambda: record("离职"),
        lambda: record("实习", interned_until=(clerk.day + timedelta(days=2)).isoformat()),
    ]
    draws.choice(requests)()


def check(engine: Engine, clerk: Clerk) -> None:
    """Hold claims, ledger and steps to each other, as they stand after a request."""
    for post_id in HEADCOUNTS:
        ledger.show(engine, clerk, post_id)  # settles what is due
    with store.reading(engine) as conn:
        posts = store.load_posts(conn, day=clerk.day)
        people = {each.graduate_id: each for each in store.load_graduates(conn)}
        now = places.standing_on(conn, posts, clerk.day, moment=clerk.now)
        claims = kept.load_claims(conn)
        events = [event for post_id in HEADCOUNTS for event in kept.load_events(conn, post_id)]
        steps = store.load_outcomes(conn, day=date.max)
    for post in posts:
        taken = now.confirmed.get(post.post_id, 0) + len(now.held.get(post.post_id, ()))
        assert taken <= post.headcount
        numbers = [one.number for one in claims if one.post_id == post.post_id and one.number]
        assert len(numbers) == len(set(numbers))
        assert all(number <= post.headcount for number in numbers)
    assert all(len(at) <= 1 for at in now.placed_at.values())
    # The ledger, read from its first line to its last, ends where the claims are.
    state: dict[tuple[str, str], ClaimState] = {}
    for event in sorted(events, key=lambda one: one.event_id):
        pair = (event.post_id, event.graduate_id)
        state.pop(pair, None)
        if event.action in STATES:
            state[pair] = STATES[event.action]
    assert state == {(one.post_id, one.graduate_id): one.state for one in claims}
    # Whoever is confirmed has the place by the steps too.
    for one in claims:
        if one.state is ClaimState.CONFIRMED:
            assert one.post_id in now.placed_at[one.graduate_id]
    # Nobody waits at a post where they could have a place.
    for one in claims:
        if one.state is ClaimState.WAITING:
            [post] = [each for each in posts if each.post_id == one.post_id]
            rules = check_pair(people[one.graduate_id], post, now, clerk.day)
            assert not all(rule.holds for rule in rules)
    keys = [(step.graduate_id, step.post_id, step.stage, step.date) for step in steps]
    assert len(keys) == len(set(keys))
