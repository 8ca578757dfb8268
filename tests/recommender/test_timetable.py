"""Timetables of fairs: hand-worked small ones, and what holds of every one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from recommender.matching.timetable import UNSEATED, book, seat


def booked(
    chances: list[list[float]], capacities: list[int], wanted: list[int], k: int
) -> list[list[int]]:
    table = np.array(chances)
    found = book(table, table > 0, np.array(capacities), np.array(wanted), k)
    return [np.flatnonzero(row).tolist() for row in found]


# --- refusals ---------------------------------------------------------------------------------


def test_somebody_with_more_booths_than_rounds_is_refused() -> None:
    with pytest.raises(ValueError, match="more booths"):
        seat(np.ones((1, 2), dtype=np.bool_), 1)
    with pytest.raises(ValueError, match="more booths"):
        seat(np.ones((1, 0), dtype=np.bool_), 0)


def test_nobody_goes_where_nothing_is_possible() -> None:
    assert booked([[0.0, 0.0]], [5, 5], [1, 1], 2) == [[]]
    assert booked([[0.5, 0.5]], [0, 0], [1, 1], 2) == [[]]


# --- by hand ----------------------------------------------------------------------------------


def test_a_booth_that_is_full_goes_to_who_has_no_other() -> None:
    # The first person fits booth 0 better, and has booth 1 too; the second has booth 0 alone.
    assert booked([[0.9, 0.1], [0.2, 0.0]], [1, 1], [0, 0], 1) == [[1], [0]]


def test_nobody_has_a_second_booth_before_everybody_has_a_first() -> None:
    # Two seats: the first person's two booths are worth 1.8, one each is worth 1.0.
    assert booked([[0.9, 0.9], [0.1, 0.1]], [1, 1], [0, 0], 2) in ([[0], [1]], [[1], [0]])


def test_a_booth_sees_the_people_that_it_has_places_for() -> None:
    # By chances alone both go to booth 0 (0.9 + 0.8). Booth 1 has a place and booth 0 one, so
    # each sees one: 0.8 + 0.3 is better than 0.9 + 0.1.
    chances = [[0.9, 0.3], [0.8, 0.1]]
    assert booked(chances, [2, 2], [0, 0], 1) == [[0], [0]]
    assert booked(chances, [2, 2], [1, 1], 1) == [[1], [0]]


def test_what_is_left_goes_by_chances() -> None:
    # Two booths each of three, nothing short: everybody has the two that fit best.
    chances = [[0.5, 0.4, 0.3], [0.1, 0.2, 0.3]]
    assert booked(chances, [9, 9, 9], [0, 0, 0], 2) == [[0, 1], [1, 2]]


def test_two_people_and_two_booths_change_places_after_a_round() -> None:
    # One seat a round at each: nobody can be at the same booth in the same round.
    slots = seat(np.ones((2, 2), dtype=np.bool_), 2)
    assert sorted(slots[0]) == sorted(slots[1]) == [0, 1]
    assert slots[0, 0] != slots[1, 0]


def test_people_of_a_booth_are_spread_over_the_rounds() -> None:
    # Five people in three rounds: two, two and one.
    slots = seat(np.ones((5, 1), dtype=np.bool_), 3)
    assert sorted(np.bincount(slots[:, 0])) == [1, 2, 2]


# --- what holds of every one ------------------------------------------------------------------


def most_bookings(possible: NDArray[np.bool_], capacities: NDArray[np.int64], k: int) -> int:
    """Count how many bookings there can be at the most, by augmenting paths."""
    n_people = len(possible)
    at: list[set[int]] = [set() for _ in range(n_people)]
    left = capacities.copy()

    def give(person: int, seen: set[int]) -> bool:
        for booth in np.flatnonzero(possible[person]):
            if booth in seen or booth in at[person]:
                continue
            seen.add(booth)
            if left[booth]:
                left[booth] -= 1
                at[person].add(booth)
                return True
            for other in range(n_people):
                if booth in at[other] and give(other, seen):
                    at[other].remove(booth)
                    at[person].add(booth)
                    return True
        return False

    return sum(give(person, set()) for person in range(n_people) for _ in range(k))


@pytest.mark.parametrize("seed", range(40))
def test_no_timetable_holds_more_and_nothing_is_given_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_people, n_booths, n_slots = (int(n) for n in rng.integers(1, [30, 8, 6]))
    k = int(rng.integers(1, n_slots + 1))
    per_round = rng.integers(0, 4, n_booths)
    possible = rng.random((n_people, n_booths)) < rng.random()
    chances = np.where(possible, rng.random(possible.shape), 0.0)
    wanted = rng.integers(0, 6, n_booths)
    found = book(chances, possible, per_round * n_slots, wanted, k)
    assert not (found & ~possible).any()
    assert (found.sum(axis=1) <= k).all()
    assert found.sum() == most_bookings(possible, per_round * n_slots, k)
    slots = seat(found, n_slots)
    assert np.array_equal(slots != UNSEATED, found)
    for row in slots:
        own = row[row != UNSEATED]
        assert len(set(own)) == len(own)
    for booth in range(n_booths):
        own = slots[:, booth][slots[:, booth] != UNSEATED]
        assert (np.bincount(own, minlength=n_slots) <= per_round[booth]).all()


def test_a_whole_fair_where_seats_are_not_short() -> None:
    # 600 people, 40 booths, 8 rounds of 20 people: 6,400 seats for at most 3,600 bookings, and
    # no booth can fill, since 160 seats are more than the 15 % of 600 who may come to it.
    rng = np.random.default_rng(5)
    possible = rng.random((600, 40)) < 0.15
    assert possible.sum(axis=0).max() <= 160
    chances = np.where(possible, rng.random(possible.shape), 0.0)
    found = book(chances, possible, np.full(40, 160), np.full(40, 5), 6)
    assert np.array_equal(found.sum(axis=1), np.minimum(possible.sum(axis=1), 6))
    slots = seat(found, 8)
    for row in slots:
        own = row[row != UNSEATED]
        assert len(set(own)) == len(own)
    for booth in range(40):
        assert np.bincount(slots[:, booth][found[:, booth]], minlength=8).max() <= 20
