"""A fair, driven as a person drives it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from recommender import access
from recommender.__main__ import program
from recommender.settings import Settings, sqlite_url
from tests.builders import make_small_world, publish_crosswalk
from tests.recommender.year.fairs import FAIR, hold_fair

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    engine = access.open_database(sqlite_url(tmp_path))
    hold_fair(engine)
    engine.dispose()
    settings = Settings(home=tmp_path, database_url="sqlite://", as_of=FAIR)
    publish_crosswalk(settings.models_dir, make_small_world())
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        options = ["--home", str(home), "--as-of", FAIR.isoformat()]
        return CliRunner().invoke(program, [*options, "fair", *arguments])

    return invoke


def told(run: Run, *arguments: str) -> Any:
    answer = run(*arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("board", "F9"), 2, "没有这个双选会：F9。是否指：F1？"),
        (("visitors", "F1", "A9"), 2, "没有这个展位：A9"),
        (("slip", "F1", "--graduate", "G9"), 2, "没有这个毕业生：G9"),
        (("check-in", "F1", "AAAA2222"), 2, "没有这个签条：AAAA2222"),
        (("mark", "F1", "AAAA2222", "P1", "--rank", "0"), 2, "--rank"),
        (("mark", "F1", "AAAA2222", "P1", "--side", "college"), 2, "--side"),
        (("timetable", "F1", "--booths", "0"), 2, "--booths"),
        (("timetable", "F1", "--least", "2"), 2, "--least"),
        (("timetable", "F1", "--out", "F1.html"), 2, "F1.html"),
        (("result", "F1"), 1, "尚未结束"),
    ],
)
def test_what_is_wrong_is_said_with_its_exit_code(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = run(*arguments)
    assert answer.exit_code == code
    assert said in answer.output


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "还没有双选会。"), ("en", "There is no fair yet.")]
)
def test_where_there_is_no_fair_the_list_says_so(tmp_path: Path, language: str, said: str) -> None:
    answer = CliRunner().invoke(
        program, ["--home", str(tmp_path), "fair", "list", "--language", language]
    )
    assert (answer.exit_code, answer.output) == (0, said + "\n")


def test_a_whole_fair(run: Run, home: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "turns.csv"
    [listed] = told(run, "list")
    assert (listed["fair_id"], listed["booths"], listed["registered"]) == ("F1", 2, 3)
    planned = run("timetable", "F1", "--booths", "2", "--out", str(sheet))
    assert "报名 3 人" in planned.output
    assert "2 人有 2 个展位，0 人不足，1 人没有" in planned.output
    assert "1 人：本人未同意推荐" in planned.output
    assert len(sheet.read_text(encoding="utf-8").splitlines()) == 1 + 4
    own = told(run, "slip", "F1", "--graduate", "G1")["slip"]
    walk_in = told(run, "slip", "F1", "--key", "1")["slip"]
    assert told(run, "slip", "F1", "--key", "1")["slip"] == walk_in
    for slip in (own, walk_in):
        assert told(run, "check-in", "F1", slip)["place"] == "door"
        run("mark", "F1", slip, "P1", "--rank", "1")
    run("check-in", "F1", own, "--booth", "A1")
    run("mark", "F1", walk_in, "P1", "--side", "enterprise", "--rank", "1")
    run("mark", "F1", own, "P1", "--side", "enterprise", "--rank", "2")
    run("timetable", "F1")
    assert run("timetable", "F1").exit_code == 1
    [first, *_] = told(run, "visitors", "F1", "A1")
    assert (first["graduate_id"], first["name"], first["slip"]) == ("G1", "样例甲", own)
    board = told(run, "board", "F1")
    [post] = next(each for each in board["booths"] if each["booth"] == "A1")["posts"]
    assert (post["wanting"], post["wanted"], post["mutual"]) == (2, 2, 2)
    assert run("claim", "F1", walk_in, "G3").exit_code == 0
    assert run("claim", "F1", walk_in, "G4").exit_code == 1
    nameless = told(run, "slip", "F1")["slip"]
    marked = told(run, "mark", "F1", nameless, "P2")
    assert (marked["side"], marked["at"][-6:]) == ("graduate", "+08:00")
    assert run("close", "F1").exit_code == 0
    assert run("check-in", "F1", own).exit_code == 1
    folder = tmp_path / "result"
    # P1 has one place, and its booth would rather have G3.
    ended = run("result", "F1", "--out", str(folder))
    assert "有意向者 2 人，互选成功 1 人" in ended.output
    assert "1 人：名额已满" in ended.output
    assert "有意向而未认领的签条 1 张" in ended.output
    assert "未到场 2 人，错过会面 1 次" in ended.output
    assert (folder / "result.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "G1,,no_place_left",
        "G3,P1,",
    ]
    options = ["--home", str(home), "check", str(folder / "certificate.json")]
    assert CliRunner().invoke(program, options).exit_code == 0


def test_both_languages_say_the_same(run: Run) -> None:
    slip = told(run, "slip", "F1")["slip"]
    for language, said in (("zh", f"意向：{slip} → P1"), ("en", f"{slip} wants P1")):
        assert said in run("mark", "F1", slip, "P1", "--language", language).output
    assert "F1 2026-05-20：2 个展位，2 轮，报名 3 人" in run("list").output
    for command in (
        ("list",),
        ("board", "F1"),
        ("visitors", "F1", "A1"),
        ("close", "F1"),
        ("result", "F1"),
    ):
        answer = run(*command, "--language", "en")
        assert answer.exit_code == 0
        # Only names are Chinese: of enterprises, occupations and trades.
        assert "展位" not in answer.output
        assert "人" not in answer.output
