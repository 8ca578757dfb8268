"""One graduate with something in every table of people, beside another who has nothing."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from recommender import ledger
from recommender.afterwards import Destination, DestinationKind, FollowUp, FollowUpResult
from recommender.claims import SHANDONG
from recommender.data import (
    drafted,
    exposures,
    fair_desk,
    interested,
    registered,
    schema,
    store,
    vetoed,
)
from recommender.data.kept import to_row
from recommender.data.pseudonyms import Pseudonyms
from recommender.decisions import Veto, VoidedStep
from recommender.domain import Interest, InterestSide, OutcomeStage
from recommender.drafting import DraftAction, DraftEntry, KeptDraft
from recommender.fairs import Booth, Registration, Turn
from recommender.persons import CaseKind, ConsentSource
from recommender.places import Clerk
from recommender.rights import cases, consents, corrections, links
from recommender.shown import of_person
from recommender.year import fair_desk as desk
from tests.builders import (
    CREDIT_CODE,
    DAY,
    make_details,
    make_graduate,
    make_outcome,
    make_post,
)
from tests.recommender.test_exposures import make_list

NOON = datetime(2026, 5, 15, 12, tzinfo=SHANDONG)
CLERK = Clerk(who="officer", now=NOON, hold_hours=48)
SLIP = "ABCD2345"
# An id of its own letters, so that a look through every table finds it and nothing else.
WHO, OTHER = "毕QZ-7", "G2"

TRIAL = {
    "trial": "T",
    "class_year": 2026,
    "seed": 1,
    "shares": "[0.5]",
    "started_on": DAY,
    "ends_on": DAY,
    "author": "officer",
    "plan": "{}",
}
SUBJECT = {
    "trial": "T",
    "graduate_id": WHO,
    "college": "示例技师学院",
    "class_name": "焊接加工",
    "city": "370800",
    "share": 0.5,
    "arm": "with",
}


def fill(engine: Engine, home: Path) -> None:
    """Store them: the first has signed at P1, left, signed at P2 and waits at P3 meanwhile."""
    stage = OutcomeStage
    with store.writing(engine) as conn:
        posts = [make_post(post_id=f"P{n}", headcount=1) for n in range(1, 5)]
        store.save_posts(conn, posts, day=DAY)
        people = [make_graduate(graduate_id=each) for each in (WHO, OTHER)]
        store.save_graduates(conn, people, [make_details(graduate_id=WHO, name="样例甲")])
        steps = [
            make_outcome(graduate_id=WHO, post_id="P1", stage=stage.SIGNED, date=date(2025, 5, 1)),
            make_outcome(graduate_id=WHO, post_id="P1", stage=stage.STARTED, date=date(2025, 6, 1)),
            make_outcome(graduate_id=WHO, post_id="P1", stage=stage.LEFT, date=date(2025, 12, 1)),
        ]
        store.save_outcomes(conn, steps)
        at = {"credit_code": CREDIT_CODE, "date": DAY, "booth": "A1"}
        registered.save_booths(conn, [Booth(fair_id="F", **at)])
        registered.save_registrations(conn, [Registration(fair_id="F", graduate_id=WHO)])
        turn = Turn(
            fair_id="F",
            graduate_id=WHO,
            slot=1,
            credit_code=CREDIT_CODE,
            post_id="P1",
            chance=0.5,
        )
        fair_desk.replace_turns(conn, "F", [turn])
        wish = Interest(fair_id="E", graduate_id=WHO, post_id="P1", side=InterestSide.GRADUATE)
        interested.save_interests(conn, [wish])
        went = Destination(
            graduate_id=WHO,
            kind=DestinationKind.FLEXIBLE,
            date=date(2026, 1, 1),
            employer="样例店",
        )
        asked = FollowUp(
            graduate_id=WHO,
            post_id="P1",
            due_days=90,
            result=FollowUpResult.LEFT,
            date=date(2025, 12, 2),
            left_on=date(2025, 12, 1),
        )
        conn.execute(sa.insert(schema.destinations), to_row(went))
        conn.execute(sa.insert(schema.follow_ups), to_row(asked))
        kept = KeptDraft(
            draft_id="D", made_at=NOON, made_by="user wang", class_year=2026, way="best"
        )
        placed = {WHO: "P1", OTHER: "P2"}
        told = {"at": NOON, "who": "user wang"}
        drafted.add_draft(conn, kept)
        drafted.append(
            conn,
            "D",
            [
                DraftEntry(number=1, action=DraftAction.ASSIGNED, placed=placed, **told),
                DraftEntry(
                    number=2,
                    action=DraftAction.VETOED,
                    graduate_id=WHO,
                    post_id="P1",
                    reason="样例甲晕车",
                    **told,
                ),
            ],
        )
        vetoed.append_veto(
            conn,
            Veto(
                graduate_id=WHO,
                post_id="P1",
                is_lifted=False,
                reason="样例甲晕车",
                at=NOON,
                who="user wang",
            ),
        )
        wrong = make_outcome(graduate_id=WHO, post_id="P1", stage=stage.RETAINED)
        vetoed.void(conn, VoidedStep(outcome=wrong, why="样例甲没去", at=NOON, who="user wang"))
        conn.execute(sa.insert(schema.trials), TRIAL)
        conn.execute(sa.insert(schema.trial_subjects), SUBJECT)
    desk.issue(engine, CLERK, "F", draw=lambda: SLIP)
    desk.check_in(engine, CLERK, "F", SLIP, booth="A1")
    desk.mark(engine, CLERK, "F", SLIP, "P1")
    desk.claim(engine, CLERK, "F", SLIP, WHO)
    ledger.hold(engine, CLERK, OTHER, "P3")
    ledger.hold(engine, CLERK, WHO, "P3", wait=True, note="电话 13800000000", key="k-1")
    ledger.hold(engine, CLERK, WHO, "P4")
    consents.change(
        engine, WHO, "passing", given=True, at=NOON, source=ConsentSource.LINK, who="self"
    )
    corrections.correct(engine, WHO, "grade_band", "2", at=NOON, who="officer")
    cases.open_case(engine, WHO, CaseKind.COMPLAINT, "排序不对", at=NOON, who="self")
    links.make(engine, home, WHO, at=NOON, who="officer")
    names = Pseudonyms(exposures.keys_dir(home))
    shown = of_person(make_list(day=DAY), names.make(WHO, 2026))
    exposures.append(exposures.lists_dir(home), [shown])


def everything(engine: Engine) -> str:
    """Give whatever any table holds, as one text."""
    with engine.connect() as conn:
        return "\n".join(
            repr(tuple(row))
            for table in schema.metadata.sorted_tables
            for row in conn.execute(sa.select(table))
        )
