"""Codes that change, from the sheet to the answers: refusals, warnings, nobody loses every post."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from recommender import access, intake, recodings
from recommender.__main__ import program
from recommender.data import store
from recommender.errors import ImportRefused, NotFound
from recommender.evaluation.feed import Feed, check_input
from recommender.evaluation.limits import load_limits
from recommender.evaluation.verdict import Effect
from recommender.settings import sqlite_url
from tests.builders import DAY, make_graduate, make_post

WELDER = "6-18-02-04"
HEADER = "代码表,变更方式,旧代码,新代码,新名称,权重,起始日期,依据"
SPLIT = (
    f"职业,拆分,{WELDER},6-18-02-91,机器人焊工,75%,2026-01-01,示例〔2026〕1号",
    f"职业,拆分,{WELDER},6-18-09-92,水下焊工,0.25,2026-01-01,示例〔2026〕1号",
)
# 电子商务 is a trade of the table that leads to no welder's post.
TO_OTHER_TRADE = "专业,更名,焊接加工,电子商务,,,2026-01-01,示例〔2026〕1号"

Sheet = Callable[..., Path]


@pytest.fixture
def world(sqlite_engine: Engine) -> Engine:
    """Give a welder with a post, an electrician with another, and one without consent."""
    people = [
        make_graduate(graduate_id="W"),
        make_graduate(graduate_id="N", consent=False),
        make_graduate(graduate_id="E", trade="电气自动化设备安装与维修"),
    ]
    posts = [make_post(), make_post(post_id="P2", occupation_code="6-31-01-03")]
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, posts, day=DAY)
        store.save_graduates(conn, people)
    return sqlite_engine


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    def write(*rows: str, header: str = HEADER, name: str = "变更.csv") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def refused(engine: Engine, path: Path) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefused) as refusal:
        intake.import_files(engine, [path], day=DAY)
    assert recodings.list_changes(engine) == []
    return [(each.row, each.column, each.code) for each in refusal.value.problems]


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (f"职业,更名,{WELDER},,,,2026-01-01,文", "new_code", "missing"),
        (f"职业,更名,{WELDER},6-99-99-99,,,2026-01-01,文", "new_name", "missing"),
        (f"职业,更名,{WELDER},六,新,,2026-01-01,文", "new_code", "not_an_occupation_code"),
        (f"职业,拆分,{WELDER},6-18-01-11,,,2026-01-01,文", "weight", "missing"),
        (f"职业,拆分,{WELDER},6-18-01-11,,1.2,2026-01-01,文", "weight", "not_a_part"),
        (f"职业,更名,{WELDER},{WELDER},,,2026-01-01,文", "new_code", "code_cycle"),
        ("专业,升级,焊接加工,智能焊接,,,2026-01-01,文", "kind", "unknown_word"),
    ],
)
def test_a_row_that_cannot_be_is_refused(
    world: Engine, sheet: Sheet, row: str, column: str, code: str
) -> None:
    assert (2, column, code) in refused(world, sheet(row))


def test_a_circle_over_two_sheets_is_refused_and_nothing_is_kept(
    world: Engine, sheet: Sheet
) -> None:
    intake.import_files(
        world, [sheet(f"职业,更名,{WELDER},6-18-02-91,新焊工,,2026-01-01,文")], day=DAY
    )
    with pytest.raises(ImportRefused) as refusal:
        intake.import_files(
            world,
            [sheet(f"职业,更名,6-18-02-91,{WELDER},,,2027-01-01,文", name="二.csv")],
            day=DAY,
        )
    (problem,) = refusal.value.problems
    assert (problem.code, problem.row) == ("code_cycle", 2)
    assert len(recodings.list_changes(world)) == 1


def test_a_change_that_leaves_somebody_without_a_post_is_refused_by_name(
    world: Engine, sheet: Sheet
) -> None:
    path = sheet(TO_OTHER_TRADE)
    with pytest.raises(ImportRefused) as refusal:
        intake.import_files(world, [path], day=DAY, dry_run=True)
    (problem,) = refusal.value.problems
    # N had no eligible post before, and E keeps hers.
    assert (problem.code, problem.facts) == ("strands_graduates", ("1", "W"))
    assert recodings.would_strand(world, [path], day=DAY) == ["W"]
    intake.import_files(world, [path], day=DAY, allow_stranded=True)
    assert [each.new_code for each in recodings.list_changes(world)] == ["电子商务"]


def test_a_code_that_nobody_knows_is_not_answered(world: Engine) -> None:
    with pytest.raises(NotFound):
        recodings.look_up(world, "occupation", "6-99-99-99", day=DAY)
    with pytest.raises(NotFound):
        recodings.look_up(world, "grade", WELDER, day=DAY)


# --- what works ---------------------------------------------------------------------------------


def test_a_split_is_kept_answered_and_told_to_who_uses_the_old_code(
    world: Engine, sheet: Sheet
) -> None:
    path = sheet(*SPLIT)
    assert intake.import_files(world, [path], day=DAY).sheets[0].added == 2
    assert intake.import_files(world, [path], day=DAY).sheets[0].unchanged == 2
    found = recodings.look_up(world, "occupation", WELDER, day=DAY)
    assert found.counts_as == (
        ("6-18-02-91", "机器人焊工", 0.75),
        ("6-18-09-92", "水下焊工", 0.25),
    )
    assert (found.name, found.changed_on) == ("焊工", date(2026, 1, 1))
    before = recodings.look_up(world, "occupation", WELDER, day=date(2025, 12, 31))
    assert (before.counts_as, before.warning) == (((WELDER, "焊工", 1.0),), None)

    catalog = sheet(
        f"P9,示例机械有限公司,91370800MA3X00001H,{WELDER},济宁市,2,2026-04-01,2026-06-30",
        "P8,示例机械有限公司,91370800MA3X00001H,6-18-02-91,济宁市,2,2026-04-01,2026-06-30",
        header="岗位编号,企业名称,统一社会信用代码,职业编码,工作地点,需求人数,生效日期,截止日期",
        name="目录.csv",
    )
    warnings = intake.import_files(world, [catalog], day=DAY).sheets[0].warnings
    # The new code is in no table, but the change names it: only the old one is told.
    assert [(each.row, each.code) for each in warnings] == [(2, "code_changed")]
    assert "6-18-02-91 机器人焊工 0.75" in warnings[0].facts[2]


def test_a_sheet_replaces_all_that_was_said_of_a_code(world: Engine, sheet: Sheet) -> None:
    intake.import_files(world, [sheet(*SPLIT)], day=DAY)
    rename = sheet(f"职业,更名,{WELDER},6-18-02-91,机器人焊工,,2026-01-01,文", name="二.csv")
    assert intake.import_files(world, [rename], day=DAY).sheets[0].changed == 1
    found = recodings.look_up(world, "occupation", WELDER, day=DAY)
    assert found.counts_as == (("6-18-02-91", "机器人焊工", 1.0),)


def test_a_new_trade_is_not_read_as_its_nearest_and_a_code_of_six_digits_is_a_trade(
    world: Engine, sheet: Sheet
) -> None:
    rows = (
        "专业,更名,焊接加工,智能焊接制造,,,2026-01-01,文",
        "专业,撤销,610101,,,,2026-01-01,文",
    )
    intake.import_files(world, [sheet(*rows)], day=DAY)
    with store.writing(world) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="X", trade="智能焊接制造")])
    with store.reading(world) as conn:
        known = store.load_reference(conn, day=DAY)
    assert known.trade_of("焊接加工") == known.trade_of("智能焊接制造") == "智能焊接制造"
    assert WELDER in {pair.occupation_code for pair in known.pairs_of("智能焊接制造")}
    retired = recodings.look_up(world, "trade", "610101", day=DAY)
    assert (retired.code, retired.warning and retired.warning.code) == (
        "种子生产技术",
        "code_retired",
    )


def test_the_gate_names_new_codes_that_nothing_says_how_to_read() -> None:
    totals = {"graduates": 9, "posts": 9}
    was = Feed(day=DAY, totals=totals, unmapped={"occupation:6-99-99-98": 3})
    now = Feed(
        day=DAY,
        totals=totals,
        unmapped={"occupation:6-99-99-98": 3, "occupation:6-99-99-99": 2, "trade:新专业": 4},
    )
    found = {
        reason.subject: (reason.measured, reason.effect)
        for reason in check_input(now, [was], load_limits())
        if reason.code == "unmapped_codes"
    }
    assert found == {
        "unmapped_occupation:6-99-99-99": (2, Effect.NOTE),
        "unmapped_trade:新专业": (4, Effect.NOTE),
    }
    assert Feed.from_facts(now.to_facts()) == now


def test_the_commands_list_look_and_check(tmp_path: Path, sheet: Sheet) -> None:
    engine = access.open_database(sqlite_url(tmp_path))
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post()], day=DAY)
        store.save_graduates(conn, [make_graduate(graduate_id="W")])
    engine.dispose()

    def run(*arguments: str) -> tuple[int, str]:
        options = ["--home", str(tmp_path), "--as-of", DAY.isoformat()]
        result = CliRunner().invoke(program, [*options, *arguments])
        return result.exit_code, result.output

    assert run("codes", "show") == (0, "没有代码变更。\n")
    code, told = run("codes", "check", str(sheet(TO_OTHER_TRADE)))
    assert (code, told.splitlines()[0]) == (1, "W")
    assert run("import", str(sheet(*SPLIT, name="二.csv")))[0] == 0
    assert "拆分  6-18-02-04 → 6-18-02-91 (0.75)" in run("codes", "show")[1]
    assert "6-18-02-91 机器人焊工 0.75" in run("codes", "look", "occupation", WELDER)[1]
    assert run("codes", "look", "occupation", "6-99-99-99")[0] == 2
