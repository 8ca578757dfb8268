"""What a side stated at a fair comes before what a model thinks of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender import checker
from recommender.domain import Interest, InterestSide
from recommender.matching.certificate import certificate
from recommender.matching.eligibility import Standing
from recommender.matching.market import Market, open_market
from recommender.matching.plan import make_plan
from recommender.matching.wishes import Wishes, gather
from recommender.model.scoring import Scorer
from tests.builders import DAY, make_graduate, make_post, make_reference


@pytest.fixture
def market(scorers: dict[str, Scorer]) -> Market:
    """Give three who all want P1 and P2 in this order; each post has a place."""
    people = [make_graduate(graduate_id=f"G{n}") for n in range(3)]
    posts = [make_post(post_id=f"P{n}", headcount=1) for n in (1, 2)]
    opened = open_market(scorers["crosswalk"], people, posts, Standing(), make_reference(), DAY)
    # A graduate's percentiles are 1 and 1/2 then, so that enterprises tie and hashes decide.
    return replace(opened, scores=np.array([[2, 1]] * 3, dtype=np.float32))


def placed(market: Market, wishes: Wishes, way: str = "enterprises") -> dict[str, str]:
    plan = make_plan(market, way=way, wishes=wishes)
    document: Any = json.loads(json.dumps(certificate(market, plan, None, wishes)))
    assert checker.check(document) == []
    return {
        market.graduates[row].graduate_id: market.posts[post].post_id
        for row, post in enumerate(plan.placed)
        if post != -1
    }


@pytest.mark.parametrize("first", ["G0", "G1", "G2"])
@pytest.mark.parametrize("way", ["graduates", "enterprises"])
def test_whom_an_enterprise_ranks_first_comes_first(market: Market, first: str, way: str) -> None:
    others = sorted({"G0", "G1", "G2"} - {first})
    ranks: dict[tuple[str, str], int | None] = {(first, "P1"): 1, (others[1], "P1"): 2}
    found = placed(market, Wishes(enterprises=ranks), way)
    assert found[first] == "P1"


def test_whom_it_wants_without_a_rank_comes_after_those_and_before_the_rest(
    market: Market,
) -> None:
    # P1's second choice is for whom it merely wants, since its first is not to be had there.
    wants: dict[tuple[str, str], int | None] = {("G2", "P1"): 1, ("G1", "P1"): None}
    own: dict[tuple[str, str], int | None] = {("G2", "P2"): 1}
    only = Wishes(enterprises=wants | {("G2", "P2"): 5}, graduates=own)
    assert placed(market, only) == {"G1": "P1", "G2": "P2"}


def test_a_graduates_own_rank_comes_before_the_model(market: Market) -> None:
    own: dict[tuple[str, str], int | None] = {("G0", "P2"): 1}
    ranks: dict[tuple[str, str], int | None] = {("G0", "P1"): 1, ("G0", "P2"): 1}
    found = placed(market, Wishes(graduates=own, enterprises=ranks), "graduates")
    assert found["G0"] == "P2"


def test_wishes_of_others_and_for_nothing_on_offer_change_nothing(market: Market) -> None:
    far: dict[tuple[str, str], int | None] = {("G9", "P1"): 1, ("G0", "P9"): 1}
    assert placed(market, Wishes(enterprises=far)) == placed(market, Wishes())


def test_of_several_fairs_the_best_rank_counts() -> None:
    at = {"graduate_id": "G1", "post_id": "P1", "side": InterestSide.ENTERPRISE}
    fairs = [Interest(fair_id=f"F{n}", rank=rank, **at) for n, rank in enumerate([3, None, 2])]
    other = replace(fairs[0], side=InterestSide.GRADUATE, rank=None)
    found = gather([*fairs, other])
    assert found == Wishes(enterprises={("G1", "P1"): 2}, graduates={("G1", "P1"): None})


def test_a_certificate_that_ranks_otherwise_than_stated_is_refused(market: Market) -> None:
    wishes = Wishes(enterprises={("G1", "P1"): 1})
    plan = make_plan(market, way="graduates", wishes=wishes)
    document: Any = json.loads(json.dumps(certificate(market, plan, None, wishes)))
    document["stated"]["posts"] = [["G0", "P1", 1], ["G1", "P1", 2], ["G2", "P1", 3]]
    expected = document["ranks"]["posts"]["P1"] != ["G0", "G1", "G2"]
    assert expected
    assert "stated_otherwise" in {fault.code for fault in checker.check(document)}
