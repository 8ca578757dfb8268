"""Draws QR codes as SVG, without a style or script of their own."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr(text: str) -> Markup:
    """Draw what a scanner reads as a text; 15 % of it may be hurt."""
    drawn = segno.make_qr(text, error="m").svg_inline(
        scale=1, border=4, omitsize=True, svgclass="qr", lineclass=None, light="#fff"
    )
    return Markup(drawn)  # noqa: S704 - drawn by the library, which escapes its texts
