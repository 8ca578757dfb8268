"""Find graduates and posts: filters stand in the address, what is typed never does.

What an officer types may be somebody's name, so it is posted: no address, history or log holds
it (decision 22). Without a script the form is sent by its button and answers the whole page.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.datastructures import MultiDict

from recommender import wording
from recommender.domain import SkillLevel, class_year_of
from recommender.finding import GRADUATE_STATUSES, POST_STATUSES, SEE_NAMES, Asked, printable
from service import viewing
from service.console import gate
from service.console.shell import is_part, lang, render
from service.parts import parts

pages = Blueprint("find", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_CHARS = 100
# What may stand in an address; never the text.
_OF_GRADUATES = ("class_year", "college", "class_name", "trade", "level", "city", "status")
_OF_POSTS = ("city", "chain", "level", "status")


@pages.get("/graduates")
def graduates() -> str:
    """Show graduates by what the address says; without a word, the class year being placed."""
    filters = request.args.to_dict()
    if not filters.keys() - {"lang"}:
        filters["class_year"] = str(class_year_of(parts().today()))
    return _graduates(filters, "")


@pages.post("/graduates")
def graduates_found() -> Response:
    """Show graduates by what was typed and picked."""
    picked = _picked(request.form, _OF_GRADUATES)
    page = _graduates(picked, request.form.get("text", ""))
    return _addressed(page, "console.find.graduates", picked)


@pages.post("/graduates/sheet")
def graduates_sheet() -> Response:
    """Give the same as a workbook."""
    asked = _asked(request.form, _OF_GRADUATES, request.form.get("text", ""))
    sheet = parts().finder.graduates_sheet(gate.grant(), asked, lang(), tell=viewing.note)
    return _sheet(sheet, "graduates")


@pages.get("/posts")
def posts() -> str:
    """Show posts by what the address says; without a word, those that have places."""
    filters = request.args.to_dict()
    if not filters.keys() - {"lang"}:
        filters["status"] = "open"
    return _posts(filters, "")


@pages.post("/posts")
def posts_found() -> Response:
    """Show posts by what was typed and picked."""
    picked = _picked(request.form, _OF_POSTS)
    page = _posts(picked, request.form.get("text", ""))
    return _addressed(page, "console.find.posts", picked)


@pages.post("/posts/sheet")
def posts_sheet() -> Response:
    """Give the same as a workbook."""
    asked = _asked(request.form, _OF_POSTS, request.form.get("text", ""))
    return _sheet(parts().finder.posts_sheet(asked, lang()), "posts")


def _graduates(filters: Mapping[str, str], text: str) -> str:
    asked = _asked(filters, _OF_GRADUATES, text)
    found = parts().finder.graduates(gate.grant(), asked, _number(filters))
    viewing.note(row.graduate.graduate_id for row in found.rows)
    facts = {"asked": asked, "found": found, "levels": _levels(), "statuses": GRADUATE_STATUSES}
    sees_names = gate.grant().role in SEE_NAMES
    if is_part():
        return render("_graduates.html", sees_names=sees_names, **facts)
    choices = parts().finder.choices(gate.grant())
    return render("graduates.html", choices=choices, sees_names=sees_names, **facts)


def _posts(filters: Mapping[str, str], text: str) -> str:
    asked = _asked(filters, _OF_POSTS, text)
    found = parts().finder.posts(asked, _number(filters))
    facts = {"asked": asked, "found": found, "levels": _levels(), "statuses": POST_STATUSES}
    if is_part():
        return render("_posts.html", **facts)
    return render("posts.html", choices=parts().finder.choices(gate.grant()), **facts)


def _asked(filters: Mapping[str, str], names: tuple[str, ...], text: str) -> Asked:
    """Read what was picked and typed; what cannot be picked asks for nothing."""
    picked = {name: printable(filters.get(name, "").strip()[:MOST_CHARS]) for name in names}
    year, level = picked.pop("class_year", ""), picked.pop("level", "")
    status = picked.pop("status", "")
    return Asked(
        text=text.strip()[:MOST_CHARS],
        class_year=int(year) if _is_number(year, 4) else None,
        level=SkillLevel.__members__.get(level),
        status=status if status in (*GRADUATE_STATUSES, *POST_STATUSES) else "",
        **picked,
    )


def _picked(form: MultiDict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    found = {name: form[name] for name in (*names, "page") if form.get(name)}
    return {name: value for name, value in found.items() if (name, value) != ("page", "1")}


def _number(filters: Mapping[str, str]) -> int:
    page = filters.get("page", "")
    return max(1, int(page)) if _is_number(page, 6) else 1


def _is_number(text: str, most_digits: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= most_digits


def _levels() -> list[tuple[str, str]]:
    return [(level.name, wording.label(level, lang())) for level in SkillLevel]


def _addressed(page: str, endpoint: str, picked: Mapping[str, str]) -> Response:
    """Answer with the address under which the same filters, without the text, are found again."""
    response = make_response(page)
    # With a filter that asks for nothing, else the address would mean the page's first filters.
    query = urlencode(picked) or "all=1"
    response.headers["HX-Replace-Url"] = f"{url_for(endpoint)}?{query}"
    return response


def _sheet(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=XLSX)
    file = f"{name}-{parts().today().isoformat()}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response
