"""The whole server is killed under load, and every place that was promised is there, once."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPException
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from sqlalchemy.engine import Engine

from recommender import access
from recommender.data import store
from recommender.data.ledger import load_claims, load_events
from recommender.domain import OutcomeStage
from tests.builders import DAY, make_graduate, make_post
from tests.service.served import Served, serving

N_GRADUATES, N_POSTS, HEADCOUNT = 120, 4, 20  # 80 places for 120 people: some are refused
N_CLIENTS = 8
PATIENCE_S = 60.0


@dataclass
class Load:
    """Confirmations that clients ask for, each with its key, and what they were answered."""

    secret: str
    told: dict[str, tuple[int, object]] = field(default_factory=dict)
    is_over: Event = field(default_factory=Event)

    def ask(self, served: Served, graduate_id: str) -> None:
        """Ask once; no answer is no answer."""
        number = int(graduate_id[1:])
        body = {"graduate_id": graduate_id, "post_id": f"P{number % N_POSTS}"}
        headers = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": graduate_id}
        try:
            status, answer = served.post("/api/v1/places/confirm", body, headers)
        except (OSError, HTTPException):
            return
        if status in {201, 409}:
            self.told[graduate_id] = (status, json.loads(answer))

    def insist(self, served: Served, graduate_id: str) -> None:
        """Ask until there is an answer: "busy" and silence both say to try again."""
        until = monotonic() + PATIENCE_S
        while graduate_id not in self.told and monotonic() < until:
            self.ask(served, graduate_id)

    def run(self, served: Served, graduate_ids: list[str]) -> None:
        """Ask for one after the other, until it is over."""
        for graduate_id in graduate_ids:
            if self.is_over.is_set():
                return
            self.ask(served, graduate_id)


PEOPLE = [f"G{n:03}" for n in range(N_GRADUATES)]


@pytest.fixture
def secret(engine: Engine) -> Iterator[str]:
    with store.writing(engine) as conn:
        posts = [make_post(post_id=f"P{n}", headcount=HEADCOUNT) for n in range(N_POSTS)]
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=each) for each in PEOPLE])
    yield access.create_token(engine, role="officer", day=DAY)


def test_a_killed_server_keeps_every_place_it_acknowledged_exactly_once(
    engine: Engine, secret: str, tmp_path: Path
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    load = Load(secret)
    with serving(tmp_path, database=url) as served, ThreadPoolExecutor(N_CLIENTS) as pool:
        for client in range(N_CLIENTS):
            pool.submit(load.run, served, PEOPLE[client::N_CLIENTS])
        until = monotonic() + PATIENCE_S
        while len(load.told) < N_GRADUATES // 3 and monotonic() < until:
            sleep(0.002)
        os.killpg(served.process.pid, signal.SIGKILL)
        load.is_over.set()
        served.process.wait(timeout=PATIENCE_S)
    before = dict(load.told)
    assert N_GRADUATES // 3 <= len(before) < N_GRADUATES  # it was killed in the middle

    with serving(tmp_path, database=url) as served:
        acknowledged = {who: told for who, told in before.items() if told[0] == 201}
        stored = confirmed(engine)
        for who, (_, answer) in acknowledged.items():
            assert stored[who] == [answer["event"]["event_id"]]  # type: ignore[index]
        # Nobody knows what became of the rest: everybody asks again, under the same key.
        again = Load(secret)
        with ThreadPoolExecutor(N_CLIENTS) as pool:
            list(pool.map(lambda who: again.insist(served, who), PEOPLE))
    assert {who: again.told[who] for who in before} == before
    assert Counter(status for status, _ in again.told.values()) == {
        201: N_POSTS * HEADCOUNT,
        409: N_GRADUATES - N_POSTS * HEADCOUNT,
    }
    assert all_is_once(engine)


def confirmed(engine: Engine) -> dict[str, list[int]]:
    """Give for each graduate the numbers of the lines that confirm them."""
    found: dict[str, list[int]] = {}
    with store.reading(engine) as conn:
        for number in range(N_POSTS):
            for event in load_events(conn, f"P{number}"):
                assert event.action.value == "confirm"
                found.setdefault(event.graduate_id, []).append(event.event_id)
    return found


def all_is_once(engine: Engine) -> bool:
    """Say whether claims, ledger and steps name the same pairs, each of them once."""
    with store.reading(engine) as conn:
        claims = sorted((each.graduate_id, each.post_id) for each in load_claims(conn))
        steps = store.load_outcomes(conn, day=date.max)
        lines = sorted(
            (event.graduate_id, event.post_id)
            for number in range(N_POSTS)
            for event in load_events(conn, f"P{number}")
        )
    signed = sorted((each.graduate_id, each.post_id) for each in steps)
    assert {each.stage for each in steps} == {OutcomeStage.SIGNED}
    assert len({who for who, _ in claims}) == len(claims) == N_POSTS * HEADCOUNT
    return claims == lines == signed
