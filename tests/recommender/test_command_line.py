import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from pathlib import Path
from time import monotonic, sleep
from typing import TextIO, cast

import click
import pytest
from click.testing import CliRunner, Result

from recommender import access, errors, intake, nightly, terminal
from recommender.__main__ import program
from recommender.data import store
from recommender.model.artefact import publishing
from recommender.nightly import NightResult
from recommender.settings import sqlite_url
from tests.builders import CREDIT_CODE, OTHER_CREDIT_CODE, make_graduate

ROOT = Path(__file__).parents[2]
DAY = "2026-05-15"
YEARS = (2024, 2025, 2026)
N_GRADUATES = 12  # a class year: half welders, half turners; the last of each year no consent

HEAVY = (
    "numpy",
    "pandas",
    "sqlalchemy",
    "sklearn",
    "lightfm",
    "flask",
    "rich",
    "structlog",
    "optuna",
)

Run = Callable[..., Result]


def write_sheets(folder: Path) -> Path:
    """Write a world that can be trained on: three class years, two trades, four posts a year."""
    folder.mkdir(parents=True)
    posts, graduates, outcomes = [], [], []
    for year in YEARS:
        for number in range(4):
            welding = number % 2 == 0
            posts.append(
                {
                    "post_id": f"P{year}{number}",
                    "issuing_body": "示例产教联盟",
                    "enterprise": "示例机械有限公司" if welding else "示例精工有限公司",
                    "credit_code": CREDIT_CODE if welding else OTHER_CREDIT_CODE,
                    "occupation_code": "6-18-02-04" if welding else "6-18-01-01",
                    "region_code": "370800" if number < 2 else "370700",
                    "min_level": "" if number < 2 else "中级工",
                    "headcount": 3,
                    "opens_on": f"{year}-01-01",
                    "closes_on": f"{year}-08-31",
                }
            )
        for number in range(N_GRADUATES):
            graduate_id, welding = f"0{year}{number:02}", number % 2 == 0
            graduates.append(
                {
                    "graduate_id": graduate_id,
                    "college": "示例技师学院",
                    "trade": "焊接加工" if welding else "数控加工（数控车工）",
                    "class_year": year,
                    "skill_level": "中级工",
                    "home_region": "370800" if number < 6 else "370700",
                    "name": f"样例{number}",
                    "consent": "否" if number == N_GRADUATES - 1 else "是",
                }
            )
            if year < 2026 and number < 8:
                post_id = f"P{year}{number % 4}"
                outcomes += [
                    {"graduate_id": graduate_id, "post_id": post_id, "stage": stage, "date": date}
                    for stage, date in (
                        ("签约", f"{year}-04-10"),
                        ("到岗", f"{year}-07-01"),
                        ("留任", f"{year}-12-28"),
                    )
                ]
    for name, rows in (("posts", posts), ("roster", graduates), ("steps", outcomes)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def invoke(home: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(
        program,
        ["--home", str(home), "--as-of", DAY, *map(str, arguments)],
        env={"USER": "officer"},
    )


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command in an empty home."""
    return lambda *arguments: invoke(tmp_path / "home", *arguments)


@pytest.fixture(scope="session")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sheets(tmp_path_factory.mktemp("world") / "sheets")


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory, sheets: Path) -> Path:
    """Import and train once; tests that use it only read."""
    home = tmp_path_factory.mktemp("trained") / "home"
    imported = invoke(home, "import", sheets)
    assert imported.exit_code == 0, imported.stderr
    trained = invoke(home, "retrain")
    assert trained.exit_code == 0, trained.output
    return home


@pytest.fixture
def read(trained_home: Path) -> Run:
    return lambda *arguments: invoke(trained_home, *arguments)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


# --- wrong usage ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("evaluate",),
        ("rank",),
        ("import",),
        ("assign", "--out", "x.csv", "--class-year", "next"),
        ("rank", "--out", "x.csv", "--top", "0"),
        ("rank", "--out", "x.csv", "--ranking", "best"),
        ("rank", "--out", "x.csv", "--congestion", "1.5"),
        ("rank", "--out", "x.csv", "--congestion", "-0.1"),
        ("rank", "--out", "x.csv", "--congestion", "nan"),
        ("rank", "--out", "x.txt"),
        ("rank", "--out", "nowhere/x.csv"),
        ("assign", "--out", "x.json"),
        ("guidance", "--out", "x.pdf"),
        ("template", "payroll", "--out", "x.xlsx"),
        ("template", "graduates", "--out", "x.csv"),
        ("export", "payroll", "--out", "x.csv"),
        ("export", "graduates", "--out", "x.pdf"),
        ("rollback", "latest"),
        ("release",),
        ("map", "trade", "焊工班"),
        ("map", "pair", "焊接加工", "6-18-02-04", "much"),
        ("map", "pair", "焊接加工", "6-18-02-04", "nan"),
        ("map", "pair", "焊接加工", "6-18-02-04", "1.5"),
        ("map", "pair", "焊接加工", "6-99-99-99", "0.5"),
        ("token", "create"),
        ("token", "create", "--role", "king"),
        ("token", "create", "--role", "officer", "--college", "甲", "--alliance", "乙"),
        ("token", "revoke", "7"),
        ("serve", "--port", "70000"),
        ("serve", "--workers", "0"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2_with_a_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run(*arguments)
    assert answer.exit_code == 2
    assert answer.stderr.strip()
    assert answer.stdout == ""


@pytest.mark.parametrize("command", ["rank", "assign", "guidance"])
def test_an_unknown_suffix_is_refused_before_anything_is_opened(
    run: Run, tmp_path: Path, command: str
) -> None:
    assert run(command, "--out", tmp_path / "out.doc").exit_code == 2
    assert not (tmp_path / "home").exists()


def test_a_path_that_is_not_there_exits_2(run: Run) -> None:
    answer = run("import", "no-such-sheet.csv")
    assert answer.exit_code == 2
    assert "no-such-sheet.csv" in answer.stderr


def test_an_unknown_graduate_exits_2_and_writes_nothing(read: Run, tmp_path: Path) -> None:
    answer = read("rank", "--graduate", "nobody", "--out", tmp_path / "out.csv")
    assert answer.exit_code == 2
    assert "nobody" in answer.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("PLACEMENT_AS_OF", "tomorrow"), ("PLACEMENT_DATABASE_URL", "oracle://db/placement")],
)
def test_a_wrong_variable_exits_2_and_is_named(tmp_path: Path, name: str, value: str) -> None:
    env = {"PLACEMENT_HOME": str(tmp_path / "home"), name: value}
    answer = CliRunner().invoke(program, ["status"], env=env)
    assert answer.exit_code == 2
    assert name in answer.stderr


def test_a_database_password_is_never_repeated(run: Run) -> None:
    answer = run("status", "--database", "nonsense://user:secret@host/db")
    assert answer.exit_code == 2
    assert "secret" not in answer.output


# --- refused, busy, failed, held --------------------------------------------------------------


@pytest.fixture
def bad_sheet(tmp_path: Path) -> Path:
    sheet = tmp_path / "bad.csv"
    sheet.write_text(
        "graduate_id,college,trade,class_year,consent,name\n"
        "1,甲校,焊接加工,2026,也许,张三\n"
        "2,甲校,焊接加工,soon,是,李四\n",
        encoding="utf-8",
    )
    return sheet


def test_a_refused_import_exits_1_and_tells_every_problem_on_stderr(
    run: Run, bad_sheet: Path
) -> None:
    answer = run("import", bad_sheet)
    assert answer.exit_code == 1
    assert answer.stdout == ""
    lines = answer.stderr.splitlines()
    assert len(lines) == 3
    assert "第 2 行" in lines[0]
    assert "第 3 行" in lines[1]
    assert "2 处问题" in lines[2]


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_refused_import_can_be_told_in_english(run: Run, bad_sheet: Path, place: str) -> None:
    language = ("--language", "en")
    arguments = (
        (*language, "import", bad_sheet) if place == "before" else ("import", bad_sheet, *language)
    )
    answer = run(*arguments)
    assert answer.exit_code == 1
    assert "2 problem(s)" in answer.stderr
    assert "第" not in answer.stderr


def test_a_refused_import_writes_its_problems_as_json(
    run: Run, bad_sheet: Path, tmp_path: Path
) -> None:
    assert run("import", bad_sheet, "--json", tmp_path / "told.json").exit_code == 1
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["written"] is False
    assert [(each["row"], each["column"]) for each in told["problems"]] == [
        (2, "consent"),
        (3, "class_year"),
    ]
    assert set(told["problems"][0]) == {"file", "row", "column", "value", "code", "text"}


def test_nothing_can_be_ranked_before_a_model_is_published(
    run: Run, sheets: Path, tmp_path: Path
) -> None:
    assert run("import", sheets).exit_code == 0
    answer = run("rank", "--out", tmp_path / "out.csv")
    assert answer.exit_code == 1
    assert "retrain" in answer.stderr
    assert not (tmp_path / "out.csv").exists()


def test_a_night_without_data_is_refused_with_exit_1(run: Run) -> None:
    answer = run("retrain", "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["verdict"] == "refused"


def test_a_second_night_at_the_same_time_is_busy_with_exit_3(run: Run, tmp_path: Path) -> None:
    with publishing(tmp_path / "home" / "models"):
        answer = run("retrain")
    assert answer.exit_code == 3
    assert "系统忙" in answer.stderr


def test_an_unexpected_failure_exits_4_with_one_sentence_and_details_in_the_log(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("could not write 张三")

    monkeypatch.setattr(intake, "import_files", fail)
    answer = run("import", "anything.csv")
    assert answer.exit_code == 4
    log = tmp_path / "home" / "logs" / "placement.log"
    assert answer.stderr.splitlines() == ["意外失败（RuntimeError）。", f"详情见日志 {log}"]
    entry = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert (entry["command"], entry["exception"]) == ("import", "RuntimeError")
    assert "test_command_line.py" in entry["at"][-1]
    assert "张三" not in log.read_text(encoding="utf-8")


def test_a_failure_is_told_even_where_no_log_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    answer = invoke(tmp_path / "home", "status")
    assert answer.exit_code in {2, 4}
    assert answer.stderr.strip()
    assert "Traceback" not in answer.output


def test_a_full_disk_is_a_failure_and_says_so(
    read: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "out.csv")

    monkeypatch.setattr("recommender.data.export.write_table", fail)
    answer = read("rank", "--out", tmp_path / "out.csv")
    assert answer.exit_code == 4
    assert "No space left on device" in answer.stderr


def test_a_held_night_exits_5_and_names_the_version(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = NightResult(
        verdict="held",
        published="model",
        version=7,
        class_year=2025,
        reasons=[],
        contenders={},
        digest="",
    )
    monkeypatch.setattr(nightly, "retrain", lambda *_, **__: held)
    answer = run("retrain")
    assert answer.exit_code == 5
    assert "v7" in answer.stdout


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.MassClosing("联盟", 4, 10), 1),
        (errors.NoConsent("G1"), 1),
        (errors.NoModel(), 1),
        (errors.NotFound("version", "9"), 2),
        (errors.Unreadable("f", "v", "missing"), 2),
        (errors.InvalidValue("post", "P1", "headcount", 0), 2),
        (errors.CannotListen("h", 1, "no"), 2),
        (errors.Busy(), 3),
        (errors.PortTaken("127.0.0.1", 8000), 3),
        (errors.CorruptArtefact("a.npy", "changed"), 4),
        (errors.DatabaseFailed("disk I/O error"), 4),
        (MemoryError(), 4),
        (KeyboardInterrupt(), 130),
        (errors.Held(3), 5),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_error_has_its_exit_code_and_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, language: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(intake, "import_files", fail)
    answer = run("import", "x.csv", "--language", language)
    assert answer.exit_code == code
    assert answer.stderr.strip()
    assert "{" not in answer.stderr
    assert "Traceback" not in answer.output


# --- options ----------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["before", "after", "inside"])
def test_shared_options_may_stand_before_or_after_a_command(tmp_path: Path, place: str) -> None:
    options = ["--home", str(tmp_path / "home"), "--as-of", DAY]
    command = ["token", "list"]
    arguments = {
        "before": [*options, *command],
        "after": [*command, *options],
        "inside": ["token", *options, "list"],
    }[place]
    assert CliRunner().invoke(program, arguments).exit_code == 0
    assert (tmp_path / "home" / "placement.sqlite3").exists()


def test_what_is_said_after_the_command_counts_more(tmp_path: Path) -> None:
    before = ["--home", str(tmp_path / "a"), "--as-of", "2025-01-01"]
    after = ["--home", str(tmp_path / "b"), "--as-of", DAY]
    answer = CliRunner().invoke(program, [*before, "status", "--json", *after])
    assert json.loads(answer.stdout)["as_of"] == DAY
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_the_environment_counts_where_the_command_line_is_silent(tmp_path: Path) -> None:
    env = {"PLACEMENT_HOME": str(tmp_path / "home"), "PLACEMENT_AS_OF": "2025-09-01"}
    told = json.loads(CliRunner().invoke(program, ["status", "--json"], env=env).stdout)
    assert (told["as_of"], told["class_year"]) == ("2025-09-01", 2026)


def test_another_database_needs_no_home(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "elsewhere")
    answer = CliRunner().invoke(
        program, ["--home", str(tmp_path / "home"), "status", "--database", url]
    )
    assert answer.exit_code == 0
    assert (tmp_path / "elsewhere" / "placement.sqlite3").exists()
    assert not (tmp_path / "home").exists()


# --- what commands print and write ------------------------------------------------------------


def test_import_prints_counts_and_a_second_time_that_nothing_changed(
    run: Run, sheets: Path
) -> None:
    first = run("import", sheets)
    assert first.exit_code == 0
    assert "roster.csv（graduates）：新增 36，变更 0，未变 0，关闭 0" in first.stdout
    second = run("import", sheets)
    assert "roster.csv（graduates）：新增 0，变更 0，未变 36，关闭 0" in second.stdout
    assert "没有变化" in second.stdout


def test_a_dry_run_says_so_and_writes_nothing(run: Run, sheets: Path) -> None:
    answer = run("import", sheets, "--dry-run", "--language", "en")
    assert "added 36" in answer.stdout
    assert "nothing was written" in answer.stdout
    assert json.loads(run("status", "--json").stdout)["imported"]["graduates"] == 0


def test_import_tells_machines_the_same_as_json(run: Run, sheets: Path) -> None:
    told = json.loads(run("import", sheets, "--json").stdout)
    assert told["written"] is True
    assert {sheet["kind"]: sheet["added"] for sheet in told["sheets"]} == {
        "demand_catalog": 12,
        "graduates": 36,
        "outcomes": 48,
    }


def test_many_warnings_alike_are_cut_on_the_terminal_and_whole_in_json(
    run: Run, tmp_path: Path
) -> None:
    lines = [
        f"P{number},甲厂,1234567890ABCDEF{number:02},6-18-02-04,济宁,1,2026-01-01,2026-08-31"
        for number in range(15)
    ]
    header = (
        "post_id,enterprise,credit_code,occupation_code,region_code,headcount,opens_on,closes_on"
    )
    sheet = tmp_path / "catalog.csv"
    sheet.write_text("\n".join([header, *lines]), encoding="utf-8")
    answer = run("import", sheet, "--dry-run", "--json", tmp_path / "told.json")
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    n_warnings = len(told["sheets"][0]["warnings"])
    assert n_warnings > 10
    assert f"另有 {n_warnings - 10} 处" in answer.stdout


@pytest.mark.parametrize(
    "sheet", ["demand_catalog", "graduates", "outcomes", "members", "agreements"]
)
def test_a_template_is_written_for_every_sheet(run: Run, tmp_path: Path, sheet: str) -> None:
    assert run("template", sheet, "--out", tmp_path / "out.xlsx").exit_code == 0
    assert (tmp_path / "out.xlsx").read_bytes()[:2] == b"PK"


def test_retrain_prints_contenders_and_verdict(run: Run, sheets: Path, tmp_path: Path) -> None:
    run("import", sheets)
    answer = run("retrain", "--json", tmp_path / "night.json", "--language", "en")
    assert answer.exit_code == 0
    night = json.loads((tmp_path / "night.json").read_text(encoding="utf-8"))
    assert night["verdict"] in {"published", "baseline"}
    # On 15 May 2026 the last season that ended 180 days ago is that of 2025 (31 August).
    assert night["class_year"] == 2025
    assert {"ndcg@10", "recall@10", "coverage", "gini"} <= set(night["contenders"]["model"])
    assert "ndcg@10" in answer.stdout
    assert "(v1)" in answer.stdout.splitlines()[-1]


def test_rank_writes_the_contracts_columns_in_order(read: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert read("rank", "--top", "2", "--out", out).exit_code == 0
    rows = rows_of(out)
    assert list(rows[0]) == ["graduate_id", "post_id", "rank", "score"]
    assert rows == sorted(rows, key=lambda row: (row["graduate_id"], int(row["rank"])))
    # All of 2026 but the one without consent, two open posts each.
    assert len(rows) == 2 * (N_GRADUATES - 1)
    assert {row["post_id"][:5] for row in rows} == {"P2026"}
    assert rows[0]["graduate_id"] == "0202600"


def test_no_congestion_is_the_ranking_by_fit(read: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    told = {}
    for name, asked in {
        "fit": ("--ranking", "fit"),
        "none": ("--congestion", "0"),
        "some": ("--congestion", "0.25"),
    }.items():
        answer = read("--language", "en", "rank", *asked, "--out", out)
        assert answer.exit_code == 0
        told[name] = (rows_of(out), answer.stdout.split(" rows, ")[1].split(", ")[0])
    assert told["none"] == told["fit"]
    assert told["none"][1] == "congestion 0"
    assert told["some"][1] == "congestion 0.25"


def test_rank_gives_reasons_as_json_for_those_named(read: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    named = ("--graduate", "0202603", "--graduate", "0202601")
    assert read("rank", *named, "--top", "1", "--reasons", "--out", out).exit_code == 0
    rows = rows_of(out)
    assert [row["graduate_id"] for row in rows] == ["0202601", "0202603"]
    assert {"code", "text", "contribution"} <= set(json.loads(rows[0]["reasons"])[0])


@pytest.mark.parametrize("suffix", [".parquet", ".xlsx"])
def test_rank_writes_the_other_formats(read: Run, tmp_path: Path, suffix: str) -> None:
    assert read("rank", "--ranking", "fit", "--out", tmp_path / f"out{suffix}").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"out{suffix}"]


def test_assign_places_within_headcounts_and_explains_the_rest(read: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert read("assign", "--out", out).exit_code == 0
    placed = rows_of(out)
    assert list(placed[0]) == ["graduate_id", "post_id", "score"]
    # Twelve places (four posts of three) and eleven who may take one.
    assert len(placed) == N_GRADUATES - 1
    assert read("assign", "--all", "--out", out).exit_code == 0
    everybody = rows_of(out)
    assert len(everybody) == N_GRADUATES
    assert [(row["post_id"], row["reason"]) for row in everybody if not row["post_id"]] == [
        ("", "consent")
    ]


def test_what_is_no_certificate_is_refused(read: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    assert read("check", wrong).exit_code == 2
    wrong.write_text("graduate_id,post_id", encoding="utf-8")
    assert read("check", wrong).exit_code == 2
    wrong.write_text("{}", encoding="utf-8")
    assert read("check", wrong).exit_code == 1
    out = tmp_path / "out.csv"
    assert read("assign", "--certificate", tmp_path / "c.csv", "--out", out).exit_code == 2
    assert not out.exists()


def test_an_assignment_is_certified_and_whoever_changes_it_is_found_out(
    read: Run, tmp_path: Path
) -> None:
    written = tmp_path / "c.json"
    assert read("assign", "--certificate", written, "--out", tmp_path / "o.csv").exit_code == 0
    assert read("check", written).exit_code == 0
    document = json.loads(written.read_text(encoding="utf-8"))
    document["n_placed"] += 1
    written.write_text(json.dumps(document), encoding="utf-8")
    told = read("check", written, "--json")
    assert told.exit_code == 1
    assert [fault["code"] for fault in json.loads(told.stdout)["faults"]] == ["count_wrong"]
    assert "count_wrong" in read("check", written).stdout


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".html", ".json"])
def test_guidance_is_written_in_every_format(read: Run, tmp_path: Path, suffix: str) -> None:
    assert read("guidance", "--out", tmp_path / f"out{suffix}").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"out{suffix}"]


def test_status_and_journal_tell_people_and_machines(read: Run) -> None:
    told = json.loads(read("status", "--json").stdout)
    assert told["imported"]["graduates"] == 36
    assert told["published"]["version"] == 1
    assert told["due"]["retrain"] is False
    assert "v1" in read("status").stdout
    nights = json.loads(read("journal", "--json").stdout)
    assert [(night["day"], night["version"]) for night in nights] == [(DAY, 1)]
    (line,) = read("journal", "--last", "1").stdout.splitlines()
    assert line.startswith(DAY)


def test_models_lists_versions_and_rollback_and_release_need_a_known_one(read: Run) -> None:
    listed = json.loads(read("models", "--json").stdout)
    assert [(each["version"], each["current"]) for each in listed] == [(1, True)]
    assert "* v1" in read("models").stdout
    assert read("rollback").exit_code == 2
    assert read("rollback", "v9").exit_code == 2
    assert read("release", "9").exit_code == 2


def test_a_second_night_can_be_rolled_back(run: Run, sheets: Path) -> None:
    run("import", sheets)
    run("retrain")
    assert run("retrain").exit_code in {0, 5}
    assert run("release", "v2").exit_code == 0
    assert "v1" in run("rollback").stdout
    listed = json.loads(run("models", "--json").stdout)
    assert [each["version"] for each in listed if each["current"]] == [1]


def test_decisions_are_kept_with_author_and_day_and_listed(run: Run, sheets: Path) -> None:
    run("import", sheets)
    assert run("map", "trade", "焊工班", "焊接加工").exit_code == 0
    assert run("map", "pair", "焊接加工", "6-18-02-04", "0.4", "--author", "甲").exit_code == 0
    decided = json.loads(run("status", "--json").stdout)["decisions"]
    assert decided == [
        {
            "kind": "trade",
            "name": "焊工班",
            "target": "焊接加工",
            "weight": None,
            "author": "officer",
            "decided_on": DAY,
        },
        {
            "kind": "pair",
            "name": "焊接加工",
            "target": "6-18-02-04",
            "weight": 0.4,
            "author": "甲",
            "decided_on": DAY,
        },
    ]
    assert "焊工班 → 焊接加工" in run("status").stdout


def test_a_trade_that_the_table_lacks_is_refused_and_the_nearest_is_named(run: Run) -> None:
    answer = run("map", "trade", "焊工班", "焊接加工工")
    assert answer.exit_code == 2
    assert "焊接加工" in answer.stderr


def test_a_token_for_a_name_that_no_sheet_knows_is_refused_and_what_is_near_named(
    run: Run, tmp_path: Path
) -> None:
    engine = access.open_database(sqlite_url(tmp_path / "home"))
    with store.writing(engine) as conn:
        store.save_graduates(conn, [make_graduate(college="示例技师学院")])
    engine.dispose()
    answer = run("token", "create", "--role", "officer", "--college", "示列技师学院")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "示例技师学院" in answer.stderr
    answer = run("token", "create", "--role", "alliance", "--college", "示例技师学院")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert "--alliance" in answer.stderr


def test_a_token_is_printed_once_and_alone_and_opens_the_door(run: Run, tmp_path: Path) -> None:
    engine = access.open_database(sqlite_url(tmp_path / "home"))
    with store.writing(engine) as conn:
        store.save_graduates(conn, [make_graduate(college="示例技师学院")])
    made = run("token", "create", "--role", "officer", "--college", "示例技师学院")
    assert made.stderr == ""
    (secret,) = made.stdout.splitlines()
    grant = access.grant_of(engine, secret)
    assert grant is not None
    assert (grant.role, grant.scope_kind, grant.scope_name) == (
        "officer",
        "college",
        "示例技师学院",
    )
    assert secret not in run("token", "list").stdout
    assert json.loads(run("token", "list", "--json").stdout)[0]["revoked"] is False
    assert run("token", "revoke", "1").exit_code == 0
    assert access.grant_of(engine, secret) is None
    engine.dispose()


# --- how it starts ----------------------------------------------------------------------------


def start(*arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "recommender", *arguments],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | env,
        timeout=120,
    )


def test_output_is_utf8_whatever_the_locale(trained_home: Path) -> None:
    plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    answer = start("status", "--home", str(trained_home), "--as-of", DAY, **plain)
    assert answer.returncode == 0, answer.stderr
    assert "毕业生" in answer.stdout.decode("utf-8")


def loaded_by(program_text: str) -> set[str]:
    ending = "\nimport sys, json; print(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    answer = subprocess.run(
        [sys.executable, "-c", program_text + ending],
        check=True,
        capture_output=True,
        cwd=ROOT,
        timeout=120,
    )
    return set(json.loads(answer.stdout.splitlines()[-1]))


def test_help_loads_nothing_heavy() -> None:
    assert start("--help").returncode == 0
    assert loaded_by("import recommender.__main__").isdisjoint(HEAVY)


def test_rank_loads_neither_pandas_nor_the_training_library(
    trained_home: Path, tmp_path: Path
) -> None:
    arguments = ["rank", "--home", str(trained_home), "--as-of", DAY]
    arguments += ["--out", str(tmp_path / "out.parquet")]
    loaded = loaded_by(
        f"from recommender.__main__ import program\nprogram({arguments!r}, standalone_mode=False)"
    )
    assert (tmp_path / "out.parquet").exists()
    assert loaded.isdisjoint({"pandas", "sklearn", "lightgbm", "lightfm", "flask", "ortools"})


def test_serve_loads_neither_pandas_nor_the_training_library(trained_home: Path) -> None:
    loaded = loaded_by(
        "from pathlib import Path\n"
        "import service.server, wsgi\n"
        "from recommender.settings import Settings\n"
        f"wsgi.build(Settings.from_env({{'PLACEMENT_HOME': {str(trained_home)!r}}}))"
    )
    assert loaded.isdisjoint({"pandas", "sklearn", "lightgbm", "lightfm", "ortools"})


# --- the terminal -----------------------------------------------------------------------------


class Screen(list[str]):
    """Takes what is written to a terminal."""

    def write(self, text: str) -> int:
        self.append(text)
        return len(text)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return True


@contextmanager
def watched_terminal() -> Iterator[Screen]:
    """Look at stderr as if it were a terminal, inside a command."""
    shown = Screen()
    with click.Context(program), redirect_stderr(cast("TextIO", shown)):
        yield shown


def test_no_bar_is_shown_for_what_is_over_in_a_moment() -> None:
    with watched_terminal() as screen, terminal.working("正在计算", "Counting") as step:
        step("第一步")
    assert "".join(screen) == ""


def test_a_bar_with_the_step_is_shown_for_what_takes_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(terminal, "PATIENCE_S", 0.0)
    with watched_terminal() as screen, terminal.working("正在计算", "Counting") as step:
        step("第一步")
        give_up_at = monotonic() + 10
        while not screen and monotonic() < give_up_at:
            sleep(0.01)
    assert "第一步" in "".join(screen)


def test_no_bar_is_shown_where_nobody_looks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "PATIENCE_S", 0.0)
    with terminal.working("正在计算", "Counting") as step:
        step("第一步")
    assert capsys.readouterr().err == ""
