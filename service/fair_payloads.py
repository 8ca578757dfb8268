"""Shapes of requests to fairs and meetings, and of answers; times are those of Shandong."""

from __future__ import annotations

import datetime
from collections.abc import Container
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from recommender import fairs
from recommender.claims import SHANDONG
from recommender.year import fair_board
from recommender.year.fair_result import FairResult
from recommender.year.fair_timetable import BOOTHS_EACH, LEAST_CHANCE, Timetable
from service.payloads import Text


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# -- what is asked ------------------------------------------------------------------------


class FairPath(_Shape):
    """A fair's id in the address."""

    fair_id: Text = Field(description="As in the sheet of fairs.")


class RegistrantPath(FairPath):
    """A fair and a graduate in the address."""

    graduate_id: Text = Field(description="The roster's graduate_id.")


class BoothPath(FairPath):
    """A fair and a booth in the address."""

    booth: Text = Field(description="Its sign, or its enterprise's credit code.")


class ResultQuery(_Shape):
    """Whether the proof is wanted, too."""

    certificate: bool = Field(
        default=False, description="With what `check` proves; for who may see everybody."
    )


class TimetableBody(_Shape):
    """How a timetable is made."""

    booths: Annotated[int, Field(strict=True, ge=1, le=50)] = Field(
        BOOTHS_EACH, description="Booths for everybody."
    )
    least: float = Field(
        LEAST_CHANCE, ge=0, le=1, description="Least chance that both sides say yes."
    )


class Nothing(_Shape):
    """A request that says all in its address."""


class CheckInBody(_Shape):
    """A slip that was shown."""

    slip: Text
    booth: Text | None = Field(
        None, description="Sign or credit code; the door, or an enterprise's own, unless told."
    )


class MarkBody(_Shape):
    """Who wants whom."""

    slip: Text
    post_id: Text
    side: Literal["graduate", "enterprise"] | None = Field(
        None, description="`graduate`, or for an enterprise `enterprise`, unless told."
    )
    rank: Annotated[int, Field(strict=True, ge=1, le=99_999)] | None = Field(
        None, description="1 is the most wanted."
    )


class ClaimBody(_Shape):
    """Whose a slip is."""

    slip: Text
    graduate_id: Text
    name: Text | None = Field(None, description="Needed from an enterprise: what they are called.")


# -- what is answered ---------------------------------------------------------------------


class Slip(_Shape):
    """A slip; whose it is stands in no answer."""

    fair_id: str
    slip: str
    issued_at: datetime.datetime
    claimed_at: datetime.datetime | None

    @classmethod
    def of(cls, slip: fairs.Slip) -> Self:
        """Copy a slip."""
        return cls(
            fair_id=slip.fair_id,
            slip=slip.slip,
            issued_at=slip.issued_at.astimezone(SHANDONG),
            claimed_at=slip.claimed_at.astimezone(SHANDONG) if slip.claimed_at else None,
        )


class CheckIn(_Shape):
    """Where a slip was shown, and when first."""

    fair_id: str
    slip: str
    place: str = Field(description="`door`, or the credit code of a booth's enterprise.")
    at: datetime.datetime

    @classmethod
    def of(cls, shown: fairs.CheckIn) -> Self:
        """Copy a check-in."""
        at = shown.at.astimezone(SHANDONG)
        return cls(fair_id=shown.fair_id, slip=shown.slip, place=shown.place, at=at)


class Mark(_Shape):
    """Who wants whom."""

    fair_id: str
    slip: str
    post_id: str
    side: str
    rank: int | None
    at: datetime.datetime

    @classmethod
    def of(cls, made: fairs.Mark) -> Self:
        """Copy a mark."""
        return cls(
            fair_id=made.fair_id,
            slip=made.slip,
            post_id=made.post_id,
            side=made.side.value,
            rank=made.rank,
            at=made.at.astimezone(SHANDONG),
        )


class Closing(_Shape):
    """When the doors were shut."""

    fair_id: str
    at: datetime.datetime

    @classmethod
    def of(cls, closing: fairs.Closing) -> Self:
        """Copy a closing."""
        return cls(fair_id=closing.fair_id, at=closing.at.astimezone(SHANDONG))


class Planned(_Shape):
    """How a timetable came out; nothing of a person."""

    fair_id: str
    booths: int = Field(description="That everybody should have.")
    registered: int
    turns: int
    fewer: int = Field(description="People with a booth, and fewer than they should have.")
    without: int = Field(description="People with none.")

    @classmethod
    def of(cls, made: Timetable) -> Self:
        """Copy the counts."""
        return cls(
            fair_id=made.fair.fair_id,
            booths=made.k,
            registered=len(made.graduates),
            turns=len(made.turns),
            fewer=made.n_short,
            without=len(made.without),
        )


class Turn(_Shape):
    """Who is at which booth in which round."""

    graduate_id: str
    slot: int
    credit_code: str
    post_id: str
    chance: float

    @classmethod
    def of(cls, turn: fairs.Turn) -> Self:
        """Copy a turn."""
        return cls(
            graduate_id=turn.graduate_id,
            slot=turn.slot,
            credit_code=turn.credit_code,
            post_id=turn.post_id,
            chance=turn.chance,
        )


class Turns(_Shape):
    """The turns of the bearer's own graduates, by graduate and round."""

    fair_id: str
    turns: list[Turn]


class BoardPost(_Shape):
    """One post on the board."""

    post_id: str
    occupation: str
    open_places: int
    wanting: int
    wanted: int
    mutual: int


class BoardBooth(_Shape):
    """One booth on the board."""

    booth: str
    credit_code: str
    enterprise: str
    sent: int
    here: int
    posts: list[BoardPost]


class Board(_Shape):
    """The places of a fair as they are."""

    fair_id: str
    date: datetime.date
    slots: int
    closed: bool
    registered: int
    came: int
    unclaimed: int
    booths: list[BoardBooth]


class Visitor(_Shape):
    """Somebody whom a booth is to meet; the booth learns who, once it was shown the slip."""

    slip: str | None
    name: str | None
    graduate_id: str | None
    college: str | None
    trade: str | None
    class_year: int | None
    level: str | None
    slot: int | None
    post_id: str | None
    chance: float | None
    marked: list[str]
    wanted: list[str]

    @classmethod
    def of(cls, one: fair_board.Visitor) -> Self:
        """Copy somebody."""
        plain = {name: getattr(one, name) for name in cls.model_fields}
        return cls(
            **plain
            | {
                "level": one.level.name if one.level else None,
                "marked": list(one.marked),
                "wanted": list(one.wanted),
            }
        )


class Visitors(_Shape):
    """Whom a booth is to meet, by round, then those who marked it."""

    fair_id: str
    credit_code: str
    visitors: list[Visitor]


class ResultLine(_Shape):
    """What somebody has."""

    graduate_id: str
    post_id: str | None
    reason: str | None


class Absence(_Shape):
    """Who did not come; to a booth, where one is named."""

    graduate_id: str
    credit_code: str | None
    slot: int | None


class Result(_Shape):
    """The two-sided result of a closed fair, of the bearer's own graduates."""

    fair_id: str
    date: datetime.date
    lines: list[ResultLine]
    no_shows: list[Absence]
    certificate: dict[str, Any] | None

    @classmethod
    def of(cls, found: FairResult, own: Container[str], *, whole: bool) -> Self:
        """Copy what is about a bearer's own graduates."""
        return cls(
            fair_id=found.fair.fair_id,
            date=found.fair.day,
            lines=[
                ResultLine(
                    graduate_id=line.graduate.graduate_id,
                    post_id=line.post.post_id if line.post else None,
                    reason=line.reason,
                )
                for line in found.lines
                if line.graduate.graduate_id in own
            ],
            no_shows=[
                Absence(
                    graduate_id=each.graduate.graduate_id,
                    credit_code=each.turn.credit_code if each.turn else None,
                    slot=each.turn.slot if each.turn else None,
                )
                for each in found.absences
                if each.graduate.graduate_id in own
            ],
            certificate=dict(found.certificate) if whole else None,
        )


# -- meetings -----------------------------------------------------------------------------


class ChainQuery(_Shape):
    """Which chain is asked about."""

    chain: Text = Field(description="Industry chain, as posts or members name it.")


class Pairing(_Shape):
    """An enterprise and a class that should talk."""

    enterprise: str
    credit_code: str
    occupation_code: str
    occupation: str
    level: str | None
    open_places: int
    college: str
    trade: str
    training_tier: str | None
    class_year: int
    seekers: int
    weighted: float
    at_level: float
    size: int
    gap: int


class Meeting(_Shape):
    """A chain's meeting with the classes of the bearer's colleges."""

    chain: str
    as_of: datetime.date
    pairings: list[Pairing]
    agreements: list[dict[str, Any]] = Field(
        description="Drafts by the columns of the agreements sheet, and the gap."
    )
