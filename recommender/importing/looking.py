"""Looks at an upload: what is wrong in which cell, or else what would change; and writes it.

What is seen lies beside the upload as lines of JSON, so that a page of it costs no second look.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from recommender import access, intake
from recommender.access import Grant
from recommender.data import cells, grid, marked
from recommender.data.person_keys import PersonKeys
from recommender.data.sheets import ParsedSheet, read_sheet
from recommender.data.tabular import Flaw
from recommender.errors import ImportRefused, MassClosing, PreviewChanged, RowProblem
from recommender.importing import differences, drafts, scope
from recommender.importing.differences import WHATS, RowChange
from recommender.importing.drafts import Draft
from recommender.intake import Difference, ImportSummary

# More rows than this are a matter of the command `import`.
MOST_ROWS = 50_000
_LOOKED, _CHANGES = "looked.json", "changes.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLook:
    """One file as it was read.

    Attributes
    ----------
    headers
        The header as the file has it.
    columns
        Place in a row → English name of the column that is read there.
    whole
        What is wrong with the file or its header, rather than with a row.
    data
        Lines of the kept rows that hold data; `bad` those of them with problems.
    """

    name: str
    kind: str
    header_row: int
    headers: tuple[str, ...]
    columns: Mapping[int, str]
    whole: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    data: tuple[int, ...]
    bad: tuple[int, ...]
    n_problems: int
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All files of an upload; `key` stands for what would be written, "" where nothing can be.

    `mass_closing` is the body, and how many of how many of its posts would close, where that
    has to be allowed first; `counts` how many rows there are of each kind of change.
    """

    sheets: tuple[SheetLook, ...]
    key: str = ""
    counts: Mapping[str, int]
    mass_closing: tuple[str, int, int] | None = None

    @property
    def n_problems(self) -> int:
        """How many things are wrong altogether."""
        return sum(sheet.n_problems for sheet in self.sheets)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRow:
    """One row of a file: what each cell shows, and what is wrong by place; -1 for the row."""

    number: int
    cells: tuple[str, ...]
    problems: Mapping[int, tuple[RowProblem, ...]]


def look(engine: Engine, grant: Grant, draft: Draft, *, day: date) -> Looked:
    """Read and check an upload, and keep what is seen beside it."""
    read, grids = _read(draft)
    seen: list[Difference] = []
    problems: Sequence[RowProblem] = ()
    summary, closing = None, None
    try:
        summary = _take_in(engine, grant, draft, read, day=day, dry_run=True, agree=seen.append)
    except ImportRefused as refusal:
        problems = refusal.problems
    except MassClosing as refusal:
        closing = (refusal.issuing_body, refusal.n_closing, refusal.n_open)
    changes = list(differences.row_changes(seen[0])) if seen else []
    _write_changes(draft, changes)
    looks = []
    for number, sheet in enumerate(read):
        own = [each for each in problems if each.filename == sheet.filename]
        looks.append(_keep_rows(draft, number, sheet, grids[number], own, summary))
    looked = Looked(
        sheets=tuple(looks),
        key=differences.digest(changes) if summary else "",
        counts={what: sum(each.what == what for each in changes) for what in WHATS},
        mass_closing=closing,
    )
    drafts.put(draft.folder / _LOOKED, json.dumps(asdict(looked), ensure_ascii=False))
    return looked


def confirm(engine: Engine, grant: Grant, draft: Draft, key: str, *, day: date) -> ImportSummary:
    """Write an upload, all or nothing.

    Raises
    ------
    PreviewChanged
        If what would be written is not what `key` stands for.
    ImportRefused, MassClosing
        If it can no longer be written.
    """
    read, _ = _read(draft)

    def agree(difference: Difference) -> None:
        if differences.digest(differences.row_changes(difference)) != key:
            raise PreviewChanged

    return _take_in(engine, grant, draft, read, day=day, dry_run=False, agree=agree)


def looked(draft: Draft) -> Looked | None:
    """Give what was seen of an upload; None where nobody looked."""
    try:
        held = json.loads((draft.folder / _LOOKED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    sheets = tuple(
        SheetLook(
            **{
                **sheet,
                "headers": tuple(sheet["headers"]),
                "columns": {int(place): name for place, name in sheet["columns"].items()},
                "whole": tuple(map(_problem, sheet["whole"])),
                "warnings": tuple(map(_problem, sheet["warnings"])),
                "data": tuple(sheet["data"]),
                "bad": tuple(sheet["bad"]),
            }
        )
        for sheet in held.pop("sheets")
    )
    closing = held.pop("mass_closing")
    return Looked(**held, sheets=sheets, mass_closing=tuple(closing) if closing else None)


def rows(draft: Draft, number: int, lines: Iterable[int]) -> list[SeenRow]:
    """Give some of the rows kept of a file, by their lines, which rise."""
    return [
        SeenRow(
            number=held[0],
            cells=tuple(_shown(cell) for cell in held[1]),
            problems={int(place): tuple(map(_problem, each)) for place, each in held[2].items()},
        )
        for held in _some(draft.folder / _rows_file(number), lines)
    ]


def changes(draft: Draft, start: int, n_most: int, *, names: bool) -> list[RowChange]:
    """Give some of the changes of an upload; `names` lets stored names of people be seen."""
    found = []
    for held in _some(draft.folder / _CHANGES, range(start, start + n_most)):
        what, filename, kind, row, which, told = held
        change = RowChange(
            what=what,
            filename=filename,
            kind=kind,
            row=row,
            which=which,
            cells=tuple(map(tuple, told)),
        )
        found.append(differences.shown(change, names=names))
    return found


def write_marked(draft: Draft, number: int, sheet: SheetLook, out: Path, language: str) -> None:
    """Write a file as it was read and corrected, its bad cells coloured, and why beside them."""
    with (draft.folder / _rows_file(number)).open(encoding="utf-8") as lines:
        held = (json.loads(line) for line in lines)
        marked.write(
            (
                (
                    row,
                    [_value(cell) for cell in told],
                    {int(place): list(map(_problem, each)) for place, each in wrong.items()},
                )
                for row, told, wrong in held
            ),
            header_row=sheet.header_row,
            width=len(sheet.headers),
            out=out,
            language=language,
        )


def _read(draft: Draft) -> tuple[list[ParsedSheet], list[grid.Grid]]:
    read, grids = [], []
    for number, name in enumerate(draft.files):
        kept = grid.Grid(
            most_rows=MOST_ROWS,
            corrected=draft.corrected.get(number, {}),
            left_out=draft.left_out.get(number, frozenset()),
        )
        path = draft.folder / str(number)
        read.append(read_sheet(path, issuer=draft.options.issuer or None, name=name, grid=kept))
        grids.append(kept)
    return read, grids


def _take_in(
    engine: Engine,
    grant: Grant,
    draft: Draft,
    read: Sequence[ParsedSheet],
    *,
    day: date,
    dry_run: bool,
    agree: Any,
) -> ImportSummary:
    options = draft.options
    return intake.take_in(
        engine,
        read,
        day=day,
        dry_run=dry_run,
        replace=options.replace,
        allow_mass_closing=options.allow_mass_closing,
        allow_stranded=options.allow_stranded,
        issuer=options.issuer or None,
        keys=PersonKeys(draft.home),
        admit=scope.admit(engine, grant),
        agree=agree,
    )


def _keep_rows(
    draft: Draft,
    number: int,
    sheet: ParsedSheet,
    kept: grid.Grid,
    problems: Sequence[RowProblem],
    summary: ImportSummary | None,
) -> SheetLook:
    place_of = {name: place for place, name in kept.columns.items()}
    by_row: dict[int, dict[int, list[RowProblem]]] = {}
    for problem in problems:
        at = by_row.setdefault(problem.row, {})
        at.setdefault(place_of.get(problem.column, -1), []).append(problem)
    lines: list[str] = []
    data: list[int] = []
    bad: list[int] = []
    headers: tuple[str, ...] = ()
    for row, held in kept.rows:
        if row == kept.header_row:
            headers = tuple(_shown(_plain(cell)) for cell in held)
        elif all(map(cells.is_empty, held)):
            continue
        elif row > kept.header_row > 0:
            data.append(len(lines))
            bad += [len(lines)] if row in by_row else []
        wrong = {place: list(map(asdict, each)) for place, each in by_row.get(row, {}).items()}
        lines.append(json.dumps([row, list(map(_plain, held)), wrong], ensure_ascii=False))
    drafts.put(draft.folder / _rows_file(number), "".join(f"{line}\n" for line in lines))
    shown = {json.loads(lines[at])[0] for at in bad}
    told = (
        next((s for s in summary.sheets if s.filename == sheet.filename), None) if summary else None
    )
    return SheetLook(
        name=sheet.filename,
        kind=sheet.kind,
        header_row=kept.header_row,
        headers=headers,
        columns=kept.columns,
        whole=tuple(problem for problem in problems if problem.row not in shown),
        warnings=told.warnings if told else sheet.warnings,
        data=tuple(data),
        bad=tuple(bad),
        n_problems=len(problems),
        **(
            {name: getattr(told, name) for name in ("added", "changed", "unchanged", "closed")}
            if told
            else {}
        ),
    )


def _write_changes(draft: Draft, found: Iterable[RowChange]) -> None:
    lines = (json.dumps(astuple(each), ensure_ascii=False) for each in found)
    drafts.put(draft.folder / _CHANGES, "".join(f"{line}\n" for line in lines))


def _rows_file(number: int) -> str:
    return f"rows-{number}.jsonl"


def _some(path: Path, lines: Iterable[int]) -> Iterator[Any]:
    """Read some lines of a file, by their numbers from 0, which rise."""
    try:
        with path.open(encoding="utf-8", errors="surrogatepass") as handle:
            at = 0
            for wanted in lines:
                line = next(islice(handle, wanted - at, None), None)
                if line is None:
                    return
                at = wanted + 1
                yield json.loads(line)
    except OSError:
        return


def _plain(cell: object) -> object:
    """Give a cell as JSON holds it."""
    if isinstance(cell, Flaw):
        return {"shown": cell.shown}
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return {"day": cell.date().isoformat()}
    if isinstance(cell, datetime):
        return str(cell)
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell


def _value(cell: object) -> object:
    if not isinstance(cell, dict):
        return cell
    return date.fromisoformat(cell["day"]) if "day" in cell else cell["shown"]


def _shown(cell: object) -> str:
    value = _value(cell)
    return "" if value is None else cells.shown(value)


def _problem(held: Mapping[str, Any]) -> RowProblem:
    return RowProblem(**{**held, "facts": tuple(held["facts"])})


def sees_names(grant: Grant) -> bool:
    """Whether a bearer may see names that are stored."""
    return grant.role in access.SEE_NAMES
