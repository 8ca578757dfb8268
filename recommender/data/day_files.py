"""Logs of one file of JSON lines a day, in a folder of their own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

_SUFFIX = ".jsonl"


def days(folder: Path) -> list[date]:
    """List the days that have a file, ascending."""
    return [date.fromisoformat(path.stem) for path in sorted(folder.glob(f"????-??-??{_SUFFIX}"))]


def path_of(folder: Path, day: date) -> Path:
    """Give the file of a day, whether or not it is there."""
    return folder / f"{day.isoformat()}{_SUFFIX}"


def drop_before(folder: Path, first_kept: date) -> int:
    """Delete the files of all days before one; give their number."""
    old = [day for day in days(folder) if day < first_kept]
    for day in old:
        path_of(folder, day).unlink(missing_ok=True)
    return len(old)
