"""Chances beside answers: the error, and the slope that says whether they are too bold."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from recommender.evaluation.reliability import ENOUGH_PAIRS, curve


def test_few_pairs_make_no_curve() -> None:
    few = np.full(ENOUGH_PAIRS - 1, 0.5)
    assert curve(few, few) is None


def test_chances_all_alike_have_an_error_and_no_slope() -> None:
    # 300 answers, one in three is yes, all said to be one half.
    found = curve(np.full(300, 0.5), np.tile([1.0, 0.0, 0.0], 100))
    assert found is not None
    assert np.isnan(found.slope)
    assert found.to_json()["slope"] is None
    assert found.n_pairs == 300


def test_the_error_is_the_distance_by_weight() -> None:
    # Half of the pairs are said to be 0.2 and are 0.3, half said 0.6 and are 0.5: 0.1 all over.
    said = np.repeat([0.2, 0.6], 500)
    came = np.repeat([0.3, 0.5], 500)
    found = curve(said, came)
    assert found is not None
    assert found.error == pytest.approx(0.1)
    assert sum(found.weight) == pytest.approx(1)


def test_weights_count_as_so_many_pairs() -> None:
    # Three quarters of the weight is right, a quarter off by 0.2.
    said, came = np.repeat([0.3, 0.7], 500), np.repeat([0.3, 0.5], 500)
    found = curve(said, came, np.repeat([3.0, 1.0], 500))
    assert found is not None
    assert found.error == pytest.approx(0.25 * 0.2)


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.0])
def test_the_slope_is_that_of_the_answers_log_odds(slope: float) -> None:
    said = np.linspace(0.05, 0.95, 500)
    came = expit(slope * logit(said) - 0.3)
    found = curve(said, came)
    assert found is not None
    assert found.slope == pytest.approx(slope, rel=1e-4)
    assert found.slope_low < slope < found.slope_high


def test_bins_are_of_like_size_and_ascend() -> None:
    rng = np.random.default_rng(1)
    said = rng.random(1000)
    found = curve(said, said)
    assert found is not None
    assert found.weight == pytest.approx([0.1] * 10)
    assert found.said == sorted(found.said)
    assert found.error < 1e-9
