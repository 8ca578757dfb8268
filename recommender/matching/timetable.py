"""The timetable of a fair: first who goes to which booths, then in which round.

The second always works out: a booth is as many counters as it has people in the fullest round,
and a bipartite graph needs no more colours than its largest degree (König 1916). Rounds are the
colours.
"""

from __future__ import annotations

from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

UNSEATED = -1
_SCALE = 1_000_000  # chances become whole numbers of millionths


def book(
    chances: NDArray[np.float64],
    possible: NDArray[np.bool_],
    capacities: NDArray[np.int64],
    wanted: NDArray[np.int64],
    k: int,
) -> NDArray[np.bool_]:
    """Choose up to `k` booths for each person, by minimum-cost flow.

    Nobody gets one booth more where another has the fewer by it. Among such choices as many
    booths as can be see the people they want, and among these the sum of chances is largest.

    Parameters
    ----------
    chances : float64 array of shape (n_people, n_booths)
        That the pair comes about, 0 to 1: both sides'.
    possible : bool array of the same shape
    capacities : int64 array of shape (n_booths,)
        People that each booth can see in all rounds together, at least 0.
    wanted : int64 array of shape (n_booths,)
        People that each booth has places for, at least 0.
    k
        At least 1, and no more than there are rounds.

    Returns
    -------
    bool array of shape (n_people, n_booths)

    References
    ----------
    Goldberg (1997), An efficient implementation of a scaling minimum-cost flow algorithm; as
    implemented in OR-tools. Three aims in one cost: a cycle that would better the flow passes
    each booth once and the sink once, so a better first aim outweighs all of the others on it.
    """
    from ortools.graph.python import min_cost_flow

    n_people, n_booths = chances.shape
    booked = np.zeros((n_people, n_booths), dtype=np.bool_)
    rows, columns = np.nonzero(possible & (capacities > 0)[None, :])
    if not rows.size:
        return booked
    for_booths = _SCALE * (n_booths + 1)
    for_people = 3 * for_booths
    sink = n_people + n_booths
    flow = min_cost_flow.SimpleMinCostFlow()
    values = np.rint(chances[rows, columns] * _SCALE).astype(np.int64)
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        rows.astype(np.int32),
        (n_people + columns).astype(np.int32),
        np.ones(len(rows), dtype=np.int64),
        -values,
    )
    # The first people that a booth wants are worth more than any further ones.
    firsts = np.minimum(capacities, wanted)
    booths = np.arange(n_people, sink, dtype=np.int32)
    for places, worth in ((firsts, for_booths), (capacities - firsts, 0)):
        flow.add_arcs_with_capacity_and_unit_cost(
            booths, np.full(n_booths, sink, np.int32), places, np.full(n_booths, -worth, np.int64)
        )
    # A person's first booth is worth more than another's second: leaving one out costs most first.
    people = np.arange(n_people, dtype=np.int32)
    for missing in range(1, k + 1):
        flow.add_arcs_with_capacity_and_unit_cost(
            people,
            np.full(n_people, sink, np.int32),
            np.ones(n_people, dtype=np.int64),
            np.full(n_people, missing * for_people, np.int64),
        )
    flow.set_nodes_supplies(people, np.full(n_people, k, dtype=np.int64))
    flow.set_node_supply(sink, -k * n_people)
    if flow.solve() != flow.OPTIMAL:
        raise ValueError("the flow has no solution")
    used = flow.flows(pairs) > 0
    booked[rows[used], columns[used]] = True
    return booked


def seat(booked: NDArray[np.bool_], n_slots: int) -> NDArray[np.int32]:
    """Give each person's booths rounds of their own, a booth's people spread over all rounds.

    Parameters
    ----------
    booked : bool array of shape (n_people, n_booths)
        At most `n_slots` booths a person.
    n_slots
        Rounds of the fair, at least 1.

    Returns
    -------
    int32 array of shape (n_people, n_booths)
        Rounds from 0; -1 where nothing is booked. At a booth the fullest round has as few
        people as can be: one for every `n_slots` booked there, rounded up.

    Raises
    ------
    ValueError
        If somebody has more booths than there are rounds.

    References
    ----------
    König (1916), Über Graphen und ihre Anwendung; the colours of two alternating ones are
    swapped along a path until the edge fits.
    """
    if n_slots < 1 or (booked.sum(axis=1) > n_slots).any():
        raise ValueError("somebody has more booths than there are rounds")
    n_people = len(booked)
    booth_of: list[int] = []  # of each desk; a booth has one for every `n_slots` people
    at: list[dict[int, int]] = [
        {} for _ in range(n_people)
    ]  # round → other end, desks after people
    for booth in range(booked.shape[1]):
        for place, person in enumerate(np.flatnonzero(booked[:, booth]).tolist()):
            if place % n_slots == 0:
                booth_of.append(booth)
                at.append({})
            _colour(at, person, len(at) - 1)
    slots = np.full(booked.shape, UNSEATED, dtype=np.int32)
    for person, desks in enumerate(at[:n_people]):
        for slot, desk in desks.items():
            slots[person, booth_of[desk - n_people]] = slot
    return slots


def _colour(at: list[dict[int, int]], person: int, desk: int) -> None:
    """Give a person a round at a desk that neither has yet, others' rounds swapped for it."""
    mine = next(slot for slot in count() if slot not in at[person])
    its = next(slot for slot in count() if slot not in at[desk])
    if mine != its and mine in at[desk]:
        # Along the path from the desk by `mine`, then `its`, …; it never comes to the person.
        path, end, slot = [desk], desk, mine
        while slot in at[end]:
            end = at[end][slot]
            path.append(end)
            slot = its if slot == mine else mine
        slot = mine
        links = []
        for one, other in pairwise(path):
            del at[one][slot], at[other][slot]
            slot = its if slot == mine else mine
            links.append((one, other, slot))
        for one, other, slot in links:
            at[one][slot], at[other][slot] = other, one
    at[person][mine], at[desk][mine] = desk, person
