"""Agreements that cannot all be kept: the smallest set is named, and nothing more."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from recommender.matching.conflicts import (
    Conflict,
    ConflictKind,
    disjoint_conflicts,
    find_conflicts,
    most_served,
    smallest_conflict,
)
from recommender.matching.reserved import Promise
from tests.builders import make_agreement, make_post

PLACES, MEMBERS, CEILINGS = ConflictKind


def promise(agreement_id: str, *posts: str, **terms: Any) -> Promise:
    """Give an agreement at posts named, with ten members of its own unless said otherwise."""
    members = terms.pop("members", [f"{agreement_id}-{n}" for n in range(10)])
    served = terms.pop("served", ())
    n_there = terms.pop("n_there", len(served))
    return Promise(
        agreement=make_agreement(agreement_id=agreement_id, **terms),
        members=frozenset(members),
        served=frozenset(served),
        n_there=n_there,
        posts=tuple(make_post(post_id=post_id) for post_id in posts),
    )


def named(found: list[Conflict]) -> list[tuple[ConflictKind, tuple[str, ...], int, int]]:
    return [(each.kind, each.agreement_ids, each.needed, each.there) for each in found]


@pytest.mark.parametrize(
    ("promises", "free", "told"),
    [
        # One agreement that wants more places than there are.
        ([promise("A", "P", floor=3)], {"P": 2}, (PLACES, ("A",), 3, 2)),
        ([promise("A", "P", ceiling=3)], {"P": 2}, (PLACES, ("A",), 3, 2)),
        ([promise("A", floor=1)], {}, (PLACES, ("A",), 1, 0)),
        # Two that fit one by one; C, at another post, has nothing to do with it.
        (
            [promise("A", "P", floor=2), promise("B", "P", floor=2), promise("C", "Q", floor=1)],
            {"P": 3, "Q": 1},
            (PLACES, ("A", "B"), 4, 3),
        ),
        # Fewer members than the floor, or the same members twice.
        ([promise("A", "P", floor=2, members=["M"])], {"P": 9}, (MEMBERS, ("A",), 2, 1)),
        (
            [
                promise("A", "P", floor=1, members=["M"]),
                promise("B", "P", floor=1, members=["M"]),
            ],
            {"P": 9},
            (MEMBERS, ("A", "B"), 2, 1),
        ),
        # Members who went elsewhere do not fill a floor, and no longer can.
        (
            [promise("A", "P", floor=2, members=["M", "N"], served=["M"], n_there=0)],
            {"P": 9},
            (MEMBERS, ("A",), 2, 1),
        ),
        # Floors fit, and all that is promised does not.
        (
            [promise("A", "P", floor=1, ceiling=2), promise("B", "P", floor=1, ceiling=2)],
            {"P": 3},
            (CEILINGS, ("A", "B"), 4, 3),
        ),
    ],
)
def test_what_cannot_all_be_kept_is_named(
    promises: list[Promise],
    free: dict[str, int],
    told: tuple[ConflictKind, tuple[str, ...], int, int],
) -> None:
    assert named(find_conflicts(promises, free)) == [told]


def test_what_can_be_kept_is_not_named() -> None:
    fits = [promise("A", "P", "Q", floor=2, ceiling=2), promise("B", "P", ceiling=2)]
    assert find_conflicts(fits, {"P": 2, "Q": 2}) == []
    # A ceiling alone asks for no members, and who is there already needs no other place.
    assert find_conflicts([promise("A", "P", ceiling=2, members=())], {"P": 2}) == []
    placed = promise("A", "P", floor=2, members=["M", "N"], served=["M", "N"])
    assert find_conflicts([placed], {"P": 0}) == []
    assert find_conflicts([], {}) == []


def test_three_at_three_posts_conflict_only_together() -> None:
    # Each two of the three posts hold two people; three agreements of one person each fit
    # two by two: A and B at P and Q, and so on, but there are only two places in all.
    three = [promise(each, "P", "Q", floor=1) for each in "ABC"]
    [found] = find_conflicts(three, {"P": 1, "Q": 1})
    assert (found.agreement_ids, found.needed, found.there) == (("A", "B", "C"), 3, 2)


def test_conflicts_that_have_nothing_in_common_are_all_named() -> None:
    some = [promise("A", "P", floor=2), promise("B", "Q", floor=2), promise("C", "R", floor=1)]
    found = find_conflicts(some, {"P": 1, "Q": 1, "R": 1})
    assert named(found) == [(PLACES, ("A",), 2, 1), (PLACES, ("B",), 2, 1)]


def can_all(needs: list[int], sources: list[list[str]], supply: dict[str, int]) -> bool:
    """Try every way of taking one unit after another: what a flow must agree with."""
    wants = [some for need, some in zip(needs, sources, strict=True) for _ in range(need)]
    return any(
        all(choice.count(name) <= n for name, n in supply.items()) for choice in product(*wants)
    )


def test_sets_are_smallest_on_small_cases_tried_out_by_hand() -> None:
    rng = np.random.default_rng(11)
    n_conflicts = 0
    for _ in range(300):
        supply = {name: int(rng.integers(0, 3)) for name in "PQR"}
        size = int(rng.integers(1, 5))
        needs = [int(rng.integers(0, 3)) for _ in range(size)]
        sources = [[name for name in "PQR" if rng.random() < 0.5] for _ in range(size)]

        def feasible(
            some: Any,
            needs: list[int] = needs,
            sources: list[list[str]] = sources,
            supply: dict[str, int] = supply,
        ) -> bool:
            return can_all([needs[i] for i in some], [sources[i] for i in some], supply)

        def flows(
            some: Any,
            needs: list[int] = needs,
            sources: list[list[str]] = sources,
            supply: dict[str, int] = supply,
        ) -> bool:
            wanted = [needs[i] for i in some]
            return most_served(wanted, [sources[i] for i in some], supply) == sum(wanted)

        everybody = list(range(size))
        for n in range(size + 1):
            for some in combinations(everybody, n):
                assert flows(some) == feasible(some)
        conflict = smallest_conflict(everybody, flows)
        assert bool(conflict) == (not feasible(everybody))
        if conflict:
            n_conflicts += 1
            assert not feasible(conflict)
            for dropped in conflict:
                assert feasible([one for one in conflict if one != dropped])
        rest = set(everybody) - {
            one for some in disjoint_conflicts(everybody, flows) for one in some
        }
        assert feasible(sorted(rest))
    assert n_conflicts > 50


def drawn(rng: np.random.Generator) -> tuple[list[Promise], dict[str, int]]:
    """Draw up to four agreements over three posts and four people, some served already."""
    free = {name: int(rng.integers(0, 3)) for name in "PQR"}
    promises = []
    for agreement_id in "ABCD"[: rng.integers(1, 5)]:
        ceiling = int(rng.integers(0, 4))
        members = [who for who in "wxyz" if rng.random() < 0.6]
        served = [who for who in members if rng.random() < 0.3]
        promises.append(
            promise(
                agreement_id,
                *(name for name in "PQR" if rng.random() < 0.6),
                ceiling=ceiling,
                floor=[None, int(rng.integers(0, ceiling + 1))][rng.integers(0, 2)],
                members=members,
                served=served,
                n_there=int(rng.integers(0, len(served) + 1)),
            )
        )
    return promises, free


def most_by_hand(some: list[Promise], kind: ConflictKind, free: dict[str, int]) -> tuple[int, int]:
    """Say what agreements ask for, and the most they can have, by trying every way out."""
    wants: list[list[str]] = []
    for each in some:
        terms = each.agreement
        fewest = terms.floor if terms.floor is not None else terms.ceiling or 0
        asked = {
            PLACES: max(0, fewest - each.n_there),
            MEMBERS: max(0, (terms.floor or 0) - each.n_there),
            CEILINGS: max(0, (terms.ceiling or 0) - len(each.served)),
        }[kind]
        of = [post.post_id for post in each.posts]
        wants += [sorted(each.members - each.served) if kind is MEMBERS else of] * asked
    supply = dict.fromkeys("wxyz", 1) if kind is MEMBERS else free
    ways = product(*([*some, None] for some in wants))
    most = max(
        sum(each is not None for each in way)
        for way in ways
        if all(way.count(name) <= n for name, n in supply.items())
    )
    return len(wants), most


def test_every_set_named_is_a_smallest_one_and_what_is_not_named_can_be_kept() -> None:
    rng = np.random.default_rng(4)
    kinds: set[ConflictKind] = set()
    for _ in range(60):
        promises, free = drawn(rng)
        of = {each.agreement.agreement_id: each for each in promises}
        found = find_conflicts(promises, free)
        for conflict in found:
            kinds.add(conflict.kind)
            some = [of[name] for name in conflict.agreement_ids]
            needed, there = most_by_hand(some, conflict.kind, free)
            assert (conflict.needed, conflict.there) == (needed, there)
            assert there < needed
            for dropped in some:
                rest = [each for each in some if each is not dropped]
                needed, there = most_by_hand(rest, conflict.kind, free)
                assert there == needed
        for kind in (PLACES, MEMBERS):
            named = {name for each in found if each.kind is kind for name in each.agreement_ids}
            rest = [each for name, each in of.items() if name not in named]
            needed, there = most_by_hand(rest, kind, free)
            assert there == needed
    assert kinds == set(ConflictKind)
