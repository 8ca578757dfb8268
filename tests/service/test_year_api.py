"""Follow-ups and reports under the API: whose people, and who reads small counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import store
from recommender.domain import OutcomeStage
from tests.builders import make_outcome
from tests.service.conftest import Bearer

DUE, REPORT = "/api/v1/follow-ups", "/api/v1/report?class_year=2026"
OWN, OTHER = "示例技师学院", "另一技师学院"


@pytest.fixture
def started(welders: Engine) -> Engine:
    """Let G1 and G3, of two colleges, start at P1 on 1 April, 44 days before the tests' day."""
    with store.writing(welders) as conn:
        for graduate_id in ("G1", "G3"):
            began = make_outcome(
                graduate_id=graduate_id, stage=OutcomeStage.STARTED, date=date(2026, 4, 1)
            )
            store.save_outcome(conn, began)
    return welders


def body(**changes: Any) -> dict[str, Any]:
    asked = {"graduate_id": "G1", "post_id": "P1", "due_days": 30, "date": "2026-05-04"}
    return asked | {"result": "在岗"} | changes


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"due_days": 60}, "#/due_days", "not_a_due_day"),
        ({"graduate_id": "G2"}, "#/post_id", "never_started"),
        ({"date": "2026-04-30"}, "#/date", "asked_too_early"),
        ({"result": "在职"}, "#/result", "unknown_word"),
    ],
)
@pytest.mark.usefixtures("started")
def test_an_answer_that_cannot_be_is_refused(
    real_client: FlaskClient, bearer: Bearer, changes: Any, pointer: str, code: str
) -> None:
    answer = real_client.post(DUE, json=body(**changes), headers=bearer())
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [(pointer, code)]


@pytest.mark.usefixtures("started")
def test_nobody_records_or_reads_about_people_of_another_college(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    officer = bearer(scope_kind="college", scope_name=OTHER)
    assert real_client.post(DUE, json=body(), headers=officer).status_code == 422
    due = real_client.get(DUE, headers=officer).json
    assert [each["graduate_id"] for each in due["due"]] == ["G3"]
    assert OWN not in real_client.get(REPORT, headers=officer).text
    for role in ("enterprise", "kiosk", "data"):
        assert real_client.get(DUE, headers=bearer(role)).status_code == 403
        assert real_client.get(REPORT, headers=bearer(role)).status_code == 403


@pytest.mark.usefixtures("started")
def test_an_answer_is_kept_and_nobody_asks_again(real_client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    assert len(real_client.get(DUE, headers=headers).json["due"]) == 2
    answer = real_client.post(DUE, json=body(), headers=headers)
    assert (answer.status_code, answer.json["result"]) == (201, "here")
    found = real_client.get(DUE, headers=headers).json
    assert [each["graduate_id"] for each in found["due"]] == ["G3"]
    (everybody,) = (each for each in found["responses"] if each["kind"] == "all")
    assert (everybody["n_known"], everybody["n_due"], everybody["rate"]) == (1, 2, 0.5)


@pytest.mark.usefixtures("started")
def test_an_officer_reads_small_counts_and_an_alliance_does_not(
    real_client: FlaskClient, bearer: Bearer, started: Engine
) -> None:
    from recommender.domain import MemberKind
    from tests.builders import make_member

    with store.writing(started) as conn:
        college = make_member(name=OWN, kind=MemberKind.TECHNICIAN_COLLEGE, credit_code=None)
        store.save_members(conn, [college])
    exact = real_client.get(REPORT, headers=bearer()).json
    everybody = exact["groups"][0]
    # G1 and G3 are at work, of G2 nobody knows; welders at a welder's post.
    assert (exact["suppressed"], everybody["graduates"], everybody["n_in_trade"]) == (False, 3, 2)
    alliance = bearer("alliance", scope_kind="alliance", scope_name=college.alliance)
    hidden = real_client.get(REPORT, headers=alliance).json
    assert hidden["suppressed"]
    (line,) = hidden["groups"]
    assert (line["by"], line["name"]) == ("college", OWN)
    assert {each for name, each in line.items() if name not in ("by", "name")} <= {None, 0}
