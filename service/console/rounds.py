"""Collection rounds: ask enterprises, take replies in, decide, approve, issue."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import date
from pathlib import Path

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from recommender import access, wording
from recommender.collection import STORED, RoundState
from recommender.errors import NotFound, Refused, Unreadable, WrongUsage
from recommender.finding import printable
from recommender.year import edition, round_words, rounds
from recommender.year.merge import Difference
from service import errors
from service.console import gate, refusals, sheets
from service.console.sent import typed
from service.console.shell import lang, render
from service.parts import parts

pages = Blueprint("rounds", __name__)

_MOST_CHARS = 120


@pages.get("/rounds")
def show() -> str:
    """List the rounds, and open one."""
    found = [
        each for each in rounds.list_rounds(parts().engine) if rounds.concerns(each, gate.grant())
    ]
    return render("rounds.html", rounds=found, states=round_words.STATES, english=lang() == "en")


@pages.post("/rounds")
def start() -> AnyResponse:
    """Open a round; an alliance's own where the one who is signed in looks after one."""
    grant = gate.grant()
    view = rounds.open_round(
        parts().engine,
        typed("name", _MOST_CHARS),
        day=parts().today(),
        due_on=_day("due_on"),
        alliance=grant.scope_name
        if grant.scope_kind == "alliance"
        else typed("alliance", _MOST_CHARS) or None,
        issuing_body=typed("issuing_body", _MOST_CHARS) or None,
    )
    return _done(view.round.round_id, "round_opened")


@pages.get("/rounds/<path:round_id>")
def one(round_id: str) -> str:
    """Show how a round stands: who is silent, and every reply beside the catalog."""
    view = _own(round_id)
    of_post: dict[str, list[Difference]] = defaultdict(list)
    for each in view.merged.differences:
        of_post[each.post_id].append(each)
    undecided = set(view.merged.undecided)
    return render(
        "round.html",
        view=view,
        state=round_words.STATES[view.round.state][lang() == "en"],
        kinds=round_words.KINDS,
        english=lang() == "en",
        shown=round_words.shown,
        column=lambda name: name if lang() == "en" else wording.column_name(name),
        first=[(post, some) for post, some in of_post.items() if post in undecided],
        rest=[(post, some) for post, some in of_post.items() if post not in undecided],
        acts=gate.may_open("console.rounds.take") and view.round.state is not RoundState.ISSUED,
        stored=STORED,
        may_issue_guidance=gate.may_open("console.guidance.issue")
        and access.colleges(parts().engine, gate.grant()) is None,
    )


@pages.get("/rounds/<path:round_id>/templates/<credit_code>.xlsx")
def template(round_id: str, credit_code: str) -> Response:
    """Give the sheet of one enterprise, filled with its posts."""
    _own(round_id)
    content = rounds.template_file(parts().engine, round_id, credit_code, day=parts().today())
    return sheets.attached(content, f"{credit_code}.xlsx")


@pages.post("/rounds/<path:round_id>/replies")
def take(round_id: str) -> AnyResponse:
    """Take replies in: files, all of them or none."""
    _own(round_id)
    sent = [each for each in request.files.getlist("files") if each.filename]
    if not sent:
        raise Unreadable("files", "", "missing")
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, each in enumerate(sent):
            # Apart, so that files of one name are told as such and none is written over.
            place = Path(folder) / str(number)
            place.mkdir()
            paths.append(place / _file_name(each.filename or ""))
            each.save(paths[-1])
        rounds.take(parts().engine, round_id, paths, day=parts().today())
    return _done(round_id, "round_taken")


@pages.post("/rounds/<path:round_id>/choices")
def choose(round_id: str) -> AnyResponse:
    """Say which reply about a post counts, or what is stored."""
    _own(round_id)
    rounds.choose(
        parts().engine,
        round_id,
        typed("post_id", _MOST_CHARS),
        request.form.get("chosen", STORED),
        author=gate.clerk().who,
        day=parts().today(),
    )
    return _done(round_id, "round_chosen")


@pages.post("/rounds/<path:round_id>/approve")
def approve(round_id: str) -> AnyResponse:
    """Approve a round as it is merged now."""
    _own(round_id)
    rounds.approve(parts().engine, round_id, author=gate.clerk().who, day=parts().today())
    return _done(round_id, "round_approved")


@pages.post("/rounds/<path:round_id>/issue")
def issue(round_id: str) -> AnyResponse:
    """Make an approved round the catalog, and an edition of the guidance where asked for."""
    _own(round_id)
    author, day = gate.clerk().who, parts().today()
    rounds.issue(parts().engine, round_id, author=author, day=day)
    is_for_all = access.colleges(parts().engine, gate.grant()) is None
    if "guidance" in request.form and is_for_all:
        edition.issue(parts().engine, day=day, author=author)
    return _done(round_id, "round_issued")


@pages.errorhandler(Refused)
@pages.errorhandler(WrongUsage)
def refused(refusal: Refused | WrongUsage) -> AnyResponse:
    """Say on the page itself why nothing was written; a round of others has no page."""
    is_unknown = isinstance(refusal, NotFound) and refusal.kind == "round"
    if request.method == "GET" or is_unknown:
        return errors.placement_error(refusal)
    round_id = (request.view_args or {}).get("round_id")
    where = (
        url_for("console.rounds.one", round_id=round_id)
        if round_id
        else url_for("console.rounds.show")
    )
    return refusals.told(refusal, where)


def _own(round_id: str) -> rounds.RoundView:
    return rounds.look_for(parts().engine, gate.grant(), round_id, day=parts().today())


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Unreadable(name, typed(name, _MOST_CHARS), "not_a_date") from None


def _file_name(sent: str) -> str:
    """Give the last part of what a browser calls a file; no other part leads anywhere."""
    name = printable(sent.replace("\\", "/").rpartition("/")[2])[-_MOST_CHARS:]
    return name if name.strip(". ") else "reply.xlsx"


def _done(round_id: str, what: str) -> AnyResponse:
    """Lead back to the round, so that reloading it sends nothing again."""
    flash(what)
    return redirect(url_for("console.rounds.one", round_id=round_id), 303)
