"""Between rounds: posts that nobody touched for long, and enterprises that answer nobody."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from recommender import access
from recommender.errors import Refused, WrongUsage
from recommender.finding import Page
from recommender.year import answers, upkeep
from service import errors
from service.console import gate, refusals
from service.console.shell import render
from service.parts import parts

pages = Blueprint("upkeep", __name__)

N_ROWS = 40
_MOST_CHARS = 200


@pages.get("/upkeep")
def show() -> str:
    """Show the posts untouched for long, and how enterprises answered."""
    engine, day = parts().engine, parts().today()
    asked = request.args.get("days", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) < 5
    days = int(asked) if is_number else parts().settings.ask_after_days
    found = upkeep.untouched(engine, day=day, days=days)
    told = answers.answers(engine, day=day, colleges=access.colleges(engine, gate.grant()))
    return render(
        "upkeep.html",
        days=days,
        found=_paged(found, request.args.get("page", "")),
        answers=[each for each in told if each.unanswered or each.paused_on][:N_ROWS],
        most=answers.MOST_UNANSWERED,
        acts=gate.may_open("console.upkeep.answer"),
    )


@pages.post("/upkeep/posts")
def answer() -> AnyResponse:
    """Keep the posts that are ticked as they are, or retire them for a reason."""
    ids = request.form.getlist("post_id")[:N_ROWS]
    author, day = gate.clerk().who, parts().today()
    if request.form.get("verdict") == "retire":
        upkeep.retire(parts().engine, ids, reason=_typed("reason"), author=author, day=day)
        return _done("upkeep_retired")
    upkeep.keep(parts().engine, ids, author=author, day=day)
    return _done("upkeep_kept")


@pages.post("/upkeep/enterprises")
def pause() -> AnyResponse:
    """Pause an enterprise, or lift its pause, for a reason."""
    author, day = gate.clerk().who, parts().today()
    is_lift = request.form.get("act") == "lift"
    act = answers.lift if is_lift else answers.pause
    act(parts().engine, _typed("credit_code"), reason=_typed("reason"), author=author, day=day)
    return _done("upkeep_lifted" if is_lift else "upkeep_paused")


@pages.errorhandler(Refused)
@pages.errorhandler(WrongUsage)
def refused(refusal: Refused | WrongUsage) -> AnyResponse:
    """Say on the page itself why nothing was written."""
    if request.method == "GET":
        return errors.placement_error(refusal)
    return refusals.told(refusal, url_for("console.upkeep.show"))


def _paged(found: list[upkeep.Untouched], asked: str) -> Page[upkeep.Untouched]:
    n_pages = max(1, -(-len(found) // N_ROWS))
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    at = min(max(1, wanted), n_pages)
    shown = tuple(found[(at - 1) * N_ROWS : at * N_ROWS])
    return Page(total=len(found), number=at, n_pages=n_pages, rows=shown)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:_MOST_CHARS]


def _done(what: str) -> AnyResponse:
    flash(what)
    return redirect(url_for("console.upkeep.show"), 303)
