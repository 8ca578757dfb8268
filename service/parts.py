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
from recommender.rights.viewed import ViewLog
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
    views
        The log of who looked at whom.
    new_request_id
        Makes the number of an answer, 32 hexadecimal digits; nobody outside chooses one.
    grants
        Reads a token where there is no database; None where the database knows them.
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
    views: ViewLog
    new_request_id: Callable[[], str]
    grants: Callable[[str], Grant | None] | None = None
    seen: dict[bytes, tuple[Grant, float]] = field(default_factory=dict)


def gather(
    settings: Settings,
    engine: Engine,
    desk: PlacementDesk,
    *,
    today: Callable[[], date],
    now: Callable[[], datetime],
    clock: Callable[[], datetime],
    new_request_id: Callable[[], str],
) -> Parts:
    """Put the use cases together on top of a database and a desk; nothing is opened or read."""
    # Imported late: see there.
    from service.metrics import Metrics

    metrics = Metrics()
    laid = Markets(lambda: desk.artefact(), today=today, now=now)
    exposures = ExposureLog(
        settings.home,
        explore_share=settings.explore_share,
        is_on=settings.keep_lists_days > 0,
        tell=metrics.count_lists,
    )
    return Parts(
        settings=settings,
        engine=engine,
        desk=desk,
        finder=Finder(engine, today=today, now=now),
        closeups=Closeups(engine, desk, today=today, now=now),
        kiosk=Kiosk(engine, desk, today=today, now=now),
        catalogs=Catalogs(engine, today=today),
        drafts=Drafts(engine, laid),
        draft_changes=DraftChanges(engine, laid),
        draft_markets=laid,
        today=today,
        now=now,
        clock=clock,
        metrics=metrics,
        exposures=exposures,
        views=ViewLog(settings.home),
        new_request_id=new_request_id,
    )


def keep(app: Flask, found: Parts) -> None:
    """Let the views of an application find its parts."""
    app.extensions[_KEY] = found


def parts() -> Parts:
    """Give the parts of the application that answers."""
    found: Parts = current_app.extensions[_KEY]
    return found


def signing_key() -> bytes:
    """Give the key that signs cookies and what rosters carry; made with the installation."""
    secret = current_app.secret_key
    return secret if isinstance(secret, bytes) else (secret or "").encode()
