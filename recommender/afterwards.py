"""What became of people: where those outside the catalog went, and who was asked afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from recommender.errors import InvalidValue

# `Destination` and `FollowUp` have a field named as their sheets name it, which hides the type.
Day = date

# Days after 到岗 on which people are asked whether they are still there.
DUE_DAYS = (30, 90, 180)


class DestinationKind(StrEnum):
    """Where a graduate went who is at no post of the catalog."""

    FURTHER_STUDY = "further_study"
    ARMY = "army"
    OWN_BUSINESS = "own_business"
    OTHER_EMPLOYER = "other_employer"
    FLEXIBLE = "flexible"
    NOT_EMPLOYED = "not_employed"


# Kinds that are work; study and army are counted apart, and neither is the lack of work.
WORK = frozenset(
    {DestinationKind.OWN_BUSINESS, DestinationKind.OTHER_EMPLOYER, DestinationKind.FLEXIBLE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where one graduate went from a day on; the latest known by a day counts.

    Attributes
    ----------
    occupation_code
        Occupation of the work; None if not stated, and for what is no work.
    evidence
        What proves it, for officers: a contract, a letter of admission.
    """

    graduate_id: str
    kind: DestinationKind
    date: Day
    employer: str | None = None
    occupation_code: str | None = None
    evidence: str | None = None


class FollowUpResult(StrEnum):
    """What was found out; who was not reached stays unknown."""

    HERE = "here"
    LEFT = "left"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One graduate at one post, asked about so many days after 到岗.

    Attributes
    ----------
    due_days
        One of `DUE_DAYS`.
    result
        None while nobody was asked.
    date
        Day of the asking.
    left_on
        Last day at work, of who left; None if not known.
    """

    graduate_id: str
    post_id: str
    due_days: int
    result: FollowUpResult | None = None
    date: Day | None = None
    left_on: Day | None = None

    def __post_init__(self) -> None:
        if self.due_days not in DUE_DAYS:
            raise InvalidValue("follow-up", self.graduate_id, "due_days", self.due_days)
