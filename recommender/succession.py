"""Which codes follow which: trades and occupations renamed, split, merged and retired by date.

A code changes once. What it stood for is carried to the codes that follow it, chains and all,
in parts that sum to 1; a code that nothing follows keeps what it has. So no mass is ever lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import chain
from math import fsum, isclose

from recommender.domain import Pair, Reference, middle_group, minor_group

# Code → the codes that it counts as, each with its part; the parts sum to 1.
Heirs = Mapping[str, tuple[tuple[str, float], ...]]
EXACT = 1e-9


class CodeTable(StrEnum):
    """Which classification a code belongs to; trades go by their names."""

    TRADE = "trade"
    OCCUPATION = "occupation"


class ChangeKind(StrEnum):
    """What became of a code."""

    RENAME = "rename"
    SPLIT = "split"
    MERGE = "merge"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeChange:
    """One code is followed by another, or by none, from a day on.

    Attributes
    ----------
    new_code
        None where a retired code has no follower: its history stays under its own name.
    new_name
        Name of a new occupation that the table of the program does not hold.
    weight
        Part of what the old code stood for that goes to the new one, above 0 to 1.
    """

    table: CodeTable
    kind: ChangeKind
    old_code: str
    starts_on: date
    source: str
    new_code: str | None = None
    new_name: str | None = None
    weight: float = 1.0

    @property
    def unit(self) -> tuple[CodeTable, str]:
        """What stands or falls together: all rows of one old code."""
        return self.table, self.old_code


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A change that cannot be: its column, a code for `wording`, and facts."""

    change: CodeChange
    column: str
    code: str
    facts: tuple[str, ...] = ()


def contradictions(changes: Iterable[CodeChange]) -> Iterator[Contradiction]:
    """Find what cannot be among all changes, whatever day they hold from.

    An old code has one kind, one day and, but for a split, one follower; the weights of a
    split sum to 1; renaming two codes to one is a merge; no chain comes back to where it began.
    """
    units: dict[tuple[CodeTable, str], list[CodeChange]] = defaultdict(list)
    for change in changes:
        units[change.unit].append(change)
    for rows in units.values():
        yield from _of_one_code(rows)
    named: dict[tuple[CodeTable, str | None], str] = {}
    for change in chain.from_iterable(units.values()):
        if change.kind is ChangeKind.RENAME:
            first = named.setdefault((change.table, change.new_code), change.old_code)
            if first != change.old_code:
                yield Contradiction(change, "kind", "rename_is_merge", (first,))
    yield from _cycles(units)


def _of_one_code(rows: Sequence[CodeChange]) -> Iterator[Contradiction]:
    first, last = rows[0], rows[-1]
    if len({(row.kind, row.starts_on) for row in rows}) > 1:
        yield Contradiction(last, "old_code", "code_changes_twice", (first.old_code,))
    elif first.kind is not ChangeKind.SPLIT:
        if len(rows) > 1:
            yield Contradiction(last, "new_code", "one_follower_only", (first.old_code,))
        elif not isclose(first.weight, 1.0, abs_tol=EXACT):
            yield Contradiction(first, "weight", "weight_not_one", ())
    elif len(rows) < 2:
        yield Contradiction(first, "kind", "split_alone", (first.old_code,))
    else:
        total = fsum(row.weight for row in rows)
        if not isclose(total, 1.0, abs_tol=EXACT):
            yield Contradiction(last, "weight", "split_weights", (first.old_code, f"{total:.10g}"))


def _cycles(units: Mapping[tuple[CodeTable, str], Sequence[CodeChange]]) -> Iterator[Contradiction]:
    """Find each chain that comes back to where it began, once."""
    done: set[tuple[CodeTable, str]] = set()
    for start in units:
        path: list[tuple[CodeTable, str]] = []
        # Depth first: a code and which of its followers comes next.
        open_: list[tuple[tuple[CodeTable, str], int]] = [] if start in done else [(start, 0)]
        while open_:
            unit, place = open_.pop()
            if place == 0:
                path.append(unit)
            rows = units.get(unit, ())
            if place == len(rows):
                done.add(path.pop())
                continue
            open_.append((unit, place + 1))
            follower = (unit[0], rows[place].new_code or "")
            if follower in path:
                round_ = [code for _, code in path[path.index(follower) :]]
                facts = (" → ".join([*round_, follower[1]]),)
                yield Contradiction(rows[place], "new_code", "code_cycle", facts)
            elif follower in units and follower not in done:
                open_.append((follower, 0))


def heirs(changes: Iterable[CodeChange], table: CodeTable, day: date | None = None) -> Heirs:
    """Follow every changed code to the codes that it counts as on a day.

    Parameters
    ----------
    changes
        Without contradictions.
    day
        Changes of a later day do not hold yet; None holds all of them.

    Returns
    -------
    mapping of changed codes only
        Followers by code, each with its part; parts sum to 1 within 1e-12.

    Raises
    ------
    ValueError
        If a chain comes back to where it began.
    """
    follows: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for change in changes:
        if change.table is table and change.new_code and (day is None or change.starts_on <= day):
            follows[change.old_code].append((change.new_code, change.weight))
    found: dict[str, dict[str, float]] = {}

    def followed(code: str, before: tuple[str, ...]) -> dict[str, float]:
        if code in before:
            raise ValueError(f"codes follow each other in a circle: {code}")
        if code not in follows:
            return {code: 1.0}
        if code not in found:
            total = fsum(weight for _, weight in follows[code])
            parts: dict[str, float] = defaultdict(float)
            for follower, weight in follows[code]:
                for heir, part in followed(follower, (*before, code)).items():
                    parts[heir] += part * weight / total
            found[code] = dict(parts)
        return found[code]

    return {code: tuple(sorted(followed(code, ()).items())) for code in sorted(follows)}


def carried(masses: Mapping[str, float], followers: Heirs) -> dict[str, float]:
    """Carry what is counted by code to the codes that count now; the sum stays as it is."""
    moved: dict[str, float] = defaultdict(float)
    for code, mass in masses.items():
        for heir, part in followers.get(code, ((code, 1.0),)):
            moved[heir] += mass * part
    return dict(moved)


def with_changes(
    reference: Reference, changes: Sequence[CodeChange], day: date | None = None
) -> Reference:
    """Give the tables as they read on a day: every look-up of an old code finds its followers.

    A follower keeps how directly a trade trains for the old occupation, whatever its part,
    and the strongest of several; the parts split only what is counted. A trade that no table
    knows leads where the trades lead that became it.
    """
    occupations = heirs(changes, CodeTable.OCCUPATION, day)
    trades = heirs(changes, CodeTable.TRADE, day)
    if not occupations and not trades:
        return reference
    pairs = _of_groups(_of_trades(reference.pairs, trades), occupations)
    names = {
        each.new_code: each.new_name
        for each in changes
        if each.table is CodeTable.OCCUPATION and each.new_code and each.new_name
    }
    return replace(
        reference,
        pairs={trade: _of_occupations(of, occupations) for trade, of in pairs.items()},
        occupations=names | dict(reference.occupations),
        occupation_heirs=occupations,
        trade_heirs=trades,
    )


Pairs = Mapping[str, tuple[Pair, ...]]


def _of_trades(pairs: Pairs, followers: Heirs) -> dict[str, tuple[Pair, ...]]:
    """Say where new trades lead, and old ones through those that follow them."""
    found = dict(pairs)
    became: dict[str, list[tuple[tuple[Pair, ...], float]]] = defaultdict(list)
    for old, heirs_ in followers.items():
        for heir, part in heirs_:
            if heir not in pairs and old in pairs:
                became[heir].append((pairs[old], part))
    found |= {heir: _mixed(parts) for heir, parts in became.items()}
    for old, heirs_ in followers.items():
        found[old] = _mixed([(found.get(heir, ()), part) for heir, part in heirs_])
    return found


def _mixed(parts: Sequence[tuple[Sequence[Pair], float]]) -> tuple[Pair, ...]:
    """Lay lists of pairs together: the strongest of each counts, masses in the parts given."""
    mixed: list[Pair] = []
    for pairs, part in parts:
        total = fsum(pair.share for pair in pairs) or 1.0
        mixed += [replace(pair, mass=pair.share / total * part) for pair in pairs]
    return _together(mixed)


def _together(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    strongest: dict[str, Pair] = {}
    mass: dict[str, float] = defaultdict(float)
    for pair in pairs:
        mass[pair.occupation_code] += pair.share
        held = strongest.setdefault(pair.occupation_code, pair)
        if pair.weight > held.weight:
            strongest[pair.occupation_code] = pair
    joined = [replace(pair, mass=mass[code]) for code, pair in strongest.items()]
    return tuple(sorted(joined, key=lambda pair: (-pair.weight, pair.occupation_code)))


def _of_groups(pairs: Pairs, followers: Heirs) -> dict[str, tuple[Pair, ...]]:
    """Let a trade that leads to a whole group lead to what followed each occupation of it."""
    found = dict(pairs)
    for trade, of in pairs.items():
        codes = {pair.occupation_code: pair for pair in of}
        added = [
            replace(codes[group], occupation_code=heir, mass=0.0)
            for old, heirs_ in followers.items()
            for group in (minor_group(old), middle_group(old))
            if group in codes
            for heir, _ in heirs_
        ]
        if added:
            found[trade] = _together([*of, *added])
    return found


def _of_occupations(pairs: tuple[Pair, ...], followers: Heirs) -> tuple[Pair, ...]:
    if not any(pair.occupation_code in followers for pair in pairs):
        return pairs
    return _together(
        replace(pair, occupation_code=heir, mass=pair.share * part)
        for pair in pairs
        for heir, part in followers.get(pair.occupation_code, ((pair.occupation_code, 1.0),))
    )
