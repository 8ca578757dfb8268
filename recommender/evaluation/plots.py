"""Plots as SVG text: drawn from numbers alone, so that a page opens without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 860
_LEFT, _RIGHT, _TOP, _ROW = 250, 24, 16, 22
COLOURS = ("#1f5fa8", "#c2571a", "#3b7d3b", "#7a4fa3", "#666666")


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its interval, in one row; low and high None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None
    colour: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: x and y of its points, of like length, and the number of its colour."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    colour: int = 0


def dots(rows: Sequence[tuple[str, Sequence[Dot]]], caption: str, legend: Sequence[str]) -> str:
    """Draw values with intervals, one row per name; several in a row stand under each other."""
    ends = [dot.value if dot.high is None else dot.high for _, row in rows for dot in row]
    most = max([1e-9, *ends]) * 1.05
    step = max(_ROW, 7 * max((len(row) for _, row in rows), default=1) + 8)
    height = _TOP + step * len(rows) + 52
    inner = WIDTH - _LEFT - _RIGHT

    def at(value: float) -> float:
        return _LEFT + inner * value / most

    parts = [_open(height, caption)]
    bottom = _TOP + step * len(rows)
    for tick in _ticks(most):
        parts.append(_rule(at(tick), _TOP - 4, at(tick), bottom))
        parts.append(_text(at(tick), bottom + 15, f"{tick:g}", "middle"))
    for number, (name, row) in enumerate(rows):
        middle = _TOP + step * number + step / 2
        parts.append(_text(_LEFT - 8, middle + 4, name, "end"))
        for place, dot in enumerate(row):
            y = middle + 7 * (place - (len(row) - 1) / 2)
            parts.append(_dot(at, dot, y))
    parts += _legend(legend, bottom + 36)
    return "".join([*parts, "</svg>"])


def _dot(at: Callable[[float], float], dot: Dot, y: float) -> str:
    colour = COLOURS[dot.colour % len(COLOURS)]
    x = at(dot.value)
    bar = ""
    if dot.low is not None and dot.high is not None:
        low, high = at(dot.low), at(dot.high)
        bar = f'<line x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}" stroke="{colour}"/>'
    title = f"<title>{escape(dot.title)}</title>" if dot.title else ""
    return f'<g>{title}{bar}<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/></g>'


def bars(rows: Sequence[tuple[str, Sequence[float]]], caption: str, legend: Sequence[str]) -> str:
    """Draw one bar per name, in parts that stand beside each other; parts are at least 0."""
    most = max([1e-9, *(sum(parts) for _, parts in rows)]) * 1.05
    inner = WIDTH - _LEFT - _RIGHT
    bottom = _TOP + _ROW * len(rows)
    drawn = [_open(bottom + 52, caption)]
    for tick in _ticks(most):
        x = _LEFT + inner * tick / most
        drawn.append(_rule(x, _TOP - 4, x, bottom))
        drawn.append(_text(x, bottom + 15, f"{tick:g}", "middle"))
    for number, (name, parts) in enumerate(rows):
        y, left = _TOP + _ROW * number, float(_LEFT)
        drawn.append(_text(_LEFT - 8, y + 15, name, "end"))
        for part, (label, value) in enumerate(zip(legend, parts, strict=True)):
            wide = inner * value / most
            title = f"<title>{escape(f'{name} {label} {value:g}')}</title>"
            drawn.append(
                f'<rect x="{left:.1f}" y="{y + 3:.1f}" width="{wide:.1f}" height="{_ROW - 6}" '
                f'fill="{COLOURS[part % len(COLOURS)]}">{title}</rect>'
            )
            left += wide
    return "".join([*drawn, *_legend(legend, bottom + 36), "</svg>"])


def panels(names: Sequence[str], lines: Sequence[Sequence[Line]], caption: str) -> str:
    """Draw chances said (across) beside what came (up), one square per stage, 0 to the largest."""
    side, gap_ = 230, 46
    height = side + 92
    parts = [_open(height, caption)]
    for number, (name, of_panel) in enumerate(zip(names, lines, strict=True)):
        left = 44 + number * (side + gap_)
        parts.append(_text(left + side / 2, 16, name, "middle"))
        parts += _panel(of_panel, left, 28, side)
    labels = {line.colour: line.label for of_panel in lines for line in of_panel}
    parts += _legend([labels.get(colour, "") for colour in range(len(COLOURS))], height - 14)
    return "".join([*parts, "</svg>"])


def _panel(lines: Sequence[Line], left: float, top: float, side: float) -> list[str]:
    most = max([0.05, *(v for line in lines for v in (*line.x, *line.y))]) * 1.05
    most = min(most, 1.0) if most <= 1.05 else most
    bottom = top + side

    def x(value: float) -> float:
        return left + side * value / most

    def y(value: float) -> float:
        return bottom - side * value / most

    parts = [
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="#99a"/>',
        _rule(left, bottom, left + side, top, dashed=True),
    ]
    for tick in _ticks(most):
        parts.append(_text(x(tick), bottom + 14, f"{tick:g}", "middle"))
        parts.append(_text(left - 5, y(tick) + 4, f"{tick:g}", "end"))
    for line in lines:
        colour = COLOURS[line.colour]
        points = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(line.x, line.y, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
        parts += [
            f'<circle cx="{x(a):.1f}" cy="{y(b):.1f}" r="3" fill="{colour}"/>'
            for a, b in zip(line.x, line.y, strict=True)
        ]
    return parts


def queues(lines: Sequence[Line], caption: str, across: str, up: str) -> str:
    """Draw how applicants per place rise over the places, from the emptiest to the fullest.

    What is beyond the largest ninth decile is cut off, or nothing else would be seen.
    """
    height, bottom, top = 330, 250, 20
    inner = WIDTH - 70 - _RIGHT
    most = max([1.0, *(v for line in lines for v in line.y[:-1])]) * 1.1

    def x(value: float) -> float:
        return 60 + inner * value

    def y(value: float) -> float:
        return bottom - (bottom - top) * min(value, most) / most

    parts = [_open(height, caption)]
    for tick in _ticks(most):
        parts.append(_rule(60, y(tick), 60 + inner, y(tick)))
        parts.append(_text(54, y(tick) + 4, f"{tick:g}", "end"))
    for tenth in range(0, 11, 2):
        parts.append(_text(x(tenth / 10), bottom + 16, f"{tenth * 10} %", "middle"))
    for line in lines:
        colour = COLOURS[line.colour]
        points = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(line.x, line.y, strict=True))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
    parts.append(_text(60 + inner / 2, bottom + 34, across, "middle"))
    parts.append(_text(60, top - 6, up, "start"))
    labels = {line.colour: line.label for line in lines}
    parts += _legend([labels.get(colour, "") for colour in range(len(COLOURS))], height - 14)
    return "".join([*parts, "</svg>"])


def _open(height: float, caption: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" '
        f'role="img" aria-label="{escape(caption, quote=True)}">'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _rule(x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{"#99a" if dashed else "#e2e6ec"}"{dash}/>'


def _legend(labels: Sequence[str], y: float) -> list[str]:
    parts, x = [], 60.0
    for number, label in enumerate(labels):
        if not label:
            continue
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<rect x="{x:.0f}" y="{y - 9:.0f}" width="12" height="9" fill="{colour}"/>')
        parts.append(_text(x + 17, y, label, "start"))
        # A Chinese character is about twice as wide as a Latin letter.
        x += 40 + sum(13 if ord(mark) > 0x2E80 else 7 for mark in label)
    return parts


def _ticks(most: float) -> list[float]:
    """Give round numbers from 0 to below the largest value, four to nine of them."""
    step = 10.0**-6
    for power in range(-6, 7):
        for times in (1, 2, 5):
            step = times * 10.0**power
            if most / step <= 8:
                return [round(step * n, 10) for n in range(int(most / step) + 1)]
    return [0.0]
