"""Shapes of requests and answers: the contract's keys, and nothing that decides."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from recommender import placements
from recommender.domain import Outcome as DomainOutcome
from recommender.domain import Reason as DomainReason
from recommender.domain import SkillLevel

# No control characters: a database may refuse them, and nobody types them.
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_PRINTABLE)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=_PRINTABLE)]
Whole = Annotated[int, Field(strict=True)]
Cell = Annotated[str, StringConstraints(max_length=2_000, pattern=_PRINTABLE)]
RequestId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Order = Literal["market", "fit"]
MOST_TOP = 100


def _as_written(value: object) -> str:
    return "cell" if isinstance(value, str) else "list"


# A list of JSON, or one text as a cell of a sheet holds it: `370800;潍坊市`.
_HOW = Discriminator(_as_written)
Names = Annotated[
    Annotated[list[Text], Field(max_length=50), Tag("list")] | Annotated[Cell, Tag("cell")], _HOW
]
Places = Annotated[
    Annotated[list[Text | Whole], Field(max_length=50), Tag("list")] | Annotated[Cell, Tag("cell")],
    _HOW,
]


class _Shape(BaseModel):
    """Unknown fields are refused, so that a misspelt one is never passed over."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# -- what is asked ------------------------------------------------------------------------


class GraduatePath(_Shape):
    """A graduate's id in the address."""

    graduate_id: Text = Field(description="The roster's graduate_id.")


class PostPath(_Shape):
    """A post's id in the address."""

    post_id: Text = Field(description="The catalog's post_id.")


class PairPath(_Shape):
    """A graduate and a post in the address."""

    graduate_id: Text = Field(description="The roster's graduate_id.")
    post_id: Text = Field(description="The catalog's post_id.")


class RankingQuery(_Shape):
    """How long a ranking is and how it is ordered."""

    top: int = Field(10, ge=1, le=MOST_TOP, description="How many lines, 1 to 100.")
    ranking: Order = Field(
        "market", description="`fit` orders by fit; `market` by fit less a price per post."
    )
    congestion: float = Field(
        1.0, ge=0, le=1, description="How much of the price `market` takes off, 0 to 1."
    )


class TopQuery(_Shape):
    """How long a ranking is."""

    top: int = Field(10, ge=1, le=MOST_TOP, description="How many lines, 1 to 100.")


_OF_THE_LIST = {"top", "ranking", "congestion"}  # asked of a list, and nothing of a person


class Profile(_Shape):
    """A person as a kiosk describes them; asked, answered and forgotten."""

    trade: Text = Field(description="Trade studied; an unknown one is read as its nearest.")
    skill_level: Text | Whole | None = Field(None, description="Highest certificate held.")
    certificates: Names = Field([], description="`occupation_code:level`, each.")
    licences: Names = Field([], description="Operating licences held.")
    home_region: Text | Whole | None = Field(None, description="GB/T 2260 code or name.")
    wish_regions: Places = Field([], description="Codes or names.")
    wish_pay: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = Field(
        None, description="CNY per month before tax."
    )
    adult_on: datetime.date | None = Field(
        None, description="Day of the eighteenth birthday; not stated counts as not adult."
    )
    top: Annotated[int, Field(strict=True, ge=1, le=MOST_TOP)] = Field(
        10, description="How many lines, 1 to 100."
    )
    ranking: Order = Field("market", description="As for a graduate's ranking.")
    congestion: Annotated[float, Field(strict=True, ge=0, le=1)] = Field(
        1.0, description="As for a graduate's ranking."
    )

    def cells(self) -> dict[str, object]:
        """Give what was stated under the roster's column names, lists as a sheet writes them."""
        stated = self.model_dump(mode="json", exclude=_OF_THE_LIST, exclude_none=True)
        joined = {
            name: ";".join(map(str, value)) if isinstance(value, list) else value
            for name, value in stated.items()
        }
        return {name: str(value) for name, value in joined.items() if value != ""}


class OutcomeHeader(BaseModel):
    """What makes it safe to send a step twice."""

    idempotency_key: Key | None = Field(
        None,
        alias="Idempotency-Key",
        description="The same key and body get the same answer; the step is recorded once.",
    )


class OutcomeBody(_Shape):
    """One step of one graduate with one post: the outcome sheet's columns."""

    graduate_id: Text
    post_id: Text
    stage: Text = Field(description="`signed` or 签约, and so on.")
    date: Text = Field(description="`2026-05-15`.")
    channel: Text | None = None
    shown_rank: Annotated[int, Field(strict=True, ge=1)] | None = None
    reason: Text | None = None
    recorded_on: Text | None = None
    interned_until: Text | None = None
    agreed_on: Text | None = None
    request_id: RequestId | None = Field(
        None, description="The `request_id` of the list that the step came from."
    )

    def cells(self) -> dict[str, object]:
        """Give what was stated under the sheet's column names."""
        return self.model_dump(mode="json", exclude_none=True, exclude={"request_id"})


# -- what is answered ---------------------------------------------------------------------


class Reason(_Shape):
    """One exact part of a score."""

    code: str
    text: str
    text_en: str
    contribution: float

    @classmethod
    def of(cls, reason: DomainReason) -> Self:
        """Copy a reason."""
        return cls(
            code=reason.code,
            text=reason.text,
            text_en=reason.text_en,
            contribution=reason.contribution,
        )


class Chances(_Shape):
    """Calibrated chances, stage by stage, each 0 to 1; their product is the fit."""

    wants: float
    hired: float
    stays: float


class RankedPost(_Shape):
    """One line of a ranking of posts."""

    rank: int
    post_id: str
    enterprise: str
    occupation: str
    region: str
    open_places: int
    score: float
    chances: Chances | None
    price: float
    reasons: list[Reason]
    occupation_code: str
    region_code: str
    min_level: str | None
    monthly_pay_min: int | None
    monthly_pay_max: int | None
    closes_on: datetime.date

    @classmethod
    def of(cls, line: placements.RankedPost) -> Self:
        """Copy a line; the contact of a post is for officers and stays out."""
        post = line.post
        return cls(
            rank=line.rank,
            post_id=post.post_id,
            enterprise=post.enterprise,
            occupation=line.occupation,
            region=line.region,
            open_places=line.open_places,
            score=line.score,
            chances=Chances.model_validate(line.chances, from_attributes=True)
            if line.chances
            else None,
            price=line.price,
            reasons=[Reason.of(each) for each in line.reasons],
            occupation_code=post.occupation_code,
            region_code=post.region_code,
            min_level=_level(post.min_level),
            monthly_pay_min=post.monthly_pay_min,
            monthly_pay_max=post.monthly_pay_max,
            closes_on=post.closes_on,
        )


class Ranking(_Shape):
    """Posts of one graduate or profile, best first, and what ordered them."""

    model: int
    published: str
    as_of: datetime.date
    order: Order
    congestion: float = Field(description="How much of the price was taken off; 0 by fit.")
    ranking: list[RankedPost]
    excluded_by: list[str]
    read_as: str | None
    places_as_of: str | None
    request_id: str = Field(description="The number of this answer; a step may name it.")
    explored: bool = Field(description="Whether two neighbours below rank 5 changed places.")

    @classmethod
    def of(cls, ranked: placements.PostRanking, request_id: str) -> Self:
        """Copy a ranking."""
        return cls.model_validate(
            {
                "model": ranked.model,
                "published": ranked.published,
                "as_of": ranked.as_of,
                "order": ranked.order,
                "congestion": ranked.congestion,
                "ranking": [RankedPost.of(each) for each in ranked.ranking],
                "excluded_by": list(ranked.excluded_by),
                "read_as": ranked.read_as,
                "places_as_of": ranked.places_as_of,
                "request_id": request_id,
                "explored": ranked.swapped is not None,
            }
        )


class Post(_Shape):
    """The post that a ranking of graduates is for; its contact stays out."""

    post_id: str
    enterprise: str
    occupation: str
    region: str
    headcount: int
    occupation_code: str
    region_code: str
    min_level: str | None
    monthly_pay_min: int | None
    monthly_pay_max: int | None
    opens_on: datetime.date
    closes_on: datetime.date

    @classmethod
    def of(cls, ranked: placements.GraduateRanking) -> Self:
        """Copy what everybody may read of a post."""
        post = ranked.post
        return cls(
            post_id=post.post_id,
            enterprise=post.enterprise,
            occupation=ranked.occupation,
            region=ranked.region,
            headcount=post.headcount,
            occupation_code=post.occupation_code,
            region_code=post.region_code,
            min_level=_level(post.min_level),
            monthly_pay_min=post.monthly_pay_min,
            monthly_pay_max=post.monthly_pay_max,
            opens_on=post.opens_on,
            closes_on=post.closes_on,
        )


class RankedGraduate(_Shape):
    """One line of a ranking of graduates; an id, never a name."""

    rank: int
    graduate_id: str
    score: float
    reasons: list[Reason]


class GraduateRanking(_Shape):
    """Graduates of one post, best first, and what ordered them."""

    model: int
    published: str
    as_of: datetime.date
    post: Post
    graduates: list[RankedGraduate]

    @classmethod
    def of(cls, ranked: placements.GraduateRanking) -> Self:
        """Copy a ranking."""
        return cls(
            model=ranked.model,
            published=ranked.published,
            as_of=ranked.as_of,
            post=Post.of(ranked),
            graduates=[
                RankedGraduate(
                    rank=each.rank,
                    graduate_id=each.graduate_id,
                    score=each.score,
                    reasons=[Reason.of(reason) for reason in each.reasons],
                )
                for each in ranked.graduates
            ],
        )


class Rule(_Shape):
    """One hard rule for one pair."""

    code: str
    holds: bool
    text: str
    text_en: str
    needs: str | None


class Eligibility(_Shape):
    """Every hard rule for one pair; eligible where all hold."""

    eligible: bool
    rules: list[Rule]

    @classmethod
    def of(cls, answers: tuple[placements.RuleAnswer, ...]) -> Self:
        """Copy the rules' answers."""
        return cls(
            eligible=all(each.holds for each in answers),
            rules=[
                Rule(
                    code=each.code,
                    holds=each.holds,
                    text=each.text,
                    text_en=each.text_en,
                    needs=each.needs,
                )
                for each in answers
            ],
        )


class FieldProblem(_Shape):
    """What is wrong with one field of a request."""

    pointer: str = Field(description="JSON pointer into the body, or the parameter's name.")
    place: Literal["body", "query", "path", "header"]
    code: str
    detail: str
    detail_en: str
    suggestions: list[str]


class Outcome(_Shape):
    """A step as it was recorded, in the glossary's identifiers."""

    graduate_id: str
    post_id: str
    stage: str
    date: datetime.date
    channel: str | None
    shown_rank: int | None
    reason: str | None
    recorded_on: datetime.date
    interned_until: datetime.date | None
    agreed_on: datetime.date | None
    warnings: list[FieldProblem] = Field(description="What is worth saying of it; it is kept.")

    @classmethod
    def of(cls, outcome: DomainOutcome, warnings: Sequence[FieldProblem] = ()) -> Self:
        """Copy a step."""
        return cls(
            graduate_id=outcome.graduate_id,
            post_id=outcome.post_id,
            stage=outcome.stage.value,
            date=outcome.date,
            channel=outcome.channel.value if outcome.channel else None,
            shown_rank=outcome.shown_rank,
            reason=outcome.reason.value if outcome.reason else None,
            recorded_on=outcome.recorded_on,
            interned_until=outcome.interned_until,
            agreed_on=outcome.agreed_on,
            warnings=list(warnings),
        )


class Alive(_Shape):
    """The process answers."""

    alive: bool


class Ready(_Shape):
    """Whether rankings can be answered, and what with."""

    ready: bool
    database: str
    model: str


class Problem(BaseModel):
    """An error as RFC 9457 has it; `type` is stable and can be opened."""

    type: str
    title: str
    status: int
    detail: str
    detail_en: str
    errors: list[FieldProblem] = []


def _level(level: SkillLevel | None) -> str | None:
    return level.name if level is not None else None
