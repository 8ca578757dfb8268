"""Requests to the ledger of places, and the answers that their keys were given before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine

from recommender.claims import LedgerAction, LedgerEvent
from recommender.data import store
from recommender.domain import Channel, StepReason
from recommender.errors import (
    AlreadyClaimed,
    AlreadyPlaced,
    Busy,
    DatabaseFailed,
    HoldExpired,
    Ineligible,
    NoOpenPlace,
    NothingClaimed,
    Refused,
    ReplayMismatch,
)

log = structlog.get_logger()

# Refusals that a key brings back; what else goes wrong depends on the request alone.
_KEPT_REFUSALS: Mapping[str, type[Refused]] = {
    kind.__name__: kind
    for kind in (
        AlreadyClaimed,
        AlreadyPlaced,
        HoldExpired,
        Ineligible,
        NoOpenPlace,
        NothingClaimed,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a request wrote into the ledger.

    Attributes
    ----------
    position
        Turn in the line, from 1; None for what does not wait.
    replayed
        Whether the same request was answered before, so that nothing was written.
    """

    event: LedgerEvent
    position: int | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to the ledger: what a key stands for."""

    action: LedgerAction
    graduate_id: str
    post_id: str
    hours: float | None = None
    wait: bool = False
    reason: StepReason | None = None
    channel: Channel | None = None
    note: str | None = None

    def digest(self) -> str:
        """Give the SHA-256 of all that is asked, hexadecimal."""
        plain = json.dumps([repr(getattr(self, name)) for name in self.__slots__])
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def tidy(engine: Engine, *, day: date, keep_days: int) -> int:
    """Delete answers whose keys nobody will send again; give their number.

    Nothing that goes wrong here stops the night that calls it: it is logged, and tried again
    the night after.

    Parameters
    ----------
    keep_days
        How many days an answer stays, at least 1: until then its key brings it back.
    """
    try:
        with store.writing(engine) as conn:
            return store.forget_answers(conn, day - timedelta(days=keep_days - 1))
    except (Busy, DatabaseFailed) as error:
        log.error("answers not tidied", error=type(error).__name__)
        return 0


def to_json(answer: Entry | Refused) -> str:
    """Write an answer down, so that `replayed` can give it again."""
    if isinstance(answer, Refused):
        told: dict[str, Any] = {"refused": type(answer).__name__, "facts": vars(answer)}
    else:
        told = {"position": answer.position, "event": _event_json(answer.event)}
    return json.dumps(told, ensure_ascii=False)


def _event_json(event: LedgerEvent) -> dict[str, Any]:
    plain = ("event_id", "action", "post_id", "graduate_id", "who", "reason", "note", "channel")
    return {
        **{name: getattr(event, name) for name in plain},
        "at": event.at.isoformat(),
        "expires_at": event.expires_at.isoformat() if event.expires_at else None,
    }


def replayed(before: tuple[str, int, str], request: Request) -> Entry:
    """Give the answer that was given before; the same refusal, where it was one.

    Parameters
    ----------
    before
        Digest of the request, status and answer, as they were kept.

    Raises
    ------
    ReplayMismatch
        If it was another request that had the key.
    Refused
        If the request was refused.
    """
    digest, _, answer = before
    if digest != request.digest():
        raise ReplayMismatch()
    told = json.loads(answer)
    if "refused" in told:
        raise _KEPT_REFUSALS[told["refused"]](**told["facts"])
    event = told["event"]
    until = event["expires_at"]
    read = {
        "at": datetime.fromisoformat(event["at"]),
        "action": LedgerAction(event["action"]),
        "expires_at": datetime.fromisoformat(until) if until else None,
    }
    return Entry(event=LedgerEvent(**event | read), position=told["position"], replayed=True)
