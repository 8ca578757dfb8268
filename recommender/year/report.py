"""What became of a class year: work, work in the trade, staying; each rate with its denominator.

docs/reports.md defines every rate. Nothing is guessed: whom nobody knows of is counted as unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine

from recommender.afterwards import DUE_DAYS, WORK, Destination, DestinationKind
from recommender.data import kept, store
from recommender.domain import (
    CONFIRMING,
    ENDING,
    Graduate,
    Outcome,
    Post,
    Reference,
    class_year_of,
)
from recommender.year.follow_up import STEPS, Start, starts_of
from recommender.year.suppression import SMALL, Shown, protect

STAYED_DAYS = DUE_DAYS[-1]


class Whereabouts(StrEnum):
    """Where one graduate is on a day; exactly one of these."""

    IN_TRADE = "in_trade"  # at work in an occupation that the trade leads to
    OFF_TRADE = "off_trade"  # at work in another
    WORK_UNTOLD = "work_untold"  # at work, and nobody can say whether in the trade
    FURTHER_STUDY = "further_study"
    ARMY = "army"
    NOT_EMPLOYED = "not_employed"
    UNKNOWN = "unknown"


AT_WORK = (Whereabouts.IN_TRADE, Whereabouts.OFF_TRADE, Whereabouts.WORK_UNTOLD)
# The others, in the order in which counts are published; what is missed least stands first.
ELSEWHERE = (
    Whereabouts.UNKNOWN,
    Whereabouts.NOT_EMPLOYED,
    Whereabouts.ARMY,
    Whereabouts.FURTHER_STUDY,
)
_APART = (Whereabouts.FURTHER_STUDY, Whereabouts.ARMY)
_SHARE_STEP = 0.05  # of a share of people of whom no count is published


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A share and what it is a share of; None where a count is hidden or nobody is counted."""

    value: float | None
    of: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """What became of the graduates of one group.

    Where the reader may not know small counts, None is a hidden one.

    Attributes
    ----------
    by, name
        ``all``, ``college``, ``trade`` or ``tier``, and which; "" where none is stated.
    at_work
        Those at work, in whatever occupation.
    where
        How many are where; of those at work None for a reader who may not know.
    in_trade
        对口就业率: in the trade, of those at work of whom that can be told.
    starts, stayed, left, unknown_stay
        Starts of theirs 180 days ago or more, and whether they were there until then.
    """

    by: str
    name: str
    graduates: Shown
    at_work: Shown
    where: Mapping[Whereabouts, Shown]
    in_trade: Rate
    starts: Shown
    stayed: Shown
    left: Shown
    unknown_stay: Shown

    @property
    def employment(self) -> Rate:
        """就业率: at work, of all but those in further study or the army."""
        here = (self.where[part] for part in ELSEWHERE if part not in _APART)
        return _rate(self.at_work, _sum((self.at_work, *here)))

    @property
    def destination(self) -> Rate:
        """毕业去向落实率: at work, in further study or in the army, of all."""
        gone = (self.where[part] for part in _APART)
        return _rate(_sum((self.at_work, *gone)), self.graduates)

    @property
    def retention(self) -> Rate:
        """稳定率: there 180 days after 到岗, of the starts of which that is known."""
        return _rate(self.stayed, _sum((self.stayed, self.left)))

    @property
    def response(self) -> Rate:
        """回访应答率: starts of which it is known, of those 180 days ago or more."""
        return _rate(_sum((self.stayed, self.left)), self.starts)


def _sum(shown: Iterable[Shown]) -> Shown:
    counts = list(shown)
    return None if None in counts else sum(each for each in counts if each is not None)


def _rate(part: Shown, whole: Shown) -> Rate:
    value = part / whole if part is not None and whole else None
    return Rate(value=None if value is None else min(value, 1.0), of=whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a class year, as known on a day, group by group."""

    day: date
    class_year: int
    suppressed: bool
    lines: tuple[GroupLine, ...]


def report(
    engine: Engine,
    *,
    day: date,
    class_year: int | None = None,
    colleges: Collection[str] | None = None,
    exact: bool = True,
) -> Report:
    """Count what became of a class year.

    Parameters
    ----------
    class_year
        By default the last one whose season is over: the one before that being placed.
    colleges
        Those whose graduates are counted; None for all.
    exact
        Whether the reader may know small counts. Who may not is told of colleges alone, since
        sums over trades or tiers of the same people could be subtracted.
    """
    year = class_year_of(day) - 1 if class_year is None else class_year
    with store.reading(engine) as conn:
        graduates = store.load_graduates(conn, class_year=year)
        facts = _Facts.read(conn, day)
        known = store.load_reference(conn, day=day)
    own = [each for each in graduates if colleges is None or each.college in colleges]
    lines = [
        _line(by, name, _count(members, facts, known, day), exact=exact)
        for by, group_of in (_GROUPS if exact else _GROUPS[1:2])
        for name, members in _grouped(own, group_of)
    ]
    return Report(day=day, class_year=year, suppressed=not exact, lines=tuple(lines))


_GROUPS: tuple[tuple[str, Callable[[Graduate], str]], ...] = (
    ("all", lambda one: ""),
    ("college", lambda one: one.college),
    ("trade", lambda one: one.trade),
    ("tier", lambda one: one.training_tier or ""),
)


def _grouped(
    graduates: Sequence[Graduate], group_of: Callable[[Graduate], str]
) -> list[tuple[str, list[Graduate]]]:
    groups: dict[str, list[Graduate]] = defaultdict(list)
    for graduate in graduates:
        groups[group_of(graduate)].append(graduate)
    return sorted(groups.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What is known of everybody on a day."""

    confirmed: Mapping[str, tuple[date, str]]  # graduate → since when, at which post
    destinations: Mapping[str, Destination]
    starts: Mapping[str, Sequence[Start]]
    posts: Mapping[str, Post]

    @classmethod
    def read(cls, conn: Connection, day: date) -> _Facts:
        steps = store.load_outcomes(conn, day=day, stages=CONFIRMING | ENDING)
        posts = {each.post_id: each for each in store.load_posts(conn, day=day)}
        people = {each.graduate_id: each for each in store.load_graduates(conn)}
        answers = kept.load_follow_ups(conn, day=day)
        starts: dict[str, list[Start]] = defaultdict(list)
        began = (step for step in steps if step.stage in STEPS)
        for start in starts_of(began, answers, people, posts):
            starts[start.graduate.graduate_id].append(start)
        return cls(
            confirmed=_confirmed(steps),
            destinations=kept.load_destinations(conn, day=day),
            starts=starts,
            posts=posts,
        )


def _confirmed(steps: Iterable[Outcome]) -> dict[str, tuple[date, str]]:
    """Find the latest place of each graduate that was confirmed and not ended since."""
    last: dict[tuple[str, str], date] = {}
    ended: dict[tuple[str, str], date] = {}
    for step in steps:
        of_kind = last if step.stage in CONFIRMING else ended
        pair = (step.graduate_id, step.post_id)
        of_kind[pair] = max(step.date, of_kind.get(pair, step.date))
    found: dict[str, tuple[date, str]] = {}
    for (graduate_id, post_id), since in sorted(last.items()):
        if ended.get((graduate_id, post_id), date.min) < since:
            found[graduate_id] = max(found.get(graduate_id, (since, post_id)), (since, post_id))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    where: Mapping[Whereabouts, int]
    stays: tuple[int, int, int]  # unknown, left, stayed


def _count(graduates: Sequence[Graduate], facts: _Facts, known: Reference, day: date) -> _Counts:
    where: dict[Whereabouts, int] = dict.fromkeys(Whereabouts, 0)
    stays = [0, 0, 0]
    for graduate in graduates:
        where[_whereabouts(graduate, facts, known)] += 1
        for start in facts.starts.get(graduate.graduate_id, ()):
            if start.is_over(STAYED_DAYS, day):
                is_known = start.is_known(STAYED_DAYS)
                stays[is_known + (is_known and start.stayed(STAYED_DAYS))] += 1
    return _Counts(where=where, stays=(stays[0], stays[1], stays[2]))


def _line(by: str, name: str, counts: _Counts, *, exact: bool) -> GroupLine:
    publish = _as_they_are if exact else protect
    n_at_work = sum(counts.where[part] for part in AT_WORK)
    elsewhere = [counts.where[part] for part in ELSEWHERE]
    graduates, (*shown, at_work) = publish([*elsewhere, n_at_work])
    starts, (unknown_stay, left, stayed) = publish(counts.stays)
    n_in, n_off = counts.where[Whereabouts.IN_TRADE], counts.where[Whereabouts.OFF_TRADE]
    return GroupLine(
        by=by,
        name=name,
        graduates=graduates,
        at_work=at_work,
        where=dict(zip(ELSEWHERE, shown, strict=True))
        | {part: counts.where[part] if exact else None for part in AT_WORK},
        in_trade=_rate(n_in, n_in + n_off) if exact else _rough_rate(n_in, n_off),
        starts=starts,
        stayed=stayed,
        left=left,
        unknown_stay=unknown_stay,
    )


def _as_they_are(counts: Sequence[int]) -> tuple[Shown, tuple[Shown, ...]]:
    return sum(counts), tuple(counts)


def _rough_rate(n_in: int, n_off: int) -> Rate:
    """Give a share of which neither side is small, in steps, and not what it is a share of."""
    if min(n_in, n_off) < SMALL:
        return Rate(value=None, of=None)
    steps = round(n_in / (n_in + n_off) / _SHARE_STEP)
    return Rate(value=round(steps * _SHARE_STEP, 2), of=None)


def _whereabouts(graduate: Graduate, facts: _Facts, known: Reference) -> Whereabouts:
    """Say where a graduate is: what was said last counts, a destination on the same day."""
    went = facts.destinations.get(graduate.graduate_id)
    since, post_id = facts.confirmed.get(graduate.graduate_id, (date.min, ""))
    if went is not None and went.date >= since:
        return _went(graduate, went, known)
    post = facts.posts.get(post_id)
    if post is not None:
        return _work(graduate, post.occupation_code, known)
    return Whereabouts.WORK_UNTOLD if graduate.hired_at_enrolment else Whereabouts.UNKNOWN


def _went(graduate: Graduate, went: Destination, known: Reference) -> Whereabouts:
    if went.kind in WORK:
        return _work(graduate, went.occupation_code, known)
    return {
        DestinationKind.FURTHER_STUDY: Whereabouts.FURTHER_STUDY,
        DestinationKind.ARMY: Whereabouts.ARMY,
    }.get(went.kind, Whereabouts.NOT_EMPLOYED)


def _work(graduate: Graduate, occupation_code: str | None, known: Reference) -> Whereabouts:
    """Say whether work is in the trade, by the table of trades and occupations."""
    if not occupation_code:
        return Whereabouts.WORK_UNTOLD
    leads = known.leads_to(graduate.trade, occupation_code)
    if leads is None:
        return Whereabouts.WORK_UNTOLD
    return Whereabouts.IN_TRADE if leads else Whereabouts.OFF_TRADE


def line_facts(line: GroupLine) -> dict[str, Any]:
    """Give a line as JSON can hold it, each rate beside what it is a share of."""
    rates = {
        "employment": line.employment,
        "destination": line.destination,
        "in_trade": line.in_trade,
        "retention": line.retention,
        "response": line.response,
    }
    facts: dict[str, Any] = {"by": line.by, "name": line.name, "graduates": line.graduates}
    facts["at_work"] = line.at_work
    facts |= {f"n_{part.value}": line.where[part] for part in Whereabouts}
    facts |= {"starts": line.starts, "stayed": line.stayed, "left": line.left}
    facts["unknown_stay"] = line.unknown_stay
    for name, rate in rates.items():
        facts[f"{name}_rate"] = None if rate.value is None else round(rate.value, 4)
        facts[f"{name}_of"] = rate.of
    return facts
