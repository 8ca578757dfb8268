"""Lists of best posts: the same as sorting by score and then by the hash of the two ids."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recommender.model import topk
from recommender.model.topk import NO_POST, id_keys, pair_hash, top_k


def keys(n_graduates: int, n_posts: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    return id_keys(f"G{i}" for i in range(n_graduates)), id_keys(f"P{j}" for j in range(n_posts))


def slow_top_k(
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    k: int,
    graduate_keys: NDArray[np.uint64],
    post_keys: NDArray[np.uint64],
) -> NDArray[np.int32]:
    """Sort each graduate's eligible posts in plain Python."""
    lists = np.full((len(scores), k), NO_POST, dtype=np.int32)
    for i, row in enumerate(scores):
        posts = [j for j in range(len(row)) if eligible[i, j]]
        posts.sort(
            key=lambda j: (
                -float(row[j]),
                int(pair_hash(graduate_keys[i : i + 1], post_keys[j : j + 1])[0]),
            )
        )
        lists[i, : len(posts[:k])] = posts[:k]
    return lists


def lists_of(scores: object, eligible: object, k: int) -> list[list[int]]:
    score_array = np.array(scores, dtype=np.float32)
    mask = np.array(eligible, dtype=bool)
    return top_k(score_array, mask, k, *keys(*score_array.shape)).tolist()


@pytest.mark.parametrize("k", [0, -1])
def test_a_list_has_at_least_one_place(k: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        lists_of([[1.0]], [[True]], k)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("k", [1, topk._MOST_PASSES + 1])
def test_an_eligible_score_has_to_be_finite(bad: float, k: int) -> None:
    scores = [[0.0] * 20 + [bad]]
    with pytest.raises(ValueError, match="not finite"):
        lists_of(scores, [[True] * 21], k)


def test_a_mask_of_another_shape_is_refused() -> None:
    scores = np.zeros((2, 3), dtype=np.float32)
    with pytest.raises(ValueError, match=r"eligible has shape \(2, 2\)"):
        top_k(scores, np.ones((2, 2), dtype=bool), 1, *keys(2, 3))


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(1, 3), (2, 2)])
def test_every_graduate_and_post_needs_a_key(n_graduates: int, n_posts: int) -> None:
    scores = np.zeros((2, 3), dtype=np.float32)
    with pytest.raises(ValueError, match="one key"):
        top_k(scores, np.ones((2, 3), dtype=bool), 1, *keys(n_graduates, n_posts))


def test_the_best_stand_first_and_the_ineligible_nowhere() -> None:
    # Without the post at 9, which is forbidden, 5 > 4 > 1.
    assert lists_of([[1, 9, 5, 4]], [[True, False, True, True]], 3) == [[2, 3, 0]]


def test_what_an_ineligible_score_is_does_not_matter() -> None:
    for other in (np.nan, np.inf, -np.inf, 1e30):
        assert lists_of([[1, other, 5]], [[True, False, True]], 2) == [[2, 0]]


def test_a_short_list_is_filled_with_no_post() -> None:
    assert lists_of([[3, 2, 1]], [[True, False, True]], 5) == [[0, 2, -1, -1, -1]]


def test_a_graduate_without_an_eligible_post_gets_an_empty_list() -> None:
    assert lists_of([[1, 2], [1, 2]], [[False, False], [True, True]], 2) == [[-1, -1], [1, 0]]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nobody_and_nothing_give_empty_lists(shape: tuple[int, int]) -> None:
    lists = top_k(np.zeros(shape, np.float32), np.ones(shape, bool), 2, *keys(*shape))
    assert lists.shape == (shape[0], 2)
    assert lists.dtype == np.int32
    assert (lists == NO_POST).all()


def test_a_long_row_that_runs_out_names_no_post_twice() -> None:
    # The first column is chosen at once; a search for more must not come back to it.
    assert lists_of([[5, 0, 0, 0]], [[True, False, False, False]], 3) == [[0, -1, -1]]


def test_negative_zero_ties_with_zero() -> None:
    scores = np.array([[0.0, -0.0] * 20], dtype=np.float32)
    eligible = np.ones((1, 40), dtype=bool)
    graduate_keys, post_keys = keys(1, 40)
    by_hash = np.argsort(pair_hash(graduate_keys, post_keys))
    for k in (3, 30):
        assert top_k(scores, eligible, k, graduate_keys, post_keys)[0].tolist() == list(by_hash[:k])


scores_and_masks = st.tuples(st.integers(1, 6), st.integers(1, 40)).flatmap(
    lambda shape: st.tuples(
        st.one_of(
            # Few values make ties, at the end of the list too; many make none.
            arrays.arrays(np.float32, shape, elements=st.sampled_from([-1.5, 0.0, 0.25, 2.0])),
            arrays.arrays(
                np.float32,
                shape,
                elements=st.floats(allow_nan=False, allow_infinity=False, width=32),
            ),
        ),
        arrays.arrays(np.bool_, shape),
        st.integers(1, 45),
    )
)


@given(scores_and_masks)
def test_lists_equal_a_plain_sort(
    drawn: tuple[NDArray[np.float32], NDArray[np.bool_], int],
) -> None:
    scores, eligible, k = drawn
    graduate_keys, post_keys = keys(*scores.shape)
    fast = top_k(scores, eligible, k, graduate_keys, post_keys)
    assert fast.tolist() == slow_top_k(scores, eligible, k, graduate_keys, post_keys).tolist()


@given(scores_and_masks, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_never_decides(
    drawn: tuple[NDArray[np.float32], NDArray[np.bool_], int], shuffler: Random
) -> None:
    scores, eligible, k = drawn
    rng = np.random.default_rng(shuffler.randint(0, 2**32))
    rows, columns = rng.permutation(scores.shape[0]), rng.permutation(scores.shape[1])
    graduate_keys, post_keys = keys(*scores.shape)
    lists = top_k(scores, eligible, k, graduate_keys, post_keys)
    moved = top_k(
        scores[np.ix_(rows, columns)],
        eligible[np.ix_(rows, columns)],
        k,
        graduate_keys[rows],
        post_keys[columns],
    )
    named = np.where(moved == NO_POST, NO_POST, columns[moved])
    assert named.tolist() == lists[rows].tolist()


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    scores = rng.integers(0, 4, (50, 30)).astype(np.float32)
    eligible = rng.random((50, 30)) < 0.6
    whole = top_k(scores, eligible, 7, *keys(50, 30))
    monkeypatch.setattr(topk, "_BLOCK_PAIRS", 90)
    assert (top_k(scores, eligible, 7, *keys(50, 30)) == whole).all()


def test_keys_are_the_digest_of_the_id() -> None:
    digest = blake2b("毕业生1".encode(), digest_size=8).digest()
    assert id_keys(["毕业生1"]).tolist() == [int.from_bytes(digest, "little")]
    assert id_keys([]).shape == (0,)


def test_the_pair_hash_is_the_finaliser_of_splitmix64() -> None:
    # The first output of SplitMix64 seeded with 0, as in its reference implementation: the
    # finaliser of 0 + 0x9E3779B97F4A7C15. Here the sum is graduate key 0 + 1 x that constant.
    mixed = pair_hash(np.array([0], dtype=np.uint64), np.array([1], dtype=np.uint64))
    assert mixed.tolist() == [0xE220A8397B1DCDAF]


def test_the_two_sides_of_a_pair_are_not_alike() -> None:
    a, b = id_keys(["a"]), id_keys(["b"])
    assert pair_hash(a, b) != pair_hash(b, a)


def test_ties_fall_differently_for_different_graduates() -> None:
    # 1,000 graduates with ten equal posts each: every post leads about 100 lists. Outside
    # 60 to 140 lies four standard deviations of a binomial (sd = sqrt(1000 x .1 x .9) = 9.5).
    lists = top_k(
        np.zeros((1000, 10), dtype=np.float32), np.ones((1000, 10), dtype=bool), 1, *keys(1000, 10)
    )
    counts = np.bincount(lists[:, 0], minlength=10)
    assert counts.min() > 60
    assert counts.max() < 140
