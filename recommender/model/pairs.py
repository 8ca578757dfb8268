"""What a graduate and a post are to each other: numbers, in bins, for every pair.

Values come as arrays that broadcast against (n_graduates, n_posts), so that what belongs to
one side alone is worked out once. What was shown, and where in a list, is never among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum

import numpy as np
from numpy.typing import NDArray

from recommender.domain import (
    EARTH_RADIUS_KM,
    Graduate,
    Post,
    Reference,
    ShortageLevel,
    TrainingMode,
    TrainingTier,
    middle_group,
    minor_group,
)
from recommender.model.features import offered_pay
from recommender.model.records import Records

Values = NDArray[np.float32]
BLOCK_PAIRS = 1 << 17  # pairs described at a time: about 16 MiB
MISSING = 0  # the bin of what is not stated; numbers begin at 1

# Feature → what a person understands of it: an aspect of the graduate and one of the post.
# The order is that of the columns and of every table; a published model names it.
FEATURES: dict[str, str] = {
    "occupation_weight": "trade_occupation",
    "minor_weight": "trade_occupation",
    "middle_weight": "trade_occupation",
    "certificate": "certificates_occupation",
    "certificate_group": "certificates_occupation",
    "award_occupation": "certificates_occupation",
    "preferred_share": "certificates_requirement",
    "preferred_missing": "certificates_requirement",
    "level_margin": "level_requirement",
    "home_km": "home_place",
    "same_city": "home_place",
    "wish_km": "wish_place",
    "wished_city": "wish_place",
    "pay_for_wish": "wish_pay_pay",
    "similar": "history_occupation",
    "trade_record": "history_occupation",
    "agreement": "college_enterprise",
    "order_class": "order_class_enterprise",
    "level": "level_any",
    "n_certificates": "certificates_any",
    "n_wishes": "wish_any",
    "grade": "grade_any",
    "award": "certificates_any",
    "tier": "level_any",
    "min_level": "any_requirement",
    "n_preferred": "any_requirement",
    "n_licences": "any_requirement",
    "pay": "any_pay",
    "pay_in_group": "any_pay",
    "headcount": "any_terms",
    "mode": "any_terms",
    "shortage": "any_terms",
    "chain_leader": "any_enterprise",
    "enterprise_record": "any_record",
}


@dataclass(frozen=True, slots=True)
class Grid:
    """Every feature of a cohort and some posts.

    Attributes
    ----------
    values : one float32 array per feature, in the order of `FEATURES`
        Of shape (n_graduates, n_posts), (n_graduates, 1) or (1, n_posts); NaN where not stated.
    """

    n_graduates: int
    n_posts: int
    values: tuple[Values, ...]

    def of_pairs(self, rows: NDArray[np.integer], columns: NDArray[np.integer]) -> Values:
        """Pick pairs: float32 of shape (n_pairs, n_features)."""
        picked = [
            values[rows if values.shape[0] != 1 else 0, columns if values.shape[1] != 1 else 0]
            for values in self.values
        ]
        return np.stack([np.broadcast_to(each, rows.shape) for each in picked], axis=1)

    def pair(self, row: int, column: int) -> Grid:
        """Pick one pair, as a grid of its own."""
        at = [
            (row if values.shape[0] > 1 else 0, column if values.shape[1] > 1 else 0)
            for values in self.values
        ]
        picked = (v[i : i + 1, j : j + 1] for v, (i, j) in zip(self.values, at, strict=True))
        return Grid(1, 1, tuple(picked))


def blocks(n_graduates: int, n_posts: int) -> Iterator[slice]:
    """Cut a cohort so that memory does not grow with it: rows to be described at a time."""
    n_rows = max(1, BLOCK_PAIRS // max(1, n_posts))
    for start in range(0, n_graduates, n_rows):
        yield slice(start, min(start + n_rows, n_graduates))


def pair_grid(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    reference: Reference,
    day: date,
    *,
    similar: Values | None = None,
    records: Records | None = None,
) -> Grid:
    """Describe every pair of some graduates and some posts.

    Parameters
    ----------
    posts
        Those on offer together: pay is seen beside theirs.
    day
        Agreements count while they run.
    similar : float32 array of shape (n_graduates, n_posts)
        The factorization's scores: where similar graduates went, as far as it was known then.
        Only their order within a graduate's row counts. None where nothing was known.
    records
        What enterprises and trades are known for; None where no class year was learned from.
    """
    values = {
        **_trade_values(graduates, posts, reference),
        **_certificate_values(graduates, posts, reference),
        "award_occupation": _award_values(graduates, posts, reference),
        **_place_values(graduates, posts, reference),
        **_pay_values(graduates, posts, reference),
        **_tie_values(graduates, posts, reference, day),
        **_graduate_values(graduates),
        **_post_values(posts),
    }
    values["similar"] = _standardised(similar, len(posts))
    values |= _record_values(graduates, posts, reference, records)
    values["level_margin"] = values["level"] - np.nan_to_num(values["min_level"])
    return Grid(len(graduates), len(posts), tuple(values[name] for name in FEATURES))


def _record_values(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    reference: Reference,
    records: Records | None,
) -> dict[str, Values]:
    """Say how much more often an enterprise took people, and a trade's people wanted a post.

    In log-odds, beside their like; 0 where nothing is known of the very group.
    """
    if records is None:
        unknown = np.full((1, len(posts)), np.nan, dtype=np.float32)
        return {"enterprise_record": unknown, "trade_record": unknown}
    return {
        "enterprise_record": records.of_enterprises(posts)[None, :],
        "trade_record": records.of_trades(graduates, posts, reference),
    }


def _standardised(scores: Values | None, n_posts: int) -> Values:
    """Measure each score from its row's mean, in units of the row's spread."""
    if scores is None or not n_posts:
        return np.full((1, n_posts), np.nan, dtype=np.float32)
    # In float64, so that the order of the posts does not show in the last digit.
    beside_mean = scores - scores.mean(axis=1, dtype=np.float64, keepdims=True)
    spread = beside_mean.std(axis=1, keepdims=True)
    standardised: Values = (beside_mean / np.where(spread > 0, spread, 1.0)).astype(np.float32)
    return standardised


def bin_edges(values: Values, n_bins: int) -> NDArray[np.float32]:
    """Cut a feature's stated values into bins of like size.

    Parameters
    ----------
    values : float32 array of any shape
    n_bins : int
        At most this many; fewer where values repeat.

    Returns
    -------
    float32 array of shape (at most n_bins - 1,)
        Ascending and distinct; a value up to and including an edge lies below it.
    """
    stated = np.unique(values[~np.isnan(values)])
    if len(stated) <= n_bins:
        return np.unique((stated[1:] + stated[:-1]) / 2)
    at = np.quantile(values[~np.isnan(values)], np.arange(1, n_bins) / n_bins, method="lower")
    return np.unique(at).astype(np.float32)


def to_bins(values: Values, edges: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Put values into bins: uint8 of the same shape; 0 where not stated, else 1 and up."""
    bins = np.searchsorted(edges, values, side="left") + 1
    return np.where(np.isnan(values), MISSING, bins).astype(np.uint8)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _row(numbers: Sequence[float | None]) -> Values:
    return np.array([[_number(each) for each in numbers]], dtype=np.float32)


def _column(numbers: Sequence[float | None]) -> Values:
    return _row(numbers).T


def _trade_values(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
) -> dict[str, Values]:
    """Weigh trade → occupation at three widths of the classification.

    An occupation that has been split weighs as much as its parts do, each by its part.
    """
    trades = sorted({graduate.trade for graduate in graduates})
    written = sorted({post.occupation_code for post in posts})
    parts = [reference.occupations_of(code) for code in written]
    codes = sorted({code for of in parts for code, _ in of})
    table = np.zeros((3, len(trades), len(codes)), dtype=np.float32)
    for row, trade in enumerate(trades):
        exact: dict[str, float] = {}
        minor: dict[str, float] = {}
        middle: dict[str, float] = {}
        for pair in reference.pairs_of(trade):
            code = pair.occupation_code
            for group, name in ((exact, code), (minor, minor_group(code)), (middle, code[:4])):
                group[name] = max(pair.weight, group.get(name, 0.0))
        for column, code in enumerate(codes):
            # A pair known only at the minor group counts for each occupation in it.
            whole = max(exact.get(code, 0.0), exact.get(minor_group(code), 0.0))
            table[:, row, column] = (
                whole,
                minor.get(minor_group(code), 0.0),
                middle.get(middle_group(code), 0.0),
            )
    if written != codes:
        table = table @ _mixture(parts, codes)
    at_trade = np.searchsorted(trades, [graduate.trade for graduate in graduates])
    at_code = np.searchsorted(written, [post.occupation_code for post in posts])
    names = ("occupation_weight", "minor_weight", "middle_weight")
    return {name: table[i][np.ix_(at_trade, at_code)] for i, name in enumerate(names)}


def _mixture(parts: Sequence[Sequence[tuple[str, float]]], codes: Sequence[str]) -> Values:
    """Give the part of each code (down) that each written one (across) counts as."""
    at = {code: row for row, code in enumerate(codes)}
    mixture = np.zeros((len(codes), len(parts)), dtype=np.float32)
    for column, of in enumerate(parts):
        for code, part in of:
            mixture[at[code], column] = part
    return mixture


def _certificate_values(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
) -> dict[str, Values]:
    """Compare certificates with the occupation, its minor group and what the post prefers.

    A catalog may name what it prefers by the occupation's code or by its name.
    """
    code_of = {name: code for code, name in reference.occupations.items()}
    now = reference.occupation_of
    preferred_by = [{now(code_of.get(n, n)) for n in post.preferred_certificates} for post in posts]
    code_of_post = [now(post.occupation_code) for post in posts]
    codes = sorted(set(code_of_post))
    groups = sorted({minor_group(code) for code in codes})
    preferred = sorted(set().union(*preferred_by))
    on_code = np.zeros((len(graduates), len(codes)), dtype=np.float32)
    on_group = np.zeros((len(graduates), len(groups)), dtype=np.float32)
    held = np.zeros((len(graduates), len(preferred)), dtype=np.float32)
    at_code, at_group, at_preferred = (
        {name: index for index, name in enumerate(names)} for names in (codes, groups, preferred)
    )
    for row, graduate in enumerate(graduates):
        for certificate in graduate.certificates:
            level = float(certificate.level)
            for code, _ in reference.occupations_of(certificate.occupation_code):
                if (column := at_code.get(code)) is not None:
                    on_code[row, column] = max(on_code[row, column], level)
                if (column := at_group.get(minor_group(code))) is not None:
                    on_group[row, column] = max(on_group[row, column], level)
                if (column := at_preferred.get(code)) is not None:
                    held[row, column] = 1.0
    wanted = np.zeros((len(posts), len(preferred)), dtype=np.float32)
    for row, prefers in enumerate(preferred_by):
        wanted[row, [at_preferred[code] for code in prefers]] = 1.0
    n_wanted = wanted.sum(axis=1)[None, :]
    n_held = held @ wanted.T
    of_post = np.array([at_code[code] for code in code_of_post], dtype=np.intp)
    group_of_post = np.array([at_group[minor_group(code)] for code in code_of_post], dtype=np.intp)
    with np.errstate(invalid="ignore"):
        share = np.where(n_wanted > 0, n_held / n_wanted, np.nan)
    return {
        "certificate": on_code[:, of_post],
        "certificate_group": on_group[:, group_of_post],
        "preferred_share": share.astype(np.float32),
        "preferred_missing": n_wanted - n_held,
        "n_preferred": n_wanted,
    }


def _award_values(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
) -> Values:
    """Give the widest award in the post's occupation; one in its minor group counts half."""
    codes = [reference.occupation_of(post.occupation_code) for post in posts]
    groups = [minor_group(code) for code in codes]
    won = np.zeros((len(graduates), len(posts)), dtype=np.float32)
    for row, graduate in enumerate(graduates):
        for award in graduate.awards:
            for code, _ in reference.occupations_of(award.occupation_code or ""):
                beside = np.array([each == minor_group(code) for each in groups]) / 2
                exact = np.array([each == code for each in codes])
                won[row] = np.maximum(won[row], award.level * np.maximum(beside, exact))
    return won


def _place_values(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
) -> dict[str, Values]:
    """Measure home → work and nearest wish → work, in km, and say whether the city is the same."""
    codes = sorted(
        {post.region_code for post in posts}
        | {code for g in graduates for code in (g.home_region, *g.wish_regions) if code}
    )
    at = {code: index for index, code in enumerate(codes)}
    km = _distances(codes, reference)
    work = np.array([at[post.region_code] for post in posts], dtype=np.intp)
    home_km = np.full((len(graduates), len(posts)), np.nan, dtype=np.float32)
    wish_km = home_km.copy()
    cities = {code: reference.city_of(code) for code in codes}
    work_city = np.array([cities[post.region_code] or "" for post in posts], dtype=np.str_)
    is_known = work_city != ""
    same_city = home_km.copy()
    wished_city = home_km.copy()
    for row, graduate in enumerate(graduates):
        if graduate.home_region:
            home_km[row] = km[at[graduate.home_region], work]
        if home_city := cities.get(graduate.home_region or ""):
            same_city[row, is_known] = work_city[is_known] == home_city
        if graduate.wish_regions:
            from_wishes = km[[at[code] for code in graduate.wish_regions]][:, work]
            known = ~np.isnan(from_wishes).all(axis=0)
            wish_km[row, known] = np.nanmin(from_wishes[:, known], axis=0)
        if wished := {city for code in graduate.wish_regions if (city := cities[code])}:
            wished_city[row, is_known] = np.isin(work_city[is_known], sorted(wished))
    return {
        "home_km": home_km,
        "same_city": same_city,
        "wish_km": wish_km,
        "wished_city": wished_city,
        "n_wishes": _column([len(graduate.wish_regions) for graduate in graduates]),
    }


def _distances(codes: Sequence[str], reference: Reference) -> Values:
    """Measure great-circle distances between regions, km; NaN where a point is unknown."""
    points = np.full((len(codes), 2), np.nan)
    for row, code in enumerate(codes):
        region = reference.regions.get(code)
        if region and region.longitude is not None and region.latitude is not None:
            points[row] = region.longitude, region.latitude
    lon, lat = np.radians(points).T
    chord = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    km: Values = (2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(chord))).astype(np.float32)
    return km


def _pay_values(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference
) -> dict[str, Values]:
    """See pay beside the wish, beside all posts on offer and beside those of its minor group.

    Pay rises from year to year; beside the posts of its own season it does not.
    """
    pay = np.log(_row([offered_pay(post) for post in posts]))
    wish = np.log(_column([graduate.wish_pay for graduate in graduates]))
    codes = [reference.occupation_of(post.occupation_code) for post in posts]
    groups = np.array([minor_group(code) for code in codes], dtype=np.str_)
    in_group = pay.copy()
    for group in np.unique(groups):
        inside = groups == group
        in_group[0, inside] -= _mean(pay[0, inside])
    return {
        "pay_for_wish": pay - wish,
        "pay": pay - _mean(pay),
        "pay_in_group": in_group,
    }


def _mean(values: Values) -> float:
    # Summed exactly, so that the order of the posts never shows in the last digit.
    stated = values[~np.isnan(values)]
    return fsum(stated) / len(stated) if len(stated) else 0.0


def _tie_values(
    graduates: Sequence[Graduate], posts: Sequence[Post], reference: Reference, day: date
) -> dict[str, Values]:
    """Say whether college and enterprise have an agreement, and whose order class it is."""
    ties = {
        (agreement.college, agreement.credit_code)
        for agreement in reference.agreements
        if agreement.starts_on <= day <= agreement.ends_on
    }
    colleges = sorted({graduate.college for graduate in graduates})
    firms = sorted({post.credit_code for post in posts})
    table = np.array(
        [[(college, firm) in ties for firm in firms] for college in colleges], dtype=np.float32
    ).reshape(len(colleges), len(firms))
    of_college = np.searchsorted(colleges, [graduate.college for graduate in graduates])
    of_firm = np.searchsorted(firms, [post.credit_code for post in posts])
    classes = np.array([graduate.order_class or "" for graduate in graduates], dtype=np.str_)
    own = np.array([post.credit_code for post in posts], dtype=np.str_)
    return {
        "agreement": table[np.ix_(of_college, of_firm)],
        "order_class": (classes[:, None] == own).astype(np.float32),
    }


def _graduate_values(graduates: Sequence[Graduate]) -> dict[str, Values]:
    tiers = list(TrainingTier)
    return {
        "level": _column([graduate.skill_level for graduate in graduates]),
        "n_certificates": _column([len(graduate.certificates) for graduate in graduates]),
        "grade": _column([graduate.grade_band for graduate in graduates]),
        "award": _column([max((award.level for award in g.awards), default=0) for g in graduates]),
        "tier": _column(
            [tiers.index(g.training_tier) if g.training_tier else None for g in graduates]
        ),
    }


def _post_values(posts: Sequence[Post]) -> dict[str, Values]:
    modes, shortages = list(TrainingMode), list(ShortageLevel)
    return {
        "min_level": _row([post.min_level for post in posts]),
        "n_licences": _row([len(post.required_licence) for post in posts]),
        "headcount": _row([post.headcount for post in posts]),
        "mode": _row([modes.index(p.training_mode) if p.training_mode else None for p in posts]),
        "shortage": _row(
            [shortages.index(p.shortage_level) if p.shortage_level else None for p in posts]
        ),
        "chain_leader": _row([post.is_chain_leader for post in posts]),
    }
