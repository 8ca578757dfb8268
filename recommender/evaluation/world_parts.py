"""What a world is made of: arrays of people, enterprises, posts, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


class Fate(IntEnum):
    """What became of an application."""

    ACCEPTED = 0
    NO_PLACE_LEFT = 1  # the post was full before the round
    OUTRANKED = 2  # others were better and the offers ran out
    UNFIT = 3  # below the bar, or against a rule
    TOO_LATE = 4  # offered, and taken by others before the graduate's turn
    TURNED_DOWN = 5  # offered; the graduate took another or stayed out


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
    linear_graduate, linear_post : float32 arrays of shape (n, 4)
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
