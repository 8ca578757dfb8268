"""Consents: one for each purpose, changed at once, with day, wording and source.

What a person or an officer withdrew no sheet gives back; a sheet's no always counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from recommender.data import consented, store
from recommender.domain import Graduate
from recommender.errors import NotFound, Unreadable
from recommender.persons import (
    OF_ROSTER,
    SHEET_TEXT,
    TEXT_VERSION,
    Consent,
    ConsentSource,
    Purpose,
    is_erased,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consents:
    """What somebody agrees to now, and every answer before, the earliest first.

    A purpose stands in `now` with its latest answer, or None where nothing was ever said.
    """

    now: Mapping[Purpose, Consent | None]
    history: tuple[Consent, ...]


def read(engine: Engine, graduate_id: str) -> Consents:
    """Read what a graduate agrees to.

    Raises
    ------
    NotFound
        If the graduate is not stored.
    """
    with store.reading(engine) as conn:
        return of_person(conn, person(conn, graduate_id))


def of_person(conn: Connection, graduate: Graduate) -> Consents:
    """Read what a graduate agrees to; of the roster alone where nothing else was said."""
    history = consented.history(conn, graduate.graduate_id)
    now: dict[Purpose, Consent | None] = {
        purpose: _of_roster(graduate, purpose) if purpose in OF_ROSTER else None
        for purpose in Purpose
    }
    now.update({each.purpose: each for each in history})
    return Consents(now=now, history=tuple(history))


def change(
    engine: Engine,
    graduate_id: str,
    purpose: str,
    *,
    given: bool,
    at: datetime,
    source: ConsentSource,
    who: str,
) -> bool:
    """Keep another answer; from the next request on it counts, in every process.

    Returns
    -------
    bool
        False where the same was said before in the same way: nothing was written.

    Raises
    ------
    Unreadable
        If there is no such purpose.
    NotFound
        If the graduate is not stored.
    """
    if purpose not in {each.value for each in Purpose}:
        raise Unreadable("purpose", purpose, "unknown_purpose", [each.value for each in Purpose])
    with store.writing(engine) as conn:
        graduate = person(conn, graduate_id)
        before = of_person(conn, graduate).now[Purpose(purpose)]
        was_said = before is not None and before.at is not None and before.source is source
        if was_said and before is not None and before.given == given:
            return False
        answer = Consent(
            graduate_id=graduate_id,
            purpose=Purpose(purpose),
            given=given,
            at=at,
            text_version=TEXT_VERSION,
            source=source,
            who=who,
        )
        consented.append(conn, [answer])
    return True


def person(conn: Connection, graduate_id: str) -> Graduate:
    """Load one graduate.

    Raises
    ------
    NotFound
        If the graduate is not stored, or was erased.
    """
    found = store.load_graduates(conn, ids=[graduate_id])
    if not found or is_erased(graduate_id):
        raise NotFound("graduate", graduate_id)
    return found[0]


def _of_roster(graduate: Graduate, purpose: Purpose) -> Consent:
    return Consent(
        graduate_id=graduate.graduate_id,
        purpose=purpose,
        given=graduate.consent,
        at=None,
        text_version=SHEET_TEXT,
        source=ConsentSource.SHEET,
        who="",
    )
