"""A supply-demand meeting, chain by chain: who should talk to whom, and drafts of agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import NotFound as NoPage

from recommender import access, wording
from recommender.errors import NotFound
from recommender.finding import Page
from recommender.year import handed_out, meeting, meeting_words
from recommender.year.meeting import Meeting, Pairing, Shortage
from service.console import gate, sheets
from service.console.shell import is_part, lang, render
from service.parts import parts

pages = Blueprint("meeting", __name__)

N_LINES = 15
_MOST_CHARS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A shortage with classes that lead there; `n_more` are not shown, for others cover it."""

    shortage: Shortage
    pairings: tuple[Pairing, ...]
    n_more: int


@pages.get("/meeting")
def show() -> str:
    """Show a chain's meeting, which is prepared behind the page; without one, the chains."""
    chain = _chain()
    chains = meeting.chains(parts().engine, day=parts().today())
    if chain and chain not in chains:
        raise NotFound("chain", chain)
    found = _prepared(chain) if chain and (is_part() or "whole" in request.args) else None
    lines = _lines(found, shows_all="all" in request.args) if found else []
    again = urlencode(request.args.to_dict() | {"whole": "1"})
    return render(
        "_meeting.html" if is_part() else "meeting.html",
        chain=chain,
        chains=chains,
        again=f"{url_for('console.meeting.show')}?{again}",
        met=found,
        found=_paged(lines, request.args.get("page", "")),
        shows_all="all" in request.args,
        query=urlencode({"chain": chain}),
        label=lambda member: wording.label(member, lang()),
        suffixes=sheets.TABLES,
        is_of_all=access.colleges(parts().engine, gate.grant()) is None,
    )


@pages.get("/meeting/<name>.<suffix>")
def sheet(name: str, suffix: str) -> Response:
    """Give the pairings, or the drafts of agreements, as a file."""
    if name not in {"pairings", "agreements"} or suffix not in sheets.TABLES:
        raise NoPage
    found = _prepared(_chain())
    table = (
        meeting_words.drafts_table(found)
        if name == "agreements"
        else meeting_words.pairing_table(found, lang())
    )
    return sheets.attached(handed_out.file_of(table, f".{suffix}"), f"{name}.{suffix}")


def _chain() -> str:
    return request.args.get("chain", "")[:_MOST_CHARS]


def _prepared(chain: str) -> Meeting:
    return meeting.prepare(
        parts().engine,
        chain,
        day=parts().today(),
        colleges=access.colleges(parts().engine, gate.grant()),
    )


def _lines(found: Meeting, *, shows_all: bool) -> list[Line]:
    """Put each shortage beside its classes, the largest first; those with a size, or all."""
    of: dict[Shortage, list[Pairing]] = {each: [] for each in found.shortages}
    for pairing in found.pairings:
        of[pairing.shortage].append(pairing)
    lines = []
    for each, some in of.items():
        shown = tuple(pairing for pairing in some if pairing.size or shows_all)
        lines.append(Line(shortage=each, pairings=shown, n_more=len(some) - len(shown)))
    return sorted(lines, key=lambda line: -line.shortage.places)


def _paged(lines: Sequence[Line], asked: str) -> Page[Line]:
    n_pages = max(1, -(-len(lines) // N_LINES))
    wanted = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    at = min(max(1, wanted), n_pages)
    shown = lines[(at - 1) * N_LINES : at * N_LINES]
    return Page(total=len(lines), number=at, n_pages=n_pages, rows=tuple(shown))
