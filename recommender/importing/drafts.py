"""Uploads under way: at most one of each person, for an hour, under the home folder.

They hold personal data. So their folder is open to nobody else, their names are drawn, nothing
of them is logged, and they are wiped once they are written, dropped or old.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from recommender.data.grid import Place
from recommender.data.tabular import MAX_FILE_BYTES

KEPT_FOR = timedelta(hours=1)
MOST_FILES = 10
# All files of one upload, with room for what a browser writes around them.
MOST_BYTES = MAX_FILE_BYTES + (1 << 20)
_NAME_CHARACTERS = 100
_FACTS = "draft.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the sheets are to be taken in, as `intake.import_files` says it."""

    replace: bool = False
    allow_mass_closing: bool = False
    allow_stranded: bool = False
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One upload.

    Attributes
    ----------
    files
        What its files are called; each lies in `folder` under its number.
    corrected
        File → place → what stands there instead.
    left_out
        File → rows that are passed over.
    """

    folder: Path
    owner: str
    born: datetime
    files: tuple[str, ...]
    corrected: Mapping[int, Mapping[Place, str]] = field(default_factory=dict)
    left_out: Mapping[int, frozenset[int]] = field(default_factory=dict)
    options: Options = Options()

    @property
    def home(self) -> Path:
        """The home folder that it lies under."""
        return self.folder.parent.parent

    @property
    def until(self) -> datetime:
        """When it is wiped."""
        return self.born + KEPT_FOR


def folder_of(home: Path) -> Path:
    """Give the folder of all uploads."""
    return home / "imports"


@contextmanager
def alone(home: Path, owner: str) -> Iterator[None]:
    """Let one request at a time work on somebody's upload, in whatever process it is."""
    folder = folder_of(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(_private(folder / f"{_hashed(owner)}.lock"), "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(
    home: Path, owner: str, files: Sequence[tuple[str, Callable[[Path], object]]], now: datetime
) -> Draft:
    """Keep files in place of what their owner sent before; each is saved by its function."""
    forget(home, owner)
    folder = folder_of(home) / secrets.token_hex(16)
    folder.mkdir(mode=0o700, parents=True)
    for number, (_, save) in enumerate(files):
        path = folder / str(number)
        os.close(_private(path))
        save(path)
    named = _unlike([_printable(name) for name, _ in files])
    draft = Draft(folder=folder, owner=owner, born=now, files=named)
    write(draft)
    return draft


def find(home: Path, owner: str, now: datetime) -> Draft | None:
    """Find somebody's upload; None where there is none, or none any more."""
    sweep(home, now)
    return next((draft for draft in _drafts(home) if draft.owner == owner), None)


def forget(home: Path, owner: str) -> None:
    """Wipe what somebody sent, and what they were told of it."""
    for draft in _drafts(home):
        if draft.owner == owner:
            wipe(draft)
    _told(home, owner).unlink(missing_ok=True)


def wipe(draft: Draft) -> None:
    """Wipe an upload."""
    shutil.rmtree(draft.folder, ignore_errors=True)


def sweep(home: Path, now: datetime) -> None:
    """Wipe every upload that is old, and what nobody can read."""
    folder = folder_of(home)
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_dir():
            draft = _read(each)
            changed = datetime.fromtimestamp(each.stat().st_mtime, tz=now.tzinfo)
            if not (draft.born <= now < draft.until if draft else now < changed + KEPT_FOR):
                shutil.rmtree(each, ignore_errors=True)


def change(
    draft: Draft,
    *,
    corrected: Mapping[int, Mapping[Place, str]] | None = None,
    left_out: Mapping[int, frozenset[int]] | None = None,
    options: Options | None = None,
) -> Draft:
    """Keep further corrections, rows to be passed over, or other options."""
    cells = dict(draft.corrected)
    for number, places in (corrected or {}).items():
        cells[number] = {**cells.get(number, {}), **places}
    rows = dict(draft.left_out)
    for number, more in (left_out or {}).items():
        rows[number] = rows.get(number, frozenset()) | more
    changed = replace(draft, corrected=cells, left_out=rows, options=options or draft.options)
    write(changed)
    return changed


def write(draft: Draft) -> None:
    """Write down what a draft is."""
    facts = {
        "owner": draft.owner,
        "born": draft.born.isoformat(),
        "files": draft.files,
        "corrected": [
            [number, row, place, text]
            for number, cells in draft.corrected.items()
            for (row, place), text in cells.items()
        ],
        "left_out": [[number, sorted(rows)] for number, rows in draft.left_out.items()],
        "options": {name: getattr(draft.options, name) for name in Options.__slots__},
    }
    put(draft.folder / _FACTS, json.dumps(facts, ensure_ascii=False))


def put(path: Path, text: str) -> None:
    """Write a file that nobody else can read, whole or not at all."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(_private(aside), "w", encoding="utf-8", errors="surrogatepass") as handle:
        handle.write(text)
    aside.replace(path)


def tell(home: Path, owner: str, told: Mapping[str, Any]) -> None:
    """Keep what somebody is told of an upload that was written; nothing of anybody is in it."""
    put(_told(home, owner), json.dumps(told, ensure_ascii=False))


def told(home: Path, owner: str) -> dict[str, Any] | None:
    """Give what somebody was told last."""
    try:
        found: dict[str, Any] = json.loads(_told(home, owner).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def _told(home: Path, owner: str) -> Path:
    return folder_of(home) / f"{_hashed(owner)}.json"


def _drafts(home: Path) -> Iterator[Draft]:
    folder = folder_of(home)
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        draft = _read(each) if each.is_dir() else None
        if draft is not None:
            yield draft


def _read(folder: Path) -> Draft | None:
    try:
        facts = json.loads((folder / _FACTS).read_text(encoding="utf-8", errors="surrogatepass"))
    except (OSError, ValueError):
        return None
    corrected: dict[int, dict[Place, str]] = {}
    for number, row, place, text in facts["corrected"]:
        corrected.setdefault(number, {})[row, place] = text
    return Draft(
        folder=folder,
        owner=facts["owner"],
        born=datetime.fromisoformat(facts["born"]),
        files=tuple(facts["files"]),
        corrected=corrected,
        left_out={number: frozenset(rows) for number, rows in facts["left_out"]},
        options=Options(**facts["options"]),
    )


def _private(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)


def _hashed(owner: str) -> str:
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def _printable(name: str) -> str:
    """Take the last part of what a browser calls a file."""
    last = name.replace("\\", "/").rpartition("/")[2][-_NAME_CHARACTERS:]
    return "".join(mark if mark.isprintable() else "_" for mark in last) or "sheet"


def _unlike(names: Sequence[str]) -> tuple[str, ...]:
    """Give names that are there twice a number, since problems are told by them."""
    found: list[str] = []
    for name in names:
        found.append(name if name not in found else f"{len(found) + 1}-{name}")
    return tuple(found)
