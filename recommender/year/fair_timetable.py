"""The timetable of a fair: booths with a real chance for everybody, people for every booth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from recommender import places
from recommender.data import cases, fair_desk, registered, store
from recommender.domain import Graduate, Post
from recommender.errors import FairBegun
from recommender.fairs import Slip, Turn
from recommender.matching.eligibility import excluded_by
from recommender.matching.market import Market, open_market
from recommender.matching.ranking import percentiles
from recommender.matching.timetable import UNSEATED, book, seat
from recommender.model.artefact import read_current
from recommender.model.topk import id_keys
from recommender.places import Clerk
from recommender.year.fair import Fair, load, posts_at, seats
from recommender.year.fair_desk import draw_number

BOOTHS_EACH = 4
# A chance that both sides say yes below one in twenty is none to spend a round on.
LEAST_CHANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Who is where in which round, and who is nowhere.

    Attributes
    ----------
    k
        Booths that everybody should have: as asked, and no more than there are rounds.
    turns
        By round, booth and graduate.
    without
        Graduate → why they have no booth: codes of the rules that shut out every post,
        ``no_real_chance``, or ``no_seat``.
    n_short
        People who have a booth, and fewer than k.
    slips
        Graduate → number of the slip.
    """

    fair: Fair
    k: int
    turns: tuple[Turn, ...]
    without: Mapping[str, str]
    n_short: int
    slips: Mapping[str, str]
    graduates: Mapping[str, Graduate]
    posts: Mapping[str, Post]


def make(
    engine: Engine,
    models_dir: Path,
    clerk: Clerk,
    fair_id: str,
    *,
    k: int = BOOTHS_EACH,
    least: float = LEAST_CHANCE,
    draw: Callable[[], str] | None = None,
) -> Timetable:
    """Make the timetable of a fair anew, and give every registrant a slip.

    A booth is possible for a registrant where a post of it is: every rule holds on the day of
    the fair, and the chance that both sides say yes is at least `least` (where a baseline is
    published, which knows no chances, every such post). The turn names the post with the
    largest chance.

    Raises
    ------
    NotFound
        If nobody knows the fair.
    FairClosed, FairBegun
        If its doors are shut, or somebody has come already.
    NoModel, CorruptArtefact
        If there is nothing to rank with.
    """
    artefact = read_current(models_dir)
    with store.reading(engine) as conn:
        fair = load(conn, fair_id)
        cases.require_ranking(conn)
        require_not_begun(conn, fair)
        coming = registered.load_registrations(conn, fair_ids=[fair_id])
        people = store.load_graduates(conn, ids=[each.graduate_id for each in coming])
        posts = posts_at(conn, fair)
        now = places.standing_on(conn, posts, fair.day)
        reference = store.load_reference(conn)
    free = {post.post_id: (0.0, 0.0) for post in posts}
    market = open_market(artefact.scorer, people, posts, now, reference, fair.day, published=free)
    chances = _chances(market)
    planned = _turns(fair, market, chances, _real(market, chances, least), k)
    with store.writing(engine) as conn:
        require_not_begun(conn, load(conn, fair_id))
        fair_desk.replace_turns(conn, fair_id, planned)
        have = {slip.graduate_id for slip in fair_desk.load_slips(conn, fair_id)}
        fair_desk.add_slips(
            conn,
            [
                Slip(
                    fair_id=fair_id,
                    slip=(draw or draw_number)(),
                    issued_at=clerk.now,
                    graduate_id=each.graduate_id,
                )
                for each in people
                if each.graduate_id not in have
            ],
        )
        slips = _slips(conn, fair_id)
    return _told(fair, market, planned, slips, min(k, fair.n_slots), _real(market, chances, least))


def turns(engine: Engine, fair_id: str) -> list[Turn]:
    """Give the timetable of a fair as it is kept, by graduate and round.

    Raises
    ------
    NotFound
        If nobody knows the fair.
    """
    with store.reading(engine) as conn:
        load(conn, fair_id)
        kept = fair_desk.load_turns(conn, fair_id)
    return sorted(kept, key=lambda turn: (turn.graduate_id, turn.slot))


def require_not_begun(conn: Connection, fair: Fair) -> None:
    """Refuse what would change a fair to which somebody has come.

    Raises
    ------
    FairClosed, FairBegun
    """
    fair.require_open()
    if fair_desk.load_check_ins(conn, fair.fair_id):
        raise FairBegun(fair.fair_id)


def _slips(conn: Connection, fair_id: str) -> dict[str, str]:
    return {
        slip.graduate_id: slip.slip
        for slip in fair_desk.load_slips(conn, fair_id)
        if slip.graduate_id is not None
    }


def _chances(market: Market) -> NDArray[np.float64]:
    """Give the chance that both sides say yes: float64 (n_people, n_posts), 0 to 1."""
    fit = market.board.fit(market.graduates)
    if fit.takes is not None:
        return fit.takes.astype(np.float64)
    keys = (
        id_keys(graduate.graduate_id for graduate in market.graduates),
        id_keys(post.post_id for post in market.posts),
    )
    return percentiles(market.scores, market.eligible, *keys).astype(np.float64)


def _real(market: Market, chances: NDArray[np.float64], least: float) -> NDArray[np.bool_]:
    if not market.board.knows_chances:
        return market.eligible
    return market.eligible & (chances >= least)


def _turns(
    fair: Fair,
    market: Market,
    chances: NDArray[np.float64],
    real: NDArray[np.bool_],
    k: int,
) -> list[Turn]:
    """Book and seat, booth by booth: of a booth's posts the one with the largest chance."""
    shape = (len(market.graduates), len(fair.booths))
    best = np.full(shape, -1, dtype=np.int64)
    at_booth, wanted = np.zeros(shape), np.zeros(len(fair.booths), dtype=np.int64)
    for column, booth in enumerate(fair.booths):
        own = [n for n, post in enumerate(market.posts) if post.credit_code == booth.credit_code]
        if own and shape[0]:
            liked = np.where(real[:, own], chances[:, own], -1.0)
            best[:, column] = np.array(own)[liked.argmax(axis=1)]
            at_booth[:, column] = liked.max(axis=1)
            wanted[column] = int(market.capacities[own].sum())
            best[at_booth[:, column] < 0, column] = -1
    capacities = np.array([fair.n_slots * seats(booth) for booth in fair.booths], dtype=np.int64)
    booked = book(at_booth.clip(min=0), best >= 0, capacities, wanted, min(k, fair.n_slots))
    slots = seat(booked, fair.n_slots)
    turns = [
        Turn(
            fair_id=fair.fair_id,
            graduate_id=market.graduates[row].graduate_id,
            credit_code=fair.booths[column].credit_code,
            slot=int(slots[row, column]) + 1,
            post_id=market.posts[best[row, column]].post_id,
            chance=float(at_booth[row, column]),
        )
        for row, column in zip(*np.nonzero(slots != UNSEATED), strict=True)
    ]
    return sorted(turns, key=lambda turn: (turn.slot, turn.credit_code, turn.graduate_id))


def _told(
    fair: Fair,
    market: Market,
    turns: list[Turn],
    slips: Mapping[str, str],
    k: int,
    real: NDArray[np.bool_],
) -> Timetable:
    n_of = dict.fromkeys((each.graduate_id for each in market.graduates), 0)
    for turn in turns:
        n_of[turn.graduate_id] += 1
    return Timetable(
        fair=fair,
        k=k,
        turns=tuple(turns),
        without={
            each.graduate_id: _why_without(market, row, real)
            for row, each in enumerate(market.graduates)
            if not n_of[each.graduate_id]
        },
        n_short=sum(0 < n < k for n in n_of.values()),
        slips=slips,
        graduates={each.graduate_id: each for each in market.graduates},
        posts={post.post_id: post for post in market.posts},
    )


def _why_without(market: Market, row: int, real: NDArray[np.bool_]) -> str:
    if real[row].any():
        return "no_seat"
    if market.eligible[row].any():
        return "no_real_chance"
    graduate = market.graduates[row]
    return ";".join(excluded_by(graduate, market.posts, market.standing, market.day)) or "open"
