"""An assignment in which no group falls further behind what it could have than it must.

Each group's sum is measured against the largest that it could have if it chose first and alone.
Of all assignments that keep a stated share of the best sum, that one is taken whose worst served
group has the largest share of its own best (Kalai & Smorodinsky 1975, Other solutions to Nash's
bargaining problem).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.matching.assignment import SCALE, assign_cohort, place_prices
from recommender.matching.candidates import UNPLACED, Candidates
from recommender.matching.integral import MILLIONTH, Share, solve_shares
from recommender.matching.relaxed import Relaxed, Sides, relax

KEEPS = 0.95  # of the best sum, unless asked otherwise
SMALLEST = 20  # people; the share of fewer is a matter of one or two of them
WEIGHTS = 100  # weights are whole numbers of so many to one
# The whole share is worth so many times the best sum, so that the sum decides only what it leaves.
FIRST_THE_SHARE = 200
WHOLLY = 1 - 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """People who have something in common: ``kind:label``, and their rows (int32)."""

    name: str
    rows: NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How a group was served.

    Attributes
    ----------
    best
        The largest sum that it could have alone, in billionths; at least 1.
    before, after
        What it has by the largest sum of all, and by this assignment.
    prices : int64 array of shape (n_lots,)
        That prove its best.
    """

    circle: Circle
    best: int
    before: int
    after: int
    prices: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fair:
    """A fair assignment, and what proves how fair any could be.

    Attributes
    ----------
    chosen : int32 array of shape (n_graduates,)
        The lot of each; -1 for none.
    keeps
        The share of the best sum that had to be kept, in millionths.
    best_prices : int64 array of shape (n_lots,)
        That prove the best sum.
    total, without
        Its sum and the best; in billionths, pins not counted.
    share, share_before, bound
        Of its best that the worst served group has: here, by the best sum, and at the most in
        any assignment that keeps as much; millionths.
    weights
        Of groups and of the whole, by which the bound follows with `prices`, in hundredths.
    """

    chosen: NDArray[np.int32]
    keeps: int
    best_prices: NDArray[np.int64]
    total: int
    without: int
    share: int
    share_before: int
    bound: int
    served: tuple[Served, ...]
    weights: tuple[int, ...]
    whole_weight: int
    prices: NDArray[np.int64]


def assign_fairly(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    best: NDArray[np.int32],
    circles: Sequence[Circle],
    keeps: float = KEEPS,
) -> Fair | None:
    """Raise the worst served group as far as the rest allows; None where no group is large enough.

    Parameters
    ----------
    values : int64 array of shape (n_pairs,)
        From `whole_values`.
    capacities : int32 array of shape (n_lots,)
    best : int32 array of shape (n_graduates,)
        The largest sum.
    keeps
        The share of the best sum that is kept, 0 to 1.
    """
    best_prices = place_prices(values, pairs, capacities, best)
    alone = [_alone(values, pairs, capacities, each) for each in circles]
    groups = [each for each in alone if each is not None]
    if not groups:
        return None
    sums = _Sums(values, pairs, [each.circle for each in groups])
    without, before = sums.total(best), sums.of_groups(best)
    needed = -(-round(keeps * MILLIONTH) * without // MILLIONTH)
    start = values / SCALE - best_prices[pairs.columns] / SCALE
    inside = sums.inside
    bests = np.array([each.best for each in groups]) / SCALE

    relaxed = relax(
        values / SCALE,
        pairs,
        capacities,
        start,
        Sides(
            of_pairs=inside,
            of_extras=np.append(-bests, 0)[:, None],
            at_least=np.append(np.zeros(len(groups)), needed / SCALE),
            gains=np.array([FIRST_THE_SHARE * without / SCALE]),
        ),
    )
    chosen = _whole_people(values, pairs, capacities, sums, relaxed, groups, needed)
    if chosen is None or _share(sums.of_groups(chosen), groups) < _share(before, groups):
        chosen = best
    weights, whole_weight, prices, bound = _bound(
        values, pairs, capacities, sums, relaxed, groups, needed
    )
    after = sums.of_groups(chosen)
    return Fair(
        chosen=chosen,
        keeps=round(keeps * MILLIONTH),
        best_prices=best_prices,
        total=sums.total(chosen),
        without=without,
        share=_share(after, groups),
        share_before=_share(before, groups),
        bound=bound,
        served=tuple(
            Served(circle=each.circle, best=each.best, before=was, after=has, prices=each.prices)
            for each, was, has in zip(groups, before, after, strict=True)
        ),
        weights=weights,
        whole_weight=whole_weight,
        prices=prices,
    )


def _alone(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    circle: Circle,
) -> Served | None:
    """Find what a group could have if nobody else was there; None for one too small."""
    mine = np.isin(pairs.rows, circle.rows)
    if len(np.unique(pairs.rows[mine])) < SMALLEST:
        return None
    own, theirs = values[mine], pairs.where(mine)
    chosen = assign_cohort(own, theirs, capacities)
    at = theirs.indices(chosen)
    best = int(own[at[at != UNPLACED]].sum())
    prices = place_prices(own, theirs, capacities, chosen)
    return None if best < 1 else Served(circle=circle, best=best, before=0, after=0, prices=prices)


class _Sums:
    """Adds up what groups, and all together, have."""

    def __init__(
        self, values: NDArray[np.int64], pairs: Candidates, circles: Sequence[Circle]
    ) -> None:
        from scipy.sparse import csr_array

        self._values, self._pairs = values, pairs
        self.members = np.zeros((len(circles) + 1, pairs.shape[0]), dtype=np.bool_)
        for number, circle in enumerate(circles):
            self.members[number, circle.rows] = True
        self.members[-1] = True  # all together
        found, columns = np.nonzero(self.members[:, pairs.rows])
        self.inside = csr_array(
            (values[columns] / SCALE, (found, columns)), shape=(len(circles) + 1, len(pairs))
        )

    def per_person(self, chosen: NDArray[np.int32]) -> NDArray[np.int64]:
        at = self._pairs.indices(chosen)
        return np.where(at == UNPLACED, 0, self._values[np.maximum(at, 0)])

    def of_groups(self, chosen: NDArray[np.int32]) -> list[int]:
        found: list[int] = (self.members[:-1] @ self.per_person(chosen)).tolist()
        return found

    def total(self, chosen: NDArray[np.int32]) -> int:
        return int(self.per_person(chosen).sum())


def _share(sums: Sequence[int], groups: Sequence[Served]) -> int:
    """Give the smallest share of its best that a group has, in millionths."""
    return min(has * MILLIONTH // each.best for has, each in zip(sums, groups, strict=True))


def _whole_people(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    sums: _Sums,
    relaxed: Relaxed,
    groups: Sequence[Served],
    needed: int,
) -> NDArray[np.int32] | None:
    """Keep who is placed whole by the relaxation, and place the few others as fairly as can be."""
    whole = relaxed.shares > WHOLLY
    kept = pairs.chosen(whole)
    is_open = np.ones(pairs.shape[0], dtype=np.bool_)
    is_open[kept != UNPLACED] = False
    left = capacities - np.bincount(kept[kept != UNPLACED], minlength=len(capacities))
    tried = relaxed.tried & is_open[pairs.rows] & (left[pairs.columns] > 0)
    have = sums.per_person(kept)
    found = solve_shares(
        values,
        pairs,
        left.astype(np.int32),
        tried,
        relaxed.shares,
        [
            Share(members=members, has=int(have[members].sum()), best=each.best)
            for members, each in zip(sums.members, groups, strict=False)
        ],
        needed - int(have.sum()),
    )
    if found is None:
        return None
    chosen: NDArray[np.int32] = np.where(kept != UNPLACED, kept, found)
    return chosen


def _bound(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    sums: _Sums,
    relaxed: Relaxed,
    groups: Sequence[Served],
    needed: int,
) -> tuple[tuple[int, ...], int, NDArray[np.int64], int]:
    """Bound the share of the worst served by weights and prices alone, as the checker does.

    The weighted mean of shares is at least the smallest; and no assignment has a larger
    weighted sum than prices allow, less what all together had to have.
    """
    scaled = np.rint(relaxed.rule_prices * WEIGHTS).astype(np.int64)
    # Beside what all had to have, the sum itself counts once.
    weights, whole_weight = tuple(scaled[:-1].tolist()), int(scaled[-1]) + WEIGHTS
    per_person = sums.members[:-1].T.astype(np.int64) @ scaled[:-1] + whole_weight
    prices = np.rint(relaxed.lot_prices * WEIGHTS * SCALE).astype(np.int64)
    above = np.zeros(pairs.shape[0], dtype=np.int64)
    np.maximum.at(above, pairs.rows, values * per_person[pairs.rows] - prices[pairs.columns])
    most = int((capacities * prices).sum()) + int(above.sum()) - whole_weight * needed
    bests = sum(w * each.best for w, each in zip(weights, groups, strict=True))
    bound = MILLIONTH if bests < 1 else min(MILLIONTH, -(-most * MILLIONTH // bests))
    return weights, whole_weight, prices, bound
