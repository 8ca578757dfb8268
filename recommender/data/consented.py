"""Consents in the database: every answer with its day, wording and source; the latest counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import bulk, schema, store
from recommender.data.ledger import moment_of, text_of
from recommender.domain import Graduate
from recommender.persons import OF_ROSTER, SHEET_TEXT, Consent, ConsentSource, Purpose

_table = schema.consents


def append(conn: Connection, consents: Sequence[Consent]) -> None:
    """Keep answers; the roster's column follows what was said of the ranking."""
    if not consents:
        return
    bulk.insert(conn, _table, [_row(each) for each in consents])
    for given in (True, False):
        of_ranking = [
            each.graduate_id
            for each in consents
            if each.purpose is Purpose.RANKING and each.given is given
        ]
        people = schema.graduates
        for some in bulk.chunks(of_ranking):
            changed = people.c.graduate_id.in_(some) & (people.c.consent != given)
            conn.execute(sa.update(people).where(changed).values(consent=given))
    store.grow_people(conn)


def said_by_sheet(
    conn: Connection, graduates: Collection[Graduate], *, at: datetime, who: str
) -> list[Consent]:
    """Give what a roster says anew of people, for each purpose that its column speaks of.

    To be asked before the people are written. A yes does not bring back what the person or an
    officer withdrew.
    """
    ids = [each.graduate_id for each in graduates]
    people = schema.graduates
    before = {
        row.graduate_id: row.consent
        for row in bulk.found(
            conn, sa.select(people.c.graduate_id, people.c.consent), people.c.graduate_id, ids
        )
    }
    said = []
    for purpose in OF_ROSTER:
        known = latest(conn, purpose, ids) if before else {}
        for each in graduates:
            last = known.get(each.graduate_id)
            stands = last is not None and not last.given and last.source is not ConsentSource.SHEET
            if before.get(each.graduate_id) == each.consent or (each.consent and stands):
                continue
            said.append(
                Consent(
                    graduate_id=each.graduate_id,
                    purpose=purpose,
                    given=each.consent,
                    at=at,
                    text_version=SHEET_TEXT,
                    source=ConsentSource.SHEET,
                    who=who,
                )
            )
    return said


def history(conn: Connection, graduate_id: str) -> list[Consent]:
    """Load every answer of one graduate, the earliest first."""
    query = sa.select(_table).where(_table.c.graduate_id == graduate_id)
    return [_consent(row) for row in conn.execute(query.order_by(_table.c.consent_id))]


def latest(
    conn: Connection, purpose: Purpose, graduate_ids: Collection[str] | None = None
) -> dict[str, Consent]:
    """Load what each graduate last answered to a purpose; who never answered is left out."""
    newest = (
        sa.select(sa.func.max(_table.c.consent_id))
        .where(_table.c.purpose == purpose.value)
        .group_by(_table.c.graduate_id)
    )
    query = sa.select(_table).where(_table.c.consent_id.in_(newest))
    found = bulk.found(conn, query, _table.c.graduate_id, graduate_ids)
    return {row.graduate_id: _consent(row) for row in found}


def for_training(conn: Connection, graduates: Iterable[Graduate]) -> list[Graduate]:
    """Give people with their consent to training in the place of that to a ranking."""
    said = {who: each.given for who, each in latest(conn, Purpose.TRAINING).items()}
    return [replace(each, consent=said.get(each.graduate_id, each.consent)) for each in graduates]


def withheld_from_enterprises(conn: Connection, graduate_ids: Collection[str]) -> set[str]:
    """Give those who said that nothing of theirs goes to enterprises."""
    said = latest(conn, Purpose.PASSING, graduate_ids)
    return {who for who, each in said.items() if not each.given}


def _row(consent: Consent) -> dict[str, Any]:
    if consent.at is None:
        raise ValueError("a consent is kept with its moment")
    return {
        "graduate_id": consent.graduate_id,
        "purpose": consent.purpose.value,
        "given": consent.given,
        "at": text_of(consent.at),
        "text_version": consent.text_version,
        "source": consent.source.value,
        "who": consent.who,
    }


def _consent(row: sa.Row[*tuple[Any, ...]]) -> Consent:
    return Consent(
        graduate_id=row.graduate_id,
        purpose=Purpose(row.purpose),
        given=row.given,
        at=moment_of(row.at),
        text_version=row.text_version,
        source=ConsentSource(row.source),
        who=row.who,
    )
