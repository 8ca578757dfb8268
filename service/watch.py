"""Counts, times and logs every request by its route, so that no id or name is written down."""

from __future__ import annotations

import time

import structlog
from flask import Flask, Response, g, request

from service.parts import parts

log = structlog.get_logger()

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_QUIET = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",
        "/static/<path:filename>",
        "/bootstrap/static/<path:filename>",
    }
)


def register(app: Flask) -> None:
    """Watch every request of an application."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    route = str(request.url_rule) if request.url_rule else "unmatched"
    method = request.method if request.method in _METHODS else "other"
    metrics = parts().metrics
    metrics.count(route, method, response.status_code, seconds)
    metrics.say_version(parts().desk.version())
    if route not in _QUIET:
        log.info(
            "request",
            method=method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        )
    return response
