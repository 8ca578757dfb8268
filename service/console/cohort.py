"""A whole cohort: placed at once, changed by hand, confirmed.

Every change names the state that it was made on. It answers the draft as it is then, as a part of
the page, or leads back to the page where there is no script.
"""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.exceptions import NotFound as NoSuchPage
from werkzeug.wrappers import Response as AnyResponse

from recommender import assignment_printouts, failures, phrases
from recommender.claims import SHANDONG
from recommender.domain import class_year_of
from recommender.draft_confirming import Confirmed, confirm
from recommender.draft_views import SHOWN
from recommender.drafting import DraftAction, DraftEntry
from recommender.drafts import SHEETS, WAYS, Asked, Options
from recommender.errors import DraftChanged, NoModel, NotFound, Refused, WrongUsage
from recommender.finding import SEE_NAMES, printable
from service import errors, viewing
from service.console import gate
from service.console.shell import is_part, lang, render
from service.console.words import ALL, Words
from service.parts import parts

pages = Blueprint("cohort", __name__)

ACTS = ("move", "pin", "veto", "undo", "again", "confirm")
MOST_CHARS = 200
# A sheet of twenty thousand people, and no more.
_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@pages.route("/cohort", methods=["GET", "POST"])
def show() -> AnyResponse | tuple[str, int]:
    """Show what can be chosen, and the drafts begun; place a cohort, or read an assignment."""
    if request.method == "GET":
        return _choose(), 200
    if not gate.may_open("console.cohort.act"):
        raise Forbidden
    try:
        draft_id = _begin(_asked())
    except (Refused, WrongUsage, NoModel) as refusal:
        return _choose(failures.sentences(refusal, lang())), 409
    return redirect(url_for("console.cohort.show_draft", draft_id=draft_id), 303)


@pages.get("/cohort/<draft_id>")
def show_draft(draft_id: str) -> str:
    """Show a draft by what the address says."""
    return _draft(draft_id, shown=request.args.get("show", ""), page=request.args.get("page", ""))


@pages.post("/cohort/<draft_id>")
def show_found(draft_id: str) -> str:
    """Show a draft by what was typed and picked."""
    return _again(draft_id)


@pages.get("/cohort/<draft_id>/graduates/<path:graduate_id>")
def show_options(draft_id: str, graduate_id: str) -> str:
    """Show where one graduate could go, as a part of the page or beside it."""
    options = parts().drafts.options(gate.grant(), draft_id, graduate_id)
    if is_part():
        return render("_options.html", options=options, draft_id=draft_id, **_facts())
    return _draft(draft_id, options=options)


@pages.post("/cohort/<draft_id>/<act>")
def act(draft_id: str, act: str) -> AnyResponse | tuple[str, int] | str:
    """Change a draft by one entry, or confirm who is in it."""
    if act not in ACTS:
        raise NoSuchPage
    saw = int(_digits(request.form.get("saw", "")) or 0)
    try:
        confirmed = _act(draft_id, act, saw)
    except (Refused, WrongUsage) as refusal:
        if isinstance(refusal, NotFound) and refusal.kind == "draft":
            return errors.placement_error(refusal)
        since: tuple[DraftEntry, ...] = ()
        if isinstance(refusal, DraftChanged):
            since = tuple(parts().drafts.since(gate.grant(), draft_id, saw))
        faults = failures.sentences(refusal, lang())
        return _again(draft_id, faults=faults, since=since), 409
    if is_part() or confirmed is not None:
        return _again(draft_id, confirmed=confirmed)
    return redirect(url_for("console.cohort.show_draft", draft_id=draft_id), 303)


@pages.get("/cohort/<draft_id>/sheets/<kind>")
def sheet(draft_id: str, kind: str) -> Response:
    """Give a draft as a sheet, or its certificate."""
    if kind not in _TYPES:
        raise NoSuchPage
    if kind == "json":
        content = parts().drafts.certificate(gate.grant(), draft_id, tell=viewing.note)
    else:
        content = parts().drafts.sheet(gate.grant(), draft_id, f".{kind}", tell=viewing.note)
    response = Response(content, mimetype=_TYPES[kind])
    file = f"assignment-{parts().today().isoformat()}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _begin(asked: Asked) -> str:
    if "read" not in request.form:
        return parts().drafts.open(gate.grant(), gate.clerk(), asked)
    sent = request.files.get("sheet")
    suffix = Path(sent.filename or "").suffix.lower() if sent else ""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"assignment{suffix if suffix in SHEETS else '.csv'}"
        if sent is not None:
            sent.save(file)
        return parts().drafts.read(gate.grant(), gate.clerk(), asked, file)


def _act(draft_id: str, act: str, saw: int) -> Confirmed | None:
    drafts, grant, clerk = parts().draft_changes, gate.grant(), gate.clerk()
    # One button names a pair: neither id holds a line break.
    who, _, post_id = request.form.get("pair", "").replace("\r", "").partition("\n")
    who = who or request.form.get("graduate_id", "")
    match act:
        case "move":
            drafts.move(grant, clerk, draft_id, saw, who, post_id or None)
        case "pin":
            drafts.pin(grant, clerk, draft_id, saw, who)
        case "veto":
            reason = printable(request.form.get("reason", "")[:MOST_CHARS])
            drafts.veto(grant, clerk, draft_id, saw, who, post_id, reason)
        case "undo":
            number = int(_digits(request.form.get("number", "")) or 0)
            drafts.undo(grant, clerk, draft_id, saw, number)
        case "again":
            drafts.run_again(grant, clerk, draft_id, saw)
        case _:
            after = request.form.get("after", "")
            return confirm(
                parts().engine,
                parts().draft_markets,
                grant,
                clerk,
                draft_id,
                saw,
                graduate_id=who or None,
                after=after,
            )
    return None


def _asked() -> Asked:
    picked = {
        name: printable(request.form.get(name, "").strip()[:MOST_CHARS])
        for name in ("college", "trade", "class_name", "order_class", "way")
    }
    year = _digits(request.form.get("class_year", ""))
    return Asked(class_year=int(year or class_year_of(parts().today())), **picked)


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdecimal() and len(text) <= 9 else ""


def _choose(faults: tuple[str, ...] = ()) -> str:
    """Show the choices, with what was chosen before."""
    return render(
        "cohort.html",
        choices=parts().finder.choices(gate.grant()),
        drafts=parts().drafts.mine(gate.grant()),
        ways=WAYS,
        asked=_asked(),
        faults=faults,
        clock=_clock,
        is_published=parts().desk.version() is not None,
        acts=gate.may_open("console.cohort.act"),
    )


def _again(
    draft_id: str,
    *,
    faults: tuple[str, ...] = (),
    since: tuple[DraftEntry, ...] = (),
    confirmed: Confirmed | None = None,
) -> str:
    return _draft(
        draft_id,
        shown=request.form.get("show", ""),
        page=request.form.get("page", ""),
        text=request.form.get("text", "").strip()[:MOST_CHARS],
        faults=faults,
        since=since,
        confirmed=confirmed,
    )


def _draft(
    draft_id: str,
    *,
    shown: str = "",
    page: str = "",
    text: str = "",
    options: Options | None = None,
    faults: tuple[str, ...] = (),
    since: tuple[DraftEntry, ...] = (),
    confirmed: Confirmed | None = None,
) -> str:
    shown = shown if shown in SHOWN else ""
    found = parts().drafts.look(
        gate.grant(), draft_id, number=int(_digits(page) or 1), shown=shown, text=text
    )
    return render(
        "_draft.html" if is_part() else "draft.html",
        seen=found,
        draft_id=draft_id,
        text=text,
        shows=SHOWN,
        options=options,
        sees_names=gate.grant().role in SEE_NAMES,
        faults=faults,
        since=since,
        confirmed=confirmed,
        **_facts(),
    )


def _facts() -> dict[str, object]:
    return {
        "acts": gate.may_open("console.cohort.act"),
        "breach": lambda each: assignment_printouts.breach_line(each, lang()),
        "clock": _clock,
        "said": _said,
        "why": _why,
        "sentences": lambda refusal: failures.sentences(refusal, lang()),
    }


def _clock(moment: datetime) -> datetime:
    return moment.astimezone(SHANDONG)


def _said(entry: DraftEntry) -> str:
    """Say one entry: who did what to whom."""
    words = Words(lang())
    action = entry.action.value
    if entry.action is DraftAction.MOVED and entry.post_id is None:
        action = "moved_away"
    did = words[f"act_{action}"].format(n=entry.undoes)
    who = entry.who.removeprefix("user ")
    pair = " → ".join(each for each in (entry.graduate_id, entry.post_id) if each)
    reason = f" ({entry.reason})" if entry.reason else ""
    return f"{entry.number}. {who} {did} {pair}{reason}".rstrip()


def _why(reason: str) -> str:
    """Say why somebody has no post."""
    words = Words(lang())
    if f"why_{reason}" in ALL:
        return words[f"why_{reason}"]
    told = [
        phrases.rule(code, holds=False, needs=(), language=lang())
        for code in reason.split(";")
        if code
    ]
    return words["why_rules"].format(codes=" ".join(told))
