"""What machines ask about the service itself: alive, ready, metrics; no token needed."""

from __future__ import annotations

import structlog
from flask import Response
from flask_openapi.blueprint import APIBlueprint
from flask_openapi.models.tag import Tag

from service.api import answer
from service.parts import parts
from service.payloads import Alive, Ready

log = structlog.get_logger()

PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_TEXT = {"content": {"text/plain": {"schema": {"type": "string"}}}}

probes = APIBlueprint(
    "probes",
    __name__,
    abp_tags=[Tag(name="service", description="The service itself.")],
    operation_id_callback=lambda *, name, path, method: name,
)


@probes.get("/healthz", responses={200: Alive})
def alive() -> Response:
    """Answer that the process is alive."""
    return answer(Alive(alive=True))


@probes.get("/readyz", responses={200: Ready, 503: Ready})
def ready() -> Response:
    """Answer whether rankings can be answered; 503 until a model is published."""
    found, version = parts().desk.readiness(), parts().desk.version()
    is_reached = found.database == "ok"
    if not (found.ready and is_reached):
        # Hosts and paths are for the log: anybody may ask here.
        log.warning("not ready", database=found.database, model=found.model)
    shape = Ready(
        ready=found.ready,
        database="ok" if is_reached else "away",
        model=found.model if version is not None else "none",
    )
    return answer(shape, 200 if found.ready else 503)


@probes.get("/metrics", responses={"200": _TEXT})
def metrics() -> Response:
    """Give what the service counts of itself, in Prometheus' text form."""
    return Response(parts().metrics.text(), content_type=PROMETHEUS_TEXT)
