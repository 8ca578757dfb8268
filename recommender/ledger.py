"""The ledger of places (名额台账): every place once, whoever asks.

A claim is a place held until a deadline, a confirmed place, or a turn in the line of a full
post. Whoever writes first settles what is due: nobody needs to be awake when a deadline passes.
The writers of a database take turns (decision 1), and the tables refuse a place taken twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import structlog
from sqlalchemy import Connection, Engine

from recommender import places
from recommender.claims import Claim, ClaimState, LedgerAction, LedgerEvent
from recommender.data import ledger as kept
from recommender.data import store
from recommender.domain import DECIDING, Graduate, Outcome, Post
from recommender.errors import BatchRefused, NotFound, PlacementError, Refused
from recommender.ledger_acts import ACTS
from recommender.ledger_answers import Entry, Request, replayed, to_json
from recommender.ledger_requests import request
from recommender.matching.eligibility import Reserved, Standing, open_places
from recommender.matching.internships import interns
from recommender.places import Clerk

log = structlog.get_logger()

CREATED, CONFLICT = 201, 409


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPlaces:
    """How the places of one post stand.

    Attributes
    ----------
    open_places
        Open to anybody: neither confirmed, held nor reserved.
    reserved
        Places that agreements keep for their members.
    kept
        The same by agreement.
    confirmed
        Graduates who hold a place, by whatever step.
    interns
        Those whose internship holds a place, each by the step that says until when.
    held
        Holds whose deadline has not passed, the earliest deadline first.
    line
        Who waits, in the order in which places are offered.
    history
        Every line of the ledger about the post, the earliest first.
    """

    post: Post
    open_places: int
    reserved: int
    kept: tuple[Reserved, ...]
    confirmed: tuple[str, ...]
    interns: tuple[Outcome, ...]
    held: tuple[Claim, ...]
    line: tuple[Claim, ...]
    history: tuple[LedgerEvent, ...]


def hold(
    engine: Engine,
    clerk: Clerk,
    graduate_id: str,
    post_id: str,
    *,
    hours: float | None = None,
    wait: bool = False,
    channel: str | None = None,
    note: str | None = None,
    key: str | None = None,
) -> Entry:
    """Hold a place for a graduate until a deadline; at a full post wait for one, where asked.

    Parameters
    ----------
    hours
        How long; the clerk's where not stated.
    wait
        Whether to stand in line where no place is open.
    channel
        Where the request comes from; the confirmation takes it over.
    key
        Of the request: the same key gives the same answer, and writes nothing again.

    Raises
    ------
    NotFound
        If the graduate or the post is not stored.
    AlreadyClaimed, AlreadyPlaced, Ineligible, NoOpenPlace
        If the graduate has a claim there or a place anywhere, a rule forbids the post, or
        none of its places is open.
    ReplayMismatch
        If the key was used before for another request.
    """
    asked = request(
        LedgerAction.HOLD,
        graduate_id,
        post_id,
        channel=channel,
        hours=hours,
        wait=wait,
        note=note,
    )
    return keep(engine, clerk, asked, key=key)


def confirm(
    engine: Engine,
    clerk: Clerk,
    graduate_id: str,
    post_id: str,
    *,
    channel: str | None = None,
    note: str | None = None,
    key: str | None = None,
) -> Entry:
    """Confirm a place (签约), held before or open; the step is recorded with the outcomes.

    Whatever else the graduate held or waited for is let go. A channel that is not said is that of
    the hold or the turn.

    Raises
    ------
    NotFound, AlreadyPlaced, Ineligible, NoOpenPlace, ReplayMismatch
        As for `hold`.
    HoldExpired
        If the graduate's hold ran out, and no place is open any more.
    Unreadable
        If the channel is none of the outcomes sheet's.
    """
    asked = request(LedgerAction.CONFIRM, graduate_id, post_id, channel=channel, note=note)
    return keep(engine, clerk, asked, key=key)


def release(
    engine: Engine,
    clerk: Clerk,
    graduate_id: str,
    post_id: str,
    *,
    reason: str,
    note: str | None = None,
    key: str | None = None,
) -> Entry:
    """Give up what a graduate has at a post: a place (解约), a hold, or a turn in the line.

    Of a confirmed place, also one that was imported, and of an internship that holds one, the
    step is recorded with the outcomes. A place that comes free is offered to the next in line.

    Raises
    ------
    NotFound, ReplayMismatch
        As for `hold`.
    NothingClaimed
        If the graduate has nothing there.
    Unreadable
        If the reason is none of the outcomes sheet's.
    """
    asked = request(LedgerAction.RELEASE, graduate_id, post_id, reason=reason, note=note)
    return keep(engine, clerk, asked, key=key)


def show(engine: Engine, clerk: Clerk, post_id: str) -> PostPlaces:
    """Show the places of a post, its line and its history; what is due is settled first.

    Raises
    ------
    NotFound
        If the post is not stored.
    """
    with store.reading(engine) as conn:
        view, is_due = _view(conn, clerk, post_id)
    if not is_due:
        return view
    with store.writing(engine) as conn:
        places.settle(conn, clerk, {post_id})
        return _view(conn, clerk, post_id)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """What waits for somebody, at all posts.

    Attributes
    ----------
    held
        Holds whose deadline has not passed, the earliest deadline first.
    lines
        Post → who waits there, in the order in which places are offered; by post.
    """

    held: tuple[Claim, ...]
    lines: Mapping[str, tuple[Claim, ...]]


def pending(engine: Engine, clerk: Clerk) -> Pending:
    """Show every hold and every line; what is due is settled first."""
    with store.reading(engine) as conn:
        claims = kept.load_claims(conn)
    if any(claim.number is None or _ran_out(claim, clerk) for claim in claims):
        with store.writing(engine) as conn:
            places.settle(conn, clerk, ())
            claims = kept.load_claims(conn)
    held = [claim for claim in claims if claim.holds_at(clerk.now)]
    waiting = groupby(
        (claim for claim in claims if claim.state is ClaimState.WAITING),
        key=lambda claim: claim.post_id,
    )
    return Pending(
        held=tuple(sorted(held, key=lambda each: (each.expires_at, each.graduate_id))),
        lines={post_id: tuple(places.in_turn(some)) for post_id, some in waiting},
    )


# --- one request, whole or not at all ---------------------------------------------------------


def keep(engine: Engine, clerk: Clerk, request: Request, *, key: str | None = None) -> Entry:
    """Answer a request, or give the answer that its key was given before.

    Raises
    ------
    NotFound, Refused
        As `hold`, `confirm` and `release`.
    """
    with store.writing(engine) as conn:
        answer = _answer(conn, clerk, request, key)
    if isinstance(answer, Refused):
        raise answer
    log.info("ledger", action=request.action.value)
    return answer


def _answer(conn: Connection, clerk: Clerk, request: Request, key: str | None) -> Entry | Refused:
    """Answer a request, or its key; a refusal is given, so that it is remembered too."""
    before = store.remembered(conn, key) if key else None
    if before is not None:
        return replayed(before, request)
    graduate, post = _pair(conn, clerk, request)
    places.settle_for(conn, clerk, graduate.graduate_id, post.post_id)
    answer: Entry | Refused
    try:
        answer = ACTS[request.action](conn, clerk, request, graduate, post)
    except Refused as refused:  # before anything was written: what was settled is kept
        answer = refused
    if key:
        store.remember(
            conn,
            key,
            body_sha256=request.digest(),
            status=CONFLICT if isinstance(answer, Refused) else CREATED,
            answer=to_json(answer),
            day=clerk.day,
        )
    return answer


def together(
    engine: Engine,
    clerk: Clerk,
    requests: Sequence[tuple[int, Request]],
    *,
    key: str | None = None,
) -> list[Entry]:
    """Answer several requests in one transaction: all of them, or none.

    Each finds the places as those before it leave them.

    Parameters
    ----------
    requests
        Each with the number by which a refusal calls it.
    key
        Of all of them: each has its own, with its number.

    Raises
    ------
    BatchRefused
        If any cannot be kept; every one that cannot is in it, and nothing was written.
    """
    entries: list[Entry] = []
    refused: list[tuple[int, str, str, PlacementError]] = []
    with store.writing(engine) as conn:
        for n, request in requests:
            try:
                answer: Entry | PlacementError = _answer(
                    conn, clerk, request, f"{key}/{n}" if key else None
                )
            except (Refused, NotFound) as found:
                answer = found
            if isinstance(answer, Entry):
                entries.append(answer)
            else:
                refused.append((n, request.graduate_id, request.post_id, answer))
        if refused:
            raise BatchRefused(refused)
    log.info("ledger", n_together=len(entries))
    return entries


def each(
    conn: Connection, clerk: Clerk, requests: Sequence[Request]
) -> list[Entry | PlacementError]:
    """Answer several requests, each for itself: one that is refused keeps no other back.

    Runs in the writer's transaction; a refusal leaves nothing of its request.
    """
    answers: list[Entry | PlacementError] = []
    for asked in requests:
        try:
            answers.append(_answer(conn, clerk, asked, None))
        except NotFound as found:
            answers.append(found)
    log.info("ledger", n_each=len(answers))
    return answers


def _pair(conn: Connection, clerk: Clerk, request: Request) -> tuple[Graduate, Post]:
    graduates = store.load_graduates(conn, ids=[request.graduate_id])
    if not graduates:
        raise NotFound("graduate", request.graduate_id)
    posts = store.load_posts(conn, day=clerk.day, post_ids=[request.post_id])
    if not posts:
        raise NotFound("post", request.post_id)
    return graduates[0], posts[0]


def _ran_out(claim: Claim, clerk: Clerk) -> bool:
    return claim.state is ClaimState.HELD and not claim.holds_at(clerk.now)


def _view(conn: Connection, clerk: Clerk, post_id: str) -> tuple[PostPlaces, bool]:
    posts = store.load_posts(conn, day=clerk.day, post_ids=[post_id])
    if not posts:
        raise NotFound("post", post_id)
    post = posts[0]
    claims = kept.load_claims(conn, post_ids=[post_id])
    ids = [claim.graduate_id for claim in claims]
    now = places.standing_on(conn, posts, clerk.day, graduate_ids=ids, moment=clerk.now)
    held = [claim for claim in claims if claim.holds_at(clerk.now)]
    line = places.in_turn(claims)
    kept_back = now.reserved.get(post_id, ())
    view = PostPlaces(
        post=post,
        open_places=open_places(post, now),
        reserved=sum(each.places for each in kept_back),
        kept=kept_back,
        confirmed=tuple(sorted(who for who, at in now.placed_at.items() if post_id in at)),
        interns=tuple(_interns(conn, clerk, post_id, now)),
        held=tuple(sorted(held, key=lambda claim: (claim.expires_at, claim.graduate_id))),
        line=tuple(line),
        history=tuple(kept.load_events(conn, post_id)),
    )
    n_holds = sum(claim.state is ClaimState.HELD for claim in claims)
    can_offer = any(open_places(post, now, claim.graduate_id) >= 1 for claim in line)
    return view, n_holds > len(held) or can_offer


def _interns(conn: Connection, clerk: Clerk, post_id: str, now: Standing) -> list[Outcome]:
    """Give the internships that hold a place, who has one for good left out; by last day."""
    steps = store.load_outcomes(conn, day=clerk.day, stages=DECIDING, post_ids=[post_id])
    there = interns(steps, clerk.day).values()
    held = now.held.get(post_id, frozenset())
    found = [step for step in there if step.graduate_id in held]
    return sorted(found, key=lambda step: (step.interned_until, step.graduate_id))
