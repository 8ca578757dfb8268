"""What an officer decided before an assignment: a sheet that is read, and not kept.

Columns graduate_id 毕业生编号, post_id 岗位编号, decision 安排: 固定 (fixed) or 禁止 (barred).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from recommender.data import cells
from recommender.data.headers import is_stated, written
from recommender.data.tabular import HEADER_ROWS, Flaw, Table, open_table
from recommender.errors import ImportRefused, Malformed, NotFound, RowProblem

_COLUMNS: Mapping[str, str] = {
    "graduate_id": "毕业生编号",
    "post_id": "岗位编号",
    "decision": "安排",
}
_NAMES = {written(name): english for english, zh in _COLUMNS.items() for name in (english, zh)}
# As `outcomes` calls its columns in Chinese.
_LIKE = "outcomes"
_IS_FIXED: Mapping[str, bool] = {"固定": True, "fixed": True, "禁止": False, "barred": False}


def read_pins(path: Path) -> tuple[dict[str, str], set[tuple[str, str]]]:
    """Read which pairs are fixed and which are barred.

    Returns
    -------
    dict of str
        Graduate → post that is fixed.
    set of pairs of graduate and post
        Those that are barred.

    Raises
    ------
    NotFound
        If there is no such file.
    ImportRefused
        If the file or rows of it cannot be read; every problem is listed.
    """
    if not path.is_file():
        raise NotFound("path", str(path))
    fixed: dict[str, str] = {}
    fixed_in: dict[str, int] = {}
    barred: set[tuple[str, str]] = set()
    problems: list[RowProblem] = []
    for number, held in _rows(path):
        graduate_id, post_id, word = (
            _cell(path, number, name, held.get(name), problems) for name in _COLUMNS
        )
        if word and word not in _IS_FIXED:
            choices = ("固定", "禁止")
            problems.append(_problem(path, number, "decision", word, "unknown_word", *choices))
        elif not _IS_FIXED.get(word):
            barred.add((graduate_id, post_id))
        elif fixed_in.setdefault(graduate_id, number) != number:
            at = str(fixed_in[graduate_id])
            problems.append(_problem(path, number, "graduate_id", graduate_id, "duplicate_id", at))
        else:
            fixed[graduate_id] = post_id
    for graduate_id, post_id in sorted(barred & fixed.items()):
        first = fixed_in[graduate_id]
        problems.append(_problem(path, first, "post_id", post_id, "fixed_and_barred"))
    if problems:
        raise ImportRefused(problems)
    return fixed, barred


def _rows(path: Path) -> list[tuple[int, dict[str, object]]]:
    """Find the header, and read the rows below it by their English names."""
    try:
        table = open_table(path, _n_known, ("pins", "固定与禁止"))
        places = _header(table)
        return [
            (number, {name: row[at] for name, at in places.items() if at < len(row)})
            for number, row in table.rows
            if any(map(is_stated, row))
        ]
    except Malformed as wrong:
        raise ImportRefused(
            [_problem(path, wrong.row, "", "", wrong.code, *wrong.facts)]
        ) from wrong


def _n_known(row: Sequence[object]) -> int:
    return len({_NAMES.get(written(cell)) for cell in row} - {None})


def _header(table: Table) -> dict[str, int]:
    for _, row in islice(table.rows, HEADER_ROWS):
        if _n_known(row) == len(_COLUMNS):
            return {
                _NAMES[written(cell)]: at for at, cell in enumerate(row) if written(cell) in _NAMES
            }
    raise Malformed("no_pins_header")


def _cell(path: Path, number: int, name: str, raw: object, problems: list[RowProblem]) -> str:
    if isinstance(raw, Flaw):
        problems.append(_problem(path, number, name, raw.shown, raw.code))
        return ""
    if cells.is_empty(raw):
        problems.append(_problem(path, number, name, "", "missing"))
        return ""
    try:
        return cells.identifier(raw, [])
    except Malformed as wrong:
        problems.append(_problem(path, number, name, cells.shown(raw), wrong.code, *wrong.facts))
        return ""


def _problem(path: Path, row: int, column: str, value: str, code: str, *facts: str) -> RowProblem:
    return RowProblem(
        filename=path.name, row=row, column=column, value=value, code=code, facts=facts, kind=_LIKE
    )
