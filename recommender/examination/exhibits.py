"""The parts of an evaluation's report, each from what was judged: plain facts, as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.class_years import LIST_LENGTH, cohort_of, priced_lists
from recommender.evaluation.compare import HeldOut, compare
from recommender.evaluation.following import Chances, Followed, follow
from recommender.evaluation.groups import variety
from recommender.evaluation.metrics import (
    Interval,
    expected_applicants,
    exposure,
    mean_interval,
    reachable_posts,
)
from recommender.evaluation.reliability import curve
from recommender.evaluation.targets import reached, target_gains
from recommender.examination.contest import told
from recommender.examination.judging import NDCG, Data, Judged, Trial
from recommender.matching.board import ChanceBoard, open_board
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.stages import roads
from recommender.nightly import MODEL

TRUTH = "truth"
METRICS = (NDCG, f"recall@{LIST_LENGTH}", "coverage", "gini", "overfull")
Facts = dict[str, Any]
Scores = NDArray[np.float32]
Doubles = NDArray[np.float64]


def number(value: float) -> float | None:
    """Give a number for JSON; None for one that is none."""
    return float(value) if isfinite(value) else None


def bounds(interval: Interval) -> dict[str, float | None]:
    """Give an interval for JSON."""
    return {name: number(getattr(interval, name)) for name in ("value", "low", "high")}


def contender_facts(judged: Judged, data: Data) -> list[Facts]:
    """Say of every contender what it reached, target by target, and how far the model is ahead."""
    targets = target_gains(judged.origin.test, data.outcomes, judged.held_out.gains, data.day)
    draws = judged.pooled.comparison.resamples
    found = []
    for name, fits in judged.pooled.fits.items():
        by_fit = [
            reached(judged.held_out, targets, judged.scores[fit], LIST_LENGTH) for fit in fits
        ]
        of_target = {}
        for target in targets:
            measured = {
                "ndcg": np.mean([fit[target].ndcg for fit in by_fit], axis=0),
                "recall": np.mean([fit[target].recall for fit in by_fit], axis=0),
            }
            of_target[target] = {
                f"{metric}@{LIST_LENGTH}": bounds(mean_interval(_mean(each), draws.means(each)))
                for metric, each in measured.items()
            } | {"n": int((~np.isnan(measured["ndcg"])).sum())}
        ahead = MODEL in judged.pooled.fits and name != MODEL
        found.append(
            {
                "name": name,
                "n_fits": len(fits),
                "settings": told(judged.chosen.get(name)),
                "trials": [_trial(trial) for trial in judged.trials.get(name, ())],
                "figures": {
                    metric: bounds(judged.pooled.figure(name, metric))
                    | {"by_seed": [number(v) for v in judged.pooled.by_seed(name, metric)]}
                    for metric in METRICS
                },
                "targets": of_target,
                "model_ahead": bounds(judged.pooled.lead(MODEL, name)) if ahead else None,
            }
        )
    return found


def _trial(trial: Trial) -> Facts:
    return {"settings": told(trial.settings), NDCG: number(trial.reached)}


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def priced(
    judged: Judged, scores: Mapping[str, Scores], takes: Mapping[str, Scores]
) -> dict[str, NDArray[np.int32]]:
    """Give the lists after prices, by name of the scores; `takes` of those who know chances."""
    return {
        name: priced_lists(judged.held_out, each, takes.get(name)) for name, each in scores.items()
    }


def market_facts(judged: Judged, with_prices: Mapping[str, NDArray[np.int32]]) -> list[Facts]:
    """Say what the first fit of every contender does to the market, before and after prices."""
    found = []
    for name in judged.pooled.fits:
        fit = judged.first(name)
        lists = {"fit": judged.pooled.comparison.lists[fit], "priced": with_prices[fit]}
        found.append(
            {"name": name} | {order: _crowding(judged, each) for order, each in lists.items()}
        )
    return found


def _crowding(judged: Judged, lists: NDArray[np.int32]) -> Facts:
    """Give exposure, expected fill and the deciles of applicants per place."""
    places = judged.held_out.capacities
    applicants = expected_applicants(lists, len(places))
    within = reachable_posts(judged.held_out.eligible, places)
    queue = np.repeat((applicants[within] / places[within]), places[within])
    filled = np.minimum(applicants, places)[within].sum() / max(1, places[within].sum())
    distinct, commonest = variety(lists)
    return {
        **{
            name: number(value)
            for name, value in asdict(exposure(lists, judged.held_out.eligible, places)).items()
        },
        "fill": number(filled),
        "distinct": number(distinct),
        "commonest": number(commonest),
        "queue_deciles": (np.quantile(queue, np.arange(11) / 10).tolist() if len(queue) else []),
    }


def calibration_facts(judged: Judged, data: Data, truth: Chances | None) -> list[Facts]:
    """Lay the model's chances of every stage beside the answers, and beside the truth if known."""
    scorer = judged.scorers[judged.first(MODEL)]
    if not isinstance(scorer, ChanceScorer):
        return []
    season = judged.origin.test
    board = open_board(scorer, season.posts, data.reference, season.ends_on)
    assert isinstance(board, ChanceBoard)  # noqa: S101 - what `open_board` makes of these scorers
    said = board.stage_chances(season.graduates)
    cohort = cohort_of(season, data.outcomes)
    log = roads(cohort.graduates, cohort.posts, cohort.outcomes)
    eligible = judged.held_out.eligible
    known = _true_stages(truth) if truth else (None, None, None)
    found = []
    for number_, (stage, pairs, true) in enumerate(
        zip(STAGES, (log.shown, log.hired, log.stayed), known, strict=True)
    ):
        of_stage = said[:, :, number_]
        answered = curve(
            of_stage[pairs.rows, pairs.columns],
            pairs.labels.astype(np.float64),
            pairs.weights.astype(np.float64),
        )
        on_truth = None
        if true is not None:
            chance, come = true
            on_truth = curve(of_stage[eligible], chance[eligible], come[eligible])
        found.append(
            {
                "stage": stage,
                "n_answers": len(pairs.labels),
                "log": answered.to_json() if answered else "insufficient",
                "truth": on_truth.to_json() if on_truth else None,
            }
        )
    return found


def _true_stages(truth: Chances) -> tuple[tuple[Doubles, Doubles], ...]:
    """Give the true chance of each stage, and that a pair comes to it at all, above 0."""
    everybody = np.ones_like(truth.want)
    least = 1e-9
    return (
        (truth.want, everybody),
        (truth.offer, np.maximum(truth.want, least)),
        (truth.stay, np.maximum(truth.want * truth.offer, least)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstTruth:
    """What a constructed world says of the contenders.

    Attributes
    ----------
    rows
        Of the report.
    ahead
        By how much each contender is ahead of the truth on the log, where it should not be.
    stayed : float64 array of shape (n_graduates,)
        Share of repeats in which a graduate was placed and stayed, following the model's
        priced lists.
    """

    rows: list[Facts]
    ahead: Mapping[str, Interval]
    stayed: Doubles


def against_truth(judged: Judged, truth: Chances, seed: int) -> AgainstTruth:
    """Measure every contender against the truth, and let everybody follow its lists."""
    road = truth.whole.astype(np.float32)
    scores = {**judged.scores, TRUTH: road}
    own = {**judged.pooled.fits, TRUTH: (TRUTH,)}
    gains = np.where(judged.held_out.eligible, road, np.float32(0.0))
    draws = judged.pooled.comparison.resamples
    by_truth = compare(_with_gains(judged, gains), scores, k=LIST_LENGTH, n_resamples=1, seed=seed)
    on_log = compare(
        _with_gains(judged, judged.held_out.gains),
        {TRUTH: road},
        k=LIST_LENGTH,
        n_resamples=1,
        seed=seed,
    )
    comes = (truth.want * truth.offer).astype(np.float32)
    with_prices = priced(judged, scores, {**judged.takes, TRUTH: comes})
    lists = {f"{name}/fit": each for name, each in by_truth.lists.items()}
    lists |= {f"{name}/priced": each for name, each in with_prices.items()}
    came = follow(lists, truth, judged.held_out.capacities, seed=seed)
    best = _stayed(came, (TRUTH,), "priced")
    rows = []
    for name, fits in own.items():
        ndcg = np.mean([by_truth.ndcg[fit] for fit in fits], axis=0)
        row: Facts = {
            "name": name,
            NDCG: bounds(mean_interval(_mean(ndcg), draws.means(ndcg))),
            "by_seed": [number(_mean(by_truth.ndcg[fit])) for fit in fits],
        }
        for order in ("fit", "priced"):
            stayed = _stayed(came, fits, order)
            row[order] = {
                "stayed": bounds(mean_interval(float(stayed.mean()), draws.means(stayed))),
                "placed": float(np.mean([came[f"{f}/{order}"].placed.mean() for f in fits])),
                "fill": float(np.mean([came[f"{f}/{order}"].fill for f in fits])),
                "of_truth_priced": number(stayed.mean() / best.mean()) if best.any() else None,
            }
        rows.append(row)
    true_ndcg = on_log.ndcg[TRUTH]
    ahead = {}
    for name in judged.pooled.fits:
        beyond = judged.pooled.ndcg(name) - true_ndcg
        ahead[name] = mean_interval(_mean(beyond), draws.means(beyond))
    stayed = _stayed(came, judged.pooled.fits[MODEL], "priced")
    return AgainstTruth(rows=rows, ahead=ahead, stayed=stayed)


def _with_gains(judged: Judged, gains: Scores) -> HeldOut:
    return replace(judged.held_out, gains=gains, slices={})


def _stayed(came: Mapping[str, Followed], fits: Sequence[str], order: str) -> NDArray[np.float64]:
    return np.asarray(np.mean([came[f"{fit}/{order}"].stayed for fit in fits], axis=0))


def baseline_names(judged: Judged, rules: Sequence[str]) -> list[str]:
    """Order the rules by what they reached, the best first."""
    reached_by = {name: judged.pooled.figure(name, NDCG).value for name in rules}
    return sorted(rules, key=lambda name: (-np.nan_to_num(reached_by[name]), name))
