"""Shapes of requests to the ledger of places, and of its answers."""

from __future__ import annotations

import datetime
from collections.abc import Container, Iterable
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from recommender import ledger
from recommender.claims import SHANDONG, Claim, LedgerEvent
from recommender.domain import Outcome
from recommender.ledger_answers import Entry as LedgerEntry
from recommender.settings import MOST_HOLD_HOURS
from service.payloads import Text


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


MOST_PAIRS = 200
Hours = Annotated[int, Field(strict=True, ge=1, le=MOST_HOLD_HOURS)]


# -- what is asked ------------------------------------------------------------------------


class HoldBody(_Shape):
    """A place to be held."""

    graduate_id: Text
    post_id: Text
    hours: Hours | None = Field(None, description="How long; the installation's by default.")
    wait: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Stand in line where the post is full."
    )
    channel: Text | None = Field(None, description="As in the outcomes sheet.")
    note: Text | None = Field(None, description="Why, for officers; kept.")


class ConfirmBody(_Shape):
    """A place to be confirmed (签约)."""

    graduate_id: Text
    post_id: Text
    channel: Text | None = Field(None, description="As in the outcomes sheet; else the hold's.")
    note: Text | None = Field(None, description="Why, for officers; kept.")


class ReleaseBody(_Shape):
    """A place, a hold or a turn to be given up (解约)."""

    graduate_id: Text
    post_id: Text
    reason: Text = Field(description="As in the outcomes sheet.")
    note: Text | None = Field(None, description="Why, for officers; kept.")


class PairOf(_Shape):
    """Who, and at which post."""

    graduate_id: Text
    post_id: Text


class BatchBody(_Shape):
    """The same for several pairs: all of them, or none."""

    action: Literal["hold", "confirm", "release"]
    pairs: Annotated[list[PairOf], Field(min_length=1, max_length=MOST_PAIRS)]
    hours: Hours | None = Field(None, description="Of holds: how long.")
    wait: Annotated[bool, Field(strict=True)] = Field(
        default=False, description="Of holds: stand in line where a post is full."
    )
    channel: Text | None = Field(None, description="As in the outcomes sheet.")
    reason: Text | None = Field(None, description="Of releases: needed, as in the outcomes sheet.")
    note: Text | None = Field(None, description="Why, for officers; kept.")


# -- what is answered ---------------------------------------------------------------------


class Event(_Shape):
    """One line of the ledger; times are those of Shandong."""

    event_id: int
    at: datetime.datetime
    action: str
    graduate_id: str
    post_id: str
    who: str
    expires_at: datetime.datetime | None
    reason: str | None
    note: str | None
    channel: str | None

    @classmethod
    def of(cls, event: LedgerEvent) -> Self:
        """Copy a line."""
        return cls(
            event_id=event.event_id,
            at=event.at.astimezone(SHANDONG),
            action=event.action.value,
            graduate_id=event.graduate_id,
            post_id=event.post_id,
            who=event.who,
            expires_at=_local(event.expires_at),
            reason=event.reason,
            note=event.note,
            channel=event.channel,
        )


class Entry(_Shape):
    """What a request wrote into the ledger."""

    event: Event
    position: int | None = Field(description="Turn in the line, from 1.")

    @classmethod
    def of(cls, entry: LedgerEntry) -> Self:
        """Copy an answer."""
        return cls(event=Event.of(entry.event), position=entry.position)


class Entries(_Shape):
    """What several requests wrote, in their order."""

    entries: list[Entry]

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry]) -> Self:
        """Copy the answers."""
        return cls(entries=[Entry.of(each) for each in entries])


class Held(_Shape):
    """A place held until a deadline."""

    graduate_id: str
    since: datetime.datetime
    expires_at: datetime.datetime | None
    offered: bool = Field(description="Whether the line brought it.")

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """Copy a hold."""
        return cls(
            graduate_id=claim.graduate_id,
            since=claim.since.astimezone(SHANDONG),
            expires_at=_local(claim.expires_at),
            offered=claim.offered,
        )


class Turn(_Shape):
    """A place in the line."""

    position: int
    graduate_id: str
    since: datetime.datetime


class HeldAt(Held):
    """The same, with its post."""

    post_id: str

    @classmethod
    def of(cls, claim: Claim) -> Self:
        """Copy a hold."""
        return cls(post_id=claim.post_id, **dict(Held.of(claim)))


class TurnAt(Turn):
    """A turn in the line of a post."""

    post_id: str


class Pending(_Shape):
    """Holds by their deadline and lines by post; of people, only the bearer's own."""

    held: list[HeldAt]
    line: list[TurnAt]

    @classmethod
    def of(cls, waiting: ledger.Pending, own: Container[str]) -> Self:
        """Copy what is about a bearer's own graduates; their turns count everybody."""
        return cls(
            held=[HeldAt.of(claim) for claim in waiting.held if claim.graduate_id in own],
            line=[
                TurnAt(
                    post_id=post_id,
                    position=position,
                    graduate_id=claim.graduate_id,
                    since=claim.since.astimezone(SHANDONG),
                )
                for post_id, line in waiting.lines.items()
                for position, claim in enumerate(line, start=1)
                if claim.graduate_id in own
            ],
        )


class Kept(_Shape):
    """Free places that an agreement keeps for its members."""

    agreement_id: str
    places: int
    returns_on: datetime.date = Field(description="From this day on everybody may take them.")


class Intern(_Shape):
    """A place that an internship holds."""

    graduate_id: str
    since: datetime.date
    until: datetime.date | None = Field(description="Its last day, through which it holds.")

    @classmethod
    def of(cls, step: Outcome) -> Self:
        """Copy the step that says until when."""
        return cls(graduate_id=step.graduate_id, since=step.date, until=step.interned_until)


class PostPlaces(_Shape):
    """How the places of a post stand; of people, only the bearer's own."""

    post_id: str
    headcount: int
    open_places: int
    reserved: int
    reserved_by: list[Kept]
    confirmed: list[str]
    interns: list[Intern]
    held: list[Held]
    line: list[Turn]
    history: list[Event]

    @classmethod
    def of(cls, shown: ledger.PostPlaces, own: Container[str]) -> Self:
        """Copy what is about a bearer's own graduates; their turns count everybody."""
        return cls(
            post_id=shown.post.post_id,
            headcount=shown.post.headcount,
            open_places=shown.open_places,
            reserved=shown.reserved,
            reserved_by=[
                Kept(
                    agreement_id=each.agreement_id,
                    places=each.places,
                    returns_on=each.returns_on,
                )
                for each in shown.kept
            ],
            interns=[Intern.of(each) for each in shown.interns if each.graduate_id in own],
            confirmed=[each for each in shown.confirmed if each in own],
            held=[Held.of(claim) for claim in shown.held if claim.graduate_id in own],
            line=[
                Turn(
                    position=position,
                    graduate_id=claim.graduate_id,
                    since=claim.since.astimezone(SHANDONG),
                )
                for position, claim in enumerate(shown.line, start=1)
                if claim.graduate_id in own
            ],
            history=[Event.of(each) for each in shown.history if each.graduate_id in own],
        )


def _local(moment: datetime.datetime | None) -> datetime.datetime | None:
    return moment.astimezone(SHANDONG) if moment else None
