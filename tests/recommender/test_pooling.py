"""Several fits of one contender are one figure, the mean, with their spread beside it."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.compare import compare
from recommender.evaluation.pooling import Pooled
from tests.held_out import make_held_out, scores

HELD_OUT = make_held_out([[1.0, 0.0], [1.0, 0.0]])
# In second place a gain is worth 1 / log2(3) of what it is in first.
SECOND = 1 / np.log2(3)


@pytest.fixture(scope="module")
def pooled() -> Pooled:
    right, wrong = scores([2, 1], [2, 1]), scores([1, 2], [1, 2])
    comparison = compare(
        HELD_OUT, {"a#1": right, "a#2": wrong, "b": wrong}, k=2, n_resamples=20, seed=1
    )
    return Pooled(comparison=comparison, fits={"a": ("a#1", "a#2"), "b": ("b",)})


def test_a_figure_of_the_market_has_no_paired_lead(pooled: Pooled) -> None:
    with pytest.raises(ValueError, match="coverage"):
        pooled.lead("a", "b", "coverage")


def test_a_figure_is_the_mean_over_the_fits(pooled: Pooled) -> None:
    assert pooled.figure("a", "ndcg@2").value == pytest.approx((1 + SECOND) / 2)
    assert pooled.by_seed("a", "ndcg@2") == pytest.approx([1, SECOND])


def test_the_lead_is_that_of_the_means(pooled: Pooled) -> None:
    lead = pooled.lead("a", "b")
    # Both graduates gain the same, so every draw gives the same difference.
    assert (lead.value, lead.low, lead.high) == pytest.approx([(1 - SECOND) / 2] * 3)


def test_each_graduate_has_the_mean_of_their_lists(pooled: Pooled) -> None:
    np.testing.assert_allclose(pooled.ndcg("a"), [(1 + SECOND) / 2] * 2)


def test_market_figures_stay_shares(pooled: Pooled) -> None:
    found = pooled.figure("a", "coverage")
    assert found.value == 1  # both posts stand in somebody's list of two
    assert 0 <= found.low <= found.high <= 1
