"""Empty sheets for people to fill in."""

from __future__ import annotations

import tempfile
from pathlib import Path

from recommender.data import sheets

KINDS = sheets.KINDS


def empty(kind: str) -> bytes:
    """Give an empty sheet of a kind, with drop-downs and notes."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / f"{kind}.xlsx"
        sheets.write_template(kind, out)
        return out.read_bytes()
