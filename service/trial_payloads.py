"""Shapes of trials: what it takes, how one was drawn, what it found."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from recommender.domain import class_year_of
from recommender.trials import Trial
from recommender.year import trial as use
from recommender.year import trial_json
from service.payloads import Text

Share = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[float, Field(ge=0.001, le=1)]


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# -- what is asked ------------------------------------------------------------------------


class TrialPath(_Shape):
    """Which trial."""

    trial: Text


class SizeBody(_Shape):
    """What a trial is to be."""

    class_year: Annotated[int, Field(ge=1990, le=2100)] | None = Field(
        None, description="The one being placed by default."
    )
    shares: Annotated[list[Share], Field(min_length=1, max_length=10)] = Field(
        default=list(use.SHARES),
        description="Shares of classes with lists, one for each city by lot.",
    )
    ends_on: datetime.date | None = Field(None, description="31 August by default.")
    effect: Points = Field(use.EFFECT, description="Direct effect to see, as a share.")
    crowding: Points = Field(use.EFFECT, description="Crowding-out to see, as a share.")

    @model_validator(mode="after")
    def _tells_something(self) -> Self:
        if set(self.shares) in ({0.0}, {1.0}):
            raise ValueError("shares of all or nothing tell nothing")
        return self

    def ask(self, day: datetime.date) -> use.Ask:
        """Give what is asked for, on a day."""
        return use.Ask(
            class_year=self.class_year or class_year_of(day),
            shares=tuple(sorted(set(self.shares))),
            ends_on=self.ends_on,
            effect=self.effect,
            crowding=self.crowding,
        )


class StartBody(SizeBody):
    """A trial to start."""

    name: Text
    seed: Annotated[int, Field(ge=0, lt=2**31)]
    anyway: bool = Field(default=False, description="Start although it is too small.")


class StopBody(_Shape):
    """Nothing: a trial ends now."""


class ResultQuery(_Shape):
    """Whether to look before the end."""

    early: bool = Field(default=False, description="Tell effects before the last day.")


# -- what is answered ---------------------------------------------------------------------


class Size(_Shape):
    """What it takes to see one effect; null where no number would do."""

    effect: float
    people: int | None
    classes: int | None
    cities: int | None
    detectable: float | None
    suffices: bool


class Plan(_Shape):
    """What was known before the start."""

    class_year: int
    shares: list[float]
    ends_on: datetime.date
    people: int
    classes: int
    cities: int
    without_city: int
    rate: float
    intra_class_correlation: float
    design_effect: float
    between_cities: float
    assumed: bool
    suffices: bool
    direct: Size | None
    crowding: Size | None

    @classmethod
    def of(cls, found: use.Plan) -> Self:
        """Shape a plan."""
        return cls.model_validate(trial_json.plan_json(found))


class TrialHead(_Shape):
    """A trial as it was started."""

    name: str
    class_year: int
    seed: int
    shares: list[float]
    started_on: datetime.date
    ends_on: datetime.date
    stopped_on: datetime.date | None
    author: str

    @classmethod
    def of(cls, trial: Trial) -> Self:
        """Shape a trial."""
        return cls.model_validate(trial_json.trial_json(trial, with_plan=False))


class TrialStarted(TrialHead):
    """A trial, with what was said before the start."""

    plan: Plan

    @classmethod
    def of(cls, trial: Trial) -> Self:
        """Shape a trial."""
        return cls.model_validate(trial_json.trial_json(trial))


class Trials(_Shape):
    """Trials, the earliest first."""

    trials: list[TrialHead]


class ArmCount(_Shape):
    """People drawn alike."""

    share: float
    arm: Literal["with", "without"]
    cities: int
    classes: int
    people: int
    placed: int


class Effect(_Shape):
    """One difference of rates; the interval is null where there are too few for one."""

    kind: Literal["direct", "crowding", "total", "overall"]
    share: float
    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    people: int
    against: int
    clusters: int


class TrialResult(TrialStarted):
    """What a trial found; effects are empty before the end."""

    as_of: datetime.date
    is_over: bool
    arms: list[ArmCount]
    effects: list[Effect]

    @classmethod
    def found(cls, result: use.Result) -> Self:
        """Shape a result."""
        told: dict[str, Any] = trial_json.result_json(result)
        return cls.model_validate(told)
