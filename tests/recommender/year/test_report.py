"""Rates of a class year against a class small enough to count by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.afterwards import Destination, DestinationKind
from recommender.data import bulk, kept, schema, store
from recommender.domain import OutcomeStage, TrainingTier
from recommender.year import report_words as words
from recommender.year.report import Report, Whereabouts, line_facts, report
from tests.builders import DAY, make_graduate, make_outcome, make_post

WELDER, NURSE = "6-18-02-04", "4-10-01-03"
# The season of 2025 is over on the day of the tests, 15 May 2026.
SIGNED, STARTED = date(2025, 6, 1), date(2025, 7, 1)
STAGE = OutcomeStage


def people(n: int, **common: Any) -> list[Any]:
    return [make_graduate(graduate_id=f"G{i}", class_year=2025, **common) for i in range(1, n + 1)]


def keep(
    engine: Engine,
    graduates: Sequence[Any],
    steps: Sequence[tuple[int, str, OutcomeStage, date]] = (),
    went: Sequence[tuple[int, DestinationKind, date, str | None]] = (),
) -> None:
    posts = [
        make_post(post_id="weld", headcount=90, opens_on=date(2025, 4, 1)),
        make_post(post_id="nurse", headcount=90, occupation_code=NURSE, opens_on=date(2025, 4, 1)),
    ]
    gone = [
        Destination(graduate_id=f"G{n}", kind=kind, date=on, occupation_code=code)
        for n, kind, on, code in went
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=date(2025, 4, 1))
        store.save_graduates(conn, graduates)
        for n, post_id, stage, on in steps:
            made = make_outcome(graduate_id=f"G{n}", post_id=post_id, stage=stage, date=on)
            store.save_outcome(conn, made)
        bulk.insert(conn, schema.destinations, [kept.to_row(one) for one in gone])


def facts_of(found: Report, by: str = "all", name: str = "") -> dict[str, Any]:
    return next(line_facts(each) for each in found.lines if (each.by, each.name) == (by, name))


def where(engine: Engine, **options: Any) -> dict[str, int]:
    facts = facts_of(report(engine, day=DAY, **options))
    return {part.value: facts[f"n_{part.value}"] for part in Whereabouts if facts[f"n_{part}"]}


def test_nobody_has_no_rate(engine: Engine) -> None:
    assert report(engine, day=DAY).lines == ()


def test_of_whom_nobody_knows_is_unknown_and_not_unemployed(engine: Engine) -> None:
    keep(engine, people(1))
    assert where(engine) == {"unknown": 1}


@pytest.mark.parametrize(
    ("post_id", "stages", "expected"),
    [
        ("weld", (STAGE.SIGNED,), "in_trade"),
        ("nurse", (STAGE.SIGNED,), "off_trade"),
        ("weld", (STAGE.INTERESTED, STAGE.OFFERED), "unknown"),
        ("weld", (STAGE.SIGNED, STAGE.CANCELLED), "unknown"),
        ("weld", (STAGE.SIGNED, STAGE.STARTED, STAGE.LEFT), "unknown"),
    ],
)
def test_a_place_confirmed_and_not_ended_is_work(
    engine: Engine, post_id: str, stages: Sequence[OutcomeStage], expected: str
) -> None:
    steps = [(1, post_id, stage, date(2025, 6, 1 + n)) for n, stage in enumerate(stages)]
    keep(engine, people(1), steps)
    assert where(engine) == {expected: 1}


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        (DestinationKind.FURTHER_STUDY, None, "further_study"),
        (DestinationKind.ARMY, None, "army"),
        (DestinationKind.NOT_EMPLOYED, None, "not_employed"),
        (DestinationKind.OTHER_EMPLOYER, WELDER, "in_trade"),
        (DestinationKind.FLEXIBLE, NURSE, "off_trade"),
        (DestinationKind.OWN_BUSINESS, None, "work_untold"),
    ],
)
def test_a_destination_says_where_somebody_is(
    engine: Engine, kind: DestinationKind, code: str | None, expected: str
) -> None:
    keep(engine, people(1), went=[(1, kind, date(2025, 9, 1), code)])
    assert where(engine) == {expected: 1}


def test_what_was_said_last_counts(engine: Engine) -> None:
    # G1 signed, then went to study; G2 had no work, then signed.
    keep(
        engine,
        people(2),
        [(1, "weld", STAGE.SIGNED, SIGNED), (2, "weld", STAGE.SIGNED, SIGNED)],
        [
            (1, DestinationKind.FURTHER_STUDY, date(2025, 9, 1), None),
            (2, DestinationKind.NOT_EMPLOYED, date(2025, 5, 1), None),
        ],
    )
    assert where(engine) == {"further_study": 1, "in_trade": 1}


def test_a_trade_that_leads_nowhere_known_tells_nothing_of_the_trade(engine: Engine) -> None:
    keep(engine, people(1, trade="盆景造型"), [(1, "weld", STAGE.SIGNED, SIGNED)])
    with store.writing(engine) as conn:
        known = store.load_reference(conn)
        for pair in known.pairs_of("盆景造型"):
            store.save_pair(
                conn, known.trade_of("盆景造型"), pair.occupation_code, 0.0, "officer", DAY
            )
    assert where(engine) == {"work_untold": 1}


def test_who_was_hired_at_enrolment_is_at_work_until_something_else_is_said(engine: Engine) -> None:
    keep(
        engine,
        people(2, hired_at_enrolment=True),
        went=[(2, DestinationKind.ARMY, date(2025, 9, 1), None)],
    )
    assert where(engine) == {"work_untold": 1, "army": 1}


def class_of_ten(engine: Engine) -> None:
    """Store ten welders: 4 in the trade, 1 outside, 1 of whom nobody can tell, 1 each elsewhere.

    G1 to G5 started on 1 July 2025: G1 and G2 are still there, G3 left after 180 days and has
    work elsewhere in the trade, G4 was never reached, G5 (nurse) was not either. G10 started
    too and left in August.
    """
    steps = [(n, "weld", STAGE.STARTED, STARTED) for n in (1, 2, 3, 4, 10)]
    steps += [(5, "nurse", STAGE.STARTED, STARTED)]
    steps += [(n, "weld", STAGE.RETAINED, date(2025, 12, 28)) for n in (1, 2)]
    steps += [(3, "weld", STAGE.LEFT, date(2026, 2, 1)), (10, "weld", STAGE.LEFT, date(2025, 8, 9))]
    kind = DestinationKind
    went = [
        (3, kind.OTHER_EMPLOYER, date(2026, 3, 1), WELDER),
        (6, kind.OWN_BUSINESS, date(2025, 9, 1), None),
        (7, kind.FURTHER_STUDY, date(2025, 9, 1), None),
        (8, kind.ARMY, date(2025, 9, 1), None),
        (9, kind.NOT_EMPLOYED, date(2025, 9, 1), None),
    ]
    tiers = [TrainingTier.SENIOR] * 6 + [None] * 4
    graduates = [
        make_graduate(graduate_id=f"G{n}", class_year=2025, training_tier=tier)
        for n, tier in enumerate(tiers, start=1)
    ]
    keep(engine, graduates, steps, went)


def test_every_rate_and_what_it_is_a_share_of(engine: Engine) -> None:
    class_of_ten(engine)
    facts = facts_of(report(engine, day=DAY))
    # At work: G1 to G6. Not: study G7, army G8, no work G9, unknown G10.
    assert (facts["graduates"], facts["at_work"], facts["n_unknown"]) == (10, 6, 1)
    # Less study and army 8 remain.
    assert (facts["employment_rate"], facts["employment_of"]) == (6 / 8, 8)
    assert (facts["destination_rate"], facts["destination_of"]) == (8 / 10, 10)
    # In the trade G1 to G4, outside G5; of G6 nobody can tell.
    assert (facts["in_trade_rate"], facts["in_trade_of"]) == (4 / 5, 5)
    # Six starts. Stayed 180 days: G1, G2, G3. Left before: G10. Unknown: G4, G5.
    assert (facts["retention_rate"], facts["retention_of"]) == (3 / 4, 4)
    assert (facts["response_rate"], facts["response_of"]) == (round(4 / 6, 4), 6)
    assert (facts["stayed"], facts["left"], facts["unknown_stay"]) == (3, 1, 2)


def test_rates_come_by_college_trade_and_tier(engine: Engine) -> None:
    class_of_ten(engine)
    found = report(engine, day=DAY)
    groups = [(each.by, each.name) for each in found.lines]
    assert groups == [
        ("all", ""),
        ("college", "示例技师学院"),
        ("trade", "焊接加工"),
        ("tier", ""),
        ("tier", "senior"),
    ]
    senior = facts_of(found, "tier", "senior")
    assert (senior["graduates"], senior["at_work"], senior["employment_rate"]) == (6, 6, 1)


def test_180_days_that_are_not_over_count_for_nothing(engine: Engine) -> None:
    class_of_ten(engine)
    early = facts_of(report(engine, day=date(2025, 12, 27), class_year=2025))
    assert (early["starts"], early["retention_rate"]) == (0, None)


def test_only_the_colleges_of_the_reader_are_counted(engine: Engine) -> None:
    class_of_ten(engine)
    assert report(engine, day=DAY, colleges={"另一技师学院"}).lines == ()


def test_who_may_not_know_small_counts_reads_none(engine: Engine) -> None:
    class_of_ten(engine)
    found = report(engine, day=DAY, exact=False)
    (line,) = found.lines
    assert line.by == "college"
    facts = line_facts(line)
    # Ten people are told; of those, 1 and 6 are not, and nobody is left to tell them from.
    assert facts.pop("graduates") == 10
    assert {name: each for name, each in facts.items() if each and name not in ("by", "name")} == {
        "destination_of": 10
    }
    table = words.report_table(found)
    assert "1 至 9" in table.notes[-1]
    assert next(iter(words.report_lines(found))).startswith("示例技师学院 2025: 就业率 - (*)")


def test_a_rough_rate_is_told_where_neither_side_is_small(engine: Engine) -> None:
    # 30 in the trade and 11 outside: 30/41 = 0.73, told as 0.75; of 9 outside nothing.
    for n_off, expected in ((11, 0.75), (9, None)):
        steps = [(n, "weld", STAGE.SIGNED, SIGNED) for n in range(1, 31)]
        steps += [(n, "nurse", STAGE.SIGNED, SIGNED) for n in range(31, 31 + n_off)]
        college = f"有{n_off}人的学院"
        graduates = [
            make_graduate(graduate_id=f"{college}{n}", college=college, class_year=2025)
            for n in range(1, 31 + n_off)
        ]
        with store.writing(engine) as conn:
            store.save_posts(
                conn,
                [
                    make_post(post_id=post_id, occupation_code=code, headcount=99)
                    for post_id, code in (("weld", WELDER), ("nurse", NURSE))
                ],
                day=date(2025, 4, 1),
            )
            store.save_graduates(conn, graduates)
            for n, post_id, stage, on in steps:
                made = make_outcome(
                    graduate_id=f"{college}{n}", post_id=post_id, stage=stage, date=on
                )
                store.save_outcome(conn, made)
        found = report(engine, day=DAY, colleges={college}, exact=False)
        assert facts_of(found, "college", college)["in_trade_rate"] == expected
