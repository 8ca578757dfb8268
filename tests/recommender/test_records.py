"""What enterprises are known for, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.model.records import enterprise_records


def records(
    *answers: tuple[str, int, bool, float],
) -> list[dict[str, float]]:
    """Give enterprise, class year, answer and chance of each pair."""
    names, years, labels, chances = zip(*answers, strict=True) if answers else ((), (), (), ())
    return [
        dict(known)
        for known in enterprise_records(
            np.array(names, dtype=np.str_),
            np.array(years, dtype=np.int32),
            np.array(labels, dtype=np.bool_),
            np.array(chances, dtype=np.float64),
        )
    ]


def test_before_any_answer_nothing_is_known() -> None:
    assert records() == [{}]
    assert records(("E1", 0, True, 0.5))[0] == {}


def test_an_enterprise_that_never_answered_is_not_known() -> None:
    known = records(("E1", 0, True, 0.5), ("E2", 1, True, 0.5))
    assert set(known[1]) == {"E1"}
    assert set(known[2]) == {"E1", "E2"}


def test_one_step_by_hand() -> None:
    # Two yes where one was expected: surplus 2 - 1, weight 2 × 0.5 × 0.5, prior 1 ÷ 0.5.
    known = records(("E1", 0, True, 0.5), ("E1", 0, True, 0.5))
    assert known[1] == {"E1": pytest.approx(1 / (0.5 + 2))}
    # A class year without an answer later, both weigh 0.8.
    faded = records(("E1", 0, True, 0.5), ("E1", 0, True, 0.5), ("E2", 1, False, 0.2))
    assert faded[2] == {
        "E1": pytest.approx(0.8 / (0.4 + 2)),
        "E2": pytest.approx(-0.2 / (0.16 + 2)),
    }


def test_as_expected_is_nothing_of_its_own() -> None:
    known = records(("E1", 0, True, 0.5), ("E1", 0, False, 0.5))
    assert known[1] == {"E1": pytest.approx(0.0)}


def test_a_class_year_does_not_know_its_own_answers() -> None:
    base = [("E1", 0, True, 0.5), ("E1", 1, True, 0.5)]
    changed = [("E1", 0, True, 0.5), ("E1", 1, False, 0.5)]
    assert records(*base)[:2] == records(*changed)[:2]
    assert records(*base)[2] != records(*changed)[2]
