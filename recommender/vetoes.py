"""Pairs that an officer vetoes: never shown, assigned or held until the veto is lifted."""

from __future__ import annotations

import structlog
from sqlalchemy import Connection, Engine

from recommender import places
from recommender.data import store, vetoed
from recommender.decisions import Veto
from recommender.domain import Graduate, Post
from recommender.errors import DecisionRefused, NotFound
from recommender.places import Clerk

log = structlog.get_logger()


def veto(engine: Engine, clerk: Clerk, graduate_id: str, post_id: str, *, reason: str) -> Veto:
    """Veto a pair; what is held or waited for there is given up.

    Raises
    ------
    NotFound
        If the graduate or the post is not stored.
    DecisionRefused
        If no reason is given, the pair is vetoed already, or the graduate has a place there.
    """
    if not reason.strip():
        raise DecisionRefused("no_reason")
    with store.writing(engine) as conn:
        graduate, post = _pair(conn, clerk, graduate_id, post_id)
        before = _standing_veto(conn, clerk, graduate_id, post_id)
        if before is not None:
            raise DecisionRefused("vetoed_already", graduate_id, post_id, before.reason)
        if places.is_there(conn, clerk, graduate, post):
            raise DecisionRefused("confirmed", graduate_id, post_id)
        made = _append(conn, clerk, graduate_id, post_id, reason, is_lifted=False)
        places.settle_for(conn, clerk, graduate_id, post_id)
    log.info("pair vetoed")
    return made


def lift(engine: Engine, clerk: Clerk, graduate_id: str, post_id: str, *, reason: str) -> Veto:
    """Lift a veto by another entry.

    Raises
    ------
    NotFound
        If the graduate or the post is not stored.
    DecisionRefused
        If no reason is given, or the pair is not vetoed.
    """
    if not reason.strip():
        raise DecisionRefused("no_reason")
    with store.writing(engine) as conn:
        _pair(conn, clerk, graduate_id, post_id)
        if _standing_veto(conn, clerk, graduate_id, post_id) is None:
            raise DecisionRefused("not_vetoed", graduate_id, post_id)
        made = _append(conn, clerk, graduate_id, post_id, reason, is_lifted=True)
    log.info("veto lifted")
    return made


def _append(
    conn: Connection,
    clerk: Clerk,
    graduate_id: str,
    post_id: str,
    reason: str,
    *,
    is_lifted: bool,
) -> Veto:
    made = Veto(
        graduate_id=graduate_id,
        post_id=post_id,
        is_lifted=is_lifted,
        reason=reason.strip(),
        at=clerk.now,
        who=clerk.who,
    )
    vetoed.append_veto(conn, made)
    return made


def _standing_veto(conn: Connection, clerk: Clerk, graduate_id: str, post_id: str) -> Veto | None:
    made = vetoed.load_vetoes(conn, day=clerk.day, graduate_ids=[graduate_id])
    own = [each for each in made if each.post_id == post_id]
    return own[-1] if own and not own[-1].is_lifted else None


def _pair(conn: Connection, clerk: Clerk, graduate_id: str, post_id: str) -> tuple[Graduate, Post]:
    graduates = store.load_graduates(conn, ids=[graduate_id])
    if not graduates:
        raise NotFound("graduate", graduate_id)
    posts = store.load_posts(conn, day=clerk.day, post_ids=[post_id])
    if not posts:
        raise NotFound("post", post_id)
    return graduates[0], posts[0]
