"""The ledger of places under the API: hold, confirm, release, show."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from recommender import access, ledger
from service import ledger_payloads, tokens
from service.api import BEARER, PREFIX, answer, refusals, require_json
from service.ledger_payloads import ConfirmBody, HoldBody, ReleaseBody
from service.parts import parts
from service.payloads import OutcomeHeader, PostPath

places = APIBlueprint(
    "places",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="places", description="Hold, confirm, release: every place once.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
places.before_request(tokens.require_role)
places.before_request(require_json)

_WRITTEN = {201: ledger_payloads.Entry, **refusals(400, 409, 413, 415)}


@places.post("/places/hold", responses=_WRITTEN)
def hold_place(header: OutcomeHeader, body: HoldBody) -> Response:
    """Hold a place until a deadline, or stand in line for one."""
    access.require_within(parts().engine, tokens.grant(), body.graduate_id)
    entry = ledger.hold(
        parts().engine,
        tokens.clerk(),
        body.graduate_id,
        body.post_id,
        hours=body.hours,
        wait=body.wait,
        note=body.note,
        key=tokens.own_key(header.idempotency_key),
    )
    return answer(ledger_payloads.Entry.of(entry), ledger.CREATED)


@places.post("/places/confirm", responses=_WRITTEN)
def confirm_place(header: OutcomeHeader, body: ConfirmBody) -> Response:
    """Confirm a place (签约), held before or open."""
    access.require_within(parts().engine, tokens.grant(), body.graduate_id)
    entry = ledger.confirm(
        parts().engine,
        tokens.clerk(),
        body.graduate_id,
        body.post_id,
        channel=body.channel,
        note=body.note,
        key=tokens.own_key(header.idempotency_key),
    )
    return answer(ledger_payloads.Entry.of(entry), ledger.CREATED)


@places.post("/places/release", responses=_WRITTEN)
def release_place(header: OutcomeHeader, body: ReleaseBody) -> Response:
    """Give up a place (解约), a hold, or a turn in the line."""
    access.require_within(parts().engine, tokens.grant(), body.graduate_id)
    entry = ledger.release(
        parts().engine,
        tokens.clerk(),
        body.graduate_id,
        body.post_id,
        reason=body.reason,
        note=body.note,
        key=tokens.own_key(header.idempotency_key),
    )
    return answer(ledger_payloads.Entry.of(entry), ledger.CREATED)


@places.get("/places/<path:post_id>", responses={200: ledger_payloads.PostPlaces, **refusals(404)})
def post_places(path: PostPath) -> Response:
    """Show the places of a post, its line and its history."""
    shown = ledger.show(parts().engine, tokens.clerk(), path.post_id)
    named = {event.graduate_id for event in shown.history} | {*shown.confirmed}
    own = access.within(parts().engine, tokens.grant(), named)
    return answer(ledger_payloads.PostPlaces.of(shown, own))
