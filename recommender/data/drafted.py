"""Drafts of an assignment in the database, with every entry made in them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, schema
from recommender.data.ledger import text_of
from recommender.drafting import DraftAction, DraftEntry, KeptDraft

_OF_DRAFT = tuple(each.name for each in fields(KeptDraft))
_OF_ENTRY = tuple(each.name for each in fields(DraftEntry))


def add_draft(conn: Connection, draft: KeptDraft) -> None:
    """Keep a new draft."""
    row = {name: getattr(draft, name) for name in _OF_DRAFT}
    colleges = None if draft.colleges is None else _json(list(draft.colleges))
    conn.execute(
        sa.insert(schema.drafts), row | {"made_at": text_of(draft.made_at), "colleges": colleges}
    )


def find_draft(conn: Connection, draft_id: str) -> KeptDraft | None:
    """Find a draft; None where there is none."""
    for row in bulk.found(conn, sa.select(schema.drafts), schema.drafts.c.draft_id, [draft_id]):
        return _draft(row)
    return None


def list_drafts(conn: Connection) -> list[KeptDraft]:
    """List every draft, the latest first."""
    table = schema.drafts
    query = sa.select(table).order_by(table.c.made_at.desc(), table.c.draft_id)
    return [_draft(row) for row in conn.execute(query)]


def append(conn: Connection, draft_id: str, entries: Iterable[DraftEntry]) -> None:
    """Add entries; the key refuses two of one number, whatever a writer has overlooked."""
    rows = [
        {name: getattr(entry, name) for name in _OF_ENTRY}
        | {
            "draft_id": draft_id,
            "at": text_of(entry.at),
            "action": entry.action.value,
            "placed": None if entry.placed is None else _json(dict(entry.placed)),
        }
        for entry in entries
    ]
    if rows:
        conn.execute(sa.insert(schema.draft_entries), rows)


def load_entries(conn: Connection, draft_id: str, *, after: int = 0) -> list[DraftEntry]:
    """Load the entries of a draft after a number, the earliest first."""
    table = schema.draft_entries
    query = sa.select(*[table.c[name] for name in _OF_ENTRY])
    wanted = (table.c.draft_id == draft_id) & (table.c.number > after)
    return [_entry(row) for row in conn.execute(query.where(wanted).order_by(table.c.number))]


def last_number(conn: Connection, draft_id: str) -> int:
    """Give the number of the last entry of a draft; 0 before there is one."""
    table = schema.draft_entries
    query = sa.select(sa.func.max(table.c.number)).where(table.c.draft_id == draft_id)
    return conn.execute(query).scalar() or 0


def _draft(row: sa.Row[*tuple[Any, ...]]) -> KeptDraft:
    colleges = None if row.colleges is None else tuple(json.loads(row.colleges))
    read = {"made_at": datetime.fromisoformat(row.made_at), "colleges": colleges}
    return KeptDraft(**row._asdict() | read)


def _entry(row: sa.Row[*tuple[Any, ...]]) -> DraftEntry:
    read = {
        "at": datetime.fromisoformat(row.at),
        "action": DraftAction(row.action),
        "placed": None if row.placed is None else json.loads(row.placed),
    }
    return DraftEntry(**row._asdict() | read)


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def rename(conn: Connection, graduate_id: str, made_up_id: str) -> int:
    """Put a made-up id in the place of somebody's in what was assigned; give how many entries."""
    table = schema.draft_entries
    query = sa.select(table.c.draft_id, table.c.number, table.c.placed)
    named = table.c.placed.contains(json.dumps(graduate_id, ensure_ascii=False), autoescape=True)
    n_renamed = 0
    for row in conn.execute(query.where(named)).all():
        placed = json.loads(row.placed)
        if graduate_id in placed:
            placed[made_up_id] = placed.pop(graduate_id)
            key = (table.c.draft_id == row.draft_id) & (table.c.number == row.number)
            conn.execute(sa.update(table).where(key).values(placed=_json(placed)))
            n_renamed += 1
    return n_renamed
