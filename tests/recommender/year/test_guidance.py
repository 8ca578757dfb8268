"""The catalog's working state against a market small enough to count by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.afterwards import Destination, DestinationKind
from recommender.data import apprentices, bulk, kept, schema, store
from recommender.domain import OutcomeStage, SkillLevel, TrainingMode
from recommender.year.guidance import LEVELS, Line, working_state
from tests.builders import (
    DAY,
    OTHER_CREDIT_CODE,
    make_apprentice,
    make_graduate,
    make_outcome,
    make_post,
)

WELDER, BRAZER = "6-18-02-04", "6-18-02-05"
JINING, WEIFANG = "370800", "370700"


def keep(
    engine: Engine,
    *,
    posts: Sequence[Any] = (),
    graduates: Sequence[Any] = (),
    steps: Sequence[Any] = (),
    went: Sequence[Destination] = (),
    on: date = date(2026, 1, 1),
) -> None:
    """Store a market in which 焊接加工 leads to the welder with 0.8 and the brazer with 0.2."""
    with store.writing(engine) as conn:
        for code, weight in ((WELDER, 0.8), (BRAZER, 0.2), ("6-18-01-11", 0.0)):
            store.save_pair(conn, "焊接加工", code, weight, "officer", DAY)
        store.save_posts(conn, list(posts), day=on)
        store.save_graduates(conn, list(graduates))
        for step in steps:
            store.save_outcome(conn, step)
        bulk.insert(conn, schema.destinations, [kept.to_row(one) for one in went])


def welders(n: int, **common: Any) -> list[Any]:
    start = common.pop("start", 1)
    return [make_graduate(graduate_id=f"G{i:03}", **common) for i in range(start, start + n)]


def line_of(engine: Engine, code: str = WELDER, city: str = JINING, **options: Any) -> Line:
    found = working_state(engine, day=DAY, **options)
    return next(e for e in found.lines if (e.occupation_code, e.city_code) == (code, city))


def levels(line: Line, which: str = "now") -> dict[str, float | None]:
    supply = getattr(line, which)
    return {name: n for name, n in zip(LEVELS, supply.by_level, strict=True) if n}


def test_an_empty_database_gives_an_empty_catalog(engine: Engine) -> None:
    found = working_state(engine, day=DAY)
    assert (found.lines, found.class_year, found.knows_later) == ((), 2026, False)


@pytest.mark.parametrize(
    "kind", [DestinationKind.FURTHER_STUDY, DestinationKind.ARMY, DestinationKind.OTHER_EMPLOYER]
)
def test_who_went_elsewhere_does_not_seek(engine: Engine, kind: DestinationKind) -> None:
    went = [
        Destination(graduate_id="G001", kind=kind, date=DAY),
        Destination(graduate_id="G002", kind=DestinationKind.NOT_EMPLOYED, date=DAY),
    ]
    keep(engine, graduates=welders(2), went=went)
    # Of G001 nothing is left; G002 seeks: 0.8 of one.
    assert line_of(engine).now.total == pytest.approx(0.8)


def test_supply_of_both_class_years_by_level_and_openings_per_seeker(engine: Engine) -> None:
    senior = SkillLevel.SENIOR_WORKER
    later = welders(2, start=50, class_year=2027, expected_level=senior)
    keep(
        engine,
        posts=[make_post(headcount=4)],
        graduates=[*welders(3), *welders(1, start=10, skill_level=None), *later],
    )
    line = line_of(engine)
    # Four seek now, 0.8 of each; of the next year two, who will hold what they expect.
    assert levels(line) == {"intermediate": pytest.approx(2.4), "unstated": pytest.approx(0.8)}
    assert levels(line, "later") == {"senior": pytest.approx(1.6)}
    assert line.ratio == pytest.approx(4 / 3.2)
    # All of it is one enterprise's: drawn alone it is itself. 4 - 3.2, and 4 - 1.6 next year.
    assert line.short_now.value == pytest.approx(0.8)
    assert line.short_later.value == pytest.approx(2.4)
    total = sum(e.now.total or 0 for e in working_state(engine, day=DAY).lines)
    assert total == pytest.approx(4)


def test_the_interval_comes_from_enterprises_and_graduates_drawn_again(engine: Engine) -> None:
    # Two enterprises with 10 places each: any two drawn have 20. Five graduates, all alike,
    # always add up to 4.
    posts = [
        make_post(headcount=10),
        make_post(post_id="P2", headcount=10, credit_code=OTHER_CREDIT_CODE),
    ]
    keep(engine, posts=posts, graduates=welders(5))
    gap = line_of(engine).short_now
    assert (gap.value, gap.low, gap.high) == (pytest.approx(16), pytest.approx(16), 16)
    posts[1] = make_post(post_id="P2", headcount=30, credit_code=OTHER_CREDIT_CODE)
    keep(engine, posts=posts, on=date(2026, 1, 2))
    gap = line_of(engine).short_now
    # 10 and 30: twice the one is 20, twice the other 60, in a quarter of the draws each.
    assert (gap.value, gap.low, gap.high) == pytest.approx((36, 16, 56))
    assert line_of(engine).short_now == gap


def test_pay_is_the_median_of_the_middles(engine: Engine) -> None:
    pay = [(4000, 6000), (7000, None), (None, None), (5500, 6500)]
    posts = [
        make_post(post_id=f"P{n}", monthly_pay_min=low, monthly_pay_max=high)
        for n, (low, high) in enumerate(pay)
    ]
    keep(engine, posts=posts)
    assert line_of(engine).pay == 6000  # of 5000, 7000 and 6000


def test_how_long_posts_stay_open_and_how_fast_they_fill(engine: Engine) -> None:
    keep(engine, posts=[make_post(opens_on=date(2026, 3, 1), headcount=2)])
    # Issued again for later days: wanted since 1 March all along.
    later = make_post(opens_on=date(2026, 5, 1), headcount=2)
    keep(engine, posts=[later], on=date(2026, 5, 1))
    line = line_of(engine)
    # 30 days of March, 30 of April, 15 of May until the 15th.
    assert (line.open_days, line.filled_days, line.places, line.asked) == (75, None, 2, 2)
    signed = [
        make_outcome(graduate_id=f"G00{n}", stage=OutcomeStage.SIGNED, date=date(2026, 5, day))
        for n, day in ((1, 2), (2, 10))
    ]
    keep(engine, graduates=welders(2), steps=signed)
    line = line_of(engine)
    # Its last place went on 10 May, 70 days after 1 March; nothing waits any more.
    assert (line.open_days, line.filled_days, line.places) == (None, 70, 0)
    assert line_of(engine, exact=False).filled_days is None  # one post: too few to be told of


def test_small_counts_are_hidden_and_nothing_else_tells_them(engine: Engine) -> None:
    # 20 intermediate and 5 senior welders: 16 and 4 for the welder, 4 and 1 for the brazer.
    senior = SkillLevel.SENIOR_WORKER
    more = welders(5, start=50, skill_level=senior)
    keep(engine, posts=[make_post(headcount=40)], graduates=[*welders(20), *more])
    line = line_of(engine, exact=False)
    assert line.now.total == 20  # 20 of 25 times 0.8
    assert levels(line) == {}  # 4 are hidden, and 16 so that they are not the rest
    assert line.ratio == 2  # of the 20 that are published
    assert line.short_now.value == 20
    assert (line.short_now.seek_low, line.short_now.seek_high) == (15, 24)
    brazer = line_of(engine, BRAZER, exact=False)
    assert (brazer.now.total, brazer.ratio, brazer.short_now.value) == (None, None, None)
    # 5 times 0.2 is hidden: 1 to 9 for all that the interval says.
    assert brazer.short_now.low < -8
    assert (brazer.short_now.seek_low, brazer.short_now.seek_high) == (1, 9)
    # Equal publications have equal intervals, whatever was hidden: nine seniors for five.
    keep(engine, graduates=welders(3, start=90, skill_level=senior))
    assert line_of(engine, exact=False) == line


def test_only_colleges_of_the_reader_are_supply_and_are_named(engine: Engine) -> None:
    other = welders(3, start=50, college="另一技师学院")
    keep(engine, posts=[make_post(headcount=90)], graduates=[*welders(2), *other])
    own = line_of(engine, colleges={"示例技师学院"})
    assert own.now.total == pytest.approx(1.6)
    assert {each.college for each in own.teachers} == {"示例技师学院"}
    assert [e.college for e in line_of(engine).teachers] == ["另一技师学院", "示例技师学院"]
    nobody = line_of(engine, colleges=frozenset())
    assert (nobody.now.total, nobody.teachers, nobody.mode_rule) == (0, (), "not_taught")


@pytest.mark.parametrize(
    ("changes", "n_seekers", "expected"),
    [
        ({"headcount": 3}, 5, (None, None)),  # 4 seek
        ({"headcount": 9, "training_mode": TrainingMode.ORDER}, 1, ("order", "asked")),
        ({"headcount": 9, "training_mode": TrainingMode.DIRECT}, 1, ("post_specific", "few")),
        ({"headcount": 9}, 0, ("apprenticeship", "not_taught")),
        ({"headcount": 90}, 1, ("order", "one_enterprise")),
    ],
)
def test_a_way_of_training_is_proposed_by_the_first_rule_that_holds(
    engine: Engine, changes: Any, n_seekers: int, expected: tuple[str | None, str | None]
) -> None:
    keep(engine, posts=[make_post(**changes)], graduates=welders(n_seekers))
    line = line_of(engine)
    assert (line.mode, line.mode_rule) == expected


@pytest.mark.parametrize(("chain", "rule"), [("高端装备", "one_chain"), (None, "many")])
def test_many_enterprises_of_one_chain_or_of_none(
    engine: Engine, chain: str | None, rule: str
) -> None:
    posts = [
        make_post(post_id=f"P{n}", headcount=20, credit_code=f"code-{n}", industry_chain=chain)
        for n in range(3)
    ]
    keep(engine, posts=posts, graduates=welders(1))
    assert line_of(engine).mode_rule == rule


def test_apprentices_are_told_by_target_level_and_seek_nothing(engine: Engine) -> None:
    technician = SkillLevel.TECHNICIAN
    learners = [make_apprentice(apprentice_id=f"X{n}") for n in range(12)]
    learners += [make_apprentice(apprentice_id="T", target_level=technician)]
    keep(engine, posts=[make_post(headcount=40)])
    with store.writing(engine) as conn:
        apprentices.save_apprentices(conn, learners, day=DAY)
    line = line_of(engine)
    assert levels(line, "learners") == {"senior": 12, "technician": 1}
    assert (line.now.total, line.short_now.value) == (0, 40)
    # 13 are 10; the one technician is hidden, and the seniors so that they are not the rest.
    public = line_of(engine, exact=False)
    assert (public.learners.total, levels(public, "learners")) == (10, {})
    assert line_of(engine, colleges={"另一技师学院"}).learners.total == 0
