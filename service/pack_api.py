"""The API of a hall that is served from a pack: what a kiosk asks, in the server's own shapes.

The same addresses, bodies and answers, so that a tablet needs another host and nothing else. It
asks with the token that the server gave it, whose SHA-256 is in the pack, or with the hall's code.
"""

from __future__ import annotations

from flask import Response, current_app, request
from flask_openapi.blueprint import APIBlueprint
from pydantic import Field
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from recommender.errors import NotFound
from recommender.pack.hall import Hall
from recommender.year import fair, fair_words
from service import fair_payloads, payloads
from service.api import PREFIX, answer, require_json
from service.fair_payloads import FairPath, MarkBody, Nothing
from service.parts import parts
from service.payloads import OutcomeHeader, Profile

_HALL = "hall"

pack = APIBlueprint("pack", __name__, url_prefix=PREFIX)


class Board(fair_payloads.Board):
    """The places of a fair as they were when the pack was made."""

    places_as_of: str = Field(description="When they were counted.")


def hall() -> Hall:
    """Give the hall of the application that answers."""
    found: Hall = current_app.extensions[_HALL]
    return found


def keep(app: object, found: Hall) -> None:
    """Let the views of an application find its hall."""
    app.extensions[_HALL] = found  # type: ignore[attr-defined]  # Flask, which mypy sees as OpenAPI


@pack.before_request
def require_kiosk() -> None:
    """Turn away a request without the token of a kiosk."""
    sent = request.authorization
    secret = sent.token if sent is not None and sent.type == "bearer" else None
    if not secret or not hall().may_ask(secret):
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "placement"}))


pack.before_request(require_json)


@pack.post("/rankings")
def profile_ranking(body: Profile) -> Response:
    """Rank posts for a person described in the body, as the server did; nothing is explored."""
    ranked = parts().desk.rank_for_profile(
        body.cells(), top=body.top, order=body.ranking, congestion=body.congestion
    )
    return answer(payloads.Ranking.of(ranked, parts().new_request_id()))


@pack.post("/fairs/<path:fair_id>/slips")
def give_slip(path: FairPath, header: OutcomeHeader, body: Nothing) -> Response:
    """Give a walk-in a slip that names nobody."""
    _require_fair(path.fair_id)
    slip = hall().issue(key=header.idempotency_key)
    return answer(fair_payloads.Slip.of(slip), fair.CREATED)


@pack.post("/fairs/<path:fair_id>/marks")
def mark_interest(path: FairPath, header: OutcomeHeader, body: MarkBody) -> Response:
    """Mark that the bearer of a slip wants a post; booths mark on the server."""
    _require_fair(path.fair_id)
    if body.side == "enterprise":
        raise Forbidden
    made = hall().mark(body.slip, body.post_id, rank=body.rank, key=header.idempotency_key)
    return answer(fair_payloads.Mark.of(made), fair.CREATED)


@pack.get("/fairs/<path:fair_id>/board")
def show_board(path: FairPath) -> Response:
    """Show the places of the fair as of the pack, and what was marked here."""
    _require_fair(path.fair_id)
    shown = fair_words.board_json(hall().board())
    as_of = hall().pack.contents.as_of.isoformat()
    return answer(Board.model_validate({**shown, "places_as_of": as_of}))


def _require_fair(fair_id: str) -> None:
    if fair_id != hall().pack.contents.fair_id:
        raise NotFound("fair", fair_id)
