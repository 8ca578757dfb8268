"""Draws what a score is made of: each stage's parts as bars, and the sum that they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.closeups import Group, Suggestion

HALF = 50.0  # a bar starts in the middle of a drawing 100 wide


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One part: from the middle to the right where it counts for the post.

    Attributes
    ----------
    text
        A sentence; "" for `kind` other than ``said``, which the template names.
    kind
        ``said``, ``start`` or ``rest``.
    """

    kind: str
    text: str
    amount: str
    is_plus: bool
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One stage with its bars; `total` as the amounts shown add up to it."""

    stage: str
    chance: float | None
    total: str
    bars: tuple[Bar, ...]


def draw(suggestions: Sequence[Suggestion], language: str) -> tuple[tuple[Drawn, ...], ...]:
    """Draw every suggestion's groups to one scale, so that bars may be compared."""
    amounts = [
        abs(amount)
        for suggestion in suggestions
        for group in suggestion.groups
        for kind, _, amount in _parts(group, language)
        if kind != "start"  # it is the same for everybody, and may be long
    ]
    longest = max(amounts, default=0.0) or 1.0
    return tuple(
        tuple(_drawn(group, longest, language) for group in suggestion.groups)
        for suggestion in suggestions
    )


def _parts(group: Group, language: str) -> list[tuple[str, str, float]]:
    english = language == "en"
    said = [
        ("said", each.text_en if english else each.text, each.contribution) for each in group.said
    ]
    start = [("start", "", group.start)] if group.stage else []
    return [*start, *said, ("rest", "", group.rest)]


def _drawn(group: Group, longest: float, language: str) -> Drawn:
    # Hundredths: the last part takes what rounding leaves, so that a reader may add them up.
    found, total = _parts(group, language), round(group.total * 100)
    whole = [round(amount * 100) for _, _, amount in found]
    whole[-1] += total - sum(whole)
    return Drawn(
        stage=group.stage,
        chance=group.chance,
        total=_signed(total),
        bars=tuple(
            _bar(kind, text, hundredths, longest)
            for (kind, text, _), hundredths in zip(found, whole, strict=True)
            if hundredths or kind == "start"
        ),
    )


def _bar(kind: str, text: str, hundredths: int, longest: float) -> Bar:
    width = round(min(HALF, HALF * abs(hundredths) / 100 / longest), 1)
    return Bar(
        kind=kind,
        text=text,
        amount=_signed(hundredths),
        is_plus=hundredths > 0,
        x=HALF if hundredths > 0 else HALF - width,
        width=width,
    )


def _signed(hundredths: int) -> str:
    return f"{'−' if hundredths < 0 else '+'}{abs(hundredths) / 100:.2f}"
