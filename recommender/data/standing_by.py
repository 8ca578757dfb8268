"""What was said of a person stands against an older sheet: erasures, withdrawals, corrections.

Nothing here writes. Rows of erased people are left out of the call, of whatever kind the sheet
is; a yes that was withdrawn, and a value that was corrected away, is read as what stands now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from enum import Enum
from typing import cast

from sqlalchemy.engine import Connection

from recommender.data import consented, persons, rows
from recommender.data.changes import Changes, Line
from recommender.data.columns import Parsed
from recommender.data.person_keys import PersonKeys
from recommender.data.sheets import ParsedSheet
from recommender.domain import Graduate, PersonalDetails
from recommender.errors import RowProblem
from recommender.persons import Consent, ConsentSource, Correction, Purpose, is_erased

Told = Iterator[tuple[int, RowProblem]]


def without_erased(
    conn: Connection, sheets: Sequence[ParsedSheet], keys: PersonKeys | None
) -> tuple[list[ParsedSheet], list[tuple[int, RowProblem]]]:
    """Leave out the rows of people who were erased; tell each with its sheet's place.

    Raises
    ------
    ValueError
        If somebody was erased and there is no key to know them by: a mistake of the caller.
    """
    gone = persons.erased(conn)
    if gone and keys is None and any(sheet.kind == "graduates" for sheet in sheets):
        raise ValueError("people were erased: a roster is taken in with the key of home only")
    known: dict[str, date | None] = {}

    def is_gone(item: object) -> bool:
        who = getattr(item, "graduate_id", None)
        if not isinstance(who, str):
            return False
        if who not in known:
            known[who] = gone.get(keys.of(who)) if gone and keys is not None else None
        return known[who] is not None or is_erased(who)

    left = []
    told: list[tuple[int, RowProblem]] = []
    for place, sheet in enumerate(sheets):
        out = [parsed for parsed in sheet.items if is_gone(parsed.item)]
        told += [(place, _left_out(sheet, parsed, known)) for parsed in out]
        kept = tuple(each for each in sheet.items if each not in out) if out else sheet.items
        left.append(replace(sheet, items=kept))
    return left, told


def _left_out(sheet: ParsedSheet, parsed: Parsed, known: Mapping[str, date | None]) -> RowProblem:
    """Say that a row is left out, without the id: it may not come back by a message either."""
    day = known[parsed.item.graduate_id]  # type: ignore[union-attr]  # `is_gone` has looked
    return RowProblem(
        filename=sheet.filename,
        row=parsed.row,
        column="graduate_id",
        value="",
        code="erased",
        facts=(day.isoformat() if day else "",),
        kind=sheet.kind,
    )


def hold_to_what_was_said(conn: Connection, graduates: Changes[Graduate]) -> Told:
    """Read rows of a roster as what was said of their people since; tell where that differs.

    To be asked before the rows are compared with what is stored.
    """
    ids = [line.item.graduate_id for line in graduates.lines.values()]
    withdrawn = {
        who: said
        for who, said in consented.latest(conn, Purpose.RANKING, ids).items()
        if not said.given and said.source is not ConsentSource.SHEET
    }
    corrected = persons.load_corrections(conn, ids)
    if not withdrawn and not corrected:
        return
    for key, line in list(graduates.lines.items()):
        who = line.item.graduate_id
        for held, told in _held(line, withdrawn.get(who), corrected.get(who, ())):
            line = held
            yield line.sheet, told
        graduates.lines[key] = line


def _held(
    line: Line[Graduate], withdrawn: Consent | None, corrected: Sequence[Correction]
) -> Iterator[tuple[Line[Graduate], RowProblem]]:
    if withdrawn is not None and line.item.consent:
        line = replace(line, item=replace(line.item, consent=False))
        yield line, line.says("withdrawn", "consent", "", _day(withdrawn))
    for each in _latest(corrected).values():
        held = _uncorrected(line, each)
        if held is not None:
            line = held
            yield line, line.says("corrected", each.field, "", each.at.date().isoformat())


def _latest(corrected: Sequence[Correction]) -> Mapping[str, Correction]:
    """Give the last correction of each field, with what its first one corrected away."""
    found: dict[str, Correction] = {}
    for each in corrected:
        first = found.get(each.field)
        found[each.field] = each if first is None else replace(each, old=first.old)
    return found


def _uncorrected(line: Line[Graduate], made: Correction) -> Line[Graduate] | None:
    """Give a row with the value that stands, where it brings back what was corrected away."""
    if line.details is not None and hasattr(line.details, made.field):
        if text_of_field(getattr(line.details, made.field)) != made.old:
            return None
        return replace(line, details=with_detail(line.details, made.field, made.new))
    if hasattr(PersonalDetails, made.field):
        return None
    if text_of_field(getattr(line.item, made.field)) != made.old:
        return None
    row = rows.to_row(line.item) | {made.field: _value(line.item, made)}
    return replace(line, item=rows.to_graduate(row))


def _value(graduate: Graduate, made: Correction) -> object:
    """Give a corrected value as the table keeps it."""
    if made.new is None:
        return "[]" if isinstance(getattr(graduate, made.field), tuple) else None
    column = persons.column_type(made.field)
    if column is date:
        return date.fromisoformat(made.new)
    if column is bool:
        return made.new == "True"
    return int(made.new) if column is int else made.new


def with_detail(details: PersonalDetails, field: str, value: str | None) -> PersonalDetails:
    """Give personal details with another value in one field."""
    return PersonalDetails(**asdict(details) | {field: value})


def text_of_field(value: object) -> str | None:
    """Write a value of a roster down, so that equal values are written alike."""
    if value is None:
        return None
    if isinstance(value, tuple):
        return cast(str, rows.plain(value)) if value else None
    if isinstance(value, Enum):
        value = value.value
    return value.isoformat() if isinstance(value, date) else str(value)


def _day(said: Consent) -> str:
    return said.at.date().isoformat() if said.at is not None else ""
