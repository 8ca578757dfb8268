"""Signed links: by one a graduate sees, corrects, withdraws and declines for themselves.

A link is a drawn number and its signature by the key of home. The number alone, which the
database keeps, opens nothing; neither says whose it is.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from recommender.data import cases as kept
from recommender.data import store
from recommender.data.person_keys import PersonKeys
from recommender.persons import OwnLink
from recommender.rights.consents import person

DAYS, MOST_DAYS = 14, 90
_ID_BYTES = 16
_SIGNATURE_DIGITS = 32


def make(
    engine: Engine, home: Path, graduate_id: str, *, days: int = DAYS, at: datetime, who: str
) -> str:
    """Make a link for a graduate and give what stands in its address; earlier ones end.

    Raises
    ------
    ValueError
        If the days are not 1 to `MOST_DAYS`.
    NotFound
        If the graduate is not stored.
    OSError
        If the key of home can be neither read nor made.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"days are 1 to {MOST_DAYS}, not {days}")
    link_id = secrets.token_hex(_ID_BYTES)
    signed = _token(PersonKeys(home), link_id)
    with store.writing(engine) as conn:
        person(conn, graduate_id)
        kept.revoke_links(conn, graduate_id)
        link = OwnLink(
            link_id=link_id,
            graduate_id=graduate_id,
            made_at=at,
            made_by=who,
            expires_at=at + timedelta(days=days),
            revoked=False,
        )
        kept.add_link(conn, link)
    return signed


def whose(engine: Engine, home: Path, token: str, *, now: datetime) -> str | None:
    """Say whose link it is; None where it opens nothing (any more), whatever the reason."""
    link_id = token[: 2 * _ID_BYTES]
    given, signed = token.encode("utf-8", "replace"), _token(PersonKeys(home), link_id)
    if not hmac.compare_digest(given, signed.encode("utf-8", "replace")):
        return None
    with store.reading(engine) as conn:
        link = kept.find_link(conn, link_id)
    return link.graduate_id if link is not None and link.opens_at(now) else None


def list_links(engine: Engine, graduate_id: str) -> list[OwnLink]:
    """List the links of a graduate, the latest first.

    Raises
    ------
    NotFound
        If the graduate is not stored.
    """
    with store.reading(engine) as conn:
        person(conn, graduate_id)
        return kept.load_links(conn, graduate_id)


def revoke(engine: Engine, graduate_id: str) -> int:
    """Take every link of a graduate back; give how many opened something.

    Raises
    ------
    NotFound
        If the graduate is not stored.
    """
    with store.writing(engine) as conn:
        person(conn, graduate_id)
        return kept.revoke_links(conn, graduate_id)


def _token(keys: PersonKeys, link_id: str) -> str:
    return link_id + keys.sign(link_id)[:_SIGNATURE_DIGITS]
