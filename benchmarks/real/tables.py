"""Read the files of a set as text, and find their columns; every problem is collected."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MISSING = {"", "na", "n/a", "nan", "null", "none", "-", "?"}
USER_NAMES = ("user", "user_id", "userid", "uid", "graduate_id", "person_id", "用户")
ITEM_NAMES = ("item", "item_id", "itemid", "iid", "job_id", "post_id", "项目")
ID_NAMES = ("id", "code", "key", "编号")
MOST_PROBLEMS = 20


class SetRefused(Exception):
    """A folder cannot be read; `problems` says everything that has to be mended."""

    def __init__(self, problems: Sequence[str]) -> None:
        more = len(problems) - MOST_PROBLEMS
        lines = [*problems[:MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
        super().__init__("\n".join(lines))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's rows as text.

    Attributes
    ----------
    columns
        Column name → a stripped text per row, empty where nothing is stated.
    """

    file: str
    columns: Mapping[str, tuple[str, ...]]
    n_rows: int


@dataclass(slots=True)
class Findings:
    """What has to be mended, and what was left out or assumed."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse_if_any(self) -> None:
        """Raise what was found so far."""
        if self.problems:
            raise SetRefused(self.problems)


def path_of(folder: Path, name: str) -> Path | None:
    """Find a file of a set, packed or not."""
    for path in (folder / f"{name}.csv", folder / f"{name}.csv.gz"):
        if path.exists():
            return path
    return None


def read_table(folder: Path, name: str, found: Findings) -> Table:
    """Read a file as text: one line of column names, then rows of as many cells."""
    path = path_of(folder, name)
    empty = Table(file=f"{name}.csv", columns={}, n_rows=0)
    if path is None:
        found.problems.append(f"{name}.csv is missing in {folder.name}")
        return empty
    try:
        rows = list(_lines(path))
    except UnicodeDecodeError as error:
        found.problems.append(f"{path.name}: byte {error.start} is not UTF-8; save it as UTF-8")
        return empty
    if len(rows) < 2:
        found.problems.append(f"{path.name}: no rows; a line of column names, then data")
        return empty
    header = [cell.strip() for cell in rows[0]]
    twice = sorted({cell for cell in header if header.count(cell) > 1})
    if twice or "" in header:
        wrong = f"twice: {', '.join(twice)}" if any(twice) else "without a name"
        found.problems.append(f"{path.name}: row 1: column {wrong}; every column needs its own")
        return empty
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            found.problems.append(
                f"{path.name}: row {number}: {len(row)} cells, not {len(header)}; "
                "put a cell that holds the separator in quotes"
            )
    body = [row for row in rows[1:] if len(row) == len(header)]
    columns = {column: tuple(_clean(row[at]) for row in body) for at, column in enumerate(header)}
    return Table(file=path.name, columns=columns, n_rows=len(body))


def _lines(path: Path) -> Iterator[list[str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        separator = max(",;\t", key=head.count)
        file.seek(0)
        yield from (row for row in csv.reader(file, delimiter=separator) if any(row))


def _clean(cell: str) -> str:
    text = " ".join(cell.split())
    return "" if text.casefold() in MISSING else text


def named(table: Table, names: Iterable[str]) -> str | None:
    """Find a column by the first of some names that occurs."""
    lowered = {column.casefold(): column for column in table.columns}
    return next((lowered[name] for name in names if name in lowered), None)


def id_column(table: Table, names: Sequence[str], found: Findings) -> str:
    """Find the column that holds each id once: by name, else one ending in id, else the first."""
    column = named(table, (*names, *ID_NAMES))
    if column is None or len(set(table.columns[column])) < table.n_rows:
        ending = [name for name in table.columns if name.casefold().endswith("id")]
        likely = [*([column] if column else []), *ending, next(iter(table.columns))]
        unique = [n for n in likely if len(set(table.columns[n])) == table.n_rows]
        column = (unique or likely)[0]
        if column != next(iter(table.columns)) and not unique:
            found.problems.append(
                f"{table.file}: no column holds each id once; name it {names[0]} or id"
            )
    return column


def check_ids(table: Table, column: str, found: Findings) -> None:
    """Note every id that is empty or stands twice."""
    seen: dict[str, int] = {}
    for number, value in enumerate(table.columns[column], start=2):
        if not value:
            found.problems.append(f"{table.file}: row {number}, column {column}: the id is empty")
        elif value in seen:
            found.problems.append(
                f"{table.file}: row {number}, column {column}: {value!r} stands in row "
                f"{seen[value]} already; each id once"
            )
        seen.setdefault(value, number)


def without(table: Table, column: str) -> Table:
    """Leave a column out."""
    rest = {name: values for name, values in table.columns.items() if name != column}
    return Table(file=table.file, columns=rest, n_rows=table.n_rows)
