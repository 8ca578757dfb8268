"""Draw a world's setting, hidden structure, people, enterprises and posts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.world_config import (
    CERTIFIED_ABOVE,
    CLASS_PRIOR,
    N_TASTES,
    Block,
    Dice,
    WorldConfig,
)
from recommender.evaluation.world_parts import (
    Bools,
    Doubles,
    Enterprises,
    Fate,
    Floats,
    Ints,
    People,
    Posts,
    Season,
    Setting,
    Structure,
)


def draw_setting(seed: int, config: WorldConfig) -> Setting:
    """Draw towns in a square, majors in families, core skills and what schools offer."""
    rng = Dice(seed, {}).roll(Block.STRUCTURE, 0)
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
    shares: Doubles = weights / weights.sum()
    return shares


def draw_structure(config: WorldConfig, setting: Setting, rng: np.random.Generator) -> Structure:
    """Draw what holds for all seasons and nobody sees."""
    n_families, n_skills = setting.core.shape
    n_majors = len(setting.major_family)
    families = np.where(setting.core, rng.uniform(0.5, 1.0, setting.core.shape), 0.0)
    own = np.where(setting.own, rng.uniform(0.3, 0.9, setting.own.shape), 0.0)
    profiles = np.clip(0.75 * families[setting.major_family] + 0.5 * own, 0.0, 1.0)
    n_dims = 4
    n_schools, n_towns = setting.home_weights.shape
    return Structure(
        profiles=profiles.astype(np.float32),
        affinity=np.corrcoef(families).astype(np.float32),
        class_shares=rng.dirichlet(CLASS_PRIOR, n_families),
        school_quality=rng.standard_normal((n_schools,), dtype=np.float32),
        base_log_wage=(np.log(4200) + rng.normal(0.0, 0.12, n_families)).astype(np.float32),
        linear_graduate=rng.standard_normal((n_majors + n_towns, n_dims), dtype=np.float32),
        linear_post=rng.standard_normal((n_skills + n_towns, n_dims), dtype=np.float32),
    )


# People


def draw_people(
    config: WorldConfig, setting: Setting, structure: Structure, number: int, dice: Dice
) -> People:
    """Draw the graduates of a season; nothing of them depends on other seasons."""
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
    if config.new_major and number >= config.test_index:
        class_major[-1] = len(weights) - 1  # the new trade has one class at least
    class_school = _draw_schools(setting.offers, class_major, rng)
    sizes = rng.integers(smallest, largest + 1, n_classes).astype(np.float64)
    class_no = np.searchsorted(np.cumsum(sizes) / sizes.sum(), (np.arange(n) + 0.5) / n)
    return class_major[class_no], class_school[class_no], class_no.astype(np.int32)


def _draw_schools(offers: Bools, major: Ints, rng: np.random.Generator) -> Ints:
    weights = offers.T / offers.sum(axis=0)[:, None]
    return _pick_rows(weights, major, rng)


def _pick_rows(weights: Doubles, row: Ints, rng: np.random.Generator) -> Ints:
    """Draw one column for each entry of `row`, by that row's weights."""
    total = np.cumsum(weights, axis=1)
    flat = (total / total[:, -1:] + np.arange(len(weights))[:, None]).ravel()
    found = np.searchsorted(flat, rng.random(len(row)) + row, side="right")
    picked: Ints = (found - row.astype(np.int64) * weights.shape[1]).astype(np.int32)
    np.minimum(picked, weights.shape[1] - 1, out=picked)  # a draw may round up to 1
    return picked


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


class History:
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
    def start(cls, config: WorldConfig, setting: Setting, dice: Dice) -> History:
        """Found the enterprises of the first season."""
        rng = dice.roll(Block.ENTERPRISES, 0)
        n_schools, n_families = len(setting.offers), len(setting.core)
        fresh = _draw_enterprises(config, setting, np.arange(config.n_enterprises), rng)
        agreement = rng.random((n_schools, config.n_enterprises)) < config.agreement
        return cls(replace(fresh, agreement=agreement), np.zeros(n_families), n_schools, n_families)

    def begin(self, config: WorldConfig, setting: Setting, number: int, dice: Dice) -> None:
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


def draw_posts(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    history: History,
    number: int,
    dice: Dice,
) -> Posts:
    """Draw the posts of a season, some of them last season's lines again."""
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


def _reposted(config: WorldConfig, history: History, rng: np.random.Generator) -> NDArray[np.intp]:
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
    cap = float(max(int(total * config.largest_share), -(-total // n)))
    low, high = 0.0, cap / weights.min()
    for _ in range(80):  # the sum grows with the scale, so halve the interval
        scale = (low + high) / 2
        if np.clip(scale * weights, 1.0, cap).sum() < total:
            low = scale
        else:
            high = scale
    ideal = np.clip(high * weights, 1.0, cap)
    counts: Ints = np.floor(ideal).astype(np.int32)
    short = total - int(counts.sum())
    counts[np.argsort(counts - ideal, kind="stable")[:short]] += 1
    return counts
