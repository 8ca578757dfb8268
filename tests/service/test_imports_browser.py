"""Importing in a browser: a sheet is sent, mended where it is wrong, looked at and confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from tests.service.browser import chromium, open_browser
from tests.service.signed_in import cheap_hashes, make_user
from tests.service.test_console_browser import officer_at, violations

__all__ = ["cheap_hashes"]
pytestmark = pytest.mark.browser

ROSTER = (
    "2026届毕业生名册,,,,,,\n毕业生编号,院校,专业,届,技能等级,期望月薪,本人意愿\n"
    "N1,示例技师学院,焊工技术与应用班,2026届,中级工,面议,是\n"
    "G1,示例技师学院,焊接加工,2026,高级工,5200,是\n"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        pytest.skip("no Chromium: install chromium, or set PLACEMENT_CHROMIUM")
    with open_browser(executable) as found:
        yield found


@pytest.mark.parametrize(("lang", "scripts"), [("zh", False), ("en", True)])
def test_a_sheet_from_its_file_to_the_database(
    browser: Browser, real_app: Flask, welders: Engine, tmp_path: Path, lang: str, scripts: bool
) -> None:
    english = lang == "en"
    sheet = tmp_path / "名册.csv"
    sheet.write_text(ROSTER, encoding="gb18030")  # as Excel on a Chinese Windows saves it
    make_user(welders, "wang", "admin")

    def sound() -> bool:
        return not scripts or violations(page) == []

    with officer_at(browser, real_app, scripts=scripts) as officer:
        page = officer.sign_in("wang", lang)
        page.get_by_role("link", name="Import" if english else "导入", exact=True).click()
        assert sound()
        page.locator("#files").set_input_files(sheet)
        check = "Send and check" if english else "上传并检查"
        page.get_by_role("button", name=check).click()
        # A column that is called otherwise
        again = "Save corrections and check again" if english else "保存更正并重新检查"
        page.get_by_label("本人意愿").select_option("consent")
        assert sound()
        page.locator(".headers").get_by_role("button", name=again).click()
        # A cell that is wrong
        bad = page.locator("td.bad input:visible")
        expect(bad).to_have_value("面议")
        expect(page.locator("td.bad .wrong")).to_contain_text("4500")
        assert sound()
        bad.fill("5500")
        page.get_by_role("button", name=again).click()
        # What would change; what the sheet does not say of home and birthday is empty then
        empty = "empty" if english else "空"
        expect(page.locator("ins")).to_have_text(["高级工", empty, "5200", empty])
        assert sound()
        page.get_by_role("button", name="Confirm and write" if english else "确认写入").click()
        done = "1 new, 1 changed" if english else "新增 1，变更 1"
        expect(page.get_by_role("status")).to_contain_text(done)
        # The trade that no table knows
        name = "Trades and occupations" if english else "专业与职业对照"
        page.get_by_role("link", name=name).click()
        assert sound()
        page.get_by_label(f"{'Means' if english else '应为'} 焊工技术与应用班").select_option(
            "焊接加工"
        )
        save = "Save" if english else "保存"
        page.get_by_role("button", name=f"{save} 焊工技术与应用班").click()
        expect(page.locator("#decisions + ul")).to_contain_text("焊工技术与应用班 → 焊接加工")
        assert officer.was_quiet(), officer.complaints
