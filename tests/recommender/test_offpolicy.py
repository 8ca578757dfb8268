"""Estimates of another way of choosing, held against a recipe whose truth is known.

Two kinds of people, equally frequent, and three actions; rewards are 0 or 1.

====== ================= ================= =================
kind   log's chances     target's chances  mean reward
====== ================= ================= =================
A      0.5  0.3  0.2     0.1  0.2  0.7     0.2  0.5  0.8
B      0.2  0.2  0.6     0.5  0.1  0.4     0.6  0.1  0.3
====== ================= ================= =================

The target earns (0.02 + 0.10 + 0.56) / 2 + (0.30 + 0.01 + 0.12) / 2 = 0.555.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from recommender.errors import NeverShown, TooFewEffective
from recommender.evaluation.offpolicy import (
    ChoiceLog,
    Estimate,
    doubly_robust,
    effective_size,
    importance,
    ips,
    off_policy,
    snips,
)

CHANCES = np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
TARGET = np.array([[0.1, 0.2, 0.7], [0.5, 0.1, 0.4]])
MEANS = np.array([[0.2, 0.5, 0.8], [0.6, 0.1, 0.3]])
TRUTH = 0.555
N_CHOICES, N_SEEDS = 400, 1000


def draw(seed: int) -> tuple[np.ndarray, ChoiceLog]:
    """Draw one log of the recipe; the kinds come first."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(2, size=N_CHOICES)
    chances = CHANCES[kinds]
    actions = (rng.random(N_CHOICES)[:, None] > np.cumsum(chances, axis=1)).sum(axis=1)
    rewards = (rng.random(N_CHOICES) < MEANS[kinds, actions]).astype(np.float64)
    return kinds, ChoiceLog(actions=actions, rewards=rewards, chances=chances)


def log_of(actions: list[int], rewards: list[float], chances: list[list[float]]) -> ChoiceLog:
    return ChoiceLog(
        actions=np.array(actions, dtype=np.intp),
        rewards=np.array(rewards, dtype=np.float64),
        chances=np.array(chances, dtype=np.float64),
    )


# --- refusals ---------------------------------------------------------------------------------


def test_a_way_that_never_varied_says_nothing_of_another() -> None:
    log = log_of([0] * 100, [1.0] * 100, [[1.0, 0.0]] * 100)
    target = np.tile([0.0, 1.0], (100, 1))
    with pytest.raises(NeverShown) as refusal:
        off_policy(log, target, np.zeros((100, 2)))
    assert (refusal.value.n_lists, refusal.value.share) == (100, 1.0)


def test_a_large_sample_does_not_hide_what_was_never_shown() -> None:
    # Alike for nine in ten, so that 90 of 100 would be effective; the tenth is known of nobody.
    log = log_of([0] * 100, [1.0] * 100, [[1.0, 0.0]] * 100)
    target = np.tile([1.0, 0.0], (100, 1))
    target[:10] = [0.0, 1.0]
    with pytest.raises(NeverShown) as refusal:
        off_policy(log, target, np.zeros((100, 2)))
    assert refusal.value.share == pytest.approx(0.1)


def test_what_lies_on_no_column_of_the_log_was_never_shown() -> None:
    log = log_of([0, 1], [1.0, 0.0], [[0.5, 0.5]] * 2)
    with pytest.raises(NeverShown) as refusal:
        off_policy(log, np.array([[0.5, 0.5], [0.5, 0.2]]), np.zeros((2, 2)))
    assert refusal.value.share == pytest.approx(0.15)  # (0 + 0.3) / 2


def test_an_effective_sample_under_a_fifth_is_refused() -> None:
    # One list in twenty was explored; a target that always explores weighs those 20 and the
    # rest 0, so of 1,000 lists (50 × 20)² ÷ (50 × 400) = 50 are effective: 5 %.
    log = log_of([1] * 50 + [0] * 950, [1.0] * 1000, [[0.95, 0.05]] * 1000)
    with pytest.raises(TooFewEffective) as refusal:
        off_policy(log, np.tile([0.0, 1.0], (1000, 1)), np.zeros((1000, 2)))
    assert refusal.value.effective_n == pytest.approx(50.0)
    assert (refusal.value.n_lists, refusal.value.limit) == (1000, 0.20)


@pytest.mark.parametrize(("n_explored", "is_enough"), [(20, True), (19, False)])
def test_a_fifth_itself_is_enough(n_explored: int, is_enough: bool) -> None:
    # All weight on n of 100 lists alike: n are effective.
    actions = [1] * n_explored + [0] * (100 - n_explored)
    log = log_of(actions, [1.0] * 100, [[0.8, 0.2]] * 100)
    target = np.tile([0.0, 1.0], (100, 1))
    if is_enough:
        assert off_policy(log, target, np.zeros((100, 2))).effective_n == pytest.approx(20.0)
    else:
        with pytest.raises(TooFewEffective):
            off_policy(log, target, np.zeros((100, 2)))


def test_a_target_that_chose_none_of_what_was_shown_has_no_effective_sample() -> None:
    log = log_of([0, 0], [1.0, 1.0], [[0.5, 0.5]] * 2)
    with pytest.raises(TooFewEffective) as refusal:
        off_policy(log, np.array([[0.0, 1.0]] * 2), np.zeros((2, 2)))
    assert refusal.value.effective_n == 0.0


@pytest.mark.parametrize(
    ("actions", "rewards", "chances", "match"),
    [
        ([], [], [], "no choice"),
        ([0], [1.0, 0.0], [[1.0]], "one reward"),
        ([0], [math.nan], [[1.0]], "finite"),
        ([0], [1.0], [[0.5, 0.4]], "add up"),
        ([0], [1.0], [[1.5, -0.5]], "add up"),
        ([1], [1.0], [[1.0, 0.0]], "no chance"),
    ],
)
def test_a_log_that_cannot_be(
    actions: list[int], rewards: list[float], chances: list[list[float]], match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        log_of(actions, rewards, chances)


@pytest.mark.parametrize("row", [[0.6, 0.6], [-0.1, 0.5]])
def test_a_target_that_is_no_distribution(row: list[float]) -> None:
    log = log_of([0], [1.0], [[0.5, 0.5]])
    with pytest.raises(ValueError, match="no distribution"):
        importance(log, np.array([row]))


def test_tables_of_another_shape() -> None:
    log = log_of([0], [1.0], [[0.5, 0.5]])
    with pytest.raises(ValueError, match="shape"):
        importance(log, np.array([[1.0]]))
    with pytest.raises(ValueError, match="shape"):
        doubly_robust(log, np.array([[0.5, 0.5]]), np.array([[0.5]]))


# --- by hand ----------------------------------------------------------------------------------


def test_the_effective_size_by_hand() -> None:
    assert effective_size(np.array([1.0, 1.0, 2.0])) == pytest.approx(16 / 6)
    assert effective_size(np.ones(7)) == pytest.approx(7.0)


def test_ips_by_hand() -> None:
    # 0 and 3: mean 1.5, deviation √4.5, error √4.5 ÷ √2 = 1.5.
    made = ips(np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    assert (made.value, made.standard_error) == (pytest.approx(1.5), pytest.approx(1.5))


def test_snips_by_hand() -> None:
    # (0 + 3) ÷ 4 = 0.75; √(0.75² + (3 × 0.25)²) ÷ 4 = 0.75 √2 ÷ 4.
    made = snips(np.array([0.0, 1.0]), np.array([1.0, 3.0]))
    assert made.value == pytest.approx(0.75)
    assert made.standard_error == pytest.approx(0.75 * math.sqrt(2) / 4)


def test_doubly_robust_by_hand() -> None:
    # Weights 0.5 ÷ 0.25 = 2 and 0.5 ÷ 0.75 = 2/3. The target's own expectations are 0.3 and
    # 0.3; corrections 2 × (1 − 0.4) = 1.2 and 2/3 × (0 − 0.2): 1.5 and 1/6, mean 5/6.
    log = log_of([0, 1], [1.0, 0.0], [[0.25, 0.75]] * 2)
    made = doubly_robust(log, np.full((2, 2), 0.5), np.array([[0.4, 0.2]] * 2))
    assert made.value == pytest.approx(5 / 6)


def test_an_interval_is_one_point_nine_six_errors_wide_on_each_side() -> None:
    made = Estimate(value=0.5, standard_error=0.1)
    assert (made.low, made.high) == (pytest.approx(0.304, abs=1e-4), pytest.approx(0.696, abs=1e-4))


def test_the_logs_own_way_is_worth_what_it_earned() -> None:
    log = log_of([0, 1, 1, 0], [1.0, 0.0, 1.0, 0.0], [[0.5, 0.5]] * 4)
    made = off_policy(log, log.chances, np.zeros((4, 2)))
    assert made.effective_n == pytest.approx(4.0)
    values = (made.shown, made.ips, made.snips, made.doubly_robust)
    assert [each.value for each in values] == [pytest.approx(0.5)] * 4


def test_snips_moves_with_a_constant_and_ips_does_not() -> None:
    rewards, weights = np.array([0.0, 1.0, 1.0]), np.array([1.0, 3.0, 0.5])
    before, after = (snips(rewards + shift, weights) for shift in (0.0, 7.0))
    assert after.value == pytest.approx(before.value + 7.0)
    assert after.standard_error == pytest.approx(before.standard_error)
    # The weights have a mean of 1.5 here, so IPS moves by 7 × 1.5.
    moved = ips(rewards + 7.0, weights).value - ips(rewards, weights).value
    assert moved == pytest.approx(10.5)


def test_an_exact_model_makes_doubly_robust_exact_whatever_the_chances() -> None:
    # Rewards are what the model says, and the chances are not those that drew the actions.
    kinds, drawn = draw(2)
    expected = MEANS[kinds]
    wrong = np.tile([0.2, 0.2, 0.6], (N_CHOICES, 1))
    log = ChoiceLog(actions=drawn.actions, rewards=drawn.of_chosen(expected), chances=wrong)
    made = off_policy(log, TARGET[kinds], expected)
    # By hand for each kind, see above: 0.68 for A and 0.43 for B.
    truth = np.array([0.68, 0.43])[kinds].mean()
    assert made.doubly_robust.value == pytest.approx(truth, abs=1e-12)
    assert abs(made.ips.value - truth) > 0.02  # the wrong chances do mislead without a model


# --- over many seeds --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def seeds() -> dict[str, np.ndarray]:
    """Give value and standard error of each estimate, over many logs of the recipe."""
    found: dict[str, list[tuple[float, float]]] = {"ips": [], "snips": [], "doubly_robust": []}
    for seed in range(N_SEEDS):
        kinds, log = draw(seed)
        made = off_policy(log, TARGET[kinds], np.full((N_CHOICES, 3), 0.5))
        for name, values in found.items():
            estimate: Estimate = getattr(made, name)
            values.append((estimate.value, estimate.standard_error))
    return {name: np.array(values) for name, values in found.items()}


# Variance of one term. With w = target ÷ log and r² = r,
#   IPS: E[w² r] = ½ (0.004 + 0.066667 + 1.96) + ½ (0.75 + 0.005 + 0.08) = 1.432833, less 0.555².
#   DR with the model 0.5: (r − 0.5)² is 0.25, so ¼ E[w²] = ¼ × 2.085 = 0.52125, less 0.055².
VARIANCES = {"ips": 1.432833 - 0.308025, "doubly_robust": 0.52125 - 0.003025}


@pytest.mark.parametrize("name", VARIANCES)
def test_an_estimate_is_right_on_average_and_knows_its_error(
    seeds: dict[str, np.ndarray], name: str
) -> None:
    values, errors = seeds[name].T
    error = math.sqrt(VARIANCES[name] / N_CHOICES)
    assert abs(values.mean() - TRUTH) < 4 * error / math.sqrt(N_SEEDS)
    # A standard deviation of 1,000 values is known to 1 ÷ √2,000 = 2.2 %; four times that.
    assert values.std(ddof=1) == pytest.approx(error, rel=0.09)
    assert errors.mean() == pytest.approx(error, rel=0.05)


def test_snips_is_right_but_for_one_in_n(seeds: dict[str, np.ndarray]) -> None:
    values, errors = seeds["snips"].T
    assert abs(values.mean() - TRUTH) < 1 / N_CHOICES + 4 * values.std() / math.sqrt(N_SEEDS)
    assert errors.mean() == pytest.approx(values.std(ddof=1), rel=0.11)


@pytest.mark.parametrize("name", ["ips", "snips", "doubly_robust"])
def test_intervals_hold_the_truth_nineteen_times_in_twenty(
    seeds: dict[str, np.ndarray], name: str
) -> None:
    values, errors = seeds[name].T
    held = np.mean(np.abs(values - TRUTH) < 1.959964 * errors)
    assert 0.92 < held < 0.98  # 0.95 ± 4 × √(0.95 × 0.05 ÷ 1,000)
