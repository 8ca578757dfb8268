"""The checker finds of a draft what the draft says of itself, and how far it is from the best."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender import checker
from recommender.matching.draft import Draft
from recommender.matching.hand_certificate import hand_certificate
from recommender.matching.plan import make_plan
from recommender.model.scoring import Scorer
from tests.recommender.certificates import draw

N_DRAWN = 60


@pytest.fixture
def crosswalk(scorers: dict[str, Scorer]) -> Scorer:
    return scorers["crosswalk"]


def changed(scorer: Scorer, seed: int) -> Draft:
    """Decide a drawn market and move some people anywhere, or nowhere, at random."""
    drawn = draw(scorer, seed)
    plan = make_plan(drawn.market, pins=drawn.pins)
    draft = Draft(
        market=drawn.market, values=plan.values, pins=drawn.pins, floors=(), placed=plan.placed
    )
    chance = np.random.default_rng(seed)
    for _ in range(int(chance.integers(0, 4))):
        who = drawn.market.graduates[int(chance.integers(0, len(drawn.market.graduates)))]
        column = int(chance.integers(-1, len(drawn.market.posts)))
        where = None if column < 0 else drawn.market.posts[column].post_id
        draft = draft.move(who.graduate_id, where).draft
    return draft


def written(draft: Draft) -> Any:
    return json.loads(json.dumps(hand_certificate(draft)))


@pytest.mark.parametrize("field", ["total", "n_placed"])
def test_a_number_that_is_not_so_is_found(crosswalk: Scorer, field: str) -> None:
    document = written(changed(crosswalk, 2))
    document[field] += 1
    assert "count_wrong" in {fault.code for fault in checker.check(document)}


def test_more_than_prices_allow_is_not_proved(crosswalk: Scorer) -> None:
    for seed in range(N_DRAWN):
        draft = changed(crosswalk, seed)
        free = draft.placed[[g.graduate_id not in draft.pins.fixed for g in draft.market.graduates]]
        if draft.breaches or not (free >= 0).any() or draft.billionths == 0:
            continue
        document = written(draft)
        document["prices"] = [["P9", "open", 1]]  # no lot of this market
        assert "not_proved" in {fault.code for fault in checker.check(document)}
        return
    pytest.fail("no draft that could be told")


@pytest.mark.parametrize("seed", range(N_DRAWN))
def test_the_checker_finds_the_sum_and_nothing_that_the_draft_does_not_say(
    crosswalk: Scorer, seed: int
) -> None:
    draft = changed(crosswalk, seed)
    document = written(draft)
    faults = checker.check(document)
    assert document["total"] == draft.billionths
    wrong = {fault.about[0] for fault in faults if fault.code == "count_wrong"}
    assert not wrong & {"total", "n_placed"}
    assert "malformed" not in {fault.code for fault in faults}
    if not draft.breaches:
        assert faults == []
        assert checker.gap(document) >= 0
    else:
        assert faults


@pytest.mark.parametrize("seed", range(N_DRAWN))
def test_nothing_is_left_to_gain_where_nothing_was_moved(crosswalk: Scorer, seed: int) -> None:
    drawn = draw(crosswalk, seed)
    plan = make_plan(drawn.market, pins=drawn.pins)
    draft = Draft(
        market=drawn.market, values=plan.values, pins=drawn.pins, floors=(), placed=plan.placed
    )
    if not draft.breaches:
        assert checker.gap(written(draft)) == pytest.approx(0, abs=1e-9)


def test_who_could_take_a_place_that_is_left_is_told_so(crosswalk: Scorer) -> None:
    for seed in range(N_DRAWN):
        drawn = draw(crosswalk, seed)
        draft = replace(changed(crosswalk, seed), pins=replace(drawn.pins, fixed={}))
        for row, column in enumerate(draft.placed):
            who = draft.market.graduates[row].graduate_id
            if column < 0 or not draft.market.eligible[row, column]:
                continue
            document = written(draft.move(who, None).draft)
            if draft.places_left[column] == 0 and draft.lots[who][1] == "open":
                assert document["reasons"][who] == "place_left"
                return
    pytest.fail("nobody who could be told")
