"""Contenders on one held-out class year: the same people, posts and draws for all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.evaluation.compare import ENOUGH_GRADUATES, Comparison, HeldOut, compare
from recommender.model.topk import NO_POST
from tests.held_out import make_held_out, scores

NAN = float("nan")


def large_year(
    n_graduates: int = 600, n_posts: int = 40, *, slices: Mapping[str, list[str]] | None = None
) -> tuple[HeldOut, dict[str, NDArray[np.float32]]]:
    """Build a year on which `good` knows half of the truth, `rule` a quarter, `blind` none."""
    rng = np.random.default_rng(1)
    truth = rng.normal(size=(n_graduates, n_posts))
    gains = np.zeros((n_graduates, n_posts))
    gains[np.arange(n_graduates), truth.argmax(axis=1)] = rng.choice([1, 0.5, 0.25], n_graduates)
    held_out = make_held_out(gains.tolist(), slices=slices)

    def knows(share: float) -> NDArray[np.float32]:
        noise = rng.normal(size=truth.shape)
        return (share * truth + (1 - share) * noise).astype(np.float32)

    return held_out, {"good": knows(0.5), "rule": knows(0.25), "blind": knows(0)}


# Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "array"),
    [
        ("colleges", np.array(["C"])),
        ("eligible", np.ones((2, 3), dtype=bool)),
        ("gains", np.zeros((1, 2), dtype=np.float32)),
        ("capacities", np.array([1], dtype=np.int32)),
    ],
)
def test_arrays_of_a_held_out_year_fit_its_ids(field: str, array: NDArray[np.generic]) -> None:
    with pytest.raises(ValueError, match=f"{field} has shape"):
        replace(make_held_out([[1, 0], [0, 1]]), **{field: array})


def test_a_slice_names_every_graduate() -> None:
    with pytest.raises(ValueError, match="city has shape"):
        make_held_out([[1, 0], [0, 1]], slices={"city": ["济宁"]})


def test_a_contender_of_another_shape_is_named() -> None:
    with pytest.raises(ValueError, match="model has shape"):
        compare(make_held_out([[1, 0]]), {"model": scores([1])}, seed=1)


def test_a_contender_with_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        compare(make_held_out([[1, 0]]), {"model": scores([1, NAN])}, seed=1)


# Figures -----------------------------------------------------------------------------------


def test_figures_of_two_graduates_by_hand() -> None:
    # G0 finds their post first (1), G1 second (1 / log2 3 = .63093): mean .81546.
    # Each has one post and finds it among the two shown: recall 1.
    # Both lists hold P0 and P1, whose places are 1 and 3 of 10: coverage .4.
    held_out = make_held_out([[1, 0, 0], [0, 0.5, 0]], capacities=[1, 3, 6])
    found = compare(held_out, {"model": scores([3, 2, 1], [3, 2, 1])}, k=2, seed=1)
    figures = found.figures["model"]
    assert figures["ndcg@2"].value == pytest.approx((1 + 0.63092975) / 2)
    assert figures["recall@2"].value == 1
    assert figures["coverage"].value == pytest.approx(0.4)
    assert found.lists["model"].tolist() == [[0, 1], [0, 1]]
    assert (found.n_graduates, found.n_counted) == (2, 2)


def test_graduates_without_a_known_gain_are_left_out_of_means_and_stay_in_the_market() -> None:
    held_out = make_held_out([[1, 0], [0, 0], [NAN, 0]])
    found = compare(held_out, {"model": scores([2, 1], [1, 2], [1, 2])}, k=1, seed=1)
    assert found.figures["model"]["ndcg@1"].value == 1
    assert found.figures["model"]["coverage"].value == 1
    assert (found.n_graduates, found.n_counted) == (3, 1)


def test_a_graduate_who_gets_no_list_is_not_counted() -> None:
    held_out = make_held_out([[1, 0], [1, 0]], eligible=[[1, 1], [0, 0]])
    found = compare(held_out, {"model": scores([2, 1], [2, 1])}, k=1, seed=1)
    assert (found.n_graduates, found.n_counted) == (1, 1)
    assert found.lists["model"][1].tolist() == [NO_POST]


def test_a_post_that_a_rule_forbids_is_neither_candidate_nor_hit() -> None:
    # G0's only gain lies at a forbidden post: nothing to find, so nothing missed.
    held_out = make_held_out([[1, 0], [0, 1]], eligible=[[0, 1], [1, 1]])
    found = compare(held_out, {"model": scores([9, 1], [1, 2])}, k=1, seed=1)
    assert found.n_counted == 1
    assert found.figures["model"]["ndcg@1"].value == 1


def test_an_unknown_outcome_is_shown_but_not_judged() -> None:
    # People see P0 first; judged without it, P1 is first and is the hit.
    found = compare(make_held_out([[NAN, 1, 0]]), {"model": scores([3, 2, 1])}, k=1, seed=1)
    assert found.lists["model"].tolist() == [[0]]
    assert found.figures["model"]["ndcg@1"].value == 1


def test_without_any_known_gain_there_are_market_figures_only() -> None:
    found = compare(make_held_out([[0, 0]]), {"model": scores([2, 1])}, k=1, seed=1)
    assert found.n_counted == 0
    assert found.to_json()["model"]["ndcg@1"] == {"value": None, "low": None, "high": None}
    assert found.to_json()["model"]["coverage"]["value"] == 0.5


def test_equal_scores_are_ordered_by_ids_and_not_by_rows() -> None:
    rng = np.random.default_rng(5)
    gains = rng.choice([0, 0, 1], (30, 8)).tolist()
    held_out = make_held_out(gains)
    rows, columns = rng.permutation(30), rng.permutation(8)
    moved = replace(
        held_out,
        graduate_ids=tuple(held_out.graduate_ids[i] for i in rows),
        post_ids=tuple(held_out.post_ids[j] for j in columns),
        gains=held_out.gains[np.ix_(rows, columns)],
    )
    flat = {"flat": np.zeros((30, 8), dtype=np.float32)}
    assert compare(moved, flat, k=3, seed=1).value("flat") == pytest.approx(
        compare(held_out, flat, k=3, seed=1).value("flat")
    )


def test_a_seed_gives_the_same_intervals_again() -> None:
    held_out, contenders = large_year()
    first, again = (compare(held_out, contenders, n_resamples=50, seed=7) for _ in range(2))
    assert first.to_json() == again.to_json()


def test_every_figure_lies_in_its_interval() -> None:
    held_out, contenders = large_year()
    found = compare(held_out, contenders, n_resamples=200, seed=7)
    for by_metric in found.figures.values():
        for interval in by_metric.values():
            assert interval.low <= interval.value <= interval.high


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_a_year_without_graduates_or_posts_measures_nothing(shape: tuple[int, int]) -> None:
    held_out = HeldOut(
        class_year=2025,
        graduate_ids=tuple("ABC"[: shape[0]]),
        post_ids=tuple("XYZ"[: shape[1]]),
        colleges=np.array(["C"] * shape[0]),
        eligible=np.ones(shape, dtype=bool),
        gains=np.zeros(shape, dtype=np.float32),
        capacities=np.ones(shape[1], dtype=np.int32),
        slices={"city": np.array(["济宁"] * shape[0])},
    )
    found = compare(held_out, {"model": np.zeros(shape, dtype=np.float32)}, seed=1)
    assert all(
        interval == {"value": None, "low": None, "high": None}
        for interval in found.to_json()["model"].values()
    )
    assert found.n_counted == 0


def test_coverage_is_uncertain_where_it_hangs_on_few_lists() -> None:
    # Each of four graduates alone shows one of four posts. A draw holds one of them with
    # probability 4 / 256 = 1.6 %, two with 84 / 256 = 33 %, three with 144 / 256 = 56 %, all
    # with 24 / 256 = 9 %: from 2/4 at 2.5 % over 3/4 in the middle to 1, moved up by 1/4.
    held_out = make_held_out(np.eye(4).tolist())
    contender = {"model": np.eye(4, dtype=np.float32)}
    found = compare(held_out, contender, k=1, n_resamples=4000, seed=1)
    coverage = found.figures["model"]["coverage"]
    assert (coverage.value, coverage.low, coverage.high) == (1, 0.75, 1)


# Differences -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def year() -> Comparison:
    cities = ["济宁"] * 200 + ["潍坊"] * 199 + [""] * 201
    held_out, contenders = large_year(slices={"city": cities, "all": ["x"] * 600})
    return compare(held_out, contenders, n_resamples=500, seed=7)


def test_a_contender_is_not_ahead_of_itself(year: Comparison) -> None:
    difference = year.difference("good", "good")
    assert (difference.value, difference.low, difference.high) == (0, 0, 0)


def test_knowing_more_puts_a_contender_ahead(year: Comparison) -> None:
    assert year.difference("good", "rule").low > 0
    assert year.difference("rule", "blind").low > 0
    assert year.difference("blind", "good").high < 0


def test_a_difference_is_that_of_the_values(year: Comparison) -> None:
    for metric in year.figures["good"]:
        difference = year.difference("good", "rule", metric)
        values = [year.figures[name][metric].value for name in ("good", "rule")]
        assert difference.value == pytest.approx(values[0] - values[1])
        assert difference.low <= difference.value <= difference.high


def test_pairing_takes_out_what_is_common() -> None:
    # A contender that is the other one with a thousandth of noise: apart from each other by
    # little, although each alone is known to within some hundredths only.
    held_out, contenders = large_year()
    good = contenders["good"]
    noise = np.random.default_rng(2).normal(scale=0.001, size=good.shape)
    twins = {"good": good, "twin": (good + noise).astype(np.float32)}
    found = compare(held_out, twins, n_resamples=300, seed=7)
    apart, alone = found.difference("twin", "good"), found.figures["good"]["ndcg@10"]
    assert apart.high - apart.low < (alone.high - alone.low) / 5


# Slices ------------------------------------------------------------------------------------


def test_a_slice_under_two_hundred_graduates_is_insufficient(year: Comparison) -> None:
    assert ENOUGH_GRADUATES == 200
    by_label = {piece.label: piece for piece in year.slices}
    assert by_label["潍坊"].n_graduates == 199
    assert not by_label["潍坊"].ndcg
    assert by_label["济宁"].n_graduates == 200
    assert by_label["济宁"].ndcg.keys() == {"good", "rule", "blind"}


def test_an_empty_label_is_no_slice(year: Comparison) -> None:
    assert {piece.label for piece in year.slices} == {"济宁", "潍坊", "x"}


def test_a_slice_of_everybody_is_the_whole(year: Comparison) -> None:
    (whole,) = (piece for piece in year.slices if piece.label == "x")
    assert whole.ndcg["good"].value == pytest.approx(year.value("good"))
    assert whole.ndcg["good"].low == pytest.approx(year.figures["good"]["ndcg@10"].low)
    gaps = {piece.label: gap for piece, gap in year.slice_differences("good", "rule")}
    assert gaps.keys() == {"济宁", "x"}
    assert gaps["x"].value == pytest.approx(year.difference("good", "rule").value)
    assert gaps["x"].low == pytest.approx(year.difference("good", "rule").low)


def test_slices_differ_by_what_their_graduates_reached(year: Comparison) -> None:
    gaps = {piece.label: gap for piece, gap in year.slice_differences("good", "rule")}
    reached = year.ndcg["good"][:200] - year.ndcg["rule"][:200]
    assert gaps["济宁"].value == pytest.approx(reached.mean())


# Written out -------------------------------------------------------------------------------


def test_contenders_are_written_as_the_contract_says(year: Comparison) -> None:
    written = json.loads(json.dumps(year.to_json(), allow_nan=False))
    assert written.keys() == {"good", "rule", "blind"}
    for by_metric in written.values():
        assert by_metric.keys() == {"ndcg@10", "recall@10", "coverage", "gini", "overfull"}
        for interval in by_metric.values():
            assert interval.keys() == {"value", "low", "high"}


def test_slices_are_written_with_their_n(year: Comparison) -> None:
    written = {piece["label"]: piece for piece in year.slices_to_json()}
    assert written["潍坊"] == {
        "slice": "city",
        "label": "潍坊",
        "n": 199,
        "ndcg@10": "insufficient",
    }
    assert written["济宁"]["ndcg@10"]["good"].keys() == {"value", "low", "high"}
    json.dumps(list(written.values()), allow_nan=False)


def test_no_slices_are_asked_for_and_none_are_given() -> None:
    found = compare(make_held_out([[1, 0]]), {"model": scores([2, 1])}, k=1, seed=1)
    assert found.slices == ()
    assert found.slice_differences("model", "model") == ()
