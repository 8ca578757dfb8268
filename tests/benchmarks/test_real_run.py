"""The whole command on a made-up folder: figures, lists, the table."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from made_up import planted, write

from benchmarks.real.measure import Run, summed_up
from benchmarks.real.report import write_table
from benchmarks.real.run import main


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    return result.exit_code, result.output


def test_a_faulty_folder_ends_with_what_has_to_be_mended(tmp_path: Path) -> None:
    code, said = run(write(tmp_path, users="user,trade\nu1,a\nu1,b\n"))
    assert code == 1
    assert "users.csv: row 3, column user" in said


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Run once with one trial a contender and one seed."""
    folder = planted(tmp_path_factory.mktemp("planted"))
    page = folder / "page.md"
    page.write_text("# Page\n\n<!-- real:x -->old<!-- /real:x -->\n", encoding="utf-8")
    code, said = run(folder, "--seed", "42", "--trials", "1", "--table", page)
    assert code == 0, said
    return folder / "results", page


def test_what_the_trade_alone_decides_is_found(results: tuple[Path, Path]) -> None:
    told = json.loads((results[0] / "metrics.json").read_text(encoding="utf-8"))
    for part in ("warm", "cold"):
        figures = told["parts"][part]["figures"]
        # All four items of the trade, known or not, stand among ten of 24.
        assert figures["ours"]["recall@10"][0] == 1.0
        # 24 items alike popular: 10 places find 10/24 of them, or near it.
        assert figures["popularity"]["recall@10"][0] < 0.75


def test_every_list_is_ten_items_that_are_not_known(results: tuple[Path, Path]) -> None:
    with (results[0] / "rankings.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["contender"] == "ours"]
    by_user: dict[str, list[str]] = {}
    for row in rows:
        by_user.setdefault(row["user"], []).append(row["item"])
    with (results[0].parent / "interactions.csv").open(encoding="utf-8") as file:
        taken = {(row["person_id"], row["job_id"]) for row in csv.DictReader(file)}
    assert by_user
    for user, items in by_user.items():
        assert len(set(items)) == 10
        # Somebody has two items; the held-out one or two may be listed, a known one never.
        assert any((user, item) in taken for item in items)
        assert sum((user, item) in taken for item in items) <= 2


def test_settings_that_were_chosen_before_are_not_chosen_again(
    results: tuple[Path, Path], tmp_path: Path
) -> None:
    before = results[0] / "metrics.json"
    again = ("--seed", "42", "--trials", "1", "--settings", before, "--out", tmp_path)
    code, said = run(results[0].parent, *again)
    assert code == 0, said
    first, second = (
        json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
        for folder in (results[0], tmp_path)
    )
    assert first["settings"] == second["settings"]
    # Equal seeds and settings give equal lists.
    assert (tmp_path / "rankings.csv").read_bytes() == (results[0] / "rankings.csv").read_bytes()


def test_the_table_is_put_at_the_end_of_a_page_without_its_marks(
    results: tuple[Path, Path],
) -> None:
    text = results[1].read_text(encoding="utf-8")
    assert text.startswith("# Page\n\n<!-- real:x -->old<!-- /real:x -->\n")
    assert "| **ours** |" in text


def test_a_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- real:s -->old<!-- /real:s -->\nb\n", encoding="utf-8")
    write_table(page, "s", "Set", "new")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("a\n<!-- real:s -->")
    assert text.endswith("<!-- /real:s -->\nb\n")
    assert "new" in text
    assert "old" not in text


def test_a_lead_is_measured_on_the_same_users_over_the_best_other() -> None:
    values = {
        "ours": np.array([1.0, 1.0, 0.5, 0.5]),
        "second": np.array([1.0, 0.5, 0.5, 0.5]),
        "third": np.array([0.0, 0.0, 1.0, 0.0]),
    }
    one = Run(
        seed=1,
        rows=np.arange(4),
        warm=np.array([True, True, True, True]),
        lists={},
        values={name: {"recall": each, "ndcg": each} for name, each in values.items()},
        settings={},
        seconds=1.0,
    )
    part = summed_up([one], "ours", warm=True, seed=1)
    assert part is not None
    second, interval = part.lead["recall"]
    assert second == "second"
    # (0 + 0.5 + 0 + 0) / 4
    assert interval.value == pytest.approx(0.125)
    assert summed_up([one], "ours", warm=False, seed=1) is None
    # What is ours with something left out is compared, but is not the second.
    less = summed_up([one], "ours", parts_of_ours={"second"}, warm=True, seed=1)
    assert less is not None
    assert less.lead["recall"][0] == "third"
    assert less.over["second"]["recall"].value == pytest.approx(0.125)
