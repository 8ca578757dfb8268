"""Keeps the kiosk shut until an operator opens it with a token of the kiosk's role.

The token lies in a cookie that no script can read and no other site can send; with it lies the
fair at which the kiosk stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, g, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from recommender.access import Grant
from service import tokens
from service.console import gate as console
from service.parts import parts, signing_key
from service.routes import ROUTES, may_ask

COOKIE = "placement_kiosk"
_DAYS_OPEN = 7  # a fair, its eve, and a restart of the machine between


@dataclass(frozen=True, slots=True)
class Opened:
    """With which token, and at which fair."""

    token: str
    fair_id: str


def guard(pages: Blueprint) -> None:
    """Let nobody past who has not opened the kiosk; let nothing be kept that it shows."""
    pages.before_request(_turn_away)
    pages.after_request(console.forget)


def fair_id() -> str:
    """Give the fair at which the kiosk stands."""
    opened: Opened = g.opened
    return opened.fair_id


def is_open() -> bool:
    """Whether the cookie holds a token that is valid still."""
    opened = read()
    grant = tokens.grant_of(opened.token) if opened else None
    return grant is not None and may_ask(grant.role, "kiosk.show")


def may_open(token: str) -> Grant | None:
    """Read a token; None where it is none, or of a role that may not open a kiosk."""
    grant = tokens.grant_of(token) if token else None
    return grant if grant and may_ask(grant.role, "kiosk.show") else None


def keep(response: AnyResponse, opened: Opened) -> AnyResponse:
    """Give the browser its cookie."""
    response.set_cookie(
        COOKIE,
        _signer().dumps([opened.token, opened.fair_id]),
        max_age=_DAYS_OPEN * 24 * 3600,
        path=url_for("kiosk.show"),
        httponly=True,
        samesite="Strict",
        secure=parts().settings.https,
    )
    return response


def drop(response: AnyResponse) -> AnyResponse:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, path=url_for("kiosk.show"))
    return response


def read() -> Opened | None:
    """Read the cookie; None where there is none, or somebody else wrote it."""
    try:
        token, fair = _signer().loads(request.cookies.get(COOKIE, ""))
    except (BadSignature, TypeError, ValueError):
        return None
    return Opened(str(token), str(fair))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_key(), salt="kiosk")


def _turn_away() -> AnyResponse | None:
    if not console.is_safe_line():
        raise console.UnsafeLine
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") not in {
        "same-origin",
        "none",
    }:
        raise Forbidden
    route = ROUTES.get(request.endpoint or "")
    if route is not None and route.roles is None:
        return None
    opened = read()
    grant = tokens.grant_of(opened.token) if opened else None
    if opened is None or grant is None:
        return console.lead(url_for("kiosk.open_form"))
    if not may_ask(grant.role, request.endpoint):
        raise Forbidden
    g.opened, g.grant = opened, grant
    return None
