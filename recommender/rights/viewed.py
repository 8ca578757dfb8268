"""Who looked at whom: every view, export and print of a person, one line each, never changed.

Files and no table, as for the lists shown: a view must not wait for the one writer of the
database. A person stands there by keyed hash, so that the log outlives an erasure and tells
nobody's id; who looked stands there as they signed in. What cannot be logged is not shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import Engine

from recommender import access
from recommender.access import Grant
from recommender.claims import day_of
from recommender.data import day_files, store, views
from recommender.data.person_keys import PersonKeys
from recommender.data.views import View
from recommender.persons import is_erased

log = structlog.get_logger()

VIEW, EXPORT, CHANGE = "view", "export", "change"


class ViewLog:
    """The log of one installation, to write."""

    def __init__(self, home: Path) -> None:
        self._folder = views.views_dir(home)
        self._keys = PersonKeys(home)

    def keep(
        self, graduate_ids: Collection[str], *, at: datetime, who: str, route: str, action: str
    ) -> None:
        """Keep that somebody looked; on the disk when this comes back.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        people = tuple(self._keys.of(each) for each in sorted(graduate_ids))
        views.append(
            self._folder,
            View(at=at.isoformat(), who=who, route=route, action=action, people=people),
            day=day_of(at),
        )


def of_person(home: Path, graduate_id: str) -> list[views.Looked]:
    """Give who looked at one graduate, the earliest first."""
    return list(views.of_person(views.views_dir(home), PersonKeys(home).of(graduate_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One look at people.

    Attributes
    ----------
    people
        Ids of those looked at whom the reader may know of, at most `N_NAMED`.
    n_people
        How many of them the reader may know of, erased ones too where they know of everybody.
    """

    at: str
    who: str
    route: str
    action: str
    people: tuple[str, ...]
    n_people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """A day of the log, or one person's, as far as a reader may know, the latest first."""

    lines: tuple[AuditLine, ...]
    n_lines: int
    n_damaged: int


N_NAMED = 5
N_LINES = 200


def audit(
    engine: Engine,
    home: Path,
    grant: Grant,
    *,
    day: date | None = None,
    graduate_id: str = "",
    who: str = "",
) -> Audit:
    """Read the log of a day, of a person, of who looked, or what is both.

    Of people outside the grant's scope nothing is told, neither that they were looked at nor
    how many; a look at nobody whom the reader may know of is left out.
    """
    keys = PersonKeys(home)
    colleges = access.colleges(engine, grant)
    with store.reading(engine) as conn:
        everybody = store.load_graduates(conn)
    known = {
        keys.of(each.graduate_id): each.graduate_id
        for each in everybody
        if (colleges is None or each.college in colleges) and not is_erased(each.graduate_id)
    }
    wanted = keys.of(graduate_id) if graduate_id else None
    if wanted is not None and wanted not in known:
        return Audit(lines=(), n_lines=0, n_damaged=0)
    read = views.read(views.views_dir(home), day=day, person=wanted)
    found = list(_told(read.views, known, who, tells_all=colleges is None))
    return Audit(lines=tuple(found[::-1][:N_LINES]), n_lines=len(found), n_damaged=read.n_damaged)


def _told(
    read: Collection[View], known: dict[str, str], who: str, *, tells_all: bool
) -> Iterator[AuditLine]:
    for view in read:
        if who and who.lower() not in view.who.lower():
            continue
        people = [known[each] for each in view.people if each in known]
        if not people and not tells_all:
            continue
        yield AuditLine(
            at=view.at,
            who=view.who,
            route=view.route,
            action=view.action,
            people=tuple(people[:N_NAMED]),
            n_people=len(view.people) if tells_all else len(people),
        )


def tidy(home: Path, *, day: date, keep_days: int) -> int:
    """Delete the days of the log that are past their time; give their number.

    A disk that fails does not stop the night that calls it: it is logged, and tried again.
    """
    try:
        return day_files.drop_before(views.views_dir(home), day - timedelta(days=keep_days - 1))
    except OSError as error:
        log.error("views not tidied", error=type(error).__name__)
        return 0
