"""Turns away from the console whoever is not granted the page in `routes`."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, redirect, request, url_for
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from recommender import accounts
from recommender.access import Grant
from recommender.accounts import SignedIn
from recommender.importing import drafts
from recommender.places import Clerk
from service.parts import parts
from service.routes import ROUTES, may_ask

# Pages for whoever still carries a first secret.
FIRST = frozenset({"console.door.secret", "console.door.change_secret", "console.door.sign_out"})

# Page → how many bytes may be sent to it, where that is more than to any other.
MOST_BYTES = {
    "console.imports.upload": drafts.MOST_BYTES,
    "console.imports.correct": 1 << 20,
    "console.rounds.take": 8 << 20,
}

MOST_PARTS = 5_000

_csrf = CSRFProtect()


class UnsafeLine(Forbidden):
    """The line is one that others could read along."""


class Person(UserMixin):  # type: ignore[misc]  # Flask-Login is not typed
    """Who is signed in, as the cookie's library wants to know them."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in = signed_in

    def get_id(self) -> str:
        """Give what the cookie carries."""
        return self.signed_in.secret


def guard(app: Flask, console: Blueprint) -> None:
    """Let nobody past the door of the console unseen."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None)
    # No page sends a referrer, which the stricter check would want to see.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    _csrf.init_app(app)
    people = LoginManager(app)
    people.user_loader(_person)
    console.before_request(_turn_away)
    console.after_request(forget)


def signed_in() -> SignedIn:
    """Give who is signed in."""
    person: Person = current_user
    return person.signed_in


def grant() -> Grant:
    """Give what the one who is signed in may be asked about."""
    return signed_in().grant


def clerk() -> Clerk:
    """Say who acts, and when, as the ledger of places keeps it."""
    hours = parts().settings.hold_hours
    return Clerk(who=f"user {signed_in().login}", now=parts().now(), hold_hours=hours)


def own_key() -> str | None:
    """Give the key of a form, which writes once however often it is sent; nobody else's."""
    key = request.form.get("key", "")[:64]
    return f"user:{signed_in().login}:{key}" if key else None


def may_open(endpoint: str) -> bool:
    """Whether the one who is signed in may open a page."""
    return bool(current_user.is_authenticated) and may_ask(grant().role, endpoint)


def inside(path: str | None) -> str | None:
    """Give an address of the console to come back to; None for any other."""
    split = urlsplit(path or "")
    is_own = not (split.scheme or split.netloc) and split.path.startswith("/console")
    return path if is_own and "\\" not in split.path else None


def _person(secret: str) -> Person | None:
    if "person" not in g:
        found = accounts.signed_in(parts().engine, secret, now=parts().clock())
        g.person = Person(found) if found else None
    person: Person | None = g.person
    return person


def _turn_away() -> AnyResponse | None:
    """Turn away an unsafe line, a forged form, a stranger, and a role without the page."""
    if not is_safe_line():
        raise UnsafeLine
    endpoint = request.endpoint or ""
    # Before the form is read; a stranger sends no more than to any page.
    if endpoint in MOST_BYTES and may_open(endpoint):
        request.max_content_length = MOST_BYTES[endpoint]
        request.max_form_parts = MOST_PARTS
    if request.method == "POST":
        _csrf.protect()
    route = ROUTES.get(endpoint)
    if route is not None and route.roles is None:
        return None
    if not current_user.is_authenticated:
        # Not to a page about somebody, whose id would stand in one more address.
        is_plain = request.method == "GET" and not request.view_args
        back = request.full_path.rstrip("?") if is_plain else None
        return lead(url_for("console.door.sign_in", next=inside(back)))
    if signed_in().must_change and endpoint not in FIRST:
        return lead(url_for("console.door.secret"))
    if not may_open(endpoint):
        raise Forbidden
    return None


def is_safe_line() -> bool:
    """Whether nobody on the network can read along: HTTPS, or this machine alone."""
    if parts().settings.plain_sign_in:
        return True
    if request.is_secure or request.headers.get("X-Forwarded-Proto", "") == "https":
        return True
    hops = [request.remote_addr or "", *request.headers.getlist("X-Forwarded-For")]
    return all(_is_here(hop.strip()) for line in hops for hop in line.split(","))


def _is_here(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def lead(where: str) -> AnyResponse:
    """Lead to another page; a part of a page is no place for it, so the whole one goes."""
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": where})
    return redirect(where)


def forget(response: Response) -> Response:
    """Let no browser or proxy keep what was shown."""
    response.headers["Cache-Control"] = "no-store"
    return response
