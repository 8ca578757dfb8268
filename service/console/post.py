"""One post: who fits it, who has its places, what became of those proposed."""

from __future__ import annotations

from flask import Blueprint

from recommender import wording
from recommender.rights import switch
from service import viewing
from service.console import gate
from service.console.shell import lang, render
from service.parts import parts

pages = Blueprint("post", __name__)


@pages.get("/posts/<path:post_id>")
def show(post_id: str) -> str:
    """Show one post."""
    seen = parts().closeups.post(gate.grant(), gate.clerk(), post_id)
    viewing.note(seen.people)
    return render(
        "post.html",
        seen=seen,
        is_off=seen.ranked is None and not switch.is_on(parts().engine),
        label=lambda member: wording.label(member, lang()),
        sees_people=gate.may_open("console.graduate.show"),
    )
