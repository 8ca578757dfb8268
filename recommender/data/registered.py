"""Booths of fairs and who registered, in and out of the database."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, fair_sheets, rows, schema, store
from recommender.data.changes import Changes, collect, same_key, unknown_graduates
from recommender.data.sheets import ParsedSheet
from recommender.domain import Graduate
from recommender.errors import RowProblem
from recommender.fairs import Booth, Registration

# What the rows of one fair have in common.
_OF_THE_FAIR = ("date", "slots")


def load_booths(conn: Connection, *, fair_ids: Collection[str] | None = None) -> list[Booth]:
    """Load booths, ordered by fair and enterprise: all, or those of fairs named."""
    table = schema.fairs
    found = bulk.found(conn, sa.select(table), table.c.fair_id, fair_ids)
    return sorted(
        (Booth(**row._asdict()) for row in found), key=lambda one: (one.fair_id, one.credit_code)
    )


def load_registrations(
    conn: Connection, *, fair_ids: Collection[str] | None = None
) -> list[Registration]:
    """Load who registered, ordered by fair and graduate."""
    table = schema.registrations
    found = bulk.found(conn, sa.select(table), table.c.fair_id, fair_ids)
    stored = (Registration(**row._asdict()) for row in found)
    return sorted(stored, key=lambda one: (one.fair_id, one.graduate_id))


def save_booths(conn: Connection, booths: Collection[Booth]) -> None:
    """Keep booths in place of those of the same fair and enterprise."""
    bulk.replace(conn, schema.fairs, [rows.to_row(each) for each in booths])
    store.grow(conn, n_written=len(booths))


def drop_booth(conn: Connection, booth: Booth) -> None:
    """Take a booth back."""
    table = schema.fairs
    conn.execute(
        sa.delete(table).where(
            table.c.fair_id == booth.fair_id, table.c.credit_code == booth.credit_code
        )
    )
    store.grow(conn, n_written=1)


def save_registrations(conn: Connection, registrations: Collection[Registration]) -> None:
    """Keep who registered."""
    bulk.insert(conn, schema.registrations, [rows.to_row(each) for each in registrations])
    store.grow(conn, n_written=len(registrations))


def compare_booths(conn: Connection, sheets: Sequence[ParsedSheet]) -> Changes[Booth]:
    """Compare booths; those of a fair share its day and its rounds, and have signs of their own."""
    changes: Changes[Booth] = collect(
        sheets,
        "fairs",
        fair_sheets.BOOTHS.key,
        lambda first, line: same_key("credit_code", line.item.credit_code, first, line),
    )
    fair_ids = {line.item.fair_id for line in changes.lines.values()}
    stored = {fair_sheets.BOOTHS.key(each): each for each in load_booths(conn, fair_ids=fair_ids)}
    changes.problems += _contradictions(changes, stored)
    changes.against(dict(stored.items()))
    return changes


def _contradictions(
    changes: Changes[Booth], stored: Mapping[Hashable, Booth]
) -> Iterator[RowProblem]:
    """Tell rows that contradict what stays stored, or else the first row of their fair."""
    first: dict[tuple[str, str], object] = {}
    signs: dict[tuple[str, str], str] = {}
    for key, booth in stored.items():
        if key not in changes.lines:
            first |= {(booth.fair_id, name): getattr(booth, name) for name in _OF_THE_FAIR}
            if booth.booth:
                signs[booth.fair_id, booth.booth] = booth.credit_code
    for line in changes.lines.values():
        booth = line.item
        for name in _OF_THE_FAIR:
            value = getattr(booth, name)
            told = first.setdefault((booth.fair_id, name), value)
            if told != value:
                yield line.says("fair_differs", name, str(value or ""), str(told or ""))
        if booth.booth:
            holder = signs.setdefault((booth.fair_id, booth.booth), booth.credit_code)
            if holder != booth.credit_code:
                yield line.says("booth_taken", "booth", booth.booth, holder)


def compare_registrations(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    graduates: Changes[Graduate],
    booths: Changes[Booth],
) -> Changes[Registration]:
    """Compare who registered; graduate and fair are stored or come in the same call."""
    changes: Changes[Registration] = collect(
        sheets,
        "registrations",
        fair_sheets.REGISTRATIONS.key,
        lambda first, line: same_key("graduate_id", line.item.graduate_id, first, line),
    )
    changes.problems += unknown_graduates(conn, sheets, changes, graduates)
    lines = list(changes.lines.values())
    fair_ids = {line.item.fair_id for line in lines}
    known = bulk.present(conn, schema.fairs.c.fair_id, fair_ids)
    known |= {line.item.fair_id for line in booths.lines.values()}
    # A sheet of fairs that was refused says so itself.
    if not any(sheet.kind == "fairs" and sheet.problems for sheet in sheets):
        changes.problems += [
            line.says("unknown_fair", "fair_id", line.item.fair_id)
            for line in lines
            if line.item.fair_id not in known
        ]
    stored = load_registrations(conn, fair_ids=fair_ids)
    changes.against({fair_sheets.REGISTRATIONS.key(each): each for each in stored})
    return changes
