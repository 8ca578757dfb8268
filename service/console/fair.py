"""Fairs: set up, timetable, the desk at the door, closing, and what a fair led to."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from recommender import access
from recommender.errors import NotFound, Refused, Unreadable, WrongUsage
from recommender.year import (
    fair,
    fair_desk,
    fair_result,
    fair_setup,
    fair_tables,
    fair_timetable,
    fair_words,
    handed_out,
)
from recommender.year.fair_result import FairResult
from service import errors, viewing
from service.console import gate, refusals, sheets
from service.console.sent import typed
from service.console.shell import is_part, lang, render
from service.parts import parts

pages = Blueprint("fair", __name__)

_MOST_CHARS = 100
N_TURNS = 200


@pages.get("/fairs")
def show() -> str:
    """List the fairs, and set one up."""
    return render(
        "fairs.html",
        fairs=fair.list_fairs(parts().engine)[::-1],
        enterprises=_enterprises(),
    )


@pages.get("/fairs/<path:fair_id>")
def one(fair_id: str) -> str:
    """Show a fair: its booths, whom the timetable sends where, and the desk at the door."""
    engine, grant = parts().engine, gate.grant()
    found = fair.look(engine, fair_id)
    sees_people = gate.may_open("console.fair.result")
    turns = fair_timetable.turns(engine, fair_id)
    own = access.within(engine, grant, {each.graduate_id for each in turns}) if sees_people else ()
    return render(
        "fair.html",
        fair=found,
        sent=Counter(each.credit_code for each in turns),
        n_turns=len(turns),
        turns=[each for each in turns if each.graduate_id in own][:N_TURNS],
        signs={booth.credit_code: booth.sign for booth in found.booths},
        enterprises=_enterprises(),
        names=dict(fair_setup.enterprises(engine, day=found.day)),
        sees_people=sees_people,
        acts=gate.may_open("console.fair.put_booth"),
    )


@pages.post("/fairs")
def put_booth() -> AnyResponse:
    """Give an enterprise a booth; the first makes the fair."""
    fair_id = typed("fair_id", _MOST_CHARS)
    fair_setup.put_booth(
        parts().engine,
        fair_id,
        typed("credit_code", _MOST_CHARS),
        day=_day(),
        n_slots=_number("slots"),
        sign=typed("booth", _MOST_CHARS) or None,
        n_seats=_number("seats"),
    )
    return _done(fair_id, "fair_booth_put")


@pages.post("/fairs/<path:fair_id>/booths")
def drop_booth(fair_id: str) -> AnyResponse:
    """Take a booth back."""
    fair_setup.drop_booth(parts().engine, fair_id, typed("credit_code", _MOST_CHARS))
    is_left = any(each.fair_id == fair_id for each, _ in fair.list_fairs(parts().engine))
    return _done(fair_id if is_left else None, "fair_booth_dropped")


@pages.post("/fairs/<path:fair_id>/timetable")
def timetable(fair_id: str) -> AnyResponse:
    """Make the timetable anew, with a slip for every registrant."""
    fair_timetable.make(
        parts().engine,
        parts().settings.models_dir,
        gate.clerk(),
        fair_id,
        k=_number("each") or fair_timetable.BOOTHS_EACH,
    )
    return _done(fair_id, "fair_planned")


@pages.post("/fairs/<path:fair_id>/slips")
def slip(fair_id: str) -> AnyResponse:
    """Give a walk-in a slip that names nobody, or a graduate theirs."""
    graduate_id = typed("graduate_id", _MOST_CHARS) or None
    if graduate_id is not None:
        access.require_within(parts().engine, gate.grant(), graduate_id)
    given = fair_desk.issue(
        parts().engine, gate.clerk(), fair_id, graduate_id=graduate_id, key=gate.own_key()
    )
    flash(given.slip, "slip")
    return _done(fair_id, None)


@pages.post("/fairs/<path:fair_id>/check-ins")
def check_in(fair_id: str) -> AnyResponse:
    """Note that a slip was shown at the door."""
    fair_desk.check_in(parts().engine, gate.clerk(), fair_id, typed("slip", _MOST_CHARS))
    return _done(fair_id, "fair_came")


@pages.post("/fairs/<path:fair_id>/close")
def close(fair_id: str) -> AnyResponse:
    """Shut the doors: nobody checks in or marks any more."""
    if "sure" not in request.form:
        raise Unreadable("sure", "", "missing")
    fair_desk.close(parts().engine, gate.clerk(), fair_id)
    return _done(fair_id, "fair_closed_now")


@pages.get("/fairs/<path:fair_id>/result")
def result(fair_id: str) -> str:
    """Show the two-sided result of own graduates, worked out behind the page."""
    found = fair.look(parts().engine, fair_id)
    is_asked = is_part() or "whole" in request.args
    told = _result(fair_id) if found.closing is not None and is_asked else None
    return render(
        "_fair_result.html" if is_part() else "fair_result.html",
        fair=found,
        found=told,
        signs={booth.credit_code: booth.sign for booth in found.booths},
        why=lambda codes: fair_words.reason(codes, lang()),
        again=f"{url_for('console.fair.result', fair_id=fair_id)}?whole=1",
        is_for_all=gate.grant().is_for_all,
    )


@pages.get("/fairs/<path:fair_id>/result.zip")
def result_sheets(fair_id: str) -> Response:
    """Give the sheets of every booth and college with own graduates, and who did not come.

    With what the command `check` proves, for who may see everybody.
    """
    found = _result(fair_id)
    viewing.note(line.graduate.graduate_id for line in found.lines)
    tables = fair_tables.result_tables(found, lang())
    files = {
        name: handed_out.file_of(table, name[name.rindex(".") :]) for name, table in tables.items()
    }
    if gate.grant().is_for_all:
        proof = json.dumps(dict(found.certificate), ensure_ascii=False, indent=1)
        files["certificate.json"] = proof.encode()
    return sheets.attached(handed_out.archive_of(files), "fair-result.zip")


@pages.errorhandler(Refused)
@pages.errorhandler(WrongUsage)
def refused(refusal: Refused | WrongUsage) -> AnyResponse:
    """Say on the page itself why nothing was written."""
    # Who is somebody else's is answered as who is nobody: without a word that was typed.
    is_unknown = isinstance(refusal, NotFound) and refusal.kind in {"fair", "graduate"}
    if request.method == "GET" or is_unknown:
        return errors.placement_error(refusal)
    fair_id = (request.view_args or {}).get("fair_id")
    return refusals.told(refusal, _where(fair_id))


def _result(fair_id: str) -> FairResult:
    """Match both sides, and leave only what is about people whom one may know of."""
    found = fair_result.result(parts().engine, parts().settings.models_dir, fair_id)
    own = access.within(parts().engine, gate.grant(), set(found.people))
    return replace(
        found,
        people={who: each for who, each in found.people.items() if who in own},
        lines=tuple(each for each in found.lines if each.graduate.graduate_id in own),
        interests=tuple(each for each in found.interests if each.graduate_id in own),
        absences=tuple(each for each in found.absences if each.graduate.graduate_id in own),
        details={who: each for who, each in found.details.items() if who in own},
    )


def _enterprises() -> list[tuple[str, str]]:
    if not gate.may_open("console.fair.put_booth"):
        return []
    return fair_setup.enterprises(parts().engine, day=parts().today())


def _day() -> date | None:
    sent = typed("date", _MOST_CHARS)
    try:
        return date.fromisoformat(sent) if sent else None
    except ValueError:
        raise Unreadable("date", sent, "not_a_date") from None


def _number(name: str) -> int | None:
    sent = typed(name, _MOST_CHARS)
    if not sent:
        return None
    if not (sent.isascii() and sent.isdecimal() and len(sent) < 6):
        raise Unreadable(name, sent, "out_of_range")
    return int(sent)


def _where(fair_id: str | None) -> str:
    if fair_id is None:
        return url_for("console.fair.show")
    return url_for("console.fair.one", fair_id=fair_id)


def _done(fair_id: str | None, what: str | None) -> AnyResponse:
    """Lead back to the fair, so that reloading it sends nothing again."""
    if what is not None:
        flash(what)
    return redirect(_where(fair_id), 303)
