"""Editions of the guidance catalog: issued from the working state, numbered, never changed.

What is issued is the public form: small counts are hidden before anything is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine

from recommender.data import editions, store
from recommender.data import reference as tables
from recommender.data.editions import Edition as Edition
from recommender.errors import NotFound
from recommender.year.closing import MOST_NAMED
from recommender.year.guidance import LEVELS, Amount, Gap, Guidance, Line, Supply, working_state
from recommender.year.suppression import show as show_count

# What a change between editions is told of.
COMPARED = ("places", "supply", "ratio", "pay", "short_now", "short_later", "mode")
_HIDEABLE = tuple(
    f"{of}{level}"
    for of in ("supply", "later_supply")
    for level in ("", *(f"_{x}" for x in LEVELS))
)


def issue(engine: Engine, *, day: date, author: str, after: int | None = None) -> Edition:
    """Issue the next edition from the working state of a day, in its public form.

    Parameters
    ----------
    after
        Number of the last edition as the author saw it, 0 before the first. Where another was
        issued since, that one is given and none is issued; None issues in any case.
    """
    found = working_state(engine, day=day, exact=False)
    with store.writing(engine) as conn:
        earlier = editions.load_editions(conn)
        if after is not None and len(earlier) > after:
            return earlier[-1]
        rows = rows_of(found, earlier[-1].rows if earlier else ())
        return editions.append_edition(
            conn, day=day, author=author, class_year=found.class_year, rows=rows
        )


def all_editions(engine: Engine) -> list[Edition]:
    """Give every edition, the earliest first."""
    with store.reading(engine) as conn:
        return editions.load_editions(conn)


def show(engine: Engine, number: int) -> Edition:
    """Give one edition.

    Raises
    ------
    NotFound
        If it was not issued.
    """
    issued = all_editions(engine)
    found = next((one for one in issued if one.edition == number), None)
    if found is None:
        raise NotFound("edition", str(number), [str(one.edition) for one in issued[-3:]])
    return found


def last_rows(engine: Engine) -> Sequence[Mapping[str, Any]]:
    """Give the rows of the last edition; none before the first."""
    issued = all_editions(engine)
    return issued[-1].rows if issued else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is otherwise in a later edition, for one occupation in one city.

    Attributes
    ----------
    kind
        ``added``, ``gone`` or ``changed``.
    before, after
        The columns of `COMPARED` that differ, as published.
    """

    kind: str
    occupation_code: str
    occupation: str | None
    city_code: str
    city: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def diff(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Change]:
    """Compare the rows of two editions, from what is published of both."""
    one, other = _by_key(before), _by_key(after)
    found = []
    for key in sorted(one.keys() | other.keys()):
        old, new = one.get(key), other.get(key)
        either = new or old or {}
        names = [
            name
            for name in COMPARED
            if old is None or new is None or old.get(name) != new.get(name)
        ]
        if not names:
            continue
        found.append(
            Change(
                kind="added" if old is None else "gone" if new is None else "changed",
                occupation_code=key[0],
                occupation=either.get("occupation"),
                city_code=key[1],
                city=either.get("city"),
                before={name: old.get(name) for name in names} if old else {},
                after={name: new.get(name) for name in names} if new else {},
            )
        )
    return found


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(row["occupation_code"], row["city_code"]): row for row in rows}


# --- rows -------------------------------------------------------------------------------------


def rows_of(found: Guidance, before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Lay a catalog out flat, as JSON can hold it, with what changed since an edition."""
    earlier = _by_key(before)
    rows = []
    for line in found.lines:
        row = _row(line)
        if not found.knows_later:
            row |= {name: None for name in row if name.startswith(("later_", "short_later"))}
        row |= _changes(line, row, earlier.get((line.occupation_code, line.city_code)))
        row["hidden"] = [
            name
            for name in _HIDEABLE
            if row[name] is None and (found.knows_later or not name.startswith("later_"))
        ]
        rows.append(row)
    return rows


def _row(line: Line) -> dict[str, Any]:
    return {
        "occupation_code": line.occupation_code,
        "occupation": line.occupation,
        "city_code": line.city_code,
        "city": _city_name(line.city_code),
        "places": _number(line.places),
        "posts": line.posts,
        "enterprises": line.enterprises,
        "asked": _number(line.asked),
        "supply": _number(line.now.total),
        "supply_low": _number(line.short_now.seek_low, 0),
        "supply_high": _number(line.short_now.seek_high, 0),
        **_levels("supply", line.now),
        "ratio": _number(line.ratio),
        "later_supply": _number(line.later.total),
        "later_supply_low": _number(line.short_later.seek_low, 0),
        "later_supply_high": _number(line.short_later.seek_high, 0),
        **_levels("later_supply", line.later),
        "apprentices": _number(line.learners.total),
        **_levels("apprentices", line.learners),
        "pay": _number(line.pay),
        "open_days": _number(line.open_days),
        "filled_days": _number(line.filled_days),
        **_gap("short_now", line.short_now),
        **_gap("short_later", line.short_later),
        "mode": line.mode,
        "mode_rule": line.mode_rule,
        "teachers": [
            {"college": each.college, "trade": each.trade, "weight": each.weight}
            for each in line.teachers[:MOST_NAMED]
        ],
    }


def _changes(
    line: Line, row: Mapping[str, Any], before: Mapping[str, Any] | None
) -> dict[str, Amount]:
    """Say what changed since an edition: of seekers what is published of both."""
    if before is None:
        return {"places_change": None, "supply_change": None}
    now = None if line.now.total is None else show_count(line.now.total)
    told = None if now is None or before["supply"] is None else now - before["supply"]
    return {
        "places_change": _number(row["places"] - before["places"]),
        "supply_change": _number(told),
    }


def _city_name(code: str) -> str | None:
    region = tables.read_region(code).region if code else None
    return region.full_name if region else None


def _levels(name: str, supply: Supply) -> dict[str, Any]:
    shown = dict(zip(LEVELS, supply.by_level, strict=True))
    return {f"{name}_{level}": _number(shown[level]) for level in sorted(LEVELS, key=_BY_SKILL)}


_BY_SKILL = ("junior", "intermediate", "senior", "technician", "unstated").index


def _gap(name: str, gap: Gap) -> dict[str, Any]:
    return {
        name: _number(gap.value),
        f"{name}_low": _number(gap.low, 0),
        f"{name}_high": _number(gap.high, 0),
    }


def _number(value: float | None, digits: int = 2) -> float | None:
    """Round a number, a whole one to what it is; so equal catalogs are written alike."""
    if value is None:
        return None
    rounded = round(value, digits) + 0.0
    return int(rounded) if rounded == int(rounded) else rounded
