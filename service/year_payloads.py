"""Shapes of what is asked and answered about an alliance's year."""

from __future__ import annotations

import datetime
from dataclasses import asdict
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from recommender.afterwards import FollowUp
from recommender.year.dealings import Answers, Exposure
from recommender.year.follow_up import FollowUpList
from recommender.year.report import Report, line_facts
from service.payloads import Text

Count = int | None


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FollowUpQuery(_Shape):
    """Whose people are to be asked."""

    college: Text | None = Field(None, description="Only this college's.")
    enterprise: Text | None = Field(None, description="Only this one's; name or credit code.")


class FollowUpBody(_Shape):
    """One answer to a follow-up: the sheet's columns."""

    graduate_id: Text
    post_id: Text
    due_days: Annotated[int, Field(strict=True)] = Field(description="30, 90 or 180.")
    result: Text = Field(description="`here` or 在岗, `left` or 离职, `not_reached` or 未联系上.")
    date: Text = Field(description="Day of the asking, `2026-12-30`.")
    left_on: Text | None = None

    def cells(self) -> dict[str, object]:
        """Give what was stated under the sheet's column names."""
        return self.model_dump(mode="json", exclude_none=True)


class FollowUpAnswer(_Shape):
    """An answer that is kept."""

    graduate_id: str
    post_id: str
    due_days: int
    result: str | None
    date: datetime.date | None
    left_on: datetime.date | None

    @classmethod
    def of(cls, one: FollowUp) -> Self:
        """Copy an answer."""
        return cls(**asdict(one))


class Due(_Shape):
    """One person to be asked."""

    graduate_id: str
    post_id: str
    due_days: int
    college: str
    enterprise: str
    started_on: datetime.date


class Response(_Shape):
    """Of how many it is known whether they are still there."""

    kind: str
    name: str
    due_days: int
    n_due: int
    n_known: int
    rate: float | None


class FollowUps(_Shape):
    """Who is to be asked, and response rates."""

    as_of: datetime.date
    due: list[Due]
    responses: list[Response]

    @classmethod
    def of(cls, found: FollowUpList) -> Self:
        """Copy a list."""
        return cls(
            as_of=found.day,
            due=[Due(**asdict(each)) for each in found.due],
            responses=[Response(**asdict(each), rate=each.rate) for each in found.responses],
        )


class ReportQuery(_Shape):
    """Which class year."""

    class_year: int | None = Field(None, ge=1990, le=2100, description="Class year (届).")


class Group(_Shape):
    """What became of one group; null is a hidden count, or a rate of nobody."""

    by: str
    name: str
    graduates: Count
    at_work: Count
    n_in_trade: Count
    n_off_trade: Count
    n_work_untold: Count
    n_further_study: Count
    n_army: Count
    n_not_employed: Count
    n_unknown: Count
    starts: Count
    stayed: Count
    left: Count
    unknown_stay: Count
    employment_rate: float | None
    employment_of: Count
    destination_rate: float | None
    destination_of: Count
    in_trade_rate: float | None
    in_trade_of: Count
    retention_rate: float | None
    retention_of: Count
    response_rate: float | None
    response_of: Count


class ExposureLine(_Shape):
    """How much one group was shown."""

    by: str
    name: str
    graduates: Count
    reached: Count
    posts_each: float | None
    gap: float | None


class AnswersLine(_Shape):
    """What one enterprise answered, and how fast."""

    credit_code: str
    enterprise: str
    asked: Count
    answered: Count
    days: float | None
    reasons: dict[str, Count]


class YearReport(_Shape):
    """What became of a class year."""

    as_of: datetime.date
    class_year: int
    suppressed: bool = Field(description="Whether small counts are hidden from this reader.")
    groups: list[Group]
    exposure: list[ExposureLine]
    answers: list[AnswersLine]

    @classmethod
    def of(cls, found: Report, shown: list[Exposure], answered: list[Answers]) -> Self:
        """Copy a report and both sides of the dealings."""
        return cls(
            as_of=found.day,
            class_year=found.class_year,
            suppressed=found.suppressed,
            groups=[Group(**line_facts(line)) for line in found.lines],
            exposure=[ExposureLine(**asdict(each)) for each in shown],
            answers=[AnswersLine(**asdict(each)) for each in answered],
        )
