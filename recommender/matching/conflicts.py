"""Agreements that cannot all be kept, named as smallest conflicting sets.

A set is feasible or not by a maximum flow; what is left of it when every agreement that the
conflict does not need was dropped is a smallest set: without any one of its members it is
feasible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TypeVar

import numpy as np

from recommender.matching.reserved import Promise

Item = TypeVar("Item")


class ConflictKind(StrEnum):
    """What does not suffice.

    Attributes
    ----------
    PLACES
        Free places for the fewest people that agreements take: the floor, else the ceiling.
    MEMBERS
        Members who are not placed yet, for the floors.
    CEILINGS
        Free places for all that agreements reserve. Each can be kept, but not in full.
    """

    PLACES = "places"
    MEMBERS = "members"
    CEILINGS = "ceilings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A smallest set of agreements that cannot all be kept.

    Attributes
    ----------
    agreement_ids
        In their order; without any one of them the others can be kept.
    needed, there
        People or places that the set asks for, and the most of them that it can have; the
        second is less.
    """

    kind: ConflictKind
    agreement_ids: tuple[str, ...]
    needed: int
    there: int


def find_conflicts(promises: Sequence[Promise], free: Mapping[str, int]) -> list[Conflict]:
    """Find smallest sets of agreements that cannot all be kept, no agreement twice in a kind.

    Parameters
    ----------
    promises
        As `reserved.promises` gives them for a day.
    free
        Post → places neither confirmed nor held; at least 0.
    """
    found: list[Conflict] = []
    named: set[str] = set()
    for kind in ConflictKind:
        left = [each for each in promises if _needs(each, kind) > 0]
        if kind is ConflictKind.CEILINGS:  # tell an agreement only the worst of two
            left = [each for each in left if each.agreement.agreement_id not in named]
        for some in disjoint_conflicts(left, partial(_fits, kind=kind, free=free)):
            ids = tuple(sorted(each.agreement.agreement_id for each in some))
            named.update(ids)
            needed, there = _flow(some, kind, free)
            found.append(Conflict(kind=kind, agreement_ids=ids, needed=needed, there=there))
    return found


def disjoint_conflicts(
    items: Sequence[Item], is_feasible: Callable[[Sequence[Item]], bool]
) -> list[tuple[Item, ...]]:
    """Find smallest infeasible sets, each without the members of those before."""
    left, found = list(items), []
    while some := smallest_conflict(left, is_feasible):
        found.append(some)
        left = [each for each in left if not any(each is one for one in some)]
    return found


def smallest_conflict(
    items: Sequence[Item], is_feasible: Callable[[Sequence[Item]], bool]
) -> tuple[Item, ...]:
    """Give an infeasible set that is feasible without any one of its members; empty if none.

    `is_feasible` holds for the empty set, and for every part of a set for which it holds.

    References
    ----------
    Chinneck & Dravnieks (1991), Locating minimal infeasible constraint sets in linear programs:
    the deletion filter.
    """
    if is_feasible(items):
        return ()
    kept = list(items)
    for each in reversed(items):
        without = [one for one in kept if one is not each]
        if not is_feasible(without):
            kept = without
    return tuple(kept)


def _needs(promise: Promise, kind: ConflictKind) -> int:
    terms = promise.agreement
    if kind is ConflictKind.CEILINGS:
        return promise.owed
    fewest = terms.floor or 0
    if kind is ConflictKind.PLACES and terms.floor is None:
        fewest = terms.ceiling or 0
    return max(0, fewest - promise.n_there)


def _fits(promises: Sequence[Promise], kind: ConflictKind, free: Mapping[str, int]) -> bool:
    needed, there = _flow(promises, kind, free)
    return there == needed


def _flow(
    promises: Sequence[Promise], kind: ConflictKind, free: Mapping[str, int]
) -> tuple[int, int]:
    """Give what agreements need, and the most that they can have of it together."""
    if kind is ConflictKind.MEMBERS:
        sources = [sorted(each.members - each.served) for each in promises]
        supply = {who: 1 for some in sources for who in some}
    else:
        sources = [[post.post_id for post in each.posts] for each in promises]
        supply = {post_id: free[post_id] for some in sources for post_id in some}
    needs = [_needs(each, kind) for each in promises]
    return sum(needs), most_served(needs, sources, supply)


def most_served(
    needs: Sequence[int], sources: Sequence[Sequence[str]], supply: Mapping[str, int]
) -> int:
    """Give the most of the needs that the supply can meet, by maximum flow.

    Parameters
    ----------
    needs
        Of each taker, at least 0.
    sources
        For each taker the names, in `supply`, of what it may take from.
    supply
        How much there is of each, at least 0.
    """
    from ortools.graph.python import max_flow

    names = {name: place for place, name in enumerate(sorted(supply), start=len(needs))}
    pairs = [(taker, names[name]) for taker, some in enumerate(sources) for name in some]
    if not pairs:
        return 0
    source, sink = len(needs) + len(names), len(needs) + len(names) + 1
    flow = max_flow.SimpleMaxFlow()
    arcs = [(source, taker, need) for taker, need in enumerate(needs)]
    arcs += [(taker, place, needs[taker]) for taker, place in pairs]
    arcs += [(place, sink, supply[name]) for name, place in names.items()]
    tails, heads, capacities = zip(*arcs, strict=True)
    flow.add_arcs_with_capacity(
        np.array(tails, dtype=np.int32),
        np.array(heads, dtype=np.int32),
        np.array(capacities, dtype=np.int64),
    )
    if flow.solve(source, sink) != flow.OPTIMAL:
        raise ValueError("the flow has no solution")
    return int(flow.optimal_flow())
