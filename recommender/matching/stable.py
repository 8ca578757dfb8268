"""A stable assignment: nobody and no post would both rather have each other."""

from __future__ import annotations

from collections import deque
from heapq import heappush, heappushpop

import numpy as np
from numpy.typing import NDArray

from recommender.matching.assignment import UNPLACED


def stable_assignment(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
    *,
    best_for: str = "graduates",
) -> NDArray[np.int32]:
    """Let one side propose and the other keep the best it was offered, until nobody moves.

    Parameters
    ----------
    graduate_ranks : int64 array of shape (n_graduates, n_posts)
        How each graduate ranks the posts, 0 the first; no two alike among the eligible of a row.
    post_ranks : int64 array of the same shape
        How each post ranks the graduates; no two alike among the eligible of a column.
    eligible : bool array of the same shape
    capacities : int32 array of shape (n_posts,)
        Open places, at least 0.
    best_for
        ``graduates`` or ``enterprises``: who proposes. Each of that side has the best that any
        stable assignment gives them.

    Returns
    -------
    int32 array of shape (n_graduates,)
        The post of each graduate; -1 for none.

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
        return _graduates_propose(graduate_ranks, post_ranks, eligible, capacities)
    if best_for == "enterprises":
        return _posts_propose(graduate_ranks, post_ranks, eligible, capacities)
    raise ValueError(f"best_for={best_for!r}")


def _graduates_propose(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
) -> NDArray[np.int32]:
    placed = np.full(len(eligible), UNPLACED, dtype=np.int32)
    turns = [
        iter(_in_order(ranks, able)) for ranks, able in zip(graduate_ranks, eligible, strict=True)
    ]
    kept: list[list[tuple[int, int]]] = [[] for _ in capacities]
    for first in range(len(eligible)):
        graduate = first
        while graduate != UNPLACED:
            post = next(turns[graduate], None)
            if post is None:
                break
            offer = (-int(post_ranks[graduate, post]), graduate)
            if len(kept[post]) < capacities[post]:
                heappush(kept[post], offer)
                placed[graduate] = post
                break
            if not kept[post]:  # no place at all
                continue
            _, leaving = heappushpop(kept[post], offer)
            placed[graduate] = post
            placed[leaving] = UNPLACED
            graduate = leaving
    return placed


def _posts_propose(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
) -> NDArray[np.int32]:
    placed = np.full(len(eligible), UNPLACED, dtype=np.int32)
    turns = [
        iter(_in_order(post_ranks[:, post], eligible[:, post])) for post in range(len(capacities))
    ]
    waiting = deque(post for post, places in enumerate(capacities) for _ in range(places))
    while waiting:
        post = waiting.popleft()
        for graduate in turns[post]:
            held = placed[graduate]
            if held == UNPLACED or graduate_ranks[graduate, post] < graduate_ranks[graduate, held]:
                placed[graduate] = post
                if held != UNPLACED:
                    waiting.append(int(held))
                break
    return placed


def _in_order(ranks: NDArray[np.int64], able: NDArray[np.bool_]) -> list[int]:
    (those,) = np.nonzero(able)
    ordered: list[int] = those[np.argsort(ranks[those], kind="stable")].tolist()
    return ordered


def blocking_pairs(
    graduate_ranks: NDArray[np.int64],
    post_ranks: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
    placed: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Mark the pairs who would both rather have each other; equal ranks want no change.

    Parameters
    ----------
    graduate_ranks, post_ranks, eligible, capacities
        As for `stable_assignment`, except that ranks may be equal.
    placed : int32 array of shape (n_graduates,)

    Returns
    -------
    bool array of shape (n_graduates, n_posts)
        All False where the assignment is (weakly) stable.
    """
    far = np.iinfo(np.int64).max
    people = np.arange(len(placed))
    own = np.where(placed == UNPLACED, far, graduate_ranks[people, np.maximum(placed, 0)])
    worst = np.full(len(capacities), -1, dtype=np.int64)
    (who,) = np.nonzero(placed != UNPLACED)
    np.maximum.at(worst, placed[who], post_ranks[who, placed[who]])
    full = np.bincount(placed[who], minlength=len(capacities)) >= capacities
    worst = np.where(full, worst, far)
    blocking: NDArray[np.bool_] = (
        eligible & (graduate_ranks < own[:, None]) & (post_ranks < worst[None, :])
    )
    return blocking
