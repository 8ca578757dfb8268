"""Who wants whom at fairs, in and out of the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, interests, rows, schema, store
from recommender.data.changes import Changes, collect, name_unknown_ends, same_key
from recommender.data.sheets import ParsedSheet
from recommender.domain import Graduate, Interest, InterestSide, Post


def load_interests(
    conn: Connection,
    *,
    fair_id: str | None = None,
    side: InterestSide | None = None,
    graduate_ids: Collection[str] | None = None,
    post_ids: Collection[str] | None = None,
) -> list[Interest]:
    """Load interests, ordered by fair, graduate, post and side; what is named narrows them."""
    table = schema.interests
    query = sa.select(table)
    if fair_id is not None:
        query = query.where(table.c.fair_id == fair_id)
    if side is not None:
        query = query.where(table.c.side == side.value)
    if graduate_ids is not None:
        found = bulk.found(conn, query, table.c.graduate_id, graduate_ids)
    else:
        found = bulk.found(conn, query, table.c.post_id, post_ids)
    stated = [rows.to_interest(row._asdict()) for row in found]
    if graduate_ids is not None and post_ids is not None:
        stated = [each for each in stated if each.post_id in post_ids]
    return sorted(stated, key=interests.key)


def save_interests(conn: Connection, stated: Collection[Interest]) -> None:
    """Keep interests in place of those of the same fair, graduate, post and side."""
    bulk.replace(conn, schema.interests, [rows.to_row(each) for each in stated])
    store.grow(conn, n_written=len(stated))


def compare_interests(
    conn: Connection,
    sheets: Sequence[ParsedSheet],
    graduates: Changes[Graduate],
    posts: Changes[Post],
) -> Changes[Interest]:
    """Compare interests; both ends must be stored or come in the same call."""
    changes = collect(
        sheets,
        "interests",
        interests.key,
        lambda first, line: same_key("graduate_id", line.item.graduate_id, first, line),
    )
    name_unknown_ends(conn, sheets, changes, graduates, posts)
    people = {line.item.graduate_id for line in changes.lines.values()}
    stored = load_interests(conn, graduate_ids=people)
    changes.against({interests.key(each): each for each in stored})
    return changes
