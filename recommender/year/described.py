"""People who are not there yet, described by those who were: one trade at one college."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import cycle, islice

from recommender.domain import Graduate
from recommender.year.replay import Past


class Basis(StrEnum):
    """By whom people are described."""

    COLLEGE = "college"  # graduates of this trade at this college
    ELSEWHERE = "elsewhere"  # graduates of this trade at others, who live like the college's own
    TRADE = "trade"  # nobody has graduated from this trade: the college's own, with the trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """People as they are expected."""

    people: tuple[Graduate, ...]
    basis: Basis


def describe(past: Past, college: str, trade: str, n: int) -> Described:
    """Describe `n` people who graduate from a trade at a college, as those before them were.

    Graduates of this class year count before earlier ones, the college's own before others'.
    Who comes from another college lives and wishes to work where the college's own do. Nobody is
    of an order class, for an agreement is made for people who are there. With fewer than `n` to
    describe them by, several are described alike.
    """
    read = past.known.trade_of(trade)
    everybody = (*past.cohort, *(each for each in past.others if each.consent))
    newest = sorted(everybody, key=lambda each: (-each.class_year, each.graduate_id))
    own = [each for each in newest if each.college == college]
    like = [each for each in newest if past.known.trade_of(each.trade) == read]
    same = [each for each in like if each.college == college]
    if same:
        models, basis = _of_one_year(same), Basis.COLLEGE
    elif like:
        models, basis = _settled(_of_one_year(like), own), Basis.ELSEWHERE
    else:
        models, basis = _usual(own or newest), Basis.TRADE
    chosen = _spread(models, n)
    return Described(
        people=tuple(
            replace(
                each,
                graduate_id=f"{college}/{trade}/{number}",
                college=college,
                trade=trade,
                class_name=None,
                class_year=past.class_year,
                order_class=None,
                hired_at_enrolment=False,
            )
            for number, each in enumerate(chosen)
        ),
        basis=basis,
    )


def _of_one_year(people: Sequence[Graduate]) -> list[Graduate]:
    """Keep those of the newest class year."""
    return [each for each in people if each.class_year == people[0].class_year]


def _settled(people: Sequence[Graduate], own: Sequence[Graduate]) -> list[Graduate]:
    """Let people live and wish to work where a college's own do, one after the other."""
    if not own:
        return list(people)
    return [
        replace(each, home_region=like.home_region, wish_regions=like.wish_regions)
        for each, like in zip(people, _spread(own, len(people)), strict=True)
    ]


def _usual(people: Sequence[Graduate]) -> list[Graduate]:
    """Take what belongs to a trade from people: its certificates, licences and awards."""
    level = Counter(each.skill_level for each in people).most_common(1)[0][0] if people else None
    return [
        replace(each, trade_code=None, skill_level=level, certificates=(), licences=(), awards=())
        for each in people
    ]


def _spread(people: Sequence[Graduate], n: int) -> list[Graduate]:
    """Choose `n` people at even steps, all of them again and again where they are fewer."""
    if len(people) <= n:
        return list(islice(cycle(people), n))
    return [people[at * len(people) // n] for at in range(n)]
