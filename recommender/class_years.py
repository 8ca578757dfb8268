"""Class years as a fit and a judge see them: each beside the posts of its own season."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.evaluation.compare import HeldOut
from recommender.evaluation.season import Season, open_between, season_of, slices
from recommender.matching.eligibility import suitable_pairs
from recommender.matching.market import priced_lists as lists_of
from recommender.matching.prices import solve_prices
from recommender.model.boosting import Cohort

LIST_LENGTH = 10


def cohorts_of(
    graduates: Sequence[Graduate], outcomes: Sequence[Outcome], posts: Sequence[Post]
) -> list[Cohort]:
    """Part what may be learned from by class year, each with the posts of its own season."""
    by_year: dict[int, list[Graduate]] = defaultdict(list)
    for graduate in graduates:
        by_year[graduate.class_year].append(graduate)
    cohorts = []
    for class_year, people in sorted(by_year.items()):
        ids = {graduate.graduate_id for graduate in people}
        days = [step.date for step in outcomes if step.graduate_id in ids]
        if not days:
            continue
        first, last = season_of(class_year, days)
        on_offer = open_between(posts, first, last)
        offered = {post.post_id for post in on_offer}
        cohorts.append(
            Cohort(
                class_year=class_year,
                graduates=tuple(people),
                posts=tuple(on_offer),
                outcomes=tuple(step for step in outcomes if step.post_id in offered),
                suitable=suitable_pairs(people, on_offer, last),
            )
        )
    return cohorts


def cohort_of(season: Season, outcomes: Iterable[Outcome]) -> Cohort:
    """Give a held-out class year with what became of it, to calibrate on or to be judged by."""
    offered = {post.post_id for post in season.posts}
    return Cohort(
        class_year=season.class_year,
        graduates=season.graduates,
        posts=season.posts,
        outcomes=tuple(step for step in outcomes if step.post_id in offered),
        suitable=suitable_pairs(season.graduates, season.posts, season.ends_on),
    )


def named_inputs(
    graduates: Sequence[Graduate], outcomes: Sequence[Outcome], posts: Iterable[Post]
) -> tuple[Sequence[Graduate], list[Post], Sequence[Outcome]]:
    """Give people, steps, and the posts that these steps name and no others.

    A post nobody could know of yet must not enter a vocabulary, nor a fit as a bad example.
    """
    named = {step.post_id for step in outcomes}
    return graduates, [post for post in posts if post.post_id in named], outcomes


def held_out_of(
    season: Season, outcomes: Iterable[Outcome], reference: Reference, day: date
) -> HeldOut:
    """Lay out a held-out season as contenders are judged on it: by what is known on a day."""
    cities = {code: region.city_name for code, region in reference.regions.items()}
    return HeldOut(
        class_year=season.class_year,
        graduate_ids=tuple(g.graduate_id for g in season.graduates),
        post_ids=tuple(p.post_id for p in season.posts),
        colleges=np.array([g.college for g in season.graduates], dtype=np.str_),
        eligible=suitable_pairs(season.graduates, season.posts, season.ends_on),
        gains=season.gains(outcomes, day),
        capacities=np.array([p.headcount for p in season.posts], dtype=np.int32),
        slices=slices(season, cities, reference.trade_names),
    )


def priced_lists(
    held_out: HeldOut, scores: NDArray[np.float32], takes: NDArray[np.float32] | None = None
) -> NDArray[np.int32]:
    """Rank by scores less the prices of the queues: int32 (n_graduates, 10), -1 fills.

    Scores are chances where `takes`, the chance that a pair comes about, is given.
    """
    prices = solve_prices(scores, held_out.eligible, held_out.capacities, takes)
    return lists_of(
        scores - prices.taken_off(scores),
        held_out.eligible,
        LIST_LENGTH,
        held_out.graduate_ids,
        held_out.post_ids,
        covering=True,
    )
