"""Correct what is held of a person; what stood there before stays in the log of corrections.

What was corrected away does not come back with an old sheet: see `data/standing_by.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from recommender.data import persons, roster, store
from recommender.data.sheets import parse_row
from recommender.data.standing_by import text_of_field, with_detail
from recommender.domain import Graduate, PersonalDetails
from recommender.errors import ImportRefused, Unreadable
from recommender.persons import Correction
from recommender.rights.consents import person

# An id and a college are the key of everything, and a consent has a way of its own.
FIELDS = tuple(
    column.name
    for column in roster.COLUMNS
    if column.name not in {"graduate_id", "college", "consent"}
)


def correct(
    engine: Engine, graduate_id: str, field: str, value: str, *, at: datetime, who: str
) -> Correction | None:
    """Put another value in the place of one that is wrong; None where it stands there already.

    Parameters
    ----------
    field
        A column of the roster, by its English name.
    value
        As a sheet would hold it; "" for not stated.

    Raises
    ------
    Unreadable
        If the field is not one that is corrected.
    ImportRefused
        If the value cannot be read, with what would be right.
    NotFound
        If the graduate is not stored.
    """
    if field not in FIELDS:
        raise Unreadable("field", field, "not_correctable", FIELDS)
    with store.writing(engine) as conn:
        graduate = person(conn, graduate_id)
        details = store.load_personal(conn, [graduate_id]).get(
            graduate_id, PersonalDetails(graduate_id=graduate_id)
        )
        read, read_details = _read(graduate, field, value)
        if field in roster.PERSONAL:
            old = getattr(details, field)
            new = getattr(read_details, field) if read_details else None
            details = with_detail(details, field, new)
        else:
            old, new = getattr(graduate, field), getattr(read, field)
            graduate = replace(graduate, **{field: new})
        if old == new:
            return None
        correction = Correction(
            graduate_id=graduate_id,
            field=field,
            old=text_of_field(old),
            new=text_of_field(new),
            at=at,
            who=who,
        )
        store.save_graduates(conn, [graduate], [details])
        persons.append_correction(conn, correction)
    return correction


def _read(graduate: Graduate, field: str, value: str) -> tuple[Graduate, PersonalDetails | None]:
    """Read a value as the roster's column does, in a row that is right otherwise."""
    row: dict[str, object] = {
        "graduate_id": graduate.graduate_id,
        "college": graduate.college,
        "trade": graduate.trade,
        "class_year": str(graduate.class_year),
        "consent": "是",
        field: value,
    }
    parsed, problems, _ = parse_row("graduates", row)
    if parsed is None or not isinstance(parsed.item, Graduate):
        raise ImportRefused(problems)
    return parsed.item, parsed.details
