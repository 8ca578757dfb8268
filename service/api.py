"""The JSON API, version 1: parse, ask one use case, answer."""

from __future__ import annotations

import dataclasses

from flask import Response, request
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from flask_openapi.types import ResponseDict
from pydantic import BaseModel
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from recommender import access, placements, recording
from recommender.internships import uncounted
from recommender.placements import GraduateRanking
from service import payloads, showing, tokens
from service.errors import row_fault
from service.parts import parts
from service.payloads import (
    FieldProblem,
    GraduatePath,
    OutcomeBody,
    OutcomeHeader,
    PairPath,
    PostPath,
    Profile,
    RankingQuery,
    TopQuery,
)
from service.problems import PROBLEM_JSON, field_sentences, problem

PREFIX = "/api/v1"
BEARER = "bearer"
KIOSK = "kiosk"
_EVERYBODY = 1_000_000  # longer than any roster: cut after the scope was looked at


def refusals(*statuses: int) -> ResponseDict:
    """Describe the problems that an endpoint may answer, for the document."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {status: {"content": {PROBLEM_JSON: schema}} for status in statuses}


api = APIBlueprint(
    "api",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="placements", description="Rank, explain, record.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
api.before_request(tokens.require_role)


@api.before_request
def require_json() -> Response | None:
    """Turn away a body that is no JSON object before its fields are looked at."""
    if request.method != "POST":
        return None
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        body = request.get_json()
    except (BadRequest, RecursionError):
        return problem("broken-json")
    if isinstance(body, dict):
        return None
    zh, en = field_sentences("model_type")
    whole = FieldProblem(
        pointer="#", place="body", code="model_type", detail=zh, detail_en=en, suggestions=[]
    )
    return problem("unreadable", fields=[whole])


@api.get(
    "/graduates/<path:graduate_id>/ranking", responses={200: payloads.Ranking, **refusals(404)}
)
def graduate_ranking(path: GraduatePath, query: RankingQuery) -> Response:
    """Rank the posts one graduate may take, best first."""
    access.require_within(parts().engine, tokens.grant(), path.graduate_id)
    ranked = parts().desk.rank_posts(
        path.graduate_id, top=query.top, order=query.ranking, congestion=query.congestion
    )
    request_id, role = parts().new_request_id(), tokens.grant().role
    showing.keep(ranked, request_id, via=role, graduate_id=path.graduate_id)
    return answer(payloads.Ranking.of(ranked, request_id))


@api.post("/rankings", responses={200: payloads.Ranking, **refusals(400, 413, 415)})
def profile_ranking(body: Profile) -> Response:
    """Rank posts for a person described in the body, of whom nothing is stored."""
    ranked = parts().desk.rank_for_profile(
        body.cells(), top=body.top, order=body.ranking, congestion=body.congestion
    )
    request_id, role = parts().new_request_id(), tokens.grant().role
    if role == KIOSK:
        ranked = placements.explored(ranked, request_id, parts().exposures.explore_share)
    showing.keep(ranked, request_id, via=role)
    return answer(payloads.Ranking.of(ranked, request_id))


@api.get(
    "/posts/<path:post_id>/graduates",
    responses={200: payloads.GraduateRanking, **refusals(404)},
)
def post_graduates(path: PostPath, query: TopQuery) -> Response:
    """Rank the graduates who may take one post, best first."""
    grant = tokens.grant()
    asked = query.top if grant.is_for_all else _EVERYBODY
    ranked = parts().desk.rank_graduates(path.post_id, top=asked)
    return answer(payloads.GraduateRanking.of(_within_scope(ranked, grant, query.top)))


@api.get(
    "/graduates/<path:graduate_id>/posts/<path:post_id>/eligibility",
    responses={200: payloads.Eligibility, **refusals(404)},
)
def pair_eligibility(path: PairPath) -> Response:
    """Answer every hard rule for one graduate and one post."""
    access.require_within(parts().engine, tokens.grant(), path.graduate_id)
    rules = parts().desk.eligibility(path.graduate_id, path.post_id)
    return answer(payloads.Eligibility.of(rules))


@api.post("/outcomes", responses={201: payloads.Outcome, **refusals(400, 409, 413, 415)})
def record_outcome(header: OutcomeHeader, body: OutcomeBody) -> Response:
    """Record one step of one graduate with one post."""
    access.require_within(parts().engine, tokens.grant(), body.graduate_id)
    recorded = recording.record_outcome(
        parts().engine,
        body.cells(),
        day=parts().today(),
        idempotency_key=tokens.own_key(header.idempotency_key),
        clerk=tokens.clerk(),
    )
    if body.request_id is not None and not recorded.replayed:
        showing.cite(recorded.outcome, body.request_id)
    counts_for_all = tokens.grant().is_for_all
    told = [row_fault(each if counts_for_all else uncounted(each)) for each in recorded.warnings]
    return answer(payloads.Outcome.of(recorded.outcome, told), recorded.status)


def answer(shape: BaseModel, status: int = 200) -> Response:
    """Answer a shape as JSON, for this client alone."""
    response = Response(shape.model_dump_json(), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _within_scope(ranked: GraduateRanking, grant: access.Grant, top: int) -> GraduateRanking:
    """Leave a bearer's own graduates only, numbered anew, so that gaps tell nothing."""
    if grant.is_for_all:
        return ranked
    own = access.within(parts().engine, grant, [each.graduate_id for each in ranked.graduates])
    kept = [each for each in ranked.graduates if each.graduate_id in own][:top]
    renumbered = tuple(dataclasses.replace(each, rank=n) for n, each in enumerate(kept, start=1))
    return dataclasses.replace(ranked, graduates=renumbered)
