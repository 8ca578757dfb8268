"""Mapping: what trade a college's name means, and to which occupations a trade leads."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response

from recommender import access, failures, mapping
from recommender.errors import WrongUsage
from service.console import gate
from service.console.shell import lang, render
from service.parts import parts

pages = Blueprint("mapping", __name__)


@pages.get("/mapping")
def show() -> str:
    """Show the trades that nobody knows, those that lead nowhere, and what was decided."""
    return _page()


@pages.post("/mapping/trade")
def map_trade() -> Response | tuple[str, int]:
    """Read a name as a trade of the table, from now on; only a name of own people."""
    name, trade = request.form.get("name", ""), request.form.get("trade", "")
    own = access.colleges(parts().engine, gate.grant())
    if name not in {each.name for each in mapping.look(parts().engine, own).unknown}:
        raise NoPage
    try:
        mapping.map_trade(
            parts().engine, name, trade, author=gate.signed_in().login, day=parts().today()
        )
    except WrongUsage as wrong:
        return _page(failures.sentences(wrong, lang())), 422
    return _done()


@pages.post("/mapping/pair")
def map_pair() -> Response | tuple[str, int]:
    """Say how directly a trade trains for an occupation; it is so for everybody."""
    if not gate.grant().is_for_all:
        raise Forbidden
    # A suggestion names its code last.
    occupation = request.form.get("occupation", "").strip().rpartition(" ")[2]
    try:
        mapping.map_pair(
            parts().engine,
            request.form.get("trade", "").strip(),
            occupation,
            _weight(request.form.get("weight", "")),
            author=gate.signed_in().login,
            day=parts().today(),
        )
    except WrongUsage as wrong:
        return _page(failures.sentences(wrong, lang())), 422
    return _done()


def _page(faults: tuple[str, ...] = ()) -> str:
    grant = gate.grant()
    found = mapping.look(parts().engine, access.colleges(parts().engine, grant))
    return render("mapping.html", found=found, faults=faults, for_all=grant.is_for_all)


def _done() -> Response:
    flash("mapped_done")
    return redirect(url_for("console.mapping.show"), 303)


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
