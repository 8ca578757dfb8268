"""Papers of a fair: a slip as an officer or a booth opens it, and the codes of a class."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from recommender import access
from recommender.access import Grant
from recommender.data import fair_desk, store
from recommender.domain import InterestSide, class_year_of
from recommender.errors import NotFound
from recommender.fairs import Slip
from recommender.places import Clerk
from recommender.year import fair, fair_board, fair_codes
from recommender.year.fair_desk import read_number


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkLine:
    """A post that the bearer marked, and whether its booth marked the bearer."""

    sign: str
    post_id: str
    occupation: str
    enterprise: str
    is_mutual: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipSeen:
    """A slip as somebody may see it.

    Attributes
    ----------
    own
        Booth of the enterprise that asks, which sees its own posts alone; None for an officer.
    is_claimed
        Whether it is somebody's; whose, nobody is told here.
    shown_at
        Signs of the places where it was shown; ``door`` for the door.
    """

    slip: Slip
    found: fair.Fair
    own: str | None
    is_claimed: bool
    shown_at: tuple[str, ...]
    marks: tuple[MarkLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterCode:
    """What a kiosk scans of one graduate; the name is for the officer who hands it out."""

    graduate_id: str
    name: str
    class_name: str
    trade: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChoices:
    """What a sheet of codes can be made for: fairs to come, and colleges with their classes."""

    fairs: tuple[str, ...]
    classes: tuple[tuple[str, str], ...]


def seen(engine: Engine, grant: Grant, number: str) -> SlipSeen:
    """Open a slip by its number.

    Raises
    ------
    NotFound
        If nobody knows it, it is that of somebody outside the scope, or the enterprise that asks
        has nothing to do with it.
    """
    number = read_number(number)
    with store.reading(engine) as conn:
        slips = fair_desk.find_slips(conn, number)
        if not slips:
            raise NotFound("slip", number)
        slip = slips[-1]
        found = fair.load(conn, slip.fair_id)
    own = _own_booth(engine, grant, slip.fair_id, number)
    known_to = own is not None or slip.graduate_id is None
    if not known_to and not access.within(engine, grant, [slip.graduate_id or ""]):
        raise NotFound("slip", number)
    with store.reading(engine) as conn:
        marks = _marks(conn, found, slip, own)
        shown = fair_desk.load_check_ins(conn, slip.fair_id, number)
        turns = fair_desk.load_turns(conn, slip.fair_id) if own else []
    sent = {turn.graduate_id for turn in turns if turn.credit_code == own}
    if own is not None and not marks and slip.graduate_id not in sent:
        raise NotFound("slip", number)
    signs = {booth.credit_code: booth.sign for booth in found.booths}
    return SlipSeen(
        slip=slip,
        found=found,
        own=own,
        is_claimed=slip.graduate_id is not None,
        shown_at=tuple(
            signs.get(each.place, each.place) for each in shown if own in (None, each.place)
        ),
        marks=marks,
    )


def _own_booth(engine: Engine, grant: Grant, fair_id: str, number: str) -> str | None:
    """Give the booth of the enterprise that asks; without one there the slip is unknown to it."""
    try:
        return fair_board.booth_of(engine, grant, fair_id)
    except NotFound:
        raise NotFound("slip", number) from None


def _marks(conn: Connection, found: fair.Fair, slip: Slip, own: str | None) -> tuple[MarkLine, ...]:
    marks = fair_desk.load_marks(conn, slip.fair_id, slip.slip)
    posts = {post.post_id: post for post in fair.posts_at(conn, found)}
    names = store.load_reference(conn).occupations
    wanted = {made.post_id for made in marks if made.side is InterestSide.ENTERPRISE}
    signs = {booth.credit_code: booth.sign for booth in found.booths}
    lines = []
    for made in sorted(marks, key=lambda made: made.at):
        post = posts.get(made.post_id)
        if post is None or made.side is not InterestSide.GRADUATE:
            continue
        if own in (None, post.credit_code):
            line = MarkLine(
                sign=signs[post.credit_code],
                post_id=post.post_id,
                occupation=names.get(post.occupation_code) or post.occupation or "",
                enterprise=post.enterprise,
                is_mutual=post.post_id in wanted,
            )
            lines.append(line)
    return tuple(lines)


# --- codes of a class ---------------------------------------------------------------------------


def choices(engine: Engine, clerk: Clerk, grant: Grant) -> CodeChoices:
    """List the fairs to come, and the classes of one's own people who are to be placed."""
    fairs = tuple(
        one.fair_id
        for one, _ in fair.list_fairs(engine)
        if one.day >= clerk.day and not one.closing
    )
    own = access.colleges(engine, grant)
    with store.reading(engine) as conn:
        people = store.load_graduates(conn, class_year=class_year_of(clerk.day))
    classes = {
        (each.college, each.class_name or "")
        for each in people
        if own is None or each.college in own
    }
    return CodeChoices(fairs=fairs, classes=tuple(sorted(classes)))


def codes(
    engine: Engine,
    clerk: Clerk,
    grant: Grant,
    key: bytes,
    *,
    fair_id: str,
    college: str,
    class_name: str,
) -> tuple[RosterCode, ...]:
    """Make the codes of a class for a fair, of own people who agree to be ranked, by trade.

    Raises
    ------
    NotFound
        If nobody knows the fair.
    FairClosed
        If its doors are shut.
    """
    own = access.colleges(engine, grant)
    with store.reading(engine) as conn:
        found = fair.load(conn, fair_id)
        found.require_open()
        people = [
            each
            for each in store.load_graduates(conn, class_year=class_year_of(clerk.day))
            if each.college == college
            and (each.class_name or "") == class_name
            and each.consent
            and (own is None or each.college in own)
        ]
        details = store.load_personal(conn, [each.graduate_id for each in people])
    people.sort(key=lambda each: (each.trade, each.graduate_id))
    return tuple(
        RosterCode(
            graduate_id=each.graduate_id,
            name=(details[each.graduate_id].name or "") if each.graduate_id in details else "",
            class_name=each.class_name or "",
            trade=each.trade,
            code=fair_codes.code_of(key, fair_id, found.day, each.graduate_id),
        )
        for each in people
    )
