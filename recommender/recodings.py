"""Codes that change: what an old one counts as, and who would be left without a post."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from recommender import places
from recommender.data import recoded, recoding, reference, store
from recommender.data.sheets import read_sheet
from recommender.domain import class_year_of
from recommender.errors import ImportRefused, NotFound, RowProblem
from recommender.matching.stranded import stranded
from recommender.succession import CodeChange, CodeTable, heirs


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAnswer:
    """What a code is on a day.

    Attributes
    ----------
    name
        "" where nobody names it.
    counts_as
        Codes that it counts as, with name and part; itself where it has not changed.
    changed_on, source
        None where it has not changed by the day.
    warning
        What an import would say of it; None where it still holds.
    """

    table: CodeTable
    code: str
    name: str
    counts_as: tuple[tuple[str, str, float], ...]
    changed_on: date | None = None
    source: str | None = None
    warning: RowProblem | None = None


def look_up(engine: Engine, table: str, code: str, *, day: date) -> CodeAnswer:
    """Say what a code is and counts as on a day; a trade by name or by its code of six digits.

    Raises
    ------
    NotFound
        If there is no such table, or neither a table nor a change knows the code.
    """
    if table not in {each.value for each in CodeTable}:
        raise NotFound("code_table", table, [each.value for each in CodeTable])
    of = CodeTable(table)
    with store.reading(engine) as conn:
        changes = recoded.load_changes(conn)
    known = _known(of, code.strip())
    name = recoding.code_name(changes, of, known)
    named = {each.old_code for each in changes if each.table is of}
    named |= {each.new_code or "" for each in changes if each.table is of}
    if of is CodeTable.TRADE and reference.find_trade(known) is None and known not in named:
        raise NotFound(table, code, (reference.nearest_trade(code),))
    if of is CodeTable.OCCUPATION and not name and known not in named:
        raise NotFound(table, code, reference.suggest_occupations(code))
    told = recoding.answer(changes, of, known, day)
    own = next((each for each in changes if told and each.unit == (of, known)), None)
    parts = heirs(changes, of, day).get(known, ((known, 1.0),))
    return CodeAnswer(
        table=of,
        code=known,
        name=name,
        counts_as=tuple(
            (heir, recoding.code_name(changes, of, heir), part) for heir, part in parts
        ),
        changed_on=own.starts_on if own else None,
        source=own.source if own else None,
        warning=_warning(of, known, *told) if told else None,
    )


def _known(table: CodeTable, code: str) -> str:
    if table is CodeTable.OCCUPATION:
        return reference.find_occupation(code) or code
    return reference.trade_by_code(code) or reference.find_trade(code) or code


def _warning(table: CodeTable, written: str, code: str, facts: tuple[str, ...]) -> RowProblem:
    column = "trade" if table is CodeTable.TRADE else "occupation_code"
    return RowProblem(filename="", row=0, column=column, value=written, code=code, facts=facts)


def list_changes(engine: Engine) -> list[CodeChange]:
    """List every change of a code, by day."""
    with store.reading(engine) as conn:
        changes = recoded.load_changes(conn)
    return sorted(changes, key=lambda each: (each.starts_on, recoded.change_key(each)))


def would_strand(engine: Engine, paths: Sequence[Path], *, day: date) -> list[str]:
    """List who would lose every eligible post of their trade by sheets of changes; write nothing.

    Raises
    ------
    ImportRefused
        If a row of a sheet cannot be taken in.
    """
    sheets = [read_sheet(path) for path in paths]
    with store.reading(engine) as conn:
        codes, whole = recoding.compare_codes(conn, sheets)
        problems = [*(each for sheet in sheets for each in sheet.problems), *codes.problems]
        if problems:
            raise ImportRefused(problems)
        return stranded_by(conn, whole, day) if codes.written else []


def stranded_by(conn: Connection, changes: Collection[CodeChange], day: date) -> list[str]:
    """List who would lose every eligible post of their trade if these were the changes.

    All of them are looked at as if they held already, whatever their day, for the class year
    that is being placed and the posts open on the day.
    """
    posts = store.load_posts(conn, day=day, open_only=True)
    return stranded(
        store.load_graduates(conn, class_year=class_year_of(day)),
        posts,
        places.standing_on(conn, posts, day),
        store.load_reference(conn),
        store.load_reference(conn, changes=list(changes)),
        day,
    )
