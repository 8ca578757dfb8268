"""The guidance catalog: where people are short, city by city, edition by edition; issue one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.wrappers import Response as AnyResponse

from recommender import access
from recommender.finding import Page
from recommender.year import edition, guidance_views, guidance_words, handed_out
from recommender.year.edition import Edition
from recommender.year.guidance_views import Picked
from service.console import cities, gate, lines, sheets
from service.console.shell import is_part, lang, render
from service.parts import parts

pages = Blueprint("guidance", __name__)

N_ROWS = 25
ORDERS = ("short", "ratio", "code")
_MOST_CHARS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What one reader asked for.

    Attributes
    ----------
    rows
        All of them; None where they are worked out first, and the page is shown before that.
    edition
        The one asked for; None for the catalog as it is now.
    """

    rows: list[dict[str, Any]] | None
    edition: Edition | None = None
    class_year: int = 0
    exact: bool = False
    issued: list[Edition] = field(default_factory=list)


@pages.get("/guidance")
def show() -> str:
    """Show the catalog: as it is now, or as an edition has it."""
    picked, number = _picked(request.args), _number(request.args.get("edition"))
    read = _read(number, wait=is_part() or "whole" in request.args)
    facts = _facts(picked, read) if read.rows is not None else {}
    template = "_guidance.html" if is_part() else "guidance.html"
    again = urlencode(request.args.to_dict() | {"whole": "1"})
    return render(
        template,
        read=read,
        picked=picked,
        again=f"{url_for('console.guidance.show')}?{again}",
        may_issue=_may_issue(),
        is_of_all=access.colleges(parts().engine, gate.grant()) is None,
        **facts,
    )


@pages.get("/guidance/sheet.<suffix>")
def sheet(suffix: str) -> Response:
    """Give what is shown as a file."""
    if suffix not in sheets.TABLES:
        raise NoPage
    read = _read(_number(request.args.get("edition")), wait=True)
    day = read.edition.day if read.edition else parts().today()
    notes = guidance_words.notes(
        day, read.class_year, exact=read.exact, edition=read.edition, language=lang()
    )
    rows = _picked(request.args).of(read.rows or [])
    table = guidance_words.table(rows, notes, lang())
    name = f"guidance-{read.edition.edition if read.edition else day.isoformat()}.{suffix}"
    return sheets.attached(handed_out.file_of(table, f".{suffix}"), name)


@pages.post("/guidance/issue")
def issue() -> AnyResponse:
    """Issue the next edition; the same form again issues none."""
    if not _may_issue():
        raise Forbidden
    if "sure" not in request.form:
        flash("guidance_not_sure")
        return redirect(url_for("console.guidance.show"), 303)
    after = _number(request.form.get("after"))
    issued = edition.issue(
        parts().engine, day=parts().today(), author=gate.clerk().who, after=after
    )
    flash("guidance_issued")
    return redirect(url_for("console.guidance.show", edition=issued.edition), 303)


def _may_issue() -> bool:
    """Whether the one who is signed in answers for everybody's people."""
    is_of_all = access.colleges(parts().engine, gate.grant()) is None
    return is_of_all and gate.may_open("console.guidance.issue")


def _read(number: int, *, wait: bool) -> _Read:
    """Read an edition, or the catalog as it is now; without `wait` only where that is quick."""
    engine, grant = parts().engine, gate.grant()
    issued = edition.all_editions(engine)
    if number:
        found = edition.show(engine, number)
        rows = guidance_views.named_only(found.rows, access.colleges(engine, grant))
        return _Read(rows=rows, edition=found, class_year=found.class_year, issued=issued)
    catalogs = parts().catalogs
    now = catalogs.now(grant) if wait else catalogs.held(grant)
    if now is None:
        return _Read(rows=None, issued=issued)
    rows = guidance_views.rows_now(engine, grant, now)
    return _Read(rows=rows, class_year=now.class_year, exact=now.exact, issued=issued)


def _facts(picked: Picked, read: _Read) -> dict[str, object]:
    rows = read.rows or []
    occupations, cities_known = guidance_views.choices(rows)
    found = picked.of(rows)
    trend = guidance_views.trend(read.issued, occupation=picked.occupation, city=picked.city)
    words = "Ed. {}" if lang() == "en" else "第 {} 版"
    return {
        "found": _paged(found, _number(request.args.get("page"))),
        "sum": guidance_views.total(found),
        "occupations": occupations,
        "cities": cities_known,
        "orders": ORDERS,
        "tiles": cities.lay_out(guidance_views.by_city(rows, picked.occupation)),
        "elsewhere": cities.elsewhere(guidance_views.by_city(rows, picked.occupation)),
        "trend": trend,
        "line": lines.draw([(words.format(one.edition), each.ratio) for one, each in trend]),
        "cell": lambda name, row: guidance_words.cell(name, row, lang()),
        "address": _address,
        "steps": cities.STEPS,
        "query": urlencode(_plain(picked, read)),
    }


def _paged(rows: list[Any], number: int) -> Page[Any]:
    n_pages = max(1, -(-len(rows) // N_ROWS))
    at = min(max(1, number), n_pages)
    shown = rows[(at - 1) * N_ROWS : at * N_ROWS]
    return Page(total=len(rows), number=at, n_pages=n_pages, rows=tuple(shown))


def _picked(args: Mapping[str, str]) -> Picked:
    """Read what was picked; what cannot be picked asks for nothing."""
    code = {name: args.get(name, "")[:_MOST_CHARS] for name in ("occupation", "city")}
    order = args.get("order", "")
    return Picked(**code, only_short="short" in args, order=order if order in ORDERS else ORDERS[0])


def _number(text: str | None) -> int:
    """Read a small number; what is none is 0."""
    is_number = text is not None and text.isascii() and text.isdecimal() and len(text) <= 6
    return int(text or 0) if is_number else 0


def _plain(picked: Picked, read: _Read) -> dict[str, str]:
    """Give the filters as an address says them."""
    stated = {
        "edition": str(read.edition.edition) if read.edition else "",
        "occupation": picked.occupation,
        "city": picked.city,
        "short": "1" if picked.only_short else "",
        "order": picked.order if picked.order != ORDERS[0] else "",
    }
    return {name: value for name, value in stated.items() if value}


def _address(picked: Picked, read: _Read, **other: str) -> str:
    """Give the address of the same page with other filters."""
    plain = {name: value for name, value in (_plain(picked, read) | other).items() if value}
    query = urlencode(plain)
    where = url_for("console.guidance.show")
    return f"{where}?{query}" if query else where
