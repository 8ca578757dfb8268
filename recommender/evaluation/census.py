"""What a night found in the database, counted, so that one night can be held to the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.evaluation.feed import Feed
from recommender.model.interactions import pair_gains

GRADUATE_COLUMNS = ("skill_level", "certificates", "home_region", "wish_regions", "grade_band")
POST_COLUMNS = ("min_level", "monthly_pay_min", "training_mode", "shortage_level")


def count_feed(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    outcomes: Sequence[Outcome],
    reference: Reference,
    day: date,
    *,
    known_trades: Collection[str],
    open_before: Sequence[Post] = (),
) -> Feed:
    """Count what is stored on a day.

    Parameters
    ----------
    known_trades
        Trade names that the table or an officer's decision reads.
    open_before
        Posts that were open on the last good night's day, as they were then.
    """
    positives = sum(gain > 0 or gain != gain for gain in pair_gains(outcomes, day).values())
    cities = {reference.city_of(post.region_code) for post in posts} - {None}
    totals = {
        "graduates": len(graduates),
        "posts": len(posts),
        "outcomes": len(outcomes),
        "positives": positives,
        "trades": len({graduate.trade for graduate in graduates}),
        "enterprises": len({post.credit_code for post in posts}),
        "cities": len(cities),
    }
    return Feed(
        day=day,
        totals=totals,
        ratios=_ratios(totals, sum(post.headcount for post in posts)),
        still_open=_still_open(open_before, posts, reference, day),
        missing=_missing(graduates, GRADUATE_COLUMNS) | _missing(posts, POST_COLUMNS),
        unseen={
            "occupation": _share(
                sum(post.occupation_code not in reference.occupations for post in posts), posts
            ),
            "trade": _share(sum(g.trade not in known_trades for g in graduates), graduates),
        },
    )


def _ratios(totals: dict[str, int], n_places: int) -> dict[str, float]:
    ratios = {}
    if totals["posts"]:
        ratios["places_per_post"] = n_places / totals["posts"]
    if totals["graduates"]:
        ratios["positives_per_graduate"] = totals["positives"] / totals["graduates"]
    return ratios


def _still_open(
    before: Sequence[Post], posts: Sequence[Post], reference: Reference, day: date
) -> dict[str, tuple[int, int]]:
    """Count, by city, the posts that should still be open, and those of them that are."""
    open_now = {post.post_id for post in posts if post.is_open(day)}
    due: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for post in before:
        if post.opens_on <= day <= post.closes_on:
            region = reference.regions.get(post.region_code)
            for place in {"", region.city_name if region else ""}:
                due[place] += 1
                left[place] += post.post_id in open_now
    return {place: (n_due, left[place]) for place, n_due in due.items()}


def _missing(
    things: Sequence[Graduate] | Sequence[Post], columns: Sequence[str]
) -> dict[str, float]:
    return {
        column: _share(sum(getattr(thing, column) in (None, ()) for thing in things), things)
        for column in columns
    }


def _share(n: int, things: Sequence[object]) -> float:
    return n / len(things) if things else 0.0
