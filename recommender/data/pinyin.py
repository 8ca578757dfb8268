"""Chinese text as it is typed without Chinese: every reading of it, and the initials."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

# A text with more readings than these is found by its more frequent ones.
MOST_READINGS = 24


def keys(text: str, most: int = MOST_READINGS) -> str:
    """Give the readings of a text and their initials, each after a space: `` danli dl shanli sl``.

    Of 重 and its like every reading counts, since nobody's surname says which it is. Letters and
    digits stand for themselves; ü is v, as keyboards have it.
    """
    # The first character, a surname, varies fastest, so that none of its readings is left out.
    readings = [_readings(char) for char in reversed(text.strip().lower()) if not char.isspace()]
    found: dict[str, None] = {}
    for reading in islice(product(*readings), most):
        syllables = reading[::-1]
        found["".join(syllables)] = None
        found["".join(each[0] for each in syllables)] = None
    return "".join(f" {key}" for key in found if key)


@lru_cache(maxsize=4096)
def initials(text: str, most: int = 4) -> tuple[str, ...]:
    """Give the initials of the first characters of a text, in every reading: ``sk``, of 数控.

    Brackets and blanks are passed over.
    """
    said = [char for char in text.lower() if char.isalnum()][:most]
    letters = [tuple(dict.fromkeys(each[0] for each in _readings(char))) for char in said]
    return tuple("".join(each) for each in product(*letters))


@lru_cache(maxsize=20_000)
def _readings(char: str) -> tuple[str, ...]:
    # Its dictionaries take a third of a second, and most commands write no name.
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(found[0])) if found else (char,)
