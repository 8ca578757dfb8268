"""The kiosk of a hall: the server's pages, answered from a pack."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from recommender.data import fair_desk as kept
from recommender.data import store
from recommender.domain import SkillLevel
from recommender.errors import NotFound, Unreadable
from recommender.kiosk import Answers, Kiosk, LastYear
from recommender.kiosk_choices import Wish
from recommender.pack import hand_in, keys
from recommender.pack.desk import PackDesk
from recommender.pack.hall import Hall, code_of
from recommender.pack.kiosk import PackKiosk
from recommender.placements import PlacementDesk
from recommender.settings import Settings
from service.pack_app import create_pack_app
from tests.recommender.pack import halls
from tests.recommender.pack.conftest import Packed
from tests.recommender.pack.conftest import packed as packed  # a fixture
from tests.recommender.pack.conftest import stored_fair as stored_fair  # a fixture
from tests.recommender.pack.halls import STARTS, Hands, hall_of
from tests.service.browser import chromium, open_browser, shown
from tests.service.test_page_browser import violations

ANSWERS = {"trade": "焊接加工", "level": "SENIOR_WORKER", "home": "370811", "wish": "any"}


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def hall(packed: Packed, tmp_path: Path, hands: Hands) -> Iterator[Hall]:
    hall, journal = hall_of(packed.pack, tmp_path / "hall.journal", hands)
    with journal:
        yield hall


@pytest.fixture
def app(hall: Hall, hands: Hands, tmp_path: Path) -> Flask:
    settings = Settings(home=tmp_path / "laptop", database_url="sqlite:///nowhere")
    return create_pack_app(settings, hall, now=hands)


@pytest.fixture
def kiosk(app: Flask, hall: Hall) -> FlaskClient:
    client = app.test_client()
    sent = {"token": code_of(hall.pack).lower(), "fair": "F1"}
    assert client.post("/kiosk/open", data=sent).status_code == 303
    return client


# --- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "ABCDEFGH", "placement_x"])
def test_who_has_neither_code_nor_token_does_not_open_it(app: Flask, token: str) -> None:
    client = app.test_client()
    assert client.get("/kiosk").location == "/kiosk/open"
    assert client.post("/kiosk/open", data={"token": token, "fair": "F1"}).status_code == 401


def test_the_code_of_another_pack_does_not_open_it(app: Flask, packed: Packed) -> None:
    later = halls.made(packed.engine, packed.home, now=halls.EVENING + timedelta(hours=1))
    code = code_of(halls.opened(later.content, packed.home))
    sent = {"token": code, "fair": "F1"}
    assert app.test_client().post("/kiosk/open", data=sent).status_code == 401


def test_after_its_end_the_kiosk_says_that_the_hall_is_over(
    kiosk: FlaskClient, hands: Hands
) -> None:
    hands.at = STARTS + timedelta(hours=4)
    for answer in (kiosk.get("/kiosk"), kiosk.post("/kiosk", data={**ANSWERS, "do": "wish:any"})):
        assert answer.status_code == 410
        assert "现场离线服务不在开放时间内" in answer.text


def test_a_code_of_a_roster_names_nobody_here(hall: Hall, kiosk: FlaskClient) -> None:
    with pytest.raises(Unreadable):
        PackKiosk(hall, PackDesk(hall)).scanned(b"k", "F1", "CANARY-G1")
    answer = kiosk.post("/kiosk", data={"do": "scan", "scan": "F1/whoever/0123456789abcdef"})
    assert (answer.status_code, "请按图选择专业" in answer.text) == (422, True)


def test_another_fair_is_unknown(hall: Hall) -> None:
    with pytest.raises(NotFound):
        PackKiosk(hall, PackDesk(hall)).fair("F2")


# --- what is answered -------------------------------------------------------------------------


def test_the_kiosk_of_a_hall_shows_the_cards_of_the_server(packed: Packed, hall: Hall) -> None:
    desk = PlacementDesk(
        packed.engine,
        packed.home / "models",
        today=lambda: halls.FAIR,
        now=lambda: halls.EVENING,
    )
    there = Kiosk(packed.engine, desk, today=lambda: halls.FAIR, now=lambda: halls.EVENING)
    here = PackKiosk(hall, PackDesk(hall))
    trades, homes = ("焊接加工", "数控加工", "幼儿教育"), ("370811", "")
    seen = []
    for trade, home, wish in product(trades, homes, (Wish.ANY, Wish.PAY_5000)):
        asked = Answers(trade=trade, level=SkillLevel.SENIOR_WORKER, home=home, wish=wish)
        answers = [each.answer("F1", asked, "0" * 32) for each in (there, here)]
        assert answers[0].cards == answers[1].cards
        seen += answers[1].cards
    # Last year's counts are in it as they are shown, 24 as 20, and of the enterprise's own alone.
    own = LastYear(n_applied=20, level=SkillLevel.SENIOR_WORKER, at_enterprise=True)
    assert own in {card.last_year for card in seen}


def test_the_fair_is_shown_as_on_the_server_with_trades_in_order_and_uncounted(
    packed: Packed, hall: Hall
) -> None:
    desk = PackDesk(hall)
    there = Kiosk(packed.engine, desk, today=lambda: halls.FAIR, now=lambda: halls.EVENING)
    (mine,), (its,) = PackKiosk(hall, desk).fairs(), there.fairs()
    assert replace(mine, common_trades={}, common_homes={}) == replace(
        its, common_trades={}, common_homes={}
    )
    for ours, theirs in (
        (mine.common_trades, its.common_trades),
        (mine.common_homes, its.common_homes),
    ):
        by_count = sorted(theirs, key=lambda name: -theirs[name])
        assert sorted(ours, key=lambda name: -ours[name]) == by_count
        assert sorted(ours.values()) == list(range(1, len(by_count) + 1))


def test_a_mark_makes_a_slip_that_comes_home(
    stored_fair: Packed, kiosk: FlaskClient, tmp_path: Path
) -> None:
    listed = kiosk.post("/kiosk", data={**ANSWERS, "do": "wish:any"}).text
    post_id = re.findall(r'value="mark:(\w+)"', listed)[0]
    carried = {**ANSWERS, "number": re.findall(r'name="number" value="(\w+)"', listed)[0]}
    marked = kiosk.post("/kiosk", data={**carried, "do": f"mark:{post_id}"}).text
    (slip,) = set(re.findall(r'name="slip" value="(\w+)"', marked))
    again = kiosk.post("/kiosk", data={**carried, "do": f"mark:{post_id}"}).text
    assert set(re.findall(r'name="slip" value="(\w+)"', again)) == {slip}  # the answer was lost
    paper = kiosk.post("/kiosk", data={**carried, "slip": slip, "do": "slip:1"}).text
    assert f"{slip[:4]} {slip[4:]}" in paper
    scanned = kiosk.post("/kiosk", data={"do": "scan", "scan": f"http://x/slips/{slip}"})
    assert (scanned.status_code, f"{slip[:4]} {slip[4:]}" in scanned.text) == (200, True)
    done = hand_in.hand_in(
        stored_fair.engine,
        halls.clerk(),
        (tmp_path / "hall.journal").read_bytes(),
        keys.own_keys(stored_fair.home),
    )
    assert (done.n_slips, done.left) == (1, ())
    with store.reading(stored_fair.engine) as conn:
        assert {made.post_id for made in kept.load_marks(conn, "F1", slip)} == {post_id}


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("GET", "/kiosk", {}),
        ("GET", "/kiosk/close", {}),
        ("POST", "/kiosk", {"do": "trade:焊接加工"}),
        ("POST", "/kiosk", {**ANSWERS, "do": "wish:any"}),
        ("POST", "/kiosk", {"do": "scan", "scan": "nobody"}),
    ],
)
def test_every_screen_says_of_when_the_places_are(
    kiosk: FlaskClient, method: str, path: str, sent: dict[str, str]
) -> None:
    for language, said in (("zh", "现场离线服务"), ("en", "Served offline in the hall")):
        answer = kiosk.open(
            f"{path}?lang={language}", method=method, data={"lang": language, **sent}
        )
        assert answer.headers["Placement-Places-As-Of"] == "2026-05-19T19:00:00+08:00"
        text = html.unescape(answer.text)
        assert len(re.findall(f"{said}.*2026-05-19 19:00", text)) == 1
        assert "数据库" not in text


def test_the_set_up_names_the_fair_and_a_servers_token_opens_it_too(
    app: Flask, packed: Packed
) -> None:
    client = app.test_client()
    assert "F1" in client.get("/kiosk/open").text
    sent = {"token": packed.token, "fair": "F1"}
    assert client.post("/kiosk/open", data=sent).status_code == 303
    assert client.get("/kiosk").status_code == 200


# --- in a browser -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium: install chromium, or set PLACEMENT_CHROMIUM")
    with open_browser(executable) as found:
        yield found


@pytest.mark.browser
def test_a_tablet_goes_from_the_code_to_a_slip(app: Flask, hall: Hall, browser: Browser) -> None:
    with shown(app) as address:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page = context.new_page()
        page.goto(f"{address}/kiosk")
        page.locator("#token").fill(code_of(hall.pack))
        page.get_by_role("button", name="开启").click()
        expect(page.get_by_role("note")).to_contain_text("2026-05-19 19:00")
        for touch in ("group:machines", "letter:H", "trade:焊接加工", "level:SENIOR_WORKER"):
            page.locator(f'button[value="{touch}"]').click()
        page.locator('button[value^="home:"]').first.click()
        page.locator('button[value="wish:any"]').click()
        expect(page.locator(".card")).to_have_count(3)
        assert violations(page) == []
        page.locator('button[value^="mark:"]').first.click()
        page.locator('button[value="slip:1"]').click()
        expect(page.get_by_role("note")).to_contain_text("现场离线服务")
        expect(page.locator(".wanted li")).to_have_count(1)
        assert violations(page) == []
        context.close()
