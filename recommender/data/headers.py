"""Header rows: where the columns of a file stand, and which kind of sheet it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import chain, islice
from pathlib import Path

from recommender.data import cells, template
from recommender.data.columns import SheetKind
from recommender.data.findings import Findings
from recommender.data.tabular import HEADER_ROWS, Flaw, Row, Table
from recommender.errors import Malformed
from recommender.wording import COLUMNS, SHEETS

# One known name may be chance, in a title or in a cell; two are a header.
_FEWEST_NAMES = 2


def is_stated(cell: object) -> bool:
    """Whether a cell holds anything itself; one hidden by a merge does not."""
    if isinstance(cell, Flaw):
        return cell.code != "merged_cell"
    return not cells.is_empty(cell)


def written(header: object) -> str:
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
        names[written(english)] = names[written(chinese)] = english
    return names


@cache
def _all_names() -> frozenset[str]:
    return frozenset(name for kind in COLUMNS for name in _names_of(kind))


@cache
def worksheet_names() -> tuple[str, ...]:
    """List the names by which a worksheet says what it is."""
    return tuple(name for kind, words in SHEETS.items() for name in (kind, words[0]))


def _known(header: object, names: Container[str]) -> str | None:
    """Find how a header stands among names, also with a remark in brackets after it."""
    whole = written(header)
    for writing in (whole, re.sub(r"\(.*\)$", "", whole)):
        if writing in names:
            return writing
    return None


def n_known_names(row: Sequence[object]) -> int:
    """Count the cells that are names of columns, of whatever kind of sheet."""
    return len({_known(cell, _all_names()) for cell in row} - {None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
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
    row: int
    columns: Mapping[int, str]
    blank: tuple[int, ...]
    width: int
    absent: frozenset[str]
    rest: Iterator[Row]


def find_header(table: Table, found: Findings, kinds: Mapping[str, SheetKind]) -> Header:
    """Find the header within the first ten rows, and with it the kind of sheet."""
    first = list(islice(table.rows, HEADER_ROWS))
    counts = [n_known_names(row) for _, row in first]
    if not counts or max(counts) < _FEWEST_NAMES:
        raise Malformed("no_header")
    at = counts.index(max(counts))
    number, row = first[at]
    kind = _kind_of(row, f"{Path(found.filename).stem} {table.worksheet}".lower(), kinds)
    found.kind = kind.name
    for title_number, title in first[:at]:
        stated = [cells.shown(cell).strip() for cell in title if is_stated(cell)]
        if stated:
            found.warn(title_number, "title_row", value=stated[0])
    others = [name for name in table.others if name not in template.BESIDE]
    if others:
        found.warn(0, "other_worksheets", table.worksheet, value="、".join(others))
    columns, unknown = _place_columns(row, number, found)
    return Header(
        kind=kind,
        row=number,
        columns=columns,
        blank=tuple(place for place, cell in enumerate(row) if not is_stated(cell)),
        width=len(row),
        absent=_report_absent(kind, set(columns.values()), unknown, number, found),
        rest=chain(first[at + 1 :], table.rows),
    )


def _kind_of(row: Sequence[object], called: str, kinds: Mapping[str, SheetKind]) -> SheetKind:
    """Tell the kind that has most of the header's columns; the file's name breaks a tie."""

    def likeness(kind: SheetKind) -> tuple[int, bool, int]:
        names = _names_of(kind.name)
        present = {names[known] for cell in row if (known := _known(cell, names))}
        is_named = kind.name in called or SHEETS[kind.name][0] in called
        return len(present), is_named, len(present & set(kind.required))

    return max(kinds.values(), key=likeness)


def _place_columns(
    row: Sequence[object], number: int, found: Findings
) -> tuple[dict[int, str], list[str]]:
    """Map places to columns, and list the headers that nobody knows."""
    names = _names_of(found.kind)
    columns: dict[int, str] = {}
    unknown = []
    for place, cell in enumerate(row):
        known = _known(cell, names)
        if known is None:
            title = cells.shown(cell).strip() if is_stated(cell) else ""
            unknown += [title] if title and title != template.MARKS else []
        elif names[known] in columns.values():
            found.refuse(number, "duplicate_column", column=names[known], value=cells.shown(cell))
        else:
            columns[place] = names[known]
    return columns, unknown


def _report_absent(
    kind: SheetKind, present: set[str], unknown: list[str], number: int, found: Findings
) -> frozenset[str]:
    """Report unknown columns and absent required ones, each with what is written alike."""
    absent = {name: words for name, words in COLUMNS[kind.name].items() if name not in present}
    writings = {written(word): word for pair in absent.items() for word in pair}
    for header in unknown:
        alike = get_close_matches(written(header), writings, n=2)
        found.warn(number, "unknown_column", *(writings[word] for word in alike), value=header)
    for name in (name for name in kind.required if name in absent):
        headers = {written(header): header for header in unknown}
        alike = [
            headers[match]
            for word in (name, absent[name])
            for match in get_close_matches(written(word), headers)
        ]
        found.refuse(number, "missing_column", *dict.fromkeys(alike), column=name)
    return frozenset(kind.required) & absent.keys()


def letters(place: int) -> str:
    """Name a column as Excel does: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
