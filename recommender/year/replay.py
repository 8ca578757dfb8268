"""A class year replayed: its season from the beginning, with other people, posts or places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender.data import programmes as plans
from recommender.data import store
from recommender.domain import Graduate, Post, Reference, class_year_of, middle_group
from recommender.errors import PlanRefused
from recommender.matching.board import Board, open_board
from recommender.matching.eligibility import Standing, eligible_pairs
from recommender.matching.outlook import added, outlook
from recommender.matching.prices import solve_prices
from recommender.model.artefact import read_current
from recommender.programmes import Programme

A_YEAR = timedelta(days=365)
USUAL_DRIFT = 0.3  # where too little is stored to tell
LEAST_DRIFT, MOST_DRIFT = 0.1, 0.6
FEWEST_STEPS = 5  # from one year to the next, of groups of occupations


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a replay starts from.

    Attributes
    ----------
    posts
        Wanted within the year up to the day, each open on it, in order of ids.
    cohort
        Of the class year of the day who take part: who agreed to be ranked and was not hired
        at enrolment; in order of ids.
    others
        Further graduates known, of whatever class year, to describe people by.
    drift
        Standard deviation of what a group of occupations wants from one year to the next, in
        log headcount.
    """

    day: date
    version: int
    board: Board
    posts: tuple[Post, ...]
    cohort: tuple[Graduate, ...]
    others: tuple[Graduate, ...]
    programmes: tuple[Programme, ...]
    known: Reference
    drift: float

    @property
    def class_year(self) -> int:
        """Give the class year that is replayed."""
        return class_year_of(self.day)


def read_past(engine: Engine, models_dir: Path, *, day: date) -> Past:
    """Read a season as it would begin again, under the published model.

    Raises
    ------
    NoModel, CorruptArtefact
        If there is nothing to rank with.
    PlanRefused
        If what is published knows no chances, only an order, or if there are no posts or nobody
        of the class year.
    """
    artefact = read_current(models_dir)
    with store.reading(engine) as conn:
        every_post = store.load_posts(conn, day=day)
        graduates = store.load_graduates(conn)
        planned = plans.load_programmes(conn, day=day)
        known = store.load_reference(conn, day=day)
    wanted = sorted(
        (_reopened(post, day) for post in every_post if _is_of_the_year(post, day)),
        key=lambda post: post.post_id,
    )
    taking_part = {
        each.graduate_id
        for each in graduates
        if each.class_year == class_year_of(day) and each.consent and not each.hired_at_enrolment
    }
    if not wanted or not taking_part:
        raise PlanRefused("no_market")
    board = open_board(artefact.scorer, wanted, known, day)
    if not board.knows_chances:
        raise PlanRefused("no_chances", f"v{artefact.version}")
    return Past(
        day=day,
        version=artefact.version,
        board=board,
        posts=tuple(wanted),
        cohort=tuple(each for each in graduates if each.graduate_id in taking_part),
        others=tuple(each for each in graduates if each.graduate_id not in taking_part),
        programmes=tuple(planned),
        known=known,
        drift=drift_of(every_post, class_year_of(day)),
    )


def _is_of_the_year(post: Post, day: date) -> bool:
    return day - A_YEAR < post.opens_on <= day or post.is_open(day)


def _reopened(post: Post, day: date) -> Post:
    return replace(post, closes_on=max(post.closes_on, day), withdrawn_on=None)


def drift_of(posts: Sequence[Post], class_year: int) -> float:
    """Say how much the demand for a group of occupations moves in a year, beside all others'.

    Root mean square of the change of log headcount between successive class years before the
    given one, each weighted by its people, less what all groups have in common; between
    `LEAST_DRIFT` and `MOST_DRIFT`.
    """
    years = sorted({class_year_of(post.opens_on) for post in posts})
    groups = sorted({middle_group(post.occupation_code) for post in posts})
    wanted = np.zeros((len(years), len(groups)))
    for post in posts:
        at = years.index(class_year_of(post.opens_on))
        wanted[at, groups.index(middle_group(post.occupation_code))] += post.headcount
    steps: list[float] = []
    weights: list[float] = []
    for number, year in enumerate(years[1:], start=1):
        if year >= class_year or years[number - 1] != year - 1:
            continue
        before, after = wanted[number - 1], wanted[number]
        both = (before > 0) & (after > 0)
        if both.any():
            weight = before[both] + after[both]
            step = np.log(after[both] / before[both])
            step -= np.average(step, weights=weight)
            steps += step.tolist()
            weights += weight.tolist()
    if len(steps) < FEWEST_STEPS:
        return USUAL_DRIFT
    found = float(np.sqrt(np.average(np.square(steps), weights=weights)))
    return min(max(found, LEAST_DRIFT), MOST_DRIFT)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a season came to.

    Attributes
    ----------
    placed, stays : float64 arrays of shape (n_graduates,)
        Chance to be placed, and to be there after 180 days as well.
    adds : float64 array of shape (n_more,)
        What each of others would add to the sum of `stays` as one more.
    """

    placed: NDArray[np.float64]
    stays: NDArray[np.float64]
    adds: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pool:
    """People and the posts of a season, scored once, to be replayed in many mixtures.

    Attributes
    ----------
    scores, takes : float32 arrays of shape (n_people, n_posts)
    eligible : bool array of the same shape
    capacities : int32 array of shape (n_posts,)
        Headcounts: the season begins again, and nobody is placed.
    groups : int32 array of shape (n_posts,)
        Number of the middle group of occupations of each post.
    firms : int32 array of shape (n_posts,)
        Number of its enterprise.
    """

    scores: NDArray[np.float32]
    takes: NDArray[np.float32]
    eligible: NDArray[np.bool_]
    capacities: NDArray[np.int32]
    groups: NDArray[np.int32]
    firms: NDArray[np.int32]

    def replay(
        self,
        rows: NDArray[np.intp],
        places: NDArray[np.int32] | None = None,
        more: NDArray[np.intp] | None = None,
    ) -> Replayed:
        """Let people, each as often as named, follow their priced lists.

        Parameters
        ----------
        rows, more : intp arrays of shapes (n_graduates,), (n_more,)
            Those of the season, and others of whom is asked what they would add to it.
        places : int32 array of shape (n_posts,) or None
            In the place of `capacities`.
        """
        open_places = self.capacities if places is None else places
        may = self.eligible & (open_places > 0)[None, :]
        scores, takes, eligible = self.scores[rows], self.takes[rows], may[rows]
        prices = solve_prices(scores, eligible, open_places, takes)
        found = outlook(scores, takes, eligible, open_places, prices)
        asked = rows[:0] if more is None else more
        adds = added(self.scores[asked], self.takes[asked], may[asked], prices, found.left)
        return Replayed(found.placed, found.stays, adds)


def pool_of(past: Past, people: Sequence[Graduate]) -> Pool:
    """Score people against the posts of a season that begins again."""
    fit = past.board.fit(people)
    if fit.takes is None:
        raise ValueError("the published model knows no chances")
    return Pool(
        scores=fit.scores,
        takes=fit.takes,
        eligible=eligible_pairs(people, past.posts, Standing(), past.day),
        capacities=np.array([post.headcount for post in past.posts], dtype=np.int32),
        groups=_numbered([middle_group(post.occupation_code) for post in past.posts]),
        firms=_numbered([post.credit_code for post in past.posts]),
    )


def _numbered(names: Sequence[str]) -> NDArray[np.int32]:
    return np.unique(np.array(names, dtype=object), return_inverse=True)[1].astype(np.int32)
