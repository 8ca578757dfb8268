"""An evaluation as an examiner reads it: every contender, every origin, and what to doubt.

The rules are those of docs/nightly.md; docs/evaluation.md says how to read the report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Engine

from recommender.data import consented, store
from recommender.data.export import write_text
from recommender.errors import NotFound
from recommender.evaluation.baselines import CROSSWALK
from recommender.evaluation.following import Chances
from recommender.evaluation.known_truth import class_years_of, truth_of_season
from recommender.evaluation.origins import Origin, rolling_origins
from recommender.evaluation.report import render
from recommender.evaluation.selfcheck import Finding
from recommender.examination.apart import group_facts
from recommender.examination.contest import RULES, Contender, contenders
from recommender.examination.exhibits import (
    against_truth,
    baseline_names,
    calibration_facts,
    contender_facts,
    market_facts,
    priced,
)
from recommender.examination.judging import Data, Judged, Progress, judge, told_of
from recommender.examination.newcomers import newcomers
from recommender.examination.suspicions import checks
from recommender.nightly import MODEL

SEED = 20260515
N_RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """How thoroughly to evaluate.

    Attributes
    ----------
    class_year
        Only this held-out class year; None for every one that can be judged.
    n_seeds
        Fits of each contender that depends on chance, on the last origin; earlier ones have one.
    n_trials
        Settings that each contender tries on the validation class year, at least 1.
    truth
        File with what a constructed world knows; None for real data.
    """

    class_year: int | None = None
    n_seeds: int = 5
    n_trials: int = 2
    n_resamples: int = N_RESAMPLES
    seed: int = SEED
    truth: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found.

    Attributes
    ----------
    facts
        As ``report.json`` has them.
    report
        The page that was written.
    """

    facts: dict[str, Any]
    report: Path

    @property
    def has_failed(self) -> bool:
        """Whether a check of the evaluation itself failed, so that nothing in it may be quoted."""
        return any(check["finding"] == Finding.FAILED for check in self.facts["checks"])


def examine(
    engine: Engine,
    out: Path,
    question: Question,
    *,
    day: date,
    progress: Progress = lambda step: None,
) -> Examination:
    """Judge every contender on every origin, look for mistakes, write the report.

    Raises
    ------
    NotFound
        If no class year can be judged, or not the one asked for, or there is no truth file.
    Unreadable
        If the truth file is none, or is that of another world.
    """
    started = monotonic()
    progress("读取数据 · reading")
    data, genders = read_data(engine, day)
    origins = _origins(data, question.class_year)
    truth = _truth(question, origins[-1])
    entrants = contenders()
    judged = [
        judge(
            data,
            origin,
            entrants,
            n_seeds=question.n_seeds if origin is origins[-1] else 1,
            n_trials=question.n_trials,
            n_resamples=question.n_resamples,
            seed=question.seed,
            progress=progress,
        )
        for origin in origins
    ]
    if MODEL not in judged[-1].pooled.fits:
        raise NotFound("judged_class_year", str(origins[-1].test.class_year))
    facts = {
        "day": day.isoformat(),
        "data": _counts(data),
        "n_seeds": question.n_seeds,
        "n_trials": question.n_trials,
        "n_resamples": question.n_resamples,
        "seed": question.seed,
        "truth_file": question.truth.name if question.truth else None,
        "origins": [told_of(each) | {"contenders": contender_facts(each, data)} for each in judged],
        **_facts_of_last(judged[-1], data, entrants, genders, truth, question.seed, progress),
    }
    facts["seconds"] = round(monotonic() - started)
    return Examination(facts=facts, report=_write(facts, out))


def _facts_of_last(
    last: Judged,
    data: Data,
    entrants: Mapping[str, Contender],
    genders: Mapping[str, str],
    truth: Chances | None,
    seed: int,
    progress: Progress,
) -> dict[str, Any]:
    """Find what is looked at on the last origin only."""
    rules = baseline_names(last, RULES)
    by_truth = against_truth(last, truth, seed) if truth else None
    with_prices = priced(last, {fit: last.scores[fit] for fit in _first(last)}, last.takes)
    groups, gaps = group_facts(
        last,
        genders,
        list(dict.fromkeys((MODEL, rules[0], CROSSWALK))),
        with_prices[last.first(MODEL)],
        by_truth.stayed if by_truth else None,
    )
    ahead = by_truth.ahead if by_truth else None
    return {
        "market": market_facts(last, with_prices),
        "calibration": calibration_facts(last, data, truth),
        "slices": groups,
        "gaps": gaps,
        "newcomers": newcomers(last, data, entrants, rules, seed, progress),
        "truth": by_truth.rows if by_truth else [],
        "checks": [
            check.to_json() for check in checks(last, data, entrants, ahead, seed, progress)
        ],
    }


def _first(judged: Judged) -> list[str]:
    return [judged.first(name) for name in judged.pooled.fits]


def read_data(engine: Engine, day: date) -> tuple[Data, dict[str, str]]:
    """Read everything in one transaction, and the genders of those who state one."""
    with store.reading(engine) as conn:
        graduates = consented.for_training(conn, store.load_graduates(conn))
        data = Data(
            day=day,
            graduates=graduates,
            posts=store.load_posts(conn, day=day),
            outcomes=store.load_outcomes(conn, day=day),
            reference=store.load_reference(conn, day=day),
        )
        details = store.load_personal(conn, [graduate.graduate_id for graduate in graduates])
    return data, {key: each.gender for key, each in details.items() if each.gender}


def _origins(data: Data, class_year: int | None) -> Sequence[Origin]:
    every = rolling_origins(data.graduates, data.posts, data.outcomes, data.day)
    if class_year is not None:
        every = tuple(each for each in every if each.test.class_year == class_year)
    if not every:
        raise NotFound("judged_class_year", "" if class_year is None else str(class_year))
    return every


def _truth(question: Question, origin: Origin) -> Chances | None:
    if question.truth is None:
        return None
    class_years_of(question.truth)
    season = origin.test
    return truth_of_season(
        question.truth,
        season.class_year,
        tuple(each.graduate_id for each in season.graduates),
        tuple(each.post_id for each in season.posts),
    )


def _counts(data: Data) -> dict[str, int]:
    return {
        "graduates": len(data.graduates),
        "posts": len(data.posts),
        "outcomes": len(data.outcomes),
        "class_years": len({graduate.class_year for graduate in data.graduates}),
    }


def _write(facts: dict[str, Any], out: Path) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(facts, ensure_ascii=False, indent=1, allow_nan=False)
    write_text(text + "\n", out / "report.json")
    page = out / "report.html"
    write_text(render(facts), page)
    return page
