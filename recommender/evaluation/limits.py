"""The limits of the gate, read from `limits.toml`: all of them, or none and no night."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

LIMITS_FILE = Path(__file__).parent.parent / "limits.toml"


@dataclass(frozen=True, slots=True)
class Band:
    """The lowest and the highest value let through, both included."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"a band runs from low to high, not from {self.low} to {self.high}")

    def broken_by(self, value: float) -> float | None:
        """Give the end that a value lies beyond; None where it lies inside. NaN never does."""
        if value > self.high:
            return self.high
        return None if value >= self.low else self.low


@dataclass(frozen=True, slots=True, kw_only=True)
class InputLimits:
    """Limits of step G0; `limits.toml` says of every limit why it is what it is."""

    trailing_runs: int
    few: int
    total: Band
    ratio: Band
    days: Band
    part: Band
    still_open: Band
    few_gone: int
    missing: Band
    unseen: Band
    unseen_trades: Band
    odd: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonLimits:
    """Limits of step G0 between the running season and earlier ones."""

    noise: float
    open: Band
    part: Band
    places: Band
    pay: Band
    level: Band
    steps: Band
    recent: Band

    def band_of(self, name: str) -> Band:
        """Give the limit of a name that `precedents` gives."""
        return cast("Band", getattr(self, _SEASON_LIMITS[name.partition(":")[0]]))


# The kinds of `precedents` and the limit of each.
_SEASON_LIMITS = {
    "open": "open",
    "open_city": "part",
    "open_group": "part",
    "places": "places",
    "places_city": "places",
    "pay": "pay",
    "wish_pay": "pay",
    "level": "level",
    "min_level": "level",
    "placed": "steps",
    "placed_last": "steps",
    "decided": "steps",
    "decided_last": "steps",
    "recent": "recent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SanityLimits:
    """Limits of step G1."""

    full_lists: Band
    spread: Band
    forbidden: Band
    vocabulary: Band
    price: Band
    price_gap: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorLimits:
    """Limits of step G2."""

    lead: float
    too_good: float
    auc: Band
    reached: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWorseLimits:
    """Limits of step G3."""

    lead: float
    slice_loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketLimits:
    """Limits of step G4."""

    enough_lists: int
    enough_places: int
    coverage: Band
    city_coverage: Band
    gini: Band
    overfull: Band
    pressure: Band
    room: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalLimits:
    """Limits of step G5."""

    errors: Band
    time: Band
    overlap: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every limit of the gate."""

    input: InputLimits
    season: SeasonLimits
    sanity: SanityLimits
    floor: FloorLimits
    no_worse: NoWorseLimits
    market: MarketLimits
    rehearsal: RehearsalLimits


_SECTIONS: Mapping[str, type] = {
    "input": InputLimits,
    "season": SeasonLimits,
    "sanity": SanityLimits,
    "floor": FloorLimits,
    "no_worse": NoWorseLimits,
    "market": MarketLimits,
    "rehearsal": RehearsalLimits,
}


def load_limits(path: Path = LIMITS_FILE) -> Limits:
    """Read the limits.

    Raises
    ------
    ValueError
        Naming the section or limit that is missing, unknown, of another kind, or a band whose
        ends are the wrong way round.
    """
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    _expect(read, _SECTIONS, "section")
    return Limits(**{name: _section(name, kind, read[name]) for name, kind in _SECTIONS.items()})


def _section(section: str, kind: type, values: Mapping[str, object]) -> Any:
    wanted = {each.name: str(each.type) for each in fields(kind)}
    _expect(values, wanted, f"limit of [{section}]")
    return kind(
        **{name: _limit(f"{section}.{name}", wanted[name], values[name]) for name in wanted}
    )


def _limit(name: str, kind: str, value: object) -> Band | float:
    if kind != "Band":
        return _number(name, kind, value)
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"{name}: {value!r} is not a pair")
    try:
        return Band(*(_number(name, "float", end) for end in value))
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _number(name: str, kind: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int if kind == "int" else int | float):
        raise ValueError(f"{name}: {value!r} is not a number of type {kind}")
    return value


def _expect(found: Iterable[str], wanted: Iterable[str], what: str) -> None:
    if wrong := sorted(set(found) ^ set(wanted)):
        raise ValueError(f"missing or unknown {what}: {', '.join(wrong)}")
