"""The door of the console: sign in, choose a secret of one's own, sign out."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from recommender import accounts
from recommender.errors import SignInRefused, SignInSlowed, Unreadable
from service.console import gate
from service.console.gate import Person
from service.console.shell import lang, render
from service.parts import parts

pages = Blueprint("door", __name__)

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@pages.get("/")
def start() -> Page:
    """Lead to the first page that the role may open."""
    return redirect(url_for(next(filter(gate.may_open, FIRST_PAGES))))


# Where one starts: the first of these that the role may open.
FIRST_PAGES = ("console.today.show", "console.guidance.show", "console.door.secret")


@pages.get("/sign-in")
def sign_in() -> Page:
    """Show the form."""
    return render("sign_in.html", login="", fault=None, wait_s=0)


@pages.post("/sign-in")
def let_in() -> Page:
    """Let somebody in, or say that the two do not belong together."""
    login, secret = request.form.get("login", "").strip(), request.form.get("secret", "")
    try:
        found = accounts.sign_in(parts().engine, login, secret, now=parts().clock())
    except SignInRefused:
        return render("sign_in.html", login=login, fault="sign_in_refused", wait_s=0), 401
    except SignInSlowed as slowed:
        page = render("sign_in.html", login=login, fault="sign_in_slowed", wait_s=slowed.wait_s)
        return page, 429, {"Retry-After": str(slowed.wait_s)}
    _begin(Person(found))
    return redirect(gate.inside(request.args.get("next")) or url_for("console.door.start"))


@pages.post("/sign-out")
def sign_out() -> Page:
    """End the sign-in, here and on the server."""
    accounts.sign_out(parts().engine, gate.signed_in().secret)
    logout_user()
    session.clear()
    return redirect(url_for("console.door.sign_in"))


@pages.get("/secret")
def secret() -> Page:
    """Show the form for another secret."""
    return render("secret.html", fault=None)


@pages.post("/secret")
def change_secret() -> Page:
    """Take another secret, and say what is wrong with it where something is."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    if new != request.form.get("again", ""):
        return render("secret.html", fault="secret_differs"), 422
    try:
        changed = accounts.change_secret(
            parts().engine, gate.signed_in(), old, new, now=parts().clock()
        )
    except Unreadable:
        return render("secret.html", fault="secret_weak"), 422
    except SignInRefused:
        return render("secret.html", fault="secret_wrong"), 422
    except SignInSlowed:
        return render("secret.html", fault="secret_slowed"), 429
    _begin(Person(changed))
    return redirect(url_for("console.door.start"))


def _begin(person: Person) -> None:
    """Begin a sign-in with an empty cookie, so that nothing is carried in from before."""
    chosen = lang()
    session.clear()
    session["lang"] = chosen
    login_user(person)
