"""Reads a day's market from the database: who and what is there, and where everybody stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from recommender import places
from recommender.data import store, vetoed
from recommender.domain import DECIDING, Graduate, Post, class_year_of
from recommender.matching.eligibility import Standing, standing
from recommender.matching.market import Market, open_market
from recommender.model.artefact import Artefact


def read_market(conn: Connection, artefact: Artefact, day: date, moment: datetime) -> Market:
    """Lay the class year of a day and its open posts side by side, under a published version."""
    posts = store.load_posts(conn, day=day, open_only=True)
    cohort = store.load_graduates(conn, class_year=class_year_of(day))
    return open_market(
        artefact.scorer,
        cohort,
        posts,
        standing_now(conn, posts, cohort, day, moment),
        store.load_reference(conn, day=day),
        day,
        published=artefact.prices,
    )


def standing_now(
    conn: Connection,
    posts: Sequence[Post],
    cohort: Sequence[Graduate],
    day: date,
    moment: datetime,
) -> Standing:
    """Read where a cohort stands, and every place of some posts."""
    ids = [graduate.graduate_id for graduate in cohort]
    return places.standing_on(conn, posts, day, graduate_ids=ids, moment=moment)


def own_standing(conn: Connection, graduate_id: str, market: Market) -> Standing:
    """Read one graduate's own steps beside everybody's places; they may be of any class year."""
    steps = store.load_outcomes(conn, day=market.day, stages=DECIDING, graduate_ids=[graduate_id])
    barred = vetoed.vetoed(conn, day=market.day, graduate_ids=[graduate_id])
    return beside_places(standing(steps, {}, market.day, vetoed=barred), market)


def beside_places(own: Standing, market: Market) -> Standing:
    """Put what one person did themselves beside everybody's places."""
    now = market.standing
    return replace(
        own,
        confirmed=now.confirmed,
        held=now.held,
        reserved=now.reserved,
        paused=now.paused,
    )
