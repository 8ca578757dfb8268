"""What is held of a person: every table and log, to look at and to take away."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from recommender import lists_shown
from recommender.data import export, persons, store
from recommender.rights import viewed
from recommender.rights.consents import Consents, of_person, person
from recommender.rights.words import TABLES

SUFFIXES = (".json", ".xlsx")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything held of one person on a day.

    Attributes
    ----------
    tables
        Table, or log → its rows about the person; those without any are left out. ``lists``
        are the lists shown, ``views`` who looked.
    """

    graduate_id: str
    as_of: date
    college: str
    consents: Consents
    tables: Mapping[str, Sequence[Row]]

    def to_json(self) -> dict[str, Any]:
        """Give the same for machines."""
        return {
            "graduate_id": self.graduate_id,
            "as_of": self.as_of.isoformat(),
            "tables": {name: [_plain(row) for row in rows] for name, rows in self.tables.items()},
        }


def read(engine: Engine, home: Path, graduate_id: str, *, day: date) -> Held:
    """Read everything that is held of a graduate.

    Raises
    ------
    NotFound
        If the graduate is not stored.
    """
    with store.reading(engine) as conn:
        graduate = person(conn, graduate_id)
        consents = of_person(conn, graduate)
        tables: dict[str, Sequence[Row]] = dict(persons.held(conn, graduate_id))
    shown = [asdict(each) for each in lists_shown.of_graduate(home, graduate_id)]
    looked = [asdict(each) for each in viewed.of_person(home, graduate_id)]
    logs = {"lists": shown, "views": looked}
    return Held(
        graduate_id=graduate_id,
        as_of=day,
        college=graduate.college,
        consents=consents,
        tables=tables | {name: rows for name, rows in logs.items() if rows},
    )


def write(held: Held, out: Path, language: str = "zh") -> None:
    """Write what is held to a file, as its suffix says.

    Raises
    ------
    Unreadable
        If the suffix is none of these, or the folder is missing.
    """
    export.check_target(out, SUFFIXES)
    if out.suffix.lower() == ".json":
        export.write_text(json.dumps(held.to_json(), ensure_ascii=False, indent=1) + "\n", out)
    else:
        export.write_worksheets(_worksheets(held, language), out)


def as_bytes(held: Held, suffix: str, language: str) -> bytes:
    """Give what `write` writes, for a download."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"held{suffix}"
        write(held, file, language)
        return file.read_bytes()


def _worksheets(held: Held, language: str) -> list[export.Table]:
    return [
        export.Table(
            columns=tuple(rows[0]),
            rows=[tuple(_cell(value) for value in row.values()) for row in rows],
            title=TABLES.get(name, (name, name))[language == "en"],
        )
        for name, rows in held.tables.items()
    ]


def _plain(row: Row) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else _listed(value)
        for name, value in row.items()
    }


def _listed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_listed(each) for each in value]
    if isinstance(value, dict):
        return _plain(value)
    return value


def _cell(value: Any) -> object:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict):
        return json.dumps(_listed(value), ensure_ascii=False)
    return value
