"""Who would be left without a post when codes change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Post, Reference
from recommender.matching.eligibility import Standing, eligible_pairs


def stranded(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    standing: Standing,
    before: Reference,
    after: Reference,
    day: date,
) -> list[str]:
    """List the graduates who lose every eligible post of their trade; ids in their order.

    A post is of a trade where the trade leads to its occupation, or to a group of it.
    """
    if not graduates or not posts:
        return []
    eligible = eligible_pairs(graduates, posts, standing, day)
    had = (eligible & _related(graduates, posts, before)).any(axis=1)
    has = (eligible & _related(graduates, posts, after)).any(axis=1)
    return [graduates[int(row)].graduate_id for row in np.flatnonzero(had & ~has)]


def _related(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
) -> NDArray[np.bool_]:
    trades = sorted({graduate.trade for graduate in graduates})
    codes = sorted({post.occupation_code for post in posts})
    leads = [[bool(reference.leads_to(trade, code)) for code in codes] for trade in trades]
    at_trade = np.searchsorted(trades, [graduate.trade for graduate in graduates])
    at_code = np.searchsorted(codes, [post.occupation_code for post in posts])
    return np.array(leads, dtype=np.bool_)[np.ix_(at_trade, at_code)]
