"""The switch of personal rankings: off, nobody is ranked from the next request on, anywhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from recommender.data import cases as kept
from recommender.data import store
from recommender.errors import Unreadable
from recommender.persons import Switch


def turn(engine: Engine, *, is_on: bool, why: str, at: datetime, who: str) -> bool:
    """Switch personal rankings on or off, in every process; False where they were so already.

    Raises
    ------
    Unreadable
        If no reason is given.
    """
    if not why.strip():
        raise Unreadable("reason", "", "missing")
    with store.writing(engine) as conn:
        if kept.is_ranking_on(conn) == is_on:
            return False
        kept.append_switch(conn, Switch(is_on=is_on, at=at, who=who, why=why.strip()))
        store.grow_people(conn)
    return True


def is_on(engine: Engine) -> bool:
    """Whether personal rankings are given."""
    with store.reading(engine) as conn:
        return kept.is_ranking_on(conn)


def history(engine: Engine) -> list[Switch]:
    """List every turn of the switch, the latest first; none where it was never touched."""
    with store.reading(engine) as conn:
        return kept.load_switches(conn)
