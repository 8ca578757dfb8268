"""Order a graduate's eligible posts, and say exactly what the order is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.model.features import kind_of
from recommender.model.scoring import Scorer, contributions
from recommender.model.topk import NO_POST, top_k

# What a person understands of a feature: the side of the graduate, the side of the post.
GRADUATE_ASPECTS = {
    "any": "any",
    "college": "college",
    "trade": "trade",
    "leads_to": "trade",
    "leads_to_minor": "trade",
    "leads_to_middle": "trade",
    "tier": "level",
    "level": "level",
    "grade": "grade",
    "wish_pay": "wish_pay",
    "order_class": "order_class",
    "home": "home",
    "home_city": "home",
    "wish": "wish",
    "wish_city": "wish",
    "certificate": "certificates",
    "certificate_group": "certificates",
    "award": "certificates",
    "licence": "certificates",
}
POST_ASPECTS = {
    "any": "any",
    "occupation": "occupation",
    "minor": "occupation",
    "middle": "occupation",
    "job_type": "occupation",
    "enterprise": "enterprise",
    "enterprise_occupation": "enterprise",
    "chain": "enterprise",
    "chain_leader": "enterprise",
    "place": "place",
    "place_city": "place",
    "pay": "pay",
    "min_level": "requirement",
    "preferred": "requirement",
    "mode": "terms",
    "shortage": "terms",
}
PRICE = "price"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: what two aspects add together, or the price.

    Attributes
    ----------
    code
        ``graduateaspect_postaspect``, e.g. ``trade_occupation``, behind a stage and a dot
        where it is part of a chance; or ``price``.
    """

    code: str
    contribution: float


def parts_of_score(
    scorer: Scorer,
    graduate: sparse.csr_array[np.float32],
    post: sparse.csr_array[np.float32],
    price: float = 0.0,
) -> list[Part]:
    """Take one score apart into what a person understands.

    Parameters
    ----------
    graduate, post : float32 CSR arrays with one row each
    price : float
        Taken off the score, at least 0.

    Returns
    -------
    list of Part
        Every part, the largest in size first, then by code; they add up to the score less
        the price.
    """
    rows, columns, parts = contributions(scorer, graduate, post)
    sums: dict[str, float] = {}
    graduate_aspects = [GRADUATE_ASPECTS[kind_of(scorer.graduate_names[row])] for row in rows]
    post_aspects = [POST_ASPECTS[kind_of(scorer.post_names[column])] for column in columns]
    for i, left in enumerate(graduate_aspects):
        for j, right in enumerate(post_aspects):
            code = f"{left}_{right}"
            sums[code] = sums.get(code, 0.0) + float(parts[i, j])
    if price:
        sums[PRICE] = -price
    found = [Part(code, value) for code, value in sums.items() if value]
    return sorted(found, key=lambda part: (-abs(part.contribution), part.code))


def largest_parts(parts: list[Part], n_parts: int) -> list[Part]:
    """Keep the largest parts and the price; what is the same for every post is left out."""
    telling = [part for part in parts if part.code != PRICE and not part.code.endswith("_any")]
    return telling[:n_parts] + [part for part in parts if part.code == PRICE]


def percentiles(
    scores: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    graduate_keys: NDArray[np.uint64],
    post_keys: NDArray[np.uint64],
) -> NDArray[np.float32]:
    """Say which share of a graduate's eligible posts each post outranks or is.

    The first of n posts has 1, the last 1/n: as the whole list stands, equal scores included.

    Parameters
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
        Finite wherever `eligible` is True.
    eligible : bool array of shape (n_graduates, n_posts)
    graduate_keys : uint64 array of shape (n_graduates,)
    post_keys : uint64 array of shape (n_posts,)
        From `id_keys`; they order equal scores as in every list.

    Returns
    -------
    float32 array of shape (n_graduates, n_posts)
        Above 0 to 1 where eligible, no two alike in a row; 0 elsewhere. Comparable between
        graduates, which scores are not.

    Raises
    ------
    ValueError
        As `top_k`.
    """
    shares = np.zeros(scores.shape, dtype=np.float32)
    lists = top_k(scores, eligible, max(1, scores.shape[1]), graduate_keys, post_keys)
    rows, places = np.nonzero(lists != NO_POST)
    n_eligible = np.count_nonzero(eligible, axis=1)[rows]
    shares[rows, lists[rows, places]] = (n_eligible - places) / n_eligible
    return shares
