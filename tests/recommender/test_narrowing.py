"""A few pairs of a large cohort give the best sum and the most people of all pairs."""

from __future__ import annotations

import json

import numpy as np
import pytest

from recommender import checker
from recommender.matching import narrowing
from recommender.matching.certificate import certificate
from recommender.matching.narrowing import narrowed
from recommender.matching.plan import make_plan
from recommender.model.scoring import Scorer
from tests.recommender.certificates import best_and_most, draw


@pytest.fixture(autouse=True)
def _every_cohort_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MANY", 0), ("FIRST", 1), ("MORE", 1), ("BLOCK", 3)):
        monkeypatch.setattr(narrowing, name, value)


def test_nobody_who_may_take_nothing_matters() -> None:
    values = np.zeros((2, 2), dtype=np.float32)
    ones = np.ones(2, dtype=np.int32)
    pairs = narrowed(values, np.arange(2, dtype=np.int32), values > 0, ones)
    assert (len(pairs), pairs.shape) == (0, (2, 2))


def test_who_is_outbid_at_their_best_is_looked_at_again() -> None:
    # All three want lot 0 most, which has one place; nobody wants lot 2 at all who may have 1.
    values = np.array([[0.9, 0.5, 0.1], [0.8, 0.6, 0.1], [0.7, 0.3, 0.1]], dtype=np.float32)
    lots, places = np.arange(3, dtype=np.int32), np.array([1, 2, 2], dtype=np.int32)
    pairs = narrowed(values, lots, values > 0, places)
    # 0.9 + 0.6 + 0.3 is more than what any other has; lot 2 stays out.
    assert set(pairs.columns.tolist()) == {0, 1}


def test_150_cohorts_are_decided_as_from_all_pairs(
    scorers: dict[str, Scorer], monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = 0
    for seed in range(150):
        drawn = draw(scorers["crosswalk"], seed)
        plan = make_plan(drawn.market, pins=drawn.pins)
        document = json.loads(json.dumps(certificate(drawn.market, plan, drawn.pins)))
        # The checker knows every pair, and so does brute force.
        assert checker.check(document) == [], seed
        told = document["total"], document["most"]
        assert best_and_most(document, drawn.failing) == told, seed
        with monkeypatch.context() as usual:
            usual.setattr(narrowing, "MANY", 10**9)
            every = make_plan(drawn.market, pins=drawn.pins).lots.pairs
        left_out += len(plan.lots.pairs) < len(every)
    assert left_out >= 60
