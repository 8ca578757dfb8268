"""The planner under the API: what to teach, and what a move of places would lead to."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from recommender import access
from recommender.year import best_moves, coverage, enrolment, moves, plan_words, profiles
from recommender.year.guidance_views import ANSWER_FOR_PEOPLE
from service import plan_payloads, tokens
from service.api import BEARER, PREFIX, answer, refusals
from service.parts import parts
from service.plan_payloads import BestQuery, EnrolmentQuery, MoveQuery

plan = APIBlueprint(
    "plan",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="plan", description="What to teach, and what a move would lead to.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
plan.before_request(tokens.require_role)


@plan.get("/plan/coverage", responses={200: plan_payloads.Coverage})
def plan_coverage() -> Response:
    """Lay what each industry chain wants beside the trades of the bearer's colleges."""
    found = coverage.coverage(
        parts().engine, day=parts().today(), colleges=_colleges(), exact=_may_know()
    )
    told = plan_words.coverage_json(found)
    return answer(plan_payloads.Coverage.model_validate(told))


@plan.get("/plan/homogeneity", responses={200: plan_payloads.Homogeneity})
def plan_homogeneity() -> Response:
    """Say how alike the trades of the bearer's colleges are."""
    found = profiles.homogeneity(
        parts().engine, day=parts().today(), colleges=_colleges(), exact=_may_know()
    )
    told = plan_words.homogeneity_json(found)
    return answer(plan_payloads.Homogeneity.model_validate(told))


@plan.get("/plan/enrolment", responses={200: plan_payloads.Enrolment})
def plan_enrolment(query: EnrolmentQuery) -> Response:
    """Lay programmes that open beside order classes and other agreements."""
    found = enrolment.enrolment(
        parts().engine,
        day=parts().today(),
        entry_year=query.entry_year,
        colleges=_colleges(),
        exact=_may_know(),
    )
    told = plan_words.enrolment_json(found)
    return answer(plan_payloads.Enrolment.model_validate(told))


@plan.get("/plan/move", responses={200: plan_payloads.Moved, **refusals(404, 409)})
def plan_move(query: MoveQuery) -> Response:
    """Replay the class year with places moved from one trade to another."""
    found = moves.try_move(
        parts().engine,
        parts().settings.models_dir,
        query.asked(),
        day=parts().today(),
        colleges=_colleges(),
    )
    return answer(plan_payloads.Moved.model_validate(plan_words.move_json(found)))


@plan.get("/plan/best", responses={200: plan_payloads.Best, **refusals(404, 409)})
def plan_best(query: BestQuery) -> Response:
    """Find the moves within a budget that let most people stay."""
    found = best_moves.best_moves(
        parts().engine,
        parts().settings.models_dir,
        query.budget,
        day=parts().today(),
        entry_year=query.entry_year,
        colleges=_colleges(),
    )
    return answer(plan_payloads.Best.model_validate(plan_words.best_json(found)))


def _colleges() -> frozenset[str] | None:
    return access.colleges(parts().engine, tokens.grant())


def _may_know() -> bool:
    return tokens.grant().role in ANSWER_FOR_PEOPLE
