"""Everything that the tables hold of one person: to show it, to correct it, to erase it.

What becomes of a table at an erasure is said once, in `ERASING`; a test finds a table of people
that is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, drafted, rows, schema, store
from recommender.data.ledger import moment_of, text_of
from recommender.domain import Graduate
from recommender.persons import Correction

Row = dict[str, Any]

# Table → what an erasure does: `cut` keeps its rows under a made-up id, without the columns
# that describe somebody; `delete` takes them away.
ERASING: Mapping[str, Literal["cut", "delete"]] = {
    "graduates": "cut",
    "outcomes": "cut",
    "destinations": "cut",
    "follow_ups": "cut",
    "claims": "cut",
    "ledger": "cut",
    "cases": "cut",
    "trial_subjects": "cut",
    "draft_entries": "cut",
    "vetoes": "cut",
    "voided_steps": "cut",
    "personal_details": "delete",
    "interests": "delete",
    "registrations": "delete",
    "turns": "delete",
    "slips": "delete",
    "consents": "delete",
    "corrections": "delete",
    "own_links": "delete",
}
# Columns that a cut empties, and what stands there then.
_EMPTIED: Mapping[str, Mapping[str, str | None]] = {
    "destinations": {"employer": None, "evidence": None},
    "ledger": {"note": None},
    "draft_entries": {"reason": None},
    "vetoes": {"reason": ""},
    "voided_steps": {"why": ""},
    "cases": {"graduate_id": None, "text": "", "answer": None, "opened_by": ""},
}
# What is kept of an erased person's line of the roster: by this the reports count.
_COUNTED = ("college", "trade", "training_tier", "class_year", "hired_at_enrolment")
# Tables of a fair that know a person by the slip alone.
_BY_SLIP = (schema.check_ins, schema.marks)


def held(conn: Connection, graduate_id: str) -> dict[str, list[Row]]:
    """Read every row about a graduate, table by table; tables without one are left out."""
    found = {
        table.name: _rows(conn, sa.select(table).where(table.c.graduate_id == graduate_id))
        for table in of_people()
    }
    for table in _BY_SLIP:
        found[table.name] = _rows(conn, sa.select(table).where(_by_slip(table, graduate_id)))
    return {name: some for name, some in found.items() if some}


def of_people() -> list[sa.Table]:
    """Give the tables that name people, each before those that refer to it."""
    return [table for table in schema.metadata.sorted_tables if "graduate_id" in table.c]


def _rows(conn: Connection, query: sa.Select[*tuple[Any, ...]]) -> list[Row]:
    found = [row._asdict() for row in conn.execute(query)]
    return sorted(found, key=lambda row: [str(value) for value in row.values()])


def _by_slip(table: sa.Table, graduate_id: str) -> sa.ColumnElement[bool]:
    slips = schema.slips
    return sa.exists().where(
        slips.c.graduate_id == graduate_id,
        slips.c.fair_id == table.c.fair_id,
        slips.c.slip == table.c.slip,
    )


# --- correct ----------------------------------------------------------------------------------


def append_correction(conn: Connection, correction: Correction) -> None:
    """Keep that a field was corrected, with what stood there before."""
    row = {
        "graduate_id": correction.graduate_id,
        "field": correction.field,
        "old": correction.old,
        "new": correction.new,
        "at": text_of(correction.at),
        "who": correction.who,
    }
    conn.execute(sa.insert(schema.corrections), row)
    store.grow_people(conn)


def load_corrections(
    conn: Connection, graduate_ids: list[str] | None = None
) -> dict[str, list[Correction]]:
    """Load corrections by graduate, the earliest first."""
    table = schema.corrections
    found = bulk.found(conn, sa.select(table), table.c.graduate_id, graduate_ids)
    by_person: dict[str, list[Correction]] = {}
    for row in sorted(found, key=lambda row: row.correction_id):
        values = row._asdict() | {"at": moment_of(row.at)}
        del values["correction_id"]
        by_person.setdefault(row.graduate_id, []).append(Correction(**values))
    return by_person


def column_type(field: str) -> type:
    """Say what a column of the roster holds: text, a number, a day, yes or no."""
    return schema.graduates.c[field].type.python_type


# --- erase ------------------------------------------------------------------------------------


def erase(conn: Connection, graduate: Graduate, *, made_up_id: str) -> dict[str, int]:
    """Take away what describes a person; what counts goes on under a made-up id.

    Holds and turns in a line have to be gone before: only a confirmed place is cut.

    Returns
    -------
    dict
        Table → number of rows that went, or that are cut.
    """
    old = graduate.graduate_id
    counted = Graduate(
        graduate_id=made_up_id,
        consent=False,
        **{name: getattr(graduate, name) for name in _COUNTED},
    )
    conn.execute(sa.insert(schema.graduates), rows.to_row(counted))
    n_rows = {
        table.name: conn.execute(sa.delete(table).where(_by_slip(table, old))).rowcount
        for table in _BY_SLIP
    }
    for table in reversed(of_people()):
        own = table.c.graduate_id == old
        if ERASING.get(table.name) == "cut" and table is not schema.graduates:
            cut = {"graduate_id": made_up_id, **_EMPTIED.get(table.name, {})}
            changed = conn.execute(sa.update(table).where(own).values(cut))
        else:
            changed = conn.execute(sa.delete(table).where(own))
        n_rows[table.name] = changed.rowcount
    n_rows["draft_entries"] += drafted.rename(conn, old, made_up_id)
    n_rows["answers"] = _forget_answers(conn, old)
    store.grow_people(conn)
    return {name: n for name, n in n_rows.items() if n}


def _forget_answers(conn: Connection, graduate_id: str) -> int:
    """Delete answers kept for a repeated request that name the person, however they are written."""
    answer = schema.answers.c.answer
    ways = {json.dumps(graduate_id, ensure_ascii=ascii) for ascii in (True, False)}
    named = sa.or_(*(answer.contains(way, autoescape=True) for way in ways))
    return conn.execute(sa.delete(schema.answers).where(named)).rowcount


def keep_erasure(conn: Connection, person: str, day: date) -> None:
    """Keep by a keyed hash that somebody was erased, so that no sheet brings them back."""
    conn.execute(sa.insert(schema.erasures), {"person": person, "day": day})


def erased(conn: Connection) -> dict[str, date]:
    """Give the keyed hashes of who was erased, each with the day."""
    table = schema.erasures
    return {row.person: row.day for row in conn.execute(sa.select(table))}
