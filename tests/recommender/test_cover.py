"""Lists that leave out no post they could show: as many as a maximum flow finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from recommender.matching.cover import cover_posts
from recommender.model.topk import NO_POST, id_keys, top_k

Lists = NDArray[np.int32]


def covered(
    scores: object, k: int, eligible: object = True, names: str = "g"
) -> tuple[list[list[int]], list[list[int]]]:
    """Give the lists before and after."""
    array = np.array(scores, dtype=np.float32)
    mask = np.broadcast_to(np.array(eligible, dtype=np.bool_), array.shape)
    keys = (
        id_keys(f"{names}{i}" for i in range(len(array))),
        id_keys(map(str, range(array.shape[1]))),
    )
    lists = top_k(array, mask, k, *keys)
    return lists.tolist(), cover_posts(lists, array, mask, *keys).tolist()


def most_posts(eligible: NDArray[np.bool_], k: int) -> int:
    """Count by maximum flow the posts that lists of k can show: source, people, posts, sink."""
    n, m = eligible.shape
    arcs = np.zeros((n + m + 2, n + m + 2), dtype=np.int32)
    arcs[0, 1 : n + 1] = k
    arcs[1 : n + 1, n + 1 : n + m + 1] = eligible
    arcs[n + 1 : n + m + 1, n + m + 1] = 1
    return int(maximum_flow(csr_array(arcs), 0, n + m + 1).flow_value)


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_nothing_is_covered(n_graduates: int, n_posts: int) -> None:
    before, after = covered(np.zeros((n_graduates, n_posts)), 2)
    assert after == before


def test_a_post_that_nobody_may_take_is_never_shown() -> None:
    _, after = covered([[3, 2, 1], [3, 2, 1]], 1, [[True, True, False]] * 2)
    assert sorted(post for shown in after for post in shown) == [0, 1]


def test_lists_that_show_every_post_stay_as_they_are() -> None:
    before, after = covered([[3, 2, 1], [1, 2, 3]], 2)
    assert after == before == [[0, 1], [2, 1]]


def test_lists_too_short_for_every_post_show_as_many_as_they_hold() -> None:
    _, after = covered([[5, 4, 3, 2], [5, 4, 3, 2]], 1)
    assert sorted(post for shown in after for post in shown) in ([0, 1], [0, 2], [0, 3])


def test_a_hidden_post_enters_where_it_costs_least() -> None:
    # Post 2 is shown by nobody. It costs the first 2 - 0, the second 2 - 1.5: the second.
    before, after = covered([[3, 2, 0], [3, 2, 1.5]], 2)
    assert before == [[0, 1], [0, 1]]
    assert after == [[0, 1], [0, 2]]


def test_a_hidden_post_never_drives_out_one_that_no_other_list_shows() -> None:
    # Only the first may take post 2, and only theirs shows post 1: post 0 makes way.
    before, after = covered([[3, 2, 1], [3, 0, 0]], 2, [[True, True, True], [True, False, False]])
    assert before == [[0, 1], [0, NO_POST]]
    assert after == [[1, 2], [0, NO_POST]]


def test_what_is_pushed_out_enters_another_list() -> None:
    # Only the first may take post 2; post 1, shown by the first alone, moves to the second,
    # where post 0, which the third shows too, makes way.
    mask = [[False, True, True], [True, True, False], [True, False, False]]
    before, after = covered([[0, 2, 1], [3, 1, 0], [3, 0, 0]], 1, mask)
    assert before == [[1], [0], [0]]
    assert after == [[2], [1], [0]]


def test_equal_losses_are_decided_by_the_ids_and_not_by_the_order_of_rows() -> None:
    scores = np.array([[3, 2, 1]] * 6, dtype=np.float32)
    mask = np.ones((6, 3), dtype=np.bool_)
    posts = id_keys("abc")
    entered = set()
    for turn in range(6):
        names = np.roll([f"g{i}" for i in range(6)], turn)
        keys = id_keys(names)
        after = cover_posts(top_k(scores, mask, 2, keys, posts), scores, mask, keys, posts)
        (row,) = np.flatnonzero((after == 2).any(axis=1))
        entered.add(names[row])
    assert len(entered) == 1


@st.composite
def instances(draw: st.DrawFn) -> tuple[NDArray[np.float32], NDArray[np.bool_], int]:
    shape = (draw(st.integers(1, 7)), draw(st.integers(1, 9)))
    scores = draw(arrays.arrays(np.float32, shape, elements=st.integers(0, 4).map(float)))
    # People of few kinds, so that whole groups want and may take the same.
    eligible = draw(arrays.arrays(np.bool_, shape))
    return scores, eligible, draw(st.integers(1, 4))


@given(instances())
def test_lists_show_as_many_posts_as_a_maximum_flow(
    instance: tuple[NDArray[np.float32], NDArray[np.bool_], int],
) -> None:
    scores, eligible, k = instance
    keys = (
        id_keys(f"g{i}" for i in range(len(scores))),
        id_keys(f"p{j}" for j in range(scores.shape[1])),
    )
    before = top_k(scores, eligible, k, *keys)
    after = cover_posts(before, scores, eligible, *keys)
    assert len(np.unique(after[after != NO_POST])) == most_posts(eligible, k)
    # Nothing shown is hidden, nobody is shown what they may not take, or anything twice, or less.
    assert set(before[before != NO_POST].tolist()) <= set(after[after != NO_POST].tolist())
    assert ((after == NO_POST) == (before == NO_POST)).all()
    for row, shown in enumerate(after):
        kept = shown[shown != NO_POST]
        assert eligible[row, kept].all()
        assert len(set(kept.tolist())) == len(kept)
        assert (np.diff(scores[row, kept]) <= 0).all()


def test_the_flow_that_judges_counts_by_hand() -> None:
    # Two lists of one, three posts, the third open to nobody.
    assert most_posts(np.array([[True, True, False]] * 2), 1) == 2
    assert most_posts(np.array([[True, False, False]] * 2), 1) == 1
    assert most_posts(np.array([[True, True, True]]), 2) == 2
