"""Next steps under the API: what a graduate could change, each answer replayed."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from recommender import access
from recommender.next_steps import Ask
from service import next_step_payloads, tokens
from service.api import BEARER, PREFIX, answer, refusals
from service.parts import parts
from service.payloads import GraduatePath, PairPath, RankingQuery

steps = APIBlueprint(
    "steps",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="next steps", description="What could change, replayed before it is said.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
steps.before_request(tokens.require_role)


@steps.get(
    "/graduates/<path:graduate_id>/posts/<path:post_id>/next-step",
    responses={200: next_step_payloads.PairSteps, **refusals(404)},
)
def pair_next_step(path: PairPath, query: RankingQuery) -> Response:
    """Find the smallest changes that open a post to a graduate and bring it into their list."""
    access.require_within(parts().engine, tokens.grant(), path.graduate_id)
    found = parts().desk.next_step(path.graduate_id, path.post_id, _asked(query))
    return answer(next_step_payloads.PairSteps.of(found))


@steps.get(
    "/graduates/<path:graduate_id>/next-steps",
    responses={200: next_step_payloads.ListSteps, **refusals(404)},
)
def graduate_next_steps(path: GraduatePath, query: RankingQuery) -> Response:
    """Find the posts, open on the day, that the smallest changes bring into a list."""
    access.require_within(parts().engine, tokens.grant(), path.graduate_id)
    found = parts().desk.next_steps(path.graduate_id, _asked(query))
    return answer(next_step_payloads.ListSteps.of(found))


def _asked(query: RankingQuery) -> Ask:
    return Ask(top=query.top, order=query.ranking, congestion=query.congestion)
