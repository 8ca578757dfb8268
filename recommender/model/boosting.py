"""Learn the chance of each stage from what the log says of past class years.

What a decision says of merit is parted from what it says of the crowd it was taken in, and
what an enterprise is known for from whom it met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.features import feature_matrix, graduate_features, post_features
from recommender.model.interactions import training_data
from recommender.model.pairs import FEATURES, Grid, bin_edges, blocks, pair_grid, to_bins
from recommender.model.records import LEAST, Records, group_records, trade_groups
from recommender.model.scoring import HybridScorer
from recommender.model.stages import Labelled, roads, sample_unwanted
from recommender.model.training import TrainingSettings, fit
from recommender.model.trees import N_BINS, StageSettings, Tables, binned, boost

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
# How many were decided on per place left, as a power of two; the first bin holds those who
# could all be taken, and a chance is told as if everybody could.
CROWDING_EDGES = np.array([0.01, 0.75, 1.25, 1.75, 2.5], dtype=np.float32)
RECORD = list(FEATURES).index("enterprise_record")
TRADE_RECORD = list(FEATURES).index("trade_record")


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
class Examples:
    """Binned pairs of one stage over all class years.

    Attributes
    ----------
    values : float32 array of shape (n_pairs, n_features)
    labels : bool array of shape (n_pairs,)
    weights : float32 array of shape (n_pairs,)
    cohorts : int32 array of shape (n_pairs,)
        Number of the class year among those learned from, from 0.
    groups : object array of shape (n_pairs, 3)
        Names of the post's enterprise and of the two of `records.trade_groups`.
    crowding : float32 array of shape (n_pairs,)
        Of the stage ``hired``, see `Roads`; 0 elsewhere.
    """

    values: NDArray[np.float32]
    labels: NDArray[np.bool_]
    weights: NDArray[np.float32]
    cohorts: NDArray[np.int32]
    groups: NDArray[np.object_]
    crowding: NDArray[np.float32]

    @classmethod
    def joined(cls, parts: Sequence[Examples]) -> Examples:
        """Put examples one after the other."""
        return cls(
            **{
                field.name: np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What does not depend on the settings of the stages, so that several fits may share it.

    Attributes
    ----------
    stages
        As `stage_examples` gives them.
    factorization
        Of all class years; None without one.
    """

    stages: Mapping[str, Examples]
    factorization: HybridScorer | None


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
    return fit_described(describe(cohorts, reference, factorization), settings, seed)


def describe(
    cohorts: Sequence[Cohort], reference: Reference, factorization: TrainingSettings | None = None
) -> Described:
    """Lay out what every fit of some class years learns from; see `fit_model`."""
    cohorts = _in_order(cohorts)
    known = _factorizations(cohorts, reference, factorization)
    return Described(
        stages=stage_examples(cohorts, reference, known),
        factorization=known[-1],
    )


def fit_described(
    described: Described, settings: Mapping[str, StageSettings], seed: int
) -> ChanceScorer | HybridScorer | None:
    """Fit every stage to what was laid out, which stays as it is; see `fit_model`."""
    stages = dict(described.stages)
    if not _has_both_answers(stages["wants"]):
        return described.factorization
    records = _learn_records(stages, settings, seed)
    edges = _edges(stages)
    tables = Tables([len(each) + 2 for each in edges])
    weights = {stage: stages[stage].weights for stage in STAGES}
    weights["wants"] = _exposure_weights(stages, edges, seed)
    for number, stage in enumerate(STAGES):
        examples = stages[stage]
        bins = binned(examples.values, edges)
        if not _has_both_answers(examples):
            tables.add_constant(number, examples.labels)
            continue
        nuisance = to_bins(examples.crowding, CROWDING_EDGES) if stage == "hired" else None
        tables.add(
            number,
            boost(bins, examples.labels, weights[stage], settings[stage], seed, nuisance=nuisance),
            bins,
        )
    return tables.scorer(edges, described.factorization, records)


def _learn_records(
    stages: dict[str, Examples], settings: Mapping[str, StageSettings], seed: int
) -> dict[str, float]:
    """Learn what groups were known for before each class year, and give it after them all.

    Examples get what was known then. Answers are compared with trees that do not know groups.
    """
    for name, examples in stages.items():
        stages[name] = replace(examples, values=examples.values.copy())
    known: dict[str, float] = {}
    hired, wants = stages["hired"], stages["wants"]
    if _has_both_answers(hired):
        surprise = _surprises(hired, settings["hired"], seed, is_crowded=True)
        hired.values[:, RECORD], known = group_records(hired.groups[:, 0], *surprise)
    cohorts, labels, odds, weights = _surprises(wants, settings["wants"], seed)
    wider, of_wider = group_records(wants.groups[:, 1], cohorts, labels, odds, weights)
    beyond = (cohorts, labels, odds + wider, weights)
    narrower, of_narrower = group_records(wants.groups[:, 2], *beyond)
    wants.values[:, TRADE_RECORD] = wider + narrower
    told = {name: value for name, value in (of_wider | of_narrower).items() if abs(value) > LEAST}
    return known | told


Answers = tuple[NDArray[np.int32], NDArray[np.bool_], NDArray[np.float64], NDArray[np.float32]]


def _surprises(
    examples: Examples, settings: StageSettings, seed: int, *, is_crowded: bool = False
) -> Answers:
    """Give class years, answers, the log-odds that trees say of them, and their weights."""
    edges = [bin_edges(examples.values[:, i], N_BINS) for i in range(len(FEATURES))]
    bins = binned(examples.values, edges)
    nuisance = to_bins(examples.crowding, CROWDING_EDGES) if is_crowded else None
    booster = boost(bins, examples.labels, examples.weights, settings, seed, nuisance=nuisance)
    met = bins if nuisance is None else np.column_stack([bins, nuisance])
    odds = np.asarray(booster.predict(met, raw_score=True, num_threads=1))
    return examples.cohorts, examples.labels, odds, examples.weights


def _edges(stages: Mapping[str, Examples]) -> list[NDArray[np.float32]]:
    """Cut every feature by the pairs that were wanted or not, a record by those decided on."""
    return [
        bin_edges(stages["hired" if i == RECORD else "wants"].values[:, i], N_BINS)
        for i in range(len(FEATURES))
    ]


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
        trades, groups = _groups(cohort, reference)
        for block, grid in _grids(cohort, reference, known[number] if known else None):
            for name, pairs in asked.items():
                inside = _within(pairs, block)
                chosen = pairs.only(inside)
                of_pairs = groups[trades[chosen.rows], chosen.columns]
                part = _examples(grid, chosen, block, number, of_pairs)
                if name == "hired":
                    part = replace(part, crowding=said.crowding[inside])
                found[name].append(part)
    joined = {name: Examples.joined(parts) for name, parts in found.items()}
    joined["wants"] = Examples.joined([joined["wants"], joined["unwanted"]])
    return joined


def calibrate(scorer: ChanceScorer, cohort: Cohort, reference: Reference) -> NDArray[np.float64]:
    """Learn slope and intercept of each stage's log-odds from a class year it never saw.

    What people want is compared on lists that are known to have been shown. Only its level is
    learned there: officers choose what they show, so that the slope within a list is theirs.
    Whom enterprises take is compared where there was a place for everybody.

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
    answers = (said.shown, said.hired.only(said.crowding <= CROWDING_EDGES[0]), said.stayed)
    odds = [np.empty(len(pairs.rows)) for pairs in answers]
    for block, grid in _grids(cohort, reference, scorer.factorization, scorer.known_for()):
        found = scorer.log_odds(grid)
        for stage, pairs in enumerate(answers):
            inside = _within(pairs, block)
            rows, columns = pairs.rows[inside] - block.start, pairs.columns[inside]
            odds[stage][inside] = found[rows, columns, stage]
    priors = (LEVEL_ONLY, BOTH, BOTH)
    return np.array([_platt(*each) for each in zip(odds, answers, priors, strict=True)])


def _grids(
    cohort: Cohort,
    reference: Reference,
    known: HybridScorer | None,
    records: Records | None = None,
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
        yield block, pair_grid(people, posts, reference, day, similar=similar, records=records)


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


def _groups(cohort: Cohort, reference: Reference) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Name the groups of every pair.

    Returns
    -------
    intp array of shape (n_graduates,)
        Number of each one's trade.
    object array of shape (n_trades, n_posts, 3)
        As in `Examples`.
    """
    own = [reference.trade_of(graduate.trade) for graduate in cohort.graduates]
    trades = {trade: number for number, trade in enumerate(dict.fromkeys(own))}
    named = [
        (post.credit_code, *trade_groups(trade, post, reference))
        for trade in trades
        for post in cohort.posts
    ]
    table = np.array(named, dtype=np.object_).reshape(len(trades), len(cohort.posts), 3)
    return np.array([trades[trade] for trade in own], dtype=np.intp), table


def _examples(
    grid: Grid, pairs: Labelled, block: slice, number: int, groups: NDArray[np.object_]
) -> Examples:
    return Examples(
        values=grid.of_pairs(pairs.rows - block.start, pairs.columns),
        labels=pairs.labels,
        weights=pairs.weights,
        cohorts=np.full(len(pairs.rows), number, dtype=np.int32),
        groups=groups,
        crowding=np.zeros(len(pairs.rows), dtype=np.float32),
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
    booster = boost(binned(values, edges), labels, ones, settings, seed)
    exposure = np.asarray(booster.predict(binned(unwanted.values, edges), num_threads=1))
    relative = np.maximum(exposure / exposure.mean(), LEAST_EXPOSURE)
    weights[len(weights) - len(relative) :] *= relative.astype(np.float32)
    return weights
