"""Builds the application from the environment and the clock: ``gunicorn wsgi:application``."""

from __future__ import annotations

import os
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from recommender.settings import Settings
from service import build_app, logs


def build(settings: Settings) -> Flask:
    """Build the application that settings describe; their day, or the calendar's, is today."""

    def clock() -> datetime:
        return datetime.now(ZoneInfo("Asia/Shanghai"))

    def now() -> datetime:
        return settings.moment(clock())

    return build_app(settings, today=lambda: now().date(), now=now, clock=clock)


def __getattr__(name: str) -> Flask:
    # Built when a server asks for it, not when `serve` imports `build`.
    if name != "application":
        raise AttributeError(name)
    logs.configure()
    return build(Settings.from_env(os.environ))
