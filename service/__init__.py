"""The outside on the web: an API, a page, the console, the kiosk at a fair, and probes.

Knows the use cases and nothing below them; never the training library.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask_openapi.models.security_scheme import SecurityScheme
from flask_openapi.openapi import OpenAPI
from flask_talisman import Talisman
from sqlalchemy import Engine

from recommender import access, accounts
from recommender.claims import start_of
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
from service import console, errors, kiosk, parts, watch
from service.api import BEARER, PREFIX, api
from service.codes_api import codes
from service.fair_api import fairs
from service.guidance_api import guidance
from service.ledger_api import places
from service.meeting_api import meetings
from service.next_step_api import steps
from service.page import page
from service.payloads import Problem
from service.probes import probes
from service.rounds_api import collection
from service.year_api import year

MAX_BODY_BYTES = 64 * 1024
_DOCUMENT = f"{PREFIX}/openapi.json"
_POLICY = {
    "default-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "img-src": "'self' data:",  # Bootstrap draws ticks and arrows so
}


class _Application(OpenAPI):
    def log_exception(self, exc_info: Any) -> None:
        """Say nothing: `errors` logs a failure, without the address, which may hold an id."""


def _new_request_id() -> str:
    return secrets.token_hex(16)


def create_app(
    settings: Settings,
    *,
    engine: Engine,
    desk: PlacementDesk,
    today: Callable[[], date],
    now: Callable[[], datetime] | None = None,
    clock: Callable[[], datetime] | None = None,
    cookie_key: bytes | None = None,
    new_request_id: Callable[[], str] = _new_request_id,
    validate_answers: bool = False,
) -> OpenAPI:
    """Make the application on top of its use cases; nothing is opened or read here.

    Parameters
    ----------
    now
        The moment that it is, on the day that it is; without it, as the day begins.
    clock
        The true moment, whatever day stands for today; without it, as `now`.
    cookie_key
        Signs the console's cookies; without it, a key of this process alone.
    new_request_id
        Makes the number of an answer, which also draws the order of a kiosk's list.
    validate_answers
        Whether each answer is held against its shape in the API's document; for tests.
    """
    # Imported late: see there.
    from service.metrics import Metrics

    app = _Application(
        __name__,
        info={"title": "Placement", "version": "1.0.0", "summary": "Posts for graduates."},
        security_schemes={BEARER: SecurityScheme(type="http", scheme="bearer")},
        validation_error_model=Problem,
        validation_error_callback=errors.unreadable_shape,
        validate_response=validate_answers,
        doc_ui=False,
    )
    app.openapi_version = "3.1.0"
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it
    metrics = Metrics()
    moment = now or (lambda: start_of(today()))
    laid = Markets(lambda: desk.artefact(), today=today, now=moment)
    exposures = ExposureLog(
        settings.home,
        explore_share=settings.explore_share,
        is_on=settings.keep_lists_days > 0,
        tell=metrics.count_lists,
    )
    parts.keep(
        app,
        parts.Parts(
            settings=settings,
            engine=engine,
            desk=desk,
            finder=Finder(engine, today=today, now=moment),
            closeups=Closeups(engine, desk, today=today, now=moment),
            kiosk=Kiosk(engine, desk, today=today, now=moment),
            catalogs=Catalogs(engine, today=today),
            drafts=Drafts(engine, laid),
            draft_changes=DraftChanges(engine, laid),
            draft_markets=laid,
            today=today,
            now=moment,
            clock=clock or moment,
            metrics=metrics,
            exposures=exposures,
            new_request_id=new_request_id,
        ),
    )
    errors.register(app)
    watch.register(app)
    app.register_api(api)
    app.register_api(places)
    app.register_api(fairs)
    app.register_api(meetings)
    app.register_api(steps)
    app.register_api(codes)
    app.register_api(collection)
    app.register_api(year)
    app.register_api(guidance)
    app.register_api(probes)
    app.register_blueprint(page)
    console.register(app, settings, cookie_key or secrets.token_bytes(32))
    kiosk.register(app)
    _send_headers(app, settings)
    document = app.api_doc
    app.add_url_rule(_DOCUMENT, "document", lambda: document)
    return app


def build_app(
    settings: Settings,
    *,
    today: Callable[[], date],
    now: Callable[[], datetime],
    clock: Callable[[], datetime],
) -> OpenAPI:
    """Open the database, load the published model and make the application.

    The model is loaded here, before the first request; later ones are noticed as they come.
    """
    engine = access.open_database(settings.database_url)
    desk = PlacementDesk(engine, settings.models_dir, today=today, now=now)
    desk.version()
    return create_app(
        settings,
        engine=engine,
        desk=desk,
        today=today,
        now=now,
        clock=clock,
        cookie_key=accounts.cookie_key(settings.home),
    )


def _send_headers(app: OpenAPI, settings: Settings) -> None:
    talisman = Talisman(
        app,
        force_https=settings.https,
        strict_transport_security=settings.https,
        content_security_policy=_POLICY,
        frame_options="DENY",
        referrer_policy="no-referrer",
        session_cookie_secure=settings.https,
    )
    plain = talisman(force_https=False)
    for name, view in app.view_functions.items():
        if name.startswith("probes."):
            plain(view)  # asked from this machine, past what speaks HTTPS to the outside
