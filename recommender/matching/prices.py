"""A price per post from everybody's lists: where many queue for few places, it rises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

APPLICATIONS = 3.0  # posts that one graduate is expected to apply to
SHARPNESS = 4.0  # how many times finer than a graduate's own spread of scores a choice is
N_ROUNDS = 60
DAMPING = 0.5


@dataclass(frozen=True, slots=True)
class Prices:
    """What the queue for each post's places costs.

    Attributes
    ----------
    price : float64 array of shape (n_posts,)
        In units of the score, at least 0.
    applicants : float64 array of shape (n_posts,)
        Expected applicants if every graduate followed the unpriced list.
    """

    price: NDArray[np.float64]
    applicants: NDArray[np.float64]


def solve_prices(
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
) -> Prices:
    """Find the prices at which the queue per open place is level over the posts in demand.

    A graduate applies to a post with a chance that grows with its score less its price
    (multinomial logit over the eligible posts). The price of a post with more applicants per
    place than there are on the whole rises, with fewer it falls, to 0 at the lowest; the
    update is damped, and the fixed point is that of the entropic assignment problem.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
        Open places, at least 0.

    Returns
    -------
    Prices

    References
    ----------
    Galichon and Salanié (2022), Cupid's invisible hand, Review of Economic Studies 89(5);
    damped updates as in Sinkhorn and Knopp (1967).
    """
    price = np.zeros(scores.shape[1])
    wanted = eligible.any(axis=0) & (capacities > 0)
    people = eligible.any(axis=1)
    if not wanted.any():
        return Prices(price, np.zeros(scores.shape[1]))
    utility, temperature = _utility(scores[people], eligible[people])
    applicants = unpriced = _applicants(utility, price)
    target = max(1.0, applicants.sum() / capacities[wanted].sum())
    for _ in range(N_ROUNDS):
        queue = np.maximum(applicants[wanted], 1e-9) / capacities[wanted]
        step = DAMPING * np.log(queue / target)
        price[wanted] = np.maximum(0.0, price[wanted] + step)
        applicants = _applicants(utility, price)
    return Prices(price * temperature, unpriced)


def _utility(
    scores: NDArray[np.float32], eligible: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], float]:
    """Scores in units of the temperature, each row's best at 0; -inf where not eligible.

    Whoever has one post, or is indifferent, says nothing of how finely people choose.
    """
    best = scores.max(axis=1, where=eligible, initial=-np.inf)
    choosing = best > scores.min(axis=1, where=eligible, initial=np.inf)
    spread = scores[choosing].std(axis=1, where=eligible[choosing])
    temperature = float(np.median(spread)) / SHARPNESS if len(spread) else 1.0
    utility = np.where(eligible, scores, -np.inf).astype(np.float32)
    utility -= utility.max(axis=1, keepdims=True)
    return utility / np.float32(temperature), temperature


def _applicants(utility: NDArray[np.float32], price: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count the applicants each post expects: float64 array of shape (n_posts,)."""
    priced = utility - price.astype(np.float32)
    priced -= priced.max(axis=1, keepdims=True)
    chance = np.exp(priced, out=priced)
    chance /= chance.sum(axis=1, keepdims=True)
    applicants: NDArray[np.float64] = APPLICATIONS * chance.sum(axis=0, dtype=np.float64)
    return applicants
