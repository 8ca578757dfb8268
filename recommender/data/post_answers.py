"""The sheet of posts asked about (岗位确认): written for enterprises, read when it comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from recommender.collection import PostAnswer, PostVerdict
from recommender.data import cells, sheets, template
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.errors import ImportRefused, NotFound
from recommender.wording import label


def _unread(raw: object, notes: list[cells.Note]) -> str:
    """Take whatever stands where nothing is read, be it a date."""
    return cells.shown(raw)


COLUMNS = (
    Column(name="post_id", read=cells.identifier, required=True, note="岗位编号，请勿改动。"),
    Column(name="enterprise", read=_unread, note="供核对，不读入。"),
    Column(name="occupation", read=_unread, note="供核对，不读入。"),
    Column(name="headcount", read=_unread, looks="number", note="供核对，不读入。"),
    Column(name="closes_on", read=_unread, looks="date", note="供核对，不读入。"),
    Column(name="touched_on", read=_unread, looks="date", note="供核对，不读入。"),
    Column(
        name="verdict",
        read=cells.words(PostVerdict),
        choices=cells.choices(PostVerdict),
        note="仍需要填“保留”，不再需要填“撤回”。",
    ),
    Column(name="reason", read=cells.text, note="撤回时必填。"),
)


def _check(values: Values, report: RowReport) -> None:
    if values.get("verdict") is PostVerdict.RETIRE and "reason" not in values:
        report.refuse("reason", "retired_without_reason")


KIND = SheetKind(
    name="post_answers",
    columns=COLUMNS,
    check=_check,
    make=lambda values: PostAnswer(
        **{name: values[name] for name in ("post_id", "verdict", "reason") if name in values}
    ),
    key=lambda answer: answer.post_id,
    key_column="post_id",
    example={
        "post_id": "JN2026-0001",
        "enterprise": "示例机械有限公司",
        "occupation": "车工",
        "verdict": label(PostVerdict.RETIRE),
        "reason": "已招满",
    },
)


def write(rows: Iterable[Mapping[str, object]], out: Path) -> None:
    """Write the sheet with the posts asked about, by English column names."""
    template.write(KIND, out, list(rows))


def read(path: Path) -> list[PostAnswer]:
    """Read what came back; posts without an answer are left out.

    Raises
    ------
    NotFound
        If there is no such file.
    ImportRefused
        If the file or rows of it cannot be read; every problem is listed.
    """
    if not path.is_file():
        raise NotFound("path", str(path))
    found = sheets.read_sheet(path, kinds={KIND.name: KIND})
    if found.problems:
        raise ImportRefused(found.problems)
    answers = [one.item for one in found.items if isinstance(one.item, PostAnswer)]
    return [each for each in answers if each.verdict is not None]
