"""Trees added up into tables: exact, and without what was only a nuisance."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.model.pairs import FEATURES, Grid, bin_edges
from recommender.model.trees import AT_REST, N_BINS, Bins, StageSettings, Tables, binned, boost

SEED = 20260515
N_FEATURES = len(FEATURES)


def numbers(n_pairs: int, seed: int = 3) -> NDArray[np.float32]:
    """Give numbers of which one in ten is missing."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_pairs, N_FEATURES)).astype(np.float32)
    values[rng.random(values.shape) < 0.1] = np.nan
    return values


def grid_of_rows(values: NDArray[np.float32]) -> Grid:
    """Give a grid of one post, with a row per pair."""
    return Grid(len(values), 1, tuple(values[:, [i]] for i in range(N_FEATURES)))


def split_features(node: dict[str, Any]) -> set[int]:
    if "split_feature" not in node:
        return set()
    below = split_features(node["left_child"]) | split_features(node["right_child"])
    return {node["split_feature"]} | below


def test_tables_say_what_the_trees_say() -> None:
    values = numbers(1500)
    known = np.nan_to_num(values)
    # The second feature matters on one side of the first, the third on the other, so that
    # there are trees with another pair on each branch.
    odds = 2 * known[:, 0] * known[:, 1] + 2 * np.where(known[:, 0] > 0, known[:, 2], -known[:, 3])
    labels = np.random.default_rng(4).random(len(values)) < 1 / (1 + np.exp(-odds))
    edges = [bin_edges(values[:, i], N_BINS) for i in range(N_FEATURES)]
    bins = binned(values, edges)
    weights = np.linspace(0.5, 2, len(values), dtype=np.float32)
    booster = boost(bins, labels, weights, StageSettings(n_rounds=40), SEED)
    trees = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    assert max(len(split_features(tree)) for tree in trees) > 2

    tables = Tables([len(each) + 2 for each in edges])
    tables.add(1, booster, bins)
    scorer = tables.scorer(edges, None, {})
    fresh = np.concatenate([values, numbers(500, seed=5) * 3])  # outside every bin, too
    found = scorer.log_odds(grid_of_rows(fresh))
    expected = booster.predict(binned(fresh, edges), raw_score=True)
    assert found[:, 0, 1] == pytest.approx(expected, abs=1e-9)
    assert not found[:, 0, [0, 2]].any()
    # What a table says on average is in the base: over the pairs of the fit it says nothing.
    assert found[: len(values), 0, 1].mean() == pytest.approx(scorer.base[1], abs=1e-9)


def test_a_tree_without_a_split_is_a_base() -> None:
    values = np.zeros((50, N_FEATURES), dtype=np.float32)  # nothing to split on
    labels = np.arange(50) < 10
    edges = [bin_edges(values[:, i], N_BINS) for i in range(N_FEATURES)]
    bins = binned(values, edges)
    ones = np.ones(50, dtype=np.float32)
    booster = boost(bins, labels, ones, StageSettings(n_rounds=3), SEED)
    tables = Tables([len(each) + 2 for each in edges])
    tables.add(0, booster, bins)
    scorer = tables.scorer(edges, None, {})
    assert scorer.terms.shape == (0, 2)
    # 10 of 50: log(10 / 40).
    assert scorer.base[0] == pytest.approx(log(0.25), abs=1e-6)
    assert scorer.log_odds(grid_of_rows(values[:2]))[:, 0, 0] == pytest.approx([log(0.25)] * 2)


def test_lists_are_put_in_the_order_that_decides_within_each() -> None:
    # 60 lists of 20 pairs. The best of each list is the one with the largest first feature,
    # however large the others' are: a chance for all pairs alike would not say so.
    random = np.random.default_rng(7)
    levels = random.permuted(np.tile(np.arange(20), (60, 1)), axis=1)
    level_of_list = random.integers(0, 100, 60)
    bins = np.stack(
        [(levels + level_of_list[:, None]).ravel(), random.integers(0, 20, 1200)], axis=1
    ).astype(np.uint8)
    labels = (levels == 19).ravel()
    sizes = np.full(60, 20, dtype=np.int64)
    ones = np.ones(1200, dtype=np.float32)
    settings = StageSettings(n_rounds=60, min_in_leaf=10)
    ordered = boost(bins, labels, ones, settings, SEED, list_sizes=sizes)
    scores = np.asarray(ordered.predict(bins)).reshape(60, 20)
    assert (scores.argmax(axis=1) == levels.argmax(axis=1)).mean() > 0.6
    with pytest.raises(Exception, match=r"[Ss]um of query counts"):
        boost(bins, labels, ones, settings, SEED, list_sizes=sizes[:-1])


# A nuisance ---------------------------------------------------------------------------------


def crowd(n_pairs: int, seed: int = 9) -> tuple[Bins, NDArray[np.bool_], Bins]:
    """Give pairs whose first feature says yes at rest, and no one in a crowd."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n_pairs, N_FEATURES)).astype(np.float32)
    crowded = rng.random(n_pairs) < 0.5
    chance = np.where(crowded, 0.05, np.where(values[:, 0] > 0, 0.9, 0.3))
    edges = [bin_edges(values[:, i], N_BINS) for i in range(N_FEATURES)]
    return binned(values, edges), rng.random(n_pairs) < chance, (AT_REST + crowded).astype(np.uint8)


def test_a_table_says_what_the_trees_say_at_rest() -> None:
    bins, labels, nuisance = crowd(3000)
    ones = np.ones(len(labels), dtype=np.float32)
    booster = boost(bins, labels, ones, StageSettings(n_rounds=60), SEED, nuisance=nuisance)
    edges = [np.arange(1.5, N_BINS, dtype=np.float32)] * N_FEATURES
    tables = Tables([len(each) + 2 for each in edges])
    tables.add(1, booster, bins)
    grid = grid_of_rows(bins.astype(np.float32))
    found = tables.scorer(edges, None, {}).log_odds(grid)[:, 0, 1]
    at_rest = np.column_stack([bins, np.full(len(bins), AT_REST, dtype=np.uint8)])
    assert found == pytest.approx(booster.predict(at_rest, raw_score=True), abs=1e-9)
    # 0.9 and 0.3, where without the nuisance they would be near 0.48 and 0.18.
    upper = bins[:, 0] > np.median(bins[:, 0])
    chance = 1 / (1 + np.exp(-found))
    assert chance[upper].mean() == pytest.approx(0.9, abs=0.08)
    assert chance[~upper].mean() == pytest.approx(0.3, abs=0.08)


def test_without_a_nuisance_there_is_no_column_for_it() -> None:
    bins, labels, _ = crowd(200)
    ones = np.ones(len(labels), dtype=np.float32)
    booster = boost(bins, labels, ones, StageSettings(n_rounds=2), SEED)
    assert booster.num_feature() == N_FEATURES


def test_a_share_of_the_features_is_met_by_each_tree() -> None:
    bins, labels, _ = crowd(1000)
    ones = np.ones(len(labels), dtype=np.float32)
    # One feature for each tree: no tree can split on two.
    settings = StageSettings(n_rounds=10, feature_share=1 / N_FEATURES)
    booster = boost(bins, labels, ones, settings, SEED)
    for tree in booster.dump_model()["tree_info"]:
        assert len(split_features(tree["tree_structure"])) <= 1
