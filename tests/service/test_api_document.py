from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from service.problems import PROBLEM_JSON
from tests.service.conftest import Bearer

DOCUMENT = "/api/v1/openapi.json"
N_EXAMPLES = 20


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get(DOCUMENT)
    assert answer.status_code == 200
    found = answer.json
    assert isinstance(found, dict)
    return found


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_every_route_of_the_contract_is_described(document: dict[str, Any]) -> None:
    assert {path: set(methods) for path, methods in document["paths"].items()} == {
        "/api/v1/graduates/{graduate_id}/ranking": {"get"},
        "/api/v1/rankings": {"post"},
        "/api/v1/posts/{post_id}/graduates": {"get"},
        "/api/v1/graduates/{graduate_id}/posts/{post_id}/eligibility": {"get"},
        "/api/v1/codes/{table}/{code}": {"get"},
        "/api/v1/graduates/{graduate_id}/posts/{post_id}/next-step": {"get"},
        "/api/v1/graduates/{graduate_id}/next-steps": {"get"},
        "/api/v1/outcomes": {"post"},
        "/api/v1/places/hold": {"post"},
        "/api/v1/places/confirm": {"post"},
        "/api/v1/places/release": {"post"},
        "/api/v1/places/batch": {"post"},
        "/api/v1/places": {"get"},
        "/api/v1/places/{post_id}": {"get"},
        "/api/v1/rounds": {"get", "post"},
        "/api/v1/rounds/{round_id}": {"get"},
        "/api/v1/rounds/{round_id}/templates/{credit_code}": {"get"},
        "/api/v1/rounds/{round_id}/replies": {"post"},
        "/api/v1/rounds/{round_id}/choices": {"post"},
        "/api/v1/rounds/{round_id}/approve": {"post"},
        "/api/v1/rounds/{round_id}/issue": {"post"},
        "/api/v1/untouched-posts": {"get", "post"},
        "/api/v1/posts/{post_id}/history": {"get"},
        "/api/v1/enterprises/answers": {"get"},
        "/api/v1/enterprises/pause": {"post"},
        "/api/v1/enterprises/lift": {"post"},
        "/api/v1/follow-ups": {"get", "post"},
        "/api/v1/report": {"get"},
        "/api/v1/guidance": {"get", "post"},
        "/api/v1/guidance/{edition}": {"get"},
        "/api/v1/trials": {"get", "post"},
        "/api/v1/trials/size": {"post"},
        "/api/v1/trials/{trial}": {"get"},
        "/api/v1/trials/{trial}/stop": {"post"},
        "/api/v1/meeting": {"get"},
        "/api/v1/plan/coverage": {"get"},
        "/api/v1/plan/homogeneity": {"get"},
        "/api/v1/plan/enrolment": {"get"},
        "/api/v1/plan/move": {"get"},
        "/api/v1/plan/best": {"get"},
        "/api/v1/fairs/{fair_id}/timetable": {"get", "post"},
        "/api/v1/fairs/{fair_id}/slips": {"post"},
        "/api/v1/fairs/{fair_id}/graduates/{graduate_id}/slip": {"post"},
        "/api/v1/fairs/{fair_id}/check-ins": {"post"},
        "/api/v1/fairs/{fair_id}/marks": {"post"},
        "/api/v1/fairs/{fair_id}/claims": {"post"},
        "/api/v1/fairs/{fair_id}/close": {"post"},
        "/api/v1/fairs/{fair_id}/board": {"get"},
        "/api/v1/fairs/{fair_id}/booths/{booth}/visitors": {"get"},
        "/api/v1/fairs/{fair_id}/result": {"get"},
        "/healthz": {"get"},
        "/readyz": {"get"},
        "/metrics": {"get"},
    }


def test_every_error_is_described_as_a_problem(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if path.startswith("/api/") and int(status) >= 400:
                    assert list(response["content"]) == [PROBLEM_JSON], (path, status)


def test_what_needs_a_token_says_so(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            secured = operation.get("security") == [{"bearer": []}]
            assert secured == path.startswith("/api/"), path
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


# A body that is wrong may be too large as well, and is told that first. What a query holds is text,
# so that an object or a list in it arrives as text too, and may be a good answer.
REFUSALS = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]
CHECKED = {
    "checks": {"negative_data_rejection": {"expected-statuses": [*map(str, REFUSALS), "5xx"]}},
    "operations": [
        {"include-method": "GET", "checks": {"negative_data_rejection": {"enabled": False}}}
    ],
}


# What takes no input cannot be asked wrongly.
@pytest.mark.parametrize(
    ("mode", "under", "n_described"),
    [(GenerationMode.POSITIVE, "/", 59), (GenerationMode.NEGATIVE, "/api/", 56)],
)
def test_whatever_is_sent_is_answered_as_described(
    real_app: Flask, bearer: Bearer, mode: GenerationMode, under: str, n_described: int
) -> None:
    config = SchemathesisConfig.from_dict(CHECKED)
    described = schemathesis.openapi.from_wsgi(DOCUMENT, real_app, config=config)
    headers = bearer("admin")
    operations = [each.ok() for each in described.get_all_operations()]
    asked = [each for each in operations if each.path.startswith(under)]
    assert len(asked) == n_described
    for operation in asked:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=N_EXAMPLES, suppress_health_check=list(HealthCheck))
        def ask(case: Any) -> None:
            # A text may name no region or level: that is a 422 no schema can foresee.
            case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])

        ask()
