"""What a trial found: direct effect and crowding-out, told apart, with intervals.

Everybody counts as drawn, whatever they were shown (intention to treat). Who competes with whom is
said by the city: an effect on people of another city is not seen (partial interference, Hudgens
and Halloran 2008, Journal of the American Statistical Association 103).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from recommender.evaluation.trial_design import ALPHA


class EffectKind(StrEnum):
    """Who is held against whom."""

    DIRECT = "direct"  # with lists against without, in the same cities
    CROWDING = "crowding"  # without lists where others have some, against cities without
    TOTAL = "total"  # with lists, against cities without: the two together
    OVERALL = "overall"  # everybody of a city, against cities without: what a city gains


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One difference of rates.

    Attributes
    ----------
    share
        Share of classes with lists in the cities counted.
    value
        Points of the rate, -1 to 1.
    standard_error, low, high
        And the interval of 95 %; None where there are too few classes or cities for one.
    n_people, n_against
        People on either side.
    n_clusters
        Classes, of a direct effect; else cities.
    """

    kind: EffectKind
    share: float
    value: float
    standard_error: float | None
    low: float | None
    high: float | None
    n_people: int
    n_against: int
    n_clusters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What became of everybody in a trial; arrays of shape (n_people,).

    Attributes
    ----------
    placed : float64
        0 or 1.
    has_lists : bool
        As drawn.
    share : float64
        Of the person's city, as drawn.
    city, class_no : int32
        Indices from 0.
    earlier : float64
        The city's rate in earlier class years; NaN where unknown.
    """

    placed: NDArray[np.float64]
    has_lists: NDArray[np.bool_]
    share: NDArray[np.float64]
    city: NDArray[np.int32]
    class_no: NDArray[np.int32]
    earlier: NDArray[np.float64]


def effects(seen: Observed) -> list[Effect]:
    """Estimate every effect that the shares drawn can tell, by kind and share."""
    shares = [float(share) for share in np.unique(seen.share)]
    mixed = [share for share in shares if 0 < share < 1]
    found = [_direct(seen, share) for share in mixed]
    if 0.0 in shares:
        everybody = np.ones(len(seen.placed), dtype=np.bool_)
        with_lists = [share for share in shares if share > 0]
        found += _against_none(seen, EffectKind.CROWDING, mixed, ~seen.has_lists)
        found += _against_none(seen, EffectKind.TOTAL, with_lists, seen.has_lists)
        found += _against_none(seen, EffectKind.OVERALL, with_lists, everybody)
    return [each for each in found if each is not None]


def _direct(seen: Observed, share: float) -> Effect | None:
    """Compare inside the cities of a share; the variance is of whole classes.

    Liang and Zeger's sandwich, scores summed by class, with the factor G / (G - k): as many
    parameters as cities and one.
    """
    (rows,) = np.nonzero(seen.share == share)
    city = seen.city[rows]
    has, placed = seen.has_lists[rows].astype(np.float64), seen.placed[rows]
    n = np.bincount(city)
    here = np.maximum(n, 1)
    off = has - (np.bincount(city, weights=has) / here)[city]
    spread = float((off**2).sum())
    if spread <= 0:
        return None
    value = float((off * placed).sum()) / spread
    left = placed - value * has
    left -= (np.bincount(city, weights=left) / here)[city]
    _, class_no = np.unique(seen.class_no[rows], return_inverse=True)
    scores = np.bincount(class_no, weights=off * left)
    n_classes, free = len(scores), len(scores) - int((n > 0).sum()) - 1
    error = None
    if free > 0:
        error = float(np.sqrt((scores**2).sum() * n_classes / free)) / spread
    n_with = int(has.sum())
    counts = (n_with, len(rows) - n_with, n_classes)
    return _effect(EffectKind.DIRECT, share, value, error, free, counts)


def _against_none(
    seen: Observed, kind: EffectKind, shares: Sequence[float], of: NDArray[np.bool_]
) -> list[Effect | None]:
    """Compare people of the cities of each share with cities without lists, all in one fit.

    Earlier rates of the cities are held equal where they are known of all. The variance leaves
    out one city after the other (CV3: MacKinnon, Nielsen and Webb 2023, Journal of Econometrics
    232), since cities are few.
    """
    shares = [share for share in shares if ((seen.share == share) & of).any()]
    (rows,) = np.nonzero((seen.share == 0) | (of & np.isin(seen.share, shares)))
    if not shares:
        return []
    columns = [np.ones(len(rows))]
    columns += [(seen.share[rows] == share).astype(np.float64) for share in shares]
    earlier = seen.earlier[rows]
    cities, city = np.unique(seen.city[rows], return_inverse=True)
    n_known = len(np.unique(earlier)) if np.isfinite(earlier).all() else 0
    if n_known > 1 and len(cities) > len(columns) + 2:
        columns.append(earlier - earlier.mean())
    design = np.stack(columns, axis=1)
    values, errors = _leaving_out(design, seen.placed[rows], city, len(cities))
    n_none = int((seen.share == 0).sum())
    free = len(cities) - design.shape[1]
    found: list[Effect | None] = []
    for at, share in enumerate(shares, start=1):
        n_people = int((of & (seen.share == share)).sum())
        counts = (n_people, n_none, len(cities))
        found.append(_effect(kind, share, float(values[at]), errors[at], free, counts))
    return found


def _leaving_out(
    design: NDArray[np.float64], outcome: NDArray[np.float64], group: NDArray[np.intp], n: int
) -> tuple[NDArray[np.float64], list[float | None]]:
    """Fit least squares; give the coefficients and their errors, by leaving groups out."""
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(n))
    outer = np.add.reduceat(design[order, :, None] * design[order, None, :], first, axis=0)
    moment = np.add.reduceat(design[order] * outcome[order, None], first, axis=0)
    whole, target = outer.sum(axis=0), moment.sum(axis=0)
    values: NDArray[np.float64] = np.linalg.lstsq(whole, target, rcond=None)[0]
    rest = whole - outer
    k = design.shape[1]
    if n <= k or any(np.linalg.matrix_rank(each) < k for each in rest):
        return values, [None] * k
    without = np.linalg.solve(rest, (target - moment)[:, :, None])[:, :, 0]
    spread = (n - 1) / n * ((without - values) ** 2).sum(axis=0)
    return values, [float(each) for each in np.sqrt(spread)]


def _effect(
    kind: EffectKind,
    share: float,
    value: float,
    error: float | None,
    free: int,
    counts: tuple[int, int, int],
) -> Effect:
    half = None
    if error is not None and free > 0:
        half = float(t.ppf(1 - ALPHA / 2, free)) * error
    return Effect(
        kind=kind,
        share=share,
        value=value,
        standard_error=error,
        low=None if half is None else value - half,
        high=None if half is None else value + half,
        n_people=counts[0],
        n_against=counts[1],
        n_clusters=counts[2],
    )
