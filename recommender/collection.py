"""Collection rounds (需求征集), and what becomes of posts between them; pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from recommender.domain import Post


class RoundState(StrEnum):
    """How far a round has come."""

    OPEN = "open"
    APPROVED = "approved"
    ISSUED = "issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One time that enterprises are asked what people they need.

    Attributes
    ----------
    alliance
        Whose members are asked; None for every enterprise.
    issuing_body
        Of the posts that name none.
    opened_on
        Day whose catalog the templates were filled with: what replies are compared with.
    decided_by, decided_on
        Who approved it, and when; None while nobody has.
    """

    round_id: str
    issuing_body: str
    opened_on: date
    due_on: date
    state: RoundState = RoundState.OPEN
    alliance: str | None = None
    decided_by: str | None = None
    decided_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An enterprise that a round asks."""

    credit_code: str
    enterprise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One file of one enterprise; it may send several, and a file again."""

    filename: str
    credit_code: str
    taken_on: date
    posts: tuple[Post, ...]


# What an officer chooses where replies contradict: a file, or what is stored.
STORED = ""


class PostAction(StrEnum):
    """What happened to a post beside its versions."""

    ASKED = "asked"
    KEPT = "kept"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostEvent:
    """One line of a post's history; lines are added, never changed."""

    post_id: str
    day: date
    action: PostAction
    author: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """An enterprise whose posts are left out until somebody lifts it."""

    credit_code: str
    paused_on: date
    reason: str
    author: str
    lifted_on: date | None = None
    lifted_by: str | None = None
    lifted_because: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the enterprise is paused on a day."""
        return self.paused_on <= day and (self.lifted_on is None or day < self.lifted_on)


class PostVerdict(StrEnum):
    """What an enterprise says of a post that it is asked about."""

    KEEP = "keep"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostAnswer:
    """One row of the sheet of posts asked about.

    Attributes
    ----------
    verdict
        None where nobody has answered yet.
    """

    post_id: str
    verdict: PostVerdict | None = None
    reason: str | None = None
