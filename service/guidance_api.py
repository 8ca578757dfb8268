"""The guidance catalog under the API: as it is now, as it was issued, and issuing it."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from werkzeug.exceptions import Forbidden

from recommender import access
from recommender.year import edition, guidance_views
from service import guidance_payloads, tokens
from service.api import BEARER, PREFIX, answer, refusals, require_json
from service.guidance_payloads import EditionPath, IssueBody, RowsQuery
from service.parts import parts

guidance = APIBlueprint(
    "guidance",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="guidance", description="Demand and supply by occupation and city.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
guidance.before_request(tokens.require_role)
guidance.before_request(require_json)


@guidance.get("/guidance", responses={200: guidance_payloads.GuidanceNow})
def guidance_now(query: RowsQuery) -> Response:
    """Work the catalog out as it is now, from the graduates that the reader may know of."""
    grant = tokens.grant()
    found = parts().catalogs.now(grant)
    rows = filter(query.takes, guidance_views.rows_now(parts().engine, grant, found))
    return answer(guidance_payloads.GuidanceNow.of(found, rows))


@guidance.get(
    "/guidance/<int:edition>",
    responses={200: guidance_payloads.GuidanceEdition, **refusals(404)},
)
def guidance_edition(path: EditionPath, query: RowsQuery) -> Response:
    """Show an edition as it was issued."""
    found = edition.show(parts().engine, path.edition)
    named = access.colleges(parts().engine, tokens.grant())
    return answer(guidance_payloads.GuidanceEdition.whole(found, query, named))


@guidance.post("/guidance", responses={201: guidance_payloads.Issued, **refusals(400, 413, 415)})
def issue_guidance(body: IssueBody) -> Response:
    """Issue the next edition, small counts hidden; for who answers for everybody's people."""
    if access.colleges(parts().engine, tokens.grant()) is not None:
        raise Forbidden
    author = tokens.clerk().who
    issued = edition.issue(parts().engine, day=parts().today(), author=author)
    return answer(guidance_payloads.Issued.of(issued), 201)
