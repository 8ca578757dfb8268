"""Applied, placed and stayed are three questions; what is not known yet is no answer."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from recommender.domain import OutcomeStage
from recommender.evaluation.season import Season
from recommender.evaluation.targets import TARGETS, reached, target_gains
from tests.builders import make_graduate, make_outcome, make_post
from tests.held_out import make_held_out, scores

DAY = date(2026, 5, 15)
SEASON = Season(
    class_year=2025,
    cut=date(2025, 4, 30),
    ends_on=date(2025, 8, 31),
    graduates=(make_graduate(graduate_id="G0"), make_graduate(graduate_id="G1")),
    posts=(make_post(post_id="P0"), make_post(post_id="P1")),
)


def test_a_step_recorded_after_the_day_reaches_nothing() -> None:
    late = make_outcome(graduate_id="G0", post_id="P0", recorded_on=DAY + timedelta(days=1))
    found = target_gains(SEASON, [late], np.zeros((2, 2), dtype=np.float32), DAY)
    assert found["applied"].sum() == 0


def test_somebody_else_s_step_reaches_nothing() -> None:
    other = make_outcome(graduate_id="G9", post_id="P0")
    unknown = make_outcome(graduate_id="G0", post_id="P9")
    found = target_gains(SEASON, [other, unknown], np.zeros((2, 2), dtype=np.float32), DAY)
    assert found["applied"].sum() == 0


@pytest.mark.parametrize(
    ("stage", "applied"),
    [
        (OutcomeStage.RECOMMENDED, 0),
        (OutcomeStage.DECLINED, 0),
        (OutcomeStage.INTERESTED, 1),
        (OutcomeStage.REJECTED, 1),
    ],
)
def test_who_was_only_shown_or_declined_did_not_apply(stage: OutcomeStage, applied: int) -> None:
    step = make_outcome(graduate_id="G1", post_id="P0", stage=stage)
    found = target_gains(SEASON, [step], np.zeros((2, 2), dtype=np.float32), DAY)
    assert found["applied"].tolist() == [[0, 0], [applied, 0]]


def test_placed_and_stayed_come_from_the_gains_and_only_staying_can_be_unknown() -> None:
    gains = np.array([[0.25, 0.5], [1.0, np.nan]], dtype=np.float32)
    found = target_gains(SEASON, [], gains, DAY)
    assert tuple(found) == TARGETS
    assert found["placed"].tolist() == [[1, 1], [1, 1]]
    np.testing.assert_array_equal(found["stayed"], [[0, 0], [1, np.nan]])


def test_a_list_is_measured_against_each_target_by_itself() -> None:
    held_out = make_held_out([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    targets = {
        "applied": np.array([[0, 1, 0], [0, 0, 0]], dtype=np.float32),
        # The first post is not known: the list closes up over it, so the second is first.
        "stayed": np.array([[np.nan, 1, 0], [0, 0, 0]], dtype=np.float32),
    }
    found = reached(held_out, targets, scores([3, 2, 1], [3, 2, 1]), 3)
    # In second place: 1 / log2(3), where the best order gives 1 / log2(2) = 1.
    np.testing.assert_allclose(found["applied"].ndcg, [1 / np.log2(3), np.nan])
    np.testing.assert_array_equal(found["applied"].recall, [1, np.nan])
    np.testing.assert_allclose(found["stayed"].ndcg, [1, np.nan])
