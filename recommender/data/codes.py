"""Cells that hold a code, or a name that stands for one: levels, places, occupations, licences."""

from __future__ import annotations

import re
from functools import cache

from recommender.data import cells, reference
from recommender.domain import Award, AwardLevel, SkillCertificate, SkillLevel
from recommender.errors import Malformed

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_OCCUPATION = re.compile(r"[0-9]-[0-9]{2}-[0-9]{2}-[0-9]{2}")
_CREDIT_CODE = re.compile(r"[0-9A-Z]{18}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def level(raw: object, notes: list[cells.Note]) -> SkillLevel:
    """Read a skill level in any of its writings."""
    writing = cells.text_of(raw)
    known: SkillLevel | None = cells.members_of(SkillLevel).get(cells.folded(writing))
    if known is not None:
        return known
    found, note = reference.read_level(writing)
    if found is None:
        raise Malformed("not_a_level")
    if note:
        notes.append((note, ()))
    return found


def credit_code(raw: object, notes: list[cells.Note]) -> str:
    """Read a unified social credit code; a wrong check character is noted."""
    code = "".join(cells.plain(cells.identifier(raw, [])).upper().split())
    if not _CREDIT_CODE.fullmatch(code):
        raise Malformed("not_a_credit_code")
    wanted = check_character(code)
    if wanted != code[-1]:
        notes.append(("credit_code_check", (wanted or "?",)))
    return code


def check_character(code: str) -> str | None:
    """Compute the last character of a credit code from the first seventeen.

    None where one of these is a letter that the standard leaves out (I, O, S, V, Z).
    Source: GB 32100-2015, weights 3^i mod 31.
    """
    total = 0
    for i, character in enumerate(code[:17]):
        if character not in _CREDIT_ALPHABET:
            return None
        total += _CREDIT_ALPHABET.index(character) * pow(3, i, 31)
    return _CREDIT_ALPHABET[-total % 31]


def occupation_code(raw: object, notes: list[cells.Note]) -> str:
    """Read a code of the national classification; one that the table does not hold is noted."""
    code = cells.plain(cells.text_of(raw)).translate(_DASHES)
    if not _OCCUPATION.fullmatch(code):
        raise Malformed("not_an_occupation_code")
    if reference.occupation_name(code) is None:
        notes.append(("occupation_unknown", (code,)))
    return code


def region(raw: object, notes: list[cells.Note]) -> str:
    """Read a place as its GB/T 2260 code."""
    writing = cells.text_of(raw)
    reading = reference.read_region(writing)
    if reading.region is None:
        if reading.candidates:
            raise Malformed("ambiguous_region", *reading.candidates)
        raise Malformed("unknown_region", writing)
    if reading.note:
        code = "region_code_unknown" if reading.note == "unknown_code" else reading.note
        notes.append((code, (writing, reading.region.full_name)))
    return reading.region.code


def trade(raw: object, notes: list[cells.Note]) -> str:
    """Read a trade as the college writes it; one that nobody knows is noted with its nearest."""
    writing = cells.name(raw, notes)
    if reference.find_trade(writing) is None:
        notes.append(("unknown_trade", (reference.nearest_trade(writing),)))
    return writing


@cache
def _licences() -> frozenset[str]:
    return frozenset(row["name"] for row in reference.table("licences"))


def licence(raw: object, notes: list[cells.Note]) -> str:
    """Read a licence as its canonical name; an unknown one is kept and noted."""
    found = reference.licence_name(cells.name(raw, notes))
    if found not in _licences():
        notes.append(("unknown_licence", (found,)))
    return found


def certificate(raw: object, notes: list[cells.Note]) -> SkillCertificate:
    """Read ``occupation_code:level``, with ``:credit_code`` of an enterprise that certified."""
    writing = cells.plain(cells.text_of(raw))
    occupation, separator, rest = writing.partition(":")
    held, _, certified_by = rest.partition(":")
    if not separator:
        raise Malformed("not_a_certificate", writing)
    try:
        return SkillCertificate(
            occupation_code=occupation_code(occupation, notes),
            level=level(held, notes),
            certified_by=credit_code(certified_by, notes) if certified_by.strip() else None,
        )
    except Malformed:
        raise Malformed("not_a_certificate", writing) from None


def award(raw: object, notes: list[cells.Note]) -> Award:
    """Read ``市级``, with ``:occupation_code`` where the competition was in one."""
    writing = cells.plain(cells.text_of(raw))
    won, _, occupation = writing.partition(":")
    found = cells.members_of(AwardLevel).get(cells.folded(won))
    if found is None:
        raise Malformed("not_an_award", writing)
    try:
        code = occupation_code(occupation, notes) if occupation.strip() else None
    except Malformed:
        raise Malformed("not_an_award", writing) from None
    return Award(level=found, occupation_code=code)
