"""World A: a placement market whose truth is known; behind the sample and the evaluation.

Both sides choose, the weakest skill decides, loss of pay weighs more than gain, distance
has a cliff, places run out, what is shown is chosen by an officer's rule, and outcomes are
reported late or not at all. None of it is a dot product of features, so a factorization
that does well here has learned something. Everything is a pure function of a configuration
and a seed: no files, no clock. Each block of draws has its own PCG64 stream per season, so
that one block can be redrawn alone (`build_world(redraw=...)`).

The parts: `world_config` (sizes, strengths, sanity worlds), `world_parts` (the arrays),
`world_draws` (setting, people, enterprises, posts), `world_choice` (both sides' utilities),
`world_season` (lists, search, applications, clearing). This module builds a world, runs a
season again under other lists, and says what a system would see of it.

Where the written specification leaves a choice open, this module reads it so:

- "Near home" is the same area or at most `near_km` away; "related to the trade" is a family
  affinity of at least 0.2, the limit that also lowers the chance of staying.
- A graduate applies to a post once a season. A list never names a post twice, nor one that
  the graduate has applied for; it does name posts that are full by then.
- A propensity is the chance that the first slot of a list holds the post (the mixture of
  the officer's rule and the uniform share); the chance to be anywhere in the list follows
  from it only approximately, because slots are drawn without replacement.
- The rules on level, licence and age are off in World A and on in the sample: lists and
  hires keep to them but for a small share that is overlooked, own search does not.

- A post takes at most 2 % of all places, rounded down. Schoolmates and the officers' memory
  count placements as they happened, the memory by enterprise and published family.
- Reporting: only a placement that was itself reported can be followed up. Propensities are
  kept from the season before the test season on.

Calibration (`moments` against `TARGETS`): tuned as the specification asks are the outside
option (mean 1 to 1.3), the weight of fit (2.2 to 3.6) and own search (5 posts to 3). They
alone left too few placed, too many applications and too even places, so the hiring bar
(-0.3 to -1.2) and the Pareto exponent of headcounts (1.3 to 1.1) moved as well; "near" was
set to 90 km, about a prefecture's width. Of seeds 1 to 10 the sample's worlds are inside in
every moment; World A's in seeds 1, 2, 3, 5, 6 and 10, while 4, 7 and 8 (inequality of
applications .44, .448, .44 for .45) and 9 (places filled .53 for .55, near home .751) miss a
little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from recommender.evaluation.world_choice import allowed, pair_means, truth_of
from recommender.evaluation.world_config import (
    EMPLOYER_NOISE,
    RELATED,
    TARGETS,
    Block,
    Dice,
    WorldConfig,
)
from recommender.evaluation.world_draws import (
    History,
    draw_people,
    draw_setting,
    draw_structure,
)
from recommender.evaluation.world_parts import (
    Bools,
    Doubles,
    Fate,
    Ints,
    People,
    Season,
    Setting,
    Structure,
    Truth,
)
from recommender.evaluation.world_season import (
    Pairs,
    clear_all,
    employer_noise,
    gumbel,
    repeated,
    run_season,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A world: its setting, what is hidden in it, and its seasons."""

    seed: int
    config: WorldConfig
    setting: Setting
    structure: Structure
    seasons: tuple[Season, ...]
    redraw: Mapping[Block, int] = field(default_factory=dict)

    def truth(self, number: int, people: People | None = None) -> Truth:
        """Compute a season's truth, for its own graduates or for a replicate cohort."""
        season = self.seasons[number]
        people = season.people if people is None else people
        return truth_of(self.config, self.setting, self.structure, people, season)

    def replicate_people(self, number: int, seed: int) -> People:
        """Draw a fresh cohort of graduates for a season's market (for feature oracles)."""
        dice = Dice(self.seed, {**self.redraw, Block.PEOPLE: seed, Block.RULES: seed})
        return draw_people(self.config, self.setting, self.structure, number, dice)


def build_world(
    seed: int,
    config: WorldConfig,
    setting: Setting | None = None,
    *,
    redraw: Mapping[Block, int] | None = None,
) -> World:
    """Make a world and let its seasons happen, one after the other.

    Parameters
    ----------
    seed : int
        0 or more; the same seed and configuration give the same world.
    config : WorldConfig
    setting : Setting or None
        Drawn at random where None.
    redraw : mapping of Block to int or None
        Seeds for blocks that are to be drawn anew while all others stay.
    """
    redraw = dict(redraw or {})
    dice = Dice(seed, redraw)
    if setting is None:
        setting = draw_setting(seed, config)
    structure = draw_structure(config, setting, dice.roll(Block.STRUCTURE, 1))
    history = History.start(config, setting, dice)
    seasons = tuple(
        run_season(config, setting, structure, history, number, dice)
        for number in range(config.n_seasons)
    )
    return World(
        seed=seed, config=config, setting=setting, structure=structure, seasons=seasons,
        redraw=redraw,
    )  # fmt: skip


def merit(world: World, truth: Truth) -> Doubles:
    """Give the chance of an offer at the plain hiring bar: as if every post had room.

    `Truth.offer` counts who else applied that season; nothing that is known before can.

    Returns
    -------
    float64 array of shape (n_graduates, n_posts)
        0 to 1; 0 where a rule forbids the pair.
    """
    above = truth.score.astype(np.float64) - world.config.hiring_bar
    chance: Doubles = np.where(truth.eligible, ndtr(above / EMPLOYER_NOISE), 0.0)
    return chance


# Deployment value


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketValue:
    """What happens when everybody follows the lists.

    Attributes
    ----------
    retained, placed : float64 arrays of shape (n_graduates,)
        Share of repeats in which the graduate was placed and stayed; was placed.
    retained_by_repeat, placed_by_repeat, fill_by_repeat : float64 arrays of shape (n_repeats,)
        Shares of all graduates, and of all places filled.
    """

    retained: Doubles
    placed: Doubles
    retained_by_repeat: Doubles
    placed_by_repeat: Doubles
    fill_by_repeat: Doubles

    @property
    def retained_share(self) -> float:
        """Retained placements per graduate, 0 to 1."""
        return float(self.retained.mean())

    @property
    def placed_share(self) -> float:
        """Placements per graduate, 0 to 1."""
        return float(self.placed.mean())

    @property
    def fill_share(self) -> float:
        """Places filled, 0 to 1."""
        return float(self.fill_by_repeat.mean())


def simulate_market(
    world: World,
    number: int,
    lists: Ints,
    *,
    n_applications: int = 3,
    n_repeats: int = 20,
    seed: int = 0,
) -> MarketValue:
    """Run a season again in which every graduate applies to the head of a given list.

    Own search is off and nobody doubts the list; both sides still choose. Posts offer as in
    the season, in as many rounds, to those not yet placed; the draws depend on the seed and
    the repeat alone, so two policies are compared under the same luck.

    Parameters
    ----------
    world : World
    number : int
        Season.
    lists : int32 array of shape (n_graduates, n_ranked)
        Post indices of the season, best first; -1 fills.
    n_applications : int
        How many posts from the head of the list each graduate applies to, at least 1.
    n_repeats : int
        At least 1.
    seed : int

    Returns
    -------
    MarketValue

    Raises
    ------
    ValueError
        If the lists have another number of rows than the season has graduates, name a post
        outside 0 to n_posts - 1, or a count is below 1.
    """
    season = world.seasons[number]
    _check_lists(season, lists, n_applications, n_repeats)
    config, people, posts = world.config, season.people, season.posts
    means = pair_means(config, world.setting, world.structure, people, season)
    head = lists[:, :n_applications]
    rows, columns = np.nonzero((head >= 0) & ~repeated(head))
    graduate, post = rows.astype(np.int32), head[rows, columns]
    n, shape = len(people), means.utility.shape
    placed, retained = np.zeros((n_repeats, n), dtype=bool), np.zeros((n_repeats, n), dtype=bool)
    dice = Dice(seed, {})
    stay, able = expit(means.stay_logit), allowed(people, posts)
    for repeat in range(n_repeats):
        pairs = Pairs(
            utility=means.utility + gumbel(dice.roll(Block.TASTE, repeat), shape),
            score=means.score + employer_noise(dice.roll(Block.EMPLOYER, repeat), shape),
            stay=stay,
            outside=people.outside,
            able=able,
        )
        luck = dice.roll(Block.STAYING, repeat)
        order = luck.permutation(n)
        taken = clear_all(config, pairs, graduate, post, posts.headcount, order)
        who = graduate[taken]
        placed[repeat, who] = True
        retained[repeat, who] = luck.random(n)[who] < pairs.stay[who, post[taken]]
    return MarketValue(
        retained=retained.mean(axis=0),
        placed=placed.mean(axis=0),
        retained_by_repeat=retained.mean(axis=1),
        placed_by_repeat=placed.mean(axis=1),
        fill_by_repeat=placed.sum(axis=1) / posts.headcount.sum(),
    )


def _check_lists(season: Season, lists: Ints, n_applications: int, n_repeats: int) -> None:
    if lists.ndim != 2 or len(lists) != len(season.people):
        raise ValueError(f"lists of shape {lists.shape} for {len(season.people)} graduates")
    if lists.size and not -1 <= lists.min() <= lists.max() < len(season.posts):
        raise ValueError("a list names a post that the season does not have")
    if n_applications < 1 or n_repeats < 1:
        raise ValueError("n_applications and n_repeats must be at least 1")


# What the system sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What reaches the system of one season's applications; arrays run along them.

    Attributes
    ----------
    logged : bool array of shape (n_applications,)
        The application itself is on record.
    reported : bool array of shape (n_applications,)
        What became of it is on record.
    post : int32 array of shape (n_applications,)
        Post under which the result is recorded; wrong for a share.
    stay : int8 array of shape (n_applications,)
        1 known to have stayed, 0 known to have left, -1 not known or not placed.
    delay_days, stay_delay_days : int32 arrays of shape (n_applications,)
        From the step to its recording; the season's end cuts the first.
    duplicated : bool array of shape (n_applications,)
        The result is recorded twice.
    has_propensity : bool
        Whether propensities of this season were kept.
    """

    logged: Bools
    reported: Bools
    post: Ints
    stay: NDArray[np.int8]
    delay_days: Ints
    stay_delay_days: Ints
    duplicated: Bools
    has_propensity: bool


def observe(world: World, number: int) -> Log:
    """Draw what the system gets to know of a season: late, in part, and with errors."""
    config = world.config
    season = world.seasons[number]
    done = season.applications
    rng = Dice(world.seed, world.redraw).roll(Block.LABELS, 10_000 + number)
    n, n_posts = len(done.post), len(season.posts)
    logged = rng.random(n) < config.applications_logged
    share = np.where(done.position > 0, config.reported_listed, config.reported_searched)
    reported = logged & (rng.random(n) < share)
    wrong = rng.random(n) < config.wrong_post
    shift = rng.integers(1, max(2, n_posts), n)
    share = np.where(done.stayed, config.stay_known, config.leave_known)
    known = reported & (done.fate == Fate.ACCEPTED) & (rng.random(n) < share)
    return Log(
        logged=logged,
        reported=reported,
        post=np.where(wrong, (done.post + shift) % n_posts, done.post).astype(np.int32),
        stay=np.where(known, done.stayed, -1).astype(np.int8),
        delay_days=rng.exponential(config.delay_days, n).astype(np.int32),
        stay_delay_days=rng.exponential(config.delay_days, n).astype(np.int32),
        duplicated=rng.random(n) < config.duplicated,
        has_propensity=number > config.test_index - config.seasons_with_propensities,
    )


def moments(world: World) -> dict[str, float]:
    """Measure what `TARGETS` gives ranges for, as means over the seasons.

    Returns
    -------
    dict of str to float
        Shares from 0 to 1, except ``applications`` (for each graduate who applied).
    """
    each = [_season_moments(world, season) for season in world.seasons]
    return {name: float(np.mean([one[name] for one in each])) for name in TARGETS}


def _season_moments(world: World, season: Season) -> dict[str, float]:
    people, posts, done = season.people, season.posts, season.applications
    taken = done.fate == Fate.ACCEPTED
    graduate, post = done.graduate[taken], done.post[taken]
    affinity = world.structure.affinity[people.family[graduate], posts.family[post]]
    home, town = people.home[graduate], posts.town[post]
    near = world.setting.area[home] == world.setting.area[town]
    near |= world.setting.distance_km[home, town] <= world.config.near_km
    placed = np.zeros(len(people), dtype=bool)
    placed[graduate] = True
    places = np.sort(posts.headcount)[::-1]
    top = round(len(posts) / 10)
    received = np.bincount(done.post, minlength=len(posts))
    return {
        "related": float((affinity >= RELATED).mean()),
        "stays": float(done.stayed[taken].mean()),
        "through_school": float((done.position[taken] > 0).mean()),
        "near_home": float(near.mean()),
        "further_study": float(people.further_study.mean()),
        "placed": float(placed[~people.further_study].mean()),
        "fill": float(placed.sum() / posts.headcount.sum()),
        "applications": len(done.post) / len(np.unique(done.graduate)),
        "top_decile_places": float(places[:top].sum() / places.sum()),
        "application_gini": _gini(received),
    }


def _gini(counts: NDArray[np.integer]) -> float:
    ordered = np.sort(counts)
    n = len(ordered)
    return float(2 * (np.arange(1, n + 1) * ordered).sum() / (n * ordered.sum()) - (n + 1) / n)
