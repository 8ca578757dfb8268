"""Vetoes and voided steps in the database: rows are added, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.claims import day_of
from recommender.data import bulk, rows, schema, store
from recommender.data.ledger import text_of
from recommender.decisions import Veto, VoidedStep
from recommender.domain import Outcome

VETO, LIFT = "veto", "lift"


def append_veto(conn: Connection, veto: Veto) -> None:
    """Keep that a pair is vetoed, or lifted again."""
    row = {
        "graduate_id": veto.graduate_id,
        "post_id": veto.post_id,
        "action": LIFT if veto.is_lifted else VETO,
        "reason": veto.reason,
        "at": text_of(veto.at),
        "who": veto.who,
    }
    conn.execute(sa.insert(schema.vetoes), row)
    store.grow(conn, n_written=1)


def load_vetoes(
    conn: Connection, *, day: date, graduate_ids: Collection[str] | None = None
) -> list[Veto]:
    """Load what was decided about pairs by the end of a day, the earliest first."""
    table = schema.vetoes
    found = bulk.found(conn, sa.select(table), table.c.graduate_id, graduate_ids)
    made = [_veto(row) for row in sorted(found, key=lambda row: row.veto_id)]
    return [each for each in made if day_of(each.at) <= day]


def vetoed(
    conn: Connection, *, day: date, graduate_ids: Collection[str] | None = None
) -> dict[str, frozenset[str]]:
    """Give the posts that are vetoed for each graduate on a day."""
    latest = {
        (each.graduate_id, each.post_id): each
        for each in load_vetoes(conn, day=day, graduate_ids=graduate_ids)
    }
    posts: dict[str, set[str]] = defaultdict(set)
    for (graduate_id, post_id), each in latest.items():
        if not each.is_lifted:
            posts[graduate_id].add(post_id)
    return {who: frozenset(some) for who, some in posts.items()}


def void(conn: Connection, step: VoidedStep) -> None:
    """Take a step out of what counts, and keep it as history."""
    outcome, table = rows.to_row(step.outcome), schema.outcomes
    key = [table.c[name] == outcome[name] for name in ("graduate_id", "post_id", "stage", "date")]
    conn.execute(sa.delete(table).where(*key))
    row = outcome | {"why": step.why, "at": text_of(step.at), "who": step.who}
    conn.execute(sa.insert(schema.voided_steps), row)
    store.grow(conn, n_written=1)


def load_voided(
    conn: Connection, *, graduate_ids: Collection[str] | None = None
) -> list[VoidedStep]:
    """Load the voided steps, the earliest voided first."""
    table = schema.voided_steps
    found = bulk.found(conn, sa.select(table), table.c.graduate_id, graduate_ids)
    return [_voided(row) for row in sorted(found, key=lambda row: row.void_id)]


def _veto(row: sa.Row[*tuple[Any, ...]]) -> Veto:
    return Veto(
        graduate_id=row.graduate_id,
        post_id=row.post_id,
        is_lifted=row.action == LIFT,
        reason=row.reason,
        at=datetime.fromisoformat(row.at),
        who=row.who,
    )


def _voided(row: sa.Row[*tuple[Any, ...]]) -> VoidedStep:
    names = [column.name for column in schema.outcomes.columns]
    outcome: Outcome = rows.to_outcome(*(row._asdict()[name] for name in names))
    return VoidedStep(outcome=outcome, why=row.why, at=datetime.fromisoformat(row.at), who=row.who)
