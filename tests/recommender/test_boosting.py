"""Stages learned from the log: the same in any order, and blind to what was shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from math import exp, log
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.domain import Outcome, OutcomeStage, SkillLevel, StepReason
from recommender.model import boosting
from recommender.model.boosting import (
    ENOUGH_ANSWERS,
    ENOUGH_SHOWN,
    LEAST_EXPOSURE,
    LEAST_SLOPE,
    Cohort,
    Examples,
    calibrate,
    fit_model,
    stage_examples,
)
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.pairs import FEATURES, bin_edges, pair_grid
from recommender.model.records import LEAST
from recommender.model.scoring import HybridScorer
from recommender.model.stages import Labelled
from recommender.model.training import TrainingSettings
from recommender.model.trees import AT_REST, StageSettings, binned, boost
from tests.builders import make_graduate, make_outcome, make_post, make_reference

REFERENCE = make_reference()
SEED = 20260515
QUICK = dict.fromkeys(STAGES, StageSettings(n_rounds=8, min_in_leaf=10))
FACTORIZATION = TrainingSettings(n_components=2, n_epochs=2)
TRADES = {"焊接加工": "6-18-02-04", "电气设备安装与维修": "6-31-01-03", "幼儿教育": "4-10-01-03"}
S = OutcomeStage
N_FEATURES = len(FEATURES)


@cache
def cohort(class_year: int = 2025, n_graduates: int = 60, seed: int = 1) -> Cohort:
    """Give people who want posts of their trade near home, and enterprises who want skill."""
    random = Random(f"{seed} {class_year}")  # noqa: S311 - a made-up world, not a secret
    cities = ("370700", "370800", "371100")
    graduates = tuple(
        make_graduate(
            graduate_id=f"{class_year}G{i:03}",
            class_year=class_year,
            trade=random.choice(list(TRADES)),
            home_region=random.choice(cities),
            skill_level=random.choice(list(SkillLevel)[1:4]),
            grade_band=random.choice((None, 1, 2, 3)),
            wish_pay=random.choice((None, 4000, 5000)),
        )
        for i in range(n_graduates)
    )
    posts = tuple(
        make_post(
            post_id=f"{class_year}P{j:02}",
            occupation_code=random.choice(list(TRADES.values())),
            region_code=random.choice(cities),
            headcount=50,
            monthly_pay_min=random.choice((3500, 4500, 5500)),
        )
        for j in range(15)
    )
    outcomes: list[Outcome] = []
    for graduate in graduates:
        for rank, post in enumerate(random.sample(posts, 8), start=1):
            near = graduate.home_region == post.region_code
            fits = TRADES[graduate.trade] == post.occupation_code
            stages = [S.RECOMMENDED]
            if random.random() < 0.1 + 0.4 * fits + 0.4 * near:
                stages.append(S.INTERESTED)
                is_skilled = (graduate.skill_level or 0) >= SkillLevel.INTERMEDIATE_WORKER
                if random.random() < (0.8 if is_skilled else 0.3):
                    stages += [S.SIGNED, S.STARTED]
                    stages.append(
                        S.RETAINED if random.random() < (0.8 if near else 0.4) else S.LEFT
                    )
                else:
                    stages.append(S.REJECTED)
            outcomes += [
                make_outcome(
                    graduate_id=graduate.graduate_id,
                    post_id=post.post_id,
                    stage=stage,
                    date=date(class_year, 4, 1 + number),
                    shown_rank=rank if stage is S.RECOMMENDED else None,
                )
                for number, stage in enumerate(stages)
            ]
    return Cohort(
        class_year=class_year,
        graduates=graduates,
        posts=posts,
        outcomes=tuple(outcomes),
        suitable=np.ones((n_graduates, len(posts)), dtype=np.bool_),
    )


def with_steps(base: Cohort, change: Callable[[Outcome], Outcome | None]) -> Cohort:
    """Give the cohort with every step changed; None takes one away."""
    changed = (change(step) for step in base.outcomes)
    return replace(base, outcomes=tuple(step for step in changed if step))


def fitted(*cohorts: Cohort, **overrides: Any) -> ChanceScorer:
    values: dict[str, Any] = {"settings": QUICK, "seed": SEED}
    scorer = fit_model(cohorts, REFERENCE, **values | overrides)
    assert isinstance(scorer, ChanceScorer)
    return scorer


def contents(scorer: ChanceScorer) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in scorer.arrays().items()}


@pytest.fixture(scope="module")
def scorer() -> ChanceScorer:
    return fitted(cohort(2024), cohort(2025))


# What cannot be learned ---------------------------------------------------------------------


def test_from_no_class_year_nothing_is_learned() -> None:
    assert fit_model([], REFERENCE, QUICK, SEED) is None
    assert fit_model([], REFERENCE, QUICK, SEED, FACTORIZATION) is None


def no_step(step: Outcome) -> Outcome | None:
    return None


def only_shown(step: Outcome) -> Outcome | None:
    return step if step.stage is S.RECOMMENDED else None


@pytest.mark.parametrize("change", [no_step, only_shown])
def test_where_nobody_wanted_anything_nothing_is_learned(
    change: Callable[[Outcome], Outcome | None],
) -> None:
    silent = with_steps(cohort(), change)
    assert fit_model([silent], REFERENCE, QUICK, SEED) is None
    assert fit_model([silent], REFERENCE, QUICK, SEED, FACTORIZATION) is None


def test_a_cohort_without_people_or_posts_is_no_obstacle(scorer: ChanceScorer) -> None:
    empty = Cohort(
        class_year=2023, graduates=(), posts=(), outcomes=(), suitable=np.zeros((0, 0), np.bool_)
    )
    no_posts = replace(
        cohort(2023), posts=(), outcomes=(), suitable=np.zeros((60, 0), dtype=np.bool_)
    )
    for other in (empty, no_posts):
        with_other = fitted(other, cohort(2024), cohort(2025))
        assert contents(with_other) == contents(scorer)
        assert calibrate(scorer, other, REFERENCE).tolist() == [[1.0, 0.0]] * 3


def test_few_wishes_teach_the_factorization_alone() -> None:
    # One signing is enough for a factorization, and 29 wishes are too few for stages.
    base = cohort()
    kept = {
        (step.graduate_id, step.post_id) for step in base.outcomes if step.stage is S.INTERESTED
    }
    kept = set(sorted(kept)[: ENOUGH_ANSWERS - 1])
    few = with_steps(base, lambda s: s if (s.graduate_id, s.post_id) in kept else None)
    assert fit_model([few], REFERENCE, QUICK, SEED) is None
    assert isinstance(fit_model([few], REFERENCE, QUICK, SEED, FACTORIZATION), HybridScorer)


def test_a_stage_with_few_answers_has_one_chance_for_everybody() -> None:
    def without_most_ends(step: Outcome) -> Outcome | None:
        return None if step.stage is S.LEFT else step

    base = with_steps(cohort(), without_most_ends)
    n_stayed = sum(step.stage is S.RETAINED for step in base.outcomes)
    scorer = fitted(base)
    # All known answers are yes: log((n + 1) / (0 + 1)) by Laplace's rule.
    assert scorer.base[2] == pytest.approx(log(n_stayed + 1))
    assert not scorer.cells[:, 2].any()
    assert scorer.cells[:, :2].any(axis=0).all()


def test_of_a_stage_without_answers_half_is_said() -> None:
    ends = {S.RETAINED, S.LEFT}
    scorer = fitted(with_steps(cohort(), lambda s: None if s.stage in ends else s))
    # log((0 + 1) / (0 + 1)) = 0: one chance in two.
    assert scorer.base[2] == 0.0


def test_every_stage_says_what_its_trees_say(monkeypatch: pytest.MonkeyPatch) -> None:
    boosters: list[Any] = []

    def kept(*args: Any, **keywords: Any) -> Any:
        boosters.append(boost(*args, **keywords))
        return boosters[-1]

    monkeypatch.setattr(boosting, "boost", kept)
    base = cohort()
    scorer = fitted(base)
    day, known = date(2025, 6, 30), scorer.known_for()
    grid = pair_grid(base.graduates, base.posts, REFERENCE, day, records=known)
    n_graduates, n_posts = grid.n_graduates, grid.n_posts
    rows, columns = (each.ravel() for each in np.indices((n_graduates, n_posts)))
    edges = np.split(scorer.edges, scorer.edge_starts[1:-1])
    bins = binned(grid.of_pairs(rows, columns), edges)
    # Behind the features of a hiring stands the bin of a post that could have taken everybody.
    at_rest = np.full(len(bins), AT_REST, dtype=np.uint8)
    # First come the records and what is shown; then wants, hired and stays.
    for stage, booster in enumerate(boosters[-3:]):
        columns_met = np.column_stack([bins, at_rest])[:, : booster.num_feature()]
        expected = booster.predict(columns_met, raw_score=True).reshape(n_graduates, n_posts)
        assert scorer.log_odds(grid)[..., stage] == pytest.approx(expected, abs=1e-9)


def test_what_was_put_into_the_world_is_found(scorer: ChanceScorer) -> None:
    people = cohort(2026)
    grid = pair_grid(people.graduates, people.posts, REFERENCE, date(2026, 6, 30))
    wants, hired, stays = np.moveaxis(scorer.chances(grid), -1, 0)
    near = np.array(
        [[g.home_region == p.region_code for p in people.posts] for g in people.graduates]
    )
    skilled = np.array([(g.skill_level or 0) >= 3 for g in people.graduates])
    assert wants[near].mean() > 1.3 * wants[~near].mean()
    assert hired[skilled].mean() > 1.3 * hired[~skilled].mean()
    assert stays[near].mean() > 1.1 * stays[~near].mean()


# Equal data, equal bytes --------------------------------------------------------------------


def shuffled(base: Cohort, seed: int) -> Cohort:
    random = Random(seed)  # noqa: S311 - another order, not a secret
    rows, columns = (random.sample(range(n), n) for n in (len(base.graduates), len(base.posts)))
    return replace(
        base,
        graduates=tuple(base.graduates[i] for i in rows),
        posts=tuple(base.posts[j] for j in columns),
        outcomes=tuple(random.sample(base.outcomes, len(base.outcomes))),
        suitable=base.suitable[np.ix_(rows, columns)],
    )


@pytest.mark.parametrize("factorization", [None, FACTORIZATION])
def test_the_order_in_which_anything_came_is_not_in_the_bytes(
    factorization: TrainingSettings | None,
) -> None:
    suitable = np.random.default_rng(1).random((60, 15)) < 0.8
    one, other = replace(cohort(2024), suitable=suitable), cohort(2025)
    straight = fitted(one, other, factorization=factorization)
    mixed = fitted(shuffled(other, 7), shuffled(one, 8), factorization=factorization)
    assert contents(straight) == contents(mixed)
    assert straight.vocabulary() == mixed.vocabulary()
    year = cohort(2026)
    assert calibrate(straight, year, REFERENCE).tobytes() == (
        calibrate(mixed, shuffled(year, 9), REFERENCE).tobytes()
    )


def test_equal_data_and_seed_give_equal_bytes(scorer: ChanceScorer) -> None:
    again = fitted(cohort(2024), cohort(2025))
    assert contents(again) == contents(scorer)


def test_arrays_are_of_their_types(scorer: ChanceScorer) -> None:
    assert {name: array.dtype.name for name, array in scorer.arrays().items()} == {
        "edges": "float32",
        "edge_starts": "int32",
        "terms": "int32",
        "term_starts": "int32",
        "cells": "float64",
        "base": "float64",
        "calibration": "float64",
        "records": "float64",
    }
    assert scorer.calibration.tolist() == [[1.0, 0.0]] * 3
    assert len(scorer.edge_starts) == N_FEATURES + 1
    assert scorer.term_starts[-1] == len(scorer.cells)


# Leaks --------------------------------------------------------------------------------------


def test_a_planted_rank_or_channel_is_not_learned_from(scorer: ChanceScorer) -> None:
    # Every wanted pair is marked as shown first: a model that could see it would know all.
    wanted = {
        (step.graduate_id, step.post_id)
        for step in (*cohort(2024).outcomes, *cohort(2025).outcomes)
        if step.stage is S.INTERESTED
    }

    def mark(step: Outcome) -> Outcome:
        is_wanted = (step.graduate_id, step.post_id) in wanted
        return replace(step, shown_rank=1) if is_wanted else step

    planted = fitted(with_steps(cohort(2024), mark), with_steps(cohort(2025), mark))
    assert planted.names == tuple(FEATURES)
    assert contents(planted) == contents(scorer)


def test_planted_lists_describe_nobody() -> None:
    base = cohort()
    hired = [step for step in base.outcomes if step.stage is S.SIGNED]
    lists = tuple(replace(step, stage=S.RECOMMENDED, shown_rank=1) for step in hired)
    plain = with_steps(base, lambda s: None if s.stage is S.RECOMMENDED else s)
    before = stage_examples([plain], REFERENCE)
    after = stage_examples([replace(plain, outcomes=plain.outcomes + lists)], REFERENCE)
    for stage in STAGES:
        for field in ("values", "labels", "weights"):
            np.testing.assert_array_equal(
                getattr(before[stage], field), getattr(after[stage], field)
            )


def test_a_class_year_is_described_by_what_was_known_before_it() -> None:
    first, second = cohort(2024), cohort(2025)
    known = boosting._factorizations([first, second], REFERENCE, FACTORIZATION)
    assert known[0] is None
    assert len(known) == 3
    # What became of the second year, and of the third, changes nothing in what describes it.
    another = boosting._factorizations([first, cohort(2025, seed=9)], REFERENCE, FACTORIZATION)
    assert known[1] is not None
    assert another[1] is not None
    assert known[1].post_embeddings.tobytes() == another[1].post_embeddings.tobytes()
    at = list(FEATURES).index("similar")
    of_first = stage_examples([first], REFERENCE, known)["wants"].values[:, at]
    assert np.isnan(of_first).all()
    of_second = stage_examples([first, second], REFERENCE, known)["hired"].values[:, at]
    assert np.isnan(of_second).any()
    assert not np.isnan(of_second).all()


def test_without_settings_there_is_no_factorization(scorer: ChanceScorer) -> None:
    assert scorer.factorization is None
    with_one = fitted(cohort(2024), cohort(2025), factorization=FACTORIZATION)
    assert isinstance(with_one.factorization, HybridScorer)


# What was never shown -----------------------------------------------------------------------


def examples(first_feature: list[float], label: bool) -> Examples:
    values = np.zeros((len(first_feature), N_FEATURES), dtype=np.float32)
    values[:, 0] = first_feature
    n = len(first_feature)
    return Examples(
        values=values,
        labels=np.full(n, label),
        weights=np.full(n, 0.5, dtype=np.float32),
        cohorts=np.zeros(n, dtype=np.int32),
        groups=np.full((n, 3), "E1", dtype=np.object_),
        crowding=np.zeros(n, dtype=np.float32),
    )


def exposure(n_shown: int, unshown: list[float]) -> NDArray[np.float32]:
    """Weigh two sampled pairs of either kind, where officers only show kind 1."""
    wanted, unwanted = examples([1.0] * 3, True), examples([1.0, 1.0, 0.0, 0.0], False)
    stages = {
        "wants": Examples.joined([wanted, unwanted]),
        "shown": examples([1.0] * n_shown, True),
        "unshown": examples(unshown, False),
        "unwanted": unwanted,
    }
    edges = [bin_edges(np.array([0, 1], np.float32), 24)] * N_FEATURES
    return boosting._exposure_weights(stages, edges, SEED)


@pytest.mark.parametrize(
    ("n_shown", "unshown"), [(ENOUGH_SHOWN - 1, [0.0] * 300), (ENOUGH_SHOWN, [])]
)
def test_with_few_lists_on_record_all_posts_weigh_alike(n_shown: int, unshown: list[float]) -> None:
    assert exposure(n_shown, unshown).tolist() == [0.5] * 7


def test_what_is_never_shown_hardly_counts_as_not_wanted() -> None:
    weights = exposure(ENOUGH_SHOWN, [0.0] * ENOUGH_SHOWN)
    assert weights[:3].tolist() == [0.5] * 3  # whoever wanted it had seen it
    # Exposures near 1 and near 0 have the mean 1/2: relative 2, and 0 held at a tenth.
    assert weights[3:5] == pytest.approx([1.0, 1.0], rel=0.02)
    assert weights[5:] == pytest.approx([0.5 * LEAST_EXPOSURE] * 2)


def test_what_is_shown_now_and_then_counts_more_than_what_never_is() -> None:
    # Kind 1 stands in 300 shown and 300 unshown pairs, one in two; kind 0 in none. The trees
    # come near: were kind 0 quite at 0, the relative exposures would be 2 and, held, a tenth.
    weights = exposure(ENOUGH_SHOWN, [1.0] * ENOUGH_SHOWN + [0.0] * ENOUGH_SHOWN)
    assert weights[3:5] == pytest.approx([1.0, 1.0], rel=0.1)
    assert weights[5:] == pytest.approx([0.5 * LEAST_EXPOSURE] * 2, rel=0.1)


def test_what_a_trade_wanted_is_known_to_later_class_years_alone() -> None:
    # For this the trees know too little; whoever wants what, the trade has to tell.
    blind = dict.fromkeys(STAGES, StageSettings(n_rounds=1, min_in_leaf=10, learning_rate=1e-6))
    stages = stage_examples([cohort(2024), cohort(2025)], REFERENCE)
    known = boosting._learn_records(stages, blind, 1)
    wants = stages["wants"]
    told, is_first = wants.values[:, boosting.TRADE_RECORD], wants.cohorts == 0
    assert not told[is_first].any()
    own = np.array([TRADES[g.split("|")[0]][:7] == g.split("|")[1] for g in wants.groups[:, 1]])
    assert told[~is_first & own].min() > 0 > told[~is_first & ~own].max()
    assert known["焊接加工|6-18-02"] > 0 > known["焊接加工|6-31-01"]


def test_what_says_next_to_nothing_of_a_trade_is_left_out() -> None:
    known = fitted(cohort(2024), cohort(2025)).known_for().log_odds
    of_trades = [value for name, value in known.items() if "|" in name]
    assert of_trades
    assert min(map(abs, of_trades)) > LEAST


def test_sampled_pairs_come_behind_the_known_ones() -> None:
    found = stage_examples([cohort(2024), cohort(2025)], REFERENCE)
    n_unwanted = len(found["unwanted"].labels)
    assert n_unwanted > 0
    assert not found["unwanted"].labels.any()
    np.testing.assert_array_equal(found["wants"].values[-n_unwanted:], found["unwanted"].values)
    assert len(found["shown"].labels) == 2 * 60 * 8
    # Everybody of these cohorts has a list, so that all sampled pairs are of such people.
    assert len(found["unshown"].labels) == n_unwanted


def test_pairs_that_a_rule_forbids_are_not_sampled() -> None:
    base = cohort()
    nothing_else = replace(base, suitable=np.zeros_like(base.suitable))
    assert len(stage_examples([nothing_else], REFERENCE)["unwanted"].labels) == 0


# Calibration --------------------------------------------------------------------------------


def answers(labels: NDArray[np.bool_], weights: NDArray[np.float32] | None = None) -> Labelled:
    n = len(labels)
    return Labelled(
        rows=np.zeros(n, dtype=np.int32),
        columns=np.zeros(n, dtype=np.int32),
        labels=labels,
        weights=np.ones(n, dtype=np.float32) if weights is None else weights,
    )


@pytest.mark.parametrize(("n_yes", "n_no"), [(0, 0), (0, 900), (ENOUGH_ANSWERS - 1, 900), (900, 3)])
def test_few_answers_leave_the_odds_as_they_are(n_yes: int, n_no: int) -> None:
    labels = np.arange(n_yes + n_no) < n_yes
    odds = np.linspace(-3, 3, n_yes + n_no)
    assert boosting._platt(odds, answers(labels)) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("slope", "intercept", "spread"),
    [
        (1.0, 0.0, 1.0),
        (0.5, 0.3, 2.0),
        (1.5, -1.0, 1.0),
        # So far off that a whole step of Newton's method leads away for ever.
        (0.3, -1.0, 8.0),
        (0.25, 0.0, 20.0),
    ],
)
def test_a_known_slope_and_intercept_are_found(
    slope: float, intercept: float, spread: float
) -> None:
    rng = np.random.default_rng(6)
    odds = rng.normal(size=20_000) * spread
    labels = rng.random(20_000) < 1 / (1 + np.exp(-(slope * odds + intercept)))
    found = boosting._platt(odds, answers(labels))
    # The standard errors are about 0.03 at most.
    assert found == pytest.approx((slope, intercept), abs=0.1)


def test_two_kinds_of_pairs_by_hand() -> None:
    # Of 10,000 at log-odds 1, 7,311 say yes, as they should: log(.7311 / .2689) = 1.000. Of
    # 10,000 at -1, half do: log-odds 0. So slope + intercept = 1 and intercept - slope = 0.
    odds = np.repeat([1.0, -1.0], 10_000)
    labels = np.concatenate([np.arange(10_000) < 7_311, np.arange(10_000) < 5_000])
    assert boosting._platt(odds, answers(labels)) == pytest.approx((0.5, 0.5), abs=0.002)


def test_a_weight_of_two_is_two_answers() -> None:
    odds = np.linspace(-2, 2, 400)
    labels = np.random.default_rng(8).random(400) < 0.5
    doubled = answers(labels, np.full(400, 2, dtype=np.float32))
    twice = boosting._platt(np.tile(odds, 2), answers(np.tile(labels, 2)))
    assert boosting._platt(odds, doubled) == pytest.approx(twice, abs=1e-9)


def test_odds_that_say_nothing_keep_their_order_and_tell_the_truth_on_average() -> None:
    rng = np.random.default_rng(9)
    odds = 3 + rng.normal(size=5_000)
    labels = rng.random(5_000) < 0.4
    slope, intercept = boosting._platt(odds, answers(labels))
    assert slope == LEAST_SLOPE
    chances = 1 / (1 + np.exp(-(slope * odds + intercept)))
    assert chances.mean() == pytest.approx(labels.mean(), abs=0.01)


def by_grade(odds: dict[int, float], stage: int) -> ChanceScorer:
    """Give a scorer that knows the grade band alone, and only for one stage."""
    at = list(FEATURES).index("grade")
    cells = np.zeros((4, 3))
    # Bins: missing, bands up to 2, up to 4, above.
    for bin_number, value in odds.items():
        cells[bin_number, stage] = value
    starts = np.zeros(N_FEATURES + 1, dtype=np.int32)
    starts[at + 1 :] = 2
    return ChanceScorer(
        names=tuple(FEATURES),
        edges=np.array([2, 4], dtype=np.float32),
        edge_starts=starts,
        terms=np.array([[at, -1]], dtype=np.int32),
        term_starts=np.array([0, 4], dtype=np.int32),
        cells=cells,
        base=np.zeros(3),
        calibration=np.array([[1.0, 0.0]] * 3),
    )


def graded(stages: dict[tuple[int, bool], list[OutcomeStage]], n_yes: dict[int, int]) -> Cohort:
    """Give 500 people of band 1 and 500 of band 5, of whom some have the road of a yes."""
    graduates = tuple(
        make_graduate(graduate_id=f"G{band}-{i:03}", grade_band=band)
        for band in (1, 5)
        for i in range(500)
    )
    outcomes = tuple(
        make_outcome(
            graduate_id=graduate.graduate_id,
            stage=stage,
            reason=StepReason.SKILL if stage is S.REJECTED else None,
        )
        for i, graduate in enumerate(graduates)
        for stage in stages[graduate.grade_band or 0, i % 500 < n_yes[graduate.grade_band or 0]]
    )
    return Cohort(
        class_year=2026,
        graduates=graduates,
        posts=(make_post(headcount=2000),),
        outcomes=outcomes,
        suitable=np.ones((1000, 1), dtype=np.bool_),
    )


@pytest.mark.parametrize(
    ("stage", "slope", "yes", "no"),
    [
        (0, 1.0, [S.RECOMMENDED, S.INTERESTED], [S.RECOMMENDED]),
        (1, 1.95, [S.OFFERED], [S.REJECTED]),
        (2, 1.95, [S.STARTED, S.RETAINED], [S.STARTED, S.LEFT]),
    ],
)
def test_each_stage_is_compared_with_its_own_answers(
    stage: int, slope: float, yes: list[OutcomeStage], no: list[OutcomeStage]
) -> None:
    # The scorer says 1 and -1; 440 and 60 of 500 say yes: log(440 / 60) = 1.992. The prior
    # of 5 answers draws the slope towards 1 by 5 x 0.99 / (1000 x .88 x .12 + 5) = 0.045.
    # Of what people want only the level is learned.
    roads = {(band, is_yes): yes if is_yes else no for band in (1, 5) for is_yes in (True, False)}
    scorer = by_grade({1: 1.0, 3: -1.0}, stage)
    found = calibrate(scorer, graded(roads, {1: 440, 5: 60}), REFERENCE)
    assert found.shape == (3, 2)
    assert found[stage] == pytest.approx([slope, 0.0], abs=0.03)
    for other in {0, 1, 2} - {stage}:
        assert found[other].tolist() == [1.0, 0.0]


def test_wishes_outside_the_lists_do_not_make_lists_look_better() -> None:
    # All 500 of band 1 wanted the post by themselves; nobody was shown anything.
    stages = {(band, yes): [S.INTERESTED] for band in (1, 5) for yes in (True, False)}
    scorer = by_grade({1: 1.0, 3: -1.0}, 0)
    found = calibrate(scorer, graded(stages, {1: 500, 5: 500}), REFERENCE)
    assert found.tolist() == [[1.0, 0.0]] * 3


def test_calibrated_chances_meet_the_answers() -> None:
    yes, no = [S.OFFERED], [S.REJECTED]
    roads = {(band, is_yes): yes if is_yes else no for band in (1, 5) for is_yes in (True, False)}
    year = graded(roads, {1: 440, 5: 60})
    scorer = by_grade({1: 1.0, 3: -1.0}, 1)
    honest = replace(scorer, calibration=calibrate(scorer, year, REFERENCE))
    grid = pair_grid(year.graduates, year.posts, REFERENCE, date(2026, 6, 30))
    hired = honest.chances(grid)[:, 0, 1]
    assert hired[:500] == pytest.approx(0.88, abs=0.01)
    assert hired[500:] == pytest.approx(0.12, abs=0.01)
    # Uncalibrated it said 1 / (1 + e^-1) = 0.731.
    assert scorer.chances(grid)[0, 0, 1] == pytest.approx(1 / (1 + exp(-1)))
