"""How many people an agreement will lack at the level due, weeks before anybody is examined."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Agreement, Graduate, Post, Reference, SkillLevel, TrainingTier
from recommender.matching.eligibility import reached_level

# Both ends of the interval leave out this share of what is likely.
TAIL = 0.05
# Jeffreys' prior of a chance: half a success and half a failure.
PRIOR = 0.5

Cell = tuple[str, TrainingTier | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """People who will lack of the number promised, at the level due.

    Attributes
    ----------
    expected
        The number promised less the sum of chances; below 0 where more are expected.
    low, high
        Between which it lies with a chance of 90 %; whole people.
    n_members, n_ready
        Members who still may come, and those of them who have the level.
    n_earlier
        People of earlier class years from whom the chances are; 0 where nothing is known.
    """

    expected: float
    low: int
    high: int
    n_members: int
    n_ready: int
    n_earlier: int


def shortfall(
    agreement: Agreement,
    promised: int,
    members: Sequence[Graduate],
    earlier: Iterable[Graduate],
    reference: Reference,
    posts: Sequence[Post] = (),
) -> Shortfall | None:
    """Work out the shortfall of an agreement; None where it states no level.

    Who has the level counts as one. Anybody else has the share of those who reached it in
    class years before theirs: of their trade and tier, else of their tier, else of all; where
    nobody was before, a half. The interval takes in both what is left to chance and how little
    is known: the number of a cell is beta-binomial after Jeffreys' prior, and cells add up as
    if independent.

    Parameters
    ----------
    promised
        People promised; at least 0.
    members
        Who still may come.
    earlier
        Graduates to learn from; those of a member's own class year or later, and those
        without consent, do not count.
    posts
        Where its places are. A level that an enterprise certified itself counts as the rule
        ``level`` counts it at each of them; where there is none, if the agreement's enterprise
        did.
    """
    due = agreement.level_due
    if due is None:
        return None
    known = [each for each in earlier if each.consent]

    def has(one: Graduate) -> bool:
        return _has(one, due, agreement.credit_code, posts)

    missing = [each for each in members if not has(each)]
    cells = Counter((each.class_year, *_cell(each, reference)) for each in missing)
    expected, n_earlier, odds = 0.0, 0, np.ones(1)
    for (year, trade, tier), n in sorted(cells.items(), key=str):
        past = [each for each in known if each.class_year < year]
        like = _alike(past, (trade, tier), reference)
        reached = sum(map(has, like))
        expected += n * (reached / len(like) if like else PRIOR)
        n_earlier += len(like)
        odds = np.convolve(odds, _number_odds(n, reached, len(like)))
    n_ready = len(members) - len(missing)
    few, many = _between(odds)
    return Shortfall(
        expected=promised - n_ready - expected,
        low=promised - n_ready - many,
        high=promised - n_ready - few,
        n_members=len(members),
        n_ready=n_ready,
        n_earlier=n_earlier,
    )


def _has(graduate: Graduate, due: SkillLevel, credit_code: str, posts: Sequence[Post]) -> bool:
    """Say whether a level is reached at every post; without one, at the enterprise."""
    if posts:
        return all((reached_level(graduate, post) or 0) >= due for post in posts)
    counting = [
        each.level for each in graduate.certificates if each.certified_by in (None, credit_code)
    ]
    if graduate.skill_level is not None:
        counting.append(graduate.skill_level)
    return max(counting, default=0) >= due


def _cell(graduate: Graduate, reference: Reference) -> Cell:
    return reference.trade_of(graduate.trade), graduate.training_tier


def _alike(past: Sequence[Graduate], cell: Cell, reference: Reference) -> Sequence[Graduate]:
    """Choose whom to learn from: the nearest kind of which there is anybody."""
    same_tier = [each for each in past if each.training_tier == cell[1]]
    same = [each for each in same_tier if _cell(each, reference) == cell]
    return same or same_tier or past


def _number_odds(n: int, reached: int, n_past: int) -> NDArray[np.float64]:
    """Give the chance of each number from 0 to n: float64 (n + 1,)."""
    from scipy.stats import betabinom

    odds: NDArray[np.float64] = betabinom.pmf(
        np.arange(n + 1), n, reached + PRIOR, n_past - reached + PRIOR
    )
    return odds


def _between(odds: NDArray[np.float64]) -> tuple[int, int]:
    """Give the numbers below and above which at most `TAIL` lies."""
    upto = np.cumsum(odds)
    return int(np.searchsorted(upto, TAIL)), int(np.searchsorted(upto, 1 - TAIL))
