"""The journal of a hall: what happened, a line each, appended and on disk before it is answered.

The first line carries the signed manifest of the pack. Each line holds its number and the
SHA-256 of the line before, and is signed with the key that came in the pack, so that none can be
changed, left out or put in. What a power cut leaves of a last line was never answered and is
cut off. A line cut off on purpose cannot be told from one that was never written; see the
decision page.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from recommender.claims import SHANDONG, local
from recommender.errors import Busy, PackRefused
from recommender.pack import box, keys
from recommender.pack.opened import Pack

OPENED, SEEN = "opened", "seen"
SLIP, MARK = "slip", "mark"
# Clocks drift, and are corrected by a little now and then.
DRIFT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: its number, from 1, and what it says."""

    number: int
    kind: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A journal as read, every line proved.

    Attributes
    ----------
    manifest
        Of the pack that it is of.
    n_bytes
        Up to the end of the last whole line.
    last
        SHA-256 of that line.
    """

    manifest: Mapping[str, Any]
    entries: tuple[Entry, ...]
    n_bytes: int
    last: str

    @property
    def written_at(self) -> datetime:
        """When the last line was written."""
        return max(entry.at for entry in self.entries)


def read(content: bytes, trusted: Collection[str]) -> Read:
    """Read a journal of a pack that was signed with one of the keys.

    Raises
    ------
    PackRefused
        If it is none, of a pack of nobody known, or a line is not what was written.
    """
    whole, newline, _torn = content.rpartition(b"\n")
    if not newline:
        raise PackRefused("journal_not_one")
    lines = whole.split(b"\n")
    manifest = _manifest(lines[0], trusted)
    entries, before = [], ""
    for number, line in enumerate(lines, start=1):
        entries.append(_entry(number, line, before, manifest["journal_key"]))
        before = sha256(line).hexdigest()
    return Read(manifest=manifest, entries=tuple(entries), n_bytes=len(whole) + 1, last=before)


def _manifest(line: bytes, trusted: Collection[str]) -> dict[str, Any]:
    try:
        head = json.loads(line.rpartition(b" ")[0])
        signed = base64.b64decode(head["manifest"], validate=True)
        signature = bytes.fromhex(head["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise PackRefused("journal_not_one") from error
    if not any(keys.is_signed(public, signature, signed) for public in trusted):
        raise PackRefused("journal_unknown_key")
    return box.signed_manifest(signed)


def _entry(number: int, line: bytes, before: str, journal_key: str) -> Entry:
    written, _, signature = line.rpartition(b" ")
    try:
        is_signed = keys.is_signed(journal_key, bytes.fromhex(signature.decode("ascii")), written)
        facts = json.loads(written) if is_signed else {}
    except ValueError as error:
        raise PackRefused("journal_tampered", str(number)) from error
    if not is_signed or facts.get("n") != number or facts.get("before") != before:
        raise PackRefused("journal_tampered", str(number))
    at = datetime.fromisoformat(facts["at"])
    return Entry(number=number, kind=facts["kind"], at=at, facts=facts)


class Journal:
    """The journal of a pack, held open by one process; its lines are appended by any thread."""

    def __init__(self, path: Path, pack: Pack, moment: datetime) -> None:
        """Open or begin the journal of a pack.

        Raises
        ------
        Busy
            If another process holds it.
        PackRefused
            If it is of another pack, a line is not what was written, or it was written later
            than now.
        """
        self._key = keys.of_seed(pack.contents.journal_seed)
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._hold(path)
            content = path.read_bytes()
            if b"\n" in content:
                self._go_on(content, pack, moment)
            else:
                self._begin(path, pack, moment)
        except BaseException:
            os.close(self._file)
            raise

    def _hold(self, path: Path) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Busy(f"another process writes {path.name}") from error

    def _go_on(self, content: bytes, pack: Pack, moment: datetime) -> None:
        known = read(content, [box.signed_manifest(pack.signed)["key"]])
        if known.manifest["pack"] != pack.pack_id:
            raise PackRefused("journal_of_another", known.manifest["pack"], pack.pack_id)
        if known.written_at - DRIFT > moment:
            raise PackRefused("clock_back", local(known.written_at), local(moment))
        os.ftruncate(self._file, known.n_bytes)  # what a power cut left of a line
        self.entries = known.entries
        self._n_bytes, self._last = known.n_bytes, known.last
        self._n, self.written_at = len(known.entries), known.written_at

    def _begin(self, path: Path, pack: Pack, moment: datetime) -> None:
        os.ftruncate(self._file, 0)
        self.entries = ()
        self._n_bytes, self._last, self._n, self.written_at = 0, "", 0, moment
        self.append(
            OPENED,
            moment,
            manifest=base64.b64encode(pack.signed).decode("ascii"),
            signature=pack.signature.hex(),
        )
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def append(self, kind: str, moment: datetime, **facts: object) -> None:
        """Write a line; it is on disk when this returns, or not there at all.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        with self._lock:
            at = moment.astimezone(SHANDONG)
            said = {"n": self._n + 1, "kind": kind, "at": at.isoformat(), "before": self._last}
            written = box.to_json(facts | said)
            line = written + b" " + self._key.sign(written).hex().encode("ascii")
            try:
                _write(self._file, line + b"\n")
                os.fsync(self._file)
            except OSError:
                os.ftruncate(self._file, self._n_bytes)
                raise
            self._n_bytes += len(line) + 1
            self._n, self._last = self._n + 1, sha256(line).hexdigest()
            self.written_at = max(self.written_at, moment)

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._file)

    def __enter__(self) -> Self:
        """Use it until the block ends."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


def _write(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
