"""Everything that somebody else needs to check an assignment, as one document of JSON.

It states the facts that the rules ask for, what was chosen, and a proof: prices of places for
the largest sum, both sides' ranks for a stable one. `recommender/checker.py` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Post
from recommender.matching.assignment import (
    SCALE,
    UNPLACED,
    assign_cohort,
    place_prices,
    whole_values,
)
from recommender.matching.market import Market
from recommender.matching.plan import BEST, Pins, Plan, ranks_of_both, why_unplaced

Document = dict[str, object]
OPEN, HELD = "open", "held"


def certificate(market: Market, plan: Plan, pins: Pins | None = None) -> Document:
    """Write an assignment down with what proves it.

    Returns
    -------
    dict
        As the contract page describes it; values and prices are billionths.
    """
    pins = pins or Pins()
    whole = whole_values(plan.values)
    document: Document = {
        "format": "placement-assignment-1",
        "as_of": market.day.isoformat(),
        "way": plan.way,
        "measure": plan.measure,
        "scale": SCALE,
        "graduates": [_graduate(market, each) for each in market.graduates],
        "posts": [_post(market, each) for each in market.posts],
        "fixed": sorted(pins.fixed.items()),
        "barred": sorted(pins.barred),
        "values": _values(market, whole),
        "placed": _placed(market, plan),
        "reasons": {
            market.graduates[row].graduate_id: why_unplaced(market, plan, int(row))
            for row in np.flatnonzero(plan.placed == UNPLACED)
        },
        "n_placed": plan.n_placed,
        "most": plan.most,
        "most_prices": _prices_of_most(market, plan),
        "total": _total(plan, whole),
    }
    if plan.way == BEST:
        at_lots = whole[:, plan.lots.posts]
        prices = place_prices(at_lots, plan.lots.allowed, plan.lots.capacities, plan.chosen)
        document["prices"] = _by_lot(market, plan, prices)
    else:
        document["ranks"] = _ranks(market, plan)
    return document


def _graduate(market: Market, graduate: Graduate) -> Document:
    who = graduate.graduate_id
    public = [each.level for each in graduate.certificates if each.certified_by is None]
    if graduate.skill_level is not None:
        public.append(graduate.skill_level)
    return {
        "id": who,
        "consent": graduate.consent,
        "hired_at_enrolment": graduate.hired_at_enrolment,
        "placed": who in market.standing.placed_at,
        "level": max((int(level) for level in public), default=None),
        "own_levels": [
            [each.certified_by, int(each.level)]
            for each in graduate.certificates
            if each.certified_by is not None
        ],
        "licences": list(graduate.licences),
        "adult_on": graduate.adult_on.isoformat() if graduate.adult_on else None,
        "shut_out": sorted(market.standing.shut_out.get(who, ())),
    }


def _post(market: Market, post: Post) -> Document:
    return {
        "id": post.post_id,
        "credit_code": post.credit_code,
        "opens_on": post.opens_on.isoformat(),
        "closes_on": post.closes_on.isoformat(),
        "withdrawn_on": post.withdrawn_on.isoformat() if post.withdrawn_on else None,
        "min_level": None if post.min_level is None else int(post.min_level),
        "accepts_own_certificate": bool(post.accepts_own_certificate),
        "required_licence": list(post.required_licence),
        "adults_only": bool(post.adults_only),
        "headcount": post.headcount,
        "confirmed": market.standing.confirmed.get(post.post_id, 0),
        "held": sorted(market.standing.held.get(post.post_id, ())),
        "reserved": [
            {"agreement": each.agreement_id, "places": each.places, "members": sorted(each.members)}
            for each in market.standing.reserved.get(post.post_id, ())
        ],
    }


def _values(market: Market, whole: NDArray[np.int64]) -> dict[str, dict[str, int]]:
    ids = [post.post_id for post in market.posts]
    return {
        graduate.graduate_id: {
            ids[column]: int(whole[row, column]) for column in np.flatnonzero(market.eligible[row])
        }
        for row, graduate in enumerate(market.graduates)
    }


def _lot_names(market: Market, posts: NDArray[np.int32]) -> list[tuple[str, str]]:
    """Name each lot by its post and ``open`` or the agreement that reserves it."""
    names = [(post.post_id, OPEN) for post in market.posts]
    names += [
        (post.post_id, each.agreement_id)
        for post in market.posts
        for each in market.standing.reserved.get(post.post_id, ())
    ]
    if [post for post, _ in names] != [market.posts[column].post_id for column in posts]:
        raise ValueError("lots are not split as places are reserved")
    return names


def _placed(market: Market, plan: Plan) -> dict[str, Sequence[str]]:
    names = _lot_names(market, plan.lots.posts)
    placed: dict[str, Sequence[str]] = {}
    for row, graduate in enumerate(market.graduates):
        lot = plan.chosen[row] if plan.pinned[row] == UNPLACED else plan.taken[row]
        if lot != UNPLACED:
            placed[graduate.graduate_id] = names[lot]
        elif plan.pinned[row] != UNPLACED:
            placed[graduate.graduate_id] = (market.posts[plan.pinned[row]].post_id, HELD)
    return placed


def _by_lot(market: Market, plan: Plan, prices: NDArray[np.int64]) -> list[tuple[str, str, int]]:
    """List what is not free."""
    names = _lot_names(market, plan.lots.posts)
    return [(*name, int(price)) for name, price in zip(names, prices, strict=True) if price]


def _prices_of_most(market: Market, plan: Plan) -> list[tuple[str, str, int]]:
    """Prove that no more can be placed: the same prices, where every place is worth 1."""
    lots = plan.lots
    ones = np.ones(lots.allowed.shape, dtype=np.float32)
    most = assign_cohort(ones, lots.allowed, lots.capacities)
    whole = ones.astype(np.int64)
    return _by_lot(market, plan, place_prices(whole, lots.allowed, lots.capacities, most))


def _total(plan: Plan, whole: NDArray[np.int64]) -> int:
    placed = plan.placed
    (who,) = np.nonzero(placed != UNPLACED)
    return int(whole[who, placed[who]].sum())


def _ranks(market: Market, plan: Plan) -> dict[str, dict[str, list[str]]]:
    """List for each graduate the eligible posts, and for each post the graduates, in order."""
    wishes, hires = ranks_of_both(market, plan.values)
    people = [graduate.graduate_id for graduate in market.graduates]
    posts = [post.post_id for post in market.posts]
    return {
        "graduates": {
            who: [posts[i] for i in np.argsort(wishes[row]) if market.eligible[row, i]]
            for row, who in enumerate(people)
        },
        "posts": {
            post: [people[i] for i in np.argsort(hires[:, column]) if market.eligible[i, column]]
            for column, post in enumerate(posts)
        },
    }
