"""Several requests to the ledger of places in one sheet, such as `assign` writes: not kept.

Columns graduate_id 毕业生编号 and post_id 岗位编号, and where stated channel 渠道, reason 原因 and
note 备注; others are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from recommender.data import cells
from recommender.data.asides import Aside
from recommender.domain import Channel, StepReason
from recommender.errors import ImportRefused

_COLUMNS: Mapping[str, str] = {
    "graduate_id": "毕业生编号",
    "post_id": "岗位编号",
    "channel": "渠道",
    "reason": "原因",
    "note": "备注",
}
_PAIR = ("graduate_id", "post_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One row; `number` is its own in the sheet, from 1 as Excel shows it."""

    number: int
    graduate_id: str
    post_id: str
    channel: Channel | None = None
    reason: StepReason | None = None
    note: str | None = None


def read_batch(path: Path, *, reasons: bool, needed: bool = False) -> list[BatchRow]:
    """Read the rows of a batch, each pair once.

    `reasons` says whether the column of reasons is read, and `needed` whether each row has one;
    else it is passed over, as `assign` writes codes of its own there: a row that has such a code
    and no post is about somebody without one, and is passed over too.

    Raises
    ------
    NotFound
        If there is no such file.
    ImportRefused
        If the file or rows of it cannot be read, or it has none; every problem is listed.
    """
    sheet = Aside(path, _COLUMNS, _PAIR, ("batch", "批次"), "no_batch_header")
    rows: list[BatchRow] = []
    first_in: dict[tuple[str, str], int] = {}
    for number, held in sheet.rows():
        if not reasons and cells.is_empty(held.get("post_id")) and held.get("reason"):
            continue
        graduate_id, post_id = (sheet.cell(number, held, name) or "" for name in _PAIR)
        channel = sheet.cell(number, held, "channel", cells.words(Channel))
        reason = sheet.cell(number, held, "reason", cells.words(StepReason)) if reasons else None
        if needed and reason is None and cells.is_empty(held.get("reason")):
            sheet.wrong(number, "reason", "", "missing")
        note = sheet.cell(number, held, "note", cells.text)
        first = first_in.setdefault((graduate_id, post_id), number)
        if first != number and graduate_id and post_id:
            sheet.wrong(number, "graduate_id", graduate_id, "duplicate_id", str(first))
        rows.append(
            BatchRow(
                number=number,
                graduate_id=graduate_id,
                post_id=post_id,
                channel=channel,
                reason=reason,
                note=note,
            )
        )
    if not rows:
        sheet.wrong(0, "", "", "no_rows")
    if sheet.problems:
        raise ImportRefused(sheet.problems)
    return rows
