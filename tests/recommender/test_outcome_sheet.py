"""A row of an outcome sheet, and which of two rows of one step counts."""

from __future__ import annotations

from datetime import date

import pytest

from recommender.data import outcomes
from recommender.data.sheets import parse_row
from recommender.domain import Channel, Outcome, OutcomeStage, StepReason
from recommender.errors import RowProblem
from tests.builders import make_outcome
from tests.sheets.make_sheets import outcome


def problems(**changes: object) -> list[RowProblem]:
    return parse_row("outcomes", {**outcome(), **changes})[1]


@pytest.mark.parametrize("column", ["graduate_id", "post_id", "stage", "date"])
def test_a_required_column_is_filled_in(column: str) -> None:
    (found,) = problems(**{column: ""})
    assert (found.column, found.code) == (column, "missing")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("stage", "入职", "unknown_word"),
        ("channel", "微信", "unknown_word"),
        ("reason", "不知道", "unknown_word"),
        ("shown_rank", "0", "not_a_rank"),
        ("date", "2026-02-30", "no_such_day"),
        ("recorded_on", "昨天", "not_a_date"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_at_its_column(
    column: str, value: str, code: str
) -> None:
    (found,) = problems(**{column: value})
    assert (found.column, found.value, found.code) == (column, value, code)


def test_a_step_recorded_before_it_happened_is_told() -> None:
    parsed, refused, told = parse_row("outcomes", outcome(recorded_on="2026-05-14"))
    assert parsed is not None
    assert refused == []
    assert [(each.column, each.code) for each in told] == [("recorded_on", "recorded_before_date")]


def test_a_step_is_recorded_on_its_day_unless_stated() -> None:
    parsed, _, _ = parse_row("outcomes", outcome())
    assert parsed is not None
    assert parsed.item == Outcome(
        graduate_id="G1",
        post_id="P1",
        stage=OutcomeStage.SIGNED,
        date=date(2026, 5, 15),
        recorded_on=date(2026, 5, 15),
    )


def test_a_row_that_states_everything() -> None:
    parsed, _, _ = parse_row(
        "outcomes",
        outcome(
            stage="rejected",
            channel="双选会",
            shown_rank=3,
            reason="名额已满",
            recorded_on="2026/5/20",
        ),
    )
    assert parsed is not None
    assert parsed.item == Outcome(
        graduate_id="G1",
        post_id="P1",
        stage=OutcomeStage.REJECTED,
        date=date(2026, 5, 15),
        recorded_on=date(2026, 5, 20),
        channel=Channel.FAIR,
        shown_rank=3,
        reason=StepReason.FULL,
    )


def test_of_two_rows_of_one_step_the_earlier_record_counts_in_either_order() -> None:
    late = make_outcome(recorded_on=date(2026, 5, 20), reason=StepReason.PAY)
    early = make_outcome(recorded_on=date(2026, 5, 16))
    assert outcomes.earlier_record(late, early) is early
    assert outcomes.earlier_record(early, late) is early


def test_of_two_records_of_one_day_the_one_with_a_reason_counts() -> None:
    bare = make_outcome(recorded_on=date(2026, 5, 16), reason=None)
    told = make_outcome(recorded_on=date(2026, 5, 16), reason=StepReason.PAY)
    assert outcomes.earlier_record(bare, told) is told
    assert outcomes.earlier_record(told, bare) is told
