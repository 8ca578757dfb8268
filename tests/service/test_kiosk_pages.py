from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from recommender import access
from recommender.data import cases, registered, store
from recommender.data import fair_desk as kept
from recommender.errors import DatabaseFailed
from recommender.fairs import Booth
from recommender.persons import Switch
from recommender.placements import PlacementDesk
from recommender.places import Clerk
from recommender.year import fair_codes, fair_desk
from service import create_app
from service.kiosk import gate, words
from service.kiosk.state import State
from service.parts import parts
from tests.builders import CREDIT_CODE, DAY, make_graduate
from tests.service.conftest import REQUEST_ID, Bearer, settings_for
from tests.service.published import crosswalk, publish

TEMPLATES = sorted((Path(__file__).parents[2] / "service/templates/kiosk").glob("*.html"))
CHINESE = re.compile("[\u3400-\u9fff]")
ANSWERS = {"trade": "焊接加工", "level": "SENIOR_WORKER", "home": "370811", "wish": "any"}


def serve(engine: Engine, home: Path, *, has_model: bool = True) -> Flask:
    settings = settings_for(home, engine)
    if has_model:
        publish(settings.models_dir, crosswalk())
    return create_app(
        settings,
        engine=engine,
        desk=PlacementDesk(engine, settings.models_dir, today=lambda: DAY),
        today=lambda: DAY,
        cookie_key=b"k" * 32,
        new_request_id=lambda: REQUEST_ID,
    )


@pytest.fixture
def fair(welders: Engine) -> Engine:
    booth = Booth(fair_id="F1", date=DAY, credit_code=CREDIT_CODE, booth="A1")
    with store.writing(welders) as conn:
        registered.save_booths(conn, [booth])
    return welders


def open_at(app: Flask, engine: Engine, fair_id: str = "F1") -> FlaskClient:
    client = app.test_client()
    token = access.create_token(engine, role="kiosk", day=DAY)
    answer = client.post("/kiosk/open", data={"token": token, "fair": fair_id})
    assert answer.status_code == 303
    return client


@pytest.fixture
def kiosk(fair: Engine, tmp_path: Path) -> FlaskClient:
    return open_at(serve(fair, tmp_path), fair)


def press(client: FlaskClient, do: str, **carried: str) -> TestResponse:
    return client.post("/kiosk", data={**carried, "do": do})


def code_of(who: str, fair_id: str = "F1") -> str:
    return fair_codes.code_of(b"k" * 32, fair_id, DAY, who)


# --- the door -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_shown_anything_before_it_is_opened(
    fair: Engine, tmp_path: Path, method: str
) -> None:
    answer = getattr(serve(fair, tmp_path).test_client(), method)("/kiosk")
    assert (answer.status_code, answer.location) == (302, "/kiosk/open")


@pytest.mark.parametrize("role", ["officer", "enterprise", "admin"])
def test_a_token_of_another_role_does_not_open_it(
    fair: Engine, tmp_path: Path, bearer: Bearer, role: str
) -> None:
    client = serve(fair, tmp_path).test_client()
    token = bearer(role)["Authorization"].removeprefix("Bearer ")
    answer = client.post("/kiosk/open", data={"token": token, "fair": "F1"})
    assert answer.status_code == 401
    assert token not in answer.text
    assert gate.COOKIE not in answer.headers.get("Set-Cookie", "")


def test_no_token_and_an_unknown_fair_do_not_open_it(fair: Engine, tmp_path: Path) -> None:
    client = serve(fair, tmp_path).test_client()
    assert client.post("/kiosk/open", data={"fair": "F1"}).status_code == 401
    token = access.create_token(fair, role="kiosk", day=DAY)
    assert client.post("/kiosk/open", data={"token": token, "fair": "F9"}).status_code == 422


def test_the_cookie_is_out_of_the_reach_of_scripts_and_of_other_sites(
    fair: Engine, tmp_path: Path
) -> None:
    client = serve(fair, tmp_path).test_client()
    token = access.create_token(fair, role="kiosk", day=DAY)
    answer = client.post("/kiosk/open", data={"token": token, "fair": "F1"})
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/kiosk"} <= set(cookie.split("; "))
    assert token not in answer.location


def test_a_revoked_token_shuts_it_at_once(kiosk: FlaskClient, fair: Engine) -> None:
    assert kiosk.get("/kiosk").status_code == 200
    access.revoke_token(fair, str(access.list_tokens(fair)[-1].token_id))
    assert kiosk.get("/kiosk").location == "/kiosk/open"


def test_a_cookie_that_was_changed_opens_nothing(kiosk: FlaskClient) -> None:
    kiosk.set_cookie(gate.COOKIE, "WyJhIiwiRjEiXQ.forged", path="/kiosk")
    assert kiosk.get("/kiosk").location == "/kiosk/open"


def test_a_form_of_another_site_is_refused(kiosk: FlaskClient) -> None:
    sent = {"do": "mark:P1"}
    answer = kiosk.post("/kiosk", data=sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_back_at_the_set_up_page_it_stays_open_until_it_is_closed(kiosk: FlaskClient) -> None:
    assert kiosk.get("/kiosk/open").location == "/kiosk"
    assert kiosk.post("/kiosk/close").location == "/kiosk/open"
    assert kiosk.get("/kiosk").location == "/kiosk/open"


def test_a_line_that_others_read_along_is_refused(kiosk: FlaskClient) -> None:
    answer = kiosk.get("/kiosk", environ_base={"REMOTE_ADDR": "10.0.0.9"})
    assert answer.status_code == 403
    assert "https://" in answer.text


# --- what cannot be -----------------------------------------------------------------------------


def test_without_a_fair_the_set_up_says_what_to_do(sqlite_engine: Engine, tmp_path: Path) -> None:
    page = serve(sqlite_engine, tmp_path, has_model=False).test_client().get("/kiosk/open")
    assert words.WORDS["no_fair"][0] in page.text


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("is_refused", [False, True])
def test_without_a_model_that_can_be_read_the_start_says_what_to_do(
    fair: Engine, tmp_path: Path, at: int, is_refused: bool
) -> None:
    app = serve(fair, tmp_path, has_model=False)
    if is_refused:
        with app.app_context():
            folder = parts().settings.models_dir
        publish(folder, crosswalk())
        for file in (folder / "v1").iterdir():
            file.write_bytes(b"broken")
    kiosk = open_at(app, fair)
    for answer in (
        kiosk.get("/kiosk", headers={"Accept-Language": ("zh", "en")[at]}),
        press(kiosk, "wish:any", **ANSWERS, lang=("zh", "en")[at]),
    ):
        assert answer.status_code == 503
        assert html.escape(words.WORDS["no_model"][at], quote=True) in answer.text


def test_while_rankings_are_switched_off_the_start_says_so(
    kiosk: FlaskClient, fair: Engine
) -> None:
    with kiosk.application.app_context():
        off = Switch(is_on=False, at=parts().now(), who="admin", why="x")
    with store.writing(fair) as conn:
        cases.append_switch(conn, off)
        store.grow(conn, n_written=1)
    answer = kiosk.get("/kiosk")
    assert (answer.status_code, words.WORDS["ranking_off"][0] in answer.text) == (503, True)


def test_after_the_doors_are_shut_it_says_so(kiosk: FlaskClient, fair: Engine) -> None:
    with kiosk.application.app_context():
        clerk = Clerk(who="officer", now=parts().now(), hold_hours=1)
    fair_desk.close(fair, clerk, "F1")
    assert kiosk.get("/kiosk").status_code == 409
    assert press(kiosk, "mark:P1", **ANSWERS).status_code == 409


def test_while_the_database_is_away_it_says_so(
    kiosk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.get("/kiosk")

    def away(*_: object, **__: object) -> None:
        raise DatabaseFailed("away")

    monkeypatch.setattr(access, "grant_of", away)
    monkeypatch.setattr(kept, "closing_of", away)
    answer = kiosk.get("/kiosk")
    assert (answer.status_code, "数据库暂时不可用" in answer.text) == (503, True)


def test_a_post_that_is_not_at_the_fair_is_not_marked(kiosk: FlaskClient) -> None:
    assert press(kiosk, "mark:P9", **ANSWERS).status_code == 404


@pytest.mark.parametrize(
    "typed", ["", "no code at all", code_of("G1", "F2"), code_of("G2"), "ABCD2345"]
)
def test_what_is_no_code_of_this_fair_is_refused_and_not_repeated(
    kiosk: FlaskClient, typed: str
) -> None:
    answer = kiosk.post("/kiosk", data={"do": "scan", "scan": typed})
    assert answer.status_code == 422
    assert not typed or typed not in answer.text


def test_nonsense_in_a_form_asks_again() -> None:
    sent = dict.fromkeys(("group", "trade", "level", "home", "wish", "number"), "nonsense")
    found = State.of(MultiDict({**sent, "page": "-7", "letters": "1", "view": "x"}))
    assert found == State()


# --- the ways -----------------------------------------------------------------------------------


def test_no_answer_stands_in_an_address_a_cookie_or_a_store(kiosk: FlaskClient) -> None:
    for answer in (kiosk.get("/kiosk"), press(kiosk, "wish:any", **ANSWERS)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r'method="get"', answer.text)
        assert set(re.findall(r'(?:href|action|hx-post)="([^"?]*)"', answer.text)) <= {
            "/kiosk",
            "/static/mark.svg",
            "/static/kiosk.css",
        }


def test_each_answer_leads_to_the_next_question(kiosk: FlaskClient) -> None:
    asked = press(kiosk, "trade:焊接加工").text
    assert 'value="level:SENIOR_WORKER"' in asked
    asked = press(kiosk, "level:none", trade="焊接加工").text
    assert 'value="home:370800"' in asked
    asked = press(kiosk, "home:370800", trade="焊接加工", level="none").text
    assert 'value="wish:near"' in asked
    answer = press(kiosk, "wish:near", trade="焊接加工", level="none", home="370800")
    assert 'class="card"' in answer.text


def test_a_screen_takes_the_place_of_another_where_a_script_asks(kiosk: FlaskClient) -> None:
    part = kiosk.post("/kiosk", data={"do": "start"}, headers={"HX-Request": "true"}).text
    assert part.lstrip().startswith('<div id="screen"')
    assert "<html" not in part


def test_money_days_and_distances_are_written_as_the_reader_does(kiosk: FlaskClient) -> None:
    chinese = press(kiosk, "wish:any", **ANSWERS, lang="zh").text
    english = press(kiosk, "wish:any", **ANSWERS, lang="en").text
    assert "5,000–7,000 元" in chinese
    assert "CNY 5,000–7,000" in english
    assert "2026年5月15日" in chinese
    assert "15 May 2026" in english
    assert re.search(r"约 \d+ 公里|就在家乡", chinese)
    assert re.search(r"about \d+ km|in your home town", english)


def test_interest_is_marked_on_one_slip_that_names_nobody(kiosk: FlaskClient, fair: Engine) -> None:
    page = press(kiosk, "mark:P1", **ANSWERS, number=REQUEST_ID).text
    found = re.search(r'name="slip" value="(\w+)"', page)
    assert found is not None
    slip = found[1]
    press(kiosk, "mark:P2", **ANSWERS, number=REQUEST_ID, slip=slip, marked="P1")
    with store.reading(fair) as conn:
        (kept_slip,) = kept.load_slips(conn, "F1")
        marks = kept.load_marks(conn, "F1", slip)
    assert (kept_slip.slip, kept_slip.graduate_id) == (slip, None)
    assert {made.post_id for made in marks} == {"P1", "P2"}
    paper = press(kiosk, "slip:1", **ANSWERS, number=REQUEST_ID, slip=slip).text
    assert f"{slip[:4]} {slip[4:]}" in paper
    assert "<svg" in paper


def test_a_slip_that_is_scanned_is_shown_again(kiosk: FlaskClient) -> None:
    page = press(kiosk, "mark:P1", **ANSWERS, number=REQUEST_ID).text
    found = re.search(r'name="slip" value="(\w+)"', page)
    assert found is not None
    typed = f"HTTP://LOCALHOST/console/slips/{found[1].lower()}"
    again = kiosk.post("/kiosk", data={"do": "scan", "scan": typed})
    assert f"{found[1][:4]} {found[1][4:]}" in again.text


def test_a_roster_code_needs_one_more_touch_and_names_nobody(kiosk: FlaskClient) -> None:
    asked = kiosk.post("/kiosk", data={"do": "scan", "scan": code_of("G1")}).text
    person = make_graduate(graduate_id="G1")
    assert person.trade in asked
    assert "G1" not in re.sub(code_of("G1"), "", asked)
    answer = press(kiosk, "wish:any", code=code_of("G1"))
    assert 'class="card"' in answer.text
    assert "G1" not in re.sub(code_of("G1"), "", answer.text)


def test_a_list_is_logged_once_and_as_the_kiosks(kiosk: FlaskClient, tmp_path: Path) -> None:
    page = press(kiosk, "wish:any", **ANSWERS).text
    assert f'name="number" value="{REQUEST_ID}"' in page
    press(kiosk, "page:1", **ANSWERS, number=REQUEST_ID)
    with kiosk.application.app_context():
        parts().exposures.flush()
    logged = "".join(path.read_text() for path in tmp_path.glob("exposures/*.jsonl")).splitlines()
    assert [json.loads(line)["via"] for line in logged] == ["kiosk"]


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_words_of_its_own(template: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not CHINESE.search(text)
    text = re.sub(r"\{% block kind %\}.*?\{% endblock %\}", "", text)  # a class of style
    shown = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", text, flags=re.DOTALL)
    assert not re.search("[A-Za-z]{3,}", shown), shown
    assert set(re.findall(r"\bt\.(\w+)", text)) <= set(words.WORDS)


def test_every_word_is_said_in_chinese_and_in_english_with_the_same_facts() -> None:
    for key, (chinese, english) in words.WORDS.items():
        facts = [set(re.findall(r"\{\w+\}", said)) for said in (chinese, english)]
        assert facts[0] == facts[1], key
        says_a_name = key in {"other_language", "html_lang"}
        assert says_a_name or key == "places_n" or CHINESE.search(chinese), key
        hints = {"pad_lead", "home_pad_lead"}  # show a Chinese name as an example
        assert says_a_name or key in hints or not CHINESE.search(english), key


def test_every_word_is_used() -> None:
    said = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    code = (Path(__file__).parents[2] / "service/kiosk").glob("[!w]*.py")
    said += "".join(path.read_text(encoding="utf-8") for path in code)
    made = ("group_", "wish_", "rule_")  # put together of a key
    plain = [key for key in words.WORDS if not key.startswith(made)]
    unsaid = {key for key in plain if not re.search(rf"\b{key}\b", said)}
    assert unsaid <= {"code_expired", "no_code"}  # refusals name them
