"""What a night found in the database, counted, so that one night can be held to the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from recommender.domain import Graduate, Outcome, Post, Reference, class_year_of
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
        Posts that were open when the last night ran, as they were then.
    """
    placed = [pair for pair, gain in pair_gains(outcomes, day).items() if gain > 0 or gain != gain]
    cities = {reference.city_of(post.region_code) for post in posts} - {None}
    totals = {
        "graduates": len(graduates),
        "posts": len(posts),
        "outcomes": len(outcomes),
        "positives": len(placed),
        "trades": len({graduate.trade for graduate in graduates}),
        "enterprises": len({post.credit_code for post in posts}),
        "cities": len(cities),
    }
    return Feed(
        day=day,
        totals=totals,
        ratios=_ratios(graduates, posts, {graduate_id for graduate_id, _ in placed}, day),
        still_open=_still_open(open_before, posts, reference, day),
        missing=_missing(graduates, GRADUATE_COLUMNS) | _missing(posts, POST_COLUMNS),
        unseen={
            "occupation": _share(
                sum(post.occupation_code not in reference.occupations for post in posts), posts
            ),
            "trade": _share(sum(g.trade not in known_trades for g in graduates), graduates),
        },
    )


def _ratios(
    graduates: Sequence[Graduate], posts: Sequence[Post], placed: Collection[str], day: date
) -> dict[str, float]:
    """Give the averages that a season under way does not move."""
    ratios = {}
    if posts:
        ratios["places_per_post"] = sum(post.headcount for post in posts) / len(posts)
    settled = [g.graduate_id for g in graduates if g.class_year < class_year_of(day)]
    if settled:
        ratios["share_placed"] = sum(each in placed for each in settled) / len(settled)
    return ratios


def _still_open(
    before: Sequence[Post], posts: Sequence[Post], reference: Reference, day: date
) -> dict[str, tuple[int, int]]:
    """Count, by city, the posts that should still be open, and those that are open tonight.

    A body that issues its catalog again under new ids loses nothing, so any open post counts.
    """
    due = _by_city((p for p in before if p.opens_on <= day <= p.closes_on), reference)
    now = _by_city((post for post in posts if post.is_open(day)), reference)
    return {city: (n_due, now[city]) for city, n_due in due.items()}


def _by_city(posts: Iterable[Post], reference: Reference) -> Counter[str]:
    """Count posts by city; "" for all of them."""
    counts: Counter[str] = Counter()
    for post in posts:
        region = reference.regions.get(post.region_code)
        counts.update({"", region.city_name if region else ""})
    return counts


def _missing(
    things: Sequence[Graduate] | Sequence[Post], columns: Sequence[str]
) -> dict[str, float]:
    return {
        column: _share(sum(getattr(thing, column) in (None, ()) for thing in things), things)
        for column in columns
    }


def _share(n: int, things: Sequence[object]) -> float:
    return n / len(things) if things else 0.0
