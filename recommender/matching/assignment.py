"""Place a whole cohort at once: one post or none each, places respected."""

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
        -np.rint(values[rows, columns].astype(np.float64) * SCALE).astype(np.int64),
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
