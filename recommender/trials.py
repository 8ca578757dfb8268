"""Trials: whole classes, or whole cities, by lot with lists or without, to see whether it helps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from recommender.errors import InvalidValue


class Arm(StrEnum):
    """What a class was drawn for.

    A class without is shown what there would be without the model: the crosswalk rule, which
    looks at trade, home and wishes alone and knows no prices.
    """

    WITH = "with"
    WITHOUT = "without"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One trial as it was started; only its last day can change, to an earlier one.

    Attributes
    ----------
    name
        The key.
    seed
        Of every draw: the same seed, people and classes give the same arms.
    shares
        Shares of classes with lists, 0 to 1, ascending; each city was drawn one of them.
    started_on, ends_on
        First and last day, both inclusive.
    stopped_on
        The day it was broken off, which no longer counts; None where it was not.
    plan
        What was said before the start: rates, correlations, the size needed and the size there.
    """

    name: str
    class_year: int
    seed: int
    shares: tuple[float, ...]
    started_on: date
    ends_on: date
    author: str
    stopped_on: date | None = None
    plan: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.ends_on < self.started_on:
            raise InvalidValue("trial", self.name, "ends_on", self.ends_on)
        if not self.shares or any(not 0 <= share <= 1 for share in self.shares):
            raise InvalidValue("trial", self.name, "shares", self.shares)

    def runs(self, day: date) -> bool:
        """Whether lists follow it on a day."""
        is_stopped = self.stopped_on is not None and day >= self.stopped_on
        return self.started_on <= day <= self.ends_on and not is_stopped

    @property
    def last_day(self) -> date:
        """The last day on which lists could follow it."""
        return self.ends_on if self.stopped_on is None else min(self.ends_on, self.stopped_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One graduate of a trial, as drawn; a later change of class changes nothing here.

    Attributes
    ----------
    class_name
        The class, or the trade where the roster names no class.
    city
        Code of the college's city, whose classes compete for the same places.
    share
        Share of the city's classes that was drawn for lists, 0 to 1.
    earlier
        Rate of the city's people placed in earlier class years, 0 to 1; None where unknown.
    """

    graduate_id: str
    college: str
    class_name: str
    city: str
    share: float
    arm: Arm
    earlier: float | None = None
