"""Log lines as JSON, ours and the server's; what is personal is dropped on the way."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

PERSONAL = frozenset(
    {
        "adult_on",
        "authorization",
        "body",
        "contact",
        "gender",
        "graduate_id",
        "home_region",
        "name",
        "profile",
        "secret",
        "student_no",
        "telephone",
        "token",
        "wish_pay",
        "wish_regions",
    }
)

Event = MutableMapping[str, Any]


def drop_personal(logger: object, method: str, event: Event) -> Event:
    """Drop every personal key, at any depth of mappings."""
    return {key: _clean(value) for key, value in event.items() if key not in PERSONAL}


def configure(stream: TextIO | None = None) -> None:
    """Write JSON lines to a stream, standard error by default, from here on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def formatter() -> logging.Formatter:
    """Give the formatter that makes one JSON line of a record, for other handlers too."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _traceback,
            drop_personal,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return {key: _clean(each) for key, each in value.items() if key not in PERSONAL}
    return value


def _traceback(logger: object, method: str, event: Event) -> Event:
    """Say where an exception came from, line by line, without the values it was about."""
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if not isinstance(exc_info, tuple) or exc_info[0] is None:
        return event
    kind, _, trace = exc_info
    event["exception"] = f"{kind.__module__}.{kind.__qualname__}"
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    event["at"] = frames
    return event


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
