"""The pages of fairs: set-up, the board, a booth's tablet and the result."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import fair_desk as kept
from recommender.data import registered, store
from recommender.domain import InterestSide
from recommender.fairs import Booth
from recommender.year import fair, fair_setup
from tests.builders import CREDIT_CODE, DAY, OTHER_CREDIT_CODE, make_details, make_post
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]
FAIRS = "/console/fairs"
FAIR = f"{FAIRS}/F1"
BOOTH = f"{FAIR}/booths/A1"
OURS = {"scope_kind": "enterprise", "scope_name": "示例机械有限公司"}
THEIRS = {"scope_kind": "enterprise", "scope_name": "示例装备有限公司"}
G1, WALK_IN = "7K3MQ9TX", "D6ZV3QKF"


@pytest.fixture
def app(fair_client: FlaskClient, welders: Engine) -> Flask:
    """Hold F1: booth A1 of P1 and P2, booth A2 of OTHER; G1 (named), G2 and G3 mean to come."""
    other = {"credit_code": OTHER_CREDIT_CODE, "enterprise": THEIRS["scope_name"]}
    with store.writing(welders) as conn:
        store.save_posts(conn, [make_post(post_id="OTHER", **other)], day=DAY)
        store.save_graduates(conn, [], [make_details()])
        booth = Booth(fair_id="F1", date=DAY, credit_code=OTHER_CREDIT_CODE, booth="A2", slots=4)
        registered.save_booths(conn, [booth])
    return fair_client.application


@pytest.fixture
def planned(client: FlaskClient, welders: Engine) -> FlaskClient:
    """Make the timetable, as an officer who stays signed in; G1's slip is the first."""
    sign_in(client, welders)
    assert "已排好" in post(client, f"{FAIR}/timetable")
    return client


def post(client: FlaskClient, path: str, **sent: str) -> str:
    answer = client.post(path, data=form(client) | sent, follow_redirects=True)
    return answer.text


def change_to(client: FlaskClient, engine: Engine, role: str, **scope: str) -> None:
    client.post("/console/sign-out", data=form(client))
    sign_in(client, engine, role=role, **scope)


# --- set-up -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"fair_id": "", "date": "2026-06-01"}, "未填写"),
        ({"fair_id": "F2"}, "未填写"),
        ({"fair_id": "F2", "date": "soon"}, "不是日期"),
        ({"fair_id": "F2", "date": "2026-06-01", "slots": "0"}, "超出范围"),
        ({"fair_id": "F2", "date": "2026-06-01", "seats": "x"}, "超出范围"),
        ({"fair_id": "F2", "date": "2026-06-01", "credit_code": "NOBODY"}, "没有这个"),
        ({"fair_id": "F1", "booth": "A2"}, "别的企业"),
    ],
)
def test_what_is_wrong_with_a_booth_is_said_and_nothing_kept(
    client: FlaskClient, welders: Engine, sent: dict[str, str], said: str
) -> None:
    sign_in(client, welders)
    before = fair.list_fairs(welders)
    told = post(client, FAIRS, **({"credit_code": CREDIT_CODE} | sent))
    assert "没有写入" in told
    assert said in told
    assert fair.list_fairs(welders) == before


def test_a_fair_is_set_up_booth_by_booth(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    first = {"fair_id": "F2", "date": "2026-06-01", "slots": "3", "credit_code": CREDIT_CODE}
    assert "已保存展位" in post(client, FAIRS, **first, booth="B1", seats="2")
    second = {"fair_id": "F2", "date": "2026-06-02", "slots": "4"}
    post(client, FAIRS, **second, credit_code=OTHER_CREDIT_CODE)
    found = fair.look(welders, "F2")
    # Day and rounds are those of the whole fair.
    assert {(each.date.isoformat(), each.slots) for each in found.booths} == {("2026-06-02", 4)}
    assert {(each.sign, each.slot_capacity) for each in found.booths} == {
        ("B1", 2),
        (OTHER_CREDIT_CODE, None),
    }
    for code in (CREDIT_CODE, OTHER_CREDIT_CODE):
        post(client, f"{FAIRS}/F2/booths", credit_code=code)
    assert [each.fair_id for each, _ in fair.list_fairs(welders)] == ["F1"]


def test_once_somebody_came_booths_and_timetable_stay(
    planned: FlaskClient, welders: Engine
) -> None:
    assert "已签到" in post(planned, f"{FAIR}/check-ins", slip=G1)
    for path, sent in (
        (FAIRS, {"fair_id": "F1", "credit_code": CREDIT_CODE}),
        (f"{FAIR}/booths", {"credit_code": CREDIT_CODE}),
        (f"{FAIR}/timetable", {}),
        (f"{FAIR}/close", {}),  # not said to be sure
    ):
        assert "没有写入" in post(planned, path, **sent)
    assert len(fair.look(welders, "F1").booths) == 2


def test_a_booth_that_goes_takes_its_turns_with_it(planned: FlaskClient, welders: Engine) -> None:
    with store.reading(welders) as conn:
        assert {turn.credit_code for turn in kept.load_turns(conn, "F1")} >= {CREDIT_CODE}
    fair_setup.drop_booth(welders, "F1", CREDIT_CODE)
    with store.reading(welders) as conn:
        assert CREDIT_CODE not in {turn.credit_code for turn in kept.load_turns(conn, "F1")}


def test_a_college_reads_its_own_turns_only(planned: FlaskClient, welders: Engine) -> None:
    assert "G1" in planned.get(FAIR).text
    change_to(planned, welders, "admin", scope_kind="college", scope_name="另一技师学院")
    assert "G1" not in planned.get(FAIR).text
    for who in ("G1", "G-nobody"):
        sent = form(planned) | {"graduate_id": who}
        assert planned.post(f"{FAIR}/slips", data=sent).status_code == 422


# --- the floor --------------------------------------------------------------------------------


def test_an_enterprise_has_its_own_booth_alone(planned: FlaskClient, welders: Engine) -> None:
    change_to(planned, welders, "enterprise", **THEIRS)
    assert planned.get(f"{FAIR}/booth").headers["Location"].endswith(OTHER_CREDIT_CODE)
    assert planned.get(BOOTH).status_code == 404
    assert planned.get(f"{FAIR}/result").status_code == 403
    sent = form(planned) | {"slip": G1, "post_id": "P1"}
    for path in ("check-ins", "marks", "claims"):
        assert planned.post(f"{BOOTH}/{path}", data=sent).status_code == 422
    with store.reading(welders) as conn:
        assert kept.load_check_ins(conn, "F1") == kept.load_marks(conn, "F1") == []


def test_a_booth_learns_who_somebody_is_once_it_is_shown_the_slip(
    planned: FlaskClient, welders: Engine
) -> None:
    post(planned, f"{FAIR}/slips")  # a walk-in, who marks nothing: never a booth's to see
    change_to(planned, welders, "enterprise", **OURS)
    before = planned.get(BOOTH).text
    for told in ("样例甲", "G1", G1, "示例技师学院", WALK_IN):
        assert told not in before
    assert "出示签条后显示姓名" in before
    assert "没有写入" in post(planned, f"{BOOTH}/check-ins", slip=WALK_IN)
    after = post(planned, f"{BOOTH}/check-ins", slip=G1.lower())
    for told in ("样例甲", G1):
        assert told in after
    assert "已登记看中" in post(planned, f"{BOOTH}/marks", slip=G1, post_id="P1", rank="1")
    with store.reading(welders) as conn:
        [made] = kept.load_marks(conn, "F1")
    assert (made.post_id, made.side, made.rank) == ("P1", InterestSide.ENTERPRISE, 1)


def test_what_is_typed_at_a_booth_stands_in_no_address(planned: FlaskClient) -> None:
    answer = planned.post(f"{BOOTH}/check-ins", data=form(planned) | {"slip": G1})
    assert answer.headers["Location"] == BOOTH
    assert planned.post(f"{FAIR}/slips", data=form(planned)).headers["Location"] == FAIR


def test_the_board_names_nobody_and_renews_itself(planned: FlaskClient, welders: Engine) -> None:
    post(planned, f"{BOOTH}/check-ins", slip=G1)
    change_to(planned, welders, "kiosk")
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    for page in (
        planned.get(f"{FAIR}/board").text,
        planned.get(f"{FAIR}/board", headers=part).text,
    ):
        assert 'hx-trigger="every 5s"' in page
        assert "示例机械有限公司" in page
        for told in ("样例甲", "G1", G1):
            assert told not in page


# --- the result -------------------------------------------------------------------------------


def test_a_closed_fair_has_a_result_with_its_sheets(planned: FlaskClient, welders: Engine) -> None:
    assert "结束后才有结果" in planned.get(f"{FAIR}/result?whole=1").text
    post(planned, f"{BOOTH}/check-ins", slip=G1)
    post(planned, f"{BOOTH}/marks", slip=G1, post_id="P1", rank="1")
    assert "已结束" in post(planned, f"{FAIR}/close", sure="1")
    first = planned.get(f"{FAIR}/result").text
    assert 'hx-trigger="load"' in first
    told = planned.get(f"{FAIR}/result?whole=1").text
    assert "没有双方互选" in told  # G1 marked nothing
    answer = planned.get(f"{FAIR}/result.zip")
    names = set(zipfile.ZipFile(io.BytesIO(answer.data)).namelist())
    assert {"result.csv", "no-shows.csv", "booth-A1.xlsx", "college-示例技师学院.xlsx"} <= names
    assert "certificate.json" in names
    change_to(planned, welders, "admin", scope_kind="college", scope_name="另一技师学院")
    own = zipfile.ZipFile(io.BytesIO(planned.get(f"{FAIR}/result.zip").data))
    assert "college-示例技师学院.xlsx" not in own.namelist()
    assert "G1" not in own.read("result.csv").decode()
    assert "certificate.json" not in own.namelist()
