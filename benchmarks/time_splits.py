"""Where nothing drifts, a class year can be ranked as well from the years before as from any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.engine import Engine

from recommender.class_years import LIST_LENGTH
from recommender.data import store
from recommender.evaluation import world as w
from recommender.evaluation.metrics import Interval, mean_interval, ndcg_at_k, resample
from recommender.evaluation.origins import rolling_origins
from recommender.examination.contest import Known, contenders, fit_of
from recommender.matching.eligibility import suitable_pairs
from recommender.model.chances import ChanceScorer
from recommender.model.topk import id_keys, top_k
from recommender.nightly import FACTORIZATION, MODEL, ModelSettings
from training_data.make_sample import FIRST_CLASS_YEAR, graduate_ids, post_ids

HELD_OUT = 0.2  # of the people of every class year; of five years, as many as one year has


@dataclass(frozen=True, slots=True)
class Split:
    """NDCG@10 against the truth of the same people by both splits, and their difference."""

    temporal: float
    random: float
    difference: Interval

    @property
    def agrees(self) -> bool:
        """Whether the interval of the difference holds 0."""
        return self.difference.low <= 0 <= self.difference.high


def both_splits(engine: Engine, world: w.World, day: date, seed: int = 1) -> dict[str, Split]:
    """Rank some of a class year, once from all earlier ones and once from all other people.

    A fifth of the people of every class year is drawn. Of the last class year that is decided,
    those drawn are ranked by a fit on all earlier class years, and by a fit on everybody of all
    class years who was not drawn: both know as many people. Each knows all that is known by the
    day, so that only time tells them apart.

    Returns
    -------
    mapping of contender to Split
        For the model and the factorization in it.
    """
    with store.reading(engine) as conn:
        graduates = store.load_graduates(conn)
        posts = store.load_posts(conn, day=day)
        outcomes = store.load_outcomes(conn, day=day)
        reference = store.load_reference(conn)
    season = rolling_origins(graduates, posts, outcomes, day)[-1].test
    rng = np.random.default_rng(seed)
    told = [each for each in graduates if each.class_year <= season.class_year]
    drawn = {each.graduate_id for each, luck in zip(told, rng.random(len(told)), strict=True)
             if luck < HELD_OUT}  # fmt: skip
    learned_from = {
        "temporal": [each for each in told if each.class_year < season.class_year],
        "random": [each for each in told if each.graduate_id not in drawn],
    }
    people = [each for each in season.graduates if each.graduate_id in drawn]
    number = season.class_year - FIRST_CLASS_YEAR
    rows, columns = (
        np.array([among.index(each) for each in ids], dtype=np.intp)
        for ids, among in (
            ([each.graduate_id for each in people], graduate_ids(world.seasons[number])),
            ([each.post_id for each in season.posts], post_ids(world.seasons[number])),
        )
    )
    eligible = suitable_pairs(people, season.posts, season.ends_on)
    gains = np.where(eligible, world.truth(number).retained[np.ix_(rows, columns)], 0.0)
    keys = (id_keys(each.graduate_id for each in people),
            id_keys(each.post_id for each in season.posts))  # fmt: skip
    settings = ModelSettings()
    reached: dict[str, dict[str, np.ndarray]] = {MODEL: {}, FACTORIZATION: {}}
    for split, kept in learned_from.items():
        ids = {each.graduate_id for each in kept}
        steps = [step for step in outcomes if step.graduate_id in ids]
        known = Known.of(kept, steps, posts, reference)
        model = contenders()[MODEL].fit(known, settings, settings.seed)
        if not isinstance(model, ChanceScorer) or model.factorization is None:
            raise ValueError("too little is known to learn from")
        for name, scorer in ((MODEL, model), (FACTORIZATION, model.factorization)):
            scores = fit_of(scorer, people, season.posts, reference, season.ends_on).scores
            lists = top_k(scores, eligible, LIST_LENGTH, *keys)
            reached[name][split] = ndcg_at_k(lists, gains.astype(np.float32), LIST_LENGTH)
    draws = resample(np.array([each.college for each in people], dtype=np.str_), seed=seed)
    found = {}
    for name, by_split in reached.items():
        apart = by_split["temporal"] - by_split["random"]
        found[name] = Split(
            float(np.nanmean(by_split["temporal"])),
            float(np.nanmean(by_split["random"])),
            mean_interval(float(np.nanmean(apart)), draws.means(apart)),
        )
    return found
