"""Faults that a night must notice, each planted by a seed, and how each has to end.

A fault of the sheets changes what is stored on the day of the night; a fault of the machinery
changes what a step of the night gives back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.nights import Stored
from recommender import nightly
from recommender.domain import (
    CONFIRMING,
    Graduate,
    Outcome,
    Post,
    SkillLevel,
    class_year_of,
)
from recommender.matching import market
from recommender.matching.board import AnyScorer
from recommender.matching.prices import Prices
from recommender.model.chances import ChanceScorer
from recommender.model.pairs import FEATURES

Change = Callable[[Stored, date, np.random.Generator], Stored]
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, and how the night has to end.

    Attributes
    ----------
    ends
        Verdicts that keep it from publication as a model.
    codes
        Reasons of which at least one has to be given.
    change
        What is stored tonight instead; None where the sheets are right.
    breaks
        Opens what goes wrong inside the night; None where nothing does.
    later
        The night's day, in days after the day it should run.
    """

    name: str
    ends: tuple[str, ...]
    codes: tuple[str, ...]
    change: Change | None = None
    breaks: Callable[[np.random.Generator], AbstractContextManager[Any]] | None = None
    later: int = 0


# --- of the sheets ---------------------------------------------------------------------------


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


# --- of the machinery ------------------------------------------------------------------------


@contextmanager
def spoiled(change: Callable[[Any], Any]) -> Iterator[None]:
    """Change every scorer that comes back from a fit."""
    whole = nightly._waited

    def waited(fit: Any) -> AnyScorer | None:
        scorer = whole(fit)
        return change(scorer) if isinstance(scorer, ChanceScorer) else scorer

    with mock.patch.object(nightly, "_waited", waited):
        yield


def factor_no_number(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Lose one cell of the tables."""

    def broken(scorer: ChanceScorer) -> ChanceScorer:
        cells = scorer.cells.copy()
        cells[int(rng.integers(len(cells))), 0] = np.nan
        return replace(scorer, cells=cells)

    return spoiled(broken)


def worse_than_a_rule(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Turn every stage of the road round."""
    return spoiled(lambda scorer: replace(scorer, cells=-scorer.cells))


def popularity_collapse(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Let only what is the same for everybody speak: features of the post alone."""

    def collapsed(scorer: ChanceScorer) -> ChanceScorer:
        own = {place for place, name in enumerate(scorer.names) if FEATURES[name][:4] == "any_"}
        cells = np.zeros_like(scorer.cells)
        for term, pair in enumerate(scorer.terms):
            if {int(feature) for feature in pair} <= own | {-1}:
                inside = slice(scorer.term_starts[term], scorer.term_starts[term + 1])
                cells[inside] = scorer.cells[inside]
        return replace(scorer, cells=cells)

    return spoiled(collapsed)


def stale_features(rng: np.random.Generator) -> AbstractContextManager[None]:
    """Keep a vocabulary that lacks what came last: every enterprise named late."""

    def stale(scorer: ChanceScorer) -> ChanceScorer:
        inside = scorer.factorization
        if inside is None:
            return scorer
        names = tuple(
            f"old:{name}" if name.startswith("enterprise:") and rng.random() < 0.2 else name
            for name in inside.post_names
        )
        return replace(scorer, factorization=replace(inside, post_names=names))

    return spoiled(stale)


def prices_diverge(rng: np.random.Generator) -> AbstractContextManager[Any]:
    """Let the price of every fourth post run away."""
    solve = market.solve_prices

    def diverged(*inputs: Any) -> Prices:
        prices = solve(*inputs)
        ran = np.where(rng.random(len(prices.price)) < 0.25, 1e6, 1.0)
        return replace(prices, price=(prices.price + 1e-3) * ran)

    return mock.patch.object(market, "solve_prices", diverged)


def training_dies(rng: np.random.Generator) -> AbstractContextManager[Any]:
    """Run out of memory."""
    return mock.patch.object(nightly, "_waited", side_effect=MemoryError)


REFUSED, HELD, BASELINE = "refused", "held", "baseline"
STOPPED = (REFUSED, HELD)

FAULTS = (
    Fault("empty feed", (REFUSED,), ("feed_empty",), empty_feed),
    Fault("an old backup", (REFUSED,), ("feed_shrunk",), old_backup),
    Fault("a city withdrawn", (REFUSED,), ("posts_gone",), city_withdrawn),
    Fault("a city lost", (REFUSED,), ("feed_shrunk", "posts_gone"), city_lost),
    Fault("a trade lost", (REFUSED,), ("feed_shrunk",), trade_lost),
    Fault("places × 10", STOPPED, ("season_moved", "ratio_moved"), places_tenfold),
    Fault("places × 10 in a city", STOPPED, ("season_moved",), places_of_a_city_tenfold),
    Fault("pay by the year", STOPPED, ("season_moved",), pay_by_the_year),
    Fault("levels upside down", STOPPED, ("season_moved",), levels_upside_down),
    Fault("level column upside down", STOPPED, ("more_odd",), level_column_upside_down),
    Fault("levels asked for upside down", STOPPED, ("more_odd",), min_levels_upside_down),
    Fault(
        "shuffled labels",
        (*STOPPED, BASELINE),
        ("not_ahead", "more_odd", "lead_moved"),
        shuffled_labels,
    ),
    Fault("catalog twice", STOPPED, ("more_odd",), catalog_twice),
    Fault("roster twice", STOPPED, ("more_odd",), roster_twice),
    Fault("steps a year ahead", STOPPED, ("more_odd",), steps_a_year_ahead),
    Fault("steps a year back", STOPPED, ("more_odd",), steps_a_year_back),
    Fault("clock jumps ahead", STOPPED, ("day_jumped",), later=400),
    Fault("clock jumps back", STOPPED, ("day_jumped", "more_odd"), later=-400),
    Fault("half the outcomes late", STOPPED, ("season_moved",), half_the_outcomes_late),
    Fault("outcomes stop", STOPPED, ("season_moved",), feed_stopped),
    Fault("occupation codes dropped", (REFUSED,), ("more_unseen",), codes_dropped),
    Fault("a minor group dropped", (REFUSED,), ("posts_gone",), group_dropped),
    Fault("trades unreadable", (REFUSED,), ("more_unseen",), trades_unreadable),
    Fault("a column emptied", STOPPED, ("more_missing",), column_emptied),
    Fault("leaky column", STOPPED, ("leak", "too_good", "lead_moved"), leaky_column),
    Fault("NaN factor", (REFUSED,), ("not_finite",), breaks=factor_no_number),
    Fault("worse than a rule", (BASELINE, HELD), ("not_ahead",), breaks=worse_than_a_rule),
    Fault(
        "popularity collapse",
        (*STOPPED, BASELINE),
        ("not_ahead", "coverage", "gini", "lead_moved"),
        breaks=popularity_collapse,
    ),
    Fault("stale features", (REFUSED,), ("stale_features",), breaks=stale_features),
    Fault("prices diverge", (REFUSED,), ("prices", "not_finite"), breaks=prices_diverge),
    Fault("training dies", (REFUSED,), ("training_failed",), breaks=training_dies),
)
