from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender import accounts
from service import create_app
from service.routes import ROUTES
from tests.builders import DAY
from tests.service.conftest import settings_for
from tests.service.fake_desk import FakeDesk
from tests.service.signed_in import SECRET, cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]
NOW = datetime(2026, 5, 15, 9, 0, tzinfo=UTC)


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(
    sqlite_engine: Engine, tmp_path: Path, clock: Clock, request: pytest.FixtureRequest
) -> Flask:
    settings = settings_for(tmp_path, sqlite_engine)
    return create_app(
        getattr(request, "param", lambda given: given)(settings),
        engine=sqlite_engine,
        desk=FakeDesk(),
        today=lambda: DAY,
        clock=clock,
    )


def console_routes(app: Flask) -> list[tuple[str, str]]:
    return [
        (rule.endpoint, re.sub(r"<[^>]+>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
    ]


def test_a_stranger_is_led_to_the_door_from_every_page(app: Flask, client: FlaskClient) -> None:
    for endpoint, path in console_routes(app):
        methods = next(r.methods for r in app.url_map.iter_rules(endpoint)) or set()
        answer = client.open(path, method="GET" if "GET" in methods else "POST", data=form(client))
        if ROUTES[endpoint].roles is None:
            assert answer.status_code in (200, 401)
        else:
            assert answer.status_code == 302, endpoint
            assert answer.location.startswith("/console/sign-in"), endpoint


def test_a_role_without_a_page_is_turned_away(
    app: Flask, client: FlaskClient, sqlite_engine: Engine
) -> None:
    sign_in(client, sqlite_engine, role="kiosk")
    for endpoint, path in console_routes(app):
        if "kiosk" in (ROUTES[endpoint].roles or {"kiosk"}):
            continue
        methods = next(r.methods for r in app.url_map.iter_rules(endpoint)) or set()
        answer = client.open(path, method="GET" if "GET" in methods else "POST", data=form(client))
        assert answer.status_code == 403, endpoint


def test_no_form_is_taken_without_its_own_token(client: FlaskClient, sqlite_engine: Engine) -> None:
    sign_in(client, sqlite_engine)
    for sent in ({}, {"csrf_token": "guessed"}):
        answer = client.post("/console/sign-out", data=sent)
        assert answer.status_code == 400
        assert "页面已过期" in answer.text
    assert client.get("/console/secret").status_code == 200


def test_a_wrong_secret_is_said_and_the_login_stays(
    client: FlaskClient, sqlite_engine: Engine
) -> None:
    accounts.create_user(sqlite_engine, "wang", role="officer", day=DAY)
    answer = client.post("/console/sign-in", data=form(client) | {"login": "wang", "secret": "no"})
    assert answer.status_code == 401
    assert "登录名或密码不对" in answer.text
    assert 'value="wang"' in answer.text


def test_who_fails_too_often_is_told_how_long_to_wait(client: FlaskClient) -> None:
    sent = form(client) | {"login": "wang", "secret": "no"}
    statuses = [client.post("/console/sign-in", data=sent).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    answer = client.post("/console/sign-in", data=sent)
    assert answer.headers["Retry-After"] == "2"
    assert "请 2 秒后再试" in answer.text


@pytest.mark.parametrize(
    ("environ", "headers"),
    [
        ({"REMOTE_ADDR": "192.168.1.7"}, {}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "192.168.1.7"}),
        ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "::1, 192.168.1.7"}),
    ],
)
def test_nobody_signs_in_over_a_line_that_others_can_read(
    client: FlaskClient, environ: dict[str, str], headers: dict[str, str]
) -> None:
    answer = client.get("/console/sign-in", environ_base=environ, headers=headers)
    assert answer.status_code == 403
    assert "没有加密" in answer.text
    assert "<form" not in answer.text


def test_https_in_front_makes_a_line_safe(client: FlaskClient) -> None:
    forwarded = {"X-Forwarded-For": "192.168.1.7", "X-Forwarded-Proto": "https"}
    assert client.get("/console/sign-in", headers=forwarded).status_code == 200


def risky(settings: object) -> object:
    import dataclasses

    return dataclasses.replace(settings, plain_sign_in=True)  # type: ignore[type-var]


@pytest.mark.parametrize("app", [risky], indirect=True)
def test_a_setting_takes_the_risk_of_a_plain_line(client: FlaskClient) -> None:
    there = {"REMOTE_ADDR": "192.168.1.7"}
    assert client.get("/console/sign-in", environ_base=there).status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/console", "https://evil.example/console", "/\\evil"]
)
def test_signing_in_leads_nowhere_else(
    client: FlaskClient, sqlite_engine: Engine, elsewhere: str
) -> None:
    secret = accounts.create_user(sqlite_engine, "wang", role="officer", day=DAY)
    answer = client.post(
        "/console/sign-in",
        query_string={"next": elsewhere},
        data=form(client) | {"login": "wang", "secret": secret},
    )
    assert answer.location == "/console/"


def test_a_first_secret_opens_only_the_page_that_changes_it(
    client: FlaskClient, sqlite_engine: Engine
) -> None:
    secret = accounts.create_user(sqlite_engine, "wang", role="admin", day=DAY)
    client.post("/console/sign-in", data=form(client) | {"login": "wang", "secret": secret})
    assert client.get("/console/").location == "/console/secret"
    page = client.get("/console/secret")
    assert "首次密码" in page.text
    for sent in (
        {"old": secret, "new": "short", "again": "short"},
        {"old": secret, "new": SECRET, "again": "another one"},
        {"old": "wrong", "new": SECRET, "again": SECRET},
    ):
        assert client.post("/console/secret", data=form(client) | sent).status_code == 422
    right = {"old": secret, "new": SECRET, "again": SECRET}
    assert client.post("/console/secret", data=form(client) | right).location == "/console/"
    assert client.get("/console/secret").status_code == 200
    assert client.get("/console/").location != "/console/secret"


def test_signing_out_makes_the_cookie_worthless(client: FlaskClient, sqlite_engine: Engine) -> None:
    sign_in(client, sqlite_engine)
    cookie = client.get_cookie("placement_console", path="/console")
    assert cookie is not None
    client.post("/console/sign-out", data=form(client))
    client.set_cookie("placement_console", cookie.value, path="/console")
    assert client.get("/console/secret").location.startswith("/console/sign-in")


def test_half_an_hour_without_a_click_ends_it(
    client: FlaskClient, sqlite_engine: Engine, clock: Clock
) -> None:
    sign_in(client, sqlite_engine)
    clock.now = NOW + timedelta(minutes=31)
    assert client.get("/console/secret").location.startswith("/console/sign-in")


def test_a_part_of_a_page_leads_the_whole_page_to_the_door(client: FlaskClient) -> None:
    answer = client.get("/console/secret", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["HX-Redirect"].startswith("/console/sign-in")


def test_the_cookie_is_for_the_console_alone_and_for_no_script(
    client: FlaskClient, sqlite_engine: Engine
) -> None:
    secret = accounts.create_user(sqlite_engine, "wang", role="officer", day=DAY)
    answer = client.post(
        "/console/sign-in", data=form(client) | {"login": "wang", "secret": secret}
    )
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "Path=/console", "SameSite=Lax"} <= set(cookie.split("; "))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in client.get("/").headers


def secure(settings: object) -> object:
    import dataclasses

    return dataclasses.replace(settings, https=True)  # type: ignore[type-var]


@pytest.mark.parametrize("app", [secure], indirect=True)
def test_with_https_the_cookie_goes_nowhere_else(client: FlaskClient) -> None:
    answer = client.get("/console/sign-in", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


def test_the_language_is_kept_once_chosen(client: FlaskClient) -> None:
    assert "登录名" in client.get("/console/sign-in").text
    assert "Login" in client.get("/console/sign-in?lang=en").text
    assert "Login" in client.get("/console/sign-in").text


def test_the_key_of_cookies_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    key = accounts.cookie_key(tmp_path / "home")
    assert len(key) == 32
    assert accounts.cookie_key(tmp_path / "home") == key
    (file,) = (tmp_path / "home").iterdir()
    assert file.stat().st_mode & 0o077 == 0
