"""Agreements that keep places, and who may belong to them, from the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import rows, schema
from recommender.domain import Agreement, Graduate, Post


def load_promising(conn: Connection, posts: Iterable[Post]) -> list[Agreement]:
    """Load the agreements with a floor or a ceiling at posts or their enterprises, by id."""
    table = schema.agreements
    promised = sa.func.coalesce(table.c.ceiling, table.c.floor, 0) > 0
    query = sa.select(table).where(promised)
    at = {post.post_id for post in posts} | {post.credit_code for post in posts}
    agreements = [rows.to_agreement(row._asdict()) for row in conn.execute(query)]
    found = [each for each in agreements if at & {each.post_id, each.credit_code}]
    return sorted(found, key=lambda each: each.agreement_id)


def load_candidates(conn: Connection, agreements: Sequence[Agreement]) -> list[Graduate]:
    """Load the graduates among whom all members of agreements are, ordered by id.

    They are of a college, and of an order class or a class year, that an agreement names.
    """
    table = schema.graduates
    years = {each.class_year for each in agreements if each.class_year is not None}
    belongs = sa.or_(
        table.c.order_class.in_({each.credit_code for each in agreements}),
        table.c.class_year.in_(years),
    )
    colleges = {each.college for each in agreements}
    query = sa.select(table).where(table.c.college.in_(colleges), belongs)
    graduates = [rows.to_graduate(row._asdict()) for row in conn.execute(query)]
    return sorted(graduates, key=lambda graduate: graduate.graduate_id)
