"""Shapes of answers about next steps."""

from __future__ import annotations

import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from recommender import next_steps
from service.payloads import Order

Kind = Literal["region", "day", "licence", "level"]


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)


class FailingRule(_Shape):
    """A rule that forbids the pair."""

    code: str
    needs: str | None
    can_change: bool = Field(description="Whether anything the graduate could change mends it.")
    text: str
    text_en: str

    @classmethod
    def of(cls, rule: next_steps.FailingRule) -> Self:
        """Copy a rule."""
        return cls(
            code=rule.code,
            needs="; ".join(rule.needs) or None,
            can_change=rule.can_change,
            text=rule.text,
            text_en=rule.text_en,
        )


class Change(_Shape):
    """One thing that could be otherwise, and from which day on."""

    kind: Kind
    value: str = Field(description="A level, a licence, a region's code, or a day.")
    on: datetime.date
    text: str
    text_en: str


class Step(_Shape):
    """A smallest set of changes, replayed; empty where it is so already."""

    reachable: bool
    on: datetime.date | None = Field(description="The first day on which it can be so.")
    rank: int | None = Field(description="The post's in the list then.")
    changes: list[Change]
    text: str
    text_en: str

    @classmethod
    def of(cls, step: next_steps.Step) -> Self:
        """Copy a step."""
        return cls(
            reachable=step.changes is not None,
            on=step.on,
            rank=step.rank,
            changes=[Change.model_validate(each) for each in step.changes or ()],
            text=step.text,
            text_en=step.text_en,
        )


class _Asked(_Shape):
    model: int
    as_of: datetime.date
    order: Order
    congestion: float = Field(description="How much of the price was taken off; 0 by fit.")
    top: int
    graduate_id: str


def _asked(found: next_steps.PairSteps | next_steps.ListSteps) -> dict[str, object]:
    return {
        "model": found.model,
        "as_of": found.as_of,
        "order": found.ask.order,
        "congestion": found.ask.weight,
        "top": found.ask.top,
        "graduate_id": found.graduate_id,
    }


class PairSteps(_Asked):
    """What stands between a graduate and a post."""

    post_id: str
    failing: list[FailingRule]
    to_take: Step
    to_list: Step

    @classmethod
    def of(cls, found: next_steps.PairSteps) -> Self:
        """Copy an answer."""
        return cls.model_validate(
            _asked(found)
            | {
                "post_id": found.post.post_id,
                "failing": [FailingRule.of(rule) for rule in found.failing],
                "to_take": Step.of(found.to_take),
                "to_list": Step.of(found.to_list),
            }
        )


class PostStep(_Shape):
    """A post that some changes bring into the list."""

    post_id: str
    enterprise: str
    occupation: str
    region: str
    step: Step

    @classmethod
    def of(cls, found: next_steps.PostStep) -> Self:
        """Copy a line."""
        return cls(
            post_id=found.post.post_id,
            enterprise=found.post.enterprise,
            occupation=found.occupation,
            region=found.region,
            step=Step.of(found.step),
        )


class ListSteps(_Asked):
    """What could bring further posts into a graduate's list."""

    n_posts: int
    shut_out: dict[str, int] = Field(description="Rule: at how many of the open posts it fails.")
    steps: list[PostStep]

    @classmethod
    def of(cls, found: next_steps.ListSteps) -> Self:
        """Copy an answer."""
        return cls.model_validate(
            _asked(found)
            | {
                "n_posts": found.n_posts,
                "shut_out": dict(found.shut_out),
                "steps": [PostStep.of(each) for each in found.steps],
            }
        )
