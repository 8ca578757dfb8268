"""Collection rounds under the API, posts between them, and enterprises that are paused."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from recommender import access
from recommender.errors import NotFound
from recommender.year import answers, round_words, rounds, upkeep
from service import round_payloads, tokens
from service.api import BEARER, PREFIX, answer, refusals, require_json
from service.parts import parts
from service.payloads import PostPath
from service.round_payloads import (
    AnswerBody,
    ChoiceBody,
    OpenBody,
    PauseBody,
    ReplyBody,
    RoundPath,
    TemplatePath,
    UntouchedQuery,
)

collection = APIBlueprint(
    "rounds",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="rounds", description="Ask enterprises, keep posts current.")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
collection.before_request(tokens.require_role)
collection.before_request(require_json)

_POSTED = refusals(400, 404, 409, 413, 415)
_STATE = {201: round_payloads.RoundState, **_POSTED}
_STEP = {201: round_payloads.RoundStep, **_POSTED}


def _own(name: str) -> str:
    """Give the name of a round that concerns the bearer."""
    rounds.look_for(parts().engine, tokens.grant(), name, day=parts().today())
    return name


def _author() -> str:
    return tokens.clerk().who


@collection.get("/rounds", responses={200: round_payloads.Rounds})
def list_rounds() -> Response:
    """List the rounds, the latest first."""
    found = [
        each for each in rounds.list_rounds(parts().engine) if rounds.concerns(each, tokens.grant())
    ]
    return answer(
        round_payloads.Rounds.model_validate({"rounds": list(map(round_words.round_json, found))})
    )


@collection.post("/rounds", responses=_STATE)
def open_round(body: OpenBody) -> Response:
    """Begin a round: fix whom it asks, and the catalog that replies are compared with."""
    grant = tokens.grant()
    if grant.scope_kind == "alliance" and body.alliance != grant.scope_name:
        raise NotFound("alliance", body.alliance or "")
    view = rounds.open_round(
        parts().engine,
        body.name,
        day=parts().today(),
        due_on=body.due_on,
        alliance=body.alliance,
        issuing_body=body.issuing_body,
    )
    return answer(round_payloads.RoundState.of(view), 201)


@collection.get(
    "/rounds/<path:round_id>", responses={200: round_payloads.RoundState, **refusals(404)}
)
def show_round(path: RoundPath) -> Response:
    """Show how a round stands: who is silent, and every reply beside the catalog."""
    view = rounds.look(parts().engine, _own(path.round_id), day=parts().today())
    return answer(round_payloads.RoundState.of(view))


@collection.get(
    "/rounds/<path:round_id>/templates/<credit_code>",
    responses={200: round_payloads.TemplateRows, **refusals(404)},
)
def round_template(path: TemplatePath) -> Response:
    """Give what the template of one enterprise shows, as rows of its columns."""
    found = rounds.template_cells(
        parts().engine, _own(path.round_id), path.credit_code, day=parts().today()
    )
    return answer(
        round_payloads.TemplateRows.model_validate({"credit_code": path.credit_code, "rows": found})
    )


@collection.post("/rounds/<path:round_id>/replies", responses=_STATE)
def take_reply(path: RoundPath, body: ReplyBody) -> Response:
    """Take one enterprise's reply in; after an approval it opens the round again."""
    view = rounds.take_rows(
        parts().engine,
        _own(path.round_id),
        body.credit_code,
        [dict(row) for row in body.rows],
        filename=body.filename,
        day=parts().today(),
    )
    return answer(round_payloads.RoundState.of(view), 201)


@collection.post("/rounds/<path:round_id>/choices", responses=_STEP)
def choose_reply(path: RoundPath, body: ChoiceBody) -> Response:
    """Say which reply about a post counts where they contradict."""
    view = rounds.choose(
        parts().engine,
        _own(path.round_id),
        body.post_id,
        body.chosen(),
        author=_author(),
        day=parts().today(),
    )
    return answer(round_payloads.RoundStep.of(view), 201)


@collection.post("/rounds/<path:round_id>/approve", responses=_STEP)
def approve_round(path: RoundPath) -> Response:
    """Approve a round as it is merged now."""
    view = rounds.approve(
        parts().engine, _own(path.round_id), author=_author(), day=parts().today()
    )
    return answer(round_payloads.RoundStep.of(view), 201)


@collection.post("/rounds/<path:round_id>/issue", responses=_STEP)
def issue_round(path: RoundPath) -> Response:
    """Make an approved round the catalog, in one transaction."""
    view = rounds.issue(parts().engine, _own(path.round_id), author=_author(), day=parts().today())
    return answer(round_payloads.RoundStep.of(view), 201)


@collection.get("/untouched-posts", responses={200: round_payloads.UntouchedPosts})
def untouched_posts(query: UntouchedQuery) -> Response:
    """List open posts that nobody has changed or confirmed for long."""
    days = parts().settings.ask_after_days if query.days is None else query.days
    found = upkeep.untouched(parts().engine, day=parts().today(), days=days)
    return answer(
        round_payloads.UntouchedPosts(
            days=days,
            posts=[
                round_payloads.UntouchedPost(
                    post_id=each.post.post_id,
                    enterprise=each.post.enterprise,
                    touched_on=each.touched_on,
                    asked_on=each.asked_on,
                )
                for each in found
            ],
        )
    )


@collection.post("/untouched-posts", responses={201: round_payloads.PostVerdicts, **_POSTED})
def answer_for_posts(body: AnswerBody) -> Response:
    """Keep posts as they are, or retire them for a reason; all of them or none."""
    engine, day = parts().engine, parts().today()
    kept: list[str] = []
    retired: list[str] = []
    if body.verdict == "keep":
        upkeep.keep(engine, body.post_ids, author=_author(), day=day)
        kept = body.post_ids
    else:
        gone = upkeep.retire(
            engine, body.post_ids, reason=body.reason or "", author=_author(), day=day
        )
        retired = [post.post_id for post in gone]
    return answer(round_payloads.PostVerdicts(kept=kept, retired=retired), 201)


@collection.get(
    "/posts/<path:post_id>/history", responses={200: round_payloads.PostHistory, **refusals(404)}
)
def post_history(path: PostPath) -> Response:
    """Tell all that happened to a post."""
    lines = upkeep.history(parts().engine, path.post_id)
    told = list(map(round_payloads.HistoryLine.of, lines))
    return answer(round_payloads.PostHistory(post_id=path.post_id, history=told))


@collection.get("/enterprises/answers", responses={200: round_payloads.EnterpriseAnswers})
def enterprise_answers() -> Response:
    """Show how enterprises answered the proposals of a year to the bearer's own people."""
    found = answers.answers(
        parts().engine,
        day=parts().today(),
        colleges=access.colleges(parts().engine, tokens.grant()),
    )
    return answer(round_payloads.EnterpriseAnswers.of(found))


@collection.post("/enterprises/pause", responses={201: round_payloads.PauseLine, **_POSTED})
def pause_enterprise(body: PauseBody) -> Response:
    """Leave an enterprise's posts out of every list until the pause is lifted."""
    pause = answers.pause(
        parts().engine,
        body.credit_code,
        reason=body.reason,
        author=_author(),
        day=parts().today(),
    )
    return answer(round_payloads.PauseLine.of(pause), 201)


@collection.post("/enterprises/lift", responses={201: round_payloads.PauseLine, **_POSTED})
def lift_enterprise(body: PauseBody) -> Response:
    """Lift the pause of an enterprise."""
    pause = answers.lift(
        parts().engine,
        body.credit_code,
        reason=body.reason,
        author=_author(),
        day=parts().today(),
    )
    return answer(round_payloads.PauseLine.of(pause), 201)
