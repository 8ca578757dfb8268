"""What an enterprise is known for: how much more often it took people than their like elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

MEMORY = 0.8  # what an answer still weighs a class year later
SPREAD = 0.5  # variance of log-odds between enterprises that met the same people

Records = Mapping[str, float]


def enterprise_records(
    enterprises: NDArray[np.str_],
    cohorts: NDArray[np.int32],
    labels: NDArray[np.bool_],
    chances: NDArray[np.float64],
) -> list[Records]:
    """Estimate each enterprise's own log-odds from answers of the class years before.

    One step of Newton's method from 0 towards the mode, under a normal prior: an enterprise
    that answered little is drawn to 0.

    Parameters
    ----------
    enterprises : str array of shape (n_pairs,)
    cohorts : int32 array of shape (n_pairs,)
        Number of the class year, from 0.
    labels : bool array of shape (n_pairs,)
        The answers.
    chances : float64 array of shape (n_pairs,)
        Of a yes, for who does not know the enterprise; between 0 and 1.

    Returns
    -------
    list of mapping, one per class year and one more
        What was known before each, and after them all; enterprises that never answered are in
        none.

    References
    ----------
    Breslow and Clayton (1993), Approximate inference in generalized linear mixed models.
    """
    names, at = np.unique(enterprises, return_inverse=True)
    surplus, weight = np.zeros(len(names)), np.zeros(len(names))
    known: list[Records] = [{}]
    for cohort in range(int(cohorts.max(initial=-1)) + 1):
        inside = cohorts == cohort
        chance = chances[inside]
        surplus *= MEMORY
        weight *= MEMORY
        surplus += np.bincount(at[inside], labels[inside] - chance, minlength=len(names))
        weight += np.bincount(at[inside], chance * (1 - chance), minlength=len(names))
        log_odds = surplus / (weight + 1 / SPREAD)
        met = weight > 0
        known.append(dict(zip(names[met].tolist(), log_odds[met].tolist(), strict=True)))
    return known
