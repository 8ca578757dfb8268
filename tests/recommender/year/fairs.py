"""A small fair for tests: two booths, two rounds, and everybody known by heart."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.engine import Engine

from recommender.claims import SHANDONG
from recommender.data import fair_desk as kept
from recommender.data import interested, registered, store
from recommender.domain import Interest, Outcome, SkillLevel
from recommender.fairs import Booth, Registration
from recommender.places import Clerk
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_details,
    make_graduate,
    make_post,
)

FAIR = date(2026, 5, 20)
NOON = datetime(2026, 5, 20, 12, tzinfo=SHANDONG)
THIRD_CREDIT_CODE = "91371100MA3X00003C"
OTHER = {"credit_code": OTHER_CREDIT_CODE, "enterprise": "示例装备有限公司"}


def clerk(minutes_later: float = 0, *, who: str = "officer") -> Clerk:
    return Clerk(who=who, now=NOON + timedelta(minutes=minutes_later), hold_hours=10)


def hold_fair(engine: Engine, **booth: Any) -> None:
    """Store the fair F1: booth A1 with the post P1, A2 with P2 and SENIOR; one person a round.

    G1, G2 and SILENT (who does not consent) are registered, G3 and G4 are not. ELSEWHERE is a
    post of an enterprise that has no booth.
    """
    posts = [
        make_post(post_id="P1", headcount=1),
        make_post(post_id="P2", headcount=1, **OTHER),
        make_post(post_id="SENIOR", min_level=SkillLevel.SENIOR_WORKER, **OTHER),
        make_post(post_id="ELSEWHERE", credit_code=THIRD_CREDIT_CODE),
    ]
    people = [make_graduate(graduate_id=f"G{n}") for n in range(1, 5)]
    people.append(make_graduate(graduate_id="SILENT", consent=False, college="另一技师学院"))
    at: dict[str, Any] = {"fair_id": "F1", "date": FAIR, "slots": 2, "slot_capacity": 1} | booth
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, people, [make_details()])
        registered.save_booths(
            conn,
            [
                Booth(credit_code=CREDIT_CODE, booth="A1", **at),
                Booth(credit_code=OTHER_CREDIT_CODE, booth="A2", **at),
            ],
        )
        coming = [Registration(fair_id="F1", graduate_id=who) for who in ("G1", "G2", "SILENT")]
        registered.save_registrations(conn, coming)


def interests(engine: Engine) -> list[Interest]:
    with store.reading(engine) as conn:
        return interested.load_interests(conn)


def steps(engine: Engine) -> list[Outcome]:
    with store.reading(engine) as conn:
        return store.load_outcomes(conn, day=date.max)


def n_rows(engine: Engine) -> tuple[int, int, int, int]:
    """Count slips, check-ins, marks and interests."""
    with store.reading(engine) as conn:
        return (
            len(kept.load_slips(conn, "F1")),
            len(kept.load_check_ins(conn, "F1")),
            len(kept.load_marks(conn, "F1")),
            len(interested.load_interests(conn)),
        )
