"""A fair as its sheets describe it, and one request to it, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TypeVar

import structlog
from sqlalchemy import Connection, Engine

from recommender.data import fair_desk, registered, store
from recommender.domain import Post
from recommender.errors import FairClosed, NotFound, ReplayMismatch
from recommender.fairs import SLOT_CAPACITY, SLOTS, Booth, CheckIn, Closing, Mark, Slip
from recommender.places import Clerk

log = structlog.get_logger()
CREATED = 201
Answer = TypeVar("Answer", Slip, CheckIn, Mark, Closing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fair:
    """A day with booths.

    Attributes
    ----------
    n_slots
        Rounds.
    booths
        By enterprise.
    closing
        None while its doors are open.
    """

    fair_id: str
    day: date
    n_slots: int
    booths: tuple[Booth, ...]
    closing: Closing | None

    def booth_at(self, named: str) -> Booth:
        """Find a booth by its sign or its enterprise's code.

        Raises
        ------
        NotFound
            If the fair has no such booth.
        """
        for booth in self.booths:
            if named in (booth.booth, booth.credit_code):
                return booth
        signs = [booth.sign for booth in self.booths]
        raise NotFound("booth", named, get_close_matches(named, signs, n=3, cutoff=0.3))

    def require_open(self) -> None:
        """Refuse what comes after the doors were shut.

        Raises
        ------
        FairClosed
        """
        if self.closing is not None:
            raise FairClosed(self.fair_id)


def seats(booth: Booth) -> int:
    """Count whom a booth can see in one round."""
    return booth.slot_capacity or SLOT_CAPACITY


def load(conn: Connection, fair_id: str) -> Fair:
    """Read a fair.

    Raises
    ------
    NotFound
        If no sheet has it, with those written alike.
    """
    booths = registered.load_booths(conn, fair_ids=[fair_id])
    if not booths:
        known = sorted({booth.fair_id for booth in registered.load_booths(conn)})
        raise NotFound("fair", fair_id, get_close_matches(fair_id, known, n=3, cutoff=0.3))
    return Fair(
        fair_id=fair_id,
        day=booths[0].date,
        n_slots=booths[0].slots or SLOTS,
        booths=tuple(booths),
        closing=fair_desk.closing_of(conn, fair_id),
    )


def look(engine: Engine, fair_id: str) -> Fair:
    """Read a fair; as `load`."""
    with store.reading(engine) as conn:
        return load(conn, fair_id)


def list_fairs(engine: Engine) -> list[tuple[Fair, int]]:
    """List the fairs that sheets have, by day, each with how many registered."""
    with store.reading(engine) as conn:
        ids = {booth.fair_id for booth in registered.load_booths(conn)}
        coming = Counter(one.fair_id for one in registered.load_registrations(conn))
        fairs = [load(conn, fair_id) for fair_id in ids]
    ordered = sorted(fairs, key=lambda fair: (fair.day, fair.fair_id))
    return [(fair, coming[fair.fair_id]) for fair in ordered]


def posts_at(conn: Connection, fair: Fair) -> list[Post]:
    """Load the posts that the booths have open on the day of the fair, by id."""
    codes = {booth.credit_code for booth in fair.booths}
    return store.load_posts(conn, day=fair.day, open_only=True, credit_codes=codes)


def once(
    engine: Engine,
    clerk: Clerk,
    key: str | None,
    asked: tuple[object, ...],
    kind: type[Answer],
    act: Callable[[Connection], Answer],
) -> Answer:
    """Answer a request in one transaction, or give the answer that its key was given before.

    Raises
    ------
    ReplayMismatch
        If the key was used before for another request.
    """
    digest = hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()
    with store.writing(engine) as conn:
        before = store.remembered(conn, key) if key else None
        if before is not None:
            if before[0] != digest:
                raise ReplayMismatch
            return fair_desk.of_plain(kind, json.loads(before[2]))
        answer = act(conn)
        if key:
            told = json.dumps(fair_desk.to_plain(answer), ensure_ascii=False)
            store.remember(
                conn, key, body_sha256=digest, status=CREATED, answer=told, day=clerk.day
            )
    log.info("fair", what=str(asked[0]))
    return answer
