"""How alike colleges' trades are, and the trades that all of them open and that lead nowhere.

docs/planner.md says how everything is counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from sqlalchemy import Engine

from recommender.data import programmes as plans
from recommender.data import store
from recommender.domain import Reference, class_year_of
from recommender.programmes import Programme
from recommender.year.coming import Class, classes_from
from recommender.year.report import Whereabouts, report
from recommender.year.suppression import SMALL

MOST = 0.5  # of the colleges: a trade that so many of them open is opened everywhere
RARELY = 0.3  # of those at work: so few in their trade, and it leads nowhere
N_YEARS = 3  # class years that are looked at: newest of the rosters, newest that are finished
STEP = 0.05  # to which a reader who may not know small counts reads shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """How alike two colleges' trades are: 1 the same shares, 0 no trade in common."""

    college: str
    other: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedTrade:
    """A trade that most colleges open.

    Attributes
    ----------
    in_trade
        Of its graduates at work, of whom that is known, those in their trade; None where
        nobody is known, or too few for the reader.
    filled
        Enrolled, of the places of its programmes whose enrolment is known; None without any.
    is_rare
        Whether so few are in their trade that it leads nowhere: below `RARELY`.
    """

    trade: str
    colleges: int
    in_trade: float | None
    filled: float | None
    is_rare: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Homogeneity:
    """How alike colleges are, the most alike first, and trades that most of them open."""

    day: date
    suppressed: bool
    colleges: int
    pairs: tuple[Alike, ...]
    trades: tuple[OpenedTrade, ...]

    @property
    def mean(self) -> float | None:
        """Mean similarity of all pairs; None without a pair."""
        if not self.pairs:
            return None
        return sum(each.similarity for each in self.pairs) / len(self.pairs)


def homogeneity(
    engine: Engine, *, day: date, colleges: Collection[str] | None = None, exact: bool = True
) -> Homogeneity:
    """Compare colleges by the shares of their trades, pair by pair.

    Parameters
    ----------
    colleges
        Which of them; None for all.
    exact
        Whether the reader may know small counts; who may not reads shares in steps.
    """
    year = class_year_of(day)
    with store.reading(engine) as conn:
        graduates = store.load_graduates(conn)
        planned = plans.load_programmes(conn, day=day)
        known = store.load_reference(conn, day=day)
    first = year - N_YEARS + 1
    classes = classes_from(graduates, planned, known, class_year=first, colleges=colleges)
    shares = profiles(classes)
    pairs = [
        Alike(college=one, other=other, similarity=_shown(alike, exact=exact))
        for one, other in combinations(sorted(shares), 2)
        for alike in [similarity(shares[one], shares[other])]
    ]
    in_trade = _in_trade(engine, known, day, colleges, exact=exact)
    filled = _filled([p for p in planned if colleges is None or p.college in colleges], known)
    opened = Counter(trade for own in shares.values() for trade in own)
    return Homogeneity(
        day=day,
        suppressed=not exact,
        colleges=len(shares),
        pairs=tuple(sorted(pairs, key=lambda each: (-each.similarity, each.college, each.other))),
        trades=tuple(
            OpenedTrade(
                trade=trade,
                colleges=n,
                in_trade=rate,
                filled=filled.get(trade),
                is_rare=rate is not None and rate < RARELY,
            )
            for trade, n in sorted(opened.items(), key=lambda each: (-each[1], each[0]))
            if n >= max(2, MOST * len(shares))
            for rate in [in_trade.get(trade)]
        ),
    )


def profiles(classes: Sequence[Class]) -> dict[str, dict[str, float]]:
    """Give each college the shares of its trades; a college's shares sum to 1."""
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for each in classes:
        people[each.college][each.trade] += each.people
    return {
        college: {trade: n / own.total() for trade, n in own.items() if n}
        for college, own in people.items()
        if own.total()
    }


def similarity(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Give 1 − ½ Σ |difference of shares| over all trades of both: 0 to 1."""
    trades = one.keys() | other.keys()
    return 1.0 - sum(abs(one.get(each, 0.0) - other.get(each, 0.0)) for each in trades) / 2


def _shown(share: float, *, exact: bool) -> float:
    return share if exact else round(round(share / STEP) * STEP, 2)


def _in_trade(
    engine: Engine, known: Reference, day: date, colleges: Collection[str] | None, *, exact: bool
) -> dict[str, float]:
    """Say of each trade how many of those at work are in it, over the last class years."""
    at: dict[str, list[int]] = defaultdict(lambda: [0, 0])  # in the trade, in another
    for before in range(1, N_YEARS + 1):
        year = class_year_of(day) - before
        for line in report(engine, day=day, class_year=year, colleges=colleges).lines:
            if line.by == "trade":
                counts = at[known.trade_of(line.name)]
                counts[0] += line.where[Whereabouts.IN_TRADE] or 0
                counts[1] += line.where[Whereabouts.OFF_TRADE] or 0
    return {
        trade: _shown(n_in / (n_in + n_off), exact=exact)
        for trade, (n_in, n_off) in at.items()
        if n_in + n_off and (exact or min(n_in, n_off) >= SMALL)
    }


def _filled(planned: Sequence[Programme], known: Reference) -> dict[str, float]:
    taken: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for each in planned:
        if each.enrolled is not None:
            taken[known.trade_of(each.trade)] += each.enrolled
            of[known.trade_of(each.trade)] += each.places
    return {trade: taken[trade] / n for trade, n in of.items() if n}
