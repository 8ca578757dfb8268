"""On the floor of a fair: the board for a hall's screen, and the page of a booth's tablet.

A booth sees only people who marked it or whom the timetable sends to it, and learns who somebody
is once it was shown their slip.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from recommender import access, wording
from recommender.domain import InterestSide
from recommender.errors import NotFound, Refused, WrongUsage
from recommender.year import fair, fair_board, fair_desk
from service import errors
from service.console import gate, refusals
from service.console.sent import typed
from service.console.shell import is_part, lang, render
from service.parts import parts

pages = Blueprint("floor", __name__)

_MOST_CHARS = 100


@pages.get("/fairs/<path:fair_id>/board")
def board(fair_id: str) -> str:
    """Show the places of a fair as they are, renewed every few seconds; nothing of a person."""
    shown = fair_board.board(parts().engine, gate.clerk(), fair_id)
    return render("_board.html" if is_part() else "board.html", shown=shown)


@pages.get("/fairs/<path:fair_id>/booth")
def own(fair_id: str) -> AnyResponse:
    """Lead an enterprise to its own booth."""
    code = fair_board.booth_of(parts().engine, gate.grant(), fair_id)
    if code is None:
        raise NotFound("booth", "")
    return _done(fair_id, code, None)


@pages.get("/fairs/<path:fair_id>/booths/<booth>")
def tablet(fair_id: str, booth: str) -> str:
    """Show a booth whom it is to meet."""
    engine, own = parts().engine, fair_board.booth_of(parts().engine, gate.grant(), fair_id)
    at, found = fair_board.visitors(engine, fair_id, booth, for_booth=own is not None)
    if own is not None and at.credit_code != own:
        raise NotFound("booth", booth)
    if own is None:
        named = {one.graduate_id for one in found if one.graduate_id is not None}
        allowed = access.within(engine, gate.grant(), named)
        found = tuple(one for one in found if one.graduate_id in {None, *allowed})
    shown = fair_board.board(engine, gate.clerk(), fair_id)
    line = next(each for each in shown.booths if each.booth.credit_code == at.credit_code)
    return render(
        "booth.html",
        fair=shown.fair,
        line=line,
        here=[one for one in found if one.slip],
        coming=[one for one in found if not one.slip],
        label=lambda member: wording.label(member, lang()),
        acts=gate.may_open("console.floor.mark") and shown.fair.closing is None,
        is_own=own is not None,
    )


@pages.post("/fairs/<path:fair_id>/booths/<booth>/check-ins")
def check_in(fair_id: str, booth: str) -> AnyResponse:
    """Note that a slip was shown at the booth."""
    own = _own_at(fair_id, booth)
    fair_desk.check_in(
        parts().engine, gate.clerk(), fair_id, typed("slip", _MOST_CHARS), booth=booth, own=own
    )
    return _done(fair_id, booth, "fair_shown")


@pages.post("/fairs/<path:fair_id>/booths/<booth>/marks")
def mark(fair_id: str, booth: str) -> AnyResponse:
    """Mark that the booth wants the bearer of a slip."""
    own, rank = _own_at(fair_id, booth), typed("rank", _MOST_CHARS)
    fair_desk.mark(
        parts().engine,
        gate.clerk(),
        fair_id,
        typed("slip", _MOST_CHARS),
        typed("post_id", _MOST_CHARS),
        side=InterestSide.ENTERPRISE,
        rank=int(rank) if rank in {str(n) for n in range(1, 100)} else None,
        own=own,
    )
    return _done(fair_id, booth, "fair_marked")


@pages.post("/fairs/<path:fair_id>/booths/<booth>/claims")
def claim(fair_id: str, booth: str) -> AnyResponse:
    """Say whose a slip is; a booth has to know the name, too."""
    own, graduate_id = _own_at(fair_id, booth), typed("graduate_id", _MOST_CHARS)
    if own is None:
        access.require_within(parts().engine, gate.grant(), graduate_id)
    fair_desk.claim(
        parts().engine,
        gate.clerk(),
        fair_id,
        typed("slip", _MOST_CHARS),
        graduate_id,
        own=own,
        name=typed("name", _MOST_CHARS) or None,
    )
    return _done(fair_id, booth, "fair_claimed")


@pages.errorhandler(Refused)
@pages.errorhandler(WrongUsage)
def refused(refusal: Refused | WrongUsage) -> AnyResponse:
    """Say at the booth itself why nothing was written."""
    is_page = isinstance(refusal, NotFound) and refusal.kind in {"fair", "booth"}
    # Who is somebody else's is answered as who is nobody: without a word that was typed.
    is_claim = isinstance(refusal, NotFound) and request.endpoint == "console.floor.claim"
    where = request.view_args or {}
    if request.method == "GET" or is_page or is_claim or "booth" not in where:
        return errors.placement_error(refusal)
    return refusals.told(refusal, url_for("console.floor.tablet", **where))


def _own_at(fair_id: str, booth: str) -> str | None:
    """Give the same at a booth; another enterprise's is one that nobody knows."""
    own = fair_board.booth_of(parts().engine, gate.grant(), fair_id)
    if own not in (None, fair.look(parts().engine, fair_id).booth_at(booth).credit_code):
        raise NotFound("booth", booth)
    return own


def _done(fair_id: str, booth: str, what: str | None) -> AnyResponse:
    if what is not None:
        flash(what)
    return redirect(url_for("console.floor.tablet", fair_id=fair_id, booth=booth), 303)
