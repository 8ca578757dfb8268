"""How many graduates have which trade, as their colleges write it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import schema


def trade_sizes(conn: Connection, colleges: frozenset[str] | None) -> dict[str, int]:
    """Count the graduates of each trade, the largest first; of some colleges, or of all."""
    table = schema.graduates
    size = sa.func.count()
    query = sa.select(table.c.trade, size).group_by(table.c.trade)
    if colleges is not None:
        query = query.where(table.c.college.in_(colleges))
    found = conn.execute(query.order_by(size.desc(), table.c.trade))
    return {row[0]: row[1] for row in found}
