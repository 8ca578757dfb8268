"""Everything that somebody else needs to check an assignment, as one document of JSON.

It states the facts that the rules ask for, what was chosen, and a proof: prices of places for
the largest sum, both sides' ranks for a stable one. `recommender/checker.py` reads it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Post
from recommender.matching.assignment import SCALE, place_prices, whole_values
from recommender.matching.candidates import UNPLACED, Candidates
from recommender.matching.fair import Fair
from recommender.matching.kept_floors import Kept, Node
from recommender.matching.market import Market
from recommender.matching.plan import BEST, Pins, Plan, why_unplaced
from recommender.matching.wishes import Stated, Wishes, ranks_of_both

Document = dict[str, object]
OPEN, HELD = "open", "held"


def certificate(
    market: Market, plan: Plan, pins: Pins | None = None, wishes: Wishes | None = None
) -> Document:
    """Write an assignment down with what proves it.

    Returns
    -------
    dict
        As the contract page describes it; values and prices are billionths.
    """
    pins = pins or Pins()
    pairs = Candidates.of(market.eligible)
    whole = whole_values(plan.values[pairs.rows, pairs.columns])
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
        "values": _values(market, pairs, whole),
        "placed": _placed(market, plan),
        "reasons": {
            market.graduates[row].graduate_id: why_unplaced(market, plan, int(row))
            for row in np.flatnonzero(plan.placed == UNPLACED)
        },
        "n_placed": plan.n_placed,
        "most": plan.most,
        "most_prices": _prices(
            market, plan, np.ones(len(plan.lots.pairs), dtype=np.int64), plan.widest
        ),
        "total": int(whole[_taken(pairs, plan)].sum()),
    }
    if plan.fair is not None:
        document["fair"] = _fair(market, plan, plan.fair)
    elif plan.kept is not None:
        document |= _with_floors(market, plan, plan.kept)
    elif plan.way == BEST:
        document["prices"] = _prices(market, plan, plan.pair_values, plan.chosen)
    else:
        document |= _ranks(market, plan, pairs, wishes or Wishes())
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
        "vetoed": sorted(market.standing.vetoed.get(who, ())),
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
        "paused": post.credit_code in market.standing.paused,
        "confirmed": market.standing.confirmed.get(post.post_id, 0),
        "held": sorted(market.standing.held.get(post.post_id, ())),
        "reserved": [
            {"agreement": each.agreement_id, "places": each.places, "members": sorted(each.members)}
            for each in market.standing.reserved.get(post.post_id, ())
        ],
    }


def _values(
    market: Market, pairs: Candidates, whole: NDArray[np.int64]
) -> dict[str, dict[str, int]]:
    ids = [post.post_id for post in market.posts]
    values: dict[str, dict[str, int]] = {each.graduate_id: {} for each in market.graduates}
    of_row = list(values.values())
    for row, column, value in zip(
        pairs.rows.tolist(), pairs.columns.tolist(), whole.tolist(), strict=True
    ):
        of_row[row][ids[column]] = value
    return values


def _taken(pairs: Candidates, plan: Plan) -> NDArray[np.int64]:
    at = pairs.indices(plan.placed)
    taken: NDArray[np.int64] = at[at != UNPLACED]
    return taken


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


def _prices(
    market: Market, plan: Plan, values: NDArray[np.int64], found: NDArray[np.int32]
) -> list[tuple[str, str, int]]:
    """List what is not free: it proves that `found` has the largest sum of `values`.

    Where every place is worth 1, no more can be placed.
    """
    lots = plan.lots
    prices = place_prices(values, lots.pairs, lots.capacities, found)
    return _not_free(_lot_names(market, lots.posts), prices)


def _with_floors(market: Market, plan: Plan, kept: Kept) -> Document:
    """State the floors, and the prices from which the bound follows."""
    floors = plan.floors
    people = [graduate.graduate_id for graduate in market.graduates]
    posts = [post.post_id for post in market.posts]
    return {
        "floors_way": None if floors is None else floors.way,
        "floors": [
            {
                "agreement": each.agreement_id,
                "floor": each.floor,
                "served": each.n_served,
                "members": [people[row] for row in each.members],
                "posts": [posts[column] for column in each.posts],
            }
            for each in (floors.of if floors else ())
        ],
        "proof": _proof(_lot_names(market, plan.lots.posts), kept.proof),
        "bound": kept.proof.bound,
        "solver_bound": kept.proved,
    }


def _fair(market: Market, plan: Plan, fair: Fair) -> Document:
    """State the groups, the best of each, and the weights from which the bound follows."""
    names = _lot_names(market, plan.lots.posts)
    people = [graduate.graduate_id for graduate in market.graduates]
    return {
        "keeps": fair.keeps,
        "best_prices": _not_free(names, fair.best_prices),
        "groups": [
            {
                "name": each.circle.name,
                "members": [people[row] for row in each.circle.rows],
                "prices": _not_free(names, each.prices),
                "weight": weight,
            }
            for each, weight in zip(fair.served, fair.weights, strict=True)
        ],
        "whole_weight": fair.whole_weight,
        "prices": _not_free(names, fair.prices),
        "share": fair.share,
        "bound": fair.bound,
    }


def _proof(names: Sequence[tuple[str, str]], node: Node) -> Document:
    if node.children:
        goes, stays = (_proof(names, child) for child in node.children)
        return {"fork": node.fork, "goes": goes, "stays": stays}
    return {
        "prices": _not_free(names, node.lot_prices),
        "floor_prices": {name: price for name, price in node.floor_prices.items() if price},
    }


def _not_free(
    names: Sequence[tuple[str, str]], prices: NDArray[np.int64]
) -> list[tuple[str, str, int]]:
    return [(*name, int(price)) for name, price in zip(names, prices, strict=True) if price]


def _ranks(market: Market, plan: Plan, pairs: Candidates, wishes: Wishes) -> Document:
    """List for each graduate the eligible posts, for each post the graduates, in order.

    Beside them, what either side stated itself, which comes first in its list.
    """
    wished, hired = ranks_of_both(market, plan.values, pairs, wishes)
    people = [graduate.graduate_id for graduate in market.graduates]
    posts = [post.post_id for post in market.posts]
    listed: dict[str, dict[str, list[str]]] = {
        "graduates": {who: [] for who in people},
        "posts": {post: [] for post in posts},
    }
    for pair in np.lexsort((wished, pairs.rows)).tolist():
        listed["graduates"][people[pairs.rows[pair]]].append(posts[pairs.columns[pair]])
    for pair in np.lexsort((hired, pairs.columns)).tolist():
        listed["posts"][posts[pairs.columns[pair]]].append(people[pairs.rows[pair]])
    known = set(people), set(posts)
    return {
        "ranks": listed,
        "stated": {
            "graduates": _stated(wishes.graduates, *known),
            "posts": _stated(wishes.enterprises, *known),
        },
    }


def _stated(stated: Stated, people: set[str], posts: set[str]) -> list[tuple[str, str, int | None]]:
    return [
        (who, post, rank)
        for (who, post), rank in sorted(stated.items())
        if who in people and post in posts
    ]
