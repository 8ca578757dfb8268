"""Whom each side would rather have: what it stated at a fair, else by its chances, else by hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Interest, InterestSide
from recommender.matching.board import ChanceBoard
from recommender.matching.candidates import Candidates
from recommender.matching.market import Market
from recommender.model.topk import id_keys, pair_hash

# Whoever is wanted without a rank comes after those with one, and before the rest.
UNRANKED, UNSTATED = np.iinfo(np.int64).max - 1, np.iinfo(np.int64).max
Stated = Mapping[tuple[str, str], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What both sides stated, by graduate and post; None is wanted without a rank."""

    graduates: Stated = field(default_factory=dict)
    enterprises: Stated = field(default_factory=dict)


def gather(interests: Iterable[Interest]) -> Wishes:
    """Take together what was stated at several fairs: of several ranks the first counts."""
    stated: dict[InterestSide, dict[tuple[str, str], int | None]] = {
        side: {} for side in InterestSide
    }
    for each in interests:
        pair = (each.graduate_id, each.post_id)
        known = stated[each.side].get(pair)
        ranks = [rank for rank in (known, each.rank) if rank is not None]
        stated[each.side][pair] = min(ranks, default=None)
    return Wishes(
        graduates=stated[InterestSide.GRADUATE], enterprises=stated[InterestSide.ENTERPRISE]
    )


def ranks_of_both(
    market: Market, shares: NDArray[np.float32], pairs: Candidates, wishes: Wishes
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rank the posts for each graduate and the graduates for each post.

    What a side stated comes first; the rest graduates rank by the chance that they want a
    post, enterprises by the chance that they hire; where only an order is known, by fit and by
    percentile.

    Parameters
    ----------
    shares : float32 array of shape (n_graduates, n_posts)
        From `percentiles`.
    pairs : Candidates
        The eligible pairs of graduates and posts.

    Returns
    -------
    two int64 arrays of shape (n_pairs,)
        0 the first of the pair's graduate; 0 the first of the pair's post.
    """
    wanted: NDArray[np.floating]
    hired: NDArray[np.floating]
    if isinstance(market.board, ChanceBoard):
        chances = market.board.stage_chances_at(market.graduates, pairs.rows, pairs.columns)
        wanted, hired = chances[:, 0], chances[:, 1]
    else:
        wanted = market.scores[pairs.rows, pairs.columns]
        hired = shares[pairs.rows, pairs.columns]
    people = id_keys(graduate.graduate_id for graduate in market.graduates)
    posts = id_keys(post.post_id for post in market.posts)
    ties = pair_hash(people[pairs.rows], posts[pairs.columns])
    of_people = _stated_ranks(market, pairs, wishes.graduates)
    of_posts = _stated_ranks(market, pairs, wishes.enterprises)
    return (
        _places(np.lexsort((ties, -wanted, of_people, pairs.rows)), pairs.rows, pairs.shape[0]),
        _places(np.lexsort((ties, -hired, of_posts, pairs.columns)), pairs.columns, pairs.shape[1]),
    )


def _stated_ranks(market: Market, pairs: Candidates, stated: Stated) -> NDArray[np.int64]:
    row_of = {each.graduate_id: row for row, each in enumerate(market.graduates)}
    column_of = {each.post_id: column for column, each in enumerate(market.posts)}
    here = {
        (row_of[who], column_of[post]): UNRANKED if rank is None else rank
        for (who, post), rank in stated.items()
        if who in row_of and post in column_of and market.eligible[row_of[who], column_of[post]]
    }
    ranks = np.full(len(pairs), UNSTATED)
    if here:
        rows, columns = np.array(list(here)).T
        ranks[pairs.find(rows, columns)] = list(here.values())
    return ranks


def _places(order: NDArray[np.intp], owners: NDArray[np.int32], n_owners: int) -> NDArray[np.int64]:
    """Give the place of each pair among its owner's, from all pairs in order."""
    counts = np.bincount(owners, minlength=n_owners)
    firsts = np.cumsum(counts) - counts
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.arange(len(order)) - firsts[owners[order]]
    return places
