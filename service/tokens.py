"""Who is asking, and which role may ask what: the least that each role needs."""

from __future__ import annotations

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from recommender import access
from recommender.access import Grant
from service.parts import parts

_PEOPLE = frozenset({"officer", "admin", "auditor"})
_EVERYBODY = frozenset(access.ROLES)

# View → roles. The kiosk's question names no known person, so any token may ask it.
# Enterprises and alliances see no graduate: nobody has agreed to be shown to them.
MAY_ASK = {
    "graduate_ranking": _PEOPLE,
    "post_graduates": _PEOPLE,
    "pair_eligibility": _PEOPLE,
    "profile_ranking": _EVERYBODY,
    "record_outcome": frozenset({"officer", "admin", "data"}),
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
    found = access.grant_of(parts().engine, secret)
    if found is None:
        raise Unauthorized(www_authenticate=_challenge(error="invalid_token"))
    g.grant = found
    if found.role not in MAY_ASK[(request.endpoint or "").rpartition(".")[2]]:
        raise Forbidden


def grant() -> Grant:
    """Give what the bearer of the present request may be asked about."""
    found: Grant = g.grant
    return found


def _challenge(**facts: str) -> WWWAuthenticate:
    return WWWAuthenticate("bearer", {"realm": "placement", **facts})
