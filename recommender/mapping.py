"""What officers decide about trades: what a college's name means, where a trade leads."""

from __future__ import annotations

from datetime import date
from math import isfinite

from sqlalchemy import Engine

from recommender.data import reference, store
from recommender.errors import NotFound, Unreadable


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
