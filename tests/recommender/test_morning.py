from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from recommender.access import Grant
from recommender.claims import start_of
from recommender.data import store
from recommender.domain import OutcomeStage, SkillLevel
from recommender.finding import Finder
from recommender.morning import Some, duties, morning
from tests.builders import DAY, make_agreement, make_graduate, make_outcome, make_post

BEFORE = DAY - timedelta(days=1)
LONG_AGO = DAY - timedelta(days=30)


@pytest.fixture
def world(sqlite_engine: Engine) -> Engine:
    with store.writing(sqlite_engine) as conn:
        old = [
            make_post(post_id="full", headcount=1),
            make_post(post_id="filling", headcount=4),
            make_post(post_id="half", headcount=4),
            make_post(post_id="ended", closes_on=BEFORE),
            make_post(post_id="ended-before", closes_on=BEFORE - timedelta(days=1)),
            make_post(post_id="withdrawn", withdrawn_on=DAY),
        ]
        store.save_posts(conn, old, day=LONG_AGO)
        store.save_posts(conn, [make_post(post_id="new")], day=DAY)
        # A change is no new post.
        store.save_posts(conn, [make_post(post_id="half", headcount=4, shifts="三班")], day=DAY)
        people = [make_graduate(graduate_id=f"G{n}") for n in range(6)]
        store.save_graduates(conn, people)
        at = ["full", "filling", "filling", "filling", "half", "half"]
        store.save_outcomes(
            conn,
            [make_outcome(graduate_id=f"G{n}", post_id=post) for n, post in enumerate(at)],
        )
    return sqlite_engine


def ids(some: Some) -> list[str]:
    assert some.total == len(some.rows)
    return [row.post.post_id for row in some.rows]


def test_a_morning_by_hand(world: Engine) -> None:
    finder = Finder(world, today=lambda: DAY, now=lambda: start_of(DAY))
    seen = morning(world, finder, day=DAY)
    assert ids(seen.new) == ["new"]
    assert ids(seen.closed) == ["ended", "withdrawn"]
    # A quarter or less is left: 1 of 4, but not 2 of 4, and none is not filling but full.
    assert ids(seen.filling) == ["filling"]
    assert (seen.night, seen.imported) == (None, None)


def test_duties_are_of_own_people(sqlite_engine: Engine) -> None:
    started = DAY - timedelta(days=40)  # the first follow-up, at 30 days, is over
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, [make_post()], day=LONG_AGO)
        people = [make_graduate(), make_graduate(graduate_id="G2", college="另一技师学院")]
        store.save_graduates(conn, people)
        steps = [
            make_outcome(graduate_id=who, stage=OutcomeStage.STARTED, date=started)
            for who in ("G1", "G2")
        ]
        store.save_outcomes(conn, steps)
        # Five promised at a level that nobody has, of a college with one graduate: four lack.
        agreement = make_agreement(
            agreement_id="A1",
            college="另一技师学院",
            ceiling=5,
            floor=None,
            level_due=SkillLevel.TECHNICIAN,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 8, 31),
        )
        store.save_agreements(conn, [agreement])
    own = Grant(token_id=1, role="officer", scope_kind="college", scope_name="示例技师学院")
    found = duties(sqlite_engine, own, day=DAY)
    assert {college: dict(due) for college, due in found.follow_ups.items()} == {
        "示例技师学院": {30: 1}
    }
    assert found.in_danger == ()
    everybody = duties(sqlite_engine, Grant(token_id=1, role="officer"), day=DAY)
    assert set(everybody.follow_ups) == {"示例技师学院", "另一技师学院"}
    assert [line.agreement.agreement_id for line in everybody.in_danger] == ["A1"]
