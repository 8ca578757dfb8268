"""What people may have done with what is held of them; pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# Stands before the made-up id under which the counts of an erased person go on.
ERASED = "erased-"


def is_erased(graduate_id: str) -> bool:
    """Whether an id is one under which an erased person's counts go on."""
    return graduate_id.startswith(ERASED)


class Purpose(StrEnum):
    """What somebody agrees to, each for itself."""

    RANKING = "ranking"
    PASSING = "passing"
    TRAINING = "training"


class ConsentSource(StrEnum):
    """By what a consent, or its withdrawal, came in."""

    SHEET = "sheet"
    OFFICER = "officer"
    LINK = "link"


# What the roster's one column 同意推荐 speaks of.
OF_ROSTER = (Purpose.RANKING, Purpose.TRAINING)
# The wording that a sheet's yes refers to is the college's own.
SHEET_TEXT = "sheet"
# The wording shown now; a changed wording has a new version, and the old stay as they were.
TEXT_VERSION = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One answer of a graduate to one purpose.

    Attributes
    ----------
    at
        None where only the roster's column is known.
    text_version
        The wording that was answered, as `rights_words.CONSENT_TEXTS` has it.
    who
        The account at a keyboard, a role with the number of its token, the user, or ``self``.
    """

    graduate_id: str
    purpose: Purpose
    given: bool
    at: datetime | None
    text_version: str
    source: ConsentSource
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One field that was corrected; values as the table keeps them, None where not stated."""

    graduate_id: str
    field: str
    old: str | None
    new: str | None
    at: datetime
    who: str


class CaseKind(StrEnum):
    """What a case is about."""

    COMPLAINT = "complaint"
    CORRECTION = "correction"
    ERASURE = "erasure"


class CaseState(StrEnum):
    """How a case stands."""

    OPEN = "open"
    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A complaint, or a request that somebody has to look at.

    Attributes
    ----------
    graduate_id
        None once the person was erased.
    college
        Whose officers answer it.
    text, answer
        Free text; "" once the person was erased.
    """

    case_id: int
    graduate_id: str | None
    college: str
    kind: CaseKind
    opened_at: datetime
    opened_by: str
    text: str
    state: CaseState
    answer: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None

    @property
    def number(self) -> str:
        """The number by which people call it."""
        return f"{self.opened_at.year}-{self.case_id:04d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLink:
    """A link by which one graduate looks after their own; the signature is kept nowhere."""

    link_id: str
    graduate_id: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    revoked: bool

    def opens_at(self, moment: datetime) -> bool:
        """Whether it still opens anything."""
        return not self.revoked and moment < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Whether personal rankings are given from a moment on, who said so and why."""

    is_on: bool
    at: datetime
    who: str
    why: str
