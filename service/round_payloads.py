"""Shapes of what is asked and answered about collection rounds, posts and enterprises."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from recommender.collection import STORED, Pause
from recommender.year import answer_report, round_words
from recommender.year.answers import Answers
from recommender.year.rounds import RoundView
from service.payloads import Text

# What a cell of a reply may hold, as a sheet does.
Cell = str | int | float | bool | None
MOST_ROWS = 2_000


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# -- what is asked ------------------------------------------------------------------------


class RoundPath(_Shape):
    """Which round."""

    round_id: Text


class TemplatePath(_Shape):
    """Whose template of which round."""

    round_id: Text
    credit_code: Text


class OpenBody(_Shape):
    """A round to begin."""

    name: Text
    due_on: datetime.date = Field(description="Last day for replies.")
    alliance: Text | None = Field(None, description="Whose members; every enterprise without.")
    issuing_body: Text | None = Field(None, description="Of posts that name none.")


class ReplyBody(_Shape):
    """One enterprise's reply."""

    credit_code: Text
    filename: Text = Field("api", description="The same again replaces the reply.")
    rows: Annotated[list[dict[str, Cell]], Field(max_length=MOST_ROWS)] = Field(
        description="Posts in the English columns of demand_catalog; none is a reply, too."
    )


class ChoiceBody(_Shape):
    """Which reply about a post counts."""

    post_id: Text
    filename: Text | None = Field(None, description="Null for what is stored.")

    def chosen(self) -> str:
        """Give the file, or what stands for the catalog."""
        return STORED if self.filename is None else self.filename


class UntouchedQuery(_Shape):
    """For how long nobody has touched a post."""

    days: Annotated[int, Field(ge=1, le=99_999)] | None = Field(
        None, description="The installation's by default."
    )


class AnswerBody(_Shape):
    """Whether posts are still wanted."""

    post_ids: Annotated[list[Text], Field(max_length=MOST_ROWS)]
    verdict: Literal["keep", "retire"]
    reason: Text | None = Field(None, description="Needed to retire.")


class PauseBody(_Shape):
    """An enterprise to be paused, or let in again."""

    credit_code: Text
    reason: Text = Field(description="Kept.")


# -- what is answered ---------------------------------------------------------------------


class RoundHead(_Shape):
    """A round."""

    round_id: str
    alliance: str | None
    issuing_body: str
    opened_on: datetime.date
    due_on: datetime.date
    state: str
    decided_by: str | None
    decided_on: datetime.date | None


class Rounds(_Shape):
    """Rounds, the latest first."""

    rounds: list[RoundHead]


class Enterprise(_Shape):
    """An enterprise that is asked."""

    credit_code: str
    enterprise: str


class ReplyHead(_Shape):
    """A reply."""

    filename: str
    credit_code: str
    taken_on: datetime.date
    posts: int


class DifferenceLine(_Shape):
    """One field of one post on which something differs."""

    post_id: str
    enterprise: str
    kind: str = Field(description="`files` and `moved` are decided first.")
    field: str
    stored: str
    replies: dict[str, str]
    chosen: str | None


class RoundStep(RoundHead):
    """What a round would change, or has changed by being issued."""

    changing: list[str]
    confirmed: list[str]
    closing: list[str]
    undecided: list[str]

    @classmethod
    def of(cls, view: RoundView) -> Self:
        """Copy what a round changes."""
        told = round_words.view_json(view)
        return cls.model_validate({name: told[name] for name in cls.model_fields})


class RoundState(RoundStep):
    """How a round stands."""

    asked: int
    silent: list[Enterprise]
    replies: list[ReplyHead]
    differences: list[DifferenceLine]

    @classmethod
    def of(cls, view: RoundView) -> Self:
        """Copy a round."""
        return cls.model_validate(round_words.view_json(view) | {"asked": len(view.asked)})


class TemplateRows(_Shape):
    """The posts that a template shows, in the English columns of demand_catalog."""

    credit_code: str
    rows: list[dict[str, Cell]]


class UntouchedPost(_Shape):
    """An open post that nobody has touched for long."""

    post_id: str
    enterprise: str
    touched_on: datetime.date
    asked_on: datetime.date | None


class UntouchedPosts(_Shape):
    """Open posts that nobody has touched for long."""

    days: int
    posts: list[UntouchedPost]


class PostVerdicts(_Shape):
    """What became of posts that were answered for."""

    kept: list[str]
    retired: list[str]


class HistoryLine(_Shape):
    """Something that happened to a post."""

    day: datetime.date
    action: str
    changed: list[str] | None
    author: str | None
    reason: str | None

    @classmethod
    def of(cls, line: dict[str, Any]) -> Self:
        """Copy a line."""
        return cls.model_validate({name: line.get(name) for name in cls.model_fields})


class PostHistory(_Shape):
    """All that happened to a post, by day."""

    post_id: str
    history: list[HistoryLine]


class AnswerLine(_Shape):
    """How one enterprise answered the proposals of a year to the bearer's own people."""

    credit_code: str
    enterprise: str
    proposals: int
    answered: int
    withdrawn: int
    waiting: int
    unanswered: int
    since_answer: int
    median_days: float | None
    paused_on: datetime.date | None


class EnterpriseAnswers(_Shape):
    """How enterprises answered."""

    enterprises: list[AnswerLine]

    @classmethod
    def of(cls, found: list[Answers]) -> Self:
        """Copy a count."""
        return cls.model_validate({"enterprises": answer_report.as_json(found)})


class PauseLine(_Shape):
    """A pause of an enterprise."""

    credit_code: str
    paused_on: datetime.date
    lifted_on: datetime.date | None

    @classmethod
    def of(cls, pause: Pause) -> Self:
        """Copy a pause."""
        return cls(
            credit_code=pause.credit_code,
            paused_on=pause.paused_on,
            lifted_on=pause.lifted_on,
        )
