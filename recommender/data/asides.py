"""Sheets that come with one request: read by their header, and not kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from recommender.data import cells
from recommender.data.headers import is_stated, written
from recommender.data.tabular import HEADER_ROWS, Flaw, Table, open_table
from recommender.errors import ImportRefused, Malformed, NotFound, RowProblem


@dataclass(slots=True)
class Aside:
    """One such sheet, and what is wrong with it.

    Attributes
    ----------
    columns
        English name → Chinese name.
    required
        Columns without which a row of names is no header.
    worksheets
        Names by which a worksheet of a workbook says what it is.
    no_header
        Code of the problem that none was found.
    like
        The kind of sheet that calls its columns so in Chinese.
    """

    path: Path
    columns: Mapping[str, str]
    required: Sequence[str]
    worksheets: Sequence[str]
    no_header: str
    like: str = "outcomes"
    problems: list[RowProblem] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)

    def rows(self) -> list[tuple[int, dict[str, object]]]:
        """Find the header, and read the rows below it by their English names.

        Raises
        ------
        NotFound
            If there is no such file.
        ImportRefused
            If it cannot be read as a sheet, or has no header.
        """
        if not self.path.is_file():
            raise NotFound("path", str(self.path))
        for english, chinese in self.columns.items():
            self._names |= {written(english): english, written(chinese): english}
        try:
            table = open_table(self.path, self._n_known, tuple(self.worksheets))
            places = self._header(table)
            return [
                (number, {name: row[at] for name, at in places.items() if at < len(row)})
                for number, row in table.rows
                if any(map(is_stated, row))
            ]
        except Malformed as found:
            self.wrong(found.row, "", "", found.code, *found.facts)
            raise ImportRefused(self.problems) from found

    def _n_known(self, row: Sequence[object]) -> int:
        return len({self._names.get(written(cell)) for cell in row} - {None})

    def _header(self, table: Table) -> dict[str, int]:
        for _, row in islice(table.rows, HEADER_ROWS):
            found = {written(cell): at for at, cell in enumerate(row)}
            places = {self._names[name]: at for name, at in found.items() if name in self._names}
            if all(name in places for name in self.required):
                return places
        raise Malformed(self.no_header)

    def cell(
        self, number: int, held: Mapping[str, object], name: str, read: cells.Read | None = None
    ) -> Any:
        """Read one cell; None where it is empty or wrong, which is a problem of a required one."""
        raw = held.get(name)
        if isinstance(raw, Flaw):
            self.wrong(number, name, raw.shown, raw.code)
        elif cells.is_empty(raw):
            if name in self.required:
                self.wrong(number, name, "", "missing")
        else:
            try:
                return (read or cells.identifier)(raw, [])
            except Malformed as found:
                self.wrong(number, name, cells.shown(raw), found.code, *found.facts)
        return None

    def wrong(self, row: int, column: str, value: str, code: str, *facts: str) -> None:
        """Report a problem; row 0 means the whole file."""
        self.problems.append(
            RowProblem(
                filename=self.path.name,
                row=row,
                column=column,
                value=value,
                code=code,
                facts=facts,
                kind=self.like,
            )
        )
