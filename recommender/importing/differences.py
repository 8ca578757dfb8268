"""What an import would change, row by row: new, changed from what to what, closed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from recommender.data.changes import Changes, Line
from recommender.data.columns import masked
from recommender.data.filled import cells_of
from recommender.data.sheets import KIND_OF
from recommender.intake import Difference

CHANGED, CLOSED, ADDED = WHATS = ("changed", "closed", "added")
_SEEN_BY_FEW = frozenset({"name", "student_no", "gender"})
# What tells a post that is closed.
_OF_A_POST = ("enterprise", "occupation", "headcount", "closes_on")

# Column, what is stored, what would be.
Cell = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row; `which` names what it is about, `row` is 0 where no row says it."""

    what: str
    filename: str
    kind: str
    row: int
    which: str
    cells: tuple[Cell, ...]


def row_changes(difference: Difference) -> Iterator[RowChange]:
    """Give what would be changed, then closed, then added, each in the order of the sheets."""
    for changes in difference.kinds:
        for line in changes.changed:
            yield _changed(changes, line)
    for closing in difference.closings:
        for post in closing.posts:
            cells = cells_of(KIND_OF["demand_catalog"], post)
            yield RowChange(
                what=CLOSED,
                filename="",
                kind="demand_catalog",
                row=0,
                which=post.post_id,
                cells=tuple((name, _text(cells[name]), "") for name in _OF_A_POST if cells[name]),
            )
    for changes in difference.kinds:
        for line in changes.added:
            yield _made(ADDED, line, _stated(line))


def digest(changes: Iterable[RowChange]) -> str:
    """Give what is the same for the same changes only."""
    found = hashlib.sha256()
    for each in changes:
        found.update(json.dumps(astuple(each), ensure_ascii=True).encode())
    return found.hexdigest()


def shown(change: RowChange, *, names: bool) -> RowChange:
    """Mask what is stored of a person for who may not see it; what they sent is theirs."""
    if names or change.kind != "graduates":
        return change
    cells = tuple(
        (column, masked(old) if column in _SEEN_BY_FEW else old, new)
        for column, old, new in change.cells
    )
    return RowChange(
        what=change.what,
        filename=change.filename,
        kind=change.kind,
        row=change.row,
        which=change.which,
        cells=cells,
    )


def _changed(changes: Changes[Any], line: Line[Any]) -> RowChange:
    before, details = changes.before[line.key]
    kind = KIND_OF[line.kind]
    old, new = cells_of(kind, before, details), cells_of(kind, line.item, line.details)
    is_told = line.details is not None
    cells = tuple(
        (name, _text(old[name]), _text(new[name]))
        for name in new
        if old[name] != new[name]
        and (is_told or name not in _SEEN_BY_FEW or kind.name != "graduates")
    )
    return _made(CHANGED, line, cells)


def _stated(line: Line[Any]) -> tuple[Cell, ...]:
    new = cells_of(KIND_OF[line.kind], line.item, line.details)
    return tuple((name, "", _text(value)) for name, value in new.items() if value is not None)


def _made(what: str, line: Line[Any], cells: tuple[Cell, ...]) -> RowChange:
    kind = KIND_OF[line.kind]
    return RowChange(
        what=what,
        filename=line.filename,
        kind=line.kind,
        row=line.row,
        which=_text(cells_of(kind, line.item)[kind.key_column]),
        cells=cells,
    )


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
