"""Every check of the evaluation itself can fail: each is shown a mistake, then its absence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.domain import Graduate, Outcome, OutcomeStage, Post
from recommender.evaluation import selfcheck
from recommender.evaluation.metrics import Interval, resample
from recommender.evaluation.season import Season
from recommender.evaluation.selfcheck import (
    Finding,
    auc,
    below,
    check_refused,
    check_ties,
    check_unused,
    lead_of_own,
    shuffled,
    with_answers,
)
from tests.builders import (
    make_graduate,
    make_outcome,
    make_post,
    make_reference,
)
from tests.held_out import make_held_out, scores

SEASON = Season(
    class_year=2025,
    cut=date(2025, 4, 30),
    ends_on=date(2025, 8, 31),
    graduates=(
        make_graduate(graduate_id="G1", class_year=2025),
        make_graduate(graduate_id="G2", class_year=2025),
    ),
    posts=(make_post(post_id="P1"), make_post(post_id="P2")),
)
EARLIER = make_graduate(graduate_id="G0", class_year=2024)
STEPS = (
    make_outcome(graduate_id="G0", post_id="P0", date=date(2024, 5, 1)),
    make_outcome(graduate_id="G1", post_id="P1", date=date(2025, 5, 1)),
)
GAINS = np.array([[1, 0], [0, 0.5]], dtype=np.float32)


# A limit ------------------------------------------------------------------------------------


def test_above_its_limit_a_check_fails() -> None:
    assert below("oracle", "model", 0.001, 0.0).finding is Finding.FAILED


def test_what_is_only_suspect_does_not_fail() -> None:
    assert below("auc", "model", 0.98, 0.97, Finding.SUSPECT).finding is Finding.SUSPECT


def test_what_could_not_be_measured_neither_passes_nor_fails() -> None:
    check = below("oracle", "model", float("nan"), 0.0)
    assert check.finding is Finding.NOT_DONE
    assert check.to_json()["measured"] is None


def test_at_its_limit_a_check_passes() -> None:
    assert below("oracle", "model", 0.0, 0.0).finding is Finding.PASSED


# Ties ---------------------------------------------------------------------------------------


def test_lists_that_go_by_the_row_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_row(scores: NDArray[np.float32], *_args: object) -> NDArray[np.int32]:
        return np.argsort(-scores, axis=1, kind="stable")[:, :1].astype(np.int32)

    monkeypatch.setattr(selfcheck, "top_k", by_row)
    held_out = make_held_out([[1.0, 0.0], [1.0, 0.0]])
    check = check_ties(held_out, {"a": scores([1, 1], [1, 1])}, 1)
    # Everybody's first post becomes the last one, with these scores and with none: 2 + 2.
    assert (check.finding, check.measured) == (Finding.FAILED, 4)


def test_lists_that_go_by_the_ids_pass() -> None:
    held_out = make_held_out([[1.0, 0.0, 0.0]] * 4, eligible=[[1, 1, 1], [1, 0, 0]] * 2)
    check = check_ties(held_out, {"a": scores(*[[1, 1, 1]] * 4)}, 2)
    assert check.finding is Finding.PASSED


# Steps from the future ----------------------------------------------------------------------


def test_a_cut_that_lets_late_records_through_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_date_alone(
        season: Season, graduates: Sequence[Graduate], outcomes: Sequence[Outcome]
    ) -> tuple[list[Graduate], list[Outcome]]:
        return [EARLIER], [o for o in outcomes if o.date <= season.cut and o.graduate_id == "G0"]

    monkeypatch.setattr(selfcheck, "known_before", by_date_alone)
    check = check_refused(SEASON, [EARLIER, *SEASON.graduates], STEPS)
    assert (check.finding, check.measured) == (Finding.FAILED, 1)


def test_a_cut_that_takes_the_held_out_year_in_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def everybody(
        season: Season, graduates: Sequence[Graduate], outcomes: Sequence[Outcome]
    ) -> tuple[list[Graduate], list[Outcome]]:
        return list(graduates), [o for o in outcomes if o.known_by(season.cut)]

    monkeypatch.setattr(selfcheck, "known_before", everybody)
    assert check_refused(SEASON, [EARLIER, *SEASON.graduates], STEPS).finding is Finding.FAILED


def test_without_a_step_nothing_can_be_planted() -> None:
    assert check_refused(SEASON, [EARLIER], []).finding is Finding.NOT_DONE


def test_planted_steps_are_refused() -> None:
    check = check_refused(SEASON, [EARLIER, *SEASON.graduates], STEPS)
    assert (check.finding, check.measured) == (Finding.PASSED, 0)


# Answers in columns -------------------------------------------------------------------------


def test_the_answers_stand_in_the_columns() -> None:
    planted = with_answers(SEASON, GAINS)
    assert [post.contact for post in planted.posts] == ["1", "0.5"]
    assert [graduate.class_name for graduate in planted.graduates] == ["went to 0", "went to 1"]


def test_a_contender_that_reads_a_planted_column_is_found() -> None:
    def reads(graduates: Sequence[Graduate], posts: Sequence[Post]) -> NDArray[np.float32]:
        row = [float(post.contact or 0) for post in posts]
        return np.tile(np.array(row, dtype=np.float32), (len(graduates), 1))

    scored = {"leaky": reads(SEASON.graduates, SEASON.posts)}
    check = check_unused(SEASON, GAINS, scored, {"leaky": reads})
    assert (check.finding, check.measured) == (Finding.FAILED, 4)


def test_a_contender_that_does_not_read_them_passes() -> None:
    def blind(graduates: Sequence[Graduate], posts: Sequence[Post]) -> NDArray[np.float32]:
        return np.ones((len(graduates), len(posts)), dtype=np.float32)

    check = check_unused(SEASON, GAINS, {"a": blind(SEASON.graduates, SEASON.posts)}, {"a": blind})
    assert check.finding is Finding.PASSED


# Shuffled labels ----------------------------------------------------------------------------


def test_steps_stay_within_trade_and_class_year() -> None:
    reference = make_reference()
    people = [
        *(make_graduate(graduate_id=f"W{n}") for n in range(20)),
        *(make_graduate(graduate_id=f"E{n}", trade="电气设备安装与维修") for n in range(20)),
        *(make_graduate(graduate_id=f"Y{n}", class_year=2025) for n in range(20)),
    ]
    steps = [make_outcome(graduate_id=g.graduate_id, post_id=g.graduate_id) for g in people]
    mixed = shuffled(people, steps, reference, seed=1)
    # A step's post names whose it was: the first letter, for trade and year, must not change.
    assert all(step.graduate_id[0] == step.post_id[0] for step in mixed)
    assert sorted(step.graduate_id for step in mixed) == sorted(s.graduate_id for s in steps)
    assert sum(step.graduate_id != step.post_id for step in mixed) > 40


def test_all_steps_of_one_graduate_go_to_the_same_other() -> None:
    people = [make_graduate(graduate_id=f"W{n}") for n in range(10)]
    steps = [
        make_outcome(graduate_id=g.graduate_id, post_id=g.graduate_id, stage=stage)
        for g in people
        for stage in (OutcomeStage.SIGNED, OutcomeStage.STARTED)
    ]
    mixed = shuffled(people, steps, make_reference(), seed=1)
    assert len({(step.graduate_id, step.post_id) for step in mixed}) == 10


def pairs_of_alike(n: int = 60) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    """Give 2 n graduates of one trade, each with a gain at one of two posts, in turns."""
    gains = np.tile(np.eye(2, dtype=np.float32), (n, 1))
    return gains, np.array(["焊接加工"] * len(gains))


def lead(scores: NDArray[np.float32], eligible: list[list[int]] | None = None) -> Interval:
    gains, trades = pairs_of_alike()
    held_out = make_held_out(gains.tolist(), eligible=eligible)
    draws = resample(held_out.colleges, n_resamples=100, seed=1)
    return lead_of_own(scores, held_out, trades, draws, k=2, seed=1)


def test_whoever_knows_the_shuffled_answers_is_found() -> None:
    gains, _ = pairs_of_alike()
    found = lead(gains)
    # Own rows are right for all; another's is wrong for about half, which are then second:
    # (1 - 1 / log2(3)) / 2 = 0.185.
    assert found.value == pytest.approx((1 - 1 / np.log2(3)) / 2, abs=0.02)
    assert found.low > 0


def test_whoever_says_the_same_of_a_whole_trade_is_not_ahead() -> None:
    found = lead(np.tile(np.array([1, 0], dtype=np.float32), (120, 1)))
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_who_knows_nothing_is_not_ahead() -> None:
    rng = np.random.default_rng(5)
    assert lead(rng.random((120, 2), dtype=np.float32)).low <= 0


def test_people_whom_the_rules_allow_something_else_are_not_swapped() -> None:
    # Every second one may take the second post only: nobody's row can be another's, so that
    # even the answers themselves show nothing.
    gains, _ = pairs_of_alike()
    found = lead(gains, eligible=[[1, 1], [0, 1]] * 60)
    assert found.value == 0


# The area under the curve -------------------------------------------------------------------


def test_without_a_gain_there_is_no_area() -> None:
    assert np.isnan(auc(scores([1, 2]), make_held_out([[0.0, 0.0]])))


@pytest.mark.parametrize(
    ("row", "area"),
    [
        ([3, 2, 1, 0], 1.0),
        ([0, 1, 2, 3], 0.0),
        ([1, 1, 1, 1], 0.5),
        # The gain outranks one of three others.
        ([1, 2, 3, 0], 1 / 3),
    ],
)
def test_the_area_is_the_share_of_others_outranked(row: list[float], area: float) -> None:
    assert auc(scores(row), make_held_out([[1.0, 0.0, 0.0, 0.0]])) == pytest.approx(area)


def test_what_is_not_known_or_not_eligible_does_not_count() -> None:
    held_out = make_held_out([[1.0, 0.0, np.nan, 0.0]], eligible=[[1, 1, 1, 0]])
    assert auc(scores([2, 1, 3, 4]), held_out) == 1
