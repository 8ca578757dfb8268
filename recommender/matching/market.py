"""One class year and the posts open on a day, side by side: who may take what, at which price.

Every list, assignment and page starts here, so that all of them see the same market.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Post, Reference
from recommender.matching.board import AnyScorer, Board, open_board
from recommender.matching.eligibility import Standing, eligible_pairs, open_places
from recommender.matching.prices import Prices, solve_prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """A cohort and the open posts.

    Attributes
    ----------
    graduates, posts
        In order of their ids; posts are those open on the day, full ones included.
    board
        The published scorer over these posts.
    capacities : int32 array of shape (n_posts,)
        Open places.
    eligible : bool array of shape (n_graduates, n_posts)
    scores : float32 array of shape (n_graduates, n_posts)
        The fit, before any price.
    prices : Prices
    """

    day: date
    reference: Reference
    graduates: tuple[Graduate, ...]
    posts: tuple[Post, ...]
    standing: Standing
    board: Board
    capacities: NDArray[np.int32]
    eligible: NDArray[np.bool_]
    scores: NDArray[np.float32]
    prices: Prices

    def fit_of(self, graduates: Sequence[Graduate]) -> NDArray[np.float32]:
        """Score graduates, of the cohort or not: float32 (n, n_posts)."""
        return self.board.scores(graduates)

    def ordered_scores(self, *, priced: bool) -> NDArray[np.float32]:
        """Give what orders a list: the fit, less the price of each post where asked."""
        return self.scores - self.prices.price.astype(np.float32) if priced else self.scores

    def after(self, standing: Standing) -> Market:
        """Give the same market after further steps; prices and scores stay as they are."""
        return replace(
            self,
            standing=standing,
            capacities=_capacities(self.posts, standing),
            eligible=eligible_pairs(self.graduates, self.posts, standing, self.day),
        )


def open_market(
    scorer: AnyScorer,
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    standing: Standing,
    reference: Reference,
    day: date,
    *,
    published: Mapping[str, tuple[float, float]] | None = None,
) -> Market:
    """Lay a cohort and the posts of a day side by side.

    Parameters
    ----------
    posts
        Those that are not open on the day are left out.
    published
        Prices published with the model; used where they name every open post, else the
        prices are solved for this cohort.
    """
    on_offer = tuple(
        sorted((post for post in posts if post.is_open(day)), key=lambda post: post.post_id)
    )
    cohort = tuple(sorted(graduates, key=lambda graduate: graduate.graduate_id))
    board = open_board(scorer, on_offer, reference, day)
    market = Market(
        day=day,
        reference=reference,
        graduates=cohort,
        posts=on_offer,
        standing=standing,
        board=board,
        capacities=_capacities(on_offer, standing),
        eligible=eligible_pairs(cohort, on_offer, standing, day),
        scores=board.scores(cohort),
        prices=_from_published(on_offer, published or {}),
    )
    if published is not None and all(post.post_id in published for post in on_offer):
        return market
    return replace(market, prices=solve_prices(market.scores, market.eligible, market.capacities))


def _capacities(posts: Sequence[Post], standing: Standing) -> NDArray[np.int32]:
    return np.array([open_places(post, standing) for post in posts], dtype=np.int32)


def _from_published(posts: Sequence[Post], published: Mapping[str, tuple[float, float]]) -> Prices:
    pairs = [published.get(post.post_id, (0.0, 0.0)) for post in posts]
    table = np.array(pairs, dtype=np.float64).reshape(len(posts), 2)
    return Prices(table[:, 0], table[:, 1])
