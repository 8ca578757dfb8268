"""What another way of choosing would have earned, from what was chosen and how likely it was.

Three estimates stand side by side, none without its standard error, and none at all where the
log says too little: an estimate that rests on a handful of heavy lists is worse than none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.errors import NeverShown, TooFewEffective

MIN_EFFECTIVE_SHARE = 0.20
_Z_95 = 1.959963984540054
_ROUNDING = 1e-9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChoiceLog:
    """What was chosen, how likely every choice was, and what came of it.

    Attributes
    ----------
    actions : int array of shape (n_choices,)
        The action chosen.
    rewards : float64 array of shape (n_choices,)
        What it earned; finite.
    chances : float64 array of shape (n_choices, n_actions)
        How likely the log's own way made each action; each row adds up to 1.

    Raises
    ------
    ValueError
        If there is no choice, shapes do not fit, a reward is not finite, a row of chances does
        not add up to 1, or an action was chosen that had no chance.
    """

    actions: NDArray[np.intp]
    rewards: Floats
    chances: Floats

    def __post_init__(self) -> None:
        n_choices = len(self.actions)
        if not n_choices:
            raise ValueError("there is no choice to estimate from")
        if self.rewards.shape != (n_choices,) or self.chances.shape[:1] != (n_choices,):
            raise ValueError("one reward and one row of chances per choice are needed")
        if not np.isfinite(self.rewards).all():
            raise ValueError("a reward is not finite")
        if np.any(self.chances < 0) or not np.allclose(self.chances.sum(axis=1), 1.0):
            raise ValueError("the chances of a choice do not add up to 1")
        if not np.all(self.of_chosen(self.chances) > 0):
            raise ValueError("an action was chosen that had no chance")

    def of_chosen(self, table: Floats) -> Floats:
        """Give the entry of each action chosen: float64 (n_choices,)."""
        return table[np.arange(len(self.actions)), self.actions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimate with its standard error and the interval of 95 % (normal)."""

    value: float
    standard_error: float

    @property
    def low(self) -> float:
        """Lower end of the interval."""
        return self.value - _Z_95 * self.standard_error

    @property
    def high(self) -> float:
        """Upper end of the interval."""
        return self.value + _Z_95 * self.standard_error


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPolicy:
    """What another way of choosing would have earned on average.

    Attributes
    ----------
    effective_n
        How many choices of the target's own would say as much (Kish).
    shown
        What the log's own way earned: the plain mean.
    """

    n_choices: int
    effective_n: float
    shown: Estimate
    ips: Estimate
    snips: Estimate
    doubly_robust: Estimate


def off_policy(log: ChoiceLog, target: Floats, expected: Floats) -> OffPolicy:
    """Estimate what a target would have earned where the log's own way chose.

    Parameters
    ----------
    log : ChoiceLog
    target : float64 array of shape (n_choices, n_actions)
        How likely the target makes each action. A row may add up to less than 1: the rest lies
        on actions that are no column of the log.
    expected : float64 array of shape (n_choices, n_actions)
        A model of the reward of each action, not fitted on the same choice.

    Raises
    ------
    NeverShown
        If the target would choose what the log's way never chose: nothing is known of that.
    TooFewEffective
        If the effective sample is under a fifth of the log.
    ValueError
        If shapes do not fit, or a row of the target is no distribution.

    References
    ----------
    Horvitz and Thompson (1952); Swaminathan and Joachims (2015), The self-normalized estimator
    for counterfactual learning; Dudik, Langford and Li (2011), Doubly robust policy evaluation
    and learning; Kish (1965), Survey sampling.
    """
    weights = importance(log, target)
    n_effective = effective_size(weights)
    n_choices = len(weights)
    if n_effective < MIN_EFFECTIVE_SHARE * n_choices:
        raise TooFewEffective(n_choices, n_effective, MIN_EFFECTIVE_SHARE)
    return OffPolicy(
        n_choices=n_choices,
        effective_n=n_effective,
        shown=_mean(log.rewards),
        ips=ips(log.rewards, weights),
        snips=snips(log.rewards, weights),
        doubly_robust=doubly_robust(log, target, expected),
    )


def importance(log: ChoiceLog, target: Floats) -> Floats:
    """Give how many times as likely the target made each choice: float64 (n_choices,), from 0.

    See `off_policy` for the parameters and errors.
    """
    if target.shape != log.chances.shape:
        raise ValueError(f"target has shape {target.shape}, the log {log.chances.shape}")
    totals = target.sum(axis=1)
    if np.any(target < 0) or np.any(totals > 1 + _ROUNDING):
        raise ValueError("a row of the target is no distribution")
    covered = np.where(log.chances > 0, target, 0.0).sum(axis=1)
    never = float(np.mean(1.0 - covered))
    if never > _ROUNDING:
        raise NeverShown(len(covered), never)
    return log.of_chosen(target) / log.of_chosen(log.chances)


def effective_size(weights: Floats) -> float:
    """Give Kish's effective sample size, 0 to n: the squared sum over the sum of squares."""
    squares = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / squares if squares else 0.0


def ips(rewards: Floats, weights: Floats) -> Estimate:
    """Weigh each reward by how many times as likely the target made it; unbiased."""
    return _mean(weights * rewards)


def snips(rewards: Floats, weights: Floats) -> Estimate:
    """Divide by the sum of the weights instead of their number; the error by the delta method.

    A constant added to every reward moves it by that constant. Biased by about 1/n.
    """
    total = float(weights.sum())
    value = float(weights @ rewards) / total
    return Estimate(
        value=value,
        standard_error=math.sqrt(float(np.sum((weights * (rewards - value)) ** 2))) / total,
    )


def doubly_robust(log: ChoiceLog, target: Floats, expected: Floats) -> Estimate:
    """Take a model's value of the target, and correct it by what the model missed.

    Unbiased where the chances are right, and where the model is.
    """
    if expected.shape != target.shape:
        raise ValueError(f"expected has shape {expected.shape}, the target {target.shape}")
    missed = log.rewards - log.of_chosen(expected)
    return _mean(np.sum(target * expected, axis=1) + importance(log, target) * missed)


def _mean(values: Floats) -> Estimate:
    """Give a mean; its error is not a number where there is one value only."""
    n_values = len(values)
    spread = float(np.std(values, ddof=1)) if n_values > 1 else math.nan
    return Estimate(value=float(values.mean()), standard_error=spread / math.sqrt(n_values))
