"""An assignment as `assign` wrote it, and as somebody may have changed it since: read, not kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from recommender.data.asides import Aside
from recommender.errors import ImportRefused

_COLUMNS: Mapping[str, str] = {"graduate_id": "毕业生编号", "post_id": "岗位编号"}


def read_placed(path: Path) -> dict[str, str]:
    """Read graduate → post; a row without a post says that there is none.

    Raises
    ------
    NotFound
        If there is no such file.
    ImportRefused
        If the file or rows of it cannot be read; every problem is listed.
    """
    sheet = Aside(path, _COLUMNS, tuple(_COLUMNS), ("assignment", "分配"), "no_assignment_header")
    placed: dict[str, str] = {}
    first_in: dict[str, int] = {}
    for number, held in sheet.rows():
        graduate_id = sheet.cell(number, held, "graduate_id") or ""
        post_id = sheet.cell(number, held, "post_id") if held.get("post_id") else None
        if first_in.setdefault(graduate_id, number) != number:
            at = str(first_in[graduate_id])
            sheet.wrong(number, "graduate_id", graduate_id, "duplicate_id", at)
        elif post_id:
            placed[graduate_id] = post_id
    if sheet.problems:
        raise ImportRefused(sheet.problems)
    return placed
