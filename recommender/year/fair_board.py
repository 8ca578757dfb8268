"""A fair as it goes: the board of places for everybody, and for a booth whom it is to meet."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from recommender import places
from recommender.access import Grant
from recommender.data import consented, fair_desk, registered, store
from recommender.domain import InterestSide, Post, SkillLevel
from recommender.errors import NotFound
from recommender.fairs import Booth, Mark
from recommender.matching.eligibility import open_places
from recommender.places import Clerk
from recommender.year.fair import Fair, load, posts_at

ENTERPRISE = "enterprise"  # the role, and the kind of scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """One post on the board.

    Attributes
    ----------
    open_places
        At the moment, also those that agreements reserve.
    n_wanting, n_wanted, n_mutual
        Slips that marked it, that its booth marked, and both.
    """

    post: Post
    occupation: str
    open_places: int
    n_wanting: int
    n_wanted: int
    n_mutual: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoothLine:
    """One booth on the board: whom the timetable sends, and how many came."""

    booth: Booth
    enterprise: str
    posts: tuple[PostLine, ...]
    n_sent: int
    n_here: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The whole fair; nothing of a person.

    Attributes
    ----------
    n_came
        Slips shown anywhere.
    n_unclaimed
        Of all slips, those of walk-ins whom nobody knows yet.
    """

    fair: Fair
    booths: tuple[BoothLine, ...]
    n_registered: int
    n_came: int
    n_unclaimed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody whom a booth is to meet: sent to it, or who marked one of its posts.

    Attributes
    ----------
    slip, name
        Once the slip was shown at the booth; None before, and where nobody knows the name.
    trade, class_year, level
        For the booth itself None of who withdrew the consent to be passed on.
    graduate_id, college
        None of a walk-in whom nobody knows yet; for the booth itself also until the slip was
        shown to it.
    trade
        As the table names it, not as the college does.
    slot, post_id, chance
        Of the turn; None of who only marked.
    marked, wanted
        Posts of the booth that they marked, and for which the booth marked them.
    """

    slip: str | None
    name: str | None
    graduate_id: str | None
    college: str | None
    trade: str | None
    class_year: int | None
    level: SkillLevel | None
    slot: int | None
    post_id: str | None
    chance: float | None
    marked: tuple[str, ...]
    wanted: tuple[str, ...]


def board(engine: Engine, clerk: Clerk, fair_id: str) -> Board:
    """Show the places of a fair as they are.

    Raises
    ------
    NotFound
        If nobody knows the fair.
    """
    with store.reading(engine) as conn:
        fair = load(conn, fair_id)
        posts = posts_at(conn, fair)
        now = places.standing_on(conn, posts, max(fair.day, clerk.day), moment=clerk.now)
        marks = fair_desk.load_marks(conn, fair_id)
        shown = fair_desk.load_check_ins(conn, fair_id)
        sent = Counter(turn.credit_code for turn in fair_desk.load_turns(conn, fair_id))
        slips = fair_desk.load_slips(conn, fair_id)
        n_registered = len(registered.load_registrations(conn, fair_ids=[fair_id]))
        known = store.load_reference(conn)
    wanting, wanted = (
        {(made.post_id, made.slip) for made in marks if made.side is side} for side in InterestSide
    )
    counts = [Counter(post for post, _ in each) for each in (wanting, wanted, wanting & wanted)]
    lines = {
        post.post_id: PostLine(
            post=post,
            occupation=known.occupations.get(post.occupation_code)
            or post.occupation
            or post.occupation_code,
            open_places=open_places(post, now, reserved_too=True),
            n_wanting=counts[0][post.post_id],
            n_wanted=counts[1][post.post_id],
            n_mutual=counts[2][post.post_id],
        )
        for post in posts
    }
    here = Counter(each.place for each in shown)
    return Board(
        fair=fair,
        booths=tuple(
            BoothLine(
                booth=booth,
                enterprise=_name(booth, posts),
                posts=tuple(
                    line for line in lines.values() if line.post.credit_code == booth.credit_code
                ),
                n_sent=sent[booth.credit_code],
                n_here=here[booth.credit_code],
            )
            for booth in fair.booths
        ),
        n_registered=n_registered,
        n_came=len({each.slip for each in shown}),
        n_unclaimed=sum(slip.graduate_id is None for slip in slips),
    )


def _name(booth: Booth, posts: list[Post]) -> str:
    named = (post.enterprise for post in posts if post.credit_code == booth.credit_code)
    return next(named, booth.credit_code)


def booth_of(engine: Engine, grant: Grant, fair_id: str) -> str | None:
    """Give the credit code at whose booth the bearer stands; None for who is no enterprise.

    Raises
    ------
    NotFound
        If nobody knows the fair, or the enterprise has no booth there.
    """
    if grant.role != ENTERPRISE:
        return None
    name = grant.scope_name if grant.scope_kind == ENTERPRISE else None
    return own_booth(engine, fair_id, name).credit_code


def own_booth(engine: Engine, fair_id: str, enterprise: str | None) -> Booth:
    """Find the booth of an enterprise, by its name or its credit code.

    Raises
    ------
    NotFound
        If nobody knows the fair, or the enterprise has no booth there.
    """
    with store.reading(engine) as conn:
        fair = load(conn, fair_id)
        posts = store.load_posts(
            conn, day=fair.day, credit_codes={booth.credit_code for booth in fair.booths}
        )
        named = {post.credit_code for post in posts if post.enterprise == enterprise}
        named |= {
            each.credit_code
            for each in store.load_members(conn)
            if each.name == enterprise and each.credit_code
        }
    for booth in fair.booths:
        if booth.credit_code in named or booth.credit_code == enterprise:
            return booth
    raise NotFound("booth", enterprise or "")


def visitors(
    engine: Engine, fair_id: str, named: str, *, for_booth: bool = False
) -> tuple[Booth, tuple[Visitor, ...]]:
    """List whom a booth is to meet, by round, then those who marked it.

    Parameters
    ----------
    named
        The booth's sign or its enterprise's code.
    for_booth
        Whether the booth itself asks, which learns who somebody is when it is shown the slip.

    Raises
    ------
    NotFound
        If nobody knows the fair or the booth.
    """
    with store.reading(engine) as conn:
        fair = load(conn, fair_id)
        booth = fair.booth_at(named)
        return booth, tuple(_visitors(conn, fair, booth, for_booth=for_booth))


def _visitors(conn: Connection, fair: Fair, booth: Booth, *, for_booth: bool) -> list[Visitor]:
    own = {post.post_id for post in posts_at(conn, fair) if post.credit_code == booth.credit_code}
    turns = {
        turn.graduate_id: turn
        for turn in fair_desk.load_turns(conn, fair.fair_id)
        if turn.credit_code == booth.credit_code
    }
    slips = fair_desk.load_slips(conn, fair.fair_id)
    marks: dict[str, list[Mark]] = defaultdict(list)
    for made in fair_desk.load_marks(conn, fair.fair_id):
        if made.post_id in own:
            marks[made.slip].append(made)
    shown = {
        each.slip
        for each in fair_desk.load_check_ins(conn, fair.fair_id)
        if each.place == booth.credit_code
    }
    met = [
        (slip.slip, slip.graduate_id)
        for slip in slips
        if slip.graduate_id in turns or _posts_of(marks[slip.slip], InterestSide.GRADUATE)
    ]
    without = sorted(turns.keys() - {slip.graduate_id for slip in slips})
    ids = {who for _, who in met if who is not None} | turns.keys()
    people = {each.graduate_id: each for each in store.load_graduates(conn, ids=ids)}
    # Who withdrew it is to the booth a slip and nothing else, even once it was shown there.
    silent = consented.withheld_from_enterprises(conn, ids) if for_booth else set()
    people = {who: one for who, one in people.items() if who not in silent}
    at_booth = {who for slip, who in met if who and slip in shown} - silent
    names = store.load_personal(conn, at_booth)
    known = store.load_reference(conn)
    found = []
    for number, who in (*met, *((None, who) for who in without)):
        one, turn = people.get(who or ""), turns.get(who or "")
        is_shown = number in shown
        is_told = one is not None and (is_shown or not for_booth)
        details = names.get(who or "")
        made_here = marks[number] if number else []
        found.append(
            Visitor(
                slip=number if is_shown else None,
                name=details.name if details else None,
                graduate_id=one.graduate_id if one and is_told else None,
                college=one.college if one and is_told else None,
                trade=known.trade_of(one.trade) if one else None,
                class_year=one.class_year if one else None,
                level=one.skill_level if one else None,
                slot=turn.slot if turn else None,
                post_id=turn.post_id if turn else None,
                chance=turn.chance if turn else None,
                marked=_posts_of(made_here, InterestSide.GRADUATE),
                wanted=_posts_of(made_here, InterestSide.ENTERPRISE),
            )
        )
    return sorted(found, key=lambda each: (each.slot is None, each.slot or 0))


def _posts_of(marks: list[Mark], side: InterestSide) -> tuple[str, ...]:
    return tuple(made.post_id for made in marks if made.side is side)
