"""What could change between a graduate and a post: what is never offered first, then proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from recommender.data.reference import application_routes
from recommender.domain import (
    Graduate,
    Post,
    SkillCertificate,
    SkillLevel,
)
from recommender.matching.eligibility import (
    Reserved,
    RuleCheck,
    Standing,
    check_pair,
    eligible_pairs,
)
from recommender.matching.next_step import (
    Change,
    ChangeKind,
    Changes,
    changed,
    changes_for,
    day_of,
    entries,
    mendable,
    next_level,
    sets_of,
    smallest,
    soon,
)
from tests.builders import CREDIT_CODE, DAY, make_graduate, make_post, make_reference
from tests.recommender.changeable_world import (
    LICENCES,
    ChangeableWorld,
    make_changeable_world,
)

ROUTES = application_routes()
LEVEL, LICENCE = SkillLevel, "低压电工作业"
SENIOR, TECHNICIAN = LEVEL.SENIOR_WORKER, LEVEL.TECHNICIAN
INTERMEDIATE, JUNIOR = LEVEL.INTERMEDIATE_WORKER, LEVEL.JUNIOR_WORKER
SOON = DAY + timedelta(days=10)
LATER = DAY + timedelta(days=20)


def level_of(**graduate: Any) -> tuple[str, date] | None:
    found = next_level(make_graduate(**graduate), DAY, ROUTES)
    return (found.value, found.on) if found else None


def found_for(
    graduate: Graduate, post: Post, now: Standing | None = None
) -> list[tuple[str, str, date]]:
    def rules(who: Graduate, day: date) -> Sequence[RuleCheck]:
        return check_pair(who, post, now or Standing(), day)

    found = changes_for(graduate, post, DAY, rules, ROUTES, make_reference())
    return [(change.kind.value, change.value, change.on) for change in found]


def mended_for(graduate: Graduate, post: Post, now: Standing | None = None) -> set[str]:
    """Name the failing rules that something could mend."""

    def rules(who: Graduate, day: date) -> Sequence[RuleCheck]:
        return check_pair(who, post, now or Standing(), day)

    changes = changes_for(graduate, post, DAY, rules, ROUTES, make_reference())
    failing = {rule.code for rule in rules(graduate, DAY) if not rule.holds}
    return failing & mendable(graduate, DAY, changes, rules)


# --- levels that the roster does not prove ----------------------------------------------------


@pytest.mark.parametrize(
    "graduate",
    [
        # A senior worker needs years of work, or a certificate of 预备技师 and years of work.
        {"skill_level": SENIOR},
        {"skill_level": SENIOR, "expected_level": TECHNICIAN, "expected_on": SOON},
        {"skill_level": TECHNICIAN},
        # The fourth level counts for the third only with a diploma of these kinds of college.
        {"college": "示例职业学校"},
        {"college": "示例技工学校"},
    ],
)
def test_a_level_is_not_offered_whose_condition_no_roster_shows(graduate: dict[str, Any]) -> None:
    assert level_of(**graduate) is None


def test_a_level_that_an_enterprise_certified_itself_opens_no_way() -> None:
    own = SkillCertificate(
        occupation_code="6-18-02-04", level=INTERMEDIATE, certified_by=CREDIT_CODE
    )
    public = replace(own, certified_by=None)
    assert level_of(skill_level=JUNIOR, certificates=(own,)) == ("INTERMEDIATE_WORKER", DAY)
    assert level_of(skill_level=JUNIOR, certificates=(public,)) == ("SENIOR_WORKER", DAY)


def test_only_ways_without_years_of_work_are_read_from_the_table() -> None:
    assert [(way.level, way.held) for way in ROUTES] == [
        (INTERMEDIATE, None),
        (SENIOR, INTERMEDIATE),
    ]


# --- levels that it proves --------------------------------------------------------------------


@pytest.mark.parametrize("held", [None, LEVEL.APPRENTICE, JUNIOR])
def test_who_graduates_may_apply_for_the_fourth_level(held: SkillLevel | None) -> None:
    assert level_of(skill_level=held, college="示例职业学校") == ("INTERMEDIATE_WORKER", DAY)


@pytest.mark.parametrize("college", ["示例技师学院", "示例高级技工学校", "示例高级技校"])
def test_the_fourth_level_and_such_a_college_open_the_third(college: str) -> None:
    assert level_of(college=college) == ("SENIOR_WORKER", DAY)


@pytest.mark.parametrize(
    ("graduate", "on"),
    [
        # From the September before graduation on.
        ({"class_year": 2027}, date(2026, 9, 1)),
        ({"class_year": 2026}, DAY),
        ({"class_year": 2020}, DAY),
        ({"expected_level": SENIOR, "expected_on": SOON}, SOON),
        ({"expected_level": SENIOR, "expected_on": date(2026, 1, 1)}, DAY),
        ({"expected_level": SENIOR}, DAY),
        # What is expected of another level says nothing of this one.
        ({"expected_level": TECHNICIAN, "expected_on": SOON}, DAY),
        ({"class_year": 2027, "expected_level": SENIOR, "expected_on": SOON}, date(2026, 9, 1)),
    ],
)
def test_a_level_has_its_earliest_day(graduate: dict[str, Any], on: date) -> None:
    assert level_of(**graduate) == ("SENIOR_WORKER", on)


# --- rules that nothing mends -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("graduate", "post", "now", "code"),
    [
        ({"consent": False}, {}, Standing(), "consent"),
        ({"hired_at_enrolment": True}, {}, Standing(), "unplaced"),
        ({}, {}, Standing(placed_at={"G1": frozenset({"P9"})}), "unplaced"),
        ({}, {"closes_on": DAY - timedelta(days=1)}, Standing(), "open"),
        ({}, {"opens_on": SOON, "withdrawn_on": DAY}, Standing(), "open"),
        ({}, {}, Standing(confirmed={"P1": 2}), "places"),
        ({}, {"min_level": TECHNICIAN}, Standing(), "level"),
        ({"adult_on": None}, {"adults_only": True}, Standing(), "adult"),
        ({}, {}, Standing(shut_out={"G1": frozenset({"P1"})}), "again"),
        ({}, {}, Standing(paused=frozenset({CREDIT_CODE})), "paused"),
        ({}, {}, Standing(vetoed={"G1": frozenset({"P1"})}), "vetoed"),
    ],
)
def test_what_nobody_could_change_is_not_mended(
    graduate: dict[str, Any], post: dict[str, Any], now: Standing, code: str
) -> None:
    # Licence is the one rule that each graduate may mend: there is always a course.
    who, where = make_graduate(**graduate), make_post(**post)
    failing = {rule.code for rule in check_pair(who, where, now, DAY) if not rule.holds}
    assert (failing, mended_for(who, where, now)) == ({code}, set())


RESERVED = Standing(
    reserved={"P1": (Reserved(agreement_id="A1", places=2, members=frozenset(), returns_on=SOON),)}
)


@pytest.mark.parametrize(
    ("graduate", "post", "now", "code", "change"),
    [
        ({}, {"opens_on": SOON}, Standing(), "open", ("day", SOON.isoformat(), SOON)),
        ({}, {"min_level": SENIOR}, Standing(), "level", ("level", "SENIOR_WORKER", DAY)),
        ({}, {"required_licence": (LICENCE,)}, Standing(), "licence", ("licence", LICENCE, DAY)),
        (
            {"adult_on": SOON},
            {"adults_only": True},
            Standing(),
            "adult",
            ("day", SOON.isoformat(), SOON),
        ),
    ],
)
def test_what_a_rule_needs_is_offered(
    graduate: dict[str, Any],
    post: dict[str, Any],
    now: Standing,
    code: str,
    change: tuple[str, str, date],
) -> None:
    who, where = make_graduate(**graduate), make_post(**post)
    assert change in found_for(who, where, now)
    assert mended_for(who, where, now) == {code}


def test_reserved_places_are_waited_for() -> None:
    assert ("day", SOON.isoformat(), SOON) in found_for(make_graduate(), make_post(), RESERVED)


def test_a_minor_has_a_licence_from_the_eighteenth_birthday_on() -> None:
    post = make_post(required_licence=(LICENCE,))
    assert ("licence", LICENCE, SOON) in found_for(make_graduate(adult_on=SOON), post)
    assert ("licence", LICENCE, DAY) in found_for(make_graduate(adult_on=None), post)


@pytest.mark.parametrize(
    ("wishes", "region", "offered"),
    [
        # Who wishes for nowhere in particular has no narrower wish to widen.
        ((), "370700", []),
        (("370800",), "370700", ["370700"]),
        (("370700",), "370700", []),
        (("370811",), "370811", ["370800"]),
        (("370800",), "110101", []),
    ],
)
def test_the_posts_city_is_one_more_wish(
    wishes: tuple[str, ...], region: str, offered: list[str]
) -> None:
    graduate, post = make_graduate(wish_regions=wishes), make_post(region_code=region)
    found = found_for(graduate, post)
    assert [value for kind, value, _ in found if kind == "region"] == offered


def test_a_day_may_lead_to_another_day() -> None:
    # Closed until SOON; on that day places are reserved until LATER.
    post = make_post(opens_on=SOON)

    def rules(who: Graduate, day: date) -> Sequence[RuleCheck]:
        kept = Reserved(agreement_id="A1", places=2, members=frozenset(), returns_on=LATER)
        now = Standing(reserved={"P1": (kept,)} if SOON <= day < LATER else {})
        return check_pair(who, post, now, day)

    found = changes_for(make_graduate(), post, DAY, rules, (), make_reference())
    assert [(change.because, change.on) for change in found] == [("open", SOON), ("places", LATER)]
    chosen = smallest(
        found, DAY, lambda some: all(r.holds for r in rules(make_graduate(), day_of(some, DAY)))
    )
    assert chosen == (found[1],)


# --- sets -------------------------------------------------------------------------------------


def change(kind: ChangeKind, value: str, on: date = DAY) -> Change:
    return Change(kind=kind, value=value, on=on)


WAIT_SOON, WAIT_LATER = (change(ChangeKind.DAY, on.isoformat(), on) for on in (SOON, LATER))
LEARN = change(ChangeKind.LICENCE, LICENCE)
RISE_SOON = change(ChangeKind.LEVEL, "SENIOR_WORKER", SOON)
MOVE = change(ChangeKind.REGION, "370700")


def test_sets_come_soonest_first_then_cheapest_and_wait_for_a_reason() -> None:
    every = (LEARN, RISE_SOON, MOVE, WAIT_SOON, WAIT_LATER)
    assert sets_of(every, 1, DAY) == [(MOVE,), (LEARN,), (WAIT_SOON,), (RISE_SOON,), (WAIT_LATER,)]
    pairs = sets_of(every, 2, DAY)
    assert pairs[0] == (LEARN, MOVE)
    # The level is there by SOON anyway, and nobody waits for two days at once.
    assert (RISE_SOON, WAIT_SOON) not in pairs
    assert (WAIT_SOON, WAIT_LATER) not in pairs
    assert (RISE_SOON, WAIT_LATER) in pairs
    assert len(pairs) == 10 - 2


def test_the_smallest_set_is_found_or_none() -> None:
    every = (LEARN, RISE_SOON, MOVE)
    assert smallest(every, DAY, lambda chosen: True) == ()
    assert smallest(every, DAY, lambda chosen: len(chosen) == 2) == (LEARN, MOVE)
    assert smallest(every, DAY, lambda chosen: RISE_SOON in chosen) == (RISE_SOON,)
    assert smallest(every, DAY, lambda chosen: False) is None


def test_changes_are_made_and_nothing_else_is() -> None:
    graduate = make_graduate(licences=("高处作业",), wish_regions=("370800",))
    after = changed(graduate, (LEARN, RISE_SOON, MOVE, WAIT_LATER))
    assert after == replace(
        graduate,
        licences=("高处作业", LICENCE),
        skill_level=SENIOR,
        wish_regions=("370800", "370700"),
    )
    assert day_of((LEARN, RISE_SOON), DAY) == SOON


def test_only_the_nearest_days_are_looked_at_for_a_whole_list() -> None:
    days = [DAY + timedelta(days=n) for n in (4, 1, 3, 2)]
    waits = tuple(change(ChangeKind.DAY, on.isoformat(), on) for on in days)
    kept = soon({"P1": (LEARN, *waits[:2]), "P2": waits[2:]}, DAY)
    assert kept == {"P1": (LEARN, waits[1]), "P2": waits[2:]}


def test_entries_are_proved_and_told_by_size_then_rank() -> None:
    lists: dict[frozenset[Change], list[str]] = {
        frozenset(): ["P0"],
        frozenset({LEARN}): ["P0", "P1"],
        frozenset({MOVE}): ["P2", "P3"],
        frozenset({LEARN, MOVE}): ["P4", "P2"],
    }

    def after(chosen: Changes) -> Sequence[str]:
        return lists[frozenset(chosen)]

    both = (LEARN, MOVE)
    candidates = {"P0": both, "P1": both, "P2": both, "P3": (LEARN,), "P4": both}
    found = entries(candidates, DAY, after, after, 10)
    # P0 is there already; what brings P3 in has nothing to do with it.
    assert [(each.post_id, each.rank, each.changes) for each in found] == [
        ("P2", 1, (MOVE,)),
        ("P1", 2, (LEARN,)),
        ("P4", 1, both),
    ]
    assert [each.post_id for each in entries(candidates, DAY, after, after, 1)] == ["P2"]


def test_an_entry_that_is_not_proved_is_not_told() -> None:
    def about(chosen: Changes) -> Sequence[str]:
        return ["P1", "P2"] if chosen else []

    def exact(chosen: Changes) -> Sequence[str]:
        # P1 never comes; P2 is there without any change.
        return ["P2"]

    assert entries({"P1": (LEARN,), "P2": (LEARN,)}, DAY, about, exact, 10) == []


# --- claims by the hundred --------------------------------------------------------------------

N_CLAIMS = 500
TOP = 10
HALF = 0.5  # of the price: lists of a whole cohort at all of it are spread over its posts
DAYS = [DAY + timedelta(days=n) for n in range(62)]


def made(graduate: Graduate, chosen: Sequence[Change]) -> Graduate:
    """Make changes by hand, field by field."""
    values: dict[str, Any] = {}
    for each in chosen:
        if each.kind is ChangeKind.LEVEL:
            values["skill_level"] = SkillLevel[each.value]
        if each.kind is ChangeKind.LICENCE:
            values["licences"] = (*values.get("licences", graduate.licences), each.value)
        if each.kind is ChangeKind.REGION:
            values["wish_regions"] = (*graduate.wish_regions, each.value)
    return replace(graduate, **values)


def at_best(graduate: Graduate, day: date) -> Graduate:
    """Give the graduate with whatever they could have by a day, as the contract words it."""
    public = {each.level for each in graduate.certificates if each.certified_by is None}
    held = max(public | {graduate.skill_level or LEVEL.APPRENTICE})
    is_senior_college = "技师学院" in graduate.college or "高级技工学校" in graduate.college
    better = held
    if held < INTERMEDIATE:
        better = INTERMEDIATE
    elif held == INTERMEDIATE and is_senior_college:
        better = SENIOR
    is_planned = graduate.expected_level == better and graduate.expected_on
    since = graduate.expected_on if is_planned else DAY
    may_learn = graduate.adult_on is None or graduate.adult_on <= day
    is_due = graduate.class_year == 2026 or day >= date(2026, 9, 1)
    return replace(
        graduate,
        skill_level=better if since <= day and is_due else graduate.skill_level,
        licences=LICENCES if may_learn else graduate.licences,
    )


class Asked:
    """A world, asked by the mask and by lists of the whole cohort, and as the program asks it."""

    def __init__(self, world: ChangeableWorld) -> None:
        self.world = world
        rng = np.random.default_rng(1)
        self._published = {post.post_id: (float(rng.random() / 3), 1.0) for post in world.posts}
        self._standing = cache(world.standing)
        self._market = cache(lambda day: world.market(day, published=self._published))
        self.list_of = cache(self._list_of)

    def may_take(self, graduate: Graduate, post: Post, day: date) -> bool:
        return bool(eligible_pairs([graduate], [post], self._standing(day), day)[0, 0])

    def _list_of(self, graduate: Graduate, day: date) -> list[str]:
        market = self.world.market(day, graduate, published=self._published)
        row = [each.graduate_id for each in market.graduates].index(graduate.graduate_id)
        return [market.posts[i].post_id for i in market.lists(TOP, HALF)[row] if i >= 0]

    def claim(self, graduate: Graduate, post: Post, *, listed: bool) -> tuple[Changes, Any]:
        """Give what could change, and the smallest set that the program finds."""

        def rules(who: Graduate, day: date) -> Sequence[RuleCheck]:
            return check_pair(who, post, self._standing(day), day)

        def suffices(chosen: Changes) -> bool:
            after, on = changed(graduate, chosen), day_of(chosen, DAY)
            if not all(rule.holds for rule in rules(after, on)):
                return False
            market = self._market(on)
            best = market.list_of(after, self._standing(on), TOP, HALF).best if listed else ()
            return not listed or post.post_id in {market.posts[i].post_id for i in best}

        every = changes_for(graduate, post, DAY, rules, ROUTES, self.world.reference)
        return every, smallest(every, DAY, suffices)


def in_any_order(world: ChangeableWorld) -> Iterator[tuple[Graduate, Post]]:
    pairs = list(product(world.graduates, world.posts))
    for i in np.random.default_rng(2).permutation(len(pairs)):
        yield pairs[i]


@pytest.mark.parametrize("listed", [False, True], ids=["to take the post", "to see it listed"])
def test_claims_reproduce_and_nothing_smaller_suffices(listed: bool) -> None:
    asked = Asked(make_changeable_world(5, 50, 60))
    sizes: Counter[int] = Counter()
    kinds: Counter[ChangeKind] = Counter()
    for graduate, post in in_any_order(asked.world):
        every, claimed = asked.claim(graduate, post, listed=listed)

        def suffices(some: Sequence[Change], who: Graduate = graduate, at: Post = post) -> bool:
            after, on = made(who, some), max([DAY, *(each.on for each in some)])
            if not asked.may_take(after, at, on):
                return False
            return not listed or at.post_id in asked.list_of(after, on)

        n_less = len(every) + 1 if claimed is None else len(claimed)
        assert not any(suffices(some) for n in range(n_less) for some in combinations(every, n))
        if claimed is None:
            continue
        assert suffices(claimed)
        if claimed:
            sizes[len(claimed)] += 1
            kinds.update(each.kind for each in claimed)
        if sizes.total() == N_CLAIMS:
            break
    assert sizes.total() == N_CLAIMS
    # The sample is worth its name: sets of several sizes, and every kind of change.
    assert min(sizes[1], sizes[2], sizes[3]) >= 10
    others = {ChangeKind.LEVEL, ChangeKind.LICENCE, ChangeKind.DAY}
    assert set(kinds) == (others | {ChangeKind.REGION} if listed else others)


def test_where_nothing_is_claimed_nobody_could_take_the_post_on_any_day() -> None:
    asked = Asked(make_changeable_world(6, 20, 20))
    n_none = 0
    for graduate, post in in_any_order(asked.world):
        claimed = asked.claim(graduate, post, listed=False)[1]
        could = any(asked.may_take(at_best(graduate, day), post, day) for day in DAYS)
        assert could == (claimed is not None)
        n_none += claimed is None
    assert 100 < n_none < 300
