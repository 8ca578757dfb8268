"""Methods that know only identities, used where every graduate and every post is new."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from recommender.domain import Outcome, OutcomeStage
from recommender.evaluation.collaborative import ItemKnnSettings, item_knn
from recommender.evaluation.neighbours import Matrix, by_trade
from recommender.matching.board import open_board
from tests.builders import (
    OTHER_CREDIT_CODE,
    make_graduate,
    make_outcome,
    make_post,
    make_reference,
)

WELDER, CUTTER = "6-18-02-04", "6-18-01-11"
POSTS = (
    make_post(post_id="P1"),
    make_post(post_id="P2", credit_code=OTHER_CREDIT_CODE),
    make_post(post_id="P3", occupation_code=CUTTER),
)


def passed_through(known: Matrix, asked: Matrix) -> NDArray[np.float32]:
    return np.asarray(asked.toarray(), dtype=np.float32)


def retained(graduate_id: str, post_id: str) -> Outcome:
    return make_outcome(
        graduate_id=graduate_id,
        post_id=post_id,
        stage=OutcomeStage.RETAINED,
        date=date(2025, 12, 30),
    )


@pytest.mark.parametrize("consent", [True, False])
def test_without_a_step_of_somebody_who_consents_there_is_nothing(consent: bool) -> None:
    graduate = make_graduate(consent=consent)
    steps = [] if consent else [retained("G1", "P1")]
    assert by_trade(passed_through, [graduate], POSTS, steps, make_reference()) is None


def test_a_trade_is_the_mean_of_its_people_and_an_enterprise_falls_back() -> None:
    graduates = [make_graduate(graduate_id="G1"), make_graduate(graduate_id="G2")]
    steps = [retained("G1", "P1"), retained("G2", "P2"), retained("G2", "P3")]
    reference = make_reference()
    table = by_trade(passed_through, graduates, POSTS, steps, reference)
    assert table is not None
    stranger = make_post(post_id="P4", credit_code="91370000MA3X00009Y", enterprise="新企业")
    posts = (*POSTS, stranger)
    found = open_board(table, posts, reference, date(2026, 5, 1)).scores(
        [make_graduate(graduate_id="G9", class_year=2026)]
    )
    # Two people, each of weight 1 on their own: one half for every item; the mean over the
    # welders' two enterprises is one half, too, and that is what a new enterprise has.
    np.testing.assert_allclose(found, [[0.5, 0.5, 0.5, 0.5]], atol=1e-6)


def test_a_trade_that_nobody_knows_scores_alike_everywhere() -> None:
    reference = make_reference()
    table = by_trade(passed_through, [make_graduate()], POSTS, [retained("G1", "P1")], reference)
    assert table is not None
    found = open_board(table, POSTS, reference, date(2026, 5, 1)).scores(
        [make_graduate(trade="幼儿教育")]
    )
    assert found.tolist() == [[0, 0, 0]]


def test_what_goes_with_what_is_learned_over_people() -> None:
    graduates = [make_graduate(graduate_id=f"G{n}") for n in range(4)]
    graduates.append(make_graduate(graduate_id="G9", trade="电气设备安装与维修"))
    # Everybody who welds at the first enterprise also cuts there.
    steps = [retained(f"G{n}", post) for n in range(4) for post in ("P1", "P3")]
    steps += [retained("G9", "P3"), retained("G0", "P2")]
    reference = make_reference()

    def method(known: Matrix, asked: Matrix) -> NDArray[np.float32]:
        return item_knn(sparse.csr_array(known), ItemKnnSettings(shrink=0.0), asked)

    table = by_trade(method, graduates, POSTS, steps, reference)
    assert table is not None
    found = open_board(table, POSTS, reference, date(2026, 5, 1)).scores(
        [make_graduate(graduate_id="X", trade="电气设备安装与维修")]
    )
    # The electrician's trade only ever cut; welding where the cutters also weld comes first.
    assert found[0, 0] > found[0, 1]
