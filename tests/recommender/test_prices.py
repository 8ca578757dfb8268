"""Prices of queues: none without a queue, higher where more people want fewer places."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recommender.matching.prices import (
    APPLICATIONS,
    HIGHEST,
    N_CANDIDATES,
    TOLERANCE,
    Prices,
    solve_prices,
)

Instance = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.int32]]


def solve(chances: object, capacities: object, eligible: object = True) -> Prices:
    """Solve where whoever applies to a free place takes it and a chance is that of staying."""
    array = np.array(chances, dtype=np.float32)
    return solve_prices(*instance_of(array, capacities, eligible), np.ones_like(array))


def solve_order(scores: object, capacities: object, eligible: object = True) -> Prices:
    return solve_prices(*instance_of(scores, capacities, eligible))


def instance_of(scores: object, capacities: object, eligible: object) -> Instance:
    array = np.array(scores, dtype=np.float32)
    mask = np.broadcast_to(np.array(eligible, dtype=np.bool_), array.shape)
    return array, mask, np.array(capacities, dtype=np.int32)


@st.composite
def instances(draw: st.DrawFn, n_graduates: int = 6, n_posts: int = 5) -> Instance:
    shape = (draw(st.integers(1, n_graduates)), draw(st.integers(1, n_posts)))
    scores = draw(arrays.arrays(np.float32, shape, elements=st.integers(0, 8).map(lambda n: n / 8)))
    eligible = draw(arrays.arrays(np.bool_, shape))
    capacities = draw(arrays.arrays(np.int32, shape[1], elements=st.integers(0, 4)))
    return scores, eligible, capacities


def solved(instance: Instance, *, shares: bool) -> Prices:
    return solve_prices(*instance, np.sqrt(instance[0]) if shares else None)


# Where there is no price --------------------------------------------------------------------


@pytest.mark.parametrize("congestion", [-0.1, 1.1, float("nan")])
def test_a_congestion_outside_0_to_1_is_refused(congestion: float) -> None:
    with pytest.raises(ValueError, match="congestion"):
        solve([[0.5]], [1]).taken_off(np.ones((1, 1), dtype=np.float32), congestion)


def test_nobody_queues_where_nobody_may() -> None:
    prices = solve([[0.9, 0.5]] * 3, [1, 1], [[False, True]] * 3)
    assert (prices.price[0], prices.applicants[0]) == (0, 0)
    assert prices.price[1] > 0


def test_a_full_post_has_no_price_and_nobody_applies() -> None:
    prices = solve([[0.9, 0.5]] * 9, [0, 1])
    assert (prices.price[0], prices.applicants[0]) == (0, 0)


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0), (0, 0)])
def test_nobody_or_nothing_has_no_price(n_graduates: int, n_posts: int) -> None:
    for ask in (solve, solve_order):
        prices = ask(np.zeros((n_graduates, n_posts)), np.ones(n_posts))
        assert prices.converged
        for array in (prices.price, prices.applicants):
            assert (array.shape, array.dtype) == ((n_posts,), np.float64)
            assert not array.any()


@pytest.mark.parametrize(
    ("capacities", "eligible"), [([0, 0], True), ([2, 2], False)], ids=["all full", "no pair"]
)
def test_no_price_where_there_is_no_place_or_no_pair(capacities: object, eligible: object) -> None:
    assert solve([[1, 0.5], [0.5, 1]], capacities, eligible).price.tolist() == [0, 0]


def test_no_price_where_all_who_may_come_find_room() -> None:
    assert solve([[0.9, 0.5]] * 3, [3, 4]).price.tolist() == [0, 0]
    # Of five, three may take the first post, which has three places.
    may = [[True, True]] * 3 + [[False, True]] * 2
    first, second = solve([[0.9, 0.5]] * 5, [3, 1], may).price
    assert first == 0 < second


# What the price is --------------------------------------------------------------------------


def test_the_price_is_the_chance_that_the_takers_it_leads_to_fill_the_places() -> None:
    # Four people, one post with one place, which each takes with chance 1/2 if it is free. At a
    # price p each is offered a place with n = (1 - p) / 2 and takes one with 1 - e^-n, which
    # counts (1 - e^-n) / n of the 1/2; the post is full with p = 1 - e^-takers.
    half = np.full((4, 1), 0.5, dtype=np.float32)
    prices = solve_prices(*instance_of(half, [1], True), half)
    (price,) = prices.price
    n = (1 - price) / 2
    takers = 4 * 0.5 * (1 - exp(-n)) / n
    assert -log(1 - price) == pytest.approx(takers, rel=2 * TOLERANCE)
    assert prices.applicants == pytest.approx([4])
    assert prices.is_share
    assert prices.converged


def test_three_applications_are_the_three_of_most_worth() -> None:
    # The fourth and the fifth are out of reach of any price: nobody queues.
    prices = solve([[0.9, 0.8, 0.7, 0.2, 0.1]], [1] * 5)
    assert prices.applicants == pytest.approx([1, 1, 1, 0, 0], abs=0.01)
    assert prices.applicants.sum() == pytest.approx(APPLICATIONS, abs=0.01)


def test_people_who_do_not_mind_divide_evenly() -> None:
    # Each of eight people applies to three of six posts that are alike: 24 / 6.
    prices = solve([[0.5] * 6] * 8, [2] * 6)
    assert prices.applicants == pytest.approx([4.0] * 6, rel=0.01)
    assert prices.price == pytest.approx([prices.price[0]] * 6)


def test_a_price_rises_with_the_queue() -> None:
    # All like the first post best, and there is room for everybody at the second.
    found = [solve([[1, 0.5]] * n, [2, 99]).price[0] for n in range(1, 12)]
    assert found == sorted(found)
    assert found[1] == 0 < found[2] < found[-1]


def test_of_equal_posts_the_one_with_fewer_places_costs_more() -> None:
    prices = solve([[0.9, 0.9, 0.9]] * 30, [15, 20, 25])
    assert prices.price[0] > prices.price[1] > prices.price[2]


def test_posts_that_are_alike_cost_the_same() -> None:
    scores = np.random.default_rng(1).random((40, 9)).astype(np.float32)
    scores[:, 8] = scores[:, 0]
    prices = solve(scores, [1, 2, 3, 2, 1, 4, 2, 2, 1])
    assert prices.price[0] == pytest.approx(prices.price[8])
    assert prices.price[0] > 0


def test_prices_of_an_order_are_in_units_of_the_score() -> None:
    # Two of three have one post and say nothing of how finely people choose.
    scores = np.array([[1, 0.5], [1, 0], [1, 0]])
    eligible = [[True, True], [True, False], [True, False]]
    prices = solve_order(scores, [1, 9], eligible)
    assert not prices.is_share
    assert prices.price[0] > 0
    thousandfold = solve_order(scores * 1024 + 5, [1, 9], eligible).price
    assert thousandfold == pytest.approx(prices.price * 1024, rel=1e-3)


# A fixed point, always ----------------------------------------------------------------------


def test_prices_stay_bounded_where_a_group_can_reach_no_other_post() -> None:
    # Two hundred people for one place, and ten others with places to spare elsewhere.
    eligible = [[True, False, False]] * 200 + [[False, True, True]] * 10
    prices = solve([[0.9, 0.9, 0.5]] * 210, [1, 5, 50], eligible)
    assert prices.converged
    assert prices.price[0] == HIGHEST
    assert prices.price[2] == 0
    order = solve_order([[0.9, 0.9, 0.5]] * 210, [1, 5, 50], eligible)
    assert order.converged
    assert np.isfinite(order.price).all()


def test_a_gap_is_said() -> None:
    nothing = np.zeros(1)
    assert Prices(nothing, nothing, gap=TOLERANCE).converged
    assert not Prices(nothing, nothing, gap=2 * TOLERANCE).converged


def test_posts_beyond_the_first_candidates_are_found_where_prices_lead_there() -> None:
    # A hundred people who like the same 99 posts in the same order, one place each: whoever
    # comes late has to look further than the first candidates.
    n_posts = N_CANDIDATES + 35
    prices = solve(np.tile(np.linspace(0.9, 0.6, n_posts), (300, 1)), [1] * n_posts)
    assert prices.converged
    assert (prices.applicants > 1).all()


@pytest.mark.parametrize("shares", [True, False])
@given(instance=instances())
def test_prices_are_bounded_converge_and_are_the_same_each_time(
    shares: bool, instance: Instance
) -> None:
    _, eligible, capacities = instance
    prices, again = solved(instance, shares=shares), solved(instance, shares=shares)
    assert prices.price.tobytes() == again.price.tobytes()
    assert prices.applicants.tobytes() == again.applicants.tobytes()
    assert np.isfinite(prices.price).all()
    assert (prices.price >= 0).all()
    assert prices.converged
    assert not shares or (prices.price <= HIGHEST).all()
    assert not prices.price[(capacities == 0) | ~eligible.any(axis=0)].any()


@given(instances())
def test_everybody_applies_to_three_posts_or_to_all_they_may_take(instance: Instance) -> None:
    _, eligible, capacities = instance
    able = eligible & (capacities > 0)
    applicants = solved(instance, shares=True).applicants
    assert (applicants >= 0).all()
    assert not applicants[~able.any(axis=0)].any()
    n_applications = np.minimum(able.sum(axis=1), APPLICATIONS).sum()
    assert applicants.sum() == pytest.approx(n_applications, abs=0.01 * len(able))


def test_what_a_forbidden_pair_scores_changes_nothing() -> None:
    eligible = [[True, False, True], [True, True, True]]
    for ask in (solve, solve_order):
        plain = ask([[0.5, 0, 0.7], [0.6, 0.9, 0.5]], [1, 1, 1], eligible)
        for forbidden in (99, -99, np.nan, np.inf):
            odd = ask([[0.5, forbidden, 0.7], [0.6, 0.9, 0.5]], [1, 1, 1], eligible)
            assert odd.price.tolist() == plain.price.tolist()
            assert odd.applicants.tolist() == plain.applicants.tolist()


@given(instances(), st.randoms(use_true_random=False))
def test_the_order_of_people_and_posts_changes_nothing(instance: Instance, chance: object) -> None:
    scores, eligible, capacities = instance
    rows, columns = list(range(scores.shape[0])), list(range(scores.shape[1]))
    chance.shuffle(rows)  # type: ignore[attr-defined]
    chance.shuffle(columns)  # type: ignore[attr-defined]
    here = np.ix_(rows, columns)
    prices = solved(instance, shares=True)
    shuffled = solved((scores[here], eligible[here], capacities[columns]), shares=True)
    assert shuffled.price == pytest.approx(prices.price[columns], abs=0.03)


# The knob -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shares", [True, False])
def test_what_is_taken_off_grows_in_proportion_to_the_congestion(shares: bool) -> None:
    prices = Prices(np.array([0.5, 0.25, 0.0]), np.zeros(3), is_share=shares)
    fit = np.array([[0.8, 0.4, 0.2], [0.0, 1.0, 0.5]], dtype=np.float32)
    whole = [[0.4, 0.1, 0], [0, 0.25, 0]] if shares else [[0.5, 0.25, 0]] * 2
    np.testing.assert_allclose(prices.taken_off(fit), whole, atol=1e-7)
    np.testing.assert_allclose(prices.taken_off(fit, 0.5), np.array(whole) / 2, atol=1e-7)
    assert not prices.taken_off(fit, 0).any()


@given(
    instances(n_graduates=4, n_posts=7),
    st.booleans(),
    st.lists(st.integers(0, 16).map(lambda n: n / 16), min_size=2, max_size=5, unique=True),
    st.integers(1, 4),
)
def test_what_a_list_loses_never_rises_with_congestion(
    instance: Instance,
    shares: bool,
    congestions: list[float],
    k: int,
) -> None:
    fit = instance[0]
    prices = solved(instance, shares=shares)
    whole = prices.taken_off(fit).astype(np.float64)
    losses = []
    for congestion in sorted(congestions):
        ordered = fit - congestion * whole
        # Of equals those that lose most, so that a tie decides nothing.
        best = np.lexsort((-whole, -ordered), axis=1)[:, :k]
        losses.append(np.take_along_axis(whole, best, axis=1).sum(axis=1))
    for less, more in pairwise(losses):
        assert (more <= less + 1e-6).all()
