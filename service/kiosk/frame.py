"""The frame of every screen of the kiosk: words, language, the time after which it is wiped."""

from __future__ import annotations

from datetime import date

from flask import render_template, request

from service import texts
from service.kiosk.words import Words
from service.parts import parts

IDLE_S = 30


def lang() -> str:
    """Give the language: as touched now, as carried by the form, else as the browser prefers."""
    touched, _, value = request.form.get("do", "").partition(":")
    carried = value if touched == "lang" else request.form.get("lang", "")
    return carried if carried in texts.LANGUAGES else texts.language()


def render(template: str, language: str | None = None, **facts: object) -> str:
    """Make a screen: alone where it takes the place of one, else with the page around it."""
    chosen = language or lang()
    return render_template(
        f"kiosk/{template}",
        t=Words(chosen),
        lang=chosen,
        other="zh" if chosen == "en" else "en",
        is_alone=bool(request.headers.get("HX-Request")),
        idle_s=IDLE_S,
        is_sample=parts().settings.sample,
        said_day=said_day(parts().today(), chosen),
        day_of=lambda day: said_day(day, chosen),
        **facts,
    )


def said_day(day: date, language: str) -> str:
    """Write a day as its reader does: 2026年5月15日, 15 May 2026."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day:%B} {day.year}"
