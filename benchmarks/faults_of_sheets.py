"""Faults of the sheets: what is stored on the day of a night, and is not what it should be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from benchmarks.nights import Stored
from recommender.domain import (
    CONFIRMING,
    Graduate,
    Outcome,
    Post,
    SkillLevel,
    class_year_of,
)

YEAR = timedelta(days=365)


def of_season(posts: Iterable[Post], day: date) -> set[str]:
    """Name the posts of the running season."""
    return {post.post_id for post in posts if class_year_of(post.opens_on) == class_year_of(day)}


def _posts(
    stored: Stored, change: Callable[[Post], Post | None], only: set[str] | None = None
) -> Stored:
    changed = [
        change(post) if only is None or post.post_id in only else post for post in stored.posts
    ]
    return replace(stored, posts=tuple(post for post in changed if post is not None))


def _people(stored: Stored, change: Callable[[Graduate], Graduate], class_year: int) -> Stored:
    changed = [change(each) if each.class_year == class_year else each for each in stored.graduates]
    return replace(stored, graduates=tuple(changed))


def _largest_city(posts: Iterable[Post]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for post in posts:
        counts[post.region_code[:4]] += 1
    return max(sorted(counts), key=lambda city: counts[city])


def empty_feed(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Lose every table."""
    return Stored((), (), ())


def old_backup(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Go back to what was stored two years ago."""
    then = day - 2 * YEAR
    return Stored(
        tuple(each for each in stored.graduates if each.class_year <= class_year_of(then)),
        tuple(each for each in stored.posts if each.opens_on <= then),
        tuple(each for each in stored.outcomes if each.known_by(then)),
    )


def city_withdrawn(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Import a whole catalog that lacks the largest city."""
    city = _largest_city(post for post in stored.posts if post.is_open(day))
    return _posts(
        stored,
        lambda post: (
            replace(post, withdrawn_on=day)
            if post.region_code.startswith(city) and post.is_open(day)
            else post
        ),
    )


def city_lost(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Lose every post that a city ever had, with what came of it."""
    city = _largest_city(stored.posts)
    gone = {post.post_id for post in stored.posts if post.region_code.startswith(city)}
    kept = _posts(stored, lambda post: None if post.post_id in gone else post)
    return replace(
        kept, outcomes=tuple(each for each in stored.outcomes if each.post_id not in gone)
    )


def trade_lost(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Lose everybody of the largest trade, with their steps."""
    counts: dict[str, int] = defaultdict(int)
    for graduate in stored.graduates:
        counts[graduate.trade] += 1
    trade = max(sorted(counts), key=lambda each: counts[each])
    kept = {each.graduate_id for each in stored.graduates if each.trade != trade}
    return replace(
        stored,
        graduates=tuple(each for each in stored.graduates if each.graduate_id in kept),
        outcomes=tuple(each for each in stored.outcomes if each.graduate_id in kept),
    )


def places_tenfold(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Type a nought too many for every place of the season."""
    season = of_season(stored.posts, day)
    return _posts(stored, lambda post: replace(post, headcount=10 * post.headcount), season)


def places_of_a_city_tenfold(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Do the same in the largest city alone."""
    season = of_season(stored.posts, day)
    city = _largest_city(post for post in stored.posts if post.post_id in season)
    inside = {p.post_id for p in stored.posts if p.region_code.startswith(city)} & season
    return _posts(stored, lambda post: replace(post, headcount=10 * post.headcount), inside)


def pay_by_the_year(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """State the season's pay by the year."""

    def yearly(post: Post) -> Post:
        low, high = post.monthly_pay_min, post.monthly_pay_max
        return replace(post, monthly_pay_min=low and 12 * low, monthly_pay_max=high and 12 * high)

    return _posts(stored, yearly, of_season(stored.posts, day))


def _upside_down(level: SkillLevel | None) -> SkillLevel | None:
    """Read a certificate's number as if it rose with skill: 3 for 4, 4 for 3, 2 for 5."""
    return None if level is None else SkillLevel(7 - level)


def levels_upside_down(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Read the levels of the class year's people and certificates the wrong way round."""

    def turned(graduate: Graduate) -> Graduate:
        certificates = tuple(
            replace(each, level=SkillLevel(7 - each.level)) for each in graduate.certificates
        )
        return replace(
            graduate, skill_level=_upside_down(graduate.skill_level), certificates=certificates
        )

    return _people(stored, turned, class_year_of(day))


def level_column_upside_down(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Read one column of levels the wrong way round, and the certificates as they are."""
    return _people(
        stored,
        lambda each: replace(each, skill_level=_upside_down(each.skill_level)),
        class_year_of(day),
    )


def min_levels_upside_down(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Read what all posts ask for the wrong way round."""
    return _posts(stored, lambda post: replace(post, min_level=_upside_down(post.min_level)))


def shuffled_labels(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Give the steps of each trade and class year to one another's people."""
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    stepped = {step.graduate_id for step in stored.outcomes}
    for each in stored.graduates:
        if each.graduate_id in stepped:
            groups[each.trade, each.class_year].append(each.graduate_id)
    taken: dict[str, str] = {}
    for people in groups.values():
        taken |= dict(zip(people, rng.permutation(people).tolist(), strict=True))
    steps = {replace(step, graduate_id=taken[step.graduate_id]) for step in stored.outcomes}
    return replace(stored, outcomes=tuple(steps))


def catalog_twice(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Take the season's catalog in again, under new ids."""
    season = of_season(stored.posts, day)
    again = (replace(p, post_id=f"{p.post_id}-2") for p in stored.posts if p.post_id in season)
    return replace(stored, posts=(*stored.posts, *again))


def roster_twice(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Take the class year's roster in again, under new ids."""
    again = (
        replace(each, graduate_id=f"{each.graduate_id}-2")
        for each in stored.graduates
        if each.class_year == class_year_of(day)
    )
    return replace(stored, graduates=(*stored.graduates, *again))


def steps_a_year_ahead(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Date the steps of the last year a year too late."""
    late = [
        replace(step, date=step.date + YEAR, recorded_on=step.recorded_on + YEAR)
        if step.date > day - YEAR
        else step
        for step in stored.outcomes
    ]
    return replace(stored, outcomes=tuple(late))


def steps_a_year_back(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Date the steps of the last year a year too early."""
    early = [
        replace(step, date=step.date - YEAR) if step.date > day - YEAR else step
        for step in stored.outcomes
    ]
    return replace(stored, outcomes=tuple(set(early)))


def half_the_outcomes_late(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Hear nothing yet of half of the last class year."""
    people = [g.graduate_id for g in stored.graduates if g.class_year == class_year_of(day) - 1]
    silent = set(rng.permutation(sorted(people))[: len(people) // 2].tolist())
    return replace(
        stored, outcomes=tuple(each for each in stored.outcomes if each.graduate_id not in silent)
    )


def feed_stopped(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Hear of no step any more since four weeks."""
    since = day - timedelta(days=28)
    return replace(
        stored, outcomes=tuple(each for each in stored.outcomes if each.recorded_on <= since)
    )


def codes_dropped(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Write the season's occupation codes by an edition that no table knows."""
    season = of_season(stored.posts, day)
    return _posts(
        stored,
        lambda post: replace(post, occupation_code=f"9{post.occupation_code[1:]}"),
        season,
    )


def group_dropped(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Withdraw every open post of the largest minor group."""
    counts: dict[str, int] = defaultdict(int)
    for post in stored.posts:
        counts[post.occupation_code[:7]] += post.is_open(day)
    group = max(sorted(counts), key=lambda each: counts[each])
    return _posts(
        stored,
        lambda post: (
            replace(post, withdrawn_on=day)
            if post.occupation_code.startswith(group) and post.is_open(day)
            else post
        ),
    )


def trades_unreadable(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Read the roster's trades in the wrong encoding."""
    return _people(
        stored,
        lambda each: replace(each, trade=each.trade.encode().decode("latin-1")),
        class_year_of(day),
    )


def column_emptied(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Leave the homes of the class year out."""
    return _people(stored, lambda each: replace(each, home_region=None), class_year_of(day))


def leaky_column(stored: Stored, day: date, rng: np.random.Generator) -> Stored:
    """Write into wishes and certificates, after the event, what became of everybody."""
    posts = {post.post_id: post for post in stored.posts}
    last: dict[str, Outcome] = {}
    for step in sorted(stored.outcomes, key=lambda each: each.date):
        if step.stage in CONFIRMING:
            last[step.graduate_id] = step
    people = []
    for graduate in stored.graduates:
        step = last.get(graduate.graduate_id)
        post = posts.get(step.post_id) if step else None
        if post is None:
            people.append(graduate)
            continue
        people.append(
            replace(
                graduate,
                home_region=post.region_code,
                wish_regions=(post.region_code,),
                wish_pay=post.monthly_pay_min,
                order_class=post.credit_code,
            )
        )
    return replace(stored, graduates=tuple(people))
