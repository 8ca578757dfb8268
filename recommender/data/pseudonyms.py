"""Pseudonyms for graduates: a keyed hash, with a new key every class year.

Who holds the key can join the log of lists with the roster, and nobody else; without its key a
year's log can be joined by nobody. A plain hash would not do: ids are few and can be tried.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from filelock import FileLock

KEY_BYTES = 32
LOCK_TIMEOUT_S = 10.0
_SUFFIX = ".key"
_PSEUDONYM_DIGITS = 32  # 128 bits: no two of a city's graduates meet


class Pseudonyms:
    """The keys in a folder, one file a class year, for the owner alone (0600)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[int, bytes] = {}

    def make(self, graduate_id: str, class_year: int) -> str:
        """Give a graduate's pseudonym of a class year, making its key where there is none.

        Raises
        ------
        OSError
            If the key can be neither read nor made.
        """
        if class_year not in self._keys:
            self._keys[class_year] = self._made(class_year)
        return _hashed(self._keys[class_year], graduate_id)

    def known(self, graduate_id: str, class_year: int) -> str | None:
        """Give a graduate's pseudonym of a class year; None where there is no key."""
        if class_year not in self._keys:
            try:
                self._keys[class_year] = self._path(class_year).read_bytes()
            except FileNotFoundError:
                return None
        return _hashed(self._keys[class_year], graduate_id)

    def years(self) -> list[int]:
        """List the class years that have a key, ascending."""
        stems = (path.stem for path in self._folder.glob(f"*{_SUFFIX}"))
        return sorted(int(stem) for stem in stems if stem.isdecimal())

    def destroy(self, class_year: int) -> None:
        """Throw a key away: nobody can join that year's lists from here on."""
        self._keys.pop(class_year, None)
        self._path(class_year).unlink(missing_ok=True)

    def _path(self, class_year: int) -> Path:
        return self._folder / f"{class_year}{_SUFFIX}"

    def _made(self, class_year: int) -> bytes:
        """Read a key, making it first where there is none; of two that make one, one does."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(class_year)
        with FileLock(self._folder / ".lock", timeout=LOCK_TIMEOUT_S):
            if not path.exists():
                draft = path.with_suffix(".draft")
                draft.touch(mode=0o600)
                with draft.open("wb") as file:
                    file.write(secrets.token_bytes(KEY_BYTES))
                    file.flush()
                    os.fsync(file.fileno())
                draft.replace(path)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise OSError(f"{path.name} is not a key")
        return key


def _hashed(key: bytes, graduate_id: str) -> str:
    text = graduate_id.encode("utf-8", "surrogatepass")
    return hmac.new(key, text, hashlib.sha256).hexdigest()[:_PSEUDONYM_DIGITS]
