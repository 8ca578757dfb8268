"""The alliance's year under the API: follow-ups, reports."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from recommender import access
from recommender.year import dealings, follow_up, report
from recommender.year.guidance_views import ANSWER_FOR_PEOPLE
from service import tokens, year_payloads
from service.api import BEARER, PREFIX, answer, refusals, require_json
from service.parts import parts
from service.year_payloads import FollowUpBody, FollowUpQuery, ReportQuery

year = APIBlueprint(
    "year",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="year", description="Follow up, report.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
year.before_request(tokens.require_role)
year.before_request(require_json)


@year.get("/follow-ups", responses={200: year_payloads.FollowUps})
def due_follow_ups(query: FollowUpQuery) -> Response:
    """List who is to be asked whether they are still there, and response rates."""
    found = follow_up.follow_up(
        parts().engine,
        day=parts().today(),
        college=query.college,
        enterprise=query.enterprise,
        colleges=access.colleges(parts().engine, tokens.grant()),
    )
    return answer(year_payloads.FollowUps.of(found))


@year.post("/follow-ups", responses={201: year_payloads.FollowUpAnswer, **refusals(400, 413, 415)})
def record_follow_up(body: FollowUpBody) -> Response:
    """Keep one answer to a follow-up; it is also its 留任 or 离职."""
    access.require_within(parts().engine, tokens.grant(), body.graduate_id)
    kept = follow_up.record_follow_up(parts().engine, body.cells(), day=parts().today())
    return answer(year_payloads.FollowUpAnswer.of(kept), 201)


@year.get("/report", responses={200: year_payloads.YearReport})
def year_report(query: ReportQuery) -> Response:
    """Report what became of a class year, who was shown how much and how enterprises answered."""
    exact = tokens.grant().role in ANSWER_FOR_PEOPLE
    engine, day = parts().engine, parts().today()
    colleges = access.colleges(engine, tokens.grant())
    rates = report.report(
        engine, day=day, class_year=query.class_year, colleges=colleges, exact=exact
    )
    shown = dealings.exposures(
        engine,
        parts().settings.home,
        day=day,
        class_year=rates.class_year,
        colleges=colleges,
        exact=exact,
    )
    answered = dealings.answers(
        engine, day=day, class_year=rates.class_year, colleges=colleges, exact=exact
    )
    return answer(year_payloads.YearReport.of(rates, shown, answered))
