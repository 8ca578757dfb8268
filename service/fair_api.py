"""Fairs (双选会) under the API: the timetable, slips, marks, the board and the result.

An enterprise has its own booth only; a kiosk only slips that name nobody, and marks of slips.
"""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from werkzeug.exceptions import Forbidden

from recommender import access
from recommender.domain import InterestSide
from recommender.errors import NotFound
from recommender.year import fair, fair_board, fair_desk, fair_result, fair_timetable, fair_words
from recommender.year.fair_board import ENTERPRISE
from service import fair_payloads, tokens
from service.api import BEARER, KIOSK, PREFIX, answer, refusals, require_json
from service.fair_payloads import (
    BoothPath,
    CheckInBody,
    ClaimBody,
    FairPath,
    MarkBody,
    Nothing,
    RegistrantPath,
    ResultQuery,
    TimetableBody,
)
from service.parts import parts
from service.payloads import OutcomeHeader

fairs = APIBlueprint(
    "fairs",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="fairs", description="Plan, keep and end a two-way selection fair.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
fairs.before_request(tokens.require_role)
fairs.before_request(require_json)

_WRITTEN = refusals(400, 404, 409, 413, 415)


@fairs.post("/fairs/<path:fair_id>/timetable", responses={201: fair_payloads.Planned, **_WRITTEN})
def make_timetable(path: FairPath, body: TimetableBody) -> Response:
    """Make the timetable of a fair anew, and give every registrant a slip."""
    made = fair_timetable.make(
        parts().engine,
        parts().settings.models_dir,
        tokens.clerk(),
        path.fair_id,
        k=body.booths,
        least=body.least,
    )
    return answer(fair_payloads.Planned.of(made), fair.CREATED)


@fairs.get("/fairs/<path:fair_id>/timetable", responses={200: fair_payloads.Turns, **refusals(404)})
def fair_turns(path: FairPath) -> Response:
    """Show who of the bearer's graduates is at which booth in which round."""
    turns = fair_timetable.turns(parts().engine, path.fair_id)
    own = access.within(parts().engine, tokens.grant(), {turn.graduate_id for turn in turns})
    told = [fair_payloads.Turn.of(turn) for turn in turns if turn.graduate_id in own]
    return answer(fair_payloads.Turns(fair_id=path.fair_id, turns=told))


@fairs.post("/fairs/<path:fair_id>/slips", responses={201: fair_payloads.Slip, **_WRITTEN})
def give_slip(path: FairPath, header: OutcomeHeader, body: Nothing) -> Response:
    """Give a walk-in a slip that names nobody."""
    slip = fair_desk.issue(
        parts().engine,
        tokens.clerk(),
        path.fair_id,
        key=tokens.own_key(header.idempotency_key),
    )
    return answer(fair_payloads.Slip.of(slip), fair.CREATED)


@fairs.post(
    "/fairs/<fair_id>/graduates/<path:graduate_id>/slip",
    responses={201: fair_payloads.Slip, **_WRITTEN},
)
def graduate_slip(path: RegistrantPath, body: Nothing) -> Response:
    """Give a graduate their slip, the same each time."""
    access.require_within(parts().engine, tokens.grant(), path.graduate_id)
    slip = fair_desk.issue(
        parts().engine, tokens.clerk(), path.fair_id, graduate_id=path.graduate_id
    )
    return answer(fair_payloads.Slip.of(slip), fair.CREATED)


@fairs.post("/fairs/<path:fair_id>/check-ins", responses={201: fair_payloads.CheckIn, **_WRITTEN})
def check_slip_in(path: FairPath, header: OutcomeHeader, body: CheckInBody) -> Response:
    """Note that a slip was shown, at the door or at a booth."""
    own = fair_board.booth_of(parts().engine, tokens.grant(), path.fair_id)
    shown = fair_desk.check_in(
        parts().engine,
        tokens.clerk(),
        path.fair_id,
        body.slip,
        booth=body.booth or own,
        own=own,
        key=tokens.own_key(header.idempotency_key),
    )
    return answer(fair_payloads.CheckIn.of(shown), fair.CREATED)


@fairs.post("/fairs/<path:fair_id>/marks", responses={201: fair_payloads.Mark, **_WRITTEN})
def mark_interest(path: FairPath, header: OutcomeHeader, body: MarkBody) -> Response:
    """Mark that the bearer of a slip wants a post, or that its booth wants the bearer."""
    role = tokens.grant().role
    own = fair_board.booth_of(parts().engine, tokens.grant(), path.fair_id)
    side = InterestSide(body.side or (ENTERPRISE if role == ENTERPRISE else "graduate"))
    if (role == ENTERPRISE and side is InterestSide.GRADUATE) or (
        role == KIOSK and side is InterestSide.ENTERPRISE
    ):
        raise Forbidden
    made = fair_desk.mark(
        parts().engine,
        tokens.clerk(),
        path.fair_id,
        body.slip,
        body.post_id,
        side=side,
        rank=body.rank,
        own=own,
        key=tokens.own_key(header.idempotency_key),
    )
    return answer(fair_payloads.Mark.of(made), fair.CREATED)


@fairs.post("/fairs/<path:fair_id>/claims", responses={201: fair_payloads.Slip, **_WRITTEN})
def claim_slip(path: FairPath, header: OutcomeHeader, body: ClaimBody) -> Response:
    """Say whose a slip is: its marks become 意向."""
    own = fair_board.booth_of(parts().engine, tokens.grant(), path.fair_id)
    if own is None:
        access.require_within(parts().engine, tokens.grant(), body.graduate_id)
    slip = fair_desk.claim(
        parts().engine,
        tokens.clerk(),
        path.fair_id,
        body.slip,
        body.graduate_id,
        own=own,
        name=body.name,
        key=tokens.own_key(header.idempotency_key),
    )
    return answer(fair_payloads.Slip.of(slip), fair.CREATED)


@fairs.post("/fairs/<path:fair_id>/close", responses={201: fair_payloads.Closing, **_WRITTEN})
def close_fair(path: FairPath, body: Nothing) -> Response:
    """Shut the doors: nobody checks in or marks any more."""
    closing = fair_desk.close(parts().engine, tokens.clerk(), path.fair_id)
    return answer(fair_payloads.Closing.of(closing), fair.CREATED)


@fairs.get("/fairs/<path:fair_id>/board", responses={200: fair_payloads.Board, **refusals(404)})
def show_board(path: FairPath) -> Response:
    """Show the places of a fair as they are; nothing of a person."""
    shown = fair_board.board(parts().engine, tokens.clerk(), path.fair_id)
    return answer(fair_payloads.Board.model_validate(fair_words.board_json(shown)))


@fairs.get(
    "/fairs/<fair_id>/booths/<path:booth>/visitors",
    responses={200: fair_payloads.Visitors, **refusals(404)},
)
def booth_visitors(path: BoothPath) -> Response:
    """List whom a booth is to meet: sent to it, or having marked it."""
    own = fair_board.booth_of(parts().engine, tokens.grant(), path.fair_id)
    booth, found = fair_board.visitors(
        parts().engine, path.fair_id, path.booth, for_booth=own is not None
    )
    if own is not None and booth.credit_code != own:
        raise NotFound("booth", path.booth)
    if own is None:
        named = {one.graduate_id for one in found if one.graduate_id is not None}
        allowed = access.within(parts().engine, tokens.grant(), named)
        found = tuple(one for one in found if one.graduate_id in {None, *allowed})
    told = [fair_payloads.Visitor.of(one) for one in found]
    shape = fair_payloads.Visitors(
        fair_id=path.fair_id, credit_code=booth.credit_code, visitors=told
    )
    return answer(shape)


@fairs.get(
    "/fairs/<path:fair_id>/result", responses={200: fair_payloads.Result, **refusals(404, 409)}
)
def show_result(path: FairPath, query: ResultQuery) -> Response:
    """Match who marked each other, once the fair is closed."""
    found = fair_result.result(parts().engine, parts().settings.models_dir, path.fair_id)
    grant = tokens.grant()
    own = access.within(parts().engine, grant, set(found.people))
    whole = query.certificate and grant.is_for_all
    return answer(fair_payloads.Result.of(found, own, whole=whole))
