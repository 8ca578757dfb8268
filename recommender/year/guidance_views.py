"""The guidance catalog as pages read it: by whom, which rows, sums by city, editions in a row.

Sums and trends are worked out from rows as they may be read, so they say no more than these.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine

from recommender import access
from recommender.access import Grant
from recommender.data import store
from recommender.data.editions import Edition
from recommender.year import edition
from recommender.year.guidance import Guidance, working_state
from recommender.year.guidance_words import TITLES

# They answer for the people of a report, and so read small counts; others read them hidden.
ANSWER_FOR_PEOPLE = frozenset({"officer", "admin", "auditor"})
# They have no people of their own: they read everybody's supply as it may be published.
OUTSIDE = frozenset({"enterprise", "kiosk"})
MOST_KEPT = 12

Row = Mapping[str, Any]
_View = tuple[bool, frozenset[str] | None, frozenset[str] | None]


class Catalogs:
    """The catalog as it is now for whoever reads it; worked out again when anything is written."""

    def __init__(self, engine: Engine, *, today: Callable[[], date]) -> None:
        """Work out as of the day that `today` gives."""
        self._engine, self._today = engine, today
        self._stamp: tuple[int, date] = (-1, date.min)
        self._kept: dict[_View, Guidance] = {}
        self._lock, self._working = threading.Lock(), threading.Lock()

    def held(self, grant: Grant) -> Guidance | None:
        """Give the catalog where it need not be worked out; None where that takes a moment."""
        view = _view(self._engine, grant)
        with self._lock:
            self._renew()
            return self._kept.get(view)

    def now(self, grant: Grant) -> Guidance:
        """Give the catalog as it is now, of the graduates whom a grant covers."""
        exact, colleges, named = view = _view(self._engine, grant)
        with self._working:  # who asks for the same meanwhile waits for it
            with self._lock:
                stamp = self._renew()
                held = self._kept.get(view)
            if held is not None:
                return held
            found = working_state(
                self._engine, day=stamp[1], exact=exact, colleges=colleges, named=named
            )
            with self._lock:
                if stamp == self._stamp and len(self._kept) < MOST_KEPT:
                    self._kept[view] = found
            return found

    def _renew(self) -> tuple[int, date]:
        with store.reading(self._engine) as conn:
            stamp = (store.revision(conn), self._today())
        if stamp != self._stamp:
            self._stamp, self._kept = stamp, {}
        return stamp


def _view(engine: Engine, grant: Grant) -> _View:
    """Say what a grant reads: every count or not, whose seekers, and which colleges by name."""
    own = access.colleges(engine, grant)
    is_outside = grant.role in OUTSIDE or grant.scope_kind == "enterprise"
    return (
        grant.role in ANSWER_FOR_PEOPLE and not is_outside,
        None if is_outside else own,
        frozenset() if is_outside else own,
    )


def rows_now(engine: Engine, grant: Grant, found: Guidance) -> list[dict[str, Any]]:
    """Lay the catalog out in rows, with what changed since the last edition.

    An edition is of everybody: seekers of some colleges are not set against it.
    """
    is_of_all = access.colleges(engine, grant) is None
    return edition.rows_of(found, edition.last_rows(engine) if is_of_all else ())


def named_only(rows: Iterable[Row], colleges: Collection[str] | None) -> list[dict[str, Any]]:
    """Copy rows of an edition, naming only colleges that the reader may know of.

    An edition of an earlier program may lack a column; it is None then.
    """
    return [
        {
            **dict.fromkeys(TITLES),
            **row,
            "teachers": [
                each for each in row["teachers"] if colleges is None or each["college"] in colleges
            ],
        }
        for row in rows
    ]


# --- which rows -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """Which rows, in which order; "" asks for nothing.

    Attributes
    ----------
    only_short
        Whether only rows are wanted where people are surely short: all of the interval above 0.
    order
        ``short`` (most people short first), ``ratio`` (most openings per seeker first), or by
        code.
    """

    occupation: str = ""
    city: str = ""
    only_short: bool = False
    order: str = "short"

    def of(self, rows: Iterable[Row]) -> list[Row]:
        """Give the rows that are wanted, in order."""
        found = [row for row in rows if self._takes(row)]
        return sorted(found, key=self._key)

    def _takes(self, row: Row) -> bool:
        return (
            self.occupation in ("", row["occupation_code"])
            and self.city in ("", row["city_code"])
            and (not self.only_short or (row["short_now_low"] or 0) > 0)
        )

    def _key(self, row: Row) -> tuple[object, ...]:
        code = (row["occupation_code"], row["city_code"])
        if self.order == "short":
            low, high = row["short_now_low"] or 0, row["short_now_high"] or 0
            return (-(low + high), *code)
        if self.order == "ratio":
            return (-(row["ratio"] or 0), -row["places"], *code)
        return code


def choices(rows: Iterable[Row]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """List the occupations and the cities that rows have, by code and name."""
    occupations: dict[str, str] = {}
    cities: dict[str, str] = {}
    for row in rows:
        occupations[row["occupation_code"]] = row["occupation"] or row["occupation_code"]
        if row["city_code"]:
            cities[row["city_code"]] = row["city"] or row["city_code"]
    return sorted(occupations.items()), sorted(cities.items())


# --- sums -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """Places and seekers of several rows.

    A hidden count may be a fraction of a person or nine, so no number stands for it: rows that
    hide their seekers are left out of the seekers and of the ratio.

    Attributes
    ----------
    places
        Of all rows.
    told_places, seekers
        Of the rows that tell their seekers.
    n_hidden
        Rows that hide them.
    """

    places: float = 0.0
    told_places: float = 0.0
    seekers: float = 0.0
    n_hidden: int = 0

    @property
    def ratio(self) -> float | None:
        """求人倍率, openings per seeker; None where nobody seeks, for all that is told."""
        return self.told_places / self.seekers if self.seekers else None

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            places=self.places + other.places,
            told_places=self.told_places + other.told_places,
            seekers=self.seekers + other.seekers,
            n_hidden=self.n_hidden + other.n_hidden,
        )


def total(rows: Iterable[Row]) -> Sum:
    """Add rows up."""
    return sum(map(_of, rows), Sum())


def _of(row: Row) -> Sum:
    if row["supply"] is None:
        return Sum(places=row["places"], n_hidden=1)
    return Sum(places=row["places"], told_places=row["places"], seekers=row["supply"])


def by_city(rows: Iterable[Row], occupation: str = "") -> dict[str, Sum]:
    """Add up the rows of each city, of one occupation or of all; city code → sum."""
    of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if occupation in ("", row["occupation_code"]):
            of[row["city_code"]].append(row)
    return {city: total(some) for city, some in of.items()}


def trend(
    issued: Sequence[Edition], *, occupation: str = "", city: str = ""
) -> list[tuple[Edition, Sum]]:
    """Add up each edition for an occupation and a city, or for all; the earliest first."""
    picked = Picked(occupation=occupation, city=city, order="")
    return [(one, total(picked.of(one.rows))) for one in issued]
