"""Scores taken apart into what people understand, and made comparable between graduates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from recommender.matching.ranking import (
    GRADUATE_ASPECTS,
    POST_ASPECTS,
    PRICE,
    Part,
    largest_parts,
    parts_of_score,
    percentiles,
)
from recommender.model.features import (
    feature_matrix,
    graduate_features,
    kind_of,
    post_features,
)
from recommender.model.scoring import HybridScorer, Scorer
from recommender.model.topk import id_keys, pair_hash
from tests.builders import (
    SmallWorld,
    make_full_graduate,
    make_full_post,
    make_graduate,
    make_post,
    make_reference,
)


def small_scorer() -> HybridScorer:
    """Give two features of each side beside ``any``, one component, and biases of posts."""
    return HybridScorer(
        graduate_names=("any", "home:370811", "home_city:370800", "trade:焊接加工"),
        post_names=("any", "occupation:6-18-02-04", "place_city:370800"),
        graduate_embeddings=np.array([[1], [2], [3], [-4]], dtype=np.float32),
        post_embeddings=np.array([[0], [5], [10]], dtype=np.float32),
        post_biases=np.array([7, 0.5, -0.25], dtype=np.float32),
    )


def row_of(weights: list[float]) -> object:
    names = tuple(str(i) for i in range(len(weights)))
    return feature_matrix([{n: w for n, w in zip(names, weights, strict=True) if w}], names)


def shares_of(scores: NDArray[np.float32], eligible: NDArray[np.bool_]) -> NDArray[np.float32]:
    graduate_keys, post_keys = (
        id_keys(f"{side}{i}" for i in range(n))
        for side, n in (("G", scores.shape[0]), ("P", scores.shape[1]))
    )
    return percentiles(scores, eligible, graduate_keys, post_keys)


# Refusals -----------------------------------------------------------------------------------


def test_a_feature_of_a_kind_that_nobody_named_is_not_passed_over_in_silence() -> None:
    odd = HybridScorer(
        graduate_names=("any", "shoe_size:43"),
        post_names=("any",),
        graduate_embeddings=np.ones((2, 1), dtype=np.float32),
        post_embeddings=np.ones((1, 1), dtype=np.float32),
        post_biases=np.zeros(1, dtype=np.float32),
    )
    with pytest.raises(KeyError, match="shoe_size"):
        parts_of_score(odd, row_of([1, 1]), row_of([1]))


def test_nobody_eligible_has_no_percentile() -> None:
    shares = shares_of(np.ones((1, 3), dtype=np.float32), np.zeros((1, 3), dtype=np.bool_))
    assert shares.tolist() == [[0, 0, 0]]


@pytest.mark.parametrize(("n_graduates", "n_posts"), [(0, 2), (2, 0)])
def test_nobody_or_nothing_has_empty_percentiles(n_graduates: int, n_posts: int) -> None:
    scores = np.ones((n_graduates, n_posts), dtype=np.float32)
    shares = shares_of(scores, scores > 0)
    assert (shares.shape, shares.dtype) == ((n_graduates, n_posts), np.float32)


# Parts --------------------------------------------------------------------------------------


def test_parts_are_sums_over_the_aspects_of_two_sides() -> None:
    # any 1, home 1, home city 1, trade .5; post: any 1, occupation 1, city .5.
    # home × occupation: (2 + 3) · 5 = 25; home × place: (2 + 3) · 10 · .5 = 25;
    # trade × occupation: .5 · -4 · 5 = -10; trade × place: .5 · -4 · 10 · .5 = -10;
    # any × occupation: 1 · 5 + .5 = 5.5; any × place: (1 · 10 - .25) · .5 = 4.875;
    # any × any: 7; the price: -3.
    parts = parts_of_score(small_scorer(), row_of([1, 1, 1, 0.5]), row_of([1, 1, 0.5]), 3.0)
    assert parts == [
        Part("home_occupation", 25),
        Part("home_place", 25),
        Part("trade_occupation", -10),
        Part("trade_place", -10),
        Part("any_any", 7),
        Part("any_occupation", 5.5),
        Part("any_place", 4.875),
        Part("price", -3),
    ]


def test_without_a_price_none_is_named() -> None:
    parts = parts_of_score(small_scorer(), row_of([1, 0, 0, 0]), row_of([1, 0, 0]))
    assert parts == [Part("any_any", 7)]


def test_the_largest_parts_stand_first_and_what_every_post_shares_is_left_out() -> None:
    parts = [
        Part("home_any", 9),
        Part("home_place", -8),
        Part("trade_occupation", 7),
        Part(PRICE, -6),
        Part("any_pay", 5),
        Part("wish_place", 4),
    ]
    kept = largest_parts(parts, 2)
    assert [part.code for part in kept] == ["home_place", "trade_occupation", PRICE]
    assert len(largest_parts(parts, 9)) == 5


@pytest.mark.parametrize("price", [0.0, 1.75])
def test_all_parts_add_up_to_the_score_less_the_price(
    small_world: SmallWorld, scorer: Scorer, price: float
) -> None:
    reference = small_world.reference
    people = [*small_world.graduates, make_full_graduate()]
    offers = [*small_world.posts, make_full_post()]
    graduates = feature_matrix(
        [graduate_features(g, reference) for g in people], scorer.graduate_names
    )
    posts = feature_matrix([post_features(p, reference) for p in offers], scorer.post_names)
    scores = scorer.scores(graduates, posts)
    for row in range(len(people)):
        for column in range(len(offers)):
            parts = parts_of_score(scorer, graduates[[row]], posts[[column]], price)
            added = sum(part.contribution for part in parts)
            assert added == pytest.approx(scores[row, column] - price, abs=1e-4)
            sizes = [abs(part.contribution) for part in parts]
            assert sizes == sorted(sizes, reverse=True)


def test_every_kind_of_feature_has_an_aspect_and_no_aspect_lacks_one() -> None:
    reference = make_reference()
    graduates = [make_full_graduate(), make_graduate()]
    posts = [make_full_post(), make_post()]
    graduate_kinds = {kind_of(name) for g in graduates for name in graduate_features(g, reference)}
    post_kinds = {kind_of(name) for p in posts for name in post_features(p, reference)}
    assert graduate_kinds == set(GRADUATE_ASPECTS)
    assert post_kinds == set(POST_ASPECTS)


# Percentiles --------------------------------------------------------------------------------


def test_a_percentile_is_the_share_outranked_or_equal() -> None:
    scores = np.array([[3, 1, 2, 0, 99], [1, 5, 0, 0, 0]], dtype=np.float32)
    eligible = np.array([[True, True, True, True, False], [True, True, False, False, False]])
    # First: 3 outranks or is 4 of 4, 2 is 3 of 4, 1 is 2, 0 is 1. Second: 1 of 2, 2 of 2.
    assert shares_of(scores, eligible).tolist() == [[1, 0.5, 0.75, 0.25, 0], [0.5, 1, 0, 0, 0]]


def test_equal_scores_stand_as_in_a_list_and_share_nothing() -> None:
    scores = np.array([[2, 2, 7]], dtype=np.float32)
    hashes = pair_hash(id_keys(["G0"])[:, None], id_keys(["P0", "P1", "P2"]))[0]
    first = int(hashes[1] < hashes[0])  # between equal scores the smaller hash comes first
    thirds = np.float32([1 / 3, 1 / 3, 1])
    thirds[first] = 2 / 3
    assert shares_of(scores, np.ones((1, 3), dtype=np.bool_))[0].tolist() == thirds.tolist()


@given(
    arrays.arrays(np.float32, (3, 5), elements=st.integers(-4, 4).map(float)),
    arrays.arrays(np.bool_, (3, 5)),
)
def test_percentiles_keep_the_order_and_hide_the_unit(
    scores: NDArray[np.float32], eligible: NDArray[np.bool_]
) -> None:
    shares = shares_of(scores, eligible)
    assert ((shares > 0) == eligible).all()
    assert (shares_of(scores * 3 + 7, eligible) == shares).all()
    for own, share, mask in zip(scores, shares, eligible, strict=True):
        n = int(mask.sum())
        assert sorted(share[mask].tolist()) == np.float32([(i + 1) / n for i in range(n)]).tolist()
        better = own[mask][:, None] > own[mask][None, :]
        assert (share[mask][:, None] > share[mask][None, :])[better].all()
