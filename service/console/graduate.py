"""One graduate: the list with its reasons, what is excluded, what was done; act on it."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from recommender import access, failures, ledger, recording, vetoes, voiding, wording
from recommender.closeups import N_POSTS
from recommender.domain import Channel, OutcomeStage, StepReason
from recommender.errors import NotFound, Refused, WrongUsage
from recommender.finding import printable
from recommender.next_steps import Ask
from recommender.rights import switch
from service import errors, showing
from service.console import bars, gate
from service.console.shell import lang, render
from service.parts import parts

pages = Blueprint("graduate", __name__)

N_STEPS = 5
MOST_CHARS = 200


@pages.get("/graduates/<path:graduate_id>")
def show(graduate_id: str) -> str:
    """Show one graduate."""
    return _page(graduate_id)


@pages.get("/graduates/<path:graduate_id>/next-steps")
def next_steps(graduate_id: str) -> str:
    """Show, as a part of the page, what would bring further posts into the list."""
    access.require_within(parts().engine, gate.grant(), graduate_id)
    ask = Ask(top=N_POSTS, order="market", congestion=1.0)
    found = parts().desk.next_steps(graduate_id, ask, most=N_STEPS)
    return render("_next_steps.html", found=found)


@pages.post("/graduates/<path:graduate_id>/hold")
def hold(graduate_id: str) -> Response:
    """Hold a place, or stand in line for one."""
    access.require_within(parts().engine, gate.grant(), graduate_id)
    ledger.hold(
        parts().engine,
        gate.clerk(),
        graduate_id,
        request.form.get("post_id", ""),
        wait="wait" in request.form,
        key=gate.own_key(),
    )
    return _done(graduate_id, "held_done")


@pages.post("/graduates/<path:graduate_id>/release")
def release(graduate_id: str) -> Response:
    """Give up a place, a hold or a turn."""
    access.require_within(parts().engine, gate.grant(), graduate_id)
    ledger.release(
        parts().engine,
        gate.clerk(),
        graduate_id,
        request.form.get("post_id", ""),
        reason=request.form.get("reason", ""),
        note=request.form.get("note", "").strip() or None,
        key=gate.own_key(),
    )
    return _done(graduate_id, "released_done")


@pages.post("/graduates/<path:graduate_id>/steps")
def record(graduate_id: str) -> Response:
    """Record a step; 推荐 from the list is one."""
    access.require_within(parts().engine, gate.grant(), graduate_id)
    asked = ("post_id", "stage", "date", "reason", "channel", "shown_rank")
    body: dict[str, object] = {name: request.form[name] for name in asked if request.form.get(name)}
    recorded = recording.record_outcome(
        parts().engine,
        {"graduate_id": graduate_id, "date": parts().today().isoformat(), **body},
        day=parts().today(),
        idempotency_key=gate.own_key(),
        clerk=gate.clerk(),
    )
    request_id = request.form.get("request_id", "")
    if request_id and not recorded.replayed:
        showing.cite(recorded.outcome, request_id)
    return _done(graduate_id, "recorded_done")


@pages.post("/graduates/<path:graduate_id>/veto")
def veto(graduate_id: str) -> Response:
    """Veto a post for somebody, until it is lifted."""
    access.require_within(parts().engine, gate.grant(), graduate_id)
    vetoes.veto(
        parts().engine, gate.clerk(), graduate_id, request.form.get("post_id", ""), reason=_why()
    )
    return _done(graduate_id, "vetoed_done")


@pages.post("/graduates/<path:graduate_id>/lift")
def lift(graduate_id: str) -> Response:
    """Lift a veto."""
    access.require_within(parts().engine, gate.grant(), graduate_id)
    vetoes.lift(
        parts().engine, gate.clerk(), graduate_id, request.form.get("post_id", ""), reason=_why()
    )
    return _done(graduate_id, "lifted_done")


@pages.post("/graduates/<path:graduate_id>/void")
def void(graduate_id: str) -> Response:
    """Void a step that was recorded wrongly."""
    access.require_within(parts().engine, gate.grant(), graduate_id)
    voiding.void(
        parts().engine,
        gate.clerk(),
        graduate_id,
        request.form.get("post_id", ""),
        *voiding.step_asked(request.form.get("stage", ""), request.form.get("date", "")),
        why=_why(),
    )
    return _done(graduate_id, "voided_done")


def _why() -> str:
    return printable(request.form.get("why", "").strip()[:MOST_CHARS])


@pages.errorhandler(Refused)
@pages.errorhandler(WrongUsage)
def refused(refusal: Refused | WrongUsage) -> tuple[str, int] | Response:
    """Say on the graduate's own page why nothing was written; who is not theirs has no page."""
    graduate_id = (request.view_args or {}).get("graduate_id", "")
    own = access.within(parts().engine, gate.grant(), [graduate_id])
    is_known = not (isinstance(refusal, NotFound) and refusal.kind == "graduate")
    if request.method == "GET" or not own or not is_known:
        return errors.placement_error(refusal)
    try:
        return _page(graduate_id, faults=failures.sentences(refusal, lang())), 409
    except NotFound:  # whoever sees everybody may also ask about nobody
        return errors.placement_error(refusal)


def _page(graduate_id: str, faults: tuple[str, ...] = ()) -> str:
    seen = parts().closeups.graduate(gate.grant(), graduate_id)
    request_id = parts().new_request_id()
    if seen.ranked is not None:
        showing.keep(seen.ranked, request_id, via=gate.grant().role, graduate_id=graduate_id)
    return render(
        "graduate.html",
        seen=seen,
        is_off=seen.ranked is None and not switch.is_on(parts().engine),
        drawn=bars.draw(seen.suggestions, lang()),
        faults=faults,
        request_id=request_id,
        key=secrets.token_hex(8),
        label=lambda member: wording.label(member, lang()),
        stages=tuple(OutcomeStage),
        reasons=tuple(StepReason),
        channels=tuple(Channel),
        acts=gate.may_open("console.graduate.record"),
    )


def _done(graduate_id: str, what: str) -> Response:
    """Lead back to the page, so that reloading it sends nothing again."""
    flash(what)
    return redirect(url_for("console.graduate.show", graduate_id=graduate_id), 303)
