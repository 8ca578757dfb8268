"""Who takes part in an evaluation: what each learns from, which settings it may try, how it fits.

All have the same number of trials: the settings as they stand, then others drawn by a seed. A
rule has none, so that all its trials would be the same; it is fitted once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.class_years import cohorts_of, named_inputs
from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.evaluation.baselines import CROSSWALK, POPULARITY, TRADE_POPULARITY, baselines
from recommender.evaluation.collaborative import (
    EaseSettings,
    IalsSettings,
    ItemKnnSettings,
    ease,
    ials,
    item_knn,
)
from recommender.evaluation.neighbours import by_trade
from recommender.matching.board import AnyScorer, Fit, open_board
from recommender.model.boosting import Cohort, fit_model
from recommender.model.interactions import training_data
from recommender.model.training import TrainingSettings, fit
from recommender.model.trees import StageSettings
from recommender.nightly import FACTORIZATION, MODEL, ModelSettings

ITEM_KNN, EASE, IALS, TREES = "item_knn", "ease", "ials", "boosted_trees"
RULES = (POPULARITY, TRADE_POPULARITY, CROSSWALK)
LEARNED = (FACTORIZATION, TREES, MODEL)  # they see more of a graduate than the trade

Settings = Any  # a frozen dataclass of the contender's own, or None for a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What may be learned from: people, their steps, the posts on offer to them, the tables."""

    graduates: Sequence[Graduate]
    outcomes: Sequence[Outcome]
    posts: Sequence[Post]
    cohorts: Sequence[Cohort]
    reference: Reference

    @classmethod
    def of(
        cls,
        graduates: Sequence[Graduate],
        outcomes: Sequence[Outcome],
        posts: Sequence[Post],
        reference: Reference,
    ) -> Known:
        """Part what is known by class year."""
        return cls(
            graduates=graduates,
            outcomes=outcomes,
            posts=named_inputs(graduates, outcomes, posts)[1],
            cohorts=cohorts_of(graduates, outcomes, posts),
            reference=reference,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One way to rank.

    Attributes
    ----------
    settings
        As they stand; None for a rule.
    draw
        Gives other settings to try.
    fit
        Of what is known, settings and a seed; None where there is too little to learn from.
    by_chance
        Whether the seed changes a fit, so that several are needed.
    """

    name: str
    settings: Settings
    draw: Callable[[np.random.Generator], Settings]
    fit: Callable[[Known, Settings, int], AnyScorer | None]
    by_chance: bool = False

    def trials(self, n_trials: int, seed: int) -> list[Settings]:
        """Give the settings to try: those that stand, then drawn ones; one for a rule."""
        if self.settings is None:
            return [None]
        rng = np.random.default_rng([seed, *self.name.encode()])
        return [self.settings, *(self.draw(rng) for _ in range(n_trials - 1))]


def contenders() -> dict[str, Contender]:
    """Name everybody who takes part; iALS only where its library is installed."""
    rules = [
        Contender(name=name, settings=None, draw=lambda rng: None, fit=_rule(name))
        for name in RULES
    ]
    standing = ModelSettings()
    learned = [
        Contender(
            name=FACTORIZATION,
            settings=standing.factorization,
            draw=_draw_factorization,
            fit=_factorize,
            by_chance=True,
        ),
        Contender(name=TREES, settings=standing, draw=_draw_stages, fit=_boost, by_chance=True),
        Contender(name=MODEL, settings=standing, draw=_draw_model, fit=_learn, by_chance=True),
    ]
    return {each.name: each for each in (*rules, *_neighbours(), *learned)}


def _neighbours() -> list[Contender]:
    """Name the methods that know people and items by identity."""
    knn = Contender(
        name=ITEM_KNN,
        settings=ItemKnnSettings(),
        draw=lambda rng: ItemKnnSettings(
            n_neighbours=_one(rng, (10, 20, 50, 100, 200)),
            shrink=_one(rng, (0.0, 1.0, 5.0, 20.0)),
        ),
        fit=_collaborative(item_knn),
    )
    autoencoder = Contender(
        name=EASE,
        settings=EaseSettings(),
        draw=lambda rng: EaseSettings(ridge=_one(rng, (1.0, 5.0, 20.0, 100.0, 500.0))),
        fit=_collaborative(ease),
    )
    factors = Contender(
        name=IALS,
        settings=IalsSettings(),
        draw=lambda rng: IalsSettings(
            n_components=_one(rng, (8, 16, 32, 64)),
            ridge=_one(rng, (0.1, 1.0, 10.0)),
            alpha=_one(rng, (1.0, 10.0, 40.0)),
        ),
        fit=_factorize_trades,
        by_chance=True,
    )
    return [knn, autoencoder, *([factors] if find_spec("implicit") else [])]


def fit_of(
    scorer: AnyScorer,
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    reference: Reference,
    day: date,
) -> Fit:
    """Score all pairs, with the chance that they come about where a scorer knows of chances."""
    return open_board(scorer, posts, reference, day).fit(graduates)


def scores_of(
    scorer: AnyScorer,
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    reference: Reference,
    day: date,
) -> NDArray[np.float32]:
    """Score all pairs: float32 of shape (n_graduates, n_posts)."""
    return fit_of(scorer, graduates, posts, reference, day).scores


def told(settings: Settings) -> Mapping[str, Any] | None:
    """Give settings as ``report.json`` writes them."""
    return None if settings is None else asdict(settings)


def _rule(name: str) -> Callable[[Known, Settings, int], AnyScorer | None]:
    def fit_rule(known: Known, settings: Settings, seed: int) -> AnyScorer | None:
        return baselines(known.graduates, known.posts, known.outcomes, known.reference)[name]

    return fit_rule


def _collaborative(
    method: Callable[..., NDArray[np.float32]],
) -> Callable[[Known, Settings, int], AnyScorer | None]:
    def fit_method(known: Known, settings: Settings, seed: int) -> AnyScorer | None:
        return by_trade(
            lambda people, asked: method(people, settings, asked),
            known.graduates,
            known.posts,
            known.outcomes,
            known.reference,
        )

    return fit_method


def _factorize_trades(known: Known, settings: IalsSettings, seed: int) -> AnyScorer | None:
    return _collaborative(ials)(known, replace(settings, seed=seed), seed)


def _factorize(known: Known, settings: TrainingSettings, seed: int) -> AnyScorer | None:
    data = training_data(known.graduates, known.posts, known.outcomes, known.reference)
    return fit(data, replace(settings, seed=seed)) if len(data.rows) else None


def _boost(known: Known, settings: ModelSettings, seed: int) -> AnyScorer | None:
    return fit_model(known.cohorts, known.reference, settings.stages(), seed, None)


def _learn(known: Known, settings: ModelSettings, seed: int) -> AnyScorer | None:
    factorization = replace(settings.factorization, seed=seed)
    return fit_model(known.cohorts, known.reference, settings.stages(), seed, factorization)


def _one(rng: np.random.Generator, choices: Sequence[Any]) -> Any:
    return choices[int(rng.integers(len(choices)))]


def _draw_factorization(rng: np.random.Generator) -> TrainingSettings:
    return replace(
        ModelSettings().factorization,
        n_components=_one(rng, (8, 16, 32, 64)),
        loss=_one(rng, ("warp", "bpr", "logistic")),
        learning_rate=_one(rng, (0.02, 0.05, 0.1)),
        n_epochs=_one(rng, (10, 20, 40)),
        graduate_alpha=_one(rng, (1e-6, 1e-5, 1e-4)),
        post_alpha=_one(rng, (1e-6, 1e-5, 1e-4)),
    )


def _draw_stages(rng: np.random.Generator) -> ModelSettings:
    standing = ModelSettings()
    return replace(
        standing,
        wants=_draw_stage(rng, standing.wants),
        hired=_draw_stage(rng, standing.hired),
        stays=_draw_stage(rng, standing.stays),
    )


def _draw_stage(rng: np.random.Generator, standing: StageSettings) -> StageSettings:
    return replace(
        standing,
        n_rounds=_one(rng, (50, 100, 200)),
        learning_rate=_one(rng, (0.03, 0.05, 0.1)),
        n_leaves=_one(rng, (4, 8, 16)),
        min_in_leaf=_one(rng, (20, 40, 80)),
    )


def _draw_model(rng: np.random.Generator) -> ModelSettings:
    return replace(_draw_stages(rng), factorization=_draw_factorization(rng))
