"""Two-way selection fairs (双选会) as they are kept: booths, people, slips, marks; pure data.

A moment is a datetime with its zone. A slip is what a person carries: a number of one fair that
names nobody until an officer or a booth claims it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from recommender.domain import InterestSide
from recommender.errors import InvalidValue

# Where the sheet states neither: six rounds, five people at a booth in each.
SLOTS, SLOT_CAPACITY = 6, 5
DOOR = "door"  # where somebody checks in who is at no booth yet

# `Booth` has a field named as the sheet names it, `date`, which hides the type inside it.
Day = date


@dataclass(frozen=True, slots=True, kw_only=True)
class Booth:
    """One enterprise at one fair.

    Attributes
    ----------
    date
        Day of the fair, the same for all its booths.
    booth
        What stands on the sign, e.g. ``A12``.
    slots
        Rounds of the fair, the same for all its booths; None for `SLOTS`.
    slot_capacity
        People that the booth talks to in one round; None for `SLOT_CAPACITY`.
    """

    fair_id: str
    date: Day
    credit_code: str
    booth: str | None = None
    slots: int | None = None
    slot_capacity: int | None = None

    def __post_init__(self) -> None:
        for name in ("slots", "slot_capacity"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InvalidValue("booth", self.credit_code, name, value)

    @property
    def sign(self) -> str:
        """What people look for: the sign, or the enterprise's code."""
        return self.booth or self.credit_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """Somebody who said they would come."""

    fair_id: str
    graduate_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One line of a timetable: who is at which booth in which round, about which post.

    Attributes
    ----------
    slot
        Round, from 1.
    chance
        That the pair comes about: the graduate wants the post and the enterprise takes them,
        0 to 1; where only an order is known, the percentile among the graduate's own posts.
    """

    fair_id: str
    graduate_id: str
    credit_code: str
    slot: int
    post_id: str
    chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A slip of one fair.

    Attributes
    ----------
    graduate_id
        Whose it is; None while nobody has claimed it.
    claimed_by
        Who said so; None of a slip made for a registrant, which was never anonymous.
    """

    fair_id: str
    slip: str
    issued_at: datetime
    graduate_id: str | None = None
    claimed_at: datetime | None = None
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """A slip was shown, at the door (`DOOR`) or at a booth (its credit code)."""

    fair_id: str
    slip: str
    place: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One side marked the other: the bearer of a slip a post, or a post's booth the bearer.

    Attributes
    ----------
    rank
        From 1, the most wanted; None is wanted and no more said.
    """

    fair_id: str
    slip: str
    post_id: str
    side: InterestSide
    at: datetime
    who: str
    rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The doors are shut: nobody checks in or marks any more."""

    fair_id: str
    at: datetime
    who: str
