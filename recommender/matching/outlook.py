"""What a market comes to when everybody follows its priced lists: who is placed, and who stays.

Expected values, not draws: one and the same market always comes to the same, so that two that
differ by a few people can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainc, gammaincc

from recommender.matching.prices import APPLICATIONS, HIGHEST, SOFTNESS, Prices, first_of

N_ROUNDS = 30
TOLERANCE = 1e-4  # of all takers
_NEVER = np.float32(-1e4)

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of each graduate; float64 arrays of shape (n_graduates,), 0 to 1.

    Attributes
    ----------
    placed
        Chance to be placed.
    stays
        Chance to be placed and to be there after 180 days.
    left : float64 array of shape (n_posts,)
        Chance that a place is left for one more person, after all of these.
    """

    placed: Doubles
    stays: Doubles
    left: Doubles


def outlook(
    scores: Floats,
    takes: Floats,
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
    prices: Prices,
) -> Outlook:
    """Work out what everybody's lists lead to, at the queues that their prices stand for.

    Everybody applies to the posts of most worth as in `solve_prices`. Takers of a post are
    Poisson around their expected number, and come in any order: so many as find room among its
    places take one.

    Parameters
    ----------
    scores, takes : float32 arrays of shape (n_graduates, n_posts)
        Chance of the whole road, and of its part up to the placement; 0 to 1.
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
        At least 0.
    prices : Prices
        As shares of a chance.
    """
    applies = _applies(scores, eligible & (capacities > 0)[None, :], prices)
    wanted = applies * takes
    scarce = eligible.sum(axis=0) > capacities
    takers = wanted.sum(axis=0)
    for _ in range(N_ROUNDS):
        room = room_for(takers, capacities, scarce)
        led_to = (wanted * _one_of(wanted @ room)[:, None]).sum(axis=0)
        gap = np.abs(led_to - takers).sum()
        takers = (takers + led_to) / 2
        if gap <= TOLERANCE * max(1e-9, takers.sum()):
            break
    room = room_for(takers, capacities, scarce)
    full = np.minimum(gammainc(np.maximum(capacities, 1), takers), HIGHEST)
    left = np.where(capacities > 0, np.where(scarce, 1 - full, 1.0), 0.0)
    share = _one_of(wanted @ room)
    return Outlook(
        placed=(wanted @ room) * share, stays=((applies * scores) @ room) * share, left=left
    )


def added(
    scores: Floats,
    takes: Floats,
    eligible: NDArray[np.bool_],
    prices: Prices,
    left: Doubles,
) -> Doubles:
    """Say what each of some people would add as one more: to be placed and to stay.

    They follow the same prices and take what the others leave, and so nobody loses by them.

    Parameters
    ----------
    scores, takes, eligible : arrays of shape (n_people, n_posts)
        As for `outlook`; only posts with places.
    prices, left
        Those of the market that they join; see `Outlook`.

    Returns
    -------
    float64 array of shape (n_people,)
        0 to 1.
    """
    applies = _applies(scores, eligible, prices)
    chance: Doubles = ((applies * scores) @ left) * _one_of((applies * takes) @ left)
    return chance


def _applies(scores: Floats, may: NDArray[np.bool_], prices: Prices) -> Doubles:
    worth = np.where(may, np.log(np.maximum(scores, np.float32(1e-9))), _NEVER)
    priced = worth + np.log1p(-prices.price).astype(np.float32)
    return np.where(may, first_of(priced, APPLICATIONS, SOFTNESS), 0.0).astype(np.float64)


def room_for(takers: Doubles, capacities: NDArray[np.int32], scarce: NDArray[np.bool_]) -> Doubles:
    """Give the chance that one of the takers of a post, in any order, finds a place there.

    Parameters
    ----------
    takers : float64 array of shape (n_posts,)
        Expected number.
    capacities : int32 array of shape (n_posts,)
    scarce : bool array of shape (n_posts,)
        False where there are no more people than places.

    Returns
    -------
    float64 array of shape (n_posts,)
        Expected takers that find room, of all: E[min(N, places)] / E[N], N Poisson.
    """
    places = np.maximum(capacities, 1).astype(np.float64)
    expected = np.maximum(takers, 1e-9)
    # Of N below the places all find room: E[N; N < c] = E[N] P(N < c - 1).
    below = np.where(places > 1, gammaincc(np.maximum(places - 1, 1), expected), 0.0)
    found = np.minimum(below + places * gammainc(places, expected) / expected, 1.0)
    return np.where(capacities > 0, np.where(scarce, found, 1.0), 0.0)


def _one_of(n_places: Doubles) -> Doubles:
    """Give the share of places offered to a person that is taken: one, where there is any."""
    return -np.expm1(-n_places) / np.maximum(n_places, 1e-9)
