"""What the guidance catalog counts: the places, posts and seekers of each occupation and city."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from recommender import places
from recommender.afterwards import DestinationKind
from recommender.data import apprentices, editions, kept, store
from recommender.domain import (
    CONFIRMING,
    Apprentice,
    Graduate,
    Outcome,
    Post,
    Reference,
    SkillLevel,
    class_year_of,
)
from recommender.matching.apprenticeships import bringing_levels
from recommender.matching.eligibility import Standing, open_places
from recommender.persons import is_erased
from recommender.reports import (
    city_of,
    enterprise_regions,
    level_group,
    level_held,
    occupation_shares,
    sought_cities,
)

A_YEAR = timedelta(days=365)
Key = tuple[str, str]  # occupation code, city code


@dataclass(slots=True)
class Cell:
    """What is counted for one occupation in one city.

    Attributes
    ----------
    posts
        Open ones, each since it was first wanted, with the part that counts here and its open
        places.
    asked
        Enterprise → headcount of its posts that opened within a year.
    filled_days
        Of each full post, days from its opening to its last place.
    now, later
        Seekers of this and the next class year: graduate, level, share.
    learners
        Apprentices who finish in this class year, by target level: apprentice, level, share.
    """

    posts: list[tuple[Post, float, float]] = field(default_factory=list)
    asked: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    filled_days: list[int] = field(default_factory=list)
    now: list[tuple[str, str, float]] = field(default_factory=list)
    later: list[tuple[str, str, float]] = field(default_factory=list)
    learners: list[tuple[str, str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the database knows on a day.

    Attributes
    ----------
    graduates
        Of this class year and the next.
    opened
        Post → the day since which it is wanted.
    learners, regions
        Apprentices who finish in this class year; enterprise → region.
    gone
        Graduates who went elsewhere, and so do not seek.
    """

    day: date
    posts: Sequence[Post]
    graduates: Sequence[Graduate]
    standing: Standing
    opened: Mapping[str, date]
    confirmed: Sequence[Outcome]
    gone: Collection[str]
    learners: Sequence[Apprentice]
    regions: Mapping[str, str]
    known: Reference

    @classmethod
    def of(cls, conn: Connection, day: date) -> Read:
        """Read it all in one transaction."""
        year = class_year_of(day)
        posts = store.load_posts(conn, day=day)
        went = kept.load_destinations(conn, day=day).values()
        return cls(
            day=day,
            posts=posts,
            graduates=[
                one
                for each in (year, year + 1)
                for one in store.load_graduates(conn, class_year=each)
                if not is_erased(one.graduate_id)
            ],
            standing=places.standing_on(conn, posts, day),
            opened=editions.first_openings(conn, day=day),
            confirmed=store.load_outcomes(conn, day=day, stages=CONFIRMING),
            gone={one.graduate_id for one in went if one.kind is not DestinationKind.NOT_EMPLOYED},
            learners=bringing_levels(apprentices.load_apprentices(conn, day=day), day, year),
            regions=enterprise_regions(posts, store.load_members(conn)),
            known=store.load_reference(conn, day=day),
        )


def gather(read: Read) -> dict[Key, Cell]:
    """Count posts and seekers into the cells of their occupations and cities."""
    cells: dict[Key, Cell] = defaultdict(Cell)
    filled = _filled_on(read)
    for post in read.posts:
        city = city_of(post.region_code, read.known)
        opened = min(post.opens_on, read.opened.get(post.post_id, post.opens_on))
        is_open, is_of_the_year = post.is_open(read.day), read.day - A_YEAR < opened <= read.day
        for code, part in read.known.occupations_of(post.occupation_code):
            if is_open:
                left = open_places(post, read.standing, reserved_too=True) * part
                cells[code, city].posts.append((replace(post, opens_on=opened), part, left))
            if is_of_the_year:
                cells[code, city].asked[post.credit_code] += post.headcount * part
            if post.post_id in filled and (is_open or is_of_the_year):
                days = (filled[post.post_id] - opened).days
                cells[code, city].filled_days.append(max(days, 0))
    for learner in read.learners:
        region = read.regions.get(learner.credit_code)
        city = city_of(region, read.known) if region else ""
        group = level_group(learner.target_level).removeprefix("supply_")
        for code, part in read.known.occupations_of(learner.occupation_code):
            cells[code, city].learners.append((learner.apprentice_id, group, part))
    year = class_year_of(read.day)
    for one in read.graduates:
        if _is_seeking(one, read):
            _count_seeker(cells, one, read.known, is_later=one.class_year > year)
    return dict(cells)


def _filled_on(read: Read) -> dict[str, date]:
    """Say on which day the last place of each full post was confirmed."""
    first: dict[str, dict[str, date]] = defaultdict(dict)
    for step in read.confirmed:
        there = first[step.post_id]
        there[step.graduate_id] = min(step.date, there.get(step.graduate_id, step.date))
    headcounts = {post.post_id: post.headcount for post in read.posts}
    return {
        post_id: sorted(days.values())[headcounts[post_id] - 1]
        for post_id, days in first.items()
        if len(days) >= headcounts.get(post_id, len(days) + 1)
    }


def _is_seeking(one: Graduate, read: Read) -> bool:
    is_placed = one.hired_at_enrolment or one.graduate_id in read.standing.placed_at
    return not is_placed and one.graduate_id not in read.gone


def _count_seeker(
    cells: dict[Key, Cell], one: Graduate, known: Reference, *, is_later: bool
) -> None:
    level = level_held(one)
    if is_later:  # by then they hold what they expect
        level = max((each for each in (level, one.expected_level) if each), default=None)
    group = level_group(SkillLevel(level) if level else None).removeprefix("supply_")
    cities = sought_cities(one, known)
    for code, share in occupation_shares(one.trade, known).items():
        for city in cities:
            cell = cells[code, city]
            of_year = cell.later if is_later else cell.now
            of_year.append((one.graduate_id, group, share / len(cities)))
