"""Queries of many ids and writes of many rows, in parts that each database takes well."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

# Far below the 32,766 variables of a query of SQLite.
CHUNK = 2_000

# NUL and lone surrogates: one database or the other cannot hold them as text.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Rows = Sequence[Mapping[str, Any]]


def found(
    conn: Connection,
    query: sa.Select[*tuple[Any, ...]],
    column: sa.ColumnElement[str],
    ids: Collection[str] | None,
) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """Run a query, narrowed to ids where there are some; rows come in no order."""
    if ids is None:
        yield from conn.execute(query)
        return
    for some in chunks(ids):
        yield from conn.execute(query.where(column.in_(some)))


def chunks(ids: Collection[str]) -> Iterator[list[str]]:
    """Cut ids into parts that a query can hold; what no database can hold is left out."""
    clean = sorted({one for one in ids if _UNSTORABLE.search(one) is None})
    for start in range(0, len(clean), CHUNK):
        yield clean[start : start + CHUNK]


def present(conn: Connection, column: sa.Column[str], ids: Collection[str]) -> set[str]:
    """Give those of the ids that a column holds."""
    return {row[0] for row in found(conn, sa.select(column), column, ids)}


def put(conn: Connection, table: sa.Table, new: Rows) -> None:
    """Insert rows whose id is new and replace the others; the key is one column."""
    (key,) = table.primary_key
    here = present(conn, key, [row[key.name] for row in new])
    insert(conn, table, [row for row in new if row[key.name] not in here])
    update(conn, table, [row for row in new if row[key.name] in here])


def replace(conn: Connection, table: sa.Table, new: Rows) -> None:
    """Insert rows in place of those with the same primary key; nothing may refer to them."""
    if not new:
        return
    keys = [column.name for column in table.primary_key]
    same = [table.c[name] == sa.bindparam(f"key_{name}") for name in keys]
    query = sa.delete(table).where(*same)
    conn.execute(query, [{f"key_{name}": row[name] for name in keys} for row in new])
    insert(conn, table, new)


def insert(conn: Connection, table: sa.Table, new: Rows) -> None:
    """Insert rows, all with the same columns; PostgreSQL takes them through COPY."""
    if not new:
        return
    if conn.dialect.name != "postgresql":
        conn.execute(sa.insert(table), new)
        return
    try:
        _copy(conn, table, new)
    except conn.dialect.loaded_dbapi.Error as error:
        # Past SQLAlchemy, so told in its words here.
        errors = conn.dialect.loaded_dbapi.Error
        raise sa.exc.DBAPIError.instance("COPY", None, error, errors) from error


def _copy(conn: Connection, table: sa.Table, new: Rows) -> None:
    names = list(new[0])
    columns = ", ".join(f'"{name}"' for name in names)
    driver: Any = conn.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy,
    ):
        for row in new:
            copy.write_row([row[name] for name in names])


def update(conn: Connection, table: sa.Table, changed: Rows) -> None:
    """Replace rows by their primary key."""
    if not changed:
        return
    keys = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if not column.primary_key]
    query = (
        sa.update(table)
        .where(*[table.c[name] == sa.bindparam(f"key_{name}") for name in keys])
        .values({name: sa.bindparam(f"new_{name}") for name in rest})
    )
    conn.execute(
        query,
        [
            {f"key_{name}": row[name] for name in keys}
            | {f"new_{name}": row[name] for name in rest}
            for row in changed
        ],
    )
