"""First-stage rankings: rules, neighbours, and the factorization with the product's own fit.

Each takes what is known and scores the whole catalogue for the users asked about. Its settings
are drawn by a seed, as many for each contender, and chosen on the validation part alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.real.columns import Column, describe, grams_of, joined
from benchmarks.real.folder import RealSet
from recommender.model.interactions import TrainingData
from recommender.model.training import TrainingSettings, fit

Scores = NDArray[np.float32]
Rows = NDArray[np.intp]
Pairs = sparse.csr_array  # float32, shape (n_users, n_items): what is known
Setting = Mapping[str, float | int | str | bool]

BACKED_OFF = 1e-3  # weight of popularity where neighbours say nothing
BLOCK = 512


class World:
    """A set with its columns laid out, and what is made of them once.

    Attributes
    ----------
    users, items
        Columns of users.csv and items.csv.
    """

    def __init__(self, data: RealSet) -> None:
        self.data = data
        self.users = describe(data.users, data.user_ids)
        self.items = describe(data.items, data.item_ids)
        self.n_users, self.n_items = len(data.user_ids), len(data.item_ids)

    @cached_property
    def user_features(self) -> Pairs:
        """All columns of users side by side, rare values weighing more, rows of length 1."""
        return _side_by_side(self.users.columns, self.n_users, by_rarity=True)

    @cached_property
    def plain_user_features(self) -> Pairs:
        """The same with all values weighing alike."""
        return _side_by_side(self.users.columns, self.n_users, by_rarity=False)

    @cached_property
    def item_features(self) -> Pairs:
        """All columns of items side by side, rare values weighing more, rows of length 1."""
        return _side_by_side(self.items.columns, self.n_items, by_rarity=True)

    @cached_property
    def _grams(self) -> tuple[Pairs, Pairs]:
        return grams_of(self.users.texts, self.items.texts)

    def alike_text(self, rows: Rows) -> Scores:
        """Cosine of the texts of users and items: float32 (n_rows, n_items), 0 to 1."""
        users, items = self._grams
        return (users[rows] @ items.T).toarray().astype(np.float32)


def _side_by_side(columns: tuple[Column, ...], n_rows: int, *, by_rarity: bool) -> Pairs:
    if not columns:
        return sparse.csr_array((n_rows, 1), dtype=np.float32)
    return joined(columns, by_rarity=by_rarity)


def ones(known: Pairs) -> Pairs:
    """Take every known pair for 1."""
    return sparse.csr_array(
        (np.ones_like(known.data), known.indices, known.indptr), shape=known.shape
    )


def popularity(known: Pairs) -> NDArray[np.float64]:
    """Share of the people with any item who have this one; float64 (n_items,), 0 to 1."""
    n_people = max(1, int((np.diff(known.indptr) > 0).sum()))
    return np.bincount(known.indices, minlength=known.shape[1]) / n_people


def by_popularity(world: World, known: Pairs, rows: Rows, setting: Setting, seed: int) -> Scores:
    """Score an item by how many have it."""
    return np.tile(popularity(known).astype(np.float32), (len(rows), 1))


def group_rates(column: Column, known: Pairs, smoothing: float) -> NDArray[np.float64]:
    """Share of the people with a value who have an item, drawn towards its share overall.

    Returns
    -------
    float64 array of shape (n_values, n_items)
        0 to 1. `smoothing` people with the overall share are added to each value's.
    """
    has = ones(known)
    seen = np.diff(known.indptr) > 0
    counts = (column.matrix.T @ has).toarray().astype(np.float64)
    sizes = np.asarray(column.matrix.T @ seen.astype(np.float64)).ravel()
    return (counts + smoothing * popularity(known)) / (sizes + smoothing)[:, None]


def most_telling(world: World, known: Pairs, smoothing: float) -> list[Column]:
    """Order the columns of users by how well the others of a group tell what one of it has.

    Each known pair is predicted from its group without the pair's own user; by the mean of
    that chance, the most telling first. (By its logarithm, rare items that no group tells
    would decide, and columns that few state would win.)
    """
    has = ones(known)
    sizes = np.diff(known.indptr)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    # Without the pair's own user, and never 0: an item of one user has been seen all the same.
    n_people = max(2, int((sizes > 0).sum()))
    overall = (popularity(known)[has.indices] * n_people - 0.5) / (n_people - 1)
    found = []
    for column in world.users.columns:
        counts = (column.matrix.T @ has).toarray()
        size = np.asarray(column.matrix.T @ (sizes > 0).astype(np.float64)).ravel()
        own = column.matrix[rows]
        n = np.repeat(np.arange(len(rows)), np.diff(own.indptr))
        weight, value = own.data.astype(np.float64), own.indices
        with_item = counts[value, has.indices[n]] - weight
        chance = (with_item + smoothing * overall[n]) / (size[value] - weight + smoothing)
        summed = np.bincount(n, weights=weight * chance, minlength=len(rows))
        stated = np.bincount(n, weights=weight, minlength=len(rows))
        mean = summed + (1 - stated) * overall
        found.append((-float(np.mean(mean)), column.name, column))
    return [column for _, _, column in sorted(found, key=lambda each: each[:2])]


def in_group(world: World, known: Pairs, rows: Rows, setting: Setting, seed: int) -> Scores:
    """Score an item by how many of the user's group have it, by the most telling column."""
    smoothing = float(setting["smoothing"])
    columns = most_telling(world, known, smoothing)
    if not columns:
        return by_popularity(world, known, rows, setting, seed)
    column = columns[min(int(setting["place"]), len(columns) - 1)]
    return column_votes(column, known, rows, smoothing)


def column_votes(column: Column, known: Pairs, rows: Rows, smoothing: float) -> Scores:
    """Average the rates of a user's values; who states none has the overall share."""
    own = column.matrix[rows]
    stated = np.asarray(own.sum(axis=1)).ravel()
    scores = own @ group_rates(column, known, smoothing)
    scores += np.maximum(0.0, 1 - stated)[:, None] * popularity(known)
    return scores.astype(np.float32)


def neighbours(world: World, known: Pairs, rows: Rows, setting: Setting, seed: int) -> Scores:
    """Score an item by how many of the users with like features have it (feature-kNN)."""
    features = world.user_features if setting["by_rarity"] else world.plain_user_features
    seen = np.flatnonzero(np.diff(known.indptr))
    has = ones(known)[seen]
    n_nearest = min(int(setting["n_neighbours"]), len(seen))
    backing = (BACKED_OFF * popularity(known)).astype(np.float32)
    scores = np.empty((len(rows), known.shape[1]), dtype=np.float32)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        alike = (features[block] @ features[seen].T).toarray()
        alike[block[:, None] == seen] = 0.0  # nobody is their own neighbour
        least = np.partition(alike, len(seen) - n_nearest, axis=1)[:, len(seen) - n_nearest]
        alike = np.where(alike >= least[:, None], alike, 0.0) ** float(setting["power"])
        total = np.maximum(alike.sum(axis=1, keepdims=True), 1e-9)
        scores[start : start + BLOCK] = sparse.csr_array(alike / total) @ has + backing
    return scores


def ridge(world: World, known: Pairs, rows: Rows, setting: Setting, seed: int) -> Scores:
    """Score an item by a ridge regression on the user's features, in its dual form."""
    features = world.user_features
    seen = np.flatnonzero(np.diff(known.indptr))
    own = features[seen]
    middle = popularity(known)
    answers = ones(known)[seen].toarray() - middle
    strength = float(setting["ridge"])
    if own.shape[0] <= own.shape[1]:
        gram = (own @ own.T).toarray().astype(np.float64)
        np.fill_diagonal(gram, gram.diagonal() + strength)
        weights = own.T @ np.linalg.solve(gram, answers)
    else:
        gram = (own.T @ own).toarray().astype(np.float64)
        np.fill_diagonal(gram, gram.diagonal() + strength)
        weights = np.linalg.solve(gram, own.T @ answers)
    return (features[rows] @ weights + middle).astype(np.float32)


def from_pairs(
    method: Callable[..., Scores], settings: Callable[[Setting, int], object]
) -> Callable[[World, Pairs, Rows, Setting, int], Scores]:
    """Wrap a contender that knows pairs alone; who has no history gets what is popular."""

    def scores(world: World, known: Pairs, rows: Rows, setting: Setting, seed: int) -> Scores:
        has = ones(known)
        found = method(has, settings(setting, seed), has[rows])
        return found + (1e-6 * popularity(known)).astype(np.float32)

    return scores


def factorization(
    *, users: bool, items: bool, own: bool
) -> Callable[[World, Pairs, Rows, Setting, int], Scores]:
    """LightFM, fitted by the product's own function.

    Parameters
    ----------
    users, items
        Whether the columns of users and items describe them.
    own
        Whether a user's identity does too; an item's always may.
    """

    def scores(world: World, known: Pairs, rows: Rows, setting: Setting, seed: int) -> Scores:
        seen = np.diff(known.indptr) > 0
        user_matrix, user_names = _features(
            world.users.columns if users else (),
            world.n_users,
            seen if own else np.zeros(world.n_users, dtype=np.bool_),
            float(setting["total"]),
        )
        item_matrix, item_names = _features(
            world.items.columns if items and setting["item_columns"] else (),
            world.n_items,
            np.ones(world.n_items, dtype=np.bool_),
            float(setting["total"]),
        )
        coo = known.tocoo()
        row, column = coo.coords
        data = TrainingData(
            graduate_names=user_names,
            post_names=item_names,
            graduates=user_matrix,
            posts=item_matrix,
            rows=row.astype(np.int32),
            columns=column.astype(np.int32),
            weights=_weights(coo.data),
        )
        fitted = fit(
            data,
            TrainingSettings(
                n_components=int(setting["n_components"]),
                loss=str(setting["loss"]),
                learning_rate=float(setting["learning_rate"]),
                n_epochs=int(setting["n_epochs"]),
                graduate_alpha=float(setting["alpha"]),
                post_alpha=float(setting["alpha"]),
                max_sampled=int(setting["max_sampled"]),
                seed=seed,
            ),
        )
        return fitted.scores(user_matrix[rows], item_matrix)

    return scores


def _weights(stated: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weigh pairs by their rank: counts of a few huge pairs must not drown the rest."""
    share_up_to = np.searchsorted(np.sort(stated), stated, side="right") / len(stated)
    return ((1 + share_up_to) / 2).astype(np.float32)


def _features(
    columns: tuple[Column, ...], n_rows: int, own: NDArray[np.bool_], total: float
) -> tuple[Pairs, tuple[str, ...]]:
    """Lay out what LightFM sees: ``any``, identities, and columns that weigh `total` in all."""
    everybody = sparse.csr_array(np.ones((n_rows, 1), dtype=np.float32))
    parts, names = [everybody], ["any"]
    if own.any():
        at = np.flatnonzero(own)
        shape = (n_rows, len(at))
        parts.append(sparse.csr_array((np.ones(len(at)), (at, np.arange(len(at)))), shape=shape))
        names.extend(f"own:{index}" for index in at)
    if columns:
        side = sparse.csr_array(sparse.hstack([column.matrix for column in columns]))
        summed = np.maximum(np.asarray(side.sum(axis=1)).ravel(), 1e-9)
        # One value of total weight 1 a column at most; 0 leaves the columns as they stand.
        scale = total / summed if total else np.ones(n_rows)
        parts.append(sparse.csr_array(sparse.diags_array(scale) @ side))
        names.extend(name for column in columns for name in column.names)
    matrix = sparse.csr_array(sparse.hstack(parts, format="csr"), dtype=np.float32)
    matrix.sort_indices()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix, tuple(names)
