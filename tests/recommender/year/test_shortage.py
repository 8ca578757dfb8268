"""Draws on arrays: what they add up to, and what may not be known of a published count."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommender.year.shortage import (
    N_DRAWS,
    bootstrap,
    from_published,
    published_range,
    short,
)
from recommender.year.suppression import show


def test_nobody_gives_nothing() -> None:
    assert not bootstrap(csr_array((0, 3)), 1).any()


def test_a_draw_has_as_many_givers_as_there_are() -> None:
    # Each gives 1 to one of two cells: whoever is drawn, three are given.
    drawn = bootstrap(csr_array(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])), 1)
    assert drawn.shape == (N_DRAWS, 2)
    assert (drawn.sum(axis=1) == 3).all()
    assert len(np.unique(drawn[:, 0])) > 1
    # Two of three: 2 on average, within four standard errors (variance 3 * 2/3 * 1/3).
    assert drawn[:, 0].mean() == pytest.approx(2, abs=4 * np.sqrt(2 / 3 / N_DRAWS))


def test_the_same_seed_gives_the_same_draws() -> None:
    amounts = csr_array(np.eye(5))
    assert (bootstrap(amounts, 1) == bootstrap(amounts, 1)).all()
    assert (bootstrap(amounts, 1) != bootstrap(amounts, 2)).any()


def test_a_published_count_may_be_any_that_is_published_so() -> None:
    counts = np.arange(200)
    shown = [show(int(count)) for count in counts]
    low, high = published_range(np.array([np.nan if s is None else s for s in shown]))
    for value in set(shown):
        alike = counts[[each == value for each in shown]]
        at = shown.index(value)
        if alike.max() < 195:  # of the last not all are here
            assert (low[at], high[at]) == (alike.min(), alike.max())


def test_draws_of_a_published_count_spread_with_it_and_nobody_stays_nobody() -> None:
    drawn = from_published(np.array([0.0, 10.0, 1000.0, np.nan]), 1)
    assert (drawn >= 0).all()
    assert not drawn[:, 0].any()
    # The square root of 1,000 is 32, and rounding adds at most 5.
    assert 25 < drawn[:, 2].std() < 40
    assert drawn[:, 3].mean() == pytest.approx(5, abs=1)


def test_short_is_places_less_seekers_between_its_quantiles() -> None:
    wanted = np.linspace(0, 199, N_DRAWS)[:, None]
    found = short(np.array([100.0]), wanted, np.array([30.0]), np.full((N_DRAWS, 1), 30.0))
    # 5 % and 95 % of 0 to 199 are 9.95 and 189.05.
    assert (found.value[0], found.low[0], found.high[0]) == pytest.approx((70, -20.05, 159.05))
    assert (found.seek_low[0], found.seek_high[0]) == (30, 30)
