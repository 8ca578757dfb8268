"""Everything that is stored of one kind of sheet, as the rows that its sheet would hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.engine import Connection

from recommender.data import (
    apprentices,
    interested,
    kept,
    programmes,
    recoded,
    registered,
    store,
)
from recommender.data.columns import Item
from recommender.data.filled import Cells, cells_of
from recommender.data.sheets import KIND_OF
from recommender.persons import is_erased

# Kinds whose rows are about a graduate, about a college, and about nobody in particular.
OF_GRADUATES = frozenset(
    {"graduates", "outcomes", "destinations", "follow_ups", "interests", "registrations"}
)
OF_COLLEGES = frozenset({"agreements", "apprentices", "programmes"})
OF_ALL = frozenset(KIND_OF) - OF_GRADUATES - OF_COLLEGES

_LOADERS: Mapping[str, Callable[[Connection, date], Sequence[Item]]] = {
    # Who was taken back by a whole catalog would come back open.
    "demand_catalog": lambda conn, day: [
        post for post in store.load_posts(conn, day=day) if post.withdrawn_on is None
    ],
    "graduates": lambda conn, day: store.load_graduates(conn),
    "outcomes": lambda conn, day: store.load_outcomes(conn, day=date.max),
    "members": lambda conn, day: store.load_members(conn),
    "agreements": lambda conn, day: store.load_agreements(conn),
    "apprentices": lambda conn, day: apprentices.load_apprentices(conn, day=day),
    "programmes": lambda conn, day: programmes.load_programmes(conn, day=day),
    "interests": lambda conn, day: interested.load_interests(conn),
    "destinations": lambda conn, day: kept.load_all_destinations(conn),
    "follow_ups": lambda conn, day: kept.load_follow_ups(conn, day=date.max),
    "fairs": lambda conn, day: registered.load_booths(conn),
    "registrations": lambda conn, day: registered.load_registrations(conn),
    "code_changes": lambda conn, day: recoded.load_changes(conn),
}


def rows(
    conn: Connection,
    kind: str,
    *,
    day: date,
    colleges: frozenset[str] | None = None,
    personal: bool = False,
) -> list[Cells]:
    """Give the rows of a kind as they are on a day.

    Parameters
    ----------
    colleges
        Whose people, agreements, apprentices and programmes; None for everybody's.
    personal
        Whether names and numbers of graduates stand in their columns.
    """
    stored = _LOADERS[kind](conn, day)
    # What is left of an erased person counts, and is nobody's row.
    alive = (each for each in stored if not is_erased(getattr(each, "graduate_id", "")))
    items = list(_within(conn, kind, alive, colleges))
    details = {}
    if kind == "graduates" and personal:
        ids = [getattr(each, "graduate_id", "") for each in items]
        details = store.load_personal(conn, ids)
    return [
        cells_of(KIND_OF[kind], each, details.get(getattr(each, "graduate_id", "")))
        for each in items
    ]


def _within(
    conn: Connection, kind: str, items: Iterable[Item], colleges: frozenset[str] | None
) -> Iterator[Item]:
    if colleges is None or kind in OF_ALL:
        yield from _own_alliance(conn, items, colleges) if kind == "members" else items
    elif kind == "graduates" or kind in OF_COLLEGES:
        yield from (each for each in items if getattr(each, "college", None) in colleges)
    else:
        own = {one.graduate_id for one in store.load_graduates(conn) if one.college in colleges}
        yield from (each for each in items if getattr(each, "graduate_id", None) in own)


def _own_alliance(
    conn: Connection, items: Iterable[Item], colleges: frozenset[str] | None
) -> Iterator[Item]:
    """Leave the members of alliances that one of the colleges is in."""
    members = store.load_members(conn)
    own = {one.alliance for one in members if colleges is None or one.name in colleges}
    yield from (each for each in items if getattr(each, "alliance", None) in own)
