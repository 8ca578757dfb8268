"""Every screen of the kiosk, under one address: what is not answered yet decides which."""

from __future__ import annotations

from dataclasses import replace

import structlog
from flask import Blueprint, request
from werkzeug.exceptions import HTTPException

from recommender import errors, wording
from recommender import kiosk_choices as choices
from recommender.kiosk import Answered, Answers
from recommender.kiosk_choices import Wish
from recommender.year.fair_desk import LENGTH, read_number
from service import showing, tokens
from service.console.gate import UnsafeLine
from service.kiosk import cards, gate
from service.kiosk.frame import lang, render
from service.kiosk.state import State, levels
from service.parts import parts, signing_key
from service.qr import qr

log = structlog.get_logger()
pages = Blueprint("kiosk", __name__, url_prefix="/kiosk")

Page = str | tuple[str, int]
N_CARDS = 3


@pages.get("")
def show() -> Page:
    """Show the start, whatever stood here before; get ready for the first answer."""
    fair = parts().kiosk.fair(gate.fair_id())
    if fair.is_closed:
        return _say("fair_closed", 409)
    parts().kiosk.get_ready()
    return _trades(State())


@pages.post("")
def press() -> Page:
    """Show where a touch leads."""
    name, _, value = request.form.get("do", "").partition(":")
    if name == "start":
        return show()
    if name == "lang":
        return _trades(State())
    if name == "scan":
        return _scanned(request.form.get("scan", "")[:300])
    state = State.of(request.form)
    if name == "mark":
        return _list(_marked(state, value))
    return _screen(state.after(name, value))


def _screen(state: State) -> Page:
    if not (state.trade or state.code):
        return _trades(state)
    if not (state.level or state.code):
        return render("levels.html", state=state, levels=_levels())
    if not (state.home or state.code):
        return _homes(state)
    if not state.wish:
        return _wishes(state)
    return _list(state)


# --- questions ----------------------------------------------------------------------------------


def _trades(state: State, fault: str = "") -> str:
    """Ask for the trade: pictures first, then the trades behind one, or by initials."""
    common = parts().kiosk.fair(gate.fair_id()).common_trades
    is_start = not (state.group or state.letters)
    found = choices.trades(state.group, state.letters, common)
    return render(
        "trades.html",
        state=state,
        is_start=is_start,
        groups=choices.GROUPS,
        found=() if is_start else found[: choices.MOST],
        n_more=0 if is_start else max(0, len(found) - choices.MOST),
        letters=choices.LETTERS,
        leading=choices.letters_of_trades(state.group, state.letters),
        fault=fault,
    )


def _homes(state: State) -> str:
    common = parts().kiosk.fair(gate.fair_id()).common_homes
    found = choices.homes(state.letters, common)[: choices.MOST]
    return render(
        "homes.html",
        state=state,
        found=[(code, choices.home_name(code)) for code in found],
        letters=choices.LETTERS,
        leading=choices.letters_of_homes(state.letters),
    )


def _wishes(state: State) -> str:
    answers = state.answers(_read(state))
    return render(
        "wishes.html",
        state=state,
        answers=answers,
        home=choices.home_name(answers.home),
        level=_level_said(answers),
        wishes=[wish for wish in Wish if answers.home or wish is not Wish.NEAR],
    )


def _levels() -> list[tuple[str, str]]:
    return [
        (name, wording.label(level, lang()) if level else "") for name, level in levels().items()
    ]


def _level_said(answers: Answers) -> str:
    return wording.label(answers.level, lang()) if answers.level else ""


def _scanned(typed: str) -> Page:
    """Read a code of a roster or a slip; nothing says who it is."""
    number = read_number(typed.strip().rstrip("/").rpartition("/")[2])
    try:
        if len(number) in {LENGTH, LENGTH + 1}:  # of the server, of a hall
            parts().kiosk.slip(gate.fair_id(), number)
            return _slip(State(slip=number, view="slip"))
        parts().kiosk.scanned(signing_key(), gate.fair_id(), typed)
    except errors.NotFound:
        return _trades(State(), fault="slip_unknown"), 422
    except errors.Unreadable as refusal:
        return _trades(State(), fault=refusal.code), 422
    return _wishes(State(code=typed.strip()))


# --- answers ------------------------------------------------------------------------------------


def _list(state: State) -> Page:
    if state.view == "slip" and state.slip:
        return _slip(state)
    answered, state = _answer(state)
    if state.view == "compare":
        pair = [card for card in answered.cards if card.post_id in {state.picked, state.beside}]
        if len(pair) == 2:
            return render("compare.html", state=state, pair=cards.shown(pair, lang()))
        state = replace(state, view="")
    first = state.number_of_page * N_CARDS
    page = answered.cards[first : first + N_CARDS]
    n_pages = -(-len(answered.cards) // N_CARDS)
    return render(
        "list.html",
        state=state,
        found=cards.shown(page, lang()),
        n_found=len(answered.cards),
        first=first,
        next_page=(state.number_of_page + 1) % n_pages if n_pages > 1 else None,
        excluded=answered.ranked.excluded_by,
        places_as_of=answered.ranked.places_as_of,
        needs_adult=not state.adult,
    )


def _answer(state: State) -> tuple[Answered, State]:
    """Rank for the answers; a list is logged once, when it is first shown."""
    is_new = not state.number
    number = state.number or parts().new_request_id()
    answered = parts().kiosk.answer(
        gate.fair_id(),
        state.answers(_read(state)),
        number,
        explore_share=parts().exposures.explore_share,
    )
    if is_new:
        showing.keep(answered.ranked, number, via=tokens.grant().role)
    return answered, replace(state, number=number)


def _read(state: State) -> Answers | None:
    if not state.code:
        return None
    return parts().kiosk.scanned(signing_key(), gate.fair_id(), state.code)


def _marked(state: State, post_id: str) -> State:
    key = tokens.own_key(f"kiosk:{state.number}") or ""
    number = parts().kiosk.mark(
        tokens.clerk(), gate.fair_id(), post_id, slip=state.slip or None, key=key
    )
    marked = tuple(dict.fromkeys((*state.marked, post_id)))
    return replace(state, slip=number, marked=marked)


def _slip(state: State) -> str:
    shown = parts().kiosk.slip(gate.fair_id(), state.slip)
    return render(
        "slip.html",
        state=state,
        slip=shown,
        found=cards.shown(shown.cards, lang()),
        code=qr(f"{request.host_url}console/slips/{shown.number}"),
    )


# --- what goes wrong ----------------------------------------------------------------------------


def _say(what: str, status: int) -> tuple[str, int]:
    return render("notice.html", what=what), status


@pages.errorhandler(UnsafeLine)
def unsafe(_: UnsafeLine) -> Page:
    """Say that this line could be read along."""
    return _say("plain", 403)


@pages.errorhandler(HTTPException)
def refused(refusal: HTTPException) -> Page:
    """Say that the kiosk has no such page, or not for this token."""
    return _say("failed", refusal.code or 500)


@pages.errorhandler(errors.PlacementError)
def failed(refusal: errors.PlacementError) -> Page:
    """Say what cannot be, and what to do."""
    said = {
        errors.RankingOff: ("ranking_off", 503),
        errors.NoModel: ("no_model", 503),
        errors.FairClosed: ("fair_closed", 409),
        errors.PackRefused: ("pack_over", 410),
        errors.Busy: ("no_database", 503),
        errors.DatabaseFailed: ("no_database", 503),
        errors.Unreadable: ("code_gone", 422),
        errors.NotFound: ("gone", 404),
    }
    if not isinstance(refusal, tuple(said)):
        log.error("request failed", exc_info=refusal)
    found = next((said[kind] for kind in said if isinstance(refusal, kind)), ("failed", 500))
    return _say(*found)
