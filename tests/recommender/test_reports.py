from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender import reports
from recommender.data import apprentices, store
from recommender.domain import (
    OutcomeStage,
    Pair,
    Reference,
    ShortageLevel,
    SkillCertificate,
    SkillLevel,
    TrainingResult,
)
from tests.builders import (
    DAY,
    OTHER_CREDIT_CODE,
    make_apprentice,
    make_graduate,
    make_member,
    make_outcome,
    make_post,
)

WELDER, BRAZER = "6-18-02-04", "6-18-02-05"
JINING, WEIFANG = "370800", "370700"


def keep(engine: Engine, *, posts: Any = (), graduates: Any = (), steps: Any = ()) -> None:
    with store.writing(engine) as conn:
        store.save_posts(conn, list(posts), day=date(2026, 1, 1))
        store.save_graduates(conn, list(graduates))
        for step in steps:
            store.save_outcome(conn, step)


def decide_welding(engine: Engine) -> None:
    """Let 焊接加工 lead to the welder with 0.8 and to the brazer with 0.2, nothing else."""
    with store.writing(engine) as conn:
        for code, weight in ((WELDER, 0.8), (BRAZER, 0.2), ("6-18-01-11", 0.0)):
            store.save_pair(conn, "焊接加工", code, weight, "officer", DAY)


def table_of(engine: Engine, language: str = "zh") -> dict[tuple[str, str], dict[str, Any]]:
    table = reports.guidance(engine, day=DAY, language=language)
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return {(row["occupation_code"], row["city_code"]): row for row in rows}


# --- the guidance catalog ---------------------------------------------------------------------


def test_an_empty_database_gives_an_empty_catalog(engine: Engine) -> None:
    table = reports.guidance(engine, day=DAY)
    assert table.rows == []
    assert set(table.titles) == set(table.columns)


@pytest.mark.parametrize(
    "post",
    [
        make_post(opens_on=DAY + timedelta(days=1)),
        make_post(closes_on=DAY - timedelta(days=1)),
        make_post(withdrawn_on=DAY),
    ],
)
def test_a_post_that_is_not_open_is_no_demand(engine: Engine, post: Any) -> None:
    keep(engine, posts=[post])
    assert table_of(engine) == {}


@pytest.mark.parametrize(
    "graduate",
    [
        make_graduate(class_year=2025),
        make_graduate(class_year=2027),
        make_graduate(hired_at_enrolment=True),
    ],
)
def test_another_class_year_or_who_was_hired_at_enrolment_is_no_supply(
    engine: Engine, graduate: Any
) -> None:
    keep(engine, graduates=[graduate])
    assert table_of(engine) == {}


def test_who_is_placed_is_no_supply_and_takes_a_place_of_the_demand(engine: Engine) -> None:
    keep(
        engine, posts=[make_post(headcount=3)], graduates=[make_graduate()], steps=[make_outcome()]
    )
    (row,) = table_of(engine).values()
    assert (row["demand"], row["supply"], row["ratio"]) == (2, 0, None)


def test_who_does_not_consent_still_counts_as_supply(engine: Engine) -> None:
    keep(engine, graduates=[make_graduate(consent=False)])
    assert sum(row["supply"] for row in table_of(engine).values()) == pytest.approx(1)


def test_one_seeker_is_split_by_weight_and_over_cities(engine: Engine) -> None:
    decide_welding(engine)
    # Home in a county of Jining and a wish for the same city: once. With Weifang: two cities.
    keep(
        engine,
        graduates=[make_graduate(home_region="370811", wish_regions=(JINING, WEIFANG))],
        posts=[make_post(headcount=3)],
    )
    rows = table_of(engine)
    # The weights add up to 1 already; half of each share in each city.
    assert {key: row["supply"] for key, row in rows.items()} == {
        (WELDER, JINING): 0.4,
        (WELDER, WEIFANG): 0.4,
        (BRAZER, JINING): 0.1,
        (BRAZER, WEIFANG): 0.1,
    }
    # Three places over 0.4 seekers.
    assert rows[WELDER, JINING]["ratio"] == 7.5
    assert rows[WELDER, WEIFANG]["ratio"] == 0.0


def test_supply_is_told_by_the_highest_level_held(engine: Engine) -> None:
    decide_welding(engine)
    levels = {
        "G1": make_graduate(graduate_id="G1", skill_level=None),
        "G2": make_graduate(graduate_id="G2", skill_level=SkillLevel.JUNIOR_WORKER),
        "G3": make_graduate(
            graduate_id="G3",
            skill_level=SkillLevel.INTERMEDIATE_WORKER,
            certificates=(
                SkillCertificate(occupation_code=WELDER, level=SkillLevel.SENIOR_WORKER),
            ),
        ),
        "G4": make_graduate(graduate_id="G4", skill_level=SkillLevel.TECHNICIAN),
    }
    keep(engine, graduates=levels.values())
    row = table_of(engine)[WELDER, JINING]
    assert {name: row[name] for name in reports.LEVEL_GROUPS} == {
        "supply_junior": 0.8,
        "supply_intermediate": 0,
        "supply_senior": 0.8,
        "supply_technician": 0.8,
        "supply_unstated": 0.8,
    }
    assert row["supply"] == 3.2


def test_posts_enterprises_pay_and_scarcity_are_gathered(engine: Engine) -> None:
    keep(
        engine,
        posts=[
            make_post(post_id="P1", monthly_pay_min=5000, monthly_pay_max=7000),
            make_post(post_id="P2", monthly_pay_min=4500, shortage_level=ShortageLevel.VERY_SHORT),
            make_post(
                post_id="P3",
                credit_code=OTHER_CREDIT_CODE,
                region_code="370811",
                shortage_level=ShortageLevel.ORDINARY,
            ),
        ],
    )
    (row,) = table_of(engine).values()
    assert (row["posts"], row["enterprises"], row["demand"]) == (3, 2, 6)
    assert (row["monthly_pay_min"], row["monthly_pay_max"]) == (4500, 7000)
    assert (row["shortage_level"], row["city"]) == ("特别紧缺", "济宁市")


def test_what_cannot_be_told_stands_in_rows_of_its_own(engine: Engine) -> None:
    keep(
        engine,
        posts=[
            make_post(post_id="P1", region_code="320500"),
            make_post(post_id="P2", occupation_code="6-99-01-01", occupation="新职业"),
        ],
        graduates=[make_graduate(home_region=None)],
    )
    decide_welding(engine)
    rows = table_of(engine)
    assert rows[WELDER, "320000"]["city"] == "江苏省"
    assert rows["6-99-01-01", JINING]["occupation"] == "新职业"
    assert (rows[WELDER, ""]["city"], rows[WELDER, ""]["supply"]) == ("未对应", 0.8)


def test_the_catalog_says_that_small_numbers_are_not_suppressed(engine: Engine) -> None:
    chinese = reports.guidance(engine, day=DAY)
    english = reports.guidance(engine, day=DAY, language="en")
    assert any("未对小数值作隐藏处理" in note for note in chinese.notes)
    assert any("not suppressed" in note for note in english.notes)
    assert chinese.columns == english.columns
    assert chinese.titles["demand"] == "剩余名额"


LEVELS = ("junior", "intermediate", "senior", "technician", "unstated")


def levels(row: dict[str, Any], what: str) -> list[float]:
    return [row.get(f"{what}_{level}", 0) for level in LEVELS]


def test_what_an_enterprise_certified_itself_is_no_level_of_the_supply(engine: Engine) -> None:
    decide_welding(engine)
    own = SkillCertificate(
        occupation_code=WELDER, level=SkillLevel.TECHNICIAN, certified_by=OTHER_CREDIT_CODE
    )
    keep(engine, graduates=[make_graduate(certificates=(own,), home_region=JINING)])
    # An intermediate worker by the public certificate, split 0.8 to 0.2.
    assert levels(table_of(engine)[WELDER, JINING], "supply") == [0, 0.8, 0, 0, 0]


def test_apprentices_enter_by_level_only_where_their_enterprise_is(engine: Engine) -> None:
    learners = [
        make_apprentice(),
        make_apprentice(apprentice_id="X2", result=TrainingResult.PASSED),
        make_apprentice(apprentice_id="X3", ends_on=date(2026, 5, 1)),  # no result yet
        make_apprentice(apprentice_id="X4", target_level=SkillLevel.TECHNICIAN),
        make_apprentice(apprentice_id="X5", credit_code=OTHER_CREDIT_CODE),  # nobody knows where
        # These bring nothing this class year.
        make_apprentice(apprentice_id="X6", result=TrainingResult.FAILED),
        make_apprentice(apprentice_id="X7", result=TrainingResult.LEFT),
        make_apprentice(apprentice_id="X8", ends_on=date(2026, 9, 1)),
        make_apprentice(apprentice_id="X9", starts_on=date(2026, 5, 16)),
    ]
    with store.writing(engine) as conn:
        apprentices.save_apprentices(conn, learners, day=DAY)
        store.save_members(conn, [make_member(region=WEIFANG)])
    keep(engine, posts=[make_post(headcount=3)])
    table = table_of(engine)
    # The enterprise is a member in Weifang, whatever city its post is in.
    assert levels(table[WELDER, WEIFANG], "apprentices") == [0, 0, 3, 1, 0]
    assert levels(table[WELDER, ""], "apprentices") == [0, 0, 1, 0, 0]
    assert levels(table[WELDER, JINING], "apprentices") == [0, 0, 0, 0, 0]
    # They take no open place and seek none.
    assert [(row["demand"], row["supply"], row["ratio"]) for row in table.values()] == [
        (0, 0, None),
        (3, 0, None),
        (0, 0, None),
    ]


def test_hired_at_enrolment_and_enrolled_when_hired_are_two_facts(
    engine: Engine, tmp_path: Path
) -> None:
    keep(
        engine,
        graduates=[
            make_graduate(hired_at_enrolment=True),
            make_graduate(graduate_id="G2"),
            make_graduate(graduate_id="G3", hired_at_enrolment=True, class_year=2025),
        ],
    )
    examined = {"result": TrainingResult.PASSED, "examined_on": date(2026, 5, 16)}
    learners = [
        make_apprentice(),
        make_apprentice(apprentice_id="X2", result=TrainingResult.PASSED),
        make_apprentice(apprentice_id="X3", **examined),  # from tomorrow on
    ]
    with store.writing(engine) as conn:
        apprentices.save_apprentices(conn, learners, day=DAY)
    now = reports.status(engine, tmp_path, day=DAY)
    assert (now["hired_at_enrolment"], now["imported"]["apprentices"]) == (1, 3)
    assert now["apprentices"] == {
        "to_begin": 0,
        "in_training": 2,
        "awaited": 0,
        "passed": 1,
        "failed": 0,
        "left": 0,
    }
    said = set(reports.status_lines(now))
    assert {"招生即招工（本届）: 1", "在培学徒: 2", "学徒合格: 1"} <= said


def test_shares_add_up_to_one_and_a_trade_that_leads_nowhere_keeps_its_seeker() -> None:
    pairs = (Pair("6-18-01-01", 1.0, "standard"), Pair("6-18-01-02", 0.5, "knowledge"))
    known = Reference(pairs={"数控加工": pairs, "无对应": ()})
    assert reports.occupation_shares("数控加工", known) == pytest.approx(
        {"6-18-01-01": 2 / 3, "6-18-01-02": 1 / 3}
    )
    assert reports.occupation_shares("无对应", known) == {"": 1.0}
    assert reports.occupation_shares("没有的专业", known) == {"": 1.0}


# --- where everything stands ------------------------------------------------------------------


def test_an_empty_installation_says_what_is_due(engine: Engine, tmp_path: Path) -> None:
    now = reports.status(engine, tmp_path / "models", day=DAY)
    assert (now["published"], now["last_night"], now["last_import"]) == (None, None, None)
    assert now["open"] == {"posts": 0, "places": 0}
    assert now["due"] == {"retained": 0, "retrain": True}
    assert {"毕业生: 0", "当前版本: -"} <= set(reports.status_lines(now))


def test_open_places_are_less_what_is_confirmed(engine: Engine, tmp_path: Path) -> None:
    keep(
        engine, posts=[make_post(headcount=3)], graduates=[make_graduate()], steps=[make_outcome()]
    )
    now = reports.status(engine, tmp_path / "models", day=DAY)
    assert now["open"] == {"posts": 1, "places": 2}


def test_a_trade_that_nobody_decided_on_is_listed_until_somebody_does(
    engine: Engine, tmp_path: Path
) -> None:
    keep(engine, graduates=[make_graduate(trade="焊工精英班")])
    (unmapped,) = reports.status(engine, tmp_path, day=DAY)["unmapped_trades"]
    assert (unmapped["name"], unmapped["graduates"]) == ("焊工精英班", 1)
    with store.writing(engine) as conn:
        store.save_trade(conn, "焊工精英班", "焊接加工", "甲", DAY)
    now = reports.status(engine, tmp_path, day=DAY)
    assert now["unmapped_trades"] == []
    assert now["decisions"][0]["author"] == "甲"
    assert any("焊工精英班 → 焊接加工" in line for line in reports.status_lines(now))


STARTED = date(2025, 7, 1)  # 180 days later: 28 December 2025


@pytest.mark.parametrize(
    ("later", "day", "is_due"),
    [
        ([], date(2025, 12, 27), False),
        ([], date(2025, 12, 28), True),
        ([OutcomeStage.RETAINED], date(2026, 1, 5), False),
        ([OutcomeStage.LEFT], date(2026, 1, 5), False),
    ],
)
def test_retention_is_due_on_the_180th_day_until_it_is_answered(
    later: list[OutcomeStage], day: date, is_due: bool
) -> None:
    steps = [make_outcome(stage=OutcomeStage.STARTED, date=STARTED)]
    steps += [make_outcome(stage=stage, date=STARTED + timedelta(days=181)) for stage in later]
    assert bool(reports.due_retentions(steps, day)) is is_due


def test_who_left_and_came_back_is_asked_about_again() -> None:
    steps = [
        make_outcome(stage=OutcomeStage.STARTED, date=date(2025, 1, 1)),
        make_outcome(stage=OutcomeStage.LEFT, date=date(2025, 3, 1)),
        make_outcome(stage=OutcomeStage.STARTED, date=STARTED),
    ]
    assert reports.due_retentions(steps, DAY) == [("G1", "P1")]


# --- the journal ------------------------------------------------------------------------------


def night(day: date, **facts: Any) -> store.Night:
    values: dict[str, Any] = {
        "day": day,
        "started_at": datetime(day.year, day.month, day.day, 18, 30, tzinfo=UTC),
        "verdict": "published",
        "published": "model",
        "version": 3,
        "digest": "",
        "facts": {"n": 1},
    }
    return store.Night(**values | facts)


def test_a_night_is_one_line_with_its_digest(engine: Engine) -> None:
    with store.writing(engine) as conn:
        store.append_night(conn, night(date(2026, 5, 13)))
        store.append_night(
            conn,
            night(
                date(2026, 5, 14),
                verdict="refused",
                published=None,
                version=None,
                digest="甲。\n乙。",
            ),
        )
    first, second = reports.journal(engine)
    assert reports.night_line(first) == "2026-05-13  published  model  v3  "
    assert reports.night_line(second) == "2026-05-14  refused  -  -  甲。 乙。"
    assert first["started_at"] == "2026-05-13T18:30:00+00:00"
    assert reports.journal(engine, limit=1) == [second]
