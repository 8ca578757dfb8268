"""The rows of a file as they are read, to be shown again, with cells corrected by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from recommender.data.tabular import MAX_ROWS, Row, Table
from recommender.errors import Malformed

# Row number as Excel shows it, and place in the row from 0.
Place = tuple[int, int]


@dataclass(slots=True)
class Grid:
    """What is read of one file.

    Attributes
    ----------
    corrected
        What stands in a cell instead of what the file holds.
    left_out
        Rows that are read as empty ones.
    rows
        Every row that was read, as it was corrected.
    header_row
        The row of column names; 0 where none was found.
    columns
        Place in a row → English name of the column.
    most_rows
        A file with more is refused.
    """

    most_rows: int = MAX_ROWS
    corrected: Mapping[Place, str] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    rows: list[Row] = field(default_factory=list)
    header_row: int = 0
    columns: Mapping[int, str] = field(default_factory=dict)

    def over(self, table: Table) -> Table:
        """Give a table whose rows are corrected, and kept here as they are read."""
        return replace(table, rows=self._taken(table.rows))

    def _taken(self, rows: Iterator[Row]) -> Iterator[Row]:
        by_row: dict[int, list[tuple[int, str]]] = {}
        for (number, place), text in self.corrected.items():
            by_row.setdefault(number, []).append((place, text))
        for number, cells in rows:
            if len(self.rows) >= self.most_rows:
                raise Malformed("too_many_rows", str(self.most_rows))
            held = [] if number in self.left_out else cells
            for place, text in by_row.get(number, ()):
                held = [*held, *[""] * (place + 1 - len(held))]
                held[place] = text
            self.rows.append((number, held))
            yield number, held
