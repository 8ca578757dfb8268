"""Place a whole cohort at once: one post or none each, places respected; and prove it.

That no other assignment has a larger sum follows from prices alone (`place_prices`), whoever
found it: linear programming's weak duality.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recommender.matching.candidates import UNPLACED, Candidates

# Costs of the flow are whole numbers; a billionth is finer than a float32 between 0 and 1, so
# that no other assignment has a larger sum that rounding hid.
SCALE = 1_000_000_000


def assign_cohort(
    values: NDArray[np.int64], pairs: Candidates, capacities: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Choose the assignment with the largest sum of values, by minimum-cost flow.

    Parameters
    ----------
    values : int64 array of shape (n_pairs,)
        Comparable between graduates, at least 0: billionths of percentiles or of calibrated
        chances, from `whole_values`.
    pairs : Candidates
    capacities : int32 array of shape (n_lots,)
        Open places, at least 0.

    Returns
    -------
    int32 array of shape (n_graduates,)
        The lot of each graduate; -1 where nobody can place them without a loss elsewhere.

    References
    ----------
    Goldberg (1997), An efficient implementation of a scaling minimum-cost flow algorithm;
    as implemented in OR-tools.
    """
    from ortools.graph.python import min_cost_flow

    n_graduates, n_lots = pairs.shape
    sink = n_graduates + n_lots
    flow = min_cost_flow.SimpleMinCostFlow()
    pair_arcs = flow.add_arcs_with_capacity_and_unit_cost(
        pairs.rows, n_graduates + pairs.columns, np.ones(len(pairs), dtype=np.int64), -values
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(n_graduates, sink, dtype=np.int32),
        np.full(n_lots, sink, dtype=np.int32),
        capacities.astype(np.int64),
        np.zeros(n_lots, dtype=np.int64),
    )
    # Whoever gets no post reaches the sink at no gain.
    people = np.arange(n_graduates, dtype=np.int32)
    flow.add_arcs_with_capacity_and_unit_cost(
        people,
        np.full(n_graduates, sink, dtype=np.int32),
        np.ones(n_graduates, dtype=np.int64),
        np.zeros(n_graduates, dtype=np.int64),
    )
    flow.set_nodes_supplies(people, np.ones(n_graduates, dtype=np.int64))
    flow.set_node_supply(sink, -n_graduates)
    if flow.solve() != flow.OPTIMAL:
        raise ValueError("the flow has no solution")
    return pairs.chosen(flow.flows(pair_arcs) > 0)


def whole_values(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Give values as the whole numbers that are added up: billionths, int64, the same shape.

    None is below 1: any post is worth more than none.
    """
    return np.maximum(np.rint(values.astype(np.float64) * SCALE), 1).astype(np.int64)


def most_placed(pairs: Candidates, capacities: NDArray[np.int32]) -> NDArray[np.int32]:
    """Place as many as possible, whatever it is worth.

    Parameters
    ----------
    pairs : Candidates
    capacities : int32 array of shape (n_lots,)
        Open places, at least 0.

    Returns
    -------
    int32 array of shape (n_graduates,)
        The lot of each graduate; -1 for none.

    References
    ----------
    Goldberg & Tarjan (1988), A new approach to the maximum-flow problem; as implemented in
    OR-tools.
    """
    from ortools.graph.python import max_flow

    if not len(pairs):
        return np.full(pairs.shape[0], UNPLACED, dtype=np.int32)
    n_graduates, n_lots = pairs.shape
    source, sink = n_graduates + n_lots, n_graduates + n_lots + 1
    flow = max_flow.SimpleMaxFlow()
    people = np.arange(n_graduates, dtype=np.int32)
    lots = np.arange(n_graduates, source, dtype=np.int32)
    pair_arcs = flow.add_arcs_with_capacity(
        pairs.rows, lots[pairs.columns], np.ones(len(pairs), dtype=np.int64)
    )
    flow.add_arcs_with_capacity(
        np.full(n_graduates, source, dtype=np.int32), people, np.ones(n_graduates, dtype=np.int64)
    )
    flow.add_arcs_with_capacity(
        lots, np.full(n_lots, sink, dtype=np.int32), capacities.astype(np.int64)
    )
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise ValueError("the flow has no solution")
    return pairs.chosen(flow.flows(pair_arcs) > 0)


def place_prices(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    placed: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Find the lowest prices of places at which everybody has what suits them best.

    With such prices, 0 where a place is left, an assignment is proved to have the largest sum:
    whatever else is chosen gives each graduate no more above its price.

    Parameters
    ----------
    values : int64 array of shape (n_pairs,)
        From `whole_values`, at least 0.
    pairs : Candidates
    capacities : int32 array of shape (n_lots,)
    placed : int32 array of shape (n_graduates,)
        An assignment with the largest sum; -1 for none.

    Returns
    -------
    int64 array of shape (n_lots,)
        At least 0, in the unit of `values`. Nobody who is placed pays more than their value.

    Raises
    ------
    ValueError
        If there are no such prices, since another assignment has a larger sum.

    References
    ----------
    Shapley & Shubik (1971), The assignment game I: the core. The prices are the longest paths
    of the exchange graph, found as by Bellman (1958).
    """
    n_lots = pairs.shape[1]
    own_pair = pairs.indices(placed)
    is_placed = placed != UNPLACED
    own = np.zeros(len(placed), dtype=np.int64)
    own[is_placed] = values[own_pair[is_placed]]
    order = np.argsort(pairs.columns, kind="stable")
    columns, starts = np.unique(pairs.columns[order], return_index=True)
    rows = pairs.rows[order]
    gains = values[order] - own[rows]
    at = np.where(is_placed, placed, n_lots)[rows]  # who has no post pays nothing, as at no lot
    prices = np.zeros(n_lots + 1, dtype=np.int64)
    for _ in range(n_lots + 1):
        if not len(pairs):
            break
        # Who would gain by another post at these prices raises its price until they do not.
        raised = np.maximum.reduceat(gains + prices[at], starts)
        if (raised <= prices[columns]).all():
            break
        prices[columns] = np.maximum(prices[columns], raised)
    else:
        raise ValueError("another assignment has a larger sum")
    has_left = np.bincount(placed[is_placed], minlength=n_lots) < capacities
    if prices[:-1][has_left].any() or (own[is_placed] < prices[placed[is_placed]]).any():
        raise ValueError("another assignment has a larger sum")
    return prices[:-1]
