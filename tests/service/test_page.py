from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from recommender.errors import Unreadable
from service.page import Filled
from tests.service.fake_desk import FakeDesk, reason

FORM = {"ask": "1", "trade": "数控加工", "level": "SENIOR_WORKER", "home": "济宁市"}


def asked(client: FlaskClient, lang: str = "zh", **changed: object) -> str:
    answer = client.post("/", query_string={"lang": lang}, data=FORM | changed)
    assert answer.status_code == 200
    return answer.text


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "没有找到「亚特兰蒂斯」"), ("en", "No region is called")]
)
def test_an_unknown_region_is_said_at_its_field_and_the_rest_is_kept(
    client: FlaskClient, lang: str, said: str
) -> None:
    data = FORM | {"home": "亚特兰蒂斯"}
    answer = client.post("/", query_string={"lang": lang}, data=data)
    assert answer.status_code == 422
    assert said in answer.text
    (field,) = re.findall(r'<input id="home"[^>]*>', answer.text, re.S)
    assert 'aria-invalid="true"' in field
    assert 'value="亚特兰蒂斯"' in field
    assert 'value="数控加工"' in answer.text
    assert 'value="SENIOR_WORKER" selected' in answer.text


def test_an_ambiguous_region_is_answered_with_its_candidates(client: FlaskClient) -> None:
    answer = client.post("/", data=FORM | {"home": "市中区"})
    assert answer.status_code == 422
    assert "济南市市中区、枣庄市市中区" in answer.text


def test_another_field_that_cannot_be_read(client: FlaskClient, desk: FakeDesk) -> None:
    desk.fails_with = Unreadable("wish_pay", "很多", "not_a_number")
    answer = client.post("/", data=FORM | {"pay": "很多"})
    assert answer.status_code == 422
    assert "「很多」无法读取" in answer.text


def test_a_question_without_a_trade(client: FlaskClient, desk: FakeDesk) -> None:
    assert "请选择专业" in asked(client, trade=" ")
    assert desk.asked == []


def test_before_a_model_is_published_the_page_says_so(client: FlaskClient, desk: FakeDesk) -> None:
    desk.model = None
    answer = client.post("/", data=FORM)
    assert answer.status_code == 503
    assert "还没有发布可用的模型" in answer.text
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("lang", "said"), [("zh", "出了点问题"), ("en", "Something went wrong")])
def test_an_address_that_does_not_exist_is_answered_by_a_page(
    client: FlaskClient, lang: str, said: str
) -> None:
    answer = client.get("/nothing", query_string={"lang": lang})
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert said in answer.text


def test_a_failure_inside_is_a_page_without_internals(client: FlaskClient, desk: FakeDesk) -> None:
    desk.fails_with = ValueError("inside")
    answer = client.post("/", data=FORM)
    assert answer.status_code == 500
    assert answer.mimetype == "text/html"
    assert "inside" not in answer.text


def test_what_a_person_typed_is_never_markup(client: FlaskClient) -> None:
    page = asked(client, trade='"><script>alert(1)</script>')
    assert "<script" not in page
    assert "&lt;script&gt;" in page


# --- answers ----------------------------------------------------------------------------------


def test_posts_with_places_pay_region_and_reasons(client: FlaskClient) -> None:
    page = asked(client)
    for said in (
        "车工",
        "济宁示例机械有限公司",
        "济宁市任城区",
        "4 个",
        "5,200–7,800 元",
        "6,000 元起",
        "面议",
        "要求 中级工",
        "2026-08-31 截止",
        "你学的数控加工专业直接对应车工",
        "+1.12",
        "−0.45",
        "排序依据：学习模型（第 7 版）",
        "数据截至 2026-05-15",
        "构造的示例数据",
    ):
        assert said in page


def test_the_same_in_english(client: FlaskClient) -> None:
    page = asked(client, "en")
    for said in (
        '<html lang="en">',
        "Your trade, 数控加工, leads straight to 车工",
        "CNY 5,200–7,800",
        "from CNY 6,000",
        "to be agreed",
        "intermediate worker or above",
        "Ranked by the learned model (version 7)",
        "Data as of 2026-05-15",
        "Constructed sample data",
    ):
        assert said in page


def test_a_baseline_is_named(client: FlaskClient, desk: FakeDesk) -> None:
    desk.published = "crosswalk"
    assert "专业与职业对应规则" in asked(client)


def test_bars_are_as_long_as_the_reasons_are_large(client: FlaskClient) -> None:
    bars = re.findall(r'class="amount" x="([\d.]+)" y="1" width="([\d.]+)"', asked(client))
    # The largest, 1.12, takes the whole half of 50; 0.58 / 1.12 * 50 = 25.9 and so on.
    # What counts against a post goes left from the middle: 50 - 0.45 / 1.12 * 50 = 29.9.
    assert [(float(x), float(width)) for x, width in bars] == [
        (50.0, 50.0),
        (50.0, 25.9),
        (29.9, 20.1),
        (50.0, 27.7),
        (36.2, 13.8),
    ]


def test_a_reason_that_rounds_to_nothing_is_not_shown(client: FlaskClient, desk: FakeDesk) -> None:
    small = (reason("price", "几乎不计的排队", "Next to no queue", -0.0049),)
    desk.lines = (replace(desk.lines[0], reasons=small),)
    page = asked(client)
    assert "几乎不计的排队" not in page
    assert "−0.00" not in page


def test_the_contact_of_a_post_is_not_shown(client: FlaskClient) -> None:
    assert "13800000000" not in asked(client)


def test_a_trade_that_was_read_as_another(client: FlaskClient) -> None:
    page = asked(client, trade="数控车")
    assert "没有查到专业「数控车」，已按最接近的「数控加工」排序。" in page


def test_old_places_are_said_to_be_old(client: FlaskClient, desk: FakeDesk) -> None:
    desk.places_as_of = "2026-05-15T08:00:00+00:00"
    assert "剩余名额为 2026-05-15T08:00:00+00:00 的情况" in asked(client)


def test_nothing_to_apply_for_is_explained(client: FlaskClient, desk: FakeDesk) -> None:
    desk.lines, desk.excluded_by = (), ("level", "licence")
    page = asked(client)
    assert "目前没有可以申请的岗位" in page
    assert "技能等级未达到要求" in page
    assert "缺少所需操作证" in page


def test_nothing_to_apply_for_without_one_cause(client: FlaskClient, desk: FakeDesk) -> None:
    desk.lines = ()
    assert "没有一个岗位同时满足所有条件" in asked(client)


def test_wishes_reach_the_desk_and_are_shown_again(client: FlaskClient, desk: FakeDesk) -> None:
    page = asked(
        client, wish=["370700", "370800"], pay="6000", licences="电工", adult="1", order="fit"
    )
    assert desk.asked == [
        {
            "trade": "数控加工",
            "skill_level": "SENIOR_WORKER",
            "home_region": "济宁市",
            "wish_regions": "370700;370800",
            "wish_pay": "6000",
            "licences": "电工",
            "adult_on": "2026-05-15",
        }
    ]
    assert '<details class="more" open>' in page
    assert 'value="370700" checked' in page
    assert 'value="fit" checked' in page


def test_what_was_not_filled_in_is_not_asked(client: FlaskClient, desk: FakeDesk) -> None:
    asked(client, level="", home="")
    assert desk.asked == [{"trade": "数控加工"}]


def test_the_language_button_asks_the_same_again(client: FlaskClient) -> None:
    page = asked(client)
    (button,) = re.findall(r'<button class="switch"[^>]*>', page, re.S)
    assert 'form="ask"' in button
    assert 'formaction="/?lang=en"' in button


def test_the_language_button_of_an_empty_form_is_no_question(
    client: FlaskClient, desk: FakeDesk
) -> None:
    answer = client.post("/", query_string={"lang": "en"}, data={"trade": ""})
    assert answer.status_code == 200
    assert "Please pick a trade" not in answer.text
    assert desk.asked == []


@pytest.mark.parametrize(
    ("asked_for", "preferred", "html_lang"),
    [
        ("", "", "zh-CN"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "fr", "zh-CN"),
        ("zh", "en", "zh-CN"),
        ("en", "zh-CN", "en"),
        ("xx", "", "zh-CN"),
    ],
)
def test_the_language_is_the_chosen_one_then_the_browsers_then_chinese(
    client: FlaskClient, asked_for: str, preferred: str, html_lang: str
) -> None:
    answer = client.get(
        "/", query_string={"lang": asked_for}, headers={"Accept-Language": preferred}
    )
    assert f'<html lang="{html_lang}">' in answer.text


def test_the_sample_is_called_a_sample(client: FlaskClient) -> None:
    assert "企业、毕业生与结果均为构造" in client.get("/").text


def test_every_trade_can_be_picked(client: FlaskClient, desk: FakeDesk) -> None:
    page = client.get("/").text
    assert all(f'<option value="{trade}">' in page for trade in desk.choices().trades)


# --- what a page may do -----------------------------------------------------------------------


def test_nothing_is_kept_in_the_browser(client: FlaskClient) -> None:
    for answer in (client.get("/"), client.post("/", data=FORM)):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_loads_nothing_from_elsewhere_and_nothing_inline(client: FlaskClient) -> None:
    for answer in (client.get("/"), client.post("/", data=FORM)):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(r'https?://|<script|<style|\sstyle=|\son\w+="', answer.text)


@pytest.mark.parametrize("name", ["style.css", "mark.svg"])
def test_a_static_file_names_no_other_host(client: FlaskClient, name: str) -> None:
    with client.get(f"/static/{name}") as answer:
        assert answer.status_code == 200
        assert not re.search(r"(url\(|@import|href=|src=)", answer.text)


def test_a_form_that_is_empty_asks_nothing_of_the_roster() -> None:
    assert not Filled().has_wishes
    assert Filled(order="fit").has_wishes
