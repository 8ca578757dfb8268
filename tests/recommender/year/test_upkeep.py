"""Posts untouched for long: asked about, answered, retired with a reason and a history."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from recommender.data import post_answers, store
from recommender.errors import ImportRefused, NotFound, Unreadable
from recommender.year import upkeep
from tests.builders import DAY, make_post

OLD = date(2026, 1, 10)  # 125 days before DAY
NEW = date(2026, 5, 1)


@pytest.fixture
def world(sqlite_engine: Engine) -> Engine:
    """Give two posts untouched for 125 days, one of 14 days ago, and an old one that is closed."""
    with store.writing(sqlite_engine) as conn:
        old = [make_post(post_id=name) for name in ("A", "B")]
        closed = make_post(post_id="C", closes_on=date(2026, 4, 30))
        store.save_posts(conn, [*old, closed], day=OLD)
        store.save_posts(conn, [make_post(post_id="D")], day=NEW)
    return sqlite_engine


def ids(engine: Engine, day: date, days: int) -> list[str]:
    return [each.post.post_id for each in upkeep.untouched(engine, day=day, days=days)]


def withdrawn(engine: Engine, post_id: str) -> date | None:
    with store.reading(engine) as conn:
        (post,) = store.load_posts(conn, day=date(2026, 12, 31), post_ids=[post_id])
    return post.withdrawn_on


# --- refusals -----------------------------------------------------------------------------------


def test_a_post_is_not_retired_without_a_reason_nor_one_that_nobody_knows(world: Engine) -> None:
    with pytest.raises(Unreadable):
        upkeep.retire(world, ["A"], reason=" ", author="甲", day=DAY)
    with pytest.raises(NotFound):
        upkeep.retire(world, ["A", "Z"], reason="停产", author="甲", day=DAY)
    assert withdrawn(world, "A") is None


def test_an_answer_to_retire_needs_a_reason_and_nothing_is_taken_then(
    world: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "确认.csv"
    path.write_text("岗位编号,是否保留,原因\nA,撤回,已招满\nB,撤回,\n", encoding="utf-8")
    with pytest.raises(ImportRefused) as refused:
        upkeep.take_answers(world, path, author="甲", day=DAY)
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.code) == (3, "reason", "retired_without_reason")
    assert withdrawn(world, "A") is None
    unknown = tmp_path / "未知.csv"
    unknown.write_text("岗位编号,是否保留,原因\nZ,保留,\n", encoding="utf-8")
    with pytest.raises(NotFound):
        upkeep.take_answers(world, unknown, author="甲", day=DAY)


# --- asking, answering, retiring ----------------------------------------------------------------


def test_open_posts_that_nobody_changed_for_so_many_days_are_listed(world: Engine) -> None:
    assert ids(world, DAY, 125) == ["A", "B"]
    assert ids(world, DAY, 126) == []
    assert ids(world, DAY, 14) == ["A", "B", "D"]


def test_who_was_asked_once_is_not_noted_twice(world: Engine) -> None:
    upkeep.ask(world, day=DAY, days=100, author="甲")
    again = upkeep.ask(world, day=DAY + timedelta(days=3), days=100, author="甲")
    assert [each.asked_on for each in again] == [DAY, DAY]
    assert [line["action"] for line in upkeep.history(world, "A")] == ["version", "asked"]


def test_the_sheet_goes_out_and_comes_back(world: Engine, tmp_path: Path) -> None:
    path = tmp_path / "确认.xlsx"
    found = upkeep.ask(world, day=DAY, days=100, author="甲")
    post_answers.write(
        [{"post_id": each.post.post_id, "touched_on": each.touched_on} for each in found], path
    )
    assert post_answers.read(path) == []  # nobody has answered yet
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    verdict, reason = header.index("是否保留") + 1, header.index("原因") + 1
    sheet.cell(2, verdict).value = "保留"
    sheet.cell(3, verdict).value = "撤回"
    sheet.cell(3, reason).value = "生产线停产"
    book.save(path)
    answered = DAY + timedelta(days=5)
    assert upkeep.take_answers(world, path, author="乙", day=answered) == (1, 1)
    assert (withdrawn(world, "A"), withdrawn(world, "B")) == (None, answered)
    assert ids(world, answered, 100) == []  # A is touched, B is gone
    assert upkeep.history(world, "B")[-1] == {
        "day": answered,
        "action": "retired",
        "author": "乙",
        "reason": "生产线停产",
    }


def test_who_does_not_answer_in_time_is_retired_and_nobody_else(world: Engine) -> None:
    upkeep.ask(world, day=DAY, days=100, author="甲")
    upkeep.keep(world, ["A"], author="乙", day=DAY + timedelta(days=1))

    def retired(after: int) -> list[str]:
        gone = upkeep.retire_unanswered(
            world,
            day=DAY + timedelta(days=after),
            days=100,
            grace=30,
            reason="no_answer",
            author="夜间",
        )
        return [post.post_id for post in gone]

    assert retired(29) == []
    assert retired(30) == ["B"]
    assert retired(31) == []


def test_a_question_before_a_confirmation_is_answered(world: Engine) -> None:
    upkeep.ask(world, day=DAY, days=100, author="甲")
    kept = DAY + timedelta(days=1)
    upkeep.keep(world, ["A", "B"], author="乙", day=kept)
    with store.writing(world) as conn:  # so that the two are open long enough
        store.save_posts(conn, [make_post(post_id="D")], day=kept)
    later = upkeep.untouched(world, day=kept + timedelta(days=40), days=40)
    assert {each.post.post_id: each.asked_on for each in later} == {"A": None, "B": None, "D": None}


def test_the_history_of_a_post_names_what_each_version_changed(world: Engine) -> None:
    with store.writing(world) as conn:
        store.save_posts(conn, [make_post(post_id="A", headcount=9)], day=DAY)
    assert [line["changed"] for line in upkeep.history(world, "A")] == [[], ["headcount"]]
    with pytest.raises(NotFound):
        upkeep.history(world, "Z")
