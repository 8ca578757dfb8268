"""Hold pairs out: some people whole (cold), a share of the others' items (warm), or the latest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.real.folder import RealSet
from benchmarks.real.tables import SetRefused

COLD_SHARE = 0.1
WARM_SHARE = 0.2
LATEST_SHARE = 0.15
LATER = 0.95  # share of held-out pairs later than the median known one: a split by time


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """What is known, and what is asked.

    Attributes
    ----------
    known, held : float32 CSR arrays of shape (n_users, n_items)
        No pair is in both.
    """

    known: sparse.csr_array[np.float32]
    held: sparse.csr_array[np.float32]

    @property
    def asked(self) -> NDArray[np.intp]:
        """Users with a held-out pair."""
        return np.flatnonzero(np.diff(self.held.indptr))

    @property
    def warm(self) -> NDArray[np.bool_]:
        """Whether anything is known of a user, shape (n_users,)."""
        return np.diff(self.known.indptr) > 0

    def asking(self, n_most: int, rng: np.random.Generator) -> HeldOut:
        """Ask about so many of the users at most; the others' held-out pairs stay unknown."""
        asked = self.asked
        if len(asked) <= n_most:
            return self
        kept = np.zeros(self.held.shape[0], dtype=np.float32)
        kept[rng.permutation(asked)[:n_most]] = 1.0
        held = sparse.csr_array(sparse.diags_array(kept) @ self.held, dtype=np.float32)
        held.eliminate_zeros()
        return HeldOut(known=self.known, held=held)


def hold_out(
    pairs: sparse.csr_array[np.float32],
    rng: np.random.Generator,
    cold_share: float = COLD_SHARE,
    warm_share: float = WARM_SHARE,
) -> HeldOut:
    """Hold out some users whole and a share of the others' items.

    Parameters
    ----------
    pairs : float32 CSR array of shape (n_users, n_items)
    cold_share, warm_share : float
        0 to 1. Somebody who is not cold keeps at least one item; the share is met on average.

    Returns
    -------
    HeldOut
    """
    sizes = np.diff(pairs.indptr)
    people = np.flatnonzero(sizes)
    n_cold = round(cold_share * len(people))
    cold = np.zeros(len(sizes), dtype=np.bool_)
    cold[rng.permutation(people)[:n_cold]] = True
    n_held = np.floor(warm_share * sizes + rng.random(len(sizes))).astype(np.intp)
    n_held = np.where(cold, sizes, np.minimum(n_held, np.maximum(sizes - 1, 0)))
    return _divided(pairs, _first_of_each(pairs, n_held, rng.random(pairs.nnz)))


def folds(
    pairs: sparse.csr_array[np.float32], n_folds: int, rng: np.random.Generator, like: HeldOut
) -> list[HeldOut]:
    """Hold out parts of a training side again and again, in the manner of its test.

    Parameters
    ----------
    pairs : float32 CSR array of shape (n_users, n_items)
    like : HeldOut
        Where it asks about cold users, everybody is cold in one fold; where it asks about
        warm ones, a share of the others' items is held out in each.

    Returns
    -------
    list of HeldOut
        Of length `n_folds`.
    """
    warm = like.warm[like.asked]
    sizes = np.diff(pairs.indptr)
    turn = rng.permutation(len(sizes)) % n_folds
    found = []
    for number in range(n_folds):
        cold = (turn == number) & (not warm.all())
        share = WARM_SHARE if warm.any() else 0.0
        n_held = np.floor(share * sizes + rng.random(len(sizes))).astype(np.intp)
        n_held = np.where(cold, sizes, np.minimum(n_held, np.maximum(sizes - 1, 0)))
        found.append(_divided(pairs, _first_of_each(pairs, n_held, rng.random(pairs.nnz))))
    return found


def hold_out_latest(
    pairs: sparse.csr_array[np.float32],
    times: sparse.csr_array[np.float64],
    share: float = LATEST_SHARE,
) -> HeldOut:
    """Hold out the latest pairs; those without a time stay known.

    Parameters
    ----------
    pairs : float32 CSR array of shape (n_users, n_items)
    times : float64 CSR array of that shape
        A time for each pair, perhaps NaN.
    """
    stated = times[pairs.nonzero()]
    cut = np.nanquantile(stated, 1 - share)
    return _divided(pairs, np.asarray(stated > cut))


def _first_of_each(
    pairs: sparse.csr_array[np.float32], n_first: NDArray[np.intp], keys: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Mark as many pairs of each row as said, those with the smallest keys."""
    row = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    order = np.lexsort((keys, row))
    place = np.empty(len(order), dtype=np.intp)
    place[order] = np.arange(len(order)) - pairs.indptr[row[order]]
    return place < n_first[row]


def _divided(pairs: sparse.csr_array[np.float32], held: NDArray[np.bool_]) -> HeldOut:
    coo = pairs.tocoo()
    row, column = coo.coords

    def part(chosen: NDArray[np.bool_]) -> sparse.csr_array[np.float32]:
        inside = (coo.data[chosen], (row[chosen], column[chosen]))
        matrix = sparse.csr_array(inside, shape=pairs.shape, dtype=np.float32)
        matrix.sort_indices()
        return matrix

    return HeldOut(known=part(~held), held=part(held))


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A test, and a validation on its training side alone.

    Attributes
    ----------
    test
        Known is the whole training side, validation included.
    validation
        Known and held together are the training side.
    """

    test: HeldOut
    validation: HeldOut

    def smaller(self, n_most: int, seed: int) -> Split:
        """Validate on so many users at most; the test stays whole."""
        rng = np.random.default_rng([seed, 2])
        return Split(test=self.test, validation=self.validation.asking(n_most, rng))


def split(data: RealSet, seed: int) -> Split:
    """Take the split that is given, or make one; a validation is made where none is given.

    The validation resembles the test: cold users where the test has some, held-out items
    where it has some, the latest pairs where the test is later than what is known.

    Raises
    ------
    SetRefused
        If nothing is left to test on, or to choose settings by.
    """
    found = _split(data, np.random.default_rng(seed))
    if not len(found.test.asked):
        raise SetRefused(["split.csv: no pair is test or cold; call some of them so"])
    if not len(found.validation.asked) or not found.validation.known.nnz:
        raise SetRefused(
            ["interactions.csv: too few pairs of the training side to choose settings by"]
        )
    return found


def _split(data: RealSet, rng: np.random.Generator) -> Split:
    if data.parts is None:
        test = hold_out(data.matrix(), rng)
        return Split(test=test, validation=_inner(data, test, rng))
    held = np.isin(data.parts, ("test", "cold"))
    test = HeldOut(known=data.matrix(~held), held=data.matrix(held))
    for_tuning = data.parts == "validation"
    if for_tuning.any():
        known = data.matrix(~held & ~for_tuning)
        return Split(test=test, validation=HeldOut(known=known, held=data.matrix(for_tuning)))
    return Split(test=test, validation=_inner(data, test, rng))


def _inner(data: RealSet, test: HeldOut, rng: np.random.Generator) -> HeldOut:
    if is_by_time(data, test):
        times = sparse.csr_array(
            # A time of 0 would be no entry at all.
            (np.where(data.times == 0, 1e-9, data.times), (data.rows, data.columns)),
            shape=test.known.shape,
        )
        return hold_out_latest(test.known, times)
    warm = test.warm[test.asked]
    return hold_out(
        test.known,
        rng,
        COLD_SHARE if not warm.all() or not len(warm) else 0.0,
        WARM_SHARE if warm.any() or not len(warm) else 0.0,
    )


def is_by_time(data: RealSet, test: HeldOut) -> bool:
    """Tell whether what is held out is later than what is known."""
    if np.isnan(data.times).mean() > 0.5:
        return False
    shape = test.known.shape
    held = np.zeros(shape, dtype=np.bool_)
    held[test.held.nonzero()] = True
    inside = held[data.rows, data.columns]
    if not inside.any() or inside.all():
        return False
    latest_known = np.nanquantile(data.times[~inside], LATER)
    return bool(np.nanmean(data.times[inside] >= latest_known) >= LATER)
