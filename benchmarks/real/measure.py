"""Measure lists as the product does: per user, with intervals from drawing users again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.real.contenders import Rows, Scores, World
from benchmarks.real.splits import HeldOut
from recommender.evaluation.metrics import (
    Interval,
    mean_interval,
    ndcg_at_k,
    recall_at_k,
    resample,
)
from recommender.model.topk import id_keys, top_k

K = 10
METRICS = ("recall", "ndcg")


def ranked(world: World, known: HeldOut, rows: Rows, scores: Scores) -> NDArray[np.int32]:
    """List the ten best items of the whole catalogue, less what is known of the user.

    Returns
    -------
    int32 array of shape (n_rows, 10)
        Items, best first; ties fall by a hash of the two ids; -1 fills a row.
    """
    candidates = np.ones((len(rows), world.n_items), dtype=np.bool_)
    candidates[known.known[rows].nonzero()] = False
    user_keys = id_keys(world.data.user_ids[row] for row in rows)
    return top_k(scores, candidates, K, user_keys, id_keys(world.data.item_ids))


def per_user(
    known: HeldOut, rows: Rows, lists: NDArray[np.int32]
) -> dict[str, NDArray[np.float64]]:
    """Measure each list: recall@10 and NDCG@10 of shape (n_rows,); NaN where nothing is held."""
    gains = (known.held[rows].toarray() > 0).astype(np.float32)
    return {"recall": recall_at_k(lists, gains, K), "ndcg": ndcg_at_k(lists, gains, K)}


def merit(known: HeldOut, rows: Rows, lists: NDArray[np.int32]) -> float:
    """Say how good settings are: recall@10, cold and warm users weighing alike."""
    recall = per_user(known, rows, lists)["recall"]
    warm = known.warm[rows]
    parts = [recall[each] for each in (warm, ~warm) if each.any()]
    return float(np.mean([np.nanmean(part) for part in parts])) if parts else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one seed gave.

    Attributes
    ----------
    values
        Contender → metric → float64 array of shape (n_rows,).
    seconds
        Of one processor.
    """

    seed: int
    rows: Rows
    warm: NDArray[np.bool_]
    lists: Mapping[str, NDArray[np.int32]]
    values: Mapping[str, Mapping[str, NDArray[np.float64]]]
    settings: Mapping[str, Mapping[str, object]]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Warm or cold users, over all seeds.

    Attributes
    ----------
    n_users, n_lists
        Different people, and people times seeds.
    figures
        Contender → metric → interval.
    lead
        Metric → by how much ours is ahead of the best other, and which that is.
    """

    n_users: int
    n_lists: int
    figures: Mapping[str, Mapping[str, Interval]]
    lead: Mapping[str, tuple[str, Interval]]
    over: Mapping[str, Mapping[str, Interval]]


def summed_up(
    runs: Sequence[Run], ours: str, *, parts_of_ours: Collection[str] = (), warm: bool, seed: int
) -> Part | None:
    """Put seeds together; a user whom several seeds asked about is drawn with all their lists.

    Parameters
    ----------
    parts_of_ours
        Rankings that are ours with something left out: compared, but no contenders.

    Returns
    -------
    Part, or None where no seed asked about such users
    """
    inside = [run.warm == warm for run in runs]
    users = np.concatenate([run.rows[at] for run, at in zip(runs, inside, strict=True)])
    if not len(users):
        return None
    drawn = resample(users.astype(np.str_), seed=seed)
    pooled = {
        name: {
            metric: np.concatenate(
                [run.values[name][metric][at] for run, at in zip(runs, inside, strict=True)]
            )
            for metric in METRICS
        }
        for name in runs[0].values
    }

    def interval(values: NDArray[np.float64]) -> Interval:
        return mean_interval(float(np.nanmean(values)), drawn.means(values))

    figures = {
        name: {metric: interval(values) for metric, values in by_metric.items()}
        for name, by_metric in pooled.items()
    }
    over = {
        name: {metric: interval(pooled[ours][metric] - pooled[name][metric]) for metric in METRICS}
        for name in figures
        if name != ours
    }
    lead = {}
    for metric in METRICS:
        others = [name for name in over if name not in parts_of_ours]
        second = max(others, key=lambda name: figures[name][metric].value)
        lead[metric] = (second, over[second][metric])
    return Part(
        n_users=len(np.unique(users)),
        n_lists=len(users),
        figures=figures,
        lead=lead,
        over=over,
    )
