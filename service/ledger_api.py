"""The ledger of places under the API: hold, confirm, release, show."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from recommender import access, ledger
from recommender.claims import LedgerAction
from recommender.errors import Unreadable
from recommender.ledger_answers import Entry
from recommender.ledger_requests import request
from service import ledger_payloads, tokens
from service.api import BEARER, PREFIX, answer, refusals, require_json
from service.ledger_payloads import BatchBody, ConfirmBody, HoldBody, ReleaseBody
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
    return _written(ledger.hold, header, body)


@places.post("/places/confirm", responses=_WRITTEN)
def confirm_place(header: OutcomeHeader, body: ConfirmBody) -> Response:
    """Confirm a place (签约), held before or open."""
    return _written(ledger.confirm, header, body)


@places.post("/places/release", responses=_WRITTEN)
def release_place(header: OutcomeHeader, body: ReleaseBody) -> Response:
    """Give up a place (解约), a hold, or a turn in the line."""
    return _written(ledger.release, header, body)


def _written(
    act: Callable[..., Entry], header: OutcomeHeader, body: HoldBody | ConfirmBody | ReleaseBody
) -> Response:
    """Let one of the bearer's own graduates do something; the body's fields are its arguments."""
    access.require_within(parts().engine, tokens.grant(), body.graduate_id)
    key = tokens.own_key(header.idempotency_key)
    entry = act(parts().engine, tokens.clerk(), **dict(body), key=key)
    return answer(ledger_payloads.Entry.of(entry), ledger.CREATED)


@places.post(
    "/places/batch", responses={201: ledger_payloads.Entries, **refusals(400, 409, 413, 415)}
)
def keep_places(header: OutcomeHeader, body: BatchBody) -> Response:
    """Hold, confirm or release places of several pairs, all or none."""
    for pair in body.pairs:
        access.require_within(parts().engine, tokens.grant(), pair.graduate_id)
    action = LedgerAction(body.action)
    if action is LedgerAction.RELEASE and body.reason is None:
        raise Unreadable("reason", "", "missing")
    said = body.model_dump(exclude={"action", "pairs"})
    requests = [
        (n, request(action, pair.graduate_id, pair.post_id, **said))
        for n, pair in enumerate(body.pairs, start=1)
    ]
    key = tokens.own_key(header.idempotency_key)
    entries = ledger.together(parts().engine, tokens.clerk(), requests, key=key)
    return answer(ledger_payloads.Entries.of(entries), ledger.CREATED)


@places.get("/places", responses={200: ledger_payloads.Pending})
def pending_places() -> Response:
    """Show every hold by its deadline and every line, of the bearer's own graduates."""
    waiting = ledger.pending(parts().engine, tokens.clerk())
    named = {claim.graduate_id for claim in waiting.held}
    named |= {claim.graduate_id for line in waiting.lines.values() for claim in line}
    own = access.within(parts().engine, tokens.grant(), named)
    return answer(ledger_payloads.Pending.of(waiting, own))


@places.get("/places/<path:post_id>", responses={200: ledger_payloads.PostPlaces, **refusals(404)})
def post_places(path: PostPath) -> Response:
    """Show the places of a post, its line and its history."""
    shown = ledger.show(parts().engine, tokens.clerk(), path.post_id)
    named = {event.graduate_id for event in shown.history} | {*shown.confirmed}
    named |= {step.graduate_id for step in shown.interns}
    own = access.within(parts().engine, tokens.grant(), named)
    return answer(ledger_payloads.PostPlaces.of(shown, own))
