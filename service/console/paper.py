"""Papers of a fair: a slip, opened by its code or number, and a sheet of codes for a class."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from recommender import access, failures
from recommender.errors import NotFound, Refused, WrongUsage
from recommender.year import fair_desk, fair_paper
from service import errors, viewing
from service.console import gate
from service.console.shell import lang, render
from service.console.words import Words
from service.parts import parts, signing_key
from service.qr import qr

pages = Blueprint("paper", __name__)

Page = str | Response | tuple[str, int]


@pages.get("/slips")
def find() -> Page:
    """Ask for the number of a slip."""
    return render("slip_find.html", fault="")


@pages.post("/slips")
def found() -> Page:
    """Show the slip of a number."""
    try:
        return _slip(request.form.get("number", "")[:20])
    except NotFound:
        return render("slip_find.html", fault="slip_unknown"), 404


@pages.get("/slips/<slip>")
def show(slip: str) -> Page:
    """Show a slip that was scanned."""
    return _slip(slip)


@pages.post("/slips/<slip>/check-in")
def check_in(slip: str) -> Page:
    """Note that a slip was shown, at the door or at one's own booth."""
    seen = _seen(slip)
    fair_desk.check_in(
        parts().engine,
        gate.clerk(),
        seen.slip.fair_id,
        seen.slip.slip,
        booth=seen.own,
        own=seen.own,
        key=gate.own_key(),
    )
    return redirect(url_for("console.paper.show", slip=seen.slip.slip), 303)


@pages.post("/slips/<slip>/claim")
def claim(slip: str) -> Page:
    """Say whose a slip is."""
    seen = _seen(slip)
    graduate_id = request.form.get("graduate_id", "").strip()
    if seen.own is None:
        access.require_within(parts().engine, gate.grant(), graduate_id)
    fair_desk.claim(
        parts().engine,
        gate.clerk(),
        seen.slip.fair_id,
        seen.slip.slip,
        graduate_id,
        own=seen.own,
        name=request.form.get("name", "").strip() or None,
        key=gate.own_key(),
    )
    return redirect(url_for("console.paper.show", slip=seen.slip.slip), 303)


@pages.get("/roster-codes")
def codes() -> Page:
    """Ask for which class and fair codes are to be made."""
    return _codes((), {})


@pages.post("/roster-codes")
def make_codes() -> Page:
    """Show the codes of a class for a fair, as a sheet to print and cut."""
    chosen = {name: request.form.get(name, "") for name in ("fair", "college", "class_name")}
    made = fair_paper.codes(
        parts().engine,
        gate.clerk(),
        gate.grant(),
        signing_key(),
        fair_id=chosen["fair"],
        college=chosen["college"],
        class_name=chosen["class_name"],
    )
    viewing.note(each.graduate_id for each in made)
    return _codes(made, chosen)


def _codes(made: tuple[fair_paper.RosterCode, ...], chosen: Mapping[str, str]) -> str:
    choices = fair_paper.choices(parts().engine, gate.clerk(), gate.grant())
    return render(
        "roster_codes.html",
        choices=choices,
        colleges=sorted({college for college, _ in choices.classes}),
        class_names=sorted({name for _, name in choices.classes if name}),
        chosen=chosen,
        made=[(each, qr(each.code)) for each in made],
    )


@pages.errorhandler(Refused)
@pages.errorhandler(WrongUsage)
def refused(refusal: Refused | WrongUsage) -> Page:
    """Say on the slip why nothing was written; what is unknown has no page."""
    slip = (request.view_args or {}).get("slip", "")
    is_unknown = isinstance(refusal, NotFound) and refusal.kind in {"slip", "fair"}
    if request.method == "GET" or not slip or is_unknown:
        return errors.placement_error(refusal)
    if isinstance(refusal, NotFound):  # nothing typed is repeated
        return _slip(slip, faults=(Words(lang())["paper_no_graduate"],)), 409
    return _slip(slip, faults=failures.sentences(refusal, lang())), 409


def _seen(slip: str) -> fair_paper.SlipSeen:
    return fair_paper.seen(parts().engine, gate.grant(), slip)


def _slip(slip: str, faults: tuple[str, ...] = ()) -> str:
    seen = _seen(slip)
    address = url_for("console.paper.show", slip=seen.slip.slip, _external=True)
    return render(
        "slip.html", seen=seen, faults=faults, code=qr(address), key=parts().new_request_id()
    )
