"""The whole way from a request to the database and back, on a world known by heart.

Welders G1 (Rencheng, Jining), G2 (has not agreed) and G3 (another college, Weifang); posts P1
(Jining, two places), P2 (Weifang, one place) and P3 (closed since 1 May).
"""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import store
from recommender.domain import Outcome
from recommender.errors import DatabaseFailed
from tests.builders import DAY, make_graduate, make_post
from tests.service.conftest import Bearer

SIGNING = {"graduate_id": "G1", "post_id": "P1", "stage": "签约", "date": "2026-05-14"}
OUTCOMES = "/api/v1/outcomes"


def stored(engine: Engine) -> list[Outcome]:
    with store.reading(engine) as conn:
        return store.load_outcomes(conn, day=DAY)


# --- refusals ---------------------------------------------------------------------------------


def test_nobody_is_ranked_without_consent(real_client: FlaskClient, bearer: Bearer) -> None:
    assert real_client.get("/api/v1/graduates/G2/ranking", headers=bearer()).status_code == 403


@pytest.mark.parametrize("field", ["graduate_id", "post_id"])
def test_a_step_of_somebody_unknown_is_refused_by_field(
    real_client: FlaskClient, bearer: Bearer, welders: Engine, field: str
) -> None:
    answer = real_client.post(OUTCOMES, json=SIGNING | {field: "nobody"}, headers=bearer("data"))
    assert answer.status_code == 422
    assert answer.json is not None
    assert [each["pointer"] for each in answer.json["errors"]] == [f"#/{field}"]
    assert stored(welders) == []


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"stage": "结婚"}, "#/stage"),
        ({"date": "2026-02-30"}, "#/date"),
        ({"reason": "天气"}, "#/reason"),
        ({"channel": "邮件"}, "#/channel"),
        ({"shown_rank": 0}, "#/shown_rank"),
        ({"stages": "签约"}, "#/stages"),
    ],
)
def test_a_step_that_cannot_be_read_is_refused_by_field(
    real_client: FlaskClient,
    bearer: Bearer,
    welders: Engine,
    wrong: dict[str, object],
    pointer: str,
) -> None:
    answer = real_client.post(OUTCOMES, json=SIGNING | wrong, headers=bearer("data"))
    assert answer.status_code == 422
    assert answer.json is not None
    assert [each["pointer"] for each in answer.json["errors"]] == [pointer]
    assert stored(welders) == []


def test_a_signing_at_a_full_post_is_a_conflict(real_client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()
    last = SIGNING | {"graduate_id": "G3", "post_id": "P2"}
    assert real_client.post(OUTCOMES, json=last, headers=headers).status_code == 201
    answer = real_client.post(OUTCOMES, json=SIGNING | {"post_id": "P2"}, headers=headers)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"] == "/problems/no-open-place"


def test_a_second_signing_of_a_graduate_is_a_conflict(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    headers = bearer()
    assert real_client.post(OUTCOMES, json=SIGNING, headers=headers).status_code == 201
    answer = real_client.post(OUTCOMES, json=SIGNING | {"post_id": "P2"}, headers=headers)
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"] == "/problems/already-placed"


def test_a_key_that_comes_back_with_another_body(
    real_client: FlaskClient, bearer: Bearer, welders: Engine
) -> None:
    headers = bearer() | {"Idempotency-Key": "a-1"}
    assert real_client.post(OUTCOMES, json=SIGNING, headers=headers).status_code == 201
    answer = real_client.post(OUTCOMES, json=SIGNING | {"stage": "到岗"}, headers=headers)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["type"] == "/problems/other-body"
    assert [step.stage.value for step in stored(welders)] == ["signed"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/graduates/G3/ranking"),
        ("GET", "/api/v1/graduates/G3/posts/P1/eligibility"),
    ],
)
def test_an_officer_of_one_college_does_not_learn_of_anothers_graduates(
    real_client: FlaskClient, bearer: Bearer, method: str, path: str
) -> None:
    headers = bearer("officer", scope_kind="college", scope_name="示例技师学院")
    answer = real_client.open(path, method=method, headers=headers)
    unknown = real_client.open(path.replace("G3", "nobody"), method=method, headers=headers)
    assert answer.status_code == unknown.status_code == 404
    assert answer.data == unknown.data


def test_an_officer_of_one_college_records_no_step_of_anothers_graduates(
    real_client: FlaskClient, bearer: Bearer, welders: Engine
) -> None:
    headers = bearer("officer", scope_kind="college", scope_name="示例技师学院")
    answer = real_client.post(OUTCOMES, json=SIGNING | {"graduate_id": "G3"}, headers=headers)
    assert answer.status_code == 422
    assert stored(welders) == []


# --- answers ----------------------------------------------------------------------------------


def test_a_welder_of_jining_is_shown_the_post_at_home_first(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    answer = real_client.get(
        "/api/v1/graduates/G1/ranking", query_string={"ranking": "fit"}, headers=bearer()
    )
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    body = answer.json
    assert (body["model"], body["published"], body["as_of"]) == (1, "crosswalk", "2026-05-15")
    # Both posts are for welders; P1 lies in the home city, and P3 is closed.
    assert [line["post_id"] for line in body["ranking"]] == ["P1", "P2"]
    assert body["ranking"][0]["occupation"] == "焊工"
    assert body["ranking"][0]["region"] == "济宁市"
    scores = [line["score"] for line in body["ranking"]]
    assert scores == sorted(scores, reverse=True)
    for line in body["ranking"]:
        said = sum(reason["contribution"] for reason in line["reasons"])
        assert said == pytest.approx(line["score"], abs=1e-4)
        assert all(reason["text"] and reason["text_en"] for reason in line["reasons"])


def test_places_are_those_of_this_moment(real_client: FlaskClient, bearer: Bearer) -> None:
    headers = bearer()

    def open_places() -> dict[str, int]:
        answer = real_client.get("/api/v1/graduates/G3/ranking", headers=headers)
        assert answer.json is not None
        return {line["post_id"]: line["open_places"] for line in answer.json["ranking"]}

    assert open_places() == {"P1": 2, "P2": 1}
    assert real_client.post(OUTCOMES, json=SIGNING, headers=headers).status_code == 201
    assert open_places() == {"P1": 1, "P2": 1}


def test_a_profile_is_ranked_and_nothing_of_it_is_kept(
    real_client: FlaskClient, bearer: Bearer, welders: Engine
) -> None:
    body = {
        "trade": "焊接加工",
        "skill_level": "高级工",
        "home_region": "潍坊市",
        "wish_regions": ["370800"],
        "licences": ["焊接与热切割作业"],
        "certificates": ["6-18-02-04:四级"],
        "wish_pay": 5500,
        "adult_on": "2024-03-01",
        "ranking": "fit",
    }
    with store.reading(welders) as conn:
        before = store.revision(conn), store.counts(conn, DAY)
    answer = real_client.post("/api/v1/rankings", json=body, headers=bearer("kiosk"))
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert {line["post_id"] for line in answer.json["ranking"]} == {"P1", "P2"}
    assert answer.json["read_as"] is None
    with store.reading(welders) as conn:
        assert (store.revision(conn), store.counts(conn, DAY)) == before


def test_an_unknown_trade_of_a_profile_is_named_as_it_was_read(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    answer = real_client.post("/api/v1/rankings", json={"trade": "焊接加功"}, headers=bearer())
    assert answer.json is not None
    assert answer.json["read_as"] == "焊接加工"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("home_region", "亚特兰蒂斯"),
        ("wish_regions", ["济宁市", "亚特兰蒂斯"]),
        ("skill_level", "大师"),
        ("certificates", ["车工"]),
    ],
)
def test_a_field_of_a_profile_that_means_nothing(
    real_client: FlaskClient, bearer: Bearer, field: str, value: object
) -> None:
    body = {"trade": "焊接加工", field: value}
    answer = real_client.post("/api/v1/rankings", json=body, headers=bearer())
    assert answer.status_code == 422
    assert answer.json is not None
    assert [each["pointer"] for each in answer.json["errors"]] == [f"#/{field}"]


def test_an_ambiguous_region_is_answered_with_its_candidates(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    body = {"trade": "焊接加工", "home_region": "市中区"}
    answer = real_client.post("/api/v1/rankings", json=body, headers=bearer())
    assert answer.json is not None
    (fault,) = answer.json["errors"]
    # GB/T 2260: 370103 in Jinan and 370402 in Zaozhuang.
    assert any("济南" in each for each in fault["suggestions"])
    assert any("枣庄" in each for each in fault["suggestions"])


def test_the_graduates_of_a_post_without_those_who_have_not_agreed(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    answer = real_client.get("/api/v1/posts/P1/graduates", headers=bearer())
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert {each["graduate_id"] for each in answer.json["graduates"]} == {"G1", "G3"}
    assert answer.json["graduates"][0]["graduate_id"] == "G1"
    assert all(0 < each["score"] <= 1 for each in answer.json["graduates"])
    assert "13800000000" not in answer.text


def test_the_graduates_of_a_post_for_an_officer_of_one_college(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    headers = bearer("officer", scope_kind="college", scope_name="另一技师学院")
    answer = real_client.get("/api/v1/posts/P1/graduates", headers=headers)
    assert answer.json is not None
    assert [(each["rank"], each["graduate_id"]) for each in answer.json["graduates"]] == [(1, "G3")]


def test_every_rule_of_a_closed_post(real_client: FlaskClient, bearer: Bearer) -> None:
    answer = real_client.get("/api/v1/graduates/G1/posts/P3/eligibility", headers=bearer())
    assert answer.json is not None
    assert answer.json["eligible"] is False
    holds = {rule["code"]: rule["holds"] for rule in answer.json["rules"]}
    assert holds == {
        "consent": True,
        "unplaced": True,
        "open": False,
        "places": True,
        "level": True,
        "licence": True,
        "adult": True,
        "again": True,
        "paused": True,
        "vetoed": True,
    }


def test_a_step_is_recorded_and_answered_as_it_was_kept(
    real_client: FlaskClient, bearer: Bearer, welders: Engine
) -> None:
    answer = real_client.post(
        OUTCOMES, json=SIGNING | {"channel": "双选会"}, headers=bearer("data")
    )
    assert answer.status_code == 201, answer.text
    assert answer.json == {
        "graduate_id": "G1",
        "post_id": "P1",
        "stage": "signed",
        "date": "2026-05-14",
        "channel": "fair",
        "shown_rank": None,
        "reason": None,
        "recorded_on": "2026-05-14",
        "interned_until": None,
        "agreed_on": None,
        "warnings": [],
    }
    assert [(step.graduate_id, step.post_id) for step in stored(welders)] == [("G1", "P1")]


def test_the_same_key_and_body_get_the_same_answer(
    real_client: FlaskClient, bearer: Bearer, welders: Engine
) -> None:
    headers = bearer() | {"Idempotency-Key": "a-1"}
    first = real_client.post(OUTCOMES, json=SIGNING, headers=headers)
    # Without the key a second signing would be a conflict.
    again = real_client.post(OUTCOMES, json=SIGNING, headers=headers)
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert len(stored(welders)) == 1


def test_one_bearers_keys_say_nothing_of_anothers(real_client: FlaskClient, bearer: Bearer) -> None:
    key = {"Idempotency-Key": "a-1"}
    first = real_client.post(OUTCOMES, json=SIGNING, headers=bearer() | key)
    other = SIGNING | {"graduate_id": "G3", "post_id": "P2"}
    second = real_client.post(OUTCOMES, json=other, headers=bearer() | key)
    assert (first.status_code, second.status_code) == (201, 201)


def test_a_post_for_nobody_is_explained(real_app: Flask, bearer: Bearer, welders: Engine) -> None:
    with store.writing(welders) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G9", hired_at_enrolment=True)], [])
        store.save_posts(conn, [make_post(post_id="P9")], day=DAY)
    answer = real_app.test_client().get("/api/v1/graduates/G9/ranking", headers=bearer())
    assert answer.json is not None
    assert (answer.json["ranking"], answer.json["excluded_by"]) == ([], ["unplaced"])


def test_while_the_database_is_away_the_last_places_are_answered_and_dated(
    real_client: FlaskClient, bearer: Bearer, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, path = bearer(), "/api/v1/graduates/G1/ranking"
    before = real_client.get(path, headers=headers).json

    def away(_: Engine) -> None:
        raise DatabaseFailed("no route to host")

    monkeypatch.setattr(store, "reading", away)
    answer = real_client.get(path, headers=headers)
    assert answer.status_code == 200
    assert before is not None
    assert answer.json is not None
    assert before["places_as_of"] is None
    assert answer.json["places_as_of"] is not None
    assert answer.json["ranking"] == before["ranking"]
    assert "数据库暂时不可用" in real_client.post("/", data={"trade": "焊接加工"}).text
    ready = real_client.get("/readyz")
    assert (ready.status_code, ready.json) == (
        200,
        {"ready": True, "database": "away", "model": "v1 (crosswalk)"},
    )


@pytest.mark.parametrize(("lang", "word"), [("zh", "焊工"), ("en", "Places left")])
def test_the_page_asks_the_same_desk(real_client: FlaskClient, lang: str, word: str) -> None:
    form = {"ask": "1", "trade": "焊接加工", "level": "SENIOR_WORKER", "home": "济宁市"}
    answer = real_client.post("/", query_string={"lang": lang}, data=form)
    assert answer.status_code == 200
    assert word in answer.text
    assert "示例机械有限公司" in answer.text
