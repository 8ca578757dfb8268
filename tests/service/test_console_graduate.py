from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.closeups import Group
from recommender.data import ledger as claimed
from recommender.data import store
from recommender.domain import PersonalDetails, Reason
from service.console import bars
from tests.builders import DAY, make_graduate
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]


@pytest.fixture
def app(real_app: Flask, welders: Engine) -> Flask:
    named = PersonalDetails(graduate_id="G1", name="单小丽", student_no="S77")
    with store.writing(welders) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G1")], [named])
    return real_app


def stored(engine: Engine) -> list[tuple[str, str]]:
    with store.reading(engine) as conn:
        steps = store.load_outcomes(conn, day=DAY)
    return [(step.post_id, step.stage.value) for step in steps]


def claims(engine: Engine) -> list[tuple[str, str]]:
    with store.reading(engine) as conn:
        return [(claim.post_id, claim.state.value) for claim in claimed.load_claims(conn)]


def test_nothing_is_written_about_somebody_elses_graduate(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders, scope_kind="college", scope_name="示例技师学院")
    for act in ("hold", "release", "steps"):
        sent = form(client) | {"post_id": "P1", "stage": "interested", "reason": "other"}
        other = client.post(f"/console/graduates/G3/{act}", data=sent)
        nobody = client.post(f"/console/graduates/nobody/{act}", data=sent)
        assert other.status_code == nobody.status_code == 422
    assert client.get("/console/graduates/G3").status_code == 404
    assert (stored(welders), claims(welders)) == ([], [])


def test_a_step_of_nobody_that_cannot_be_read_is_refused_to_whoever_sees_everybody(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    sent = form(client) | {"post_id": "P1", "stage": "married"}
    assert client.post("/console/graduates/nobody/steps", data=sent).status_code == 422
    assert stored(welders) == []


@pytest.mark.parametrize(
    ("act", "sent", "said"),
    [
        ("hold", {"post_id": "nothing"}, "没有这个岗位"),
        ("hold", {"post_id": "P3"}, "不符合岗位"),
        ("release", {"post_id": "P1", "reason": "other"}, "没有可释放的名额"),
        ("release", {"post_id": "P1", "reason": "no such reason"}, "没有写入"),
        ("steps", {"post_id": "P1", "stage": "married"}, "married"),
        ("steps", {"post_id": "P1", "stage": "signed", "date": "yesterday"}, "yesterday"),
    ],
)
def test_what_cannot_be_is_said_on_the_page_and_not_written(
    client: FlaskClient, welders: Engine, act: str, sent: dict[str, str], said: str
) -> None:
    sign_in(client, welders)
    answer = client.post(f"/console/graduates/G1/{act}", data=form(client) | sent)
    assert answer.status_code == 409
    assert said in answer.text
    assert "单小丽" in answer.text  # the page is still there
    assert (stored(welders), claims(welders)) == ([], [])


def test_under_a_rule_the_page_shows_no_chance_and_says_so(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    page = client.get("/console/graduates/G1").text
    assert "只有先后，没有概率" in page
    assert "%</b>" not in page


def test_without_consent_the_page_says_so(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    assert "未同意推荐，不作个人排序" in client.get("/console/graduates/G2").text


def test_a_proposal_is_recorded_once_however_often_it_is_sent(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    page = client.get("/console/graduates/G1").text
    key = re.findall(r'name="key" value="([^"]+-p-P1)"', page)
    sent = form(client) | {"post_id": "P1", "stage": "recommended", "channel": "office"}
    sent |= {"shown_rank": "1", "key": key[0], "date": ""}
    for _ in range(2):
        answer = client.post("/console/graduates/G1/steps", data=sent)
        assert (answer.status_code, answer.location) == (303, "/console/graduates/G1")
    assert "已登记" in client.get("/console/graduates/G1").text
    assert stored(welders) == [("P1", "recommended")]


def test_a_place_is_held_and_given_up(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    client.post("/console/graduates/G1/hold", data=form(client) | {"post_id": "P1"})
    assert claims(welders) == [("P1", "held")]
    page = client.get("/console/graduates/G1").text
    assert "已预留或排队" in page
    assert "预留至" in page
    sent = form(client) | {"post_id": "P1", "reason": "pay"}
    client.post("/console/graduates/G1/release", data=sent)
    assert claims(welders) == []
    with store.reading(welders) as conn:
        history = claimed.load_events(conn, "P1")
    assert [event.who for event in history] == ["user some-officer"] * 2


def test_an_auditor_reads_and_has_nothing_to_press(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, role="auditor")
    page = client.get("/console/graduates/G1").text
    assert "<form" not in page.split("<main")[1]
    assert client.post("/console/graduates/G1/hold", data=form(client)).status_code == 403


def test_next_steps_are_a_part_of_the_page(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    assert "核实过的下一步" in client.get("/console/graduates/G1/next-steps?lang=zh").text
    assert client.get("/console/graduates/G2/next-steps").status_code == 403  # no consent
    assert client.get("/console/graduates/nobody/next-steps").status_code == 404


def test_a_post_is_seen_from_the_other_side(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    client.post(
        "/console/graduates/G1/steps",
        data=form(client) | {"post_id": "P1", "stage": "declined", "reason": "pay"},
    )
    page = client.get("/console/posts/P1?lang=en").text
    assert "单小丽" in page
    assert "declined" in page
    assert "G3" in page
    assert client.get("/console/posts/nothing").status_code == 404


# --- bars -------------------------------------------------------------------------------------


def reason(contribution: float) -> Reason:
    return Reason(code="wants.home_place", text="家", text_en="home", contribution=contribution)


def test_amounts_add_up_to_the_sum_that_is_shown_though_each_is_rounded() -> None:
    # 0.334 + 0.334 + 0.334 is 1.002: shown as 0.33 three times, and the rest takes 0.01.
    group = Group(
        stage="wants", chance=0.5, start=0.334, said=(reason(0.334),), rest=0.334, total=1.002
    )
    drawn = bars._drawn(group, 1.0, "zh")
    assert [bar.amount for bar in drawn.bars] == ["+0.33", "+0.33", "+0.34"]
    assert drawn.total == "+1.00"


def test_a_bar_points_right_where_it_counts_for_the_post() -> None:
    group = Group(
        stage="", chance=None, start=0.0, said=(reason(2.0), reason(-1.0)), rest=0.0, total=1.0
    )
    plus, minus = bars._drawn(group, 2.0, "en").bars
    assert (plus.text, plus.is_plus, plus.x, plus.width) == ("home", True, 50.0, 50.0)
    assert (minus.is_plus, minus.x, minus.width) == (False, 25.0, 25.0)
