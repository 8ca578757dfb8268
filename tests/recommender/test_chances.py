"""Chances from tables: by hand, part by part, and whole again after a visit to the disk."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from math import exp, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recommender.errors import CorruptArtefact
from recommender.model import chances
from recommender.model.artefact import MANIFEST, SEAL, Artefact, read_version, write_version
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.pairs import FEATURES, Grid
from recommender.model.scoring import HybridScorer

# Two features. `reach` has one edge at 10, so bins 0 (missing), 1 (up to 10), 2 (above);
# `pull` has none, so bins 0 and 1. One table of `reach` alone, one of both:
#
#   reach   wants  hired  stays        reach x pull      wants of bin 0, 1
#   missing  0      0      0           missing            0     0.5
#   near     1      0.25   0           near               0     2
#   far     -1      0      0.5         far               -0.5  -2
BY_HAND = ChanceScorer(
    names=("reach", "pull"),
    edges=np.array([10], dtype=np.float32),
    edge_starts=np.array([0, 1, 1], dtype=np.int32),
    terms=np.array([[0, -1], [0, 1]], dtype=np.int32),
    term_starts=np.array([0, 3, 9], dtype=np.int32),
    cells=np.array(
        [
            *([0, 0, 0], [1, 0.25, 0], [-1, 0, 0.5]),
            *([0, 0, 0], [0.5, 0, 0], [0, 0, 0], [2, 0, 0], [-0.5, 0, 0], [-2, 0, 0]),
        ],
        dtype=np.float64,
    ),
    base=np.array([0.125, -1.0, 2.0]),
    calibration=np.array([[1.0, 0.0], [2.0, 0.5], [0.5, -1.0]]),
)


def grid(reach: list[list[float]], pull: list[list[float]], shape: tuple[int, int]) -> Grid:
    return Grid(*shape, tuple(np.array(each, dtype=np.float32) for each in (reach, pull)))


# Three people, two posts: `reach` is of the pair, `pull` of the post alone.
PAIRS = grid([[3, 30], [10, nan], [nan, 11]], [[7, nan]], (3, 2))


def logistic(odds: float) -> float:
    return 1 / (1 + exp(-odds))


# What is refused ----------------------------------------------------------------------------


def draft(scorer: ChanceScorer) -> Artefact:
    return Artefact(version=0, published="model", scorer=scorer, facts={}, prices={})


@pytest.mark.parametrize(
    "names",
    [
        ("reach", "pull"),
        tuple(FEATURES)[:-1],
        (*FEATURES, "shown_rank"),
        tuple(reversed(FEATURES)),  # the same ones in another order are others
    ],
)
def test_features_of_another_program_are_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    version = write_version(tmp_path, draft(replace(BY_HAND, names=names)), "card")
    with pytest.raises(CorruptArtefact) as refusal:
        read_version(tmp_path, version)
    assert refusal.value.path == "features.json"
    assert "features" in refusal.value.why


def test_a_table_changed_on_disk_is_refused(tmp_path: Path) -> None:
    version = write_version(tmp_path, draft(wide(1)), "card")
    np.save(tmp_path / f"v{version}" / "cells.npy", wide(1).cells + 1)
    with pytest.raises(CorruptArtefact):
        read_version(tmp_path, version)


# By hand ------------------------------------------------------------------------------------


def test_bins_keep_the_shape_of_their_feature() -> None:
    reach, pull = BY_HAND.bins(PAIRS)
    assert reach.tolist() == [[1, 2], [1, 0], [0, 2]]
    assert pull.tolist() == [[1, 0]]


def test_log_odds_are_the_base_and_a_cell_of_each_table() -> None:
    # wants: 1/8 + reach + reach x pull; the first post pulls (bin 1), the second not (bin 0).
    wants = [
        [0.125 + 1 + 2, 0.125 - 1 - 0.5],
        [0.125 + 1 + 2, 0.125],
        [0.125 + 0.5, 0.125 - 1 - 0.5],
    ]
    hired = [[-0.75, -1], [-0.75, -1], [-1, -1]]
    stays = [[2, 2.5], [2, 2], [2, 2.5]]
    found = BY_HAND.log_odds(PAIRS)
    assert found.shape == (3, 2, 3)
    assert found.dtype == np.float64
    assert found[..., 0].tolist() == wants
    assert found[..., 1].tolist() == hired
    assert found[..., 2].tolist() == stays


def test_chances_are_calibrated_and_their_product_is_the_score() -> None:
    # The first pair: 3.125 as it is; -0.75 twice and 0.5 more; 2 by half and 1 less.
    by_hand = [logistic(3.125), logistic(2 * -0.75 + 0.5), logistic(0.5 * 2 - 1)]
    assert by_hand == pytest.approx([0.957912, 0.268941, 0.5], abs=1e-6)
    assert BY_HAND.chances(PAIRS)[0, 0] == pytest.approx(by_hand, abs=1e-12)
    scores = BY_HAND.scores(PAIRS)
    assert scores.dtype == np.float32
    assert scores[0, 0] == pytest.approx(0.957912 * 0.268941 * 0.5, abs=1e-6)
    np.testing.assert_allclose(scores, BY_HAND.chances(PAIRS).prod(axis=-1), rtol=1e-6)


def test_a_table_of_two_is_shared_evenly() -> None:
    # Near and pulling: 1 + 2 / 2 for `reach`, 2 / 2 for `pull`.
    assert BY_HAND.parts(PAIRS.pair(0, 0)).tolist() == [[2, 0.25, 0], [1, 0, 0]]
    # Far and not pulling: -1 - 0.5 / 2 and -0.5 / 2.
    assert BY_HAND.parts(PAIRS.pair(0, 1)).tolist() == [[-1.25, 0, 0.5], [-0.25, 0, 0]]
    # Nothing stated, where every cell of these is 0.
    nothing = grid([[nan]], [[nan]], (1, 1))
    assert BY_HAND.parts(nothing).tolist() == [[0, 0, 0], [0, 0, 0]]


def test_without_tables_everybody_has_the_base() -> None:
    bare = replace(
        BY_HAND,
        terms=np.zeros((0, 2), dtype=np.int32),
        term_starts=np.zeros(1, dtype=np.int32),
        cells=np.zeros((0, 3)),
    )
    assert (bare.log_odds(PAIRS) == BY_HAND.base).all()
    assert not bare.parts(PAIRS.pair(0, 0)).any()


@pytest.mark.parametrize("shape", [(0, 2), (2, 0), (0, 0)])
def test_nobody_and_nothing_have_no_chances(shape: tuple[int, int]) -> None:
    empty = Grid(*shape, tuple(np.zeros(shape, dtype=np.float32) for _ in range(2)))
    assert BY_HAND.chances(empty).shape == (*shape, 3)
    assert BY_HAND.scores(empty).shape == shape


# Any tables ---------------------------------------------------------------------------------


def wide(seed: int, n_terms: int = 40) -> ChanceScorer:
    """Give a scorer over all features with tables drawn at random."""
    rng = np.random.default_rng(seed)
    n_features = len(FEATURES)
    n_edges = rng.integers(0, 6, n_features)
    edges = [np.sort(rng.normal(size=n)).astype(np.float32) for n in n_edges]
    pairs = [(int(i), int(j)) for i, j in rng.integers(0, n_features, (n_terms, 2)) if i < j]
    terms = sorted({*pairs, *((int(i), -1) for i in rng.integers(0, n_features, 5))})
    n_bins = n_edges + 2
    n_cells = [int(n_bins[i] * (n_bins[j] if j >= 0 else 1)) for i, j in terms]
    return ChanceScorer(
        names=tuple(FEATURES),
        edges=np.concatenate(edges),
        edge_starts=np.concatenate([[0], np.cumsum(n_edges)]).astype(np.int32),
        terms=np.array(terms, dtype=np.int32),
        term_starts=np.concatenate([[0], np.cumsum(n_cells)]).astype(np.int32),
        cells=rng.normal(size=(sum(n_cells), 3)) * (rng.random((sum(n_cells), 1)) < 0.8),
        base=rng.normal(size=3),
        calibration=np.stack([rng.uniform(0.2, 2, 3), rng.normal(size=3)], axis=1),
    )


def any_grid(seed: int, n_graduates: int, n_posts: int) -> Grid:
    """Give a grid whose features are of pairs, of graduates or of posts."""
    rng = np.random.default_rng(seed)
    shapes = [(n_graduates, n_posts), (n_graduates, 1), (1, n_posts)]
    values: list[NDArray[np.float32]] = []
    for _ in FEATURES:
        drawn = rng.normal(size=shapes[rng.integers(3)]).astype(np.float32)
        values.append(np.where(rng.random(drawn.shape) < 0.2, np.float32(nan), drawn))
    return Grid(n_graduates, n_posts, tuple(values))


@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 4))
def test_base_and_parts_are_the_log_odds(seed: int, n_graduates: int, n_posts: int) -> None:
    scorer, pairs = wide(seed), any_grid(seed + 1, n_graduates, n_posts)
    odds = scorer.log_odds(pairs)
    found = scorer.chances(pairs)
    assert ((found > 0) & (found < 1)).all()
    for row in range(n_graduates):
        for column in range(n_posts):
            one = pairs.pair(row, column)
            parts = scorer.parts(one)
            assert parts.shape == (len(FEATURES), 3)
            assert scorer.base + parts.sum(axis=0) == pytest.approx(odds[row, column], abs=1e-6)
            # One pair alone is what it is among the others.
            assert scorer.log_odds(one)[0, 0] == pytest.approx(odds[row, column], abs=1e-12)


@pytest.mark.parametrize("block", [1, 7, 20, 33])
def test_the_size_of_a_block_changes_nothing(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    scorer, pairs = wide(5), any_grid(6, 23, 7)
    whole = scorer.log_odds(pairs)
    # 1: a person at a time; 7: one whole row; 20 and 33: the last block is a short one.
    monkeypatch.setattr(chances, "BLOCK_PAIRS", block)
    np.testing.assert_array_equal(scorer.log_odds(pairs), whole)


def test_one_person_in_a_block_keeps_what_is_of_posts_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scorer, pairs = wide(5), any_grid(6, 1, 7)
    whole = scorer.log_odds(pairs)
    monkeypatch.setattr(chances, "BLOCK_PAIRS", 1)
    np.testing.assert_array_equal(scorer.log_odds(pairs), whole)


# There and back again -----------------------------------------------------------------------


def factors() -> HybridScorer:
    return HybridScorer(
        graduate_names=("any", "trade:焊接加工"),
        post_names=("any", "occupation:6-18-02-04"),
        graduate_embeddings=np.array([[1, 2], [4, 5]], dtype=np.float32),
        post_embeddings=np.array([[0.5, 0], [1, 1]], dtype=np.float32),
        post_biases=np.array([0.25, -1], dtype=np.float32),
    )


@pytest.mark.parametrize("factorization", [None, factors()], ids=["without", "with factorization"])
def test_a_published_scorer_is_read_as_it_was(
    tmp_path: Path, factorization: HybridScorer | None
) -> None:
    scorer = replace(
        wide(7),
        factorization=factorization,
        groups=("E1", "焊接加工|E1"),
        records=np.array([0.5, -1.0]),
    )
    version = write_version(tmp_path, draft(scorer), "card")
    read: Any = read_version(tmp_path, version).scorer
    assert isinstance(read, ChanceScorer)
    assert read.vocabulary() == scorer.vocabulary()
    for name, array in scorer.arrays().items():
        again = read.arrays()[name]
        assert (again.dtype, again.shape) == (array.dtype, array.shape)
        assert again.tobytes() == array.tobytes()
    assert (read.factorization is None) == (factorization is None)
    pairs = any_grid(8, 5, 4)
    np.testing.assert_array_equal(read.scores(pairs), scorer.scores(pairs))


def test_what_is_published_has_no_pickle_and_no_trees(tmp_path: Path) -> None:
    scorer = replace(wide(7), factorization=factors())
    version = write_version(tmp_path, draft(scorer), "card")
    folder = tmp_path / f"v{version}"
    assert {path.name for path in folder.glob("*.npy")} == {
        f"{name}.npy" for name in scorer.arrays()
    }
    for path in folder.glob("*.npy"):
        np.load(path, allow_pickle=False)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["kind"] == "chances"
    assert sha256((folder / MANIFEST).read_bytes()).hexdigest() in (folder / SEAL).read_text()


def test_arrays_and_names_make_the_scorer_again() -> None:
    again = ChanceScorer.made_of(BY_HAND.vocabulary(), BY_HAND.arrays())
    assert again.names == ("reach", "pull")
    assert again.factorization is None
    np.testing.assert_array_equal(again.scores(PAIRS), BY_HAND.scores(PAIRS))


def test_the_stages_are_those_of_the_road() -> None:
    assert STAGES == ("wants", "hired", "stays")
