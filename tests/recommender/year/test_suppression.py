"""No hidden count can be told: everything small is tried, and linear programming agrees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from math import inf

import numpy as np
import pytest
from scipy.optimize import linprog

from recommender.year.suppression import Shown, protect, show

# Nobody, small, and both edges of each rounding.
COUNTS = (0, 1, 9, 10, 14, 15, 24)
# So many whole numbers in a row a hidden count may be, whatever else is published: 20 stands for
# 24 at most and two counts from 10 on take 20 of them at least, so what remains is 1 to 4.
LEAST = 4


@pytest.mark.parametrize("count", [1, 5, 9, 0.2, 9.9])
def test_a_small_count_is_hidden(count: float) -> None:
    assert show(count) is None


def test_others_are_rounded_to_tens_and_nobody_is_said() -> None:
    shown = {count: show(count) for count in (0, 10, 14, 15, 24.9, 25, 104)}
    assert shown == {0: 0, 10: 10, 14: 10, 15: 20, 24.9: 20, 25: 30, 104: 100}


def test_of_a_small_total_nothing_is_said_not_even_who_is_nobody() -> None:
    assert protect((6, 0, 0)) == (None, (None, None, None))


def test_beside_a_small_count_the_first_other_is_hidden_whatever_its_size() -> None:
    assert protect((0, 4, 90, 20)) == (110, (0, None, None, 20))
    assert protect((20, 90, 4)) == (110, (None, 90, None))


def test_counts_that_are_not_small_are_all_published() -> None:
    assert protect((0, 12, 90)) == (100, (0, 10, 90))


@pytest.mark.parametrize(("n_parts", "most"), [(2, 65), (3, 55)])
def test_who_runs_this_program_on_every_row_cannot_tell_a_hidden_count(
    n_parts: int, most: int
) -> None:
    """By trying: a hidden count takes many values among the rows that are published alike."""
    alike: defaultdict[tuple[object, ...], set[int]] = defaultdict(set)
    for parts in product(range(most), repeat=n_parts):
        total, shown = protect(parts)
        if total is not None and total + 5 > most:
            continue  # rows published so are not all tried
        for place in (n for n, value in enumerate(shown) if value is None):
            alike[place, total, *shown].add(parts[place])
    assert min(map(len, alike.values())) >= LEAST


def ranges(total: Shown, shown: Sequence[Shown], large: int | None) -> list[tuple[float, float]]:
    """Say what each count, then the total, may be, where `large` is the hidden one from 10 on."""
    found = []
    for place, value in enumerate((*shown, total)):
        if value is None:
            found.append((10, inf) if place == large else (1, 9))
        else:
            found.append((max(10, value - 5), value + 4) if value else (0, 0))
    return found


def told_by_programming(
    total: Shown, shown: Sequence[Shown], place: int
) -> list[tuple[float, float]]:
    """Find between what a count must lie, for each hidden one that may be the large one.

    This reader knows the rounding, that hidden counts add up with the others to the total, and
    that at most one of them is not small.
    """
    sums = np.append(np.ones(len(shown)), -1.0)[None, :]
    aim = np.zeros(len(shown) + 1)
    aim[place] = 1.0
    found = []
    for large in (None, *(n for n, value in enumerate(shown) if value is None)):
        limits = ranges(total, shown, large)
        least, most = (
            linprog(sign * aim, A_eq=sums, b_eq=[0.0], bounds=limits) for sign in (1, -1)
        )
        if least.status == 0:
            found.append((least.fun, -most.fun if most.status == 0 else inf))
    return found


HARDEST = [
    # 45 is the least of 50 and five nines are 45; 65 is the least of 70; 54 is the most of 50.
    (9, 9, 9, 9, 9),
    (14, 14, 14, 14, 9),
    (10, 10, 10, 10, 10, 4),
    (9, 14, 14, 8, 0),
    (1, 10, 0, 0, 0),
    (5, 5, 0, 0, 0),
]


@pytest.mark.parametrize("parts", HARDEST)
def test_linear_programming_cannot_tell_a_hidden_count(parts: tuple[int, ...]) -> None:
    total, shown = protect(parts)
    for place in (n for n, value in enumerate(shown) if value is None):
        possible = {
            n
            for low, high in told_by_programming(total, shown, place)
            for n in range(int(np.ceil(low - 1e-6)), int(min(high, 100) + 1e-6) + 1)
        }
        assert parts[place] in possible
        assert len(possible) >= LEAST


def test_no_row_of_five_edges_can_be_told() -> None:
    """The same as intervals, which is all that one sum leaves to programming."""
    for parts in product(COUNTS, repeat=5):
        total, shown = protect(parts)
        if total is None or None not in shown:
            continue
        hidden = [n for n, value in enumerate(shown) if value is None]
        possible: defaultdict[int, set[int]] = defaultdict(set)
        for large in (None, *hidden):
            *limits, whole = ranges(total, shown, large)
            least, most = (sum(limit[side] for limit in limits) for side in (0, 1))
            if least > whole[1] or most < whole[0]:
                continue
            for place in hidden:
                low, high = limits[place]
                low = max(low, whole[0] - (most - high)) if most < inf else low
                high = min(high, whole[1] - (least - limits[place][0]))
                possible[place] |= set(range(int(low), int(high) + 1))
        for place in hidden:
            assert len(possible[place]) >= LEAST, parts


def test_two_editions_never_differ_by_a_few_people() -> None:
    for before, after in product(range(60), repeat=2):
        one, other = show(before), show(after)
        if one is not None and other is not None:
            assert abs(one - other) not in range(1, 10)
