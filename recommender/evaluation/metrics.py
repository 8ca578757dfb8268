"""How good ranked lists are: for the person who reads one, and for the market they make together.

Arrays in, arrays out. The unit is a person: every average is over graduates, and every
interval comes from drawing graduates, or whole colleges, again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from recommender.model.topk import NO_POST

# Each list makes this many applications, and a post is crowded above so many per place.
APPLICATIONS = 3
CROWDED = 5.0

# With fewer colleges than this, drawing whole colleges gives an interval that means little.
ENOUGH_COLLEGES = 10

_LEVELS = (0.025, 0.5, 0.975)


@dataclass(frozen=True, slots=True)
class Interval:
    """A measured value and its 95 % interval; NaN where nothing could be measured."""

    value: float
    low: float
    high: float


def ndcg_at_k(ranked: NDArray[np.int32], gains: NDArray[np.float32], k: int) -> NDArray[np.float64]:
    """Measure how near the top each graduate's best posts were ranked.

    A pair whose gain is unknown is neither candidate nor hit: the list closes up over it and
    the best possible list does without it. So `ranked` may be longer than `k`, and is cut
    after the first `k` posts whose gain is known.

    Parameters
    ----------
    ranked : int32 array of shape (n_graduates, n_ranked)
        Post indices, best first, each at most once in a row; -1 fills a row.
    gains : float32 array of shape (n_graduates, n_posts)
        What a post is worth to a graduate, 0 or more; NaN where that is unknown or the pair
        was no candidate.
    k : int
        How many places to look at, from 1 to `n_ranked`.

    Returns
    -------
    float64 array of shape (n_graduates,)
        0 (none found) to 1 (in the best order possible); NaN where no gain is known to be
        above 0, so that unknown outcomes are left out of a mean and not counted as misses.

    Raises
    ------
    ValueError
        If `k` is outside 1 to `n_ranked`, or a gain is negative or infinite.

    References
    ----------
    Järvelin and Kekäläinen (2002), ACM TOIS 20(4): gain as it stands, discount
    log2(rank + 1). Sakai (2007), SIGIR, doi 10.1145/1277741.1277756: lists condensed to
    what was judged.
    """
    found, place = _found_gains(ranked, gains, k)
    reached = (found * _discount(place)).sum(axis=1)
    best_gains = _largest(np.nan_to_num(gains, nan=0.0), k)
    best = (best_gains * _discount(np.arange(1, best_gains.shape[1] + 1))).sum(axis=1)
    return _share(reached, best)


def recall_at_k(
    ranked: NDArray[np.int32], gains: NDArray[np.float32], k: int
) -> NDArray[np.float64]:
    """Measure which share of each graduate's posts with a gain was ranked in the first `k`.

    Parameters
    ----------
    ranked : int32 array of shape (n_graduates, n_ranked)
    gains : float32 array of shape (n_graduates, n_posts)
    k : int
        All three as for `ndcg_at_k`; a post is relevant where its gain is above 0.

    Returns
    -------
    float64 array of shape (n_graduates,)
        0 to 1; NaN where no gain is known to be above 0. Below 1 by necessity for a graduate
        with more than `k` relevant posts.

    Raises
    ------
    ValueError
        As for `ndcg_at_k`.
    """
    found, _ = _found_gains(ranked, gains, k)
    return _share((found > 0).sum(axis=1), (gains > 0).sum(axis=1))


def _found_gains(
    ranked: NDArray[np.int32], gains: NDArray[np.float32], k: int
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Gain and place of every listed post: 0 beyond the first `k` posts whose gain is known."""
    if not 1 <= k <= ranked.shape[1]:
        raise ValueError(f"k must be from 1 to {ranked.shape[1]}, not {k}")
    if np.isinf(gains).any() or (gains < 0).any():
        raise ValueError("a gain is 0 or more, or NaN where it is unknown")
    if gains.shape[1] == 0:
        return np.zeros(ranked.shape), np.ones(ranked.shape, dtype=np.intp)
    listed = ranked != NO_POST
    gain = np.take_along_axis(gains, np.where(listed, ranked, 0), axis=1).astype(np.float64)
    known = listed & ~np.isnan(gain)
    place = np.cumsum(known, axis=1)
    # A post before the first known one has place 0; its gain is 0, so any discount will do.
    return np.where(known & (place <= k), gain, 0.0), np.maximum(place, 1)


def _discount(place: NDArray[np.intp]) -> NDArray[np.float64]:
    return 1.0 / np.log2(place.astype(np.float64) + 1.0)


def _largest(values: NDArray[np.float32], k: int) -> NDArray[np.float64]:
    """Give the `k` largest values of each row, largest first."""
    width = min(k, values.shape[1])
    if width == 0:
        return np.zeros((len(values), 0))
    cut = values.shape[1] - width
    largest = np.partition(values, cut, axis=1)[:, cut:].astype(np.float64)
    largest.sort(axis=1)
    return largest[:, ::-1]


def reachable_posts(
    eligible: NDArray[np.bool_], capacities: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Find the posts that have an open place and an eligible graduate.

    Parameters
    ----------
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
        Open places, 0 or more.

    Returns
    -------
    bool array of shape (n_posts,)
        The posts that market figures are about.
    """
    return eligible.any(axis=0) & (capacities > 0)


def coverage(
    shown: NDArray[np.bool_], capacities: NDArray[np.int32], reachable: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Measure the share of open places at posts that stand in anybody's list.

    Parameters
    ----------
    shown : bool array of shape (..., n_posts)
        True where at least one list holds the post.
    capacities : int32 array of shape (n_posts,)
    reachable : bool array of shape (n_posts,)
        From `reachable_posts`: what is counted.

    Returns
    -------
    float64 array of shape (...,)
        0 to 1; NaN where no post is reachable.
    """
    places = np.where(reachable, capacities, 0).astype(np.float64)
    return _share(shown @ places, places.sum())


def attainable_coverage(
    n_slots: int, capacities: NDArray[np.int32], reachable: NDArray[np.bool_]
) -> float:
    """Bound the coverage of lists with `n_slots` entries in all, by counting alone.

    Parameters
    ----------
    n_slots : int
        Entries of all lists together, 0 or more.
    capacities : int32 array of shape (n_posts,)
    reachable : bool array of shape (n_posts,)

    Returns
    -------
    float
        Share of places at the `n_slots` posts with the most places, 0 to 1: nobody can cover
        more. NaN where no post is reachable.
    """
    places = np.sort(capacities[reachable].astype(np.float64))[::-1]
    return float(_share(places[:n_slots].sum(), places.sum()))


def expected_applicants(
    ranked: NDArray[np.int32], n_posts: int, depth: int = APPLICATIONS
) -> NDArray[np.int64]:
    """Count the applicants of each post when everybody applies to the top of their list.

    Parameters
    ----------
    ranked : int32 array of shape (n_graduates, n_ranked)
        Post indices, best first; -1 fills a row.
    n_posts : int
    depth : int
        Applications per graduate, at least 1; a shorter list makes as many as it has posts.

    Returns
    -------
    int64 array of shape (n_posts,)
        0 to `n_graduates`.
    """
    top = ranked[:, :depth]
    return np.bincount(top[top != NO_POST], minlength=n_posts)


def gini(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure how unevenly something is spread over people or places.

    Exposure per place has applicants ÷ places as `values` and places as `weights`: a post with
    sixty places is sixty places, and 0 means that every place has as many applicants.

    Parameters
    ----------
    values : float64 array of shape (..., n)
        0 or more.
    weights : float64 array of shape (n,)
        How many each value stands for; above 0.

    Returns
    -------
    float64 array of shape (...,)
        0 (all alike) to nearly 1 (one has everything); NaN where the sum is 0.

    References
    ----------
    Gini (1912), as twice the area between the Lorenz curve and the diagonal; the curve is
    made of straight pieces, one for each value.
    """
    order = np.argsort(values, axis=-1)
    weight = weights[order]
    amount = np.take_along_axis(values, order, axis=-1) * weight
    total = amount.sum(axis=-1)
    upper = np.cumsum(amount, axis=-1)
    area = (weight * (2 * upper - amount)).sum(axis=-1)
    unequal = 1.0 - _share(area, total * weights.sum())
    # Rounding leaves a crumb below 0 where all values are alike.
    return np.asarray(np.maximum(unequal, 0.0))


def exposure_gini(
    applicants: NDArray[np.float64],
    capacities: NDArray[np.int32],
    reachable: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Measure how unevenly applicants are spread over open places; see `gini`.

    Parameters
    ----------
    applicants : float64 array of shape (..., n_posts)
        Expected applicants of each post.
    capacities : int32 array of shape (n_posts,)
    reachable : bool array of shape (n_posts,)

    Returns
    -------
    float64 array of shape (...,)
        0 to nearly 1; NaN where nobody applies.
    """
    places = capacities[reachable].astype(np.float64)
    return gini(applicants[..., reachable] / places, places)


def crowded_share(
    applicants: NDArray[np.float64],
    capacities: NDArray[np.int32],
    reachable: NDArray[np.bool_],
    limit: float = CROWDED,
) -> NDArray[np.float64]:
    """Measure the share of posts with more than `limit` expected applicants per place.

    Parameters
    ----------
    applicants : float64 array of shape (..., n_posts)
    capacities : int32 array of shape (n_posts,)
    reachable : bool array of shape (n_posts,)
    limit : float
        Applicants per place; a post at the limit is not above it.

    Returns
    -------
    float64 array of shape (...,)
        0 to 1; NaN where no post is reachable.
    """
    above = applicants[..., reachable] > limit * capacities[reachable]
    return _share(above.sum(axis=-1), reachable.sum())


def _share(part: ArrayLike, whole: ArrayLike) -> NDArray[np.float64]:
    """Divide; NaN where the whole is 0."""
    parts, wholes = np.broadcast_arrays(
        np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    )
    shares = np.full(parts.shape, np.nan)
    np.divide(parts, wholes, out=shares, where=wholes > 0)
    return shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What lists do to the market; see the functions of the same names.

    Attributes
    ----------
    attainable
        `attainable_coverage` of lists as long as these.
    pressure
        Applications of all lists ÷ places at reachable posts: where the mean is high,
        crowding is nobody's fault.
    n_lists
        Graduates with at least one post in their list.
    """

    coverage: float
    attainable: float
    gini: float
    overfull: float
    pressure: float
    n_lists: int


def exposure(
    ranked: NDArray[np.int32], eligible: NDArray[np.bool_], capacities: NDArray[np.int32]
) -> Exposure:
    """Measure coverage, evenness and crowding of lists at once.

    Parameters
    ----------
    ranked : int32 array of shape (n_graduates, n_ranked)
        The lists as people see them.
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
        Open places, 0 or more.

    Returns
    -------
    Exposure
        Its shares are 0 to 1, or NaN where no post is reachable or nobody applies.
    """
    n_posts = len(capacities)
    reachable = reachable_posts(eligible, capacities)
    applicants = expected_applicants(ranked, n_posts).astype(np.float64)
    shown = expected_applicants(ranked, n_posts, ranked.shape[1]) > 0
    n_slots = int(np.minimum(eligible.sum(axis=1), ranked.shape[1]).sum())
    places = capacities[reachable].sum()
    return Exposure(
        coverage=float(coverage(shown, capacities, reachable)),
        attainable=attainable_coverage(n_slots, capacities, reachable),
        gini=float(exposure_gini(applicants, capacities, reachable)),
        overfull=float(crowded_share(applicants, capacities, reachable)),
        pressure=float(_share(applicants.sum(), places)),
        n_lists=int((ranked != NO_POST).any(axis=1).sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Resamples:
    """How often each graduate, or each college with all of its graduates, is drawn.

    The same draws serve every contender, which is what makes their differences paired.

    Attributes
    ----------
    counts : float32 array of shape (n_resamples, n_units)
        Times a unit is drawn; each row adds up to `n_units`.
    unit_of : intp array of shape (n_graduates,)
        The unit of each graduate.
    by_college
        Whether a unit is a college.
    """

    counts: NDArray[np.float32]
    unit_of: NDArray[np.intp]
    by_college: bool

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Average over the graduates of each draw.

        Parameters
        ----------
        values : float64 array of shape (n_graduates,) or (n_graduates, n_columns)
            NaN is left out.

        Returns
        -------
        float64 array of shape (n_resamples,) or (n_resamples, n_columns)
            NaN where a draw holds no value.
        """
        counts = self.counts.astype(np.float64)
        known = ~np.isnan(values)
        sums = counts @ self._by_unit(np.where(known, values, 0.0))
        return _share(sums, counts @ self._by_unit(known.astype(np.float64)))

    def applicants(
        self, ranked: NDArray[np.int32], n_posts: int, depth: int = APPLICATIONS
    ) -> NDArray[np.float64]:
        """Count the expected applicants of each post in each draw.

        Parameters
        ----------
        ranked : int32 array of shape (n_graduates, n_ranked)
        n_posts, depth : int
            As for `expected_applicants`.

        Returns
        -------
        float64 array of shape (n_resamples, n_posts)
            0 or more.
        """
        top = ranked[:, :depth]
        row, place = np.nonzero(top != NO_POST)
        by_unit = sparse.coo_array(
            (np.ones(len(row), dtype=np.float32), (self.unit_of[row], top[row, place])),
            shape=(self.counts.shape[1], n_posts),
        ).tocsr()
        return np.asarray((by_unit.T @ self.counts.T).T, dtype=np.float64)

    def _by_unit(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self.by_college:
            return values
        sums = np.zeros((self.counts.shape[1], *values.shape[1:]))
        np.add.at(sums, self.unit_of, values)
        return sums


def resample(colleges: NDArray[np.str_], *, n_resamples: int = 1000, seed: int) -> Resamples:
    """Draw graduates with replacement; whole colleges where there are ten or more.

    Graduates of one college resemble each other, so drawing them one by one would promise
    narrower intervals than another year's colleges would keep.

    Parameters
    ----------
    colleges : str array of shape (n_graduates,)
        The college of each graduate.
    n_resamples : int
        At least 1.
    seed : int
        Equal seeds and colleges give equal draws.

    Returns
    -------
    Resamples

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap; Cameron, Gelbach and Miller
    (2008), Review of Economics and Statistics 90(3), on drawing whole clusters.
    """
    if n_resamples < 1:
        raise ValueError(f"n_resamples must be at least 1, not {n_resamples}")
    names, college_of = np.unique(colleges, return_inverse=True)
    by_college = len(names) >= ENOUGH_COLLEGES
    unit_of = college_of if by_college else np.arange(len(colleges))
    n_units = len(names) if by_college else len(colleges)
    rng = np.random.default_rng(seed)
    counts = np.empty((n_resamples, n_units), dtype=np.float32)
    for row in counts:
        row[:] = np.bincount(rng.integers(0, n_units, n_units), minlength=n_units)
    return Resamples(counts=counts, unit_of=unit_of.astype(np.intp), by_college=by_college)


def mean_interval(value: float, resampled: NDArray[np.float64]) -> Interval:
    """Give a mean its 95 % interval: the middle of what the draws gave.

    Parameters
    ----------
    value : float
        Measured on everybody.
    resampled : float64 array of shape (n_resamples,)
        Measured on each draw; NaN is left out.

    Returns
    -------
    Interval
        NaN throughout where no draw gave a number.

    References
    ----------
    Efron and Tibshirani (1993), chapter 13: the percentile interval.
    """
    known = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(known):
        return Interval(np.nan, np.nan, np.nan)
    low, _, high = np.quantile(known, _LEVELS)
    # One value only: its draws differ from it in the last digit.
    return Interval(float(value), min(float(low), value), max(float(high), value))


def market_interval(value: float, resampled: NDArray[np.float64], lowest: float = 0.0) -> Interval:
    """Give a market figure its 95 % interval: the spread of the draws, moved onto the value.

    A draw repeats some lists and lacks others, so it covers fewer posts and spreads less
    evenly than the cohort itself. Only the spread of the draws is to be believed, not where
    they lie.

    Parameters
    ----------
    value : float
        Measured on everybody, from `lowest` to 1.
    resampled : float64 array of shape (n_resamples,)
        Measured on each draw; NaN is left out.
    lowest : float
        0 for a share, -1 for a difference of shares.

    Returns
    -------
    Interval
        Within `lowest` to 1 and around the value; NaN throughout where no draw gave a number.
    """
    known = resampled[~np.isnan(resampled)]
    if np.isnan(value) or not len(known):
        return Interval(np.nan, np.nan, np.nan)
    low, middle, high = np.quantile(known, _LEVELS)
    return Interval(
        float(value),
        float(max(lowest, value + low - middle)),
        float(min(1.0, value + high - middle)),
    )


def score_spread(scores: NDArray[np.float32], eligible: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Measure how far apart each graduate's best and worst eligible post are scored.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
        Finite wherever `eligible` is True.
    eligible : bool array of shape (n_graduates, n_posts)

    Returns
    -------
    float64 array of shape (n_graduates,)
        0 or more; NaN where fewer than two posts are eligible, since there is nothing to order.
    """
    if scores.shape[1] == 0:
        return np.full(len(scores), np.nan)
    high = np.where(eligible, scores, -np.inf).max(axis=1)
    low = np.where(eligible, scores, np.inf).min(axis=1)
    spread = np.full(len(scores), np.nan)
    np.subtract(high, low, out=spread, where=eligible.sum(axis=1) >= 2, dtype=np.float64)
    return spread


def list_faults(
    ranked: NDArray[np.int32], eligible: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], int]:
    """Check lists against the rules and against each graduate's number of eligible posts.

    Parameters
    ----------
    ranked : int32 array of shape (n_graduates, n_ranked)
        Post indices, -1 or 0 to `n_posts` - 1.
    eligible : bool array of shape (n_graduates, n_posts)
        From the rules, not from whatever made the lists.

    Returns
    -------
    full : bool array of shape (n_graduates,)
        True where the list holds `n_ranked` different eligible posts, or all there are.
    n_forbidden : int
        Entries that a rule forbids.
    """
    row, place = np.nonzero(ranked != NO_POST)
    post = ranked[row, place]
    allowed = eligible[row, post]
    listed = np.zeros(eligible.shape, dtype=np.bool_)
    listed[row[allowed], post[allowed]] = True
    wanted = np.minimum(eligible.sum(axis=1), ranked.shape[1])
    return listed.sum(axis=1) == wanted, int((~allowed).sum())
