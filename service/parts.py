"""What the views work with: handed to the factory, found again through the application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import Flask, current_app
from sqlalchemy import Engine

from recommender.access import Grant
from recommender.closeups import Closeups
from recommender.draft_changes import DraftChanges
from recommender.draft_markets import Markets
from recommender.drafts import Drafts
from recommender.exposure import ExposureLog
from recommender.finding import Finder
from recommender.kiosk import Kiosk
from recommender.placements import PlacementDesk
from recommender.settings import Settings
from recommender.year.guidance_views import Catalogs

if TYPE_CHECKING:
    from service.metrics import Metrics

_KEY = "placement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The use cases behind one application.

    Attributes
    ----------
    clock
        The true moment, whatever day stands for today; what signing in goes by.
    exposures
        The log of lists shown.
    new_request_id
        Makes the number of an answer, 32 hexadecimal digits; nobody outside chooses one.
    seen
        Digest of a token → what it granted when last looked up, and when; see `tokens`.
    """

    settings: Settings
    engine: Engine
    desk: PlacementDesk
    finder: Finder
    closeups: Closeups
    kiosk: Kiosk
    catalogs: Catalogs
    drafts: Drafts
    draft_changes: DraftChanges
    draft_markets: Markets
    today: Callable[[], date]
    now: Callable[[], datetime]
    clock: Callable[[], datetime]
    metrics: Metrics
    exposures: ExposureLog
    new_request_id: Callable[[], str]
    seen: dict[bytes, tuple[Grant, float]] = field(default_factory=dict)


def keep(app: Flask, found: Parts) -> None:
    """Let the views of an application find its parts."""
    app.extensions[_KEY] = found


def parts() -> Parts:
    """Give the parts of the application that answers."""
    found: Parts = current_app.extensions[_KEY]
    return found
