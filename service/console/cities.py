"""The sixteen cities of the province as tiles that stand about as they lie; no outline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recommender.year.guidance_views import Sum

# West to east, north to south; "" is a gap.
_GRID = (
    ("", "371400", "371600", "370500", "370600", "371000"),
    ("371500", "370100", "370300", "370700", "370200", ""),
    ("", "370900", "", "", "371100", ""),
    ("371700", "370800", "370400", "371300", "", ""),
)
CODES = frozenset(code for row in _GRID for code in row if code)
# Openings per seeker below which a step ends; the last has no end. Even is in the middle.
STEPS = (0.5, 0.8, 1.25, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One city.

    Attributes
    ----------
    step
        1 (many seekers for each opening) to 5 (many openings for each seeker); 0 untold.
    """

    code: str
    sum: Sum | None
    step: int


def lay_out(sums: Mapping[str, Sum]) -> tuple[Tile | None, ...]:
    """Give the tiles row by row, None for a gap."""
    return tuple(_tile(code, sums) if code else None for row in _GRID for code in row)


def elsewhere(sums: Mapping[str, Sum]) -> Sum | None:
    """Add up what lies in no city of the province, or nobody knows where; None without any."""
    found = [each for code, each in sums.items() if code not in CODES]
    return sum(found, Sum()) if found else None


def step_of(one: Sum | None) -> int:
    """Say on which step a sum is."""
    if one is None or not (one.told_places or one.seekers):
        return 0
    if one.ratio is None:
        return len(STEPS) + 1
    return 1 + sum(one.ratio >= each for each in STEPS)


def _tile(code: str, sums: Mapping[str, Sum]) -> Tile:
    found = sums.get(code)
    return Tile(code=code, sum=found, step=step_of(found))
