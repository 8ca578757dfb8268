"""Whole people: an integer programme over the pairs of a cohort, solved by CP-SAT.

One worker, a fixed seed and a limit on the solver's own measure of work, not on a clock: the
same sheets give the same answer on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recommender.matching.candidates import Candidates

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar

WORK = 20.0
FINE_WORK = 3.0  # where the relaxation has placed nearly all, little is left to be had
MILLIONTH = 1_000_000
COARSE = 1_000  # billionths


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a floor asks of the pairs that are left to choose.

    Attributes
    ----------
    pairs : int64 array
        Pairs of a member and one of its posts.
    need
        How many of them at least; at least 1.
    """

    agreement_id: str
    pairs: NDArray[np.int64]
    need: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """An assignment of whole people: the lot of each (int32, -1 for none), its sum, a bound."""

    chosen: NDArray[np.int32]
    total: int
    bound: int


def solve(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    groups: Sequence[Group],
    tried: NDArray[np.bool_],
    hint: NDArray[np.float64],
) -> Solved | None:
    """Choose the largest sum that reaches every floor, of the pairs that are tried.

    Parameters
    ----------
    values : int64 array of shape (n_pairs,)
    capacities : int32 array of shape (n_lots,)
    tried : bool array of shape (n_pairs,)
    hint : float64 array of shape (n_pairs,)
        Where to begin: above 1/2 is chosen.

    Returns
    -------
    Solved
        Its bound is of these pairs; None where there is no such assignment, or none was found.

    References
    ----------
    Perron & Furnon, CP-SAT, as implemented in OR-tools.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    (those,) = np.nonzero(tried)
    taken = _choices(model, pairs, capacities, those, hint)
    for group in groups:
        inside = [taken[pair] for pair in group.pairs.tolist() if pair in taken]
        if len(inside) < group.need:
            return None
        model.add(sum(inside) >= group.need)
    weights = values[those].tolist()
    model.maximize(cp_model.LinearExpr.weighted_sum(list(taken.values()), weights))
    solver = _solver(model)
    if solver is None:
        return None
    mask = np.zeros(len(pairs), dtype=np.bool_)
    mask[those] = [solver.boolean_value(variable) for variable in taken.values()]
    total = int(values[mask].sum())
    bound = max(total, round(solver.best_objective_bound))
    return Solved(chosen=pairs.chosen(mask), total=total, bound=bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A group of which the share of its best counts: bool (n_graduates,), what it has, its best."""

    members: NDArray[np.bool_]
    has: int
    best: int


def solve_shares(
    values: NDArray[np.int64],
    pairs: Candidates,
    capacities: NDArray[np.int32],
    tried: NDArray[np.bool_],
    hint: NDArray[np.float64],
    shares: Sequence[Share],
    needed: int,
) -> NDArray[np.int32] | None:
    """Raise the smallest share of groups, then the sum: the lot of each; None if impossible.

    Parameters
    ----------
    values, pairs, capacities, tried, hint
        As for `solve`.
    needed
        What all who are placed here have to have together, in the unit of `values`.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    (those,) = np.nonzero(tried)
    taken = _choices(model, pairs, capacities, those, hint)
    variables = list(taken.values())
    # Rounded down, so that what holds here holds exactly, and nothing is too large to add up.
    worth = values[those] // COARSE
    total = cp_model.LinearExpr.weighted_sum(variables, worth.tolist())
    model.add(total >= -(-needed // COARSE))
    share = model.new_int_var(0, MILLIONTH, "")
    for each in shares:
        mine = np.where(each.members[pairs.rows[those]], worth, 0) * MILLIONTH
        has = cp_model.LinearExpr.weighted_sum(variables, mine.tolist())
        model.add(has + each.has // COARSE * MILLIONTH >= share * -(-each.best // COARSE))
    # A ten-thousandth of a share is worth as much as a hundred chances of one.
    model.maximize(share * MILLIONTH + total)
    solver = _solver(model, FINE_WORK)
    if solver is None:
        return None
    mask = np.zeros(len(pairs), dtype=np.bool_)
    mask[those] = [solver.boolean_value(variable) for variable in variables]
    return pairs.chosen(mask)


def _solver(model: CpModel, work: float = WORK) -> CpSolver | None:
    """Solve a model; None where it has no solution, or none was found."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = work
    found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return solver if found else None


def _choices(
    model: CpModel,
    pairs: Candidates,
    capacities: NDArray[np.int32],
    those: NDArray[np.int64],
    hint: NDArray[np.float64],
) -> dict[int, IntVar]:
    """Let each graduate have one lot at most, and each lot no more than its places."""
    taken: dict[int, IntVar] = {}
    for pair in those.tolist():
        taken[pair] = model.new_bool_var("")
        model.add_hint(taken[pair], bool(hint[pair] > 1 / 2))
    for owners, limits in ((pairs.rows, None), (pairs.columns, capacities)):
        of = owners[those]
        order = np.argsort(of, kind="stable")
        names, starts = np.unique(of[order], return_index=True)
        ends = [*starts[1:].tolist(), len(order)]
        for name, start, end in zip(names.tolist(), starts.tolist(), ends, strict=False):
            variables = [taken[pair] for pair in those[order[start:end]].tolist()]
            if limits is None:
                model.add_at_most_one(variables)
            elif len(variables) > limits[name]:
                model.add(sum(variables) <= int(limits[name]))
    return taken


def smallest_conflict(
    pairs: Candidates, capacities: NDArray[np.int32], groups: Sequence[Group]
) -> list[str]:
    """Find a smallest set of floors that cannot all be kept: dropping any one makes it possible.

    By the deletion filter (Chinneck & Dravnieks 1991), over the pairs that count alone.
    """
    left = list(groups)
    for group in groups:
        rest = [each for each in left if each is not group]
        if not _can_be_kept(pairs, capacities, rest):
            left = rest
    return sorted(each.agreement_id for each in left)


def _can_be_kept(pairs: Candidates, capacities: NDArray[np.int32], groups: Sequence[Group]) -> bool:
    counts = np.zeros(len(pairs), dtype=np.bool_)
    for group in groups:
        counts[group.pairs] = True
    nothing = np.zeros(len(pairs), dtype=np.int64)
    return solve(nothing, pairs, capacities, groups, counts, np.zeros(len(pairs))) is not None
