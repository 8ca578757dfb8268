"""A scorer laid over posts: the same scores as from matrices, and parts that add up."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.domain import Graduate, Post
from recommender.matching.board import ChanceBoard, Chances, FeatureBoard, open_board
from recommender.matching.ranking import Part, largest_parts
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.features import feature_matrix, graduate_features, post_features
from recommender.model.pairs import FEATURES, pair_grid
from recommender.model.records import Records
from recommender.model.scoring import HybridScorer, Scorer
from tests.builders import (
    DAY,
    SmallWorld,
    make_agreement,
    make_full_graduate,
    make_full_post,
    make_graduate,
    make_post,
    make_reference,
)

REFERENCE = replace(make_reference(), agreements=(make_agreement(),))
ASPECTS = set(FEATURES.values())


def stages(seed: int = 1, factorization: HybridScorer | None = None) -> ChanceScorer:
    """Give a scorer with a table of every feature and one of each with the next, at random."""
    rng = np.random.default_rng(seed)
    n = len(FEATURES)
    terms = [(i, -1) for i in range(n)] + [(i, i + 1) for i in range(n - 1)]
    # One edge each, at 0.5: bins are missing, up to it, above it.
    n_cells = [3 if second < 0 else 9 for _, second in terms]
    return ChanceScorer(
        names=tuple(FEATURES),
        edges=np.full(n, 0.5, dtype=np.float32),
        edge_starts=np.arange(n + 1, dtype=np.int32),
        terms=np.array(terms, dtype=np.int32),
        term_starts=np.concatenate([[0], np.cumsum(n_cells)]).astype(np.int32),
        cells=rng.normal(size=(sum(n_cells), 3)) / 4,
        base=rng.normal(size=3),
        calibration=np.array([[1.1, 0.2], [0.7, -0.5], [0.9, 0.1]]),
        factorization=factorization,
    )


def people() -> tuple[Graduate, ...]:
    return (
        make_graduate(),
        make_full_graduate(graduate_id="G2"),
        make_graduate(graduate_id="G3", trade="没人听过的专业", home_region=None, skill_level=None),
    )


def offered() -> tuple[Post, ...]:
    return (
        make_post(),
        make_full_post(post_id="P2"),
        make_post(post_id="P3", region_code="379999", occupation_code="4-10-01-03"),
    )


def board(seed: int = 1, day: date = DAY) -> ChanceBoard:
    return ChanceBoard(stages(seed), offered(), REFERENCE, day)


# Nobody and nothing -------------------------------------------------------------------------


def test_nobody_before_no_posts_has_no_scores(scorer: Scorer) -> None:
    for one in (stages(), scorer):
        assert open_board(one, offered(), REFERENCE, DAY).scores([]).shape == (0, 3)
        assert open_board(one, (), REFERENCE, DAY).scores(people()).shape == (3, 0)


def test_an_order_alone_has_no_chances(scorer: Scorer, small_world: SmallWorld) -> None:
    laid = open_board(scorer, small_world.posts, small_world.reference, DAY)
    assert isinstance(laid, FeatureBoard)
    assert laid.chances(small_world.graduates[0], 0) is None


# The factorization and plain rules ----------------------------------------------------------


def test_a_board_of_features_scores_as_the_matrices_do(
    scorer: Scorer, small_world: SmallWorld
) -> None:
    reference = small_world.reference
    graduates = feature_matrix(
        [graduate_features(each, reference) for each in small_world.graduates],
        scorer.graduate_names,
    )
    posts = feature_matrix(
        [post_features(each, reference) for each in small_world.posts], scorer.post_names
    )
    laid = open_board(scorer, small_world.posts, reference, DAY)
    found = laid.scores(small_world.graduates)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, scorer.scores(graduates, posts))
    for row, graduate in enumerate(small_world.graduates):
        np.testing.assert_array_equal(laid.scores([graduate])[0], found[row])
        for column in range(len(small_world.posts)):
            parts = laid.parts(graduate, column)
            total = sum(part.contribution for part in parts)
            assert total == pytest.approx(found[row, column], abs=1e-5)


def test_the_crosswalk_by_hand(scorers: dict[str, Scorer], small_world: SmallWorld) -> None:
    laid = open_board(scorers["crosswalk"], small_world.posts, small_world.reference, DAY)
    (welder,) = (each for each in small_world.graduates if each.graduate_id == "G6")
    # A welder of Jining: the welder's post in Jining before that in Weifang, and both before
    # all others.
    here, elsewhere, *others = laid.scores([welder])[0]
    assert here > elsewhere > max(others)


# Chances ------------------------------------------------------------------------------------


def test_a_board_of_chances_scores_as_the_grid_does() -> None:
    laid = open_board(stages(), offered(), REFERENCE, DAY)
    assert isinstance(laid, ChanceBoard)
    found = laid.scores(people())
    grid = pair_grid(people(), offered(), REFERENCE, DAY, records=Records({}))
    assert found.dtype == np.float32
    assert found.shape == (3, 3)
    np.testing.assert_array_equal(found, stages().scores(grid))
    for row, graduate in enumerate(people()):
        np.testing.assert_array_equal(laid.scores([graduate])[0], found[row])


def test_the_score_is_the_product_of_the_chances() -> None:
    laid = board()
    scores = laid.scores(people())
    for row, graduate in enumerate(people()):
        for column in range(3):
            chances = laid.chances(graduate, column)
            assert isinstance(chances, Chances)
            whole = chances.wants * chances.hired * chances.stays
            assert whole == pytest.approx(scores[row, column], rel=1e-6)
            assert min(chances.wants, chances.hired, chances.stays) > 0
            assert max(chances.wants, chances.hired, chances.stays) < 1


@given(st.integers(0, 5_000), st.integers(0, 2), st.integers(0, 2))
def test_the_parts_of_a_stage_and_its_base_are_its_log_odds(
    seed: int, row: int, column: int
) -> None:
    scorer, graduate = stages(seed), people()[row]
    laid = ChanceBoard(scorer, offered(), REFERENCE, DAY)
    odds = scorer.log_odds(pair_grid([graduate], offered(), REFERENCE, DAY, records=Records({})))[
        0, column
    ]
    parts = laid.parts(graduate, column)
    for number, stage in enumerate(STAGES):
        own = [part.contribution for part in parts if part.code.startswith(f"{stage}.")]
        assert scorer.base[number] + sum(own) == pytest.approx(odds[number], abs=1e-6)
    # Each aspect of each stage once, the largest first, and nothing beside them.
    codes = [part.code for part in parts]
    assert len(set(codes)) == len(codes)
    assert set(codes) <= {f"{stage}.{aspect}" for stage in STAGES for aspect in ASPECTS}
    sizes = [abs(part.contribution) for part in parts]
    assert sizes == sorted(sizes, reverse=True)


def test_what_several_features_say_of_one_aspect_is_one_part() -> None:
    # Tables of the weights at three widths alone; bins are missing, up to 0.5, above.
    n = len(FEATURES)
    at = list(FEATURES).index("occupation_weight")
    scorer = replace(
        stages(),
        terms=np.array([[at, -1], [at + 1, -1], [at + 2, -1]], dtype=np.int32),
        term_starts=np.array([0, 3, 6, 9], dtype=np.int32),
        cells=np.array(
            [
                *([9, 9, 9], [0, 0, 0], [0.5, 0.0, -1.0]),
                *([9, 9, 9], [0, 0, 0], [0.25, 0.0, 0.25]),
                *([9, 9, 9], [0, 0, 0], [0.125, 0.0, 0.5]),
            ]
        ),
        edge_starts=np.arange(n + 1, dtype=np.int32),
    )
    laid = ChanceBoard(scorer, offered(), REFERENCE, DAY)
    # A welder before a welder's post: all three weights are 1. What adds nothing is no part.
    assert laid.parts(make_graduate(), 0) == [
        Part("wants.trade_occupation", 0.875),
        Part("stays.trade_occupation", -0.25),
    ]
    # Before the nursery's post they are 0.
    assert laid.parts(make_graduate(), 2) == []


def test_what_is_the_same_for_every_post_is_no_reason() -> None:
    shown = largest_parts(board().parts(make_full_graduate(), 1), 100)
    assert shown
    assert not [part for part in shown if part.code.endswith("_any")]


def test_the_day_decides_which_agreements_run() -> None:
    during, after = board(), board(day=date(2026, 7, 1))
    with_college, without = (
        {part.code: part.contribution for part in laid.parts(make_graduate(), 0)}
        for laid in (during, after)
    )
    assert with_college["wants.college_enterprise"] != without["wants.college_enterprise"]


def test_what_was_asked_before_changes_no_answer() -> None:
    laid = board()
    first = [laid.parts(graduate, 0) for graduate in people()]
    for i in range(20):  # more people than are remembered
        laid.scores([make_graduate(graduate_id=f"G{i + 10}", grade_band=i % 5 + 1)])
    assert [laid.parts(graduate, 0) for graduate in people()] == first


def test_one_graduate_told_anew_is_another() -> None:
    laid = board()
    before = laid.parts(make_graduate(), 0)
    assert laid.parts(make_graduate(grade_band=1), 0) != before


# Where similar graduates went ---------------------------------------------------------------


def test_the_factorization_tells_where_similar_graduates_went(
    scorers: dict[str, Scorer], small_world: SmallWorld
) -> None:
    known = scorers["model"]
    assert isinstance(known, HybridScorer)
    scorer = replace(stages(), factorization=known)
    posts, reference = small_world.posts, small_world.reference
    similar = FeatureBoard(known, posts, reference).scores(small_world.graduates)
    grid = pair_grid(
        small_world.graduates, posts, reference, DAY, similar=similar, records=Records({})
    )
    laid = ChanceBoard(scorer, posts, reference, DAY)
    np.testing.assert_array_equal(laid.scores(small_world.graduates), scorer.scores(grid))
    odds = scorer.log_odds(grid)
    for row, graduate in enumerate(small_world.graduates):
        parts = laid.parts(graduate, 0)
        for number, stage in enumerate(STAGES):
            own = sum(p.contribution for p in parts if p.code.startswith(f"{stage}."))
            assert scorer.base[number] + own == pytest.approx(odds[row, 0, number], abs=1e-6)


# To another process -------------------------------------------------------------------------


def test_a_board_travels_to_another_process(
    scorers: dict[str, Scorer], small_world: SmallWorld
) -> None:
    known = scorers["model"]
    assert isinstance(known, HybridScorer)
    for scorer in (stages(), replace(stages(), factorization=known), *scorers.values()):
        laid = open_board(scorer, small_world.posts, small_world.reference, DAY)
        laid.parts(small_world.graduates[0], 0)  # so that there is something to remember
        again = pickle.loads(pickle.dumps(laid))  # noqa: S301 - our own bytes
        assert type(again) is type(laid)
        np.testing.assert_array_equal(
            again.scores(small_world.graduates), laid.scores(small_world.graduates)
        )
        for graduate in small_world.graduates:
            assert again.parts(graduate, 2) == laid.parts(graduate, 2)
            assert again.chances(graduate, 2) == laid.chances(graduate, 2)
