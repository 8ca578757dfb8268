"""Cells: one reader for each kind of content, whatever a person or a program wrote there.

A reader takes what a cell holds (text, number, date, truth value) and gives what the domain
holds. It raises `Malformed` where that cannot be, and adds a note where it can but somebody
should know.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from typing import TypeVar

from recommender.data.tabular import Flaw
from recommender.domain import SkillLevel, TrainingMode, TrainingTier
from recommender.errors import Malformed
from recommender.wording import label

# Code and facts of something worth saying about a cell that can be read.
Note = tuple[str, tuple[str, ...]]
Read = Callable[[object, list[Note]], object]
E_ = TypeVar("E_", bound=Enum)

ID_CHARACTERS = 64
NAME_CHARACTERS = 200
TEXT_CHARACTERS = 4_000
# Excel keeps fifteen digits of a number; an id with more has lost the rest.
EXACT_BELOW = 10**15
MOST_PEOPLE = 99_999
FIRST_YEAR, LAST_YEAR = 1990, 2100
# CNY per month; outside these the unit is probably another one.
USUAL_PAY = (500, 100_000)
HIGHEST_PAY = 10_000_000

_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+")
_WITH_DECIMALS = re.compile(r"[0-9]+\.0+")
_WHOLE = re.compile(r"[+-]?([0-9]{1,15})(\.0+)?")
_PAY = re.compile(r"([0-9]{1,9}|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,6})?")
_YEAR = re.compile(r"([0-9]{4})届?")
_DAY = re.compile(
    r"([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})(?:-|/|\.|月)([0-9]{1,2})日?"
    r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_DAY_DIGITS = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|##+)")
_LIST_MARK = re.compile(r"[;；]")
_YES_NO: Mapping[str, bool] = {
    **dict.fromkeys(("是", "yes", "y", "true", "1"), True),
    **dict.fromkeys(("否", "no", "n", "false", "0"), False),
}


def is_empty(raw: object) -> bool:
    """Whether a cell states nothing."""
    return raw is None or raw == "" or (isinstance(raw, str) and not raw.strip())


def shown(raw: object) -> str:
    """Say what a cell holds, as a person sees it."""
    if isinstance(raw, Flaw):
        return raw.shown
    if isinstance(raw, float):
        if abs(raw) >= EXACT_BELOW:
            return f"{raw:.3e}"
        return str(int(raw)) if raw.is_integer() else str(raw)
    if isinstance(raw, list | tuple):
        return ";".join(shown(part) for part in raw)
    return str(raw)


def refuse_error(raw: object) -> None:
    """Refuse a cell that holds a flaw, or the text of a formula's error."""
    if isinstance(raw, Flaw):
        raise Malformed(raw.code)
    if isinstance(raw, str) and "#" in raw and _ERROR.fullmatch(raw.strip()):
        raise Malformed("error_value")


def plain(text: str) -> str:
    """Write full-width digits, letters and punctuation half-width, and strip white space."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


# Text --------------------------------------------------------------------------------------


def text_of(raw: object) -> str:
    """Give a cell's text; a number gives its digits.

    Raises
    ------
    Malformed
        For a date, a truth value, a number too large to be exact, and control characters.
    """
    if isinstance(raw, str):
        text = raw.strip()
        return text if text.isprintable() else _without_marks(text)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Malformed("not_text")
    if not math.isfinite(raw) or abs(raw) >= EXACT_BELOW:
        raise Malformed("id_as_number")
    return shown(raw)


def _without_marks(text: str) -> str:
    """Drop invisible marks, which carry no meaning in running text; refuse control characters."""
    for mark in text:
        if unicodedata.category(mark) in ("Cc", "Cs") and mark not in "\r\n\t":
            raise Malformed("control_character", f"U+{ord(mark):04X}")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (mark for mark in lines if unicodedata.category(mark) != "Cf")
    return "".join(kept).strip()


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise Malformed("too_long", str(limit))
    return text


def name(raw: object, notes: list[Note]) -> str:
    """Read a name: short text."""
    return _short(text_of(raw), NAME_CHARACTERS)


def text(raw: object, notes: list[Note]) -> str:
    """Read text for people."""
    return _short(text_of(raw), TEXT_CHARACTERS)


def identifier(raw: object, notes: list[Note]) -> str:
    """Read an id: kept as it is written, and refused where it may not be what was meant."""
    if isinstance(raw, str) and not (raw.isascii() and raw.isprintable()):
        for mark in raw.strip():
            if unicodedata.category(mark) in ("Cf", "Cc", "Zl", "Zp"):
                raise Malformed("invisible_mark", f"U+{ord(mark):04X}")
    if isinstance(raw, float) and not raw.is_integer():
        raise Malformed("id_as_number")
    found = _short(text_of(raw), ID_CHARACTERS)
    if _SCIENTIFIC.fullmatch(found):
        raise Malformed("id_in_scientific_notation")
    if _WITH_DECIMALS.fullmatch(found):
        raise Malformed("id_with_decimals")
    if not found.isascii() and unicodedata.normalize("NFKC", found) != found:
        notes.append(("full_width_id", ()))
    return found


# Numbers -----------------------------------------------------------------------------------


def _whole(raw: object) -> int | None:
    """Give a whole number, also from text and full-width digits; None if it is none."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return int(raw) if math.isfinite(raw) and raw == int(raw) else None
    found = _WHOLE.fullmatch(plain(raw)) if isinstance(raw, str) else None
    return int(found[0].split(".")[0]) if found else None


def whole(code: str, lowest: int, highest: int = MOST_PEOPLE) -> Read:
    """Make a reader of whole numbers in a range; `code` says what else it is not."""

    def read(raw: object, notes: list[Note]) -> int:
        number = _whole(raw)
        if number is None or not lowest <= number <= highest:
            raise Malformed(code)
        return number

    return read


def class_year(raw: object, notes: list[Note]) -> int:
    """Read a year of graduation: ``2026`` or ``2026届``."""
    found = _YEAR.fullmatch(plain(shown(raw)))
    if isinstance(raw, bool) or not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise Malformed("not_a_class_year")
    return int(found[1])


def pay(raw: object, notes: list[Note]) -> int:
    """Read CNY per month; a fraction is rounded, which is noted."""
    if isinstance(raw, bool):
        raise Malformed("not_pay")
    found = _PAY.fullmatch(plain(shown(raw)))
    amount = float(found[0].replace(",", "")) if found else 0.0
    if not 1 <= amount <= HIGHEST_PAY:
        raise Malformed("not_pay")
    rounded = math.floor(amount + 0.5)
    if rounded != amount:
        notes.append(("rounded_pay", (str(rounded),)))
    if not USUAL_PAY[0] <= amount <= USUAL_PAY[1]:
        notes.append(("implausible_pay", ()))
    return rounded


def day(raw: object, notes: list[Note]) -> date:
    """Read a date: ISO, ``2026/5/15``, ``2026年5月15日``, or one that Excel knows as a date."""
    if isinstance(raw, datetime):
        return _plausible(raw.date())
    if isinstance(raw, date):
        return _plausible(raw)
    return _plausible(_day_of(shown(raw)))


@lru_cache(maxsize=4096)
def _day_of(text: str) -> date:
    half_width = plain(text)
    found = _DAY.fullmatch(half_width) or _DAY_DIGITS.fullmatch(half_width)
    if not found:
        raise Malformed("not_a_date")
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Malformed("no_such_day") from None


def _plausible(found: date) -> date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Malformed("implausible_date", str(FIRST_YEAR), str(LAST_YEAR))
    return found


# Words -------------------------------------------------------------------------------------


def yes_no(raw: object, notes: list[Note]) -> bool:
    """Read 是 or 否."""
    found = _YES_NO.get(plain(shown(raw)).lower())
    if found is None:
        raise Malformed("not_yes_or_no")
    return found


def folded(text: str) -> str:
    """Write a word plainly, so that ``POST_SPECIFIC`` and ``post-specific`` are one."""
    return plain(text).casefold().replace("_", " ").replace("-", " ")


@cache
def members_of(enum: type[E_]) -> Mapping[str, E_]:
    """Map every writing of an enumeration's members to them: Chinese, English, identifier."""
    members: dict[str, E_] = {}
    for member in enum:
        identifier = f"{enum.__name__}.{member.name}"  # as the glossary writes it
        for writing in (label(member), label(member, "en"), member.name, identifier, member.value):
            if not str(writing).isdigit():
                members[folded(str(writing))] = member
    return members


def words(enum: type[E_], others: Mapping[str, E_] | None = None) -> Read:
    """Make a reader of an enumeration's words; `others` are customary further ones."""
    writings = {**members_of(enum), **(others or {})}

    def read(raw: object, notes: list[Note]) -> E_:
        found: E_ | None = writings.get(folded(shown(raw)))
        if found is None:
            raise Malformed("unknown_word", *choices(enum))
        return found

    return read


def choices(enum: type[Enum]) -> tuple[str, ...]:
    """List an enumeration's Chinese words, for a hint or a drop-down."""
    return tuple(label(member) for member in enum)


YES_NO_WORDS = ("是", "否")
LEVEL_WORDS = choices(SkillLevel)
# The glossary's full words beside the short ones of the sheets.
MODE_WRITINGS = {
    "订单培养": TrainingMode.ORDER,
    "定向培养": TrainingMode.DIRECTED,
    "定岗培养": TrainingMode.POST_SPECIFIC,
    "企业新型学徒制": TrainingMode.APPRENTICESHIP,
    "新型学徒制": TrainingMode.APPRENTICESHIP,
}
TIER_WRITINGS = {
    "中级工": TrainingTier.INTERMEDIATE,
    "高级工": TrainingTier.SENIOR,
    "预备技师": TrainingTier.PREPARATORY_TECHNICIAN,
}


# Lists -------------------------------------------------------------------------------------


def listed(read: Read) -> Read:
    """Make a reader of a list, ``a;b`` or ``a；b``, from the reader of its members."""

    def read_list(raw: object, notes: list[Note]) -> tuple[object, ...]:
        parts = raw if isinstance(raw, list | tuple) else _LIST_MARK.split(text(raw, notes))
        return tuple(dict.fromkeys(read(part, notes) for part in parts if not is_empty(part)))

    return read_list
