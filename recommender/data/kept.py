"""Sheets whose rows are kept by key, each kind in a table of its own, and lead to nothing else.

A kind that needs no more than this is added to `KEPT`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.afterwards import Destination, DestinationKind, FollowUp, FollowUpResult
from recommender.data import bulk, schema, store
from recommender.data.afterwards import DESTINATIONS, FOLLOW_UPS, follow_up_key
from recommender.data.changes import (
    Changes,
    Line,
    collect,
    same_key,
    unknown_graduates,
    unknown_posts,
)
from recommender.data.columns import Item, SheetKind
from recommender.data.rows import RowValues
from recommender.data.sheets import ParsedSheet
from recommender.domain import Graduate, Post
from recommender.errors import RowProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One kind of sheet and its table.

    Attributes
    ----------
    read
        Makes the object of a row of the table.
    says_something
        Whether a row states anything; one that does not is passed over.
    """

    kind: SheetKind
    table: sa.Table
    read: Callable[[RowValues], Any]
    says_something: Callable[[Any], bool] = lambda item: True


def _to_destination(row: RowValues) -> Destination:
    return Destination(**{**row, "kind": DestinationKind(row["kind"])})


def _to_follow_up(row: RowValues) -> FollowUp:
    return FollowUp(**{**row, "result": FollowUpResult(row["result"])})


KEPT = (
    Kept(kind=DESTINATIONS, table=schema.destinations, read=_to_destination),
    Kept(
        kind=FOLLOW_UPS,
        table=schema.follow_ups,
        read=_to_follow_up,
        says_something=lambda one: one.result is not None,
    ),
)


def compare_kept(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    graduates: Changes[Graduate],
    posts: Changes[Post],
) -> list[Changes[Any]]:
    """Compare the sheets of every kind kept here, in the order of `KEPT`."""
    found = []
    for kept in KEPT:
        changes = _compare(conn, kept, sheets)
        changes.problems += unknown_graduates(conn, sheets, changes, graduates)
        if "post_id" in kept.table.c:
            changes.problems += unknown_posts(conn, sheets, changes, posts)
        found.append(changes)
    return found


def _compare(conn: Connection, kept: Kept, sheets: Sequence[ParsedSheet]) -> Changes[Any]:
    column = kept.kind.key_column

    def clash(first: Line[Any], line: Line[Any]) -> RowProblem:
        return same_key(column, getattr(line.item, column), first, line)

    changes: Changes[Any] = collect(sheets, kept.kind.name, kept.kind.key, clash)
    ids = {getattr(line.item, column) for line in changes.lines.values()}
    rows = bulk.found(conn, sa.select(kept.table), kept.table.c[column], ids)
    stored = {kept.kind.key(item): item for item in (kept.read(row._asdict()) for row in rows)}
    for key, line in list(changes.lines.items()):
        if not kept.says_something(line.item):
            del changes.lines[key]
            changes.n_unchanged[line.sheet] += 1
    changes.against(stored)
    return changes


def save_kept(conn: Connection, changes: Sequence[Changes[Any]]) -> None:
    """Keep what is new in place of rows with the same key."""
    for kept, change in zip(KEPT, changes, strict=True):
        new = [to_row(line.item) for line in change.written]
        bulk.replace(conn, kept.table, new)
        store.grow(conn, n_written=len(new))


def to_row(item: Item) -> dict[str, Any]:
    """Give the columns of an object that is kept here."""
    row = {field.name: getattr(item, field.name) for field in fields(item)}
    return {name: getattr(value, "value", value) for name, value in row.items()}


def load_destinations(conn: Connection, *, day: date) -> dict[str, Destination]:
    """Load the latest destination of each graduate known by a day."""
    table = schema.destinations
    query = sa.select(table).where(table.c.date <= day).order_by(table.c.date)
    return {row.graduate_id: _to_destination(row._asdict()) for row in conn.execute(query)}


def load_all_destinations(conn: Connection) -> list[Destination]:
    """Load every destination of every graduate, by graduate and day."""
    found = [_to_destination(row._asdict()) for row in conn.execute(sa.select(schema.destinations))]
    return sorted(found, key=lambda one: (one.graduate_id, one.date))


def load_follow_ups(conn: Connection, *, day: date) -> list[FollowUp]:
    """Load the answers to follow-ups known by a day, by graduate, post and days."""
    table = schema.follow_ups
    found = conn.execute(sa.select(table).where(table.c.date <= day))
    return sorted((_to_follow_up(row._asdict()) for row in found), key=follow_up_key)
