"""Three targets, kept apart: applied, placed, placed and still there after 180 days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Outcome
from recommender.evaluation.compare import HeldOut
from recommender.evaluation.metrics import ndcg_at_k, recall_at_k
from recommender.evaluation.season import Season
from recommender.model.stages import WANTING
from recommender.model.topk import id_keys, top_k

APPLIED, PLACED, STAYED = TARGETS = ("applied", "placed", "stayed")


@dataclass(frozen=True, slots=True)
class Reached:
    """What one contender's lists reached of one target.

    Attributes
    ----------
    ndcg, recall : float64 arrays of shape (n_graduates,)
        0 to 1; NaN for whom nothing of the target is known.
    """

    ndcg: NDArray[np.float64]
    recall: NDArray[np.float64]


def target_gains(
    season: Season, outcomes: Iterable[Outcome], gains: NDArray[np.float32], day: date
) -> dict[str, NDArray[np.float32]]:
    """Say of each pair whether each target was reached by a day.

    Parameters
    ----------
    gains : float32 array of shape (n_graduates, n_posts)
        Of the season on the same day: 1 stayed, 0.5 started, 0.25 signed, 0 else, NaN where
        it is not known yet who stayed.

    Returns
    -------
    mapping of target to float32 array of shape (n_graduates, n_posts)
        1 or 0; of ``stayed`` NaN where it is not known yet.
    """
    row = {graduate.graduate_id: i for i, graduate in enumerate(season.graduates)}
    column = {post.post_id: j for j, post in enumerate(season.posts)}
    applied = np.zeros(gains.shape, dtype=np.float32)
    for step in outcomes:
        if step.stage in WANTING and step.known_by(day):
            at = row.get(step.graduate_id), column.get(step.post_id)
            if None not in at:
                applied[at] = 1.0
    unknown = np.isnan(gains)
    return {
        APPLIED: applied,
        PLACED: ((gains > 0) | unknown).astype(np.float32),
        STAYED: np.where(unknown, np.float32(np.nan), (gains == 1).astype(np.float32)),
    }


def reached(
    held_out: HeldOut,
    targets: Mapping[str, NDArray[np.float32]],
    scores: NDArray[np.float32],
    k: int,
) -> dict[str, Reached]:
    """Measure the lists of one contender against every target, each by itself.

    Parameters
    ----------
    targets
        As `target_gains` gives them.
    scores : float32 array of shape (n_graduates, n_posts)
    k : int
        Length of the lists, at least 1.
    """
    people, posts = id_keys(held_out.graduate_ids), id_keys(held_out.post_ids)
    found = {}
    for name, gains in targets.items():
        judged = held_out.eligible & ~np.isnan(gains)
        lists = top_k(scores, judged, k, people, posts)
        known = np.where(judged, gains, np.float32(np.nan))
        found[name] = Reached(ndcg_at_k(lists, known, k), recall_at_k(lists, known, k))
    return found
