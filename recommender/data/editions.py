"""Editions of the guidance catalog, which are added and never changed; and when posts opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import schema
from recommender.errors import DatabaseFailed

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition, as it was issued.

    Attributes
    ----------
    edition
        Number, from 1, without gaps.
    sha256
        Of everything else here and of the edition before: a change of either shows.
    rows
        What JSON can hold; one for each occupation and city.
    """

    edition: int
    day: date
    author: str
    class_year: int
    sha256: str
    rows: tuple[Row, ...]


def load_editions(conn: Connection) -> list[Edition]:
    """Load every edition, the earliest first.

    Raises
    ------
    DatabaseFailed
        If one is no longer what was issued.
    """
    table = schema.editions
    found, before = [], ""
    for row in conn.execute(sa.select(table).order_by(table.c.edition)):
        rows = tuple(json.loads(row.content))
        stated = _sha256(row.edition, row.day, row.author, row.class_year, rows, before)
        if stated != row.sha256:
            raise DatabaseFailed(f"guidance edition {row.edition} is not what was issued")
        before = row.sha256
        found.append(
            Edition(
                edition=row.edition,
                day=row.day,
                author=row.author,
                class_year=row.class_year,
                sha256=row.sha256,
                rows=rows,
            )
        )
    return found


def append_edition(
    conn: Connection, *, day: date, author: str, class_year: int, rows: Sequence[Row]
) -> Edition:
    """Keep the next edition."""
    earlier = load_editions(conn)
    number, before = len(earlier) + 1, earlier[-1].sha256 if earlier else ""
    sha256 = _sha256(number, day, author, class_year, rows, before)
    row = {"edition": number, "day": day, "author": author, "class_year": class_year}
    conn.execute(sa.insert(schema.editions), row | {"sha256": sha256, "content": _json(list(rows))})
    return Edition(
        edition=number,
        day=day,
        author=author,
        class_year=class_year,
        sha256=sha256,
        rows=tuple(rows),
    )


def _sha256(
    number: int, day: date, author: str, class_year: int, rows: Sequence[Row], before: str
) -> str:
    whole = [number, day.isoformat(), author, class_year, list(rows), before]
    return hashlib.sha256(_json(whole).encode()).hexdigest()


def _json(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def first_openings(conn: Connection, *, day: date) -> dict[str, date]:
    """Say since when each post has been wanted: the earliest first day of its versions.

    A post that is issued again for a later time keeps its id only where the days overlap, so
    it has been wanted all along.
    """
    version = schema.post_versions
    query = sa.select(version.c.post_id, sa.func.min(version.c.opens_on).label("opened"))
    found = conn.execute(query.where(version.c.changed_on <= day).group_by(version.c.post_id))
    return {row.post_id: row.opened for row in found}
