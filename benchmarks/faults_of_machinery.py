"""Faults of the machinery: what a step of a night gives back, and should not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np

from recommender import nightly
from recommender.matching import market
from recommender.matching.board import AnyScorer
from recommender.matching.prices import Prices
from recommender.model.chances import ChanceScorer
from recommender.model.pairs import FEATURES


@contextmanager
def spoiled(change: Callable[[Any], Any]) -> Iterator[None]:
    """Change every scorer that comes back from a fit."""
    whole = nightly._waited

    def waited(fit: Any) -> AnyScorer | None:
        scorer = whole(fit)
        return change(scorer) if isinstance(scorer, ChanceScorer) else scorer

    with mock.patch.object(nightly, "_waited", waited):
        yield


def factor_no_number(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Lose one cell of the tables."""

    def broken(scorer: ChanceScorer) -> ChanceScorer:
        cells = scorer.cells.copy()
        cells[int(rng.integers(len(cells))), 0] = np.nan
        return replace(scorer, cells=cells)

    return spoiled(broken)


def worse_than_a_rule(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Turn every stage of the road round."""
    return spoiled(lambda scorer: replace(scorer, cells=-scorer.cells))


def popularity_collapse(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Let only what is the same for everybody speak: features of the post alone."""

    def collapsed(scorer: ChanceScorer) -> ChanceScorer:
        own = {place for place, name in enumerate(scorer.names) if FEATURES[name][:4] == "any_"}
        cells = np.zeros_like(scorer.cells)
        for term, pair in enumerate(scorer.terms):
            if {int(feature) for feature in pair} <= own | {-1}:
                inside = slice(scorer.term_starts[term], scorer.term_starts[term + 1])
                cells[inside] = scorer.cells[inside]
        return replace(scorer, cells=cells)

    return spoiled(collapsed)


def stale_features(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Keep a vocabulary that has never heard of one enterprise in five."""

    def stale(scorer: ChanceScorer) -> ChanceScorer:
        inside = scorer.factorization
        if inside is None:
            return scorer
        known = [name for name in inside.post_names if name.startswith("enterprise:")]
        lost = set(rng.choice(known, size=max(1, len(known) // 5), replace=False).tolist())
        names = tuple(f"old:{name}" if name in lost else name for name in inside.post_names)
        return replace(scorer, factorization=replace(inside, post_names=names))

    return spoiled(stale)


def prices_diverge(rng: np.random.Generator) -> AbstractContextManager[Any]:
    """Let the price of every fourth post run away."""
    solve = market.solve_prices

    def diverged(*inputs: Any) -> Prices:
        prices = solve(*inputs)
        ran = np.where(rng.random(len(prices.price)) < 0.25, 1e6, 1.0)
        return replace(prices, price=(prices.price + 1e-3) * ran)

    return mock.patch.object(market, "solve_prices", diverged)


def training_dies(rng: np.random.Generator) -> AbstractContextManager[Any]:
    """Run out of memory."""
    return mock.patch.object(nightly, "_waited", side_effect=MemoryError)
