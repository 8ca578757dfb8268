"""What is found in one file, piece by piece: good rows, problems, and what is worth saying."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from recommender.data.columns import Parsed, RowReport, SheetKind, make_row, read_row
from recommender.errors import RowProblem

# So many rows of one kind of warning are told one by one; more are told together.
TOLD_SINGLY = 20


@dataclass(slots=True)
class Findings:
    """What is found in one file.

    Attributes
    ----------
    items
        Good rows by what tells them apart.
    warnings
        By what they say; one that several rows deserve is there once.
    repeats
        Rows that say what another row says.
    refused_ids
        Ids of rows with problems.
    id_rows
        The first row of each id that stands in one row only.
    """

    filename: str
    kind: str = ""
    items: dict[Hashable, Parsed] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    warnings: dict[Hashable, RowProblem] = field(default_factory=dict)
    repeats: list[RowProblem] = field(default_factory=list)
    refused_ids: set[str] = field(default_factory=set)
    id_rows: dict[str, int] = field(default_factory=dict)

    def refuse(self, row: int, code: str, *facts: str, column: str = "", value: str = "") -> None:
        """Report a problem that is no row's own."""
        self.problems.append(self._problem(row, code, facts, column, value))

    def warn(self, row: int, code: str, *facts: str, column: str = "", value: str = "") -> None:
        """Report something worth saying that is no row's own."""
        self._keep(self._problem(row, code, facts, column, value))

    def _problem(
        self, row: int, code: str, facts: tuple[str, ...], column: str, value: str
    ) -> RowProblem:
        return RowProblem(
            filename=self.filename,
            row=row,
            column=column,
            value=value,
            code=code,
            facts=facts,
            kind=self.kind,
        )

    def _keep(self, warning: RowProblem) -> None:
        """Keep the first of the warnings that differ in their row only, and count the others."""
        alike = (warning.code, warning.column, warning.value, warning.facts)
        first = self.warnings.setdefault(alike, warning)
        if first is not warning:
            self.warnings[alike] = replace(first, n_more=first.n_more + 1)

    def take(
        self, kind: SheetKind, row: int, held: Mapping[str, object], absent: frozenset[str]
    ) -> None:
        """Read one row, and keep what it gives."""
        report = RowReport(kind=kind, filename=self.filename, row=row, held=held, absent=absent)
        values = read_row(report)
        key = values.get(kind.key_column)
        if kind.choose is None and key is not None:
            first_row = self.id_rows.setdefault(key, row)
            if first_row != row:
                report.refuse(kind.key_column, "duplicate_id", str(first_row))
        parsed = None if absent else make_row(values, report)
        if parsed is not None:
            self._keep_once(kind, parsed, report)
        elif key is not None:
            self.refused_ids.add(key)
        self.problems += report.problems
        for warning in report.warnings:
            self._keep(warning)

    def _keep_once(self, kind: SheetKind, parsed: Parsed, report: RowReport) -> None:
        """Keep a row whose key is new; of two rows with one key, the one that counts."""
        key = kind.key(parsed.item)
        first = self.items.setdefault(key, parsed)
        if first is parsed or kind.choose is None:
            return
        chosen = kind.choose(first.item, parsed.item)
        if chosen is None:
            report.refuse(kind.key_column, "duplicate_id", str(first.row))
            return
        code = "repeated_row" if first.item == parsed.item else "differing_row"
        self.repeats.append(self._problem(parsed.row, code, (str(first.row),), "", ""))
        if chosen is parsed.item:
            self.items[key] = parsed

    def told_repeats(self) -> Iterator[RowProblem]:
        """Tell the rows that count once: each of a few, and many of them together."""
        for code in ("repeated_row", "differing_row"):
            rows = [repeat for repeat in self.repeats if repeat.code == code]
            if len(rows) <= TOLD_SINGLY:
                yield from rows
            else:
                facts = (str(len(rows)), row_ranges(repeat.row for repeat in rows))
                yield replace(rows[0], code=f"{code}_rows", facts=facts)


def row_ranges(rows: Iterable[int]) -> str:
    """Write row numbers shortly: 2, 3, 4 and 9 as ``2-4, 9``."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return ", ".join(f"{first}-{last}" if first < last else str(first) for first, last in ranges)
