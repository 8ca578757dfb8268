"""From a file to checked domain objects, and the empty sheets that people fill in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from itertools import chain, islice
from pathlib import Path

from recommender.data import alliance, catalog, cells, outcomes, roster, template
from recommender.data.columns import (
    TOLD_SINGLY,
    Parsed,
    RowReport,
    SheetKind,
    Values,
    read_row,
    row_ranges,
)
from recommender.data.tabular import HEADER_ROWS, Flaw, Row, Table, open_table
from recommender.errors import Malformed, RowProblem
from recommender.wording import COLUMNS, SHEETS

_KINDS: Mapping[str, SheetKind] = {
    kind.name: kind
    for kind in (catalog.KIND, roster.KIND, outcomes.KIND, alliance.MEMBERS, alliance.AGREEMENTS)
}
KINDS = tuple(_KINDS)

# One known name may be chance, in a title or in a cell; two are a header.
_FEWEST_NAMES = 2
_TOTAL = re.compile(r"(本页|本表)?(合计|总计|小计|共计)([:(0-9].*)?|total:?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedSheet:
    """A file, read: its good rows, and everything wrong or worth saying.

    Attributes
    ----------
    kind
        Which sheet it is; "" where no header was found.
    items
        The rows without problems. Rows of one step of an outcome sheet stand here once.
    problems
        Why the file is refused; row 0 where the whole file is meant.
    warnings
        What was taken all the same; alike ones are one, with their number.
    n_repeated
        How many rows said what another row of the file says.
    refused_ids
        Ids of the rows with problems, so that another sheet's mention of one is no second
        problem.
    """

    filename: str
    kind: str
    items: tuple[Parsed, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    warnings: tuple[RowProblem, ...] = ()
    n_repeated: int = 0
    refused_ids: frozenset[str] = frozenset()


def read_sheet(path: Path, *, issuer: str | None = None) -> ParsedSheet:
    """Read and check a whole file; whatever it holds, its problems say what is wrong.

    `issuer` is the issuing body of the posts that name none.
    """
    found = _Findings(path.name)
    try:
        table = open_table(path, _n_known_names, _worksheet_names())
        _read_rows(table, _find_header(table, found), found, issuer)
    except Malformed as malformed:
        found.refuse(malformed.row, malformed.code, *malformed.facts)
    return ParsedSheet(
        filename=path.name,
        kind=found.kind,
        items=tuple(found.items.values()),
        problems=tuple(found.problems),
        warnings=(*found.warnings.values(), *found.told_repeats()),
        n_repeated=len(found.repeats),
        refused_ids=frozenset(found.refused_ids),
    )


def parse_row(
    kind: str, held: Mapping[str, object], *, filename: str = "", row: int = 0
) -> tuple[Parsed | None, list[RowProblem], list[RowProblem]]:
    """Read one row given by English column names: the object, or its problems; and warnings."""
    report = RowReport(kind=_KINDS[kind], filename=filename, row=row, held=held)
    values = read_row(report)
    for unknown in held.keys() - COLUMNS[kind].keys():
        report.warn("", "unknown_column", unknown)
    return _made(values, report), report.problems, report.warnings


def _made(values: Values, report: RowReport) -> Parsed | None:
    if report.problems:
        return None
    details = roster.personal_details(values) if report.kind is roster.KIND else None
    return Parsed(row=report.row, item=report.kind.make(values), details=details)


def write_template(kind: str, out: Path) -> None:
    """Write an empty sheet with notes and drop-downs, which comes back in once it is filled."""
    template.write(_KINDS[kind], out)


# Header ------------------------------------------------------------------------------------


def _written(header: object) -> str:
    """Write a header plainly: without marks of required columns, spaces and underscores."""
    if not isinstance(header, str):
        return ""
    text = unicodedata.normalize("NFKC", header).casefold()
    return "".join(mark for mark in text if mark.isprintable() and mark not in " _*")


@cache
def _names_of(kind: str) -> Mapping[str, str]:
    """Map each writing of a kind's headers to the column's English name."""
    names: dict[str, str] = {}
    for english, chinese in COLUMNS[kind].items():
        names[_written(english)] = names[_written(chinese)] = english
    return names


@cache
def _all_names() -> frozenset[str]:
    return frozenset(name for kind in KINDS for name in _names_of(kind))


@cache
def _worksheet_names() -> tuple[str, ...]:
    return tuple(name for kind in KINDS for name in (kind, SHEETS[kind][0]))


def _known(header: object, names: Container[str]) -> str | None:
    """Find how a header stands among names, also with a remark in brackets after it."""
    written = _written(header)
    for writing in (written, re.sub(r"\(.*\)$", "", written)):
        if writing in names:
            return writing
    return None


def _n_known_names(row: Sequence[object]) -> int:
    return len({_known(cell, _all_names()) for cell in row} - {None})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """Where the columns of a file stand.

    Attributes
    ----------
    columns
        Place in a row, from 0 → English name of the column.
    blank
        Places without a header.
    absent
        Required columns that the file lacks.
    """

    kind: SheetKind
    columns: Mapping[int, str]
    blank: tuple[int, ...]
    width: int
    absent: frozenset[str]
    rest: Iterator[Row]


def _find_header(table: Table, found: _Findings) -> _Header:
    """Find the header within the first ten rows, and with it the kind of sheet."""
    first = list(islice(table.rows, HEADER_ROWS))
    counts = [_n_known_names(row) for _, row in first]
    if not counts or max(counts) < _FEWEST_NAMES:
        raise Malformed("no_header")
    at = counts.index(max(counts))
    number, row = first[at]
    found.kind = _kind_of(row, found.filename, table.worksheet)
    for title_number, title in first[:at]:
        stated = [cells.shown(cell).strip() for cell in title if _is_stated(cell)]
        if stated:
            found.warn(title_number, "title_row", value=stated[0])
    others = [name for name in table.others if name not in template.BESIDE]
    if others:
        found.warn(0, "other_worksheets", table.worksheet, value="、".join(others))
    columns, unknown = _place_columns(row, number, found)
    return _Header(
        kind=_KINDS[found.kind],
        columns=columns,
        blank=tuple(place for place, cell in enumerate(row) if not _is_stated(cell)),
        width=len(row),
        absent=_report_absent(set(columns.values()), unknown, number, found),
        rest=chain(first[at + 1 :], table.rows),
    )


def _kind_of(row: Sequence[object], filename: str, worksheet: str) -> str:
    """Tell the kind that has most of the header's columns; the file's name breaks a tie."""
    called = f"{Path(filename).stem} {worksheet}".lower()

    def likeness(kind: str) -> tuple[int, bool, int]:
        names = _names_of(kind)
        present = {names[known] for cell in row if (known := _known(cell, names))}
        required = {column.name for column in _KINDS[kind].columns if column.required}
        is_named = kind in called or SHEETS[kind][0] in called
        return len(present), is_named, len(present & required)

    return max(KINDS, key=likeness)


def _place_columns(
    row: Sequence[object], number: int, found: _Findings
) -> tuple[dict[int, str], list[str]]:
    """Map places to columns, and list the headers that nobody knows."""
    names = _names_of(found.kind)
    columns: dict[int, str] = {}
    unknown = []
    for place, cell in enumerate(row):
        known = _known(cell, names)
        if known is None:
            unknown += [cells.shown(cell).strip()] if _is_stated(cell) else []
        elif names[known] in columns.values():
            found.refuse(number, "duplicate_column", column=names[known], value=cells.shown(cell))
        else:
            columns[place] = names[known]
    return columns, unknown


def _report_absent(
    present: set[str], unknown: list[str], number: int, found: _Findings
) -> frozenset[str]:
    """Report unknown columns and absent required ones, each with what is written alike."""
    absent = {name: words for name, words in COLUMNS[found.kind].items() if name not in present}
    writings = {_written(word): word for pair in absent.items() for word in pair}
    for header in unknown:
        alike = get_close_matches(_written(header), writings, n=2)
        found.warn(number, "unknown_column", *(writings[word] for word in alike), value=header)
    required = [column.name for column in _KINDS[found.kind].columns if column.required]
    for name in (name for name in required if name in absent):
        headers = {_written(header): header for header in unknown}
        alike = [
            headers[match]
            for word in (name, absent[name])
            for match in get_close_matches(_written(word), headers)
        ]
        found.refuse(number, "missing_column", *dict.fromkeys(alike), column=name)
    return frozenset(required) & absent.keys()


# Rows --------------------------------------------------------------------------------------


def _is_stated(cell: object) -> bool:
    """Whether a cell holds anything itself; one hidden by a merge does not."""
    if isinstance(cell, Flaw):
        return cell.code != "merged_cell"
    return not cells.is_empty(cell)


def _read_rows(table: Table, header: _Header, found: _Findings, issuer: str | None) -> None:
    is_empty = True
    for number, row in header.rest:
        stated = next((cell for cell in row if _is_stated(cell)), None)
        if stated is None:
            continue
        if isinstance(stated, str) and _TOTAL.fullmatch(_written(stated)):
            found.warn(number, "total_row", value=stated.strip())
            continue
        is_empty = False
        if table.is_csv and any(map(_is_stated, row[header.width :])):
            found.refuse(number, "too_many_cells")
            continue
        for place in (*header.blank, *range(header.width, len(row))):
            if place < len(row) and _is_stated(row[place]):
                found.warn(number, "unlabelled_column", _letters(place))
        held = {name: row[place] for place, name in header.columns.items() if place < len(row)}
        if issuer and header.kind is catalog.KIND and cells.is_empty(held.get("issuing_body")):
            held["issuing_body"] = issuer
        found.take(header, number, held)
    if is_empty:
        found.warn(0, "no_rows")


def _letters(place: int) -> str:
    """Name a column as Excel does: 0 is A, 26 is AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@dataclass(slots=True)
class _Findings:
    """What is found in one file, piece by piece."""

    filename: str
    kind: str = ""
    items: dict[Hashable, Parsed] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    warnings: dict[Hashable, RowProblem] = field(default_factory=dict)
    repeats: list[RowProblem] = field(default_factory=list)
    refused_ids: set[str] = field(default_factory=set)

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

    def take(self, header: _Header, row: int, held: Mapping[str, object]) -> None:
        """Read one row, and keep what it gives."""
        report = RowReport(
            kind=header.kind, filename=self.filename, row=row, held=held, absent=header.absent
        )
        values = read_row(report)
        self.problems += report.problems
        for warning in report.warnings:
            self._keep(warning)
        parsed = None if header.absent else _made(values, report)
        if parsed is not None:
            self._keep_once(header.kind, parsed, report)
        elif header.kind.key_column in values:
            self.refused_ids.add(values[header.kind.key_column])

    def _keep_once(self, kind: SheetKind, parsed: Parsed, report: RowReport) -> None:
        """Keep a row whose key is new; of two rows with one key, the one that counts."""
        key = kind.key(parsed.item)
        first = self.items.setdefault(key, parsed)
        if first is parsed:
            return
        chosen = kind.choose(first.item, parsed.item)
        if chosen is None:
            report.refuse(kind.key_column, "duplicate_id", str(first.row))
            self.problems += report.problems
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
