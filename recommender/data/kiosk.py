"""What a kiosk shows of everybody, counted: who applied and was hired, which trades are common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import schema
from recommender.domain import OutcomeStage, SkillLevel

_HIRED = (OutcomeStage.OFFERED, OutcomeStage.SIGNED, OutcomeStage.STARTED)
_APPLIED = (
    OutcomeStage.INTERESTED,
    OutcomeStage.INTERVIEWED,
    OutcomeStage.REJECTED,
    OutcomeStage.INTERNED,
    *_HIRED,
)


@dataclass(slots=True)
class Applied:
    """Counts of people: who applied, and the levels of those who were hired."""

    n_applied: int = 0
    hired: Counter[SkillLevel | None] = field(default_factory=Counter)


@dataclass(slots=True)
class AppliedThen:
    """The counts of a time, of each enterprise's occupations and of each occupation."""

    at_enterprise: dict[tuple[str, str], Applied] = field(default_factory=dict)
    in_occupation: dict[str, Applied] = field(default_factory=dict)


def load_applied(conn: Connection, *, since: date, until: date) -> AppliedThen:
    """Count the people whose steps fall between two days, both inclusive.

    Somebody counts once at each enterprise's occupation, and once in each occupation.
    """
    steps, posts, people = schema.outcomes, schema.post_versions, schema.graduates
    was_hired = sa.func.max(sa.case((steps.c.stage.in_([s.value for s in _HIRED]), 1), else_=0))
    query = (
        sa.select(
            posts.c.credit_code,
            posts.c.occupation_code,
            steps.c.graduate_id,
            people.c.skill_level,
            was_hired.label("hired"),
        )
        .join(posts, posts.c.post_id == steps.c.post_id)
        .join(people, people.c.graduate_id == steps.c.graduate_id)
        .where(steps.c.date.between(since, until))
        .where(steps.c.stage.in_([stage.value for stage in _APPLIED]))
        .group_by(
            posts.c.credit_code,
            posts.c.occupation_code,
            steps.c.graduate_id,
            people.c.skill_level,
        )
    )
    found = AppliedThen()
    in_occupation: dict[tuple[str, str], tuple[SkillLevel | None, bool]] = {}
    for code, occupation, who, level, hired in conn.execute(query):
        read = SkillLevel(level) if level is not None else None
        counts = found.at_enterprise.setdefault((code, occupation), Applied())
        _count(counts, read, hired=bool(hired))
        before = in_occupation.get((occupation, who), (read, False))
        in_occupation[occupation, who] = (read, before[1] or bool(hired))
    for (occupation, _), (read, hired) in in_occupation.items():
        counts = found.in_occupation.setdefault(occupation, Applied())
        _count(counts, read, hired=hired)
    return found


def load_common(conn: Connection, class_year: int) -> tuple[Counter[str], Counter[str]]:
    """Count the trades, as written, and the home regions of a class year."""
    table = schema.graduates
    of_year = table.c.class_year == class_year
    counted = []
    for column in (table.c.trade, table.c.home_region):
        query = sa.select(column, sa.func.count()).where(of_year, column.is_not(None))
        rows = conn.execute(query.group_by(column))
        counted.append(Counter({name: n for name, n in rows}))  # noqa: C416 - rows, not pairs
    return counted[0], counted[1]


def load_ids(conn: Connection, class_year: int) -> list[str]:
    """Load the ids of a class year, in order."""
    table = schema.graduates
    query = sa.select(table.c.graduate_id).where(table.c.class_year == class_year)
    return list(conn.execute(query.order_by(table.c.graduate_id)).scalars())


def _count(counts: Applied, level: SkillLevel | None, *, hired: bool) -> None:
    counts.n_applied += 1
    if hired:
        counts.hired[level] += 1
