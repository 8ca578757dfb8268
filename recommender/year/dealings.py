"""Who was shown how much, and how enterprises answered: the two sides of a season's dealings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from sqlalchemy import Engine

from recommender import lists_shown
from recommender.data import store
from recommender.domain import (
    Graduate,
    Outcome,
    OutcomeStage,
    StepReason,
    class_year_of,
)
from recommender.year.suppression import SMALL, Shown, show

_ASKING = frozenset({OutcomeStage.RECOMMENDED, OutcomeStage.INTERESTED})
_ANSWER = frozenset({OutcomeStage.REJECTED, OutcomeStage.OFFERED, OutcomeStage.SIGNED})
NO_REASON = "no_reason"
REASONS = (*(reason.value for reason in StepReason), NO_REASON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """How much the people of one group were shown, of those who agreed to be shown anything.

    Attributes
    ----------
    by, name
        ``all``, ``college`` or ``home`` and which: a city's code, "" where none is stated.
    reached
        Those who were shown a list.
    posts_each
        Posts shown to one of the group, on average, each counted once; None where the group
        is too small to be told of.
    gap
        `posts_each` over that of all whom the reader may know of; None where nobody was shown
        anything.
    """

    by: str
    name: str
    graduates: Shown
    reached: Shown
    posts_each: float | None
    gap: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one enterprise said to those who were recommended to it or wanted its posts.

    Attributes
    ----------
    asked, answered
        Pairs of graduate and post that came to it, and those that it answered.
    days
        Median of the days from the first 推荐 or 意向 of a pair to its first answer; None where
        there are none, or too few to be told of.
    reasons
        未录用 by reason, `NO_REASON` where none was stated.
    """

    credit_code: str
    enterprise: str
    asked: Shown
    answered: Shown
    days: float | None
    reasons: Mapping[str, Shown]


def exposures(
    engine: Engine,
    home: Path,
    *,
    day: date,
    class_year: int | None = None,
    colleges: Collection[str] | None = None,
    exact: bool = True,
) -> list[Exposure]:
    """Say who was shown how much, by college and by home, from the log of lists.

    By default of the class year that is being placed; the log forgets older ones.
    """
    year = class_year_of(day) if class_year is None else class_year
    shown: dict[str, set[str]] = defaultdict(set)
    for seen in lists_shown.shown_steps(engine, home, day=day):
        shown[seen.step.graduate_id].add(seen.step.post_id)
    with store.reading(engine) as conn:
        people = [one for one in store.load_graduates(conn, class_year=year) if one.consent]
        known = store.load_reference(conn, day=day)
    own = [one for one in people if colleges is None or one.college in colleges]
    everybody = _posts_each(own, shown)
    groups: dict[tuple[str, str], list[Graduate]] = defaultdict(list)
    for one in own:
        groups["college", one.college].append(one)
        if exact:  # sums over homes of the same people could be subtracted
            groups["all", ""].append(one)
            groups["home", known.city_of(one.home_region) or ""].append(one)
    publish = _as_it_is if exact else show
    found = []
    for (by, name), members in sorted(groups.items()):
        each = _posts_each(members, shown) if exact or len(members) >= SMALL else None
        gap = each / everybody if each is not None and everybody else None
        reached = sum(one.graduate_id in shown for one in members)
        found.append(
            Exposure(
                by=by,
                name=name,
                graduates=publish(len(members)),
                reached=publish(reached),
                posts_each=None if each is None else round(each, 2),
                gap=None if gap is None else round(gap, 2),
            )
        )
    return found


def _posts_each(people: Sequence[Graduate], shown: Mapping[str, Collection[str]]) -> float:
    n_shown = sum(len(shown.get(one.graduate_id, ())) for one in people)
    return n_shown / len(people) if people else 0.0


def _as_it_is(count: int) -> Shown:
    return count


def answers(
    engine: Engine,
    *,
    day: date,
    class_year: int | None = None,
    colleges: Collection[str] | None = None,
    exact: bool = True,
) -> list[Answers]:
    """Say what each enterprise answered about a class year, and how fast; by credit code.

    By default about the class year that is being placed.
    """
    year = class_year_of(day) if class_year is None else class_year
    stages = _ASKING | _ANSWER
    with store.reading(engine) as conn:
        people = store.load_graduates(conn, class_year=year)
        own = {one.graduate_id for one in people if colleges is None or one.college in colleges}
        steps = store.load_outcomes(conn, day=day, stages=stages, graduate_ids=own)
        posts = {one.post_id: one for one in store.load_posts(conn, day=day)}
    by_firm: dict[str, dict[tuple[str, str], list[Outcome]]] = defaultdict(
        lambda: defaultdict(list)
    )
    names: dict[str, str] = {}
    for step in steps:
        post = posts.get(step.post_id)
        if post is not None:
            names[post.credit_code] = post.enterprise
            by_firm[post.credit_code][step.graduate_id, step.post_id].append(step)
    return [
        _of_firm(code, names[code], of_pair.values(), exact=exact)
        for code, of_pair in sorted(by_firm.items())
    ]


def _of_firm(
    credit_code: str, enterprise: str, pairs: Iterable[Sequence[Outcome]], *, exact: bool
) -> Answers:
    publish = _as_it_is if exact else show
    waits: list[int] = []
    n_asked = 0
    reasons: Counter[str] = Counter()
    for steps in pairs:
        asked = min((s.date for s in steps if s.stage in _ASKING), default=None)
        answered = min((s.date for s in steps if s.stage in _ANSWER), default=None)
        if asked is not None:
            n_asked += 1
            if answered is not None and answered >= asked:
                waits.append((answered - asked).days)
        reasons.update(s.reason or NO_REASON for s in steps if s.stage is OutcomeStage.REJECTED)
    can_be_told = waits and (exact or len(waits) >= SMALL)
    return Answers(
        credit_code=credit_code,
        enterprise=enterprise,
        asked=publish(n_asked),
        answered=publish(len(waits)),
        days=float(median(waits)) if can_be_told else None,
        reasons={reason: publish(reasons[reason]) for reason in REASONS},
    )
