"""People who sign in: made, let in, slowed where they guess, sent away; no secret is a default.

A made secret is shown once and has to be changed. Secrets are kept as argon2id hashes, what a
browser carries as its SHA-256; both tables are in the database, so that signing out, taking an
account back and idling away hold in every process at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine

from recommender import access
from recommender.access import Grant
from recommender.data import accounts as kept
from recommender.data import store
from recommender.data.accounts import Account
from recommender.errors import LoginTaken, NotFound, SignInRefused, SignInSlowed, Unreadable

IDLE = timedelta(minutes=30)
# Written down at most so often: a click need not wait for the disk.
SEEN_EVERY = timedelta(minutes=1)
MIN_SECRET_CHARS = 10
MAX_SECRET_CHARS = 256
# So many failures in a row cost nothing; each further one doubles the wait, up to the longest.
FREE_FAILURES = 4
LONGEST_WAIT_S = 300
# Failures are forgotten after so long without another one.
LAPSES = timedelta(hours=1)
# Without letters and digits that are mistaken for each other: 31 to the power of 16 is 79 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_LOGIN = re.compile(r"[\w.@-]{2,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who is signed in.

    Attributes
    ----------
    secret
        What their browser carries; kept nowhere else.
    must_change
        Whether they have to choose a secret of their own first.
    """

    secret: str
    login: str
    grant: Grant
    must_change: bool


def create_user(
    engine: Engine,
    login: str,
    *,
    role: str,
    day: date,
    scope_kind: str | None = None,
    scope_name: str | None = None,
) -> str:
    """Let somebody sign in, and give the first secret, which nobody can read again.

    Raises
    ------
    Unreadable
        If the login, role or scope cannot be.
    LoginTaken
        If somebody has the login, also an account that was taken back.
    """
    if _LOGIN.fullmatch(login) is None:
        raise Unreadable("login", login, "not_a_login")
    access.check_role(role, scope_kind, scope_name)
    secret = _made_secret()
    with store.writing(engine) as conn:
        if kept.find_user(conn, login) is not None:
            raise LoginTaken(login)
        access.require_known(conn, scope_kind, scope_name)
        kept.add_user(
            conn,
            login=login,
            role=role,
            scope_kind=scope_kind,
            scope_name=scope_name,
            secret_hash=_hasher().hash(secret),
            must_change=True,
            created_on=day,
            revoked=False,
        )
    return secret


def first_user(engine: Engine, day: date) -> str | None:
    """Make the account ``admin`` where nobody may sign in yet, and give its secret; else None."""
    with store.reading(engine) as conn:
        if kept.list_users(conn):
            return None
    return create_user(engine, "admin", role="admin", day=day)


def list_users(engine: Engine) -> list[Account]:
    """List everybody, also accounts that were taken back."""
    with store.reading(engine) as conn:
        return kept.list_users(conn)


def reset_user(engine: Engine, login: str) -> str:
    """Give somebody a new first secret, and end whatever is signed in under the login.

    Raises
    ------
    NotFound
        If nobody may sign in under the login.
    """
    secret = _made_secret()
    with store.writing(engine) as conn:
        found = _held(kept.find_user(conn, login), login)
        kept.change_user(conn, found.user_id, secret_hash=_hasher().hash(secret), must_change=True)
        kept.end_all(conn, found.user_id)
        kept.forgive(conn, _digest(login))
    return secret


def revoke_user(engine: Engine, login: str) -> None:
    """Take an account back, and end whatever is signed in under the login.

    Raises
    ------
    NotFound
        If nobody may sign in under the login.
    """
    with store.writing(engine) as conn:
        found = _held(kept.find_user(conn, login), login)
        kept.change_user(conn, found.user_id, revoked=True)
        kept.end_all(conn, found.user_id)


def sign_in(engine: Engine, login: str, secret: str, *, now: datetime) -> SignedIn:
    """Let somebody in whose login and secret belong together.

    Failures are counted by login in the database, known or not: after a few in a row the next
    try has to wait, whichever process it comes to.

    Raises
    ------
    SignInSlowed
        If the next try has to wait; the secret was not looked at.
    SignInRefused
        If they do not belong together, or the account was taken back.
    """
    who = _digest(login)
    with store.writing(engine) as conn:
        found = kept.find_user(conn, login) if _LOGIN.fullmatch(login) else None
        # Counted before it is looked at, so that many tries at once are no way around.
        kept.fail(conn, who, _tries(kept.failures(conn, who), now) + 1, now)
        kept.forget_failures(conn, now - LAPSES)
    fits = _fits(found.secret_hash if found else _nobodys_hash(), secret)
    if found is None or found.revoked or not fits:
        raise SignInRefused
    carried = secrets.token_urlsafe(32)
    with store.writing(engine) as conn:
        kept.forgive(conn, who)
        kept.end_older(conn, now - IDLE)
        kept.begin(conn, _digest(carried), found.user_id, now)
    return _signed_in(carried, found)


def signed_in(engine: Engine, secret: str, *, now: datetime) -> SignedIn | None:
    """Say who is signed in under what a browser carries; None where nobody is, or too long idle."""
    with store.reading(engine) as conn:
        row = kept.find_sign_in(conn, _digest(secret))
    if row is None:
        return None
    account, seen_at = row
    if account.revoked or not timedelta(0) <= now - seen_at + SEEN_EVERY <= IDLE + SEEN_EVERY:
        sign_out(engine, secret)
        return None
    if now - seen_at >= SEEN_EVERY:
        with store.writing(engine) as conn:
            kept.see(conn, _digest(secret), now)
    return _signed_in(secret, account)


def sign_out(engine: Engine, secret: str) -> None:
    """End a sign-in: what the browser still carries opens nothing any more."""
    with store.writing(engine) as conn:
        kept.end(conn, _digest(secret))


def change_secret(engine: Engine, who: SignedIn, old: str, new: str, *, now: datetime) -> SignedIn:
    """Choose another secret; every other sign-in of the person ends, and this one begins anew.

    Raises
    ------
    Unreadable
        If the new one is too short, too long, the login or the old one.
    SignInRefused
        If the old one is not theirs.
    """
    too_plain = new in (old, who.login) or not MIN_SECRET_CHARS <= len(new) <= MAX_SECRET_CHARS
    if too_plain:
        raise Unreadable("secret", "", "weak_secret")
    checked = sign_in(engine, who.login, old, now=now)
    with store.writing(engine) as conn:
        found = _held(kept.find_user(conn, who.login), who.login)
        kept.end_all(conn, found.user_id)
        kept.change_user(conn, found.user_id, secret_hash=_hasher().hash(new), must_change=False)
        kept.begin(conn, _digest(checked.secret), found.user_id, now)
    return SignedIn(secret=checked.secret, login=who.login, grant=who.grant, must_change=False)


def cookie_key(home: Path) -> bytes:
    """Give the key that signs this installation's cookies; the first who asks makes it."""
    file = home / "cookie.key"
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), _draft(file) as draft:
        draft.write_bytes(secrets.token_bytes(32))
        file.hardlink_to(draft)  # whole, or not there; never in place of another's
    return file.read_bytes()


@contextlib.contextmanager
def _draft(file: Path) -> Iterator[Path]:
    """Give a path beside a file, which nobody else may read and which goes afterwards."""
    if file.exists():
        raise FileExistsError(file)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    try:
        yield draft
    finally:
        draft.unlink()


def _signed_in(secret: str, account: Account) -> SignedIn:
    return SignedIn(
        secret=secret,
        login=account.login,
        grant=Grant(
            token_id=account.user_id,
            role=account.role,
            scope_kind=account.scope_kind,
            scope_name=account.scope_name,
        ),
        must_change=account.must_change,
    )


def _held(found: Account | None, login: str) -> Account:
    if found is None or found.revoked:
        raise NotFound("user", login)
    return found


def _tries(failed: tuple[int, datetime] | None, now: datetime) -> int:
    """Give how often a login failed of late; refuse to look where the next try has to wait."""
    if failed is None:
        return 0
    n_failed, last_at = failed
    wait = _wait(n_failed) - (now - last_at)
    if wait > timedelta(0):
        raise SignInSlowed(ceil(wait.total_seconds()))
    return n_failed


def _wait(n_failed: int) -> timedelta:
    beyond = n_failed - FREE_FAILURES
    return timedelta(seconds=min(2 ** min(beyond, 20), LONGEST_WAIT_S) if beyond > 0 else 0)


def _made_secret() -> str:
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(16))
    return "-".join(drawn[start : start + 4] for start in range(0, 16, 4))


def _fits(secret_hash: str, secret: str) -> bool:
    if len(secret) > MAX_SECRET_CHARS:
        return False
    try:
        return _hasher().verify(secret_hash, secret.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    # RFC 9106, second recommended option, in a quarter of its threads: a worker has few.
    return PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)


@cache
def _nobodys_hash() -> str:
    """Give a hash that nothing fits, so that an unknown login takes as long as a known one."""
    return _hasher().hash(secrets.token_urlsafe(32))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
