"""Who may come in: opens the database, and makes, reads and revokes API tokens.

A token is shown once and kept as its SHA-256 only. It is 256 random bits, so a plain digest
cannot be turned back by guessing, and looking it up costs one indexed read.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from sqlalchemy import Connection, Engine

from recommender.data import bodies, store
from recommender.errors import NotFound, Unreadable

ROLES = ("officer", "alliance", "data", "enterprise", "kiosk", "auditor", "admin")
SCOPES = ("college", "alliance", "enterprise")
# Who looks after an alliance's people looks after one alliance's.
OF_ONE_ALLIANCE = frozenset({"alliance"})
# Who may see a name or a student number; everybody else sees the id.
SEE_NAMES = frozenset({"officer", "admin"})
PREFIX = "placement_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What the bearer of a token may be asked about.

    Attributes
    ----------
    role
        One of `ROLES`; which questions the bearer may ask.
    scope_kind, scope_name
        Whose people and posts they may be about: ``college``, ``alliance`` or
        ``enterprise`` and its name; None and None hold for all.
    """

    token_id: int
    role: str
    scope_kind: str | None = None
    scope_name: str | None = None

    @property
    def is_for_all(self) -> bool:
        """Whether it holds for everybody's people; of an alliance's role never."""
        return self.scope_kind is None and self.role not in OF_ONE_ALLIANCE


def open_database(url: str) -> Engine:
    """Open the database, its tables brought up to date."""
    engine = store.connect(url)
    store.upgrade(engine)
    return engine


def create_token(
    engine: Engine,
    *,
    role: str,
    day: date,
    scope_kind: str | None = None,
    scope_name: str | None = None,
) -> str:
    """Make a token and give its secret, which nobody can read again.

    Raises
    ------
    Unreadable
        If there is no such role or scope, a scope without a name, or the role of an alliance
        without one.
    NotFound
        If nobody goes by the scope's name; those that are near are suggested.
    """
    check_role(role, scope_kind, scope_name)
    secret = PREFIX + secrets.token_urlsafe(32)
    with store.writing(engine) as conn:
        require_known(conn, scope_kind, scope_name)
        store.create_token(conn, role, scope_kind, scope_name, _digest(secret), day)
    return secret


def check_role(role: str, scope_kind: str | None, scope_name: str | None) -> None:
    """Refuse what is no role or scope, a scope without a name, and an alliance's role without one.

    Raises
    ------
    Unreadable
        If it is one of these.
    """
    if role not in ROLES:
        raise Unreadable("role", role, "unknown_role", ROLES)
    if scope_kind is not None and scope_kind not in SCOPES:
        raise Unreadable("scope", scope_kind, "unknown_scope", SCOPES)
    if bool(scope_kind) != bool(scope_name):
        raise Unreadable("scope", scope_name or "", "scope_without_name")
    if role in OF_ONE_ALLIANCE and scope_kind != "alliance":
        raise Unreadable("role", role, "role_of_one_alliance")


def require_known(conn: Connection, scope_kind: str | None, scope_name: str | None) -> None:
    """Refuse a scope that nobody goes by.

    Raises
    ------
    NotFound
        With the names that are near.
    """
    if scope_kind is None or scope_name is None:
        return
    known = bodies.names(conn, scope_kind)
    if scope_name not in known:
        near = get_close_matches(scope_name, sorted(known), n=3, cutoff=0.3)
        raise NotFound(scope_kind, scope_name, near)


def grant_of(engine: Engine, secret: str) -> Grant | None:
    """Read a token; None where nobody made it or it was revoked."""
    with store.reading(engine) as conn:
        found = store.find_token(conn, _digest(secret))
    if found is None:
        return None
    return Grant(
        token_id=found.token_id,
        role=found.role,
        scope_kind=found.scope_kind,
        scope_name=found.scope_name,
    )


def revoke_token(engine: Engine, token: str) -> None:
    """Take a token back, named by its number or by the secret itself.

    Raises
    ------
    NotFound
        If there is no such token.
    """
    with store.writing(engine) as conn:
        found = None if token.isdecimal() else store.find_token(conn, _digest(token))
        number = int(token) if token.isdecimal() else found.token_id if found else None
        if number is None or not store.revoke_token(conn, number):
            # A secret is never repeated in a message.
            raise NotFound("token", token if token.isdecimal() else "")


def list_tokens(engine: Engine) -> list[store.TokenGrant]:
    """List every token, also revoked ones; a secret is kept nowhere."""
    with store.reading(engine) as conn:
        return store.list_tokens(conn)


def within(engine: Engine, grant: Grant, graduate_ids: Iterable[str]) -> frozenset[str]:
    """Leave only the graduates whom the token's scope covers; all where it has none."""
    wanted = list(graduate_ids)
    if grant.is_for_all:
        return frozenset(wanted)
    with store.reading(engine) as conn:
        colleges = _colleges(conn, grant)
        found = store.load_graduates(conn, ids=wanted)
    return frozenset(each.graduate_id for each in found if each.college in colleges)


def require_within(engine: Engine, grant: Grant, graduate_id: str) -> None:
    """Treat a graduate outside the token's scope as unknown.

    Raises
    ------
    NotFound
        Just as for an id that nobody holds, so that the answer does not tell them apart.
    """
    if not grant.is_for_all and graduate_id not in within(engine, grant, [graduate_id]):
        raise NotFound("graduate", graduate_id)


def colleges(engine: Engine, grant: Grant) -> frozenset[str] | None:
    """Name the colleges whose people a grant covers; None where it covers everybody's."""
    if grant.is_for_all:
        return None
    with store.reading(engine) as conn:
        return _colleges(conn, grant)


def _colleges(conn: Connection, grant: Grant) -> frozenset[str]:
    if grant.scope_kind == "college":
        return frozenset({grant.scope_name or ""})
    if grant.scope_kind == "alliance":
        members = store.load_members(conn)
        return frozenset(each.name for each in members if each.alliance == grant.scope_name)
    return frozenset()  # an enterprise has posts, not graduates


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
