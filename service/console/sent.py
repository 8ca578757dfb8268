"""What a form of the console has sent."""

from __future__ import annotations

from flask import request

from recommender.finding import printable


def typed(name: str, most: int) -> str:
    """Give what was typed into a field: what can be shown of it, `most` characters at most."""
    return printable(request.form.get(name, "").strip()[:most])
