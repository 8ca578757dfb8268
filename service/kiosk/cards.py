"""Writes a post's facts as its reader does: money, distances, counts, and why it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender import wording
from recommender.domain import Reason
from recommender.kiosk import Card
from service.kiosk.words import Words

_N_REASONS = 3
_SAME_PLACE_KM = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line of a card; `is_chinese` where it stands as the catalog has it."""

    name: str
    text: str
    is_chinese: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason; `helps` where it counts for the post."""

    text: str
    helps: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """A card in words."""

    card: Card
    facts: tuple[Fact, ...]
    reasons: tuple[Why, ...]


def shown(cards: Sequence[Card], language: str) -> tuple[CardShown, ...]:
    """Write cards; every one says the same things in the same order, so that two compare."""
    t = Words(language)
    return tuple(
        CardShown(card=card, facts=_facts(card, t, language), reasons=_reasons(card, language))
        for card in cards
    )


def _facts(card: Card, t: Words, language: str) -> tuple[Fact, ...]:
    terms = "，".join(filter(None, (card.board_and_lodging, card.shifts)))
    return (
        Fact(name=t["pay"], text=_pay(card, t)),
        Fact(name=t["places"], text=t["places_n"].format(count=card.open_places)),
        Fact(name=t["where"], text=card.region, is_chinese=True),
        Fact(name=t["distance"], text=_distance(card, t)),
        Fact(name=t["terms"], text=terms or t["not_stated"], is_chinese=bool(terms)),
        Fact(
            name=t["level_asked"],
            text=wording.label(card.min_level, language) if card.min_level else t["no_level"],
        ),
        Fact(name=t["last_year"], text=_last_year(card, t, language)),
    )


def _pay(card: Card, t: Words) -> str:
    low, high = card.pay
    key = {
        (True, True): "pay_range",
        (True, False): "pay_from",
        (False, True): "pay_to",
        (False, False): "pay_none",
    }[low is not None, high is not None]
    return t[key].format(low=f"{low or 0:,}", high=f"{high or 0:,}")


def _distance(card: Card, t: Words) -> str:
    if card.distance_km is None:
        return t["distance_unknown"]
    if card.distance_km < _SAME_PLACE_KM:
        return t["distance_none"]
    return t["distance_km"].format(km=f"{card.distance_km:,.0f}")


def _last_year(card: Card, t: Words, language: str) -> str:
    then = card.last_year
    if then is None:
        return t["last_year_unknown"]
    key = "applied_here" if then.at_enterprise else "applied_alike"
    told = t[key].format(count=f"{then.n_applied:,}")
    if then.level is None:
        return told
    return told + t["hired_mostly"].format(level=wording.label(then.level, language))


def _reasons(card: Card, language: str) -> tuple[Why, ...]:
    largest: Sequence[Reason] = card.reasons[:_N_REASONS]
    return tuple(
        Why(
            text=each.text_en if language == "en" else each.text,
            helps=each.contribution > 0,
        )
        for each in largest
    )
