"""Cases and own links in the database, in and out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import schema
from recommender.data.ledger import moment_of, text_of
from recommender.errors import RankingOff
from recommender.persons import Case, CaseKind, CaseState, OwnLink, Switch

_cases, _links, _switches = schema.cases, schema.own_links, schema.switches


def open_case(
    conn: Connection,
    *,
    graduate_id: str,
    college: str,
    kind: CaseKind,
    text: str,
    at: datetime,
    who: str,
) -> Case:
    """Keep a new case."""
    row = {
        "graduate_id": graduate_id,
        "college": college,
        "kind": kind.value,
        "opened_at": text_of(at),
        "opened_by": who,
        "text": text,
        "state": CaseState.OPEN.value,
    }
    return _case(conn.execute(sa.insert(_cases).returning(*_cases.c), row).one())


def close_case(
    conn: Connection, case_id: int, *, state: CaseState, answer: str, at: datetime, who: str
) -> Case | None:
    """Close an open case; None where there is none."""
    closed = {
        "state": state.value,
        "answer": answer,
        "closed_at": text_of(at),
        "closed_by": who,
    }
    is_open = (_cases.c.case_id == case_id) & (_cases.c.state == CaseState.OPEN.value)
    query = sa.update(_cases).where(is_open).values(closed).returning(*_cases.c)
    row = conn.execute(query).one_or_none()
    return None if row is None else _case(row)


def load_cases(
    conn: Connection,
    *,
    case_id: int | None = None,
    graduate_id: str | None = None,
    colleges: Collection[str] | None = None,
) -> list[Case]:
    """Load cases, open ones first, the latest before the others."""
    query = sa.select(_cases)
    if case_id is not None:
        query = query.where(_cases.c.case_id == case_id)
    if graduate_id is not None:
        query = query.where(_cases.c.graduate_id == graduate_id)
    if colleges is not None:
        query = query.where(_cases.c.college.in_(colleges))
    found = [_case(row) for row in conn.execute(query)]
    return sorted(found, key=lambda case: (case.state is not CaseState.OPEN, -case.case_id))


def _case(row: sa.Row[*tuple[Any, ...]]) -> Case:
    return Case(
        **row._asdict()
        | {
            "kind": CaseKind(row.kind),
            "state": CaseState(row.state),
            "opened_at": moment_of(row.opened_at),
            "closed_at": moment_of(row.closed_at) if row.closed_at else None,
        }
    )


# --- own links --------------------------------------------------------------------------------


def add_link(conn: Connection, link: OwnLink) -> None:
    """Keep a new link."""
    row = {
        "link_id": link.link_id,
        "graduate_id": link.graduate_id,
        "made_at": text_of(link.made_at),
        "made_by": link.made_by,
        "expires_at": text_of(link.expires_at),
        "revoked": link.revoked,
    }
    conn.execute(sa.insert(_links), row)


def find_link(conn: Connection, link_id: str) -> OwnLink | None:
    """Find a link by its id, also one that opens nothing any more."""
    row = conn.execute(sa.select(_links).where(_links.c.link_id == link_id)).one_or_none()
    return None if row is None else _link(row)


def load_links(conn: Connection, graduate_id: str) -> list[OwnLink]:
    """Load the links of one graduate, the latest first."""
    query = sa.select(_links).where(_links.c.graduate_id == graduate_id)
    return [_link(row) for row in conn.execute(query.order_by(_links.c.made_at.desc()))]


def revoke_links(conn: Connection, graduate_id: str) -> int:
    """Take every link of a graduate back; give how many still opened something."""
    held = (_links.c.graduate_id == graduate_id) & sa.not_(_links.c.revoked)
    return conn.execute(sa.update(_links).where(held).values(revoked=True)).rowcount


def _link(row: sa.Row[*tuple[Any, ...]]) -> OwnLink:
    moments = {name: moment_of(getattr(row, name)) for name in ("made_at", "expires_at")}
    return OwnLink(**row._asdict() | moments)


# --- the switch of personal rankings ----------------------------------------------------------


def append_switch(conn: Connection, switch: Switch) -> None:
    """Keep that personal rankings are given from now on, or are not."""
    row = {"is_on": switch.is_on, "at": text_of(switch.at), "who": switch.who, "why": switch.why}
    conn.execute(sa.insert(_switches), row)


def load_switches(conn: Connection, limit: int | None = None) -> list[Switch]:
    """Load every turn of the switch, the latest first."""
    query = sa.select(_switches).order_by(_switches.c.switch_id.desc()).limit(limit)
    return [
        Switch(is_on=row.is_on, at=moment_of(row.at), who=row.who, why=row.why)
        for row in conn.execute(query)
    ]


def require_ranking(conn: Connection) -> None:
    """Refuse to rank anybody while personal rankings are switched off.

    Raises
    ------
    RankingOff
        If they are.
    """
    if not is_ranking_on(conn):
        raise RankingOff("personal rankings are switched off")


def is_ranking_on(conn: Connection) -> bool:
    """Whether personal rankings are given; they are until somebody switches them off."""
    return all(switch.is_on for switch in load_switches(conn, limit=1))
