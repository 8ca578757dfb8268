"""A pack as it was opened: every byte held against the key, and its time come."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from recommender.claims import local
from recommender.errors import PackRefused
from recommender.pack import box, contents, keys, proof
from recommender.pack.contents import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What the hall is served from.

    Attributes
    ----------
    valid_from, expires_at
        The first moment at which it answers, and the first at which it does so no more.
    journal_key
        Public half of the key that signs its journal.
    signed, signature
        The signed manifest, which the journal carries home.
    """

    pack_id: str
    valid_from: datetime
    expires_at: datetime
    contents: Contents
    journal_key: str
    signed: bytes
    signature: bytes

    def require_valid(self, moment: datetime) -> None:
        """Refuse a pack before and after its time.

        Raises
        ------
        PackRefused
        """
        if moment < self.valid_from:
            raise PackRefused("not_yet", local(self.valid_from), local(moment))
        if moment >= self.expires_at:
            raise PackRefused("expired", local(self.expires_at))


def open_pack(content: bytes, public: str, now: datetime) -> Pack:
    """Open a pack that was signed with the private half of a key, within its time.

    Raises
    ------
    PackRefused
        If it was tampered with, is of another key, format or time, or this program would rank
        otherwise than the server did.
    """
    found = box.unseal(content, public)
    facts = found.manifest
    held = contents.read(found)
    pack = Pack(
        pack_id=facts["pack"],
        valid_from=datetime.fromisoformat(facts["valid_from"]),
        expires_at=datetime.fromisoformat(facts["expires_at"]),
        contents=held,
        journal_key=facts["journal_key"],
        signed=found.signed,
        signature=found.signature,
    )
    pack.require_valid(now)
    if keys.public_of(keys.of_seed(held.journal_seed)) != pack.journal_key:
        raise PackRefused("tampered", "journal.key")
    proof.check(held.artefact, held.market, held.proof)
    return pack


class HallClock:
    """Tells the time of the hall, and never goes back while the program runs.

    A clock that is set back does not make a pack younger; one set forward counts at once.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now, self._steady = now, steady
        self._began, self._began_steady = now(), steady()

    def __call__(self) -> datetime:
        """Give the moment: the clock's, or what has passed since the start, if that is later."""
        passed = timedelta(seconds=self._steady() - self._began_steady)
        return max(self._now(), self._began + passed)
