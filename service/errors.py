"""Domain errors to HTTP, for the whole application: problem+json under /api/, else a page.

What went wrong inside is logged and never answered.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import structlog
from flask import Flask, Response, current_app, render_template, request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as AnyResponse

from recommender import errors, failures, phrases, wording
from service import (
    fair_payloads,
    guidance_payloads,
    ledger_payloads,
    payloads,
    plan_payloads,
    round_payloads,
    trial_payloads,
    year_payloads,
)
from service.console import shell
from service.payloads import FieldProblem
from service.problems import KINDS, field_sentences, problem
from service.texts import language, texts

log = structlog.get_logger()

_OF_ERROR: dict[type[errors.PlacementError], str] = {
    errors.NotFound: "not-found",
    errors.NoConsent: "no-consent",
    errors.AlreadyPlaced: "already-placed",
    errors.AlreadyClaimed: "already-claimed",
    errors.HoldExpired: "hold-expired",
    errors.NothingClaimed: "nothing-claimed",
    errors.FairClosed: "fair-closed",
    errors.FairOpen: "fair-open",
    errors.FairBegun: "fair-begun",
    errors.SlipTaken: "slip-taken",
    errors.RoundRefused: "round-refused",
    errors.PlanRefused: "plan-refused",
    errors.TrialRefused: "trial-refused",
    errors.PackRefused: "pack-refused",
    errors.DraftRefused: "draft-refused",
    errors.DecisionRefused: "decision-refused",
    errors.ReplayMismatch: "other-body",
    errors.RankingOff: "ranking-off",
    errors.NoModel: "no-model",
    errors.CorruptArtefact: "unusable-model",
    errors.Busy: "busy",
    errors.DatabaseFailed: "no-database",
}
_OfState = (
    errors.RoundRefused
    | errors.PlanRefused
    | errors.TrialRefused
    | errors.DraftRefused
    | errors.DecisionRefused
    | errors.PackRefused
)
_OF_STATUS = {
    400: "bad-request",
    401: "no-token",
    403: "wrong-role",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "not-json",
}
_SHAPES = (
    payloads,
    fair_payloads,
    guidance_payloads,
    ledger_payloads,
    year_payloads,
    round_payloads,
    plan_payloads,
    trial_payloads,
)
_PLACES = ("path", "query", "header")  # how the shapes of parameters are named
_KEPT_HEADERS = frozenset({"Allow", "WWW-Authenticate", "Retry-After"})


def register(app: Flask) -> None:
    """Let the application answer every error by this module."""
    app.register_error_handler(errors.PlacementError, placement_error)
    app.register_error_handler(HTTPException, _http_error)


def is_api() -> bool:
    """Whether the client asked the API, and so reads JSON."""
    return request.path.startswith("/api/")


def unreadable_shape(failure: ValidationError) -> Response:
    """Answer a request whose shape is wrong: every fault at once, each with its pointer."""
    found: dict[str, FieldProblem] = {}
    for each in failure.errors(include_url=False, include_input=False):
        fault = _shape_fault(each, failure.title)
        found.setdefault(fault.pointer, fault)  # of a union's branches the first will do
    return problem("unreadable", fields=list(found.values()))


def unreadable_field(refusal: errors.Unreadable) -> FieldProblem:
    """Say what is wrong with a field that is text and means nothing known."""
    return row_fault(
        errors.RowProblem(
            filename="",
            row=0,
            column=refusal.field,
            value=refusal.value,
            code=refusal.code,
            facts=refusal.suggestions,
            kind="graduates",
        )
    )


def placement_error(refusal: errors.PlacementError) -> Response:
    """Answer what was refused or cannot be, as a problem or as a page."""
    if isinstance(refusal, errors.Unreadable):
        return _answer("unreadable", fields=[unreadable_field(refusal)])
    if isinstance(refusal, errors.ImportRefused):
        return _answer("unreadable", fields=[row_fault(each) for each in refusal.problems])
    if isinstance(refusal, _OfState):
        return _answer(_slug(refusal), fields=[_state_fault(refusal)])
    if isinstance(refusal, errors.Ineligible):
        return _answer("ineligible", fields=[_rule_fault(*rule) for rule in refusal.rules])
    if isinstance(refusal, errors.BatchRefused):
        return _answer("batch-refused", fields=[_pair_fault(n, why) for n, *_, why in refusal.rows])
    if isinstance(refusal, errors.NoOpenPlace):
        return _answer("no-open-place", fields=[_kept_back(*each) for each in refusal.agreements])
    if isinstance(refusal, errors.NotFound) and request.method == "POST":
        return _answer("unreadable", fields=[_unknown_id(refusal)])
    slug = _slug(refusal)
    if slug == "failed":
        log.error("request failed", exc_info=refusal)
    return _answer(slug)


def _slug(refusal: errors.PlacementError) -> str:
    return next((slug for kind, slug in _OF_ERROR.items() if isinstance(refusal, kind)), "failed")


def _http_error(error: HTTPException) -> AnyResponse:
    code = error.code or 200
    if error.response is not None or code < 400:
        return error.get_response()
    if isinstance(error, InternalServerError):
        log.error("request failed", exc_info=error.original_exception or error)
    slug = _OF_STATUS.get(code, "failed" if code >= 500 else "bad-request")
    kept = [(name, value) for name, value in error.get_headers() if name in _KEPT_HEADERS]
    return _answer(slug, headers=kept)


def _answer(
    slug: str,
    *,
    fields: Sequence[FieldProblem] = (),
    headers: Sequence[tuple[str, str]] = (),
) -> Response:
    if is_api():
        return problem(slug, fields=fields, headers=headers)
    kind, lang = KINDS[slug], language()
    if request.path.startswith("/console") and "console" in current_app.blueprints:
        part = "_problem.html" if shell.is_part() else "problem.html"
        return Response(shell.render(part, kind=kind, fields=fields), kind.status, list(headers))
    page = render_template("problem.html", kind=kind, t=texts(lang), lang=lang, fields=fields)
    return Response(page, kind.status, list(headers))


def _shape_fault(fault: ErrorDetails, shape: str) -> FieldProblem:
    # After the field's name only list positions are kept: pydantic also names union branches.
    steps = [str(step) for n, step in enumerate(fault["loc"]) if n == 0 or isinstance(step, int)]
    zh, en = field_sentences(fault["type"], **fault.get("ctx", {}))
    place = next((end for end in _PLACES if shape.lower().endswith(end)), "body")
    near = _near(steps[0], shape) if fault["type"] == "extra_forbidden" else []
    return FieldProblem.model_validate(
        {
            "pointer": "#" + "".join(f"/{_escaped(step)}" for step in steps),
            "place": place,
            "code": fault["type"],
            "detail": zh,
            "detail_en": en,
            "suggestions": near,
        }
    )


def _near(name: str, shape: str) -> list[str]:
    held = next(module for module in _SHAPES if hasattr(module, shape))
    model: type[BaseModel] = getattr(held, shape)
    return difflib.get_close_matches(name, model.model_fields, n=3)


def row_fault(row: errors.RowProblem) -> FieldProblem:
    """Say a problem of a row as the import does; its facts are suggestions where it lists them."""
    hint = wording.ROW_PROBLEMS[row.code][1]
    return FieldProblem(
        pointer=f"#/{row.column}" if row.column else "#",
        place="body",
        code=row.code,
        detail=wording.row_problem(row, "zh"),
        detail_en=wording.row_problem(row, "en"),
        suggestions=list(row.facts) if "{all}" in hint[0] else [],
    )


def _rule_fault(code: str, needs: Sequence[str]) -> FieldProblem:
    """Say a rule that fails, and what would make it hold."""
    return FieldProblem(
        pointer="#/post_id",
        place="body",
        code=code,
        detail=phrases.rule(code, holds=False, needs=needs, language="zh"),
        detail_en=phrases.rule(code, holds=False, needs=needs, language="en"),
        suggestions=[],
    )


def _pair_fault(number: int, why: errors.PlacementError) -> FieldProblem:
    """Say why one of several requests cannot be kept."""
    kinds = {**_OF_ERROR, errors.NoOpenPlace: "no-open-place", errors.Ineligible: "ineligible"}
    slug = next((slug for kind, slug in kinds.items() if isinstance(why, kind)), "failed")
    return FieldProblem(
        pointer=f"#/pairs/{number - 1}",
        place="body",
        code=slug.replace("-", "_"),
        detail=" ".join(failures.sentences(why, "zh")),
        detail_en=" ".join(failures.sentences(why, "en")),
        suggestions=[],
    )


def _kept_back(agreement_id: str, returns_on: str) -> FieldProblem:
    """Say which agreement reserves what is left."""
    return FieldProblem(
        pointer="#/post_id",
        place="body",
        code="reserved",
        detail=phrases.reserved_by(agreement_id, returns_on, "zh"),
        detail_en=phrases.reserved_by(agreement_id, returns_on, "en"),
        suggestions=[],
    )


# Where a body names what is unknown, if not by the kind of it.
_FIELDS = {"slip": "slip", "booth": "booth", "post_at_fair": "post_id"}


def _state_fault(refusal: _OfState) -> FieldProblem:
    """Say why a round, a pause, a plan, a draft, a trial or a pack does not allow something."""
    zh, en = failures.sentences(refusal, "zh")[0], failures.sentences(refusal, "en")[0]
    return FieldProblem(
        pointer="#", place="body", code=refusal.code, detail=zh, detail_en=en, suggestions=[]
    )


def _unknown_id(refusal: errors.NotFound) -> FieldProblem:
    zh, en = field_sentences("not_found")
    return FieldProblem(
        pointer=f"#/{_FIELDS.get(refusal.kind, f'{refusal.kind}_id')}",
        place="body",
        code="not_found",
        detail=zh,
        detail_en=en,
        suggestions=list(refusal.suggestions),
    )


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")  # RFC 6901
