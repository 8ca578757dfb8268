"""Codes on a roster that a kiosk scans: of one fair alone, signed, and naming nobody.

A code is a reference, which is a keyed hash of the fair and a graduate's id, and a signature
over both. Only who holds the key can make one or tell whose it is; it is worth nothing at
another fair, and nothing once the fair is over.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Iterable
from datetime import date

from recommender.errors import Unreadable

MARK = "JF1"  # so that what is scanned is told from a slip
_BYTES = 10  # 80 bits of each: nobody guesses one in the hours of a fair
_DIGITS = 16  # of these in base 32
LENGTH = len(MARK) + 2 * _DIGITS


def code_of(key: bytes, fair_id: str, day: date, graduate_id: str) -> str:
    """Make the code of a graduate at a fair: capitals and digits, which every scanner types."""
    reference = reference_of(key, fair_id, graduate_id)
    return f"{MARK}{reference}{_signature(key, fair_id, day, reference)}"


def reference_of(key: bytes, fair_id: str, graduate_id: str) -> str:
    """Give what stands for a graduate at one fair; without the key it can be joined to nothing."""
    return _hashed(key, "reference", fair_id, graduate_id)


def read_code(key: bytes, fair_id: str, day: date, typed: str, *, today: date) -> str:
    """Read the reference of what a scanner typed.

    Raises
    ------
    Unreadable
        If it is no code, or one that was changed or is of another fair (``no_code``), or the
        fair is over (``code_expired``). What was typed is not repeated.
    """
    code = typed.strip().upper()
    if len(code) != LENGTH or not code.startswith(MARK):
        raise Unreadable("code", "", "no_code")
    reference, signature = code[len(MARK) : len(MARK) + _DIGITS], code[-_DIGITS:]
    expected = _signature(key, fair_id, day, reference)
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        raise Unreadable("code", "", "no_code")
    if today > day:
        raise Unreadable("code", "", "code_expired")
    return reference


def find(key: bytes, fair_id: str, reference: str, ids: Iterable[str]) -> str | None:
    """Find whose reference it is among some graduates' ids; None where it is nobody's."""
    return next((each for each in ids if reference_of(key, fair_id, each) == reference), None)


def _signature(key: bytes, fair_id: str, day: date, reference: str) -> str:
    return _hashed(key, "code", fair_id, day.isoformat(), reference)


def _hashed(key: bytes, *said: str) -> str:
    text = "\0".join(("fair codes", *said)).encode("utf-8", "surrogatepass")
    return b32encode(hmac.new(key, text, hashlib.sha256).digest()[:_BYTES]).decode()
