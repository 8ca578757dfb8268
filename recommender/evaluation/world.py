"""World A: a placement market whose truth is known; behind the sample and the evaluation.

Both sides choose, the weakest skill decides, loss of pay weighs more than gain, distance
has a cliff, places run out, what is shown is chosen by an officer's rule, and outcomes are
reported late or not at all. None of it is a dot product of features, so a factorization
that does well here has learned something. Everything is a pure function of a configuration
and a seed: no files, no clock. Each block of draws has its own PCG64 stream per season, so
that one block can be redrawn alone (`build_world(redraw=...)`).

Where the written specification leaves a choice open, this module reads it so:

- "Near home" is the same area or at most `near_km` away; "related to the trade" is a family
  affinity of at least 0.2, the limit that also lowers the chance of staying.
- A graduate applies to a post once a season. A list never names a post twice.
- A propensity is the chance that the first slot of a list holds the post (the mixture of
  the officer's rule and the uniform share); the chance to be anywhere in the list follows
  from it only approximately, because slots are drawn without replacement.
- The rules on level, licence and age are off in World A and on in the sample: lists and
  hires keep to them but for a small share that is overlooked, own search does not.

Calibration: the outside option, the weight of fit and the size of own search are tuned so
that the moments of `moments` stay within `TARGETS` (figures published for vocational
colleges where there are any). See `WorldConfig` for the values that resulted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

N_CLASSES = 4  # latent classes: pay, home, career, ease
CAREER = 2
PAY_WEIGHT = np.array([1.6, 0.7, 0.8, 0.6], dtype=np.float32)
DISTANCE_WEIGHT = np.array([0.5, 1.6, 0.4, 1.0], dtype=np.float32)
FIT_WEIGHT = np.array([0.8, 0.7, 1.6, 0.6], dtype=np.float32)
CLASS_PRIOR = (3.5, 3.0, 2.0, 1.5)
N_TASTES = 3
SOFTNESS = 0.15  # of the minimum over required skills
CERTIFIED_ABOVE = 0.55  # skill from which a certificate is held
RELATED = 0.2  # family affinity from which work counts as related to the trade
EMPLOYER_NOISE = 0.7
APPLICATION_SLACK = 1.2  # people apply a little below what they would accept
MAX_APPLICATIONS = 4  # in one round

# Ranges that the moments of a market world must fall into, and where they come from.
# Published: relation to the trade (vocational colleges 2018: 62 %; secondary vocational
# schools 2013: 76 %), six months (leavers 33 % of all, 45 % of vocational colleges), through
# the school (77 % in 2012), local (70 % in 2012), further study (11.6 % in 2012, 20.1 % in
# 2022). The others are design choices without a published source.
TARGETS: Mapping[str, tuple[float, float]] = {
    "related": (0.55, 0.76),
    "stays": (0.50, 0.67),
    "through_school": (0.50, 0.80),
    "near_home": (0.50, 0.75),
    "further_study": (0.12, 0.20),
    "placed": (0.50, 0.75),
    "fill": (0.55, 0.80),
    "applications": (4.0, 6.0),
    "top_decile_places": (0.40, 0.50),
    "application_gini": (0.45, 0.60),
}


class Kind(StrEnum):
    """Which world: the market itself, or one that catches a particular mistake."""

    MARKET = "a"
    NULL = "null"
    LINEAR = "linear"
    PERMUTED = "permuted"
    RICH = "rich"


class Block(IntEnum):
    """A block of random draws with a stream of its own."""

    STRUCTURE = 0
    PEOPLE = 1
    POSTS = 2
    TASTE = 3
    EXPOSURE = 4
    EMPLOYER = 5
    LABELS = 6
    ENTERPRISES = 7
    RULES = 8
    STAYING = 9


class Fate(IntEnum):
    """What became of an application."""

    ACCEPTED = 0
    NO_PLACE_LEFT = 1  # the post was full before the round
    OUTRANKED = 2  # others were better and the offers ran out
    UNFIT = 3  # below the bar, or against a rule
    TOO_LATE = 4  # offered, and taken by others before the graduate's turn
    TURNED_DOWN = 5  # offered; the graduate took another or stayed out


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldConfig:
    """Sizes and strengths of a world; the defaults are World A.

    Attributes
    ----------
    n_graduates, n_posts
        Each season.
    places_per_graduate
        Headcount of all posts of a season over graduates.
    largest_share
        Most that one post may hold of all places.
    test_season
        Season of the demand shock and the first of the new trade; negative counts from the
        end.
    class_size
        Smallest and largest class; None draws each graduate's trade alone.
    level_shares, min_level_shares
        Shares of skill levels 3, 4, 5 among classes, and of no stated minimum, 3, 4, 5
        among posts.
    licence_skills
        Skill that each licence belongs to; a post mainly asking for it may require it.
    capacity, features_matter, linear
        Switches of the sanity worlds.
    """

    kind: Kind = Kind.MARKET
    n_seasons: int = 4
    n_graduates: int = 2_000
    n_posts: int = 400
    n_enterprises: int = 160
    n_towns: int = 12
    side_km: float = 300.0
    n_schools: int = 6
    school_offers: float = 0.45
    n_families: int = 8
    majors_per_family: int = 3
    n_skills: int = 40
    n_core_skills: int = 8
    test_season: int = -1
    # people
    outside_mean: float = 1.2
    outside_sd: float = 0.8
    further_study: float = 0.15
    class_size: tuple[int, int] | None = None
    # enterprises and posts
    replaced: float = 0.15
    quality_memory: float = 0.8
    biased: float = 0.20
    agreement: float = 0.10
    new_agreement: float = 0.05
    reposted: float = 0.45
    wage_trend: float = 0.04
    demand_sd: float = 0.25
    test_shock: float = -0.5
    new_major: bool = True
    places_per_graduate: float = 0.85
    pareto: float = 1.15
    largest_share: float = 0.02
    wrong_label: float = 0.12
    # choice
    fit_weight: float = 3.2
    herding: float = 0.6
    hiring_bar: float = -1.2
    # the season
    n_rounds: int = 5
    n_listed: int = 10
    n_searched: int = 3
    uniform_slots: float = 0.10
    uniform_graduates: float = 0.10
    memory_of_officers: float = 0.5
    # rules (off in World A)
    level_shares: tuple[float, float, float] = (0.0, 1.0, 0.0)
    min_level_shares: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    licence_skills: tuple[int, ...] = ()
    licence_required: float = 0.0
    licence_held: float = 0.0
    adults_only: float = 0.0
    minors: float = 0.0
    overlooked: float = 0.01
    # reporting
    applications_logged: float = 0.95
    reported_listed: float = 0.90
    reported_searched: float = 0.60
    stay_known: float = 0.80
    leave_known: float = 0.50
    wrong_post: float = 0.03
    duplicated: float = 0.01
    delay_days: float = 20.0
    seasons_with_propensities: int = 2
    # measurement
    near_km: float = 90.0
    # sanity worlds
    capacity: bool = True
    features_matter: bool = True
    linear: bool = False

    def __post_init__(self) -> None:
        for name in ("n_seasons", "n_graduates", "n_posts", "n_enterprises", "n_rounds"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if not -self.n_seasons <= self.test_season < self.n_seasons:
            raise ValueError("test_season is outside the seasons")

    @property
    def test_index(self) -> int:
        """Season of the shock, counted from 0."""
        return self.test_season % self.n_seasons


def sanity_config(kind: Kind, base: WorldConfig) -> WorldConfig:
    """Turn a configuration into one of the sanity worlds.

    Null: wanting, hiring and staying are pair noise alone, lists are uniform, places
    suffice; nobody may beat popularity. Linear: wanting is exactly a sum of products of
    published features, everybody who applies is hired; a factorization must reach the truth.
    Permuted time: nothing drifts, so that a split by time and a random one agree. Rich logs:
    ten times the graduates and places over the same posts.
    """
    if kind is Kind.NULL:
        return replace(
            base, kind=kind, features_matter=False, capacity=False, herding=0.0,
            uniform_graduates=1.0, wrong_label=0.0, new_major=False,
        )  # fmt: skip
    if kind is Kind.LINEAR:
        return replace(
            base, kind=kind, linear=True, capacity=False, herding=0.0,
            uniform_graduates=1.0, wrong_label=0.0, new_major=False,
        )  # fmt: skip
    if kind is Kind.PERMUTED:
        return replace(
            base, kind=kind, replaced=0.0, quality_memory=1.0, wage_trend=0.0, demand_sd=0.0,
            test_shock=0.0, new_major=False, herding=0.0, memory_of_officers=0.0,
        )  # fmt: skip
    if kind is Kind.RICH:
        return replace(base, kind=kind, n_graduates=10 * base.n_graduates)
    return replace(base, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a world happens: towns, schools, trades and the skills that they teach.

    Attributes
    ----------
    distance_km : float64 array of shape (n_towns, n_towns)
    area : int32 array of shape (n_towns,)
        What officers and seekers call "here": the town itself, or its city.
    town_weights : float64 array of shape (n_towns,)
        Of enterprises; sums to 1.
    home_weights : float64 array of shape (n_schools, n_towns)
        Of homes, for each school; rows sum to 1.
    major_family : int32 array of shape (n_majors,)
    major_weights : float64 array of shape (n_majors,)
        Share of graduates; sums to 1. The last major is the new one.
    core : bool array of shape (n_families, n_skills)
    own : bool array of shape (n_majors, n_skills)
        Skills that a major teaches beside its family's.
    offers : bool array of shape (n_schools, n_majors)
        Each major at one school at least.
    """

    distance_km: Doubles
    area: Ints
    town_weights: Doubles
    home_weights: Doubles
    major_family: Ints
    major_weights: Doubles
    core: Bools
    own: Bools
    offers: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What holds for all seasons and is hidden: profiles, classes, quality, pay.

    Attributes
    ----------
    profiles : float32 array of shape (n_majors, n_skills)
        Mean skill of a major, 0 to 1.
    affinity : float32 array of shape (n_families, n_families)
        Correlation of family profiles, -1 to 1.
    class_shares : float64 array of shape (n_families, 4)
    school_quality : float32 array of shape (n_schools,)
    base_log_wage : float32 array of shape (n_families,)
        Logarithm of CNY per month in the first season.
    linear_graduate, linear_post : float32 arrays of shape (n, 8)
        Vectors of the Linear world: majors then homes; main skills then towns.
    """

    profiles: Floats
    affinity: Floats
    class_shares: Doubles
    school_quality: Floats
    base_log_wage: Floats
    linear_graduate: Floats
    linear_post: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The graduates of one season.

    Attributes
    ----------
    major, family, school, home, latent_class : int32 arrays of shape (n_graduates,)
    class_no : int32 array of shape (n_graduates,)
        Running number of the class within the season; -1 without classes.
    female, further_study, minor : bool arrays of shape (n_graduates,)
        `minor` turns eighteen only after the season has begun.
    ability, outside : float32 arrays of shape (n_graduates,)
        Hidden; standard deviation about 1.
    skills : float32 array of shape (n_graduates, n_skills)
        Hidden; 0 to 1.3.
    taste : float32 array of shape (n_graduates, 3)
    certificates : bool array of shape (n_graduates, n_skills)
        Observed: 15 % of the earned are missed, 1 % are false.
    grade_band : int8 array of shape (n_graduates,)
        Observed: 1 (best) to 5; 0 where missing.
    level : int8 array of shape (n_graduates,)
        Skill level of the class, 3 to 5.
    licences : bool array of shape (n_graduates, n_licences)
    """

    major: Ints
    family: Ints
    school: Ints
    home: Ints
    latent_class: Ints
    class_no: Ints
    female: Bools
    further_study: Bools
    minor: Bools
    ability: Floats
    outside: Floats
    skills: Floats
    taste: Floats
    certificates: Bools
    grade_band: NDArray[np.int8]
    level: NDArray[np.int8]
    licences: Bools

    def __len__(self) -> int:
        return len(self.major)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprises:
    """The enterprises of one season, by slot; a replaced one keeps the slot, not the id.

    Attributes
    ----------
    id, family, town : int32 arrays of shape (n_enterprises,)
    log_size, quality : float32 arrays of shape (n_enterprises,)
    taste : float32 array of shape (n_enterprises, 3)
    bias : float32 array of shape (n_enterprises,)
        Added to the score of women in screening; 0 or -0.5.
    agreement : bool array of shape (n_schools, n_enterprises)
        Observed.
    """

    id: Ints
    family: Ints
    town: Ints
    log_size: Floats
    quality: Floats
    taste: Floats
    bias: Floats
    agreement: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """The posts of one season.

    Attributes
    ----------
    line : int32 array of shape (n_posts,)
        The same for a line posted again in a later season.
    enterprise, family, town, main_skill, headcount : int32 arrays of shape (n_posts,)
        `enterprise` is the slot.
    label, label_skill : int32 arrays of shape (n_posts,)
        Family and skill as published; wrong for a share of posts.
    required : bool array of shape (n_posts, n_skills)
        Two to four core skills of the family.
    log_wage : float32 array of shape (n_posts,)
        Logarithm of CNY per month.
    min_level : int8 array of shape (n_posts,)
        0 where none is stated.
    licence : int32 array of shape (n_posts,)
        Index of the licence required; -1 for none.
    adults_only : bool array of shape (n_posts,)
    """

    line: Ints
    enterprise: Ints
    family: Ints
    town: Ints
    main_skill: Ints
    headcount: Ints
    label: Ints
    label_skill: Ints
    required: Bools
    log_wage: Floats
    min_level: NDArray[np.int8]
    licence: Ints
    adults_only: Bools

    def __len__(self) -> int:
        return len(self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """Every application of one season and what became of it, as it truly happened.

    Attributes
    ----------
    graduate, post, round : int32 arrays of shape (n_applications,)
    position : int32 array of shape (n_applications,)
        Place in the list shown, from 1; 0 where the graduate found the post alone.
    fate : int8 array of shape (n_applications,)
        A `Fate`.
    stayed : bool array of shape (n_applications,)
        Still there after six months; False where not accepted.
    propensity : float32 array of shape (n_applications,)
        Chance that the first slot of a list held the post; NaN where found alone.
    """

    graduate: Ints
    post: Ints
    round: Ints
    position: Ints
    fate: NDArray[np.int8]
    stayed: Bools
    propensity: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Every slot of every list of one season.

    Attributes
    ----------
    graduate, post, round, position : int32 arrays of shape (n_slots,)
    propensity : float32 array of shape (n_slots,)
    """

    graduate: Ints
    post: Ints
    round: Ints
    position: Ints
    propensity: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """One class year of a world.

    Attributes
    ----------
    trend : float
        Rise of log wages since the first season.
    schoolmates : float32 array of shape (n_schools, n_enterprises)
        Square root of earlier placements, scaled below 1.
    cut : float32 array of shape (n_posts,)
        Score from which the post would still have hired at the season's end.
    """

    number: int
    trend: float
    people: People
    enterprises: Enterprises
    posts: Posts
    schoolmates: Floats
    applications: Applications
    shown: Shown
    cut: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a world knows and nobody else may see; for evaluation only.

    All arrays have the shape (n_graduates, n_posts).

    Attributes
    ----------
    retained : float32
        Chance that both sides say yes and the graduate is there after six months, given
        that the post was shown and applied for: the product of `want`, `offer`, `stay`.
    want : float32
        Chance that the graduate takes an offer.
    apply : float32
        Chance that the post clears the graduate's bar for applying.
    offer : float32
        Chance of an offer at the season's final bar; 0 where a rule forbids the pair.
    stay : float32
        Chance to be there after six months, once started.
    surplus : float32
        Offer times expected gain over the outside option, as in the French trials.
    utility, score : float32
        Of the graduate and of the employer, without pair noise.
    eligible : bool
        False where level, licence or age forbid the pair.
    """

    retained: Floats
    want: Floats
    apply: Floats
    offer: Floats
    stay: Floats
    surplus: Floats
    utility: Floats
    score: Floats
    eligible: Bools


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
        return _truth(self, self.seasons[number], people)

    def replicate_people(self, number: int, seed: int) -> People:
        """Draw a fresh cohort of graduates for a season's market (for feature oracles)."""
        dice = _Dice(self.seed, {**self.redraw, Block.PEOPLE: seed, Block.RULES: seed})
        return _draw_people(self.config, self.setting, self.structure, number, dice)


class _Dice:
    """Hands out one generator for each block and season."""

    def __init__(self, seed: int, redraw: Mapping[Block, int]) -> None:
        self._seed = seed
        self._redraw = redraw

    def roll(self, block: Block, season: int = 0) -> np.random.Generator:
        seed = self._redraw.get(block, self._seed)
        sequence = np.random.SeedSequence(seed, spawn_key=(int(block), season))
        return np.random.Generator(np.random.PCG64(sequence))


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
    dice = _Dice(seed, redraw)
    if setting is None:
        setting = draw_setting(seed, config)
    structure = _draw_structure(config, setting, dice.roll(Block.STRUCTURE, 1))
    history = _History.start(config, setting, dice)
    seasons = tuple(
        _run_season(config, setting, structure, history, number, dice)
        for number in range(config.n_seasons)
    )
    return World(
        seed=seed, config=config, setting=setting, structure=structure, seasons=seasons,
        redraw=redraw,
    )  # fmt: skip


def draw_setting(seed: int, config: WorldConfig) -> Setting:
    """Draw towns in a square, majors in families, core skills and what schools offer."""
    rng = _Dice(seed, {}).roll(Block.STRUCTURE, 0)
    n_majors = config.n_families * config.majors_per_family
    towns = rng.uniform(0.0, config.side_km, (config.n_towns, 2))
    distance = np.hypot(*(towns[:, None, :] - towns[None, :, :]).transpose(2, 0, 1))
    town_weights = _by_rank(config.n_towns, 0.9)
    core = np.zeros((config.n_families, config.n_skills), dtype=bool)
    for family in range(config.n_families):
        core[family, rng.choice(config.n_skills, config.n_core_skills, replace=False)] = True
    family_of = np.repeat(np.arange(config.n_families), config.majors_per_family)
    rng.shuffle(family_of)
    offers = rng.random((config.n_schools, n_majors)) < config.school_offers
    unoffered = np.flatnonzero(~offers.any(axis=0))
    offers[rng.integers(0, config.n_schools, len(unoffered)), unoffered] = True
    return Setting(
        distance_km=distance,
        area=np.arange(config.n_towns, dtype=np.int32),
        town_weights=town_weights,
        home_weights=np.tile(town_weights, (config.n_schools, 1)),
        major_family=family_of.astype(np.int32),
        major_weights=_by_rank(n_majors, 0.6),
        core=core,
        own=rng.random((n_majors, config.n_skills)) < 0.08,
        offers=offers,
    )


def _by_rank(n: int, power: float) -> Doubles:
    weights = np.arange(1, n + 1, dtype=np.float64) ** -power
    return weights / weights.sum()


def _draw_structure(
    config: WorldConfig, setting: Setting, rng: np.random.Generator
) -> Structure:
    n_families, n_skills = setting.core.shape
    n_majors = len(setting.major_family)
    families = np.where(setting.core, rng.uniform(0.5, 1.0, setting.core.shape), 0.0)
    own = np.where(setting.own, rng.uniform(0.3, 0.9, setting.own.shape), 0.0)
    profiles = np.clip(0.75 * families[setting.major_family] + 0.5 * own, 0.0, 1.0)
    n_dims = 8
    n_schools, n_towns = setting.home_weights.shape
    return Structure(
        profiles=profiles.astype(np.float32),
        affinity=np.corrcoef(families).astype(np.float32),
        class_shares=rng.dirichlet(CLASS_PRIOR, n_families),
        school_quality=rng.standard_normal(n_schools, dtype=np.float32),
        base_log_wage=(np.log(4200) + rng.normal(0.0, 0.12, n_families)).astype(np.float32),
        linear_graduate=rng.standard_normal((n_majors + n_towns, n_dims), dtype=np.float32),
        linear_post=rng.standard_normal((n_skills + n_towns, n_dims), dtype=np.float32),
    )


# People


def _draw_people(
    config: WorldConfig, setting: Setting, structure: Structure, number: int, dice: _Dice
) -> People:
    rng = dice.roll(Block.PEOPLE, number)
    rules = dice.roll(Block.RULES, 2 * number)
    n = config.n_graduates
    major, school, class_no = _draw_classes(config, setting, number, rng)
    family = setting.major_family[major]
    quality = structure.school_quality[school]
    ability = (0.3 * quality + rng.standard_normal(n)).astype(np.float32)
    n_skills = setting.core.shape[1]
    skills = structure.profiles[major] * (0.75 + 0.25 * ability)[:, None]
    skills += rng.normal(0.0, 0.15, (n, n_skills))
    skills = np.clip(skills, 0.0, 1.3).astype(np.float32)
    earned = skills > CERTIFIED_ABOVE
    luck = rng.random((n, n_skills))
    certificates = np.where(earned, luck >= 0.15, luck < 0.01)
    study = rng.random(n) < config.further_study
    outside = rng.normal(config.outside_mean, config.outside_sd, n) + 3.0 * study
    level = _draw_levels(config, class_no, n, rules)
    held = rules.random((n, len(config.licence_skills))) < config.licence_held
    apt = skills[:, list(config.licence_skills)] > 0.35
    return People(
        major=major,
        family=family,
        school=school,
        home=_pick_rows(setting.home_weights, school, rng),
        latent_class=_pick_rows(structure.class_shares, family, rng),
        class_no=class_no,
        female=rng.random(n) < 0.45,
        further_study=study,
        minor=rules.random(n) < np.where(level <= 3, config.minors, 0.0),
        ability=ability,
        outside=outside.astype(np.float32),
        skills=skills,
        taste=rng.standard_normal((n, N_TASTES), dtype=np.float32),
        certificates=certificates,
        grade_band=_grade_bands(ability, rng),
        level=level,
        licences=held & apt,
    )


def _draw_classes(
    config: WorldConfig, setting: Setting, number: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Draw majors and schools, person by person or class by class."""
    weights = setting.major_weights.copy()
    if config.new_major and number < config.test_index:
        weights[-1] = 0.0
    weights /= weights.sum()
    n = config.n_graduates
    if config.class_size is None:
        major = rng.choice(len(weights), n, p=weights).astype(np.int32)
        return major, _draw_schools(setting.offers, major, rng), np.full(n, -1, np.int32)
    smallest, largest = config.class_size
    n_classes = max(1, round(2 * n / (smallest + largest)))
    # One random start and even steps: shares come out as near to the weights as they can.
    points = (np.arange(n_classes) + rng.random()) / n_classes
    class_major = np.searchsorted(np.cumsum(weights), points).astype(np.int32)
    class_major = np.minimum(class_major, len(weights) - 1)
    class_school = _draw_schools(setting.offers, class_major, rng)
    sizes = rng.integers(smallest, largest + 1, n_classes).astype(np.float64)
    class_no = np.searchsorted(np.cumsum(sizes) / sizes.sum(), (np.arange(n) + 0.5) / n)
    class_no = class_no.astype(np.int32)
    return class_major[class_no], class_school[class_no], class_no


def _draw_schools(offers: Bools, major: Ints, rng: np.random.Generator) -> Ints:
    weights = offers.T / offers.sum(axis=0)[:, None]
    return _pick_rows(weights, major, rng)


def _pick_rows(weights: Doubles, row: Ints, rng: np.random.Generator) -> Ints:
    """Draw one column for each entry of `row`, by that row's weights."""
    total = np.cumsum(weights, axis=1)
    flat = (total / total[:, -1:] + np.arange(len(weights))[:, None]).ravel()
    found = np.searchsorted(flat, rng.random(len(row)) + row, side="right")
    picked = found - row.astype(np.int64) * weights.shape[1]
    return np.minimum(picked, weights.shape[1] - 1).astype(np.int32)


def _grade_bands(ability: Floats, rng: np.random.Generator) -> NDArray[np.int8]:
    marks = ability + rng.normal(0.0, 0.7, len(ability))
    limits = np.quantile(marks, [0.8, 0.6, 0.4, 0.2])
    bands = 1 + (marks[:, None] < limits).sum(axis=1)
    return np.where(rng.random(len(ability)) < 0.10, 0, bands).astype(np.int8)


def _draw_levels(
    config: WorldConfig, class_no: Ints, n: int, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Draw the level of each class (of each graduate where there are none)."""
    n_groups = n if class_no[0] < 0 else int(class_no[-1]) + 1
    levels = rng.choice([3, 4, 5], n_groups, p=config.level_shares).astype(np.int8)
    return levels if class_no[0] < 0 else levels[class_no]


# Enterprises and posts


class _History:
    """What one season leaves to the next: enterprises, lines, placements, demand."""

    def __init__(
        self, enterprises: Enterprises, demand: Doubles, n_schools: int, n_families: int
    ) -> None:
        n = len(enterprises.id)
        self.enterprises = enterprises
        self.demand = demand
        self.next_id = n
        self.next_line = 0
        self.posts: Posts | None = None
        self.replaced: Bools = np.zeros(n, dtype=bool)
        self.by_school = np.zeros((n_schools, n))
        self.by_label = np.zeros((n, n_families))

    @classmethod
    def start(cls, config: WorldConfig, setting: Setting, dice: _Dice) -> _History:
        rng = dice.roll(Block.ENTERPRISES, 0)
        n_schools, n_families = len(setting.offers), len(setting.core)
        fresh = _draw_enterprises(config, setting, np.arange(config.n_enterprises), rng)
        agreement = rng.random((n_schools, config.n_enterprises)) < config.agreement
        return cls(replace(fresh, agreement=agreement), np.zeros(n_families), n_schools, n_families)

    def begin(self, config: WorldConfig, setting: Setting, number: int, dice: _Dice) -> None:
        """Let quality drift, replace some enterprises, and let demand move."""
        if number == 0:
            return
        rng = dice.roll(Block.ENTERPRISES, number)
        old = self.enterprises
        n = len(old.id)
        memory = config.quality_memory
        drift = np.sqrt(1.0 - memory**2) * rng.standard_normal(n)
        old = replace(old, quality=(memory * old.quality + drift).astype(np.float32))
        gone = rng.random(n) < config.replaced
        ids = np.where(gone, self.next_id + np.cumsum(gone) - 1, old.id)
        self.next_id += int(gone.sum())
        fresh = _draw_enterprises(config, setting, ids, rng)
        shape = old.agreement.shape
        signed = rng.random(shape) < np.where(gone, config.new_agreement, 0.0)
        fresh = replace(fresh, agreement=signed)
        self.enterprises = Enterprises(
            **{
                name: np.where(gone[:, None] if name == "taste" else gone, new, kept)
                for name in Enterprises.__slots__
                for new, kept in [(getattr(fresh, name), getattr(old, name))]
            }
        )
        self.replaced = gone
        self.by_school[:, gone] = 0.0
        self.by_label[gone] = 0.0
        self.demand = self.demand + rng.normal(0.0, config.demand_sd, len(self.demand))
        if number == config.test_index:
            self.demand[rng.integers(len(self.demand))] += config.test_shock

    def end(self, season: Season) -> None:
        """Remember who was placed where."""
        done = season.applications
        taken = done.fate == Fate.ACCEPTED
        graduate, post = done.graduate[taken], done.post[taken]
        slot = season.posts.enterprise[post]
        np.add.at(self.by_school, (season.people.school[graduate], slot), 1.0)
        np.add.at(self.by_label, (slot, season.posts.label[post]), 1.0)
        self.posts = season.posts
        self.next_line = max(self.next_line, int(season.posts.line.max()) + 1)


def _draw_enterprises(
    config: WorldConfig, setting: Setting, ids: NDArray[np.integer], rng: np.random.Generator
) -> Enterprises:
    n = len(ids)
    n_schools, n_families = len(setting.offers), len(setting.core)
    return Enterprises(
        id=ids.astype(np.int32),
        family=rng.integers(0, n_families, n).astype(np.int32),
        town=rng.choice(len(setting.town_weights), n, p=setting.town_weights).astype(np.int32),
        log_size=rng.normal(0.0, 1.1, n).astype(np.float32),
        quality=rng.standard_normal(n, dtype=np.float32),
        taste=rng.standard_normal((n, N_TASTES), dtype=np.float32),
        bias=np.where(rng.random(n) < config.biased, -0.5, 0.0).astype(np.float32),
        agreement=np.zeros((n_schools, n), dtype=bool),
    )


def _draw_posts(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    history: _History,
    number: int,
    dice: _Dice,
) -> Posts:
    rng = dice.roll(Block.POSTS, number)
    n = config.n_posts
    firms = history.enterprises
    n_families, n_skills = setting.core.shape
    size = np.exp(0.7 * firms.log_size.astype(np.float64))
    enterprise = rng.choice(len(size), n, p=size / size.sum()).astype(np.int32)
    anywhere = rng.integers(0, n_families, n)
    family = np.where(rng.random(n) < 0.70, firms.family[enterprise], anywhere)
    elsewhere = rng.choice(len(setting.town_weights), n, p=setting.town_weights)
    town = np.where(rng.random(n) < 0.85, firms.town[enterprise], elsewhere)
    n_required = rng.integers(2, 5, n)
    lot = np.where(setting.core[family], rng.random((n, n_skills)), 2.0)
    rank = lot.argsort(axis=1).argsort(axis=1)
    required = rank < n_required[:, None]
    main = rank.argmin(axis=1)
    line = history.next_line + np.arange(n)
    kept = _reposted(config, history, rng)
    if history.posts is not None:
        old = history.posts
        m = len(kept)
        enterprise[:m], family[:m] = old.enterprise[kept], old.family[kept]
        town[:m], line[:m] = old.town[kept], old.line[kept]
        required[:m], main[:m] = old.required[kept], old.main_skill[kept]
    pay = structure.base_log_wage[family] + config.wage_trend * number
    pay = pay + 0.10 * firms.quality[enterprise] + 0.05 * firms.log_size[enterprise]
    pay = pay + rng.normal(0.0, 0.15, n)
    weights = (1.0 + rng.pareto(config.pareto, n)) * np.exp(history.demand[family])
    labels = dice.roll(Block.LABELS, 2 * number)
    label, label_skill = _publish(config, setting, family, main, labels)
    min_level, licence, adults = _draw_rules(config, main, dice.roll(Block.RULES, 2 * number + 1))
    return Posts(
        line=line.astype(np.int32),
        enterprise=enterprise,
        family=family.astype(np.int32),
        town=town.astype(np.int32),
        main_skill=main.astype(np.int32),
        headcount=_headcounts(config, weights),
        label=label,
        label_skill=label_skill,
        required=required,
        log_wage=pay.astype(np.float32),
        min_level=min_level,
        licence=licence,
        adults_only=adults,
    )


def _reposted(
    config: WorldConfig, history: _History, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Choose last season's lines that are posted again; their enterprise must be alive."""
    if history.posts is None:
        return np.empty(0, dtype=np.intp)
    chosen = rng.random(len(history.posts)) < config.reposted
    return np.flatnonzero(chosen & ~history.replaced[history.posts.enterprise])[: config.n_posts]


def _publish(
    config: WorldConfig,
    setting: Setting,
    family: NDArray[np.integer],
    main: NDArray[np.integer],
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Publish family and occupation of each post; a share is labelled as another family."""
    n_families = len(setting.core)
    n = len(family)
    wrong = rng.random(n) < config.wrong_label
    label = np.where(wrong, (family + rng.integers(1, n_families, n)) % n_families, family)
    core = setting.core / setting.core.sum(axis=1, keepdims=True)
    skill = np.where(wrong, _pick_rows(core, label.astype(np.int32), rng), main)
    return label.astype(np.int32), skill.astype(np.int32)


def _draw_rules(
    config: WorldConfig, main: NDArray[np.integer], rng: np.random.Generator
) -> tuple[NDArray[np.int8], Ints, Bools]:
    n = len(main)
    min_level = rng.choice([0, 3, 4, 5], n, p=config.min_level_shares).astype(np.int8)
    licence = np.full(n, -1, dtype=np.int32)
    asked = rng.random(n) < config.licence_required
    for number, skill in enumerate(config.licence_skills):
        licence[(main == skill) & asked] = number
    return min_level, licence, rng.random(n) < config.adults_only


def _headcounts(config: WorldConfig, weights: Doubles) -> Ints:
    """Share out all places by weight: whole numbers, 1 to the cap, summing to the total.

    Parameters
    ----------
    weights : float64 array of shape (n_posts,)
        Above 0.

    Returns
    -------
    int32 array of shape (n_posts,)
        At least 1 each.
    """
    n = len(weights)
    if not config.capacity:
        return np.full(n, config.n_graduates, dtype=np.int32)
    total = max(n, round(config.places_per_graduate * config.n_graduates))
    cap = max(total * config.largest_share, 1.0 + total / n)
    low, high = 0.0, cap / weights.min()
    for _ in range(80):  # the sum grows with the scale, so halve the interval
        scale = (low + high) / 2
        if np.clip(scale * weights, 1.0, cap).sum() < total:
            low = scale
        else:
            high = scale
    ideal = np.clip(high * weights, 1.0, cap)
    counts = np.floor(ideal)
    short = round(total - counts.sum())
    counts[np.argsort(counts - ideal, kind="stable")[:short]] += 1
    return counts.astype(np.int32)


# Utilities and truth


def skill_fit(skills: Floats, required: Bools) -> Floats:
    """Measure how well graduates fit posts: nearly their weakest required skill.

    Parameters
    ----------
    skills : float32 array of shape (n_graduates, n_skills)
        0 to 1.3.
    required : bool array of shape (n_posts, n_skills)
        At least one in each row.

    Returns
    -------
    float32 array of shape (n_graduates, n_posts)
        Soft minimum, -0.2 to 1.2.
    """
    share = (required / required.sum(axis=1, keepdims=True)).astype(np.float32)
    mean = np.exp(skills / -SOFTNESS) @ share.T
    fit: Floats = np.clip(-SOFTNESS * np.log(mean), -0.2, 1.2)
    return fit


def pay_term(log_wage: Floats, expected: Floats) -> Floats:
    """Weigh pay against what one's own family earns: losses count 2.25 times.

    Parameters
    ----------
    log_wage : float32 array of shape (n_posts,)
    expected : float32 array of shape (n_graduates,)

    Returns
    -------
    float32 array of shape (n_graduates, n_posts)
        4 x for a gain of x in log pay, 9 x for a loss.

    References
    ----------
    Tversky and Kahneman (1992), Journal of Risk and Uncertainty 5; loss aversion 2.25.
    """
    gain = log_wage[None, :] - expected[:, None]
    term: Floats = np.where(gain >= 0, 4.0 * gain, 9.0 * gain).astype(np.float32)
    return term


def distance_term(distance_km: Doubles) -> Floats:
    """Weigh the way to work: free to 30 km, then 1 for each 80 km, and a cliff at 150 km.

    Parameters
    ----------
    distance_km : float64 array of any shape
        0 or more.

    Returns
    -------
    float32 array of the same shape
        0 or less.
    """
    term = -np.maximum(0.0, distance_km - 30.0) / 80.0 - 0.8 * (distance_km > 150.0)
    return np.asarray(term, dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Means:
    """Utility, score and stay logit of every pair, without pair noise."""

    utility: Floats
    score: Floats
    stay_logit: Floats


def _means(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    people: People,
    season: Season,
) -> _Means:
    shape = (len(people), len(season.posts))
    if not config.features_matter:
        return _Means(
            utility=np.full(shape, config.outside_mean, dtype=np.float32),
            score=np.full(shape, 0.5, dtype=np.float32),
            stay_logit=np.full(shape, 0.4, dtype=np.float32),
        )
    if config.linear:
        return _linear_means(config, setting, structure, people, season.posts)
    return _market_means(config, setting, structure, people, season)


def _linear_means(
    config: WorldConfig, setting: Setting, structure: Structure, people: People, posts: Posts
) -> _Means:
    """Sum vectors of published features on both sides and multiply; hire everybody."""
    n_majors, n_skills = len(setting.major_family), setting.core.shape[1]
    left = structure.linear_graduate[people.major]
    left = left + structure.linear_graduate[n_majors + people.home]
    right = structure.linear_post[posts.label_skill]
    right = right + structure.linear_post[n_skills + posts.town]
    utility = np.float32(config.outside_mean) + np.float32(0.35) * (left @ right.T)
    return _Means(
        utility=utility,
        score=np.full(utility.shape, 3.0, dtype=np.float32),
        stay_logit=np.full(utility.shape, 0.4, dtype=np.float32),
    )


def _market_means(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    people: People,
    season: Season,
) -> _Means:
    posts, firms = season.posts, season.enterprises
    slot, latent = posts.enterprise, people.latent_class
    fit = skill_fit(people.skills, posts.required)
    expected = structure.base_log_wage[people.family] + np.float32(season.trend)
    pay = PAY_WEIGHT[latent][:, None] * pay_term(posts.log_wage, expected)
    way = distance_term(setting.distance_km)[people.home[:, None], posts.town[None, :]]
    way *= DISTANCE_WEIGHT[latent][:, None]
    joy = np.float32(config.fit_weight) * FIT_WEIGHT[latent][:, None] * fit
    quality = firms.quality[slot][None, :]
    agreed = firms.agreement[people.school[:, None], slot[None, :]].astype(np.float32)
    utility = pay + way + joy
    stay = np.float32(0.5) * (utility + quality) - np.float32(0.35)
    stay -= np.float32(0.3) * (structure.affinity[people.family][:, posts.family] < RELATED)
    career = (1.0 + (latent == CAREER)).astype(np.float32)[:, None]
    utility += np.float32(0.45) * quality * career + np.float32(0.9) * agreed
    utility += np.float32(config.herding) * season.schoolmates[people.school][:, slot]
    utility += np.float32(0.5 / np.sqrt(N_TASTES)) * (people.taste @ firms.taste[slot].T)
    needed = posts.required.astype(np.float32)
    found = people.certificates.astype(np.float32) @ needed.T
    score = np.float32(2.0) * fit + np.float32(0.4) * agreed
    personal = 0.5 * people.ability + 0.3 * structure.school_quality[people.school]
    score += personal.astype(np.float32)[:, None]
    score += people.female.astype(np.float32)[:, None] * firms.bias[slot][None, :]
    score -= np.float32(1.5) * (found < needed.sum(axis=1)[None, :] / 2)
    return _Means(utility=utility, score=score, stay_logit=stay)


def allowed(people: People, posts: Posts) -> Bools:
    """Say which pairs the rules on level, licence and age allow.

    Returns
    -------
    bool array of shape (n_graduates, n_posts)
    """
    able = people.level[:, None] >= posts.min_level[None, :]
    able &= ~(people.minor[:, None] & posts.adults_only[None, :])
    asked = np.flatnonzero(posts.licence >= 0)
    able[:, asked] &= people.licences[:, posts.licence[asked]]
    return able


def _truth(world: World, season: Season, people: People | None) -> Truth:
    people = season.people if people is None else people
    means = _means(world.config, world.setting, world.structure, people, season)
    able = allowed(people, season.posts)
    above = means.utility - people.outside[:, None]
    want = _chance_above(above)
    offer = ndtr((means.score - season.cut[None, :]) / np.float32(EMPLOYER_NOISE))
    offer = np.where(able, offer, 0.0).astype(np.float32)
    stay = expit(means.stay_logit)
    return Truth(
        retained=want * offer * stay,
        want=want,
        apply=_chance_above(above + np.float32(APPLICATION_SLACK)),
        offer=offer,
        stay=stay,
        surplus=offer * np.logaddexp(np.float32(0.0), above),
        utility=means.utility,
        score=means.score,
        eligible=able,
    )


def _chance_above(above: Floats) -> Floats:
    """Chance that a standard Gumbel draw lifts a utility over the bar it lacks."""
    chance: Floats = -np.expm1(-np.exp(above))
    return chance


# The season


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """Everything about pairs that the rounds of a season need."""

    utility: Floats  # with pair noise
    score: Floats  # with pair noise
    stay: Floats  # chance
    outside: Floats
    able: Bools


def _run_season(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    history: _History,
    number: int,
    dice: _Dice,
) -> Season:
    history.begin(config, setting, number, dice)
    people = _draw_people(config, setting, structure, number, dice)
    posts = _draw_posts(config, setting, structure, history, number, dice)
    before = np.sqrt(history.by_school / (1.0 + history.by_school.max()))
    nothing = np.empty(0, dtype=np.int32)
    season = Season(
        number=number,
        trend=config.wage_trend * number,
        people=people,
        enterprises=history.enterprises,
        posts=posts,
        schoolmates=before.astype(np.float32),
        applications=_no_applications(),
        shown=Shown(
            graduate=nothing, post=nothing, round=nothing, position=nothing,
            propensity=np.empty(0, dtype=np.float32),
        ),
        cut=np.full(len(posts), config.hiring_bar, dtype=np.float32),
    )  # fmt: skip
    means = _means(config, setting, structure, people, season)
    able = allowed(people, posts)
    able |= dice.roll(Block.LABELS, 2 * number + 1).random(able.shape) < config.overlooked
    pairs = _Pairs(
        utility=means.utility + _gumbel(dice.roll(Block.TASTE, number), able.shape),
        score=means.score + _normal(dice.roll(Block.EMPLOYER, number), able.shape),
        stay=expit(means.stay_logit),
        outside=people.outside,
        able=able,
    )
    officers = _Officers(config, setting, people, posts, history.by_label, able)
    applications, shown, cut = _run_rounds(config, posts, pairs, officers, number, dice)
    season = replace(season, applications=applications, shown=shown, cut=cut)
    history.end(season)
    return season


def _no_applications() -> Applications:
    nothing = np.empty(0, dtype=np.int32)
    return Applications(
        graduate=nothing, post=nothing, round=nothing, position=nothing,
        fate=np.empty(0, dtype=np.int8), stayed=np.empty(0, dtype=bool),
        propensity=np.empty(0, dtype=np.float32),
    )  # fmt: skip


def _gumbel(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    draw = rng.random(shape, dtype=np.float32)
    np.clip(draw, np.float32(1e-7), np.float32(1 - 1e-7), out=draw)
    noise: Floats = -np.log(-np.log(draw))
    return noise


def _normal(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    return np.float32(EMPLOYER_NOISE) * rng.standard_normal(shape, dtype=np.float32)


class _Officers:
    """What graduates get to see: lists by the officers' rule, and their own search."""

    def __init__(
        self,
        config: WorldConfig,
        setting: Setting,
        people: People,
        posts: Posts,
        by_label: Doubles,
        able: Bools,
    ) -> None:
        n_families, n_areas = len(setting.core), int(setting.area.max()) + 1
        match = (np.arange(n_families)[:, None] == posts.label[None, :])[:, None, :]
        same = (np.arange(n_areas)[:, None] == setting.area[posts.town])[None, :, :]
        known = np.log1p(by_label[posts.enterprise, posts.label])
        rule = 2.0 * match + 1.0 * same + config.memory_of_officers * known
        search = 0.9 * match + 0.4 * np.log(posts.headcount) + 0.5 * same
        if not config.features_matter or config.linear:
            rule, search = np.zeros_like(rule), np.zeros_like(search)
        self._config = config
        self._able = able
        self._n_posts = len(posts)
        self._group = people.family * n_areas + setting.area[people.home]
        self._rule = _cumulated(rule.reshape(-1, len(posts)))
        self._search = _cumulated(search.reshape(-1, len(posts)))

    def show(
        self, who: NDArray[np.intp], uniform: Bools, rng: np.random.Generator
    ) -> tuple[Ints, Floats]:
        """Draw a list for each graduate: softmax of the rule, a share of slots uniform."""
        config = self._config
        share = np.where(uniform[who], 1.0, config.uniform_slots)[:, None]
        drawn = self._draw(self._rule, who, 6 * config.n_listed, rng)
        random = rng.integers(0, self._n_posts, drawn.shape)
        drawn = np.where(rng.random(drawn.shape) < share, random, drawn)
        listed = _first_distinct(drawn, self._able[who[:, None], drawn], config.n_listed)
        chance = share / self._n_posts + (1 - share) * self._chance(who, listed)
        return listed, chance.astype(np.float32)

    def search(self, who: NDArray[np.intp], rng: np.random.Generator) -> Ints:
        """Draw what each graduate finds alone."""
        n = self._config.n_searched
        drawn = self._draw(self._search, who, 6 * n, rng)
        return _first_distinct(drawn, np.ones(drawn.shape, dtype=bool), n)

    def _draw(
        self, cumulated: Doubles, who: NDArray[np.intp], n: int, rng: np.random.Generator
    ) -> NDArray[np.intp]:
        group = self._group[who].astype(np.int64)[:, None]
        query = rng.random((len(who), n)) + group
        found = np.searchsorted(cumulated, query, side="right") - group * self._n_posts
        return np.minimum(found, self._n_posts - 1)

    def _chance(self, who: NDArray[np.intp], listed: Ints) -> Doubles:
        index = self._group[who].astype(np.int64)[:, None] * self._n_posts + listed
        group = self._group[who][:, None]
        before = np.where(listed % self._n_posts == 0, group, self._rule[index - 1])
        return np.where(listed < 0, np.nan, self._rule[index] - before)


def _cumulated(logits: Doubles) -> Doubles:
    """Cumulate each row's softmax and chain the rows, so that one search serves all."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    total = np.cumsum(weights, axis=1)
    chained: Doubles = (total / total[:, -1:] + np.arange(len(logits))[:, None]).ravel()
    return chained


def _repeated(rows: NDArray[np.integer]) -> Bools:
    """Mark entries that came before in their row."""
    order = np.argsort(rows, axis=1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=1)
    again = np.zeros(rows.shape, dtype=bool)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return again


def _first_distinct(drawn: NDArray[np.intp], fine: Bools, n: int) -> Ints:
    """Keep the first `n` different fine entries of each row, in order; -1 fills.

    Drawing on and dropping what came before is drawing without replacement.
    """
    keep = fine & ~_repeated(drawn)
    place = np.cumsum(keep, axis=1) - 1
    keep &= place < n
    found = np.full((len(drawn), n), -1, dtype=np.int32)
    rows, columns = np.nonzero(keep)
    found[rows, place[rows, columns]] = drawn[rows, columns]
    return found


def _run_rounds(
    config: WorldConfig,
    posts: Posts,
    pairs: _Pairs,
    officers: _Officers,
    number: int,
    dice: _Dice,
) -> tuple[Applications, Shown, Floats]:
    rng = dice.roll(Block.EXPOSURE, number)
    staying = dice.roll(Block.STAYING, number)
    n = len(pairs.outside)
    uniform = rng.random(n) < config.uniform_graduates
    left = posts.headcount.astype(np.int64)
    placed = np.zeros(n, dtype=bool)
    tried = np.zeros(pairs.able.shape, dtype=bool)
    worst = np.full(len(posts), np.inf, dtype=np.float32)
    done: list[Applications] = []
    shown: list[Shown] = []
    for turn in range(config.n_rounds):
        who = np.flatnonzero(~placed)
        listed, chance = officers.show(who, uniform, rng)
        shown.append(_slots(who, listed, chance, turn))
        seen = _seen(config, who, listed, chance, officers.search(who, rng), rng)
        graduate, post, position, propensity = _apply(pairs, tried, seen, rng)
        tried[graduate, post] = True
        wishes = _Wishes.of(pairs, graduate, post)
        fate = _clear(wishes, left, rng.permutation(n), config.hiring_bar)
        taken = fate == Fate.ACCEPTED
        placed[graduate[taken]] = True
        np.subtract.at(left, post[taken], 1)
        np.minimum.at(worst, post[taken], pairs.score[graduate[taken], post[taken]])
        luck = staying.random(len(graduate))
        done.append(
            Applications(
                graduate=graduate, post=post, round=np.full(len(post), turn, dtype=np.int32),
                position=position, fate=fate, stayed=taken & (luck < pairs.stay[graduate, post]),
                propensity=propensity,
            )
        )  # fmt: skip
    cut = np.where(left <= 0, worst, config.hiring_bar).astype(np.float32)
    if not config.features_matter or config.linear:
        cut[:] = config.hiring_bar
    return Applications(**_joined(done)), Shown(**_joined(shown)), cut


def _joined(parts: Sequence[Applications] | Sequence[Shown]) -> dict[str, Any]:
    names = parts[0].__slots__
    return {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}


def _slots(who: NDArray[np.intp], listed: Ints, chance: Floats, turn: int) -> Shown:
    rows, places = np.nonzero(listed >= 0)
    return Shown(
        graduate=who[rows].astype(np.int32),
        post=listed[rows, places],
        round=np.full(len(rows), turn, dtype=np.int32),
        position=(places + 1).astype(np.int32),
        propensity=chance[rows, places],
    )


def _seen(
    config: WorldConfig,
    who: NDArray[np.intp],
    listed: Ints,
    chance: Floats,
    found: Ints,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Floats]:
    """Look at the list, less likely further down, and at what one found alone.

    Returns graduate, post, position (0 where found alone) and propensity of every pair seen.
    """
    place = np.arange(1, config.n_listed + 1)
    looked = rng.random(listed.shape) < place**-0.7
    # What was not looked at gets numbers of its own, so that it repeats nothing.
    hidden = -1 - np.arange(listed.size, dtype=np.int32).reshape(listed.shape)
    both = np.hstack([np.where(looked, listed, hidden), found])
    rows, columns = np.nonzero((both >= 0) & ~_repeated(both))
    position = np.where(columns < config.n_listed, columns + 1, 0).astype(np.int32)
    propensity = np.where(position > 0, chance[rows, np.maximum(position - 1, 0)], np.nan)
    return (
        who[rows].astype(np.int32),
        both[rows, columns].astype(np.int32),
        position,
        propensity.astype(np.float32),
    )


def _apply(
    pairs: _Pairs,
    tried: Bools,
    seen: tuple[Ints, Ints, Ints, Floats],
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Floats]:
    """Choose the best of what was seen, one to four posts each, none a second time."""
    graduate, post, position, propensity = seen
    wish = pairs.utility[graduate, post]
    quota = np.minimum(1 + rng.poisson(1.2, len(pairs.outside)), MAX_APPLICATIONS)
    worth = (wish > pairs.outside[graduate] - APPLICATION_SLACK) & ~tried[graduate, post]
    (kept,) = np.nonzero(worth)
    kept = kept[_rank_within(graduate[kept], -wish[kept]) < quota[graduate[kept]]]
    return graduate[kept], post[kept], position[kept], propensity[kept]


def _rank_within(group: NDArray[np.integer], key: NDArray[np.generic]) -> NDArray[np.intp]:
    """Rank entries within their group, from 0, smallest key first."""
    order = np.lexsort((key, group))
    ordered = group[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else order
    start = np.repeat(first, np.diff(np.r_[first, len(order)]))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order)) - start
    return rank


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wishes:
    """The applications of one round, with what both sides think of them."""

    graduate: Ints
    post: Ints
    utility: Floats
    score: Floats
    willing: Bools
    able: Bools

    @classmethod
    def of(cls, pairs: _Pairs, graduate: Ints, post: Ints) -> _Wishes:
        utility = pairs.utility[graduate, post]
        return cls(
            graduate=graduate,
            post=post,
            utility=utility,
            score=pairs.score[graduate, post],
            willing=utility > pairs.outside[graduate],
            able=pairs.able[graduate, post],
        )


def _clear(
    wishes: _Wishes, left: NDArray[np.int64], turn_order: NDArray[np.integer], bar: float
) -> NDArray[np.int8]:
    """Let employers offer and graduates accept; say what became of each application.

    A post offers to its best applicants above the bar, a quarter more of them than it has
    places. Each graduate takes the best offer worth taking, in the order of turns, while
    places remain; where that one is gone, the next.
    """
    fate = np.full(len(wishes.post), Fate.UNFIT, dtype=np.int8)
    free = left[wishes.post]
    fit = wishes.able & (wishes.score > bar)
    fate[free <= 0] = Fate.NO_PLACE_LEFT
    (pool,) = np.nonzero(fit & (free > 0))
    rank = _rank_within(wishes.post[pool], -wishes.score[pool])
    offered = rank < np.ceil(1.25 * free[pool])
    fate[pool] = np.where(offered, Fate.TURNED_DOWN, Fate.OUTRANKED)
    offers = pool[offered & wishes.willing[pool]]
    taken, late = _take_turns(wishes, offers, left, turn_order)
    fate[taken] = Fate.ACCEPTED
    fate[late] = Fate.TOO_LATE
    return fate


def _take_turns(
    wishes: _Wishes,
    offers: NDArray[np.intp],
    left: NDArray[np.int64],
    turn_order: NDArray[np.integer],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Serve graduates in turn; give the offers taken and those that came too late.

    Every post prefers earlier turns, so deferred acceptance gives the same as serving one
    graduate after the other, without a loop over them.
    """
    offers = offers[np.lexsort((-wishes.utility[offers], wishes.graduate[offers]))]
    late = np.zeros(len(offers), dtype=bool)
    while True:
        (alive,) = np.nonzero(~late)
        _, first = np.unique(wishes.graduate[offers[alive]], return_index=True)
        asked = alive[first]
        post = wishes.post[offers[asked]]
        rank = _rank_within(post, turn_order[wishes.graduate[offers[asked]]])
        beyond = rank >= left[post]
        if not beyond.any():
            return offers[asked], offers[late]
        late[asked[beyond]] = True


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
    means = _means(config, world.setting, world.structure, people, season)
    head = lists[:, :n_applications]
    rows, columns = np.nonzero((head >= 0) & ~_repeated(head))
    graduate, post = rows.astype(np.int32), head[rows, columns]
    n, shape = len(people), means.utility.shape
    placed, retained = np.zeros((n_repeats, n), dtype=bool), np.zeros((n_repeats, n), dtype=bool)
    dice = _Dice(seed, {})
    stay, able = expit(means.stay_logit), allowed(people, posts)
    for repeat in range(n_repeats):
        pairs = _Pairs(
            utility=means.utility + _gumbel(dice.roll(Block.TASTE, repeat), shape),
            score=means.score + _normal(dice.roll(Block.EMPLOYER, repeat), shape),
            stay=stay,
            outside=people.outside,
            able=able,
        )
        luck = dice.roll(Block.STAYING, repeat)
        order = luck.permutation(n)
        taken = _clear_all(config, pairs, graduate, post, posts.headcount, order)
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


def _clear_all(
    config: WorldConfig,
    pairs: _Pairs,
    graduate: Ints,
    post: Ints,
    headcount: Ints,
    turn_order: NDArray[np.integer],
) -> NDArray[np.intp]:
    """Clear the same applications round by round; give the indices of those accepted."""
    left = headcount.astype(np.int64)
    pending = np.arange(len(post))
    accepted = [pending[:0]]
    for _ in range(config.n_rounds):
        wishes = _Wishes.of(pairs, graduate[pending], post[pending])
        fate = _clear(wishes, left, turn_order, config.hiring_bar)
        taken = pending[fate == Fate.ACCEPTED]
        if not len(taken):
            break
        accepted.append(taken)
        np.subtract.at(left, post[taken], 1)
        again = (fate == Fate.OUTRANKED) | (fate == Fate.TOO_LATE)
        pending = pending[again & ~np.isin(graduate[pending], graduate[taken])]
    return np.concatenate(accepted)


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
    rng = _Dice(world.seed, world.redraw).roll(Block.LABELS, 10_000 + number)
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
        has_propensity=number >= config.n_seasons - config.seasons_with_propensities,
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
