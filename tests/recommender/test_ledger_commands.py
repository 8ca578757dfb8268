from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from recommender import access
from recommender.__main__ import program
from recommender.data import store
from recommender.domain import SkillLevel
from recommender.settings import sqlite_url
from tests.builders import DAY, make_graduate, make_post

Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with a post of one place, one for senior workers, and three graduates."""
    engine = access.open_database(sqlite_url(tmp_path))
    posts = [
        make_post(post_id="ONE", headcount=1),
        make_post(post_id="SENIOR", min_level=SkillLevel.SENIOR_WORKER),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}") for n in (1, 2, 3)])
    engine.dispose()
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def invoke(*arguments: str) -> Result:
        options = ["--home", str(home), "--as-of", DAY.isoformat()]
        return CliRunner().invoke(
            program, [*options, "places", *arguments], env={"LOGNAME": "王老师"}
        )

    return invoke


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("hold", "G9", "ONE"), 2, "没有这个毕业生：G9"),
        (("confirm", "G1", "P9"), 2, "没有这个岗位：P9"),
        (("show", "P9"), 2, "没有这个岗位：P9"),
        (("hold", "G1"), 2, "POST"),
        (("hold", "G1", "ONE", "--hours", "0"), 2, "--hours"),
        (("hold", "G1", "ONE", "--hours", "721"), 2, "--hours"),
        (("confirm", "G1", "ONE", "--channel", "电话"), 2, "channel = 电话：没有这个词"),
        (("release", "G1", "ONE"), 2, "--reason"),
        (("release", "G1", "ONE", "--reason", "天气"), 2, "名额已满、技能不符"),
        (("release", "G1", "ONE", "--reason", "其他"), 1, "没有可释放的名额"),
        (("confirm", "G1", "SENIOR"), 1, "- level: 技能等级未达到要求；须达到高级工"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_refusal_has_its_exit_code_and_says_why(
    run: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = run(*arguments)
    assert answer.exit_code == code
    assert said in answer.stderr
    assert "Traceback" not in answer.output


def test_conflicts_exit_1(run: Run) -> None:
    assert run("hold", "G1", "ONE").exit_code == 0
    for arguments, said in (
        (("hold", "G1", "ONE"), "已有预留名额或已在排队"),
        (("confirm", "G2", "ONE"), "已无剩余名额"),
    ):
        answer = run(*arguments)
        assert (answer.exit_code, said in answer.stderr) == (1, True)
    assert run("confirm", "G1", "ONE").exit_code == 0
    answer = run("confirm", "G1", "SENIOR", "--language", "en")
    assert (answer.exit_code, answer.stderr) == (1, "Graduate G1 already holds a place.\n")


def test_a_key_used_for_something_else_exits_1(run: Run) -> None:
    assert run("hold", "G1", "ONE", "--key", "k").exit_code == 0
    assert run("confirm", "G1", "ONE", "--key", "k").exit_code == 1


# --- answers ----------------------------------------------------------------------------------


def test_a_place_goes_its_way_and_the_officer_sees_the_line(run: Run) -> None:
    held = run("hold", "G1", "ONE", "--hours", "5", "--note", "家长答复")
    assert held.stdout.startswith("预留 G1 → ONE (#1)\n保留至 2026-05-1")
    assert run("hold", "G2", "ONE", "--wait").stdout == "排队 G2 → ONE (#2)\n排在第 1 位\n"
    assert run("hold", "G3", "ONE", "--wait").stdout == "排队 G3 → ONE (#3)\n排在第 2 位\n"
    shown = run("show", "ONE").stdout
    assert "ONE 示例机械有限公司：1 个名额，剩余 0" in shown
    assert "  预留  G1  至 2026-05-1" in shown
    assert "  排队 1  G2  2026-05-15" in shown
    assert "  排队 2  G3  2026-05-15" in shown
    assert "预留 G1 王老师 家长答复" in shown
    assert run("confirm", "G1", "ONE", "--author", "李老师").stdout == "签约 G1 → ONE (#4)\n"
    assert run("release", "G1", "ONE", "--reason", "薪资").stdout == "释放 G1 → ONE (#5)\n"
    shown = run("show", "ONE").stdout
    assert "  递补  G2  至 2026-05-1" in shown
    assert "签约 G1 李老师" in shown
    assert "释放 G1 王老师 薪资" in shown
    assert "递补 G2 台账" in shown


def test_the_same_key_again_says_so_and_changes_nothing(run: Run) -> None:
    first = run("hold", "G1", "ONE", "--key", "k")
    again = run("hold", "G1", "ONE", "--key", "k")
    assert again.stdout == first.stdout + "此前已答复，没有变化\n"
    told = run("show", "ONE", "--json", "-").stdout
    assert len(json.loads(told)["history"]) == 1


def test_machines_are_told_the_same(run: Run) -> None:
    entry = json.loads(run("confirm", "G1", "ONE", "--json", "-").stdout)
    assert (entry["action"], entry["event_id"], entry["who"]) == ("confirm", 1, "王老师")
    assert (entry["position"], entry["replayed"]) == (None, False)
    shown = json.loads(run("show", "ONE", "--json", "-").stdout)
    assert (shown["headcount"], shown["open_places"], shown["confirmed"]) == (1, 0, ["G1"])
    assert [event["event_id"] for event in shown["history"]] == [1]


def test_everything_is_said_in_english_too(run: Run) -> None:
    english = ("--language", "en")
    assert "held G1 → ONE (#1)\nuntil 2026-05-1" in run("hold", "G1", "ONE", *english).stdout
    waits = run("hold", "G2", "ONE", "--wait", *english).stdout
    assert waits == "waits G2 → ONE (#2)\nnumber 1 in the line\n"
    shown = run("show", "ONE", *english).stdout
    assert "ONE 示例机械有限公司: 0 of 1 places open" in shown
    assert "  held  G1  until 2026-05-1" in shown
    assert "  line 1  G2  2026-05-15" in shown


def test_the_queue_shows_every_hold_by_its_deadline_and_every_line(run: Run) -> None:
    assert run("queue").stdout == "预留 0，0 个岗位排队 0 人\n"
    run("hold", "G1", "ONE", "--hours", "5")
    run("hold", "G2", "ONE", "--wait")
    run("hold", "G3", "ONE", "--wait")
    lines = run("queue").stdout.splitlines()
    assert [line.partition(" 2026")[0] for line in lines[:-1]] == [
        "预留 G1 → ONE 至",
        "排队 1 G2 → ONE",
        "排队 2 G3 → ONE",
    ]
    assert lines[-1] == "预留 1，1 个岗位排队 2 人"
    told = json.loads(run("queue", "--json", "-").stdout)
    assert [each["graduate_id"] for each in told["held"]] == ["G1"]
    assert [(each["post_id"], each["position"], each["graduate_id"]) for each in told["line"]] == [
        ("ONE", 1, "G2"),
        ("ONE", 2, "G3"),
    ]
    assert "1 held, 2 wait at 1 posts" in run("queue", "--language", "en").stdout
