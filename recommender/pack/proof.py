"""Sample questions in a pack: a laptop opens it only if it ranks as the server did.

Another version of the program, or of what it computes with, may order posts otherwise without
any byte of the pack being wrong. That shows here, before the first tablet asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from recommender import placements
from recommender.data import reference as tables
from recommender.domain import SkillLevel
from recommender.errors import PackRefused
from recommender.matching.market import Market
from recommender.model.artefact import Artefact

N_QUESTIONS = 12
TOLERANCE = 1e-5  # of a score, float32: other processors add in another order
_LEVELS = (SkillLevel.INTERMEDIATE_WORKER, SkillLevel.SENIOR_WORKER, SkillLevel.TECHNICIAN)


def questions() -> list[dict[str, object]]:
    """Make up people of nobody in particular: trades, levels and cities in turn."""
    trades = tables.known_trades()
    cities = [code for code, _ in placements.choices().cities]
    picked = trades[:: max(1, len(trades) // N_QUESTIONS)][:N_QUESTIONS]
    return [
        {"trade": trade, "skill_level": level.name, "home_region": city, "adult_on": "2000-01-01"}
        for trade, level, city in zip(
            picked, islice(cycle(_LEVELS), len(picked)), cycle(cities), strict=False
        )
    ]


def answers(artefact: Artefact, market: Market) -> list[dict[str, Any]]:
    """Answer the sample questions."""
    return [
        {"profile": profile, "ranking": _ranked(artefact, market, profile)}
        for profile in questions()
    ]


def check(artefact: Artefact, market: Market, proof: Sequence[Mapping[str, Any]]) -> None:
    """Answer the questions of a pack again.

    Raises
    ------
    PackRefused
        If an answer is not the server's.
    """
    for number, each in enumerate(proof, start=1):
        now = _ranked(artefact, market, each["profile"])
        if not _alike(now, each["ranking"]):
            raise PackRefused("other_answers", str(number))


def _ranked(artefact: Artefact, market: Market, profile: Mapping[str, object]) -> list[list[Any]]:
    ranked = placements.rank_profile(artefact, market, profile)
    return [[line.post.post_id, line.score] for line in ranked.ranking]


def _alike(now: Sequence[Sequence[Any]], then: Sequence[Sequence[Any]]) -> bool:
    return [post for post, _ in now] == [post for post, _ in then] and all(
        abs(a - b) <= TOLERANCE for (_, a), (_, b) in zip(now, then, strict=True)
    )
