"""Says on the page where a form was sent from why nothing was written."""

from __future__ import annotations

from flask import flash, redirect
from werkzeug.wrappers import Response

from recommender import failures
from recommender.errors import PlacementError
from service.console.shell import lang

# The cookie that carries them to the next page holds no more.
_MOST, _MOST_CHARS = 6, 1_200


def told(refusal: PlacementError, where: str) -> Response:
    """Lead back to a page, which says why nothing was written."""
    said = failures.sentences(refusal, lang())
    flash(" ".join(said[:_MOST])[:_MOST_CHARS], "fault")
    return redirect(where, 303)
