"""Keep one step of one graduate with one post as it happens, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import structlog
from sqlalchemy.engine import Connection, Engine

from recommender import internships, places
from recommender.claims import start_of
from recommender.data import rows, store
from recommender.data.sheets import parse_row
from recommender.domain import Graduate, Outcome, OutcomeStage, Post
from recommender.errors import (
    AlreadyPlaced,
    ImportRefused,
    Ineligible,
    NoOpenPlace,
    NotFound,
    ReplayMismatch,
    RowProblem,
)
from recommender.places import Clerk
from recommender.settings import HOLD_HOURS

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A step that is kept.

    Attributes
    ----------
    replayed
        Whether the answer was given before under the same key.
    warnings
        What is worth saying of it.
    """

    status: int
    outcome: Outcome
    replayed: bool
    warnings: tuple[RowProblem, ...] = ()


def record_outcome(
    engine: Engine,
    body: Mapping[str, object],
    *,
    day: date,
    idempotency_key: str | None,
    clerk: Clerk | None = None,
) -> Recorded:
    """Keep one step, given by the English columns of the outcomes sheet.

    A signing needs an open place and a graduate who holds none; both are looked at by the one
    writer there is, so that of many signings for the last place one succeeds. What follows
    from the step in the ledger of places is written with it.

    Parameters
    ----------
    clerk
        Who records, and at which moment of the day; without one, as the day begins.

    Raises
    ------
    ImportRefused
        If the body cannot be read.
    NotFound
        If the graduate or the post is not stored.
    NoOpenPlace, AlreadyPlaced
        If a signing finds no place, or a graduate who holds one.
    Ineligible
        If an internship is out of trade, or of a minor at a post for adults.
    ReplayMismatch
        If the key was used before with another body.
    """
    parsed, problems, warnings = parse_row("outcomes", body)
    if parsed is None or not isinstance(parsed.item, Outcome):
        raise ImportRefused(problems)
    digest = _digest(body)
    with store.writing(engine) as conn:
        before = store.remembered(conn, idempotency_key) if idempotency_key else None
        if before is not None:
            return _replay(before, digest)
        refusal, more = _keep(conn, parsed.item, clerk or _at_start_of(day))
        status = 201 if refusal is None else 409
        if idempotency_key:
            store.remember(
                conn,
                idempotency_key,
                body_sha256=digest,
                status=status,
                answer=_told(parsed.item, refusal, (*warnings, *more)),
                day=day,
            )
    if refusal is not None:
        raise refusal
    log.info("outcome recorded", stage=parsed.item.stage.value)
    return Recorded(status=status, outcome=parsed.item, replayed=False, warnings=(*warnings, *more))


def _at_start_of(day: date) -> Clerk:
    return Clerk(who=places.LEDGER, now=start_of(day), hold_hours=HOLD_HOURS)


Refusal = NoOpenPlace | AlreadyPlaced | Ineligible


def _keep(
    conn: Connection, outcome: Outcome, clerk: Clerk
) -> tuple[Refusal | None, list[RowProblem]]:
    """Keep a step and give what is odd about it, or say why it cannot be."""
    graduates = store.load_graduates(conn, ids=[outcome.graduate_id])
    if not graduates:
        raise NotFound("graduate", outcome.graduate_id)
    posts = store.load_posts(conn, day=clerk.day, post_ids=[outcome.post_id])
    if not posts:
        raise NotFound("post", outcome.post_id)
    places.settle_for(conn, clerk, outcome.graduate_id, outcome.post_id)
    refusal = _refusal(conn, graduates[0], posts[0], outcome, clerk)
    if refusal is not None:
        return refusal, []
    store.save_outcome(conn, outcome)
    places.settle_for(conn, clerk, outcome.graduate_id, outcome.post_id)
    return None, internships.crowded_by(conn, posts[0], outcome, clerk.day)


def _refusal(
    conn: Connection, graduate: Graduate, post: Post, outcome: Outcome, clerk: Clerk
) -> Refusal | None:
    """Say why a signing, or an internship, cannot be kept."""
    broken = internships.refusal(conn, graduate, post, outcome)
    holds_place = outcome.stage is OutcomeStage.SIGNED or outcome.interned_until is not None
    if broken is not None or not holds_place:
        return broken
    known_on = max(clerk.day, outcome.date, outcome.recorded_on)
    refusal = places.refusal_ahead(conn, graduate, post, known_on=known_on, moment=clerk.now)
    if outcome.stage is OutcomeStage.SIGNED or isinstance(refusal, NoOpenPlace):
        return refusal
    return None  # who has signed there already may well intern


def _digest(body: Mapping[str, object]) -> str:
    plain = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def _told(outcome: Outcome, refusal: Refusal | None, warnings: Sequence[RowProblem]) -> str:
    """Write down an answer so that `_replay` can give it again."""
    told = {
        "outcome": rows.to_row(outcome),
        "refused": type(refusal).__name__ if refusal else None,
        "held_at": refusal.post_id if isinstance(refusal, AlreadyPlaced) else None,
        "reserved_by": refusal.agreements if isinstance(refusal, NoOpenPlace) else (),
        "warnings": [asdict(each) for each in warnings],
        "rules": refusal.rules if isinstance(refusal, Ineligible) else (),
    }
    return json.dumps(told, default=date.isoformat)


def _replay(before: tuple[str, int, str], digest: str) -> Recorded:
    """Give the answer that was given before; the same refusal, where it was one."""
    stored_digest, status, answer = before
    if stored_digest != digest:
        raise ReplayMismatch()
    told = json.loads(answer)
    row = told["outcome"]
    for column in ("date", "recorded_on", "interned_until", "agreed_on"):
        if row.get(column) is not None:
            row[column] = date.fromisoformat(row[column])
    outcome = rows.to_outcome(*row.values())
    if told["refused"] == "NoOpenPlace":
        raise NoOpenPlace(outcome.post_id, told.get("reserved_by", ()))
    if told["refused"] == "AlreadyPlaced":
        raise AlreadyPlaced(outcome.graduate_id, told["held_at"])
    if told["refused"] == "Ineligible":
        raise Ineligible(outcome.graduate_id, outcome.post_id, told["rules"])
    warnings = tuple(_noted(each) for each in told.get("warnings", ()))
    return Recorded(status=status, outcome=outcome, replayed=True, warnings=warnings)


def _noted(told: dict[str, Any]) -> RowProblem:
    return RowProblem(**told | {"facts": tuple(told["facts"])})
