"""Scores from plain arrays: every published ranking is a sum over pairs of features.

Graduate features G (n_graduates × n_graduate_features), post features P
(n_posts × n_post_features) and weights W give scores G W Pᵀ. The factorization holds W as a
product of two thin arrays; a rule or a popularity table holds it as a sparse array. Because
a score is a sum, its parts are exact reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BLOCK = 1024  # graduates scored at a time


class Scorer(Protocol):
    """Anything that scores every pair from features, and can say why.

    The vocabularies are the columns of the feature matrices that `scores` takes.
    """

    @property
    def graduate_names(self) -> Sequence[str]:
        """Names of graduate features, in column order."""
        ...

    @property
    def post_names(self) -> Sequence[str]:
        """Names of post features, in column order."""
        ...

    def scores(
        self, graduates: sparse.csr_array[np.float32], posts: sparse.csr_array[np.float32]
    ) -> NDArray[np.float32]:
        """Score all pairs: float32 of shape (n_graduates, n_posts)."""
        ...

    def pair_weights(
        self, graduate: NDArray[np.int32], post: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """Weights of some graduate features (rows) with some post features (columns)."""
        ...

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give the arrays that make the scorer again."""
        ...

    def vocabulary(self) -> dict[str, list[str]]:
        """Give the names that make the scorer again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HybridScorer:
    """The factorization: an embedding and a bias for each feature.

    Attributes
    ----------
    graduate_embeddings : float32 array of shape (n_graduate_features, n_components)
    post_embeddings : float32 array of shape (n_post_features, n_components)
    post_biases : float32 array of shape (n_post_features,)
        A post's bias enters through the graduate feature ``any``, which everyone has with
        weight 1, so that a bias is a pair like any other. A graduate's bias would be the same
        for every post; it orders nothing and is not kept.

    References
    ----------
    Kula (2015), Metadata Embeddings for User and Item Cold-start Recommendations.
    """

    graduate_names: tuple[str, ...]
    post_names: tuple[str, ...]
    graduate_embeddings: NDArray[np.float32]
    post_embeddings: NDArray[np.float32]
    post_biases: NDArray[np.float32]

    def scores(
        self, graduates: sparse.csr_array[np.float32], posts: sparse.csr_array[np.float32]
    ) -> NDArray[np.float32]:
        """Score all pairs.

        Parameters
        ----------
        graduates : float32 CSR array of shape (n_graduates, n_graduate_features)
        posts : float32 CSR array of shape (n_posts, n_post_features)

        Returns
        -------
        float32 array of shape (n_graduates, n_posts)
            Orders one graduate's posts; not comparable between graduates. Summed in float64
            and then rounded: a float32 product differs in its last digits with the place of
            a row or column, and so would set equal posts apart by where they stand.
        """
        post_vectors = (posts @ self.post_embeddings).astype(np.float64)
        post_bias = posts @ self.post_biases
        scores = np.empty((graduates.shape[0], posts.shape[0]), dtype=np.float32)
        for start in range(0, graduates.shape[0], BLOCK):
            block = graduates[start : start + BLOCK]
            summed = (block @ self.graduate_embeddings) @ post_vectors.T
            summed += post_bias
            scores[start : start + BLOCK] = summed
        return scores

    def pair_weights(
        self, graduate: NDArray[np.int32], post: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """Weights of some graduate features with some post features, biases included.

        Parameters
        ----------
        graduate : int32 array of shape (k,)
        post : int32 array of shape (l,)
            Columns of the vocabularies.

        Returns
        -------
        float64 array of shape (k, l)
            The bias of a post feature stands with the graduate feature ``any``.
        """
        weights: NDArray[np.float64] = (
            self.graduate_embeddings[graduate].astype(np.float64)
            @ self.post_embeddings[post].astype(np.float64).T
        )
        everyone = graduate == self.graduate_names.index("any")
        weights[everyone, :] += self.post_biases[post].astype(np.float64)
        return weights

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give the arrays that make the scorer again."""
        return {
            "graduate_embeddings": self.graduate_embeddings,
            "post_embeddings": self.post_embeddings,
            "post_biases": self.post_biases,
        }

    def vocabulary(self) -> dict[str, list[str]]:
        """Give the names that make the scorer again."""
        return {"graduate_names": list(self.graduate_names), "post_names": list(self.post_names)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableScorer:
    """A rule or a popularity count, as weights of single pairs of features.

    Attributes
    ----------
    rows, columns : int32 arrays of shape (n_pairs,)
        Graduate feature and post feature of each pair.
    weights : float32 array of shape (n_pairs,)
    """

    graduate_names: tuple[str, ...]
    post_names: tuple[str, ...]
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]

    def _table(self) -> sparse.csr_array[np.float32]:
        return sparse.csr_array(
            (self.weights, (self.rows, self.columns)),
            shape=(len(self.graduate_names), len(self.post_names)),
        )

    def scores(
        self, graduates: sparse.csr_array[np.float32], posts: sparse.csr_array[np.float32]
    ) -> NDArray[np.float32]:
        """Score all pairs: float32 of shape (n_graduates, n_posts); see `HybridScorer`."""
        scores: NDArray[np.float32] = ((graduates @ self._table()) @ posts.T).toarray()
        return scores.astype(np.float32, copy=False)

    def pair_weights(
        self, graduate: NDArray[np.int32], post: NDArray[np.int32]
    ) -> NDArray[np.float64]:
        """Weights of some graduate features with some post features: float64 (k, l)."""
        weights: NDArray[np.float64] = self._table()[graduate][:, post].toarray().astype(np.float64)
        return weights

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Give the arrays that make the scorer again."""
        return {"rows": self.rows, "columns": self.columns, "weights": self.weights}

    def vocabulary(self) -> dict[str, list[str]]:
        """Give the names that make the scorer again."""
        return {"graduate_names": list(self.graduate_names), "post_names": list(self.post_names)}


def contributions(
    scorer: Scorer,
    graduate: sparse.csr_array[np.float32],
    post: sparse.csr_array[np.float32],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Take one score apart into pairs of a graduate feature and a post feature.

    Parameters
    ----------
    graduate : float32 CSR array of shape (1, n_graduate_features)
    post : float32 CSR array of shape (1, n_post_features)

    Returns
    -------
    int32 array of shape (k,), int32 array of shape (l,), float64 array of shape (k, l)
        The features of each, and what each pair adds; the sum is the score.
    """
    rows = graduate.indices.astype(np.int32)
    columns = post.indices.astype(np.int32)
    weights = scorer.pair_weights(rows, columns)
    parts: NDArray[np.float64] = (
        graduate.data.astype(np.float64)[:, None] * weights * post.data.astype(np.float64)
    )
    return rows, columns, parts
