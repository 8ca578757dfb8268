"""How many people a trial takes, and who is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.evaluation.trial_design import (
    Variation,
    draw_classes,
    draw_shares,
    size_for_crowding,
    size_for_direct,
    variation,
)

# Half are placed, and classmates are no more alike than strangers.
ALONE = Variation(rate=0.5, within=0.25, between_classes=0.0, between_cities=0.0, class_size=10.0)


def counts(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


def at(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int32)


def test_without_a_class_nothing_can_be_said() -> None:
    with pytest.raises(ValueError, match="no class"):
        variation(counts(), counts(), at())


def test_shares_that_cannot_tell_an_effect_have_no_size_for_it() -> None:
    assert size_for_direct(0.1, ALONE, (0.0, 1.0), 100) is None
    assert size_for_crowding(0.1, ALONE, (0.5,), 100, 4) is None
    assert size_for_crowding(0.1, ALONE, (0.0, 1.0), 100, 4) is None


def test_two_cities_see_nothing_of_crowding() -> None:
    found = size_for_crowding(0.1, ALONE, (0.0, 0.5), 100, 2)
    assert found is not None
    assert (found.detectable, found.suffices) == (None, False)


def test_people_needed_are_those_of_the_textbook() -> None:
    # Two shares of .5 and .6 by z: (1.959964 + .841621)^2 = 7.848879; a variance of .25 on either
    # side of 1/.5: 7.848879 * .25 * (2 + 2) / .1^2 = 784.9.
    found = size_for_direct(0.1, ALONE, (0.5,), 785)
    assert found is not None
    assert (found.people, found.classes, found.suffices) == (785, 79, True)
    fewer = size_for_direct(0.1, ALONE, (0.5,), 784)
    assert fewer is not None
    assert not fewer.suffices


def test_cities_without_lists_tell_nothing_of_the_direct_effect() -> None:
    # Of two shares one is mixed, so that it takes twice as many: 1,569.8.
    found = size_for_direct(0.1, ALONE, (0.0, 0.5), 785)
    assert found is not None
    assert found.people == 1570


def test_alike_classmates_count_less() -> None:
    # A tenth of the variance lies between classes of 21: 1 + 20 * .1 = 3 people tell as one.
    alike = Variation(
        rate=0.5, within=0.225, between_classes=0.025, between_cities=0.0, class_size=21.0
    )
    assert (alike.alike, alike.design_effect) == (pytest.approx(0.1), pytest.approx(3.0))
    found = size_for_direct(0.1, alike, (0.5,), 785)
    assert found is not None
    assert found.people == 2355  # 3 * 784.89


def test_cities_needed_grow_with_what_lies_between_them() -> None:
    # Cities of 100: .25/100 * (1 + 2) = .0075, and twice .01 between cities. With 32 cities, two
    # shares: Student's quantiles at 30 degrees are 2.0423 + .8538 = 2.8961, and the error is
    # sqrt(.0275 * 2 / 32) = .041458; their product .12007.
    apart = Variation(
        rate=0.5, within=0.25, between_classes=0.0, between_cities=0.01, class_size=10.0
    )
    found = size_for_crowding(0.121, apart, (0.0, 0.5), 3200, 32)
    assert found is not None
    assert found.detectable == pytest.approx(0.12007, abs=2e-5)
    assert found.suffices
    assert found.cities == 32  # with 31 it is 2.9004 * .042121 = .12217
    alike = size_for_crowding(0.121, ALONE, (0.0, 0.5), 3200, 32)
    assert alike is not None
    assert alike.cities is not None
    assert alike.cities < 15


def test_two_classes_that_differ_in_everything_are_wholly_alike_inside() -> None:
    # One class placed, one not: the variance of 1 and 0 is .5, and classmates do not differ.
    found = variation(counts(4, 4), counts(4, 0), at(0, 0))
    assert (found.rate, found.within, found.between_classes) == (0.5, 0.0, pytest.approx(0.5))
    assert (found.alike, found.class_size) == (1.0, 4.0)


def test_classes_of_equal_rates_are_not_alike() -> None:
    # 16 people, half placed: 16 * .25 / (16 - 4) is the variance inside, none is between.
    found = variation(counts(4, 4, 4, 4), counts(2, 2, 2, 2), at(0, 0, 1, 1))
    assert (found.within, found.between_classes) == (pytest.approx(1 / 3), 0.0)
    assert (found.between_cities, found.alike) == (0.0, 0.0)


def test_what_an_earlier_year_explains_is_not_held_against_a_city() -> None:
    # Six cities of a thousand: rates 0 to 1 in steps of .2, and just so the year before.
    placed = counts(0, 200, 400, 600, 800, 1000)
    people, city = np.full(6, 1000, dtype=np.int64), np.arange(6, dtype=np.int32)
    rates = placed / 1000
    assert variation(people, placed, city).between_cities == pytest.approx(0.14, abs=1e-3)
    assert variation(people, placed, city, rates).between_cities == 0.0
    # Three known ones do not say.
    few = np.where(rates < 0.5, rates, np.nan)
    assert variation(people, placed, city, few).between_cities == pytest.approx(0.14, abs=1e-3)


def test_each_share_is_drawn_as_often_among_cities_of_like_size() -> None:
    sizes = counts(900, 800, 700, 90, 80, 70)
    for seed in range(20):
        drawn = draw_shares(sizes, (0.0, 0.5, 0.8), np.random.default_rng(seed))
        assert sorted(drawn[:3]) == sorted(drawn[3:]) == [0.0, 0.5, 0.8]


def test_a_city_has_its_share_of_classes_large_and_small() -> None:
    sizes, city = counts(40, 39, 20, 19, 30, 30, 30, 30), at(0, 0, 0, 0, 1, 1, 2, 2)
    seen = np.zeros(8)
    for seed in range(400):
        drawn = draw_classes(sizes, city, np.array([0.5, 0.0, 1.0]), np.random.default_rng(seed))
        # One of the two large ones, one of the two small; none; all.
        assert drawn[:2].sum() == drawn[2:4].sum() == 1
        assert not drawn[4:6].any()
        assert drawn[6:].all()
        seen += drawn
    # 400 draws at one half: a standard deviation of 10.
    assert np.abs(seen[:4] - 200).max() < 40


def test_the_same_seed_draws_the_same() -> None:
    sizes, city = np.arange(20, 40, dtype=np.int64), np.zeros(20, dtype=np.int32)
    first, second, other = (
        draw_classes(sizes, city, np.array([0.5]), np.random.default_rng(seed))
        for seed in (7, 7, 8)
    )
    assert (first == second).all()
    assert (first != other).any()
