from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import store
from recommender.domain import OutcomeStage, SkillLevel
from tests.builders import DAY, make_graduate, make_post
from tests.service.conftest import Bearer

HOLD, CONFIRM, RELEASE = (f"/api/v1/places/{what}" for what in ("hold", "confirm", "release"))
OTHER = "另一技师学院"


@pytest.fixture
def headers(bearer: Bearer) -> dict[str, str]:
    return bearer()


def asked(
    client: FlaskClient, path: str, headers: dict[str, str], key: str | None = None, **body: Any
) -> tuple[int, Any]:
    sent = {"graduate_id": "G1", "post_id": "P2"} | body
    more = {"Idempotency-Key": key} if key else {}
    answer = client.post(path, json=sent, headers=headers | more)
    return answer.status_code, answer.json


def places(client: FlaskClient, headers: dict[str, str], post_id: str = "P2") -> Any:
    answer = client.get(f"/api/v1/places/{post_id}", headers=headers)
    assert answer.status_code == 200
    return answer.json


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [HOLD, CONFIRM, RELEASE])
@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"graduate_id": "nobody", "reason": "其他"}, "#/graduate_id"),
        ({"post_id": "nothing", "reason": "其他"}, "#/post_id"),
    ],
)
def test_an_unknown_id_is_named(
    real_client: FlaskClient, headers: dict[str, str], path: str, body: dict[str, str], pointer: str
) -> None:
    if path != RELEASE:
        body = {name: value for name, value in body.items() if name != "reason"}
    status, answer = asked(real_client, path, headers, **body)
    assert (status, answer["type"]) == (422, "/problems/unreadable")
    assert [(each["pointer"], each["code"]) for each in answer["errors"]] == [
        (pointer, "not_found")
    ]


def test_the_places_of_an_unknown_post(real_client: FlaskClient, headers: dict[str, str]) -> None:
    answer = real_client.get("/api/v1/places/nothing", headers=headers)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        (HOLD, {"hours": 0}, "#/hours", "greater_than_equal"),
        (HOLD, {"hours": 721}, "#/hours", "less_than_equal"),
        (HOLD, {"hours": "two"}, "#/hours", "int_type"),
        (HOLD, {"wait": "yes"}, "#/wait", "bool_type"),
        (HOLD, {"hour": 2}, "#/hour", "extra_forbidden"),
        (CONFIRM, {"channel": "电话"}, "#/channel", "unknown_word"),
        (RELEASE, {}, "#/reason", "missing"),
        (RELEASE, {"reason": ""}, "#/reason", "string_too_short"),
        (RELEASE, {"reason": "天气"}, "#/reason", "unknown_word"),
    ],
)
def test_a_field_that_cannot_be_read(
    real_client: FlaskClient,
    headers: dict[str, str],
    path: str,
    body: dict[str, Any],
    pointer: str,
    code: str,
) -> None:
    status, answer = asked(real_client, path, headers, **body)
    assert status == 422
    assert [(each["pointer"], each["code"]) for each in answer["errors"]] == [(pointer, code)]
    assert all(each["detail"] and each["detail_en"] for each in answer["errors"])


def test_a_switch_that_is_neither_true_nor_false_is_told_so(
    real_client: FlaskClient, headers: dict[str, str]
) -> None:
    _, answer = asked(real_client, HOLD, headers, wait="yes")
    [fault] = answer["errors"]
    assert (fault["detail"], fault["detail_en"]) == (
        "应为 true 或 false。",
        "true or false is expected.",
    )


def test_a_misspelt_field_is_told_with_what_is_near(
    real_client: FlaskClient, headers: dict[str, str]
) -> None:
    _, answer = asked(real_client, HOLD, headers, hour=2)
    assert answer["errors"][0]["suggestions"] == ["hours"]


@pytest.mark.parametrize("path", [HOLD, CONFIRM])
def test_every_rule_that_fails_is_named_in_both_languages(
    real_client: FlaskClient, headers: dict[str, str], welders: Engine, path: str
) -> None:
    with store.writing(welders) as conn:
        senior = make_post(post_id="P4", min_level=SkillLevel.SENIOR_WORKER)
        store.save_posts(conn, [senior], day=DAY)
    status, answer = asked(real_client, path, headers, graduate_id="G2", post_id="P4")
    assert (status, answer["type"]) == (409, "/problems/ineligible")
    assert [(each["code"], each["detail"]) for each in answer["errors"]] == [
        ("consent", "本人未同意推荐"),
        ("level", "技能等级未达到要求；须达到高级工"),
    ]
    assert answer["errors"][1]["detail_en"] == (
        "the skill level is not reached; needs senior worker"
    )
    assert "2" in answer["detail"]


def test_each_conflict_has_its_own_type(real_client: FlaskClient, headers: dict[str, str]) -> None:
    assert asked(real_client, RELEASE, headers, reason="其他")[1]["type"] == (
        "/problems/nothing-claimed"
    )
    assert asked(real_client, HOLD, headers)[0] == 201
    assert asked(real_client, HOLD, headers)[1]["type"] == "/problems/already-claimed"
    status, answer = asked(real_client, CONFIRM, headers, graduate_id="G3")
    assert (status, answer["type"]) == (409, "/problems/no-open-place")
    assert asked(real_client, CONFIRM, headers)[0] == 201
    status, answer = asked(real_client, CONFIRM, headers, post_id="P1")
    assert (status, answer["type"]) == (409, "/problems/already-placed")
    assert places(real_client, headers)["confirmed"] == ["G1"]


def test_a_signing_recorded_as_a_step_takes_no_place_that_is_held(
    real_client: FlaskClient, headers: dict[str, str]
) -> None:
    asked(real_client, HOLD, headers)
    step = {"graduate_id": "G3", "post_id": "P2", "stage": "签约", "date": "2026-05-15"}
    answer = real_client.post("/api/v1/outcomes", json=step, headers=headers)
    assert answer.status_code == 409


def test_the_same_key_brings_the_same_answer_and_another_body_a_refusal(
    real_client: FlaskClient, headers: dict[str, str], bearer: Bearer
) -> None:
    first = asked(real_client, HOLD, headers, "k")
    assert first[0] == 201
    assert asked(real_client, HOLD, headers, "k") == first
    for path, body in ((HOLD, {"hours": 3}), (CONFIRM, {}), (RELEASE, {"reason": "其他"})):
        status, answer = asked(real_client, path, headers, "k", **body)
        assert (status, answer["type"]) == (422, "/problems/other-body")
    # Another bearer's key of the same name is another key.
    assert asked(real_client, HOLD, bearer(), "k", graduate_id="G3")[0] == 409
    assert len(places(real_client, headers)["history"]) == 1


# --- whose people -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [HOLD, CONFIRM, RELEASE])
def test_a_college_acts_for_its_own_graduates_only(
    real_client: FlaskClient, bearer: Bearer, path: str
) -> None:
    headers = bearer(scope_kind="college", scope_name=OTHER)
    more = {"reason": "其他"} if path == RELEASE else {}
    unknown = asked(real_client, path, headers, graduate_id="nobody", **more)
    assert asked(real_client, path, headers, graduate_id="G1", **more) == unknown
    assert unknown[0] == 422
    assert places(real_client, bearer())["history"] == []


def test_a_college_sees_its_own_people_and_their_turn(
    real_client: FlaskClient, bearer: Bearer, welders: Engine
) -> None:
    with store.writing(welders) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G5")])
    everybody, college = bearer(), bearer(scope_kind="college", scope_name=OTHER)
    asked(real_client, HOLD, everybody, graduate_id="G1")
    asked(real_client, HOLD, everybody, graduate_id="G5", wait=True)
    asked(real_client, HOLD, college, graduate_id="G3", wait=True)
    seen = places(real_client, college)
    assert [(turn["position"], turn["graduate_id"]) for turn in seen["line"]] == [(2, "G3")]
    assert (seen["held"], seen["confirmed"], seen["open_places"]) == ([], [], 0)
    assert [event["graduate_id"] for event in seen["history"]] == ["G3"]
    assert "G1" not in str(seen)
    assert len(places(real_client, everybody)["history"]) == 3


# --- the way of a place -----------------------------------------------------------------------


def test_a_place_is_held_confirmed_released_and_offered_to_the_next(
    real_client: FlaskClient, headers: dict[str, str], welders: Engine
) -> None:
    status, held = asked(real_client, HOLD, headers, hours=24, note="家长同意")
    assert (status, held["position"]) == (201, None)
    # The test's day begins at midnight in Shandong, and nothing else tells the time.
    assert held["event"] == {
        "event_id": 1,
        "at": "2026-05-15T00:00:00+08:00",
        "action": "hold",
        "graduate_id": "G1",
        "post_id": "P2",
        "who": "officer 1",
        "expires_at": "2026-05-16T00:00:00+08:00",
        "reason": None,
        "note": "家长同意",
        "channel": None,
    }
    status, waits = asked(real_client, HOLD, headers, graduate_id="G3", wait=True)
    assert (status, waits["position"], waits["event"]["action"]) == (201, 1, "wait")
    status, confirmed = asked(real_client, CONFIRM, headers, channel="双选会")
    assert (status, confirmed["event"]["action"]) == (201, "confirm")
    status, released = asked(real_client, RELEASE, headers, reason="薪资")
    assert (status, released["event"]["reason"]) == (201, "pay")
    seen = places(real_client, headers)
    assert (seen["open_places"], seen["confirmed"], seen["line"]) == (0, [], [])
    assert [(one["graduate_id"], one["offered"]) for one in seen["held"]] == [("G3", True)]
    assert seen["held"][0]["expires_at"] == "2026-05-17T00:00:00+08:00"
    assert [each["action"] for each in seen["history"]] == [
        "hold",
        "wait",
        "confirm",
        "release",
        "offer",
    ]
    with store.reading(welders) as conn:
        steps = store.load_outcomes(conn, day=DAY)
    assert [step.stage for step in steps] == [OutcomeStage.SIGNED, OutcomeStage.CANCELLED]


# --- several at once --------------------------------------------------------------------------

BATCH = "/api/v1/places/batch"


def together(
    client: FlaskClient, headers: dict[str, str], key: str | None = None, **body: Any
) -> tuple[int, Any]:
    more = {"Idempotency-Key": key} if key else {}
    answer = client.post(BATCH, json=body, headers=headers | more)
    return answer.status_code, answer.json


def pair(who: str, at: str) -> dict[str, str]:
    return {"graduate_id": who, "post_id": at}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"action": "hold", "pairs": []}, "#/pairs"),
        ({"action": "hold", "pairs": [{"graduate_id": "G1"}]}, "#/pairs/0"),
        ({"action": "wait", "pairs": [pair("G1", "P2")]}, "#/action"),
        ({"action": "release", "pairs": [pair("G1", "P2")]}, "#/reason"),
        ({"action": "confirm", "channel": "电话", "pairs": [pair("G1", "P2")]}, "#/channel"),
        ({"action": "hold", "pairs": [pair("G1", "P2"), pair("nobody", "P2")]}, "#/graduate_id"),
    ],
)
def test_a_batch_that_cannot_be_read(
    real_client: FlaskClient, bearer: Bearer, body: dict[str, Any], pointer: str
) -> None:
    headers = bearer(scope_kind="college", scope_name="示例技师学院")
    status, answer = together(real_client, headers, **body)
    assert (status, [each["pointer"] for each in answer["errors"]]) == (422, [pointer])


def test_a_batch_is_kept_whole_or_not_at_all(
    real_client: FlaskClient, headers: dict[str, str]
) -> None:
    # P2 has one place.
    both = {"action": "confirm", "pairs": [pair("G1", "P2"), pair("G3", "P2")]}
    status, answer = together(real_client, headers, "k", **both)
    assert (status, answer["type"]) == (409, "/problems/batch-refused")
    assert [(each["pointer"], each["code"]) for each in answer["errors"]] == [
        ("#/pairs/1", "no_open_place")
    ]
    assert places(real_client, headers)["history"] == []
    held = {"action": "hold", "wait": True, "pairs": both["pairs"]}
    first, again = (together(real_client, headers, "k", **held) for _ in range(2))
    assert first == again
    assert first[0] == 201
    assert [each["event"]["action"] for each in first[1]["entries"]] == ["hold", "wait"]
    assert [each["position"] for each in first[1]["entries"]] == [None, 1]


def test_who_asks_for_a_college_learns_that_a_share_is_passed_and_not_by_how_many(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    # G1 is one of no more than a fifth of the one person wanted at P2.
    intern = {
        "graduate_id": "G1",
        "post_id": "P2",
        "stage": "实习",
        "date": "2026-05-15",
        "interned_until": "2026-06-30",
        "agreed_on": "2026-05-10",
    }
    college = bearer(scope_kind="college", scope_name="示例技师学院")
    said = []
    for headers in (bearer(), college):
        answer = real_client.post("/api/v1/outcomes", json=intern, headers=headers)
        assert answer.status_code == 201
        [told] = answer.json["warnings"]  # type: ignore[index]
        assert told["code"] == "interns_above_like_posts"
        said.append(told["detail"].split("同期")[1][:9])
    assert said == ["实习 1 人，超过", "实习 … 人，超过"]


def test_a_college_sees_what_waits_for_its_own_people(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    everybody, college = bearer(), bearer(scope_kind="college", scope_name=OTHER)
    asked(real_client, HOLD, everybody, graduate_id="G1")
    asked(real_client, HOLD, college, graduate_id="G3", wait=True)
    seen = real_client.get("/api/v1/places", headers=college).json
    assert seen is not None
    assert (seen["held"], [(each["post_id"], each["position"]) for each in seen["line"]]) == (
        [],
        [("P2", 1)],
    )
    whole = real_client.get("/api/v1/places", headers=everybody).json
    assert whole is not None
    assert [each["graduate_id"] for each in (*whole["held"], *whole["line"])] == ["G1", "G3"]
