"""What a fair led to: the two-sided result with its proof, and who did not come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, Engine

from recommender import places
from recommender.data import fair_desk, interested, registered, store
from recommender.domain import Graduate, Interest, InterestSide, PersonalDetails, Post
from recommender.errors import FairOpen
from recommender.fairs import Booth, Turn
from recommender.matching.candidates import UNPLACED
from recommender.matching.certificate import certificate
from recommender.matching.market import Market, open_market
from recommender.matching.plan import Pins, make_plan, why_unplaced
from recommender.matching.wishes import gather
from recommender.model.artefact import read_current
from recommender.year.fair import Fair, load, posts_at

NOT_MUTUAL = "not_mutual"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """What somebody has: a post, or the reason why they have none.

    Attributes
    ----------
    reason
        ``not_mutual``: no enterprise that they marked marked them; ``no_place_left``: every one
        that did took others; else the codes of the rules that shut out every post.
    """

    graduate: Graduate
    post: Post | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Somebody who did not come: to the fair, or (`turn`) to a booth that waited for them."""

    graduate: Graduate
    turn: Turn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FairResult:
    """The result of a closed fair.

    Attributes
    ----------
    lines
        Everybody whom either side marked, by id.
    interests
        Marks of known people, and what the sheet of interests brought for this fair.
    certificate
        As `assign --certificate` writes it: pairs that are not mutual are barred.
    came
        Graduates who showed a slip anywhere.
    came_to
        The same by place: the door, or a booth's credit code.
    n_unclaimed
        Slips with marks of which nobody said whose they are: what they want does not count.
    """

    fair: Fair
    posts: Mapping[str, Post]
    people: Mapping[str, Graduate]
    lines: tuple[ResultLine, ...]
    interests: tuple[Interest, ...]
    certificate: Mapping[str, object]
    absences: tuple[Absence, ...]
    came: frozenset[str]
    came_to: Mapping[str, frozenset[str]]
    details: Mapping[str, PersonalDetails]
    n_unclaimed: int

    def posts_of(self, booth: Booth) -> list[Post]:
        """List the posts of a booth."""
        return [post for post in self.posts.values() if post.credit_code == booth.credit_code]


def result(engine: Engine, models_dir: Path, fair_id: str) -> FairResult:
    """Match who marked each other, graduates proposing, as on the day of the fair.

    Each side ranks as it stated, then by chances, then by hash. Only pairs that both sides
    marked, and that no rule forbids, can come about.

    Raises
    ------
    NotFound
        If nobody knows the fair.
    FairOpen
        If its doors are not shut yet.
    NoModel, CorruptArtefact
        If there is nothing to rank with.
    """
    artefact = read_current(models_dir)
    with store.reading(engine) as conn:
        fair = load(conn, fair_id)
        if fair.closing is None:
            raise FairOpen(fair_id)
        interests = interested.load_interests(conn, fair_id=fair_id)
        people = store.load_graduates(conn, ids={each.graduate_id for each in interests})
        posts = posts_at(conn, fair)
        now = places.standing_on(conn, posts, fair.day)
        reference = store.load_reference(conn)
        came_to = _came_to(conn, fair)
        absences = _absences(conn, fair, came_to)
        marked = {made.slip for made in fair_desk.load_marks(conn, fair_id)}
        slips = fair_desk.load_slips(conn, fair_id)
        n_unclaimed = sum(each.graduate_id is None and each.slip in marked for each in slips)
        known = {each.graduate_id: each for each in (*people, *(a.graduate for a in absences))}
        details = store.load_personal(conn, known)
    free = {post.post_id: (0.0, 0.0) for post in posts}
    market = open_market(artefact.scorer, people, posts, now, reference, fair.day, published=free)
    wishes, pins = gather(interests), Pins(barred=_not_mutual(market, interests))
    plan = make_plan(market, way="graduates", pins=pins, wishes=wishes)
    lines = []
    for row, (graduate, post) in enumerate(zip(market.graduates, plan.placed, strict=True)):
        reason = why_unplaced(market, plan, row) if post == UNPLACED else None
        lines.append(
            ResultLine(
                graduate=graduate,
                post=None if post == UNPLACED else market.posts[post],
                reason=NOT_MUTUAL if reason == "barred" else reason,
            )
        )
    return FairResult(
        fair=fair,
        posts={post.post_id: post for post in market.posts},
        people=known,
        lines=tuple(lines),
        interests=tuple(interests),
        certificate=certificate(market, plan, pins, wishes),
        absences=tuple(absences),
        came=frozenset().union(*came_to.values()),
        came_to=came_to,
        details=details,
        n_unclaimed=n_unclaimed,
    )


def _not_mutual(market: Market, interests: list[Interest]) -> frozenset[tuple[str, str]]:
    sides = {
        side: {(each.graduate_id, each.post_id) for each in interests if each.side is side}
        for side in InterestSide
    }
    mutual = sides[InterestSide.GRADUATE] & sides[InterestSide.ENTERPRISE]
    able = (
        (market.graduates[row].graduate_id, market.posts[column].post_id)
        for row, column in zip(*np.nonzero(market.eligible), strict=True)
    )
    return frozenset(pair for pair in able if pair not in mutual)


def _came_to(conn: Connection, fair: Fair) -> dict[str, frozenset[str]]:
    """Give who came, by place: the door, or an enterprise's code."""
    owner = {slip.slip: slip.graduate_id for slip in fair_desk.load_slips(conn, fair.fair_id)}
    came: dict[str, set[str]] = {}
    for each in fair_desk.load_check_ins(conn, fair.fair_id):
        who = owner[each.slip]
        if who is not None:
            came.setdefault(each.place, set()).add(who)
    return {place: frozenset(who) for place, who in came.items()}


def _absences(conn: Connection, fair: Fair, came_to: Mapping[str, frozenset[str]]) -> list[Absence]:
    """List who did not come at all, then who came and missed a booth, by id and round."""
    coming = registered.load_registrations(conn, fair_ids=[fair.fair_id])
    people = {
        each.graduate_id: each
        for each in store.load_graduates(conn, ids=[one.graduate_id for one in coming])
    }
    came = frozenset().union(*came_to.values())
    absent = [Absence(graduate=one) for who, one in sorted(people.items()) if who not in came]
    missed = [
        Absence(graduate=people[turn.graduate_id], turn=turn)
        for turn in sorted(
            fair_desk.load_turns(conn, fair.fair_id),
            key=lambda turn: (turn.graduate_id, turn.slot),
        )
        if turn.graduate_id in came
        and turn.graduate_id in people
        and turn.graduate_id not in came_to.get(turn.credit_code, frozenset())
    ]
    return absent + missed
