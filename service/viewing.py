"""Logs who looked at whom: every answer of a route that speaks of people, before it leaves.

A view notes whom it shows; of the API ids are found in the answer itself, of a page in what it
leads to, so that few can forget to. What cannot be logged is not answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

import structlog
from flask import Flask, Response, g, request

from recommender.rights import viewed
from service import errors
from service.parts import parts
from service.problems import KINDS, problem
from service.routes import ROUTES

log = structlog.get_logger()

_WRITERS = frozenset({"officer", "admin", "data", "enterprise"})
# Where an answer lists ids under another name.
_IDS = frozenset({"graduate_id", "confirmed"})
# Where a page leads to somebody, or would do something with them.
_LINKED = re.compile(r'(?:/console/graduates/|name="graduate_id" value=")([^"/?#]+)')
# Parts of addresses under it that are no id.
_NO_ID = frozenset({"sheet"})


def register(app: Flask) -> None:
    """Let an application log who looked."""
    app.after_request(_keep)


def note(graduate_ids: Iterable[str]) -> None:
    """Say whom the answer shows."""
    g.setdefault("viewed", set()).update(graduate_ids)


def _keep(response: Response) -> Response:
    route = ROUTES.get(request.endpoint or "")
    is_told = response.status_code < 400 or response.status_code == 409
    if route is None or not route.of_people or not is_told:
        return response
    try:
        parts().views.keep(
            _people(response),
            at=parts().clock(),
            who=_who(),
            route=str(request.url_rule),
            action=_action(response),
        )
    except OSError as error:
        log.error("view not logged", error=type(error).__name__, errno=error.errno)
        return problem("not-logged") if errors.is_api() else _refused()
    return response


def _refused() -> Response:
    return Response(KINDS["not-logged"].zh, KINDS["not-logged"].status, mimetype="text/plain")


def _people(response: Response) -> set[str]:
    found = {each for each in g.get("viewed", ()) if each}
    asked = (request.view_args or {}).get("graduate_id")
    if isinstance(asked, str):
        found.add(asked)
    if response.is_json:
        found |= set(_ids(response.get_json(silent=True)))
    if response.mimetype == "text/html":
        found |= {
            unescape(unquote(each)) for each in _LINKED.findall(response.get_data(as_text=True))
        } - _NO_ID
    if response.status_code < 400:
        found |= set(_ids(request.get_json(silent=True))) if request.is_json else set()
        found |= {each for each in [request.form.get("graduate_id", "").strip()] if each}
    return found


def _ids(document: Any) -> Iterator[str]:
    if isinstance(document, list):
        for each in document:
            yield from _ids(each)
    elif isinstance(document, dict):
        for key, value in document.items():
            if key in _IDS:
                yield from (each for each in _listed(value) if isinstance(each, str))
            else:
                yield from _ids(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _action(response: Response) -> str:
    route = ROUTES[request.endpoint or ""]
    if request.method == "POST" and route.roles is not None and route.roles <= _WRITERS:
        return viewed.CHANGE
    is_shown = response.mimetype in {"text/html", "application/json", "application/problem+json"}
    return viewed.VIEW if is_shown else viewed.EXPORT


def _who() -> str:
    """Say who looks, as the ledger of places does; never a secret."""
    person = g.get("person")
    if person is not None:
        return f"user {person.signed_in.login}"
    grant = g.get("grant")
    return f"{grant.role} {grant.token_id}" if grant is not None else "self"
