"""Kinds of sheet: their columns, and how one row becomes one object or a list of problems."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from recommender.afterwards import Destination, FollowUp
from recommender.collection import PostAnswer
from recommender.data import cells
from recommender.domain import (
    Agreement,
    Apprentice,
    Graduate,
    Interest,
    Member,
    Outcome,
    PersonalDetails,
    Post,
)
from recommender.errors import Malformed, RowProblem
from recommender.fairs import Booth, Registration
from recommender.programmes import Programme
from recommender.succession import CodeChange

Item = (
    Post
    | Graduate
    | Outcome
    | Member
    | Agreement
    | Apprentice
    | Programme
    | Interest
    | Destination
    | FollowUp
    | Booth
    | Registration
    | CodeChange
    | PostAnswer
)
# English column name → what the cell means; a column that states nothing is absent.
Values = dict[str, Any]

# A resident identity number (GB 11643: place, birthday, serial number, check character),
# which belongs in no column and in no log.
_IDENTITY_NUMBER = re.compile(
    r"(?<![0-9])[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"(?![0-9])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a kind of sheet.

    Attributes
    ----------
    name
        English name; the Chinese one is in `wording.COLUMNS`.
    read
        The reader of its cells.
    note
        What to fill in, for the template; Chinese.
    personal
        Whether its values are masked wherever they are reported.
    choices
        Words of a drop-down.
    looks
        How the template formats its cells.
    """

    name: str
    read: cells.Read
    note: str = ""
    required: bool = False
    personal: bool = False
    choices: tuple[str, ...] = ()
    looks: Literal["text", "number", "date"] = "text"


@dataclass(slots=True, kw_only=True)
class RowReport:
    """What is wrong with one row, or worth saying of it.

    Attributes
    ----------
    held
        English column name → what the cell holds.
    absent
        Columns that the whole file lacks, which is not said again for each row.
    """

    kind: SheetKind
    filename: str
    row: int
    held: Mapping[str, object]
    absent: frozenset[str] = frozenset()
    problems: list[RowProblem] = field(default_factory=list)
    warnings: list[RowProblem] = field(default_factory=list)

    def refuse(self, column: str, code: str, *facts: str) -> None:
        """Report a problem for which the row is refused."""
        self.problems.append(self._problem(column, code, facts))

    def warn(self, column: str, code: str, *facts: str) -> None:
        """Report something worth saying; the row is taken all the same."""
        self.warnings.append(self._problem(column, code, facts))

    def _problem(self, column: str, code: str, facts: tuple[str, ...]) -> RowProblem:
        raw = self.held.get(column)
        return RowProblem(
            filename=self.filename,
            row=self.row,
            column=column,
            value=self._masked(column, "" if raw is None else cells.shown(raw).strip()),
            code=code,
            facts=facts,
            kind=self.kind.name,
        )

    def _masked(self, column: str, value: str) -> str:
        return masked(value) if column in self.kind.personal else without_identity_numbers(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetKind:
    """One kind of sheet.

    Attributes
    ----------
    make
        Builds the object of a row without problems.
    key
        What tells one object from another.
    key_column
        The column that a duplicate is reported at.
    check
        Looks across the columns of a row, reports to it, and may fill in what follows.
    choose
        Of two objects with one key, the one that counts, or None if they contradict each
        other. Without it `key_column` is an id, which stands in one row of a file only.
    details
        Sets apart what officers alone may see.
    example
        One row, filled in, for the template; of no real person or firm.
    """

    name: str
    columns: tuple[Column, ...]
    make: Callable[[Values], Item]
    key: Callable[[Any], Hashable]
    key_column: str
    example: Mapping[str, object]
    check: Callable[[Values, RowReport], None] = lambda values, report: None
    choose: Callable[[Any, Any], Item | None] | None = None
    details: Callable[[Values], PersonalDetails | None] | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that are filled in every row."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def personal(self) -> frozenset[str]:
        """The columns whose values are masked."""
        return frozenset(column.name for column in self.columns if column.personal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """One row, read; `details` is what officers alone may see of a graduate."""

    row: int
    item: Item
    details: PersonalDetails | None = None


def masked(value: str) -> str:
    """Keep the first character of a personal value, so that its row can be found."""
    return f"{value[:1]}**" if len(value) > 1 else "*" * len(value)


def without_identity_numbers(value: str) -> str:
    """Mask what looks like a resident identity number, in whatever column it was written."""
    return _IDENTITY_NUMBER.sub(lambda found: masked(found[0]), value)


def read_row(report: RowReport) -> Values:
    """Read the cells of one row; problems and notes go to its report."""
    values: Values = {}
    notes: list[cells.Note] = []
    for column in report.kind.columns:
        raw = report.held.get(column.name)
        if raw is None or raw == "" or cells.is_empty(raw):
            if column.required and column.name not in report.absent:
                report.refuse(column.name, "missing")
            continue
        try:
            cells.refuse_error(raw)
            values[column.name] = column.read(raw, notes)
        except Malformed as malformed:
            report.refuse(column.name, malformed.code, *malformed.facts)
        if notes:
            for code, facts in notes:
                report.warn(column.name, code, *facts)
            notes.clear()
    report.kind.check(values, report)
    return values


def make_row(values: Values, report: RowReport) -> Parsed | None:
    """Build what a row without problems stands for; None for one with problems."""
    if report.problems:
        return None
    kind = report.kind
    details = kind.details(values) if kind.details else None
    return Parsed(row=report.row, item=kind.make(values), details=details)
