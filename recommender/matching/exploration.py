"""Swap two neighbours far down a list, seldom and by lot, so that its log can be learned from.

The first five ranks never move, no post comes into a list or leaves it, and each order that can
be shown has a known chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

FIRST_TO_MOVE = 6
_WORD_BITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The order in which one list is shown.

    Attributes
    ----------
    order
        Place in the list as it was ranked, from 0, of each line shown.
    swapped
        Rank of the upper of the two neighbours that changed places, at least 6; None where the
        list is shown as it was ranked.
    propensity
        Chance that this order was drawn, above 0 to 1.
    """

    order: tuple[int, ...]
    swapped: int | None
    propensity: float


def n_swaps(n_lines: int) -> int:
    """Count the pairs of neighbours that may change places: ranks 6 and 7, 7 and 8, and so on."""
    return max(0, n_lines - FIRST_TO_MOVE)


def order_propensities(n_lines: int, share: float) -> NDArray[np.float64]:
    """Give the chance of every order in which a list can be shown.

    Parameters
    ----------
    n_lines : int
        Length of the list, at least 0.
    share : float
        Share of the lists that show a swap, 0 to 1.

    Returns
    -------
    float64 array of shape (1 + n_swaps(n_lines),)
        First the list as ranked, then the swap at rank 6, at rank 7 and so on; they add up
        to 1. A list of six lines or fewer has one order.

    Raises
    ------
    ValueError
        If `share` is no share.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share is from 0 to 1, not {share}")
    n_orders = n_swaps(n_lines)
    if not n_orders:
        return np.ones(1)
    return np.concatenate([[1.0 - share], np.full(n_orders, share / n_orders)])


def order_index(swapped: int | None) -> int:
    """Give the place of an order among `order_propensities`, by the rank that was swapped."""
    return 0 if swapped is None else swapped - FIRST_TO_MOVE + 1


def draw_order(n_lines: int, request_id: str, share: float) -> Draw:
    """Draw the order in which a list is shown: as ranked, or with one swap.

    The same id gives the same order, so that a log can be held against it. Two words of a hash
    decide: one whether, one where. See `order_propensities` for the chances and the errors.
    """
    chances = order_propensities(n_lines, share)
    digest = blake2b(request_id.encode(), digest_size=16, person=b"exploration").digest()
    whether, where = (int.from_bytes(word, "little") for word in (digest[:8], digest[8:]))
    order = list(range(n_lines))
    if len(chances) == 1 or whether >= share * 2.0**_WORD_BITS:
        return Draw(order=tuple(order), swapped=None, propensity=float(chances[0]))
    upper = FIRST_TO_MOVE + ((where * n_swaps(n_lines)) >> _WORD_BITS)
    order[upper - 1], order[upper] = order[upper], order[upper - 1]
    return Draw(order=tuple(order), swapped=upper, propensity=float(chances[1]))
