"""The kiosk at a fair: pages for whoever stands before it, opened once by an operator.

One address shows every screen. What somebody answers travels in posted forms and is nowhere
else: no address, cookie, history or store of the browser has it.
"""

from __future__ import annotations

from flask import Flask

from service.kiosk import gate, setup
from service.kiosk.screens import pages

gate.guard(pages)
setup.add(pages)


def register(app: Flask) -> None:
    """Let an application answer the kiosk's pages."""
    app.register_blueprint(pages)
