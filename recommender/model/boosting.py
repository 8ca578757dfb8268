"""Fit the stages by boosted trees of paired features; the only module that knows LightGBM.

No path from the root of a tree to a leaf meets more than two features, so that a leaf is a
rectangle over their bins. The leaves of a stage are added up into tables, which are published;
the library is not needed to serve them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.features import feature_matrix, graduate_features, post_features
from recommender.model.interactions import training_data
from recommender.model.pairs import FEATURES, Grid, bin_edges, blocks, pair_grid, to_bins
from recommender.model.scoring import HybridScorer
from recommender.model.stages import Labelled, roads, sample_unwanted
from recommender.model.training import TrainingSettings, fit

if TYPE_CHECKING:
    import lightgbm

N_BINS = 24
ENOUGH_SHOWN = 300  # shown pairs from which on it is learned what officers choose to show
LEAST_EXPOSURE = 0.1  # of the mean: whatever officers show, people also search for themselves
SEASON_MIDDLE = (6, 30)
ENOUGH_ANSWERS = 30  # of the rarer kind, to fit a stage or to calibrate it
# Answers that a slope of 1 and an intercept of 0 weigh, before any is seen.
BOTH = (5.0, 5.0)
LEVEL_ONLY = (1e9, 5.0)
N_NEWTON = 25
NEGLIGIBLE = 1e-9  # a step of slope and intercept that changes no chance
LEAST_SLOPE = 0.2

Bins = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """A class year, the posts of its season, and what became of them.

    Attributes
    ----------
    suitable : bool array of shape (n_graduates, n_posts)
        Pairs that no rule about the two themselves forbids.
    """

    class_year: int
    graduates: tuple[Graduate, ...]
    posts: tuple[Post, ...]
    outcomes: tuple[Outcome, ...]
    suitable: NDArray[np.bool_]

    def in_order(self) -> Cohort:
        """Order people and posts by id: sums in another order end in other digits."""
        rows = sorted(range(len(self.graduates)), key=lambda i: self.graduates[i].graduate_id)
        columns = sorted(range(len(self.posts)), key=lambda j: self.posts[j].post_id)
        return replace(
            self,
            graduates=tuple(self.graduates[i] for i in rows),
            posts=tuple(self.posts[j] for j in columns),
            suitable=self.suitable[np.ix_(rows, columns)],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSettings:
    """What shapes the trees of one stage."""

    n_rounds: int
    learning_rate: float = 0.1
    n_leaves: int = 8
    min_in_leaf: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """Binned pairs of one stage over all class years.

    Attributes
    ----------
    values : float32 array of shape (n_pairs, n_features)
    labels : bool array of shape (n_pairs,)
    weights : float32 array of shape (n_pairs,)
    """

    values: NDArray[np.float32]
    labels: NDArray[np.bool_]
    weights: NDArray[np.float32]

    @classmethod
    def joined(cls, parts: Sequence[Examples]) -> Examples:
        """Put examples one after the other."""
        return cls(
            values=np.concatenate([part.values for part in parts]),
            labels=np.concatenate([part.labels for part in parts]),
            weights=np.concatenate([part.weights for part in parts]),
        )


def fit_model(
    cohorts: Sequence[Cohort],
    reference: Reference,
    settings: Mapping[str, StageSettings],
    seed: int,
    factorization: TrainingSettings | None = None,
) -> ChanceScorer | HybridScorer | None:
    """Fit every stage on one thread; equal data and seed give equal bytes, in whatever order.

    Parameters
    ----------
    cohorts
        Ascending by class year.
    factorization
        Settings of the factorization whose score is a feature; None goes without. Each class
        year is described by one that knew the earlier ones alone, as the next will be.

    Returns
    -------
    ChanceScorer, HybridScorer or None
        Chances are not calibrated yet. A stage with too few answers of one kind has the same
        chance for everybody; where that is what people want, the factorization alone, or None.
    """
    if not cohorts:
        return None
    cohorts = _in_order(cohorts)
    known = _factorizations(cohorts, reference, factorization)
    stages = stage_examples(cohorts, reference, known)
    if not _has_both_answers(stages["wants"]):
        return known[-1]
    wants = stages["wants"]
    edges = [bin_edges(wants.values[:, i], N_BINS) for i in range(len(FEATURES))]
    tables = _Tables([len(each) + 2 for each in edges])
    weights = {stage: stages[stage].weights for stage in STAGES}
    weights["wants"] = _exposure_weights(stages, edges, seed)
    for number, stage in enumerate(STAGES):
        examples = stages[stage]
        bins = _binned(examples.values, edges)
        if not _has_both_answers(examples):
            tables.add_constant(number, examples.labels)
            continue
        trees = _boost(bins, examples.labels, weights[stage], settings[stage], seed)
        tables.add(number, trees, bins)
    return tables.scorer(edges, known[-1])


def _factorizations(
    cohorts: Sequence[Cohort], reference: Reference, settings: TrainingSettings | None
) -> list[HybridScorer | None]:
    """Fit what was known before each class year, and at the end what is known after them all."""
    known: list[HybridScorer | None] = []
    for n_before in range(len(cohorts) + 1):
        earlier = cohorts[:n_before]
        data = training_data(
            [graduate for cohort in earlier for graduate in cohort.graduates],
            list({post.post_id: post for cohort in earlier for post in cohort.posts}.values()),
            [step for cohort in earlier for step in cohort.outcomes],
            reference,
        )
        known.append(fit(data, settings) if settings and len(data.rows) else None)
    return known


def _has_both_answers(examples: Examples) -> bool:
    n_yes = int(examples.labels.sum())
    return min(n_yes, len(examples.labels) - n_yes) >= ENOUGH_ANSWERS


def _in_order(cohorts: Sequence[Cohort]) -> list[Cohort]:
    return sorted((each.in_order() for each in cohorts), key=lambda cohort: cohort.class_year)


def stage_examples(
    cohorts: Sequence[Cohort],
    reference: Reference,
    known: Sequence[HybridScorer | None] = (),
) -> dict[str, Examples]:
    """Describe what the log of some class years says of each stage.

    Parameters
    ----------
    known
        The factorization that describes each class year, in their order; without any, none does.

    Returns
    -------
    mapping of stage to Examples
        ``wants``: shown or wanted pairs, then sampled ones; also apart, ``shown`` and
        ``unshown``: the pairs of people whose lists are on record.
    """
    found: dict[str, list[Examples]] = {
        name: [] for name in (*STAGES, "shown", "unshown", "unwanted")
    }
    for number, cohort in enumerate(_in_order(cohorts)):
        said = roads(cohort.graduates, cohort.posts, cohort.outcomes)
        unwanted = sample_unwanted(
            said.wanted,
            cohort.suitable,
            [graduate.graduate_id for graduate in cohort.graduates],
            [post.post_id for post in cohort.posts],
        )
        asked = {
            "wants": said.wanted,
            "hired": said.hired,
            "stays": said.stayed,
            "shown": said.shown,
            "unshown": unwanted.only(np.isin(unwanted.rows, said.shown.rows)),
            "unwanted": unwanted,
        }
        for block, grid in _grids(cohort, reference, known[number] if known else None):
            for name, pairs in asked.items():
                found[name].append(_examples(grid, pairs.only(_within(pairs, block)), block))
    joined = {name: Examples.joined(parts) for name, parts in found.items()}
    joined["wants"] = Examples.joined([joined["wants"], joined["unwanted"]])
    return joined


def calibrate(scorer: ChanceScorer, cohort: Cohort, reference: Reference) -> NDArray[np.float64]:
    """Learn slope and intercept of each stage's log-odds from a class year it never saw.

    What people want is compared on lists that are known to have been shown. Only its level is
    learned there: officers choose what they show, so that the slope within a list is theirs.

    Returns
    -------
    float64 array of shape (3, 2)
        Slope and intercept; 1 and 0 where too little is known.

    References
    ----------
    Platt (1999), Probabilistic outputs for support vector machines.
    """
    cohort = cohort.in_order()
    said = roads(cohort.graduates, cohort.posts, cohort.outcomes)
    answers = (said.shown, said.hired, said.stayed)
    odds = [np.empty(len(pairs.rows)) for pairs in answers]
    for block, grid in _grids(cohort, reference, scorer.factorization):
        found = scorer.log_odds(grid)
        for stage, pairs in enumerate(answers):
            inside = _within(pairs, block)
            rows, columns = pairs.rows[inside] - block.start, pairs.columns[inside]
            odds[stage][inside] = found[rows, columns, stage]
    priors = (LEVEL_ONLY, BOTH, BOTH)
    return np.array([_platt(*each) for each in zip(odds, answers, priors, strict=True)])


def _grids(
    cohort: Cohort, reference: Reference, known: HybridScorer | None
) -> Iterator[tuple[slice, Grid]]:
    """Describe a cohort's pairs, some people at a time."""
    day = date(cohort.class_year, *SEASON_MIDDLE)
    posts = cohort.posts
    post_matrix = (
        feature_matrix([post_features(p, reference) for p in posts], known.post_names)
        if known
        else None
    )
    for block in blocks(len(cohort.graduates), len(posts)):
        people = cohort.graduates[block]
        similar = None
        if known is not None and post_matrix is not None:
            described = [graduate_features(graduate, reference) for graduate in people]
            similar = known.scores(feature_matrix(described, known.graduate_names), post_matrix)
        yield block, pair_grid(people, posts, reference, day, similar=similar)


def _platt(
    odds: NDArray[np.float64], pairs: Labelled, prior: tuple[float, float] = BOTH
) -> tuple[float, float]:
    """Fit log-odds to answers by Newton's method, a little towards leaving them as they are.

    A step that would make things worse is halved: far from the answer the curve is flat, and
    a whole step lands further away still.
    """
    n_rarer = min(pairs.labels.sum(), (~pairs.labels).sum())
    if n_rarer < ENOUGH_ANSWERS:
        return 1.0, 0.0
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(N_NEWTON):
        chance = expit(design @ found)
        pull = prior * (found - [1.0, 0.0])
        slope = design.T @ (pairs.weights * (chance - pairs.labels)) + pull
        curve = pairs.weights * chance * (1 - chance)
        step = np.linalg.solve((design * curve[:, None]).T @ design + np.diag(prior), slope)
        while _is_telling(step) and (
            _misfit(found - step, design, pairs, prior) > _misfit(found, design, pairs, prior)
        ):
            step = step / 2
        found = found - step
        if not _is_telling(step):
            break
    slope, intercept = (float(each) for each in found)
    kept = max(LEAST_SLOPE, slope)
    # Where the slope is held, the middle of the answers still must be met.
    return kept, intercept + (slope - kept) * float(np.average(odds, weights=pairs.weights))


def _is_telling(step: NDArray[np.float64]) -> bool:
    return bool(np.abs(step).max() > NEGLIGIBLE)


def _misfit(
    found: NDArray[np.float64],
    design: NDArray[np.float64],
    pairs: Labelled,
    prior: tuple[float, float],
) -> np.float64:
    odds = design @ found
    pull = np.dot(prior, (found - [1.0, 0.0]) ** 2) / 2
    return np.float64(pairs.weights @ (np.logaddexp(0.0, odds) - pairs.labels * odds) + pull)


def _within(pairs: Labelled, block: slice) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (block.start <= pairs.rows) & (pairs.rows < block.stop)
    return inside


def _examples(grid: Grid, pairs: Labelled, block: slice) -> Examples:
    return Examples(
        values=grid.of_pairs(pairs.rows - block.start, pairs.columns),
        labels=pairs.labels,
        weights=pairs.weights,
    )


def _exposure_weights(
    stages: Mapping[str, Examples], edges: Sequence[NDArray[np.float32]], seed: int
) -> NDArray[np.float32]:
    """Weigh sampled pairs by how likely they were shown: nobody refused what they never saw.

    Where too few lists are on record, all sampled pairs weigh alike.
    """
    shown, unshown, unwanted = (stages[name] for name in ("shown", "unshown", "unwanted"))
    weights = stages["wants"].weights.copy()
    if len(shown.labels) < ENOUGH_SHOWN or not len(unshown.labels):
        return weights
    values = np.concatenate([shown.values, unshown.values])
    labels = np.arange(len(values)) < len(shown.labels)
    settings = StageSettings(n_rounds=100)
    ones = np.ones(len(values), dtype=np.float32)
    booster = _boost(_binned(values, edges), labels, ones, settings, seed)
    exposure = np.asarray(booster.predict(_binned(unwanted.values, edges), num_threads=1))
    relative = np.maximum(exposure / exposure.mean(), LEAST_EXPOSURE)
    weights[len(weights) - len(relative) :] *= relative.astype(np.float32)
    return weights


def _binned(values: NDArray[np.float32], edges: Sequence[NDArray[np.float32]]) -> Bins:
    return np.stack([to_bins(values[:, i], each) for i, each in enumerate(edges)], axis=1)


def boost_lists(
    bins: Bins,
    labels: NDArray[np.bool_],
    list_sizes: NDArray[np.int64] | None,
    settings: StageSettings,
    seed: int,
) -> lightgbm.Booster:
    """Fit the same trees to pairs that are described otherwise, such as those of a public set.

    Parameters
    ----------
    bins : uint8 array of shape (n_pairs, n_features)
    labels : bool array of shape (n_pairs,)
    list_sizes : int64 array of shape (n_lists,), or None
        How many pairs in a row belong to each person: their order is learned. None learns the
        chance of each pair.

    References
    ----------
    Burges (2010), From RankNet to LambdaRank to LambdaMART: an overview.
    """
    weights = np.ones(len(labels), dtype=np.float32)
    return _boost(bins, labels, weights, settings, seed, list_sizes)


def _boost(
    bins: Bins,
    labels: NDArray[np.bool_],
    weights: NDArray[np.float32],
    settings: StageSettings,
    seed: int,
    list_sizes: NDArray[np.int64] | None = None,
) -> lightgbm.Booster:
    # Only the process that fits pays for loading it.
    import lightgbm

    parameters: dict[str, Any] = {
        "objective": "binary" if list_sizes is None else "lambdarank",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.n_leaves,
        "min_data_in_leaf": min(settings.min_in_leaf, max(1, len(labels) // 20)),
        "lambda_l2": 1.0,
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


class _Tables:
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
        """Add the trees of a stage; what a table adds on average goes into the base."""
        own: dict[tuple[int, int], NDArray[np.float64]] = {}
        for tree in booster.dump_model()["tree_info"]:
            for inside, value in _leaves(tree["tree_structure"], {}, self._n_bins):
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
        self, edges: Sequence[NDArray[np.float32]], factorization: HybridScorer | None
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
            factorization=factorization,
        )


def _starts(lengths: Sequence[int]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def _leaves(
    node: Mapping[str, Any], inside: Mapping[int, slice], n_bins: Sequence[int]
) -> Iterator[tuple[Mapping[int, slice], float]]:
    """Give each leaf's value, and by feature the bins that lead to it.

    Bins up to a threshold go left. A leaf's own features are at most two; those of the tree
    may be more, one pair on each of its branches.
    """
    if "split_feature" not in node:
        yield inside, node["leaf_value"]
        return
    feature, cut = int(node["split_feature"]), floor(node["threshold"]) + 1
    bins = inside.get(feature, slice(0, n_bins[feature]))
    left = slice(bins.start, min(cut, bins.stop))
    right = slice(max(cut, bins.start), bins.stop)
    yield from _leaves(node["left_child"], {**inside, feature: left}, n_bins)
    yield from _leaves(node["right_child"], {**inside, feature: right}, n_bins)
