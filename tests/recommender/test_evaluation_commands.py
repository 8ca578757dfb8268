"""The command ``evaluate``: what it refuses, what it prints, how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recommender.__main__ import program
from recommender.data import store
from recommender.examination import examine as use_case
from recommender.examination.examine import Examination, Question
from tests.builders import DAY, SmallWorld
from tests.recommender.test_report_page import contender

Run = Callable[..., Result]


@pytest.fixture
def run(migrated_file: Path, tmp_path: Path, small_world: SmallWorld) -> Run:
    database = tmp_path / "placement.sqlite3"
    database.write_bytes(migrated_file.read_bytes())
    engine = store.connect(f"sqlite:///{database}")
    with store.writing(engine) as conn:
        store.save_posts(conn, small_world.posts, day=DAY)
        store.save_graduates(conn, small_world.graduates)
        store.save_outcomes(conn, small_world.outcomes)
    engine.dispose()

    def run(*arguments: str) -> Result:
        shared = ["--home", str(tmp_path), "--as-of", DAY.isoformat()]
        return CliRunner().invoke(program, [*shared, "evaluate", *arguments])

    return run


def facts(finding: str) -> dict[str, Any]:
    return {
        "origins": [
            {
                "class_year": 2025,
                "n_counted": 211,
                "contenders": [
                    contender("popularity", 0.1, 0.2),
                    contender("popularity_in_trade", 0.15, 0.15),
                    contender("crosswalk", 0.2, 0.1),
                    contender("boosted_trees", 0.31, -0.01),
                    contender("model", 0.3, None),
                ],
            }
        ],
        "truth": [],
        "checks": [
            {"code": "oracle", "subject": "model", "finding": finding, "measured": 0.2, "limit": 0}
        ],
    }


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Question, date]]:
    """Stand in for the use case, which takes minutes; its findings go by the seeds asked for."""
    questions: list[tuple[Path, Question, date]] = []

    def examine(
        engine: object, out: Path, question: Question, *, day: date, progress: object
    ) -> Examination:
        questions.append((out, question, day))
        finding = "fail" if question.n_seeds == 1 else "pass"
        return Examination(facts=facts(finding), report=out / "report.html")

    monkeypatch.setattr(use_case, "examine", examine)
    return questions


@pytest.mark.parametrize("wrong", [("--seeds", "0"), ("--trials", "0"), ("--class-year", "25")])
def test_wrong_numbers_are_wrong_usage(run: Run, wrong: tuple[str, str]) -> None:
    assert run(*wrong).exit_code == 2


def test_without_an_earlier_class_year_it_says_what_is_missing(run: Run) -> None:
    # The small world has steps of the classes of 2025 and 2026; before 2025 there is nothing,
    # and 2026 is not over.
    found = run("--class-year", "2025")
    assert found.exit_code == 2
    assert "2025" in found.stderr
    assert "可供评估的届" in found.stderr


def test_a_truth_that_is_not_there_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    found = run("--truth", str(tmp_path / "none.npz"))
    assert found.exit_code == 2
    assert "none.npz" in found.stderr


def test_a_file_that_is_no_truth_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sheet.npz").write_text("post_id\n")
    found = run("--truth", str(tmp_path / "sheet.npz"))
    assert found.exit_code == 2
    assert "不是真值文件" in found.stderr


def test_a_failed_check_ends_with_1_and_is_said(
    run: Run, asked: list[tuple[Path, Question, date]]
) -> None:
    found = run("--seeds", "1")
    assert found.exit_code == 1
    assert "未通过" in found.stdout
    assert "0.200" in found.stdout


def test_what_was_found_is_printed_and_the_report_named(
    run: Run, asked: list[tuple[Path, Question, date]], tmp_path: Path
) -> None:
    found = run()
    assert found.exit_code == 0
    assert "0.300 [0.250, 0.350]" in found.stdout
    assert "自查全部通过" in found.stdout
    assert str(tmp_path / "reports" / "report.html") in found.stdout
    assert asked == [(tmp_path / "reports", Question(), DAY)]


def test_english_is_spoken_where_asked_for(
    run: Run, asked: list[tuple[Path, Question, date]]
) -> None:
    found = run("--language", "en")
    assert "Against crosswalk rule (0.200)" in found.stdout
    assert "模型" not in found.stdout


def test_options_reach_the_use_case(
    run: Run, asked: list[tuple[Path, Question, date]], tmp_path: Path
) -> None:
    out, truth = tmp_path / "elsewhere", tmp_path / "t.npz"
    run(
        *("--out", str(out), "--seeds", "7", "--trials", "3"),
        *("--class-year", "2025", "--truth", str(truth)),
    )
    question = Question(class_year=2025, n_seeds=7, n_trials=3, truth=truth)
    assert asked == [(out, question, DAY)]


def test_json_is_alone_on_stdout(run: Run, asked: list[tuple[Path, Question, date]]) -> None:
    assert json.loads(run("--json").stdout) == facts("pass")
