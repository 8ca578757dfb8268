"""Several fits of one contender that differ by their seed, measured as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.compare import Comparison
from recommender.evaluation.metrics import Interval, market_interval, mean_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """A comparison of single fits, read by contender.

    A figure is the mean over a contender's fits; its interval comes from drawing graduates, or
    colleges, again, the mean over the fits taken within each draw. How far single fits lie
    apart is told beside it and is no part of the interval.

    Attributes
    ----------
    comparison
        Of single fits, by name.
    fits
        Contender → names of its fits, at least one.
    """

    comparison: Comparison
    fits: Mapping[str, tuple[str, ...]]

    def figure(self, contender: str, metric: str) -> Interval:
        """Give a contender's value of a metric, with its 95 % interval."""
        value = float(np.mean(self.by_seed(contender, metric)))
        if self._is_mean(metric):
            return mean_interval(value, self._draws(contender, metric))
        return market_interval(value, self._draws(contender, metric))

    def by_seed(self, contender: str, metric: str) -> list[float]:
        """Give the value of each single fit."""
        figures = self.comparison.figures
        return [figures[fit][metric].value for fit in self.fits[contender]]

    def lead(self, ahead: str, behind: str, metric: str | None = None) -> Interval:
        """Measure by how much one contender is ahead of another, paired by draws.

        Raises
        ------
        ValueError
            For a figure of the market, which is no mean over people.
        """
        name = metric or self.comparison.primary
        if not self._is_mean(name):
            raise ValueError(f"{name} is no mean over people")
        value = self.figure(ahead, name).value - self.figure(behind, name).value
        return mean_interval(value, self._draws(ahead, name) - self._draws(behind, name))

    def ndcg(self, contender: str) -> NDArray[np.float64]:
        """Give each graduate's mean over the fits: float64 (n_graduates,), NaN if not counted."""
        found = np.stack([self.comparison.ndcg[fit] for fit in self.fits[contender]])
        return np.asarray(found.mean(axis=0))

    def _draws(self, contender: str, metric: str) -> NDArray[np.float64]:
        found = np.stack([self.comparison.draws[fit][metric] for fit in self.fits[contender]])
        return np.asarray(found.mean(axis=0))

    def _is_mean(self, metric: str) -> bool:
        return metric in (self.comparison.primary, f"recall@{self.comparison.k}")
