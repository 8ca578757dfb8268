"""The fewest people that agreements promised, held against an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recommender.domain import Agreement
from recommender.matching.candidates import UNPLACED
from recommender.matching.market import Market
from recommender.matching.plan import Plan
from recommender.matching.reserved import promises


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorMissed:
    """An agreement whose fewest people are not reached: `reached` of `floor`."""

    agreement_id: str
    floor: int
    reached: int


def floors_missed(
    market: Market, plan: Plan, agreements: Iterable[Agreement]
) -> tuple[FloorMissed, ...]:
    """List the agreements in force whose members a plan leaves below the floor.

    Those without a member in the cohort are not asked about.
    """
    placed_at = {
        graduate.graduate_id: market.posts[post].post_id
        for graduate, post in zip(market.graduates, plan.placed, strict=True)
        if post != UNPLACED
    }
    missed = []
    for promise in promises(
        (each for each in agreements if each.floor),
        market.posts,
        market.graduates,
        market.standing,
        market.reference,
        market.day,
    ):
        at = {post.post_id for post in promise.posts}
        joining = {who for who in promise.members if placed_at.get(who) in at}
        floor, reached = promise.agreement.floor or 0, len(promise.served | joining)
        if promise.members and reached < floor:
            missed.append(
                FloorMissed(
                    agreement_id=promise.agreement.agreement_id, floor=floor, reached=reached
                )
            )
    return tuple(missed)
