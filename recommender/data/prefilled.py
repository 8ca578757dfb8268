"""Posts as the cells of a demand catalog, so that an enterprise finds its own in the sheet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import Enum
from pathlib import Path

from recommender.data import catalog, sheets
from recommender.domain import Post
from recommender.wording import label

_YES_NO = {True: "是", False: "否"}


def post_cells(post: Post) -> dict[str, object]:
    """Give a post by the columns of its sheet; read again, it is the same post."""
    return {column.name: _cell(getattr(post, column.name)) for column in catalog.COLUMNS}


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return _YES_NO[value]
    if isinstance(value, Enum):
        return label(value)
    if isinstance(value, tuple):
        return "；".join(value) or None
    return value.isoformat() if isinstance(value, date) else value


def write(posts: Iterable[Post], out: Path) -> None:
    """Write the sheet of a demand catalog with some posts in it."""
    sheets.write_template(catalog.KIND.name, out, [post_cells(post) for post in posts])
