"""What a market comes to when everybody follows its lists, by hand."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from recommender.matching.outlook import added, outlook, room_for
from recommender.matching.prices import Prices, solve_prices


def test_so_many_of_those_who_come_find_room() -> None:
    takers, places = np.array([1.0, 2.0, 4.0, 4.0]), np.array([1, 2, 0, 1], dtype=np.int32)
    found = room_for(takers, places, np.array([True, True, True, False]))
    # One place: E[min(N, 1)] = 1 - e^-1 of 1. Two places: P(1) + 2 P(2 or more) of 2, where
    # P(0) = e^-2 and P(1) = 2 e^-2. No place: nobody. Fewer people than places: everybody.
    two = (2 * exp(-2) + 2 * (1 - 3 * exp(-2))) / 2
    assert found == pytest.approx([1 - exp(-1), two, 0, 1])


def test_one_person_before_one_place_takes_it_as_often_as_both_want() -> None:
    scores, takes = np.array([[0.25]], dtype=np.float32), np.array([[0.5]], dtype=np.float32)
    may, places = np.array([[True]]), np.array([1], dtype=np.int32)
    free = Prices(np.zeros(1), np.zeros(1))
    found = outlook(scores, takes, may, places, free)
    # Places offered are Poisson around 0.5; half of those placed stay.
    assert found.placed == pytest.approx([1 - exp(-0.5)])
    assert found.stays == pytest.approx([(1 - exp(-0.5)) / 2])
    assert found.left == pytest.approx([1.0])


def test_nobody_is_placed_where_nothing_is_open() -> None:
    chances = np.full((3, 2), 0.9, dtype=np.float32)
    none = np.zeros(2, dtype=np.int32)
    prices = solve_prices(chances, np.zeros((3, 2), dtype=bool), none, chances)
    found = outlook(chances, chances, np.ones((3, 2), dtype=bool), none, prices)
    assert (found.placed == 0).all()
    assert (found.left == 0).all()


def test_one_more_adds_less_than_those_before_and_no_post_takes_more_than_its_places() -> None:
    chances = np.full((40, 1), 0.8, dtype=np.float32)
    may, places = np.ones((40, 1), dtype=bool), np.array([10], dtype=np.int32)
    prices = solve_prices(chances, may, places, chances)
    found = outlook(chances, chances, may, places, prices)
    assert found.placed.sum() <= 10
    more = added(chances[:1], chances[:1], may[:1], prices, found.left)
    assert 0 < more[0] < found.stays.mean()
