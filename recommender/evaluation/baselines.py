"""The plain rules that a model must beat, in the same form as the model.

Each is a table of weights of single pairs of features, so that it is published, served and
explained by the same code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np

from recommender.domain import CONFIRMING, Graduate, Outcome, Post, Reference, minor_group
from recommender.model.scoring import TableScorer

POPULARITY = "popularity"
TRADE_POPULARITY = "popularity_in_trade"
CROSSWALK = "crosswalk"

Weights = dict[tuple[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkSettings:
    """What a home and a wished city weigh beside the weight of a pair, 0 or more."""

    home: float = 0.5
    wish: float = 0.5


def baselines(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    outcomes: Iterable[Outcome],
    reference: Reference,
) -> dict[str, TableScorer]:
    """Fit every baseline on the steps given."""
    starts = _starts(graduates, posts, outcomes, reference)
    return {
        POPULARITY: weight_table(popularity(starts)),
        TRADE_POPULARITY: weight_table(popularity_in_trade(starts)),
        CROSSWALK: weight_table(crosswalk(reference)),
    }


def popularity(starts: Mapping[tuple[str, str, str], float]) -> Weights:
    """Weigh a post by how many started at its enterprise in its occupation.

    Posts are new each season, so the count is per enterprise and occupation, and an
    enterprise without one falls back to the mean over the occupation's enterprises.
    """
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for (_, credit_code, code), n_starts in starts.items():
        counts[credit_code, code] += n_starts
    return _backed_off("any", counts)


def popularity_in_trade(starts: Mapping[tuple[str, str, str], float]) -> Weights:
    """Weigh a post by how many of the graduate's own trade started there; see `popularity`."""
    by_trade: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for (trade, credit_code, code), n_starts in starts.items():
        by_trade[trade][credit_code, code] = n_starts
    weights: Weights = {}
    for trade in sorted(by_trade):
        weights.update(_backed_off(f"trade:{trade}", by_trade[trade]))
    return weights


def crosswalk(reference: Reference, settings: CrosswalkSettings | None = None) -> Weights:
    """Weigh by the trade–occupation pair, half a point for home and half for a wished city.

    A pair at the minor group counts for every occupation in it, and so adds to a pair that the
    same trade has with one of them.
    """
    settings = settings or CrosswalkSettings()
    codes = {pair.occupation_code for pairs in reference.pairs.values() for pair in pairs}
    weights: Weights = {}
    for code in codes:
        kind = "minor" if code == minor_group(code) else "occupation"
        weights[f"leads_to:{code}", f"{kind}:{code}"] = 1.0
    for city in {region.city_code for region in reference.regions.values()}:
        weights[f"home_city:{city}", f"place_city:{city}"] = settings.home
        weights[f"wish_city:{city}", f"place_city:{city}"] = settings.wish
    return weights


def _starts(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    outcomes: Iterable[Outcome],
    reference: Reference,
) -> dict[tuple[str, str, str], float]:
    """Count who took a place, by trade, enterprise and occupation; people with consent only.

    A trade or occupation that has been split counts in the parts of what it was split into.
    """
    trades = {g.graduate_id: reference.trades_of(g.trade) for g in graduates if g.consent}
    at = {post.post_id: (post.credit_code, post.occupation_code) for post in posts}
    taken = {
        (step.graduate_id, step.post_id)
        for step in outcomes
        if step.stage in CONFIRMING and step.graduate_id in trades and step.post_id in at
    }
    starts: dict[tuple[str, str, str], float] = defaultdict(float)
    for graduate_id, post_id in sorted(taken):
        credit_code, occupation = at[post_id]
        for trade, part in trades[graduate_id]:
            for code, share in reference.occupations_of(occupation):
                starts[trade, credit_code, code] += part * share
    return starts


def _backed_off(graduate_name: str, counts: Mapping[tuple[str, str], float]) -> Weights:
    """Spread counts over an occupation and, beside it, what an enterprise adds to it."""
    by_occupation: dict[str, list[float]] = defaultdict(list)
    for (_, code), n_starts in counts.items():
        by_occupation[code].append(n_starts)
    usual = {code: log1p(float(np.mean(found))) for code, found in by_occupation.items()}
    weights: Weights = {
        (graduate_name, f"occupation:{code}"): weight for code, weight in usual.items()
    }
    for (credit_code, code), n_starts in counts.items():
        weights[graduate_name, f"enterprise_occupation:{credit_code}|{code}"] = (
            log1p(n_starts) - usual[code]
        )
    return weights


def weight_table(weights: Weights) -> TableScorer:
    """Make a scorer of weights of single pairs of features."""
    graduate_names = tuple(sorted({pair[0] for pair in weights} | {"any"}))
    post_names = tuple(sorted({pair[1] for pair in weights} | {"any"}))
    row = {name: index for index, name in enumerate(graduate_names)}
    column = {name: index for index, name in enumerate(post_names)}
    pairs = sorted(weights)
    return TableScorer(
        graduate_names=graduate_names,
        post_names=post_names,
        rows=np.array([row[g] for g, _ in pairs], dtype=np.int32),
        columns=np.array([column[p] for _, p in pairs], dtype=np.int32),
        weights=np.array([weights[pair] for pair in pairs], dtype=np.float32),
    )
