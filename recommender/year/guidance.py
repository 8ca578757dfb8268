"""The guidance catalog (职业技能培训需求指导目录): its working state, by occupation and city.

docs/guidance.md defines every column. The public form is worked out from what may be published
alone, so that nothing in it says more than that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median

import numpy as np
from scipy.sparse import csr_array
from sqlalchemy import Engine

from recommender.data import store
from recommender.domain import Post, class_year_of
from recommender.reports import by_codes, occupation_names
from recommender.year.closing import Teacher, Wanted, mode_for, teachers_of
from recommender.year.gathered import Cell, Key, Read, gather
from recommender.year.shortage import Short, bootstrap, from_published, published_range, short
from recommender.year.suppression import SMALL, protect

# In the order in which levels are hidden first; see `suppression`.
LEVELS = ("unstated", "junior", "technician", "senior", "intermediate")
Amount = float | None  # None is hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Seekers of one class year for one occupation in one city: all, and by `LEVELS`."""

    total: Amount
    by_level: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Places less seekers, and how many seekers there may be.

    The value is None where the seekers are hidden.
    """

    value: Amount
    low: float
    high: float
    seek_low: float
    seek_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One occupation in one city.

    Attributes
    ----------
    places
        Open on the day.
    asked
        Headcount of the posts that opened within the year up to the day, what enterprises are
        expected to want again.
    pay
        Median over the open posts of the middle of their range, CNY per month; None unstated.
    open_days
        Median of the days since the open posts with places left were first wanted; None
        without any.
    learners
        Apprentices who finish in this class year; employed already, they seek nothing.
    filled_days
        Median of the days from a post's opening to its last place; None without any.
    """

    occupation_code: str
    occupation: str | None
    city_code: str
    places: float
    posts: int
    enterprises: int
    asked: float
    pay: float | None
    open_days: float | None
    filled_days: float | None
    now: Supply
    later: Supply
    learners: Supply
    short_now: Gap
    short_later: Gap
    mode: str | None
    mode_rule: str | None
    teachers: tuple[Teacher, ...]

    @property
    def ratio(self) -> float | None:
        """求人倍率, openings per seeker; None where nobody seeks or their number is hidden."""
        return self.places / self.now.total if self.now.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """The catalog as it is on a day.

    Attributes
    ----------
    class_year
        The one being placed (`now`); the next is `later`.
    knows_later
        Whether anybody of the next class year is on a roster; else nothing is told of it.
    exact
        Whether small counts are told.
    """

    day: date
    class_year: int
    knows_later: bool
    exact: bool
    lines: tuple[Line, ...]


def working_state(
    engine: Engine,
    *,
    day: date,
    exact: bool = True,
    colleges: Collection[str] | None = None,
    named: Collection[str] | None = None,
) -> Guidance:
    """Work the catalog out as it is on a day.

    Parameters
    ----------
    exact
        Whether small counts may be told; else the public form.
    colleges
        Those whose graduates count as supply; None for all.
    named
        Those that may be named as teaching a trade; None for all that count.
    """
    with store.reading(engine) as conn:
        read = Read.of(conn, day)
    own = [one for one in read.graduates if colleges is None or one.college in colleges]
    learners = [one for one in read.learners if colleges is None or one.college in colleges]
    read = replace(read, graduates=own, learners=learners)
    cells = gather(read)
    keys = sorted(cells, key=by_codes)
    gaps = [_gaps([cells[key] for key in keys], which, exact=exact) for which in ("now", "later")]
    year = class_year_of(day)
    knows_later = any(one.class_year > year for one in own)
    teachers = teachers_of(own, read.known)
    names = occupation_names(read.posts, read.known)
    lines = []
    for place, key in enumerate(keys):
        line = _line(key, cells[key], read, names, exact=exact)
        now, later = (_gap(gap, place) for gap in gaps)
        teaching = teachers.get(key[0], ())
        n_short = max(_middle(now), _middle(later) if knows_later else 0.0)
        proposed = mode_for(n_short, _wanted(cells[key]), is_taught=bool(teaching))
        lines.append(
            replace(
                line,
                short_now=now,
                short_later=later,
                mode=proposed[0].value if proposed else None,
                mode_rule=proposed[1] if proposed else None,
                teachers=_those(teaching, named) if proposed else (),
            )
        )
    return Guidance(
        day=day, class_year=year, knows_later=knows_later, exact=exact, lines=tuple(lines)
    )


def _those(teachers: Sequence[Teacher], named: Collection[str] | None) -> tuple[Teacher, ...]:
    return tuple(each for each in teachers if named is None or each.college in named)


def _wanted(cell: Cell) -> Wanted:
    wanted = Wanted()
    for post, _part, left in cell.posts:
        n = round(left)
        wanted.enterprises[post.credit_code] += n
        wanted.chains[post.industry_chain or ""] += n
        if post.training_mode is not None and n:
            wanted.modes[post.training_mode] += n
    return wanted


# --- count ------------------------------------------------------------------------------------


def _line(key: Key, cell: Cell, read: Read, names: Mapping[str, str], *, exact: bool) -> Line:
    pay = [middle for post, _, _ in cell.posts if (middle := _pay_of(post)) is not None]
    waiting = [(read.day - post.opens_on).days for post, _, left in cell.posts if left > 0]
    may_tell = exact or len(cell.filled_days) >= SMALL
    unknown = Gap(value=None, low=0.0, high=0.0, seek_low=0.0, seek_high=0.0)
    return Line(
        occupation_code=key[0],
        occupation=names.get(key[0]),
        city_code=key[1],
        places=sum(left for _, _, left in cell.posts),
        posts=len(cell.posts),
        enterprises=len({post.credit_code for post, _, _ in cell.posts}),
        asked=sum(cell.asked.values()),
        pay=_median(pay),
        open_days=_median(waiting),
        filled_days=_median(cell.filled_days) if may_tell else None,
        now=_supply(cell.now, exact=exact),
        later=_supply(cell.later, exact=exact),
        learners=_supply(cell.learners, exact=exact),
        short_now=unknown,
        short_later=unknown,
        mode=None,
        mode_rule=None,
        teachers=(),
    )


def _pay_of(post: Post) -> float | None:
    stated = [pay for pay in (post.monthly_pay_min, post.monthly_pay_max) if pay is not None]
    return sum(stated) / len(stated) if stated else None


def _median(values: Sequence[float]) -> float | None:
    return float(median(values)) if values else None


def _supply(seekers: Sequence[tuple[str, str, float]], *, exact: bool) -> Supply:
    amounts = dict.fromkeys(LEVELS, 0.0)
    for _graduate_id, group, share in seekers:
        amounts[group] += share
    parts = [round(amount, 6) for amount in amounts.values()]
    if exact:
        return Supply(total=sum(parts), by_level=tuple(parts))
    total, shown = protect(parts)
    return Supply(total=total, by_level=shown)


# --- short ------------------------------------------------------------------------------------


def _gaps(cells: Sequence[Cell], which: str, *, exact: bool) -> Short:
    """Work out what is short of a class year: open places now, what was asked for later."""
    is_later = which == "later"
    wanted = _amounts(
        [
            list(cell.asked.items())
            if is_later
            else [(post.credit_code, left) for post, _, left in cell.posts]
            for cell in cells
        ]
    )
    of_year = [cell.later if is_later else cell.now for cell in cells]
    if exact:
        shares = _amounts([[(one, share) for one, _, share in seekers] for seekers in of_year])
        seekers, seek = _totals(shares), bootstrap(shares, seed=1 + is_later)
    else:
        totals = (_supply(each, exact=False).total for each in of_year)
        seekers = np.array(
            [np.nan if total is None else total for total in totals], dtype=np.float64
        )
        seek = from_published(seekers, seed=1 + is_later)
    found = short(_totals(wanted), bootstrap(wanted, seed=3 + is_later), seekers, seek)
    if exact:
        return found
    low, high = published_range(seekers)
    return replace(found, seek_low=low, seek_high=high)


def _amounts(by_cell: Sequence[Sequence[tuple[str, float]]]) -> csr_array:
    """Lay amounts out: sparse float64 (n_givers, n_cells), givers by name."""
    names = sorted({name for cell in by_cell for name, _ in cell})
    place = {name: n for n, name in enumerate(names)}
    rows = [place[name] for cell in by_cell for name, _ in cell]
    columns = [n for n, cell in enumerate(by_cell) for _ in cell]
    amounts = [amount for cell in by_cell for _, amount in cell]
    shape = (len(names), len(by_cell))
    return csr_array((amounts, (rows, columns)), shape=shape, dtype=np.float64)


def _totals(amounts: csr_array) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(amounts.sum(axis=0), dtype=np.float64).reshape(-1)


def _gap(found: Short, place: int) -> Gap:
    value = float(found.value[place])
    return Gap(
        value=None if np.isnan(value) else value,
        low=float(found.low[place]),
        high=float(found.high[place]),
        seek_low=float(found.seek_low[place]),
        seek_high=float(found.seek_high[place]),
    )


def _middle(gap: Gap) -> float:
    return (gap.low + gap.high) / 2 if gap.value is None else gap.value
