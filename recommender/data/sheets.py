"""From a file to checked domain objects, and the empty sheets that people fill in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recommender.data import (
    afterwards,
    alliance,
    apprentices,
    catalog,
    cells,
    fair_sheets,
    interests,
    outcomes,
    programme_sheet,
    recoded,
    roster,
    template,
)
from recommender.data.columns import Parsed, RowReport, SheetKind, make_row, read_row
from recommender.data.findings import Findings
from recommender.data.grid import Grid
from recommender.data.headers import (
    Header,
    find_header,
    is_stated,
    letters,
    n_known_names,
    worksheet_names,
    written,
)
from recommender.data.tabular import Table, open_table
from recommender.errors import Malformed, RowProblem
from recommender.wording import COLUMNS

KIND_OF: Mapping[str, SheetKind] = {
    kind.name: kind
    for kind in (
        catalog.KIND,
        roster.KIND,
        outcomes.KIND,
        alliance.MEMBERS,
        alliance.AGREEMENTS,
        apprentices.KIND,
        programme_sheet.KIND,
        # Before interests, which has both of its columns: the header of it alone is a draw.
        fair_sheets.REGISTRATIONS,
        interests.KIND,
        afterwards.DESTINATIONS,
        afterwards.FOLLOW_UPS,
        fair_sheets.BOOTHS,
        recoded.KIND,
    )
}
KINDS = tuple(KIND_OF)

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


def read_sheet(
    path: Path,
    *,
    issuer: str | None = None,
    kinds: Mapping[str, SheetKind] | None = None,
    name: str | None = None,
    grid: Grid | None = None,
) -> ParsedSheet:
    """Read and check a whole file; whatever it holds, its problems say what is wrong.

    `issuer` is the issuing body of the posts that name none, `kinds` what the sheet may be
    where it is none of those imported, `name` what the file is called where its path does not
    say it. A `grid` corrects the rows and keeps them.
    """
    found = Findings(path.name if name is None else name)
    try:
        table = open_table(path, n_known_names, worksheet_names())
        table = table if grid is None else grid.over(table)
        header = find_header(table, found, kinds or KIND_OF)
        if grid is not None:
            grid.header_row, grid.columns = header.row, header.columns
        _read_rows(table, header, found, issuer)
    except Malformed as malformed:
        found.refuse(malformed.row, malformed.code, *malformed.facts)
    return ParsedSheet(
        filename=found.filename,
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
    report = RowReport(kind=KIND_OF[kind], filename=filename, row=row, held=held)
    values = read_row(report)
    for unknown in held.keys() - COLUMNS[kind].keys():
        report.warn("", "unknown_column", unknown)
    return make_row(values, report), report.problems, report.warnings


def write_template(kind: str, out: Path, rows: Sequence[Mapping[str, object]] = ()) -> None:
    """Write a sheet with notes and drop-downs, which comes back in once it is filled.

    `rows` are filled in already, by English column names; without any the sheet is empty.
    """
    template.write(KIND_OF[kind], out, rows)


def _read_rows(table: Table, header: Header, found: Findings, issuer: str | None) -> None:
    is_empty = True
    for number, row in header.rest:
        stated = next((cell for cell in row if is_stated(cell)), None)
        if stated is None:
            continue
        if isinstance(stated, str) and _TOTAL.fullmatch(written(stated)):
            found.warn(number, "total_row", value=stated.strip())
            continue
        is_empty = False
        if table.is_csv and any(map(is_stated, row[header.width :])):
            found.refuse(number, "too_many_cells")
            continue
        for place in (*header.blank, *range(header.width, len(row))):
            if place < len(row) and is_stated(row[place]):
                found.warn(number, "unlabelled_column", letters(place))
        held = {name: row[place] for place, name in header.columns.items() if place < len(row)}
        if issuer and header.kind is catalog.KIND and cells.is_empty(held.get("issuing_body")):
            held["issuing_body"] = issuer
        found.take(header.kind, number, held, header.absent)
    if is_empty:
        found.warn(0, "no_rows")
