"""Place a whole cohort at once: one post or none each, places respected; and prove it.

That no other assignment has a larger sum follows from prices alone (`place_prices`), whoever
found it: linear programming's weak duality.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

UNPLACED = -1
# Costs of the flow are whole numbers; a billionth is finer than a float32 between 0 and 1, so
# that no other assignment has a larger sum that rounding hid.
SCALE = 1_000_000_000


def assign_cohort(
    values: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Choose the assignment with the largest sum of values, by minimum-cost flow.

    Parameters
    ----------
    values : float32 array of shape (n_graduates, n_posts)
        Comparable between graduates, 0 to 1: percentiles, or calibrated chances.
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
        Open places, at least 0.

    Returns
    -------
    int32 array of shape (n_graduates,)
        The post of each graduate; -1 where nobody can place them without a loss elsewhere.

    References
    ----------
    Goldberg (1997), An efficient implementation of a scaling minimum-cost flow algorithm;
    as implemented in OR-tools.
    """
    from ortools.graph.python import min_cost_flow

    n_graduates, n_posts = values.shape
    placed = np.full(n_graduates, UNPLACED, dtype=np.int32)
    rows, columns = np.nonzero(eligible & (capacities > 0)[None, :])
    sink = n_graduates + n_posts
    flow = min_cost_flow.SimpleMinCostFlow()
    pair_arcs = flow.add_arcs_with_capacity_and_unit_cost(
        rows.astype(np.int32),
        (n_graduates + columns).astype(np.int32),
        np.ones(len(rows), dtype=np.int64),
        -whole_values(values[rows, columns]),
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(n_graduates, sink, dtype=np.int32),
        np.full(n_posts, sink, dtype=np.int32),
        capacities.astype(np.int64),
        np.zeros(n_posts, dtype=np.int64),
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
    used = flow.flows(pair_arcs) > 0
    placed[rows[used]] = columns[used]
    return placed


def whole_values(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Give values as the whole numbers that are added up: billionths, int64, the same shape.

    None is below 1: any post is worth more than none.
    """
    return np.maximum(np.rint(values.astype(np.float64) * SCALE), 1).astype(np.int64)


def most_placed(eligible: NDArray[np.bool_], capacities: NDArray[np.int32]) -> int:
    """Count how many graduates could have a post at the most, whatever it is worth.

    Parameters
    ----------
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
        Open places, at least 0.

    References
    ----------
    Goldberg & Tarjan (1988), A new approach to the maximum-flow problem; as implemented in
    OR-tools.
    """
    from ortools.graph.python import max_flow

    n_graduates, n_posts = eligible.shape
    rows, columns = np.nonzero(eligible & (capacities > 0)[None, :])
    source, sink = n_graduates + n_posts, n_graduates + n_posts + 1
    flow = max_flow.SimpleMaxFlow()
    people = np.arange(n_graduates, dtype=np.int32)
    posts = np.arange(n_graduates, source, dtype=np.int32)
    flow.add_arcs_with_capacity(
        rows.astype(np.int32), posts[columns], np.ones(len(rows), dtype=np.int64)
    )
    flow.add_arcs_with_capacity(
        np.full(n_graduates, source, dtype=np.int32), people, np.ones(n_graduates, dtype=np.int64)
    )
    flow.add_arcs_with_capacity(
        posts, np.full(n_posts, sink, dtype=np.int32), capacities.astype(np.int64)
    )
    if not rows.size:
        return 0
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise ValueError("the flow has no solution")
    return int(flow.optimal_flow())


def place_prices(
    values: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    capacities: NDArray[np.int32],
    placed: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Find the lowest prices of places at which everybody has what suits them best.

    With such prices, 0 where a place is left, an assignment is proved to have the largest sum:
    whatever else is chosen gives each graduate no more above its price.

    Parameters
    ----------
    values : int64 array of shape (n_graduates, n_posts)
        From `whole_values`, at least 0.
    eligible : bool array of shape (n_graduates, n_posts)
    capacities : int32 array of shape (n_posts,)
    placed : int32 array of shape (n_graduates,)
        An assignment with the largest sum; -1 for none.

    Returns
    -------
    int64 array of shape (n_posts,)
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
    n_posts = values.shape[1]
    rows, columns = np.nonzero(eligible)
    at = placed[rows]
    gains = values[rows, columns]
    own = np.where(at == UNPLACED, 0, values[rows, np.maximum(at, 0)])
    prices = raised = np.zeros(n_posts, dtype=np.int64)
    for _ in range(n_posts + 1):
        paid = np.where(at == UNPLACED, 0, prices[np.maximum(at, 0)])
        raised = prices.copy()
        # Who would gain by another post at these prices raises its price until they do not.
        np.maximum.at(raised, columns, gains - own + paid)
        if np.array_equal(raised, prices):
            break
        prices = raised
    (who,) = np.nonzero(placed != UNPLACED)
    has_left = np.bincount(placed[who], minlength=n_posts) < capacities
    proved = np.array_equal(raised, prices) and not prices[has_left].any()
    if not proved or (values[who, placed[who]] < prices[placed[who]]).any():
        raise ValueError("another assignment has a larger sum")
    return prices
