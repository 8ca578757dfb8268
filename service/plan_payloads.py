"""Shapes of what the planner is asked and answers."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from recommender.year.moves import Move
from service.payloads import Text

Year = Annotated[int, Field(ge=1990, le=2100)]
Number = float | None


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EnrolmentQuery(_Shape):
    """Which programmes."""

    entry_year: Year | None = Field(None, description="Only those who enter in this year.")


class TradeShare(_Shape):
    """A trade on offer that leads to an occupation."""

    trade: str
    share: float
    colleges: int


class Occupation(_Shape):
    """One occupation that a chain wants; people are null where small counts are hidden."""

    occupation_code: str
    occupation: str | None
    places: float
    people: dict[str, Number]
    trades: list[TradeShare]


class Chain(_Shape):
    """What one industry chain wants; "" gathers posts that stand on none."""

    chain: str
    posts: int
    enterprises: int
    places: float
    people: dict[str, Number]
    uncovered: float
    occupations: list[Occupation]


class Coverage(_Shape):
    """Chains beside the trades on offer."""

    as_of: datetime.date
    class_years: list[int]
    suppressed: bool = Field(description="Whether small counts are hidden from this reader.")
    chains: list[Chain]


class AlikePair(_Shape):
    """How alike the trades of two colleges are."""

    college: str
    other: str
    similarity: float


class OpenedTrade(_Shape):
    """A trade that most colleges open."""

    trade: str
    colleges: int
    in_trade: Number
    filled: Number
    is_rare: bool


class Homogeneity(_Shape):
    """How alike colleges' trades are."""

    as_of: datetime.date
    suppressed: bool
    colleges: int
    mean_similarity: Number
    pairs: list[AlikePair]
    trades: list[OpenedTrade]


class ProgrammeLine(_Shape):
    """A programme beside what agreements promise its class."""

    college: str
    trade: str
    training_tier: str
    entry_year: int
    class_year: int
    places: int
    coming: int | None
    promised: float
    agreements: list[str]


class OrderClass(_Shape):
    """An agreement beside the programmes that it may be filled from."""

    agreement_id: str
    college: str
    credit_code: str
    enterprise: str | None
    mode: str
    trade: str | None
    class_year: int | None
    promised: int
    programmes: int
    coming: int | None


class Enrolment(_Shape):
    """Programmes whose students have not entered, and order classes."""

    as_of: datetime.date
    entry_year: int | None
    suppressed: bool
    programmes: list[ProgrammeLine]
    order_classes: list[OrderClass]
    without_programme: list[OrderClass]


class MoveQuery(_Shape):
    """Places of one college moved from a trade to another."""

    college: Text
    from_trade: Text
    to_trade: Text
    places: int = Field(ge=1, le=10_000)
    entry_year: Year

    def asked(self) -> Move:
        """Give the move."""
        return Move(**self.model_dump())


class Effect(_Shape):
    """People more or fewer, and between what nine of ten draws lie."""

    value: float
    low: float
    high: float


class Moved(_Shape):
    """What a move would lead to."""

    as_of: datetime.date
    model: int
    college: str
    from_trade: str
    to_trade: str
    places: int
    entry_year: int
    class_year: int
    replayed_year: int
    years_ahead: int
    stays: Effect
    own: float
    without: float
    basis: str
    drift: float


class BestQuery(_Shape):
    """How many places may be moved."""

    budget: int = Field(ge=1, le=200, description="Places moved at most, ten at a time.")
    entry_year: Year | None = Field(None, description="The next to enter where not stated.")


class ChosenMove(_Shape):
    """One of the best moves."""

    college: str
    from_trade: str
    to_trade: str
    places: int
    gain: float


class Best(_Shape):
    """The best moves that were found within a budget."""

    as_of: datetime.date
    model: int
    budget: int
    entry_year: int
    gain: float
    without: float
    considered: int
    moves: list[ChosenMove]
