"""Trials under the API: what one takes, starting and stopping it, and what it found."""

from __future__ import annotations

from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag
from werkzeug.exceptions import Forbidden

from recommender import access
from recommender.year import trial as use
from service import tokens, trial_payloads
from service.api import BEARER, PREFIX, answer, refusals, require_json
from service.parts import parts
from service.trial_payloads import ResultQuery, SizeBody, StartBody, StopBody, TrialPath

trials = APIBlueprint(
    "trials",
    __name__,
    url_prefix=PREFIX,
    abp_tags=[Tag(name="trials", description="Does it help?")],
    abp_security=[{BEARER: []}],
    abp_responses=refusals(401, 403, 422, 500, 503),
    operation_id_callback=lambda *, name, path, method: name,
)
trials.before_request(tokens.require_role)
trials.before_request(require_json)

_POSTED = refusals(400, 404, 409, 413, 415)


@trials.before_request
def require_everybody() -> None:
    """Turn away who answers for some colleges only: every number of a trial is of all."""
    if access.colleges(parts().engine, tokens.grant()) is not None:
        raise Forbidden


@trials.get("/trials", responses={200: trial_payloads.Trials})
def list_trials() -> Response:
    """List every trial, the earliest first."""
    heads = [trial_payloads.TrialHead.of(each) for each in use.all_trials(parts().engine)]
    return answer(trial_payloads.Trials(trials=heads))


@trials.post("/trials", responses={201: trial_payloads.TrialStarted, **_POSTED})
def start_trial(body: StartBody) -> Response:
    """Draw the classes and start; refused where it is too small and nobody insists."""
    day = parts().today()
    begun, _ = use.start(
        parts().engine,
        body.name,
        body.ask(day),
        day=day,
        seed=body.seed,
        author=tokens.clerk().who,
        anyway=body.anyway,
    )
    return answer(trial_payloads.TrialStarted.of(begun), 201)


@trials.post("/trials/size", responses={200: trial_payloads.Plan, **_POSTED})
def size_trial(body: SizeBody) -> Response:
    """Say who could be drawn, and what it takes; nothing is kept."""
    day = parts().today()
    return answer(trial_payloads.Plan.of(use.plan(parts().engine, body.ask(day), day=day)))


@trials.get("/trials/<path:trial>", responses={200: trial_payloads.TrialResult, **refusals(404)})
def trial_result(path: TrialPath, query: ResultQuery) -> Response:
    """Count who was placed in each arm; once it is over, tell every effect."""
    found = use.result(parts().engine, path.trial, day=parts().today(), early=query.early)
    return answer(trial_payloads.TrialResult.found(found))


@trials.post("/trials/<path:trial>/stop", responses={201: trial_payloads.TrialHead, **_POSTED})
def stop_trial(path: TrialPath, body: StopBody) -> Response:
    """Break a trial off: everybody has lists again."""
    stopped = use.stop(parts().engine, path.trial, day=parts().today())
    return answer(trial_payloads.TrialHead.of(stopped), 201)
