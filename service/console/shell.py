"""The frame of every page of the console: words, language, who is signed in, where one may go."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import render_template, request, session
from flask_login import current_user

from service import texts
from service.console import gate
from service.console.words import Words
from service.parts import parts

# Page → its name in the bar, in the order of the bar.
BAR = {
    "console.today.show": "today",
    "console.find.graduates": "graduates",
    "console.find.posts": "posts",
    "console.cohort.show": "cohort",
    "console.imports.show": "imports",
    "console.models.show": "models",
}
# The same for the alliance's year, whose pages stand in a bar of their own under one name.
YEAR = {
    "console.guidance.show": "guidance",
    "console.meeting.show": "meeting",
    "console.paper.codes": "roster_codes",
    "console.paper.find": "slips",
    "console.rounds.show": "rounds",
    "console.upkeep.show": "upkeep",
    "console.fair.show": "fairs",
}


def lang() -> str:
    """Give the language: as asked now, as asked before, else as the browser prefers."""
    asked = request.args.get("lang", "")
    if asked in texts.LANGUAGES:
        session["lang"] = asked
    kept = session.get("lang")
    return kept if kept in texts.LANGUAGES else texts.language()


def render(template: str, **facts: object) -> str:
    """Make a page, or a part of one, from a template and facts."""
    chosen = lang()
    return render_template(
        f"console/{template}",
        t=Words(chosen),
        lang=chosen,
        other=_in_other_language(chosen),
        who=current_user.signed_in if current_user.is_authenticated else None,
        bar=_granted(BAR),
        year=_granted(YEAR),
        is_year=_area(request.endpoint) in map(_area, YEAR),
        is_sample=parts().settings.sample,
        today=parts().today(),
        may=gate.may_open,
        **facts,
    )


def say(what: str, status: int) -> tuple[str, int]:
    """Make a page, or a part of one, that says one thing; `what` names its words."""
    part = "_notice.html" if request.headers.get("HX-Request") else "notice.html"
    return render(part, what=what), status


def is_part() -> bool:
    """Whether a part of a page is asked for, to take the place of the one shown."""
    return request.headers.get("HX-Request-Type") == "partial"


def _granted(pages: Mapping[str, str]) -> dict[str, str]:
    return {endpoint: name for endpoint, name in pages.items() if gate.may_open(endpoint)}


def _area(endpoint: str | None) -> str:
    return (endpoint or "").rpartition(".")[0]


def _in_other_language(chosen: str) -> str:
    """Give the address of the same page in the other language; a sent form is not sent again."""
    asked = request.args.to_dict(flat=False)
    asked["lang"] = ["zh" if chosen == "en" else "en"]
    return f"?{urlencode(asked, doseq=True)}"
