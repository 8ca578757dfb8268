"""A whole cohort at once: places and rules kept, and no sum larger than the one found."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recommender.matching.assignment import UNPLACED, assign_cohort
from recommender.matching.ranking import percentiles
from recommender.model.topk import id_keys

Cohort = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int32]]


def assign(values: object, capacities: object, eligible: object = True) -> list[int]:
    array = np.array(values, dtype=np.float32)
    mask = np.broadcast_to(np.array(eligible, dtype=np.bool_), array.shape)
    return assign_cohort(array, mask, np.array(capacities, dtype=np.int32)).tolist()


def total(values: NDArray[np.float32], placed: NDArray[np.int32]) -> float:
    (who,) = np.nonzero(placed != UNPLACED)
    return float(values[who, placed[who]].astype(np.float64).sum())


def greedy(values: NDArray[np.float32], eligible: NDArray[np.bool_], places: NDArray[np.int32]):
    """Give each graduate in roster order the best post that is left."""
    left = places.copy()
    placed = np.full(len(values), UNPLACED, dtype=np.int32)
    for row in range(len(values)):
        open_to = np.where(eligible[row] & (left > 0), values[row], -1)
        if open_to.size and open_to.max() >= 0:
            placed[row] = open_to.argmax()
            left[placed[row]] -= 1
    return placed


def best_total(cohort: Cohort) -> float:
    """Try every assignment there is."""
    values, eligible, places = cohort
    best = 0.0
    for posts in product(range(-1, values.shape[1]), repeat=len(values)):
        placed = np.array(posts, dtype=np.int32)
        (who,) = np.nonzero(placed != UNPLACED)
        taken = np.bincount(placed[who], minlength=len(places))
        if eligible[who, placed[who]].all() and (taken <= places).all():
            best = max(best, total(values, placed))
    return best


def random_cohort(seed: int) -> Cohort:
    chance = np.random.default_rng(seed)
    shape = (chance.integers(1, 5), chance.integers(1, 4))
    eligible = chance.random(shape) < 0.7
    scores = chance.integers(0, 6, shape).astype(np.float32)
    capacities = chance.integers(0, 3, shape[1]).astype(np.int32)
    keys, post_keys = id_keys(map(str, range(shape[0]))), id_keys(map(str, range(shape[1])))
    return percentiles(scores, eligible, keys, post_keys), eligible, capacities


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    shape = (draw(st.integers(0, 9)), draw(st.integers(0, 5)))
    share = st.floats(0, 1, width=32)
    return (
        draw(arrays.arrays(np.float32, shape, elements=share)),
        draw(arrays.arrays(np.bool_, shape)),
        draw(arrays.arrays(np.int32, shape[1], elements=st.integers(0, 3))),
    )


def test_nobody_is_placed_where_nobody_is_eligible() -> None:
    assert assign([[1, 1], [1, 1]], [2, 2], eligible=False) == [UNPLACED, UNPLACED]


def test_nobody_is_placed_where_there_are_no_places() -> None:
    assert assign([[1, 1], [1, 1]], [0, 0]) == [UNPLACED, UNPLACED]


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_nothing_gives_an_empty_assignment(n_graduates: int, n_posts: int) -> None:
    values = np.zeros((n_graduates, n_posts), dtype=np.float32)
    placed = assign_cohort(values, values >= 0, np.ones(n_posts, dtype=np.int32))
    assert placed.dtype == np.int32
    assert placed.tolist() == [UNPLACED] * n_graduates


def test_a_full_post_takes_nobody_and_the_rest_moves_on() -> None:
    assert assign([[1, 0.5]], [0, 1]) == [1]


def test_who_comes_first_in_the_roster_gives_way_where_that_is_better() -> None:
    # In roster order: the first takes post 0 (1.0) and the second, who may take nothing else,
    # gets none. Together best: .5 + .9 = 1.4.
    values = np.array([[1.0, 0.5], [0.9, 0.8]], dtype=np.float32)
    eligible = np.array([[True, True], [True, False]])
    places = np.array([1, 1], dtype=np.int32)
    assert greedy(values, eligible, places).tolist() == [0, UNPLACED]
    assert assign_cohort(values, eligible, places).tolist() == [1, 0]


def test_places_are_filled_before_anybody_is_left_out() -> None:
    assert sorted(assign([[0.4]] * 3, [2])) == [UNPLACED, 0, 0]


def test_the_smallest_advantage_a_value_can_have_decides() -> None:
    half = np.float32(0.5)
    more = np.nextafter(half, np.float32(1))
    assert assign([[half], [more]], [1]) == [UNPLACED, 0]
    assert assign([[more], [half]], [1]) == [0, UNPLACED]


@given(cohorts())
def test_nobody_is_placed_beyond_capacity_or_against_the_rules(cohort: Cohort) -> None:
    values, eligible, places = cohort
    placed = assign_cohort(values, eligible, places)
    assert placed.shape == (len(values),)
    (who,) = np.nonzero(placed != UNPLACED)
    assert eligible[who, placed[who]].all()
    assert (np.bincount(placed[who], minlength=len(places)) <= places).all()
    assert assign_cohort(values, eligible, places).tolist() == placed.tolist()


@given(cohorts())
def test_the_sum_is_never_below_that_of_roster_order(cohort: Cohort) -> None:
    assert total(cohort[0], assign_cohort(*cohort)) >= total(cohort[0], greedy(*cohort)) - 1e-8


def test_no_assignment_of_300_small_cohorts_has_a_larger_sum() -> None:
    for seed in range(300):
        cohort = random_cohort(seed)
        found = total(cohort[0], assign_cohort(*cohort))
        assert found == pytest.approx(best_total(cohort), abs=1e-8), seed
