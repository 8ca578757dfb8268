"""What is done at a fair: slips, check-ins, marks of both sides, claims, and the closing.

Whoever asks for a booth (`own`) has only what is its own: its posts, and people who marked it or
whom the timetable sends to it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Engine

from recommender.claims import day_of
from recommender.data import fair_desk, interested, store
from recommender.domain import Channel, Interest, InterestSide, Outcome, OutcomeStage
from recommender.errors import NotFound, SlipTaken
from recommender.fairs import DOOR, CheckIn, Closing, Mark, Slip
from recommender.places import Clerk
from recommender.year.fair import Fair, load, once, posts_at

# No 0, 1, I and O, which are read for one another: 40 bits, which nobody guesses at a fair.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 8


def draw_number() -> str:
    """Draw the number of a slip by lot."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_number(written: str) -> str:
    """Read a number as people type it: small letters, blanks and hyphens do not matter."""
    return written.upper().replace("-", "").replace(" ", "")


def issue(
    engine: Engine,
    clerk: Clerk,
    fair_id: str,
    *,
    graduate_id: str | None = None,
    key: str | None = None,
    draw: Callable[[], str] | None = None,
) -> Slip:
    """Give a walk-in a slip that names nobody, or a graduate theirs, the same each time.

    Raises
    ------
    NotFound
        If nobody knows the fair or the graduate.
    FairClosed, ReplayMismatch
        If its doors are shut, or the key was used for another request.
    """

    def act(conn: Connection) -> Slip:
        fair = load(conn, fair_id)
        fair.require_open()
        own = None
        if graduate_id is not None:
            _require_graduate(conn, graduate_id)
            own = fair_desk.slip_of(conn, fair_id, graduate_id)
        if own is not None:
            return own
        number = (draw or draw_number)()
        slip = Slip(fair_id=fair_id, slip=number, issued_at=clerk.now, graduate_id=graduate_id)
        fair_desk.add_slips(conn, [slip])
        return slip

    return once(engine, clerk, key, ("slip", fair_id, graduate_id), Slip, act)


def check_in(
    engine: Engine,
    clerk: Clerk,
    fair_id: str,
    slip: str,
    *,
    booth: str | None = None,
    own: str | None = None,
    key: str | None = None,
) -> CheckIn:
    """Note that a slip was shown at the door, or at a booth; the first showing counts.

    Parameters
    ----------
    booth
        Its sign or its enterprise's code; None for the door.
    own
        Credit code of the enterprise that asks; None for an officer.

    Raises
    ------
    NotFound
        If nobody knows fair, booth or slip, or they are none of the enterprise's.
    FairClosed, ReplayMismatch
        As for `issue`.
    """
    number = read_number(slip)

    def act(conn: Connection) -> CheckIn:
        fair = load(conn, fair_id)
        fair.require_open()
        place = DOOR if booth is None else fair.booth_at(booth).credit_code
        if own is not None and place != own:
            raise NotFound("booth", booth or "")
        _slip(conn, fair, number, own)
        for before in fair_desk.load_check_ins(conn, fair_id, number):
            if before.place == place:
                return before
        shown = CheckIn(fair_id=fair_id, slip=number, place=place, at=clerk.now, who=clerk.who)
        fair_desk.add_check_in(conn, shown)
        return shown

    return once(engine, clerk, key, ("check-in", fair_id, number, booth), CheckIn, act)


def mark(
    engine: Engine,
    clerk: Clerk,
    fair_id: str,
    slip: str,
    post_id: str,
    *,
    side: InterestSide = InterestSide.GRADUATE,
    rank: int | None = None,
    own: str | None = None,
    key: str | None = None,
) -> Mark:
    """Mark that one side wants the other; a second mark of the same changes its rank.

    Where it is known whose slip it is, it is an interest of the fair at once, and of the
    graduate's side an outcome (意向).

    Raises
    ------
    NotFound
        If nobody knows fair, slip or post, no booth has the post open, or they are none of the
        enterprise's.
    FairClosed, ReplayMismatch
        As for `issue`.
    """
    number = read_number(slip)

    def act(conn: Connection) -> Mark:
        fair = load(conn, fair_id)
        fair.require_open()
        known = _slip(conn, fair, number, own)
        here = [post for post in posts_at(conn, fair) if own in (None, post.credit_code)]
        if post_id not in {post.post_id for post in here}:
            raise NotFound("post_at_fair", post_id)
        made = Mark(
            fair_id=fair_id,
            slip=number,
            post_id=post_id,
            side=side,
            rank=rank,
            at=clerk.now,
            who=clerk.who,
        )
        fair_desk.put_mark(conn, made)
        if known.graduate_id is not None:
            keep_mark(conn, made, known.graduate_id, clerk.day)
        return made

    asked = ("mark", fair_id, number, post_id, side.value, rank)
    return once(engine, clerk, key, asked, Mark, act)


def claim(
    engine: Engine,
    clerk: Clerk,
    fair_id: str,
    slip: str,
    graduate_id: str,
    *,
    own: str | None = None,
    name: str | None = None,
    key: str | None = None,
) -> Slip:
    """Say whose slip it is: its marks become interests, and the graduate's own 意向.

    Also after the doors are shut, and once only; an enterprise after it was shown at its booth.

    Parameters
    ----------
    own
        As for `check_in`.
    name
        What the bearer is called, which an enterprise has to know: an id alone finds nobody.

    Raises
    ------
    NotFound
        If nobody knows fair, slip or graduate, or they are none of the enterprise's.
    SlipTaken
        If the slip is somebody else's, or the graduate used another at this fair.
    ReplayMismatch
        As for `issue`.
    """
    number = read_number(slip)

    def act(conn: Connection) -> Slip:
        fair = load(conn, fair_id)
        known = _slip(conn, fair, number, own)
        # In this order: who does not know somebody's name never learns that a slip is theirs.
        if own is not None and not _was_shown(conn, known, own):
            raise NotFound("slip", number)
        _require_graduate(conn, graduate_id)
        if own is not None and not _is_called(conn, graduate_id, name):
            raise NotFound("graduate", graduate_id)
        if known.graduate_id not in (None, graduate_id):
            raise SlipTaken(fair_id, number, graduate_id)
        if known.graduate_id == graduate_id:
            return known
        other = fair_desk.slip_of(conn, fair_id, graduate_id)
        if other is not None:
            _give_up(conn, other, number)
        claimed = replace(
            known, graduate_id=graduate_id, claimed_at=clerk.now, claimed_by=clerk.who
        )
        fair_desk.claim_slip(conn, claimed)
        for made in fair_desk.load_marks(conn, fair_id, number):
            keep_mark(conn, made, graduate_id, clerk.day)
        return claimed

    return once(engine, clerk, key, ("claim", fair_id, number, graduate_id, name), Slip, act)


def close(engine: Engine, clerk: Clerk, fair_id: str, *, key: str | None = None) -> Closing:
    """Shut the doors: nobody checks in or marks any more. A second time changes nothing.

    Raises
    ------
    NotFound, ReplayMismatch
        As for `issue`.
    """

    def act(conn: Connection) -> Closing:
        fair = load(conn, fair_id)
        if fair.closing is not None:
            return fair.closing
        closing = Closing(fair_id=fair_id, at=clerk.now, who=clerk.who)
        fair_desk.add_closing(conn, closing)
        return closing

    return once(engine, clerk, key, ("close", fair_id), Closing, act)


# --- what they share --------------------------------------------------------------------------


def _require_graduate(conn: Connection, graduate_id: str) -> None:
    if not store.load_graduates(conn, ids=[graduate_id]):
        raise NotFound("graduate", graduate_id)


def _give_up(conn: Connection, own: Slip, number: str) -> None:
    """Take back the slip that a graduate left at home for the one that they carry."""
    if fair_desk.load_check_ins(conn, own.fair_id, own.slip) or fair_desk.load_marks(
        conn, own.fair_id, own.slip
    ):
        raise SlipTaken(own.fair_id, number, own.graduate_id or "")
    fair_desk.drop_slip(conn, own)


def _is_called(conn: Connection, graduate_id: str, name: str | None) -> bool:
    details = store.load_personal(conn, [graduate_id]).get(graduate_id)
    return details is not None and details.name is not None and details.name == name


def _slip(conn: Connection, fair: Fair, number: str, own: str | None) -> Slip:
    found = fair_desk.find_slip(conn, fair.fair_id, number)
    if found is None or (own is not None and not _is_of(conn, fair, found, own)):
        raise NotFound("slip", number)
    return found


def _is_of(conn: Connection, fair: Fair, slip: Slip, own: str) -> bool:
    """Say whether a slip's bearer marked an enterprise's post, or is sent to its booth."""
    posts = {post.post_id for post in posts_at(conn, fair) if post.credit_code == own}
    if any(
        made.post_id in posts and made.side is InterestSide.GRADUATE
        for made in fair_desk.load_marks(conn, fair.fair_id, slip.slip)
    ):
        return True
    turns = fair_desk.load_turns(conn, fair.fair_id)
    sent = {turn.graduate_id for turn in turns if turn.credit_code == own}
    return slip.graduate_id in sent


def _was_shown(conn: Connection, slip: Slip, own: str) -> bool:
    shown = fair_desk.load_check_ins(conn, slip.fair_id, slip.slip)
    return own in {each.place for each in shown}


def keep_mark(conn: Connection, made: Mark, graduate_id: str, day: date) -> None:
    """Keep a mark as an interest of the fair; a graduate's own as an outcome, once."""
    interest = Interest(
        fair_id=made.fair_id,
        graduate_id=graduate_id,
        post_id=made.post_id,
        side=made.side,
        rank=made.rank,
    )
    interested.save_interests(conn, [interest])
    if made.side is not InterestSide.GRADUATE:
        return
    step = Outcome(
        graduate_id=graduate_id,
        post_id=made.post_id,
        stage=OutcomeStage.INTERESTED,
        date=day_of(made.at),
        recorded_on=day,
        channel=Channel.FAIR,
    )
    known = store.load_outcomes(
        conn,
        day=date.max,
        stages=[step.stage],
        graduate_ids=[graduate_id],
        post_ids=[made.post_id],
    )
    if step.date not in {each.date for each in known}:
        store.save_outcome(conn, step)
