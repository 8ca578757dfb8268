"""What changed since the day before: the first thing an officer sees in the morning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from recommender import access, agreements, reports
from recommender.access import Grant
from recommender.agreements import AgreementLine
from recommender.data import finding as kept
from recommender.data import store
from recommender.finding import OPEN, Asked, Finder, FoundPost
from recommender.year import follow_up

EVERY_POST = 1_000_000
N_SHOWN = 8
# A post is filling when this share of its places or less is left, and somebody has one.
FILLING = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """The first few of what there is, and how many there are."""

    total: int
    rows: tuple[FoundPost, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Morning:
    """A day as it begins.

    Attributes
    ----------
    new, closed, filling
        Posts that came since the day before, that ended then, and whose last places go.
    night, imported
        The last night and the last import, as facts; None where there was none.
    """

    day: date
    new: Some
    closed: Some
    filling: Some
    night: Mapping[str, Any] | None
    imported: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duties:
    """What is to be done for own people.

    Attributes
    ----------
    in_danger
        Agreements of own colleges that lack people at the level due, all but surely.
    follow_ups
        College → people to be asked, by the 30, 90 or 180 days after they started.
    """

    in_danger: tuple[AgreementLine, ...]
    follow_ups: Mapping[str, Mapping[int, int]]


def morning(engine: Engine, finder: Finder, *, day: date) -> Morning:
    """Tell what changed since the day before."""
    before = day - timedelta(days=1)
    with store.reading(engine) as conn:
        new_ids = kept.new_posts(conn, after=before, until=day)
        nights = store.load_nights(conn, limit=1)
        imports = store.load_imports(conn, limit=1)
    found = finder.posts(Asked(), n_rows=EVERY_POST).rows
    return Morning(
        day=day,
        new=_some([row for row in found if row.status == OPEN and row.post.post_id in new_ids]),
        closed=_some([row for row in found if _ended(row, before, day)]),
        filling=_some([row for row in found if _is_filling(row)]),
        night=reports.night_facts(nights[0]) if nights else None,
        imported={
            "day": imports[0].day,
            "n_rows": sum(
                sheet.get("added", 0) + sheet.get("changed", 0) for sheet in imports[0].sheets
            ),
            "n_unmapped": imports[0].n_unmapped_trades + imports[0].n_unknown_occupations,
        }
        if imports
        else None,
    )


def duties(engine: Engine, grant: Grant, *, day: date) -> Duties:
    """Tell what is to be done for the people whom a grant covers."""
    colleges = access.colleges(engine, grant)
    review = agreements.review(engine, day=day)
    due = follow_up.follow_up(engine, day=day, colleges=colleges).due
    by_college: dict[str, Counter[int]] = {}
    for each in due:
        by_college.setdefault(each.college, Counter())[each.due_days] += 1
    return Duties(
        in_danger=tuple(
            line
            for line in review.lines
            if line.shortfall
            and line.shortfall.low > 0
            and (colleges is None or line.agreement.college in colleges)
        ),
        follow_ups=by_college,
    )


def _some(rows: list[FoundPost]) -> Some:
    return Some(total=len(rows), rows=tuple(rows[:N_SHOWN]))


def _ended(row: FoundPost, before: date, day: date) -> bool:
    post = row.post
    withdrawn = post.withdrawn_on is not None and before < post.withdrawn_on <= day
    return withdrawn or post.closes_on == before


def _is_filling(row: FoundPost) -> bool:
    left, wanted = row.open_places, row.post.headcount
    return row.status == OPEN and left < wanted and left <= max(1.0, FILLING * wanted)
