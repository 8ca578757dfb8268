"""One class year and the posts of a day: the same market for every list and page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from recommender.domain import OutcomeStage
from recommender.matching.eligibility import Standing, standing
from recommender.matching.market import Market, open_market
from recommender.matching.prices import Prices, solve_prices
from recommender.model.scoring import Scorer
from tests.builders import (
    DAY,
    SmallWorld,
    make_full_graduate,
    make_graduate,
    make_outcome,
    make_post,
)
from tests.recommender.test_cover import most_posts


def small_market(world: SmallWorld, scorer: Scorer, **more: object) -> Market:
    now = standing(world.outcomes, {p.post_id: p for p in world.posts}, DAY)
    seen = (world.graduates, world.posts, now, world.reference, DAY)
    return open_market(scorer, *seen, **more)  # type: ignore[arg-type]


@pytest.fixture
def market(small_world: SmallWorld, scorer: Scorer) -> Market:
    return small_market(small_world, scorer)


def test_posts_that_are_not_open_are_not_in_the_market(
    small_world: SmallWorld, scorer: Scorer
) -> None:
    odd = (
        make_post(post_id="P6", opens_on=date(2026, 5, 16)),
        make_post(post_id="P7", closes_on=date(2026, 5, 14)),
        make_post(post_id="P8", withdrawn_on=DAY),
    )
    found = small_market(replace(small_world, posts=small_world.posts + odd), scorer)
    assert [post.post_id for post in found.posts] == ["P1", "P2", "P3", "P4", "P5"]


def test_a_market_without_people_or_posts_is_empty(small_world: SmallWorld, scorer: Scorer) -> None:
    for world, shape in (
        (replace(small_world, graduates=()), (0, 5)),
        (replace(small_world, posts=()), (8, 0)),
    ):
        for published in (None, {}):
            found = small_market(world, scorer, published=published)
            assert found.scores.shape == found.eligible.shape == shape
            assert found.prices.price.shape == found.capacities.shape == shape[1:]


@pytest.mark.parametrize("published", [None, {}, {"P1": (1.0, 2.0), "P2": (3.0, 4.0)}])
def test_prices_that_do_not_name_every_open_post_are_not_used(
    small_world: SmallWorld, scorer: Scorer, published: dict[str, tuple[float, float]] | None
) -> None:
    found = small_market(small_world, scorer, published=published)
    solved = solve_prices(found.scores, found.eligible, found.capacities)
    assert found.prices.price.tolist() == solved.price.tolist()
    assert found.prices.applicants.tolist() == solved.applicants.tolist()


def test_published_prices_are_used_where_they_name_every_open_post(
    small_world: SmallWorld, scorer: Scorer
) -> None:
    published = {f"P{i}": (i / 4, float(i)) for i in range(1, 9)}
    found = small_market(small_world, scorer, published=published)
    assert found.prices.price.tolist() == [0.25, 0.5, 0.75, 1, 1.25]
    assert found.prices.applicants.tolist() == [1, 2, 3, 4, 5]


def test_a_full_post_stays_in_the_market_and_nobody_may_take_it(market: Market) -> None:
    # P2 has one place, which G2 holds; see the small world.
    assert market.capacities.tolist() == [1, 0, 1, 1, 2]
    assert market.capacities.dtype == np.int32
    assert not market.eligible[:, 1].any()
    assert market.eligible.sum(axis=1).tolist() == [0, 0, 0, 3, 0, 2, 3, 3]
    assert market.prices.price[1] == 0


def test_people_and_posts_stand_in_the_order_of_their_ids(
    small_world: SmallWorld, scorer: Scorer, market: Market
) -> None:
    turned = replace(
        small_world, graduates=small_world.graduates[::-1], posts=small_world.posts[::-1]
    )
    found = small_market(turned, scorer)
    assert [g.graduate_id for g in found.graduates] == [f"G{i}" for i in range(1, 9)]
    assert [p.post_id for p in found.posts] == [f"P{i}" for i in range(1, 6)]
    for name in ("scores", "eligible", "capacities"):
        assert getattr(found, name).tobytes() == getattr(market, name).tobytes()
    assert found.prices.price.tobytes() == market.prices.price.tobytes()


def test_asked_alone_a_graduate_scores_as_in_the_cohort(market: Market) -> None:
    assert market.fit_of(market.graduates).tobytes() == market.scores.tobytes()
    for row, graduate in enumerate(market.graduates):
        assert market.fit_of([graduate]).tobytes() == market.scores[row].tobytes()


def test_somebody_outside_the_cohort_is_scored_as_well(market: Market) -> None:
    newcomer = make_full_graduate(graduate_id="", trade="没有人学过的专业", college="")
    scores = market.fit_of([newcomer])
    assert scores.shape == (1, 5)
    assert np.isfinite(scores).all()


def test_the_price_is_taken_off_only_where_asked(small_world: SmallWorld, scorer: Scorer) -> None:
    published = {f"P{i}": (i / 4, 1.0) for i in range(1, 6)}
    found = small_market(small_world, scorer, published=published)
    assert found.ordered_scores(0).tobytes() == found.scores.tobytes()
    price = np.array([0.25, 0.5, 0.75, 1, 1.25], np.float32)
    for congestion in (0.5, 1):
        priced = found.ordered_scores(congestion)
        assert priced.dtype == np.float32
        assert (priced == found.scores - np.float32(congestion) * price).all()
    assert found.ordered_scores().tobytes() == priced.tobytes()


def test_a_price_takes_a_share_off_a_chance(market: Market) -> None:
    # What is stored says nothing of its unit: the scorer does.
    assert not market.prices.is_share
    prices = Prices(np.array([0.5, 1, 0, 0.25, 0]), np.zeros(5), is_share=True)
    chances = replace(market, scores=np.full((8, 5), 0.8, np.float32), prices=prices)
    assert chances.ordered_scores()[3] == pytest.approx([0.4, 0, 0.8, 0.6, 0.8])
    # Nobody may take P2, so that its price is taken off nothing.
    assert chances.dearest() == pytest.approx([0.4, 0, 0, 0.2, 0])


def test_lists_at_full_congestion_leave_out_no_post_that_they_could_show(market: Market) -> None:
    # Everybody likes P5 best, which all four with a post may take, and a list has one line.
    able = set(np.flatnonzero(market.eligible.any(axis=0)).tolist())
    same = replace(
        market,
        scores=np.tile(np.arange(5, dtype=np.float32), (8, 1)),
        prices=Prices(np.zeros(5), np.zeros(5), is_share=False),
    )
    n_shown = {c: len(set(same.lists(1, c).ravel().tolist()) & able) for c in (0, 0.5, 1)}
    assert n_shown[0] == n_shown[0.5] == 1 < n_shown[1] == most_posts(market.eligible, 1)


def test_further_steps_change_who_may_take_what_and_not_what_is_wanted(
    small_world: SmallWorld, market: Market
) -> None:
    signed = make_outcome(graduate_id="G6", post_id="P1", date=DAY)
    declined = make_outcome(graduate_id="G7", post_id="P4", date=DAY, stage=OutcomeStage.DECLINED)
    steps = [*small_world.outcomes, signed, declined]
    later = market.after(standing(steps, {p.post_id: p for p in market.posts}, DAY))
    assert later.capacities.tolist() == [0, 0, 1, 1, 2]
    # G6 is placed, P1 is full, G7 declined P4: only P5 is left to G7, P4 and P5 to G4 and G8.
    assert later.eligible.sum(axis=1).tolist() == [0, 0, 0, 2, 0, 0, 1, 2]
    assert later.prices is market.prices
    assert later.scores is market.scores


def test_a_crowd_makes_a_post_dearer(small_world: SmallWorld, scorers: dict[str, Scorer]) -> None:
    # P1, the one welders' post that asks for no more than they hold, has 2 places: one welder
    # finds room, five do not.
    welders = tuple(make_graduate(graduate_id=f"W{i}") for i in range(5))
    reference, posts = small_world.reference, small_world.posts
    one, five = (
        open_market(scorers["crosswalk"], people, posts, Standing(), reference, DAY).prices.price
        for people in (welders[:1], welders)
    )
    assert one[0] == 0 < five[0]
    assert one[3:].tolist() == [0, 0]


def test_prices_follow_a_changed_graduate_as_if_the_market_was_read_anew(
    small_world: SmallWorld, market: Market, scorer: Scorer
) -> None:
    # As an electrician with the licence G6 queues for P3, which is not a welder's post.
    changed = replace(
        next(g for g in small_world.graduates if g.graduate_id == "G6"),
        licences=("低压电工作业",),
        trade="电气设备安装与维修",
    )
    people = tuple(changed if g.graduate_id == "G6" else g for g in small_world.graduates)
    anew = small_market(replace(small_world, graduates=people), scorer).prices
    found = market.prices_with(changed)
    assert found.price.tolist() == anew.price.tolist()
    assert found.applicants.tolist() == anew.applicants.tolist()
    assert found.applicants.tolist() != market.prices.applicants.tolist()


def test_published_prices_and_those_of_a_stranger_do_not_follow(
    small_world: SmallWorld, market: Market, scorer: Scorer
) -> None:
    published = {f"P{i}": (i / 4, float(i)) for i in range(1, 6)}
    found = small_market(small_world, scorer, published=published)
    assert found.prices_with(make_graduate(graduate_id="G6", trade="幼儿教育")) is found.prices
    assert market.prices_with(make_graduate(graduate_id="G9")) is market.prices


def test_one_graduates_list_is_their_row_of_the_markets_lists(market: Market) -> None:
    for row, graduate in enumerate(market.graduates):
        listed = market.list_of(graduate, market.standing, 3, 0.5)
        assert listed.best.tolist() == [i for i in market.lists(3, 0.5)[row] if i >= 0]
        assert listed.scores.tolist() == market.ordered_scores(0.5)[row].tolist()
        assert (listed.scores + listed.price).tolist() == pytest.approx(
            market.scores[row].tolist(), abs=1e-6
        )
