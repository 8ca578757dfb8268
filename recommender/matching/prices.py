"""A price per post from everybody's lists: the chance that its places are taken by others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammainc

APPLICATIONS = 3  # posts that one graduate applies to
HIGHEST = 0.999  # no chance of a place is so small that the order behind it no longer counts
SOFTNESS = 0.01  # posts whose worth differs by one in a hundred are nearly alike to a graduate
# Where many people are the same person twice, queues settle only if people see less sharply.
SOFTER = 3.0
N_SOFTER = 5
# Where a score only orders: a tenth of its spread is nearly alike, and one of three is taken.
SOFTNESS_OF_ORDER = 0.1
TAKES_OF_ORDER = 1.0 / 3.0
TOLERANCE = 0.01
N_ROUNDS = 120
# A post's step grows while its queue keeps moving one way and shrinks when it turns round.
FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 0.3, 0.0002, 0.6
LONGEST_MOVE = 0.3  # of the takers there are, in one round
FASTER, SLOWER = 1.1, 0.7
ROUNDS_BETWEEN_LOOKS = 10
N_CANDIDATES = 64  # posts of a graduate looked at; more where prices lead beyond them
_NEVER = np.float32(-1e4)  # worth of a post that is not among the candidates

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prices:
    """What the queue for each post's places costs.

    Attributes
    ----------
    price : float64 array of shape (n_posts,)
        0 to `HIGHEST`: the chance that no place is left, and so the share it takes off a fit
        that is a chance; in units of the score, at least 0, where the fit only orders.
    applicants : float64 array of shape (n_posts,)
        People expected to apply when everybody follows the priced lists, three posts each.
    is_share : bool
        Whether `price` is a share of the fit.
    gap : float
        How far the queues are from those that the prices lead to, as a share of all who are
        expected to take a place; 0 where prices were read.
    """

    price: Doubles
    applicants: Doubles
    is_share: bool = True
    gap: float = 0.0

    @property
    def converged(self) -> bool:
        """Whether the prices are those of the queues they lead to."""
        return self.gap <= TOLERANCE

    def taken_off(self, fit: Floats, congestion: float = 1.0) -> Floats:
        """Give what each pair's fit loses.

        It grows in proportion to the congestion. So the order within a list is by a fit that
        falls in a straight line, and what a graduate's first k posts lose in sum at full
        congestion never rises with it: whichever k are best at more congestion lose no more.

        Parameters
        ----------
        fit : float32 array of shape (n_graduates, n_posts)
        congestion : float
            0 for the fit alone, 1 for the whole price.

        Returns
        -------
        float32 array of the same shape
            At least 0.

        Raises
        ------
        ValueError
            If the congestion is outside 0 to 1.
        """
        if not 0 <= congestion <= 1:
            raise ValueError(f"congestion must be 0 to 1, not {congestion}")
        price = (congestion * self.price).astype(np.float32)
        return fit * price if self.is_share else np.broadcast_to(price, fit.shape)


def solve_prices(
    scores: Floats,
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
    takes: Floats | None = None,
) -> Prices:
    """Find the prices that are the chances of a full post in the queues they lead to.

    Everybody applies to the three posts of most worth: the fit times the chance that a place
    is left. Who applies takes a place with the chance `takes`, unless another of the three
    takes them first; people come independently, so that the takers of a post are Poisson
    around their expected number, and its price is the chance that as many as it has places
    have come. At a tie people divide evenly, and posts nearly alike are nearly tied
    (`SOFTNESS`), so that queues move smoothly with prices, prices are bounded, and a fixed
    point exists, also for people with few posts and more people than places (Brouwer).
    Where everybody who may take a post finds room there, it has no price.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
        Chances, 0 to 1, where `takes` is given; else they only order.
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
        Open places, at least 0.
    takes : float32 array of shape (n_graduates, n_posts) or None
        Chance that an applicant takes a free place, 0 to 1. Without it, prices are in units of
        the score, whose typical spread in a list counts as a factor e of worth.

    Returns
    -------
    Prices
        In damped steps, a step for each post, until the gap is within `TOLERANCE`; where
        `N_ROUNDS` do not lead there, for people who choose three times less sharply.

    References
    ----------
    Azevedo and Leshno (2016), A supply and demand framework for two-sided matching markets,
    Journal of Political Economy 124(5), for prices of places as chances to be let in;
    steps as in Riedmiller and Braun (1993), RPROP.
    """
    n_posts = scores.shape[1]
    open_pairs = eligible & (capacities > 0)[None, :]
    people = open_pairs.any(axis=1)
    is_share = takes is not None
    if not people.any():
        return Prices(np.zeros(n_posts), np.zeros(n_posts), is_share)
    open_pairs = open_pairs[people]
    if takes is None:
        unit = _spread(scores[people], open_pairs)
        worth = scores[people] / np.float32(unit)
        taking = np.full(worth.shape, TAKES_OF_ORDER, dtype=np.float32)
    else:
        unit = 1.0
        worth = np.log(np.maximum(scores[people], np.float32(1e-9)))
        taking = takes[people]
    softness = SOFTNESS if is_share else SOFTNESS_OF_ORDER
    queues = _Queues(worth, taking, open_pairs, capacities, softness)
    queues.settle()
    full = queues.full()
    price = full if is_share else -unit * np.log1p(-full)
    return Prices(price, queues.applicants, is_share, queues.gap)


def _spread(scores: Floats, eligible: NDArray[np.bool_]) -> float:
    """Give the median spread of a graduate's scores, over those who have a choice."""
    best = scores.max(axis=1, where=eligible, initial=-np.inf)
    choosing = best > scores.min(axis=1, where=eligible, initial=np.inf)
    if not choosing.any():
        return 1.0
    return float(np.median(scores[choosing].std(axis=1, where=eligible[choosing])))


class _Queues:
    """Everybody's candidates, and the takers expected at every post."""

    def __init__(
        self,
        worth: Floats,
        taking: Floats,
        eligible: NDArray[np.bool_],
        capacities: NDArray[np.int32],
        softness: float,
    ) -> None:
        self._softness = softness
        self._worth = np.where(eligible, worth, _NEVER)
        # A list's best is worth 0: an order's scores may be of any size.
        self._worth -= self._worth.max(axis=1, keepdims=True)
        self._worth[~eligible] = _NEVER
        self._taking = taking
        self._places = np.maximum(capacities, 1).astype(np.float64)
        self._scarce = eligible.sum(axis=0) > capacities
        self._takers = np.zeros(worth.shape[1])
        self.applicants = np.zeros(worth.shape[1])
        self.gap = np.inf
        self._look_at(N_CANDIDATES)

    def full(self) -> Doubles:
        """Give each post's chance that its places are taken, float64 (n_posts,)."""
        full = np.minimum(gammainc(self._places, self._takers), HIGHEST)
        return np.where(self._scarce, full, 0.0)

    def settle(self) -> None:
        """Find queues that stay as they are, as sharply as people can be taken to choose."""
        for _ in range(N_SOFTER):
            self._move()
            if self.gap <= TOLERANCE:
                break
            self._softness *= SOFTER

    def _move(self) -> None:
        """Move the takers towards those that their prices lead to."""
        step = np.full(len(self._takers), FIRST_STEP)
        before = np.zeros(len(self._takers))
        for n_rounds in range(1, N_ROUNDS + 1):
            takers = self._led_to()
            off = takers - self._takers
            self.gap = float(np.abs(off).sum() / max(1e-9, takers.sum()))
            done = self.gap <= TOLERANCE
            if done or n_rounds % ROUNDS_BETWEEN_LOOKS == 0:
                done = not self._look_further() and done
            if done:
                break
            step *= np.where(off * before < 0, SLOWER, FASTER)
            np.clip(step, SMALLEST_STEP, LARGEST_STEP, out=step)
            before = off
            longest = LONGEST_MOVE * (self._takers + np.sqrt(self._places))
            self._takers = self._takers + np.clip(step * off, -longest, longest)

    def _look_at(self, n_candidates: int) -> None:
        """Keep each graduate's posts of most worth before any price."""
        n_posts = self._worth.shape[1]
        self._n = min(n_candidates, n_posts)
        if self._n < n_posts:
            cut = n_posts - self._n
            self._posts = np.argpartition(self._worth, cut, axis=1)[:, cut:]
        else:
            self._posts = np.broadcast_to(np.arange(n_posts), self._worth.shape)
        self._near = np.take_along_axis(self._worth, self._posts, axis=1)
        self._chance = np.take_along_axis(self._taking, self._posts, axis=1)

    def _look_further(self) -> bool:
        """Look at twice as many posts where one that was left out may be among the best three."""
        if self._n >= self._worth.shape[1]:
            return False
        left_out = self._near.min(axis=1)
        priced = self._priced()
        third = np.partition(priced, -APPLICATIONS, axis=1)[:, -APPLICATIONS]
        if not ((left_out > _NEVER / 2) & (left_out > third - 5 * self._softness)).any():
            return False
        self._look_at(2 * self._n)
        return True

    def _priced(self) -> Floats:
        room = np.log1p(-self.full()).astype(np.float32)
        priced: Floats = self._near + room[self._posts]
        return priced

    def _led_to(self) -> Doubles:
        """Give the takers expected at every post when people follow its prices."""
        applies = first_of(self._priced(), APPLICATIONS, self._softness)
        applies[self._near <= _NEVER / 2] = 0
        takes = applies * self._chance
        room = (1 - self.full()).astype(np.float32)
        n_places = (takes * room[self._posts]).sum(axis=1, dtype=np.float64)
        # Of n places offered, Poisson again, one is taken where there is any.
        one_of = -np.expm1(-n_places) / np.maximum(n_places, 1e-9)
        flat, n_posts = self._posts.ravel(), len(self._takers)
        self.applicants = _sums(flat, applies, n_posts)
        return _sums(flat, takes * one_of[:, None], n_posts)


def _sums(posts: NDArray[np.intp], of: NDArray[np.floating[Any]], n_posts: int) -> Doubles:
    sums: Doubles = np.bincount(posts, of.ravel(), n_posts).astype(np.float64)
    return sums


def first_of(worth: Floats, k: int, softness: float) -> Floats:
    """Say how much each entry belongs to the best `k` of its row: 0 to 1, `k` in sum.

    A logistic step around the level at which the sum is `k`: between the entries on either
    side of the cut, and found by Newton's method, within bounds, where several are near it.
    """
    n_entries = worth.shape[1]
    if n_entries <= k:
        return np.ones_like(worth)
    cut = np.partition(worth, (n_entries - k - 1, n_entries - k), axis=1)
    above, below = cut[:, n_entries - k], cut[:, n_entries - k - 1]
    level: Floats = (above + below) / np.float32(2)
    share: Floats = expit((worth - level[:, None]) / np.float32(softness))
    off = np.abs(share.sum(axis=1) - k) > TOLERANCE / 10
    (rows,) = np.nonzero(off & (below > _NEVER / 2))
    if len(rows):
        share[rows] = _levelled(worth[rows], below[rows], above[rows], k, softness)
    return share


def _levelled(worth: Floats, below: Floats, above: Floats, k: int, softness: float) -> Floats:
    """Find each row's level by Newton's method, halving the bounds where that leaves them."""
    level: Floats = (above + below) / np.float32(2)
    margin = np.float32(softness * np.log(worth.shape[1]))
    low, high = below - margin, above + margin
    soft = np.float32(softness)
    share: Floats = expit((worth - level[:, None]) / soft)
    for _ in range(20):
        over = share.sum(axis=1) - k
        if (np.abs(over) <= TOLERANCE / 10).all():
            break
        low, high = np.where(over > 0, level, low), np.where(over <= 0, level, high)
        slope = np.maximum((share * (1 - share)).sum(axis=1), np.float32(1e-6))
        level = level + soft * over / slope
        level = np.where((level > low) & (level < high), level, (low + high) / np.float32(2))
        share = expit((worth - level[:, None]) / soft)
    return share
