"""What a request to the ledger of places does, once its graduate and its post are known.

Each raises before it writes anything, so that a refusal leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from recommender import places
from recommender.claims import Claim, ClaimState, LedgerAction, LedgerEvent
from recommender.data import ledger as kept
from recommender.data import store
from recommender.domain import Channel, Graduate, Outcome, OutcomeStage, Post
from recommender.errors import (
    AlreadyClaimed,
    AlreadyPlaced,
    HoldExpired,
    NoOpenPlace,
    NothingClaimed,
)
from recommender.ledger_answers import Entry, Request
from recommender.places import Clerk

Act = Callable[[Connection, Clerk, Request, Graduate, Post], Entry]
# After these nothing is left of what a graduate had at a post.
ENDS = frozenset({LedgerAction.RELEASE, LedgerAction.EXPIRE, LedgerAction.LAPSE})


def _hold(
    conn: Connection, clerk: Clerk, request: Request, graduate: Graduate, post: Post
) -> Entry:
    if places.claim_of(conn, post, graduate) is not None:
        refusal = places.refusal(conn, clerk, graduate, post)
        raise (
            refusal
            if isinstance(refusal, AlreadyPlaced)
            else AlreadyClaimed(graduate.graduate_id, post.post_id)
        )
    refusal = places.refusal(conn, clerk, graduate, post)
    if isinstance(refusal, NoOpenPlace) and request.wait:
        return _wait(conn, clerk, request, graduate, post)
    if refusal is not None:
        raise refusal
    hours = clerk.hold_hours if request.hours is None else request.hours
    deadline = clerk.now + timedelta(hours=hours)
    places.take(conn, clerk, graduate.graduate_id, post, expires_at=deadline)
    return Entry(event=_write(conn, clerk, request, LedgerAction.HOLD, expires_at=deadline))


def _wait(
    conn: Connection, clerk: Clerk, request: Request, graduate: Graduate, post: Post
) -> Entry:
    claim = Claim(
        post_id=post.post_id,
        graduate_id=graduate.graduate_id,
        state=ClaimState.WAITING,
        since=clerk.now,
    )
    kept.put_claim(conn, claim, n_places=post.headcount)
    event = _write(conn, clerk, request, LedgerAction.WAIT)
    line = places.in_turn(kept.load_claims(conn, post_ids=[post.post_id]))
    return Entry(event=event, position=line.index(claim) + 1)


def _confirm(
    conn: Connection, clerk: Clerk, request: Request, graduate: Graduate, post: Post
) -> Entry:
    refusal = places.refusal(conn, clerk, graduate, post)
    if isinstance(refusal, NoOpenPlace) and _ran_out(conn, graduate, post):
        raise HoldExpired(graduate.graduate_id, post.post_id)
    if refusal is not None:
        raise refusal
    request = replace(request, channel=request.channel or _channel_of(conn, request))
    places.take(conn, clerk, graduate.graduate_id, post, expires_at=None)
    kept.take_back_ending(conn, post.post_id, graduate.graduate_id, clerk.day)
    event = _write(conn, clerk, request, LedgerAction.CONFIRM)
    _record(conn, clerk, request, OutcomeStage.SIGNED)
    places.settle_for(conn, clerk, graduate.graduate_id, post.post_id)
    return Entry(event=event)


def _channel_of(conn: Connection, request: Request) -> Channel | None:
    """Give the channel of what the graduate has there, by the latest line that says one."""
    for event in reversed(kept.load_events(conn, request.post_id, request.graduate_id)):
        if event.action in ENDS:
            return None
        if event.channel is not None:
            return Channel(event.channel)
    return None


def _ran_out(conn: Connection, graduate: Graduate, post: Post) -> bool:
    events = kept.load_events(conn, post.post_id, graduate.graduate_id)
    return bool(events) and events[-1].action is LedgerAction.EXPIRE


def _release(
    conn: Connection, clerk: Clerk, request: Request, graduate: Graduate, post: Post
) -> Entry:
    claim = places.claim_of(conn, post, graduate)
    if places.is_there(conn, clerk, graduate, post):
        _record(conn, clerk, request, OutcomeStage.CANCELLED)
    elif claim is None:
        raise NothingClaimed(graduate.graduate_id, post.post_id)
    kept.drop_claim(conn, post.post_id, graduate.graduate_id)
    event = _write(conn, clerk, request, LedgerAction.RELEASE)
    places.settle_for(conn, clerk, graduate.graduate_id, post.post_id)
    return Entry(event=event)


def _record(conn: Connection, clerk: Clerk, request: Request, stage: OutcomeStage) -> None:
    """Keep the step with the outcomes, so that history and export know it, once."""
    step = Outcome(
        graduate_id=request.graduate_id,
        post_id=request.post_id,
        stage=stage,
        date=clerk.day,
        recorded_on=clerk.day,
        channel=request.channel,
        reason=request.reason,
    )
    store.save_outcome(conn, step)


def _write(
    conn: Connection,
    clerk: Clerk,
    request: Request,
    action: LedgerAction,
    *,
    expires_at: datetime | None = None,
) -> LedgerEvent:
    return kept.append(
        conn,
        action,
        request.post_id,
        request.graduate_id,
        at=clerk.now,
        who=clerk.who,
        expires_at=expires_at,
        reason=request.reason.value if request.reason else None,
        note=request.note,
        channel=request.channel.value if request.channel else None,
    )


ACTS: Mapping[LedgerAction, Act] = {
    LedgerAction.HOLD: _hold,
    LedgerAction.CONFIRM: _confirm,
    LedgerAction.RELEASE: _release,
}
