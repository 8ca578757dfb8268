"""Supply-demand meetings (供需对接会) under the API."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from recommender import access
from recommender.year import meeting, meeting_words
from service import tokens
from service.api import BEARER, PREFIX, answer, refusals
from service.fair_payloads import ChainQuery, Meeting
from service.parts import parts

meetings = APIBlueprint(
    "meetings",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="meetings", description="Who should talk to whom, chain by chain.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
meetings.before_request(tokens.require_role)


@meetings.get("/meeting", responses={200: Meeting, **refusals(404)})
def chain_meeting(query: ChainQuery) -> Response:
    """Say who should talk to whom about what, and draft agreements."""
    found = meeting.prepare(
        parts().engine,
        query.chain,
        day=parts().today(),
        colleges=access.colleges(parts().engine, tokens.grant()),
    )
    return answer(Meeting.model_validate(meeting_words.meeting_json(found)))
