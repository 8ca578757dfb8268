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
PAY_WEIGHT = np.array([1.6, 0.7, 0.8, 0.6], dtype=np.float32)
DISTANCE_WEIGHT = np.array([0.5, 1.6, 0.4, 1.0], dtype=np.float32)
FIT_WEIGHT = np.array([0.8, 0.7, 1.6, 0.6], dtype=np.float32)
SOFTNESS = 0.15  # of the minimum over required skills


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
class Means:
    """Utility, score and stay logit of every pair, without pair noise."""

    utility: Floats
    score: Floats
    stay_logit: Floats


def pair_means(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    people: People,
    season: Season,
) -> Means:
    """Compute both sides' means for every pair of some people and a season's posts."""
    shape = (len(people), len(season.posts))
    if not config.features_matter:
        return Means(
            utility=np.full(shape, config.outside_mean, dtype=np.float32),
            score=np.full(shape, 0.5, dtype=np.float32),
            stay_logit=np.full(shape, 0.4, dtype=np.float32),
        )
    if config.linear:
        return _linear_means(config, setting, structure, people, season.posts)
    return _market_means(config, setting, structure, people, season)


def _linear_means(
    config: WorldConfig, setting: Setting, structure: Structure, people: People, posts: Posts
) -> Means:
    """Sum vectors of published features on both sides and multiply; hire everybody."""
    n_majors, n_skills = len(setting.major_family), setting.core.shape[1]
    left = structure.linear_graduate[people.major]
    left = left + structure.linear_graduate[n_majors + people.home]
    right = structure.linear_post[posts.label_skill]
    right = right + structure.linear_post[n_skills + posts.town]
    utility = np.float32(config.outside_mean) + np.float32(0.35) * (left @ right.T)
    return Means(
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
) -> Means:
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
    return Means(utility=utility, score=score, stay_logit=stay)


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
