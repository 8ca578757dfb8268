"""Floors of agreements are kept, or whole classes go or stay; and how good that is, is proved."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from recommender import checker
from recommender.errors import FloorsConflict
from recommender.matching.certificate import certificate
from recommender.matching.floors import Floor
from recommender.matching.plan import Floors, make_plan
from recommender.model.scoring import Scorer
from tests.recommender.certificates import Document, Drawn, choices, draw, places

WAYS = ["keep", "whole"]


@pytest.fixture
def crosswalk(scorers: dict[str, Scorer]) -> Scorer:
    return scorers["crosswalk"]


def floors_over(drawn: Drawn, seed: int) -> tuple[Floor, ...]:
    """Draw two agreements over some of the people and posts."""
    chance = np.random.default_rng(seed)
    n_people, n_posts = drawn.market.eligible.shape
    return tuple(
        Floor(
            agreement_id=name,
            floor=int(chance.integers(1, 3)),
            n_served=int(chance.random() < 0.2),
            members=np.flatnonzero(chance.random(n_people) < 0.7).astype(np.int32),
            posts=np.flatnonzero(chance.random(n_posts) < 0.6).astype(np.int32),
        )
        for name in ("A1", "A2")
    )


def certified(drawn: Drawn, floors: Floors) -> Document:
    plan = make_plan(drawn.market, pins=drawn.pins, floors=floors)
    written: Document = json.loads(json.dumps(certificate(drawn.market, plan, drawn.pins)))
    return written


def every_assignment(document: Document, drawn: Drawn) -> Iterator[dict[str, tuple[str, str]]]:
    """Try every assignment that rules, places and decisions allow."""
    able = list(choices(document, drawn.failing).items())

    def rest(
        number: int, left: dict[tuple[str, str], int], placed: dict[str, tuple[str, str]]
    ) -> Iterator[dict[str, tuple[str, str]]]:
        if number == len(able):
            yield placed
            return
        who, lots = able[number]
        for lot in lots:
            if lot is None:
                yield from rest(number + 1, left, placed)
            elif left[lot]:
                after = left | {lot: left[lot] - 1}
                yield from rest(number + 1, after, placed | {who: lot})

    yield from rest(0, places(document), {})


def best_with_floors(
    document: Document, drawn: Drawn, floors: tuple[Floor, ...], way: str
) -> int | None:
    """Give the largest sum of all that keep the floors; None where none does."""
    people = [each.graduate_id for each in drawn.market.graduates]
    posts = [each.post_id for each in drawn.market.posts]
    decided = {who for who, lots in choices(document, drawn.failing).items() if None not in lots}
    best = None
    for placed in every_assignment(document, drawn):
        for floor in floors:
            members = {people[row] for row in floor.members}
            there = {who for who, (post, _) in placed.items() if who in members}
            at = {posts[column] for column in floor.posts}
            there = {who for who in there if placed[who][0] in at}
            is_reached = floor.n_served + len(there) >= floor.floor
            if not is_reached and (way == "keep" or there - decided):
                break
        else:
            total = sum(document["values"][who][post] for who, (post, _) in placed.items())
            best = total if best is None else max(best, total)
    return best


def small_enough(drawn: Drawn) -> bool:
    return len(drawn.market.graduates) <= 5 and len(drawn.market.posts) <= 3


@pytest.mark.parametrize("way", WAYS)
def test_brute_force_agrees_on_small_markets_with_floors(crosswalk: Scorer, way: str) -> None:
    kept = refused = lost = 0
    for seed in range(220):
        drawn = draw(crosswalk, seed)
        if not small_enough(drawn):
            continue
        floors = floors_over(drawn, seed)
        without = drawn.certified()
        expected = best_with_floors(without, drawn, floors, way)
        try:
            document = certified(drawn, Floors(way=way, of=floors))
        except FloorsConflict as conflict:
            assert expected is None, seed
            refused += 1
            for left_out in conflict.agreement_ids:
                others = tuple(e for e in floors if e.agreement_id in conflict.agreement_ids)
                others = tuple(e for e in others if e.agreement_id != left_out)
                certified(drawn, Floors(way=way, of=others))
            continue
        # Which classes go is found on fractions, which see no billionths.
        assert expected is not None
        assert 0 <= expected - document["total"] <= (1000 if way == "whole" else 0), seed
        assert checker.check(document) == [], seed
        assert 0 <= checker.gap(document) <= 1, seed
        kept += 1
        lost += document["total"] < without["total"]
    assert kept >= 15
    assert lost >= 2
    assert (refused >= 10) == (way == "keep")


@pytest.mark.parametrize("way", WAYS)
def test_a_floor_missed_or_a_bound_below_the_truth_is_refused(crosswalk: Scorer, way: str) -> None:
    refused = 0
    for seed in range(2000):
        drawn = draw(crosswalk, seed)
        floors = floors_over(drawn, seed)
        try:
            document = certified(drawn, Floors(way=way, of=floors))
        except FloorsConflict:
            continue
        if "bound" not in document:
            continue
        lower = copy.deepcopy(document)
        lower["bound"] -= 1
        assert "not_proved" in {fault.code for fault in checker.check(lower)}
        dearer = copy.deepcopy(document)
        a_leaf(dearer["proof"])["floor_prices"] = {floors[0].agreement_id: -1}
        assert "not_proved" in {fault.code for fault in checker.check(dearer)}
        changed = leave_one_out(document, floors[0].agreement_id)
        if changed is not None:
            assert "floor_missed" in {fault.code for fault in checker.check(changed)}, seed
            refused += 1
        if refused == 10:
            return
    raise AssertionError(f"only {refused} of 10 could be made")


def a_leaf(proof: Document) -> Document:
    return a_leaf(proof["goes"]) if "fork" in proof else proof


def leave_one_out(document: Document, agreement_id: str) -> Document | None:
    """Take a member away by whom a floor is just reached, with counts told rightly."""
    changed: Any = copy.deepcopy(document)
    (floor,) = (each for each in changed["floors"] if each["agreement"] == agreement_id)
    there = [
        who
        for who, (post, _) in changed["placed"].items()
        if who in floor["members"] and post in floor["posts"]
    ]
    fixed = dict(document["fixed"])
    free = [w for w in there if w not in fixed and changed["placed"][w][1] != "held"]
    if len(there) + floor["served"] != floor["floor"] or len(free) < 2:
        return None
    post = changed["placed"].pop(free[0])[0]
    changed["total"] -= changed["values"][free[0]][post]
    changed["n_placed"] -= 1
    changed["reasons"][free[0]] = "no_place_left"
    return changed
