"""A cohort placed at the console, with scripts and without, and what is refused there."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from recommender import checker
from recommender.data import store
from tests.builders import DAY
from tests.service.browser import chromium, open_browser
from tests.service.signed_in import cheap_hashes, form, make_user, sign_in
from tests.service.test_console_browser import application, officer_at, violations

__all__ = ["cheap_hashes"]


@pytest.fixture
def app(real_app: Flask) -> Flask:
    return real_app


def begin(client: FlaskClient) -> str:
    """Place everybody, and give the address of the draft."""
    answer = client.post("/console/cohort", data=form(client) | {"class_year": "2026"})
    assert answer.status_code == 303
    return str(answer.location)


def total(page: str) -> str:
    found = re.search(r'id="total">([^<]+)<', page)
    assert found is not None
    return found[1]


# --- refusals ---------------------------------------------------------------------------------


def test_without_a_model_or_anybody_the_page_says_so(sqlite_engine: Engine, tmp_path: Path) -> None:
    client = application(sqlite_engine, tmp_path).test_client()
    sign_in(client, sqlite_engine)
    assert "尚未发布任何模型" in client.get("/console/cohort").text
    answer = client.post("/console/cohort", data=form(client) | {"class_year": "2026"})
    assert (answer.status_code, "尚未发布任何模型" in answer.text) == (409, True)


def test_a_reader_looks_and_begins_nothing(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, role="auditor")
    assert client.get("/console/cohort").status_code == 200
    assert client.post("/console/cohort", data=form(client)).status_code == 403


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "没有"), (b"a,b\n1,2\n", "表头"), (b"graduate_id,post_id\nG1,P9\n", "P9")],
)
def test_a_file_that_is_no_assignment_is_refused_on_the_page(
    client: FlaskClient, welders: Engine, content: bytes, said: str
) -> None:
    sign_in(client, welders)
    sent = {**form(client), "read": "1", "sheet": (io.BytesIO(content), "a.csv")}
    answer = client.post("/console/cohort", data=sent)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "</h1>" in answer.text, said


def test_a_stale_change_is_refused_with_what_was_done_meanwhile(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    draft = begin(client)
    sent = form(client) | {"saw": "1", "pair": "G1\n"}
    assert client.post(f"{draft}/move", data=sent).status_code == 303
    again = client.post(f"{draft}/move", data=sent)
    assert again.status_code == 409
    assert "2. some-officer 取消派位 G1" in again.text
    assert client.post(f"{draft}/dance", data=sent).status_code == 404


# --- what an officer does ---------------------------------------------------------------------


def test_the_sum_on_the_page_is_what_the_checker_finds(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    draft = begin(client)
    sent = form(client) | {"saw": "1", "pair": "G1\n"}
    client.post(f"{draft}/move", data=sent)
    document = json.loads(client.get(f"{draft}/sheets/json").data)
    assert checker.check(document) == []
    assert total(client.get(draft).text) == f"{document['total'] / checker.SCALE:,.3f}"
    assert client.get(f"{draft}/sheets/csv").text.startswith("graduate_id,post_id,score,reason")
    assert client.get(f"{draft}/sheets/xlsx").data[:2] == b"PK"
    assert client.get(f"{draft}/sheets/exe").status_code == 404


def test_all_are_confirmed_through_the_ledger(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    draft = begin(client)
    answer = client.post(f"{draft}/confirm", data=form(client) | {"saw": "1"})
    assert "已确认 2 名" in answer.text
    with store.reading(welders) as conn:
        steps = store.load_outcomes(conn, day=DAY)
    assert sorted((step.graduate_id, step.stage.value) for step in steps) == [
        ("G1", "signed"),
        ("G3", "signed"),
    ]


# --- in a browser -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium: install chromium, or set PLACEMENT_CHROMIUM")
    with open_browser(executable) as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh"])
def test_a_cohort_is_placed_and_changed_within_the_page(
    browser: Browser, app: Flask, welders: Engine, lang: str
) -> None:
    english = lang == "en"
    make_user(welders, "wang")
    with officer_at(browser, app) as officer:
        page = officer.sign_in("wang", lang)
        page.goto(f"{officer.address}/console/cohort")
        assert violations(page) == []
        page.get_by_role("button", name="Place" if english else "派位", exact=True).click()
        expect(page.locator("tbody tr")).to_have_count(3)
        assert violations(page) == []
        # Where G1 could go comes beside the table; without a post the sum is less
        before = page.locator("#total").inner_text()
        page.get_by_role("link", name="Change" if english else "调整", exact=True).first.click()
        expect(page.locator("#options .options").first).to_be_visible()
        assert violations(page) == []
        page.get_by_role("button", name="No post" if english else "不派位").click()
        expect(page.locator("#total")).not_to_have_text(before)
        page.get_by_role("button", name="Undo" if english else "撤销").first.click()
        expect(page.locator("#total")).to_have_text(before)
        assert violations(page) == []
        # A step is voided and a post vetoed on the graduate's own page
        page.locator("tbody th a").first.click()
        page.get_by_text("Veto a post" if english else "否决一个岗位").click()
        page.locator("#veto_post").fill("P2")
        page.locator("#veto_why").fill("far")
        assert violations(page) == []
        page.get_by_role("button", name="Veto" if english else "否决", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("Vetoed." if english else "已否决。")
        assert violations(page) == []
        page.get_by_role("button", name="Propose" if english else "推荐").first.click()
        page.locator("#steps ~ ul summary").first.click()
        page.locator("#steps ~ ul input[name=why]").first.fill("wrong")
        page.get_by_role("button", name="Void this step" if english else "作废这一步").click()
        expect(page.locator("s")).to_have_count(1)
        assert violations(page) == []
        assert officer.was_quiet(), officer.complaints
