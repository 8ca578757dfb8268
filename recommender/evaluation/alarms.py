"""Parts of steps G1, G2 and G4: what may be wrong with a model that passes for a good one.

A leak, a lead that moved, a stale vocabulary, prices that ran away, a city left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import isnan
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from recommender.evaluation.compare import Comparison
from recommender.evaluation.limits import FloorLimits, MarketLimits, SanityLimits
from recommender.evaluation.metrics import expected_applicants, exposure, reachable_posts
from recommender.evaluation.verdict import Effect, Reason, outside

# A leak errs so many times less often than any rule does.
TOO_SURE = 3.0


def check_vocabulary(
    described: Iterable[Collection[str]], known: Collection[str], limits: SanityLimits
) -> tuple[Reason, ...]:
    """G1: find a model that has never heard of what it should have learned from.

    Parameters
    ----------
    described
        Names of the features of each post that some known step names.
    known
        The model's vocabulary of post features; empty where it has none.
    """
    if not known:
        return ()
    words = set(known)
    heard = [words.issuperset(names) for names in described]
    share = sum(heard) / len(heard) if heard else 1.0
    return outside("G1", "stale_features", share, limits.vocabulary)


def check_prices(
    price: NDArray[np.float64],
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    limits: SanityLimits,
    *,
    gap: float = 0.0,
) -> tuple[Reason, ...]:
    """G1: find prices that are no numbers, unsettled, or beyond what a score could outweigh.

    Parameters
    ----------
    price : float64 array of shape (n_posts,)
    scores : float32 array of shape (n_graduates, n_posts)
        In the unit of the prices.
    eligible : bool array of shape (n_graduates, n_posts)
    gap
        How far the queues are from those that the prices lead to, as a share of everybody.
    """
    n_bad = int(np.count_nonzero(~np.isfinite(price)))
    if n_bad:
        return (
            Reason(
                step="G1",
                code="not_finite",
                effect=Effect.REFUSE,
                subject="prices",
                measured=n_bad,
                limit=0,
            ),
        )
    unsettled = outside("G1", "price_gap", gap, limits.price_gap)
    inside = scores[eligible]
    span = float(inside.max() - inside.min()) if len(inside) else 0.0
    if not span or not len(price):
        return unsettled
    lowest, highest = float(price.min()), float(price.max())
    steepest = (lowest if lowest < 0 else highest) / span
    return (*unsettled, *outside("G1", "prices", steepest, limits.price))


def mean_auc(scores: NDArray[np.float32], gains: NDArray[np.float32]) -> float:
    """Measure how surely a graduate's posts with a gain are scored above those without.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
    gains : float32 array of shape (n_graduates, n_posts)
        NaN where a pair is no candidate.

    Returns
    -------
    float
        Mean over graduates with posts of both kinds, ties counted half; NaN without any.

    References
    ----------
    Hanley and McNeil (1982), by the rank sum of Mann and Whitney.
    """
    candidate = ~np.isnan(gains)
    good = candidate & (gains > 0)
    n_good = good.sum(axis=1)
    n_bad = candidate.sum(axis=1) - n_good
    both = (n_good > 0) & (n_bad > 0)
    if not both.any():
        return float("nan")
    ranks = rankdata(
        np.where(candidate, scores, np.nan)[both].astype(np.float64), axis=1, nan_policy="omit"
    )
    above = np.where(good[both], ranks, 0.0).sum(axis=1) - n_good[both] * (n_good[both] + 1) / 2
    return float((above / (n_good[both] * n_bad[both])).mean())


def check_belief(
    comparison: Comparison,
    limits: FloorLimits,
    *,
    contenders: Sequence[str],
    auc: float,
    best_rule_auc: float,
    past: Sequence[Mapping[str, float | None]],
) -> tuple[Reason, ...]:
    """G2: find a model that knows what nobody could, or a history that is not what it was.

    Up to the end of a class year nothing happens any more: what a contender reaches on it may
    change with corrections, not with the nights. Labels that were mixed up and columns that
    were filled in afterwards change it for rules as well as for the model.

    Parameters
    ----------
    contenders
        The model and the baselines.
    auc
        Of the model on the held-out class year; NaN where nothing could be measured.
    best_rule_auc
        The largest of the baselines. A year that a rule tells apart nearly as surely is an easy
        one, and no leak.
    past
        Contender → what it reached, of earlier accepted nights with the same held-out class
        year, oldest first.
    """
    is_alone = not isnan(auc) and (1 - auc) < (1 - best_rule_auc) / TOO_SURE
    found = outside("G2", "leak", auc, limits.auc, effect=Effect.HOLD) if is_alone else ()
    for name in contenders:
        known = [value for night in past if (value := night.get(name)) is not None]
        moved = comparison.value(name) - median(known) if known else 0.0
        found += outside(
            "G2", "reached_moved", moved, limits.reached, effect=Effect.HOLD, subject=name
        )
    return found


def check_cities(
    lists: NDArray[np.int32],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
    cities: NDArray[np.str_],
    limits: MarketLimits,
    *,
    effect: Effect = Effect.HOLD,
) -> tuple[Reason, ...]:
    """G4, of what would be shown: find lists that collapse, and cities that they leave out.

    Parameters
    ----------
    lists : int32 array of shape (n_graduates, n_ranked)
        As people would be shown; -1 fills a row.
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
    cities : str array of shape (n_posts,)
    effect
        Of a baseline it is only said.
    """
    shown = exposure(lists, eligible, capacities)
    if shown.n_lists < limits.enough_lists:
        return ()
    reached = shown.coverage / shown.attainable
    found = outside("G4", "coverage", reached, limits.coverage, effect=effect)
    reachable = reachable_posts(eligible, capacities)
    listed = expected_applicants(lists, len(capacities), lists.shape[1]) > 0
    for city in np.unique(cities):
        inside = reachable & (cities == city)
        places = int(capacities[inside].sum())
        if places < limits.enough_places:
            continue
        share = float(capacities[inside & listed].sum()) / places / shown.attainable
        found += outside(
            "G4", "city_left_out", share, limits.city_coverage, effect=effect, subject=str(city)
        )
    return found
