"""What officers decide about trades: what a college's name means, where a trade leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import isfinite

from sqlalchemy import Engine

from recommender.data import mapped, reference, store
from recommender.data.store import Decision
from recommender.errors import NotFound, Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownTrade:
    """A trade name that no table knows; `near` are trades that it may mean, the likeliest first.

    `decided` is the trade that an officer decided on; None where it is read as the nearest.
    """

    name: str
    n_graduates: int
    read_as: str
    near: tuple[str, ...]
    decided: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadsNowhere:
    """A trade that leads to no occupation; `near` are occupations that may be meant."""

    trade: str
    n_graduates: int
    near: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What officers may decide on, and what they decided."""

    unknown: tuple[UnknownTrade, ...]
    nowhere: tuple[LeadsNowhere, ...]
    decisions: tuple[Decision, ...]
    trades: tuple[str, ...]


def look(engine: Engine, colleges: frozenset[str] | None) -> Mapped:
    """Look at the trades of some colleges, or of all, and at what was decided on them."""
    with store.reading(engine) as conn:
        sizes = mapped.trade_sizes(conn, colleges)
        known, decided = store.load_reference(conn), store.trade_map(conn)
        decisions = store.list_mappings(conn)
    unknown = tuple(
        UnknownTrade(
            name=name,
            n_graduates=n_people,
            read_as=known.trade_of(name),
            near=reference.near_trades(name),
            decided=decided.get(name),
        )
        for name, n_people in sizes.items()
        if reference.find_trade(name) is None
    )
    nowhere = tuple(
        LeadsNowhere(trade=name, n_graduates=n_people, near=reference.suggest_occupations(name, 5))
        for name, n_people in sizes.items()
        if not known.pairs_of(name)
    )
    # A name of other colleges alone is not told.
    told = (
        each
        for each in reversed(decisions)
        if colleges is None or each.name in sizes or reference.find_trade(each.name) is not None
    )
    return Mapped(
        unknown=tuple(sorted(unknown, key=lambda each: each.decided is not None)),
        nowhere=nowhere,
        decisions=tuple(told),
        trades=reference.known_trades(),
    )


def map_trade(engine: Engine, name: str, trade: str, *, author: str, day: date) -> None:
    """Read a trade name of the colleges as a trade of the table, from now on.

    Raises
    ------
    Unreadable
        If the name is empty.
    NotFound
        If the table has no such trade; the nearest one is suggested.
    """
    if not name.strip():
        raise Unreadable("name", name, "missing")
    known = reference.find_trade(trade)
    if known is None:
        raise NotFound("trade", trade, (reference.nearest_trade(trade),))
    with store.writing(engine) as conn:
        store.save_trade(conn, name.strip(), known, author, day)


def map_pair(
    engine: Engine, trade: str, occupation: str, weight: float, *, author: str, day: date
) -> str:
    """Say how directly a trade trains for an occupation, from now on.

    Parameters
    ----------
    trade
        One of the table, or a name that the colleges use.
    occupation
        Code, or a name found exactly in the table.
    weight
        0 (it does not) to 1 (it trains for nothing else).

    Returns
    -------
    str
        The occupation's code.

    Raises
    ------
    Unreadable
        If the weight is outside 0 to 1.
    NotFound
        If nobody knows the trade or the occupation; near ones are suggested.
    """
    if not (isfinite(weight) and 0 <= weight <= 1):
        raise Unreadable("weight", str(weight), "not_a_weight")
    code = _occupation_code(occupation)
    with store.writing(engine) as conn:
        known = reference.find_trade(trade)
        if known is None and trade not in store.trade_names(conn):
            raise NotFound("trade", trade, (reference.nearest_trade(trade),))
        store.save_pair(conn, known or trade, code, weight, author, day)
    return code


def _occupation_code(occupation: str) -> str:
    if reference.occupation_name(occupation) is not None:
        return occupation
    code = reference.find_occupation(occupation)
    if code is None:
        raise NotFound("occupation", occupation, reference.suggest_occupations(occupation))
    return code
