"""Steps G1 to G5 of the gate: publish, publish a baseline instead, hold, or refuse.

Pure functions, one per step. Each gives the reasons it found, none where all is well;
`verdict.decide` ends the night by them. Step G0 is in `feed`, the limits are in `limits.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.compare import Comparison
from recommender.evaluation.limits import (
    FloorLimits,
    Limits,
    MarketLimits,
    NoWorseLimits,
    RehearsalLimits,
    SanityLimits,
)
from recommender.evaluation.metrics import Exposure, list_faults, score_spread
from recommender.evaluation.verdict import Effect, Reason, no_reference, outside


def check_arrays(arrays: Mapping[str, NDArray[Any]]) -> tuple[Reason, ...]:
    """G1, before anything is ranked: find numbers of the model that are no numbers.

    Parameters
    ----------
    arrays
        Name → array of any shape; whole numbers and masks are finite by nature.
    """
    n_bad = {
        name: int(np.count_nonzero(~np.isfinite(array)))
        for name, array in arrays.items()
        if array.dtype.kind == "f"
    }
    return tuple(
        Reason(
            step="G1",
            code="not_finite",
            effect=Effect.REFUSE,
            subject=name,
            measured=count,
            limit=0,
        )
        for name, count in n_bad.items()
        if count
    )


def check_lists(
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    lists: NDArray[np.int32],
    limits: SanityLimits,
) -> tuple[Reason, ...]:
    """G1: find lists that break a rule or are too short, and scores that order nothing.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
        Finite wherever a pair is eligible.
    eligible : bool array of shape (n_graduates, n_posts)
        From the rules, not from whatever made the lists.
    lists : int32 array of shape (n_graduates, n_ranked)
        As people are shown; -1 fills a row.
    limits : SanityLimits

    Returns
    -------
    tuple of Reason
        A night on which nobody is eligible for anything is noted; it has nothing to be short of.
    """
    full, n_forbidden = list_faults(lists, eligible)
    forbidden = outside("G1", "rule_broken", n_forbidden, limits.forbidden)
    has_posts = eligible.any(axis=1)
    if not has_posts.any():
        return (*forbidden, Reason(step="G1", code="nobody_eligible", effect=Effect.NOTE))
    spread = score_spread(scores, eligible)
    orderable = spread[~np.isnan(spread)]
    flat = (
        outside("G1", "spread", float(np.median(orderable)), limits.spread)
        if len(orderable)
        else ()
    )
    short = outside("G1", "short_lists", float(full[has_posts].mean()), limits.full_lists)
    return (*forbidden, *short, *flat)


def best_baseline(comparison: Comparison, baselines: Sequence[str]) -> str:
    """Name the baseline that reached most; the first given where they tie or none was measured."""
    reached = {name: comparison.value(name) for name in baselines}
    return max(baselines, key=lambda name: -1.0 if isnan(reached[name]) else reached[name])


def check_model(
    comparison: Comparison,
    limits: Limits,
    *,
    model: str,
    baselines: Sequence[str],
    current: str | None,
) -> tuple[Reason, ...]:
    """G2 and G3: find whether the model is ahead of every baseline and no worse than the current.

    Where it is not ahead, the best baseline takes its place; unless the current model, fitted
    anew, is ahead of that baseline, since then the last good version is the better answer.

    Parameters
    ----------
    comparison
        Holds the contenders named below.
    baselines
        At least one.
    current
        The contender with the current model's features and settings, fitted anew without the
        held-out year; None where a baseline or nothing is published.
    """
    floor = check_floor(comparison, limits.floor, model=model, baselines=baselines, current=current)
    if not any(reason.effect is Effect.BASELINE for reason in floor):
        worse = check_no_worse(comparison, limits.no_worse, model=model, current=current)
        return (*floor, *worse)
    if current is None:
        return floor
    best = best_baseline(comparison, baselines)
    lead = comparison.difference(current, best).low
    if not lead > limits.floor.lead:
        return floor
    refusal = Reason(
        step="G3",
        code="current_is_better",
        effect=Effect.REFUSE,
        subject=best,
        measured=lead,
        limit=limits.floor.lead,
    )
    return (*floor, refusal)


def check_floor(
    comparison: Comparison,
    limits: FloorLimits,
    *,
    model: str,
    baselines: Sequence[str],
    current: str | None,
) -> tuple[Reason, ...]:
    """G2: find the baselines that the model is not ahead of, or a lead beyond belief.

    A model three times as good as the best baseline is held where a current model answers
    meanwhile; where none does, it is only said.
    """
    if comparison.n_counted == 0:
        nothing = Reason(
            step="G2", code="nothing_known", effect=Effect.BASELINE, measured=0, limit=1
        )
        return (nothing,)
    leads = {name: comparison.difference(model, name).low for name in baselines}
    behind = tuple(
        Reason(
            step="G2",
            code="not_ahead",
            effect=Effect.BASELINE,
            subject=name,
            measured=lead,
            limit=limits.lead,
        )
        for name, lead in leads.items()
        if not lead > limits.lead
    )
    belief = limits.too_good * comparison.value(best_baseline(comparison, baselines))
    if behind or comparison.value(model) <= belief:
        return behind
    suspect = Reason(
        step="G2",
        code="too_good",
        effect=Effect.HOLD if current else Effect.NOTE,
        measured=comparison.value(model),
        limit=belief,
    )
    return (suspect,)


def check_no_worse(
    comparison: Comparison, limits: NoWorseLimits, *, model: str, current: str | None
) -> tuple[Reason, ...]:
    """G3: find where the model is worse than the current one: overall, or in a large slice."""
    if current is None:
        return (no_reference("G3"),)
    lead = comparison.difference(model, current).low
    overall = Reason(
        step="G3",
        code="worse_than_current",
        effect=Effect.REFUSE,
        measured=lead,
        limit=limits.lead,
    )
    lost = tuple(
        Reason(
            step="G3",
            code="slice_loses",
            effect=Effect.REFUSE,
            subject=piece.label,
            measured=gap.value,
            limit=-limits.slice_loss,
        )
        for piece, gap in comparison.slice_differences(model, current)
        if gap.value < -limits.slice_loss
    )
    return lost if lead > limits.lead else (overall, *lost)


def check_market(
    exposure: Exposure,
    limits: MarketLimits,
    *,
    is_baseline: bool = False,
    has_last_good: bool = True,
) -> tuple[Reason, ...]:
    """G4: find lists that leave places idle, or crowd people where there is room elsewhere.

    Lists come here after prices; what prices could not mend refuses the model, or, where
    there is no last good version to stay with, has a baseline take its place. Of a baseline
    it is only said, so that there is always an answer.

    Parameters
    ----------
    exposure
        Of the lists as people see them.
    is_baseline
        Whether the lists are a baseline's.
    has_last_good
        Whether any version is published.
    """
    if exposure.n_lists < limits.enough_lists:
        few = Reason(
            step="G4",
            code="few_lists",
            effect=Effect.NOTE,
            measured=exposure.n_lists,
            limit=limits.enough_lists,
        )
        return (few,)
    effect = Effect.REFUSE if has_last_good else Effect.BASELINE
    if is_baseline:
        effect = Effect.NOTE
    reached = exposure.coverage / exposure.attainable
    idle = outside("G4", "coverage", reached, limits.coverage, effect=effect)
    if exposure.pressure > limits.pressure.high:
        return (*idle, _unjudged("places_scarce", exposure.pressure, limits.pressure.high))
    if exposure.pressure < limits.pressure.low:
        return (*idle, _unjudged("places_plenty", exposure.pressure, limits.pressure.low))
    # Where the mean is near what counts as crowded, even lists crowd many posts.
    has_room = limits.room.broken_by(exposure.pressure) is None
    crowded = effect if has_room else Effect.NOTE
    return (
        *idle,
        *outside("G4", "gini", exposure.gini, limits.gini, effect=effect),
        *outside("G4", "overfull", exposure.overfull, limits.overfull, effect=crowded),
    )


def _unjudged(code: str, pressure: float, limit: float) -> Reason:
    return Reason(step="G4", code=code, effect=Effect.NOTE, measured=pressure, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What happened when a fresh process replayed recorded requests on the new version.

    Attributes
    ----------
    median_s, current_median_s
        Median time of an answer of the new and of the current version, interleaved, seconds,
        above 0; None without a current version.
    overlap
        Mean share of the first ten posts that both versions name; None without one.
    """

    n_requests: int
    n_errors: int
    median_s: float
    current_median_s: float | None = None
    overlap: float | None = None


def check_rehearsal(rehearsal: Rehearsal, limits: RehearsalLimits) -> tuple[Reason, ...]:
    """G5: find errors, slow answers and quite different ones; whatever it finds holds."""
    if rehearsal.n_requests == 0:
        return (no_reference("G5"),)
    errors = outside("G5", "errors", rehearsal.n_errors, limits.errors, effect=Effect.HOLD)
    if rehearsal.current_median_s is None or rehearsal.overlap is None:
        return (*errors, no_reference("G5"))
    times = rehearsal.median_s / rehearsal.current_median_s
    return (
        *errors,
        *outside("G5", "time", times, limits.time, effect=Effect.HOLD),
        *outside("G5", "overlap", rehearsal.overlap, limits.overlap, effect=Effect.HOLD),
    )
