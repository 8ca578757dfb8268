"""Who is due, what is known, and that nothing is made up for who was not reached."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.data import store
from recommender.data.sheets import read_sheet, write_template
from recommender.domain import OutcomeStage
from recommender.errors import ImportRefused
from recommender.intake import import_files
from recommender.year import report_words as words
from recommender.year.follow_up import FollowUpList, follow_up, record_follow_up
from tests.builders import OTHER_CREDIT_CODE, make_graduate, make_outcome, make_post

STARTED = date(2026, 7, 1)
# 30 days after the start are over on 31 July, 90 on 29 September, 180 on 28 December.
DUE = {30: date(2026, 7, 31), 90: date(2026, 9, 29), 180: date(2026, 12, 28)}


@pytest.fixture
def at_work(engine: Engine) -> Engine:
    """G1 and G2 of one college start at P1, G3 of another at P2, on one day; G4 signs only."""
    people = [make_graduate(graduate_id=f"G{n}") for n in (1, 2, 4)]
    people.append(make_graduate(graduate_id="G3", college="另一技师学院"))
    posts = [
        make_post(headcount=5),
        make_post(post_id="P2", credit_code=OTHER_CREDIT_CODE, enterprise="示例装备有限公司"),
    ]
    at = {"G1": "P1", "G2": "P1", "G3": "P2", "G4": "P1"}
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=date(2026, 4, 1))
        store.save_graduates(conn, people)
        for graduate_id, post_id in at.items():
            signed = make_outcome(graduate_id=graduate_id, post_id=post_id)
            store.save_outcome(conn, signed)
            if graduate_id != "G4":
                step(conn, graduate_id, OutcomeStage.STARTED, STARTED, post_id)
    return engine


def step(conn: Any, graduate_id: str, stage: OutcomeStage, day: date, post_id: str = "P1") -> None:
    made = make_outcome(graduate_id=graduate_id, post_id=post_id, stage=stage, date=day)
    store.save_outcome(conn, made)


def answered(engine: Engine, graduate_id: str, days: int, result: str, on: date) -> None:
    body = {"graduate_id": graduate_id, "post_id": "P1", "due_days": days, "result": result}
    record_follow_up(engine, body | {"date": on.isoformat()}, day=on)


def due_of(found: FollowUpList) -> list[tuple[str, int]]:
    return [(each.graduate_id, each.due_days) for each in found.due]


def known_of(found: FollowUpList, kind: str = "all", name: str = "") -> dict[int, tuple[int, int]]:
    return {
        each.due_days: (each.n_known, each.n_due)
        for each in found.responses
        if (each.kind, each.name) == (kind, name)
    }


@pytest.mark.parametrize("days", DUE)
def test_nobody_is_due_the_day_before_the_days_are_over(at_work: Engine, days: int) -> None:
    found = follow_up(at_work, day=DUE[days])
    # By college, then graduate: 另 sorts before 示.
    assert due_of(found) == [("G3", days), ("G1", days), ("G2", days)]
    before = follow_up(at_work, day=DUE[days].replace(day=DUE[days].day - 1))
    assert days not in {due for _, due in due_of(before)}


def test_who_only_signed_or_left_or_is_past_a_year_is_not_due(at_work: Engine) -> None:
    with store.writing(at_work) as conn:
        step(conn, "G1", OutcomeStage.LEFT, date(2026, 7, 20))
    assert due_of(follow_up(at_work, day=DUE[30])) == [("G3", 30), ("G2", 30)]
    assert len(follow_up(at_work, day=date(2027, 7, 1)).due) == 2  # 365 days later
    assert follow_up(at_work, day=date(2027, 7, 2)).due == ()


def test_an_ending_before_the_start_is_of_an_earlier_time(at_work: Engine) -> None:
    with store.writing(at_work) as conn:
        step(conn, "G1", OutcomeStage.LEFT, date(2026, 6, 1))
    assert ("G1", 30) in due_of(follow_up(at_work, day=DUE[30]))


def test_only_the_latest_day_is_asked_about_and_its_answer_covers_the_earlier(
    at_work: Engine,
) -> None:
    on = date(2026, 10, 1)
    answered(at_work, "G1", 90, "在岗", on)
    found = follow_up(at_work, day=on)
    assert due_of(found) == [("G3", 90), ("G2", 90)]
    # One of three is known, after 90 days and so after 30 too; 180 are over for nobody.
    assert known_of(found) == {30: (1, 3), 90: (1, 3)}
    assert known_of(found, "college", "示例技师学院")[90] == (1, 2)
    assert known_of(found, "enterprise", "示例装备有限公司")[90] == (0, 1)


def test_an_answer_after_30_days_says_nothing_of_90(at_work: Engine) -> None:
    answered(at_work, "G1", 30, "在岗", date(2026, 8, 1))
    found = follow_up(at_work, day=DUE[90])
    assert ("G1", 90) in due_of(found)
    assert known_of(found) == {30: (1, 3), 90: (0, 3)}


def test_who_was_not_reached_stays_unknown_and_due(at_work: Engine) -> None:
    answered(at_work, "G1", 180, "未联系上", date(2026, 12, 30))
    found = follow_up(at_work, day=date(2026, 12, 30))
    assert ("G1", 180) in due_of(found)
    assert known_of(found)[180] == (0, 3)
    assert [r.rate for r in found.responses if r.kind == "all"] == [0, 0, 0]


def test_a_scope_a_college_and_an_enterprise_narrow_it(at_work: Engine) -> None:
    day = DUE[30]
    assert due_of(follow_up(at_work, day=day, colleges={"另一技师学院"})) == [("G3", 30)]
    assert due_of(follow_up(at_work, day=day, college="另一技师学院")) == [("G3", 30)]
    for named in (OTHER_CREDIT_CODE, "示例装备有限公司"):
        assert due_of(follow_up(at_work, day=day, enterprise=named)) == [("G3", 30)]
    assert due_of(follow_up(at_work, day=day, colleges=frozenset())) == []


def test_an_answer_without_a_result_is_refused_and_not_lost(at_work: Engine) -> None:
    with pytest.raises(ImportRefused) as refusal:
        record_follow_up(
            at_work, {"graduate_id": "G1", "post_id": "P1", "due_days": 30}, day=DUE[30]
        )
    assert [each.column for each in refusal.value.problems] == ["result"]


def test_the_sheet_comes_back_in_once_it_is_filled(at_work: Engine, tmp_path: Path) -> None:
    import openpyxl

    path = tmp_path / "due.xlsx"
    write_template("follow_ups", path, words.follow_up_rows(follow_up(at_work, day=DUE[30])))
    assert (read_sheet(path).problems, len(read_sheet(path).items)) == ((), 3)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    columns = [str(cell.value).rstrip("*") for cell in sheet[1]]
    sheet.cell(2, columns.index("回访结果") + 1).value = "在岗"
    sheet.cell(2, columns.index("日期") + 1).value = "2026-08-01"
    book.save(path)
    import_files(at_work, [path], day=date(2026, 8, 1))
    # G3 stands first and is answered; the empty rows said nothing.
    found = follow_up(at_work, day=date(2026, 8, 1))
    assert due_of(found) == [("G1", 30), ("G2", 30)]
    said = list(words.follow_up_lines(found))
    assert said[0] == "2026-08-01 应回访 2 人"
    assert said[1] == "  全部 30 天：满期 3 人，已知 1 人，应答率 33.3%"
