"""How places stand, and what follows by itself: deadlines, rules that fail, the line.

`standing_on` reads steps, holds and what agreements reserve for everybody who counts places or
asks the rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import count

from sqlalchemy import Connection

from recommender.claims import Claim, ClaimState, LedgerAction, day_of, start_of
from recommender.data import agreed, collected, store, vetoed
from recommender.data import ledger as kept
from recommender.domain import DECIDING, Graduate, Post
from recommender.errors import AlreadyPlaced, Ineligible, NoOpenPlace, Refused
from recommender.matching.eligibility import (
    Standing,
    check_pair,
    open_places,
    shut_out_by,
    standing,
)
from recommender.matching.reserved import reserves_on, with_hold, with_reserved

LEDGER = "ledger"  # who does what follows by itself
LATER = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Clerk:
    """Who writes into the ledger, and when.

    Attributes
    ----------
    who
        The account at a keyboard, or a role with the number of its token.
    now
        With its zone.
    hold_hours
        How long a hold or an offer lasts, where nothing else is said.
    """

    who: str
    now: datetime
    hold_hours: float

    @property
    def day(self) -> date:
        """The day that it is in Shandong."""
        return day_of(self.now)


def standing_on(
    conn: Connection,
    posts: Sequence[Post],
    day: date,
    *,
    graduate_ids: Collection[str] | None = None,
    moment: datetime | None = None,
) -> Standing:
    """Read where everybody stands: steps and reserved places of a day, holds of a moment of it.

    Parameters
    ----------
    posts
        Those whose places are asked about.
    graduate_ids
        Those whose own steps are asked about; None for everybody's.
    moment
        Where only the day is known, a hold counts for the whole day on which it runs out.
    """
    moment = moment or start_of(day)
    agreements = [one for one in agreed.load_promising(conn, posts) if reserves_on(one, day)]
    if not agreements:
        return _without_reserved(conn, posts, day, graduate_ids, moment)
    # What is reserved at one post depends on the enterprise's others, and on every member.
    firms = {one.credit_code for one in agreements}
    others = store.load_posts(conn, day=day, open_only=True, credit_codes=firms)
    all_posts = list({post.post_id: post for post in (*others, *posts)}.values())
    people = agreed.load_candidates(conn, agreements)
    if graduate_ids is not None:
        graduate_ids = {*graduate_ids, *(each.graduate_id for each in people)}
    bare = _without_reserved(conn, all_posts, day, graduate_ids, moment)
    reference = store.load_reference(conn, day=day)
    return with_reserved(bare, agreements, all_posts, people, reference, day)


def _without_reserved(
    conn: Connection,
    posts: Sequence[Post],
    day: date,
    graduate_ids: Collection[str] | None,
    moment: datetime,
) -> Standing:
    ids = [post.post_id for post in posts]
    if graduate_ids is None:
        steps = store.load_outcomes(conn, day=day, stages=DECIDING)
    else:
        steps = store.load_deciding(conn, day=day, post_ids=ids, graduate_ids=graduate_ids)
    holds = kept.load_holds(conn, moment=moment, post_ids=ids)
    paused = collected.paused_on(conn, day)
    barred = vetoed.vetoed(conn, day=day, graduate_ids=graduate_ids)
    return standing(steps, {post.post_id: post for post in posts}, day, holds, paused, barred)


def next_deadline(conn: Connection, moment: datetime) -> datetime | None:
    """Give the moment at which the next hold runs out, and places stand otherwise."""
    deadlines = [hold.expires_at for hold in kept.load_holds(conn, moment=moment)]
    return min((each for each in deadlines if each is not None), default=None)


def refusal(conn: Connection, clerk: Clerk, graduate: Graduate, post: Post) -> Refused | None:
    """Say why a graduate may not take a place at a post; None where every rule holds."""
    ids = [graduate.graduate_id]
    now = standing_on(conn, [post], clerk.day, graduate_ids=ids, moment=clerk.now)
    failing = [rule for rule in check_pair(graduate, post, now, clerk.day) if not rule.holds]
    codes = {rule.code for rule in failing}
    if "unplaced" in codes:
        held_at = now.placed_at.get(graduate.graduate_id, frozenset())
        return AlreadyPlaced(graduate.graduate_id, min(held_at, default=""))
    if codes - {"places"}:
        rules = [(rule.code, rule.needs) for rule in failing]
        return Ineligible(graduate.graduate_id, post.post_id, rules)
    if codes:
        return _full(post, now, graduate)
    return refusal_ahead(conn, graduate, post, known_on=clerk.day, moment=clerk.now)


def refusal_ahead(
    conn: Connection, graduate: Graduate, post: Post, *, known_on: date, moment: datetime
) -> NoOpenPlace | AlreadyPlaced | None:
    """Look whether a place is open and the graduate free on a day and ever after.

    Steps may be dated ahead: the place must be there on the day and when all that is stored
    has happened. What agreements reserve is asked for the day alone.
    """
    if graduate.hired_at_enrolment:
        return AlreadyPlaced(graduate.graduate_id, "")
    steps = store.load_deciding(
        conn, day=LATER, post_ids=[post.post_id], graduate_ids=[graduate.graduate_id]
    )
    at = {step.post_id for step in steps}
    posts = {each.post_id: each for each in store.load_posts(conn, day=known_on, post_ids=at)}
    holds = kept.load_holds(conn, moment=moment, post_ids=[post.post_id])
    for seen_on in {known_on, *(max(step.date, step.recorded_on, known_on) for step in steps)}:
        now = standing(steps, posts, seen_on, holds)
        held_at = now.placed_at.get(graduate.graduate_id)
        if held_at:
            return AlreadyPlaced(graduate.graduate_id, min(held_at))
        if open_places(post, now, graduate.graduate_id) < 1:
            return NoOpenPlace(post.post_id)
    if agreed.load_promising(conn, [post]):
        ids = [graduate.graduate_id]
        now = standing_on(conn, [post], known_on, graduate_ids=ids, moment=moment)
        if open_places(post, now, graduate.graduate_id) < 1:
            return _full(post, now, graduate)
    return None


def _full(post: Post, now: Standing, graduate: Graduate) -> NoOpenPlace:
    """Say that no place is open, and which agreements keep what is left."""
    kept_by = shut_out_by(post, now, graduate.graduate_id)
    return NoOpenPlace(
        post.post_id, [(each.agreement_id, each.returns_on.isoformat()) for each in kept_by]
    )


def is_there(conn: Connection, clerk: Clerk, graduate: Graduate, post: Post) -> bool:
    """Say whether a graduate has a place at a post by a step: for good, or as an intern."""
    steps = store.load_outcomes(
        conn,
        day=clerk.day,
        stages=DECIDING,
        graduate_ids=[graduate.graduate_id],
        post_ids=[post.post_id],
    )
    now = standing(steps, {post.post_id: post}, clerk.day)
    is_placed = post.post_id in now.placed_at.get(graduate.graduate_id, frozenset())
    return is_placed or graduate.graduate_id in now.held.get(post.post_id, frozenset())


def claim_of(conn: Connection, post: Post, graduate: Graduate) -> Claim | None:
    """Give what a graduate has at a post."""
    claims = kept.load_claims(conn, graduate_ids=[graduate.graduate_id])
    return next((claim for claim in claims if claim.post_id == post.post_id), None)


def in_turn(claims: Iterable[Claim]) -> list[Claim]:
    """Give those who wait in the order in which places are offered: by time, ties by hash."""
    waiting = (claim for claim in claims if claim.state is ClaimState.WAITING)
    return sorted(waiting, key=lambda claim: (claim.since, _hash(claim)))


def _hash(claim: Claim) -> bytes:
    return blake2b(f"{claim.post_id}\n{claim.graduate_id}".encode(), digest_size=8).digest()


def take(
    conn: Connection,
    clerk: Clerk,
    graduate_id: str,
    post: Post,
    *,
    expires_at: datetime | None,
    offered: bool = False,
) -> None:
    """Take a place of a post: until a deadline, or for good; one held before keeps its number.

    Raises
    ------
    NoOpenPlace
        If every number up to the headcount has its holder; nothing was written.
    """
    number = _free_number(conn, graduate_id, post)
    if number > post.headcount:  # recorded steps may have ended what still has a number
        settle(conn, clerk, {post.post_id})
        number = _free_number(conn, graduate_id, post)
    if number > post.headcount:
        raise NoOpenPlace(post.post_id)
    claim = Claim(
        post_id=post.post_id,
        graduate_id=graduate_id,
        state=ClaimState.CONFIRMED if expires_at is None else ClaimState.HELD,
        since=clerk.now,
        number=number,
        expires_at=expires_at,
        offered=offered,
    )
    kept.put_claim(conn, claim, n_places=post.headcount)


def _free_number(conn: Connection, graduate_id: str, post: Post) -> int:
    """Give the number that a graduate holds at a post, or else the lowest that nobody does."""
    numbers = {
        claim.graduate_id: claim.number
        for claim in kept.load_claims(conn, post_ids=[post.post_id])
        if claim.number is not None
    }
    taken = set(numbers.values())
    return numbers.get(graduate_id) or next(n for n in count(1) if n not in taken)


# --- what follows by itself -------------------------------------------------------------------


def settle(
    conn: Connection, clerk: Clerk, post_ids: Iterable[str], graduate_id: str | None = None
) -> None:
    """Bring claims up to the moment: at posts named, where a hold ran out, and where one waits.

    Holds past their deadline end. A hold or a turn ends whose graduate a rule now keeps from
    the post, and a confirmed claim whose placement a recorded step ended. Then places that are
    open are offered to who is next in line: held for the clerk's hours.

    Where everything claimed is confirmed there is nothing to offer; then only what is the
    graduate's, where one is named, is held to the steps.
    """
    expired = kept.load_expired(conn, clerk.now)
    for claim in expired:
        _end(conn, clerk, claim, LedgerAction.EXPIRE)
    at = {*post_ids, *(claim.post_id for claim in expired), *kept.posts_with_line(conn)}
    # What was claimed after the moment does not exist yet.
    claims = [claim for claim in kept.load_claims(conn, post_ids=at) if claim.since <= clerk.now]
    due = [each for each in claims if graduate_id in (None, each.graduate_id)]
    if not due and all(each.state is ClaimState.CONFIRMED for each in claims):
        return
    ids = {claim.graduate_id for claim in claims}
    people = {each.graduate_id: each for each in store.load_graduates(conn, ids=ids)}
    posts = {post.post_id: post for post in store.load_posts(conn, day=clerk.day, post_ids=at)}
    now = standing_on(conn, list(posts.values()), clerk.day, graduate_ids=ids, moment=clerk.now)
    stay = []
    for claim in claims:
        post, graduate = posts[claim.post_id], people[claim.graduate_id]
        if not _let_go(conn, clerk, claim, graduate, post, now):
            stay.append(claim)
    if len(stay) < len(claims):  # what they let go may be a member's, and reserved again
        now = standing_on(conn, list(posts.values()), clerk.day, graduate_ids=ids, moment=clerk.now)
    _offer(conn, clerk, stay, posts, now)


def settle_for(conn: Connection, clerk: Clerk, graduate_id: str, post_id: str) -> None:
    """Settle what a request of a graduate about a post may touch."""
    own = kept.load_claims(conn, graduate_ids=[graduate_id])
    settle(conn, clerk, {post_id, *(claim.post_id for claim in own)}, graduate_id)


def _let_go(
    conn: Connection, clerk: Clerk, claim: Claim, graduate: Graduate, post: Post, now: Standing
) -> bool:
    """End a claim that no longer stands; say whether it was ended."""
    if claim.state is ClaimState.CONFIRMED:
        if claim.post_id in now.placed_at.get(claim.graduate_id, frozenset()):
            return False
        _end(conn, clerk, claim, LedgerAction.RELEASE)
        return True
    rules = check_pair(graduate, post, now, clerk.day)
    failing = [rule.code for rule in rules if not rule.holds and rule.code != "places"]
    if failing:
        _end(conn, clerk, claim, LedgerAction.LAPSE, reason=failing[0])
    return bool(failing)


def _end(
    conn: Connection,
    clerk: Clerk,
    claim: Claim,
    action: LedgerAction,
    *,
    reason: str | None = None,
) -> None:
    kept.drop_claim(conn, claim.post_id, claim.graduate_id)
    kept.append(
        conn,
        action,
        claim.post_id,
        claim.graduate_id,
        at=clerk.now,
        who=LEDGER,
        expires_at=claim.expires_at,
        reason=reason,
    )


def _offer(
    conn: Connection,
    clerk: Clerk,
    claims: Sequence[Claim],
    posts: Mapping[str, Post],
    now: Standing,
) -> None:
    """Offer the open places of each post to its line, until either is at an end."""
    left = now
    deadline = clerk.now + timedelta(hours=clerk.hold_hours)
    for post_id, post in sorted(posts.items()):
        for claim in in_turn(claim for claim in claims if claim.post_id == post_id):
            if open_places(post, left, claim.graduate_id) < 1:
                continue
            left = with_hold(left, post_id, claim.graduate_id)
            take(conn, clerk, claim.graduate_id, post, expires_at=deadline, offered=True)
            kept.append(
                conn,
                LedgerAction.OFFER,
                post_id,
                claim.graduate_id,
                at=clerk.now,
                who=LEDGER,
                expires_at=deadline,
            )
