"""Groups are told with their n, small ones without a figure; gaps between the large ones."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.groups import gap, grouped, room, variety
from recommender.evaluation.metrics import resample

N = 450
LABELS = np.array(["a"] * 200 + ["b"] * 200 + ["c"] * 49 + [""])
VALUES = np.where(LABELS == "a", 0.5, np.where(LABELS == "b", 0.2, 0.9))
DRAWS = resample(np.array(["one college"] * N), n_resamples=50, seed=1)


def test_a_group_of_fewer_than_200_has_no_figure() -> None:
    of_c = grouped("trade", LABELS, {"m": VALUES}, DRAWS)[2]
    assert (of_c.label, of_c.n_graduates, of_c.figures) == ("c", 49, {})


def test_who_is_not_counted_does_not_make_a_group_large() -> None:
    values = VALUES.copy()
    values[0] = np.nan
    of_a = grouped("trade", LABELS, {"m": values}, DRAWS)[0]
    assert (of_a.n_graduates, of_a.figures) == (199, {})


def test_who_states_nothing_is_in_no_group() -> None:
    assert [each.label for each in grouped("trade", LABELS, {"m": VALUES}, DRAWS)] == [*"abc"]


def test_a_large_group_has_its_mean() -> None:
    of_a = grouped("trade", LABELS, {"m": VALUES}, DRAWS)[0]
    assert of_a.n_graduates == 200
    assert of_a.figures["m"].value == pytest.approx(0.5)


def test_one_large_group_makes_no_gap() -> None:
    groups = grouped("trade", np.where(LABELS == "b", "", LABELS), {"m": VALUES}, DRAWS)
    assert gap(groups, "m", LABELS, VALUES, DRAWS) is None


def test_the_gap_is_that_of_the_best_and_the_worst_large_group() -> None:
    groups = grouped("trade", LABELS, {"m": VALUES}, DRAWS)
    found = gap(groups, "m", LABELS, VALUES, DRAWS)
    assert found is not None
    # The small group reaches more than both, and is not looked at.
    assert (found.best, found.worst) == ("a", "b")
    assert found.figure.value == pytest.approx(0.3)


def test_who_has_no_list_finds_no_room_and_is_not_counted() -> None:
    lists = np.full((1, 3), -1, dtype=np.int32)
    assert np.isnan(room(lists, np.array([5], dtype=np.int32))).all()


def test_room_is_what_an_applicant_meets() -> None:
    lists = np.array([[0, 1, -1], [0, 1, -1], [0, -1, -1]], dtype=np.int32)
    # Three apply for one place, two for four: one third, and 1 at most.
    found = room(lists, np.array([1, 4], dtype=np.int32))
    assert found == pytest.approx([(1 / 3 + 1) / 2, (1 / 3 + 1) / 2, 1 / 3])


def test_what_stands_below_the_third_place_takes_no_room() -> None:
    lists = np.array([[0, 1, 2, 3], [3, -1, -1, -1]], dtype=np.int32)
    found = room(lists, np.ones(4, dtype=np.int32))
    assert found.tolist() == [1, 1]


def test_nobody_with_a_list_has_no_variety() -> None:
    assert np.isnan(variety(np.full((3, 2), -1, dtype=np.int32))).all()


def test_variety_counts_whole_lists() -> None:
    lists = np.array([[1, 2], [1, 2], [2, 1], [-1, -1]], dtype=np.int32)
    # Two different lists among three people; two of three have the commonest.
    assert variety(lists) == pytest.approx((2 / 3, 2 / 3))
