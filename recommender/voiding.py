"""Steps that were recorded wrongly are voided: kept as history, and counted nowhere any more."""

from __future__ import annotations

from datetime import date
from typing import cast

import structlog
from sqlalchemy import Connection, Engine

from recommender import places
from recommender.claims import ClaimState
from recommender.data import cells, store, vetoed
from recommender.data import ledger as kept
from recommender.decisions import VoidedStep
from recommender.domain import Outcome, OutcomeStage
from recommender.errors import DecisionRefused, Malformed, NotFound, Unreadable
from recommender.matching.eligibility import standing
from recommender.places import Clerk

log = structlog.get_logger()


def void(
    engine: Engine,
    clerk: Clerk,
    graduate_id: str,
    post_id: str,
    stage: OutcomeStage,
    day: date,
    *,
    why: str,
) -> VoidedStep:
    """Void one step, so that it counts nowhere; the same step may be recorded again.

    Raises
    ------
    NotFound
        If there is no such step.
    DecisionRefused
        If it is void already, no reason is given, or a confirmed place rests on it.
    """
    if not why.strip():
        raise DecisionRefused("no_reason")
    with store.writing(engine) as conn:
        step = _step(conn, graduate_id, post_id, stage, day)
        _refuse_rested_on(conn, clerk, step)
        voided = VoidedStep(outcome=step, why=why.strip(), at=clerk.now, who=clerk.who)
        vetoed.void(conn, voided)
        places.settle_for(conn, clerk, graduate_id, post_id)
    log.info("step voided", stage=stage.value)
    return voided


def _step(
    conn: Connection, graduate_id: str, post_id: str, stage: OutcomeStage, day: date
) -> Outcome:
    def is_it(step: Outcome) -> bool:
        return (step.post_id, step.stage, step.date) == (post_id, stage, day)

    stored = store.load_outcomes(conn, day=date.max, graduate_ids=[graduate_id])
    found = [step for step in stored if is_it(step)]
    if found:
        return found[0]
    before = vetoed.load_voided(conn, graduate_ids=[graduate_id])
    if any(is_it(each.outcome) for each in before):
        raise DecisionRefused("voided_already", graduate_id, post_id, day.isoformat())
    raise NotFound("step", f"{graduate_id} {post_id} {stage.value} {day}")


def _refuse_rested_on(conn: Connection, clerk: Clerk, step: Outcome) -> None:
    """Refuse to void what a confirmed place rests on: a signing, or what made room for one."""
    who, post_id = step.graduate_id, step.post_id
    steps = store.load_deciding(conn, day=clerk.day, post_ids=[post_id], graduate_ids=[who])
    posts = {
        each.post_id: each for each in store.load_posts(conn, day=clerk.day, post_ids=[post_id])
    }
    before = standing(steps, posts, clerk.day)
    after = standing([each for each in steps if each != step], posts, clerk.day)
    had, has = (now.placed_at.get(who, frozenset()) for now in (before, after))
    for claim in kept.load_claims(conn, graduate_ids=[who]):
        if claim.state is not ClaimState.CONFIRMED:
            continue
        falls = claim.post_id in had - has
        if falls or (claim.post_id != post_id and post_id in has - had):
            raise DecisionRefused("claim_rests", who, claim.post_id)
    post = posts.get(post_id)
    taken = [now.confirmed.get(post_id, 0) for now in (before, after)]
    if post is not None and taken[1] > taken[0] and taken[1] > post.headcount:
        raise DecisionRefused("place_taken", post_id)


def step_asked(stage: str, day: str) -> tuple[OutcomeStage, date]:
    """Read which step somebody means: the word of its stage and its day.

    Raises
    ------
    Unreadable
        If either cannot be read.
    """
    try:
        which = cast(OutcomeStage, cells.words(OutcomeStage)(stage, []))
    except Malformed as wrong:
        raise Unreadable("stage", stage, wrong.code, wrong.facts) from wrong
    try:
        return which, cells.day(day, [])
    except Malformed as wrong:
        raise Unreadable("date", day, wrong.code, wrong.facts) from wrong
