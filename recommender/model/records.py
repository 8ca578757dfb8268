"""What groups are known for: how much more often they said yes than their like elsewhere.

A group is an enterprise, a trade beside a minor group of occupations, or a trade beside an
enterprise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from recommender.domain import Graduate, Post, Reference, minor_group

MEMORY = 0.8  # what an answer still weighs a class year later
SPREAD = 0.5  # variance of log-odds between groups that met the same people
LEAST = 0.01  # log-odds of a trade that are worth keeping: a quarter of a percent at even odds


def trade_groups(trade: str, post: Post, reference: Reference) -> tuple[str, str]:
    """Name what a trade's people and a post belong to: the wider group, then the narrower."""
    code = reference.occupation_of(post.occupation_code)
    return f"{trade}|{minor_group(code)}", f"{trade}|{post.credit_code}"


@dataclass(frozen=True, slots=True)
class Records:
    """What is known on a day.

    Attributes
    ----------
    log_odds : mapping of a group's name to float
        An enterprise's name is its credit code, others are as `trade_groups` says.
    """

    log_odds: Mapping[str, float]

    def of_enterprises(self, posts: Sequence[Post]) -> NDArray[np.float32]:
        """Give what the enterprise of each post is known for: float32 (n_posts,), else 0."""
        known = [self.log_odds.get(post.credit_code, 0.0) for post in posts]
        return np.array(known, dtype=np.float32)

    def of_trades(
        self, graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
    ) -> NDArray[np.float32]:
        """Give what each trade is known for at each post: float32 (n_graduates, n_posts), else 0.

        What it is known for in the occupations beside, and in the enterprise beyond that.
        """
        own = [reference.trade_of(graduate.trade) for graduate in graduates]
        trades = {trade: row for row, trade in enumerate(dict.fromkeys(own))}
        kinds = dict.fromkeys((post.occupation_code, post.credit_code) for post in posts)
        first = {kind: at for at, kind in enumerate(kinds)}
        at_post = [first[post.occupation_code, post.credit_code] for post in posts]
        one_of_each = dict(zip(at_post, posts, strict=True))
        table = np.array(
            [
                [
                    sum(
                        self.log_odds.get(group, 0.0)
                        for group in trade_groups(trade, post, reference)
                    )
                    for _, post in sorted(one_of_each.items())
                ]
                for trade in trades
            ],
            dtype=np.float32,
        ).reshape(len(trades), len(kinds))
        found: NDArray[np.float32] = table[np.ix_([trades[trade] for trade in own], at_post)]
        return found


def group_records(
    groups: NDArray[np.object_],
    cohorts: NDArray[np.int32],
    labels: NDArray[np.bool_],
    log_odds: NDArray[np.float64],
    weights: NDArray[np.float32],
) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Estimate each group's own log-odds from answers of the class years before.

    One step of Newton's method from 0 towards the mode, under a normal prior: a group that
    answered little is drawn to 0.

    Parameters
    ----------
    groups : str array of shape (n_pairs,)
    cohorts : int32 array of shape (n_pairs,)
        Number of the class year, from 0.
    labels : bool array of shape (n_pairs,)
        The answers.
    log_odds : float64 array of shape (n_pairs,)
        Of a yes, for who does not know the group.
    weights : float32 array of shape (n_pairs,)

    Returns
    -------
    float64 array of shape (n_pairs,)
        What was known of the pair's group before its class year; 0 where it never answered.
    mapping of group to float
        What is known after them all.

    References
    ----------
    Breslow and Clayton (1993), Approximate inference in generalized linear mixed models.
    """
    number = {name: at for at, name in enumerate(dict.fromkeys(groups.tolist()))}
    at = np.array([number[name] for name in groups.tolist()], dtype=np.intp)
    surplus, weight = np.zeros(len(number)), np.zeros(len(number))
    before = np.zeros(len(labels))
    for cohort in range(int(cohorts.max(initial=-1)) + 1):
        inside = cohorts == cohort
        before[inside] = (surplus / (weight + 1 / SPREAD))[at[inside]]
        chance, heavy = expit(log_odds[inside]), weights[inside].astype(np.float64)
        surplus *= MEMORY
        weight *= MEMORY
        surplus += np.bincount(at[inside], heavy * (labels[inside] - chance), len(number))
        weight += np.bincount(at[inside], heavy * chance * (1 - chance), len(number))
    return before, dict(zip(number, (surplus / (weight + 1 / SPREAD)).tolist(), strict=True))
