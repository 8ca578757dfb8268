"""The log of who looked at whom on disk: one file of JSON lines a day, only ever appended to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from recommender.data import day_files


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One look.

    Attributes
    ----------
    at
        ISO 8601, with its zone.
    who
        As the ledger of places names people: a user, or a role with the number of its token.
    route
        The pattern of the address, or the command; never an address, which may hold an id.
    action
        ``view``, ``export``, ``print`` or ``change``.
    people
        Keyed hashes of those looked at.
    """

    at: str
    who: str
    route: str
    action: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One look at one person."""

    at: str
    who: str
    route: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What was read; damaged are lines that a power cut left half written."""

    views: tuple[View, ...]
    n_damaged: int


def views_dir(home: Path) -> Path:
    """Give the folder of the log."""
    return home / "views"


def append(folder: Path, view: View, *, day: date) -> None:
    """Append one line to the file of its day, and wait until it is on the disk.

    One write of one line: what other processes append stands before or after it.

    Raises
    ------
    OSError
        If it cannot be written whole.
    """
    line = json.dumps(asdict(view), ensure_ascii=True, separators=(",", ":")).encode("ascii")
    path = day_files.path_of(folder, day)
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    opened = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # What a power cut tore off must not run into this line.
        size = os.fstat(opened).st_size
        is_torn = size > 0 and os.pread(opened, 1, size - 1) != b"\n"
        text = (b"\n" if is_torn else b"") + line + b"\n"
        if os.write(opened, text) != len(text):
            raise OSError(f"{path.name}: not written whole")
        os.fdatasync(opened)
    finally:
        os.close(opened)


def read(folder: Path, *, day: date | None = None, person: str | None = None) -> Read:
    """Read one day, or all days, ascending; only lines about a person where one is given."""
    days = day_files.days(folder) if day is None else [day]
    views: list[View] = []
    n_damaged = 0
    for each in days:
        for line in _lines(folder, each):
            if person is not None and person not in line:
                continue
            view = _view(line)
            if view is None:
                n_damaged += 1
            else:
                views.append(view)
    return Read(views=tuple(views), n_damaged=n_damaged)


def of_person(folder: Path, person: str) -> Iterator[Looked]:
    """Give every look at one person, the earliest first."""
    for view in read(folder, person=person).views:
        yield Looked(at=view.at, who=view.who, route=view.route, action=view.action)


def _view(line: str) -> View | None:
    try:
        facts = json.loads(line)
        return View(**facts | {"people": tuple(facts["people"])})
    except (ValueError, TypeError, KeyError):
        return None


def _lines(folder: Path, day: date) -> list[str]:
    try:
        return day_files.path_of(folder, day).read_text("ascii", "replace").splitlines()
    except FileNotFoundError:
        return []
