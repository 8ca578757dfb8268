"""Erase a person: what describes them goes, what counts stays under an id that nobody has.

Nobody is kept from it by a place: a hold and a turn in a line are given up, a confirmed place
stays taken. Asked again it says that it is done. See decision 25.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog
from sqlalchemy import Connection, Engine

from recommender import lists_shown, places
from recommender.claims import ClaimState, LedgerAction
from recommender.data import ledger as claimed
from recommender.data import persons, store
from recommender.data.person_keys import PersonKeys
from recommender.persons import ERASED
from recommender.places import Clerk
from recommender.rights.consents import person

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an erasure did.

    Attributes
    ----------
    day
        When the person was erased, which may be long ago.
    n_rows
        Table → rows that went or were cut; nothing where it was done before.
    n_lists
        Lines of the log of lists that went.
    keeps_place
        Whether a place stays taken, by nobody who is known.
    released
        Posts at which a hold or a turn was given up.
    """

    day: date
    n_rows: Mapping[str, int]
    n_lists: int
    keeps_place: bool
    released: tuple[str, ...]


def erase(engine: Engine, home: Path, clerk: Clerk, graduate_id: str) -> Erasure:
    """Erase a graduate, in one transaction; the logs beside the database go first.

    Raises
    ------
    NotFound
        If nobody has the id and nobody with it was erased.
    OSError
        If a log, or the key by which a later sheet is known, cannot be written; then nobody
        was erased yet, and asking again goes on.
    """
    keyed = PersonKeys(home).of(graduate_id)
    with store.reading(engine) as conn:
        before = persons.erased(conn).get(keyed)
        if before is None:
            person(conn, graduate_id)
    n_lists = lists_shown.forget(home, graduate_id)
    if before is not None:
        return Erasure(day=before, n_rows={}, n_lists=n_lists, keeps_place=False, released=())
    with store.writing(engine) as conn:
        graduate = person(conn, graduate_id)
        released = _give_up(conn, clerk, graduate_id)
        claims = claimed.load_claims(conn, graduate_ids=[graduate_id])
        n_rows = persons.erase(conn, graduate, made_up_id=ERASED + secrets.token_hex(8))
        persons.keep_erasure(conn, keyed, clerk.day)
        places.settle(conn, clerk, released)
    log.info("person erased", n_rows=sum(n_rows.values()))
    return Erasure(
        day=clerk.day,
        n_rows=n_rows,
        n_lists=n_lists,
        keeps_place=bool(claims),
        released=released,
    )


def _give_up(conn: Connection, clerk: Clerk, graduate_id: str) -> tuple[str, ...]:
    """Give up holds and turns; a confirmed place has become an outcome, which stays."""
    released = []
    for claim in claimed.load_claims(conn, graduate_ids=[graduate_id]):
        if claim.state is ClaimState.CONFIRMED:
            continue
        claimed.drop_claim(conn, claim.post_id, graduate_id)
        claimed.append(
            conn,
            LedgerAction.RELEASE,
            claim.post_id,
            graduate_id,
            at=clerk.now,
            who=clerk.who,
            reason="other",
        )
        released.append(claim.post_id)
    return tuple(released)
