"""What a graduate could change to take a post or to see it in their list: smallest sets first.

Nothing here decides. Whoever asks hands in the live rules and the live ranking, and a set of
changes counts only where they say so once it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import combinations

from recommender.domain import (
    ApplicationRoute,
    Graduate,
    Post,
    Reference,
    SkillLevel,
)
from recommender.matching.eligibility import RuleCheck

MOST_CHANGES = 2  # in a set, where a whole list is asked about
MOST_DAYS = 3  # days waited for, where a whole list is asked about; the nearest


class ChangeKind(StrEnum):
    """What changes; what costs a graduate least comes first."""

    REGION = "region"
    DAY = "day"
    LICENCE = "licence"
    LEVEL = "level"


_COSTS = {kind: cost for cost, kind in enumerate(ChangeKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that could be otherwise.

    Attributes
    ----------
    value
        A level's name, a licence, a region's code, or a day (ISO 8601).
    on
        The earliest day on which it can be so.
    because
        Of a level the clause under which it may be applied for; of a day the rule that waits.
    """

    kind: ChangeKind
    value: str
    on: date
    because: str = ""


Changes = tuple[Change, ...]
# The rules of one post for a graduate, who may have changed, on a day.
Rules = Callable[[Graduate, date], Sequence[RuleCheck]]
# The ids of a graduate's best posts after some changes, best first.
ListAfter = Callable[[Changes], Sequence[str]]


# --- what could change ------------------------------------------------------------------------


def next_level(graduate: Graduate, day: date, routes: Iterable[ApplicationRoute]) -> Change | None:
    """Find the lowest level above the one held for which the roster proves a way to apply.

    From 1 September before graduation on, as the classes that graduate are counted among
    graduates (应届). Where the roster says on which later day that level is expected, it is
    that day. What an enterprise certified itself opens no way.

    Source: the table ``application_routes``, clauses of the skill standards of 2018.
    """
    public = [each.level for each in graduate.certificates if each.certified_by is None]
    held = max([*public, graduate.skill_level or SkillLevel.APPRENTICE])
    ways = [way for way in routes if way.level > held and _is_met(way, graduate, held)]
    if not ways:
        return None
    way = min(ways, key=lambda each: each.level)
    on = max(day, date(graduate.class_year - 1, 9, 1))
    if graduate.expected_level is way.level and graduate.expected_on is not None:
        on = max(on, graduate.expected_on)
    return Change(kind=ChangeKind.LEVEL, value=way.level.name, on=on, because=way.clause)


def _is_met(way: ApplicationRoute, graduate: Graduate, held: SkillLevel) -> bool:
    of_college = not way.colleges or any(word in graduate.college for word in way.colleges)
    return of_college and (way.held is None or held >= way.held)


def changes_for(
    graduate: Graduate,
    post: Post,
    day: date,
    rules: Rules,
    routes: Iterable[ApplicationRoute],
    reference: Reference,
) -> Changes:
    """List what could change between a graduate and a post, each once.

    The next level; each licence that the post asks for, which nobody under eighteen is given
    (特种作业人员安全技术培训考核管理规定 article 4); the post's city as one more wish of who
    has wishes; and the days on which a failing rule says that it will hold.
    """
    needs = {rule.code: rule.needs for rule in rules(graduate, day)}
    grown = max(day, graduate.adult_on or day)
    found = [
        Change(kind=ChangeKind.LICENCE, value=name, on=grown) for name in needs.get("licence", ())
    ]
    level = next_level(graduate, day, routes)
    if level is not None:
        found.append(level)
    city = reference.city_of(post.region_code)
    if graduate.wish_regions and city and city not in graduate.wish_regions:
        found.append(Change(kind=ChangeKind.REGION, value=city, on=day))
    return (*found, *_days(graduate, day, rules, {change.on for change in found}))


def _days(graduate: Graduate, day: date, rules: Rules, others: set[date]) -> Iterator[Change]:
    """Follow what failing rules wait for, from today and from whatever day that leads to."""
    known: set[date] = set()
    looking = {day} | others
    while looking:
        at = min(looking)
        looking.remove(at)
        for rule in rules(graduate, at):
            if rule.holds or rule.code not in {"open", "places", "adult"} or not rule.needs:
                continue
            until = date.fromisoformat(rule.needs[0])
            if until > day and until not in known:
                known.add(until)
                looking.add(until)
                yield Change(
                    kind=ChangeKind.DAY, value=until.isoformat(), on=until, because=rule.code
                )


def changed(graduate: Graduate, changes: Iterable[Change]) -> Graduate:
    """Give the graduate with some changes made; a day changes nothing of them."""
    for change in changes:
        if change.kind is ChangeKind.LEVEL:
            graduate = replace(graduate, skill_level=SkillLevel[change.value])
        elif change.kind is ChangeKind.LICENCE:
            graduate = replace(graduate, licences=(*graduate.licences, change.value))
        elif change.kind is ChangeKind.REGION:
            graduate = replace(graduate, wish_regions=(*graduate.wish_regions, change.value))
    return graduate


def day_of(changes: Iterable[Change], day: date) -> date:
    """Give the first day on which all of some changes can be so."""
    return max([day, *(change.on for change in changes)])


def mendable(graduate: Graduate, day: date, changes: Changes, rules: Rules) -> frozenset[str]:
    """Name the rules that hold on some day once all that can be changed by then is."""
    held: set[str] = set()
    for at in {day, *(change.on for change in changes)}:
        by_then = changed(graduate, (change for change in changes if change.on <= at))
        held.update(rule.code for rule in rules(by_then, at) if rule.holds)
    return frozenset(held)


# --- the smallest sets ------------------------------------------------------------------------


def sets_of(changes: Sequence[Change], size: int, day: date) -> list[Changes]:
    """List the sets of a size, the soonest first, then the cheapest; no day beside a later one."""
    return sorted(
        (chosen for chosen in combinations(changes, size) if _waits_for_a_reason(chosen)),
        key=lambda chosen: _cost(chosen, day),
    )


def _waits_for_a_reason(chosen: Changes) -> bool:
    days = [change.on for change in chosen if change.kind is ChangeKind.DAY]
    others = [change.on for change in chosen if change.kind is not ChangeKind.DAY]
    return not days or (len(days) == 1 and all(on < days[0] for on in others))


def _cost(chosen: Changes, day: date) -> tuple[date, list[int], list[str]]:
    kinds = sorted(_COSTS[change.kind] for change in chosen)
    return (day_of(chosen, day), kinds, [change.value for change in chosen])


def smallest(changes: Changes, day: date, suffices: Callable[[Changes], bool]) -> Changes | None:
    """Find a smallest set that suffices; empty where nothing has to change, None where none does.

    Every smaller set was asked before and did not suffice, so that no part of it does.
    """
    for size in range(len(changes) + 1):
        for chosen in sets_of(changes, size, day):
            if suffices(chosen):
                return chosen
    return None


def soon(candidates: Mapping[str, Changes], day: date) -> dict[str, Changes]:
    """Leave out what takes longer than the `MOST_DAYS` nearest days on which anything changes."""
    days = {change.on for changes in candidates.values() for change in changes} - {day}
    near = {day, *sorted(days)[:MOST_DAYS]}
    return {
        post_id: tuple(change for change in changes if change.on in near)
        for post_id, changes in candidates.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A post that comes into a list by some changes, and at which rank."""

    post_id: str
    changes: Changes
    rank: int


def entries(
    candidates: Mapping[str, Changes],
    day: date,
    list_after: ListAfter,
    exact: ListAfter,
    most: int,
) -> list[Entry]:
    """Find the posts that smallest sets of up to `MOST_CHANGES` changes bring into a list.

    Parameters
    ----------
    candidates
        Post → what could change between it and the graduate.
    list_after
        Where to look; may be near enough.
    exact
        Where to prove: with the whole set the post is in the list, with no part of it.
    most
        How many posts are wanted.

    Returns
    -------
    list of Entry
        By size of the set, then the soonest, then the best rank.
    """
    left = dict(candidates)
    for post_id in list_after(()):
        left.pop(post_id, None)
    found: list[Entry] = []
    for size in range(1, MOST_CHANGES + 1):
        sets = {chosen for each in left.values() for chosen in sets_of(each, size, day)}
        came: dict[str, Entry] = {}
        for chosen in sorted(sets, key=lambda one: _cost(one, day)):
            for rank, post_id in enumerate(list_after(chosen), start=1):
                if post_id not in came and set(chosen) <= set(left.get(post_id, ())):
                    came[post_id] = Entry(post_id=post_id, changes=chosen, rank=rank)
        for entry in sorted(
            came.values(), key=lambda one: (day_of(one.changes, day), one.rank, one.post_id)
        ):
            proved = _proved(entry, exact) if len(found) < most else None
            if proved is not None:
                found.append(proved)
        if len(found) >= most:
            break
        left = {post_id: each for post_id, each in left.items() if post_id not in came}
    return found


def _proved(entry: Entry, exact: ListAfter) -> Entry | None:
    listed = exact(entry.changes)
    parts = (
        part for size in range(len(entry.changes)) for part in combinations(entry.changes, size)
    )
    if entry.post_id not in listed or any(entry.post_id in exact(part) for part in parts):
        return None
    return replace(entry, rank=listed.index(entry.post_id) + 1)
