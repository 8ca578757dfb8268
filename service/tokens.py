"""Who is asking, and which role may ask what: the least that each role needs."""

from __future__ import annotations

import hashlib
import time

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from recommender import access
from recommender.access import Grant
from recommender.errors import Busy, DatabaseFailed
from recommender.places import Clerk
from service.parts import parts

REMEMBERED_S = 900.0
_PEOPLE = frozenset({"officer", "admin", "auditor"})
_CLERKS = frozenset({"officer", "admin"})
_EVERYBODY = frozenset(access.ROLES)

# View → roles. The kiosk's question names no known person, so any token may ask it.
# Enterprises and alliances see no graduate: nobody has agreed to be shown to them.
MAY_ASK = {
    "graduate_ranking": _PEOPLE,
    "post_graduates": _PEOPLE,
    "pair_eligibility": _PEOPLE,
    "profile_ranking": _EVERYBODY,
    "record_outcome": frozenset({"officer", "admin", "data"}),
    "hold_place": _CLERKS,
    "confirm_place": _CLERKS,
    "release_place": _CLERKS,
    "post_places": _PEOPLE,
}


def require_role() -> None:
    """Turn away a request without a valid token, or whose role may not ask.

    Raises
    ------
    Unauthorized
        Nothing says whether an invalid token was ever valid.
    Forbidden
        If the role is not among those of the view.
    """
    sent = request.authorization
    secret = sent.token if sent is not None and sent.type == "bearer" else None
    if not secret:
        raise Unauthorized(www_authenticate=_challenge())
    found = _grant_of(secret)
    if found is None:
        raise Unauthorized(www_authenticate=_challenge(error="invalid_token"))
    g.grant = found
    if found.role not in MAY_ASK[(request.endpoint or "").rpartition(".")[2]]:
        raise Forbidden


def grant() -> Grant:
    """Give what the bearer of the present request may be asked about."""
    found: Grant = g.grant
    return found


def clerk() -> Clerk:
    """Say who asks, and when, as the ledger of places keeps it."""
    now, hours = parts().now(), parts().settings.hold_hours
    return Clerk(who=f"{grant().role} {grant().token_id}", now=now, hold_hours=hours)


def own_key(key: str | None) -> str | None:
    """Make a key the bearer's own: one bearer's keys say nothing of another's."""
    return f"{grant().token_id}:{key}" if key else None


def _grant_of(secret: str) -> Grant | None:
    """Read a token, as it is now; while the database is away, as it was a moment ago.

    Without that nobody could be answered from the last snapshot.
    """
    seen, key = parts().seen, hashlib.sha256(secret.encode("utf-8", "replace")).digest()
    try:
        found = access.grant_of(parts().engine, secret)
    except (Busy, DatabaseFailed):
        remembered, seen_at = seen.get(key, (None, 0.0))
        if remembered is None or time.monotonic() - seen_at > REMEMBERED_S:
            raise
        return remembered
    if found is None:
        seen.pop(key, None)
    else:
        seen[key] = (found, time.monotonic())
    return found


def _challenge(**facts: str) -> WWWAuthenticate:
    return WWWAuthenticate("bearer", {"realm": "placement", **facts})
