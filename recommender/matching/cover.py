"""Lists of a whole cohort that leave out no post they could show."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from recommender.model.topk import NO_POST, pair_hash

Ints = NDArray[np.int32]
Keys = NDArray[np.uint64]


def cover_posts(
    lists: Ints,
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    graduate_keys: Keys,
    post_keys: Keys,
) -> Ints:
    """Let lists show as many posts with an eligible graduate as lists of their length can.

    A post that no list shows enters one whose graduate may take it, in place of a post that
    another list shows as well; of all such places the one that loses least score, ties by
    `pair_hash`. Where there is none, the post pushed out enters another list in turn: an
    augmenting path of the maximum flow graduates → posts, each list as wide as it is long and
    each post one wide. So no other lists of that length show more posts. Posts that fewest may
    take come first.

    Parameters
    ----------
    lists : int32 array of shape (n_graduates, k)
        From `top_k`: eligible posts, best first, -1 fills.
    scores : float32 array of shape (n_graduates, n_posts)
        That ordered the lists; each list still goes down by score.
    eligible : bool array of shape (n_graduates, n_posts)
    graduate_keys : uint64 array of shape (n_graduates,)
    post_keys : uint64 array of shape (n_posts,)
        From `id_keys`.

    Returns
    -------
    int32 array of shape (n_graduates, k)

    References
    ----------
    Ford and Fulkerson (1956), Maximal flow through a network; Kuhn (1955).
    """
    covered = _Cover(lists, scores, eligible, graduate_keys, post_keys)
    n_able = eligible.sum(axis=0)
    hidden = np.flatnonzero((n_able > 0) & (covered.n_lists == 0))
    for post in hidden[np.lexsort((post_keys[hidden], n_able[hidden]))]:
        covered.show(int(post))
    return covered.ordered()


class _Cover:
    """Lists under change: which posts they show, and in how many of them."""

    def __init__(
        self,
        lists: Ints,
        scores: NDArray[np.float32],
        eligible: NDArray[np.bool_],
        graduate_keys: Keys,
        post_keys: Keys,
    ) -> None:
        self._lists = lists.copy()
        self._scores = scores
        self._eligible = eligible
        self._graduate_keys = graduate_keys
        self._post_keys = post_keys
        self._changed: set[int] = set()
        shown = self._lists[self._lists != NO_POST]
        self.n_lists = np.bincount(shown, minlength=scores.shape[1])
        self._stuck = np.zeros(scores.shape[1], dtype=np.bool_)

    def show(self, post: int) -> None:
        """Bring a post into a list, and what it pushes out into others, where that is possible."""
        seen = self._stuck.copy()
        seen[post] = True
        came_from = {post: (NO_POST, NO_POST)}  # post → the list it leaves, and for which post
        waiting = deque([post])
        while waiting:
            entering = waiting.popleft()
            rows = self._lists_open_to(entering)
            spare = self._least_loss(entering, rows)
            if spare is not None:
                self._push_along(entering, spare, came_from)
                return
            leaving, first = np.unique(self._lists[rows], return_index=True)
            new = ~seen[leaving]
            seen[leaving] = True
            for each, at in zip(leaving[new].tolist(), first[new].tolist(), strict=True):
                came_from[each] = (int(rows[at // self._lists.shape[1]]), entering)
                waiting.append(each)
        # What a search in vain came upon leads nowhere later either.
        self._stuck = seen

    def _lists_open_to(self, post: int) -> NDArray[np.intp]:
        """Find the lists of those who may take a post that theirs does not show.

        They are full: a shorter list shows all its graduate may take.
        """
        (rows,) = np.nonzero(self._eligible[:, post])
        if not self.n_lists[post]:
            return rows
        without: NDArray[np.intp] = rows[(self._lists[rows] != post).all(axis=1)]
        return without

    def _least_loss(self, post: int, rows: NDArray[np.intp]) -> tuple[int, int] | None:
        """Find the list and place where a post that others show as well costs least to replace."""
        shown = self._lists[rows]
        spare, place = np.nonzero(self.n_lists[shown] > 1)
        if not len(spare):
            return None
        who = rows[spare]
        loss = self._scores[who, shown[spare, place]] - self._scores[who, post]
        least = np.flatnonzero(loss == loss.min())
        keys = self._graduate_keys[who[least]], self._post_keys[shown[spare, place][least]]
        best = least[np.argmin(pair_hash(*keys))]
        return int(who[best]), int(place[best])

    def _push_along(
        self, entering: int, spare: tuple[int, int], came_from: dict[int, tuple[int, int]]
    ) -> None:
        row, place = spare
        self.n_lists[self._lists[row, place]] -= 1
        while True:
            self._lists[row, place] = entering
            self._changed.add(row)
            row, before = came_from[entering]
            if row == NO_POST:
                self.n_lists[entering] += 1
                return
            (place,) = np.flatnonzero(self._lists[row] == entering)[:1]
            entering = before

    def ordered(self) -> Ints:
        """Give the lists, those that changed put in order again."""
        rows = np.array(sorted(self._changed), dtype=np.intp)
        if not len(rows):
            return self._lists
        changed = self._lists[rows]
        ties = pair_hash(self._graduate_keys[rows][:, None], self._post_keys[changed])
        order = np.lexsort((ties, -self._scores[rows[:, None], changed]), axis=1)
        self._lists[rows] = np.take_along_axis(changed, order, axis=1)
        return self._lists
