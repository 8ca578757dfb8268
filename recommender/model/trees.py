"""Trees of paired features, and the tables that they are added up into; knows LightGBM alone.

No path from the root of a tree to a leaf meets more than two features, so that a leaf is a
rectangle over their bins. The leaves of a stage are added up into tables, which are published;
the library is not needed to serve them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.pairs import FEATURES, to_bins
from recommender.model.scoring import HybridScorer

if TYPE_CHECKING:
    import lightgbm

N_BINS = 48
AT_REST = 1  # the bin of a nuisance where it is absent

Bins = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSettings:
    """What shapes the trees of one stage.

    Attributes
    ----------
    feature_share
        Share of the features that each tree may meet, above 0 and up to 1.
    """

    n_rounds: int
    learning_rate: float = 0.1
    n_leaves: int = 8
    min_in_leaf: int = 40
    feature_share: float = 1.0


def binned(values: NDArray[np.float32], edges: Sequence[NDArray[np.float32]]) -> Bins:
    """Put the features of pairs into their bins.

    Parameters
    ----------
    values : float32 array of shape (n_pairs, n_features)
    edges
        Of each feature.

    Returns
    -------
    uint8 array of shape (n_pairs, n_features)
    """
    return np.stack([to_bins(values[:, i], each) for i, each in enumerate(edges)], axis=1)


def boost(
    bins: Bins,
    labels: NDArray[np.bool_],
    weights: NDArray[np.float32],
    settings: StageSettings,
    seed: int,
    *,
    nuisance: Bins | None = None,
    list_sizes: NDArray[np.int64] | None = None,
) -> lightgbm.Booster:
    """Fit trees to binned pairs on one thread.

    Parameters
    ----------
    bins : uint8 array of shape (n_pairs, n_features)
    labels : bool array of shape (n_pairs,)
    weights : float32 array of shape (n_pairs,)
        Above 0.
    nuisance : uint8 array of shape (n_pairs,), or None
        Bins of what moved an answer and says nothing of the pair: one more column, behind the
        features, that `Tables` takes away again.
    list_sizes : int64 array of shape (n_lists,), or None
        How many pairs in a row belong to each person: their order is learned. None learns the
        chance of each pair.

    References
    ----------
    Burges (2010), From RankNet to LambdaRank to LambdaMART: an overview.
    """
    # Only the process that fits pays for loading it.
    import lightgbm

    if nuisance is not None:
        bins = np.column_stack([bins, nuisance])
    parameters: dict[str, Any] = {
        "objective": "binary" if list_sizes is None else "lambdarank",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.n_leaves,
        "min_data_in_leaf": min(settings.min_in_leaf, max(1, len(labels) // 20)),
        "lambda_l2": 1.0,
        "feature_fraction": settings.feature_share,
        "max_bin": 255,
        "min_data_in_bin": 1,
        "interaction_constraints": [list(pair) for pair in combinations(range(bins.shape[1]), 2)],
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": seed,
        "verbose": -1,
    }
    data = lightgbm.Dataset(
        bins, labels.astype(np.float64), weight=weights, group=list_sizes, free_raw_data=False
    )
    return lightgbm.train(parameters, data, settings.n_rounds)


class Tables:
    """Adds trees up into one table per feature or pair of features, for three stages."""

    def __init__(self, n_bins: Sequence[int]) -> None:
        self._n_bins = n_bins
        self._tables: dict[tuple[int, int], NDArray[np.float64]] = {}
        self._base = np.zeros(len(STAGES))

    def add_constant(self, stage: int, labels: NDArray[np.bool_]) -> None:
        """Give everybody the log-odds of the few answers, drawn towards one half (Laplace)."""
        n_yes = int(labels.sum())
        self._base[stage] += float(np.log((n_yes + 1) / (len(labels) - n_yes + 1)))

    def add(self, stage: int, booster: lightgbm.Booster, bins: Bins) -> None:
        """Add the trees of a stage; what a table adds on average goes into the base.

        Of a nuisance only the leaves that hold where it is absent are added.
        """
        own: dict[tuple[int, int], NDArray[np.float64]] = {}
        nuisance = len(self._n_bins)
        n_bins = [*self._n_bins, N_BINS]
        for tree in booster.dump_model()["tree_info"]:
            for inside, value in _leaves(tree["tree_structure"], {}, n_bins):
                held = inside.pop(nuisance, slice(AT_REST, AT_REST + 1))
                if not held.start <= AT_REST < held.stop:
                    continue
                if not inside:
                    self._base[stage] += value
                    continue
                first, second = (*sorted(inside), -1)[:2]
                shape = (self._n_bins[first], self._n_bins[second] if second >= 0 else 1)
                table = own.setdefault((first, second), np.zeros(shape))
                table[inside[first], inside.get(second, slice(None))] += value
        for (first, second), table in own.items():
            at = bins[:, second] if second >= 0 else 0
            mean = table[bins[:, first], at].mean()
            self._base[stage] += mean
            key = (first, second)
            whole = self._tables.setdefault(key, np.zeros((*table.shape, len(STAGES))))
            whole[..., stage] += table - mean

    def scorer(
        self,
        edges: Sequence[NDArray[np.float32]],
        factorization: HybridScorer | None,
        records: Mapping[str, float],
    ) -> ChanceScorer:
        """Lay the tables out one after the other."""
        terms = sorted(self._tables)
        cells = [self._tables[term].reshape(-1, len(STAGES)) for term in terms]
        return ChanceScorer(
            names=tuple(FEATURES),
            edges=np.concatenate(edges).astype(np.float32),
            edge_starts=_starts([len(each) for each in edges]),
            terms=np.array(terms, dtype=np.int32).reshape(-1, 2),
            term_starts=_starts([len(each) for each in cells]),
            cells=np.concatenate([np.zeros((0, len(STAGES))), *cells]),
            base=self._base,
            calibration=np.array([[1.0, 0.0]] * len(STAGES)),
            groups=tuple(sorted(records)),
            records=np.array([records[each] for each in sorted(records)], dtype=np.float64),
            factorization=factorization,
        )


def _starts(lengths: Sequence[int]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _leaves(
    node: Mapping[str, Any], inside: Mapping[int, slice], n_bins: Sequence[int]
) -> Iterator[tuple[dict[int, slice], float]]:
    """Give each leaf's value, and by feature the bins that lead to it.

    Bins up to a threshold go left. A leaf's own features are at most two; those of the tree
    may be more, one pair on each of its branches.
    """
    if "split_feature" not in node:
        yield dict(inside), node["leaf_value"]
        return
    feature, cut = int(node["split_feature"]), floor(node["threshold"]) + 1
    bins = inside.get(feature, slice(0, n_bins[feature]))
    left = slice(bins.start, min(cut, bins.stop))
    right = slice(max(cut, bins.start), bins.stop)
    yield from _leaves(node["left_child"], {**inside, feature: left}, n_bins)
    yield from _leaves(node["right_child"], {**inside, feature: right}, n_bins)
