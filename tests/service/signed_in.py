"""Signs a client in at the console, past the first secret, without the cost of strong hashes."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender import accounts
from recommender.data import accounts as kept
from recommender.data import store
from tests.builders import DAY

SECRET = "一句好记的话就是好密码"  # noqa: S105 — of a test


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = accounts.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: cheap)
    accounts._nobodys_hash.cache_clear()


def form(client: FlaskClient) -> dict[str, str]:
    """Give the hidden field that every form carries."""
    page = client.get("/console/sign-in").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return {"csrf_token": found[1]}


def make_user(engine: Engine, login: str, role: str = "officer", **scope: str) -> None:
    """Let somebody sign in with a secret of their own."""
    accounts.create_user(engine, login, role=role, day=DAY, **scope)
    with store.writing(engine) as conn:
        found = kept.find_user(conn, login)
        assert found is not None
        own = accounts._hasher().hash(SECRET)
        kept.change_user(conn, found.user_id, secret_hash=own, must_change=False)


def sign_in(client: FlaskClient, engine: Engine, role: str = "officer", **scope: str) -> None:
    login = f"some-{role}"
    make_user(engine, login, role, **scope)
    sent = form(client) | {"login": login, "secret": SECRET}
    assert client.post("/console/sign-in", data=sent).status_code == 302
