"""The names that colleges, alliances and enterprises go by, wherever a sheet names them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import schema
from recommender.domain import MemberKind

_KINDS = {
    "college": frozenset({MemberKind.TECHNICIAN_COLLEGE, MemberKind.VOCATIONAL_SCHOOL}),
    "enterprise": frozenset({MemberKind.ENTERPRISE}),
}
_ELSEWHERE = {
    "college": schema.graduates.c.college,
    "enterprise": schema.post_versions.c.enterprise,
}


def names(conn: Connection, kind: str) -> frozenset[str]:
    """Give every name of a ``college``, an ``alliance`` or an ``enterprise`` that is known.

    Colleges and enterprises are those of the members sheet, and those of rosters and catalogs,
    which need no members sheet; alliances are known from it alone.
    """
    members = schema.members.c
    if kind == "alliance":
        return _distinct(conn, sa.select(members.alliance))
    words = [each.value for each in _KINDS[kind]]
    of_members = _distinct(conn, sa.select(members.name).where(members.kind.in_(words)))
    return of_members | _distinct(conn, sa.select(_ELSEWHERE[kind]))


def _distinct(conn: Connection, query: sa.Select[str]) -> frozenset[str]:
    return frozenset(conn.execute(query.distinct()).scalars())
