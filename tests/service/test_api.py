from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.service.conftest import REQUEST_ID, Bearer
from tests.service.fake_desk import FakeDesk

RANKING = "/api/v1/graduates/G-1/ranking"
PROFILE = "/api/v1/rankings"


def faults(answer: Any) -> dict[str, str]:
    """Give pointer → code of every field that a 422 names."""
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    return {each["pointer"]: each["code"] for each in answer.json["errors"]}


# --- refusals ---------------------------------------------------------------------------------


def test_a_graduate_without_consent_gets_no_personal_ranking(
    client: FlaskClient, bearer: Bearer
) -> None:
    answer = client.get("/api/v1/graduates/G-2/ranking", headers=bearer())
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["type"].endswith("no-consent")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/graduates/nobody/ranking",
        "/api/v1/posts/none/graduates",
        "/api/v1/graduates/nobody/posts/P-1/eligibility",
        "/api/v1/nothing/here",
        "/api/v2",
    ],
)
def test_an_id_or_address_that_nobody_knows(client: FlaskClient, bearer: Bearer, path: str) -> None:
    answer = client.get(path, headers=bearer())
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["type"] == "/problems/not-found"
    assert answer.json["status"] == 404


@pytest.mark.parametrize("top", ["0", "-1", "101", "many", "1.5", ""])
def test_top_is_from_1_to_100(client: FlaskClient, bearer: Bearer, top: str) -> None:
    answer = client.get(RANKING, query_string={"top": top}, headers=bearer())
    assert set(faults(answer)) == {"#/top"}
    answer = client.get("/api/v1/posts/P-1/graduates", query_string={"top": top}, headers=bearer())
    assert set(faults(answer)) == {"#/top"}


@pytest.mark.parametrize("congestion", ["-0.1", "1.1", "nan", "much", ""])
def test_congestion_is_from_0_to_1(client: FlaskClient, bearer: Bearer, congestion: str) -> None:
    asked = {"congestion": congestion}
    answer = client.get(RANKING, query_string=asked, headers=bearer())
    assert answer.status_code == 422


@pytest.mark.parametrize("congestion", [-0.1, 1.1, "0.5", True, None])
def test_congestion_in_a_body_is_a_number_from_0_to_1(
    client: FlaskClient, bearer: Bearer, congestion: object
) -> None:
    asked = {"trade": "数控加工", "congestion": congestion}
    assert client.post(PROFILE, json=asked, headers=bearer("kiosk")).status_code == 422


def test_the_answer_says_how_much_of_the_price_was_taken_off(
    client: FlaskClient, bearer: Bearer
) -> None:
    asked = {"congestion": 0.25}
    answer = client.get(RANKING, query_string=asked, headers=bearer())
    assert answer.json["congestion"] == 0.25
    answer = client.get(RANKING, query_string=asked | {"ranking": "fit"}, headers=bearer())
    assert answer.json["congestion"] == 0
    profile = {"trade": "数控加工"} | asked
    answer = client.post(PROFILE, json=profile, headers=bearer("kiosk"))
    assert answer.json["congestion"] == 0.25


@pytest.mark.parametrize("top", [0, 101, "10", 2.5, True, None])
def test_top_in_a_body_is_a_whole_number_from_1_to_100(
    client: FlaskClient, bearer: Bearer, top: object
) -> None:
    answer = client.post(PROFILE, json={"trade": "数控加工", "top": top}, headers=bearer("kiosk"))
    assert set(faults(answer)) == {"#/top"}


def test_a_ranking_is_by_market_or_by_fit(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.get(RANKING, query_string={"ranking": "score"}, headers=bearer())
    assert faults(answer) == {"#/ranking": "literal_error"}
    assert answer.json is not None
    (fault,) = answer.json["errors"]
    assert fault["detail"] == "应为 'market' 或 'fit'。"
    assert fault["detail_en"] == "It must be 'market' or 'fit'."


def test_a_misspelt_parameter_is_not_passed_over(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.get(RANKING, query_string={"rankin": "fit"}, headers=bearer())
    assert faults(answer) == {"#/rankin": "extra_forbidden"}
    assert answer.json is not None
    assert answer.json["errors"][0]["suggestions"] == ["ranking"]
    assert answer.json["errors"][0]["place"] == "query"


def test_every_wrong_field_of_a_body_is_named_at_once(client: FlaskClient, bearer: Bearer) -> None:
    body = {"skill_level": [], "licences": ["电工", 7], "homeregion": "济宁市", "wish_pay": -1}
    assert faults(client.post(PROFILE, json=body, headers=bearer("kiosk"))) == {
        "#/trade": "missing",
        "#/skill_level": "string_type",
        "#/licences/1": "string_type",
        "#/homeregion": "extra_forbidden",
        "#/wish_pay": "greater_than_equal",
    }


def test_a_pointer_is_escaped(client: FlaskClient, bearer: Bearer) -> None:
    body = {"trade": "数控加工", "a/b~c": 1}
    # RFC 6901: ~ becomes ~0 and / becomes ~1.
    answer = client.post(PROFILE, json=body, headers=bearer("kiosk"))
    assert faults(answer) == {"#/a~1b~0c": "extra_forbidden"}


@pytest.mark.parametrize(
    ("home", "code", "suggestions"),
    [
        ("亚特兰蒂斯", "unknown_region", []),
        ("市中区", "ambiguous_region", ["济南市市中区", "枣庄市市中区"]),
    ],
)
def test_a_region_that_cannot_be_read_is_named(
    client: FlaskClient, bearer: Bearer, home: str, code: str, suggestions: list[str]
) -> None:
    body = {"trade": "数控加工", "home_region": home}
    answer = client.post(PROFILE, json=body, headers=bearer("kiosk"))
    assert faults(answer) == {"#/home_region": code}
    assert answer.json is not None
    (fault,) = answer.json["errors"]
    assert fault["suggestions"] == suggestions
    assert home in fault["detail"]
    assert home in fault["detail_en"]


@pytest.mark.parametrize("body", ["null", "[]", "7", '"text"', r'"{\"trade\": \"车工\"}"'])
def test_a_body_is_a_json_object(client: FlaskClient, bearer: Bearer, body: str) -> None:
    answer = client.post(
        PROFILE, data=body, content_type="application/json", headers=bearer("kiosk")
    )
    assert faults(answer) == {"#": "model_type"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"trade": }',
        b"\xff\xfe",
        b"[" * 30_000,
        b'{"wish_pay": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_is_not_json(client: FlaskClient, bearer: Bearer, body: bytes) -> None:
    answer = client.post(
        PROFILE, data=body, content_type="application/json", headers=bearer("kiosk")
    )
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["type"] == "/problems/broken-json"


def test_a_body_of_another_type(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.post(PROFILE, data={"trade": "数控加工"}, headers=bearer("kiosk"))
    assert answer.status_code == 415
    assert answer.json is not None
    assert answer.json["type"] == "/problems/not-json"


def test_a_body_that_is_too_large(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.post(PROFILE, json={"trade": "焊" * 40_000}, headers=bearer("kiosk"))
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["type"] == "/problems/too-large"


@pytest.mark.parametrize("trade", ["", r"焊\u0000接", r"焊\ud800接", "焊" * 201])
def test_text_that_no_database_should_see(client: FlaskClient, bearer: Bearer, trade: str) -> None:
    answer = client.post(
        PROFILE,
        data=f'{{"trade": "{trade}"}}',
        content_type="application/json",
        headers=bearer("kiosk"),
    )
    assert set(faults(answer)) == {"#/trade"}


def test_a_field_whose_name_is_no_text(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.post(
        PROFILE,
        data=r'{"trade": "数控加工", "\ud800": 1}',
        content_type="application/json",
        headers=bearer("kiosk"),
    )
    assert faults(answer) == {"#": "string_unicode"}


def test_an_id_with_a_control_character(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.get("/api/v1/graduates/G%00/ranking", headers=bearer())
    assert faults(answer) == {"#/graduate_id": "string_pattern_mismatch"}


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("POST", RANKING, "GET"), ("GET", PROFILE, "POST"), ("DELETE", "/api/v1/outcomes", "POST")],
)
def test_a_method_that_the_address_does_not_take(
    client: FlaskClient, bearer: Bearer, method: str, path: str, allow: str
) -> None:
    answer = client.open(path, method=method, headers=bearer())
    assert answer.status_code == 405
    assert answer.json is not None
    assert answer.json["type"] == "/problems/method-not-allowed"
    assert allow in answer.headers["Allow"]


def test_before_a_model_is_published_nothing_is_ranked(
    client: FlaskClient, bearer: Bearer, desk: FakeDesk
) -> None:
    desk.model = None
    answer = client.get(RANKING, headers=bearer())
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["type"] == "/problems/no-model"


def test_a_failure_inside_is_logged_and_not_told(
    client: FlaskClient, bearer: Bearer, desk: FakeDesk
) -> None:
    desk.fails_with = ValueError("张三 lives at /var/lib/placement")
    answer = client.get(RANKING, headers=bearer())
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    for inside in ("张三", "ValueError", "placement", "Traceback"):
        assert inside not in answer.text


# --- answers ----------------------------------------------------------------------------------


def test_the_ranking_of_a_graduate(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.get(RANKING, query_string={"top": 1}, headers=bearer())
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json == {
        "model": 7,
        "published": "model",
        "as_of": "2026-05-15",
        "order": "market",
        "congestion": 1.0,
        "ranking": [
            {
                "rank": 1,
                "post_id": "P-1",
                "enterprise": "济宁示例机械有限公司",
                "occupation": "车工",
                "region": "济宁市任城区",
                "open_places": 4,
                "score": 1.25,
                "chances": {"wants": 0.5, "hired": 0.8, "stays": 0.75},
                "price": 0.45,
                "reasons": [
                    {
                        "code": "trade_occupation",
                        "text": "你学的数控加工专业直接对应车工",
                        "text_en": "Your trade, 数控加工, leads straight to 车工",
                        "contribution": 1.12,
                    },
                    {
                        "code": "home_place",
                        "text": "工作地点在你的生源地济宁市",
                        "text_en": "The place of work is in your home, 济宁市",
                        "contribution": 0.58,
                    },
                    {
                        "code": "price",
                        "text": "报名的人多：每个名额约有 2.4 人竞争",
                        "text_en": "Many apply: about 2.4 for each place",
                        "contribution": -0.45,
                    },
                ],
                "occupation_code": "6-18-01-01",
                "region_code": "370811",
                "min_level": "INTERMEDIATE_WORKER",
                "monthly_pay_min": 5200,
                "monthly_pay_max": 7800,
                "closes_on": "2026-08-31",
            }
        ],
        "excluded_by": [],
        "read_as": None,
        "places_as_of": None,
        "request_id": REQUEST_ID,
        "explored": False,
    }


def test_chinese_is_answered_as_it_is_written(client: FlaskClient, bearer: Bearer) -> None:
    assert "济宁示例机械有限公司" in client.get(RANKING, headers=bearer()).data.decode()


def test_ten_lines_by_market_are_the_default(
    client: FlaskClient, bearer: Bearer, desk: FakeDesk
) -> None:
    desk.lines = desk.lines * 5
    answer = client.get(RANKING, headers=bearer())
    assert answer.json is not None
    assert (len(answer.json["ranking"]), answer.json["order"]) == (10, "market")


def test_a_ranking_by_fit(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.get(RANKING, query_string={"ranking": "fit"}, headers=bearer())
    assert answer.json is not None
    assert answer.json["order"] == "fit"


def test_an_id_may_hold_a_slash(client: FlaskClient, bearer: Bearer) -> None:
    assert client.get("/api/v1/graduates/G%2F3/ranking", headers=bearer()).status_code == 200


def test_the_rules_that_shut_out_every_post_are_named(
    client: FlaskClient, bearer: Bearer, desk: FakeDesk
) -> None:
    desk.lines, desk.excluded_by = (), ("level",)
    answer = client.get(RANKING, headers=bearer())
    assert answer.status_code == 200
    assert answer.json is not None
    assert (answer.json["ranking"], answer.json["excluded_by"]) == ([], ["level"])


def test_a_profile_reaches_the_desk_under_the_rosters_columns(
    client: FlaskClient, bearer: Bearer, desk: FakeDesk
) -> None:
    body = {
        "trade": "焊接加工",
        "skill_level": 4,
        "certificates": ["6-18-02-04:四级", "6-18-01-01:四级"],
        "licences": [],
        "home_region": 370800,
        "wish_regions": ["济南市", 370200],
        "wish_pay": 6000,
        "top": 2,
        "ranking": "fit",
    }
    answer = client.post(PROFILE, json=body, headers=bearer("kiosk"))
    assert answer.json is not None
    assert (len(answer.json["ranking"]), answer.json["order"]) == (2, "fit")
    assert desk.asked == [
        {
            "trade": "焊接加工",
            "skill_level": "4",
            "certificates": "6-18-02-04:四级;6-18-01-01:四级",
            "home_region": "370800",
            "wish_regions": "济南市;370200",
            "wish_pay": "6000",
        }
    ]


def test_a_list_may_be_written_as_a_cell_of_a_sheet(
    client: FlaskClient, bearer: Bearer, desk: FakeDesk
) -> None:
    body = {"trade": "焊接加工", "wish_regions": "370800；潍坊市", "licences": ""}
    answer = client.post(PROFILE, json=body, headers=bearer("kiosk"))
    assert answer.status_code == 200
    assert desk.asked == [{"trade": "焊接加工", "wish_regions": "370800；潍坊市"}]


@pytest.mark.parametrize(
    ("value", "pointer", "code"),
    [
        (7, "#/licences", "list_type"),
        ({"name": "焊接"}, "#/licences", "list_type"),
        ([""], "#/licences/0", "string_too_short"),
        ("焊" * 2001, "#/licences", "string_too_long"),
        (["焊"] * 51, "#/licences", "too_long"),
    ],
)
def test_what_is_neither_a_list_nor_a_cell_is_refused_once(
    client: FlaskClient, bearer: Bearer, value: object, pointer: str, code: str
) -> None:
    body = {"trade": "焊接加工", "licences": value}
    answer = client.post(PROFILE, json=body, headers=bearer("kiosk"))
    assert faults(answer) == {pointer: code}


def test_an_unknown_trade_is_read_as_its_nearest_and_that_is_said(
    client: FlaskClient, bearer: Bearer
) -> None:
    answer = client.post(PROFILE, json={"trade": "数控车"}, headers=bearer("kiosk"))
    assert answer.json is not None
    assert answer.json["read_as"] == "数控加工"


def test_the_kiosk_gets_no_personal_data(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.post(PROFILE, json={"trade": "数控加工"}, headers=bearer("kiosk"))
    # The contact of a post is for officers; the fake post has one.
    assert "13800000000" not in answer.text
    assert "张三" not in answer.text


def test_the_graduates_of_a_post(client: FlaskClient, bearer: Bearer) -> None:
    answer = client.get("/api/v1/posts/P-1/graduates", query_string={"top": 2}, headers=bearer())
    assert answer.json is not None
    assert answer.json["post"]["post_id"] == "P-1"
    assert answer.json["post"]["headcount"] == 5
    assert [(each["rank"], each["graduate_id"]) for each in answer.json["graduates"]] == [
        (1, "G-1"),
        (2, "G-2"),
    ]
    assert set(answer.json["graduates"][0]) == {"rank", "graduate_id", "score", "reasons"}
    assert "13800000000" not in answer.text


def test_every_rule_of_a_pair_and_what_would_make_it_hold(
    client: FlaskClient, bearer: Bearer
) -> None:
    answer = client.get("/api/v1/graduates/G-1/posts/P-1/eligibility", headers=bearer())
    assert answer.json == {
        "eligible": False,
        "rules": [
            {
                "code": "consent",
                "holds": True,
                "text": "岗位要求高级工",
                "text_en": "The post asks for a senior worker",
                "needs": None,
            },
            {
                "code": "level",
                "holds": False,
                "text": "岗位要求高级工",
                "text_en": "The post asks for a senior worker",
                "needs": "SENIOR_WORKER",
            },
        ],
    }
