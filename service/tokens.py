"""Who is asking: reads the token of a request, and turns away whose role may not ask."""

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
from service.routes import may_ask

REMEMBERED_S = 900.0


def require_role() -> None:
    """Turn away a request without a valid token, or whose role may not ask.

    Raises
    ------
    Unauthorized
        Nothing says whether an invalid token was ever valid.
    Forbidden
        If the role is not among those of the route.
    """
    sent = request.authorization
    secret = sent.token if sent is not None and sent.type == "bearer" else None
    if not secret:
        raise Unauthorized(www_authenticate=_challenge())
    found = grant_of(secret)
    if found is None:
        raise Unauthorized(www_authenticate=_challenge(error="invalid_token"))
    g.grant = found
    if not may_ask(found.role, request.endpoint):
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


def grant_of(secret: str) -> Grant | None:
    """Read a token, as it is now; while the database is away, as it was a moment ago.

    Without that nobody could be answered from the last snapshot.
    """
    grants = parts().grants
    if grants is not None:
        return grants(secret)
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
