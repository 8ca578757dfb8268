"""The switch of personal rankings: off for everybody, everywhere, from the next request on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender import cohorts
from recommender.access import Grant
from recommender.closeups import Closeups
from recommender.errors import RankingOff, Unreadable
from recommender.next_steps import Ask
from recommender.placements import PlacementDesk
from recommender.rights import switch
from recommender.year import fair_timetable
from tests.builders import DAY
from tests.recommender.rights.somebody import CLERK, NOON, OTHER

ASK = Ask(top=10, order="market", congestion=1.0)


def turn(engine: Engine, *, is_on: bool, hours: int = 0) -> bool:
    at = NOON + timedelta(hours=hours)
    return switch.turn(engine, is_on=is_on, why="审计要求", at=at, who="admin")


def test_nobody_turns_it_without_a_reason(office: Engine) -> None:
    with pytest.raises(Unreadable, match="missing"):
        switch.turn(office, is_on=False, why=" ", at=NOON, who="admin")
    assert switch.is_on(office)


def test_a_process_that_has_ranked_ranks_nobody_from_the_next_request_on(
    office: Engine, models_dir: Path
) -> None:
    elsewhere = PlacementDesk(office, models_dir, today=lambda: DAY)
    assert elsewhere.rank_posts(OTHER).ranking
    turn(office, is_on=False)
    asked = (
        lambda: elsewhere.rank_posts(OTHER),
        lambda: elsewhere.rank_for_profile({"trade": "焊接加工"}),
        lambda: elsewhere.rank_graduates("P2"),
        lambda: elsewhere.next_step(OTHER, "P2", ASK),
        lambda: elsewhere.next_steps(OTHER, ASK),
    )
    for ask in asked:
        with pytest.raises(RankingOff):
            ask()
    assert all(rule.holds for rule in elsewhere.eligibility(OTHER, "P2"))
    turn(office, is_on=True, hours=1)
    assert elsewhere.rank_posts(OTHER).ranking


def test_no_file_and_no_timetable_ranks_anybody_either(office: Engine, models_dir: Path) -> None:
    turn(office, is_on=False)
    with pytest.raises(RankingOff):
        cohorts.rank_cohort(office, models_dir, day=DAY)
    with pytest.raises(RankingOff):
        fair_timetable.make(office, models_dir, CLERK, "F")


def test_an_officer_still_sees_the_roster_and_the_steps(office: Engine, models_dir: Path) -> None:
    desk = PlacementDesk(office, models_dir, today=lambda: DAY)
    seen = Closeups(office, desk, today=lambda: DAY, now=lambda: NOON)
    turn(office, is_on=False)
    graduate = seen.graduate(Grant(token_id=1, role="officer"), OTHER)
    assert (graduate.ranked, graduate.suggestions) == (None, ())
    assert graduate.claims
    assert seen.post(Grant(token_id=1, role="officer"), CLERK, "P2").ranked is None


def test_every_turn_stays_with_who_and_why(office: Engine) -> None:
    assert turn(office, is_on=False)
    assert not turn(office, is_on=False)
    assert turn(office, is_on=True, hours=1)
    turns = switch.history(office)
    assert [(each.is_on, each.who, each.why) for each in turns] == [
        (True, "admin", "审计要求"),
        (False, "admin", "审计要求"),
    ]
