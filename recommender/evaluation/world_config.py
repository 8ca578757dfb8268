"""Sizes and strengths of a world, its random streams, and the sanity worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

import numpy as np

CLASS_PRIOR = (3.5, 3.0, 2.0, 1.5)
N_TASTES = 3
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
    outside_mean: float = 1.3
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
    pareto: float = 1.1
    largest_share: float = 0.02
    wrong_label: float = 0.12
    # choice
    fit_weight: float = 3.6
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
        return replace(_without_market(base), kind=kind, features_matter=False)
    if kind is Kind.LINEAR:
        return replace(_without_market(base), kind=kind, linear=True)
    if kind is Kind.PERMUTED:
        return replace(
            base, kind=kind, replaced=0.0, quality_memory=1.0, wage_trend=0.0, demand_sd=0.0,
            test_shock=0.0, new_major=False, herding=0.0, memory_of_officers=0.0,
        )  # fmt: skip
    if kind is Kind.RICH:
        return replace(base, kind=kind, n_graduates=10 * base.n_graduates)
    return replace(base, kind=kind)


def _without_market(base: WorldConfig) -> WorldConfig:
    """Switch off rules, shortage of places, herding, wrong labels and the new trade."""
    return replace(
        base,
        capacity=False,
        herding=0.0,
        uniform_graduates=1.0,
        wrong_label=0.0,
        new_major=False,
        min_level_shares=(1.0, 0.0, 0.0, 0.0),
        licence_required=0.0,
        adults_only=0.0,
    )


class Dice:
    """Hands out one generator for each block and season."""

    def __init__(self, seed: int, redraw: Mapping[Block, int]) -> None:
        self._seed = seed
        self._redraw = redraw

    def roll(self, block: Block, season: int = 0) -> np.random.Generator:
        """Start the generator of a block and season (or repeat)."""
        seed = self._redraw.get(block, self._seed)
        sequence = np.random.SeedSequence(seed, spawn_key=(int(block), season))
        return np.random.Generator(np.random.PCG64(sequence))
