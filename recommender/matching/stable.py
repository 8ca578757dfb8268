"""A stable assignment: nobody and no post would both rather have each other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heappush, heappushpop

import numpy as np
from numpy.typing import NDArray

from recommender.matching.candidates import UNPLACED, Candidates


def stable_assignment(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    *,
    best_for: str = "graduates",
) -> NDArray[np.int32]:
    """Let one side propose and the other keep the best it was offered, until nobody moves.

    Parameters
    ----------
    graduate_ranks : int64 array of shape (n_pairs,)
        How the graduate of each pair ranks its lot, smaller is better; no two alike of one
        graduate.
    post_ranks : int64 array of shape (n_pairs,)
        How the lot of each pair ranks its graduate; no two alike of one lot.
    pairs : Candidates
    capacities : int32 array of shape (n_lots,)
        Open places, at least 0.
    best_for
        ``graduates`` or ``enterprises``: who proposes. Each of that side has the best that any
        stable assignment gives them.

    Returns
    -------
    int32 array of shape (n_graduates,)
        The lot of each graduate; -1 for none.

    Raises
    ------
    ValueError
        If `best_for` is neither.

    References
    ----------
    Gale & Shapley (1962), College admissions and the stability of marriage; Roth (1984), who
    has the same people placed in every stable assignment of strict ranks.
    """
    if best_for == "graduates":
        return _graduates_propose(graduate_ranks, post_ranks, pairs, capacities)
    if best_for == "enterprises":
        return _posts_propose(graduate_ranks, post_ranks, pairs, capacities)
    raise ValueError(f"best_for={best_for!r}")


def _graduates_propose(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
) -> NDArray[np.int32]:
    n_graduates, n_lots = pairs.shape
    placed = [UNPLACED] * n_graduates
    turns = _turns(graduate_ranks, pairs.rows, n_graduates)
    lots, ranks, places = pairs.columns.tolist(), post_ranks.tolist(), capacities.tolist()
    kept: list[list[tuple[int, int]]] = [[] for _ in range(n_lots)]
    for first in range(n_graduates):
        graduate = first
        while graduate != UNPLACED:
            pair = next(turns[graduate], None)
            if pair is None:
                break
            lot, offer = lots[pair], (-ranks[pair], graduate)
            if len(kept[lot]) < places[lot]:
                heappush(kept[lot], offer)
                placed[graduate] = lot
                break
            if not kept[lot]:  # no place at all
                continue
            _, leaving = heappushpop(kept[lot], offer)
            placed[graduate] = lot
            placed[leaving] = UNPLACED
            graduate = leaving
    return np.array(placed, dtype=np.int32)


def _posts_propose(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
) -> NDArray[np.int32]:
    n_graduates, n_lots = pairs.shape
    held = [UNPLACED] * n_graduates  # the pair of each graduate
    turns = _turns(post_ranks, pairs.columns, n_lots)
    people, lots, ranks = pairs.rows.tolist(), pairs.columns.tolist(), graduate_ranks.tolist()
    waiting = deque(lot for lot, places in enumerate(capacities.tolist()) for _ in range(places))
    while waiting:
        for pair in turns[waiting.popleft()]:
            graduate = people[pair]
            before = held[graduate]
            if before == UNPLACED or ranks[pair] < ranks[before]:
                held[graduate] = pair
                if before != UNPLACED:
                    waiting.append(lots[before])
                break
    return np.array([lots[pair] if pair != UNPLACED else pair for pair in held], dtype=np.int32)


def _turns(
    ranks: NDArray[np.int64], owners: NDArray[np.int32], n_owners: int
) -> list[Iterator[int]]:
    """Give each owner's pairs, the best first."""
    order = np.lexsort((ranks, owners))
    ends = np.cumsum(np.bincount(owners, minlength=n_owners))[:-1]
    return [iter(each.tolist()) for each in np.split(order, ends)] if n_owners else []


def blocking_pairs(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    placed: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Mark the pairs who would both rather have each other; equal ranks want no change.

    Parameters
    ----------
    graduate_ranks, post_ranks, pairs, capacities
        As for `stable_assignment`, except that ranks may be equal.
    placed : int32 array of shape (n_graduates,)

    Returns
    -------
    bool array of shape (n_pairs,)
        All False where the assignment is (weakly) stable.
    """
    far = np.iinfo(np.int64).max
    (who,) = np.nonzero(placed != UNPLACED)
    taken = pairs.indices(placed)[who]
    own = np.full(pairs.shape[0], far)
    own[who] = graduate_ranks[taken]
    worst = np.full(pairs.shape[1], -1, dtype=np.int64)
    np.maximum.at(worst, placed[who], post_ranks[taken])
    full = np.bincount(placed[who], minlength=pairs.shape[1]) >= capacities
    worst = np.where(full, worst, far)
    blocking: NDArray[np.bool_] = (graduate_ranks < own[pairs.rows]) & (
        post_ranks < worst[pairs.columns]
    )
    return blocking
