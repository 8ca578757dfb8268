"""Somebody before the kiosk: every way in at most six touches, nine choices, and nothing left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from recommender import access
from recommender.data import registered, store
from recommender.fairs import Booth
from recommender.kiosk_choices import Wish
from recommender.placements import PlacementDesk
from recommender.year import fair_codes
from service import create_app
from service.kiosk.words import WORDS
from tests.builders import CREDIT_CODE, DAY, make_post
from tests.service.browser import shown
from tests.service.conftest import settings_for
from tests.service.published import crosswalk, publish
from tests.service.test_console_browser import browser, violations

__all__ = ["browser"]
pytestmark = pytest.mark.browser

KEY = b"k" * 32
MOST_TOUCHES, MOST_CHOICES = 6, 9
SIZES = {"tablet": (1280, 800), "landscape": (1920, 1080), "portrait": (1080, 1920)}
# What is seen and small: targets under 48 px, texts under 20 px, and what hangs over the side.
SMALL = """() => {
  const found = [];
  for (const each of document.querySelectorAll('button, a, input:not([type=hidden])')) {
    if (!each.offsetParent) continue;
    const box = (each.type === 'checkbox' ? each.closest('label') : each).getBoundingClientRect();
    if (box.width < 48 || box.height < 48) found.push(each.outerHTML);
  }
  for (const each of document.querySelectorAll('body *')) {
    if (each.closest('svg, .unseen')) continue;
    const says = [...each.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (says && parseFloat(getComputedStyle(each).fontSize) < 20) found.push(each.outerHTML);
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('wider than the screen');
  return found;
}"""
KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
  caches: (await caches.keys()).length, databases: (await indexedDB.databases()).length,
})"""
NOTHING_KEPT = {"local": 0, "session": 0, "cookies": "", "caches": 0, "databases": 0}


@pytest.fixture
def hall(welders: Engine, tmp_path: Path) -> Flask:
    """Give the application with a fair of one booth that has six posts."""
    booth = Booth(fair_id="F1", date=DAY, credit_code=CREDIT_CODE, booth="A1")
    more = [make_post(post_id=f"P{n}", headcount=n) for n in range(4, 8)]
    with store.writing(welders) as conn:
        store.save_posts(conn, more, day=DAY)
        registered.save_booths(conn, [booth])
    publish(settings_for(tmp_path, welders).models_dir, crosswalk())
    return serve(welders, tmp_path)


def serve(engine: Engine, home: Path) -> Flask:
    settings = settings_for(home, engine)
    desk = PlacementDesk(engine, settings.models_dir, today=lambda: DAY)
    return create_app(settings, engine=engine, desk=desk, today=lambda: DAY, cookie_key=KEY)


@dataclass
class Visitor:
    """Somebody before the screen; every touch is counted and every screen looked at."""

    page: Page
    address: str
    size: str
    n_touches: int = 0
    complaints: list[str] = field(default_factory=list)
    hosts: set[str | None] = field(default_factory=set)

    def touch(self, value: str) -> None:
        self.look()
        button = self.page.locator(f"button[value='{value}']").first
        button.click()
        self.n_touches += 1
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")

    def look(self) -> None:
        """Count the choices, the letter pad apart, and read the address."""
        shown = self.page.locator("#screen :is(button, a, input[type=checkbox]):visible")
        in_pad = self.page.locator("#screen .pad button:visible")
        assert shown.count() - in_pad.count() <= MOST_CHOICES
        assert self.page.url == f"{self.address}/kiosk"

    def inspect(self) -> None:
        """Find no violation in either language, and on no screen anything too small."""
        if self.size != "tablet":
            assert violations(self.page) == []
        assert self.page.evaluate(SMALL) == []


@contextmanager
def visitor_at(
    browser: Browser,
    app: Flask,
    engine: Engine,
    *,
    lang: str = "zh",
    size: str = "tablet",
    scripts: bool = True,
) -> Iterator[Visitor]:
    width, height = SIZES[size]
    with shown(app) as address:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale={"zh": "zh-CN", "en": "en-GB"}[lang],
            java_script_enabled=scripts,
        )
        try:
            page = context.new_page()
            visitor = Visitor(page, address, size)
            page.on("console", lambda line: visitor.complaints.append(line.text))
            page.on("request", lambda asked: visitor.hosts.add(urlsplit(asked.url).hostname))
            page.clock.install()
            page.goto(f"{address}/kiosk")
            page.locator("#token").fill(access.create_token(engine, role="kiosk", day=DAY))
            page.locator("form.stack button").click()
            expect(page.locator(".pictures")).to_be_visible()
            yield visitor
        finally:
            context.close()


# --- nothing is left ----------------------------------------------------------------------------


def test_half_a_minute_without_a_touch_clears_it_in_sight(
    browser: Browser, hall: Flask, welders: Engine
) -> None:
    with visitor_at(browser, hall, welders) as visitor:
        page = visitor.page
        visitor.touch("group:machines")
        visitor.touch("trade:焊接加工")
        page.clock.run_for(19_000)
        expect(page.locator("#clock")).to_have_text("11")
        expect(page.locator("#soon")).to_be_empty()
        page.clock.run_for(2_000)
        expect(page.locator("#soon")).to_have_text(WORDS["idle_soon"][0])
        page.mouse.move(5, 500)  # a touch anywhere goes on
        page.clock.run_for(1_000)
        expect(page.locator("#clock")).to_have_text("29")
        page.clock.run_for(30_000)
        expect(page.locator(".pictures")).to_be_visible()
        expect(page.locator("input[name=trade]")).to_have_count(0)
        assert "焊接加工" not in page.locator("main form input").evaluate_all(
            "all => all.map(each => each.value).join()"
        )


@pytest.mark.parametrize("way", ["refresh", "back", "forward"])
def test_refresh_and_back_show_the_start(
    browser: Browser, hall: Flask, welders: Engine, way: str
) -> None:
    with visitor_at(browser, hall, welders) as visitor:
        page = visitor.page
        visitor.touch("group:machines")
        visitor.touch("trade:焊接加工")
        if way == "refresh":
            page.reload()
        else:
            page.go_back()
            if way == "forward":
                page.go_forward()
        expect(page.locator(".pictures")).to_be_visible()
        expect(page.locator("input[name=trade]")).to_have_count(0)


# --- ways of first use --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "size"),
    [("zh", "landscape"), ("en", "tablet"), ("en", "portrait")],
)
def test_by_pictures_to_a_slip(
    browser: Browser, hall: Flask, welders: Engine, lang: str, size: str
) -> None:
    at = ("zh", "en").index(lang)
    with visitor_at(browser, hall, welders, lang=lang, size=size) as visitor:
        page = visitor.page
        visitor.inspect()
        for value in (
            "group:machines",
            "trade:焊接加工",
            "level:INTERMEDIATE_WORKER",
            "home:370800",
            f"wish:{Wish.NEAR.value}",
        ):
            visitor.touch(value)
            visitor.inspect()
        expect(page.locator(".card")).to_have_count(3)
        assert visitor.n_touches <= MOST_TOUCHES
        expect(page.locator(".card .booth").first).to_have_text(
            WORDS["booth"][at].format(sign="A1")
        )
        # Mark, compare with another, and back
        page.locator(".card .do").first.click()
        expect(page.locator(".marked")).to_have_count(1)
        visitor.look()
        page.locator(".card .plain").nth(1).click()
        expect(page.locator("[aria-pressed=true]")).to_have_count(1)
        page.locator(".card .plain").nth(2).click()
        expect(page.locator("tbody tr")).to_have_count(7)
        visitor.look()
        visitor.inspect()
        visitor.touch("list:1")
        visitor.touch("page:1")
        expect(page.locator(".card")).to_have_count(3)
        # The slip is on paper alone, and on one sheet of it
        visitor.touch("slip:1")
        expect(page.locator(".wanted li")).to_have_count(1)
        visitor.inspect()
        expect(page.locator("#print")).to_be_visible()
        printed = page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") == 1
        # Finished: nothing is kept but the operator's cookie, which no script reads
        visitor.touch("start")
        expect(page.locator(".pictures")).to_be_visible()
        assert page.evaluate(KEPT) == NOTHING_KEPT
        assert {each["name"] for each in page.context.cookies()} == {"placement_kiosk"}
        assert visitor.complaints == []
        assert visitor.hosts == {"127.0.0.1"}


def test_by_letters(browser: Browser, hall: Flask, welders: Engine) -> None:
    with visitor_at(browser, hall, welders) as visitor:
        for value in (
            "letter:H",
            "letter:J",
            "trade:焊接加工",
            "level:none",
            "home:370800",
            "wish:any",
        ):
            visitor.touch(value)
        expect(visitor.page.locator("#screen h1")).to_be_visible()
        visitor.look()
        assert visitor.n_touches == MOST_TOUCHES
        expect(visitor.page.locator("button[value^='wish']")).to_have_count(0)


def test_by_keyboard_and_scanner_alone(browser: Browser, hall: Flask, welders: Engine) -> None:
    code = fair_codes.code_of(KEY, "F1", DAY, "G1")
    with visitor_at(browser, hall, welders) as visitor:
        page = visitor.page
        expect(page.locator("#scan")).to_be_focused()
        page.keyboard.type(code[:-1] + ("A" if code[-1] != "A" else "B"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text(WORDS["no_code"][0])
        page.locator("#screen h1").click()  # whatever was touched, what is scanned is read
        page.keyboard.type(code)
        page.keyboard.press("Enter")
        expect(page.locator(".you")).to_contain_text("焊接加工")
        assert "G1" not in page.locator("#screen").inner_text()
        expect(page.locator("h1")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.locator("button[value='wish:any']")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".card").first).to_be_visible()
        page.keyboard.press("Tab")  # more posts
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator(".marked")).to_have_count(1)


def test_it_works_without_scripts(browser: Browser, hall: Flask, welders: Engine) -> None:
    with visitor_at(browser, hall, welders, scripts=False) as visitor:
        page = visitor.page
        for value in ("letter:H", "letter:J", "trade:焊接加工", "level:none", "home:370800"):
            page.locator(f"button[value='{value}']").first.click()
        page.locator("button[value='wish:any']").click()
        expect(page.locator("#screen h1")).to_be_visible()
        assert page.url == f"{visitor.address}/kiosk"
        assert 'http-equiv="refresh" content="30; url=/kiosk"' in page.content()


# --- what cannot be -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_fair_and_without_a_model_it_says_what_to_do(
    browser: Browser, sqlite_engine: Engine, tmp_path: Path, lang: str
) -> None:
    app = serve(sqlite_engine, tmp_path)
    page = browser.new_page(locale={"zh": "zh-CN", "en": "en-GB"}[lang])
    at = ("zh", "en").index(lang)
    with shown(app) as address:
        try:
            page.goto(f"{address}/kiosk")
            expect(page.locator(".fault").first).to_have_text(WORDS["no_fair"][at])
            assert violations(page) == []
            booth = Booth(fair_id="F1", date=DAY, credit_code=CREDIT_CODE, booth="A1")
            with store.writing(sqlite_engine) as conn:
                registered.save_booths(conn, [booth])
            page.reload()
            token = access.create_token(sqlite_engine, role="kiosk", day=DAY)
            page.locator("#token").fill(token)
            page.locator("form.stack button").click()
            expect(page.get_by_role("alert")).to_contain_text(WORDS["no_model"][at])
            assert violations(page) == []
        finally:
            page.context.close()
