"""Shapes of the guidance catalog and its editions."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from recommender.year.edition import Edition
from recommender.year.guidance import Guidance
from service.payloads import Text

Number = float | None


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EditionPath(_Shape):
    """The number of an edition in the address."""

    edition: int = Field(ge=1, le=1_000_000, description="From 1.")


class RowsQuery(_Shape):
    """Which rows."""

    occupation_code: Text | None = Field(None, description="Only this occupation's.")
    city_code: Text | None = Field(None, description="Only this city's.")

    def takes(self, row: Mapping[str, Any]) -> bool:
        """Whether a row is among them."""
        return self.occupation_code in (None, row["occupation_code"]) and self.city_code in (
            None,
            row["city_code"],
        )


class IssueBody(_Shape):
    """Nothing: an edition is what is known now."""


class Teacher(_Shape):
    """A trade of a college that leads to the occupation."""

    college: str
    trade: str
    weight: float


class GuidanceRow(_Shape):
    """One occupation in one city; null is hidden (`hidden` names it), or not known."""

    occupation_code: str
    occupation: str | None
    city_code: str
    city: str | None
    places: Number
    posts: int
    enterprises: int
    asked: Number
    supply: Number
    supply_low: Number
    supply_high: Number
    supply_junior: Number
    supply_intermediate: Number
    supply_senior: Number
    supply_technician: Number
    supply_unstated: Number
    ratio: Number
    later_supply: Number
    later_supply_low: Number
    later_supply_high: Number
    later_supply_junior: Number
    later_supply_intermediate: Number
    later_supply_senior: Number
    later_supply_technician: Number
    later_supply_unstated: Number
    apprentices: Number
    apprentices_junior: Number
    apprentices_intermediate: Number
    apprentices_senior: Number
    apprentices_technician: Number
    apprentices_unstated: Number
    pay: Number
    open_days: Number
    filled_days: Number
    short_now: Number
    short_now_low: Number
    short_now_high: Number
    short_later: Number
    short_later_low: Number
    short_later_high: Number
    mode: str | None
    mode_rule: str | None
    teachers: list[Teacher]
    places_change: Number
    supply_change: Number
    hidden: list[str]


def _rows(rows: Iterable[Mapping[str, Any]], colleges: Collection[str] | None) -> list[GuidanceRow]:
    """Copy rows; only colleges that the reader may know of are named."""
    found = []
    for row in rows:
        named = [
            each for each in row["teachers"] if colleges is None or each["college"] in colleges
        ]
        # An edition of an earlier program may lack a key.
        whole = {**dict.fromkeys(GuidanceRow.model_fields), **row, "teachers": named}
        found.append(GuidanceRow(**whole))
    return found


class GuidanceNow(_Shape):
    """The catalog as it is now."""

    as_of: datetime.date
    class_year: int
    suppressed: bool = Field(description="Whether small counts are hidden from this reader.")
    rows: list[GuidanceRow]

    @classmethod
    def of(cls, found: Guidance, rows: Iterable[Mapping[str, Any]]) -> Self:
        """Copy the working state, of its rows those given."""
        return cls(
            as_of=found.day,
            class_year=found.class_year,
            suppressed=not found.exact,
            rows=_rows(rows, None),
        )


class Issued(_Shape):
    """An edition that was issued."""

    edition: int
    day: datetime.date
    author: str
    class_year: int
    sha256: str
    n_rows: int

    @classmethod
    def of(cls, one: Edition) -> Self:
        """Say which edition it is."""
        return cls(
            edition=one.edition,
            day=one.day,
            author=one.author,
            class_year=one.class_year,
            sha256=one.sha256,
            n_rows=len(one.rows),
        )


class GuidanceEdition(Issued):
    """An edition with its rows."""

    rows: list[GuidanceRow]

    @classmethod
    def whole(cls, one: Edition, query: RowsQuery, colleges: Collection[str] | None) -> Self:
        """Copy an edition, of its rows those asked for."""
        said = Issued.of(one).model_dump()
        return cls(**said, rows=_rows(filter(query.takes, one.rows), colleges))
