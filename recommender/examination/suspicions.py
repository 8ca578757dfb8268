"""What an evaluation does to find itself out; see `evaluation/selfcheck.py` for each check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from recommender.class_years import LIST_LENGTH, held_out_of
from recommender.domain import Graduate, Post
from recommender.evaluation.metrics import Interval
from recommender.evaluation.selfcheck import (
    BELIEVABLE_AUC,
    TOO_GOOD,
    Check,
    Finding,
    auc,
    below,
    check_refused,
    check_ties,
    check_unused,
    lead_of_own,
    shuffled,
)
from recommender.examination.contest import LEARNED, RULES, Contender, scores_of
from recommender.examination.judging import NDCG, Data, Judged, Progress

N_SHUFFLES = 3
Scores = NDArray[np.float32]


def checks(
    judged: Judged,
    data: Data,
    entrants: Mapping[str, Contender],
    ahead_of_truth: Mapping[str, Interval] | None,
    seed: int,
    progress: Progress,
) -> list[Check]:
    """Run every check on one origin; see `selfcheck`."""
    first = {name: judged.first(name) for name in judged.pooled.fits}
    scores = {name: judged.scores[fit] for name, fit in first.items()}
    found = [
        check_ties(judged.held_out, scores, LIST_LENGTH),
        check_refused(judged.origin.test, data.graduates, data.outcomes),
        _unused(judged, data, scores),
        *_belief(judged, scores),
        *_oracle(judged, ahead_of_truth),
    ]
    for name in LEARNED:
        if name in judged.pooled.fits:
            progress(f"{judged.origin.test.class_year} · {name} · shuffled")
            found.append(_shuffled(judged, data, entrants[name], seed))
    return found


def _unused(judged: Judged, data: Data, scores: Mapping[str, Scores]) -> Check:
    season = judged.origin.test

    def again(fit: str, graduates: Sequence[Graduate], posts: Sequence[Post]) -> Scores:
        scorer = judged.scorers[fit]
        return scores_of(scorer, graduates, posts, data.reference, season.ends_on)

    asked: dict[str, Callable[[Sequence[Graduate], Sequence[Post]], Scores]] = {
        name: partial(again, judged.first(name))
        for name in scores
        if judged.first(name) in judged.scorers
    }
    return check_unused(season, judged.held_out.gains, scores, asked)


def _belief(judged: Judged, scores: Mapping[str, Scores]) -> list[Check]:
    """Look for results too good to be true; what is found is looked into, not failed."""
    value = {name: judged.pooled.figure(name, NDCG).value for name in judged.pooled.fits}
    limit = TOO_GOOD * max(value[name] for name in RULES)
    learned = [name for name in LEARNED if name in value]
    return [
        *(below("belief", name, value[name], limit, Finding.SUSPECT) for name in learned),
        *(
            below("auc", name, auc(scores[name], judged.held_out), BELIEVABLE_AUC, Finding.SUSPECT)
            for name in learned
        ),
    ]


def _oracle(judged: Judged, ahead: Mapping[str, Interval] | None) -> list[Check]:
    if ahead is None:
        return [Check(code="oracle", subject="", finding=Finding.NOT_DONE, limit=0)]
    return [below("oracle", name, ahead[name].low, 0.0) for name in judged.pooled.fits]


def _shuffled(judged: Judged, data: Data, contender: Contender, seed: int) -> Check:
    """Shuffle everybody's steps within trade and class year: only the trade may be learned.

    An interval of 95 % is above 0 by chance once in forty times, so a failure has to show in
    `N_SHUFFLES` shuffles; the figure is the lowest of the lower ends.
    """
    season, reference = judged.origin.test, data.reference
    trades = np.array([reference.trade_of(g.trade) for g in season.graduates], dtype=np.str_)
    lows: list[float] = []
    for turn in range(seed, seed + N_SHUFFLES):
        outcomes = shuffled(data.graduates, data.outcomes, reference, turn)
        known = replace(data, outcomes=outcomes).known_before(season)
        scorer = contender.fit(known, judged.chosen[contender.name], seed)
        if scorer is None:
            return Check(code="shuffled", subject=contender.name, finding=Finding.NOT_DONE, limit=0)
        scores = scores_of(scorer, season.graduates, season.posts, reference, season.ends_on)
        held_out = held_out_of(season, outcomes, reference, data.day)
        draws = judged.pooled.comparison.resamples
        lows.append(lead_of_own(scores, held_out, trades, draws, LIST_LENGTH, turn).low)
        if not lows[-1] > 0:
            break
    return below("shuffled", contender.name, min(lows), 0.0)
