"""Contenders that know who took what and nothing else: item-kNN, EASE and iALS.

Each takes what is known of some people, one row each, and scores every item for the rows asked
about, which may be other people. Whoever has no history scores 0 everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

# Rows of a product that is dense for a moment.
_BLOCK = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemKnnSettings:
    """What shapes item-kNN.

    Attributes
    ----------
    n_neighbours
        Items that may speak for an item, at least 1; those as near as the last one may too.
    shrink
        Added to the product of the norms, 0 or more: the larger, the less two rare items
        that met once resemble each other.
    """

    n_neighbours: int = 50
    shrink: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EaseSettings:
    """What shapes EASE: `ridge`, above 0, draws the weights between items towards 0."""

    ridge: float = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IalsSettings:
    """What shapes iALS; `alpha`, at least 1, is how much more a pair weighs than none."""

    n_components: int = 32
    ridge: float = 1.0
    alpha: float = 10.0
    n_rounds: int = 15
    seed: int = 20260515


def item_knn(
    known: sparse.csr_array[np.float32],
    settings: ItemKnnSettings,
    queries: sparse.csr_array[np.float32],
) -> NDArray[np.float32]:
    """Score an item by how much it resembles what a person has already.

    Parameters
    ----------
    known : float32 CSR array of shape (n_people, n_items)
        Weight of each pair, above 0; absent pairs are unknown.
    queries : float32 CSR array of shape (n_queries, n_items)
        What is known of the people asked about.

    Returns
    -------
    float32 array of shape (n_queries, n_items)
        0 or more; the sum of shrunk cosines with the items of the query.

    References
    ----------
    Deshpande and Karypis (2004), Item-based top-N recommendation algorithms, ACM TOIS 22(1).
    """
    overlap = (known.T @ known).toarray().astype(np.float64)
    norms = np.sqrt(overlap.diagonal())
    scale = norms[:, None] * norms + settings.shrink
    alike = np.divide(overlap, scale, out=np.zeros_like(overlap), where=overlap > 0)
    np.fill_diagonal(alike, 0.0)
    n_items = alike.shape[0]
    if settings.n_neighbours < n_items:
        least = np.partition(alike, n_items - settings.n_neighbours, axis=0)
        alike[alike < least[n_items - settings.n_neighbours]] = 0.0
    return _applied(queries, alike)


def ease(
    known: sparse.csr_array[np.float32],
    settings: EaseSettings,
    queries: sparse.csr_array[np.float32],
) -> NDArray[np.float32]:
    """Score an item by a ridge regression on all other items, in closed form.

    Parameters
    ----------
    known : float32 CSR array of shape (n_people, n_items)
    queries : float32 CSR array of shape (n_queries, n_items)

    Returns
    -------
    float32 array of shape (n_queries, n_items)

    References
    ----------
    Steck (2019), Embarrassingly shallow autoencoders for sparse data, WWW.
    """
    gram = (known.T @ known).toarray().astype(np.float64)
    np.fill_diagonal(gram, gram.diagonal() + settings.ridge)
    precision = np.linalg.inv(gram)
    weights = precision / -precision.diagonal()
    np.fill_diagonal(weights, 0.0)
    return _applied(queries, weights)


def ials(
    known: sparse.csr_array[np.float32],
    settings: IalsSettings,
    queries: sparse.csr_array[np.float32],
) -> NDArray[np.float32]:
    """Score an item by a weighted factorization in which an absent pair is a weak no.

    Parameters
    ----------
    known : float32 CSR array of shape (n_people, n_items)
        A pair's weight times `alpha` is its confidence; that of an absent pair is 1.
    queries : float32 CSR array of shape (n_queries, n_items)
        Their factors are solved for with the items' factors held still.

    Returns
    -------
    float32 array of shape (n_queries, n_items)
        On one thread; equal input and seed give equal bytes.

    Raises
    ------
    ModuleNotFoundError
        Without ``implicit``, which is installed for development only.

    References
    ----------
    Hu, Koren and Volinsky (2008), Collaborative filtering for implicit feedback datasets, ICDM.
    """
    # Installed for development only; and only who compares pays for loading it.
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        model = AlternatingLeastSquares(
            factors=settings.n_components,
            regularization=settings.ridge,
            alpha=settings.alpha,
            iterations=settings.n_rounds,
            num_threads=1,
            random_state=settings.seed,
        )
        model.fit(_matrix(known), show_progress=False)
        people = model.recalculate_user(np.arange(queries.shape[0]), _matrix(queries))
    # Summed in float64 and then rounded, so that equal items score alike wherever they stand.
    scores = people.astype(np.float64) @ model.item_factors.astype(np.float64).T
    return np.asarray(scores, dtype=np.float32)


def _matrix(pairs: sparse.csr_array[np.float32]) -> sparse.csr_matrix[np.float32]:
    """Give the kind of matrix the library asks for, with its index type."""
    matrix = sparse.csr_matrix(pairs, dtype=np.float32)
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return matrix


def _applied(
    queries: sparse.csr_array[np.float32], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    scores = np.empty((queries.shape[0], weights.shape[1]), dtype=np.float32)
    for start in range(0, queries.shape[0], _BLOCK):
        block = queries[start : start + _BLOCK].astype(np.float64)
        scores[start : start + _BLOCK] = np.asarray(block @ weights)
    return scores
