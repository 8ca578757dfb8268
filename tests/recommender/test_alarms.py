"""What may be wrong with a model that passes for a good one, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.evaluation.alarms import (
    check_belief,
    check_cities,
    check_prices,
    check_vocabulary,
    mean_auc,
)
from recommender.evaluation.compare import Comparison, compare
from recommender.evaluation.limits import load_limits
from recommender.evaluation.verdict import Effect
from tests.held_out import make_held_out, scores

LIMITS = load_limits()
NAN = float("nan")


# G1 ----------------------------------------------------------------------------------------


def test_a_model_that_has_not_heard_of_the_posts_it_learned_from_is_refused() -> None:
    posts = [{"any", f"enterprise:{n % 10}"} for n in range(50)]
    known = {"any", *(f"enterprise:{n}" for n in range(9))}
    (reason,) = check_vocabulary(posts, known, LIMITS.sanity)
    assert (reason.code, reason.effect) == ("stale_features", Effect.REFUSE)
    # One enterprise in ten is unknown.
    assert (reason.measured, reason.limit) == (0.9, 0.99)


def test_a_whole_vocabulary_passes_and_none_is_not_judged() -> None:
    posts = [{"any", "enterprise:1"}]
    assert check_vocabulary(posts, {"any", "enterprise:1", "enterprise:2"}, LIMITS.sanity) == ()
    assert check_vocabulary(posts, (), LIMITS.sanity) == ()
    assert check_vocabulary([], {"any"}, LIMITS.sanity) == ()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_price_that_is_no_number_is_refused(bad: float) -> None:
    reasons = check_prices(
        np.array([0.0, bad]), scores([1, 2]), np.ones((1, 2), bool), LIMITS.sanity
    )
    assert [(each.code, each.subject, each.effect) for each in reasons] == [
        ("not_finite", "prices", Effect.REFUSE)
    ]


@pytest.mark.parametrize("price", [30.1, -30.1])
def test_a_price_beyond_what_scores_could_outweigh_is_refused(price: float) -> None:
    # Eligible scores lie ten apart; the third is not eligible.
    (reason,) = check_prices(
        np.array([price, 1.0, 0.0]),
        scores([0, 10, 1000]),
        np.array([[True, True, False]]),
        LIMITS.sanity,
    )
    assert (reason.code, reason.effect) == ("prices", Effect.REFUSE)
    assert reason.measured == pytest.approx(price / 10)


def test_prices_that_did_not_settle_are_refused() -> None:
    yes = np.ones((1, 2), bool)
    reasons = check_prices(np.array([1.0, 0.0]), scores([0, 10]), yes, LIMITS.sanity, gap=0.11)
    assert [(each.code, each.effect) for each in reasons] == [("price_gap", Effect.REFUSE)]


def test_usual_prices_pass_and_so_does_what_has_none() -> None:
    yes = np.ones((1, 2), bool)
    assert check_prices(np.array([9.0, 0.0]), scores([0, 10]), yes, LIMITS.sanity) == ()
    assert check_prices(np.zeros(2), scores([5, 5]), yes, LIMITS.sanity) == ()
    assert check_prices(np.zeros(0), np.zeros((1, 0), np.float32), yes[:, :0], LIMITS.sanity) == ()


# G2 ----------------------------------------------------------------------------------------


def test_the_auc_is_a_mean_over_graduates_with_ties_counted_half() -> None:
    ranked = scores([3, 2, 1], [1, 1, 9], [1, 2, 3], [1, 2, 3])
    gains = np.array(
        [[0, 1, 0], [1, 0, NAN], [0, 0, 0], [1, 1, 1]], dtype=np.float32
    )  # Above one of two; level with the only other; the last two have nothing to compare.
    assert mean_auc(ranked, gains) == pytest.approx((0.5 + 0.5) / 2)
    assert np.isnan(mean_auc(ranked[2:], gains[2:]))


def test_what_is_no_candidate_may_have_no_score() -> None:
    gains = np.array([[1, 0, NAN]], dtype=np.float32)
    assert mean_auc(scores([2, 1, NAN]), gains) == 1.0


@pytest.fixture(scope="module")
def year() -> Comparison:
    """Give forty graduates: the model finds every post, the rule half of them, in second place."""
    gains = [[1, 0, 0]] * 40
    return compare(
        make_held_out(gains),
        {
            "model": scores(*[[3, 2, 1]] * 40),
            "crosswalk": scores(*[[2, 3, 1]] * 40),
        },
        k=2,
        n_resamples=10,
        seed=1,
    )


def believed(
    year: Comparison, auc: float, past: list[dict[str, float | None]], rule: float = 0.8
) -> list[tuple[str, str, float | None]]:
    found = check_belief(
        year,
        LIMITS.floor,
        contenders=("model", "crosswalk"),
        auc=auc,
        best_rule_auc=rule,
        past=past,
    )
    assert {each.effect for each in found} <= {Effect.HOLD}
    return [(each.code, each.subject, each.limit) for each in found]


def test_a_year_that_a_rule_tells_apart_as_surely_is_an_easy_one(year: Comparison) -> None:
    # The model errs in 0.02 of the pairs; a third of 0.07 is more, a third of 0.05 is less.
    assert believed(year, 0.98, [], rule=0.93) == [("leak", "", 0.97)]
    assert believed(year, 0.98, [], rule=0.95) == []


def test_a_model_that_knows_what_nobody_could_is_held_also_on_the_first_night(
    year: Comparison,
) -> None:
    assert believed(year, 0.971, []) == [("leak", "", 0.97)]
    assert believed(year, 0.97, []) == []
    assert believed(year, NAN, []) == []


@pytest.mark.parametrize(("before", "limit"), [(0.57, 0.05), (0.69, -0.05)])
def test_a_rule_that_reaches_something_else_on_a_year_that_is_over_is_held(
    year: Comparison, before: float, limit: float
) -> None:
    # The rule has every post in second place: 1 / log2(3) = .631, which is .061 more than .57
    # and .059 less than .69. One odd night does not move the median.
    past = [{"model": 1.0, "crosswalk": before}] * 3 + [{"model": 1.0, "crosswalk": 0.631}]
    assert believed(year, 0.9, past) == [("reached_moved", "crosswalk", limit)]


def test_a_model_that_reaches_more_than_it_did_is_held(year: Comparison) -> None:
    past = [{"model": 0.9, "crosswalk": 0.631}]
    assert believed(year, 0.9, past) == [("reached_moved", "model", 0.05)]


def test_what_was_not_measured_before_says_nothing(year: Comparison) -> None:
    assert believed(year, 0.9, [{"crosswalk": 0.60}, {"model": None}]) == []


# G4 ----------------------------------------------------------------------------------------

FEW = replace(LIMITS.market, enough_lists=2, enough_places=5)
CITIES = np.array(["济宁市", "济宁市", "潍坊市"])


def test_a_city_that_nobody_is_sent_to_is_held() -> None:
    lists = np.array([[0, 1]] * 4, dtype=np.int32)
    capacities = np.array([5, 5, 5], dtype=np.int32)
    reasons = check_cities(lists, np.ones((4, 3), bool), capacities, CITIES, FEW)
    assert [(each.code, each.subject, each.effect) for each in reasons] == [
        ("city_left_out", "潍坊市", Effect.HOLD)
    ]
    (said,) = check_cities(
        lists, np.ones((4, 3), bool), capacities, CITIES, FEW, effect=Effect.NOTE
    )
    assert said.effect is Effect.NOTE


def test_everybody_sent_to_the_same_post_is_held() -> None:
    lists = np.zeros((4, 1), dtype=np.int32)
    reasons = check_cities(
        lists, np.ones((4, 3), bool), np.array([5, 5, 5], dtype=np.int32), CITIES, FEW
    )
    # A third of the places is in a list, where lists of one reach all of them.
    assert ("coverage", "") in [(each.code, each.subject) for each in reasons]


def test_a_city_of_few_places_and_few_lists_say_nothing() -> None:
    lists = np.array([[0, 1]] * 4, dtype=np.int32)
    small = np.array([5, 5, 4], dtype=np.int32)
    assert check_cities(lists, np.ones((4, 3), bool), small, CITIES, FEW) == ()
    assert check_cities(lists[:1], np.ones((1, 3), bool), small, CITIES, FEW) == ()
