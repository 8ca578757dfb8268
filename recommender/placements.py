"""Answer the questions of officers and kiosks: rank, explain, assign, record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from recommender.domain import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One exact part of a score.

    Attributes
    ----------
    code
        Stable word for the kind of reason, e.g. ``trade_occupation`` or ``price``.
    text, text_en
        A sentence without identifiers or feature names, in Chinese and in English.
    contribution
        What it adds to the score; all of a post's contributions add up to its score.
    """

    code: str
    text: str
    text_en: str
    contribution: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPost:
    """One line of a ranking."""

    rank: int
    post: Post
    occupation: str
    region: str
    open_places: int
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRanking:
    """The posts of one graduate or profile, best first.

    Attributes
    ----------
    excluded_by
        Codes of rules that shut out every post; empty where a post is left.
    read_as
        The known trade that an unknown one was read as; None where it was known.
    places_as_of
        Time of the snapshot (ISO 8601) while the database is away; None when read live.
    """

    model: int
    published: str
    as_of: date
    order: str
    ranking: tuple[RankedPost, ...]
    excluded_by: tuple[str, ...] = ()
    read_as: str | None = None
    places_as_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedGraduate:
    """One line of the ranking of a post."""

    rank: int
    graduate_id: str
    score: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduateRanking:
    """The graduates of one post, best first, by percentile among their own posts."""

    model: int
    published: str
    as_of: date
    post: Post
    graduates: tuple[RankedGraduate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """One rule for one pair: whether it holds, and what would make it hold."""

    code: str
    holds: bool
    text: str
    text_en: str
    needs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether rankings can be answered; `model` is "v3 (model)" or why there is none."""

    ready: bool
    database: str
    model: str
