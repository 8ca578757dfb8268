"""Draws how a number goes on from edition to edition: a line with its points, to one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 560.0, 190.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 36.0, 20.0, 18.0, 150.0
# More names than this under a line are no picture any more.
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point: where it stands, what is written at it and below it, "" where no room is."""

    x: float
    y: float
    value: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A line across, with its number."""

    y: float
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A line in pieces, since a number may be unknown in between; `points` as SVG takes them."""

    pieces: tuple[str, ...]
    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    even: float


def draw(values: Sequence[tuple[str, float | None]]) -> Drawn:
    """Draw named values of at least 0, None where one is not known, beside the line of 1."""
    most = max([1.0, *(value for _, value in values if value is not None)]) * 1.15
    step = (WIDTH - _LEFT - _RIGHT) / max(1, len(values) - 1)
    every = -(-len(values) // _MOST_NAMED) or 1
    pieces: list[list[str]] = [[]]
    points = []
    for number, (name, value) in enumerate(values):
        if value is None:
            pieces.append([])
            continue
        x, y = round(_LEFT + step * number, 1), _height(value, most)
        pieces[-1].append(f"{x},{y}")
        is_named = (len(values) - 1 - number) % every == 0
        points.append(
            Point(x=x, y=y, value=f"{value:.2f}" if is_named else "", name=name if is_named else "")
        )
    return Drawn(
        pieces=tuple(" ".join(piece) for piece in pieces if len(piece) > 1),
        points=tuple(points),
        ticks=tuple(Tick(y=_height(each, most), value=f"{each:g}") for each in _ticks(most)),
        even=_height(1.0, most),
    )


def _height(value: float, most: float) -> float:
    return round(_BOTTOM - (_BOTTOM - _TOP) * value / most, 1)


def _ticks(most: float) -> list[float]:
    """Give round numbers from 0 to below the largest, six at the most."""
    power = 1.0
    while most / power > 50:
        power *= 10
    step = next(
        each * power for each in (0.25, 0.5, 1.0, 2.0, 5.0, 10.0) if most / (each * power) <= 6
    )
    return [step * number for number in range(int(most / step) + 1)]
