"""Programmes (招生计划): whom a college means to take into a trade in a year, for how long."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.domain import TrainingTier
from recommender.errors import InvalidValue

MOST_YEARS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One trade and tier at one college, for those who enter it in one year.

    Attributes
    ----------
    entry_year
        Year of the September in which they enter.
    years
        Of schooling (学制), 1 to `MOST_YEARS`.
    places
        People the plan has room for.
    enrolled
        People taken; None while that is not known.
    """

    college: str
    trade: str
    training_tier: TrainingTier
    entry_year: int
    years: int
    places: int
    enrolled: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.years <= MOST_YEARS:
            raise InvalidValue("programme", self.trade, "years", self.years)

    @property
    def class_year(self) -> int:
        """Give the year of graduation."""
        return self.entry_year + self.years

    @property
    def coming(self) -> int:
        """Say how many enter: those taken, else those planned."""
        return self.places if self.enrolled is None else self.enrolled


def key(one: Programme) -> tuple[str, str, str, int]:
    """Say which programme it is."""
    return (one.college, one.trade, one.training_tier.value, one.entry_year)
