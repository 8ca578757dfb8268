"""The command ``tune``: what it refuses, what it prints and writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recommender.__main__ import program
from recommender.data import store
from recommender.examination import tuning
from recommender.examination.tuning import Tuned
from recommender.tuning_commands import write_table
from tests.builders import DAY, SmallWorld

Run = Callable[..., Result]
FOUND = Tuned(
    name="item_knn",
    best=0.25,
    standing=0.125,
    changes={"n_neighbours": 10, "shrink": 0.5},
    settings={"n_neighbours": 10, "shrink": 0.5},
    n_trials=60,
    n_pruned=17,
    class_years=(2024, 2023),
    n_counted=(268, 251),
)
ROW = (
    "| item-kNN | 60 (17) | 0.1250 | 0.2500 | 2024 (268), 2023 (251) "
    "| n_neighbours 10, shrink 0.5 |"
)


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
        return CliRunner().invoke(program, [*shared, "tune", *arguments])

    return run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Stand in for the search, which takes minutes; it leaves an entry for the page."""
    questions: list[dict[str, Any]] = []

    def tune(data: object, folder: Path, *, progress: object, **question: Any) -> list[Tuned]:
        questions.append({"folder": folder, **question})
        folder.mkdir(exist_ok=True)
        (folder / "best.json").write_text(json.dumps({"item_knn": asdict(FOUND)}))
        return [FOUND]

    monkeypatch.setattr(tuning, "tune", tune)
    return questions


@pytest.mark.parametrize("wrong", [("--trials", "0"), ("--table", "none.md"), ("again",)])
def test_wrong_arguments_are_wrong_usage(
    run: Run, asked: list[dict[str, Any]], wrong: tuple[str, ...]
) -> None:
    assert run(*wrong).exit_code == 2
    assert asked == []


def test_a_contender_that_nobody_knows_is_told_with_those_there_are(run: Run) -> None:
    found = run("--contender", "modle")
    assert found.exit_code == 2
    assert "modle" in found.stderr
    assert "item_knn" in found.stderr


def test_too_few_class_years_are_said(run: Run) -> None:
    # The small world has the classes of 2025 and 2026: nothing to tune on lies before either.
    found = run()
    assert found.exit_code == 2
    assert "可供调参的届" in found.stderr
    assert not (found.stdout or "").strip()


def test_what_was_found_is_printed_and_the_file_named(
    run: Run, asked: list[dict[str, Any]], tmp_path: Path
) -> None:
    found = run()
    assert found.exit_code == 0
    assert "n_neighbours 10, shrink 0.5" in found.stdout
    assert "0.2500" in found.stdout
    assert "0.1250" in found.stdout
    assert str(tmp_path / "tuning" / "best.json") in found.stdout
    assert asked == [{"folder": tmp_path / "tuning", "name": None, "n_trials": 60}]


def test_options_reach_the_search(run: Run, asked: list[dict[str, Any]], tmp_path: Path) -> None:
    run("--contender", "ease", "--trials", "7", "--out", str(tmp_path / "else"))
    assert asked == [{"folder": tmp_path / "else", "name": "ease", "n_trials": 7}]


def test_english_is_spoken_where_asked_for(run: Run, asked: list[dict[str, Any]]) -> None:
    found = run("--language", "en")
    assert "mean over class years 2024, 2023" in found.stdout
    assert "届" not in found.stdout


def test_json_is_alone_on_stdout(run: Run, asked: list[dict[str, Any]], tmp_path: Path) -> None:
    told = json.loads(run("--json").stdout)
    assert told["best"] == str(tmp_path / "tuning" / "best.json")
    (entry,) = told["contenders"]
    assert (entry["name"], entry["best"], entry["n_pruned"]) == ("item_knn", 0.25, 17)


def test_a_page_keeps_what_stands_around_the_marks(
    run: Run, asked: list[dict[str, Any]], tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    marks = "<!-- tuning: written by the command tune -->\nold\n<!-- tuning end -->"
    page.write_text(f"# Before\n\n{marks}\n\n# After\n", encoding="utf-8")
    assert run("--table", str(page)).exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert ROW in text
    assert "old" not in text
    assert text.startswith("# Before\n\n<!-- tuning: written by the command tune -->\n| |")
    assert text.endswith("|\n<!-- tuning end -->\n\n# After\n")


def test_a_page_without_marks_gets_them_at_its_end(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Before\n", encoding="utf-8")
    write_table(page, [asdict(FOUND)])
    once = page.read_text(encoding="utf-8")
    assert once.startswith("# Before\n\n<!-- tuning")
    write_table(page, [asdict(FOUND)])
    assert page.read_text(encoding="utf-8") == once
