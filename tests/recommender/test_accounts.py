from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from recommender import accounts
from recommender.data import schema, store
from recommender.errors import LoginTaken, NotFound, SignInRefused, SignInSlowed, Unreadable
from tests.builders import DAY

NOW = datetime(2026, 5, 15, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spend no memory and time on hashes; how strong they are has a test of its own."""
    cheap = accounts.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: cheap)
    accounts._nobodys_hash.cache_clear()


@pytest.fixture
def secret(sqlite_engine: Engine) -> str:
    return accounts.create_user(sqlite_engine, "wang", role="officer", day=DAY)


def test_a_login_that_nobody_could_type_is_refused(sqlite_engine: Engine) -> None:
    for login in ("", "a", "a b", "x" * 65, "<b>"):
        with pytest.raises(Unreadable) as refusal:
            accounts.create_user(sqlite_engine, login, role="officer", day=DAY)
        assert refusal.value.code == "not_a_login"


def test_a_role_that_does_not_exist_is_refused(sqlite_engine: Engine) -> None:
    with pytest.raises(Unreadable):
        accounts.create_user(sqlite_engine, "wang", role="king", day=DAY)
    assert accounts.list_users(sqlite_engine) == []


@pytest.mark.usefixtures("secret")
def test_a_login_is_one_persons_also_after_it_was_taken_back(sqlite_engine: Engine) -> None:
    accounts.revoke_user(sqlite_engine, "wang")
    with pytest.raises(LoginTaken):
        accounts.create_user(sqlite_engine, "wang", role="admin", day=DAY)
    with pytest.raises(NotFound):
        accounts.reset_user(sqlite_engine, "wang")


def test_nobody_comes_in_with_a_wrong_secret_or_none(sqlite_engine: Engine, secret: str) -> None:
    for login, tried in (("wang", ""), ("wang", secret[:-1]), ("li", secret), ("\ud800", "\ud800")):
        with pytest.raises(SignInRefused):
            accounts.sign_in(sqlite_engine, login, tried, now=NOW)


def test_nobody_comes_in_whose_account_was_taken_back(sqlite_engine: Engine, secret: str) -> None:
    inside = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    accounts.revoke_user(sqlite_engine, "wang")
    assert accounts.signed_in(sqlite_engine, inside.secret, now=NOW) is None
    with pytest.raises(SignInRefused):
        accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)


@pytest.mark.parametrize("login", ["wang", "nobody"])
def test_after_four_failures_each_further_one_doubles_the_wait(
    sqlite_engine: Engine, secret: str, login: str
) -> None:
    for _ in range(5):  # four are free; the fifth starts a wait of 2 s
        with pytest.raises(SignInRefused):
            accounts.sign_in(sqlite_engine, login, "wrong", now=NOW)
    with pytest.raises(SignInSlowed) as slowed:
        accounts.sign_in(sqlite_engine, login, secret, now=NOW + timedelta(seconds=0.5))
    assert slowed.value.wait_s == 2  # 1.5 s, said as whole seconds
    later = NOW + timedelta(seconds=2)
    with pytest.raises(SignInRefused):
        accounts.sign_in(sqlite_engine, login, "wrong", now=later)
    with pytest.raises(SignInSlowed) as slowed:
        accounts.sign_in(sqlite_engine, login, secret, now=later)
    assert slowed.value.wait_s == 4


def test_the_wait_ends_at_five_minutes_and_an_hour_forgets(
    sqlite_engine: Engine, secret: str
) -> None:
    now = NOW
    for _ in range(16):  # 2^12 s would be over an hour
        with pytest.raises(SignInRefused):
            accounts.sign_in(sqlite_engine, "wang", "wrong", now=now)
        now += timedelta(seconds=300)
    now -= timedelta(seconds=1)
    with pytest.raises(SignInSlowed) as slowed:
        accounts.sign_in(sqlite_engine, "wang", secret, now=now)
    assert slowed.value.wait_s == 1
    accounts.sign_in(sqlite_engine, "wang", secret, now=now + timedelta(seconds=1))
    with pytest.raises(SignInRefused):
        accounts.sign_in(sqlite_engine, "li", "wrong", now=now)
    accounts.sign_in(sqlite_engine, "wang", secret, now=now + timedelta(hours=2))
    with store.reading(sqlite_engine) as conn:
        assert conn.execute(schema.failed_sign_ins.select()).all() == []


def test_who_signed_in_is_known_until_half_an_hour_without_a_click(
    sqlite_engine: Engine, secret: str
) -> None:
    inside = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    at = NOW
    for _ in range(3):  # each click begins the half hour anew
        at += timedelta(minutes=30)
        seen = accounts.signed_in(sqlite_engine, inside.secret, now=at)
        assert seen is not None
        assert (seen.login, seen.grant.role, seen.must_change) == ("wang", "officer", True)
    assert accounts.signed_in(sqlite_engine, inside.secret, now=at + timedelta(minutes=31)) is None
    assert accounts.signed_in(sqlite_engine, inside.secret, now=at) is None


def test_signing_out_ends_it_on_the_server(sqlite_engine: Engine, secret: str) -> None:
    inside = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    other = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    accounts.sign_out(sqlite_engine, inside.secret)
    assert accounts.signed_in(sqlite_engine, inside.secret, now=NOW) is None
    assert accounts.signed_in(sqlite_engine, other.secret, now=NOW) is not None


def test_a_plain_new_secret_or_a_wrong_old_one_changes_nothing(
    sqlite_engine: Engine, secret: str
) -> None:
    inside = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    for new in ("ninechars", "x" * 257, secret, "wang"):
        with pytest.raises(Unreadable):
            accounts.change_secret(sqlite_engine, inside, secret, new, now=NOW)
    with pytest.raises(SignInRefused):
        accounts.change_secret(sqlite_engine, inside, "wrong", "ten chars!", now=NOW)
    accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)


def test_a_changed_secret_ends_what_was_open_elsewhere(sqlite_engine: Engine, secret: str) -> None:
    elsewhere = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    inside = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    changed = accounts.change_secret(sqlite_engine, inside, secret, "十个字的新密码就这样", now=NOW)
    assert not changed.must_change
    for old in (elsewhere, inside):
        assert accounts.signed_in(sqlite_engine, old.secret, now=NOW) is None
    seen = accounts.signed_in(sqlite_engine, changed.secret, now=NOW)
    assert seen is not None
    assert not seen.must_change
    with pytest.raises(SignInRefused):
        accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)


def test_a_reset_gives_another_first_secret_and_ends_the_wait(
    sqlite_engine: Engine, secret: str
) -> None:
    inside = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.sign_in(sqlite_engine, "wang", "wrong", now=NOW)
    fresh = accounts.reset_user(sqlite_engine, "wang")
    assert accounts.signed_in(sqlite_engine, inside.secret, now=NOW) is None
    assert accounts.sign_in(sqlite_engine, "wang", fresh, now=NOW).must_change


def test_the_first_account_is_made_once(sqlite_engine: Engine) -> None:
    first = accounts.first_user(sqlite_engine, DAY)
    assert first is not None
    assert accounts.sign_in(sqlite_engine, "admin", first, now=NOW).grant.role == "admin"
    assert accounts.first_user(sqlite_engine, DAY) is None
    accounts.revoke_user(sqlite_engine, "admin")
    assert accounts.first_user(sqlite_engine, DAY) is None


def test_nothing_that_lets_in_is_kept_as_it_is(sqlite_engine: Engine, secret: str) -> None:
    inside = accounts.sign_in(sqlite_engine, "wang", secret, now=NOW)
    with store.reading(sqlite_engine) as conn:
        kept = [
            tuple(row)
            for table in (schema.users, schema.sign_ins)
            for row in conn.execute(table.select())
        ]
    assert not any(each in str(kept) for each in (secret, inside.secret))


def test_secrets_are_long_and_their_hashes_are_argon2id(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    secret = accounts.create_user(sqlite_engine, "wang", role="officer", day=DAY)
    assert len(secret.replace("-", "")) == 16
    (user,) = accounts.list_users(sqlite_engine)
    assert user.secret_hash.startswith("$argon2id$v=19$m=65536,t=3,p=1$")  # RFC 9106, 4 lanes to 1
