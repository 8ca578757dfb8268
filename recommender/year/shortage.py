"""How many people are short, with an interval: enterprises and graduates drawn again and again.

Arrays only. Seeded: the same data give the same interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

N_DRAWS = 200
SEED = 20_260_501
LEVEL = (0.05, 0.95)
HALF_BASE = 5.0  # a published count lies so far from the true one at the most
Draws = NDArray[np.float64]  # (N_DRAWS, n_cells)


@dataclass(frozen=True, slots=True)
class Short:
    """Places less seekers of each cell, and between what nine of ten draws lie.

    Each a float64 array of shape (n_cells,); negative where more seek than are wanted. How many
    seek lies between `seek_low` and `seek_high`: in nine of ten draws, or, where only what is
    published is known, for all that it says.
    """

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    seek_low: NDArray[np.float64]
    seek_high: NDArray[np.float64]


def bootstrap(amounts: csr_array, seed: int) -> Draws:
    """Draw as many givers as there are, with replacement, and add up what they give.

    Parameters
    ----------
    amounts : sparse float64 of shape (n_givers, n_cells)
        Places of each enterprise, or shares of each graduate.
    """
    n_givers = amounts.shape[0]
    if not n_givers:
        return np.zeros((N_DRAWS, amounts.shape[1]))
    rng = np.random.default_rng([SEED, seed])
    times = rng.multinomial(n_givers, np.full(n_givers, 1.0 / n_givers), size=N_DRAWS)
    return np.asarray(times.astype(np.float64) @ amounts)


def from_published(published: NDArray[np.float64], seed: int) -> Draws:
    """Draw seekers where only what is published may be used: the rest is not known better.

    Parameters
    ----------
    published : float64 array of shape (n_cells,)
        A multiple of ten, 0, or NaN for a hidden count of 1 to 9. A count varies as one that
        is made of many people does, by its square root, and with its rounding.
    """
    rng = np.random.default_rng([SEED, seed])
    noise, rounding = rng.standard_normal(N_DRAWS), rng.uniform(-1.0, 1.0, N_DRAWS)
    centre = np.where(np.isnan(published), HALF_BASE, published)
    half = np.where(np.isnan(published), HALF_BASE - 1.0, HALF_BASE) * (centre > 0)
    true = centre + rounding[:, None] * half
    drawn: Draws = np.maximum(true + noise[:, None] * np.sqrt(np.maximum(true, 0.0)), 0.0)
    return drawn


def published_range(
    published: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Say between what the true counts lie, where only what is published is known.

    Parameters
    ----------
    published : float64 array of shape (n_cells,)
        As for `from_published`.
    """
    hidden, nobody = np.isnan(published), published == 0
    low = np.maximum(published - HALF_BASE, 2 * HALF_BASE)
    high = published + HALF_BASE - 1
    return (
        np.where(hidden, 1.0, np.where(nobody, 0.0, low)),
        np.where(hidden, 2 * HALF_BASE - 1, np.where(nobody, 0.0, high)),
    )


def short(
    places: NDArray[np.float64], wanted: Draws, seekers: NDArray[np.float64], seek: Draws
) -> Short:
    """Set places against seekers, draw by draw.

    Parameters
    ----------
    places, seekers : float64 arrays of shape (n_cells,)
    wanted, seek : float64 arrays of shape (N_DRAWS, n_cells)
        Draws of the same.
    """
    low, high = np.quantile(wanted - seek, LEVEL, axis=0)
    seek_low, seek_high = np.quantile(seek, LEVEL, axis=0)
    return Short(value=places - seekers, low=low, high=high, seek_low=seek_low, seek_high=seek_high)
