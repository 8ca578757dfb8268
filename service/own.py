"""A graduate's own page, opened by a signed link and without an account.

The address holds a drawn number and its signature, nothing of a person. Whoever has a link that
is over, taken back or made up is told the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from recommender.errors import NoConsent, NoModel, Unreadable
from recommender.persons import CaseKind, ConsentSource
from recommender.rights import cases, consents, held, links, viewed, words
from service.console import gate
from service.parts import parts
from service.texts import language, texts

own = Blueprint("own", __name__, url_prefix="/own")

N_POSTS = 5
SELF = "self"


@own.after_request
def forget(response: Response) -> Response:
    """Let no browser, proxy or search engine keep what was shown."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@own.get("/<token>")
def show(token: str) -> str:
    """Show what is held, the list with its reasons, the consents and the cases."""
    return _page(token, _whose(token))


@own.post("/<token>")
def act(token: str) -> AnyResponse | tuple[str, int]:
    """Give or withdraw a consent, or open a case; then show the page again."""
    graduate_id = _whose(token)
    _log(graduate_id, viewed.CHANGE)
    asked, now = request.form.get("act", ""), parts().clock()
    try:
        if asked in {"give", "withdraw"}:
            consents.change(
                parts().engine,
                graduate_id,
                request.form.get("purpose", ""),
                given=asked == "give",
                at=now,
                source=ConsentSource.LINK,
                who=SELF,
            )
        elif asked in {kind.value for kind in CaseKind}:
            text = request.form.get("text", "")
            cases.open_case(parts().engine, graduate_id, CaseKind(asked), text, at=now, who=SELF)
        else:
            abort(400)
    except Unreadable:
        return _page(token, graduate_id, is_empty=True), 422
    return redirect(url_for("own.show", token=token, done=1, lang=language()), 303)


def _whose(token: str) -> str:
    if not gate.is_safe_line():
        raise gate.UnsafeLine
    found = links.whose(parts().engine, parts().settings.home, token, now=parts().clock())
    if found is None:
        abort(404)
    return found


def _log(graduate_id: str, action: str) -> None:
    """Log before anything is done or shown: what cannot be logged is neither."""
    parts().views.keep(
        [graduate_id], at=parts().clock(), who=SELF, route="/own/<token>", action=action
    )


def _page(token: str, graduate_id: str, *, is_empty: bool = False) -> str:
    _log(graduate_id, viewed.VIEW)
    home, engine = parts().settings.home, parts().engine
    read = held.read(engine, home, graduate_id, day=parts().today())
    lang = language()
    try:
        ranked = parts().desk.rank_posts(graduate_id, top=N_POSTS)
    except (NoConsent, NoModel):
        ranked = None
    at = lang == "en"
    return render_template(
        "own.html",
        t=texts(lang),
        lang=lang,
        token=token,
        read=read,
        about=_about(read.tables),
        ranked=ranked,
        consents=[
            (each.value, words.PURPOSES[each][at], words.CONSENT_TEXTS["1"][each][at], said)
            for each, said in read.consents.now.items()
        ],
        tables=[(words.TABLES.get(n, (n, n))[at], len(rows)) for n, rows in read.tables.items()],
        kinds=[(each.value, words.KINDS[each][at]) for each in CaseKind],
        cases=[
            (each, words.KINDS[each.kind][at], words.STATES[each.state][at])
            for each in cases.list_cases(engine, graduate_id=graduate_id)
        ],
        is_done="done" in request.args,
        is_empty=is_empty,
    )


def _about(tables: Mapping[str, object]) -> list[tuple[str, object]]:
    """Give the person's own line of the roster, with what is stated of it."""
    found: dict[str, object] = {}
    for name in ("personal_details", "graduates"):
        rows = tables.get(name)
        if isinstance(rows, list):
            found |= rows[0]
    return [(key, value) for key, value in found.items() if value not in (None, "[]", "")]
