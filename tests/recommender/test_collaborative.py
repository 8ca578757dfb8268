"""Contenders that know pairs alone, on matrices small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from recommender.evaluation.collaborative import (
    EaseSettings,
    IalsSettings,
    ItemKnnSettings,
    ease,
    ials,
    item_knn,
)

Method = Callable[[sparse.csr_array, sparse.csr_array], NDArray[np.float32]]
METHODS: dict[str, Method] = {
    "item_knn": lambda known, queries: item_knn(known, ItemKnnSettings(), queries),
    "ease": lambda known, queries: ease(known, EaseSettings(), queries),
    "ials": lambda known, queries: ials(known, IalsSettings(n_components=4), queries),
}


def pairs(rows: list[list[float]]) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=np.float32))


@pytest.mark.parametrize("name", METHODS)
def test_who_has_no_history_scores_nothing(name: str) -> None:
    scores = METHODS[name](pairs([[1, 1, 0], [0, 1, 1]]), pairs([[0, 0, 0]]))
    assert scores.tolist() == [[0.0, 0.0, 0.0]]


@pytest.mark.parametrize("name", METHODS)
def test_equal_input_gives_equal_bytes(name: str) -> None:
    known = pairs([[1, 1, 0, 0], [0, 1, 1, 0], [1, 0, 0, 1]])
    first, second = (METHODS[name](known, known) for _ in range(2))
    assert first.dtype == np.float32
    assert first.tobytes() == second.tobytes()


def test_an_item_that_nobody_took_scores_nothing() -> None:
    known = pairs([[1, 1, 0], [1, 0, 0]])
    for method in (METHODS["item_knn"], METHODS["ease"]):
        assert method(known, pairs([[1, 0, 0]]))[0, 2] == 0.0


def test_a_neighbour_counts_by_its_cosine_less_what_is_rare() -> None:
    # Item 0 was taken by both people, items 1 and 2 by one each, together with item 0:
    # cosine 1 / (√2 · 1); items 1 and 2 never met. Shrunk by 1: 1 / (√2 + 1).
    known, query = pairs([[1, 1, 0], [1, 0, 1]]), pairs([[0, 1, 0]])
    plain = item_knn(known, ItemKnnSettings(shrink=0.0), query)
    assert plain == pytest.approx(np.array([[1 / sqrt(2), 0, 0]]))
    shrunk = item_knn(known, ItemKnnSettings(shrink=1.0), query)
    assert shrunk == pytest.approx(np.array([[1 / (sqrt(2) + 1), 0, 0]]))


def test_only_the_nearest_neighbours_of_an_item_speak_for_it() -> None:
    # Cosines with item 0 (three people): item 1 (two of them) 2 / √6, item 2 (one) 1 / √3.
    known = pairs([[1, 1, 0], [1, 1, 0], [1, 0, 1]])
    query = pairs([[0, 1, 1]])
    both = item_knn(known, ItemKnnSettings(n_neighbours=2, shrink=0.0), query)
    assert both[0, 0] == pytest.approx(2 / sqrt(6) + 1 / sqrt(3))
    nearest = item_knn(known, ItemKnnSettings(n_neighbours=1, shrink=0.0), query)
    assert nearest[0, 0] == pytest.approx(2 / sqrt(6))


def test_ease_solves_the_ridge_regression_between_two_items() -> None:
    # XᵀX + 1 = [[3, 1], [1, 2]], inverse [[2, -1], [-1, 3]] / 5; weight from i to j is
    # -P_ij / P_jj: 1/3 from 0 to 1, 1/2 from 1 to 0, none from an item to itself.
    known = pairs([[1, 1], [1, 0]])
    scores = ease(known, EaseSettings(ridge=1.0), pairs([[1, 0], [0, 1]]))
    assert scores == pytest.approx(np.array([[0, 1 / 3], [1 / 2, 0]]))


def test_ials_reaches_the_least_loss_of_a_single_pair() -> None:
    # One person, one item, one factor: alpha (1 - xy)² + ridge (x² + y²) is least where x = y
    # and alpha (1 - xy) = ridge, so that the score xy is 1 - 1/4.
    settings = IalsSettings(n_components=1, ridge=1.0, alpha=4.0, n_rounds=200)
    assert ials(pairs([[1]]), settings, pairs([[1]])) == pytest.approx(np.array([[0.75]]), abs=1e-4)


def test_ials_tells_two_groups_apart() -> None:
    known = pairs([[1, 1, 1, 0, 0, 0]] * 5 + [[0, 0, 0, 1, 1, 1]] * 5)
    settings = IalsSettings(n_components=2, ridge=0.1)
    scores = ials(known, settings, pairs([[1, 1, 0, 0, 0, 0]]))[0]
    assert scores[2] > scores[3:].max() + 0.5
