"""Make the pack of a fair: what the hall needs of a day's market, signed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from recommender import kiosk, markets
from recommender.claims import SHANDONG
from recommender.data import cases, store
from recommender.errors import FairClosed, PackRefused
from recommender.matching.eligibility import open_places
from recommender.model.artefact import read_current
from recommender.pack import box, contents, keys, proof
from recommender.pack.kiosk import shown
from recommender.year import fair as fairs

STARTS = time(9)
HOURS = 4.0
SET_UP = timedelta(hours=1)  # a pack opens before the doors do


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A pack, and what was put into it.

    Attributes
    ----------
    pack_id
        16 hexadecimal digits: of its contents and times.
    key
        Public key that it is to be opened with.
    """

    content: bytes
    pack_id: str
    fair_id: str
    as_of: datetime
    valid_from: datetime
    expires_at: datetime
    model: int
    n_posts: int
    n_booths: int
    key: str


def make(
    engine: Engine,
    models_dir: Path,
    home: Path,
    fair_id: str,
    *,
    now: datetime,
    starts: time = STARTS,
    hours: float = HOURS,
) -> Made:
    """Make the pack of a fair with places as of now; it holds from an hour before the start.

    Raises
    ------
    NotFound
        If nobody knows the fair.
    FairClosed, PackRefused
        If it is closed or over.
    NoModel
        If nothing is published yet.
    """
    key = keys.signing_key(home)
    artefact = read_current(models_dir)
    with store.reading(engine) as conn:
        fair = fairs.load(conn, fair_id)
        if fair.closing is not None:
            raise FairClosed(fair_id)
        starts_at = datetime.combine(fair.day, starts, SHANDONG)
        expires_at = starts_at + timedelta(hours=hours)
        if expires_at <= now:
            _refuse(fair_id, starts_at, expires_at, now)
        cases.require_ranking(conn)
        market = markets.read_market(conn, artefact, fair.day, now)
        at_fair = kiosk.read_fair(conn, fair_id, fair.day, 0)
        tokens = store.token_digests(conn, role="kiosk")
    wanted = [open_places(post, market.standing, reserved_too=True) for post in market.posts]
    held = contents.Contents(
        fair_id=fair_id,
        day=fair.day,
        as_of=now.astimezone(SHANDONG).replace(microsecond=0),
        booths=fair.booths,
        artefact=artefact,
        market=market,
        wanted=np.array(wanted, dtype=np.int32),
        kiosk=shown(at_fair),
        tokens=tokens,
        journal_seed=b"",
        proof=proof.answers(artefact, market),
    )
    times = {
        "valid_from": (starts_at - SET_UP).isoformat(timespec="seconds"),
        "expires_at": expires_at.isoformat(timespec="seconds"),
    }
    facts = contents.facts_of(held) | times
    pack_id = _id(facts, contents.members_of(held))
    seed = keys.journal_seed(key, pack_id)
    facts |= {"pack": pack_id, "journal_key": keys.public_of(keys.of_seed(seed))}
    members = contents.members_of(replace(held, journal_seed=seed))
    return Made(
        content=box.seal(facts, members, key),
        pack_id=pack_id,
        fair_id=fair_id,
        as_of=held.as_of,
        valid_from=starts_at - SET_UP,
        expires_at=expires_at,
        model=artefact.version,
        n_posts=len(market.posts),
        n_booths=len(fair.booths),
        key=keys.public_of(key),
    )


def _refuse(fair_id: str, starts_at: datetime, expires_at: datetime, now: datetime) -> None:
    if starts_at.date() < now.astimezone(SHANDONG).date():
        raise PackRefused("fair_over", fair_id, starts_at.date().isoformat())
    raise PackRefused("ends_first", f"{expires_at:%Y-%m-%d %H:%M}")


def _id(facts: object, members: dict[str, bytes]) -> str:
    digest = sha256(box.to_json(facts))
    for name, content in sorted(members.items()):
        digest.update(f"{name} {sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]
