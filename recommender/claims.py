"""Claims on places, as the ledger of places keeps them; pure data.

A moment is a datetime with its zone; the day of a moment is that of Shandong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANDONG = ZoneInfo("Asia/Shanghai")


class ClaimState(StrEnum):
    """What a claim is worth: a place until a deadline, a place, or a turn in the line."""

    HELD = "held"
    CONFIRMED = "confirmed"
    WAITING = "waiting"


class LedgerAction(StrEnum):
    """What happened to a claim.

    OFFER is a hold given to the next in line. LAPSE ends a claim because a rule no longer
    lets the graduate take the post, EXPIRE because a deadline passed.
    """

    HOLD = "hold"
    WAIT = "wait"
    OFFER = "offer"
    CONFIRM = "confirm"
    RELEASE = "release"
    EXPIRE = "expire"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one graduate has at one post now.

    Attributes
    ----------
    number
        Which of the post's places, from 1 to the headcount; None in the line.
    since
        When the claim was made; of a confirmed one, when it was confirmed.
    expires_at
        First moment at which a hold is worth nothing; None for what has no deadline.
    offered
        Whether the line brought the hold.
    """

    post_id: str
    graduate_id: str
    state: ClaimState
    since: datetime
    number: int | None = None
    expires_at: datetime | None = None
    offered: bool = False

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is a hold whose deadline has not passed."""
        return (
            self.state is ClaimState.HELD
            and self.expires_at is not None
            and moment < self.expires_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEvent:
    """One line of the ledger; never changed.

    Attributes
    ----------
    who
        The account at a keyboard, a role with the number of its token, or ``ledger`` for what
        follows by itself.
    reason
        Of a release a word of `StepReason`; of a lapse the code of the rule that fails.
    note
        Free text for officers.
    channel
        Where the request came from, a word of `Channel`; None if not stated.
    """

    event_id: int
    at: datetime
    action: LedgerAction
    post_id: str
    graduate_id: str
    who: str
    expires_at: datetime | None = None
    reason: str | None = None
    note: str | None = None
    channel: str | None = None


def day_of(moment: datetime) -> date:
    """Give the day of a moment in Shandong.

    Raises
    ------
    ValueError
        If the moment has no zone.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment.astimezone(SHANDONG).date()


def local(moment: datetime) -> str:
    """Write a moment as a clock in Shandong shows it."""
    return moment.astimezone(SHANDONG).strftime("%Y-%m-%d %H:%M")


def start_of(day: date) -> datetime:
    """Give the first moment of a day, at which every hold that runs out on it still counts."""
    return datetime.combine(day, time.min, SHANDONG)
