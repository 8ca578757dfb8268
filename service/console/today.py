"""Today: what changed overnight and what is due, each a link to act on."""

from __future__ import annotations

from flask import Blueprint

from recommender import morning
from service.console import gate
from service.console.shell import lang, render
from service.parts import parts

pages = Blueprint("today", __name__)


@pages.get("/today")
def show() -> str:
    """Show what changed since the day before."""
    seen = morning.morning(parts().engine, parts().finder, day=parts().today())
    reasons = (seen.night or {}).get("facts", {}).get("reasons", ())
    # What an import held and what a night found wrong with it speak of everybody's people.
    is_for_all = gate.grant().is_for_all
    said = _said(reasons) if is_for_all else []
    return render("today.html", seen=seen, said=said, is_for_all=is_for_all)


@pages.get("/today/duties")
def duties() -> str:
    """Show, as a part of the page, what is to be done for own people."""
    found = morning.duties(parts().engine, gate.grant(), day=parts().today())
    return render("_duties.html", found=found)


def _said(reasons: object) -> list[str]:
    """Give the night's reasons in the language of the page."""
    key = "text_en" if lang() == "en" else "text"
    rows = reasons if isinstance(reasons, list) else []
    return [str(row.get(key) or row.get("text", "")) for row in rows]
