"""Measures of lists, with every expected number worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recommender.evaluation.metrics import (
    Interval,
    attainable_coverage,
    coverage,
    crowded_share,
    expected_applicants,
    exposure,
    exposure_gini,
    gini,
    list_faults,
    market_interval,
    mean_interval,
    ndcg_at_k,
    reachable_posts,
    recall_at_k,
    resample,
    score_spread,
)
from recommender.model.topk import id_keys, top_k

NAN = float("nan")

Measure = Callable[[NDArray[np.int32], NDArray[np.float32], int], NDArray[np.float64]]


def ranked(*rows: list[int]) -> NDArray[np.int32]:
    return np.array(rows, dtype=np.int32)


def gains(*rows: list[float]) -> NDArray[np.float32]:
    return np.array(rows, dtype=np.float32)


def mask(*rows: list[int]) -> NDArray[np.bool_]:
    return np.array(rows, dtype=bool)


def places(*counts: int) -> NDArray[np.int32]:
    return np.array(counts, dtype=np.int32)


# NDCG --------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [ndcg_at_k, recall_at_k])
@pytest.mark.parametrize("k", [0, -1, 4])
def test_k_lies_within_the_list(measure: Measure, k: int) -> None:
    with pytest.raises(ValueError, match="k must be from 1 to 3"):
        measure(ranked([0, 1, 2]), gains([1, 0, 0]), k)


@pytest.mark.parametrize("measure", [ndcg_at_k, recall_at_k])
@pytest.mark.parametrize("bad", [-0.25, np.inf, -np.inf])
def test_a_gain_is_neither_negative_nor_infinite(measure: Measure, bad: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        measure(ranked([0, 1]), gains([bad, 1]), 1)


def test_ndcg_of_a_hit_in_second_place() -> None:
    # (1 / log2 3) / (1 / log2 2) = 0.63092975
    assert ndcg_at_k(ranked([4, 0, 2]), gains([1, 0, 0, 0, 0]), 3) == pytest.approx([0.63092975])


def test_ndcg_weighs_a_post_that_was_kept_above_one_that_was_only_signed() -> None:
    # Gains in the order shown: .25, 1. DCG = .25 / 1 + 1 / 1.5849625 = .8809298.
    # Best order: 1 / 1 + .25 / 1.5849625 = 1.1577324. Ratio = 0.7609096.
    assert ndcg_at_k(ranked([0, 1]), gains([0.25, 1]), 2) == pytest.approx([0.7609096])


def test_ndcg_of_the_best_order_is_one() -> None:
    assert ndcg_at_k(ranked([2, 0, 1]), gains([0.5, 0.25, 1]), 3) == pytest.approx([1])


def test_the_best_order_holds_no_more_than_k_posts() -> None:
    # Three posts are worth 1, two places are looked at, both are hits.
    assert ndcg_at_k(ranked([0, 1, 2]), gains([1, 1, 1]), 2) == pytest.approx([1])


def test_a_hit_below_place_k_is_no_hit() -> None:
    assert ndcg_at_k(ranked([1, 2, 0]), gains([1, 0, 0]), 2) == pytest.approx([0])


def test_a_hit_outside_a_short_list_is_missed() -> None:
    assert ndcg_at_k(ranked([1, -1, -1]), gains([1, 0, 0]), 3) == pytest.approx([0])


@pytest.mark.parametrize("measure", [ndcg_at_k, recall_at_k])
def test_a_graduate_without_a_known_gain_is_left_out(measure: Measure) -> None:
    measured = measure(
        ranked([0, 1], [0, 1], [0, 1], [-1, -1]), gains([0, 0], [NAN, NAN], [NAN, 0], [0, 0]), 2
    )
    assert np.isnan(measured).all()


def test_the_list_closes_up_over_a_post_whose_outcome_is_unknown() -> None:
    # Post 0 is unknown: post 1 moves to first place and post 2, in third, to second. With the
    # same two places looked at: (0 / 1 + 1 / log2 3) / 1 = 0.63092975.
    measured = ndcg_at_k(ranked([0, 1, 2]), gains([NAN, 0, 1]), 2)
    assert measured == pytest.approx([0.63092975])


def test_the_best_order_does_without_unknown_posts() -> None:
    assert ndcg_at_k(ranked([1, 0]), gains([NAN, 0.25]), 2) == pytest.approx([1])


def test_no_posts_at_all_is_nothing_to_measure() -> None:
    measured = ndcg_at_k(ranked([-1, -1]), np.zeros((1, 0), np.float32), 2)
    assert np.isnan(measured).all()


known_or_not = st.sampled_from([0.0, 0.0, 0.25, 0.5, 1.0, NAN])


@given(
    st.tuples(st.integers(1, 5), st.integers(1, 8)).flatmap(
        lambda shape: st.tuples(
            arrays.arrays(np.float32, shape, elements=known_or_not),
            arrays.arrays(np.float32, shape, elements=st.integers(0, 3).map(float)),
            st.integers(1, shape[1]),
        )
    )
)
def test_ndcg_and_recall_lie_between_none_and_all(
    drawn: tuple[NDArray[np.float32], NDArray[np.float32], int],
) -> None:
    gain, scores, k = drawn
    n_graduates, n_posts = gain.shape
    keys = id_keys(map(str, range(n_graduates))), id_keys(map(str, range(n_posts)))
    lists = top_k(scores, ~np.isnan(gain), n_posts, *keys)
    for measure in (ndcg_at_k, recall_at_k):
        measured = measure(lists, gain, k)
        assert (np.isnan(measured) == ~(gain > 0).any(axis=1)).all()
        known = measured[~np.isnan(measured)]
        assert ((known >= 0) & (known <= 1 + 1e-12)).all()
    # Ordered by the gains themselves nothing can be better.
    best = top_k(np.nan_to_num(gain), ~np.isnan(gain), n_posts, *keys)
    reached = ndcg_at_k(best, gain, k)
    assert reached[~np.isnan(reached)] == pytest.approx(1)


# Recall ------------------------------------------------------------------------------------


def test_recall_counts_every_post_with_a_gain_alike() -> None:
    # Posts 0, 2 and 3 have a gain; two of them stand in the first three places: 2 / 3.
    measured = recall_at_k(ranked([3, 1, 0, 2]), gains([1, 0, 0.25, 0.5]), 3)
    assert measured == pytest.approx([2 / 3])


def test_recall_leaves_out_what_is_unknown() -> None:
    # Post 0 is unknown, so post 2 comes second: 1 of 1.
    assert recall_at_k(ranked([0, 1, 2]), gains([NAN, 0, 1]), 2) == pytest.approx([1])


# Coverage ----------------------------------------------------------------------------------


def test_posts_without_places_or_without_anybody_are_out_of_reach() -> None:
    eligible = mask([1, 1, 0], [0, 1, 0])
    assert reachable_posts(eligible, places(2, 0, 5)).tolist() == [True, False, False]


def test_coverage_weighs_a_post_by_its_places() -> None:
    # Places 6, 3 and 1, shown are the first and the last: 7 / 10.
    shown, reachable = mask([1, 0, 1])[0], mask([1, 1, 1])[0]
    assert coverage(shown, places(6, 3, 1), reachable) == pytest.approx(0.7)


def test_coverage_is_of_places_that_somebody_may_take() -> None:
    # Nobody is eligible for the post with 90 places: 6 / (6 + 3).
    shown, reachable = mask([1, 0, 1])[0], mask([1, 1, 0])[0]
    assert coverage(shown, places(6, 3, 90), reachable) == pytest.approx(6 / 9)


def test_coverage_without_a_reachable_post_is_unknown() -> None:
    assert np.isnan(coverage(mask([0, 0])[0], places(1, 1), mask([0, 0])[0]))


def test_few_list_places_cannot_cover_everything() -> None:
    # Two entries in all reach at best the posts with 6 and 3 places: 9 / 10.
    reachable = mask([1, 1, 1, 0])[0]
    assert attainable_coverage(2, places(6, 1, 3, 50), reachable) == pytest.approx(0.9)
    assert attainable_coverage(0, places(6, 1, 3, 50), reachable) == 0
    assert attainable_coverage(99, places(6, 1, 3, 50), reachable) == 1


@given(
    arrays.arrays(np.bool_, (2, 6)),
    arrays.arrays(np.int32, 6, elements=st.integers(0, 9)),
    arrays.arrays(np.bool_, 6),
)
def test_showing_more_never_covers_less(
    shown: NDArray[np.bool_], capacities: NDArray[np.int32], reachable: NDArray[np.bool_]
) -> None:
    few, more = coverage(np.array([shown[0], shown[0] | shown[1]]), capacities, reachable)
    assert np.isnan(few) or 0 <= few <= more <= 1


# Applicants, evenness, crowding ------------------------------------------------------------


def test_everybody_applies_to_the_first_three_of_their_list() -> None:
    lists = ranked([0, 1, 2, 3], [1, 0, -1, -1], [-1, -1, -1, -1])
    assert expected_applicants(lists, 5).tolist() == [2, 2, 1, 0, 0]


def test_gini_of_equal_shares_is_zero() -> None:
    assert gini(np.array([2.0, 2.0, 2.0]), np.array([1.0, 5.0, 2.0])) == pytest.approx(0)


def test_gini_where_one_of_two_has_everything_is_a_half() -> None:
    # The Lorenz curve is 0 until half of the places, then straight up to 1: area 1/4.
    assert gini(np.array([0.0, 3.0]), np.array([1.0, 1.0])) == pytest.approx(0.5)


def test_gini_of_one_two_three_is_two_ninths() -> None:
    # Mean absolute difference over all nine ordered pairs: (4 x 1 + 2 x 2) / 9 = 8 / 9; over
    # twice the mean of 2: 2 / 9.
    assert gini(np.array([3.0, 1.0, 2.0]), np.ones(3)) == pytest.approx(2 / 9)


def test_a_weight_stands_for_as_many_places() -> None:
    spelled_out = gini(np.array([1.0, 1.0, 1.0, 4.0]), np.ones(4))
    assert gini(np.array([4.0, 1.0]), np.array([1.0, 3.0])) == pytest.approx(float(spelled_out))


def test_gini_of_nothing_is_unknown() -> None:
    assert np.isnan(gini(np.zeros(3), np.ones(3)))
    assert np.isnan(gini(np.zeros(0), np.zeros(0)))


def test_gini_of_several_rows_at_once() -> None:
    both = gini(np.array([[0.0, 3.0], [1.0, 1.0]]), np.ones(2))
    assert both == pytest.approx([0.5, 0])


@given(
    arrays.arrays(np.float64, 5, elements=st.integers(0, 9).map(float)),
    arrays.arrays(np.float64, 5, elements=st.integers(1, 9).map(float)),
)
def test_gini_lies_between_even_and_one_has_all_and_is_free_of_scale(
    values: NDArray[np.float64], weights: NDArray[np.float64]
) -> None:
    measured = float(gini(values, weights))
    assert np.isnan(measured) or 0 <= measured < 1
    assert gini(7 * values, 3 * weights) == pytest.approx(measured, nan_ok=True)


def test_exposure_is_counted_per_place() -> None:
    # Six applicants on three places and two on one: two per place everywhere.
    assert exposure_gini(
        np.array([6.0, 2.0, 0.0]), places(3, 1, 9), mask([1, 1, 0])[0]
    ) == pytest.approx(0)


def test_a_post_at_the_limit_is_not_above_it() -> None:
    # 10 on 2 places is 5 each, 11 is more; the third post is out of reach.
    share = crowded_share(np.array([10.0, 11.0, 99.0]), places(2, 2, 1), mask([1, 1, 0])[0])
    assert share == pytest.approx(0.5)


def test_exposure_of_a_small_market() -> None:
    # Three graduates, three posts with 1, 2 and 7 places; everybody's list is [0, 1].
    # Coverage 3 / 10; six slots could cover all. Applicants per place 3, 1.5 and 0 on 1, 2 and
    # 7 places: amounts 3, 3, 0 of 6. From the poorest: 7/10 of the places hold 0, 9/10 hold 3/6,
    # all hold 6/6. Twice the area under the curve: .7 x 0 + .2 x .5 + .1 x (.5 + 1) = .25.
    # Gini .75. No post is above 5 per place. Six applications on ten places: .6.
    found = exposure(
        ranked([0, 1], [0, 1], [0, 1]), mask([1, 1, 1], [1, 1, 1], [1, 1, 1]), places(1, 2, 7)
    )
    assert (found.coverage, found.attainable) == pytest.approx((0.3, 1))
    assert (found.gini, found.overfull, found.pressure) == pytest.approx((0.75, 0, 0.6))
    assert found.n_lists == 3


def test_short_lists_of_few_people_can_reach_the_largest_posts_only() -> None:
    # Two graduates with one entry each: at best the posts with 7 and 2 of 11 places. A third
    # has no eligible post and no entry.
    found = exposure(
        ranked([0], [1], [-1]), mask([1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]), places(1, 1, 2, 7)
    )
    assert found.attainable == pytest.approx(9 / 11)
    assert found.n_lists == 2


def test_exposure_without_anybody_is_unknown() -> None:
    found = exposure(ranked([-1, -1]), mask([0, 0]), places(1, 1))
    assert np.isnan([found.coverage, found.attainable, found.gini, found.overfull]).all()
    assert found.n_lists == 0


# Draws and intervals -----------------------------------------------------------------------


def colleges(n_colleges: int, n_each: int) -> NDArray[np.str_]:
    return np.repeat([f"C{i:02}" for i in range(n_colleges)], n_each)


def test_there_is_at_least_one_draw() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        resample(colleges(2, 2), n_resamples=0, seed=1)


def test_ten_colleges_are_drawn_whole_and_nine_are_not() -> None:
    ten = resample(colleges(10, 3), n_resamples=5, seed=1)
    assert ten.by_college
    assert ten.counts.shape == (5, 10)
    assert ten.unit_of.tolist() == [college for college in range(10) for _ in range(3)]
    nine = resample(colleges(9, 3), n_resamples=5, seed=1)
    assert not nine.by_college
    assert nine.counts.shape == (5, 27)


def test_a_draw_is_as_large_as_what_it_is_drawn_from() -> None:
    draws = resample(colleges(3, 7), n_resamples=50, seed=1)
    assert (draws.counts.sum(axis=1) == 21).all()


def test_a_seed_gives_the_same_draws_again() -> None:
    first, again, other = (resample(colleges(2, 50), n_resamples=9, seed=s) for s in (4, 4, 5))
    assert (first.counts == again.counts).all()
    assert (first.counts != other.counts).any()


@pytest.mark.parametrize("n_colleges", [3, 12])
def test_means_and_applicants_of_a_draw_are_those_of_the_graduates_drawn(n_colleges: int) -> None:
    rng = np.random.default_rng(8)
    draws = resample(colleges(n_colleges, 4), n_resamples=6, seed=2)
    n_graduates = 4 * n_colleges
    values = rng.random((n_graduates, 2))
    values[rng.random(values.shape) < 0.3] = NAN
    lists = rng.permuted(np.tile(np.arange(-1, 6), (n_graduates, 1)), axis=1).astype(np.int32)
    means = draws.means(values)
    applicants = draws.applicants(lists, 6, depth=4)
    for i, counts in enumerate(draws.counts):
        # Spell the draw out, graduate by graduate.
        drawn = np.repeat(np.arange(n_graduates), counts[draws.unit_of].astype(int))
        assert means[i] == pytest.approx(np.nanmean(values[drawn], axis=0))
        assert applicants[i].tolist() == expected_applicants(lists[drawn], 6, depth=4).tolist()


def test_the_interval_of_a_mean_is_that_of_the_normal_law_for_many_graduates() -> None:
    # 400 graduates, half of them 1: standard error sqrt(.25 / 400) = .025, interval .5 -+ .049.
    values = np.tile([0.0, 1.0], 200)
    draws = resample(colleges(4, 100), n_resamples=4000, seed=3)
    found = mean_interval(0.5, draws.means(values))
    assert (found.low, found.high) == pytest.approx((0.451, 0.549), abs=0.006)


def test_colleges_that_differ_widen_the_interval() -> None:
    # Ten colleges, five all 1 and five all 0: standard error sqrt(.25 / 10) = .158, not .025.
    values = np.repeat([0.0, 1.0], 200)
    draws = resample(colleges(10, 40), n_resamples=2000, seed=3)
    found = mean_interval(0.5, draws.means(values))
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.158, rel=0.1)


def vars_of(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high


def test_a_mean_of_one_graduate_is_its_own_interval() -> None:
    draws = resample(colleges(1, 3), n_resamples=200, seed=1)
    found = mean_interval(0.63, draws.means(np.array([NAN, 0.63, NAN])))
    assert vars_of(found) == pytest.approx((0.63, 0.63, 0.63))
    assert found.low <= found.value <= found.high


@pytest.mark.parametrize("interval", [mean_interval, market_interval])
def test_nothing_measured_has_no_interval(interval: Callable[..., Interval]) -> None:
    assert np.isnan(vars_of(interval(NAN, np.array([0.1, 0.2])))).all()
    assert np.isnan(vars_of(interval(0.1, np.array([NAN, NAN])))).all()


def test_a_market_figure_keeps_the_spread_of_the_draws_but_not_their_place() -> None:
    # Draws 0, .01, …, .40: 2.5 % .01, middle .20, 97.5 % .39; so -+ .19 around the value.
    found = market_interval(0.5, np.arange(41) / 100)
    assert vars_of(found) == pytest.approx((0.5, 0.31, 0.69))


def test_a_market_figure_stays_a_share() -> None:
    assert vars_of(market_interval(0.95, np.arange(41) / 100)) == pytest.approx((0.95, 0.76, 1))
    assert vars_of(market_interval(0.1, np.arange(41) / 100)) == pytest.approx((0.1, 0, 0.29))


def test_a_difference_of_shares_may_be_negative() -> None:
    found = market_interval(-0.1, np.arange(41) / 100, lowest=-1)
    assert vars_of(found) == pytest.approx((-0.1, -0.29, 0.09))


# Lists and scores as they should be --------------------------------------------------------


def test_spread_is_between_the_best_and_the_worst_eligible_post() -> None:
    scores = gains([1, 5, 99], [2, 2, 2], [7, 0, 0], [3, 1, 2])
    eligible = mask([1, 1, 0], [1, 1, 1], [1, 0, 0], [0, 0, 0])
    measured = score_spread(scores, eligible)
    assert measured[:2].tolist() == [4, 0]
    assert np.isnan(measured[2:]).all()


def test_spread_without_posts_is_unknown() -> None:
    assert np.isnan(score_spread(np.zeros((2, 0), np.float32), np.zeros((2, 0), bool))).all()


def test_a_list_is_full_when_it_holds_all_there_are() -> None:
    eligible = mask([1, 1, 1], [1, 0, 0], [1, 1, 0], [0, 0, 0])
    full, n_forbidden = list_faults(ranked([0, 2], [0, -1], [1, -1], [-1, -1]), eligible)
    assert full.tolist() == [True, True, False, True]
    assert n_forbidden == 0


def test_an_entry_that_a_rule_forbids_is_counted_and_does_not_fill() -> None:
    full, n_forbidden = list_faults(ranked([0, 1], [0, 1]), mask([1, 0, 1], [1, 1, 1]))
    assert full.tolist() == [False, True]
    assert n_forbidden == 1


def test_a_post_named_twice_fills_one_place() -> None:
    full, _ = list_faults(ranked([0, 0]), mask([1, 1]))
    assert full.tolist() == [False]
