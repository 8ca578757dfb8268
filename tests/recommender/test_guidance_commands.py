"""The commands on guidance, follow-ups and reports: what they refuse, write and say."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recommender import access
from recommender.__main__ import program
from recommender.data import store
from recommender.domain import OutcomeStage
from recommender.settings import sqlite_url
from tests.builders import DAY, make_graduate, make_outcome, make_post

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with a post and two welders of 2025, one of whom started at it in October."""
    engine = access.open_database(sqlite_url(tmp_path))
    people = [make_graduate(graduate_id=f"G{n}", class_year=2025) for n in (1, 2)]
    started = make_outcome(stage=OutcomeStage.STARTED, date=date(2025, 10, 1))
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(headcount=30)], day=date(2025, 4, 1))
        store.save_graduates(conn, people)
        store.save_outcome(conn, started)
    engine.dispose()
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        options = ["--home", str(home), "--as-of", DAY.isoformat()]
        return CliRunner().invoke(program, [*options, *arguments], env={"LOGNAME": "王老师"})

    return invoke


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("guidance",), "--out"),
        (("guidance", "--out", "a.csv", "state"), "--out"),
        (("guidance", "--out", "a.docx"), "a.docx"),
        (("guidance", "show", "1"), "没有这个指导目录版次：1"),
        (("guidance", "diff", "1", "2"), "没有这个指导目录版次：1"),
        (("follow-up", "--out", "due.html"), "due.html"),
        (("report", "--part", "weather"), "weather"),
    ],
)
def test_wrong_usage_is_told_and_nothing_is_written(
    run: Run, home: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = sorted(path.name for path in home.iterdir())
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.output
    assert sorted(path.name for path in home.iterdir() if path.name != "logs") == before


def test_an_edition_is_issued_listed_shown_and_compared(run: Run, home: Path) -> None:
    assert run("guidance", "issue", "--author", "李老师").exit_code == 0
    run("guidance", "issue")
    (first, second) = run("guidance", "list").output.splitlines()
    assert first.startswith("第 1 版  2026-05-15  李老师")
    assert second.startswith("第 2 版  2026-05-15  王老师")
    shown = json.loads(run("guidance", "show", "1", "--json", "-").output)
    assert shown["rows"][0]["places"] == 29  # of 30 one is taken
    assert run("guidance", "diff", "1", "2").output.splitlines() == ["共 0 行不同"]
    for suffix in ("xlsx", "csv", "html", "json"):
        out = home / f"edition.{suffix}"
        assert run("guidance", "show", "1", "--out", str(out)).exit_code == 0
        assert out.stat().st_size > 0
    assert shown["sha256"] in (home / "edition.html").read_text(encoding="utf-8")


def test_the_plain_catalog_and_the_state_are_written(run: Run, home: Path) -> None:
    plain, state = home / "plain.csv", home / "state.csv"
    assert run("guidance", "--out", str(plain)).exit_code == 0
    assert run("guidance", "state", "--public", "--out", str(state)).exit_code == 0
    texts = [path.read_text(encoding="utf-8").splitlines() for path in (plain, state)]
    rows = [next(csv.DictReader(lines)) for lines in texts]
    assert (rows[0]["demand"], rows[1]["places"]) == ("29", "29")


def test_who_is_due_is_a_sheet_that_comes_back_in(run: Run, home: Path) -> None:
    out = home / "due.csv"
    said = run("follow-up", "--out", str(out)).output
    assert "应回访 1 人" in said and "已知 0 人，应答率 0.0%" in said
    filled = out.read_text(encoding="utf-8").replace("2025-10-01,,,", "2025-10-01,在岗,2026-05-10,")
    out.write_text(filled, encoding="utf-8")
    assert run("import", str(out)).exit_code == 0
    assert "应回访 0 人" in run("follow-up").output
    # Started on 1 October: 180 days were over on 30 March, and there it stays at work.
    said = run("report").output.splitlines()[0]
    assert "就业率 50.0% (2)" in said and "稳定率 100.0% (1)" in said


@pytest.mark.parametrize("part", ["rates", "exposure", "answers"])
def test_every_part_of_a_report_is_written_exact_or_for_the_public(
    run: Run, home: Path, part: str
) -> None:
    for more in ((), ("--public",)):
        out = home / f"{part}{len(more)}.xlsx"
        result = run("report", "--part", part, "--class-year", "2025", "--out", str(out), *more)
        assert (result.exit_code, out.stat().st_size > 0) == (0, True)
