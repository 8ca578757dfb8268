"""The application of a hall: the page, the kiosk, its part of the API, and probes, from one pack.

It opens no database and asks no other host. Every answer says when its places were counted: in
the header `AS_OF`, and every page in a sentence.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Response
from flask_openapi.openapi import OpenAPI

from recommender.access import Grant
from recommender.claims import local
from recommender.pack.desk import PackDesk, no_engine
from recommender.pack.hall import Hall
from recommender.pack.kiosk import PackKiosk
from recommender.settings import Settings
from service import errors, kiosk, pack_api, parts, watch
from service.bare import bare_app, send_headers
from service.page import page
from service.probes import probes
from service.texts import language, texts

AS_OF = "Placement-Places-As-Of"


def create_pack_app(
    settings: Settings,
    hall: Hall,
    *,
    now: Callable[[], datetime],
    new_request_id: Callable[[], str] = lambda: secrets.token_hex(16),
) -> OpenAPI:
    """Make the application of a hall; its pack and journal are open already."""
    app, held = bare_app(), hall.pack.contents
    # Tablets of a hall speak plain HTTP: their code is of this pack alone, and no name is known.
    own = replace(settings, keep_lists_days=0, explore_share=0.0, plain_sign_in=True)
    desk = PackDesk(hall)
    found = parts.gather(
        own,
        no_engine(),
        desk,
        today=lambda: held.day,
        now=now,
        clock=now,
        new_request_id=new_request_id,
    )
    found = replace(found, kiosk=PackKiosk(hall, desk), grants=lambda sent: _grant(hall, sent))
    parts.keep(app, found)
    app.secret_key = hashlib.sha256(b"cookies " + held.journal_seed).digest()
    pack_api.keep(app, hall)
    errors.register(app)
    watch.register(app)
    app.register_api(pack_api.pack)
    app.register_api(probes)
    app.register_blueprint(page)
    kiosk.register(app)
    _say_as_of(app, held.as_of)
    send_headers(app, own)
    return app


def _grant(hall: Hall, secret: str) -> Grant | None:
    """Read a token of the server or the hall's code: both are a kiosk's."""
    return Grant(token_id=0, role="kiosk") if hall.may_ask(secret) else None


def _say_as_of(app: OpenAPI, as_of: datetime) -> None:
    """Say in every answer and on every page of when the places are."""

    @app.after_request
    def say(response: Response) -> Response:
        response.headers[AS_OF] = as_of.isoformat(timespec="seconds")
        return response

    @app.context_processor
    def words() -> dict[str, str]:
        said = texts(language())["places_of_pack"]
        return {"places_of_pack": said.format(time=local(as_of))}
