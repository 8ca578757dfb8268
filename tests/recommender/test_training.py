"""Fits: equal data, settings and seed give equal bytes; anything else does not."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.model.features import feature_matrix, graduate_features, post_features
from recommender.model.interactions import TrainingData, training_data
from recommender.model.scoring import HybridScorer
from recommender.model.training import (
    CHILD_BYTES,
    TrainingSettings,
    fit,
)
from tests.builders import SmallWorld

SETTINGS = TrainingSettings(n_components=4, n_epochs=3, n_fits=2)


@pytest.fixture(scope="module")
def data(small_world: SmallWorld) -> TrainingData:
    return training_data(
        small_world.graduates, small_world.posts, small_world.outcomes, small_world.reference
    )


def content(scorer: HybridScorer) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in scorer.arrays().items()}


def test_nothing_to_learn_from_is_no_failure(small_world: SmallWorld) -> None:
    nothing = training_data(small_world.graduates, small_world.posts, (), small_world.reference)
    scorer = fit(nothing, SETTINGS)
    assert scorer.graduate_names == ("any",)
    assert all(np.isfinite(array).all() for array in scorer.arrays().values())


@pytest.mark.parametrize(
    "other",
    [
        {"seed": 1},
        {"n_epochs": 4},
        {"n_components": 5},
        {"loss": "bpr"},
        {"learning_rate": 0.1},
        {"max_sampled": 1},
        {"graduate_alpha": 1e-2},
        {"post_alpha": 1e-2},
    ],
    ids=str,
)
def test_other_settings_give_another_fit(data: TrainingData, other: dict[str, Any]) -> None:
    assert content(fit(data, replace(SETTINGS, **other))) != content(fit(data, SETTINGS))


def test_two_fits_of_the_same_data_have_the_same_bytes(data: TrainingData) -> None:
    first, second = fit(data, SETTINGS), fit(data, SETTINGS)
    assert content(first) == content(second)
    assert (first.graduate_names, first.post_names) == (second.graduate_names, second.post_names)


def test_sheets_in_another_order_give_the_same_bytes(
    small_world: SmallWorld, data: TrainingData
) -> None:
    turned = training_data(
        small_world.graduates[::-1],
        small_world.posts[::-1],
        small_world.outcomes[::-1],
        small_world.reference,
    )
    assert content(fit(turned, SETTINGS)) == content(fit(data, SETTINGS))


FIT = """
from hashlib import sha256
from recommender.evaluation.baselines import baselines
from recommender.model.interactions import training_data
from recommender.model.training import TrainingSettings, fit
from tests.builders import make_small_world
world = make_small_world()
seen = (world.graduates, world.posts, world.outcomes, world.reference)
settings = TrainingSettings(n_components=4, n_epochs=3)
for scorer in (fit(training_data(*seen), settings), *baselines(*seen).values()):
    for array in scorer.arrays().values():
        print(sha256(array.tobytes()).hexdigest())
"""


def test_another_process_gives_the_same_bytes() -> None:
    # Python gives texts another order in sets in each process.
    told = {
        subprocess.run(
            [sys.executable, "-c", FIT],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert next(iter(told)).count("\n") == 3 + 3 * 3


def test_steps_weigh(data: TrainingData) -> None:
    lighter = replace(data, weights=data.weights / 2)
    assert content(fit(lighter, SETTINGS)) != content(fit(data, SETTINGS))


def test_a_fit_is_float32_finite_and_one_row_per_feature(data: TrainingData) -> None:
    scorer = fit(data, SETTINGS)
    shapes = {name: array.shape for name, array in scorer.arrays().items()}
    assert shapes == {
        "graduate_embeddings": (len(data.graduate_names), 2 * 4),
        "post_embeddings": (len(data.post_names), 2 * 4),
        "post_biases": (len(data.post_names),),
    }
    for array in scorer.arrays().values():
        assert array.dtype == np.float32
        assert np.isfinite(array).all()


def test_a_welder_nobody_has_seen_is_led_to_the_welders_post(
    small_world: SmallWorld, data: TrainingData
) -> None:
    # G1, a welder from Jining, stayed at P1; G6, of the next class, is one as well.
    scorer = fit(data, replace(SETTINGS, n_epochs=30))
    reference = small_world.reference
    newcomer = graduate_features(small_world.graduates[5], reference)
    posts = [post_features(post, reference) for post in small_world.posts]
    (scores,) = scorer.scores(
        feature_matrix([newcomer], scorer.graduate_names),
        feature_matrix(posts, scorer.post_names),
    )
    assert scores.argmax() == 0


def test_several_fits_are_averaged(data: TrainingData) -> None:
    alone = [
        fit(data, replace(SETTINGS, n_fits=1, seed=SETTINGS.seed + number)) for number in (0, 1)
    ]
    together = fit(data, SETTINGS)
    mean = np.mean([each.scores(data.graduates, data.posts) for each in alone], axis=0)
    assert together.scores(data.graduates, data.posts) == pytest.approx(mean, abs=1e-6)
    assert not np.allclose(*(each.post_biases for each in alone))


def test_progress_is_told_after_each_epoch(data: TrainingData) -> None:
    told: list[float] = []
    fit(data, SETTINGS, told.append)
    assert told == pytest.approx([share / 6 for share in range(1, 7)])


def test_a_child_may_not_take_more_memory_than_its_limit() -> None:
    # In a process of its own: a limit once set stays.
    code = f"""
from recommender.model.training import limit_child
limit_child()
try:
    bytearray({CHILD_BYTES} + 1)
except MemoryError:
    print("refused")
"""
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "refused\n"
