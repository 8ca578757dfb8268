"""The certificate of a draft: what an officer changed by hand, held to the best there could be.

It says what an assignment's certificate says, but proves no best: rules, places, pins, counts and
reasons are checked, and how much more any other could be worth follows from the prices of the
best sum under the same pins.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.matching.candidates import UNPLACED
from recommender.matching.certificate import OPEN, Document, certificate
from recommender.matching.draft import Draft
from recommender.matching.eligibility import excluded_by, open_places
from recommender.matching.plan import make_plan

HAND = "hand"
LEFT = "place_left"  # of who could take a place that is left


def hand_certificate(draft: Draft) -> Document:
    """Write a draft down with what bounds it.

    Raises
    ------
    Ineligible, PinsConflict
        If what is pinned cannot be kept any more.
    """
    plan = make_plan(draft.market, pins=draft.pins)
    return certificate(draft.market, plan, draft.pins) | {
        "way": HAND,
        "placed": draft.lots,
        "reasons": {
            draft.market.graduates[row].graduate_id: reason
            for row, reason in reasons_without(draft).items()
        },
        "n_placed": draft.n_placed,
        "total": draft.billionths,
    }


def reasons_without(draft: Draft, rows: Iterable[int] | None = None) -> dict[int, str]:
    """Say of each row without a post, or of some of these, why: as `why_unplaced`, or `LEFT`."""
    room = _Room.of(draft)
    (without,) = np.nonzero(draft.placed == UNPLACED)
    wanted = without if rows is None else sorted(set(rows) & set(without.tolist()))
    return {int(row): _reason(draft, int(row), room) for row in wanted}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """Where a place is left: for anybody, bool (n_posts,), and for whom at which columns."""

    anybody: NDArray[np.bool_]
    members: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, draft: Draft) -> _Room:
        used, standing = Counter(draft.lots.values()), draft.market.standing
        members: dict[str, set[int]] = defaultdict(set)
        for column, post in enumerate(draft.market.posts):
            for each in standing.reserved.get(post.post_id, ()):
                if used[post.post_id, each.agreement_id] < each.places:
                    for who in each.members:
                        members[who].add(column)
        return cls(
            anybody=np.array(
                [
                    used[post.post_id, OPEN] < open_places(post, standing)
                    for post in draft.market.posts
                ],
                dtype=np.bool_,
            ),
            members={who: frozenset(columns) for who, columns in members.items()},
        )


def _reason(draft: Draft, row: int, room: _Room) -> str:
    market, graduate = draft.market, draft.market.graduates[row]
    who, able = graduate.graduate_id, market.eligible[row].copy()
    for barred, post_id in draft.pins.barred:
        if barred == who:
            able[[each.post_id for each in market.posts].index(post_id)] = False
    if able.any() and who not in draft.pins.fixed:
        own = room.members.get(who, frozenset())
        return LEFT if (able & room.anybody).any() or able[list(own)].any() else "no_place_left"
    if market.eligible[row].any():
        return "barred"
    if graduate.hired_at_enrolment:
        return "hired_at_enrolment"
    return ";".join(excluded_by(graduate, market.posts, market.standing, market.day))
