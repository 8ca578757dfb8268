"""Scores by hand, in blocks, and taken apart into pairs of features."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from recommender.model import scoring
from recommender.model.features import feature_matrix
from recommender.model.scoring import HybridScorer, Scorer, TableScorer, contributions

GRADUATE_NAMES = ("any", "trade:焊接加工")
POST_NAMES = ("any", "occupation:6-18-02-04")


def matrix(rows: object) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=np.float32))


def hybrid() -> HybridScorer:
    return HybridScorer(
        graduate_names=GRADUATE_NAMES,
        post_names=POST_NAMES,
        graduate_embeddings=np.array([[1, 0], [2, -1]], dtype=np.float32),
        post_embeddings=np.array([[0, 3], [4, 1]], dtype=np.float32),
        post_biases=np.array([0.5, -1], dtype=np.float32),
    )


def table() -> TableScorer:
    return TableScorer(
        graduate_names=GRADUATE_NAMES,
        post_names=POST_NAMES,
        rows=np.array([0, 1], dtype=np.int32),
        columns=np.array([0, 1], dtype=np.int32),
        weights=np.array([0.25, 3], dtype=np.float32),
    )


def large_hybrid(n_posts: int = 37) -> tuple[HybridScorer, sparse.csr_array, sparse.csr_array]:
    """Give a scorer of 12 by 9 features, 300 graduates and posts, the first ones repeated."""
    chance = np.random.default_rng(5)

    def normal(*shape: int) -> NDArray[np.float32]:
        return chance.normal(size=shape).astype(np.float32)

    scorer = HybridScorer(
        graduate_names=("any", *(f"grade:{i}" for i in range(11))),
        post_names=("any", *(f"pay:{i}" for i in range(8))),
        graduate_embeddings=normal(12, 16),
        post_embeddings=normal(9, 16),
        post_biases=normal(9),
    )
    graduates = sparse.csr_array(normal(300, 12) * (chance.random((300, 12)) < 0.4))
    posts = normal(n_posts, 9) * (chance.random((n_posts, 9)) < 0.5)
    posts[-5:] = posts[:5]
    return scorer, graduates, sparse.csr_array(posts.astype(np.float32))


# What contributes nothing -------------------------------------------------------------------


@pytest.mark.parametrize("scorer", [hybrid(), table()], ids=["hybrid", "table"])
def test_what_the_vocabulary_does_not_hold_contributes_nothing(scorer: Scorer) -> None:
    known = [{"any": 1.0, "trade:焊接加工": 1.0}]
    more = [known[0] | {"trade:新专业": 1.0, "home:370811": 1.0}]
    posts = feature_matrix([{"any": 1.0, "occupation:6-18-02-04": 1.0}], scorer.post_names)
    plain = scorer.scores(feature_matrix(known, scorer.graduate_names), posts)
    assert scorer.scores(feature_matrix(more, scorer.graduate_names), posts) == plain


@pytest.mark.parametrize("scorer", [hybrid(), table()], ids=["hybrid", "table"])
@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_nothing_has_an_empty_score(
    scorer: Scorer, n_graduates: int, n_posts: int
) -> None:
    scores = scorer.scores(matrix(np.zeros((n_graduates, 2))), matrix(np.zeros((n_posts, 2))))
    assert (scores.shape, scores.dtype) == ((n_graduates, n_posts), np.float32)


def test_a_rule_without_pairs_scores_everything_nothing() -> None:
    nothing = np.array([], dtype=np.int32)
    empty = TableScorer(
        graduate_names=("any",),
        post_names=("any",),
        rows=nothing,
        columns=nothing,
        weights=nothing.astype(np.float32),
    )
    assert empty.scores(matrix([[1]]), matrix([[1], [1]])).tolist() == [[0, 0]]
    assert contributions(empty, matrix([[1]]), matrix([[1]]))[2].tolist() == [[0]]


# By hand ------------------------------------------------------------------------------------


def test_the_factorization_by_hand() -> None:
    # Graduates: any alone is (1, 0); any and half the trade (1, 0) + .5 (2, -1) = (2, -.5).
    # Posts: any alone (0, 3) with bias .5; any and occupation (4, 4) with bias .5 - 1 = -.5.
    # (1, 0)·(0, 3) + .5 = .5; (1, 0)·(4, 4) - .5 = 3.5;
    # (2, -.5)·(0, 3) + .5 = -1; (2, -.5)·(4, 4) - .5 = 5.5.
    scores = hybrid().scores(matrix([[1, 0], [1, 0.5]]), matrix([[1, 0], [1, 1]]))
    assert scores.dtype == np.float32
    assert scores.tolist() == [[0.5, 3.5], [-1, 5.5]]


def test_a_rule_by_hand() -> None:
    # any × any .25; half the trade × the whole occupation .5 · 3 = 1.5.
    scores = table().scores(matrix([[1, 0], [1, 0.5]]), matrix([[1, 0], [1, 1]]))
    assert scores.dtype == np.float32
    assert scores.tolist() == [[0.25, 0.25], [0.25, 1.75]]


def test_the_weights_of_pairs_by_hand() -> None:
    both = np.array([0, 1], dtype=np.int32)
    # (1, 0)·(0, 3) + .5 = .5, (1, 0)·(4, 1) - 1 = 3: the biases stand with any of the graduate;
    # (2, -1)·(0, 3) = -3, (2, -1)·(4, 1) = 7.
    assert hybrid().pair_weights(both, both).tolist() == [[0.5, 3], [-3, 7]]
    assert hybrid().pair_weights(both[1:], both[::-1]).tolist() == [[7, -3]]
    assert table().pair_weights(both, both).tolist() == [[0.25, 0], [0, 3]]
    assert table().pair_weights(both[1:], both[::-1]).tolist() == [[3, 0]]
    assert hybrid().pair_weights(both, both).dtype == table().pair_weights(both, both).dtype
    assert hybrid().pair_weights(both, both).dtype == np.float64


def test_a_pair_said_twice_counts_twice() -> None:
    twice = TableScorer(
        graduate_names=("any",),
        post_names=("any",),
        rows=np.zeros(2, dtype=np.int32),
        columns=np.zeros(2, dtype=np.int32),
        weights=np.array([1, 2], dtype=np.float32),
    )
    assert twice.scores(matrix([[1]]), matrix([[1]])).tolist() == [[3]]


@pytest.mark.parametrize("scorer", [hybrid(), table()], ids=["hybrid", "table"])
@given(
    st.lists(st.sampled_from([0, 0.25, 0.5, 1]), min_size=1, max_size=1),
    st.lists(st.sampled_from([0, 0.25, 0.5, 1]), min_size=2, max_size=2),
)
def test_a_score_is_the_sum_of_its_pairs(
    scorer: Scorer, trade: list[float], post: list[float]
) -> None:
    graduates, posts = matrix([[1, *trade]]), matrix([post])
    rows, columns, parts = contributions(scorer, graduates, posts)
    assert parts.shape == (len(rows), len(columns))
    assert parts.sum() == pytest.approx(scorer.scores(graduates, posts)[0, 0], abs=1e-6)


# Place and block ----------------------------------------------------------------------------


def test_blocks_do_not_change_a_score(monkeypatch: pytest.MonkeyPatch) -> None:
    scorer, graduates, posts = large_hybrid()
    whole = scorer.scores(graduates, posts)
    for size in (1, 7, 299, 300):
        monkeypatch.setattr(scoring, "BLOCK", size)
        assert scorer.scores(graduates, posts).tobytes() == whole.tobytes()


def test_a_score_does_not_depend_on_who_else_is_scored() -> None:
    scorer, graduates, posts = large_hybrid()
    whole = scorer.scores(graduates, posts)
    for row in range(0, 300, 29):
        assert scorer.scores(graduates[[row]], posts).tobytes() == whole[row].tobytes()
    few = scorer.scores(graduates, posts[[3, 30, 11]])
    assert few.tobytes() == np.ascontiguousarray(whole[:, [3, 30, 11]]).tobytes()


def test_posts_that_are_alike_score_alike_wherever_they_stand() -> None:
    # A product in float32 sets about a third of them apart by their last digit.
    scorer, graduates, posts = large_hybrid(n_posts=353)
    scores = scorer.scores(graduates, posts)
    assert (scores[:, -5:] == scores[:, :5]).all()


@pytest.mark.parametrize("scorer", [hybrid(), table()], ids=["hybrid", "table"])
def test_the_arrays_make_the_scorer_again(scorer: HybridScorer | TableScorer) -> None:
    again = type(scorer)(
        graduate_names=scorer.graduate_names, post_names=scorer.post_names, **scorer.arrays()
    )
    graduates, posts = matrix([[1, 0.5]]), matrix([[1, 1]])
    assert again.scores(graduates, posts) == scorer.scores(graduates, posts)
