"""Some of the graduates looked at apart, each group with its n, and how far groups lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.compare import ENOUGH_GRADUATES
from recommender.evaluation.metrics import (
    APPLICATIONS,
    Interval,
    Resamples,
    expected_applicants,
    mean_interval,
)
from recommender.model.topk import NO_POST

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some graduates.

    Attributes
    ----------
    n_graduates
        Those that enter the mean.
    figures
        Contender → interval; empty under 200 graduates, which is called insufficient.
    """

    kind: str
    label: str
    n_graduates: int
    figures: Mapping[str, Interval]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far the best and the worst served group of a kind lie apart.

    Attributes
    ----------
    figure
        Best less worst. Its interval is that of these two groups, chosen after the fact, so
        that it flatters nobody: of many equal groups two always lie apart.
    """

    kind: str
    best: str
    worst: str
    figure: Interval


def grouped(
    kind: str, labels: NDArray[np.str_], values: Mapping[str, Values], resamples: Resamples
) -> tuple[Group, ...]:
    """Average a measure within each group.

    Parameters
    ----------
    labels : str array of shape (n_graduates,)
        "" is in no group.
    values : mapping of contender to float64 array of shape (n_graduates,)
        NaN is left out; NaN for the same graduates whoever the contender.
    """
    counted = ~np.isnan(next(iter(values.values())))
    found = []
    for label in np.unique(labels[labels != ""]):
        inside = labels == label
        n_graduates = int((inside & counted).sum())
        figures = {}
        if n_graduates >= ENOUGH_GRADUATES:
            figures = {name: _mean(each, inside, resamples) for name, each in values.items()}
        found.append(Group(kind=kind, label=str(label), n_graduates=n_graduates, figures=figures))
    return tuple(found)


def gap(
    groups: Sequence[Group],
    contender: str,
    labels: NDArray[np.str_],
    values: Values,
    resamples: Resamples,
) -> Gap | None:
    """Measure how far one contender's groups lie apart; None with fewer than two large ones."""
    large = [group for group in groups if group.figures]
    if len(large) < 2:
        return None
    by_value = sorted(large, key=lambda group: group.figures[contender].value)
    worst, best = by_value[0], by_value[-1]
    drawn = [
        resamples.means(np.where(labels == group.label, values, np.nan)) for group in (best, worst)
    ]
    value = best.figures[contender].value - worst.figures[contender].value
    return Gap(
        kind=best.kind,
        best=best.label,
        worst=worst.label,
        figure=mean_interval(value, drawn[0] - drawn[1]),
    )


def _mean(values: Values, inside: NDArray[np.bool_], resamples: Resamples) -> Interval:
    chosen = np.where(inside, values, np.nan)
    return mean_interval(float(np.nanmean(chosen)), resamples.means(chosen))


def room(lists: NDArray[np.int32], places: NDArray[np.int32]) -> Values:
    """Say how much room there is at the first three posts of each list.

    Parameters
    ----------
    lists : int32 array of shape (n_graduates, n_ranked)
        Post indices, best first; -1 fills.
    places : int32 array of shape (n_posts,)

    Returns
    -------
    float64 array of shape (n_graduates,)
        Places per applicant, 1 at most, when everybody applies to their first three: mean
        over a graduate's own; 0 to 1, NaN for an empty list.
    """
    head = lists[:, :APPLICATIONS]
    applicants = np.maximum(expected_applicants(lists, len(places)), 1)
    per_post = np.append(np.minimum(1.0, places / applicants), 0.0)  # the last stands for none
    n_applied = (head != NO_POST).sum(axis=1)
    found = np.full(len(lists), np.nan)
    np.divide(per_post[head].sum(axis=1), n_applied, out=found, where=n_applied > 0)
    return found


def variety(lists: NDArray[np.int32]) -> tuple[float, float]:
    """Say whether people get lists of their own.

    Parameters
    ----------
    lists : int32 array of shape (n_graduates, k)
        Post indices, best first; -1 fills.

    Returns
    -------
    distinct : float
        Different lists ÷ people with a list, above 0 to 1; NaN without anybody.
    commonest : float
        Share of people who have the most frequent list.
    """
    whole = lists[(lists != NO_POST).any(axis=1)]
    if not len(whole):
        return float("nan"), float("nan")
    _, counts = np.unique(whole, axis=0, return_counts=True)
    return len(counts) / len(whole), float(counts.max() / len(whole))
