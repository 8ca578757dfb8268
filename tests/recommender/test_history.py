"""What is odd about steps that are history, and how much of it is told at once."""

from __future__ import annotations

from datetime import date

import pytest

from recommender.data.history import is_outside_days, odd_steps, row_ranges, told_together
from recommender.domain import Outcome, OutcomeStage
from recommender.errors import RowProblem
from tests.builders import make_outcome, make_post

S = OutcomeStage


def steps(*stages_and_days: tuple[OutcomeStage, int]) -> list[Outcome]:
    """Give steps of one pair in May 2026."""
    return [make_outcome(stage=stage, date=date(2026, 5, day)) for stage, day in stages_and_days]


def odd(*stages_and_days: tuple[OutcomeStage, int]) -> list[tuple[OutcomeStage, OutcomeStage]]:
    return [(first, then) for _, first, then in odd_steps(steps(*stages_and_days))]


def test_an_interview_after_the_signing_is_odd() -> None:
    assert odd((S.INTERVIEWED, 12), (S.SIGNED, 10)) == [(S.SIGNED, S.INTERVIEWED)]


def test_work_before_the_signing_is_odd() -> None:
    # The later date is the one that comes out of order: starting lies further on the way.
    assert odd((S.STARTED, 3), (S.SIGNED, 9)) == [(S.STARTED, S.SIGNED)]


@pytest.mark.parametrize("ending", [S.CANCELLED, S.LEFT])
def test_an_ending_without_anything_to_end_is_odd(ending: OutcomeStage) -> None:
    assert odd((S.OFFERED, 1), (ending, 9)) == [(ending, S.SIGNED)]


def test_a_second_ending_is_odd() -> None:
    assert odd((S.SIGNED, 1), (S.CANCELLED, 2), (S.LEFT, 3)) == [(S.LEFT, S.SIGNED)]


def test_a_whole_way_in_order_is_not_odd() -> None:
    way = (S.RECOMMENDED, S.INTERESTED, S.INTERVIEWED, S.OFFERED, S.SIGNED, S.STARTED, S.RETAINED)
    assert odd(*[(stage, day) for day, stage in enumerate(way, start=1)]) == []


def test_missing_steps_are_not_odd() -> None:
    assert odd((S.RECOMMENDED, 1), (S.STARTED, 9)) == []


def test_steps_of_one_date_have_no_order() -> None:
    assert odd((S.SIGNED, 5), (S.INTERVIEWED, 5), (S.CANCELLED, 5)) == []


def test_an_internship_may_come_anywhere() -> None:
    assert odd((S.SIGNED, 1), (S.INTERNED, 2), (S.STARTED, 3), (S.INTERNED, 4)) == []


@pytest.mark.parametrize("again", [S.CANCELLED, S.DECLINED, S.REJECTED])
def test_a_pair_may_begin_anew(again: OutcomeStage) -> None:
    assert odd((S.SIGNED, 1), (again, 2), (S.INTERVIEWED, 3), (S.SIGNED, 4)) == []


@pytest.mark.parametrize(
    ("stage", "day", "is_outside"),
    [
        (S.RECOMMENDED, date(2026, 3, 31), True),
        (S.STARTED, date(2026, 3, 31), True),
        (S.RECOMMENDED, date(2026, 4, 1), False),
        (S.SIGNED, date(2026, 6, 30), False),
        (S.SIGNED, date(2026, 7, 1), True),
        # People start work, stay and leave long after a post has closed.
        (S.STARTED, date(2026, 7, 1), False),
        (S.RETAINED, date(2027, 1, 1), False),
        (S.LEFT, date(2026, 9, 1), False),
    ],
)
def test_days_outside_the_posts_are_told(stage: OutcomeStage, day: date, is_outside: bool) -> None:
    # The default post is open from 1 April to 30 June 2026.
    assert is_outside_days(make_outcome(stage=stage, date=day), make_post()) is is_outside


def problem(row: int, code: str = "outside_post_dates") -> RowProblem:
    return RowProblem(
        filename="outcomes.csv",
        row=row,
        column="date",
        value="2026-07-01",
        code=code,
        facts=("2026-04-01", "2026-06-30"),
    )


def test_twenty_rows_are_told_one_by_one() -> None:
    told = told_together((0, problem(row)) for row in range(21, 1, -1))
    assert [each.row for each in told[0]] == list(range(2, 22))


def test_more_rows_are_told_together_and_each_can_be_found() -> None:
    rows = [*range(2, 22), 30]
    told = told_together((3, problem(row)) for row in rows)
    [one] = told[3]
    assert (one.code, one.row, one.facts) == ("outside_post_dates_rows", 2, ("21", "2-21, 30"))


def test_kinds_and_sheets_are_told_apart() -> None:
    told = told_together([(0, problem(2)), (0, problem(3, "odd_stage_order")), (1, problem(2))])
    assert {sheet: len(each) for sheet, each in told.items()} == {0: 2, 1: 1}


def test_row_numbers_are_written_shortly() -> None:
    assert row_ranges([9, 2, 3, 4, 4, 11]) == "2-4, 9, 11"
