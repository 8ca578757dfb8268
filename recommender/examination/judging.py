"""One origin of an evaluation: settings chosen on a class year, contenders judged on the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.class_years import LIST_LENGTH, cohort_of, held_out_of
from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.evaluation.compare import HeldOut, compare
from recommender.evaluation.origins import Origin
from recommender.evaluation.pooling import Pooled
from recommender.evaluation.season import Season, known_before
from recommender.examination.contest import Contender, Known, Settings, fit_of
from recommender.matching.board import AnyScorer, Fit
from recommender.model.boosting import calibrate
from recommender.model.chances import ChanceScorer

RANDOM = "random"
NDCG = f"ndcg@{LIST_LENGTH}"
Scores = NDArray[np.float32]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Everything an evaluation reads, in one transaction."""

    day: date
    graduates: Sequence[Graduate]
    posts: Sequence[Post]
    outcomes: Sequence[Outcome]
    reference: Reference

    def known_before(self, season: Season) -> Known:
        """Leave what may be learned from before a season."""
        graduates, outcomes = known_before(season, self.graduates, self.outcomes)
        return Known.of(graduates, outcomes, self.posts, self.reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Settings that were tried, and the NDCG@10 they reached on the validation class year."""

    settings: Settings
    reached: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One origin with all that was found on it.

    Attributes
    ----------
    known
        What the judged fits learned from.
    trials
        Contender → what was tried; empty without a validation class year.
    chosen
        Contender → settings of its judged fits.
    scorers, scores, takes
        Name of a fit → the fit; → float32 array of shape (n_graduates, n_posts); → the same
        shape, the chance that a pair comes about where a place is free, of those who know it.
    pooled
        All fits on the held-out class year, read by contender.
    """

    origin: Origin
    held_out: HeldOut
    known: Known
    trials: Mapping[str, Sequence[Trial]]
    chosen: Mapping[str, Settings]
    scorers: Mapping[str, AnyScorer]
    scores: Mapping[str, Scores]
    takes: Mapping[str, Scores]
    pooled: Pooled

    def first(self, contender: str) -> str:
        """Name the first fit of a contender."""
        return self.pooled.fits[contender][0]


def judge(
    data: Data,
    origin: Origin,
    entrants: Mapping[str, Contender],
    *,
    n_seeds: int,
    n_trials: int,
    n_resamples: int,
    seed: int,
    progress: Progress = lambda step: None,
) -> Judged:
    """Choose settings, fit on everything before the held-out class year, rank it and measure.

    Parameters
    ----------
    n_seeds
        Fits of each contender that depends on chance; fewer where a second one is the same.
    """
    test = origin.test
    chosen, trials, honest = _choose(data, origin, entrants, n_trials, seed, progress)
    known = data.known_before(test)
    held_out = held_out_of(test, data.outcomes, data.reference, data.day)
    scorers, found, fits = _fit_all(
        data, test, entrants, chosen, known, honest, range(seed, seed + n_seeds), progress
    )
    scores = {fit: each.scores for fit, each in found.items()}
    takes = {fit: each.takes for fit, each in found.items() if each.takes is not None}
    rng = np.random.default_rng(seed)
    scores[RANDOM] = rng.random(held_out.eligible.shape, dtype=np.float32)
    fits[RANDOM] = (RANDOM,)
    comparison = compare(
        replace(held_out, slices={}), scores, k=LIST_LENGTH, n_resamples=n_resamples, seed=seed
    )
    return Judged(
        origin=origin,
        held_out=held_out,
        known=known,
        trials=trials,
        chosen=chosen,
        scorers=scorers,
        scores=scores,
        takes=takes,
        pooled=Pooled(comparison=comparison, fits=fits),
    )


def _fit_all(
    data: Data,
    test: Season,
    entrants: Mapping[str, Contender],
    chosen: Mapping[str, Settings],
    known: Known,
    honest: Mapping[str, NDArray[np.float64]],
    seeds: Sequence[int],
    progress: Progress,
) -> tuple[dict[str, AnyScorer], dict[str, Fit], dict[str, tuple[str, ...]]]:
    """Fit everybody with the settings chosen; scorers and scores by fit, fits by contender."""
    scorers: dict[str, AnyScorer] = {}
    scored: dict[str, Fit] = {}
    fits: dict[str, tuple[str, ...]] = {}
    for name, contender in entrants.items():
        progress(f"{test.class_year} · {name}")
        own = seeds if contender.by_chance else seeds[:1]
        fitted = _fitted(contender, chosen[name], known, own, honest.get(name))
        for number, (scorer, found) in enumerate(_different(fitted, data, test)):
            fit = f"{name}#{number + 1}"
            scorers[fit], scored[fit] = scorer, found
            fits[name] = (*fits.get(name, ()), fit)
    return scorers, scored, fits


def _choose(
    data: Data,
    origin: Origin,
    entrants: Mapping[str, Contender],
    n_trials: int,
    seed: int,
    progress: Progress,
) -> tuple[dict[str, Settings], dict[str, list[Trial]], dict[str, NDArray[np.float64]]]:
    """Try settings on the validation class year, by what was known when the test's began.

    Returns the settings chosen, all trials, and what the validation class year says of the
    chances of the best fit: slope and intercept of every stage.
    """
    chosen = {name: contender.settings for name, contender in entrants.items()}
    season = origin.validation
    if season is None:
        return chosen, {}, {}
    known = data.known_before(season)
    then = origin.test.cut
    held_out = replace(held_out_of(season, data.outcomes, data.reference, then), slices={})
    trials: dict[str, list[Trial]] = {}
    honest: dict[str, NDArray[np.float64]] = {}
    for name, contender in entrants.items():
        progress(f"{season.class_year} · {name}")
        best: tuple[float, AnyScorer] | None = None
        trials[name] = []
        for settings in contender.trials(n_trials, seed):
            scorer = contender.fit(known, settings, seed)
            if scorer is None:
                continue
            scores = _fit(scorer, data, season).scores
            reached = compare(held_out, {name: scores}, k=LIST_LENGTH, n_resamples=1, seed=seed)
            trials[name].append(Trial(settings=settings, reached=reached.value(name)))
            if best is None or reached.value(name) > best[0]:
                best, chosen[name] = (reached.value(name), scorer), settings
        if best and isinstance(best[1], ChanceScorer):
            steps = [step for step in data.outcomes if step.known_by(then)]
            honest[name] = calibrate(best[1], cohort_of(season, steps), data.reference)
    return chosen, trials, honest


def _fitted(
    contender: Contender,
    settings: Settings,
    known: Known,
    seeds: Sequence[int],
    calibration: NDArray[np.float64] | None,
) -> Iterator[AnyScorer]:
    for seed in seeds:
        scorer = contender.fit(known, settings, seed)
        if isinstance(scorer, ChanceScorer) and calibration is not None:
            scorer = replace(scorer, calibration=calibration)
        if scorer is not None:
            yield scorer


def _different(
    scorers: Iterator[AnyScorer], data: Data, season: Season
) -> Iterator[tuple[AnyScorer, Fit]]:
    """Score with one fit after the other, until one is the same as the first: no chance in it."""
    first: Scores | None = None
    for scorer in scorers:
        found = _fit(scorer, data, season)
        if first is not None and np.array_equal(found.scores, first):
            return
        first = found.scores if first is None else first
        yield scorer, found


def _fit(scorer: AnyScorer, data: Data, season: Season) -> Fit:
    return fit_of(scorer, season.graduates, season.posts, data.reference, season.ends_on)


def told_of(judged: Judged) -> dict[str, Any]:
    """Give an origin as ``report.json`` writes it, contenders aside."""
    test, validation = judged.origin.test, judged.origin.validation
    return {
        "class_year": test.class_year,
        "cut": test.cut.isoformat(),
        "ends_on": test.ends_on.isoformat(),
        "trained_on": list(judged.origin.trained_on),
        "validation": validation.class_year if validation else None,
        "n_graduates": judged.pooled.comparison.n_graduates,
        "n_counted": judged.pooled.comparison.n_counted,
        "n_posts": len(test.posts),
        "n_places": int(judged.held_out.capacities.sum()),
        "n_colleges": len(np.unique(judged.held_out.colleges)),
        "drawn_by": "college" if judged.pooled.comparison.resamples.by_college else "graduate",
    }
