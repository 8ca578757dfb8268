"""Item-kNN, EASE and iALS where every graduate and every post is new: by trade and by enterprise.

These methods score items for people with a history, and here nobody has one: graduates and
posts are new each class year. So an item is an enterprise and an occupation, who is asked about
is a trade with all that its earlier graduates did, and an enterprise without a history falls
back to the mean over its occupation, as in `baselines`. A trade nobody knows scores alike
everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from recommender.domain import Graduate, Outcome, Post, Reference
from recommender.evaluation.baselines import Weights, weight_table
from recommender.model.interactions import pair_weights
from recommender.model.scoring import TableScorer

Matrix = sparse.csr_array[np.float32]
# What is known of people, what is known of those asked about → a score of every item.
Method = Callable[[Matrix, Matrix], NDArray[np.float32]]
Item = tuple[str, str]


def by_trade(
    method: Method,
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    outcomes: Iterable[Outcome],
    reference: Reference,
) -> TableScorer | None:
    """Let a method score enterprises and occupations for every trade.

    Parameters
    ----------
    method : callable
        Takes float32 CSR arrays of shapes (n_people, n_items) and (n_trades, n_items), gives
        float32 of shape (n_trades, n_items). A trade's row is the mean over its people.

    Returns
    -------
    TableScorer or None
        None where nobody did anything yet.
    """
    trades = {g.graduate_id: reference.trade_of(g.trade) for g in graduates if g.consent}
    item_of = {post.post_id: (post.credit_code, post.occupation_code) for post in posts}
    taken: dict[tuple[str, Item], float] = defaultdict(float)
    for (graduate_id, post_id), weight in pair_weights(outcomes).items():
        if weight > 0 and graduate_id in trades and post_id in item_of:
            pair = graduate_id, item_of[post_id]
            taken[pair] = max(taken[pair], weight)
    if not taken:
        return None
    people = sorted({graduate_id for graduate_id, _ in taken})
    items = sorted({item for _, item in taken})
    names = sorted({trades[graduate_id] for graduate_id in people})
    known = _matrix(taken, people, items)
    of_trade = _mean_rows([names.index(trades[each]) for each in people], len(names))
    scores = method(known, sparse.csr_array(of_trade @ known))
    return weight_table(_weights(names, items, scores))


def _matrix(
    taken: Mapping[tuple[str, Item], float], people: Sequence[str], items: Sequence[Item]
) -> Matrix:
    row = {graduate_id: index for index, graduate_id in enumerate(people)}
    column = {item: index for index, item in enumerate(items)}
    pairs = sorted(taken)
    at = [row[each] for each, _ in pairs], [column[item] for _, item in pairs]
    weights = np.array([taken[pair] for pair in pairs], dtype=np.float32)
    return sparse.csr_array((weights, at), shape=(len(people), len(items)))


def _mean_rows(group_of: Sequence[int], n_groups: int) -> Matrix:
    """Give the matrix that averages rows by group: float32 (n_groups, n_rows)."""
    sizes = np.bincount(group_of, minlength=n_groups)
    weights = (1.0 / sizes[group_of]).astype(np.float32)
    shape = n_groups, len(group_of)
    return sparse.csr_array((weights, (group_of, range(len(group_of)))), shape=shape)


def _weights(trades: Sequence[str], items: Sequence[Item], scores: NDArray[np.float32]) -> Weights:
    """Spread scores over an occupation and, beside it, what an enterprise adds to it."""
    columns: dict[str, list[int]] = defaultdict(list)
    for column, (_, code) in enumerate(items):
        columns[code].append(column)
    weights: Weights = {}
    for code, inside in columns.items():
        usual = scores[:, inside].mean(axis=1)
        for row, trade in enumerate(trades):
            weights[f"trade:{trade}", f"occupation:{code}"] = float(usual[row])
            for column in inside:
                name = f"enterprise_occupation:{items[column][0]}|{code}"
                weights[f"trade:{trade}", name] = float(scores[row, column] - usual[row])
    return weights
