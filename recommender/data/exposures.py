"""The log of lists on disk: one file of JSON lines a day, appended whole, for the owner alone.

Files and no table: a request must not wait for the one writer of the database, and a log must
outlive the hour in which the database is away. All processes append under one lock.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from filelock import FileLock

from recommender.data import day_files
from recommender.shown import Record, from_line, to_line

# About 90,000 lists of ten lines: far more than a province's kiosks show in a day.
MOST_BYTES_A_DAY = 64 * 1024 * 1024
LOCK_TIMEOUT_S = 10.0
_PERSON = re.compile(rb'"person":"([0-9a-f]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfLists:
    """One day of the log.

    Attributes
    ----------
    n_damaged
        Lines that cannot be read: what a power cut left half written.
    """

    day: date
    records: tuple[Record, ...]
    n_damaged: int


def lists_dir(home: Path) -> Path:
    """Give the folder of the log."""
    return home / "exposures"


def keys_dir(home: Path) -> Path:
    """Give the folder of the keys behind its pseudonyms; a backup of the log leaves it out."""
    return lists_dir(home) / "keys"


def append(folder: Path, records: Iterable[Record], *, most_bytes: int = MOST_BYTES_A_DAY) -> int:
    """Append records to the files of their days, and wait until they are on the disk.

    Returns
    -------
    int
        How many were written; a day that is full takes no more.

    Raises
    ------
    OSError
        If a file cannot be written (nothing of that day is kept), or the lock is not free in
        time (`filelock.Timeout`).
    """
    by_day: dict[date, list[str]] = defaultdict(list)
    for record in records:
        by_day[record.day].append(to_line(record))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    n_written = 0
    with _lock(folder):
        for day, lines in by_day.items():
            text = "".join(f"{line}\n" for line in lines).encode("ascii")
            n_written += len(lines) * _append(day_files.path_of(folder, day), text, most_bytes)
    return n_written


def _append(path: Path, text: bytes, most_bytes: int) -> bool:
    path.touch(mode=0o600)
    with path.open("a+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size + len(text) > most_bytes:
            return False
        if size:
            file.seek(-1, os.SEEK_END)
            # What a power cut tore off must not run into the next line.
            text = text if file.read(1) == b"\n" else b"\n" + text
        try:
            written = file.write(text)
            if written != len(text):
                raise OSError(f"{path.name}: {written} of {len(text)} bytes written")
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise
    return True


def n_bytes(folder: Path) -> int:
    """Say how much the log holds."""
    return sum(day_files.path_of(folder, day).stat().st_size for day in day_files.days(folder))


def read(folder: Path, *, until: date = date.max) -> Iterator[DayOfLists]:
    """Read the log day by day, ascending, the last day included."""
    for day in day_files.days(folder):
        if day <= until:
            yield _read_day(folder, day)


def _read_day(folder: Path, day: date) -> DayOfLists:
    records, n_damaged = [], 0
    for line in day_files.path_of(folder, day).read_text("ascii", "replace").splitlines():
        try:
            records.append(from_line(line))
        except ValueError:
            n_damaged += 1
    return DayOfLists(day=day, records=tuple(records), n_damaged=n_damaged)


def drop_persons(folder: Path, persons: Collection[str]) -> int:
    """Delete every line about persons, by pseudonym; give the number of lines.

    A file is written beside and renamed, under the lock: what is being appended is not lost.
    """
    wanted = {person.encode("ascii") for person in persons}
    if not wanted or not folder.exists():
        return 0
    n_dropped = 0
    with _lock(folder):
        for day in day_files.days(folder):
            text = day_files.path_of(folder, day).read_bytes()
            if wanted.isdisjoint(_PERSON.findall(text)):
                continue
            lines = text.splitlines(keepends=True)
            kept = [line for line in lines if wanted.isdisjoint(_PERSON.findall(line))]
            n_dropped += len(lines) - len(kept)
            _replace(day_files.path_of(folder, day), b"".join(kept))
    return n_dropped


def _replace(path: Path, text: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _lock(folder: Path) -> FileLock:
    return FileLock(folder / ".lock", timeout=LOCK_TIMEOUT_S)
