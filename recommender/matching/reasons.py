"""Say why a post stands where it does, in sentences that name what is meant."""

from __future__ import annotations

from collections.abc import Iterable

from recommender import phrases
from recommender.domain import Graduate, Post, Reason, Reference
from recommender.matching.market import Market
from recommender.matching.ranking import PRICE, Part, largest_parts

N_REASONS = 5


def parts(market: Market, graduate: Graduate, post: int, *, price: float = 0.0) -> list[Part]:
    """Take what stands behind a graduate and the post of an index apart, and the price.

    Under the factorization or a plain rule the parts add up to the score; under chances, those
    of each stage add up to its log-odds, and the price is taken off the chance.
    """
    found = market.board.parts(graduate, post)
    return [*found, Part(PRICE, -price)] if price else found


def reasons(
    market: Market, graduate: Graduate, post: int, *, price: float = 0.0
) -> tuple[Reason, ...]:
    """Say the largest parts of a score, and the price that was taken off where there is one."""
    facts = _facts(market, graduate, post)
    return tuple(
        Reason(
            code=part.code,
            text=phrases.reason(part.code, part.contribution > 0, facts, "zh"),
            text_en=phrases.reason(part.code, part.contribution > 0, facts, "en"),
            contribution=part.contribution,
        )
        for part in largest_parts(parts(market, graduate, post, price=price), N_REASONS)
    )


def named(
    market: Market, graduate: Graduate, post: int, found: Iterable[Part]
) -> tuple[Reason, ...]:
    """Name what some parts are about, for a list that says itself what they do."""
    facts = _facts(market, graduate, post)
    return tuple(
        Reason(
            code=part.code,
            text=phrases.aspects(part.code, facts, "zh"),
            text_en=phrases.aspects(part.code, facts, "en"),
            contribution=part.contribution,
        )
        for part in found
    )


def _known_region_name(code: str | None, reference: Reference) -> str:
    """Give a region as a person says it; "" where the table does not hold it."""
    region = reference.regions.get(code) if code else None
    return region.full_name if region else ""


def region_name(code: str | None, reference: Reference) -> str:
    """Give a region as a person says it; a code outside the table stands for itself."""
    return _known_region_name(code, reference) or code or ""


def occupation_name(post: Post, reference: Reference) -> str:
    """Give the occupation's name in the classification, else as the catalog wrote it."""
    return _known_occupation_name(post, reference) or post.occupation_code


def _known_occupation_name(post: Post, reference: Reference) -> str:
    return reference.occupations.get(post.occupation_code) or post.occupation or ""


def _facts(market: Market, graduate: Graduate, index: int) -> phrases.ReasonFacts:
    post, reference = market.posts[index], market.reference
    wished = [_known_region_name(code, reference) for code in graduate.wish_regions]
    return phrases.ReasonFacts(
        trade=reference.trade_of(graduate.trade),
        level=graduate.skill_level,
        college=graduate.college,
        home=_known_region_name(graduate.home_region, reference),
        wish=tuple(name for name in wished if name),
        wish_pay=graduate.wish_pay,
        occupation=_known_occupation_name(post, reference),
        enterprise=post.enterprise,
        place=_known_region_name(post.region_code, reference),
        pay=(post.monthly_pay_min, post.monthly_pay_max),
        applicants=float(market.prices.applicants[index]),
        places=int(market.capacities[index]),
    )
