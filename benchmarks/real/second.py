"""The second stage: what the first scored, scored again by trees on features of pairs.

The trees learn from folds of the training side. In each, some users are removed whole and a
share of the others' items is held out, as in the test; everything is fitted on the rest, and
the held-out pairs are the answers. The validation part is the first fold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.real.columns import Column
from benchmarks.real.contenders import Pairs, Rows, Scores, Setting, World, most_telling
from benchmarks.real.pairs import PairFeatures, picked
from benchmarks.real.splits import HeldOut
from recommender.model.pairs import bin_edges, to_bins
from recommender.model.trees import StageSettings, boost

N_BINS = 128
N_COLUMNS = 10  # most telling columns of users whose groups are counted
SMOOTHING = 5.0
MOST_PAIRS = 120_000  # examples of all folds together: negatives are drawn to fit
MOST_NEGATIVES = 150  # for each user asked about
# Features that come from another ranking's score begin so.
BY_SCORE = ("score:", "place:", "alike:", "spread:")

First = Callable[[Pairs, Rows], Mapping[str, Scores]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Pairs of some folds, one user's after the other's.

    Attributes
    ----------
    values : float32 array of shape (n_pairs, n_features)
    labels : bool array of shape (n_pairs,)
    sizes : int64 array of shape (n_lists,)
        Pairs of each user.
    """

    names: tuple[str, ...]
    values: NDArray[np.float32]
    labels: NDArray[np.bool_]
    sizes: NDArray[np.int64]

    @classmethod
    def joined(cls, parts: Sequence[Examples]) -> Examples:
        """Put examples one after the other."""
        return cls(
            names=parts[0].names,
            values=np.concatenate([part.values for part in parts]),
            labels=np.concatenate([part.labels for part in parts]),
            sizes=np.concatenate([part.sizes for part in parts]),
        )

    def some(self, n_pairs: int, rng: np.random.Generator) -> Examples:
        """Keep some users' pairs, whole lists, about as many pairs as said."""
        kept = rng.random(len(self.sizes)) < n_pairs / max(1, len(self.labels))
        kept[0] = True
        of_kept = np.repeat(kept, self.sizes)
        return Examples(
            names=self.names,
            values=self.values[of_kept],
            labels=self.labels[of_kept],
            sizes=self.sizes[kept],
        )


class SecondStage:
    """Features of pairs for one training side, and the trees that are fitted to them.

    Parameters
    ----------
    known : float32 CSR array of shape (n_users, n_items)
        The whole training side.
    first : callable
        Fits the first stage on some pairs and scores the whole catalogue for some users.
    """

    def __init__(self, world: World, known: Pairs, first: First) -> None:
        self._world, self._first = world, first
        self._columns: list[Column] = most_telling(world, known, SMOOTHING)[:N_COLUMNS]

    def features(self, known: Pairs, rows: Rows) -> PairFeatures:
        """Fit on what is known, and describe the pairs of some users."""
        return self.describe(known, rows, self._first(known, rows))

    def describe(self, known: Pairs, rows: Rows, scores: Mapping[str, Scores]) -> PairFeatures:
        """Describe the pairs of some users, whom the first stage has scored already."""
        return PairFeatures(self._world, known, rows, self._columns, scores)

    def examples(
        self, fold: HeldOut, features: PairFeatures, n_folds: int, rng: np.random.Generator
    ) -> Examples:
        """Give a fold's held-out pairs, and pairs drawn from those that nobody knows of.

        Negatives are drawn evenly: those that look best would teach that looking good is bad.
        """
        n_negatives = int(
            np.clip(MOST_PAIRS / n_folds / max(1, len(fold.asked)), 10, MOST_NEGATIVES)
        )
        parts = []
        for block, found in features.blocks():
            rows = fold.asked[block]
            answers = fold.held[rows].toarray() > 0
            taken = fold.known[rows].toarray() > 0
            lot = rng.random(answers.shape)
            lot[answers | taken] = 2.0
            n_drawn = min(n_negatives, answers.shape[1])
            least = np.partition(lot, n_drawn - 1, axis=1)[:, n_drawn - 1 : n_drawn]
            chosen = (answers | (lot <= np.minimum(least, 1.0))) & ~taken
            parts.append(
                Examples(
                    names=tuple(sorted(found)),
                    values=picked(found, chosen),
                    labels=answers[chosen],
                    sizes=chosen.sum(axis=1).astype(np.int64),
                )
            )
        return Examples.joined(parts)


class Trees:
    """The product's trees on binned features of pairs.

    Parameters
    ----------
    bins : uint8 array of shape (n_pairs, n_features)
        From `Binned`, for the pairs of `examples`.
    """

    def __init__(
        self, examples: Examples, bins: NDArray[np.uint8], setting: Setting, seed: int
    ) -> None:
        self._trees = boost(
            bins,
            examples.labels,
            np.ones(len(examples.labels), dtype=np.float32),
            StageSettings(
                n_rounds=int(setting["n_rounds"]),
                learning_rate=float(setting["learning_rate"]),
                n_leaves=int(setting["n_leaves"]),
                min_in_leaf=int(setting["min_in_leaf"]),
            ),
            seed,
            list_sizes=examples.sizes if setting["objective"] == "order" else None,
        )

    def scores(self, bins: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Score pairs: float32 of shape (n_pairs,), larger is better."""
        found = self._trees.predict(bins, num_threads=1, raw_score=True)
        return np.asarray(found, dtype=np.float32)


class Binned:
    """Cuts features into the bins of some examples."""

    def __init__(self, examples: Examples) -> None:
        self.names = examples.names
        self._edges = [bin_edges(column, N_BINS) for column in examples.values.T]

    def __call__(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Put features into bins: uint8 of the same shape."""
        return np.stack(
            [to_bins(values[:, at], each) for at, each in enumerate(self._edges)], axis=1
        )

    def whole(self, found: Mapping[str, Scores]) -> NDArray[np.uint8]:
        """Put the features of some users' whole catalogue into bins, row after row."""
        each = zip(self.names, self._edges, strict=True)
        return np.stack([to_bins(found[name].ravel(), edges) for name, edges in each], axis=1)
