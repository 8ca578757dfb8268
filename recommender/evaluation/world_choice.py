"""What graduates and employers of a world want, and how likely each pair is to last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr

from recommender.evaluation.world_config import (
    APPLICATION_SLACK,
    EMPLOYER_NOISE,
    N_TASTES,
    RELATED,
    WorldConfig,
)
from recommender.evaluation.world_parts import (
    Bools,
    Doubles,
    Floats,
    People,
    Posts,
    Season,
    Setting,
    Structure,
    Truth,
)

CAREER = 2  # of the latent classes pay, home, career, ease
# Chances are compared with draws in double precision, so that a machine with other vector
# instructions, whose last bits differ, still makes the same world.
PAY_WEIGHT = np.array([1.6, 0.7, 0.8, 0.6])
DISTANCE_WEIGHT = np.array([0.5, 1.6, 0.4, 1.0])
FIT_WEIGHT = np.array([0.8, 0.7, 1.6, 0.6])
SOFTNESS = 0.15  # of the minimum over required skills
BLOCK_ROWS = 1_024  # graduates at a time, so that memory does not grow with the terms


def skill_fit(skills: Floats, required: Bools) -> Doubles:
    """Measure how well graduates fit posts: nearly their weakest required skill.

    Parameters
    ----------
    skills : float32 array of shape (n_graduates, n_skills)
        0 to 1.3.
    required : bool array of shape (n_posts, n_skills)
        At least one in each row.

    Returns
    -------
    float64 array of shape (n_graduates, n_posts)
        Soft minimum, -0.2 to 1.2.
    """
    share = required / required.sum(axis=1, keepdims=True)
    mean = np.exp(skills.astype(np.float64) / -SOFTNESS) @ share.T
    fit: Doubles = np.clip(-SOFTNESS * np.log(mean), -0.2, 1.2)
    return fit


def pay_term(log_wage: Floats, expected: Floats) -> Doubles:
    """Weigh pay against what one's own family earns: losses count 2.25 times.

    Parameters
    ----------
    log_wage : float32 array of shape (n_posts,)
    expected : float32 array of shape (n_graduates,)

    Returns
    -------
    float64 array of shape (n_graduates, n_posts)
        4 x for a gain of x in log pay, 9 x for a loss.

    References
    ----------
    Tversky and Kahneman (1992), Journal of Risk and Uncertainty 5; loss aversion 2.25.
    """
    gain = log_wage[None, :].astype(np.float64) - expected[:, None]
    return np.where(gain >= 0, 4.0 * gain, 9.0 * gain)


def distance_term(distance_km: Doubles) -> Doubles:
    """Weigh the way to work: free to 30 km, then 1 for each 80 km, and a cliff at 150 km.

    Parameters
    ----------
    distance_km : float64 array of any shape
        0 or more.

    Returns
    -------
    float64 array of the same shape
        0 or less.
    """
    term: Doubles = -np.maximum(0.0, distance_km - 30.0) / 80.0 - 0.8 * (distance_km > 150.0)
    return term


# Utility, score and stay logit of a block, each an array or the same for all pairs.
_Block = tuple[Doubles | float, Doubles | float, Doubles | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Utility, score and stay logit of every pair, without pair noise."""

    utility: Doubles
    score: Doubles
    stay_logit: Doubles


def pair_means(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    people: People,
    season: Season,
) -> Means:
    """Compute both sides' means for every pair of some people and a season's posts."""
    shape = (len(people), len(season.posts))
    means = Means(utility=np.empty(shape), score=np.empty(shape), stay_logit=np.empty(shape))
    for start in range(0, len(people), BLOCK_ROWS):
        rows = slice(start, start + BLOCK_ROWS)
        if not config.features_matter:
            block: _Block = (config.outside_mean, 0.5, 0.4)
        elif config.linear:
            utility = _linear_utility(config, setting, structure, people, season.posts, rows)
            block = (utility, 3.0, 0.4)  # everybody is hired
        else:
            block = _market_means(config, setting, structure, people, season, rows)
        means.utility[rows], means.score[rows], means.stay_logit[rows] = block
    return means


def _linear_utility(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    people: People,
    posts: Posts,
    rows: slice,
) -> Doubles:
    """Sum vectors of published features on both sides and multiply."""
    n_majors, n_skills = len(setting.major_family), setting.core.shape[1]
    left = structure.linear_graduate[people.major[rows]].astype(np.float64)
    left += structure.linear_graduate[n_majors + people.home[rows]]
    right = structure.linear_post[posts.label_skill].astype(np.float64)
    right += structure.linear_post[n_skills + posts.town]
    return config.outside_mean + 0.35 * (left @ right.T)


def _market_means(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    people: People,
    season: Season,
    rows: slice,
) -> tuple[Doubles, Doubles, Doubles]:
    """Compute utility, score and stay logit for a block of graduates."""
    posts, firms = season.posts, season.enterprises
    slot, latent = posts.enterprise, people.latent_class[rows]
    family, school = people.family[rows], people.school[rows]
    fit = skill_fit(people.skills[rows], posts.required)
    expected = structure.base_log_wage[family] + np.float32(season.trend)
    way = distance_term(setting.distance_km)[people.home[rows, None], posts.town[None, :]]
    utility = PAY_WEIGHT[latent][:, None] * pay_term(posts.log_wage, expected)
    utility += DISTANCE_WEIGHT[latent][:, None] * way
    utility += config.fit_weight * FIT_WEIGHT[latent][:, None] * fit
    quality = firms.quality[slot][None, :].astype(np.float64)
    stay = 0.5 * (utility + quality) - 0.35
    stay -= 0.3 * (structure.affinity[family][:, posts.family] < RELATED)
    agreed = firms.agreement[school[:, None], slot[None, :]]
    career = 1.0 + (latent == CAREER)[:, None]
    utility += 0.45 * quality * career + 0.9 * agreed
    utility += config.herding * season.schoolmates[school][:, slot].astype(np.float64)
    taste = people.taste[rows].astype(np.float64) @ firms.taste[slot].T.astype(np.float64)
    utility += 0.5 / np.sqrt(N_TASTES) * taste
    needed = posts.required.astype(np.float64)
    found = people.certificates[rows].astype(np.float64) @ needed.T
    personal = 0.5 * people.ability[rows].astype(np.float64)
    personal += 0.3 * structure.school_quality[school]
    score = 2.0 * fit + 0.4 * agreed + personal[:, None]
    score += people.female[rows, None] * firms.bias[slot][None, :].astype(np.float64)
    score -= 1.5 * (found < needed.sum(axis=1)[None, :] / 2)
    return utility, score, stay


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


def truth_of(
    config: WorldConfig, setting: Setting, structure: Structure, people: People, season: Season
) -> Truth:
    """Compute what the world knows of every pair of some people and a season's posts."""
    means = pair_means(config, setting, structure, people, season)
    able = allowed(people, season.posts)
    above = means.utility - people.outside[:, None]
    want = _chance_above(above)
    offer = np.where(able, ndtr((means.score - season.cut[None, :]) / EMPLOYER_NOISE), 0.0)
    stay = expit(means.stay_logit)
    return Truth(
        retained=(want * offer * stay).astype(np.float32),
        want=want.astype(np.float32),
        apply=_chance_above(above + APPLICATION_SLACK).astype(np.float32),
        offer=offer.astype(np.float32),
        stay=stay.astype(np.float32),
        surplus=(offer * np.logaddexp(0.0, above)).astype(np.float32),
        utility=means.utility.astype(np.float32),
        score=means.score.astype(np.float32),
        eligible=able,
    )


def _chance_above(above: Doubles) -> Doubles:
    """Chance that a standard Gumbel draw lifts a utility over the bar it lacks."""
    chance: Doubles = -np.expm1(-np.exp(above))
    return chance
