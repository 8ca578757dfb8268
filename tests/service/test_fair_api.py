"""Who may do what at a fair under the API."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import Engine

from recommender.data import registered, store
from recommender.fairs import Booth
from recommender.model import artefact
from tests.builders import DAY, OTHER_CREDIT_CODE, make_details, make_post
from tests.service.conftest import Bearer

FAIR = "/api/v1/fairs/F1"
OURS = {"scope_kind": "enterprise", "scope_name": "示例机械有限公司"}
THEIRS = {"scope_kind": "enterprise", "scope_name": "示例装备有限公司"}
G1, WALK_IN = "7K3MQ9TX", "D6ZV3QKF"


@pytest.fixture
def fair(fair_client: FlaskClient, bearer: Bearer, welders: Engine) -> FlaskClient:
    """Plan the fair with a second booth, and give a walk-in a slip."""
    other = {"credit_code": OTHER_CREDIT_CODE, "enterprise": THEIRS["scope_name"]}
    with store.writing(welders) as conn:
        store.save_posts(conn, [make_post(post_id="OTHER", **other)], day=DAY)
        store.save_graduates(conn, [], [make_details()])
        booth = Booth(fair_id="F1", date=DAY, credit_code=OTHER_CREDIT_CODE, booth="A2", slots=4)
        registered.save_booths(conn, [booth])
    for path in ("timetable", "slips"):
        assert fair_client.post(f"{FAIR}/{path}", json={}, headers=bearer()).status_code == 201
    return fair_client


def asked(
    client: FlaskClient, headers: dict[str, str], path: str, **body: Any
) -> tuple[int, dict[str, Any]]:
    answer = client.post(f"{FAIR}/{path}", json=body, headers=headers)
    assert answer.json is not None
    return answer.status_code, answer.json


def visitors(client: FlaskClient, headers: dict[str, str], booth: str = "A1") -> Any:
    answer = client.get(f"{FAIR}/booths/{booth}/visitors", headers=headers)
    return answer.json["visitors"] if answer.status_code == 200 and answer.json else None


# --- refusals ---------------------------------------------------------------------------------


def test_a_kiosk_gives_nameless_slips_and_graduates_marks_only(
    fair: FlaskClient, bearer: Bearer
) -> None:
    kiosk = bearer("kiosk")
    assert asked(fair, kiosk, "graduates/G1/slip")[0] == 403
    assert asked(fair, kiosk, "check-ins", slip=WALK_IN)[0] == 403
    assert asked(fair, kiosk, "claims", slip=WALK_IN, graduate_id="G1")[0] == 403
    assert visitors(fair, kiosk) is None
    refused = asked(fair, kiosk, "marks", slip=WALK_IN, post_id="P1", side="enterprise")
    assert (refused[0], refused[1]["type"]) == (403, "/problems/wrong-role")
    status, made = asked(fair, kiosk, "marks", slip=WALK_IN, post_id="P1")
    assert (status, made["side"]) == (201, "graduate")
    # There is no field that could name somebody.
    assert asked(fair, kiosk, "slips", graduate_id="G1")[0] == 422


@pytest.mark.parametrize("method", ["timetable", "result"])
def test_a_model_of_another_program_is_said_to_be_unusable(
    fair: FlaskClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    headers = bearer()
    assert fair.post(f"{FAIR}/close", json={}, headers=headers).status_code == 201
    monkeypatch.setattr(artefact, "SCHEMA", artefact.SCHEMA + 1)
    path = f"{FAIR}/{method}"
    answer = (
        fair.get(path, headers=headers)
        if method == "result"
        else fair.post(path, json={}, headers=headers)
    )
    assert answer.json is not None
    assert (answer.status_code, answer.json["type"]) == (503, "/problems/unusable-model")


def test_an_enterprise_speaks_for_itself_and_its_booth(fair: FlaskClient, bearer: Bearer) -> None:
    ours, theirs = bearer("enterprise", **OURS), bearer("enterprise", **THEIRS)
    stray, unnamed = (
        bearer("enterprise", scope_kind="college", scope_name="示例技师学院"),
        bearer("enterprise"),
    )
    for headers in (stray, unnamed):
        assert visitors(fair, headers) is None
        assert asked(fair, headers, "check-ins", slip=G1)[0] == 422
    assert visitors(fair, theirs, "A1") is None
    assert asked(fair, ours, "marks", slip=G1, post_id="P1", side="graduate")[0] == 403
    assert asked(fair, ours, "marks", slip=G1, post_id="OTHER")[0] == 422
    assert asked(fair, ours, "check-ins", slip=G1, booth="A2")[0] == 422
    # The walk-in has marked nothing of theirs.
    for path in ("check-ins", "marks"):
        more = {"post_id": "P1"} if path == "marks" else {}
        status, problem = asked(fair, ours, path, slip=WALK_IN, **more)
        assert (status, problem["errors"][0]["pointer"]) == (422, "#/slip")


# --- what works -------------------------------------------------------------------------------


def test_a_booth_learns_who_somebody_is_when_it_is_shown_the_slip(
    fair: FlaskClient, bearer: Bearer
) -> None:
    ours, officer = bearer("enterprise", **OURS), bearer()

    def of_g1(headers: dict[str, str]) -> tuple[Any, ...]:
        names = ("graduate_id", "college", "name", "trade")
        found = [tuple(each[name] for name in names) for each in visitors(fair, headers)]
        # G1 and G3 are sent; the officer knows which is which.
        assert len(found) == 2
        return next((each for each in found if each[0] == "G1"), found[0])

    assert of_g1(ours) == (None, None, None, "焊接加工")
    assert of_g1(officer) == ("G1", "示例技师学院", None, "焊接加工")
    status, shown = asked(fair, ours, "check-ins", slip=G1)
    assert (status, shown["place"]) == (201, "91370800MA3X00001H")
    for headers in (ours, officer):
        assert of_g1(headers) == ("G1", "示例技师学院", "样例甲", "焊接加工")
    status, made = asked(fair, ours, "marks", slip=G1, post_id="P1", rank=1)
    assert (status, made["side"]) == (201, "enterprise")


def test_a_booth_claims_a_slip_by_number_and_name(fair: FlaskClient, bearer: Bearer) -> None:
    ours, kiosk = bearer("enterprise", **OURS), bearer("kiosk")
    asked(fair, kiosk, "marks", slip=WALK_IN, post_id="P1")
    asked(fair, ours, "check-ins", slip=WALK_IN)
    claim = {"slip": WALK_IN, "graduate_id": "G1"}
    wrong = asked(fair, ours, "claims", **claim, name="别人")
    assert wrong == asked(fair, ours, "claims", **claim | {"graduate_id": "nobody"}, name="样例甲")
    assert wrong[0] == 422
    assert asked(fair, ours, "claims", **claim, name="样例甲")[0] == 201


def test_an_officer_of_a_college_reads_of_its_own(fair: FlaskClient, bearer: Bearer) -> None:
    officer = bearer(scope_kind="college", scope_name="另一技师学院")
    turns = fair.get(f"{FAIR}/timetable", headers=officer).json
    assert turns is not None
    assert {turn["graduate_id"] for turn in turns["turns"]} == {"G3"}
    assert [each["graduate_id"] for each in visitors(fair, officer)] == ["G3"]
    assert asked(fair, officer, "graduates/G1/slip")[0] == 422
    assert asked(fair, officer, "claims", slip=WALK_IN, graduate_id="G1")[0] == 422
    asked(fair, officer, "close")
    result = fair.get(f"{FAIR}/result?certificate=true", headers=officer).json
    assert result is not None
    assert [each["graduate_id"] for each in result["no_shows"]] == ["G3"]
    assert result["certificate"] is None
    whole = fair.get(f"{FAIR}/result?certificate=true", headers=bearer()).json
    assert whole is not None
    assert whole["certificate"]["way"] == "graduates"


def test_the_same_key_gives_the_same_answer(fair: FlaskClient, bearer: Bearer) -> None:
    kiosk = bearer("kiosk") | {"Idempotency-Key": "k-1"}
    first, again = (
        asked(fair, kiosk, "marks", slip=WALK_IN, post_id="P2", rank=2) for _ in range(2)
    )
    assert first == again
    assert first[0] == 201
    _, problem = asked(fair, kiosk, "marks", slip=WALK_IN, post_id="P2", rank=3)
    assert problem["type"] == "/problems/other-body"
