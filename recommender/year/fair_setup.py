"""A fair set up by hand: its day and rounds, and its booths; until somebody has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Engine

from recommender.data import fair_desk, registered, store
from recommender.domain import MemberKind
from recommender.errors import NotFound, Unreadable
from recommender.fairs import Booth
from recommender.year.fair import Fair, load
from recommender.year.fair_timetable import require_not_begun

MOST_SLOTS, MOST_SEATS = 60, 500


def enterprises(engine: Engine, *, day: date) -> list[tuple[str, str]]:
    """List who may have a booth, by code and name: members, and who has an open post."""
    with store.reading(engine) as conn:
        return sorted(_enterprises(conn, day).items(), key=lambda each: each[1])


def _enterprises(conn: Connection, day: date) -> dict[str, str]:
    posts = store.load_posts(conn, day=day, open_only=True)
    found = {post.credit_code: post.enterprise for post in posts}
    for each in store.load_members(conn):
        if each.kind is MemberKind.ENTERPRISE and each.credit_code:
            found[each.credit_code] = each.name
    return found


def put_booth(
    engine: Engine,
    fair_id: str,
    credit_code: str,
    *,
    day: date | None = None,
    n_slots: int | None = None,
    sign: str | None = None,
    n_seats: int | None = None,
) -> Fair:
    """Give an enterprise a booth, or change the one that it has; the first booth makes the fair.

    Parameters
    ----------
    day, n_slots
        Of the whole fair, needed for the first booth; with a later one they change for all.

    Raises
    ------
    Unreadable
        If the id or the day is missing, a number is out of range, or the sign is another's.
    NotFound
        If nobody knows the enterprise.
    FairClosed, FairBegun
        If its doors are shut, or somebody has come already.
    """
    if not fair_id.strip():
        raise Unreadable("fair_id", fair_id, "missing")
    for name, number, most in (("slots", n_slots, MOST_SLOTS), ("seats", n_seats, MOST_SEATS)):
        if number is not None and not 1 <= number <= most:
            raise Unreadable(name, str(number), "out_of_range", ("1", str(most)))
    with store.writing(engine) as conn:
        before = registered.load_booths(conn, fair_ids=[fair_id])
        if before:
            require_not_begun(conn, load(conn, fair_id))
        if day is None and not before:
            raise Unreadable("date", "", "missing")
        on, slots = day or before[0].date, n_slots or (before[0].slots if before else None)
        if credit_code not in _enterprises(conn, on):
            raise NotFound("enterprise", credit_code)
        others = [each for each in before if each.credit_code != credit_code]
        if sign and sign in {each.sign for each in others}:
            raise Unreadable("booth", sign, "booth_taken")
        new = Booth(
            fair_id=fair_id,
            date=on,
            credit_code=credit_code,
            booth=sign,
            slots=slots,
            slot_capacity=n_seats,
        )
        changed = [replace(each, date=on, slots=slots) for each in others]
        registered.save_booths(conn, [new, *changed])
        return load(conn, fair_id)


def drop_booth(engine: Engine, fair_id: str, credit_code: str) -> None:
    """Take a booth back, with the turns at it; the last one takes the fair with it.

    Raises
    ------
    NotFound
        If nobody knows the fair or the booth.
    FairClosed, FairBegun
        As for `put_booth`.
    """
    with store.writing(engine) as conn:
        fair = load(conn, fair_id)
        require_not_begun(conn, fair)
        booth = fair.booth_at(credit_code)
        turns = fair_desk.load_turns(conn, fair_id)
        kept = [turn for turn in turns if turn.credit_code != booth.credit_code]
        fair_desk.replace_turns(conn, fair_id, kept)
        registered.drop_booth(conn, booth)
