"""Keyed hashes of people's ids, where a record has to outlive the id that it is about.

One key an installation, under home and never in the database: who has the database alone cannot
try ids out. Without the key an erased person's rows would come back with the next sheet, so it
belongs into a backup of home, apart from that of the database.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

from filelock import FileLock

KEY_BYTES = 32
LOCK_TIMEOUT_S = 10.0
_DIGITS = 32  # 128 bits: no two of a province's graduates meet


class PersonKeys:
    """The key of one installation, a file for the owner alone (0600); made when first needed."""

    def __init__(self, home: Path) -> None:
        self._path = home / "person.key"

    def of(self, graduate_id: str) -> str:
        """Give the hash that stands for a graduate: 32 hexadecimal digits.

        Raises
        ------
        OSError
            If the key can be neither read nor made.
        """
        return self._hash("person", graduate_id)[:_DIGITS]

    def sign(self, text: str) -> str:
        """Give the signature of a text, 64 hexadecimal digits.

        Raises
        ------
        OSError
            If the key can be neither read nor made.
        """
        return self._hash("link", text)

    def _hash(self, purpose: str, text: str) -> str:
        plain = f"{purpose}:{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, plain, hashlib.sha256).hexdigest()

    @cached_property
    def _key(self) -> bytes:
        """Read the key, making it first where there is none; of two that make one, one does."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self._path.with_suffix(".lock"), timeout=LOCK_TIMEOUT_S):
            if not self._path.exists():
                draft = self._path.with_suffix(".draft")
                draft.touch(mode=0o600)
                with draft.open("wb") as file:
                    file.write(secrets.token_bytes(KEY_BYTES))
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(self._path)
        key = self._path.read_bytes()
        if len(key) != KEY_BYTES:
            raise OSError(f"{self._path.name} is not a key")
        return key
