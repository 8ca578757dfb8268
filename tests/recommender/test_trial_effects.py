"""What a trial found, worked out by hand, and in a world whose effects are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from recommender.evaluation.trial_effects import Effect, EffectKind, Observed, effects

# Share of the city, its number, whether the class has lists, how many of four were placed.
Row = tuple[float, int, bool, int]


def observed(rows: Sequence[Row], earlier: Sequence[float] = ()) -> Observed:
    placed = [1.0 if n < row[3] else 0.0 for row in rows for n in range(4)]
    share, city, has = (np.repeat([row[at] for row in rows], 4) for at in range(3))
    known = np.array(earlier)[city] if earlier else np.full(len(placed), np.nan)
    return Observed(
        placed=np.array(placed),
        has_lists=has.astype(np.bool_),
        share=share.astype(np.float64),
        city=city.astype(np.int32),
        class_no=np.repeat(np.arange(len(rows)), 4).astype(np.int32),
        earlier=known,
    )


def of(found: Sequence[Effect], kind: EffectKind, share: float = 0.5) -> Effect:
    (each,) = [one for one in found if (one.kind, one.share) == (kind, share)]
    return each


# Two cities without lists, half of whose people are placed, and two where half of the classes have.
FOUR_CITIES: list[Row] = [
    (0.0, 0, False, 2),
    (0.0, 2, False, 2),
    (0.5, 1, True, 3),
    (0.5, 1, False, 1),
    (0.5, 3, True, 4),
    (0.5, 3, False, 2),
]


def test_lists_for_everybody_or_nobody_tell_no_direct_effect() -> None:
    found = effects(observed([(0.0, 0, False, 1), (1.0, 1, True, 3)]))
    assert [each.kind for each in found] == [EffectKind.TOTAL, EffectKind.OVERALL]
    # 3 of 4 against 1 of 4, and two cities give no interval.
    assert (found[0].value, found[0].low) == (pytest.approx(0.5), None)


def test_without_cities_without_lists_only_the_direct_effect_is_told() -> None:
    found = effects(observed([row for row in FOUR_CITIES if row[0]]))
    assert [each.kind for each in found] == [EffectKind.DIRECT]


def test_both_effects_add_up_to_the_total() -> None:
    found = effects(observed(FOUR_CITIES))
    # With lists 7 of 8, beside them 3 of 8, in cities without 4 of 8; all of the mixed 10 of 16.
    assert of(found, EffectKind.DIRECT).value == pytest.approx(0.5)
    assert of(found, EffectKind.CROWDING).value == pytest.approx(-0.125)
    assert of(found, EffectKind.TOTAL).value == pytest.approx(0.375)
    assert of(found, EffectKind.OVERALL).value == pytest.approx(0.125)
    direct, crowding = of(found, EffectKind.DIRECT), of(found, EffectKind.CROWDING)
    assert (direct.n_people, direct.n_against, direct.n_clusters) == (8, 8, 4)
    assert (crowding.n_people, crowding.n_against, crowding.n_clusters) == (8, 8, 4)


def test_the_error_of_crowding_leaves_out_one_city_after_the_other() -> None:
    # -.125; without city 1 or 3 it is 0 or -.25, without 0 or 2 as before: the squares of what
    # differs sum to .03125, times 3/4; Student's quantile at two degrees is 4.302653.
    found = of(effects(observed(FOUR_CITIES)), EffectKind.CROWDING)
    assert found.standard_error == pytest.approx(0.0234375**0.5)
    assert found.low == pytest.approx(-0.125 - 4.302653 * 0.0234375**0.5)
    assert found.high == pytest.approx(-0.125 + 4.302653 * 0.0234375**0.5)


def test_the_error_of_the_direct_effect_is_of_whole_classes() -> None:
    # In city 1 three of four against one, in city 3 four against one: .5 and .75, together .625.
    # What is left sums to -.25 and .25 in city 1 and the other way in 3; half of each is a
    # score of .125, four squares of which sum to .0625. Four classes less two cities and one
    # parameter: times 4/1, and over the spread of 16 * .25 = 4: .5 / 4. At one degree 12.7062.
    rows = [*FOUR_CITIES[:-1], (0.5, 3, False, 1)]
    found = of(effects(observed(rows)), EffectKind.DIRECT)
    assert found.value == pytest.approx(0.625)
    assert found.standard_error == pytest.approx(0.125)
    assert found.high == pytest.approx(0.625 + 12.70620 * 0.125)


def test_earlier_rates_of_cities_are_held_equal() -> None:
    # Cities 0 to 5 place what they placed before; 3 to 5 have some lists and place .25 less than
    # that. Their earlier rates are higher, so that the plain difference is 0.
    before = (0.25, 0.5, 0.5, 0.75, 0.75, 0.5)
    rows: list[Row] = [(0.0, 0, False, 1), (0.0, 1, False, 2), (0.0, 2, False, 2)]
    rows += [(0.5, 3, False, 2), (0.5, 4, False, 2), (0.5, 5, False, 1)]
    rows += [(0.5, city, True, 4) for city in (3, 4, 5)]
    plain = of(effects(observed(rows)), EffectKind.CROWDING)
    assert plain.value == pytest.approx(0.0, abs=1e-12)
    found = of(effects(observed(rows, before)), EffectKind.CROWDING)
    assert found.value == pytest.approx(-0.25)


def test_effects_put_into_people_are_found_again() -> None:
    """720 classes: 50 % of those without lists, 12 points more with, 8 less beside others."""
    rng = np.random.default_rng(5)
    n_cities, n_classes, n = 60, 12, 20
    city = np.repeat(np.arange(n_cities), n_classes * n).astype(np.int32)
    class_no = np.repeat(np.arange(n_cities * n_classes), n).astype(np.int32)
    share = np.repeat(rng.permutation(np.tile([0.0, 0.5], n_cities // 2)), n_classes * n)
    has = np.repeat(np.tile([True, False], n_cities * n_classes // 2), n) & (share > 0)
    by_city = np.repeat(rng.normal(0, 0.02, n_cities), n_classes * n)
    by_class = np.repeat(rng.normal(0, 0.05, n_cities * n_classes), n)
    chance = 0.5 + by_city + by_class - 0.08 * (share > 0) + 0.12 * has
    seen = Observed(
        placed=(rng.random(len(city)) < chance).astype(np.float64),
        has_lists=has,
        share=share,
        city=city,
        class_no=class_no,
        earlier=np.full(len(city), np.nan),
    )
    found = effects(seen)
    for kind, true in ((EffectKind.DIRECT, 0.12), (EffectKind.CROWDING, -0.08)):
        each = of(found, kind)
        assert each.low is not None
        assert each.high is not None
        assert each.low <= true <= each.high
        assert each.low * true > 0  # and is told from nothing
