"""How people and posts fare whom the model never saw, as the data have them and by withholding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.class_years import LIST_LENGTH
from recommender.evaluation.compare import Comparison, compare
from recommender.evaluation.groups import grouped, variety
from recommender.examination.contest import Contender, Known, scores_of
from recommender.examination.exhibits import bounds, number
from recommender.examination.judging import NDCG, Data, Judged, Progress
from recommender.model.topk import id_keys
from recommender.nightly import MODEL

Scores = NDArray[np.float32]
Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


def newcomers(
    judged: Judged,
    data: Data,
    entrants: Mapping[str, Contender],
    rules: Sequence[str],
    seed: int,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Look at whom and what the model never saw, each slice with its n.

    A slice by graduate asks how they are ranked for; one by post, how such posts are ranked for
    those who had a gain at one, every other gain of theirs left out. The data alone hold few new
    trades and enterprises, so the model is fitted anew without one half of the trades, by a hash
    of their names, then without the other; and so with enterprises.
    """
    names = [MODEL, *rules]
    scores = {name: judged.scores[judged.first(name)] for name in names}
    found = [
        _slice(name, judged, _compared(judged, scores, posts), people)
        for name, (people, posts) in _masks(judged, data).items()
    ]
    task = _Task(judged, data, {name: entrants[name] for name in names}, seed, progress)
    return [*found, task.without_trades(), task.without_enterprises()]


def _masks(judged: Judged, data: Data) -> dict[str, tuple[Mask, Mask | None]]:
    """Say which graduates, or which posts, each slice of newcomers is about."""
    people, posts = judged.origin.test.graduates, judged.origin.test.posts
    trade_of = data.reference.trade_of
    trades = {trade_of(graduate.trade) for graduate in judged.known.graduates}
    colleges = {graduate.college for graduate in judged.known.graduates}
    before = [post for cohort in judged.known.cohorts for post in cohort.posts]
    post_ids, firms = {p.post_id for p in before}, {p.credit_code for p in before}
    everybody = np.ones(len(people), dtype=np.bool_)
    return {
        "new_graduate": (everybody, None),
        "new_trade": (np.array([trade_of(g.trade) not in trades for g in people]), None),
        "new_college": (np.array([g.college not in colleges for g in people]), None),
        "new_post": (everybody, np.array([p.post_id not in post_ids for p in posts])),
        "new_enterprise": (everybody, np.array([p.credit_code not in firms for p in posts])),
    }


def _compared(judged: Judged, scores: Mapping[str, Scores], posts: Mask | None) -> Comparison:
    """Measure scores, a gain at any post but these taken for unknown."""
    gains = judged.held_out.gains
    if posts is not None:
        gains = np.where((gains > 0) & ~posts, np.float32(np.nan), gains)
    about = replace(judged.held_out, gains=gains, slices={})
    return compare(about, scores, k=LIST_LENGTH, n_resamples=1, seed=0)


def _slice(name: str, judged: Judged, comparison: Comparison, people: Mask) -> dict[str, Any]:
    return _told(name, judged, comparison.ndcg, people, comparison.lists[MODEL])


def _told(
    name: str,
    judged: Judged,
    ndcg: Mapping[str, Values],
    people: Mask,
    lists: NDArray[np.int32],
) -> dict[str, Any]:
    labels = np.where(people, name, "")
    groups = grouped(name, labels, ndcg, judged.pooled.comparison.resamples)
    distinct, commonest = variety(lists[people])
    figures = groups[0].figures if groups else {}
    return {
        "slice": name,
        "n": groups[0].n_graduates if groups else 0,
        "n_people": int(people.sum()),
        NDCG: {each: bounds(interval) for each, interval in figures.items()} or "insufficient",
        "distinct": number(distinct),
        "commonest": number(commonest),
    }


class _Task:
    """Fits that never saw one half of something, and what they make of that half."""

    def __init__(
        self,
        judged: Judged,
        data: Data,
        entrants: Mapping[str, Contender],
        seed: int,
        progress: Progress,
    ) -> None:
        self._judged = judged
        self._data = data
        self._entrants = entrants
        self._seed = seed
        self._progress = progress

    def without_trades(self) -> dict[str, Any]:
        """Rank for each graduate by the fits that never saw their trade."""
        known, season = self._judged.known, self._judged.origin.test
        trade_of = self._data.reference.trade_of
        own = [trade_of(graduate.trade) for graduate in season.graduates]
        joined: dict[str, Scores] = {}
        for half in _halves({*own, *(trade_of(g.trade) for g in known.graduates)}):
            kept = [g for g in known.graduates if trade_of(g.trade) not in half]
            inside = np.array([trade in half for trade in own], dtype=np.bool_)
            for name, scores in self._scores(kept, self._data.posts).items():
                joined[name] = np.where(inside[:, None], scores, joined.get(name, scores))
        comparison = _compared(self._judged, joined, None)
        return _slice("withheld_trade", self._judged, comparison, np.ones(len(own), dtype=np.bool_))

    def without_enterprises(self) -> dict[str, Any]:
        """Rank the posts of each half by fits that never saw it; a person's two means are one."""
        known, season = self._judged.known, self._judged.origin.test
        firms = {post.credit_code for post in self._data.posts}
        found = []
        for half in _halves(firms):
            kept = [post for post in self._data.posts if post.credit_code not in half]
            inside = np.array([post.credit_code in half for post in season.posts], dtype=np.bool_)
            scores = self._scores(known.graduates, kept)
            found.append(_compared(self._judged, scores, inside))
        ndcg = {
            name: _mean([comparison.ndcg[name] for comparison in found]) for name in found[0].ndcg
        }
        everybody = np.ones(len(season.graduates), dtype=np.bool_)
        lists = found[0].lists[MODEL]
        return _told("withheld_enterprise", self._judged, ndcg, everybody, lists)

    def _scores(self, graduates: Sequence[Any], posts: Sequence[Any]) -> dict[str, Scores]:
        """Fit everybody on some people and posts and score the whole held-out season."""
        season, reference = self._judged.origin.test, self._data.reference
        self._progress(f"{season.class_year} · {MODEL} · withheld")
        people = {graduate.graduate_id for graduate in graduates}
        offered = {post.post_id for post in posts}
        outcomes = [
            step
            for step in self._judged.known.outcomes
            if step.graduate_id in people and step.post_id in offered
        ]
        known = Known.of(graduates, outcomes, posts, reference)
        scores = {}
        for name, contender in self._entrants.items():
            scorer = contender.fit(known, self._judged.chosen[name], self._seed)
            scores[name] = (
                np.zeros(self._judged.held_out.eligible.shape, dtype=np.float32)
                if scorer is None
                else scores_of(scorer, season.graduates, season.posts, reference, season.ends_on)
            )
        return scores


def _halves(names: set[str]) -> tuple[set[str], set[str]]:
    """Part names in two by a hash of theirs."""
    ordered = sorted(names)
    by_hash = [ordered[index] for index in np.argsort(id_keys(ordered), kind="stable")]
    middle = (len(by_hash) + 1) // 2
    return set(by_hash[:middle]), set(by_hash[middle:])


def _mean(values: Sequence[Values]) -> Values:
    """Average what is known of each graduate; NaN where nothing is."""
    stacked = np.stack(values)
    known = ~np.isnan(stacked)
    n_known = known.sum(axis=0)
    mean = np.full(stacked.shape[1], np.nan)
    np.divide(np.where(known, stacked, 0.0).sum(axis=0), n_known, out=mean, where=n_known > 0)
    return mean
