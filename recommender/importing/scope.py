"""What somebody may import: sheets of own colleges, and those of everybody for who has no scope.

A row about somebody else's people is refused as one about nobody, and an id that another college
holds is only said to be taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.engine import Connection

from recommender import access
from recommender.access import Grant
from recommender.data import apprentices, store
from recommender.data.columns import Parsed
from recommender.data.sheets import KINDS, ParsedSheet
from recommender.data.stored import OF_COLLEGES, OF_GRADUATES
from recommender.errors import RowProblem
from recommender.intake import Admit

IMPORTERS = frozenset({"officer", "data", "admin"})
# Whom members and codes are for decides what everybody sees, so an officer leaves them alone.
_OF_OFFICES = frozenset({"members", "code_changes"})
_OF_A_REGION = frozenset({"demand_catalog", "fairs"})


def kinds_for(grant: Grant) -> tuple[str, ...]:
    """Name the kinds of sheet that a bearer may import."""
    kinds: set[str] = set()
    if grant.role not in IMPORTERS or grant.scope_kind == "enterprise":
        return ()
    kinds |= OF_GRADUATES | OF_COLLEGES
    is_office = grant.role != "officer"
    if grant.is_for_all or (is_office and grant.scope_kind == "alliance"):
        kinds |= _OF_A_REGION
    if grant.is_for_all and is_office:
        kinds |= _OF_OFFICES
    return tuple(kind for kind in KINDS if kind in kinds)


def admit(engine: Engine, grant: Grant) -> Admit:
    """Give what turns rows that are not a bearer's to import into problems."""
    kinds, own = kinds_for(grant), access.colleges(engine, grant)
    only = (grant.scope_name or "",) if grant.scope_kind == "college" else ()

    def limit(conn: Connection, sheets: Sequence[ParsedSheet]) -> Sequence[ParsedSheet]:
        allowed = [_of_kinds(sheet, kinds) for sheet in sheets]
        return (
            allowed
            if own is None
            else [_limited(conn, each, allowed, own, only) for each in allowed]
        )

    return limit


def _of_kinds(sheet: ParsedSheet, kinds: Sequence[str]) -> ParsedSheet:
    if sheet.kind in kinds or not sheet.kind:
        return sheet
    problem = _problem(sheet, 0, "", "", "sheet_not_yours")
    return replace(sheet, items=(), problems=(problem,), warnings=())


def _limited(
    conn: Connection,
    sheet: ParsedSheet,
    sheets: Sequence[ParsedSheet],
    own: frozenset[str],
    only: tuple[str, ...],
) -> ParsedSheet:
    """Turn rows of others into problems; `only` names the one college that is own."""
    if sheet.kind in OF_GRADUATES - {"graduates"}:
        look = _own_graduates(conn, sheet, sheets, own)
    elif sheet.kind in OF_COLLEGES | {"graduates"}:
        look = _own_college(conn, sheet, own, only)
    else:
        return sheet
    items, problems = [], list(sheet.problems)
    for parsed in sheet.items:
        found = list(look(parsed))
        problems += found
        items += [] if found else [parsed]
    return replace(sheet, items=tuple(items), problems=tuple(problems))


Look = Callable[[Parsed], Iterator[RowProblem]]


def _own_graduates(
    conn: Connection, sheet: ParsedSheet, sheets: Sequence[ParsedSheet], own: frozenset[str]
) -> Look:
    """Look for rows about graduates who are neither stored as own ones nor in the same call."""
    ids = {getattr(parsed.item, "graduate_id", "") for parsed in sheet.items}
    stored = {one.graduate_id: one.college for one in store.load_graduates(conn, ids=ids)}
    rosters = [each for each in sheets if each.kind == "graduates"]
    new = {
        getattr(parsed.item, "graduate_id", "")
        for each in rosters
        for parsed in each.items
        if getattr(parsed.item, "college", "") in own
    } - stored.keys()
    refused = {one for each in rosters for one in each.refused_ids} - stored.keys()
    known = {who for who, college in stored.items() if college in own} | new | refused

    def look(parsed: Parsed) -> Iterator[RowProblem]:
        who = getattr(parsed.item, "graduate_id", "")
        if who not in known:
            yield _problem(sheet, parsed.row, "graduate_id", who, "unknown_graduate")

    return look


def _own_college(
    conn: Connection, sheet: ParsedSheet, own: frozenset[str], only: tuple[str, ...]
) -> Look:
    """Look for rows of other colleges, and for ids that other colleges hold."""
    column = {"graduates": "graduate_id", "agreements": "agreement_id"}.get(
        sheet.kind, "apprentice_id" if sheet.kind == "apprentices" else ""
    )
    taken = _taken(conn, sheet, column, own)

    def look(parsed: Parsed) -> Iterator[RowProblem]:
        college, key = getattr(parsed.item, "college", ""), getattr(parsed.item, column or "", "")
        if college not in own:
            yield _problem(sheet, parsed.row, "college", college, "college_not_yours", *only)
        elif key in taken:
            yield _problem(sheet, parsed.row, column, key, "id_taken")

    return look


def _taken(conn: Connection, sheet: ParsedSheet, column: str, own: frozenset[str]) -> set[str]:
    ids = {getattr(parsed.item, column, "") for parsed in sheet.items} if column else set()
    held: Sequence[object] = ()
    if sheet.kind == "graduates":
        held = store.load_graduates(conn, ids=ids)
    elif sheet.kind == "agreements":
        held = store.load_agreements(conn)
    elif sheet.kind == "apprentices":
        held = apprentices.load_apprentices(conn, day=date.max)
    return {getattr(one, column) for one in held if getattr(one, "college", "") not in own} & ids


def _problem(
    sheet: ParsedSheet, row: int, column: str, value: str, code: str, *facts: str
) -> RowProblem:
    return RowProblem(
        filename=sheet.filename,
        row=row,
        column=column,
        value=value,
        code=code,
        facts=facts,
        kind=sheet.kind,
    )
