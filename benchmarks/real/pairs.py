"""What relates a user to an item, as numbers: the second stage's features.

All of it is counted from known pairs; a pair that is described is never among them, since the
folds hold it out first. Features are computed for whole rows of the catalogue, some users at a
time, and picked out where only some pairs are wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.real.columns import Column
from benchmarks.real.contenders import (
    Pairs,
    Rows,
    Scores,
    World,
    column_votes,
    ones,
    popularity,
)

BLOCK = 256
SMOOTHING = 5.0  # people with the overall share, added to each group
N_ITEM_COLUMNS = 6
N_ALIKE = 20  # items that speak for an item by its columns
LEAST_SHARED = 0.3  # share of the values of one column that another has too, to compare the two


class PairFeatures:
    """Features of pairs, from what is known and the scores of the first stage.

    Parameters
    ----------
    known : float32 CSR array of shape (n_users, n_items)
    rows : int array of shape (n_rows,)
        Users asked about.
    columns
        Columns of users whose groups are counted; the same for all folds of a training side.
    scores : mapping of str to float32 array of shape (n_rows, n_items)
        First-stage scores of these users.
    """

    def __init__(
        self,
        world: World,
        known: Pairs,
        rows: Rows,
        columns: Sequence[Column],
        scores: Mapping[str, Scores],
    ) -> None:
        self._world, self._known, self._rows, self._scores = world, known, rows, scores
        self._popularity = popularity(known).astype(np.float32)
        self._votes = {
            column.name: column_votes(column, known, rows, SMOOTHING) for column in columns
        }
        self._alike = _alike_items(world)
        self._spread = [
            (column.name, _spreader(column)) for column in _largest_groups(world.items.columns)
        ]
        self._shared = _shared_columns(world)

    def blocks(self) -> Iterator[tuple[slice, dict[str, Scores]]]:
        """Give the features some users at a time, each of shape (n_block, n_items)."""
        for start in range(0, len(self._rows), BLOCK):
            block = slice(start, min(start + BLOCK, len(self._rows)))
            yield block, self.of(np.arange(block.start, block.stop))

    def of(self, block: Rows) -> dict[str, Scores]:
        """Give the features of some of the users, by their places among those asked about."""
        rows = self._rows[block]
        shape = (len(rows), self._world.n_items)
        found: dict[str, Scores] = {"popularity": np.broadcast_to(self._popularity, shape)}
        for name, array in self._votes.items():
            found[f"rate:{name}"] = array[block]
        for name, scores in self._scores.items():
            own = scores[block]
            found[f"score:{name}"] = standard(own)
            found[f"place:{name}"] = _places(own)
        base = self._scores.get("ridge")
        if base is not None:
            own = base[block] - self._popularity
            found["alike:ridge"] = (self._alike @ own.T).T.astype(np.float32)
            for name, spread in self._spread:
                found[f"spread:{name}"] = np.asarray(spread(own), dtype=np.float32)
        found["text"] = self._world.alike_text(rows)
        for name, (left, right) in self._shared.items():
            found[f"shared:{name}"] = (left[rows] @ right.T).toarray().astype(np.float32)
        return found | self._of_history(rows)

    def _of_history(self, rows: Rows) -> dict[str, Scores]:
        """How an item resembles what a user has; nothing for a user without any."""
        history = ones(self._known[rows])
        sizes = np.diff(history.indptr).astype(np.float32)
        shape = (len(rows), self._world.n_items)
        alike = (history @ self._alike.T).toarray()
        mean = np.divide(
            alike, sizes[:, None], out=np.full(shape, np.nan), where=sizes[:, None] > 0
        )
        return {
            "history:alike": mean.astype(np.float32),
            "history:size": np.broadcast_to(sizes[:, None], shape),
        }


def standard(scores: Scores) -> Scores:
    """Scale a user's scores to mean 0 and spread 1: two fits need not agree on a scale."""
    spread = np.maximum(scores.std(axis=1, keepdims=True), 1e-9)
    return ((scores - scores.mean(axis=1, keepdims=True)) / spread).astype(np.float32)


def _places(scores: Scores) -> Scores:
    """Place of each item in a user's list, as a logarithm; equal scores share the best place."""
    order = np.sort(scores, axis=1)
    places = np.empty(scores.shape, dtype=np.float32)
    for place, row, ascending in zip(places, scores, order, strict=True):
        place[:] = len(row) - np.searchsorted(ascending, row, side="right")
    return np.log1p(places)


def _alike_items(world: World) -> Pairs:
    """Weigh, for each item, those most like it by its columns; rows add up to 1 or 0."""
    alike = (world.item_features @ world.item_features.T).toarray()
    np.fill_diagonal(alike, 0.0)
    n_items = len(alike)
    if n_items > N_ALIKE:
        least = np.partition(alike, n_items - N_ALIKE, axis=1)[:, n_items - N_ALIKE]
        alike[alike < least[:, None]] = 0.0
    total = np.maximum(alike.sum(axis=1, keepdims=True), 1e-9)
    return sparse.csr_array((alike / total).astype(np.float32))


def _largest_groups(columns: tuple[Column, ...]) -> list[Column]:
    """Choose the item columns with the most values: the finest groups say most."""
    return sorted(columns, key=lambda column: (-column.matrix.shape[1], column.name))[
        :N_ITEM_COLUMNS
    ]


def _spreader(column: Column) -> Callable[[Scores], Scores]:
    """Average a score over the items with a value, and give it back to each of them."""
    matrix = column.matrix
    sizes = np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1e-9)

    def spread(scores: Scores) -> Scores:
        return (matrix @ ((matrix.T @ scores.T) / sizes[:, None])).T

    return spread


def _shared_columns(world: World) -> dict[str, tuple[Pairs, Pairs]]:
    """Find columns of users and items that use the same values, to compare who has which."""
    found: dict[str, tuple[Pairs, Pairs]] = {}
    for user in world.users.columns:
        values = {name.partition(":")[2]: at for at, name in enumerate(user.names)}
        for item in world.items.columns:
            if {user.kind, item.kind} & {"number"} or (user.kind == "words") != (
                item.kind == "words"
            ):
                continue
            both = [
                (values[value], at)
                for at, value in enumerate(name.partition(":")[2] for name in item.names)
                if value in values
            ]
            if len(both) < max(2, LEAST_SHARED * min(len(values), len(item.names))):
                continue
            left, right = zip(*both, strict=True)
            found[f"{user.name}={item.name}"] = (
                user.matrix[:, list(left)],
                item.matrix[:, list(right)],
            )
    return found


def picked(found: Mapping[str, Scores], chosen: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Pick pairs out of features: float32 of shape (n_pairs, n_features), in order of names."""
    return np.stack([found[name][chosen] for name in sorted(found)], axis=1)
