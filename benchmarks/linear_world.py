"""LightFM on the four features that the Linear world is made of, and on no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from recommender.model.interactions import TrainingData
from recommender.model.scoring import HybridScorer
from recommender.model.training import TrainingSettings, fit

# What is wanted there is a sum of products of one side's two by the other's two.
OF_GRADUATES = ("trade", "home")
OF_POSTS = ("occupation", "place")


def fit_narrowed(data: TrainingData, settings: TrainingSettings) -> HybridScorer:
    """Fit without the features that say nothing, to tell their price from a fault."""
    left = _of_kinds(data.graduate_names, OF_GRADUATES)
    right = _of_kinds(data.post_names, OF_POSTS)
    narrowed = replace(
        data,
        graduates=data.graduates[:, left],
        graduate_names=tuple(data.graduate_names[index] for index in left),
        posts=data.posts[:, right],
        post_names=tuple(data.post_names[index] for index in right),
    )
    return fit(narrowed, settings)


def _of_kinds(names: Sequence[str], kinds: Sequence[str]) -> list[int]:
    return [index for index, name in enumerate(names) if name.partition(":")[0] in kinds]
