"""The chance that a pair wants each other and lasts, from tables: no library is needed to serve.

Each stage of the road (wants | shown, hired | wanted and a place was left, stays | started)
has log-odds that are a base plus one number per feature and per pair of features, looked up
by bin. So the parts of a chance are exact, and a chance is a few additions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from recommender.model.pairs import Grid, to_bins
from recommender.model.records import Records
from recommender.model.scoring import HybridScorer

STAGES = ("wants", "hired", "stays")
BLOCK_PAIRS = 1 << 18  # pairs scored at a time

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChanceScorer:
    """Three stages as additive tables over the bins of pair features.

    Attributes
    ----------
    names
        The features, in the order of `pairs.FEATURES` when it was fitted.
    edges : float32 array of shape (n_edges,)
        Bin edges of all features, one after the other.
    edge_starts : int32 array of shape (n_features + 1,)
        Where each feature's edges begin.
    terms : int32 array of shape (n_terms, 2)
        The two features of each table; -1 as the second of a table of one.
    term_starts : int32 array of shape (n_terms + 1,)
        Where each table's cells begin; the second feature's bin counts fastest.
    cells : float64 array of shape (n_cells, 3)
        What a table adds to the log-odds of each stage.
    base : float64 array of shape (3,)
    calibration : float64 array of shape (3, 2)
        Slope and intercept that make log-odds honest (Platt).
    groups
        Names of the groups that are known for something, ascending; see `records`.
    records : float64 array of shape (n_groups,)
        What each is known for, in log-odds.
    factorization
        Scores the feature ``similar``; None where that is not stated for anybody.

    References
    ----------
    Lou, Caruana, Gehrke and Hooker (2013), Accurate intelligible models with pairwise
    interactions, KDD. Platt (1999), Probabilistic outputs for support vector machines.
    """

    names: tuple[str, ...]
    edges: NDArray[np.float32]
    edge_starts: NDArray[np.int32]
    terms: NDArray[np.int32]
    term_starts: NDArray[np.int32]
    cells: Doubles
    base: Doubles
    calibration: Doubles
    groups: tuple[str, ...] = ()
    records: Doubles = field(default_factory=lambda: np.zeros(0))
    factorization: HybridScorer | None = None

    def known_for(self) -> Records:
        """Give what groups are known for, to be looked up."""
        return Records(dict(zip(self.groups, self.records.tolist(), strict=True)))

    def bins(self, grid: Grid) -> list[NDArray[np.uint8]]:
        """Put every feature of a grid into bins; shapes stay as they are."""
        return [
            to_bins(values, self.edges[self.edge_starts[i] : self.edge_starts[i + 1]])
            for i, values in enumerate(grid.values)
        ]

    def log_odds(self, grid: Grid) -> Doubles:
        """Give the uncalibrated log-odds of each stage.

        Returns
        -------
        float64 array of shape (n_graduates, n_posts, 3)
        """
        shape = (grid.n_graduates, grid.n_posts)
        bins = self.bins(grid)
        odds = np.empty((3, *shape))
        odds[:] = self.base[:, None, None]
        rows = max(1, BLOCK_PAIRS // max(1, grid.n_posts))
        for start in range(0, grid.n_graduates, rows):
            block = slice(start, start + rows)
            inside = [each[block] if each.shape[0] > 1 else each for each in bins]
            for term in range(len(self.terms)):
                cells = self._cells_of(term, inside)
                for stage in range(3):
                    table = self.cells[self.term_starts[term] : self.term_starts[term + 1], stage]
                    if table.any():
                        odds[stage, block] += table[cells]
        return np.moveaxis(odds, 0, -1)

    def _cells_of(self, term: int, bins: list[NDArray[np.uint8]]) -> NDArray[np.intp]:
        """Find the cell of one table for every pair of a block."""
        first, second = self.terms[term]
        cells: NDArray[np.intp] = bins[first].astype(np.intp)
        if second >= 0:
            cells = cells * self._n_bins(int(second)) + bins[second]
        return cells

    def _n_bins(self, feature: int) -> int:
        return int(self.edge_starts[feature + 1] - self.edge_starts[feature]) + 2

    def chances(self, grid: Grid) -> Doubles:
        """Give the calibrated chance of each stage: float64 (n_graduates, n_posts, 3), 0 to 1."""
        slope, intercept = self.calibration.T
        chances: Doubles = expit(self.log_odds(grid) * slope + intercept)
        return chances

    def scores(self, grid: Grid) -> NDArray[np.float32]:
        """Give the chance of the whole road: float32 (n_graduates, n_posts), 0 to 1."""
        whole: NDArray[np.float32] = self.chances(grid).prod(axis=-1).astype(np.float32)
        return whole

    def parts(self, grid: Grid) -> Doubles:
        """Take the log-odds of one pair apart by feature.

        A table of two features is shared evenly between them, which is the Shapley value of
        an additive model of pairs with an empty table as its zero.

        Parameters
        ----------
        grid : Grid
            Of one graduate and one post.

        Returns
        -------
        float64 array of shape (n_features, 3)
            With `base`, they add up to the uncalibrated log-odds.
        """
        bins = self.bins(grid)
        shares = np.zeros((len(self.names), 3))
        for term, (first, second) in enumerate(self.terms):
            cell = self.term_starts[term] + int(self._cells_of(term, bins).item())
            if second < 0:
                shares[first] += self.cells[cell]
            else:
                shares[first] += self.cells[cell] / 2
                shares[second] += self.cells[cell] / 2
        return shares

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give the arrays that make the scorer again."""
        own: dict[str, NDArray[np.generic]] = {
            "edges": self.edges,
            "edge_starts": self.edge_starts,
            "terms": self.terms,
            "term_starts": self.term_starts,
            "cells": self.cells,
            "base": self.base,
            "calibration": self.calibration,
            "records": self.records,
        }
        return own | (self.factorization.arrays() if self.factorization else {})

    def vocabulary(self) -> dict[str, list[str]]:
        """Give the names that make the scorer again."""
        own = {"names": list(self.names), "groups": list(self.groups)}
        return own | (self.factorization.vocabulary() if self.factorization else {})

    @classmethod
    def made_of(
        cls, vocabulary: Mapping[str, Sequence[str]], arrays: Mapping[str, NDArray[Any]]
    ) -> ChanceScorer:
        """Make a scorer again from what `vocabulary` and `arrays` gave."""
        own = {each.name for each in fields(cls)}
        factors: dict[str, Any] = {n: array for n, array in arrays.items() if n not in own}
        names: dict[str, Any] = {n: tuple(v) for n, v in vocabulary.items() if n not in own}
        tables: dict[str, Any] = {n: array for n, array in arrays.items() if n in own}
        return cls(
            names=tuple(vocabulary["names"]),
            groups=tuple(vocabulary["groups"]),
            factorization=HybridScorer(**names, **factors) if factors else None,
            **tables,
        )
