"""An application before it has routes: its document, its limits, and the headers that it sends."""

from __future__ import annotations

from typing import Any

from flask_openapi.models.security_scheme import SecurityScheme
from flask_openapi.openapi import OpenAPI
from flask_talisman import Talisman

from recommender.settings import Settings
from service import errors
from service.api import BEARER
from service.payloads import Problem

MAX_BODY_BYTES = 64 * 1024
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


def bare_app(*, validate_answers: bool = False) -> OpenAPI:
    """Make an application without routes; see `create_app`."""
    app = _Application(
        "service",
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
    return app


def send_headers(app: OpenAPI, settings: Settings) -> None:
    """Send the policy of every page, and turn HTTP away where only HTTPS is served."""
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
