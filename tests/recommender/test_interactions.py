"""From steps to weights and gains: what each step says, and what it takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from recommender.domain import Channel, Outcome, OutcomeStage, StepReason
from recommender.model.interactions import (
    GAINS,
    RETENTION,
    STAGE_WEIGHTS,
    TAKEN_BACK,
    TrainingData,
    pair_gains,
    pair_weights,
    training_data,
)
from tests.builders import (
    DAY,
    SmallWorld,
    make_graduate,
    make_outcome,
    make_post,
    make_reference,
)

STAGE = OutcomeStage
PAIR = ("G1", "P1")
SPRING = date(2025, 5, 1)


def road(*stages: OutcomeStage) -> list[Outcome]:
    """Take one stage a day from 1 May 2025 on."""
    return [
        make_outcome(stage=stage, date=SPRING + timedelta(days=i)) for i, stage in enumerate(stages)
    ]


def learned(world: SmallWorld, steps: Sequence[Outcome]) -> TrainingData:
    return training_data(world.graduates, world.posts, steps, world.reference)


def content(data: TrainingData) -> dict[str, object]:
    """Give every byte of the data, by field."""
    found: dict[str, object] = {}
    for each in fields(data):
        value = getattr(data, each.name)
        if isinstance(value, sparse.csr_array):
            value = (value.data.tobytes(), value.indices.tobytes(), value.indptr.tobytes())
        found[each.name] = value.tobytes() if isinstance(value, np.ndarray) else value
    return found


# What teaches nothing -----------------------------------------------------------------------


@pytest.mark.parametrize("stage", [STAGE.RECOMMENDED, STAGE.REJECTED, STAGE.DECLINED, STAGE.LEFT])
def test_a_pair_of_which_nothing_good_is_known_has_no_weight(stage: OutcomeStage) -> None:
    assert pair_weights(road(stage)) == {}


def test_being_shown_a_post_teaches_nothing(small_world: SmallWorld) -> None:
    shown = [
        make_outcome(
            graduate_id=graduate.graduate_id,
            post_id=post.post_id,
            stage=STAGE.RECOMMENDED,
            date=SPRING,
            channel=Channel.KIOSK,
            shown_rank=rank,
        )
        for graduate in small_world.graduates
        for rank, post in enumerate(small_world.posts, start=1)
    ]
    plain = content(learned(small_world, small_world.outcomes))
    assert content(learned(small_world, [*shown, *small_world.outcomes])) == plain


def test_where_in_a_list_it_stood_and_who_brought_it_teaches_nothing(
    small_world: SmallWorld,
) -> None:
    marked = [
        replace(step, shown_rank=i + 1, channel=Channel.FAIR, reason=StepReason.PAY)
        for i, step in enumerate(small_world.outcomes)
    ]
    plain = content(learned(small_world, small_world.outcomes))
    assert content(learned(small_world, marked)) == plain


def test_nothing_is_learned_of_people_without_consent(small_world: SmallWorld) -> None:
    # G5 signed at P5 and does not consent.
    without = [step for step in small_world.outcomes if step.graduate_id != "G5"]
    assert len(without) < len(small_world.outcomes)
    plain = content(learned(small_world, without))
    assert content(learned(small_world, small_world.outcomes)) == plain


def test_steps_of_people_or_posts_that_are_not_stored_are_left_out(small_world: SmallWorld) -> None:
    strangers = [make_outcome(graduate_id="G99"), make_outcome(post_id="P99")]
    plain = content(learned(small_world, small_world.outcomes))
    assert content(learned(small_world, [*small_world.outcomes, *strangers])) == plain


def test_without_steps_there_is_nobody_to_learn_from(small_world: SmallWorld) -> None:
    data = learned(small_world, [])
    assert data.graduates.shape == (0, 1)
    assert (data.graduate_names, len(data.rows)) == (("any",), 0)
    assert data.posts.shape[0] == 5


# Weights ------------------------------------------------------------------------------------


def test_weights_rise_along_the_road() -> None:
    stages = [
        STAGE.INTERESTED, STAGE.INTERVIEWED, STAGE.INTERNED, STAGE.OFFERED, STAGE.SIGNED,
        STAGE.STARTED, STAGE.RETAINED,
    ]  # fmt: skip
    weights = [STAGE_WEIGHTS[stage] for stage in stages]
    assert weights == sorted(set(weights))
    assert weights[0] > 0
    assert weights[-1] == 1
    assert set(STAGE_WEIGHTS) == set(stages)


@pytest.mark.parametrize("stage", STAGE_WEIGHTS)
def test_one_step_weighs_as_its_stage(stage: OutcomeStage) -> None:
    assert pair_weights(road(stage)) == {PAIR: STAGE_WEIGHTS[stage]}


def test_the_furthest_step_counts_and_not_the_last() -> None:
    assert pair_weights(road(STAGE.SIGNED, STAGE.INTERESTED)) == {PAIR: 0.6}


def test_being_refused_leaves_the_wish_as_it_was() -> None:
    assert pair_weights(road(STAGE.INTERESTED, STAGE.REJECTED)) == {PAIR: 0.1}


@pytest.mark.parametrize("stage", TAKEN_BACK)
def test_an_ending_takes_back_what_came_before(stage: OutcomeStage) -> None:
    assert pair_weights(road(STAGE.STARTED, stage)) == {PAIR: TAKEN_BACK[stage]}


def test_an_ending_never_raises_a_weight() -> None:
    assert pair_weights(road(STAGE.INTERESTED, STAGE.CANCELLED)) == {PAIR: 0.1}


def test_coming_back_counts_again() -> None:
    assert pair_weights(road(STAGE.DECLINED, STAGE.SIGNED)) == {PAIR: 0.6}
    again = road(STAGE.SIGNED, STAGE.CANCELLED, STAGE.SIGNED, STAGE.STARTED)
    assert pair_weights(again) == {PAIR: 0.8}
    assert pair_weights([*again, *road(STAGE.LEFT)]) == {PAIR: 0.8}  # left before all of it


def test_who_stayed_half_a_year_had_stayed() -> None:
    assert pair_weights(road(STAGE.RETAINED, STAGE.LEFT)) == {PAIR: 1.0}


def test_on_one_day_what_takes_back_comes_last() -> None:
    for stages in permutations((STAGE.OFFERED, STAGE.DECLINED, STAGE.INTERESTED)):
        assert pair_weights([make_outcome(stage=stage) for stage in stages]) == {PAIR: 0.0}


def test_a_pair_taken_back_wholly_is_not_laid_out() -> None:
    declined = road(STAGE.OFFERED, STAGE.DECLINED)
    data = training_data([make_graduate()], [make_post()], declined, make_reference())
    assert len(data.rows) == 0


# The layout ---------------------------------------------------------------------------------


def test_the_small_world_is_laid_out_by_ids(small_world: SmallWorld) -> None:
    data = learned(small_world, small_world.outcomes)
    # G1 to G4 have a weighted pair; G7 declined, G5 does not consent, G6 and G8 have no step.
    assert data.graduates.shape == (4, len(data.graduate_names))
    assert data.posts.shape == (5, len(data.post_names))
    found = zip(data.rows.tolist(), data.columns.tolist(), data.weights.tolist(), strict=True)
    # G2 was interviewed at P1 and signed at P2; G4 left P4.
    assert [(g, p, pytest.approx(w)) for g, p, w in found] == [
        (0, 0, 1.0),
        (1, 0, 0.15),
        (1, 1, 0.6),
        (2, 2, 0.8),
        (3, 3, 0.3),
    ]
    assert (data.rows.dtype, data.columns.dtype) == (np.int32, np.int32)
    assert data.weights.dtype == np.float32


@given(st.randoms(use_true_random=False))
def test_the_order_of_sheets_changes_no_byte(small_world: SmallWorld, chance: Any) -> None:
    plain = content(learned(small_world, small_world.outcomes))
    turned = {}
    for name in ("graduates", "posts", "outcomes"):
        turned[name] = list(getattr(small_world, name))
        chance.shuffle(turned[name])
    assert content(training_data(**turned, reference=small_world.reference)) == plain


# Gains --------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [stage for stage in OutcomeStage if stage not in GAINS])
def test_other_steps_gain_nothing(stage: OutcomeStage) -> None:
    assert pair_gains(road(stage), DAY) == {}


@pytest.mark.parametrize("late", ["date", "recorded_on"])
def test_what_is_not_known_by_the_day_is_not_gained(late: str) -> None:
    when: dict[str, Any] = {"date": SPRING, late: DAY + timedelta(days=1)}
    step = make_outcome(stage=STAGE.RETAINED, **when)
    assert pair_gains([step], DAY) == {}
    assert pair_gains([step], DAY + timedelta(days=1)) == {PAIR: 1.0}


@pytest.mark.parametrize(
    ("stages", "gain"),
    [
        ((STAGE.SIGNED,), 0.25),
        ((STAGE.SIGNED, STAGE.STARTED), 0.5),
        ((STAGE.SIGNED, STAGE.STARTED, STAGE.RETAINED), 1.0),
        ((STAGE.RETAINED,), 1.0),
        ((STAGE.SIGNED, STAGE.CANCELLED), 0.25),
        ((STAGE.STARTED, STAGE.LEFT), 0.5),
        ((STAGE.RETAINED, STAGE.LEFT), 1.0),
    ],
)
def test_the_furthest_step_is_gained_in_whatever_order_it_is_told(
    stages: tuple[OutcomeStage, ...], gain: float
) -> None:
    # More than 180 days later, so that all is decided.
    for steps in permutations(road(*stages)):
        assert pair_gains(steps, DAY) == {PAIR: gain}


@pytest.mark.parametrize(("n_days", "decided"), [(0, False), (179, False), (180, True)])
def test_who_started_is_undecided_until_180_days_have_passed(n_days: int, decided: bool) -> None:
    assert RETENTION.days == 180
    (gain,) = pair_gains(road(STAGE.STARTED), SPRING + timedelta(days=n_days)).values()
    assert gain == 0.5 if decided else np.isnan(gain)


def test_who_left_or_is_known_to_have_stayed_is_decided_at_once() -> None:
    day = SPRING + timedelta(days=9)
    assert pair_gains(road(STAGE.STARTED, STAGE.LEFT), day) == {PAIR: 0.5}
    assert pair_gains(road(STAGE.STARTED, STAGE.RETAINED), day) == {PAIR: 1.0}


def test_who_started_again_counts_from_the_last_start() -> None:
    steps = [
        make_outcome(stage=STAGE.STARTED, date=SPRING),
        make_outcome(stage=STAGE.STARTED, date=SPRING + timedelta(days=100)),
    ]
    for told in (steps, steps[::-1]):
        assert np.isnan(pair_gains(told, SPRING + timedelta(days=200))[PAIR])


def test_one_pair_s_gain_says_nothing_of_another() -> None:
    elsewhere = make_outcome(post_id="P2", stage=STAGE.LEFT, date=SPRING + timedelta(days=3))
    gains = pair_gains([*road(STAGE.STARTED), elsewhere], SPRING + timedelta(days=9))
    assert list(gains) == [PAIR]
    assert np.isnan(gains[PAIR])
