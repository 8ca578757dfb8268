"""People who sign in: rows of `users`, `sign_ins` and `failed_sign_ins`, in and out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from recommender.data import schema
from recommender.data.ledger import text_of

_users, _sign_ins, _failed = schema.users, schema.sign_ins, schema.failed_sign_ins


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person who may sign in.

    Attributes
    ----------
    secret_hash
        As argon2id writes it.
    must_change
        Whether the secret was made for the person, who has to choose another first.
    """

    user_id: int
    login: str
    role: str
    scope_kind: str | None
    scope_name: str | None
    secret_hash: str
    must_change: bool
    created_on: date
    revoked: bool


def add_user(conn: Connection, **row: Any) -> int:
    """Keep a new person and give their number."""
    added = conn.execute(sa.insert(_users).returning(_users.c.user_id), row)
    return int(added.scalar_one())


def find_user(conn: Connection, login: str) -> Account | None:
    """Find a person by login, also one who may no longer sign in."""
    row = conn.execute(sa.select(_users).where(_users.c.login == login)).one_or_none()
    return None if row is None else Account(**row._asdict())


def list_users(conn: Connection) -> list[Account]:
    """List everybody, in the order in which they came."""
    found = conn.execute(sa.select(_users).order_by(_users.c.user_id))
    return [Account(**row._asdict()) for row in found]


def change_user(conn: Connection, user_id: int, **values: Any) -> None:
    """Change what is kept of a person."""
    conn.execute(sa.update(_users).where(_users.c.user_id == user_id).values(values))


def begin(conn: Connection, secret_sha256: str, user_id: int, at: datetime) -> None:
    """Keep that somebody has signed in."""
    moment = text_of(at)
    row = {"secret_sha256": secret_sha256, "user_id": user_id}
    conn.execute(sa.insert(_sign_ins), row | {"began_at": moment, "seen_at": moment})


def find_sign_in(conn: Connection, secret_sha256: str) -> tuple[Account, datetime] | None:
    """Find who is signed in under a secret, and when they were last seen."""
    query = sa.select(_users, _sign_ins.c.seen_at).join(_sign_ins)
    row = conn.execute(query.where(_sign_ins.c.secret_sha256 == secret_sha256)).one_or_none()
    if row is None:
        return None
    found = row._asdict()
    return Account(**{k: v for k, v in found.items() if k != "seen_at"}), _moment(row.seen_at)


def see(conn: Connection, secret_sha256: str, at: datetime) -> None:
    """Keep that somebody who is signed in was seen."""
    query = sa.update(_sign_ins).where(_sign_ins.c.secret_sha256 == secret_sha256)
    conn.execute(query.values(seen_at=text_of(at)))


def end(conn: Connection, secret_sha256: str) -> None:
    """End one sign-in."""
    conn.execute(sa.delete(_sign_ins).where(_sign_ins.c.secret_sha256 == secret_sha256))


def end_all(conn: Connection, user_id: int) -> None:
    """End every sign-in of a person."""
    conn.execute(sa.delete(_sign_ins).where(_sign_ins.c.user_id == user_id))


def end_older(conn: Connection, before: datetime) -> None:
    """End sign-ins of whoever was not seen since a moment."""
    conn.execute(sa.delete(_sign_ins).where(_sign_ins.c.seen_at < text_of(before)))


def failures(conn: Connection, login_sha256: str) -> tuple[int, datetime] | None:
    """Give how often a login failed in a row, and when last."""
    query = sa.select(_failed).where(_failed.c.login_sha256 == login_sha256)
    row = conn.execute(query).one_or_none()
    return None if row is None else (row.n_failed, _moment(row.last_at))


def fail(conn: Connection, login_sha256: str, n_failed: int, at: datetime) -> None:
    """Keep that a login failed so often in a row."""
    forgive(conn, login_sha256)
    row = {"login_sha256": login_sha256, "n_failed": n_failed, "last_at": text_of(at)}
    conn.execute(sa.insert(_failed), row)


def forgive(conn: Connection, login_sha256: str) -> None:
    """Forget the failures of a login."""
    conn.execute(sa.delete(_failed).where(_failed.c.login_sha256 == login_sha256))


def forget_failures(conn: Connection, before: datetime) -> None:
    """Forget failures that are older than a moment."""
    conn.execute(sa.delete(_failed).where(_failed.c.last_at < text_of(before)))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
