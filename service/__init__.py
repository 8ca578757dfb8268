"""The outside on the web: an API, a page, the console, the kiosk at a fair, and probes.

Knows the use cases and nothing below them; never the training library.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime

from flask_openapi.openapi import OpenAPI
from sqlalchemy import Engine

from recommender import access, accounts
from recommender.claims import start_of
from recommender.placements import PlacementDesk
from recommender.settings import Settings
from service import console, errors, kiosk, parts, viewing, watch
from service.api import PREFIX, api
from service.bare import bare_app, send_headers
from service.codes_api import codes
from service.fair_api import fairs
from service.guidance_api import guidance
from service.ledger_api import places
from service.meeting_api import meetings
from service.next_step_api import steps
from service.own import own
from service.page import page
from service.plan_api import plan
from service.probes import probes
from service.rounds_api import collection
from service.trials_api import trials
from service.year_api import year

_DOCUMENT = f"{PREFIX}/openapi.json"


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
    app = bare_app(validate_answers=validate_answers)
    moment = now or (lambda: start_of(today()))
    parts.keep(
        app,
        parts.gather(
            settings,
            engine,
            desk,
            today=today,
            now=moment,
            clock=clock or moment,
            new_request_id=new_request_id,
        ),
    )
    errors.register(app)
    watch.register(app)
    viewing.register(app)
    app.register_api(api)
    app.register_api(places)
    app.register_api(fairs)
    app.register_api(meetings)
    app.register_api(steps)
    app.register_api(codes)
    app.register_api(collection)
    app.register_api(year)
    app.register_api(guidance)
    app.register_api(trials)
    app.register_api(plan)
    app.register_api(probes)
    app.register_blueprint(page)
    app.register_blueprint(own)
    console.register(app, settings, cookie_key or secrets.token_bytes(32))
    kiosk.register(app)
    send_headers(app, settings)
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
