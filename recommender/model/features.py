"""What describes a graduate and a post to the model: named features with weights.

A feature's name is ``kind:value``. Graduates have no feature of their own identity, since
each class year's are new. What was shown, and where in a list, is never a feature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import log

import numpy as np
from scipy import sparse

from recommender.domain import Graduate, Post, Reference, middle_group, minor_group

Features = dict[str, float]

# Pay is compared in steps of about a tenth, so that 4,000 and 4,400 lie one band apart.
PAY_STEP = log(1.1)
PAY_BASE = 1000.0


def pay_band(pay: float) -> int:
    """Band of a monthly pay in CNY; each band is a tenth above the one below it."""
    return round(log(max(pay, 1.0) / PAY_BASE) / PAY_STEP)


def graduate_features(graduate: Graduate, reference: Reference) -> Features:
    """Describe one graduate; no feature weighs more than 1.

    Homes, wishes, certificates, awards and licences share 1 among all that are stated, so that
    a longer list says no more in all; a city wished for and an occupation the trade leads to
    weigh for themselves.
    """
    features: Features = {"any": 1.0, f"college:{graduate.college}": 1.0}
    features.update(_parts("trade", reference.trades_of(graduate.trade)))
    features.update(_trade_occupations(graduate.trade, reference))
    if graduate.training_tier is not None:
        features[f"tier:{graduate.training_tier}"] = 1.0
    if graduate.skill_level is not None:
        features[f"level:{graduate.skill_level:d}"] = 1.0
    if graduate.grade_band is not None:
        features[f"grade:{graduate.grade_band}"] = 1.0
    if graduate.wish_pay is not None:
        features[f"wish_pay:{pay_band(graduate.wish_pay)}"] = 1.0
    if graduate.order_class is not None:
        features[f"order_class:{graduate.order_class}"] = 1.0
    features.update(_spread("home", [graduate.home_region], reference))
    features.update(_spread("wish", graduate.wish_regions, reference))
    codes = sorted({certificate.occupation_code for certificate in graduate.certificates})
    held = [
        (now, part / len(codes)) for code in codes for now, part in reference.occupations_of(code)
    ]
    features.update(_parts("certificate", held))
    groups = sorted({minor_group(now) for now, _ in held})
    features.update(_share("certificate_group", groups))
    features.update(_share("award", (f"{award.level:d}" for award in graduate.awards)))
    features.update(_share("licence", graduate.licences))
    return features


def post_features(post: Post, reference: Reference) -> Features:
    """Describe one post; every kind of feature weighs at most 1 in all, preferences shared."""
    codes = reference.occupations_of(post.occupation_code)
    firm = post.credit_code
    features: Features = {
        "any": 1.0,
        **_parts("occupation", codes),
        **_parts("minor", [(minor_group(code), part) for code, part in codes]),
        **_parts("middle", [(middle_group(code), part) for code, part in codes]),
        f"enterprise:{firm}": 1.0,
        **_parts("enterprise_occupation", [(f"{firm}|{code}", part) for code, part in codes]),
    }
    for kind, value in (
        ("job_type", post.job_type),
        ("chain", post.industry_chain),
        ("mode", post.training_mode),
        ("shortage", post.shortage_level),
    ):
        if value is not None:
            features[f"{kind}:{value}"] = 1.0
    if post.is_chain_leader:
        features["chain_leader:yes"] = 1.0
    if post.min_level is not None:
        features[f"min_level:{post.min_level:d}"] = 1.0
    pay = offered_pay(post)
    if pay is not None:
        features[f"pay:{pay_band(pay)}"] = 1.0
    features.update(_spread("place", [post.region_code], reference))
    features.update(_share("preferred", post.preferred_certificates))
    return features


def offered_pay(post: Post) -> float | None:
    """Middle of the pay offered, CNY per month; None if not stated."""
    stated = [pay for pay in (post.monthly_pay_min, post.monthly_pay_max) if pay is not None]
    return sum(stated) / len(stated) if stated else None


def _trade_occupations(trade: str, reference: Reference) -> Features:
    """Say which occupations a trade leads to, at three widths of the classification."""
    features: Features = {}
    for pair in reference.pairs_of(trade):
        code, weight = pair.occupation_code, pair.weight
        for name in (
            f"leads_to:{code}",
            f"leads_to_minor:{minor_group(code)}",
            f"leads_to_middle:{middle_group(code)}",
        ):
            features[name] = max(weight, features.get(name, 0.0))
    return features


def _spread(kind: str, regions: Iterable[str | None], reference: Reference) -> Features:
    """Name regions, shared among all that are stated, and the cities they lie in."""
    stated = [code for code in regions if code]
    features = _share(kind, stated)
    features.update({f"{kind}_city:{city}": 1.0 for city in map(reference.city_of, stated) if city})
    return features


def _parts(kind: str, parts: Iterable[tuple[str, float]]) -> Features:
    """Name values that have a part each; equal ones are one, with the sum of their parts."""
    features: Features = {}
    for value, part in parts:
        features[f"{kind}:{value}"] = features.get(f"{kind}:{value}", 0.0) + part
    return features


def _share(kind: str, values: Iterable[str]) -> Features:
    distinct = sorted(set(values))
    return {f"{kind}:{value}": 1.0 / len(distinct) for value in distinct}


def vocabulary(described: Iterable[Features]) -> tuple[str, ...]:
    """Every feature name that occurs, in order of the alphabet."""
    return tuple(sorted({name for features in described for name in features}))


def feature_matrix(
    described: Sequence[Features], names: Sequence[str]
) -> sparse.csr_array[np.float32]:
    """Lay features out as a matrix; a name outside the vocabulary is left out.

    Parameters
    ----------
    described : sequence of length n_rows
    names : sequence of length n_features
        The vocabulary, in column order.

    Returns
    -------
    float32 CSR array of shape (n_rows, n_features)
        Columns ascend within a row, so that equal input gives equal bytes.
    """
    column = {name: index for index, name in enumerate(names)}
    indices: list[int] = []
    weights: list[float] = []
    starts = [0]
    for features in described:
        known = sorted((column[name], w) for name, w in features.items() if name in column)
        indices.extend(index for index, _ in known)
        weights.extend(weight for _, weight in known)
        starts.append(len(indices))
    return sparse.csr_array(
        (
            np.array(weights, dtype=np.float32),
            np.array(indices, dtype=np.int32),
            np.array(starts, dtype=np.int32),
        ),
        shape=(len(described), len(names)),
    )


def kind_of(name: str) -> str:
    """Kind of a feature: what stands before the first colon."""
    return name.partition(":")[0]
