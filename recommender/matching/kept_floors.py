"""The largest sum that keeps the floors of agreements, or sends whole classes or nobody of them.

What is proved is a tree: at each fork an agreement's class goes or stays, and at each leaf
prices of places and of floors say how much could be reached there at the most.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recommender.errors import FloorsConflict
from recommender.matching.assignment import SCALE, assign_cohort, place_prices
from recommender.matching.candidates import UNPLACED, Candidates
from recommender.matching.floors import Floor
from recommender.matching.integral import Group, Solved, smallest_conflict, solve
from recommender.matching.relaxed import Relaxed, Sides, relax

KEEP, WHOLE = "keep", "whole"
# What a person costs who is missing of a floor, in chances: more than a cohort can bring.
MISSING = 1e5
N_NODES = 100
ROUNDING = 100_000  # billionths, of all prices of one assignment together
MANY = 60_000  # more pairs than these are not tried again
SOME = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An assignment with floors, and what proves how good it is.

    Attributes
    ----------
    chosen : int32 array of shape (n_graduates,)
        The lot of each; -1 for none.
    total, without
        Its sum, and the largest where no floor is asked; in billionths, pins not counted.
    proved
        No assignment has a larger sum, says the solver.
    proof
        From which follows that none has a larger sum than its `bound`.
    """

    chosen: NDArray[np.int32]
    total: int
    without: int
    proved: int
    proof: Node


@dataclass(slots=True, kw_only=True)
class Node:
    """Some classes go, some stay, and the rest is open.

    Attributes
    ----------
    going, staying
        Ids of agreements: the floor is reached, or no further member goes.
    lot_prices : int64 array of shape (n_lots,)
    floor_prices
        Of those going.
    own_bound
        What prices allow at the most, in billionths.
    fork
        The agreement by which it was split, first going, then staying.
    """

    going: frozenset[str]
    staying: frozenset[str]
    relaxed: Relaxed
    lot_prices: NDArray[np.int64]
    floor_prices: Mapping[str, int]
    own_bound: int
    allowed: NDArray[np.bool_]
    fork: str = ""
    children: list[Node] = field(default_factory=list)

    @property
    def bound(self) -> int:
        """The most that any of its leaves allows."""
        return max((each.bound for each in self.children), default=self.own_bound)


def groups_of(
    floors: Sequence[Floor],
    posts: NDArray[np.int32],
    pairs: Candidates,
    pinned: NDArray[np.int32],
) -> list[Group]:
    """Lay floors over the pairs of lots; those that pins and earlier placements keep are left out.

    Parameters
    ----------
    posts : int32 array of shape (n_lots,)
    pinned : int32 array of shape (n_graduates,)
        The post kept for each; -1 for none.
    """
    groups = []
    for floor in floors:
        need = floor.floor - floor.reached(pinned)
        if need >= 1:
            of_lots = np.isin(posts, floor.posts)
            counts = np.isin(pairs.rows, floor.members) & of_lots[pairs.columns]
            found = np.flatnonzero(counts)
            groups.append(Group(agreement_id=floor.agreement_id, pairs=found, need=need))
    return groups


def assign_with_floors(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    best: NDArray[np.int32],
    groups: Sequence[Group],
    way: str,
) -> Kept:
    """Choose the largest sum that keeps every floor, or in which each class goes whole or not.

    Parameters
    ----------
    values : int64 array of shape (n_pairs,)
        From `whole_values`.
    capacities : int32 array of shape (n_lots,)
    best : int32 array of shape (n_graduates,)
        The largest sum without floors.
    way
        ``keep``: each floor is reached. ``whole``: it is reached, or no further member goes.

    Raises
    ------
    FloorsConflict
        If the floors cannot all be kept, with a smallest set of which each can without it.

    References
    ----------
    Land & Doig (1960), An automatic method of solving discrete programming problems.
    """
    search = _Search(values, pairs, capacities, best, groups)
    if way == WHOLE:
        found, root = search.whole()
    else:
        found, root = search.keep()
    at = pairs.indices(best)
    return Kept(
        chosen=found.chosen,
        total=found.total,
        without=int(values[at[at != UNPLACED]].sum()),
        proved=max(found.total, min(found.bound, root.bound)),
        proof=root,
    )


class _Search:
    """Branch and bound over which classes go."""

    def __init__(
        self,
        values: NDArray[np.int64],
        pairs: Candidates,
        capacities: NDArray[np.int32],
        best: NDArray[np.int32],
        groups: Sequence[Group],
    ) -> None:
        self._values, self._pairs, self._capacities = values, pairs, capacities
        self._groups = {each.agreement_id: each for each in groups}
        prices = place_prices(values, pairs, capacities, best)
        self._start = (values - prices[pairs.columns]) / SCALE

    def keep(self) -> tuple[Solved, Node]:
        node = self._node(frozenset(self._groups), frozenset())
        found = None if (node.relaxed.extras > SOME).any() else self._whole_people(node)
        if found is None:
            groups = list(self._groups.values())
            raise FloorsConflict(smallest_conflict(self._pairs, self._capacities, groups))
        return found, node

    def whole(self) -> tuple[Solved, Node]:
        root = self._node(frozenset(), frozenset())
        best = self._nobody_goes()
        waiting, n_nodes, dived = [root], 1, False
        while waiting:
            # Down to a first leaf, then where most is still possible.
            at = len(waiting) - 1 if not dived else _most(waiting)
            if waiting[at].own_bound <= best.total or n_nodes >= N_NODES:
                if dived:
                    break
                dived = True
                continue
            node = waiting.pop(at)
            fork = self._undecided(node)
            if fork is None:
                dived = True
                found = self._whole_people(self._settled(node))
                if found is not None and found.total > best.total:
                    best = found
                continue
            node.fork = fork
            node.children = [
                self._node(node.going | {fork}, node.staying),
                self._node(node.going, node.staying | {fork}),
            ]
            n_nodes += 2
            waiting += sorted(node.children, key=lambda each: each.own_bound)
        return Solved(chosen=best.chosen, total=best.total, bound=root.bound), root

    def _node(self, going: frozenset[str], staying: frozenset[str]) -> Node:
        allowed = np.ones(len(self._pairs), dtype=np.bool_)
        for name in staying:
            allowed[self._groups[name].pairs] = False
        groups = [self._groups[name] for name in sorted(going)]
        values = np.where(allowed, self._values, 0)
        relaxed = relax(
            values / SCALE, self._pairs, self._capacities, self._start, _sides(groups, allowed)
        )
        lots = np.rint(relaxed.lot_prices * SCALE).astype(np.int64)
        floors = np.rint(relaxed.rule_prices * SCALE).astype(np.int64).tolist()
        node = Node(
            going=going,
            staying=staying,
            relaxed=relaxed,
            lot_prices=lots,
            floor_prices=dict(zip(sorted(going), floors, strict=True)),
            own_bound=0,
            allowed=allowed,
        )
        node.own_bound = self._bound_of(node)
        return node

    def _bound_of(self, node: Node) -> int:
        """Bound every sum at a node by its prices alone, as the checker does."""
        worth = self._values - node.lot_prices[self._pairs.columns]
        bound = int((self._capacities * node.lot_prices).sum())
        for name, adds in node.floor_prices.items():
            worth[self._groups[name].pairs] += adds
            bound -= adds * self._groups[name].need
        above = np.zeros(self._pairs.shape[0], dtype=np.int64)
        np.maximum.at(above, self._pairs.rows[node.allowed], worth[node.allowed])
        return bound + int(above.sum())

    def _undecided(self, node: Node) -> str | None:
        """Name the class of which most people would have to move for it to go or to stay."""
        moves = {}
        for name, group in self._groups.items():
            if name not in node.going | node.staying:
                inside = float(node.relaxed.shares[group.pairs].sum())
                moves[name] = min(inside, group.need - inside)
        fork = max(moves, key=lambda each: moves[each], default=None)
        return fork if fork is not None and moves[fork] > SOME else None

    def _settled(self, node: Node) -> Node:
        """Decide what is open as its relaxation has it."""
        going, staying = set(node.going), set(node.staying)
        for name, group in self._groups.items():
            if name not in going | staying:
                inside = float(node.relaxed.shares[group.pairs].sum())
                (going if inside >= group.need - SOME else staying).add(name)
        return self._node(frozenset(going), frozenset(staying))

    def _nobody_goes(self) -> Solved:
        node = self._node(frozenset(), frozenset(self._groups))
        kept = self._pairs.where(node.allowed)
        chosen = assign_cohort(self._values[node.allowed], kept, self._capacities)
        at = self._pairs.indices(chosen)
        total = int(self._values[at[at != UNPLACED]].sum())
        return Solved(chosen=chosen, total=total, bound=node.own_bound)

    def _whole_people(self, node: Node) -> Solved | None:
        """Give whole people lots at a node: over pairs that matter, and again over all that may."""
        groups = [self._groups[name] for name in sorted(node.going)]
        given = (self._values, self._pairs, self._capacities, groups)
        tried = node.relaxed.tried & node.allowed
        found = solve(*given, tried, node.relaxed.shares)
        if found is None:
            tried = node.allowed
            found = solve(*given, tried, node.relaxed.shares)
        if found is None:
            return None
        # A better assignment takes no pair that is so far below its prices, rounding apart.
        close = node.relaxed.above * SCALE >= found.total - node.own_bound - ROUNDING
        close &= node.allowed
        if not (close & ~tried).any():
            return found
        again = None
        if close.sum() <= MANY:
            at = self._pairs.indices(found.chosen)
            hint = np.zeros(len(self._pairs))
            hint[at[at != UNPLACED]] = 1
            again = solve(*given, close, hint)
        if again is None or again.total < found.total:
            bound = node.own_bound if again is None else max(again.bound, found.total)
            return Solved(chosen=found.chosen, total=found.total, bound=bound)
        return again


def _sides(groups: Sequence[Group], allowed: NDArray[np.bool_]) -> Sides:
    """State floors as rules; who is missing is an extra that costs more than anybody brings."""
    from scipy.sparse import csr_array

    inside = [each.pairs[allowed[each.pairs]] for each in groups]
    rows = np.repeat(np.arange(len(groups)), [len(each) for each in inside])
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *inside])
    needs = np.array([each.need for each in groups], dtype=np.float64)
    counts = np.ones(len(columns))
    return Sides(
        of_pairs=csr_array((counts, (rows, columns)), shape=(len(groups), len(allowed))),
        of_extras=np.diag(needs),
        at_least=needs,
        gains=-MISSING * needs,
    )


def _most(waiting: Sequence[Node]) -> int:
    return max(range(len(waiting)), key=lambda at: waiting[at].own_bound)


def leaves(node: Node) -> Iterator[Node]:
    """Walk over the leaves of a proof."""
    if not node.children:
        yield node
    for child in node.children:
        yield from leaves(child)
