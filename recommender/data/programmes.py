"""Programmes (招生计划) in and out of the database, each kept with the day from which it held."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, rows, schema
from recommender.data.changes import Changes, collect, same_key
from recommender.data.sheets import ParsedSheet
from recommender.programmes import Programme, key


def load_programmes(conn: Connection, *, day: date) -> list[Programme]:
    """Load programmes as they were known on a day, ordered by their keys.

    Of each the last record not later than the day counts, else the first there is.
    """
    table = schema.programmes
    found: dict[tuple[str, str, str, int], Programme] = {}
    for row in conn.execute(sa.select(table).order_by(table.c.changed_on)):
        one = rows.to_programme(row._asdict())
        if row.changed_on <= day or key(one) not in found:
            found[key(one)] = one
    return [found[each] for each in sorted(found)]


def save_programmes(conn: Connection, programmes: Collection[Programme], *, day: date) -> None:
    """Keep programmes as they are from a day on; a second change that day replaces the first."""
    kept: Sequence[dict[str, object]] = [rows.to_row(one) for one in programmes]
    bulk.replace(conn, schema.programmes, [row | {"changed_on": day} for row in kept])


def compare_programmes(
    conn: Connection, sheets: Sequence[ParsedSheet], *, day: date
) -> Changes[Programme]:
    """Compare programmes with those known on a day."""
    changes: Changes[Programme] = collect(
        sheets,
        "programmes",
        key,
        lambda first, line: same_key("trade", line.item.trade, first, line),
    )
    changes.against({key(one): one for one in load_programmes(conn, day=day)})
    return changes
