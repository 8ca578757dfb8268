"""Whatever anybody sends, whole or broken, of two alliances: nobody learns of others' people."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from recommender import access
from recommender.claims import LedgerEvent
from recommender.data import ledger, store
from service.routes import ROUTES
from tests.service.tenants import (
    A1,
    A2,
    B1,
    NOBODY,
    POSTS,
    STATES,
    Asker,
    Question,
    Tenants,
    fill,
    graduate_id,
    leaked,
    questions,
    tenants,
)

N_CALLS = 10_000 if os.environ.get("PLACEMENT_TEST_FULL") == "1" else 1_000
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
GRADUATES = [graduate_id(mark, state) for mark in (A1, A2, B1) for state in STATES]
# Near misses of ids that exist, and what a query, an address or a sheet might take for more.
MARKED = (
    *(f"{GRADUATES[-1]}{end}" for end in (" ", "%", "/ranking", "\t", "'--", "*")),
    GRADUATES[-1].upper(),
    GRADUATES[-1][:-1],
    f"{B1} college",
    f"{B1} name",
)
HOSTILE = (
    *MARKED,
    "%",
    "..",
    "' OR ''='",
    "焊" * 300,
    "😀",
)
ODD = (None, True, 0, -1, 1.5, "", [], {}, ["G"], {"a": 1}, "9" * 400, *HOSTILE[-4:], *MARKED)
KEYS = ("k-1", "k-2", "1:k-1", "2:k-1", f"{B1}", "k" * 300)


class Told(Exception):
    """Somebody was told of people of others."""


@dataclass(frozen=True, slots=True)
class Call:
    """One question, and the same of an id that nobody holds."""

    asker: Asker
    endpoint: str
    graduate_id: str
    question: Question
    of_nobody: Question
    headers: dict[str, str]

    @property
    def is_of_others(self) -> bool:
        """Whether the question names a graduate who is somebody else's."""
        held = self.graduate_id in GRADUATES and not belongs_to(self.asker, self.graduate_id)
        return held and self.question != self.of_nobody


class Drawn:
    """One question after the other, all from one seed."""

    def __init__(self, world: Tenants, seed: int) -> None:
        self._world, self._random = world, Random(seed)  # noqa: S311  # draws no secret
        # Whoever signs out asks nothing more; a file is a file.
        left_out = {"static", "bootstrap.static", "console.door.sign_out"}
        rules = [rule for rule in world.app.url_map.iter_rules() if rule.endpoint not in left_out]
        # Of people much more often than of nobody, and of the ledger most often: the end looks
        # at what was written there.
        self._endpoints = [rule.endpoint for rule in rules for _ in range(_weight(rule.endpoint))]

    def call(self) -> Call:
        """Draw who asks which route what, and the same of an id that nobody holds."""
        random = self._random
        endpoint = random.choice(self._endpoints)
        may = [asker for asker in self._world.askers if asker.may_ask(endpoint)]
        asker = random.choice(may if random.random() < 0.9 else self._world.askers)
        who = random.choice(GRADUATES if random.random() < 0.8 else HOSTILE)
        post_id = random.choice(POSTS if random.random() < 0.9 else HOSTILE[len(MARKED) :])
        held = next((one for one in GRADUATES if one in who), who)
        state = random.getstate()
        drawn = []
        for one in (who, who.replace(held, NOBODY)):
            random.setstate(state)
            drawn.append(
                self._broken(random.choice(questions(self._world.app, endpoint, one, post_id)))
            )
        headers = {"Idempotency-Key": random.choice(KEYS)} if random.random() < 0.3 else {}
        return Call(asker, endpoint, held, *drawn, headers)

    def _broken(self, question: Question) -> Question:
        """Leave most questions whole, and break each other one in one way."""
        random, sent = self._random, dict(question.sent)
        how = random.choice(["whole"] * 6 + ["method", "query", "body", "text", "type", "path"])
        method = random.choice(METHODS) if how == "method" else question.method
        path = question.path + random.choice(["/", "//", "%2e", "%00", ";x"]) * (how == "path")
        if how == "query":
            name = random.choice(["top", "ranking", "congestion", "graduate_id", "college", "x"])
            # A page shows its own address again, so it holds no mark there.
            odd = ODD if path.startswith("/api") else ODD[: -len(MARKED)]
            sent["query_string"] = {name: str(random.choice(odd))}
        elif "data" in sent and how == "body":
            name = random.choice([*sent["data"], "college", "class_year", "status", "page"])
            sent["data"] = sent["data"] | {name: str(random.choice(ODD[: -len(MARKED)]))}
        elif "json" in sent and how == "body":
            sent["json"] = self._odd(sent["json"])
        elif "json" in sent and how in {"text", "type"}:
            text = random.choice(["", "{", "[]", "null", "[" * 500, '{"graduate_id": "\\ud800"}'])
            kind = "application/json" if how == "text" else random.choice(["text/plain", "x", ""])
            sent = {"data": text.encode(), "content_type": kind}
        return Question(method, path, sent, question.typed)

    def _odd(self, body: dict[str, Any]) -> dict[str, Any]:
        random, odd = self._random, dict(body)
        if "pairs" in odd and random.random() < 0.5:  # one's own beside somebody else's
            more = {"graduate_id": random.choice(GRADUATES), "post_id": random.choice(POSTS)}
            return odd | {"pairs": [*odd["pairs"], more]}
        name = random.choice([*odd, "note", "request_id", "reason", "channel", "hours", "x"])
        if random.random() < 0.3:
            odd.pop(name, None)
        else:
            # A word or a note of somebody's own is told them again, so it holds no mark.
            odd[name] = random.choice(ODD if name.endswith("_id") else ODD[: -len(MARKED)])
        return odd


def _weight(endpoint: str) -> int:
    if endpoint.startswith("places."):
        return 36
    return 9 if ROUTES[endpoint].of_people else 1


def belongs_to(asker: Asker, graduate: str) -> bool:
    return any(mark in graduate for mark in asker.sees & {A1, A2, B1})


def check(world: Tenants, drawn: Drawn, seen: Counter[int]) -> None:
    """Put one question: nothing fails, nobody is named, and others' people are nobody."""
    call = drawn.call()
    answer = world.put(call.asker, call.question, **call.headers)
    told = call.question.told(answer)
    seen[answer.status_code] += 1
    assert answer.status_code < 500, (call, told)
    if leaked(told, call.asker.may_read(call.endpoint)):
        raise Told(call, told)
    if call.is_of_others:
        nobody = call.of_nobody.told(world.put(call.asker, call.of_nobody, **call.headers))
        if told != nobody:
            raise Told(call, told, nobody)


@pytest.fixture
def world(tmp_path: Path, migrated_file: Path) -> Any:
    (tmp_path / "filled").mkdir()
    with tenants(tmp_path, fill(migrated_file, tmp_path / "filled")) as made:
        yield made


def test_drawn_questions_tell_nobody_of_others(world: Tenants) -> None:
    drawn, seen = Drawn(world, seed=20261124), Counter[int]()
    for _ in range(N_CALLS):
        check(world, drawn, seen)
    assert leaked(world.told(), frozenset()) == set()
    # It was no knocking at a closed door: every kind of answer was met, and often.
    assert seen.keys() >= {200, 201, 400, 401, 403, 404, 405, 409, 415, 422}
    assert seen[200] + seen[201] > N_CALLS / 4
    assert written_about_others(world) == []


def written_about_others(world: Tenants) -> list[LedgerEvent]:
    """Give the lines of the ledger that somebody wrote about people who are not theirs."""
    tokens = [f"{asker.role} {number}" for number, asker in enumerate(world.askers)]
    askers = dict(zip(tokens, world.askers, strict=True))
    with store.reading(world.engine) as conn:
        events = [event for post_id in POSTS for event in ledger.load_events(conn, post_id)]
    written = [event for event in events if event.who in askers]
    # Who may write about everybody proves nothing: some who may not wrote, too.
    assert {askers[event.who].scope for event in written} - {"all"}
    return [each for each in written if not belongs_to(askers[each.who], each.graduate_id)]


def test_without_scopes_the_draw_finds_who_is_told(
    world: Tenants, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "within", lambda engine, grant, ids: frozenset(ids))
    monkeypatch.setattr(access, "colleges", lambda engine, grant: None)
    drawn = Drawn(world, seed=20261124)
    with pytest.raises(Told):
        for _ in range(N_CALLS):
            check(world, drawn, Counter())
