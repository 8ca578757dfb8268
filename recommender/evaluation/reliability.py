"""How honest chances are: what was said beside what came, in bins of like size."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

Doubles = NDArray[np.float64]

N_BINS = 10
ENOUGH_PAIRS = 200  # under this many answers a curve is called insufficient
_CLIP = 1e-6
_N_NEWTON = 50
_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Chances beside answers.

    Attributes
    ----------
    n_pairs
        Answers.
    said, came, weight : lists of length at most 10
        Of each bin: mean chance, mean answer, and how much of all pairs lies in it (0 to 1).
    error
        Expected calibration error: mean distance of `said` and `came` by weight, 0 to 1.
    slope, slope_low, slope_high
        Of the answers' log-odds on those of the chances, with its 95 % interval; 1 is honest,
        below it the chances are too bold. NaN where all chances are alike.
    """

    n_pairs: int
    said: list[float]
    came: list[float]
    weight: list[float]
    error: float
    slope: float
    slope_low: float
    slope_high: float

    def to_json(self) -> dict[str, Any]:
        """Give the curve as ``report.json`` writes it; None for a slope that is none."""
        return {
            name: None if isinstance(value, float) and not isfinite(value) else value
            for name, value in asdict(self).items()
        }


def curve(chances: Doubles, answers: Doubles, weights: Doubles | None = None) -> Curve | None:
    """Lay chances beside answers.

    Parameters
    ----------
    chances : float64 array of shape (n_pairs,)
        0 to 1.
    answers : float64 array of shape (n_pairs,)
        0 or 1 from a log; the chance itself, 0 to 1, where the truth is known.
    weights : float64 array of shape (n_pairs,)
        Above 0; None for all alike.

    Returns
    -------
    Curve or None
        None under 200 pairs.

    References
    ----------
    Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, ICML, for
    the error; Cox (1958), Two further applications of a model for binary regression, for the
    slope.
    """
    if len(chances) < ENOUGH_PAIRS:
        return None
    weights = np.ones(len(chances)) if weights is None else weights
    order = np.argsort(chances, kind="stable")
    heaped = np.cumsum(weights[order]) / weights.sum()
    bins = np.minimum((heaped * N_BINS - 1e-9).astype(np.intp), N_BINS - 1)
    weight = np.bincount(bins, weights[order], N_BINS)
    kept = weight > 0
    said = np.bincount(bins, (weights * chances)[order], N_BINS)[kept] / weight[kept]
    came = np.bincount(bins, (weights * answers)[order], N_BINS)[kept] / weight[kept]
    share = weight[kept] / weights.sum()
    slope, spread = _slope(logit(np.clip(chances, _CLIP, 1 - _CLIP)), answers, weights)
    return Curve(
        n_pairs=len(chances),
        said=said.tolist(),
        came=came.tolist(),
        weight=share.tolist(),
        error=float((share * np.abs(said - came)).sum()),
        slope=slope,
        slope_low=slope - _Z * spread,
        slope_high=slope + _Z * spread,
    )


def _slope(odds: Doubles, answers: Doubles, weights: Doubles) -> tuple[float, float]:
    """Fit answers to log-odds by Newton's method; slope and its standard error, or NaN twice.

    Weights are scaled to a mean of 1, so that the error goes by the number of answers.
    """
    weights = weights / weights.mean()
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    found = np.array([1.0, 0.0])
    for _ in range(_N_NEWTON):
        chance = expit(design @ found)
        curvature = (design * (weights * chance * (1 - chance))[:, None]).T @ design
        if not np.isfinite(curvature).all() or np.linalg.cond(curvature) > 1e12:
            return float("nan"), float("nan")
        step = np.linalg.solve(curvature, design.T @ (weights * (chance - answers)))
        found = found - np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-9:
            break
    spread = float(np.sqrt(np.linalg.inv(curvature)[0, 0]))
    return float(found[0]), spread
