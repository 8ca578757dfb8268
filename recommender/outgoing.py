"""Sheets out: what is stored of a kind, as a sheet that an import finds nothing new in."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from recommender import access
from recommender.access import Grant
from recommender.data import export, filled, sheets, store, stored
from recommender.errors import NotFound

SUFFIXES = filled.SUFFIXES
KINDS = sheets.KINDS
# Who may see whom an enterprise names for contact.
SEE_CONTACTS = access.SEE_NAMES | {"data"}
# Who may read about people at all.
READ_OF_PEOPLE = frozenset({"officer", "alliance", "auditor", "admin"})
_PERSONAL = ("name", "student_no", "gender")


def kinds_for(grant: Grant) -> tuple[str, ...]:
    """Name the kinds of sheet that a bearer may have."""
    if grant.role in READ_OF_PEOPLE:
        return KINDS
    return tuple(kind for kind in KINDS if kind in stored.OF_ALL)


def write_sheet(engine: Engine, kind: str, out: Path, *, day: date) -> int:
    """Write everything of a kind, everybody's and with names; give the number of rows.

    Raises
    ------
    NotFound
        If there is no such kind of sheet.
    Unreadable
        If the file's suffix is neither of `SUFFIXES`, or its folder does not exist.
    """
    _require(kind, KINDS)
    export.check_target(out, SUFFIXES)
    return _write(engine, kind, out, day=day, colleges=None, without=())


def sheet_for(
    engine: Engine,
    grant: Grant,
    kind: str,
    suffix: str,
    *,
    day: date,
    tell: Callable[[Iterable[str]], None] = lambda ids: None,
) -> bytes:
    """Give a sheet with what a bearer may see of a kind; `tell` is told of the people in it.

    Raises
    ------
    NotFound
        If there is no such kind, or none for the bearer.
    """
    _require(kind, kinds_for(grant))
    without: tuple[str, ...] = (
        () if grant.role in access.SEE_NAMES or kind != "graduates" else _PERSONAL
    )
    if kind == "demand_catalog" and grant.role not in SEE_CONTACTS:
        without = ("contact",)
    colleges = access.colleges(engine, grant)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"sheet{suffix}"
        _write(engine, kind, out, day=day, colleges=colleges, without=without, tell=tell)
        return out.read_bytes()


def _require(kind: str, kinds: Iterable[str]) -> None:
    if kind not in kinds:
        raise NotFound("sheet", kind, tuple(kinds))


def _write(
    engine: Engine,
    kind: str,
    out: Path,
    *,
    day: date,
    colleges: frozenset[str] | None,
    without: tuple[str, ...],
    tell: Callable[[Iterable[str]], None] = lambda ids: None,
) -> int:
    is_personal = kind == "graduates" and not without
    with store.reading(engine) as conn:
        rows = stored.rows(conn, kind, day=day, colleges=colleges, personal=is_personal)
    tell(str(row["graduate_id"]) for row in rows if row.get("graduate_id"))
    filled.write(sheets.KIND_OF[kind], rows, out, without=without)
    return len(rows)
