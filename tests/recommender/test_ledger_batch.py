"""Several places in one request: all of them, or none."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import Engine

from recommender import access, ledger
from recommender.__main__ import program
from recommender.claims import SHANDONG, LedgerAction
from recommender.data import store
from recommender.domain import Channel
from recommender.errors import BatchRefused
from recommender.ledger_answers import Request
from recommender.ledger_requests import request
from recommender.places import Clerk
from recommender.settings import sqlite_url
from tests.builders import DAY, make_graduate, make_post
from tests.sheets.make_sheets import csv_of

CLERK = Clerk(who="officer", now=datetime(2026, 5, 15, 12, tzinfo=SHANDONG), hold_hours=2)


@pytest.fixture
def office(engine: Engine) -> Engine:
    with store.writing(engine) as conn:
        posts = [make_post(post_id="ONE", headcount=1), make_post(post_id="TWO", headcount=2)]
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}") for n in range(1, 5)])
    return engine


def asked(*pairs: tuple[str, str], action: str = "confirm") -> list[tuple[int, Request]]:
    made = [request(LedgerAction(action), who, at, reason=None) for who, at in pairs]
    return list(enumerate(made, start=1))


def stored(engine: Engine) -> tuple[list[str], int]:
    """Give who is confirmed at TWO, and how many lines the ledger has."""
    shown = [ledger.show(engine, CLERK, post_id) for post_id in ("ONE", "TWO")]
    return [*shown[1].confirmed], sum(len(each.history) for each in shown)


# --- refusals ---------------------------------------------------------------------------------


def test_one_that_cannot_be_kept_keeps_all_others_out(office: Engine) -> None:
    wrong = asked(("G1", "TWO"), ("G1", "ONE"), ("G9", "TWO"), ("G2", "TWO"), ("G3", "TWO"))
    with pytest.raises(BatchRefused) as refusal:
        ledger.together(office, CLERK, wrong, key="list")
    # G1 has a place by the first row, nobody is called G9, and G3 finds TWO full.
    assert [(n, who, type(why).__name__) for n, who, _, why in refusal.value.rows] == [
        (2, "G1", "AlreadyPlaced"),
        (3, "G9", "NotFound"),
        (5, "G3", "NoOpenPlace"),
    ]
    assert stored(office) == ([], 0)
    with store.reading(office) as conn:
        assert store.load_outcomes(conn, day=date.max) == []
    # Nothing was remembered either: the mended list goes in under the same key.
    assert len(ledger.together(office, CLERK, asked(("G1", "TWO"), ("G2", "TWO")), key="list")) == 2


def test_a_key_used_for_another_list_is_refused(office: Engine) -> None:
    ledger.together(office, CLERK, asked(("G1", "TWO")), key="list")
    with pytest.raises(BatchRefused) as refusal:
        ledger.together(office, CLERK, asked(("G2", "TWO")), key="list")
    assert [type(why).__name__ for *_, why in refusal.value.rows] == ["ReplayMismatch"]
    assert stored(office) == (["G1"], 1)


# --- kept -------------------------------------------------------------------------------------


def test_all_are_kept_and_the_same_list_again_changes_nothing(office: Engine) -> None:
    pairs = asked(("G1", "TWO"), ("G2", "TWO"), ("G3", "ONE"))
    first = ledger.together(office, CLERK, pairs, key="list")
    again = ledger.together(office, CLERK, pairs, key="list")
    assert [each.event for each in again] == [each.event for each in first]
    assert [each.replayed for each in (*first, *again)] == [False] * 3 + [True] * 3
    assert stored(office) == (["G1", "G2"], 3)


def test_a_later_row_finds_what_an_earlier_one_left(office: Engine) -> None:
    ledger.confirm(office, CLERK, "G4", "ONE")
    ledger.hold(office, CLERK, "G3", "ONE", wait=True)
    given = [(1, request(LedgerAction.RELEASE, "G4", "ONE", reason="薪资"))]
    ledger.together(office, CLERK, [*given, (2, request(LedgerAction.CONFIRM, "G3", "ONE"))])
    assert ledger.show(office, CLERK, "ONE").confirmed == ("G3",)


# --- sheets -----------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    engine = access.open_database(sqlite_url(tmp_path))
    with store.writing(engine) as conn:
        posts = [make_post(post_id="ONE", headcount=1), make_post(post_id="TWO", headcount=2)]
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{n}") for n in range(1, 5)])
    engine.dispose()
    return tmp_path


def run(
    home: Path, action: str, *arguments: str, sheet: list[list[object]] | None = None
) -> Result:
    more: list[str] = []
    if sheet is not None:
        (home / "list.csv").write_bytes(csv_of(sheet))
        more = ["--from", str(home / "list.csv")]
    options = ["--home", str(home), "--as-of", DAY.isoformat()]
    return CliRunner().invoke(program, [*options, "places", action, *arguments, *more])


HEAD: list[object] = ["毕业生编号", "岗位编号", "渠道"]


@pytest.mark.parametrize(
    ("action", "sheet", "code", "said"),
    [
        (
            "confirm",
            [["毕业生编号", "渠道"], ["G1", "双选会"]],
            1,
            "表头至少应有：毕业生编号、岗位编号",
        ),
        ("confirm", [HEAD], 1, "表头之下没有数据"),
        ("confirm", [HEAD, ["G1", "", ""]], 1, "第 2 行 岗位编号（post_id）：未填写"),
        ("confirm", [HEAD, ["G1", "ONE", "电话"]], 1, "第 2 行 渠道（channel）「电话」"),
        ("hold", [HEAD, ["G1", "ONE", ""], ["G1", "ONE", ""]], 1, "第 3 行 毕业生编号"),
        ("release", [HEAD, ["G1", "ONE", ""]], 1, "第 2 行 原因（reason）：未填写"),
        ("confirm", [HEAD, ["G1", "ONE", ""], ["G2", "ONE", ""]], 1, "第 3 行 G2 → ONE：岗位 ONE"),
        ("confirm", None, 2, "--from"),
    ],
)
def test_a_sheet_that_cannot_be_kept_says_which_row(
    home: Path, action: str, sheet: list[list[object]] | None, code: int, said: str
) -> None:
    answer = run(home, action, sheet=sheet)
    assert answer.exit_code == code, answer.output
    assert said in answer.stderr
    assert run(home, "show", "ONE").stdout.count("\n") == 1  # nothing was written


def test_both_a_pair_and_a_sheet_is_a_question_too_much(home: Path) -> None:
    assert run(home, "hold", "G1", "ONE", sheet=[HEAD, ["G2", "ONE", ""]]).exit_code == 2


def test_what_an_assignment_wrote_is_confirmed_whole(home: Path) -> None:
    # As `assign --all` writes it: a score, and a reason of its own for who has no post.
    sheet: list[list[object]] = [
        ["graduate_id", "post_id", "score", "reason"],
        ["G1", "TWO", "0.61", ""],
        ["G2", "ONE", "0.55", ""],
        ["G3", "", "", "no_place_left"],
    ]
    answer = run(home, "confirm", "--channel", "双选会", "--key", "k", sheet=sheet)
    assert answer.stdout.splitlines() == [
        "签约 G1 → TWO (#1)",
        "签约 G2 → ONE (#2)",
        "共 2 项，一并办理",
    ]
    assert run(home, "confirm", "--channel", "双选会", "--key", "k", sheet=sheet).exit_code == 0
    engine = access.open_database(sqlite_url(home))
    with store.reading(engine) as conn:
        steps = store.load_outcomes(conn, day=date.max)
    engine.dispose()
    assert [(step.graduate_id, step.channel) for step in steps] == [
        ("G1", Channel.FAIR),
        ("G2", Channel.FAIR),
    ]
    given: list[list[object]] = [
        ["毕业生编号", "岗位编号", "原因"],
        ["G1", "TWO", "薪资"],
        ["G2", "ONE", ""],
    ]
    answer = run(home, "release", "--reason", "其他", "--language", "en", sheet=given)
    assert answer.stdout.splitlines()[-1] == "2 kept together"
    assert "释放 G1" in run(home, "show", "TWO").stdout
    assert "薪资" in run(home, "show", "TWO").stdout
