"""What officers decided about a pair or a step, as it is kept; pure data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from recommender.domain import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A pair that is vetoed, or lifted again; the latest of a pair counts."""

    graduate_id: str
    post_id: str
    is_lifted: bool
    reason: str
    at: datetime
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidedStep:
    """A step that was recorded wrongly: history, and counted nowhere."""

    outcome: Outcome
    why: str
    at: datetime
    who: str
