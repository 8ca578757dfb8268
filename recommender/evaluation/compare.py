"""Every contender on the same held-out class year: same people, same posts, same draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.metrics import (
    Exposure,
    Interval,
    Resamples,
    coverage,
    crowded_share,
    exposure,
    exposure_gini,
    market_interval,
    mean_interval,
    ndcg_at_k,
    reachable_posts,
    recall_at_k,
    resample,
)
from recommender.model.topk import id_keys, top_k

# Under this many graduates a slice is "insufficient".
ENOUGH_GRADUATES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """A class year that no contender has seen, and what became of it.

    Attributes
    ----------
    colleges : str array of shape (n_graduates,)
    eligible : bool array of shape (n_graduates, n_posts)
        What people would have been shown: by the rules, on the first day of the season.
    gains : float32 array of shape (n_graduates, n_posts)
        1 for a post where the graduate stayed, 0.5 where they started, 0.25 where they signed,
        as known by the cut, else 0; NaN where it is not known yet.
    capacities : int32 array of shape (n_posts,)
        Open places on that day.
    slices
        What to look at apart, such as ``city`` or ``trade`` → a label per graduate, a str
        array of shape (n_graduates,); an empty label is left out.
    """

    class_year: int
    graduate_ids: tuple[str, ...]
    post_ids: tuple[str, ...]
    colleges: NDArray[np.str_]
    eligible: NDArray[np.bool_]
    gains: NDArray[np.float32]
    capacities: NDArray[np.int32]
    slices: Mapping[str, NDArray[np.str_]]

    def __post_init__(self) -> None:
        n_graduates, n_posts = len(self.graduate_ids), len(self.post_ids)
        shapes = {
            "colleges": (self.colleges, (n_graduates,)),
            "eligible": (self.eligible, (n_graduates, n_posts)),
            "gains": (self.gains, (n_graduates, n_posts)),
            "capacities": (self.capacities, (n_posts,)),
        } | {name: (labels, (n_graduates,)) for name, labels in self.slices.items()}
        for name, (array, shape) in shapes.items():
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, not {shape}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some of the graduates, looked at apart.

    Attributes
    ----------
    n_graduates
        Those that enter a mean: with a gain known to be above 0.
    ndcg
        Contender → interval; empty under 200 graduates, which is called insufficient.
    """

    name: str
    label: str
    n_graduates: int
    ndcg: Mapping[str, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What each contender reached, and by how much one is ahead of another.

    Attributes
    ----------
    n_graduates
        Held-out graduates who get a list.
    n_counted
        Those of them with a gain known to be above 0: the n of every mean.
    figures
        Contender → metric (``ndcg@10``, ``recall@10``, ``coverage``, ``gini``, ``overfull``)
        → interval.
    lists
        Contender → int32 array of shape (n_graduates, k), as people would be shown.
    exposures
        Contender → what its lists do to the market.
    """

    class_year: int
    k: int
    seed: int
    n_graduates: int
    n_counted: int
    resamples: Resamples
    figures: Mapping[str, Mapping[str, Interval]]
    lists: Mapping[str, NDArray[np.int32]]
    exposures: Mapping[str, Exposure]
    slices: tuple[Slice, ...]
    ndcg: Mapping[str, NDArray[np.float64]]
    draws: Mapping[str, Mapping[str, NDArray[np.float64]]]
    members: NDArray[np.bool_]

    @property
    def primary(self) -> str:
        """Name of the metric that decides."""
        return f"ndcg@{self.k}"

    def value(self, contender: str) -> float:
        """Give a contender's value of the deciding metric; NaN where nobody was counted."""
        return self.figures[contender][self.primary].value

    def difference(self, ahead: str, behind: str, metric: str | None = None) -> Interval:
        """Measure by how much one contender is ahead of another, paired.

        Both were measured on the same graduates of each draw, so what is common to them
        drops out of the interval.
        """
        name = metric or self.primary
        value = self.figures[ahead][name].value - self.figures[behind][name].value
        drawn = self.draws[ahead][name] - self.draws[behind][name]
        if name in (self.primary, f"recall@{self.k}"):
            return mean_interval(value, drawn)
        return market_interval(value, drawn, lowest=-1.0)

    def slice_differences(self, ahead: str, behind: str) -> tuple[tuple[Slice, Interval], ...]:
        """Measure the same in every slice that is large enough."""
        enough = np.array([bool(piece.ndcg) for piece in self.slices], dtype=np.bool_)
        gap = _in_slices(self.ndcg[ahead] - self.ndcg[behind], self.members[:, enough])
        drawn = self.resamples.means(gap)
        large = [piece for piece in self.slices if piece.ndcg]
        return tuple(
            (piece, mean_interval(float(np.nanmean(gap[:, at])), drawn[:, at]))
            for at, piece in enumerate(large)
        )

    def to_json(self) -> dict[str, dict[str, dict[str, float | None]]]:
        """Give the contenders as ``retrain --json`` writes them; None where not measured."""
        return {
            name: {metric: _bounds(interval) for metric, interval in by_metric.items()}
            for name, by_metric in self.figures.items()
        }

    def slices_to_json(self) -> list[dict[str, object]]:
        """Give every slice with its n; ``insufficient`` where that is too small."""
        return [
            {
                "slice": piece.name,
                "label": piece.label,
                "n": piece.n_graduates,
                self.primary: {name: _bounds(found) for name, found in piece.ndcg.items()}
                or "insufficient",
            }
            for piece in self.slices
        ]


def compare(
    held_out: HeldOut,
    scores: Mapping[str, NDArray[np.float32]],
    *,
    k: int = 10,
    n_resamples: int = 1000,
    seed: int,
) -> Comparison:
    """Rank every open post for every held-out graduate by each contender's scores, and measure.

    Ranking is over all eligible posts; nothing is sampled. A pair whose outcome is not known
    yet stays in the list that people would be shown, and so in the market figures, but is
    taken out before the list is judged.

    Parameters
    ----------
    held_out : HeldOut
    scores : mapping of str to float32 array of shape (n_graduates, n_posts)
        Contender → scores, finite wherever a pair is eligible.
    k : int
        Length of a list, at least 1.
    n_resamples : int
        Draws of graduates, or of colleges where there are ten or more; at least 1.
    seed : int
        Of the draws.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If a contender's shape does not fit, an eligible score is not finite, or `k` or
        `n_resamples` is below 1.

    References
    ----------
    Krichene and Rendle (2020), KDD, doi 10.1145/3394486.3403226: sampled candidates can turn
    an order of contenders round.
    """
    task = _Task.of(held_out, k, resample(held_out.colleges, n_resamples=n_resamples, seed=seed))
    results = {name: task.measure(name, array) for name, array in scores.items()}
    ndcg = {name: result.ndcg for name, result in results.items()}
    slices, members = _slices(held_out, task, ndcg)
    return Comparison(
        class_year=held_out.class_year,
        k=k,
        seed=seed,
        n_graduates=int(held_out.eligible.any(axis=1).sum()),
        n_counted=int(task.counted.sum()),
        resamples=task.resamples,
        figures={name: result.figures for name, result in results.items()},
        lists={name: result.lists for name, result in results.items()},
        exposures={name: result.exposure for name, result in results.items()},
        slices=slices,
        ndcg=ndcg,
        draws={name: result.draws for name, result in results.items()},
        members=members,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Result:
    lists: NDArray[np.int32]
    exposure: Exposure
    ndcg: NDArray[np.float64]
    figures: Mapping[str, Interval]
    draws: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is the same for every contender."""

    held_out: HeldOut
    k: int
    resamples: Resamples
    graduate_keys: NDArray[np.uint64]
    post_keys: NDArray[np.uint64]
    judged: NDArray[np.bool_]
    gains: NDArray[np.float32]
    counted: NDArray[np.bool_]
    reachable: NDArray[np.bool_]

    @classmethod
    def of(cls, held_out: HeldOut, k: int, resamples: Resamples) -> _Task:
        judged = held_out.eligible & ~np.isnan(held_out.gains)
        gains = np.where(judged, held_out.gains, np.float32(np.nan))
        return cls(
            held_out=held_out,
            k=k,
            resamples=resamples,
            graduate_keys=id_keys(held_out.graduate_ids),
            post_keys=id_keys(held_out.post_ids),
            judged=judged,
            gains=gains,
            counted=np.asarray((gains > 0).any(axis=1)),
            reachable=reachable_posts(held_out.eligible, held_out.capacities),
        )

    def measure(self, name: str, scores: NDArray[np.float32]) -> _Result:
        if scores.shape != self.gains.shape:
            raise ValueError(f"{name} has shape {scores.shape}, not {self.gains.shape}")
        lists = self._lists(scores, self.held_out.eligible)
        all_known = np.array_equal(self.judged, self.held_out.eligible)
        judged = lists if all_known else self._lists(scores, self.judged)
        ndcg = ndcg_at_k(judged, self.gains, self.k)
        means = {
            f"ndcg@{self.k}": ndcg,
            f"recall@{self.k}": recall_at_k(judged, self.gains, self.k),
        }
        shown = exposure(lists, self.held_out.eligible, self.held_out.capacities)
        draws = {metric: self.resamples.means(values) for metric, values in means.items()}
        market_draws = self._market_draws(lists)
        figures = {
            metric: mean_interval(_mean(values), draws[metric]) for metric, values in means.items()
        } | {
            metric: market_interval(float(getattr(shown, metric)), drawn)
            for metric, drawn in market_draws.items()
        }
        return _Result(
            lists=lists, exposure=shown, ndcg=ndcg, figures=figures, draws=draws | market_draws
        )

    def _lists(
        self, scores: NDArray[np.float32], candidates: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        return top_k(scores, candidates, self.k, self.graduate_keys, self.post_keys)

    def _market_draws(self, lists: NDArray[np.int32]) -> dict[str, NDArray[np.float64]]:
        capacities = self.held_out.capacities
        shown = self.resamples.applicants(lists, len(capacities), self.k) > 0
        applicants = self.resamples.applicants(lists, len(capacities))
        return {
            "coverage": coverage(shown, capacities, self.reachable),
            "gini": exposure_gini(applicants, capacities, self.reachable),
            "overfull": crowded_share(applicants, capacities, self.reachable),
        }


def _slices(
    held_out: HeldOut, task: _Task, ndcg: Mapping[str, NDArray[np.float64]]
) -> tuple[tuple[Slice, ...], NDArray[np.bool_]]:
    """Look at each label apart; also who belongs to it, shape (n_graduates, n_slices)."""
    found = [
        (name, str(label), labels == label)
        for name, labels in held_out.slices.items()
        for label in np.unique(labels[labels != ""])
    ]
    shape = (len(found), len(held_out.graduate_ids))
    members = np.array([inside for *_, inside in found], dtype=np.bool_).reshape(shape).T
    sizes = (members & task.counted[:, None]).sum(axis=0)
    enough = np.flatnonzero(sizes >= ENOUGH_GRADUATES)
    intervals: list[dict[str, Interval]] = [{} for _ in found]
    for contender, values in ndcg.items():
        inside = _in_slices(values, members[:, enough])
        drawn = task.resamples.means(inside)
        for at, index in enumerate(enough):
            intervals[index][contender] = mean_interval(_mean(inside[:, at]), drawn[:, at])
    slices = tuple(
        Slice(name=name, label=label, n_graduates=int(size), ndcg=by_contender)
        for (name, label, _), size, by_contender in zip(found, sizes, intervals, strict=True)
    )
    return slices, members


def _in_slices(values: NDArray[np.float64], members: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Repeat a value per graduate for each slice; NaN outside it."""
    return np.where(members, values[:, None], np.nan)


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _bounds(interval: Interval) -> dict[str, float | None]:
    return {
        name: value if isfinite(value) else None
        for name, value in (
            ("value", interval.value),
            ("low", interval.low),
            ("high", interval.high),
        )
    }
