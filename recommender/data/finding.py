"""Finds graduates by what an officer types and picks: in the database, page by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.claims import ClaimState
from recommender.data import bulk, schema
from recommender.data.ledger import text_of
from recommender.domain import CONFIRMING, ENDING, SkillLevel
from recommender.persons import ERASED

_graduates, _details = schema.graduates.c, schema.personal_details.c
PLACED, HELD, WAITING, SEEKING, WITHHELD = "placed", "held", "waiting", "seeking", "withheld"
STATUSES = (SEEKING, HELD, WAITING, PLACED, WITHHELD)
# Where several hold, the first says most.
_TOLD_FIRST = (PLACED, HELD, WAITING, WITHHELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which graduates are looked for; None, "" and an empty tuple ask for nothing.

    Attributes
    ----------
    words
        Each has to be found in the id or, with `names`, in name, pinyin or student number, or to
        mean a trade or class.
    trades, class_names
        For each word, those that it means.
    names
        Whether names and student numbers may be looked at.
    colleges
        Where they may be from; None for anywhere.
    city
        GB/T 2260 code of the city of the home.
    status
        One of `STATUSES`.
    """

    words: tuple[str, ...] = ()
    trades: tuple[frozenset[str], ...] = ()
    class_names: tuple[frozenset[str], ...] = ()
    names: bool = False
    colleges: frozenset[str] | None = None
    class_year: int | None = None
    college: str = ""
    class_name: str = ""
    trade: str = ""
    level: SkillLevel | None = None
    city: str = ""
    status: str = ""


def find(
    conn: Connection, wanted: Wanted, day: date, moment: datetime, *, start: int, n_most: int
) -> tuple[int, list[str]]:
    """Count who is wanted, and give the ids of so many of them from a place on, in order."""
    query = sa.select(_graduates.graduate_id).where(*_conditions(wanted, day, moment))
    # Once over the rows: counting and cutting in the database would look at them twice.
    ids = list(conn.execute(query.order_by(_graduates.graduate_id)).scalars())
    return len(ids), ids[start : start + n_most]


def statuses(conn: Connection, ids: Collection[str], day: date, moment: datetime) -> dict[str, str]:
    """Say of each graduate how they stand: one of `STATUSES`."""
    found = dict.fromkeys(ids, SEEKING)
    for status in reversed(_TOLD_FIRST):
        for some in bulk.chunks(ids):
            query = sa.select(_graduates.graduate_id).where(
                _graduates.graduate_id.in_(some), _is(status, day, moment)
            )
            found |= dict.fromkeys(conn.execute(query).scalars(), status)
    return found


def distinct(conn: Connection, column: str, colleges: frozenset[str] | None) -> list[Any]:
    """List what a column of the roster holds, within colleges where these are given."""
    chosen = schema.graduates.c[column]
    query = sa.select(chosen).where(chosen.is_not(None)).distinct()
    if colleges is not None:
        query = query.where(_graduates.college.in_(colleges))
    return sorted(conn.execute(query).scalars())


def _conditions(wanted: Wanted, day: date, moment: datetime) -> list[sa.ColumnElement[bool]]:
    equal = {
        "class_year": wanted.class_year,
        "college": wanted.college,
        "class_name": wanted.class_name,
        "trade": wanted.trade,
        "skill_level": wanted.level,
    }
    found = [_graduates[name] == value for name, value in equal.items() if value]
    found.append(sa.not_(_graduates.graduate_id.startswith(ERASED, autoescape=True)))
    if wanted.colleges is not None:
        found.append(_graduates.college.in_(wanted.colleges))
    if wanted.city:
        found.append(_graduates.home_region.startswith(wanted.city[:4], autoescape=True))
    if wanted.status:
        found.append(_is(wanted.status, day, moment))
    for word, trades, classes in zip(wanted.words, wanted.trades, wanted.class_names, strict=True):
        found.append(_holds(word, trades, classes, names=wanted.names))
    return found


def _holds(
    word: str, trades: Collection[str], class_names: Collection[str], *, names: bool
) -> sa.ColumnElement[bool]:
    """Say where a word may be found; no column is looked at that cannot hold it."""
    places: list[sa.ColumnElement[bool]] = []
    if trades:
        places.append(_graduates.trade.in_(trades))
    if class_names:
        places.append(_graduates.class_name.in_(class_names))
    places.append(_graduates.graduate_id.icontains(word, autoescape=True))
    if names:
        called = sa.select(_details.graduate_id).where(_is_called(word))
        places.append(_graduates.graduate_id.in_(called))
    return sa.or_(*places)


def _is_called(word: str) -> sa.ColumnElement[bool]:
    if word.isascii() and word.isalpha():
        return _details.name_keys.contains(
            f" {word.lower()}", autoescape=True
        ) | _details.student_no.istartswith(word, autoescape=True)
    if word.isascii():
        return _details.student_no.istartswith(word, autoescape=True)
    return _details.name.contains(word, autoescape=True)


def _is(status: str, day: date, moment: datetime) -> sa.ColumnElement[bool]:
    if status == PLACED:
        return _graduates.hired_at_enrolment | _placed(day)
    if status == WITHHELD:
        return sa.not_(_graduates.consent)
    if status in (HELD, WAITING):
        return _graduates.graduate_id.in_(_claiming(status, moment))
    return sa.not_(sa.or_(*(_is(each, day, moment) for each in _TOLD_FIRST)))


def _placed(day: date) -> sa.ColumnElement[bool]:
    """Say that a graduate holds a place: the rule of `eligibility.standing`, as a test holds it.

    A step that confirms, and at the same post none that ends it on its day or later.
    """
    step, end = schema.outcomes.alias("steps").c, schema.outcomes.alias("ends").c
    ended = sa.exists().where(
        end.graduate_id == step.graduate_id,
        end.post_id == step.post_id,
        end.stage.in_(_words(ENDING)),
        end.date >= step.date,
        end.date <= day,
        end.recorded_on <= day,
    )
    return sa.exists().where(
        step.graduate_id == _graduates.graduate_id,
        step.stage.in_(_words(CONFIRMING)),
        step.date <= day,
        step.recorded_on <= day,
        sa.not_(ended),
    )


def _claiming(status: str, moment: datetime) -> sa.Select[tuple[str]]:
    claim = schema.claims.c
    state = ClaimState.HELD if status == HELD else ClaimState.WAITING
    lasts = claim.expires_at.is_(None) | (claim.expires_at > text_of(moment))
    return sa.select(claim.graduate_id).where(claim.state == state.value, lasts)


def _words(stages: Collection[Any]) -> Sequence[str]:
    return sorted(stage.value for stage in stages)


def new_posts(conn: Connection, *, after: date, until: date) -> set[str]:
    """Give the posts whose first version came after one day and by another."""
    version = schema.post_versions.c
    first = sa.func.min(version.changed_on)
    query = sa.select(version.post_id).group_by(version.post_id)
    return set(conn.execute(query.having((first > after) & (first <= until))).scalars())
