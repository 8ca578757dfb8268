"""What agreements reserve counts the same for the ledger, a list, a recorded step and a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import cohorts, failures, ledger, ledger_printouts, places, recording, reports
from recommender.claims import SHANDONG, LedgerAction
from recommender.data import agreed, store
from recommender.domain import OutcomeStage
from recommender.errors import NoOpenPlace
from recommender.placements import PlacementDesk
from recommender.places import Clerk
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_graduate,
    make_outcome,
    make_post,
    publish_crosswalk,
)

NOON = datetime(2026, 5, 15, 12, tzinfo=SHANDONG)
CLERK = Clerk(who="officer", now=NOON, hold_hours=2)


@pytest.fixture
def office(engine: Engine) -> Engine:
    """Store a post with two places, one of them reserved for M1 or M2 until 20 May."""
    people = [make_graduate(graduate_id=f"G{n}") for n in (1, 2, 3)]
    people += [make_graduate(graduate_id=f"M{n}", order_class=CREDIT_CODE) for n in (1, 2)]
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(headcount=2)], day=DAY)
        store.save_graduates(conn, people)
        agreement = make_agreement(ceiling=1, returns_on=date(2026, 5, 20))
        store.save_agreements(conn, [agreement])
    return engine


def at(day: int, hour: int = 12) -> Clerk:
    return Clerk(who="officer", now=datetime(2026, 5, day, hour, tzinfo=SHANDONG), hold_hours=2)


def record(engine: Engine, graduate_id: str, key: str | None = None) -> None:
    sent = {
        "graduate_id": graduate_id,
        "post_id": "P1",
        "stage": "签约",
        "date": "2026-05-15",
    }
    recording.record_outcome(engine, sent, day=DAY, idempotency_key=key, clerk=CLERK)


def counted(engine: Engine, clerk: Clerk = CLERK) -> tuple[int, int]:
    shown = ledger.show(engine, clerk, "P1")
    return shown.open_places, shown.reserved


# --- refusals ---------------------------------------------------------------------------------


def test_the_last_reserved_place_is_neither_held_confirmed_nor_signed_for_others(
    office: Engine,
) -> None:
    ledger.confirm(office, CLERK, "G1", "P1")
    assert counted(office) == (0, 1)
    for ask in (
        lambda: ledger.hold(office, CLERK, "G2", "P1"),
        lambda: ledger.confirm(office, CLERK, "G2", "P1", key="once"),
        lambda: ledger.confirm(office, CLERK, "G2", "P1", key="once"),
        lambda: record(office, "G2", "step"),
        lambda: record(office, "G2", "step"),
    ):
        with pytest.raises(NoOpenPlace) as refusal:
            ask()
        assert refusal.value.agreements == (("A1", "2026-05-20"),)
    assert failures.sentences(refusal.value) == (
        "岗位 P1 已无剩余名额。",
        "- 余下的名额由协议 A1 预留，2026-05-20 起释放",
    )
    assert failures.sentences(refusal.value, "en")[1] == (
        "- what is left is reserved by agreement A1 until 2026-05-20"
    )
    record(office, "M1")
    assert counted(office) == (0, 0)
    with pytest.raises(NoOpenPlace) as refusal:  # now it is simply full
        ledger.hold(office, CLERK, "G2", "P1")
    assert refusal.value.agreements == ()


def test_on_the_day_of_return_anybody_may_have_it(office: Engine) -> None:
    ledger.confirm(office, at(19), "G1", "P1")
    with pytest.raises(NoOpenPlace):
        ledger.hold(office, at(19, 23), "G2", "P1")
    assert counted(office, at(20)) == (1, 0)
    ledger.confirm(office, at(20), "G2", "P1")


def test_agreements_without_a_number_or_elsewhere_are_not_even_loaded(engine: Engine) -> None:
    with store.writing(engine) as conn:
        given = [
            make_agreement(agreement_id="NONE"),
            make_agreement(agreement_id="ZERO", ceiling=0, floor=0),
            make_agreement(agreement_id="ELSEWHERE", ceiling=1, credit_code=OTHER_CREDIT_CODE),
            make_agreement(
                agreement_id="NAMED", floor=1, credit_code=OTHER_CREDIT_CODE, post_id="P1"
            ),
            make_agreement(agreement_id="HERE", ceiling=1),
        ]
        store.save_agreements(conn, given)
        found = agreed.load_promising(conn, [make_post()])
    assert [each.agreement_id for each in found] == ["HERE", "NAMED"]


# --- the line ---------------------------------------------------------------------------------


def test_a_reserved_place_that_comes_free_is_offered_to_a_member_behind_others(
    office: Engine,
) -> None:
    ledger.confirm(office, at(15, 8), "G1", "P1")
    ledger.confirm(office, at(15, 8), "M1", "P1")
    for hour, who in ((9, "G2"), (10, "M2"), (11, "G3")):
        ledger.hold(office, at(15, hour), who, "P1", wait=True)
    # M1 was served: when G1 goes, the place is anybody's, and G2 is first.
    ledger.release(office, CLERK, "G1", "P1", reason="薪资")
    shown = ledger.show(office, CLERK, "P1")
    assert [claim.graduate_id for claim in shown.held] == ["G2"]
    # When M1 goes, it is a member's again.
    ledger.release(office, CLERK, "M1", "P1", reason="薪资")
    shown = ledger.show(office, CLERK, "P1")
    assert sorted(claim.graduate_id for claim in shown.held) == ["G2", "M2"]
    assert [claim.graduate_id for claim in shown.line] == ["G3"]
    assert shown.history[-1].action is LedgerAction.OFFER


def test_the_places_of_a_post_say_which_agreement_keeps_some(office: Engine) -> None:
    shown = ledger.show(office, CLERK, "P1")
    assert list(ledger_printouts.places_lines(shown))[1:] == [
        "  另有订单班预留 1（协议 A1，2026-05-20 起释放）"
    ]
    assert ledger_printouts.places_json(shown)["reserved_by"] == [
        {"agreement_id": "A1", "places": 1, "returns_on": "2026-05-20"}
    ]


def test_a_place_returned_is_offered_when_somebody_looks(office: Engine) -> None:
    ledger.confirm(office, at(15), "G1", "P1")
    ledger.hold(office, at(15), "G2", "P1", wait=True)
    assert [claim.graduate_id for claim in ledger.show(office, at(19), "P1").line] == ["G2"]
    shown = ledger.show(office, at(20), "P1")
    assert [claim.graduate_id for claim in shown.held] == ["G2"]


# --- lists, pages, reports --------------------------------------------------------------------


def test_lists_and_pages_show_members_what_others_do_not_see(
    office: Engine, tmp_path: Path, small_world: object
) -> None:
    publish_crosswalk(tmp_path, small_world)  # type: ignore[arg-type]  # the fixture's own type
    desk = PlacementDesk(office, tmp_path, today=lambda: DAY, now=lambda: NOON)
    assert [line.open_places for line in desk.rank_posts("G1").ranking] == [1]
    assert [line.open_places for line in desk.rank_posts("M1").ranking] == [2]
    assert [line.open_places for line in desk.rank_for_profile({"trade": "焊接加工"}).ranking] == [
        1
    ]
    ledger.confirm(office, CLERK, "G1", "P1")
    assert desk.rank_posts("G2").excluded_by == ("places",)
    assert desk.rank_for_profile({"trade": "焊接加工"}).excluded_by == ("places",)
    [line] = desk.rank_posts("M1").ranking
    assert line.open_places == 1
    [rule] = [one for one in desk.eligibility("G2", "P1") if one.code == "places"]
    assert (rule.holds, rule.needs) == (False, "2026-05-20")
    assert rule.text == "岗位名额已满：余下的为订单班预留，2026-05-20 起释放"
    ranked = cohorts.rank_cohort(office, tmp_path, day=DAY)
    assert {row[0] for row in ranked.rows} == {"M1", "M2"}
    assert reports.status(office, tmp_path, day=DAY)["open"]["places"] == 1


def test_a_member_who_declines_gives_the_place_to_everybody(office: Engine) -> None:
    declined = make_outcome(graduate_id="M1", stage=OutcomeStage.DECLINED, date=DAY)
    with store.writing(office) as conn:
        store.save_outcomes(conn, [declined])
    assert counted(office) == (2, 0)


def test_asking_for_one_or_for_everybody_gives_the_same(office: Engine) -> None:
    signed = make_outcome(graduate_id="M1", stage=OutcomeStage.SIGNED, date=DAY - timedelta(1))
    more = make_post(post_id="P2", headcount=3)
    wide = make_agreement(agreement_id="A2", class_year=2026, trade="焊接加工", ceiling=4)
    with store.writing(office) as conn:
        store.save_outcomes(conn, [signed])
        store.save_posts(conn, [more], day=DAY)
        store.save_agreements(conn, [wide])
    with store.reading(office) as conn:
        posts = store.load_posts(conn, day=DAY)
        everybody = places.standing_on(conn, posts, DAY, moment=NOON)
        of_one = places.standing_on(conn, posts[1:], DAY, graduate_ids=["G3"], moment=NOON)
    # A1 owes 1 and A2, which serves M1 by its trade, 3: of the four free places none is left.
    assert {p: [r.places for r in some] for p, some in everybody.reserved.items()} == {
        "P1": [1],
        "P2": [3],
    }
    assert of_one.reserved == everybody.reserved
