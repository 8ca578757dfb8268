from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.exploration import draw_order, n_swaps, order_propensities


@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan")])
def test_a_share_is_from_nothing_to_everything(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        order_propensities(10, share)
    with pytest.raises(ValueError, match="share"):
        draw_order(10, "a", share)


@pytest.mark.parametrize("n_lines", range(7))
def test_a_list_of_six_or_fewer_is_always_shown_as_it_was_ranked(n_lines: int) -> None:
    # Rank 6 alone lies below rank 5, and has no neighbour there.
    drawn = draw_order(n_lines, "a", 1.0)
    assert (drawn.order, drawn.swapped, drawn.propensity) == (tuple(range(n_lines)), None, 1.0)


def test_without_a_share_nothing_ever_moves() -> None:
    assert all(draw_order(10, str(n), 0.0).swapped is None for n in range(2000))


@given(st.integers(0, 100), st.text(), st.floats(0, 1))
def test_the_first_five_stay_and_no_post_comes_or_goes(
    n_lines: int, request_id: str, share: float
) -> None:
    drawn = draw_order(n_lines, request_id, share)
    assert drawn.order[:5] == tuple(range(n_lines))[:5]
    assert sorted(drawn.order) == list(range(n_lines))
    moved = [rank for rank, place in enumerate(drawn.order, start=1) if place != rank - 1]
    assert moved == ([] if drawn.swapped is None else [drawn.swapped, drawn.swapped + 1])
    assert 0 < drawn.propensity <= 1


@pytest.mark.parametrize("n_lines", [0, 6, 7, 10, 100])
@pytest.mark.parametrize("share", [0.0, 0.05, 1.0])
def test_the_chances_of_all_orders_add_up_to_one(n_lines: int, share: float) -> None:
    chances = order_propensities(n_lines, share)
    assert len(chances) == 1 + n_swaps(n_lines)
    assert chances.sum() == pytest.approx(1.0, abs=1e-12)


def test_ten_lines_may_swap_at_four_places_each_with_a_quarter_of_the_share() -> None:
    # Ranks 6 and 7, 7 and 8, 8 and 9, 9 and 10: 0.05 ÷ 4 = 0.0125.
    np.testing.assert_allclose(order_propensities(10, 0.05), [0.95] + [0.0125] * 4)


def test_orders_are_drawn_as_often_as_their_chance_says() -> None:
    n_lists = 20_000
    drawn = [draw_order(10, f"request {n}", 0.05) for n in range(n_lists)]
    seen = Counter((each.swapped, each.propensity) for each in drawn)
    assert set(seen) == {(None, 0.95), *((rank, 0.0125) for rank in (6, 7, 8, 9))}
    for (_, chance), n_seen in seen.items():
        # Four standard deviations of a binomial: 123 around 19,000 and 63 around 250.
        assert abs(n_seen - n_lists * chance) < 4 * (n_lists * chance * (1 - chance)) ** 0.5


def test_one_request_is_drawn_the_same_again() -> None:
    assert draw_order(10, "a", 0.5) == draw_order(10, "a", 0.5)


def test_a_larger_share_only_adds_lists_that_are_swapped() -> None:
    # One word of the hash decides whether: who was swapped at 5 % is swapped alike at 20 %.
    for n in range(2000):
        small = draw_order(10, str(n), 0.05)
        if small.swapped is not None:
            assert draw_order(10, str(n), 0.2).order == small.order
