"""What comes of it when everybody follows the lists: places run out, luck is shared."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.evaluation.following import Chances, follow

N = 2000


def truth(want: float, offer: float, stay: float, n_posts: int = 1) -> Chances:
    def same(chance: float) -> NDArray[np.float64]:
        return np.full((N, n_posts), chance)

    return Chances(want=same(want), offer=same(offer), stay=same(stay))


def lists(*columns: int) -> NDArray[np.int32]:
    return np.tile(np.array(columns, dtype=np.int32), (N, 1))


def test_an_empty_list_leads_nowhere() -> None:
    found = follow({"a": lists(-1, -1)}, truth(1, 1, 1), np.array([5], dtype=np.int32), n_repeats=2)
    assert found["a"].placed.sum() == found["a"].stayed.sum() == found["a"].fill == 0


def test_a_rule_that_forbids_a_pair_is_kept() -> None:
    found = follow({"a": lists(0)}, truth(1, 0, 1), np.array([N], dtype=np.int32), n_repeats=2)
    assert found["a"].placed.sum() == 0


def test_nobody_is_placed_beyond_the_places() -> None:
    found = follow({"a": lists(0)}, truth(1, 1, 1), np.array([7], dtype=np.int32), n_repeats=3)
    assert found["a"].placed.sum() == pytest.approx(7)
    assert found["a"].fill == pytest.approx(1)


def test_where_places_suffice_the_share_is_the_chance_of_the_whole_road() -> None:
    places = np.array([10 * N], dtype=np.int32)
    found = follow({"a": lists(0)}, truth(0.5, 0.4, 0.3), places, n_repeats=20)["a"]
    # 40,000 draws: two standard errors of 0.2 are 0.004, of 0.06 they are 0.0024.
    assert found.placed.mean() == pytest.approx(0.5 * 0.4, abs=0.006)
    assert found.stayed.mean() == pytest.approx(0.5 * 0.4 * 0.3, abs=0.004)


def test_only_the_first_three_of_a_list_are_applied_for() -> None:
    places = np.array([0, 0, 0, N], dtype=np.int32)
    known = truth(1, 1, 1, n_posts=4)
    found = follow({"three": lists(0, 1, 3), "four": lists(0, 1, 2, 3)}, known, places, n_repeats=2)
    assert found["three"].placed.mean() == pytest.approx(1, abs=0.001)
    assert found["four"].placed.sum() == 0


def test_a_post_takes_the_better_of_its_applicants() -> None:
    known = truth(1, 1, 1)
    offer = np.where(np.arange(N) < 10, 0.99, 0.05)[:, None]
    one = Chances(want=known.want, offer=offer, stay=known.stay)
    found = follow({"a": lists(0)}, one, np.array([10], dtype=np.int32), n_repeats=20)["a"]
    # Ten of 2,000 are far above the bar: they take more than a hundred times their share.
    assert found.placed[:10].mean() > 100 * found.placed[10:].mean()


def test_the_same_lists_have_the_same_luck() -> None:
    places = np.array([50], dtype=np.int32)
    found = follow({"a": lists(0), "b": lists(0)}, truth(0.5, 0.5, 0.5), places, n_repeats=3)
    np.testing.assert_array_equal(found["a"].stayed, found["b"].stayed)
