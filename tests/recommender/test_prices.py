"""Prices of queues: none without a queue, higher where more people want fewer places."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recommender.matching.prices import APPLICATIONS, SHARPNESS, Prices, solve_prices

Instance = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int32]]


def solve(scores: object, capacities: object, eligible: object = True) -> Prices:
    array = np.array(scores, dtype=np.float32)
    mask = np.broadcast_to(np.array(eligible, dtype=np.bool_), array.shape)
    return solve_prices(array, mask, np.array(capacities, dtype=np.int32))


@st.composite
def instances(draw: st.DrawFn, n_graduates: int = 6, n_posts: int = 4) -> Instance:
    shape = (draw(st.integers(1, n_graduates)), draw(st.integers(1, n_posts)))
    scores = draw(arrays.arrays(np.float32, shape, elements=st.integers(-8, 8).map(float)))
    eligible = draw(arrays.arrays(np.bool_, shape))
    capacities = draw(arrays.arrays(np.int32, shape[1], elements=st.integers(0, 4)))
    return scores, eligible, capacities


def test_nobody_queues_where_nobody_may() -> None:
    prices = solve([[5, 1], [5, 1]], [1, 1], [[False, True], [False, True]])
    assert prices.price[0] == 0
    assert prices.applicants[0] == 0


def test_a_full_post_has_no_price() -> None:
    assert solve([[5.0, 1.0]] * 9, [0, 1]).price[0] == 0


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_nothing_has_no_price(n_graduates: int, n_posts: int) -> None:
    prices = solve(np.zeros((n_graduates, n_posts)), np.ones(n_posts))
    for array in (prices.price, prices.applicants):
        assert (array.shape, array.dtype) == ((n_posts,), np.float64)
        assert not array.any()


@pytest.mark.parametrize(
    ("capacities", "eligible"), [([0, 0], True), ([2, 2], False)], ids=["all full", "no pair"]
)
def test_no_price_where_there_is_no_place_or_no_pair(capacities: object, eligible: object) -> None:
    prices = solve([[1, 2], [2, 1]], capacities, eligible)
    assert prices.price.tolist() == [0, 0]


def test_whom_one_post_is_left_to_does_not_stop_the_rest() -> None:
    prices = solve([[1, 2], [0, 0]], [1, 1], [[True, True], [False, False]])
    assert np.isfinite(prices.price).all()


def test_what_a_forbidden_pair_scores_changes_nothing() -> None:
    eligible = [[True, False, True], [True, True, True]]
    plain = solve([[1, 0, 2], [2, 3, 1]], [1, 1, 1], eligible)
    for forbidden in (99, -99, np.nan, np.inf):
        odd = solve([[1, forbidden, 2], [2, 3, 1]], [1, 1, 1], eligible)
        assert odd.price.tolist() == plain.price.tolist()
        assert odd.applicants.tolist() == plain.applicants.tolist()


def test_applicants_follow_the_unpriced_list() -> None:
    # One graduate; standard deviation of 0 and 1 is 1/2, so the temperature is 1/2 / SHARPNESS
    # and the better post lies 2 × SHARPNESS = 8 above the other: odds of e^8 to 1.
    assert SHARPNESS == 4
    prices = solve([[0, 1]], [9, 9])
    shares = [1 / (1 + exp(8)), 1 / (1 + exp(-8))]
    assert prices.applicants == pytest.approx([APPLICATIONS * share for share in shares])
    assert prices.price.tolist() == [0, 0]


def test_a_price_levels_the_queue() -> None:
    # Two graduates who do not care, 6 applications, 6 places: level is one each. One place
    # of six has to draw a sixth of the people: e^-price = 1/5, price = ln 5.
    prices = solve([[0, 0], [0, 0]], [1, 5])
    assert prices.price == pytest.approx([log(5), 0], abs=1e-6)
    assert prices.applicants.tolist() == [3, 3]


def test_places_that_nobody_may_take_do_not_shorten_the_queue() -> None:
    # 6 applications for the 3 places within reach: level is two each, as it is anyway over
    # both posts together; the single place has to draw a third, e^-price = 1/2.
    prices = solve([[0, 0, 0]] * 2, [1, 2, 99], [[True, True, False]] * 2)
    assert prices.price == pytest.approx([log(2), 0, 0], abs=1e-6)


def test_no_price_where_the_queue_is_no_longer_than_the_places() -> None:
    assert solve([[0, 0], [0, 0]], [3, 3]).price.tolist() == [0, 0]
    assert solve([[0, 1], [1, 0]], [50, 50]).price.tolist() == [0, 0]


def test_a_price_rises_with_the_queue() -> None:
    # All like the first post a little better than the second, which has places for everybody.
    found = [solve([[1, 0.5]] * n, [2, 99]).price[0] for n in range(1, 12)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_of_two_equal_posts_the_crowded_one_costs_more() -> None:
    prices = solve([[1, 1, 0]] * 8, [1, 4, 20])
    assert prices.price[0] > prices.price[1] > prices.price[2]


def test_posts_that_are_alike_cost_the_same() -> None:
    chance = np.random.default_rng(1)
    scores = chance.normal(size=(40, 9)).astype(np.float32)
    scores[:, 8] = scores[:, 0]
    prices = solve(scores, [1, 2, 3, 2, 1, 4, 2, 2, 1])
    assert prices.price[0] == prices.price[8] > 0


def test_prices_are_in_units_of_the_score() -> None:
    # Two of three have one post and say nothing of how finely people choose.
    scores = np.array([[1, 0.5], [1, 0], [1, 0]])
    eligible = [[True, True], [True, False], [True, False]]
    prices = solve(scores, [1, 9], eligible).price
    assert prices[0] > 0
    assert solve(scores * 1024, [1, 9], eligible).price == pytest.approx(prices * 1024, rel=1e-4)


@given(instances())
def test_prices_are_finite_never_below_nothing_and_the_same_each_time(instance: Instance) -> None:
    _, eligible, capacities = instance
    prices = solve_prices(*instance)
    again = solve_prices(*instance)
    assert prices.price.tobytes() == again.price.tobytes()
    assert prices.applicants.tobytes() == again.applicants.tobytes()
    assert np.isfinite(prices.price).all()
    assert (prices.price >= 0).all()
    assert not prices.price[(capacities == 0) | ~eligible.any(axis=0)].any()


@given(instances())
def test_everybody_with_a_post_applies(instance: Instance) -> None:
    _, eligible, capacities = instance
    applicants = solve_prices(*instance).applicants
    assert (applicants >= 0).all()
    assert not applicants[~eligible.any(axis=0)].any()
    if (eligible.any(axis=0) & (capacities > 0)).any():
        assert applicants.sum() == pytest.approx(APPLICATIONS * eligible.any(axis=1).sum())


@given(instances(), st.randoms(use_true_random=False))
def test_the_order_of_people_and_posts_changes_nothing(instance: Instance, chance: object) -> None:
    scores, eligible, capacities = instance
    rows, columns = list(range(scores.shape[0])), list(range(scores.shape[1]))
    chance.shuffle(rows)  # type: ignore[attr-defined]
    chance.shuffle(columns)  # type: ignore[attr-defined]
    here = np.ix_(rows, columns)
    prices = solve_prices(*instance)
    shuffled = solve_prices(scores[here], eligible[here], capacities[columns])
    assert shuffled.price == pytest.approx(prices.price[columns], rel=1e-3, abs=1e-3)
    assert shuffled.applicants == pytest.approx(prices.applicants[columns], rel=1e-4, abs=1e-5)


@given(instances(), st.data())
def test_a_place_less_never_lowers_the_price(instance: Instance, data: st.DataObject) -> None:
    scores, eligible, capacities = instance
    post = data.draw(st.integers(0, scores.shape[1] - 1))
    more, fewer = capacities.copy(), capacities.copy()
    fewer[post] = max(1, capacities[post])
    more[post] = fewer[post] + data.draw(st.integers(1, 3))
    with_more = solve_prices(scores, eligible, more).price[post]
    with_fewer = solve_prices(scores, eligible, fewer).price[post]
    assert with_fewer >= with_more - 1e-3
