from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from recommender import intake
from recommender.data import export, store
from recommender.domain import SkillLevel, TrainingMode, TrainingTier
from recommender.errors import NotFound
from recommender.matching.pairing import share_out
from recommender.year import meeting_words
from recommender.year.meeting import Meeting, drafts, prepare
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
)

CHAIN = "高端装备"
WELDER, BRAZER = "6-18-02-04", "6-18-02-05"


def keep(
    engine: Engine,
    *,
    posts: Iterable[Any] = (),
    people: Iterable[Any] = (),
    steps: Iterable[Any] = (),
    members: Iterable[Any] = (),
) -> None:
    """Store things; welding leads to the welder with 0.8 and to the brazer with 0.2."""
    with store.writing(engine) as conn:
        store.save_posts(conn, list(posts), day=DAY)
        store.save_graduates(conn, list(people))
        store.save_outcomes(conn, list(steps))
        store.save_members(conn, list(members))
        for code, weight in ((WELDER, 0.8), (BRAZER, 0.2), ("6-18-01-11", 0.0)):
            store.save_pair(conn, "焊接加工", code, weight, "officer", DAY)


def welders(n: int, **more: Any) -> list[Any]:
    label = more.pop("label", "W")
    return [make_graduate(graduate_id=f"{label}{i}", **more) for i in range(n)]


def told(found: Meeting) -> list[tuple[Any, ...]]:
    return [
        (
            each.shortage.credit_code,
            each.shortage.places,
            each.classes.college,
            each.classes.class_year,
            each.classes.n_seekers,
            round(each.weighted, 6),
            each.size,
            each.shortage.gap,
        )
        for each in found.pairings
    ]


# --- refusals ---------------------------------------------------------------------------------


def test_a_chain_that_nobody_names_is_refused_with_those_written_alike(engine: Engine) -> None:
    keep(engine, posts=[make_post(industry_chain=CHAIN)])
    with pytest.raises(NotFound) as refusal:
        prepare(engine, "高端装配", day=DAY)
    assert refusal.value.kind == "chain"
    assert CHAIN in refusal.value.suggestions


def test_a_post_of_another_chain_and_one_that_is_full_are_no_shortage(engine: Engine) -> None:
    keep(
        engine,
        posts=[
            make_post(post_id="ELSEWHERE", industry_chain="浆纸"),
            make_post(post_id="NONE"),
            make_post(post_id="FULL", industry_chain=CHAIN, headcount=1),
        ],
        people=welders(2),
        steps=[make_outcome(graduate_id="W0", post_id="FULL")],
        # On another chain: the post that names none is not this chain's.
        members=[make_member(industry_chain="浆纸")],
    )
    found = prepare(engine, CHAIN, day=DAY)
    assert (found.shortages, found.pairings) == ((), ())


def test_who_is_placed_or_hired_or_of_an_earlier_year_is_no_seeker(engine: Engine) -> None:
    keep(
        engine,
        posts=[make_post(industry_chain=CHAIN, headcount=5)],
        people=[
            make_graduate(graduate_id="PLACED"),
            make_graduate(graduate_id="HIRED", hired_at_enrolment=True),
            make_graduate(graduate_id="EARLIER", class_year=2025),
            make_graduate(graduate_id="SILENT", consent=False),
        ],
        steps=[make_outcome(graduate_id="PLACED")],
    )
    # Four places are left; the one without consent counts, and 0.8 of one is rounded to one.
    [line] = told(prepare(engine, CHAIN, day=DAY))
    assert line[1:] == (4, "示例技师学院", 2026, 1, 0.8, 1, 3)


# --- by hand ----------------------------------------------------------------------------------


def test_two_enterprises_and_two_colleges_by_hand(engine: Engine) -> None:
    keep(
        engine,
        posts=[
            make_post(post_id="P1", industry_chain=CHAIN, headcount=6),
            make_post(post_id="P2", industry_chain=CHAIN, headcount=3, occupation_code=BRAZER),
            make_post(post_id="P3", credit_code=OTHER_CREDIT_CODE, headcount=9),
        ],
        people=[
            *welders(10, label="A", college="甲技师学院"),
            *welders(5, label="B", college="乙技师学院", class_year=2027),
        ],
        # P3 names no chain, and its enterprise stands on this one.
        members=[make_member(credit_code=OTHER_CREDIT_CODE, industry_chain=CHAIN)],
    )
    found = prepare(engine, CHAIN, day=DAY)
    by = {(line.post_ids, line.places): line.gap for line in found.shortages}
    # Welders: 0.8 · 10 = 8 and 0.8 · 5 = 4, so 12 for 6 + 9 = 15 places: 3 stay open. Brazers:
    # 0.2 · 10 = 2 and 0.2 · 5 = 1 for 3 places: none stays open.
    assert by.keys() == {(("P1",), 6), (("P2",), 3), (("P3",), 9)}
    assert by[("P2",), 3] == 0
    assert by[("P1",), 6] + by[("P3",), 9] == 3
    brazers = [
        (each.classes.college, each.size)
        for each in found.pairings
        if each.shortage.occupation_code == BRAZER
    ]
    assert brazers == [("甲技师学院", 2), ("乙技师学院", 1)]
    sizes = dict.fromkeys(("甲技师学院", "乙技师学院"), 0)
    for each in found.pairings:
        sizes[each.classes.college] += each.size
    assert sizes == {"甲技师学院": 10, "乙技师学院": 5}


def test_who_reaches_the_level_is_counted_with_what_is_expected(engine: Engine) -> None:
    senior = SkillLevel.SENIOR_WORKER
    keep(
        engine,
        posts=[make_post(industry_chain=CHAIN, headcount=4, min_level=senior)],
        people=[
            make_graduate(graduate_id="G1", training_tier=TrainingTier.SENIOR),
            make_graduate(graduate_id="G2", training_tier=TrainingTier.SENIOR, skill_level=senior),
            make_graduate(
                graduate_id="G3", training_tier=TrainingTier.SENIOR, expected_level=senior
            ),
            make_graduate(graduate_id="G4", training_tier=TrainingTier.SENIOR, skill_level=None),
        ],
    )
    [each] = prepare(engine, CHAIN, day=DAY).pairings
    # Two of four reach the level; each counts 0.8. 3.2 are rounded to three people.
    assert (each.weighted, each.at_level, each.size) == (pytest.approx(3.2), 1.6, 3)
    [(draft, gap)] = drafts(prepare(engine, CHAIN, day=DAY))
    assert (draft.level_due, draft.ceiling, gap) == (senior, 3, 1)


def test_a_meeting_of_one_college_says_nothing_of_others(engine: Engine) -> None:
    own_people = welders(5, label="A", college="甲技师学院")
    keep(engine, posts=[make_post(industry_chain=CHAIN, headcount=6)], people=own_people)
    alone = prepare(engine, CHAIN, day=DAY)
    keep(engine, people=welders(5, label="B", college="乙技师学院"))
    assert prepare(engine, CHAIN, day=DAY, colleges={"甲技师学院"}) == alone
    # 0.8 · 5 = 4 of six places; with the other college's four nothing is left.
    assert [line.gap for line in alone.shortages] == [2]
    assert [line.gap for line in prepare(engine, CHAIN, day=DAY).shortages] == [0]


def test_what_agreements_reserve_is_not_offered_again(engine: Engine) -> None:
    keep(
        engine,
        posts=[make_post(industry_chain=CHAIN, headcount=4)],
        people=welders(4, order_class=CREDIT_CODE),
    )
    with store.writing(engine) as conn:
        store.save_agreements(conn, [make_agreement(ceiling=3, class_year=2026)])
    [line] = prepare(engine, CHAIN, day=DAY).shortages
    assert line.places == 1


@pytest.mark.parametrize(
    ("modes", "mode"),
    [
        ((None,), TrainingMode.ORDER),
        ((TrainingMode.DIRECT,), TrainingMode.ORDER),
        ((TrainingMode.DIRECTED, TrainingMode.DIRECTED), TrainingMode.DIRECTED),
        ((TrainingMode.DIRECTED, TrainingMode.APPRENTICESHIP), TrainingMode.ORDER),
    ],
)
def test_the_way_of_training_is_the_one_that_all_posts_state(
    engine: Engine, modes: tuple[TrainingMode | None, ...], mode: TrainingMode
) -> None:
    posts = [
        make_post(post_id=f"P{n}", industry_chain=CHAIN, training_mode=stated)
        for n, stated in enumerate(modes)
    ]
    keep(engine, posts=posts, people=welders(2))
    [line] = prepare(engine, CHAIN, day=DAY).shortages
    assert line.mode is mode


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_drafts_come_back_in_as_an_agreements_sheet(
    engine: Engine, tmp_path: Path, suffix: str
) -> None:
    keep(
        engine,
        posts=[
            make_post(post_id="P1", industry_chain=CHAIN, headcount=3),
            make_post(
                post_id="P2",
                industry_chain=CHAIN,
                credit_code=OTHER_CREDIT_CODE,
                min_level=SkillLevel.SENIOR_WORKER,
                training_mode=TrainingMode.DIRECTED,
            ),
        ],
        people=[*welders(2, label="A"), *welders(3, label="B", class_year=2027)],
    )
    found = prepare(engine, CHAIN, day=DAY)
    sheet = tmp_path / f"drafts{suffix}"
    export.write_table(meeting_words.drafts_table(found), sheet, guard=True)
    summary = intake.import_files(engine, [sheet], day=DAY)
    assert [(each.kind, each.added) for each in summary.sheets] == [
        ("agreements", len(drafts(found)))
    ]
    with store.reading(engine) as conn:
        stored = store.load_agreements(conn)
    assert stored == sorted((draft for draft, _ in drafts(found)), key=lambda one: one.agreement_id)
    assert {each.code for each in summary.sheets[0].warnings} == {"unknown_column"}
    # Again: nothing is new, and nothing has changed.
    again = intake.import_files(engine, [sheet], day=DAY)
    assert (again.sheets[0].added, again.sheets[0].changed) == (0, 0)


# --- sharing out ------------------------------------------------------------------------------


def test_nobody_and_nothing_is_shared_out() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert share_out(nothing, nothing, np.zeros((0, 0)), nothing).shape == (0, 0)
    one = np.ones(1, dtype=np.int64)
    assert share_out(nothing, one, np.zeros((1, 0)), nothing).shape == (1, 0)
    assert share_out(one, nothing, np.zeros((0, 1)), np.zeros(1, dtype=np.int64)).shape == (0, 1)


def test_a_person_more_outweighs_a_better_trade() -> None:
    # A place each. Class 0 (one seeker) fits line 0 fully and line 1 half, class 1 (two seekers)
    # line 0 by a quarter. One person at line 0 is worth 1.0, two people 0.5 + 0.25.
    sizes = share_out(
        np.array([1, 1]), np.array([1, 2]), np.array([[1.0, 0.5], [0.25, 0.0]]), np.array([0, 1])
    )
    assert sizes.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("seed", range(20))
def test_neither_places_nor_people_are_given_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_classes, n_lines = rng.integers(1, 8), rng.integers(1, 9)
    kinds = np.unique(rng.integers(0, 4, n_lines), return_inverse=True)[1]
    of_kind = rng.dirichlet(np.ones(kinds.max() + 1), n_classes)
    places, seekers = rng.integers(0, 9, n_lines), rng.integers(0, 30, n_classes)
    sizes = share_out(places, seekers, of_kind[:, kinds], kinds)
    assert (sizes >= 0).all()
    assert (sizes.sum(axis=0) <= places).all()
    assert (sizes.sum(axis=1) <= seekers).all()
    for kind in range(kinds.max() + 1):
        most = np.floor(seekers * of_kind[:, kind] + 0.5)
        assert (sizes[:, kinds == kind].sum(axis=1) <= most).all()
