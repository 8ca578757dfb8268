from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.service.browser import chromium, open_browser, shown
from tests.service.fake_desk import FakeDesk

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
KIOSK = {"width": 1920, "height": 1080}
SMALLEST_TARGET = 44  # CSS pixels, WCAG 2.2 target size (enhanced)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium: install chromium, or set PLACEMENT_CHROMIUM")
    with open_browser(executable) as found:
        yield found


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with shown(app) as found:
        yield found


class Watched:
    """A page whose requests, console and cookies are remembered."""

    def __init__(self, browser: Browser, size: dict[str, int], *, scripts: bool = True) -> None:
        self.context = browser.new_context(
            viewport=size, locale="zh-CN", java_script_enabled=scripts
        )
        self.page: Page = self.context.new_page()
        self.hosts: set[str | None] = set()
        self.complaints: list[str] = []
        self.page.on("request", lambda asked: self.hosts.add(urlsplit(asked.url).hostname))
        self.page.on("console", lambda line: self.complaints.append(line.text))

    def ask(self, **filled: str) -> Page:
        page = self.page
        page.get_by_label("专业").or_(page.get_by_label("Trade")).fill(filled["trade"])
        page.locator("#level").select_option(filled["level"])
        page.locator("#home").fill(filled["home"])
        page.locator("button[name=ask]").click()
        return page

    def asked_nobody_else(self) -> bool:
        quiet = self.complaints == [] and self.context.cookies() == []
        return quiet and self.hosts == {"127.0.0.1"}


QUESTION = {"trade": "数控加工", "level": "SENIOR_WORKER", "home": "济宁市"}


def violations(page: Page) -> list[str]:
    found = Axe().run(page)
    return [f"{each['id']}: {each['help']}" for each in found.response["violations"]]


@pytest.fixture(params=[PHONE, KIOSK], ids=["phone", "kiosk"])
def watched(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Watched]:
    found = Watched(browser, request.param)
    yield found
    found.context.close()


def test_an_unknown_region_is_said_and_can_be_corrected(watched: Watched, address: str) -> None:
    watched.page.goto(address)
    page = watched.ask(**QUESTION | {"home": "亚特兰蒂斯"})
    expect(page.get_by_role("alert")).to_contain_text("没有找到「亚特兰蒂斯」")
    expect(page.locator("#home")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#trade")).to_have_value("数控加工")
    assert violations(page) == []
    page.locator("#home").fill("济宁市")
    page.locator("button[name=ask]").click()
    expect(page.locator(".post")).to_have_count(3)


def test_before_a_model_is_published(watched: Watched, address: str, desk: FakeDesk) -> None:
    desk.model = None
    watched.page.goto(address)
    page = watched.ask(**QUESTION)
    expect(page.get_by_role("alert")).to_contain_text("系统正在准备")
    assert violations(page) == []


def test_nothing_to_apply_for(watched: Watched, address: str, desk: FakeDesk) -> None:
    desk.lines, desk.excluded_by = (), ("level",)
    watched.page.goto(address)
    page = watched.ask(**QUESTION)
    expect(page.locator(".empty")).to_contain_text("技能等级未达到要求")
    assert violations(page) == []


def test_pick_trade_level_and_home_and_see_posts_with_reasons(
    watched: Watched, address: str
) -> None:
    watched.page.goto(address)
    assert violations(watched.page) == []
    page = watched.ask(**QUESTION)
    posts = page.locator(".post")
    expect(posts).to_have_count(3)
    expect(posts.first).to_contain_text("车工")
    expect(posts.first).to_contain_text("4 个")
    expect(posts.first).to_contain_text("5,200–7,800 元")
    expect(posts.first.locator(".bars li")).to_have_count(3)
    expect(posts.first.locator(".bars li").first).to_contain_text("+1.12")
    expect(page.locator(".results-head")).to_contain_text("数据截至 2026-05-15")
    assert violations(page) == []
    assert watched.asked_nobody_else()


def test_the_same_in_english_and_back(watched: Watched, address: str) -> None:
    watched.page.goto(address)
    watched.page.get_by_role("link", name="English").click()
    page = watched.ask(**QUESTION)
    expect(page.locator(".post")).to_have_count(3)
    expect(page.locator(".post").first).to_contain_text("leads straight to 车工")
    assert violations(page) == []
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".post").first).to_contain_text("你学的数控加工专业直接对应车工")
    expect(page.locator("#trade")).to_have_value("数控加工")
    assert watched.asked_nobody_else()


def test_wishes_are_sent_and_stay(watched: Watched, address: str, desk: FakeDesk) -> None:
    page = watched.page
    page.goto(address)
    page.get_by_text("更多愿望").click()
    assert violations(page) == []
    page.get_by_label("潍坊").check()
    page.get_by_label("已满 18 周岁").check()
    watched.ask(**QUESTION)
    expect(page.locator(".post")).to_have_count(3)
    expect(page.get_by_label("潍坊")).to_be_checked()
    assert desk.asked[-1]["wish_regions"] == "370700"
    assert desk.asked[-1]["adult_on"] == "2026-05-15"


def test_it_works_without_scripts(browser: Browser, address: str) -> None:
    watched = Watched(browser, PHONE, scripts=False)
    watched.page.goto(address)
    page = watched.ask(**QUESTION)
    expect(page.locator(".post")).to_have_count(3)
    watched.context.close()


def test_everything_to_touch_is_large_enough(watched: Watched, address: str) -> None:
    page = watched.page
    page.goto(address)
    page.get_by_text("更多愿望").click()
    targets = page.locator("a, button, select, summary, .tick, input:not(.tick input)")
    assert targets.count() > 20
    for target in targets.all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST_TARGET, target.inner_text()


def test_nothing_is_wider_than_a_small_phone(browser: Browser, address: str) -> None:
    watched = Watched(browser, {"width": 320, "height": 640})
    watched.page.goto(address)
    page = watched.ask(**QUESTION)
    expect(page.locator(".post")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    watched.context.close()


def test_the_page_on_the_real_desk(browser: Browser, real_app: Flask) -> None:
    watched = Watched(browser, KIOSK)
    with shown(real_app) as address:
        watched.page.goto(address)
        page = watched.ask(trade="焊接加工", level="SENIOR_WORKER", home="济宁市")
        expect(page.locator(".post")).to_have_count(2)
        expect(page.locator(".post").first).to_contain_text("示例机械有限公司")
        expect(page.locator(".post").first.locator(".bars li").first).to_be_visible()
        expect(page.locator(".results-head")).to_contain_text("专业与职业对应规则")
        assert violations(page) == []
        assert watched.asked_nobody_else()
    watched.context.close()


def test_a_problem_is_explained_on_a_page(watched: Watched, address: str) -> None:
    watched.page.goto(f"{address}/problems/no-consent?lang=en")
    expect(watched.page.locator("main")).to_contain_text("has not agreed to be recommended")
    assert violations(watched.page) == []
