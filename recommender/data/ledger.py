"""The ledger of places in the database: what is claimed now, and how it came to be.

Moments are kept as text in UTC with microseconds, so that they sort as they follow each other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.claims import SHANDONG, Claim, ClaimState, LedgerAction, LedgerEvent, day_of
from recommender.data import bulk, schema, store
from recommender.domain import ENDING


def load_claims(
    conn: Connection,
    *,
    post_ids: Collection[str] | None = None,
    graduate_ids: Collection[str] | None = None,
) -> list[Claim]:
    """Load what is claimed now at posts, or by graduates, ordered by post and graduate."""
    table = schema.claims
    if graduate_ids is not None:
        found = bulk.found(conn, sa.select(table), table.c.graduate_id, graduate_ids)
    else:
        found = bulk.found(conn, sa.select(table), table.c.post_id, post_ids)
    return sorted(map(_claim, found), key=lambda claim: (claim.post_id, claim.graduate_id))


def load_holds(
    conn: Connection, *, moment: datetime, post_ids: Collection[str] | None = None
) -> list[Claim]:
    """Load the holds, made by the end of the day, whose deadline has not passed."""
    table = schema.claims
    live = (table.c.state == ClaimState.HELD) & (table.c.expires_at > text_of(moment))
    found = bulk.found(conn, sa.select(table).where(live), table.c.post_id, post_ids)
    return [claim for claim in map(_claim, found) if day_of(claim.since) <= day_of(moment)]


def load_expired(conn: Connection, moment: datetime) -> list[Claim]:
    """Load the holds whose deadline has passed, the earliest first."""
    table = schema.claims
    passed = (table.c.state == ClaimState.HELD) & (table.c.expires_at <= text_of(moment))
    return [
        _claim(row) for row in conn.execute(sa.select(table).where(passed).order_by(*_BY_DEADLINE))
    ]


_BY_DEADLINE = (schema.claims.c.expires_at, schema.claims.c.post_id, schema.claims.c.graduate_id)


def posts_with_line(conn: Connection) -> set[str]:
    """Give the posts at which somebody waits."""
    table = schema.claims
    query = sa.select(table.c.post_id).where(table.c.state == ClaimState.WAITING).distinct()
    return set(conn.execute(query).scalars())


def put_claim(conn: Connection, claim: Claim, *, n_places: int) -> None:
    """Keep a claim in place of what the pair had; the database refuses a place taken twice."""
    drop_claim(conn, claim.post_id, claim.graduate_id)
    row = {
        "post_id": claim.post_id,
        "graduate_id": claim.graduate_id,
        "state": claim.state.value,
        "number": claim.number,
        "n_places": n_places,
        "since": text_of(claim.since),
        "expires_at": text_of(claim.expires_at) if claim.expires_at else None,
        "offered": claim.offered,
    }
    conn.execute(sa.insert(schema.claims), row)
    store.grow(conn, n_written=1)


def drop_claim(conn: Connection, post_id: str, graduate_id: str) -> None:
    """Take away what a pair has, where it has anything."""
    table = schema.claims
    pair = (table.c.post_id == post_id) & (table.c.graduate_id == graduate_id)
    gone = conn.execute(sa.delete(table).where(pair)).rowcount
    store.grow(conn, n_written=gone)


def append(
    conn: Connection,
    action: LedgerAction,
    post_id: str,
    graduate_id: str,
    *,
    at: datetime,
    who: str,
    expires_at: datetime | None = None,
    reason: str | None = None,
    note: str | None = None,
    channel: str | None = None,
) -> LedgerEvent:
    """Add a line to the ledger."""
    row = {
        "at": text_of(at),
        "action": action.value,
        "post_id": post_id,
        "graduate_id": graduate_id,
        "who": who,
        "expires_at": text_of(expires_at) if expires_at else None,
        "reason": reason,
        "note": note,
        "channel": channel,
    }
    added = conn.execute(sa.insert(schema.ledger).returning(*schema.ledger.c), row)
    return _event(added.one())


def load_events(
    conn: Connection, post_id: str, graduate_id: str | None = None
) -> list[LedgerEvent]:
    """Load the lines about a post, or about one pair, the earliest first."""
    table = schema.ledger
    query = sa.select(table).where(table.c.post_id == post_id).order_by(table.c.event_id)
    if graduate_id is not None:
        query = query.where(table.c.graduate_id == graduate_id)
    return [_event(row) for row in conn.execute(query)]


def take_back_ending(conn: Connection, post_id: str, graduate_id: str, day: date) -> None:
    """Take away the endings of a day on which the pair is confirmed again.

    Steps know days only, and an ending counts after a signing of the same day. What was
    undone within a day stands in the ledger, which knows moments.
    """
    table = schema.outcomes
    same = (table.c.graduate_id == graduate_id) & (table.c.post_id == post_id)
    ended = table.c.stage.in_([stage.value for stage in ENDING]) & (table.c.date == day)
    conn.execute(sa.delete(table).where(same, ended))


def text_of(moment: datetime) -> str:
    """Write a moment as the tables keep it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment_of(text: str) -> datetime:
    """Read a moment as the tables keep it, in Shandong, whose day people mean."""
    return datetime.fromisoformat(text).astimezone(SHANDONG)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _claim(row: sa.Row[*tuple[Any, ...]]) -> Claim:
    values = row._asdict()
    del values["n_places"]
    return Claim(
        **values
        | {
            "state": ClaimState(row.state),
            "since": datetime.fromisoformat(row.since),
            "expires_at": _moment(row.expires_at),
        }
    )


def _event(row: sa.Row[*tuple[Any, ...]]) -> LedgerEvent:
    return LedgerEvent(
        **row._asdict()
        | {
            "at": datetime.fromisoformat(row.at),
            "action": LedgerAction(row.action),
            "expires_at": _moment(row.expires_at),
        }
    )
