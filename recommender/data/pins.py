"""What an officer decided before an assignment: a sheet that is read, and not kept.

Columns graduate_id 毕业生编号, post_id 岗位编号, decision 安排: 固定 (fixed) or 禁止 (barred).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from recommender.data.asides import Aside
from recommender.errors import ImportRefused

_COLUMNS: Mapping[str, str] = {
    "graduate_id": "毕业生编号",
    "post_id": "岗位编号",
    "decision": "安排",
}
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
    sheet = Aside(path, _COLUMNS, tuple(_COLUMNS), ("pins", "固定与禁止"), "no_pins_header")
    fixed: dict[str, str] = {}
    fixed_in: dict[str, int] = {}
    barred: set[tuple[str, str]] = set()
    for number, held in sheet.rows():
        graduate_id, post_id, word = (sheet.cell(number, held, name) or "" for name in _COLUMNS)
        if word and word not in _IS_FIXED:
            sheet.wrong(number, "decision", word, "unknown_word", "固定", "禁止")
        elif not _IS_FIXED.get(word):
            barred.add((graduate_id, post_id))
        elif fixed_in.setdefault(graduate_id, number) != number:
            at = str(fixed_in[graduate_id])
            sheet.wrong(number, "graduate_id", graduate_id, "duplicate_id", at)
        else:
            fixed[graduate_id] = post_id
    for graduate_id, post_id in sorted(barred & fixed.items()):
        sheet.wrong(fixed_in[graduate_id], "post_id", post_id, "fixed_and_barred")
    if sheet.problems:
        raise ImportRefused(sheet.problems)
    return fixed, barred
