"""The commands on the log of lists, as an operator types them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recommender import access, ledger_answers, lists_shown, nightly
from recommender.__main__ import program
from recommender.data import day_files, exposures
from recommender.nightly import NightResult
from recommender.rights import viewed
from recommender.rights.viewed import ViewLog
from recommender.settings import sqlite_url
from tests.recommender.test_exposures import make_list, records
from tests.recommender.test_lists_shown import kiosk_list, person, wanted, write

DAY = "2026-05-15"


def run(home: Path, *arguments: str, **env: str) -> Result:
    said = ["--home", str(home), "--as-of", DAY, *arguments]
    return CliRunner().invoke(program, said, env=env)


# --- refusals ---------------------------------------------------------------------------------


def test_an_estimate_from_nothing_is_refused(tmp_path: Path) -> None:
    answer = run(tmp_path, "exposures", "estimate")
    assert answer.exit_code == 1
    assert "只有 0 份，至少要 200 份" in answer.stderr


def test_an_order_that_nobody_knows_is_wrong_usage(tmp_path: Path) -> None:
    answer = run(tmp_path, "exposures", "estimate", "--target", "best", "--language", "en")
    assert answer.exit_code == 2
    assert "ranked, swapped, fit" in answer.stderr.replace("、", ", ")


def test_an_order_of_which_the_log_says_too_little_is_refused(tmp_path: Path) -> None:
    write(tmp_path, [kiosk_list(n, swapped=7) for n in range(10)])
    write(tmp_path, [kiosk_list(n) for n in range(10, 200)])
    answer = run(tmp_path, "exposures", "estimate", "--target", "swapped", "--language", "en")
    assert answer.exit_code == 1
    # Ten lists at one of the four places.
    assert "200 lists are worth 10.0" in answer.stderr
    assert "do not widen it" in answer.stderr


# --- answers ----------------------------------------------------------------------------------


def test_an_estimate_in_lines_and_for_machines(tmp_path: Path) -> None:
    lists = [kiosk_list(n) for n in range(200)]
    write(tmp_path, [*lists, *map(wanted, lists[:19])])
    lines = run(tmp_path, "exposures", "estimate", "--language", "en")
    assert lines.exit_code == 0, lines.stderr
    assert lines.stdout.startswith("200 lists, worth 200.0 (100%)")
    found = json.loads(run(tmp_path, "exposures", "estimate", "--json").stdout)
    assert (found["n_lists"], found["effective_share"]) == (200, pytest.approx(1.0))
    # 19 answers of 200 lists; each weighs 1 ÷ 0.95 for IPS, and alike for SNIPS.
    assert [found[name]["value"] for name in ("shown", "snips")] == [pytest.approx(0.095)] * 2
    assert found["ips"]["value"] == pytest.approx(0.1)
    assert found["ips"]["low"] < 0.1 < found["ips"]["high"]
    assert set(found["doubly_robust"]) == {"value", "standard_error", "low", "high"}


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "没有展示记录。"), ("en", "Nothing was logged.")]
)
def test_nothing_was_logged_yet(tmp_path: Path, language: str, said: str) -> None:
    answer = run(tmp_path, "exposures", "show", "--language", language)
    assert (answer.exit_code, answer.stdout.strip()) == (0, said)


def test_what_was_logged_in_lines_and_for_machines(tmp_path: Path) -> None:
    write(tmp_path, [make_list(person="ab"), make_list(via="page")])
    lines = run(tmp_path, "exposures", "show").stdout
    assert "2026-05-15 至 2026-05-15 共展示 2 份榜单：实名毕业生 1 份，试探 0 份" in lines
    assert "2 lists, 2026-05-15 to 2026-05-15: 1 of graduates, 0 explored" in (
        run(tmp_path, "exposures", "show", "--language", "en").stdout
    )
    found = json.loads(run(tmp_path, "exposures", "show", "--json").stdout)
    assert (found["n_lists"], found["by_via"]) == (2, {"officer": 1, "page": 1})
    assert found["first_day"] == DAY


def test_a_person_is_forgotten(tmp_path: Path) -> None:
    write(tmp_path, [make_list(), make_list(person=person(tmp_path, "G7"))])
    answer = run(tmp_path, "exposures", "forget", "G7", "--language", "en")
    assert (answer.exit_code, answer.stdout) == (0, "Deleted 1 line(s) of the log of lists.\n")
    assert records(exposures.lists_dir(tmp_path)) == [make_list()]


def test_what_is_past_its_days_is_purged(tmp_path: Path) -> None:
    access.open_database(sqlite_url(tmp_path)).dispose()
    write(tmp_path, [make_list(), make_list(day=date(2026, 5, 1))])
    answer = run(tmp_path, "exposures", "purge", "--language", "en", PLACEMENT_KEEP_LISTS_DAYS="14")
    assert answer.stdout == "Deleted 1 day(s), 0 line(s) and 0 key(s).\n"


@pytest.mark.parametrize("verdict", ["published", "refused"])
def test_the_night_purges_whatever_its_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verdict: str
) -> None:
    night = NightResult(
        verdict=verdict,
        published=None,
        version=None,
        class_year=None,
        reasons=[],
        contenders={},
        digest="",
    )
    monkeypatch.setattr(nightly, "retrain", lambda *_, **__: night)
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(ledger_answers, "tidy", lambda _, **facts: asked.append(facts))
    write(tmp_path, [make_list(), make_list(day=date(2026, 5, 1))])
    looks = ViewLog(tmp_path)
    for day in (1, 15):
        at = datetime(2026, 5, day, 1, 0, tzinfo=UTC)
        looks.keep(["G1"], at=at, who="wang", route="console.graduate.show", action="view")
    kept = dict.fromkeys(("PLACEMENT_KEEP_LISTS_DAYS", "PLACEMENT_KEEP_VIEWS_DAYS"), "14")
    run(tmp_path, "retrain", PLACEMENT_KEEP_ANSWERS_DAYS="9", **kept)
    assert [look.at[:10] for look in viewed.of_person(tmp_path, "G1")] == [DAY]
    assert lists_shown.count_lists(tmp_path).n_lists == 1
    assert [facts["keep_days"] for facts in asked] == [9]


def test_a_disk_that_fails_while_looks_are_tidied_does_not_stop_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(day_files, "drop_before", fails)
    assert viewed.tidy(tmp_path, day=date(2026, 5, 15), keep_days=1) == 0
