"""Who takes part in an evaluation: what each learns from, which settings it may try, how it fits.

All have the same number of trials: the settings as they stand, then others drawn by a seed, or
chosen by `tuning`. A rule without settings is fitted once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from importlib.util import find_spec
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.class_years import cohorts_of, named_inputs
from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.evaluation.baselines import (
    CROSSWALK,
    POPULARITY,
    TRADE_POPULARITY,
    CrosswalkSettings,
    baselines,
    crosswalk,
    weight_table,
)
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
from recommender.model.chances import STAGES
from recommender.model.interactions import training_data
from recommender.model.training import TrainingSettings, fit
from recommender.nightly import FACTORIZATION, MODEL, ModelSettings

ITEM_KNN, EASE, IALS, TREES = "item_knn", "ease", "ials", "boosted_trees"
RULES = (POPULARITY, TRADE_POPULARITY, CROSSWALK)
LEARNED = (FACTORIZATION, TREES, MODEL)  # they see more of a graduate than the trade

Settings = Any  # a frozen dataclass of the contender's own, or None for a rule
Space = Mapping[str, Sequence[Any]]

WEIGHTS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
FACTORIZATION_SPACE: Space = {
    "n_components": (8, 16, 32, 64),
    "loss": ("warp", "bpr", "logistic"),
    "learning_rate": (0.02, 0.05, 0.1),
    "n_epochs": (10, 20, 40),
    "graduate_alpha": (1e-6, 1e-5, 1e-4),
    "post_alpha": (1e-6, 1e-5, 1e-4),
}
STAGE_SPACE: Space = {
    f"{stage}.{name}": choices
    for stage in STAGES
    for name, choices in {
        "n_rounds": (50, 80, 100, 150, 220),
        "learning_rate": (0.03, 0.05, 0.1),
        "n_leaves": (4, 8, 16),
        "min_in_leaf": (20, 40, 80),
        "feature_share": (0.3, 0.5, 0.75, 1.0),
    }.items()
}
# Few of the factorization: each of them means to describe all pairs again.
MODEL_SPACE: Space = {
    **STAGE_SPACE,
    "factorization.n_components": (8, 16, 32),
    "factorization.loss": ("warp", "bpr", "logistic"),
}


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
        As they stand; None for a rule without any.
    space
        What may be tried: a setting's name, dotted where it lies within another → its choices,
        those that stand among them.
    fit
        Of what is known, settings and a seed; None where there is too little to learn from.
    by_chance
        Whether the seed changes a fit, so that several are needed.
    """

    name: str
    settings: Settings
    space: Space
    fit: Callable[[Known, Settings, int], AnyScorer | None]
    by_chance: bool = False

    def trials(self, n_trials: int, seed: int) -> list[Settings]:
        """Give the settings to try: those that stand, then drawn ones; one for a rule."""
        if self.settings is None:
            return [None]
        rng = np.random.default_rng([seed, *self.name.encode()])
        drawn = [
            {name: choices[int(rng.integers(len(choices)))] for name, choices in self.space.items()}
            for _ in range(n_trials - 1)
        ]
        return [self.settings, *(self.with_choices(each) for each in drawn)]

    def with_choices(self, chosen: Mapping[str, Any]) -> Settings:
        """Give the settings that stand with some of them chosen otherwise."""
        settings = self.settings
        for name, value in chosen.items():
            settings = _replaced(settings, name.split("."), value)
        return settings

    def choices_of(self, settings: Settings) -> dict[str, Any]:
        """Give what settings say of each name of the space."""
        return {name: attrgetter(name)(settings) for name in self.space}


def _replaced(settings: Settings, path: Sequence[str], value: Any) -> Settings:
    if len(path) > 1:
        value = _replaced(getattr(settings, path[0]), path[1:], value)
    return replace(settings, **{path[0]: value})


def contenders() -> dict[str, Contender]:
    """Name everybody who takes part; iALS only where its library is installed."""
    rules = [
        Contender(name=name, settings=None, space={}, fit=_rule(name))
        for name in (POPULARITY, TRADE_POPULARITY)
    ]
    places = Contender(
        name=CROSSWALK,
        settings=CrosswalkSettings(),
        space={"home": (0.0, *WEIGHTS), "wish": (0.0, *WEIGHTS)},
        fit=lambda known, settings, seed: weight_table(crosswalk(known.reference, settings)),
    )
    standing = ModelSettings()
    learned = [
        Contender(
            name=FACTORIZATION,
            settings=standing.factorization,
            space=FACTORIZATION_SPACE,
            fit=_factorize,
            by_chance=True,
        ),
        Contender(name=TREES, settings=standing, space=STAGE_SPACE, fit=_boost, by_chance=True),
        Contender(name=MODEL, settings=standing, space=MODEL_SPACE, fit=_learn, by_chance=True),
    ]
    return {each.name: each for each in (*rules, places, *_neighbours(), *learned)}


def _neighbours() -> list[Contender]:
    """Name the methods that know people and items by identity."""
    knn = Contender(
        name=ITEM_KNN,
        settings=ItemKnnSettings(),
        space={
            "n_neighbours": (3, 5, 10, 20, 50, 100, 200),
            "shrink": (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0),
        },
        fit=_collaborative(item_knn),
    )
    autoencoder = Contender(
        name=EASE,
        settings=EaseSettings(),
        space={"ridge": tuple(round(0.5 * 10 ** (step / 10), 3) for step in range(61))},
        fit=_collaborative(ease),
    )
    factors = Contender(
        name=IALS,
        settings=IalsSettings(),
        space={
            "n_components": (4, 8, 16, 32, 64),
            "ridge": (0.01, 0.1, 1.0, 10.0, 100.0),
            "alpha": (1.0, 3.0, 10.0, 40.0, 100.0),
            "n_rounds": (5, 15, 30),
        },
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
