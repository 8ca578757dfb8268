"""A fair as it goes: the board of places for everybody, and for a booth whom it is to meet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from recommender import places
from recommender.data import fair_desk, registered, store
from recommender.domain import Graduate, InterestSide, Post
from recommender.fairs import Booth, Mark, Slip
from recommender.matching.eligibility import open_places
from recommender.places import Clerk
from recommender.year.fair import Fair, load, posts_at


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
    graduate
        None of a walk-in whom nobody knows yet.
    slot, post_id, chance
        Of the turn; None of who only marked.
    marked, wanted
        Posts of the booth that they marked, and for which the booth marked them.
    """

    slip: str | None
    name: str | None
    graduate: Graduate | None
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


def visitors(engine: Engine, fair_id: str, named: str) -> tuple[Booth, tuple[Visitor, ...]]:
    """List whom a booth is to meet, by round, then those who marked it.

    Parameters
    ----------
    named
        The booth's sign or its enterprise's code.

    Raises
    ------
    NotFound
        If nobody knows the fair or the booth.
    """
    with store.reading(engine) as conn:
        fair = load(conn, fair_id)
        booth = fair.booth_at(named)
        return booth, tuple(_visitors(conn, fair, booth))


def _visitors(conn: Connection, fair: Fair, booth: Booth) -> list[Visitor]:
    own = {post.post_id for post in posts_at(conn, fair) if post.credit_code == booth.credit_code}
    turns = {
        turn.graduate_id: turn
        for turn in fair_desk.load_turns(conn, fair.fair_id)
        if turn.credit_code == booth.credit_code
    }
    slips = {slip.slip: slip for slip in fair_desk.load_slips(conn, fair.fair_id)}
    marks = [made for made in fair_desk.load_marks(conn, fair.fair_id) if made.post_id in own]
    shown = {
        each.slip
        for each in fair_desk.load_check_ins(conn, fair.fair_id)
        if each.place == booth.credit_code
    }
    met = {made.slip for made in marks if made.side is InterestSide.GRADUATE}
    met |= {slip.slip for slip in slips.values() if slip.graduate_id in turns}
    ids = {slips[number].graduate_id for number in met} | turns.keys()
    people = {
        each.graduate_id: each
        for each in store.load_graduates(conn, ids={who for who in ids if who is not None})
    }
    seen = {slips[number].graduate_id for number in met & shown} - {None}
    names = store.load_personal(conn, {who for who in seen if who is not None})
    bearers: list[tuple[Slip | None, str | None]] = [
        (slips[number], slips[number].graduate_id) for number in sorted(met)
    ]
    with_slip = {who for _, who in bearers}
    bearers += [(None, who) for who in sorted(turns.keys() - with_slip)]
    found = []
    for slip, who in bearers:
        turn = turns.get(who) if who else None
        is_shown = slip is not None and slip.slip in shown
        mine = [made for made in marks if slip is not None and made.slip == slip.slip]
        details = names.get(who) if who and is_shown else None
        found.append(
            Visitor(
                slip=slip.slip if slip and is_shown else None,
                name=details.name if details else None,
                graduate=people.get(who) if who else None,
                slot=turn.slot if turn else None,
                post_id=turn.post_id if turn else None,
                chance=turn.chance if turn else None,
                marked=_posts_of(mine, InterestSide.GRADUATE),
                wanted=_posts_of(mine, InterestSide.ENTERPRISE),
            )
        )
    return sorted(found, key=_by_round)


def _posts_of(marks: list[Mark], side: InterestSide) -> tuple[str, ...]:
    return tuple(made.post_id for made in marks if made.side is side)


def _by_round(visitor: Visitor) -> tuple[bool, int, str]:
    who = visitor.graduate.graduate_id if visitor.graduate else ""
    return visitor.slot is None, visitor.slot or 0, who
