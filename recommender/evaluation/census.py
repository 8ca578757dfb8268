"""What a night found in the database, counted, so that one night can be held to the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from recommender.domain import (
    CONFIRMING,
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    Reference,
    class_year_of,
    minor_group,
)
from recommender.evaluation.feed import Feed
from recommender.evaluation.precedent import YEAR, precedents
from recommender.model.interactions import pair_gains

GRADUATE_COLUMNS = ("skill_level", "certificates", "home_region", "wish_regions", "grade_band")
# Fewer say too little for a share to be held to that of the night before.
ENOUGH_PLACEMENTS = 300
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
    n_ahead: int = 0,
    few: int = 20,
) -> Feed:
    """Count what is stored on a day.

    Parameters
    ----------
    known_trades
        Trade names that the table or an officer's decision reads.
    open_before
        Posts that were open when the last night ran, as they were then.
    n_ahead
        Stored steps that are dated, or were recorded, after the day.
    few
        Counts below this say nothing of a season.
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
        parts=_parts(graduates, posts, reference),
        odd=_odd(graduates, posts, outcomes, n_ahead)
        | _placed_elsewhere(graduates, posts, placed, reference),
        season=precedents(graduates, posts, outcomes, reference, day, few=few),
        unmapped=_unmapped(graduates, posts, reference, known_trades),
    )


def _unmapped(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    reference: Reference,
    known_trades: Collection[str],
) -> dict[str, int]:
    """Count the rows of each code that no table, decision or change of codes knows."""
    unknown = Counter(
        f"occupation:{post.occupation_code}"
        for post in posts
        if post.occupation_code not in reference.occupations
    )
    unknown.update(f"trade:{g.trade}" for g in graduates if g.trade not in known_trades)
    return dict(unknown)


def _parts(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
) -> dict[str, int]:
    """Count everything ever stored by city, trade and level: each of these only grows."""
    counts: Counter[str] = Counter()
    for post in posts:
        region = reference.regions.get(post.region_code)
        counts[f"posts_city:{region.city_name if region else ''}"] += 1
        counts[f"posts_group:{minor_group(post.occupation_code)}"] += 1
        if post.min_level is not None:
            counts[f"posts_level:{post.min_level.name}"] += 1
    for graduate in graduates:
        counts[f"graduates_college:{graduate.college}"] += 1
        # Not what follows it since: that would look as if one trade were lost overnight.
        trade = reference.trade_names.get(graduate.trade, graduate.trade)
        counts[f"graduates_trade:{trade}"] += 1
        if graduate.skill_level is not None:
            counts[f"graduates_level:{graduate.skill_level.name}"] += 1
    return dict(counts)


def _odd(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    outcomes: Sequence[Outcome],
    n_ahead: int,
) -> dict[str, float]:
    """Give the shares of rows that other rows, or their own, contradict."""
    post_of = {post.post_id: post for post in posts}
    level_of = {graduate.graduate_id: graduate.skill_level for graduate in graduates}
    pairs = {(step.graduate_id, step.post_id) for step in outcomes if step.stage in CONFIRMING}
    steps = Counter((step.graduate_id, step.post_id, step.stage) for step in outcomes)
    asked = [
        (needs, has)
        for someone, post_id in pairs
        if post_id in post_of
        and (needs := post_of[post_id].min_level) is not None
        and (has := level_of.get(someone)) is not None
    ]
    certified = [g for g in graduates if g.skill_level is not None and g.certificates]
    people = [g for g in graduates if g.certificates or g.wish_pay is not None]
    return {
        "doubled_posts": _doubled(replace(post, post_id="", headcount=1) for post in posts),
        "doubled_graduates": _doubled(replace(one, graduate_id="") for one in people),
        "doubled_steps": _share(sum(steps.values()) - len(steps), outcomes),
        "level_unlike_certificates": _share(
            sum(g.skill_level != max(each.level for each in g.certificates) for g in certified),
            certified,
        ),
        "below_min_level": _share(sum(has < needs for needs, has in asked), asked),
        "outside_days": _share(_n_outside(outcomes, post_of), outcomes),
        "dated_ahead": n_ahead / max(1, n_ahead + len(outcomes)),
    }


def _doubled(things: Iterable[Hashable]) -> float:
    """Give the share of rows that say what an earlier row says."""
    counts = Counter(things)
    return (counts.total() - len(counts)) / max(1, counts.total())


def _n_outside(outcomes: Iterable[Outcome], posts: Mapping[str, Post]) -> int:
    """Count steps dated before their post opened or more than a year after it closed."""
    known = [(step, posts[step.post_id]) for step in outcomes if step.post_id in posts]
    return sum(
        not post.opens_on <= step.date <= post.closes_on + YEAR
        for step, post in known
        if step.stage is not OutcomeStage.RETAINED
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


def _placed_elsewhere(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    placed: Collection[tuple[str, str]],
    reference: Reference,
) -> dict[str, float]:
    """Give the share of placements in neither the city of the home nor that of a wish.

    It rises where steps were given to the wrong people.
    """
    city_of = {post.post_id: reference.city_of(post.region_code) for post in posts}
    near = {
        each.graduate_id: {
            reference.city_of(code) for code in (each.home_region, *each.wish_regions)
        }
        for each in graduates
    }
    known = [
        (near[someone], city_of[p]) for someone, p in placed if someone in near and p in city_of
    ]
    if len(known) < ENOUGH_PLACEMENTS:
        return {}
    return {"placed_elsewhere": sum(city not in cities for cities, city in known) / len(known)}


def _still_open(
    before: Sequence[Post], posts: Sequence[Post], reference: Reference, day: date
) -> dict[str, tuple[int, int]]:
    """Count, by city, group and level, posts that should still be open and those open tonight.

    A body that issues its catalog again under new ids loses nothing, so any open post counts.
    """
    due = _by_label((p for p in before if p.opens_on <= day <= p.closes_on), reference)
    now = _by_label((post for post in posts if post.is_open(day)), reference)
    return {city: (n_due, now[city]) for city, n_due in due.items()}


def _by_label(posts: Iterable[Post], reference: Reference) -> Counter[str]:
    """Count posts by city, minor group and level asked for; "" for all of them."""
    counts: Counter[str] = Counter()
    for post in posts:
        region = reference.regions.get(post.region_code)
        labels = ["", f"minor:{minor_group(post.occupation_code)}"]
        if region is not None:
            labels.append(region.city_name)
        if post.min_level is not None:
            labels.append(f"asked:{post.min_level.name}")
        counts.update(labels)
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
