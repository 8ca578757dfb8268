"""Draw settings by a seed, as many for each contender, and choose on the validation part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.real import contenders as of
from benchmarks.real.contenders import Pairs, Rows, Scores, Setting, World
from recommender.evaluation.collaborative import (
    EaseSettings,
    IalsSettings,
    ItemKnnSettings,
    ease,
    ials,
    item_knn,
)

Draw = Callable[[np.random.Generator], Setting]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A first-stage ranking and how its settings are drawn.

    Attributes
    ----------
    by_history
        Whether it says nothing of its own about a user without history.
    describes
        Whether its score is a feature of the second stage.
    """

    name: str
    title: str
    scores: Callable[[World, Pairs, Rows, Setting, int], Scores]
    draw: Draw
    by_history: bool = False
    describes: bool = True


def _one_of(*values: float) -> Callable[[np.random.Generator], float]:
    return lambda rng: values[int(rng.integers(len(values)))]


def _between(low: float, high: float) -> Callable[[np.random.Generator], float]:
    """Draw evenly on a logarithmic scale."""
    return lambda rng: float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _drawn(**parts: Callable[[np.random.Generator], float | str | bool]) -> Draw:
    return lambda rng: {name: part(rng) for name, part in parts.items()}


def _loss(rng: np.random.Generator) -> str:
    return str(rng.choice(["warp", "warp", "warp", "bpr"]))


_LIGHTFM = _drawn(
    n_components=_one_of(16, 32, 48),
    loss=_loss,
    learning_rate=_one_of(0.03, 0.05, 0.08),
    n_epochs=_one_of(10, 20, 30),
    alpha=_between(1e-7, 1e-5),
    max_sampled=_one_of(10, 20, 40),
    # 0 leaves every column its weight of 1, as in the product.
    total=_one_of(0.0, 0.0, 2.0, 5.0),
    item_columns=lambda rng: bool(rng.random() < 0.7),
)

FIRST_STAGE: tuple[Contender, ...] = (
    Contender(
        name="popularity", title="popularity", scores=of.by_popularity, draw=_drawn(),
        describes=False,
    ),
    Contender(
        name="in_group", title="popular in the trade", scores=of.in_group,
        draw=_drawn(smoothing=_between(0.5, 50), place=_one_of(0, 1, 2)), describes=False,
    ),
    Contender(
        name="item_knn", title="item-kNN", by_history=True,
        scores=of.from_pairs(
            item_knn,
            lambda s, seed: ItemKnnSettings(
                n_neighbours=int(s["n_neighbours"]), shrink=float(s["shrink"])
            ),
        ),
        draw=_drawn(n_neighbours=_one_of(10, 20, 50, 100, 200), shrink=_one_of(0, 1, 3, 10)),
    ),
    Contender(
        name="neighbours", title="feature-kNN", scores=of.neighbours,
        draw=_drawn(
            n_neighbours=_one_of(5, 10, 20, 40, 80),
            power=_one_of(1, 2, 4),
            by_rarity=lambda rng: bool(rng.random() < 0.5),
        ),
    ),
    Contender(
        name="ridge", title="ridge on features", scores=of.ridge,
        draw=_drawn(ridge=_between(0.03, 10)),
    ),
    Contender(
        name="ease", title="EASE", by_history=True,
        scores=of.from_pairs(ease, lambda s, seed: EaseSettings(ridge=float(s["ridge"]))),
        draw=_drawn(ridge=_between(1, 500)),
    ),
    Contender(
        name="ials", title="iALS", by_history=True,
        scores=of.from_pairs(
            ials,
            lambda s, seed: IalsSettings(
                n_components=int(s["n_components"]),
                ridge=float(s["ridge"]),
                alpha=float(s["alpha"]),
                seed=seed,
            ),
        ),
        draw=_drawn(
            n_components=_one_of(8, 16, 32, 64), ridge=_between(0.1, 30), alpha=_between(1, 40)
        ),
    ),
    Contender(
        name="lightfm_ids", title="LightFM, ids", by_history=True, describes=False,
        scores=of.factorization(users=False, items=False, own=True), draw=_LIGHTFM,
    ),
    Contender(
        name="lightfm_features", title="LightFM, features",
        scores=of.factorization(users=True, items=True, own=False), draw=_LIGHTFM,
    ),
    Contender(
        name="lightfm_hybrid", title="LightFM, hybrid", by_history=True,
        scores=of.factorization(users=True, items=True, own=True), draw=_LIGHTFM,
    ),
)  # fmt: skip

TREES: Draw = _drawn(
    objective=lambda rng: str(rng.choice(["order", "chance"])),
    n_rounds=_one_of(40, 80, 120, 160),
    learning_rate=_one_of(0.05, 0.08, 0.12),
    n_leaves=_one_of(6, 8, 12, 16),
    min_in_leaf=_one_of(20, 40, 100, 200),
)


def draws(draw: Draw, n_trials: int, seed: int, number: int) -> list[Setting]:
    """Draw settings for a contender; equal ones are tried once.

    Parameters
    ----------
    seed, number : int
        Of the run and of the contender.
    """
    rng = np.random.default_rng([seed, number])
    found: list[Setting] = []
    for _ in range(n_trials):
        setting = draw(rng)
        if setting not in found:
            found.append(setting)
    return found
