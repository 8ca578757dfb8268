"""A whole cohort at once: places and rules kept, and no sum larger than the one found."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recommender.matching import assignment
from recommender.matching.assignment import place_prices, whole_values
from recommender.matching.candidates import UNPLACED, Candidates
from recommender.matching.ranking import percentiles
from recommender.model.topk import id_keys

ONE = np.array([1], dtype=np.int32)
Cohort = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int32]]


def assign_cohort(
    values: NDArray[np.float32], eligible: NDArray[np.bool_], places: NDArray[np.int32]
) -> NDArray[np.int32]:
    pairs = Candidates.of(eligible)
    whole = whole_values(values[pairs.rows, pairs.columns])
    return assignment.assign_cohort(whole, pairs, places)


def most_placed(eligible: NDArray[np.bool_], places: NDArray[np.int32]) -> int:
    found = assignment.most_placed(Candidates.of(eligible), places)
    (who,) = np.nonzero(found != UNPLACED)
    assert eligible[who, found[who]].all()
    assert (np.bincount(found[who], minlength=len(places)) <= places).all()
    return len(who)


def prices_of(
    values: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    places: NDArray[np.int32],
    placed: NDArray[np.int32],
) -> NDArray[np.int64]:
    pairs = Candidates.of(eligible)
    return place_prices(values[pairs.rows, pairs.columns], pairs, places, placed)


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


def test_a_place_that_is_worth_nothing_is_better_than_none() -> None:
    assert sorted(assign([[0], [0], [0]], [2])) == [UNPLACED, 0, 0]


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


def test_no_prices_prove_what_another_assignment_beats() -> None:
    # One place; graduate 0 would have 5 of it, graduate 1 has 3.
    values = np.array([[5], [3]], dtype=np.int64)
    with pytest.raises(ValueError, match="larger sum"):
        prices_of(values, values > 0, ONE, np.array([UNPLACED, 0], dtype=np.int32))
    # Nor where a place is left that somebody would gain by.
    with pytest.raises(ValueError, match="larger sum"):
        prices_of(values, values > 0, ONE, np.array([UNPLACED, UNPLACED], dtype=np.int32))


def test_a_place_costs_what_the_next_in_line_would_have_given() -> None:
    # Post 0 is worth 9 and 7, post 1 is worth 6 and 1, post 2 has places for all. Graduate 1
    # takes post 0 (7 + 6 beats 9 + 1). Graduate 0 would gain 9 - 6 = 3 by post 0, so that it
    # costs 3; graduate 1 then has 7 - 3, more than 1, so that post 1 costs nothing.
    values = np.array([[9, 6, 0], [7, 1, 0]], dtype=np.int64)
    placed = np.array([1, 0], dtype=np.int32)
    places = np.array([1, 1, 2], dtype=np.int32)
    assert prices_of(values, values >= 0, places, placed).tolist() == [3, 0, 0]


def test_prices_prove_300_small_cohorts_by_weak_duality() -> None:
    for seed in range(300):
        values, eligible, places = random_cohort(seed)
        whole = whole_values(values)
        placed = assign_cohort(values, eligible, places)
        prices = prices_of(whole, eligible, places, placed)
        (who,) = np.nonzero(placed != UNPLACED)
        left = np.bincount(placed[who], minlength=len(places)) < places
        assert (prices >= 0).all()
        assert (prices[left] == 0).all()
        above = np.where(eligible, whole - prices, 0).max(axis=1, initial=0)
        assert above.sum() + (prices * places).sum() == whole[who, placed[who]].sum(), seed


def test_nobody_has_prices_for_what_they_may_not_take() -> None:
    values = np.array([[5]], dtype=np.int64)
    with pytest.raises(ValueError, match="may not take"):
        prices_of(values, values > 5, ONE, np.array([0], dtype=np.int32))


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_nothing_can_be_placed(n_graduates: int, n_posts: int) -> None:
    eligible = np.ones((n_graduates, n_posts), dtype=np.bool_)
    assert most_placed(eligible, np.ones(n_posts, dtype=np.int32)) == 0


def test_the_most_that_could_be_placed_may_be_more_than_the_best_sum_places() -> None:
    # Graduate 1 may take post 0 only. Worth 0.9 to the first and 0.1 to the second, post 1
    # worth 0.1 to the first: 0.9 for one beats 0.1 + 0.1 for two.
    values = np.array([[0.9, 0.1], [0.1, 0.0]], dtype=np.float32)
    eligible = np.array([[True, True], [True, False]])
    places = np.array([1, 1], dtype=np.int32)
    assert assign_cohort(values, eligible, places).tolist() == [0, UNPLACED]
    assert most_placed(eligible, places) == 2


def test_no_assignment_of_100_small_cohorts_places_more() -> None:
    for seed in range(100):
        _, eligible, places = random_cohort(seed)
        ones = np.ones(eligible.shape, dtype=np.float32)
        assert most_placed(eligible, places) == best_total((ones, eligible, places)), seed
