"""Share the open places of enterprises out among classes of colleges, in whole people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def share_out(
    places: NDArray[np.int64],
    seekers: NDArray[np.int64],
    weights: NDArray[np.float64],
    kinds: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Give as many places as can be given, and among such ways those that fit the trade best.

    Of a class no more go into one kind of work than its seekers times the weight, rounded to the
    nearest, and no more altogether than it has seekers.

    Parameters
    ----------
    places : int64 array of shape (n_lines,)
        Open places of each enterprise for one kind of work, at least 0.
    seekers : int64 array of shape (n_classes,)
    weights : float64 array of shape (n_classes, n_lines)
        Share of the class that seeks this kind of work, 0 to 1; alike for lines of one kind.
    kinds : int64 array of shape (n_lines,)
        Number of the kind of work of each line, from 0.

    Returns
    -------
    int64 array of shape (n_classes, n_lines)
        People of each class for each line, at least 0.

    References
    ----------
    Goldberg (1997), An efficient implementation of a scaling minimum-cost flow algorithm; as
    implemented in OR-tools. The order of two aims in one cost: no path of the flow passes a
    line twice, so a person more outweighs every weight on the way.
    """
    from ortools.graph.python import min_cost_flow

    n_classes, n_lines = weights.shape
    n_kinds = int(kinds.max(initial=-1)) + 1
    given = np.zeros((n_classes, n_lines), dtype=np.int64)
    likings = np.rint(weights * 1000).astype(np.int64)
    first_line = np.array([np.flatnonzero(kinds == kind)[0] for kind in range(n_kinds)], dtype=int)
    most = np.floor(seekers[:, None] * weights[:, first_line] + 0.5).astype(np.int64)
    one_more = 1000 * (n_lines + 1)
    # Nodes: classes, then class and kind together, then lines, then the sink.
    at_kinds = n_classes + np.arange(n_classes * n_kinds).reshape(n_classes, n_kinds)
    at_lines = n_classes + n_classes * n_kinds + np.arange(n_lines)
    sink = int(n_classes + n_classes * n_kinds + n_lines)
    flow = min_cost_flow.SimpleMinCostFlow()
    able, kind_of = np.nonzero(most)
    flow.add_arcs_with_capacity_and_unit_cost(
        able.astype(np.int32),
        at_kinds[able, kind_of].astype(np.int32),
        most[able, kind_of],
        np.zeros(len(able), dtype=np.int64),
    )
    rows, columns = np.nonzero((most > 0)[:, kinds] & (places > 0)[None, :])
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        at_kinds[rows, kinds[columns]].astype(np.int32),
        at_lines[columns].astype(np.int32),
        places[columns],
        -one_more - likings[rows, columns],
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        at_lines.astype(np.int32),
        np.full(n_lines, sink, dtype=np.int32),
        places,
        np.zeros(n_lines, dtype=np.int64),
    )
    people = np.arange(n_classes, dtype=np.int32)
    flow.add_arcs_with_capacity_and_unit_cost(
        people, np.full(n_classes, sink, dtype=np.int32), seekers, np.zeros(n_classes, np.int64)
    )
    flow.set_nodes_supplies(people, seekers)
    flow.set_node_supply(sink, -int(seekers.sum()))
    if n_classes and flow.solve() != flow.OPTIMAL:
        raise ValueError("the flow has no solution")
    if rows.size:
        given[rows, columns] = flow.flows(arcs)
    return given
