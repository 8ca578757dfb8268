"""Rounds, posts and enterprises at the command line: a year's keeping of the catalog."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from recommender import access
from recommender.__main__ import program
from recommender.data import store
from recommender.domain import OutcomeStage
from recommender.settings import sqlite_url
from tests.builders import CREDIT_CODE, make_graduate, make_member, make_outcome, make_post

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give a home with one enterprise, two posts, and a proposal a month ago."""
    engine = access.open_database(sqlite_url(tmp_path))
    proposed = make_outcome(stage=OutcomeStage.RECOMMENDED, date=date(2026, 4, 15))
    with store.writing(engine) as conn:
        store.save_members(conn, [make_member()])
        store.save_posts(conn, [make_post(), make_post(post_id="P2")], day=date(2026, 4, 1))
        store.save_graduates(conn, [make_graduate()])
        store.save_outcomes(conn, [proposed])
    engine.dispose()

    def invoke(*arguments: str, day: str = "2026-05-15") -> Result:
        options = ["--home", str(tmp_path), "--as-of", day]
        return CliRunner().invoke(program, [*options, *arguments])

    return invoke


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_what_cannot_be_is_a_sentence_and_an_exit_code(run: Run, tmp_path: Path) -> None:
    assert run("round", "status").exit_code == 2
    assert run("round", "open", "夏", "--due", "2026-05-01").exit_code == 2
    assert run("round", "open", "夏", "--due", "2026-05-31").exit_code == 0
    refused = run("round", "issue", "夏")
    assert (refused.exit_code, refused.stderr) == (1, "征集“夏”尚未审定。\n")
    assert run("round", "choose", "夏", "P1").exit_code == 2
    assert run("round", "take", "夏", str(tmp_path / "没有.xlsx")).exit_code == 2
    assert run("posts", "retire").exit_code == 2
    assert run("posts", "retire", "P1").exit_code == 2
    assert run("enterprises", "lift", CREDIT_CODE, "--reason", "r").exit_code == 1


def test_shortages_gathered_in_the_morning_are_an_edition_the_same_day(
    run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "模板"
    assert run("round", "open", "夏", "--due", "2026-05-31", "--out", str(out)).exit_code == 0
    (template,) = out.iterdir()
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(2, header.index("需求人数*") + 1).value = 12
    sheet.delete_rows(3)
    book.save(template)
    found = told(run("round", "take", "夏", str(template), "--json"))
    assert found["silent"] == []
    assert [(each["post_id"], each["kind"]) for each in found["differences"]] == [
        ("P1", "changed"),
        ("P2", "closed"),
    ]
    assert run("round", "approve", "夏", "--author", "甲").exit_code == 0
    issued = told(run("round", "issue", "夏", "--guidance", "--author", "甲", "--json"))
    assert issued["state"] == "issued"
    (edition,) = told(run("guidance", "list", "--json"))
    assert (edition["edition"], edition["day"]) == (1, "2026-05-15")
    assert [each["state"] for each in told(run("round", "list", "--json"))] == ["issued"]
    lines = run("posts", "history", "P2").stdout.splitlines()
    assert lines[-1] == "2026-05-15  撤回  夏 (甲) 征集回复中已无此岗位"


def test_posts_are_asked_about_and_retired_unanswered(run: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "确认.xlsx"
    assert run("posts", "ask", "--days", "40", "--out", str(sheet)).exit_code == 0
    answered = openpyxl.load_workbook(sheet)
    answered.worksheets[0].cell(2, 7).value = "保留"
    answered.save(sheet)
    assert run("posts", "answer", str(sheet)).stdout == "保留 1 个岗位，撤回 0 个\n"
    retire = ("posts", "retire", "--unanswered", "--days", "40", "--json")
    assert told(run(*retire, day="2026-06-13"))["retired"] == []
    assert told(run(*retire, day="2026-06-14"))["retired"] == ["P2"]
    assert told(run("posts", "untouched", "--days", "30", "--json", day="2026-06-14")) != []


def test_an_enterprise_is_paused_with_a_notice_and_let_in_again(run: Run, tmp_path: Path) -> None:
    page, notices = tmp_path / "答复.html", tmp_path / "通知"
    (line,) = told(run("enterprises", "answers", "--out", str(page), "--json"))
    assert (line["proposals"], line["unanswered"], line["since_answer"]) == (1, 1, 1)
    assert "<svg" in page.read_text(encoding="utf-8")
    pause = ("enterprises", "pause", "--most", "1", "--notices", str(notices))
    assert "应暂停 1 家企业" in run(*pause, "--dry-run").stdout
    assert "已暂停 1 家企业" in run(*pause, "--author", "甲").stdout
    assert [each.name for each in notices.iterdir()] == [f"{CREDIT_CODE}.txt"]
    assert run("enterprises", "lift", CREDIT_CODE, "--reason", "已答复").exit_code == 0
    (kept,) = told(run("enterprises", "pauses", "--json"))
    assert (kept["lifted_on"], kept["lifted_because"]) == ("2026-05-15", "已答复")
