"""From steps to numbers: what each pair's road was worth, as indices and weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.domain import Graduate, Outcome, OutcomeStage, Post, Reference
from recommender.model.features import (
    feature_matrix,
    graduate_features,
    post_features,
    vocabulary,
)

# How much the furthest step of a pair says in favour of it. Being shown says nothing, being
# refused a place says nothing about the graduate's wish, which stays at the step before.
STAGE_WEIGHTS: Mapping[OutcomeStage, float] = {
    OutcomeStage.INTERESTED: 0.1,
    OutcomeStage.INTERVIEWED: 0.15,
    OutcomeStage.INTERNED: 0.3,
    OutcomeStage.OFFERED: 0.4,
    OutcomeStage.SIGNED: 0.6,
    OutcomeStage.STARTED: 0.8,
    OutcomeStage.RETAINED: 1.0,
}
# Somebody who leaves, cancels or declines took back what the steps before had said.
TAKEN_BACK: Mapping[OutcomeStage, float] = {
    OutcomeStage.DECLINED: 0.0,
    OutcomeStage.CANCELLED: 0.2,
    OutcomeStage.LEFT: 0.3,
}
_STAYED = STAGE_WEIGHTS[OutcomeStage.RETAINED]

# What the evaluation counts as gained, by the furthest step; see docs/nightly.md.
GAINS: Mapping[OutcomeStage, float] = {
    OutcomeStage.SIGNED: 0.25,
    OutcomeStage.STARTED: 0.5,
    OutcomeStage.RETAINED: 1.0,
}
RETENTION = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """What a fit sees.

    Attributes
    ----------
    graduates : float32 CSR array of shape (n_graduates, n_graduate_features)
    posts : float32 CSR array of shape (n_posts, n_post_features)
    rows, columns : int32 arrays of shape (n_pairs,)
        Graduate and post of each pair with a positive weight, in order of ids.
    weights : float32 array of shape (n_pairs,)
        Above 0 to 1; see `STAGE_WEIGHTS`.
    """

    graduate_names: tuple[str, ...]
    post_names: tuple[str, ...]
    graduates: sparse.csr_array[np.float32]
    posts: sparse.csr_array[np.float32]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


def training_data(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    outcomes: Iterable[Outcome],
    reference: Reference,
) -> TrainingData:
    """Lay out what is known of some graduates, whatever order it comes in.

    People without consent are left out, and graduates whom no weighted pair names, of whom
    nothing can be learned. Posts stay: what was on offer and not taken is learned from too.
    """
    weights = pair_weights(outcomes)
    consenting = {g.graduate_id for g in graduates if g.consent}
    known_posts = {post.post_id for post in posts}
    pairs = sorted(
        pair
        for pair, weight in weights.items()
        if weight > 0 and pair[0] in consenting and pair[1] in known_posts
    )
    seen_graduates = {graduate_id for graduate_id, _ in pairs}
    learned = sorted(
        (g for g in graduates if g.graduate_id in seen_graduates), key=lambda g: g.graduate_id
    )
    offered = sorted(posts, key=lambda post: post.post_id)
    described_graduates = [graduate_features(g, reference) for g in learned]
    described_posts = [post_features(post, reference) for post in offered]
    graduate_names = vocabulary([*described_graduates, {"any": 1.0}])
    post_names = vocabulary([*described_posts, {"any": 1.0}])
    row = {g.graduate_id: index for index, g in enumerate(learned)}
    column = {post.post_id: index for index, post in enumerate(offered)}
    return TrainingData(
        graduate_names=graduate_names,
        post_names=post_names,
        graduates=feature_matrix(described_graduates, graduate_names),
        posts=feature_matrix(described_posts, post_names),
        rows=np.array([row[graduate_id] for graduate_id, _ in pairs], dtype=np.int32),
        columns=np.array([column[post_id] for _, post_id in pairs], dtype=np.int32),
        weights=np.array([weights[pair] for pair in pairs], dtype=np.float32),
    )


def pair_weights(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], float]:
    """Weigh each pair by its furthest step, less where it was taken back afterwards.

    Somebody who comes back and starts again counts as started; somebody who was retained had
    stayed, whatever came later. On one day what takes back comes last.
    """
    weights: dict[tuple[str, str], float] = {}
    for step in sorted(outcomes, key=lambda step: (step.date, step.stage in TAKEN_BACK)):
        pair = (step.graduate_id, step.post_id)
        before = weights.get(pair, 0.0)
        if step.stage in STAGE_WEIGHTS:
            weights[pair] = max(before, STAGE_WEIGHTS[step.stage])
        elif step.stage in TAKEN_BACK and pair in weights and before < _STAYED:
            weights[pair] = min(before, TAKEN_BACK[step.stage])
    return weights


def pair_gains(outcomes: Iterable[Outcome], day: date) -> dict[tuple[str, str], float]:
    """Say what each pair's road had gained by a day, as the evaluation counts it.

    Returns
    -------
    mapping of (graduate_id, post_id) to gain
        1 for retained, .5 for started, .25 for signed; NaN for somebody who started less
        than 180 days before the day and has not left, since nobody can know yet.
    """
    gains: dict[tuple[str, str], float] = {}
    started: dict[tuple[str, str], date] = {}
    left: set[tuple[str, str]] = set()
    for step in outcomes:
        if not step.known_by(day):
            continue
        pair = (step.graduate_id, step.post_id)
        if step.stage in GAINS:
            gains[pair] = max(GAINS[step.stage], gains.get(pair, 0.0))
        if step.stage is OutcomeStage.STARTED:
            started[pair] = max(step.date, started.get(pair, step.date))
        elif step.stage is OutcomeStage.LEFT:
            left.add(pair)
    for pair, since in started.items():
        undecided = gains[pair] < GAINS[OutcomeStage.RETAINED] and pair not in left
        if undecided and since + RETENTION > day:
            gains[pair] = float("nan")
    return gains
