"""What happens at a fair, in the database: turns, slips, check-ins, marks, the closing.

Moments are kept as in the ledger of places: text in UTC with microseconds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, schema
from recommender.domain import InterestSide
from recommender.fairs import CheckIn, Closing, Mark, Slip, Turn

Kept = TypeVar("Kept", Slip, CheckIn, Mark, Closing, Turn)
_MOMENTS = frozenset({"at", "issued_at", "claimed_at"})


def to_plain(item: Slip | CheckIn | Mark | Closing | Turn) -> dict[str, Any]:
    """Give the columns of an item: moments as text, words as identifiers."""
    return {field.name: _plain(getattr(item, field.name)) for field in fields(item)}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.value if isinstance(value, InterestSide) else value


def of_plain(kind: type[Kept], values: dict[str, Any]) -> Kept:
    """Make an item of its columns."""
    read: dict[str, Any] = {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value else value
        for name, value in values.items()
    }
    if "side" in read:
        read["side"] = InterestSide(read["side"])
    return kind(**read)


def _load(
    conn: Connection, kind: type[Kept], table: sa.Table, *where: sa.ColumnElement[bool]
) -> list[Kept]:
    query = sa.select(table).where(*where).order_by(*table.primary_key)
    return [of_plain(kind, row._asdict()) for row in conn.execute(query)]


# --- the timetable ----------------------------------------------------------------------------


def load_turns(conn: Connection, fair_id: str) -> list[Turn]:
    """Load the timetable of a fair, by graduate and booth."""
    return _load(conn, Turn, schema.turns, schema.turns.c.fair_id == fair_id)


def replace_turns(conn: Connection, fair_id: str, turns: Collection[Turn]) -> None:
    """Keep a timetable in place of the one there was."""
    conn.execute(sa.delete(schema.turns).where(schema.turns.c.fair_id == fair_id))
    bulk.insert(conn, schema.turns, [to_plain(turn) for turn in turns])


# --- slips ------------------------------------------------------------------------------------


def load_slips(conn: Connection, fair_id: str) -> list[Slip]:
    """Load the slips of a fair, by number."""
    return _load(conn, Slip, schema.slips, schema.slips.c.fair_id == fair_id)


def find_slip(conn: Connection, fair_id: str, slip: str) -> Slip | None:
    """Find a slip of a fair by its number."""
    table = schema.slips
    found = _load(conn, Slip, table, table.c.fair_id == fair_id, table.c.slip == slip)
    return found[0] if found else None


def find_slips(conn: Connection, slip: str) -> list[Slip]:
    """Find the slips of a number at every fair, the last issued at the end."""
    found = _load(conn, Slip, schema.slips, schema.slips.c.slip == slip)
    return sorted(found, key=lambda each: each.issued_at)


def slip_of(conn: Connection, fair_id: str, graduate_id: str) -> Slip | None:
    """Find the slip of a graduate at a fair."""
    table = schema.slips
    own = table.c.graduate_id == graduate_id
    found = _load(conn, Slip, table, table.c.fair_id == fair_id, own)
    return found[0] if found else None


def add_slips(conn: Connection, slips: Collection[Slip]) -> None:
    """Keep new slips."""
    bulk.insert(conn, schema.slips, [to_plain(slip) for slip in slips])


def claim_slip(conn: Connection, slip: Slip) -> None:
    """Keep whose a slip is."""
    bulk.update(conn, schema.slips, [to_plain(slip)])


def drop_slip(conn: Connection, slip: Slip) -> None:
    """Forget a slip that was never used."""
    table = schema.slips
    same = (table.c.fair_id == slip.fair_id) & (table.c.slip == slip.slip)
    conn.execute(sa.delete(table).where(same))


# --- check-ins, marks, the closing ------------------------------------------------------------


def load_check_ins(conn: Connection, fair_id: str, slip: str | None = None) -> list[CheckIn]:
    """Load where slips were shown, by slip and place."""
    table = schema.check_ins
    where = [table.c.fair_id == fair_id] + ([] if slip is None else [table.c.slip == slip])
    return _load(conn, CheckIn, table, *where)


def add_check_in(conn: Connection, check_in: CheckIn) -> None:
    """Keep where a slip was shown for the first time."""
    bulk.insert(conn, schema.check_ins, [to_plain(check_in)])


def load_marks(conn: Connection, fair_id: str, slip: str | None = None) -> list[Mark]:
    """Load who marked whom, by slip, post and side."""
    table = schema.marks
    where = [table.c.fair_id == fair_id] + ([] if slip is None else [table.c.slip == slip])
    return _load(conn, Mark, table, *where)


def put_mark(conn: Connection, mark: Mark) -> None:
    """Keep a mark in place of the same side's on the same post."""
    bulk.replace(conn, schema.marks, [to_plain(mark)])


def closing_of(conn: Connection, fair_id: str) -> Closing | None:
    """Say when a fair was closed; None while it is not."""
    table = schema.fair_closings
    found = _load(conn, Closing, table, table.c.fair_id == fair_id)
    return found[0] if found else None


def add_closing(conn: Connection, closing: Closing) -> None:
    """Close a fair."""
    bulk.insert(conn, schema.fair_closings, [to_plain(closing)])
