"""The class year held out, and what a night of it knew: whom to judge, on what, up to when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Outcome, Post
from recommender.model.interactions import RETENTION, pair_gains

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """One class year's season, cut off from everything before it.

    Attributes
    ----------
    cut
        Last day that a contender may know of: the day before the class year's first step.
    ends_on
        Day of the class year's last step, or 31 August where that is earlier.
    graduates, posts
        In order of their ids; posts open on at least one day between the cut and the end.
    """

    class_year: int
    cut: date
    ends_on: date
    graduates: tuple[Graduate, ...]
    posts: tuple[Post, ...]

    def gains(self, outcomes: Iterable[Outcome], day: date) -> NDArray[np.float32]:
        """Say what became of each pair by a day.

        Returns
        -------
        float32 array of shape (n_graduates, n_posts)
            See `pair_gains`; 0 where nothing is known to have come of a pair.
        """
        row = {graduate.graduate_id: i for i, graduate in enumerate(self.graduates)}
        column = {post.post_id: j for j, post in enumerate(self.posts)}
        gains = np.zeros((len(row), len(column)), dtype=np.float32)
        for (graduate_id, post_id), gain in pair_gains(outcomes, day).items():
            if graduate_id in row and post_id in column:
                gains[row[graduate_id], column[post_id]] = gain
        return gains


def season_to_judge(
    graduates: Sequence[Graduate], posts: Sequence[Post], outcomes: Sequence[Outcome], day: date
) -> Season | None:
    """Choose the class year to hold out, and cut its season off; None without any steps.

    It is the last one whose season, to 31 August, ended 180 days before the day, so that who
    stayed is known; where there is none such, the last one with steps.
    """
    days = days_of_steps(graduates, outcomes, day)
    if not days:
        return None
    decided = [year for year in days if is_decided(year, day)]
    return cut_off(max(decided or days), graduates, posts, days)


def days_of_steps(
    graduates: Iterable[Graduate], outcomes: Iterable[Outcome], day: date
) -> dict[int, list[date]]:
    """List the days of each class year's steps, as far as they are known by a day."""
    class_year_by_id = {graduate.graduate_id: graduate.class_year for graduate in graduates}
    days: dict[int, list[date]] = {}
    for step in outcomes:
        if step.known_by(day) and step.graduate_id in class_year_by_id:
            days.setdefault(class_year_by_id[step.graduate_id], []).append(step.date)
    return days


def is_decided(class_year: int, day: date) -> bool:
    """Whether a class year's season, to 31 August, ended 180 days before the day."""
    return date(class_year, 8, 31) + RETENTION <= day


def cut_off(
    class_year: int,
    graduates: Iterable[Graduate],
    posts: Iterable[Post],
    days: Mapping[int, Sequence[date]],
) -> Season:
    """Cut a class year's season off, from the days of its steps; see `days_of_steps`."""
    first, ends_on = season_of(class_year, days[class_year])
    cohort = [g for g in graduates if g.class_year == class_year and not g.hired_at_enrolment]
    return Season(
        class_year=class_year,
        cut=first - DAY,
        ends_on=ends_on,
        graduates=tuple(sorted(cohort, key=lambda graduate: graduate.graduate_id)),
        posts=tuple(open_between(posts, first, ends_on)),
    )


def season_of(class_year: int, days: Sequence[date]) -> tuple[date, date]:
    """Give the first and last day of a class year's season, from the days of its steps."""
    first = min(days)
    return first, max(first, min(max(days), date(class_year, 8, 31)))


def open_between(posts: Iterable[Post], first: date, last: date) -> list[Post]:
    """List the posts open on at least one day from the first to the last, by id."""
    found = [
        post
        for post in posts
        if post.opens_on <= last
        and first <= post.closes_on
        and (post.withdrawn_on is None or first < post.withdrawn_on)
    ]
    return sorted(found, key=lambda post: post.post_id)


def known_before(
    season: Season, graduates: Sequence[Graduate], outcomes: Sequence[Outcome]
) -> tuple[list[Graduate], list[Outcome]]:
    """Leave what a contender may learn from: earlier class years' steps known by the cut."""
    earlier = {g.graduate_id: g for g in graduates if g.class_year < season.class_year}
    steps = [o for o in outcomes if o.graduate_id in earlier and o.known_by(season.cut)]
    return list(earlier.values()), steps


def slices(
    season: Season, cities: Mapping[str, str], trades: Mapping[str, str]
) -> dict[str, NDArray[np.str_]]:
    """Label the graduates for the slices that are looked at apart.

    Parameters
    ----------
    cities, trades
        Home region's code → city's name; trade as written → known trade.

    Returns
    -------
    mapping of slice to str array of shape (n_graduates,)
        "" where the graduate does not state it.
    """
    people = season.graduates
    return {
        "college": np.array([g.college for g in people], dtype=np.str_),
        "trade": np.array([trades.get(g.trade, g.trade) for g in people], dtype=np.str_),
        "city": np.array([cities.get(g.home_region or "", "") for g in people], dtype=np.str_),
        "level": np.array(
            [g.skill_level.name if g.skill_level else "" for g in people], dtype=np.str_
        ),
    }
