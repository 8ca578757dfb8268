"""The placement world: its parts by hand, its market against plain loops, its moments."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr

from recommender.evaluation.world import (
    World,
    build_world,
    merit,
    moments,
    observe,
    simulate_market,
)
from recommender.evaluation.world_choice import allowed, distance_term, pay_term, skill_fit
from recommender.evaluation.world_config import (
    TARGETS,
    Block,
    Dice,
    Kind,
    WorldConfig,
    sanity_config,
)
from recommender.evaluation.world_parts import Fate
from recommender.evaluation.world_season import Wishes, clear, first_distinct, repeated

SMALL = WorldConfig(n_seasons=3, n_graduates=300, n_posts=60, n_enterprises=30)


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(7, SMALL)


@pytest.fixture(scope="module")
def strict_world() -> World:
    """Give a world whose rules on level, licence and age are on, and never overlooked."""
    rules = replace(
        SMALL,
        level_shares=(0.3, 0.6, 0.1),
        min_level_shares=(0.4, 0.2, 0.3, 0.1),
        licence_skills=tuple(range(20)),
        licence_required=0.5,
        licence_held=0.6,
        adults_only=0.3,
        minors=0.5,
        overlooked=0.0,
    )
    return build_world(7, rules)


# Refusals


@pytest.mark.parametrize("name", ["n_seasons", "n_graduates", "n_posts", "n_enterprises"])
def test_a_world_has_at_least_one_of_everything(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        replace(SMALL, **{name: 0})


@pytest.mark.parametrize("season", [3, -4])
def test_the_test_season_is_one_of_the_seasons(season: int) -> None:
    with pytest.raises(ValueError, match="test_season"):
        replace(SMALL, test_season=season)


@pytest.mark.parametrize(
    ("lists", "counts"),
    [
        (np.zeros((299, 3), dtype=np.int32), {}),
        (np.zeros(300, dtype=np.int32), {}),
        (np.full((300, 3), 60, dtype=np.int32), {}),
        (np.full((300, 3), -2, dtype=np.int32), {}),
        (np.zeros((300, 3), dtype=np.int32), {"n_applications": 0}),
        (np.zeros((300, 3), dtype=np.int32), {"n_repeats": 0}),
    ],
)
def test_lists_that_do_not_fit_the_season_are_refused(
    world: World, lists: NDArray[np.int32], counts: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match=r"list|at least 1"):
        simulate_market(world, 0, lists, **counts)


# The parts of a utility, by hand


def test_fit_is_nearly_the_weakest_required_skill() -> None:
    skills = np.array([[0.5, 0.9, 0.0]], dtype=np.float32)
    required = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 1]], dtype=bool)
    # One skill is itself. Two: -.15 ln of the mean of exp(-k/.15).
    two = -0.15 * log((exp(-0.5 / 0.15) + exp(-0.9 / 0.15)) / 2)
    weak = -0.15 * log((exp(-0.9 / 0.15) + 1.0) / 2)
    assert skill_fit(skills, required)[0] == pytest.approx([0.5, two, weak], abs=1e-5)
    assert 0.5 < two < 0.61
    assert 0.10 < weak < 0.105


def test_a_loss_of_pay_weighs_two_and_a_quarter_times_a_gain() -> None:
    term = pay_term(np.array([1.1, 0.9], dtype=np.float32), np.array([1.0], dtype=np.float32))
    # 4 x .1 gained; 4 x 2.25 x .1 lost.
    assert term[0] == pytest.approx([0.4, -0.9], abs=1e-5)


def test_the_way_is_free_to_30_km_and_falls_off_a_cliff_at_150_km() -> None:
    # (110 - 30) / 80 = 1; at 150 km 1.5; at 190 km 2 and the cliff of .8.
    term = distance_term(np.array([0.0, 30.0, 110.0, 150.0, 190.0]))
    assert term == pytest.approx([0.0, 0.0, -1.0, -1.5, -2.8])


# Drawing without replacement


def test_what_came_before_in_a_row_is_marked() -> None:
    rows = np.array([[3, 1, 3, 3, 1, 0]])
    assert repeated(rows).tolist() == [[False, False, True, True, True, False]]


def test_a_list_keeps_the_first_different_posts_that_are_fine() -> None:
    drawn = np.array([[5, 5, 2, 7, 2, 1], [4, 4, 4, 4, 4, 4]])
    fine = drawn != 7
    assert first_distinct(drawn, fine, 3).tolist() == [[5, 2, 1], [4, -1, -1]]


# Clearing the market


@st.composite
def _rounds(draw: st.DrawFn) -> tuple[NDArray[np.bool_], NDArray[np.int64], int]:
    n_graduates = draw(st.integers(1, 12))
    n_posts = draw(st.integers(1, 5))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    applied = rng.random((n_graduates, n_posts)) < 0.6
    return applied, rng.integers(0, 4, n_posts), seed


@given(_rounds())
def test_clearing_gives_what_serving_one_after_the_other_gives(
    case: tuple[NDArray[np.bool_], NDArray[np.int64], int],
) -> None:
    applied, left, seed = case
    rng = np.random.default_rng(seed + 1)
    utility = rng.normal(0.3, 1.0, applied.shape)
    score = rng.normal(0.0, 1.0, applied.shape)
    turns = rng.permutation(len(applied))
    graduate, post = (index.astype(np.int32) for index in np.nonzero(applied))
    wishes = Wishes(
        graduate=graduate,
        post=post,
        utility=utility[applied],
        score=score[applied],
        willing=utility[applied] > 0,
        able=score[applied] < 1,
    )
    fate = clear(wishes, left, turns, -0.5)

    offered = set()
    for j in range(len(left)):
        pool = [i for i in range(len(applied)) if applied[i, j] and -0.5 < score[i, j] < 1]
        pool.sort(key=lambda i: -score[i, j])
        offered |= {(i, j) for i in pool[: int(np.ceil(1.25 * left[j]))]}
    free = left.copy()
    taken = set()
    for i in np.argsort(turns):
        for j in np.argsort(-utility[i]):
            if (i, j) in offered and utility[i, j] > 0 and free[j] > 0:
                free[j] -= 1
                taken.add((int(i), int(j)))
                break
    accepted = fate == Fate.ACCEPTED
    assert set(zip(graduate[accepted], post[accepted], strict=True)) == taken
    full = fate == Fate.NO_PLACE_LEFT
    assert (left[post[full]] == 0).all()


def test_an_application_to_a_full_post_says_nothing_of_merit() -> None:
    one = np.zeros(1, dtype=np.int32)
    best = np.full(1, 9.0)
    yes = np.ones(1, dtype=bool)
    wishes = Wishes(graduate=one, post=one, utility=best, score=best, willing=yes, able=yes)
    assert clear(wishes, np.zeros(1, dtype=np.int64), one, -0.5).tolist() == [Fate.NO_PLACE_LEFT]


# A season as it happened


def test_places_are_kept_and_nobody_is_placed_twice(world: World) -> None:
    for season in world.seasons:
        done = season.applications
        taken = done.fate == Fate.ACCEPTED
        filled = np.bincount(done.post[taken], minlength=len(season.posts))
        assert (filled <= season.posts.headcount).all()
        assert np.bincount(done.graduate[taken]).max() == 1
        assert not done.stayed[~taken].any()


def test_nobody_applies_twice_to_a_post_or_to_more_than_four_a_round(world: World) -> None:
    for season in world.seasons:
        done = season.applications
        pairs = done.graduate.astype(np.int64) * len(season.posts) + done.post
        assert len(np.unique(pairs)) == len(pairs)
        rounds = done.graduate.astype(np.int64) * SMALL.n_rounds + done.round
        assert np.bincount(rounds).max() <= 4


def test_a_list_names_ten_different_posts(world: World) -> None:
    shown = world.seasons[0].shown
    first = shown.round == 0
    slots = shown.graduate[first].astype(np.int64) * 60 + shown.post[first]
    assert len(np.unique(slots)) == len(slots) == 300 * 10
    assert ((shown.propensity > 0) & (shown.propensity <= 1)).all()


def test_officers_do_not_show_what_was_applied_for(world: World) -> None:
    season = world.seasons[0]
    done, shown = season.applications, season.shown
    applied = np.full((300, 60), 99)
    applied[done.graduate, done.post] = done.round
    assert (applied[shown.graduate, shown.post] >= shown.round).all()


def test_propensities_are_the_shares_of_the_first_slot() -> None:
    # Many graduates, few posts: count how often the first slot holds each post.
    crowd = build_world(3, replace(SMALL, n_seasons=1, n_graduates=20_000, n_posts=20, n_rounds=1))
    shown = crowd.seasons[0].shown
    first = shown.position == 1
    expected = np.bincount(shown.post[first], weights=1 / shown.propensity[first], minlength=20)
    # An inverse-propensity count of each post estimates the number of graduates.
    assert expected / 20_000 == pytest.approx(np.ones(20), abs=0.15)


def test_headcounts_add_up_and_no_post_takes_more_than_its_share() -> None:
    world = build_world(1, WorldConfig(n_seasons=1))
    headcount = world.seasons[0].posts.headcount
    assert headcount.sum() == 1_700  # .85 x 2,000
    assert headcount.min() >= 1
    assert headcount.max() <= 34  # 2 %


def test_lines_are_posted_again_with_enterprise_family_and_skills(world: World) -> None:
    before, after = world.seasons[0], world.seasons[1]
    _, old, new = np.intersect1d(before.posts.line, after.posts.line, return_indices=True)
    assert 0.2 < len(old) / len(before.posts) < 0.6
    ids = before.enterprises.id[before.posts.enterprise[old]]
    assert (ids == after.enterprises.id[after.posts.enterprise[new]]).all()
    assert (before.posts.family[old] == after.posts.family[new]).all()
    assert (before.posts.required[old] == after.posts.required[new]).all()


def test_the_new_trade_is_taught_from_the_test_season_on(world: World) -> None:
    new = len(world.setting.major_family) - 1
    taught = [bool((season.people.major == new).any()) for season in world.seasons]
    assert taught == [False, False, True]


def test_one_label_in_eight_is_wrong() -> None:
    posts = build_world(2, WorldConfig(n_seasons=1, n_posts=2_000)).seasons[0].posts
    # 12 % of 2,000: standard deviation .7 points.
    assert (posts.label != posts.family).mean() == pytest.approx(0.12, abs=0.025)


def test_rules_hold_for_every_hire_where_none_is_overlooked(strict_world: World) -> None:
    for season in strict_world.seasons:
        able = allowed(season.people, season.posts)
        done = season.applications
        taken = done.fate == Fate.ACCEPTED
        assert able[done.graduate[taken], done.post[taken]].all()
        assert able[season.shown.graduate, season.shown.post].all()
        assert not able.all()


def test_level_licence_and_age_each_forbid(strict_world: World) -> None:
    people, posts = strict_world.seasons[0].people, strict_world.seasons[0].posts
    able = allowed(people, posts)
    low = people.level[:, None] < posts.min_level[None, :]
    young = people.minor[:, None] & posts.adults_only[None, :]
    (asking,) = np.nonzero(posts.licence >= 0)
    lacking = ~people.licences[:, posts.licence[asking]]
    assert low.any()
    assert young.any()
    assert lacking.any()
    assert not able[low].any()
    assert not able[young].any()
    assert not able[:, asking][lacking].any()


# Seeds and streams


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    again = build_world(7, SMALL)
    for one, other in zip(world.seasons, again.seasons, strict=True):
        assert (one.applications.graduate == other.applications.graduate).all()
        assert (one.applications.fate == other.applications.fate).all()
        assert (one.people.skills == other.people.skills).all()
    assert (build_world(8, SMALL).seasons[0].people.major != world.seasons[0].people.major).any()


def test_one_block_is_drawn_anew_and_all_others_stay(world: World) -> None:
    other = build_world(7, SMALL, redraw={Block.TASTE: 99})
    one, two = world.seasons[0], other.seasons[0]
    assert (one.people.skills == two.people.skills).all()
    assert (one.posts.headcount == two.posts.headcount).all()
    assert len(one.applications.post) != len(two.applications.post)
    people = build_world(7, SMALL, redraw={Block.PEOPLE: 99})
    assert (people.seasons[0].posts.log_wage == one.posts.log_wage).all()
    assert (people.seasons[0].people.major != one.people.major).any()


def test_a_stream_depends_on_seed_block_and_season() -> None:
    draws = {
        Dice(seed, {}).roll(block, season).random()
        for seed in (0, 1)
        for block in (Block.PEOPLE, Block.POSTS)
        for season in (0, 1)
    }
    assert len(draws) == 8


# Truth


def test_the_truth_is_the_product_of_wanting_hiring_and_staying(world: World) -> None:
    truth = world.truth(1)
    assert truth.retained == pytest.approx(truth.want * truth.offer * truth.stay)
    for chance in (truth.want, truth.apply, truth.offer, truth.stay):
        assert chance.min() >= 0
        assert chance.max() <= 1
    assert (truth.apply >= truth.want).all()
    assert (truth.surplus >= 0).all()


def test_chances_by_hand(world: World) -> None:
    season, truth = world.seasons[0], world.truth(0)
    i, j = 5, 8
    above = float(truth.utility[i, j] - season.people.outside[i])
    # P(Gumbel > -above) = 1 - exp(-exp(above)).
    assert truth.want[i, j] == pytest.approx(1 - exp(-exp(above)), rel=1e-4)
    wanting = truth.score[i, j] - season.cut[j]
    noise = np.random.default_rng(1).normal(0.0, 0.7, 200_000)
    assert truth.offer[i, j] == pytest.approx((noise > -wanting).mean(), abs=0.005)


def test_chances_hold_in_the_market() -> None:
    world = build_world(5, replace(SMALL, n_graduates=2_000, n_posts=200, n_seasons=1))
    done, truth = world.seasons[0].applications, world.truth(0)
    taken = done.fate == Fate.ACCEPTED
    expected = truth.stay[done.graduate[taken], done.post[taken]].mean()
    # About 1,000 placements: the share that stayed has a standard deviation of 1.6 points.
    assert done.stayed[taken].mean() == pytest.approx(expected, abs=0.05)


def test_a_full_post_asks_for_its_worst_hire_and_others_for_the_bar(world: World) -> None:
    season = world.seasons[0]
    done = season.applications
    filled = np.bincount(done.post[done.fate == Fate.ACCEPTED], minlength=len(season.posts))
    full = filled == season.posts.headcount
    assert full.any()
    assert (season.cut[full] > SMALL.hiring_bar).all()
    assert season.cut[~full] == pytest.approx(SMALL.hiring_bar)


def test_merit_is_the_chance_of_an_offer_where_every_post_has_room(world: World) -> None:
    season, truth = world.seasons[0], world.truth(0)
    full = season.cut > SMALL.hiring_bar + 1e-6
    found = merit(world, truth)
    assert full.any()
    assert found[:, ~full] == pytest.approx(truth.offer[:, ~full], abs=1e-6)
    # A full post's bar is higher, so with room for everybody nobody's chance is lower.
    assert (found[:, full] >= truth.offer[:, full] - 1e-6).all()  # float32's rounding
    assert found[5, 8] == pytest.approx(ndtr((truth.score[5, 8] + 1.2) / 0.7))  # the plain bar


def test_nothing_is_true_of_a_pair_that_a_rule_forbids(strict_world: World) -> None:
    truth = strict_world.truth(0)
    assert (truth.retained[~truth.eligible] == 0).all()
    assert (merit(strict_world, truth)[~truth.eligible] == 0).all()


def test_a_replicate_cohort_is_fresh_and_meets_the_same_posts(world: World) -> None:
    cohort = world.replicate_people(0, 123)
    truth = world.truth(0, cohort)
    assert truth.retained.shape == (300, 60)
    assert (cohort.major != world.seasons[0].people.major).any()
    assert not np.allclose(truth.utility, world.truth(0).utility)


# Not a dot product


def _graduate_features(world: World) -> NDArray[np.float64]:
    people = world.seasons[0].people
    columns = [
        np.ones((len(people), 1)), people.skills, people.ability[:, None], people.taste,
        np.eye(4)[people.latent_class], np.eye(len(world.setting.town_weights))[people.home],
        np.eye(len(world.setting.major_family))[people.major],
        np.eye(len(world.setting.offers))[people.school],
    ]  # fmt: skip
    return np.hstack(columns).astype(np.float64)


def _post_features(world: World) -> NDArray[np.float64]:
    season = world.seasons[0]
    posts, firms = season.posts, season.enterprises
    slot = posts.enterprise
    columns = [
        np.ones((len(posts), 1)), posts.required, posts.log_wage[:, None],
        firms.quality[slot][:, None], firms.taste[slot],
        np.eye(len(world.setting.town_weights))[posts.town],
        np.eye(len(world.setting.core))[posts.family],
        np.eye(posts.required.shape[1])[posts.label_skill],
    ]  # fmt: skip
    return np.hstack(columns).astype(np.float64)


def _left_by_dot_products(world: World, target: NDArray[np.float32]) -> float:
    """Share of variance that no sum of products of both sides' features explains.

    The best of all (graduate feature x post feature) weights is the projection on both
    feature spaces; hidden features are given too, so the bound is generous.
    """
    left, _ = np.linalg.qr(_graduate_features(world))
    right, _ = np.linalg.qr(_post_features(world))
    centred = target - target.mean()
    fitted = left @ (left.T @ centred @ right) @ right.T
    return float(((centred - fitted) ** 2).sum() / (centred**2).sum())


@pytest.fixture(scope="module")
def wide_world() -> World:
    return build_world(4, replace(SMALL, n_seasons=1, n_graduates=1_200, n_posts=700))


def test_no_utility_of_the_market_is_a_dot_product_of_features(wide_world: World) -> None:
    truth = wide_world.truth(0)
    for target in (truth.utility, truth.score):
        assert _left_by_dot_products(wide_world, target) > 0.02
        # A dot product's rank is at most the number of its features; this one's is higher.
        spectrum = np.linalg.svd(target.astype(np.float64), compute_uv=False)
        n_features = _graduate_features(wide_world).shape[1]
        assert (spectrum > 1e-4 * spectrum[0]).sum() > 2 * n_features


def test_the_utility_of_the_linear_world_is_one() -> None:
    config = sanity_config(Kind.LINEAR, replace(SMALL, n_seasons=1, n_graduates=1_200, n_posts=700))
    linear = build_world(4, config)
    assert _left_by_dot_products(linear, linear.truth(0).utility) < 1e-9  # float32's rounding


# Sanity worlds


def test_in_the_null_world_no_post_differs_from_another() -> None:
    null = build_world(6, sanity_config(Kind.NULL, SMALL))
    for season in null.seasons:
        retained = null.truth(season.number).retained
        assert (retained == retained[:, :1]).all()
        assert retained.min() > 0
        assert (season.applications.fate != Fate.NO_PLACE_LEFT).all()
        assert (season.posts.label == season.posts.family).all()


def test_in_the_linear_world_everybody_who_applies_is_offered_a_place() -> None:
    linear = build_world(6, sanity_config(Kind.LINEAR, SMALL))
    fates = np.concatenate([season.applications.fate for season in linear.seasons])
    unfit = np.isin(fates, [Fate.UNFIT, Fate.NO_PLACE_LEFT, Fate.OUTRANKED, Fate.TOO_LATE])
    assert not unfit.any()


def test_in_permuted_time_nothing_drifts() -> None:
    still = build_world(6, sanity_config(Kind.PERMUTED, SMALL))
    first, last = still.seasons[0], still.seasons[-1]
    assert (first.enterprises.id == last.enterprises.id).all()
    assert first.enterprises.quality == pytest.approx(last.enterprises.quality)
    assert last.trend == 0.0


def test_rich_logs_have_ten_times_the_graduates_over_the_same_posts() -> None:
    rich = build_world(6, sanity_config(Kind.RICH, replace(SMALL, n_seasons=1)))
    assert len(rich.seasons[0].people) == 3_000
    assert len(rich.seasons[0].posts) == 60
    assert rich.seasons[0].posts.headcount.sum() == 2_550  # .85 x 3,000


# Deployment value


def test_nobody_is_placed_by_empty_lists(world: World) -> None:
    value = simulate_market(world, 0, np.full((300, 3), -1, dtype=np.int32), n_repeats=2)
    assert (value.retained_share, value.placed_share, value.fill_share) == (0.0, 0.0, 0.0)


def test_everybody_sent_to_one_post_fills_it_at_most(world: World) -> None:
    posts = world.seasons[0].posts
    lists = np.full((300, 1), int(posts.headcount.argmin()), dtype=np.int32)
    value = simulate_market(world, 0, lists, n_repeats=5)
    assert value.placed_share * 300 <= posts.headcount.min()
    assert value.fill_share == pytest.approx(value.placed.sum() / posts.headcount.sum())


def test_the_same_luck_meets_every_policy(world: World) -> None:
    rng = np.random.default_rng(0)
    lists = rng.permuted(np.tile(np.arange(60, dtype=np.int32), (300, 1)), axis=1)
    one = simulate_market(world, 1, lists, n_repeats=3, seed=5)
    two = simulate_market(world, 1, lists, n_repeats=3, seed=5)
    assert (one.retained == two.retained).all()
    more = simulate_market(world, 1, lists, n_repeats=5, seed=5)
    assert (more.placed_by_repeat[:3] == one.placed_by_repeat).all()
    assert (one.retained <= one.placed).all()


def test_a_post_named_twice_is_applied_for_once(world: World) -> None:
    once = np.tile(np.array([[4, -1, -1]], dtype=np.int32), (300, 1))
    twice = np.tile(np.array([[4, 4, 4]], dtype=np.int32), (300, 1))
    values = [simulate_market(world, 0, lists, n_repeats=2) for lists in (once, twice)]
    assert (values[0].placed == values[1].placed).all()


def test_the_truth_places_more_than_chance_and_more_with_a_price(world: World) -> None:
    config = replace(SMALL, n_graduates=1_000, n_posts=200, n_enterprises=80, n_seasons=1)
    market = build_world(9, config)
    truth = market.truth(0).retained
    rng = np.random.default_rng(1)
    by_chance = rng.random(truth.shape)
    # A price that doubles the queue's weight: expected applicants over places.
    score = np.log(truth + 1e-6)
    price = np.zeros(200)
    for _ in range(40):
        top = np.argsort(-(score - price), axis=1)[:, :3]
        queue = np.bincount(top.ravel(), minlength=200)
        over = (queue + 1) / (1.5 * market.seasons[0].posts.headcount + 1)
        price = np.maximum(0, price + 0.3 * np.log(over))
    kept = [
        simulate_market(market, 0, np.argsort(-order, axis=1)[:, :10].astype(np.int32))
        for order in (by_chance, truth, score - price)
    ]
    shares = [value.retained_share for value in kept]
    assert shares[0] + 0.05 < shares[1]
    assert shares[1] + 0.02 < shares[2]


# What the system sees


def test_only_logged_applications_have_results_and_only_placements_a_stay(world: World) -> None:
    for season in world.seasons:
        log_ = observe(world, season.number)
        done = season.applications
        assert not log_.reported[~log_.logged].any()
        known = log_.stay >= 0
        assert (done.fate[known] == Fate.ACCEPTED).all()
        assert (log_.stay[known] == done.stayed[known]).all()
        assert ((log_.post >= 0) & (log_.post < len(season.posts))).all()


def test_reports_come_late_or_not_at_all_at_the_stated_rates() -> None:
    world = build_world(3, replace(SMALL, n_graduates=3_000, n_posts=300, n_seasons=1))
    done, log_ = world.seasons[0].applications, observe(world, 0)
    listed = done.position > 0
    # More than 5,000 applications on each side: standard deviations under .7 points.
    assert log_.logged.mean() == pytest.approx(0.95, abs=0.02)
    assert log_.reported[listed].mean() == pytest.approx(0.95 * 0.90, abs=0.03)
    assert log_.reported[~listed].mean() == pytest.approx(0.95 * 0.60, abs=0.03)
    assert (log_.post != done.post).mean() == pytest.approx(0.03, abs=0.01)
    assert log_.delay_days.mean() == pytest.approx(19.5, abs=1.0)  # whole days, rounded down
    placed = log_.reported & (done.fate == Fate.ACCEPTED)
    stayers = (log_.stay >= 0)[placed & done.stayed].mean()
    leavers = (log_.stay >= 0)[placed & ~done.stayed].mean()
    assert stayers == pytest.approx(0.80, abs=0.06)
    assert leavers == pytest.approx(0.50, abs=0.08)


def test_propensities_are_kept_for_the_last_two_seasons_only(world: World) -> None:
    assert [observe(world, n).has_propensity for n in range(3)] == [False, True, True]


# Moments


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_moments_of_world_a_are_those_that_are_published(seed: int) -> None:
    measured = moments(build_world(seed, WorldConfig()))
    assert set(measured) == set(TARGETS)
    outside = {
        name: value
        for name, value in measured.items()
        if not TARGETS[name][0] <= value <= TARGETS[name][1]
    }
    assert outside == {}
