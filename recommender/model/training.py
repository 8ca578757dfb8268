"""Fit the factorization; the only module that knows LightFM."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from lightfm import LightFM
from scipy import sparse

from recommender.model.interactions import TrainingData
from recommender.model.scoring import HybridScorer


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """What shapes a fit; equal settings, data and seed give equal bytes.

    Attributes
    ----------
    n_fits
        How many are fitted from seeds in a row, and averaged.
    """

    n_components: int = 8
    loss: str = "warp"
    learning_rate: float = 0.02
    n_epochs: int = 20
    graduate_alpha: float = 1e-6
    post_alpha: float = 1e-4
    max_sampled: int = 20
    n_fits: int = 4
    seed: int = 20260515


def fit(
    data: TrainingData,
    settings: TrainingSettings,
    progress: Callable[[float], None] = lambda share: None,
) -> HybridScorer:
    """Fit on one thread with the seed of the settings; two threads never repeat a fit.

    What a fit owes to chance is no small part where people are few: the mean of several ranks
    better than each.

    Parameters
    ----------
    data : TrainingData
        Weighted positive pairs and both feature matrices.
    progress : callable
        Told the share done, 0 to 1, after each epoch.

    Returns
    -------
    HybridScorer
        Embeddings and biases as float32 arrays; finite is for the gate to check. Scores are
        the mean of the fits', whose embeddings stand side by side.
    """

    def told(n_before: int) -> Callable[[float], None]:
        return lambda share: progress((n_before + share) / settings.n_fits)

    fits = [
        _fit_once(data, settings, settings.seed + number, told(number))
        for number in range(settings.n_fits)
    ]
    part = np.float32(len(fits) ** -0.5)
    return HybridScorer(
        graduate_names=data.graduate_names,
        post_names=data.post_names,
        graduate_embeddings=np.hstack([model.user_embeddings * part for model in fits]),
        post_embeddings=np.hstack([model.item_embeddings * part for model in fits]),
        post_biases=np.mean([model.item_biases for model in fits], axis=0, dtype=np.float32),
    )


def _fit_once(
    data: TrainingData, settings: TrainingSettings, seed: int, progress: Callable[[float], None]
) -> LightFM:
    model = LightFM(
        no_components=settings.n_components,
        loss=settings.loss,
        learning_rate=settings.learning_rate,
        user_alpha=settings.graduate_alpha,
        item_alpha=settings.post_alpha,
        max_sampled=settings.max_sampled,
        random_state=seed,
    )
    positive = sparse.coo_matrix(
        (
            np.ones(len(data.rows), dtype=np.float32),
            (data.rows, data.columns),
        ),
        shape=(data.graduates.shape[0], data.posts.shape[0]),
    )
    weights = sparse.coo_matrix((data.weights, (data.rows, data.columns)), shape=positive.shape)
    graduates, posts = sparse.csr_matrix(data.graduates), sparse.csr_matrix(data.posts)
    for epoch in range(settings.n_epochs):
        model.fit_partial(
            positive,
            user_features=graduates,
            item_features=posts,
            sample_weight=weights,
            epochs=1,
            num_threads=1,
        )
        progress((epoch + 1) / settings.n_epochs)
    return model


# A fit of a whole province stays far below; past it the child ends and the night goes on.
CHILD_BYTES = 8 * 2**30


def limit_child() -> None:
    """Bound the memory of a process that fits, so that it cannot take the machine with it."""
    resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
