"""What groups are known for, worked out by hand."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from recommender.domain import Reference
from recommender.model.records import Records, group_records
from tests.builders import make_graduate, make_post

EVEN = 0.0
ONE_IN_FIVE = log(0.2 / 0.8)


def records(
    *answers: tuple[str, int, bool, float], weight: float = 1.0
) -> tuple[list[float], dict[str, float]]:
    """Give group, class year, answer and log-odds of each pair."""
    names, years, labels, odds = zip(*answers, strict=True) if answers else ((), (), (), ())
    before, after = group_records(
        np.array(names, dtype=np.object_),
        np.array(years, dtype=np.int32),
        np.array(labels, dtype=np.bool_),
        np.array(odds, dtype=np.float64),
        np.full(len(names), weight, dtype=np.float32),
    )
    return before.tolist(), after


def test_before_any_answer_nothing_is_known() -> None:
    assert records() == ([], {})
    assert records(("E1", 0, True, EVEN))[0] == [0.0]


def test_a_group_that_never_answered_is_not_known() -> None:
    before, after = records(("E1", 0, True, EVEN), ("E2", 1, True, EVEN))
    assert before == [0.0, 0.0]
    assert set(after) == {"E1", "E2"}


def test_one_step_by_hand() -> None:
    # Two yes where one was expected: surplus 2 - 1, weight 2 × 0.5 × 0.5, prior 1 ÷ 0.5.
    twice = (("E1", 0, True, EVEN), ("E1", 0, True, EVEN))
    before, after = records(*twice, ("E1", 1, True, EVEN))
    assert before == [0.0, 0.0, pytest.approx(1 / (0.5 + 2))]
    # A class year later they weigh 0.8, beside the answer of that year.
    assert after == {"E1": pytest.approx((0.8 + 0.5) / (0.8 * 0.5 + 0.25 + 2))}
    # A class year without an answer weighs nothing.
    assert records(*twice, ("E2", 1, False, ONE_IN_FIVE))[1] == {
        "E1": pytest.approx(0.8 / (0.4 + 2)),
        "E2": pytest.approx(-0.2 / (0.16 + 2)),
    }


def test_an_answer_counts_by_its_weight() -> None:
    twice = records(("E1", 0, True, EVEN), ("E1", 0, True, EVEN))
    assert records(("E1", 0, True, EVEN), weight=2.0)[1] == twice[1]


def test_as_expected_is_nothing_of_its_own() -> None:
    _, after = records(("E1", 0, True, EVEN), ("E1", 0, False, EVEN))
    assert after == {"E1": pytest.approx(0.0)}


def test_a_class_year_does_not_know_its_own_answers() -> None:
    first = ("E1", 0, True, EVEN)
    said_yes, said_no = (
        records(first, ("E1", 1, True, EVEN)),
        records(first, ("E1", 1, False, EVEN)),
    )
    assert said_yes[0] == said_no[0]
    assert said_yes[1] != said_no[1]


# Looked up -----------------------------------------------------------------------------------


WELDER = make_graduate(graduate_id="G1", trade="焊接加工")
COOK = make_graduate(graduate_id="G2", trade="烹饪")
AT_E1 = make_post(post_id="P1", credit_code="E1", occupation_code="6-18-02-04")
AT_E2 = make_post(post_id="P2", credit_code="E2", occupation_code="6-18-02-01")
KNOWN = Records({"E1": 0.5, "焊接加工|6-18-02": 0.25, "焊接加工|E2": -1.0})


def test_an_unknown_enterprise_is_like_all_others() -> None:
    found = KNOWN.of_enterprises([AT_E2, AT_E1])
    assert found.tolist() == [0.0, 0.5]
    assert found.dtype == np.float32


def test_a_trade_is_known_in_occupations_and_beyond_that_in_an_enterprise() -> None:
    found = KNOWN.of_trades([COOK, WELDER, WELDER], [AT_E2, AT_E1, AT_E2], Reference())
    assert found.tolist() == [[0.0, 0.0, 0.0], *[[-0.75, 0.25, -0.75]] * 2]
    assert found.dtype == np.float32


def test_nobody_and_nothing_are_looked_up_too() -> None:
    assert KNOWN.of_trades([], [AT_E1], Reference()).shape == (0, 1)
    assert KNOWN.of_trades([WELDER], [], Reference()).shape == (1, 0)


def test_a_trade_that_was_renamed_keeps_what_it_is_known_for() -> None:
    renamed = Reference(trade_heirs={"电焊": (("焊接加工", 1.0),)})
    old = make_graduate(graduate_id="G3", trade="电焊")
    assert KNOWN.of_trades([old], [AT_E1], renamed).tolist() == [[0.25]]
