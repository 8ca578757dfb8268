"""The linear relaxation of a cohort's assignment with rules on groups of pairs; its prices.

Prices prove a bound for whole people too: nobody needs to believe the solver (weak duality).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recommender.matching.candidates import Candidates

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Values = NDArray[np.float64]
# So many pairs of each graduate are tried first, and added in a round.
FIRST, MORE = 12, 4
N_ROUNDS = 40
ENOUGH = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Rules over many pairs: `of_pairs` x + `of_extras` z >= `at_least`, 0 <= z <= 1.

    Attributes
    ----------
    of_pairs : sparse array of shape (n_rules, n_pairs)
    of_extras : float64 array of shape (n_rules, n_extras)
    at_least : float64 array of shape (n_rules,)
    gains : float64 array of shape (n_extras,)
        What a whole extra adds to the sum.
    """

    of_pairs: csr_array
    of_extras: Values
    at_least: Values
    gains: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxed:
    """An optimum of the relaxation.

    Attributes
    ----------
    shares : float64 array of shape (n_pairs,)
        How much of each pair is chosen, 0 to 1.
    extras : float64 array of shape (n_extras,)
    tried : bool array of shape (n_pairs,)
        Pairs that were looked at; no other would gain.
    lot_prices, rule_prices : float64 arrays of shapes (n_lots,) and (n_rules,)
        At least 0.
    above : float64 array of shape (n_pairs,)
        What a pair is worth above its prices and its graduate's own; at most about 0.
    """

    shares: Values
    extras: Values
    tried: NDArray[np.bool_]
    lot_prices: Values
    rule_prices: Values
    above: Values


def relax(
    values: Values, pairs: Candidates, capacities: NDArray[np.int32], start: Values, sides: Sides
) -> Relaxed:
    """Solve the relaxation by columns that are added as they would gain.

    Parameters
    ----------
    values : float64 array of shape (n_pairs,)
    start : float64 array of shape (n_pairs,)
        The larger, the sooner a pair is tried; it changes no more than the way.

    Raises
    ------
    ValueError
        If it has no solution.

    References
    ----------
    Dantzig & Wolfe (1960), Decomposition principle for linear programs; Huangfu & Hall (2018),
    HiGHS, as implemented in SciPy.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array, hstack, vstack

    n_graduates, n_lots = pairs.shape
    n_extras = len(sides.gains)
    # Rules over few pairs are given all of theirs, so that they can be kept at all.
    counted = sides.of_pairs.tocoo()
    few = np.bincount(counted.row, minlength=len(sides.at_least)) <= FIRST * n_graduates
    tried = _best_of_each(start, pairs, FIRST)
    tried[counted.col[few[counted.row]]] = True
    above = np.zeros(len(pairs))
    for _ in range(N_ROUNDS):
        (those,) = np.nonzero(tried)
        ones = np.ones(len(those))
        at = np.arange(len(those))
        limits = vstack(
            [
                csr_array((ones, (pairs.rows[those], at)), shape=(n_graduates, len(those))),
                csr_array((ones, (pairs.columns[those], at)), shape=(n_lots, len(those))),
            ]
        )
        extra = np.vstack([np.zeros((n_graduates + n_lots, n_extras)), -sides.of_extras])
        rules = vstack([limits, -sides.of_pairs[:, those]])
        found = linprog(  # type: ignore[call-overload]  # sparse rows are taken too
            -np.concatenate([values[those], sides.gains]),
            A_ub=hstack([rules, csr_array(extra)]) if n_extras else rules,
            b_ub=np.concatenate([np.ones(n_graduates), capacities, -sides.at_least]),
            bounds=(0, 1),
            method="highs-ds",
        )
        if found.x is None:
            raise ValueError(f"the relaxation was not solved: {found.message}")
        own, lot_prices, rule_prices = np.split(
            np.maximum(-found.ineqlin.marginals, 0), [n_graduates, n_graduates + n_lots]
        )
        above = values + sides.of_pairs.T @ rule_prices
        above -= lot_prices[pairs.columns] + own[pairs.rows]
        gaining = ~tried & (above > ENOUGH)
        if not gaining.any():
            break
        tried |= gaining & _best_of_each(np.where(gaining, above, -np.inf), pairs, MORE)
    shares = np.zeros(len(pairs))
    shares[those] = found.x[: len(those)]
    return Relaxed(
        shares=shares,
        extras=found.x[len(those) :],
        tried=tried,
        lot_prices=lot_prices,
        rule_prices=rule_prices,
        above=above,
    )


def _best_of_each(worth: Values, pairs: Candidates, n: int) -> NDArray[np.bool_]:
    """Mark the `n` pairs of each graduate that are worth most: bool (n_pairs,)."""
    order = np.lexsort((-worth, pairs.rows))
    firsts = np.searchsorted(pairs.rows, np.arange(pairs.shape[0]))
    marked = np.zeros(len(pairs), dtype=np.bool_)
    marked[order[np.arange(len(pairs)) - firsts[pairs.rows] < n]] = True
    return marked
