"""Rolling origins: learn from the class years before t, choose settings on t, judge on t + 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from recommender.domain import Graduate, Outcome, Post
from recommender.evaluation.season import Season, cut_off, days_of_steps, is_decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One class year to be judged on, and what may be known before it.

    Attributes
    ----------
    test
        Nobody has seen it.
    validation
        The class year before, on which settings are chosen with what was known by the cut of
        `test`; None where nothing came before it to learn from, so that settings stay as they are.
    trained_on
        Class years that the judged fit learns from, ascending; at least one.
    """

    test: Season
    validation: Season | None
    trained_on: tuple[int, ...]


def rolling_origins(
    graduates: Sequence[Graduate], posts: Sequence[Post], outcomes: Sequence[Outcome], day: date
) -> tuple[Origin, ...]:
    """List every class year that can be judged, ascending.

    Judged are class years of which it is decided who stayed and before which there is one to
    learn from. Where none is decided, it is the last one, as the night does; its unknown pairs
    are left out.
    """
    days = days_of_steps(graduates, outcomes, day)
    years = sorted(days)
    judged = [year for year in years[1:] if is_decided(year, day)] or years[1:][-1:]
    found = []
    for year in judged:
        before = tuple(each for each in years if each < year)
        validation = cut_off(before[-1], graduates, posts, days) if len(before) > 1 else None
        test = cut_off(year, graduates, posts, days)
        found.append(Origin(test=test, validation=validation, trained_on=before))
    return tuple(found)
