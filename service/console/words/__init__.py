"""The words of the console, Chinese and English side by side, by area."""

from __future__ import annotations

from collections.abc import Mapping

from service.console.words import (
    closeup,
    cohort,
    common,
    fair,
    find,
    guidance,
    house,
    imports,
    meeting,
    paper,
    rounds,
)
from service.texts import LANGUAGES, Pair

AREAS: tuple[Mapping[str, Pair], ...] = (
    common.WORDS,
    find.WORDS,
    closeup.WORDS,
    cohort.WORDS,
    house.WORDS,
    imports.WORDS,
    guidance.WORDS,
    meeting.WORDS,
    paper.WORDS,
    rounds.WORDS,
    fair.WORDS,
)
ALL: dict[str, Pair] = {key: pair for area in AREAS for key, pair in area.items()}


class Words:
    """The words of one language, for a template; without a method that a key could be taken for."""

    def __init__(self, lang: str) -> None:
        self._at = LANGUAGES.index(lang)

    def __getitem__(self, key: str) -> str:
        return ALL[key][self._at]
