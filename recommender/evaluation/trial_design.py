"""A trial's design: who is drawn, how alike classmates are, and how many people it takes.

Two draws by one seed (Baird, Bohren, McIntosh and Özler 2018, Review of Economics and Statistics
100): a share of classes for each city, then that share of the city's classes. Classes of a city
compete for the same places, so that those without lists in a city with many are the people whom
a crowd would push out, and cities without lists are what they are held against.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

POWER = 0.8
ALPHA = 0.05
# Nobody lacks more cities than these; a search has to end.
MOST_CITIES = 5_000
# Fewer cities with a rate of the year before do not say what it explains.
MIN_KNOWN = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How people, classes and cities differ in what is counted, from earlier class years.

    Attributes
    ----------
    rate
        Share of people placed, 0 to 1.
    within
        Variance between classmates.
    between_classes, between_cities
        Variance between classes of a city, and between cities, at least 0. Of cities the lesser
        of two: of their rates, and of what earlier rates leave open.
    class_size
        Mean number of people in a class.
    size_spread
        Squared coefficient of variation of class sizes.
    """

    rate: float
    within: float
    between_classes: float
    between_cities: float
    class_size: float
    size_spread: float = 0.0

    @property
    def alike(self) -> float:
        """Intra-class correlation within a city, 0 to 1."""
        whole = self.within + self.between_classes
        return self.between_classes / whole if whole > 0 else 0.0

    @property
    def design_effect(self) -> float:
        """How many people of whole classes tell as much as one drawn alone, at least 1.

        References
        ----------
        Eldridge, Ashby and Kerry (2006), International Journal of Epidemiology 35: classes of
        unequal size.
        """
        return 1.0 + max(0.0, (1.0 + self.size_spread) * self.class_size - 1.0) * self.alike

    @property
    def of_one(self) -> float:
        """Variance that one person of a whole class stands for."""
        return (self.within + self.between_classes) * self.design_effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What it takes to see an effect of a size, and what is there.

    Attributes
    ----------
    effect
        Points of the rate, 0 to 1.
    people, classes, cities
        Needed in the whole trial; None where no number of cities would do.
    detectable
        The smallest effect that what is there can see; None where it can see none.
    """

    effect: float
    people: int | None
    classes: int | None
    cities: int | None
    detectable: float | None

    @property
    def suffices(self) -> bool:
        """Whether what is there sees the effect."""
        return self.detectable is not None and self.detectable <= self.effect


def variation(
    n_people: NDArray[np.int64],
    n_placed: NDArray[np.int64],
    city: NDArray[np.int32],
    earlier: NDArray[np.float64] | None = None,
) -> Variation:
    """Part the variance of being placed between people, classes and cities.

    Parameters
    ----------
    n_people, n_placed : int64 arrays of shape (n_classes,)
        At least 1, and 0 to n_people.
    city : int32 array of shape (n_classes,)
        Index of the city, from 0; of each city and class year, where there are several.
    earlier : float64 array of shape (n_cities,) or None
        Rate of the city in the class year before, which the trial's own estimate holds equal
        too; NaN where unknown.

    Returns
    -------
    Variation

    Raises
    ------
    ValueError
        If there is no class.

    References
    ----------
    The analysis-of-variance estimator for unequal groups: Donner and Koval (1980), Biometrics 36.
    """
    if not len(n_people):
        raise ValueError("no class")
    n_classes, total = len(n_people), float(n_people.sum())
    size = np.bincount(city, weights=n_people)
    size_of = size[city]
    rates = n_placed / n_people
    of_city = np.bincount(city, weights=n_placed)[city] / size_of
    n_cities = int((size > 0).sum())
    within = float((n_people * rates * (1 - rates)).sum()) / max(1.0, total - n_classes)
    between_classes = 0.0
    if n_classes > n_cities:
        free = n_classes - n_cities
        mean_square = float((n_people * (rates - of_city) ** 2).sum()) / free
        usual = (total - float((n_people**2 / size_of).sum())) / free
        between_classes = max(0.0, (mean_square - within) / usual)
    return Variation(
        rate=float(n_placed.sum()) / total,
        within=within,
        between_classes=between_classes,
        between_cities=_between_cities(
            n_people, n_placed, city, n_people * (n_people * between_classes + within), earlier
        ),
        class_size=total / n_classes,
        size_spread=float(n_people.var() / n_people.mean() ** 2),
    )


def _between_cities(
    n_people: NDArray[np.int64],
    n_placed: NDArray[np.int64],
    city: NDArray[np.int32],
    noise: NDArray[np.float64],
    earlier: NDArray[np.float64] | None,
) -> float:
    """Give the variance between cities that neither classes nor earlier rates explain."""
    size = np.bincount(city, weights=n_people)
    (here,) = np.nonzero(size)
    if len(here) < 2:
        return 0.0
    rates = np.bincount(city, weights=n_placed)[here] / size[here]
    sampling = np.bincount(city, weights=noise)[here] / size[here] ** 2
    spread = float(rates.var(ddof=1) - sampling.mean())
    if earlier is not None:
        known = np.isfinite(earlier[here])
        if known.sum() > MIN_KNOWN:
            design = np.stack([np.ones(known.sum()), earlier[here][known]], axis=1)
            fitted = np.linalg.lstsq(design, rates[known], rcond=None)[0]
            left = rates[known] - design @ fitted
            free = len(left) - design.shape[1]
            spread = min(spread, float((left**2).sum() / free - sampling[known].mean()))
    return max(0.0, spread)


def size_for_direct(
    effect: float, found: Variation, shares: Sequence[float], n_people: int
) -> Size | None:
    """Say how many people tell those with lists from those without in the same city.

    None where no share is between 0 and 1. z quantiles: classes are many.
    """
    mixed = [share for share in shares if 0 < share < 1]
    if not mixed:
        return None
    share = float(np.mean(mixed))
    part = len(mixed) / len(shares)
    quantiles = norm.ppf(1 - ALPHA / 2) + norm.ppf(POWER)
    of_one = found.of_one * (1 / share + 1 / (1 - share)) / part
    needed = int(np.ceil(quantiles**2 * of_one / effect**2))
    return Size(
        effect=effect,
        people=needed,
        classes=int(np.ceil(needed / found.class_size)),
        cities=None,
        detectable=_if_any(quantiles * np.sqrt(of_one / n_people)) if n_people else None,
    )


def size_for_crowding(
    effect: float, found: Variation, shares: Sequence[float], n_people: int, n_cities: int
) -> Size | None:
    """Say how many cities tell people without lists in crowded cities from those in cities without.

    None where no share is 0, or none is between 0 and 1. Cities are few, so the quantiles are
    Student's.
    """
    mixed = [share for share in shares if 0 < share < 1]
    if not mixed or 0 not in shares or n_cities < 1:
        return None
    share, size = max(mixed), n_people / n_cities
    of_city = 2 * found.between_cities + found.of_one / size * (1 + 1 / (1 - share))

    def detectable(cities: int) -> float | None:
        free = cities * 2 / len(shares) - 2
        if free < 1:
            return None
        quantiles = t.ppf(1 - ALPHA / 2, free) + t.ppf(POWER, free)
        return _if_any(quantiles * np.sqrt(of_city * len(shares) / cities))

    def suffices(cities: int) -> bool:
        seen = detectable(cities)
        return seen is not None and seen <= effect

    needed = _first(suffices, MOST_CITIES)
    people = None if needed is None else int(np.ceil(needed * size))
    return Size(
        effect=effect,
        people=people,
        classes=None if people is None else int(np.ceil(people / found.class_size)),
        cities=needed,
        detectable=detectable(n_cities),
    )


def _if_any(effect: float) -> float | None:
    """Give an effect; None for one that no rate could have."""
    return float(effect) if effect <= 1 else None


def _first(holds: Callable[[int], bool], most: int) -> int | None:
    """Give the first number from 1 from which on a condition holds; None where it never does."""
    if not holds(most):
        return None
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


def draw_shares(
    n_people: NDArray[np.int64], shares: Sequence[float], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw a share of classes for each city, among cities of like size.

    Parameters
    ----------
    n_people : int64 array of shape (n_cities,)
    shares : sequence of float
        0 to 1. Of as many cities as there are shares each is given once, by lot.

    Returns
    -------
    float64 array of shape (n_cities,)
    """
    order = np.lexsort((rng.random(len(n_people)), -n_people))
    drawn = np.empty(len(n_people), dtype=np.float64)
    for first in range(0, len(order), len(shares)):
        block = order[first : first + len(shares)]
        drawn[block] = rng.permutation(np.asarray(shares, dtype=np.float64))[: len(block)]
    return drawn


def draw_classes(
    n_people: NDArray[np.int64],
    city: NDArray[np.int32],
    share: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Draw the classes with lists, in each city its share of them, large and small alike.

    Classes stand by size, equal ones by lot, and every so manyth is taken from a random start, so
    that the chance of each is exactly the share.

    Parameters
    ----------
    n_people, city : arrays of shape (n_classes,)
    share : float64 array of shape (n_cities,)

    Returns
    -------
    bool array of shape (n_classes,)
    """
    drawn = np.zeros(len(n_people), dtype=np.bool_)
    luck = rng.random(len(n_people))
    for each in range(len(share)):
        (here,) = np.nonzero(city == each)
        order = here[np.lexsort((luck[here], -n_people[here]))]
        # Rounded, so that a share of 1 or 0 is exactly that whatever the start.
        steps = np.round(rng.random() + share[each] * np.arange(len(order) + 1), 9)
        drawn[order] = np.diff(np.floor(steps)) > 0
    return drawn
