"""The pages of the alliance's year in a browser: looked at by axe, in both languages, empty too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from recommender.data import store
from tests.builders import make_member
from tests.service.browser import chromium, open_browser
from tests.service.signed_in import cheap_hashes, make_user
from tests.service.test_console_browser import application, officer_at, violations

__all__ = ["cheap_hashes"]
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium: install chromium, or set PLACEMENT_CHROMIUM")
    with open_browser(executable) as found:
        yield found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_catalog_is_filtered_and_issued(
    browser: Browser, real_app: Flask, welders: Engine, lang: str
) -> None:
    english = lang == "en"
    make_user(welders, "wang")
    with officer_at(browser, real_app) as officer:
        page = officer.sign_in("wang", lang)
        page.get_by_role("link", name="The year" if english else "联盟年度").click()
        # It is counted behind the page's back.
        expect(page.locator(".tile")).to_have_count(16)
        assert violations(page) == []
        page.locator("#order").select_option("code")
        expect(page).to_have_url(
            f"{officer.address}/console/guidance?edition=&occupation=&city=&order=code"
        )
        page.get_by_role("link", name="Jining" if english else "济宁").click()
        expect(page.locator(".tile[aria-current]")).to_have_count(1)
        page.locator("summary").click()
        page.locator("#sure").check()
        page.locator("details button").click()
        expect(page.get_by_role("status")).to_have_text("Issued." if english else "已发布。")
        # Three seekers are too few to be told, so that the edition has a line and no point.
        expect(page.locator("[aria-labelledby=trend] tbody tr")).to_have_count(1)
        assert violations(page) == []
        assert officer.was_quiet(), officer.complaints


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_meeting_is_prepared(
    browser: Browser, real_app: Flask, welders: Engine, lang: str
) -> None:
    make_user(welders, "wang")
    with store.writing(welders) as conn:
        store.save_members(conn, [make_member(industry_chain="高端装备")])
    with officer_at(browser, real_app) as officer:
        page = officer.sign_in("wang", lang)
        page.goto(f"{officer.address}/console/meeting")
        assert violations(page) == []
        page.locator("#chain").select_option("高端装备")
        page.locator("#find button").click()
        expect(page.locator(".group")).to_have_count(1)  # P1 and P2 lack the same
        expect(page.get_by_text("XLSX")).to_have_count(2)
        assert violations(page) == []
        assert officer.was_quiet(), officer.complaints


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_round_is_opened_and_posts_are_kept(
    browser: Browser, real_app: Flask, welders: Engine, lang: str
) -> None:
    make_user(welders, "wang")
    with officer_at(browser, real_app) as officer:
        page = officer.sign_in("wang", lang)
        page.goto(f"{officer.address}/console/rounds")
        assert violations(page) == []
        page.locator("#name").fill("2026")
        page.locator("#due_on").fill("2026-06-30")
        page.locator("aside button").click()
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.locator(".long li")).to_have_count(1)
        assert violations(page) == []
        page.goto(f"{officer.address}/console/upkeep?days=0")
        expect(page.locator("tbody input")).to_have_count(2)
        assert violations(page) == []
        assert officer.was_quiet(), officer.complaints


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_fair_goes_from_its_timetable_to_its_result(
    browser: Browser, fair_client: FlaskClient, welders: Engine, lang: str
) -> None:
    make_user(welders, "wang")
    with officer_at(browser, fair_client.application) as officer:
        fair = f"{officer.address}/console/fairs/F1"
        page = officer.sign_in("wang", lang)
        page.goto(f"{officer.address}/console/fairs")
        assert violations(page) == []
        page.get_by_role("link", name="F1").click()
        page.locator("form[action$=timetable] button").click()
        expect(page.get_by_role("status")).to_be_visible()
        assert violations(page) == []
        page.goto(f"{fair}/booths/A1")
        page.locator("#slip").fill("7k3m q9tx")
        page.locator(".big button").click()
        expect(page.locator("#here .count")).to_have_text("1")
        assert violations(page) == []
        page.goto(f"{fair}/board")
        expect(page.locator(".totals dd").nth(1)).to_have_text("1")
        assert violations(page) == []
        page.goto(fair)
        page.locator("#sure").check()
        page.locator("form[action$=close] button").click()
        page.goto(f"{fair}/result")
        expect(page.locator("#absent")).to_be_visible()
        assert violations(page) == []
        assert officer.was_quiet(), officer.complaints


def test_on_an_empty_database_every_page_says_so(
    browser: Browser, sqlite_engine: Engine, tmp_path: Path
) -> None:
    make_user(sqlite_engine, "wang", "admin")
    with officer_at(browser, application(sqlite_engine, tmp_path)) as officer:
        page = officer.sign_in("wang")
        for path in ("guidance", "meeting", "rounds", "upkeep", "fairs"):
            page.goto(f"{officer.address}/console/{path}")
            expect(page.locator("h1")).to_be_visible()
            page.wait_for_load_state("networkidle")
            expect(page.locator(".htmx-request")).to_have_count(0)
            assert violations(page) == []
        assert officer.was_quiet(), officer.complaints


def test_it_works_without_scripts(browser: Browser, real_app: Flask, welders: Engine) -> None:
    make_user(welders, "wang")
    with officer_at(browser, real_app, scripts=False) as officer:
        page = officer.sign_in("wang")
        page.get_by_role("link", name="联盟年度").click()
        page.get_by_role("link", name="显示").click()
        page.locator("#short").check()
        page.get_by_role("button", name="查找").click()
        expect(page.locator(".tile")).to_have_count(16)
