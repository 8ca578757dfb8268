"""The pairs of a very large cohort that matter: the best sum of these is the best of all.

Begun with each graduate's best, and widened by those that would gain at the prices found, until
none would: then the prices prove the sum for all pairs, tried or not (as column generation does
for linear programmes; see `place_prices`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recommender.matching.assignment import (
    SCALE,
    assign_cohort,
    most_placed,
    place_prices,
    whole_values,
)
from recommender.matching.candidates import UNPLACED, Candidates

# More pairs than these are not all tried: a flow over them would take gigabytes.
MANY = 3_000_000
FIRST, MORE = 50, 20  # pairs of each graduate at first, and added at a time
ROUNDING = np.float32(1e-5)  # of float32; whole numbers decide about what is so close
BLOCK = 512  # graduates looked at together


def narrowed(
    values: NDArray[np.float32],
    posts: NDArray[np.int32],
    allowed: NDArray[np.bool_],
    capacities: NDArray[np.int32],
) -> Candidates:
    """Leave out pairs that change neither the best sum nor how many can be placed.

    Parameters
    ----------
    values : float32 array of shape (n_graduates, n_posts)
        0 to 1.
    posts : int32 array of shape (n_lots,)
        The post of each lot.
    allowed : bool array of shape (n_graduates, n_lots)
    capacities : int32 array of shape (n_lots,)
    """
    tried = np.zeros_like(allowed)
    for rows in _blocks(len(allowed)):
        _try_best(tried[rows], allowed[rows], values[rows][:, posts], FIRST)
    for by_number in (False, True):
        while True:
            pairs = Candidates.of(tried)
            worth = np.ones(len(pairs), dtype=np.int64)
            if not by_number:
                worth = whole_values(values[pairs.rows, posts[pairs.columns]])
            if not len(pairs):
                return pairs
            chosen = (
                most_placed(pairs, capacities)
                if by_number
                else assign_cohort(worth, pairs, capacities)
            )
            prices = place_prices(worth, pairs, capacities, chosen)
            own = _above_price(worth, pairs, chosen, prices)
            likes = None if by_number else values
            if not _widen(tried, allowed, likes, posts, prices, own):
                break
    return pairs


def _widen(
    tried: NDArray[np.bool_],
    allowed: NDArray[np.bool_],
    values: NDArray[np.float32] | None,
    posts: NDArray[np.int32],
    prices: NDArray[np.int64],
    own: NDArray[np.int64],
) -> bool:
    """Mark pairs by which somebody would gain; say whether there are any.

    Without values every place is worth 1.
    """
    scale = 1 if values is None else SCALE
    rough_prices, rough_own = ((each / scale).astype(np.float32) for each in (prices, own))
    gained = False
    for rows in _blocks(len(allowed)):
        likes = np.float32(1) if values is None else values[rows][:, posts]
        above: NDArray[np.float32] = likes - rough_prices - rough_own[rows, None]
        close = allowed[rows] & ~tried[rows] & (above > -ROUNDING)
        who, lots = np.nonzero(close)
        worth = 1 if values is None else whole_values(values[who + rows.start, posts[lots]])
        is_gain = worth - prices[lots] - own[who + rows.start] > 0
        gaining = np.zeros_like(close)
        gaining[who[is_gain], lots[is_gain]] = True
        gained |= bool(is_gain.any())
        busy = gaining.any(axis=1)
        some = tried[rows][busy]
        _try_best(some, gaining[busy], above[busy], MORE)
        tried[rows][busy] = some
    return gained


def _blocks(n: int) -> Iterator[slice]:
    return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))


def _try_best(
    tried: NDArray[np.bool_], among: NDArray[np.bool_], worth: NDArray[np.float32], n: int
) -> None:
    """Mark for each graduate the `n` of some pairs that are worth most."""
    if among.shape[1] > n:
        ranked = np.where(among, worth, -np.inf)
        cut = among.shape[1] - n
        best = np.argpartition(ranked, cut, axis=1)[:, cut:]
        rows = np.arange(len(among))[:, None]
        tried[rows, best] |= among[rows, best]
    else:
        tried |= among


def _above_price(
    worth: NDArray[np.int64],
    pairs: Candidates,
    chosen: NDArray[np.int32],
    prices: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Give what each graduate has above the price paid: int64 (n_graduates,), at least 0."""
    at = pairs.indices(chosen)
    own = np.zeros(len(chosen), dtype=np.int64)
    (who,) = np.nonzero(chosen != UNPLACED)
    own[who] = worth[at[who]] - prices[chosen[who]]
    return own
