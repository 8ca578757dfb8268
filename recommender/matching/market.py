"""One class year and the posts open on a day, side by side: who may take what, at which price.

Every list, assignment and page starts here, so that all of them see the same market.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Post, Reference
from recommender.matching.board import AnyScorer, Board, Fit, open_board
from recommender.matching.cover import cover_posts
from recommender.matching.eligibility import Standing, eligible_pairs
from recommender.matching.prices import Prices, solve_prices
from recommender.matching.reserved import cohort_places
from recommender.model.topk import NO_POST, id_keys, top_k

CONGESTION = 1.0  # how much of the price a list takes off unless asked otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """The posts of one graduate, best first.

    Attributes
    ----------
    best : int32 array of shape (at most k,)
        Posts that they may take.
    scores, price : float32 arrays of shape (n_posts,)
        What orders the list, and what was taken off the fit for it.
    """

    best: NDArray[np.int32]
    scores: NDArray[np.float32]
    price: NDArray[np.float32]


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
        Places that the cohort can fill: open ones, and reserved ones as far as members of the
        cohort may take them; see `reserved.cohort_places`.
    eligible : bool array of shape (n_graduates, n_posts)
    scores : float32 array of shape (n_graduates, n_posts)
        The fit, before any price.
    prices : Prices
    solved_from
        What the prices were solved from; None where they were published.
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
    solved_from: Fit | None = None

    def fit_of(self, graduates: Sequence[Graduate]) -> NDArray[np.float32]:
        """Score graduates, of the cohort or not: float32 (n, n_posts)."""
        return self.board.scores(graduates)

    def ordered_scores(self, congestion: float = CONGESTION) -> NDArray[np.float32]:
        """Give what orders a list: the fit, less so much of each post's price (0 to 1)."""
        return self.scores - self.prices.taken_off(self.scores, congestion)

    def dearest(self) -> NDArray[np.float64]:
        """Give the most that each post's price takes off an eligible fit: float64 (n_posts,)."""
        taken = np.where(self.eligible, self.prices.taken_off(self.scores), np.float32(0))
        dearest: NDArray[np.float64] = taken.max(axis=0, initial=0).astype(np.float64)
        return dearest

    def list_of(
        self,
        graduate: Graduate,
        own: Standing,
        k: int,
        congestion: float = CONGESTION,
        *,
        prices: Prices | None = None,
        among: Collection[str] | None = None,
    ) -> OwnList:
        """List the `k` best posts of one graduate, of the cohort or not.

        `own` knows their own steps beside everybody's places; `prices` are the market's unless
        given; `among` leaves only the posts of these ids.
        """
        eligible = eligible_pairs([graduate], self.posts, own, self.day)
        if among is not None:
            eligible &= np.array([post.post_id in among for post in self.posts], dtype=np.bool_)
        fit = self.fit_of([graduate])
        price = (prices or self.prices).taken_off(fit, congestion)
        keys = id_keys([graduate.graduate_id]), id_keys(post.post_id for post in self.posts)
        scores = fit - price
        (best,) = top_k(scores, eligible, k, *keys)
        return OwnList(best=best[best != NO_POST], scores=scores[0], price=price[0])

    def prices_with(self, graduate: Graduate) -> Prices:
        """Give the prices that there would be if one of the cohort were as given.

        Published ones stay, and so does everything for who is not of the cohort.
        """
        ids = [each.graduate_id for each in self.graduates]
        if self.solved_from is None or graduate.graduate_id not in ids:
            return self.prices
        row = ids.index(graduate.graduate_id)
        fit, own = self.solved_from, self.board.fit([graduate])
        scores = _with_row(fit.scores, row, own.scores)
        takes = None
        if fit.takes is not None and own.takes is not None:
            takes = _with_row(fit.takes, row, own.takes)
        may_take = eligible_pairs([graduate], self.posts, self.standing, self.day)
        eligible = _with_row(self.eligible, row, may_take)
        cohort = (*self.graduates[:row], graduate, *self.graduates[row + 1 :])
        capacities = cohort_places(cohort, self.posts, self.standing, eligible)
        return solve_prices(scores, eligible, capacities, takes)

    def lists(self, k: int, congestion: float = CONGESTION) -> NDArray[np.int32]:
        """List everybody's `k` best posts: int32 (n_graduates, k), -1 fills.

        At full congestion together they leave out no post that they could show; see
        `cover_posts`.
        """
        return priced_lists(
            self.ordered_scores(congestion),
            self.eligible,
            k,
            [graduate.graduate_id for graduate in self.graduates],
            [post.post_id for post in self.posts],
            covering=congestion == CONGESTION,
        )

    def after(self, standing: Standing) -> Market:
        """Give the same market after further steps; prices and scores stay as they are."""
        eligible = eligible_pairs(self.graduates, self.posts, standing, self.day)
        return replace(
            self,
            standing=standing,
            capacities=cohort_places(self.graduates, self.posts, standing, eligible),
            eligible=eligible,
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
    fit = board.fit(cohort)
    eligible = eligible_pairs(cohort, on_offer, standing, day)
    capacities = cohort_places(cohort, on_offer, standing, eligible)
    is_published = published is not None and all(post.post_id in published for post in on_offer)
    if published is not None and is_published:
        prices = _from_published(on_offer, published, is_share=board.knows_chances)
    else:
        prices = solve_prices(fit.scores, eligible, capacities, fit.takes)
    return Market(
        day=day,
        reference=reference,
        graduates=cohort,
        posts=on_offer,
        standing=standing,
        board=board,
        capacities=capacities,
        eligible=eligible,
        scores=fit.scores,
        prices=prices,
        solved_from=None if is_published else fit,
    )


def _with_row(array: NDArray[Any], row: int, values: NDArray[Any]) -> NDArray[Any]:
    changed = array.copy()
    changed[row] = values[0]
    return changed


def priced_lists(
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    k: int,
    graduate_ids: Sequence[str],
    post_ids: Sequence[str],
    *,
    covering: bool,
) -> NDArray[np.int32]:
    """List everybody's `k` best posts, as the batch shows them: int32 (n_graduates, k)."""
    keys = id_keys(graduate_ids), id_keys(post_ids)
    lists = top_k(scores, eligible, k, *keys)
    return cover_posts(lists, scores, eligible, *keys) if covering else lists


def _from_published(
    posts: Sequence[Post], published: Mapping[str, tuple[float, float]], *, is_share: bool
) -> Prices:
    table = np.array([published[post.post_id] for post in posts], dtype=np.float64)
    price, applicants = table.reshape(len(posts), 2).T
    return Prices(price, applicants, is_share)
