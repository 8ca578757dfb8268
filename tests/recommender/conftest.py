"""A model fitted on the small world, and the rules beside it, for what reads any of them."""

from __future__ import annotations

import pytest

from recommender.evaluation.baselines import baselines
from recommender.model.interactions import training_data
from recommender.model.scoring import Scorer
from recommender.model.training import TrainingSettings, fit
from tests.builders import SmallWorld

SETTINGS = TrainingSettings(n_components=4, n_epochs=30)


@pytest.fixture(scope="session")
def scorers(small_world: SmallWorld) -> dict[str, Scorer]:
    """Give every contender by name, fitted on the small world."""
    seen = (small_world.graduates, small_world.posts, small_world.outcomes, small_world.reference)
    return {"model": fit(training_data(*seen), SETTINGS)} | baselines(*seen)


@pytest.fixture(params=["model", "popularity", "popularity_in_trade", "crosswalk"])
def scorer(request: pytest.FixtureRequest, scorers: dict[str, Scorer]) -> Scorer:
    """Give one contender after another."""
    name: str = request.param
    return scorers[name]
