"""Trials and their subjects, as they are kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, schema, store
from recommender.trials import Arm, Subject, Trial


def save_trial(conn: Connection, trial: Trial, subjects: Sequence[Subject]) -> None:
    """Keep a trial with everybody drawn."""
    row = asdict(trial) | {
        "trial": trial.name,
        "shares": json.dumps(trial.shares),
        "plan": json.dumps(trial.plan, ensure_ascii=False),
    }
    del row["name"]
    conn.execute(sa.insert(schema.trials), row)
    bulk.insert(
        conn,
        schema.trial_subjects,
        [asdict(each) | {"trial": trial.name, "arm": each.arm.value} for each in subjects],
    )
    store.grow(conn, n_written=1)


def stop_trial(conn: Connection, name: str, day: date) -> None:
    """Write the day on which a trial was broken off."""
    table = schema.trials
    conn.execute(sa.update(table).where(table.c.trial == name).values(stopped_on=day))
    store.grow(conn, n_written=1)


def load_trials(conn: Connection) -> list[Trial]:
    """Load every trial, the earliest first."""
    table = schema.trials
    columns = [table.c[each.name] for each in fields(Trial) if each.name != "name"]
    found = conn.execute(
        sa.select(table.c.trial.label("name"), *columns).order_by(table.c.started_on, table.c.trial)
    )
    return [
        Trial(
            **row._asdict()
            | {"shares": tuple(json.loads(row.shares)), "plan": json.loads(row.plan)}
        )
        for row in found
    ]


def load_subjects(conn: Connection, name: str) -> list[Subject]:
    """Load everybody drawn for a trial, ordered by id."""
    table = schema.trial_subjects
    columns = [table.c[each.name] for each in fields(Subject)]
    found = conn.execute(sa.select(*columns).where(table.c.trial == name))
    subjects = [Subject(**row._asdict() | {"arm": Arm(row.arm)}) for row in found]
    return sorted(subjects, key=lambda subject: subject.graduate_id)
