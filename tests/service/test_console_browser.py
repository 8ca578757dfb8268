from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine

from recommender.data import store
from recommender.domain import PersonalDetails
from recommender.model.artefact import Artefact
from recommender.placements import PlacementDesk
from service import create_app
from tests.builders import DAY, make_graduate
from tests.recommender.test_board import stages
from tests.service.browser import chromium, open_browser, shown
from tests.service.conftest import settings_for
from tests.service.published import publish
from tests.service.signed_in import SECRET, cheap_hashes, make_user

__all__ = ["cheap_hashes"]
pytestmark = pytest.mark.browser

OFFICE = {"width": 1366, "height": 768}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium: install chromium, or set PLACEMENT_CHROMIUM")
    with open_browser(executable) as found:
        yield found


@pytest.fixture
def filled(welders: Engine, tmp_path: Path) -> Flask:
    """Give the application on the small world, with a model that knows chances."""
    named = PersonalDetails(graduate_id="G1", name="单小丽", student_no="S77")
    night = store.Night(
        day=DAY,
        started_at=datetime(2026, 5, 15, 2, 30, tzinfo=UTC),
        verdict="published",
        published="model",
        version=1,
        digest="",
        facts={
            "class_year": 2025,
            "contenders": {"model": {"ndcg@10": {"value": 0.2, "low": 0.1, "high": 0.3}}},
            "reasons": [],
        },
    )
    with store.writing(welders) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G1")], [named])
        store.append_night(conn, night)
    settings = settings_for(tmp_path, welders)
    facts = {"class_year": 2025, "data_cutoff": DAY.isoformat()}
    model = Artefact(version=0, published="model", scorer=stages(), facts=facts, prices={})
    publish(settings.models_dir, model)
    publish(settings.models_dir, model)
    return application(welders, tmp_path)


def application(engine: Engine, home: Path) -> Flask:
    settings = settings_for(home, engine)
    desk = PlacementDesk(engine, settings.models_dir, today=lambda: DAY)
    return create_app(settings, engine=engine, desk=desk, today=lambda: DAY)


@contextmanager
def officer_at(browser: Browser, app: Flask, *, scripts: bool = True) -> Iterator[Officer]:
    """Seat somebody at a browser; it is closed first, since the server waits for its lines."""
    with shown(app) as address:
        officer = Officer(browser, address, scripts=scripts)
        try:
            yield officer
        finally:
            officer.context.close()


class Officer:
    """Somebody at a browser: what was asked, and what the browser complained of, is kept."""

    def __init__(self, browser: Browser, address: str, *, scripts: bool = True) -> None:
        self.context = browser.new_context(
            viewport=OFFICE, locale="zh-CN", java_script_enabled=scripts
        )
        self.page: Page = self.context.new_page()
        self.address = address
        self.hosts: set[str | None] = set()
        self.complaints: list[str] = []
        self.page.on("request", lambda asked: self.hosts.add(urlsplit(asked.url).hostname))
        self.page.on("console", lambda line: self.complaints.append(line.text))

    def sign_in(self, login: str, lang: str = "zh") -> Page:
        self.page.goto(f"{self.address}/console/sign-in?lang={lang}")
        self.page.locator("#login").fill(login)
        self.page.locator("#secret").fill(SECRET)
        self.page.locator("form.stack button").click()
        return self.page

    def was_quiet(self) -> bool:
        return self.complaints == [] and self.hosts == {"127.0.0.1"}


def violations(page: Page) -> list[str]:
    found = Axe().run(page)
    return [f"{each['id']}: {each['help']}" for each in found.response["violations"]]


def press_slowly(page: Page, link: Locator) -> None:
    """Press as a hand does: leaving the text asks again, and the answer is there before release."""
    link.hover()
    page.mouse.down()
    page.wait_for_timeout(200)
    page.mouse.up()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_morning_of_an_officer(
    browser: Browser, filled: Flask, welders: Engine, lang: str
) -> None:
    english = lang == "en"
    make_user(welders, "wang", "admin")
    with officer_at(browser, filled) as officer:
        address = officer.address
        page = officer.page
        page.goto(f"{address}/console/sign-in?lang={lang}")
        assert violations(page) == []
        officer.sign_in("wang", lang)
        # Today
        expect(page.locator("#follow")).to_be_visible()
        assert violations(page) == []
        # Find by initials, without a button, and nothing typed in the address
        page.get_by_role("link", name="Graduates" if english else "毕业生").click()
        expect(page.locator("tbody tr")).to_have_count(3)
        page.locator("#text").press_sequentially("sxl")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page).to_have_url(f"{address}/console/graduates?class_year=2026")
        assert violations(page) == []
        # One graduate: three chances, each with its sum; the next steps come by themselves
        press_slowly(page, page.get_by_role("link", name="G1"))
        expect(page.locator("h1")).to_have_text("单小丽")
        expect(page.locator(".choice").first.locator(".why .sum")).to_have_count(3)
        expect(page.locator(".ahead")).to_be_visible()
        assert violations(page) == []
        # Propose and hold
        page.get_by_role("button", name="Propose" if english else "推荐").first.click()
        expect(page.get_by_role("status")).to_have_text("Recorded." if english else "已登记。")
        page.get_by_role("button", name="Hold" if english else "预留").first.click()
        expect(page.locator(".claim")).to_have_count(1)
        assert violations(page) == []
        # What cannot be is said here
        page.get_by_text("Record a step" if english else "登记一个环节").click()
        page.locator("#post_id").fill("nothing")
        page.get_by_role("button", name="Record" if english else "登记", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text(
            "Unknown post" if english else "没有这个岗位"
        )
        officer.complaints.clear()  # the browser says that the answer was 409
        # The post from the other side
        page.locator(".choice h3 a").first.click()
        expect(page.locator(".choice").first).to_be_visible()
        assert violations(page) == []
        # Posts
        page.get_by_role("link", name="Posts" if english else "岗位", exact=True).click()
        expect(page.locator("tbody tr")).to_have_count(1)  # what is held is full
        page.locator("#status").select_option("closed")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page).to_have_url(f"{address}/console/posts?status=closed")
        assert violations(page) == []
        # Models: go back
        page.get_by_role("link", name="Models" if english else "模型", exact=True).click()
        expect(page.locator(".plot")).to_have_count(1)
        page.get_by_role("button", name="1").click()
        expect(page.locator("tr", has=page.locator(".state")).locator("th")).to_have_text("1")
        assert violations(page) == []
        assert officer.was_quiet(), officer.complaints


def test_on_an_empty_database_every_page_says_so(
    browser: Browser, sqlite_engine: Engine, tmp_path: Path
) -> None:
    make_user(sqlite_engine, "wang", "admin")
    with officer_at(browser, application(sqlite_engine, tmp_path)) as officer:
        address = officer.address
        page = officer.sign_in("wang")
        expect(page.locator("#follow")).to_be_visible()
        for path in ("today", "graduates", "posts", "models", "secret"):
            page.goto(f"{address}/console/{path}")
            expect(page.locator("h1")).to_be_visible()
            assert violations(page) == []
        assert officer.was_quiet(), officer.complaints


def test_it_works_without_scripts(browser: Browser, filled: Flask, welders: Engine) -> None:
    make_user(welders, "wang")
    with officer_at(browser, filled, scripts=False) as officer:
        page = officer.sign_in("wang")
        page.get_by_role("link", name="毕业生").click()
        page.locator("#text").fill("单小丽")
        page.get_by_role("button", name="查找").click()
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("link", name="G1").click()
        page.get_by_role("button", name="推荐").first.click()
        expect(page.get_by_role("status")).to_have_text("已登记。")
        page.get_by_role("button", name="退出").click()
        expect(page.locator("#login")).to_be_visible()


def test_one_graduate_prints_on_one_sheet(
    browser: Browser, filled: Flask, welders: Engine, tmp_path: Path
) -> None:
    make_user(welders, "wang")
    with officer_at(browser, filled) as officer:
        address = officer.address
        page = officer.sign_in("wang")
        page.goto(f"{address}/console/graduates/G1")
        expect(page.locator(".ahead")).to_be_visible()
        printed = page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") == 1
        page.emulate_media(media="print")
        expect(page.get_by_role("button")).to_have_count(0)
