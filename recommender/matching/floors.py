"""The fewest people that agreements promised, held against an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Agreement
from recommender.matching.market import Market
from recommender.matching.reserved import promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """An agreement in force that promised a number of people, some of them of the cohort.

    Attributes
    ----------
    members : int32 array
        Rows of those members who are not served already.
    posts : int32 array
        Columns of the posts where they count.
    n_served
        Members placed, holding a place or gone already: they count as reached.
    """

    agreement_id: str
    floor: int
    n_served: int
    members: NDArray[np.int32]
    posts: NDArray[np.int32]

    def reached(self, placed: NDArray[np.int32]) -> int:
        """Count who is there by an assignment: int32 (n_graduates,), -1 for no post."""
        return self.n_served + int(np.isin(placed[self.members], self.posts).sum())


def floors_of(market: Market, agreements: Iterable[Agreement]) -> tuple[Floor, ...]:
    """List the floors in force of which somebody in the cohort is a member."""
    row_of = {each.graduate_id: row for row, each in enumerate(market.graduates)}
    column_of = {each.post_id: column for column, each in enumerate(market.posts)}
    promised = promises(
        (each for each in agreements if each.floor),
        market.posts,
        market.graduates,
        market.standing,
        market.reference,
        market.day,
    )
    return tuple(
        Floor(
            agreement_id=each.agreement.agreement_id,
            floor=each.agreement.floor or 0,
            n_served=len(each.served),
            members=_indices(row_of[who] for who in each.members - each.served),
            posts=_indices(column_of[post.post_id] for post in each.posts),
        )
        for each in promised
        if each.members
    )


def _indices(found: Iterable[int]) -> NDArray[np.int32]:
    return np.array(sorted(found), dtype=np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorMissed:
    """An agreement whose fewest people are not reached: `reached` of `floor`."""

    agreement_id: str
    floor: int
    reached: int


def floors_missed(floors: Iterable[Floor], placed: NDArray[np.int32]) -> tuple[FloorMissed, ...]:
    """List the floors that an assignment leaves unreached."""
    found = ((each, each.reached(placed)) for each in floors)
    return tuple(
        FloorMissed(agreement_id=each.agreement_id, floor=each.floor, reached=reached)
        for each, reached in found
        if reached < each.floor
    )
