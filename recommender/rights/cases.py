"""Cases: a complaint or a request opens one, an officer answers and closes it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine

from recommender.data import cases as kept
from recommender.data import store
from recommender.errors import NotFound, Unreadable
from recommender.persons import Case, CaseKind, CaseState
from recommender.rights.consents import person

MOST_CHARS = 2_000
_CLOSING = tuple(state.value for state in CaseState if state is not CaseState.OPEN)


def open_case(
    engine: Engine, graduate_id: str, kind: CaseKind, text: str, *, at: datetime, who: str
) -> Case:
    """Open a case about a graduate.

    Raises
    ------
    Unreadable
        If nothing is said.
    NotFound
        If the graduate is not stored.
    """
    said = _said("text", text)
    with store.writing(engine) as conn:
        graduate = person(conn, graduate_id)
        return kept.open_case(
            conn,
            graduate_id=graduate_id,
            college=graduate.college,
            kind=kind,
            text=said,
            at=at,
            who=who,
        )


def close_case(
    engine: Engine,
    number: str,
    state: str,
    answer: str,
    *,
    at: datetime,
    who: str,
    colleges: Collection[str] | None = None,
) -> Case:
    """Answer a case and close it.

    Parameters
    ----------
    number
        Of the case, such as 2026-0007, or its last part.
    colleges
        Those whose cases the one who answers may know of; None for all.

    Raises
    ------
    Unreadable
        If the state is none that closes, or nothing is answered.
    NotFound
        If there is no such open case.
    """
    if state not in _CLOSING:
        raise Unreadable("state", state, "unknown_state", _CLOSING)
    said = _said("answer", answer)
    case_id = case_id_of(number)
    with store.writing(engine) as conn:
        found = kept.load_cases(conn, case_id=case_id, colleges=colleges)
        closed = (
            kept.close_case(conn, case_id, state=CaseState(state), answer=said, at=at, who=who)
            if found
            else None
        )
    if closed is None:
        raise NotFound("case", number)
    return closed


def list_cases(
    engine: Engine, *, graduate_id: str | None = None, colleges: Collection[str] | None = None
) -> list[Case]:
    """List cases, of a graduate or of colleges where these are given; open ones first."""
    with store.reading(engine) as conn:
        return kept.load_cases(conn, graduate_id=graduate_id, colleges=colleges)


def case_id_of(number: str) -> int:
    """Read the number of a case.

    Raises
    ------
    NotFound
        If it is none.
    """
    last = number.rpartition("-")[2]
    if not (last.isascii() and last.isdecimal() and len(last) <= 9):
        raise NotFound("case", number)
    return int(last)


def _said(field: str, text: str) -> str:
    said = text.strip()[:MOST_CHARS]
    if not said:
        raise Unreadable(field, "", "missing")
    return said
