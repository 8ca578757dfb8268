"""Rounds, replies, choices, the history of posts, and paused enterprises, in the database."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.collection import Asked, Pause, PostAction, PostEvent, Reply, Round, RoundState
from recommender.data import bulk, rows, schema, store
from recommender.domain import Post

_DAYS = ("opens_on", "closes_on", "withdrawn_on")

# --- rounds -----------------------------------------------------------------------------------


def load_rounds(conn: Connection) -> list[Round]:
    """Load every round, the latest first."""
    table = schema.rounds
    query = sa.select(table).order_by(table.c.opened_on.desc(), table.c.round_id)
    return [_round(row._asdict()) for row in conn.execute(query)]


def _round(row: Mapping[str, Any]) -> Round:
    return Round(**{**row, "state": RoundState(row["state"])})


def save_round(conn: Connection, round_: Round) -> None:
    """Keep a round in place of what was there."""
    bulk.put(conn, schema.rounds, [_row(round_)])


def save_asked(conn: Connection, round_id: str, asked: Iterable[Asked]) -> None:
    """Keep whom a round asks."""
    bulk.insert(conn, schema.round_asked, [{"round_id": round_id, **_row(each)} for each in asked])


def load_asked(conn: Connection, round_id: str) -> list[Asked]:
    """List whom a round asks, by name."""
    table = schema.round_asked
    found = conn.execute(sa.select(table).where(table.c.round_id == round_id))
    asked = [Asked(credit_code=row.credit_code, enterprise=row.enterprise) for row in found]
    return sorted(asked, key=lambda each: (each.enterprise, each.credit_code))


def save_replies(conn: Connection, round_id: str, replies: Iterable[Reply]) -> None:
    """Keep replies in place of those of the same file."""
    kept = [
        {
            "round_id": round_id,
            "filename": each.filename,
            "credit_code": each.credit_code,
            "taken_on": each.taken_on,
            "wanted": json.dumps([_post_row(post) for post in each.posts], ensure_ascii=False),
        }
        for each in replies
    ]
    bulk.replace(conn, schema.replies, kept)


def load_replies(conn: Connection, round_id: str) -> list[Reply]:
    """Load the replies to a round, by file."""
    table = schema.replies
    found = conn.execute(sa.select(table).where(table.c.round_id == round_id))
    replies = [
        Reply(
            filename=row.filename,
            credit_code=row.credit_code,
            taken_on=row.taken_on,
            posts=tuple(_post(each) for each in json.loads(row.wanted)),
        )
        for row in found
    ]
    return sorted(replies, key=lambda each: each.filename)


def _post_row(post: Post) -> dict[str, Any]:
    row = rows.to_row(post)
    return row | {name: row[name] and row[name].isoformat() for name in _DAYS}


def _post(row: Mapping[str, Any]) -> Post:
    days = {name: row[name] and date.fromisoformat(row[name]) for name in _DAYS}
    return rows.to_post({**row, **days})


def save_choice(
    conn: Connection, round_id: str, post_id: str, filename: str, author: str, day: date
) -> None:
    """Keep which reply to a post counts; the latest choice does."""
    row = {"round_id": round_id, "post_id": post_id, "filename": filename}
    bulk.replace(conn, schema.choices, [row | {"author": author, "decided_on": day}])


def load_choices(conn: Connection, round_id: str) -> dict[str, str]:
    """Give the file chosen for each post; "" for what is stored."""
    table = schema.choices
    found = conn.execute(sa.select(table).where(table.c.round_id == round_id))
    return {row.post_id: row.filename for row in found}


# --- what happened to posts -------------------------------------------------------------------


def append_events(conn: Connection, events: Collection[PostEvent]) -> None:
    """Add lines to the history of posts."""
    bulk.insert(conn, schema.post_events, [_row(each) for each in events])


def load_events(conn: Connection, post_ids: Collection[str] | None = None) -> list[PostEvent]:
    """Load the history of posts, the earliest first: all, or those named."""
    table = schema.post_events
    found = bulk.found(conn, sa.select(table), table.c.post_id, post_ids)
    events = sorted((row._asdict() for row in found), key=lambda row: row["event_id"])
    names = {field.name for field in fields(PostEvent)}
    return [
        PostEvent(
            **{name: row[name] for name in names - {"action"}}, action=PostAction(row["action"])
        )
        for row in events
    ]


def changed_on(conn: Connection, post_ids: Collection[str], day: date) -> dict[str, date]:
    """Give the day of each post's last version up to a day."""
    table = schema.post_versions
    last = sa.func.max(table.c.changed_on)
    query = sa.select(table.c.post_id, last).where(table.c.changed_on <= day)
    found = bulk.found(conn, query.group_by(table.c.post_id), table.c.post_id, post_ids)
    return {row[0]: row[1] for row in found}


def load_versions(conn: Connection, post_id: str) -> list[tuple[date, Post]]:
    """Load every version of a post with its first day, the earliest first."""
    table = schema.post_versions
    query = sa.select(table).where(table.c.post_id == post_id).order_by(table.c.changed_on)
    return [(row.changed_on, rows.to_post(row._asdict())) for row in conn.execute(query)]


# --- paused enterprises -----------------------------------------------------------------------


def load_pauses(conn: Connection) -> list[Pause]:
    """Load every pause, also those lifted, the earliest first."""
    table = schema.pauses
    query = sa.select(*[table.c[field.name] for field in fields(Pause)]).order_by(table.c.pause_id)
    return [Pause(**row._asdict()) for row in conn.execute(query)]


def paused_on(conn: Connection, day: date) -> frozenset[str]:
    """Name the enterprises, by credit code, that are paused on a day."""
    table = schema.pauses
    query = sa.select(table.c.credit_code).where(
        table.c.paused_on <= day,
        sa.or_(table.c.lifted_on.is_(None), table.c.lifted_on > day),
    )
    return frozenset(conn.execute(query).scalars())


def save_pauses(conn: Connection, pauses: Collection[Pause]) -> None:
    """Keep new pauses."""
    bulk.insert(conn, schema.pauses, [_row(each) for each in pauses])
    store.grow(conn, n_written=len(pauses))


def lift_pause(conn: Connection, credit_code: str, day: date, author: str, reason: str) -> bool:
    """Lift the pause of an enterprise; False where it has none that holds."""
    table = schema.pauses
    holds = (table.c.credit_code == credit_code) & table.c.lifted_on.is_(None)
    lifted = {"lifted_on": day, "lifted_by": author, "lifted_because": reason}
    n_lifted = conn.execute(sa.update(table).where(holds).values(**lifted)).rowcount
    store.grow(conn, n_written=n_lifted)
    return n_lifted > 0


def _row(item: Round | Asked | PostEvent | Pause) -> dict[str, Any]:
    row = {field.name: getattr(item, field.name) for field in fields(item)}
    return {name: getattr(value, "value", value) for name, value in row.items()}
