"""The officer's console: pages for people who sign in, one module for each area.

Every page is listed in `routes.ROUTES`; who is not granted a page there is turned away. A page
parses, asks use cases and shows; words are in `words`, the frame of every page is in `shell`.
"""

from __future__ import annotations

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFError

from recommender.settings import Settings
from service.console import (
    cohort,
    door,
    fair,
    find,
    floor,
    gate,
    graduate,
    guidance,
    imports,
    mapping,
    meeting,
    models,
    paper,
    post,
    rounds,
    shell,
    today,
    upkeep,
)

PREFIX = "/console"


def register(app: Flask, settings: Settings, cookie_key: bytes) -> None:
    """Let an application answer the console's pages."""
    app.config.update(
        SECRET_KEY=cookie_key,
        SESSION_COOKIE_NAME="placement_console",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    Bootstrap5(app)
    console = Blueprint("console", __name__, url_prefix=PREFIX)
    gate.guard(app, console)
    console.before_request(imports.sweep)
    console.register_error_handler(gate.UnsafeLine, lambda _: shell.say("plain", 403))
    console.register_error_handler(CSRFError, lambda _: shell.say("stale", 400))
    areas = (door, today, find, graduate, post, cohort, imports, mapping, models)
    year = (guidance, meeting, rounds, upkeep, fair, floor, paper)
    for area in (*areas, *year):
        console.register_blueprint(area.pages)
    app.register_blueprint(console)
