"""Timetable and result of a small fair, worked out by hand; and a large one by its properties."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from recommender import checker
from recommender.data import interested, registered, store
from recommender.domain import Graduate, Interest, InterestSide
from recommender.errors import FairBegun, FairClosed, FairOpen, NoModel, NotFound
from recommender.fairs import Booth, Registration
from recommender.matching.board import Fit
from recommender.matching.market import Market, open_market
from recommender.year import fair_desk, fair_result, fair_tables, fair_timetable
from recommender.year.fair_timetable import Timetable
from tests.builders import CREDIT_CODE, DAY, make_graduate, make_post, publish_crosswalk
from tests.recommender.year.fairs import FAIR, clerk, hold_fair

BOTH = tuple(InterestSide)


@pytest.fixture
def fair(engine: Engine) -> Engine:
    hold_fair(engine)
    return engine


@pytest.fixture
def models(tmp_path: Path, small_world: Any) -> Path:
    publish_crosswalk(tmp_path, small_world)
    return tmp_path


def planned(engine: Engine, models: Path, **how: Any) -> Timetable:
    return fair_timetable.make(engine, models, clerk(), "F1", **how)


def want(engine: Engine, *wishes: tuple[str, str, InterestSide, int | None]) -> None:
    with store.writing(engine) as conn:
        interested.save_interests(
            conn,
            [
                Interest(fair_id="F1", graduate_id=who, post_id=post, side=side, rank=rank)
                for who, post, side, rank in wishes
            ],
        )


# --- refusals ---------------------------------------------------------------------------------


def test_a_fair_that_nobody_knows_is_refused(fair: Engine, models: Path) -> None:
    with pytest.raises(NotFound):
        fair_timetable.make(fair, models, clerk(), "F9")
    with pytest.raises(NotFound):
        fair_result.result(fair, models, "F9")


def test_without_a_model_there_is_no_timetable(fair: Engine, tmp_path: Path) -> None:
    with pytest.raises(NoModel):
        planned(fair, tmp_path)


def test_a_timetable_stays_once_somebody_has_come_or_the_doors_are_shut(
    fair: Engine, models: Path
) -> None:
    made = planned(fair, models)
    fair_desk.check_in(fair, clerk(), "F1", made.slips["G1"])
    with pytest.raises(FairBegun):
        planned(fair, models)
    fair_desk.close(fair, clerk(), "F1")
    with pytest.raises(FairClosed):
        planned(fair, models)


def test_a_fair_has_no_result_before_its_doors_are_shut(fair: Engine, models: Path) -> None:
    with pytest.raises(FairOpen):
        fair_result.result(fair, models, "F1")


# --- the timetable ----------------------------------------------------------------------------


def test_two_people_change_booths_after_a_round(fair: Engine, models: Path) -> None:
    made = planned(fair, models, k=4)
    # Two rounds, so that four booths are asked for in vain: both have both booths, one person
    # a round at each, and never in the same round.
    assert made.k == 2
    at = {(turn.graduate_id, turn.credit_code): turn.slot for turn in made.turns}
    assert len(at) == 4
    assert {at["G1", CREDIT_CODE], at["G2", CREDIT_CODE]} == {1, 2}
    for who in ("G1", "G2"):
        assert sorted(slot for (one, _), slot in at.items() if one == who) == [1, 2]
    # SENIOR is at A2 too, and no welder here has the level.
    assert {turn.post_id for turn in made.turns} == {"P1", "P2"}
    assert (made.without, made.n_short) == ({"SILENT": "consent"}, 0)
    assert made.slips.keys() == {"G1", "G2", "SILENT"}


def test_a_timetable_made_anew_keeps_the_slips(fair: Engine, models: Path) -> None:
    first, again = planned(fair, models), planned(fair, models)
    assert (first.slips, first.turns) == (again.slips, again.turns)


def test_a_seat_that_is_short_leaves_nobody_without(engine: Engine, models: Path) -> None:
    hold_fair(engine, slots=1)
    made = planned(engine, models)
    # One round, one person at each of two booths: one booth each.
    assert Counter(turn.graduate_id for turn in made.turns) == {"G1": 1, "G2": 1}
    assert len({turn.credit_code for turn in made.turns}) == 2


def test_who_finds_no_seat_is_told_so(engine: Engine, models: Path) -> None:
    hold_fair(engine, slots=1)
    with store.writing(engine) as conn:
        registered.save_registrations(conn, [Registration(fair_id="F1", graduate_id="G3")])
    made = planned(engine, models)
    assert sorted(made.without.values()) == ["consent", "no_seat"]


@dataclass
class KnownChances:
    """A board that knows the chance of each pair that both sides say yes."""

    takes: list[list[float]]
    knows_chances = True

    def fit(self, graduates: Sequence[Graduate]) -> Fit:
        takes = np.array(self.takes, dtype=np.float32)
        return Fit(takes, takes)


def test_a_booth_without_a_real_chance_is_no_booth(
    fair: Engine, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # G1, G2 and SILENT before P1 (A1), P2 and SENIOR (A2), which no rule lets them have. Only
    # what reaches a quarter counts; a chance just there does.
    board = KnownChances([[0.5, 0.2, 0.9], [0.25, 0.125, 0.9], [0.9, 0.9, 0.9]])

    def known(*asked: Any, **how: Any) -> Market:
        return replace(open_market(*asked, **how), board=board)

    monkeypatch.setattr(fair_timetable, "open_market", known)
    made = planned(fair, models, least=0.25)
    at = {(turn.graduate_id, turn.post_id): turn.chance for turn in made.turns}
    assert at == {("G1", "P1"): 0.5, ("G2", "P1"): 0.25}
    assert (made.k, made.n_short) == (2, 2)
    assert planned(fair, models, least=0.3).without == {
        "G2": "no_real_chance",
        "SILENT": "consent",
    }


def test_the_timetable_is_handed_out_by_graduate_and_round(fair: Engine, models: Path) -> None:
    made = planned(fair, models)
    table = fair_tables.timetable_table(made)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [(row["graduate_id"], row["slot"]) for row in rows] == [
        ("G1", 1),
        ("G1", 2),
        ("G2", 1),
        ("G2", 2),
    ]
    assert {row["slip"] for row in rows if row["graduate_id"] == "G1"} == {made.slips["G1"]}
    assert {row["booth"] for row in rows} == {"A1", "A2"}


def test_a_large_fair_keeps_every_promise(sqlite_engine: Engine, models: Path) -> None:
    # 25 booths, 5 rounds of 8 people: 1,000 seats for 240 people with 4 booths each.
    codes = [f"9137{n:014}" for n in range(25)]
    posts = [
        make_post(
            post_id=f"P{n}",
            credit_code=code,
            region_code=("370700", "370800", "371100")[n % 3],
            required_licence=("低压电工作业",) if n % 5 else (),
        )
        for n, code in enumerate(codes)
    ]
    people = [
        make_graduate(
            graduate_id=f"G{n:03}",
            trade=("焊接加工", "电气设备安装与维修")[n % 2],
            licences=("低压电工作业",) if n % 3 == 0 else (),
        )
        for n in range(240)
    ]
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, people)
        registered.save_booths(
            conn,
            [
                Booth(fair_id="F1", date=FAIR, credit_code=code, slots=5, slot_capacity=8 + n)
                for n, code in enumerate(codes)
            ],
        )
        registered.save_registrations(
            conn, [Registration(fair_id="F1", graduate_id=one.graduate_id) for one in people]
        )
    made = planned(sqlite_engine, models, k=4)
    n_of = Counter(turn.graduate_id for turn in made.turns)
    # Five booths ask for no licence, the other twenty for one: everybody can have four. The five
    # have at least 5 · (8 + 13 + 18 + 23 + 28) = 450 seats for 160 people without it, who need 640.
    assert {who for who, n in n_of.items() if n == 4} >= {f"G{n:03}" for n in range(0, 240, 3)}
    without = sum(n_of[f"G{n:03}"] for n in range(240) if n % 3)
    assert without == sum(5 * (8 + n) for n in range(0, 25, 5))
    assert min(n_of.values()) >= 2
    assert len({(turn.graduate_id, turn.slot) for turn in made.turns}) == len(made.turns)
    capacity = {code: 8 + n for n, code in enumerate(codes)}
    for (code, _), n in Counter((turn.credit_code, turn.slot) for turn in made.turns).items():
        assert n <= capacity[code]


# --- the result -------------------------------------------------------------------------------


def matched(found: fair_result.FairResult) -> dict[str, str | None]:
    return {
        line.graduate.graduate_id: line.post.post_id if line.post else line.reason
        for line in found.lines
    }


def test_both_sides_choose_by_hand(fair: Engine, models: Path) -> None:
    # One place each. G1 and G2 want P1 before P2; P1 wants G2 before G1. So G2 has P1, and G1,
    # turned away there, has P2, which wants both. G3 marked P1, which did not mark G3; G4 did
    # not mark P2, which would have had G4 first. Nobody may have SENIOR.
    one, other = BOTH
    want(
        fair,
        ("G1", "P1", one, 1),
        ("G1", "P2", one, 2),
        ("G2", "P1", one, 1),
        ("G2", "P2", one, 2),
        ("G3", "P1", one, 1),
        ("G3", "SENIOR", one, 2),
        ("G3", "SENIOR", other, 1),
        ("G1", "P1", other, 2),
        ("G2", "P1", other, 1),
        ("G4", "P2", other, 1),
        ("G1", "P2", other, 3),
        ("G2", "P2", other, 2),
    )
    fair_desk.close(fair, clerk(), "F1")
    found = fair_result.result(fair, models, "F1")
    mutual = fair_result.NOT_MUTUAL
    assert matched(found) == {"G1": "P2", "G2": "P1", "G3": mutual, "G4": mutual}
    # The certificate proves it, and another matching of the same people does not.
    certificate = json.loads(json.dumps(found.certificate))
    assert checker.check(certificate) == []
    placed = certificate["placed"]
    placed["G1"], placed["G2"] = placed["G2"], placed["G1"]
    assert "blocking_pair" in {fault.code for fault in checker.check(certificate)}


def test_nobody_has_a_place_that_is_full(fair: Engine, models: Path) -> None:
    for who, rank in (("G1", 1), ("G2", 2)):
        want(fair, *((who, "P1", side, rank) for side in BOTH))
    fair_desk.close(fair, clerk(), "F1")
    found = fair_result.result(fair, models, "F1")
    assert matched(found) == {"G1": "P1", "G2": "no_place_left"}


def test_marks_at_the_fair_and_the_sheet_of_interests_lead_to_one_result(
    fair: Engine, models: Path
) -> None:
    walk_in = fair_desk.issue(fair, clerk(), "F1").slip
    fair_desk.mark(fair, clerk(), "F1", walk_in, "P1")
    want(fair, ("G3", "P1", InterestSide.ENTERPRISE, None))
    fair_desk.close(fair, clerk(), "F1")
    assert matched(fair_result.result(fair, models, "F1")) == {"G3": "not_mutual"}
    fair_desk.claim(fair, clerk(), "F1", walk_in, "G3")
    assert matched(fair_result.result(fair, models, "F1")) == {"G3": "P1"}


def test_a_fair_where_nobody_marked_anything_has_an_empty_result(
    fair: Engine, models: Path
) -> None:
    fair_desk.close(fair, clerk(), "F1")
    found = fair_result.result(fair, models, "F1")
    assert found.lines == ()
    assert checker.check(json.loads(json.dumps(found.certificate))) == []
    assert [each.graduate.graduate_id for each in found.absences] == ["G1", "G2", "SILENT"]


def test_who_did_not_come_and_who_missed_a_booth(fair: Engine, models: Path) -> None:
    made = planned(fair, models)
    fair_desk.check_in(fair, clerk(), "F1", made.slips["G1"])
    fair_desk.check_in(fair, clerk(), "F1", made.slips["G1"], booth="A1")
    fair_desk.close(fair, clerk(), "F1")
    found = fair_result.result(fair, models, "F1")
    # G1 was at A1 and missed A2; the others never came, and SILENT had no turn.
    assert [
        (each.graduate.graduate_id, each.turn and each.turn.credit_code == CREDIT_CODE)
        for each in found.absences
    ] == [("G2", None), ("SILENT", None), ("G1", False)]


def test_a_sheet_per_booth_and_per_college(fair: Engine, models: Path) -> None:
    made = planned(fair, models)
    fair_desk.check_in(fair, clerk(), "F1", made.slips["G1"], booth="A1")
    one, other = BOTH
    want(fair, ("G1", "P1", one, 1), ("G1", "P1", other, None), ("G1", "P2", one, 2))
    fair_desk.close(fair, clerk(), "F1")
    tables = fair_tables.result_tables(fair_result.result(fair, models, "F1"))
    assert set(tables) == {
        "result.csv",
        "no-shows.csv",
        "booth-A1.xlsx",
        "booth-A2.xlsx",
        "college-示例技师学院.xlsx",
        "college-另一技师学院.xlsx",
    }

    def rows(name: str) -> list[dict[str, Any]]:
        table = tables[name]
        return [dict(zip(table.columns, row, strict=True)) for row in table.rows]

    [at_a1], [at_a2] = rows("booth-A1.xlsx"), rows("booth-A2.xlsx")
    assert (at_a1["name"], at_a1["marked"], at_a1["wanted"], at_a1["result"]) == (
        "样例甲",
        1,
        "是",
        "是",
    )
    # At A2 the slip was not shown: no name.
    assert (at_a2["name"], at_a2["marked"], at_a2["wanted"], at_a2["result"]) == (
        None,
        2,
        None,
        None,
    )
    own = {row["graduate_id"]: row for row in rows("college-示例技师学院.xlsx")}
    assert (own["G1"]["came"], own["G1"]["post_id"]) == ("是", "P1")
    assert own["G2"]["came"] is None
    assert rows("result.csv") == [{"graduate_id": "G1", "post_id": "P1", "reason": ""}]
