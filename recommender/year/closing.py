"""What would close a shortage: which way of training, and whose trades."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from recommender.domain import Graduate, Reference, TrainingMode

A_CLASS = 20  # people: fewer make no class of their own
MOST_NAMED = 5


@dataclass(slots=True)
class Wanted:
    """Who wants the places of one occupation in one city; places by each."""

    modes: Counter[TrainingMode] = field(default_factory=Counter)
    enterprises: Counter[str] = field(default_factory=Counter)
    chains: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """A trade of a college that leads to an occupation; weight above 0 to 1."""

    college: str
    trade: str
    weight: float


def mode_for(n_short: float, wanted: Wanted, *, is_taught: bool) -> tuple[TrainingMode, str] | None:
    """Propose a way of training, and the code of the rule that proposes it; None if none is due.

    The first that holds: what most places of the posts ask for (``asked``); nobody teaches a
    trade that leads there, so enterprises train their own (``not_taught``); too few for a class
    (``few``); half the places are one enterprise's (``one_enterprise``) or one industry chain's
    (``one_chain``); else people are placed from wider enrolment (``many``).
    """
    if n_short <= 0:
        return None
    asked = Counter(wanted.modes)
    asked.pop(TrainingMode.DIRECT, None)
    if asked:
        return max(asked, key=lambda mode: (asked[mode], mode)), "asked"
    if not is_taught:
        return TrainingMode.APPRENTICESHIP, "not_taught"
    if n_short < A_CLASS:
        return TrainingMode.POST_SPECIFIC, "few"
    if _has_half(wanted.enterprises):
        return TrainingMode.ORDER, "one_enterprise"
    if _has_half(wanted.chains):
        return TrainingMode.DIRECTED, "one_chain"
    return TrainingMode.DIRECT, "many"


def _has_half(places: Counter[str]) -> bool:
    named = [n for name, n in places.items() if name]
    return bool(named) and 2 * max(named) >= places.total() > 0


def teachers_of(
    graduates: Iterable[Graduate], known: Reference
) -> Mapping[str, tuple[Teacher, ...]]:
    """Say which trades of which colleges lead to each occupation, the heaviest first.

    A trade is called as the table calls it; the first five of an occupation are named.
    """
    taught = {(one.college, known.trade_of(one.trade)) for one in graduates}
    found: dict[str, list[Teacher]] = defaultdict(list)
    for college, trade in sorted(taught):
        for pair in known.pairs_of(trade):
            if pair.weight > 0:
                teacher = Teacher(college=college, trade=trade, weight=pair.weight)
                found[pair.occupation_code].append(teacher)
    return {
        code: tuple(sorted(teachers, key=lambda each: (-each.weight, each.college, each.trade)))
        for code, teachers in found.items()
    }
