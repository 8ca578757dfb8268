"""Sheets that go out filled: what is stored, as cells that come back unchanged."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from pathlib import Path

from recommender.data import template
from recommender.data.columns import Column, Item, SheetKind
from recommender.data.export import check_target, whole_file
from recommender.data.guard import guarded
from recommender.domain import Award, PersonalDetails, SkillCertificate
from recommender.wording import COLUMNS, label

SUFFIXES = (".xlsx", ".csv")
_YES_NO = {True: "是", False: "否"}

Cells = Mapping[str, object]


def cells_of(kind: SheetKind, item: Item, details: PersonalDetails | None = None) -> Cells:
    """Give an object by the columns of its sheet: text, numbers, dates, None where nothing is."""
    return {column.name: _cell(_held(column.name, item, details)) for column in kind.columns}


def _held(name: str, item: Item, details: PersonalDetails | None) -> object:
    held = getattr(item, name, None)
    return getattr(details, name, None) if held is None else held


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, Enum):
        return label(value)
    if isinstance(value, tuple):
        return "；".join(str(_cell(each)) for each in value) or None
    if isinstance(value, SkillCertificate):
        parts = (value.occupation_code, label(value.level), value.certified_by)
        return ":".join(part for part in parts if part)
    if isinstance(value, Award):
        return ":".join(part for part in (label(value.level), value.occupation_code) if part)
    return value


def write(
    kind: SheetKind, rows: Sequence[Cells], out: Path, *, without: Iterable[str] = ()
) -> None:
    """Write rows as a sheet of their kind, whole or not at all: a workbook, or CSV for Excel.

    CSV begins with a byte-order mark, by which Excel on a Chinese Windows knows that it is
    UTF-8. `without` names the columns that are left out.

    Raises
    ------
    Unreadable
        If the suffix is neither, or the folder does not exist.
    """
    check_target(out, SUFFIXES)
    left = set(without)
    columns = tuple(column for column in kind.columns if column.name not in left)
    with whole_file(out) as draft:
        if out.suffix.lower() == ".csv":
            _write_csv(kind, columns, rows, draft)
        else:
            template.write(kind, draft, rows, without=left)


def _write_csv(
    kind: SheetKind, columns: Sequence[Column], rows: Iterable[Cells], out: Path
) -> None:
    titles = COLUMNS[kind.name]
    with out.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow([titles[column.name] for column in columns])
        writer.writerows([_text(row.get(column.name)) for column in columns] for row in rows)


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else str(value)
