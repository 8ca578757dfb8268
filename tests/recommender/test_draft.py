"""A move is answered at once, and as the checker would answer it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from recommender import checker
from recommender.domain import Graduate, Post, SkillLevel
from recommender.errors import NotFound
from recommender.matching.draft import Breach, Draft
from recommender.matching.eligibility import Reserved, Standing
from recommender.matching.floors import floors_of
from recommender.matching.market import open_market
from recommender.matching.plan import Pins, make_plan
from recommender.model.scoring import Scorer
from tests.builders import (
    CREDIT_CODE,
    DAY,
    make_agreement,
    make_graduate,
    make_post,
    make_reference,
)
from tests.recommender.certificates import draw

# What the checker says of an assignment itself, by the words of a draft.
SAME = {
    "overfilled": {"overfilled", "reserved"},
    "barred": {"barred"},
    "pin_broken": {"pin_broken"},
    "hold_broken": {"hold_broken"},
}


@pytest.fixture
def crosswalk(scorers: dict[str, Scorer]) -> Scorer:
    return scorers["crosswalk"]


def draft_of(
    scorer: Scorer,
    people: Sequence[Graduate],
    posts: Sequence[Post],
    standing: Standing | None = None,
    pins: Pins | None = None,
    placed: dict[str, str] | None = None,
) -> Draft:
    market = open_market(scorer, people, posts, standing or Standing(), make_reference(), DAY)
    plan = make_plan(market)
    agreements = [make_agreement(agreement_id="A1", floor=2, class_year=2026)]
    draft = Draft(
        market=market,
        values=plan.values,
        pins=pins or Pins(),
        floors=floors_of(market, agreements),
        placed=plan.placed,
    )
    return draft.holding(placed or {})


def breach(code: str, *about: str) -> Breach:
    return Breach(code=code, about=about)


def test_a_move_of_who_or_to_what_is_not_there_is_refused(crosswalk: Scorer) -> None:
    draft = draft_of(crosswalk, [make_graduate()], [make_post()])
    for who, where in (("G9", "P1"), ("G1", "P9")):
        with pytest.raises(NotFound):
            draft.move(who, where)
        with pytest.raises(NotFound):
            draft.holding({who: where})


def test_a_move_against_a_rule_names_the_rule_and_is_worth_nothing(crosswalk: Scorer) -> None:
    people = [make_graduate(graduate_id="G0", skill_level=None)]
    posts = [make_post(min_level=SkillLevel.SENIOR_WORKER)]
    moved = draft_of(crosswalk, people, posts).move("G0", "P1")
    assert moved.broken == (breach("level", "G0", "P1"),)
    assert (moved.total, moved.n_placed) == (0, 1)


def test_one_too_many_is_said_with_the_post_and_mended_by_moving_away(crosswalk: Scorer) -> None:
    people = [make_graduate(graduate_id=f"G{n}") for n in range(3)]
    posts = [make_post(headcount=2), make_post(post_id="P2")]
    draft = draft_of(crosswalk, people, posts, placed={"G0": "P1", "G1": "P1"})
    moved = draft.move("G2", "P1")
    assert moved.broken == (breach("overfilled", "P1", "1"),)
    away = moved.draft.move("G0", "P2")
    assert (away.broken, away.mended) == ((), moved.broken)
    # Two at P1 and one at P2: each post is worth 1 or 1/2 to each (percentiles of two posts).
    values = away.draft.values
    assert away.total == pytest.approx(float(values[0, 1] + values[1, 0] + values[2, 0]))
    assert draft.move("G0", None).n_placed == 1


def test_a_members_place_is_for_members_whoever_came_first(crosswalk: Scorer) -> None:
    # P1 has two places, one of them for G2. G0 and G1 are one too many; G2 may come instead.
    kept = Reserved(
        agreement_id="A1", places=1, members=frozenset({"G2"}), returns_on=date(2026, 6, 30)
    )
    people = [make_graduate(graduate_id=f"G{n}") for n in range(3)]
    standing = Standing(reserved={"P1": (kept,)})
    draft = draft_of(crosswalk, people, [make_post()], standing, placed={"G0": "P1"})
    assert draft.move("G1", "P1").broken == (breach("reserved", "P1", "1"),)
    with_member = draft.move("G2", "P1")
    assert with_member.broken == ()
    assert with_member.draft.lots == {"G0": ("P1", "open"), "G2": ("P1", "A1")}
    assert with_member.draft.move("G1", "P1").broken == (breach("overfilled", "P1", "1"),)


def test_members_of_two_agreements_make_room_for_each_other(crosswalk: Scorer) -> None:
    # Each of two agreements keeps one place. G0 is of both, G1 of A1 only: G0 takes A2's.
    kept = [
        Reserved(agreement_id=name, places=1, members=who, returns_on=date(2026, 6, 30))
        for name, who in (("A1", frozenset({"G0", "G1"})), ("A2", frozenset({"G0"})))
    ]
    people = [make_graduate(graduate_id=f"G{n}") for n in range(2)]
    standing = Standing(reserved={"P1": tuple(kept)})
    draft = draft_of(crosswalk, people, [make_post()], standing, placed={"G0": "P1"})
    moved = draft.move("G1", "P1")
    assert moved.broken == ()
    assert moved.draft.lots == {"G0": ("P1", "A2"), "G1": ("P1", "A1")}


def test_what_was_decided_before_is_missed_where_a_move_undoes_it(crosswalk: Scorer) -> None:
    people = [make_graduate(graduate_id=f"G{n}") for n in range(3)]
    posts = [make_post(), make_post(post_id="P2", headcount=3)]
    standing = Standing(held={"P1": frozenset({"G0"})})
    pins = Pins(fixed={"G1": "P2"}, barred={("G2", "P1")})
    placed = {"G0": "P1", "G1": "P2", "G2": "P2"}
    draft = draft_of(crosswalk, people, posts, standing, pins, placed)
    assert draft.breaches == ()
    assert draft.move("G0", "P2").broken == (breach("hold_broken", "G0", "P1"),)
    assert draft.move("G1", None).broken == (breach("pin_broken", "G1", "P2"),)
    assert draft.move("G2", "P1").broken == (breach("barred", "G2", "P1"),)


def test_a_floor_that_a_move_leaves_is_told_with_how_many_are_there(crosswalk: Scorer) -> None:
    people = [make_graduate(graduate_id=f"G{n}", order_class=CREDIT_CODE) for n in range(2)]
    draft = draft_of(crosswalk, people, [make_post()], placed={"G0": "P1", "G1": "P1"})
    assert draft.breaches == ()
    assert draft.move("G0", None).broken == (breach("floor_missed", "A1", "1", "2"),)


def test_300_drafts_break_what_the_checker_says_and_are_worth_as_much(crosswalk: Scorer) -> None:
    broken = 0
    for seed in range(300):
        drawn, chance = draw(crosswalk, seed), np.random.default_rng(seed)
        market, document = drawn.market, drawn.certified()
        plan = make_plan(market, pins=drawn.pins)
        draft = Draft(
            market=market, values=plan.values, pins=drawn.pins, floors=(), placed=plan.placed
        )
        assert draft.breaches == ()
        assert round(draft.total * checker.SCALE) == document["total"]
        for _ in range(3):
            able = np.argwhere(market.eligible)
            if not len(able):
                break
            row, column = able[int(chance.integers(0, len(able)))]
            where = None if chance.random() < 0.2 else market.posts[column].post_id
            draft = draft.move(market.graduates[row].graduate_id, where).draft
        document["placed"] = copy.deepcopy(draft.lots)
        document["total"] = round(draft.total * checker.SCALE)
        document["n_placed"] = draft.n_placed
        faults = checker.check(document)
        assert not {each.code for each in faults} & {"malformed", "ineligible"}, seed
        assert ("total",) not in {each.about[:1] for each in faults}, seed
        told = {each.code for each in draft.breaches}
        for code, words in SAME.items():
            assert (code in {each.code for each in faults}) == bool(told & words), (seed, code)
        broken += bool(told)
    assert broken >= 100
