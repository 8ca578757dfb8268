"""Steps G1 to G5, each with a case that it stops and one that it lets through."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.evaluation.compare import Comparison, compare
from recommender.evaluation.gate import (
    Rehearsal,
    best_baseline,
    check_arrays,
    check_lists,
    check_market,
    check_model,
    check_rehearsal,
)
from recommender.evaluation.limits import Band, load_limits
from recommender.evaluation.metrics import Exposure
from recommender.evaluation.verdict import Effect, Reason, decide
from tests.held_out import make_held_out, scores

LIMITS = load_limits()
BASELINES = ("crosswalk", "popularity")


def codes(reasons: tuple[Reason, ...]) -> list[tuple[str, str, Effect]]:
    return [(reason.code, reason.subject, reason.effect) for reason in reasons]


# G1 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_factor_that_is_no_number_is_refused(bad: float) -> None:
    factors = np.ones((3, 4), dtype=np.float32)
    factors[1, 2] = factors[2, 2] = bad
    (reason,) = check_arrays({"post_embeddings": factors, "bias": np.zeros(4)})
    assert (reason.code, reason.subject, reason.effect) == (
        "not_finite",
        "post_embeddings",
        Effect.REFUSE,
    )
    assert (reason.measured, reason.limit) == (2, 0)


def test_numbers_and_whatever_is_no_float_pass() -> None:
    arrays = {
        "embeddings": np.ones((3, 4), dtype=np.float32),
        "indices": np.arange(3),
        "mask": np.zeros(3, dtype=bool),
        "names": np.array(["a"]),
        "empty": np.zeros(0),
    }
    assert check_arrays(arrays) == ()


def lists_of(*rows: list[int]) -> NDArray[np.int32]:
    return np.array(rows, dtype=np.int32)


def eligible_of(*rows: list[int]) -> NDArray[np.bool_]:
    return np.array(rows, dtype=bool)


def test_an_entry_that_a_rule_forbids_is_refused() -> None:
    reasons = check_lists(
        scores([3, 2, 1]), eligible_of([1, 0, 1]), lists_of([0, 1]), LIMITS.sanity
    )
    assert codes(reasons)[0] == ("rule_broken", "", Effect.REFUSE)
    assert (reasons[0].measured, reasons[0].limit) == (1, 0)


def test_one_list_in_ten_too_short_is_refused() -> None:
    lists = lists_of(*[[0, 1]] * 9, [0, -1])
    reasons = check_lists(
        np.tile(scores([3, 2, 1]), (10, 1)), np.ones((10, 3), bool), lists, LIMITS.sanity
    )
    assert codes(reasons) == [("short_lists", "", Effect.REFUSE)]
    assert reasons[0].measured == pytest.approx(0.9)


@pytest.mark.parametrize("value", [0.0, 5.0, -2e9])
def test_scores_that_are_all_alike_are_refused(value: float) -> None:
    flat = np.full((3, 3), value, dtype=np.float32)
    reasons = check_lists(flat, np.ones((3, 3), bool), lists_of(*[[0, 1]] * 3), LIMITS.sanity)
    assert codes(reasons) == [("spread", "", Effect.REFUSE)]
    assert reasons[0].measured == 0


def test_scores_that_ran_away_are_refused() -> None:
    reasons = check_lists(scores([1e8, -1e8]), eligible_of([1, 1]), lists_of([0, 1]), LIMITS.sanity)
    assert codes(reasons) == [("spread", "", Effect.REFUSE)]
    assert reasons[0].limit == 1e6


def test_full_lists_of_what_there_is_pass() -> None:
    # The second graduate has one eligible post, the third none.
    reasons = check_lists(
        np.tile(scores([3, 2, 1]), (3, 1)),
        eligible_of([1, 1, 1], [0, 1, 0], [0, 0, 0]),
        lists_of([0, 1], [1, -1], [-1, -1]),
        LIMITS.sanity,
    )
    assert reasons == ()


def test_nobody_eligible_is_said_and_stops_nothing() -> None:
    reasons = check_lists(scores([1, 2]), eligible_of([0, 0]), lists_of([-1, -1]), LIMITS.sanity)
    assert codes(reasons) == [("nobody_eligible", "", Effect.NOTE)]


def test_a_rule_is_kept_also_where_nobody_is_eligible() -> None:
    reasons = check_lists(scores([1, 2]), eligible_of([0, 0]), lists_of([1, -1]), LIMITS.sanity)
    assert codes(reasons)[0] == ("rule_broken", "", Effect.REFUSE)


def test_one_eligible_post_each_leaves_nothing_to_order() -> None:
    reasons = check_lists(scores([1, 2]), eligible_of([0, 1]), lists_of([1, -1]), LIMITS.sanity)
    assert reasons == ()


# G2 and G3 ---------------------------------------------------------------------------------


def year_of(n_graduates: int = 400, **places: list[int]) -> Comparison:
    """Compare contenders by the place in which each ranks a graduate's one post, from 1.

    The places of a contender are repeated over the graduates; all belong to one slice.
    """
    n_posts = 40
    post = np.arange(n_graduates) % n_posts
    held_out = make_held_out(
        np.eye(n_posts)[post].tolist(),
        slices={"city": ["济宁"] * 250 + ["潍坊"] * (n_graduates - 250)},
    )
    others = np.arange(n_posts) - (np.arange(n_posts) > post[:, None])
    contenders = {}
    for name, pattern in places.items():
        # The other posts score 0, -1, -2, …; the one with a gain half a point above the next.
        array = -others.astype(np.float32)
        array[np.arange(n_graduates), post] = 1.5 - np.resize(pattern, n_graduates)
        contenders[name] = array
    return compare(held_out, contenders, n_resamples=300, seed=3)


def judged(comparison: Comparison, current: str | None = None) -> tuple[Reason, ...]:
    return check_model(comparison, LIMITS, model="model", baselines=BASELINES, current=current)


def test_the_year_ranks_as_it_says() -> None:
    # Third place throughout: 1 / log2 4 = .5.
    found = year_of(model=[3])
    assert found.value("model") == pytest.approx(0.5)


def test_a_tie_with_a_baseline_is_not_a_win() -> None:
    comparison = year_of(model=[1, 2, 3], crosswalk=[1, 2, 3], popularity=[9])
    reasons = judged(comparison)
    assert codes(reasons) == [("not_ahead", "crosswalk", Effect.BASELINE)]
    assert (reasons[0].measured, reasons[0].limit) == (0, 0)


def test_a_lead_within_chance_is_not_a_win() -> None:
    # The model is better for half of the graduates and worse for the other half, by as much.
    comparison = year_of(model=[1, 3], crosswalk=[3, 1, 3, 1, 1, 3], popularity=[9])
    assert codes(judged(comparison)) == [("not_ahead", "crosswalk", Effect.BASELINE)]


def test_a_model_behind_gives_way_to_the_best_baseline_by_name() -> None:
    comparison = year_of(model=[5], crosswalk=[3], popularity=[2])
    reasons = judged(comparison)
    assert codes(reasons) == [
        ("not_ahead", "crosswalk", Effect.BASELINE),
        ("not_ahead", "popularity", Effect.BASELINE),
    ]
    best = best_baseline(comparison, BASELINES)
    ended = decide(reasons, model="model", baseline=best)
    assert (ended.verdict, ended.published) == ("baseline", "popularity")


def test_between_baselines_alike_the_first_named_is_taken() -> None:
    comparison = year_of(model=[5], crosswalk=[3], popularity=[3])
    assert best_baseline(comparison, BASELINES) == "crosswalk"
    assert best_baseline(comparison, BASELINES[::-1]) == "popularity"


def test_without_known_outcomes_the_first_baseline_is_published() -> None:
    held_out = make_held_out([[0, 0]])
    flat = {name: scores([2, 1]) for name in ("model", *BASELINES)}
    comparison = compare(held_out, flat, seed=1)
    assert codes(judged(comparison)) == [("nothing_known", "", Effect.BASELINE)]
    assert best_baseline(comparison, BASELINES) == "crosswalk"


def test_a_model_ahead_of_every_baseline_passes_and_says_what_it_was_not_compared_with() -> None:
    comparison = year_of(model=[1, 2], crosswalk=[3], popularity=[9])
    assert codes(judged(comparison)) == [("no_reference", "G3", Effect.NOTE)]


@pytest.mark.parametrize(("current", "effect"), [("current", Effect.HOLD), (None, Effect.NOTE)])
def test_a_model_beyond_belief_is_held_where_another_answers(
    current: str | None, effect: Effect
) -> None:
    # First place is worth 1, tenth 1 / log2 11 = .289: more than three times as much.
    comparison = year_of(model=[1], crosswalk=[10], popularity=[10], current=[1])
    reasons = judged(comparison, current)
    assert codes(reasons)[0] == ("too_good", "", effect)
    assert reasons[0].limit == pytest.approx(3 * 0.28906, abs=1e-4)


def test_a_model_worse_than_the_current_one_is_refused() -> None:
    # Second place instead of first for one in ten: .037 less on average, in every slice.
    comparison = year_of(model=[1] * 9 + [2], crosswalk=[3], popularity=[9], current=[1])
    reasons = judged(comparison, "current")
    assert reasons[0].code == "worse_than_current"
    assert all(effect is Effect.REFUSE for *_, effect in codes(reasons))


def test_a_slice_that_loses_is_named_although_the_whole_gains() -> None:
    # 250 graduates fall from first to second place (-.37), 550 rise from tenth to first.
    model, current = [2] * 250 + [1] * 550, [1] * 250 + [10] * 550
    comparison = year_of(800, model=model, current=current, crosswalk=[3], popularity=[9])
    assert comparison.difference("model", "current").low > 0
    reasons = judged(comparison, "current")
    assert codes(reasons) == [("slice_loses", "济宁", Effect.REFUSE)]
    assert reasons[0].measured == pytest.approx(0.63093 - 1, abs=1e-4)
    assert reasons[0].limit == -0.03


def test_a_slice_too_small_to_tell_stops_nothing() -> None:
    # The second slice holds 150 graduates and loses as much.
    model, current = [1] * 250 + [2] * 150, [10] * 250 + [1] * 150
    comparison = year_of(400, model=model, current=current, crosswalk=[3], popularity=[9])
    assert judged(comparison, "current") == ()


def test_the_same_settings_are_no_worse() -> None:
    comparison = year_of(model=[1, 2], current=[1, 2], crosswalk=[3], popularity=[9])
    assert judged(comparison, "current") == ()


def test_a_current_model_ahead_of_the_baseline_stays_where_the_new_one_is_not() -> None:
    comparison = year_of(model=[5], current=[1], crosswalk=[3], popularity=[9])
    reasons = judged(comparison, "current")
    assert codes(reasons) == [
        ("not_ahead", "crosswalk", Effect.BASELINE),
        ("current_is_better", "crosswalk", Effect.REFUSE),
    ]
    ended = decide(reasons, model="model", baseline="crosswalk")
    assert (ended.verdict, ended.published) == ("refused", None)


def test_a_current_model_that_ties_with_the_baseline_gives_way_to_it() -> None:
    comparison = year_of(model=[5], current=[3], crosswalk=[3], popularity=[9])
    assert codes(judged(comparison, "current")) == [("not_ahead", "crosswalk", Effect.BASELINE)]


def test_a_current_model_that_loses_too_gives_way_to_the_baseline() -> None:
    comparison = year_of(model=[5], current=[5], crosswalk=[3], popularity=[9])
    ended = decide(judged(comparison, "current"), model="model", baseline="crosswalk")
    assert (ended.verdict, ended.published) == ("baseline", "crosswalk")


# G4 ----------------------------------------------------------------------------------------

FAIR = Exposure(coverage=0.9, attainable=1.0, gini=0.4, overfull=0.1, pressure=2.0, n_lists=1000)


@pytest.mark.parametrize(
    ("found", "code", "measured"),
    [
        (replace(FAIR, coverage=0.1), "coverage", 0.1),
        (replace(FAIR, gini=0.99), "gini", 0.99),
        (replace(FAIR, overfull=0.9), "overfull", 0.9),
        (replace(FAIR, coverage=float("nan")), "coverage", None),
    ],
)
def test_lists_that_leave_places_idle_or_crowd_people_are_refused(
    found: Exposure, code: str, measured: float | None
) -> None:
    reasons = check_market(found, LIMITS.market)
    assert codes(reasons) == [(code, "", Effect.REFUSE)]
    assert reasons[0].to_json()["measured"] == measured
    json.dumps(reasons[0].to_json(), allow_nan=False)


def test_market_limits_have_two_sides() -> None:
    narrow = replace(LIMITS.market, coverage=Band(0.3, 0.8), gini=Band(0.5, 0.9))
    assert [code for code, *_ in codes(check_market(FAIR, narrow))] == ["coverage", "gini"]


def test_lists_too_few_to_cover_everything_are_held_to_what_they_could() -> None:
    # A fifth of the places, of a quarter that so few entries could reach.
    few_entries = replace(FAIR, coverage=0.2, attainable=0.25)
    assert check_market(few_entries, LIMITS.market) == ()


@pytest.mark.parametrize(("pressure", "code"), [(6.0, "places_scarce"), (0.1, "places_plenty")])
def test_crowding_is_not_judged_where_places_are_scarce_or_plenty(
    pressure: float, code: str
) -> None:
    found = replace(FAIR, gini=0.99, overfull=1.0, pressure=pressure)
    assert codes(check_market(found, LIMITS.market)) == [(code, "", Effect.NOTE)]


def test_without_a_last_good_version_a_baseline_takes_the_place_of_a_crowding_model() -> None:
    reasons = check_market(replace(FAIR, gini=0.99), LIMITS.market, has_last_good=False)
    assert codes(reasons) == [("gini", "", Effect.BASELINE)]


@pytest.mark.parametrize("has_last_good", [True, False])
def test_a_baseline_that_crowds_is_published_and_said(has_last_good: bool) -> None:
    # There is always an answer, and the baseline was the best of them.
    reasons = check_market(
        replace(FAIR, gini=0.99, coverage=0.1),
        LIMITS.market,
        is_baseline=True,
        has_last_good=has_last_good,
    )
    assert codes(reasons) == [("coverage", "", Effect.NOTE), ("gini", "", Effect.NOTE)]


@pytest.mark.parametrize("pressure", [0.5, 5.0])
def test_crowding_is_judged_up_to_both_ends(pressure: float) -> None:
    found = replace(FAIR, gini=0.99, pressure=pressure, n_lists=200)
    assert codes(check_market(found, LIMITS.market)) == [("gini", "", Effect.REFUSE)]


def test_crowded_posts_are_said_and_stop_nobody_where_every_post_is_sought_after() -> None:
    # At 3.5 applications to a place, a post that draws half as many again is crowded.
    found = replace(FAIR, overfull=0.45, pressure=3.5)
    assert codes(check_market(found, LIMITS.market)) == [("overfull", "", Effect.NOTE)]


def test_few_lists_are_said_and_not_judged() -> None:
    few = replace(FAIR, coverage=0.0, gini=1.0, n_lists=199)
    assert codes(check_market(few, LIMITS.market)) == [("few_lists", "", Effect.NOTE)]


def test_a_fair_market_passes() -> None:
    assert check_market(FAIR, LIMITS.market) == ()


# G5 ----------------------------------------------------------------------------------------

SMOOTH = Rehearsal(n_requests=100, n_errors=0, median_s=0.010, current_median_s=0.010, overlap=0.9)


@pytest.mark.parametrize(
    ("found", "code", "measured", "limit"),
    [
        (replace(SMOOTH, n_errors=1), "errors", 1, 0),
        (replace(SMOOTH, median_s=0.016), "time", 1.6, 1.5),
        (replace(SMOOTH, median_s=0.0001), "time", 0.01, 0.02),
        (replace(SMOOTH, overlap=0.39), "overlap", 0.39, 0.4),
    ],
)
def test_a_rehearsal_that_goes_wrong_holds(
    found: Rehearsal, code: str, measured: float, limit: float
) -> None:
    (reason,) = check_rehearsal(found, LIMITS.rehearsal)
    assert (reason.code, reason.effect) == (code, Effect.HOLD)
    assert (reason.measured, reason.limit) == (pytest.approx(measured), limit)


def test_errors_hold_also_without_a_current_version() -> None:
    first = Rehearsal(n_requests=100, n_errors=2, median_s=0.01)
    assert codes(check_rehearsal(first, LIMITS.rehearsal)) == [
        ("errors", "", Effect.HOLD),
        ("no_reference", "G5", Effect.NOTE),
    ]


@pytest.mark.parametrize(
    "found",
    [
        Rehearsal(n_requests=100, n_errors=0, median_s=0.01),
        Rehearsal(n_requests=0, n_errors=0, median_s=0.0),
    ],
)
def test_nothing_to_compare_with_is_said(found: Rehearsal) -> None:
    assert codes(check_rehearsal(found, LIMITS.rehearsal)) == [("no_reference", "G5", Effect.NOTE)]


def test_a_smooth_rehearsal_passes() -> None:
    assert check_rehearsal(SMOOTH, LIMITS.rehearsal) == ()
