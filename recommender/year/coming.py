"""Who will graduate from what: classes of the rosters, and later ones as they are planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from recommender.domain import Graduate, Reference
from recommender.programmes import Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """Those who graduate from one trade of one college in one class year.

    Attributes
    ----------
    trade
        As the trade table reads it.
    people
        On the roster; where nobody of the college's class year is, those taken or planned.
    seekers
        Of them who seek a post: neither placed nor hired at enrolment.
    is_planned
        Whether a programme says so, and no roster.
    """

    college: str
    trade: str
    class_year: int
    people: int
    seekers: int
    is_planned: bool


def classes_from(
    graduates: Iterable[Graduate],
    programmes: Iterable[Programme],
    known: Reference,
    *,
    class_year: int,
    placed: Collection[str] = (),
    colleges: Collection[str] | None = None,
) -> list[Class]:
    """List the classes of a class year and of all later ones, by college, trade and year.

    Parameters
    ----------
    placed
        Ids of graduates who hold a place.
    colleges
        Whose classes; None for all.
    """
    people: Counter[tuple[str, str, int]] = Counter()
    seekers: Counter[tuple[str, str, int]] = Counter()
    for one in graduates:
        if one.class_year >= class_year and (colleges is None or one.college in colleges):
            key = (one.college, known.trade_of(one.trade), one.class_year)
            people[key] += 1
            seekers[key] += not one.hired_at_enrolment and one.graduate_id not in placed
    on_roster = {(college, year) for college, _, year in people}
    planned: Counter[tuple[str, str, int]] = Counter()
    for each in programmes:
        is_ours = colleges is None or each.college in colleges
        is_later = each.class_year >= class_year
        if is_ours and is_later and (each.college, each.class_year) not in on_roster:
            planned[each.college, known.trade_of(each.trade), each.class_year] += each.coming
    return [
        Class(
            college=college,
            trade=trade,
            class_year=year,
            people=n,
            seekers=planned[college, trade, year] or seekers[college, trade, year],
            is_planned=(college, year) not in on_roster,
        )
        for (college, trade, year), n in sorted((people + planned).items())
    ]
