"""A pair that an officer vetoed is nobody's to show, assign or hold until it is lifted."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import assignments, checker, ledger, vetoes
from recommender.claims import start_of
from recommender.data import ledger as claimed
from recommender.data import store, vetoed
from recommender.errors import DecisionRefused, Ineligible, NotFound
from recommender.placements import PlacementDesk
from recommender.places import Clerk
from tests.builders import DAY, make_graduate, make_post
from tests.service.published import crosswalk, publish

CLERK = Clerk(who="user wang", now=start_of(DAY), hold_hours=48)


@pytest.fixture
def hall(engine: Engine) -> Engine:
    """Store one welder and two posts, either of which they may take."""
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(post_id="P1"), make_post(post_id="P2")], day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id="G1")])
    return engine


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    publish(folder, crosswalk())
    return folder


def entries(engine: Engine) -> list[tuple[str, bool]]:
    with store.reading(engine) as conn:
        return [(each.post_id, each.is_lifted) for each in vetoed.load_vetoes(conn, day=DAY)]


@pytest.mark.parametrize(("who", "where"), [("G9", "P1"), ("G1", "P9")])
def test_a_pair_that_nobody_knows_is_neither_vetoed_nor_lifted(
    hall: Engine, who: str, where: str
) -> None:
    for act in (vetoes.veto, vetoes.lift):
        with pytest.raises(NotFound):
            act(hall, CLERK, who, where, reason="远")
    assert entries(hall) == []


def test_without_a_reason_or_a_veto_nothing_is_written(hall: Engine) -> None:
    for act, reason, code in (
        (vetoes.veto, "  ", "no_reason"),
        (vetoes.lift, "", "no_reason"),
        (vetoes.lift, "好了", "not_vetoed"),
    ):
        with pytest.raises(DecisionRefused) as refusal:
            act(hall, CLERK, "G1", "P1", reason=reason)
        assert refusal.value.code == code
    assert entries(hall) == []


def test_a_confirmed_pair_is_not_vetoed(hall: Engine) -> None:
    ledger.confirm(hall, CLERK, "G1", "P1")
    with pytest.raises(DecisionRefused) as refusal:
        vetoes.veto(hall, CLERK, "G1", "P1", reason="远")
    assert (refusal.value.code, refusal.value.facts) == ("confirmed", ("G1", "P1"))


def test_a_second_veto_says_why_the_first_was_made(hall: Engine) -> None:
    vetoes.veto(hall, CLERK, "G1", "P1", reason="晕车")
    with pytest.raises(DecisionRefused) as refusal:
        vetoes.veto(hall, CLERK, "G1", "P1", reason="远")
    assert refusal.value.facts == ("G1", "P1", "晕车")
    assert entries(hall) == [("P1", False)]


def test_a_vetoed_pair_is_not_shown_assigned_or_held_until_it_is_lifted(
    hall: Engine, models: Path
) -> None:
    desk = PlacementDesk(hall, models, today=lambda: DAY)

    def listed() -> list[str]:
        return sorted(line.post.post_id for line in desk.rank_posts("G1").ranking)

    assert listed() == ["P1", "P2"]
    vetoes.veto(hall, CLERK, "G1", "P1", reason="晕车")
    assert listed() == ["P2"]
    table = assignments.assign(hall, models, day=DAY, certify=True)
    assert [row[1] for row in table.rows] == ["P2"]
    assert checker.check(table.certificate) == []
    for act in (ledger.hold, ledger.confirm):
        with pytest.raises(Ineligible) as refusal:
            act(hall, CLERK, "G1", "P1")
        assert [code for code, _ in refusal.value.rules] == ["vetoed"]
    vetoes.lift(hall, CLERK, "G1", "P1", reason="已商定")
    assert listed() == ["P1", "P2"]
    assert entries(hall) == [("P1", False), ("P1", True)]


def test_a_hold_there_lapses_with_the_rule_as_its_reason(hall: Engine) -> None:
    ledger.hold(hall, CLERK, "G1", "P1")
    vetoes.veto(hall, CLERK, "G1", "P1", reason="晕车")
    with store.reading(hall) as conn:
        assert claimed.load_claims(conn) == []
        assert claimed.load_events(conn, "P1")[-1].reason == "vetoed"


def test_an_assignment_of_a_vetoed_pair_is_found_by_the_checker(hall: Engine, models: Path) -> None:
    document = assignments.assign(hall, models, day=DAY, certify=True).certificate
    assert document is not None
    (who,) = document["graduates"]  # type: ignore[misc]
    who["vetoed"] = ["P1", "P2"]
    assert "ineligible" in {fault.code for fault in checker.check(document)}
