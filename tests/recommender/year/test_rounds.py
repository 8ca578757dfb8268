"""A collection round from its templates to the catalog, with what it refuses on the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine

from recommender.collection import STORED, RoundState
from recommender.data import prefilled, store
from recommender.data.sheets import read_sheet
from recommender.domain import Post, ShortageLevel, SkillLevel, TrainingMode
from recommender.errors import ImportRefused, NotFound, RoundRefused, Unreadable
from recommender.year import rounds, upkeep
from recommender.year.merge import Kind
from tests.builders import CREDIT_CODE, DAY, OTHER_CREDIT_CODE, make_member, make_post

DUE = DAY + timedelta(days=14)
LATER = DAY + timedelta(days=10)
THIRD_CODE = "91371100MA3X00003K"

Take = Callable[..., rounds.RoundView]


@pytest.fixture
def world(sqlite_engine: Engine) -> Engine:
    """Give three member enterprises: one with two posts, one with one, one without any."""
    members = [
        make_member(),
        make_member(name="另一机械有限公司", credit_code=OTHER_CREDIT_CODE),
        make_member(name="无岗企业", credit_code=THIRD_CODE),
    ]
    posts = [
        make_post(),
        make_post(post_id="P2", headcount=4),
        make_post(post_id="Q1", credit_code=OTHER_CREDIT_CODE, enterprise="另一机械有限公司"),
    ]
    with store.writing(sqlite_engine) as conn:
        store.save_members(conn, members)
        store.save_posts(conn, posts, day=date(2026, 4, 1))
    return sqlite_engine


@pytest.fixture
def opened(world: Engine) -> Engine:
    rounds.open_round(world, "2026秋", day=DAY, due_on=DUE, alliance="示例产教联盟")
    return world


@pytest.fixture
def reply(tmp_path: Path) -> Callable[..., Path]:
    """Write a reply: the posts of a sheet, in a file of some name."""

    def write(*posts: Post, name: str = "回复.xlsx") -> Path:
        path = tmp_path / name
        prefilled.write(posts, path)
        return path

    return write


@pytest.fixture
def take(opened: Engine, reply: Callable[..., Path]) -> Take:
    def send(*posts: Post, name: str = "回复.xlsx", day: date = LATER) -> rounds.RoundView:
        return rounds.take(opened, "2026秋", [reply(*posts, name=name)], day=day)

    return send


def refusals(call: Callable[[], object]) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefused) as refused:
        call()
    return [(each.row, each.column, each.code) for each in refused.value.problems]


def stored(engine: Engine, post_id: str, day: date = LATER) -> Post:
    with store.reading(engine) as conn:
        (post,) = store.load_posts(conn, day=day, post_ids=[post_id])
    return post


# --- what a round refuses -----------------------------------------------------------------------


def test_a_round_needs_a_name_a_day_to_come_and_somebody_to_ask(world: Engine) -> None:
    with pytest.raises(Unreadable):
        rounds.open_round(world, " ", day=DAY, due_on=DUE)
    with pytest.raises(Unreadable):
        rounds.open_round(world, "R", day=DAY, due_on=DAY - timedelta(days=1))
    with pytest.raises(NotFound):
        rounds.open_round(world, "R", day=DAY, due_on=DUE, alliance="没有的联盟")
    assert rounds.list_rounds(world) == []


def test_one_round_of_an_alliance_is_under_way_at_a_time(opened: Engine) -> None:
    for name, code in (("2026秋", "round_named_already"), ("另一轮", "round_under_way")):
        with pytest.raises(RoundRefused) as refused:
            rounds.open_round(opened, name, day=DAY, due_on=DUE, alliance="示例产教联盟")
        assert refused.value.code == code
    rounds.open_round(opened, "全部企业", day=DAY, due_on=DUE)


def test_a_reply_is_of_one_enterprise_that_is_asked(
    opened: Engine, take: Take, reply: Callable[..., Path]
) -> None:
    own = make_post(post_id="N1")
    other = make_post(post_id="N2", credit_code=OTHER_CREDIT_CODE)
    assert refusals(lambda: take(own, other)) == [(3, "credit_code", "two_enterprises")]
    stranger = make_post(post_id="N3", credit_code="91370900MA3X00004M")
    assert refusals(lambda: take(stranger)) == [(2, "credit_code", "not_asked")]
    assert refusals(lambda: take(make_post(post_id="Q1"))) == [(2, "post_id", "post_of_another")]
    assert refusals(lambda: take(name="谁的.xlsx")) == [(0, "credit_code", "whose_reply")]
    # All files of a call or none: the good one beside a bad one is not kept either.
    good, bad = reply(own, name="好.xlsx"), reply(stranger, name="坏.xlsx")
    refusals(lambda: rounds.take(opened, "2026秋", [good, bad], day=LATER))
    assert rounds.look(opened, "2026秋", day=LATER).replies == ()


def test_a_wrong_sheet_and_a_wrong_cell_are_refused_by_row(opened: Engine, tmp_path: Path) -> None:
    roster = tmp_path / "名册.csv"
    roster.write_text("毕业生编号,院校,专业,届,同意推荐\nG1,院,焊工,2026,是\n", encoding="utf-8")
    assert refusals(lambda: rounds.take(opened, "2026秋", [roster], day=LATER)) == [
        (0, "", "no_catalog")
    ]
    sheet = tmp_path / "坏格.xlsx"
    prefilled.write([make_post()], sheet)
    book = openpyxl.load_workbook(sheet)
    header = [cell.value for cell in book.worksheets[0][1]]
    book.worksheets[0].cell(2, header.index("需求人数*") + 1).value = "若干"
    book.save(sheet)
    assert refusals(lambda: rounds.take(opened, "2026秋", [sheet], day=LATER)) == [
        (2, "headcount", "not_a_headcount")
    ]


def test_nothing_is_approved_without_a_reply_and_nothing_issued_unapproved(
    opened: Engine,
) -> None:
    with pytest.raises(RoundRefused) as refused:
        rounds.approve(opened, "2026秋", author="甲", day=LATER)
    assert refused.value.code == "nobody_replied"
    with pytest.raises(RoundRefused) as refused:
        rounds.issue(opened, "2026秋", author="甲", day=LATER)
    assert refused.value.code == "round_not_approved"


def test_two_files_that_differ_wait_for_a_choice(opened: Engine, take: Take) -> None:
    take(make_post(headcount=3), make_post(post_id="P2", headcount=4), name="一.xlsx")
    view = take(make_post(headcount=5), name="二.xlsx")
    (found,) = view.merged.differences
    assert (found.kind, found.field, found.stored) == (Kind.FILES, "headcount", 2)
    assert found.replies == {"一.xlsx": 3, "二.xlsx": 5}
    with pytest.raises(RoundRefused) as refused:
        rounds.approve(opened, "2026秋", author="甲", day=LATER)
    assert (refused.value.code, refused.value.facts) == ("round_undecided", ("2026秋", "P1"))
    with pytest.raises(NotFound):
        rounds.choose(opened, "2026秋", "P1", "三.xlsx", author="甲", day=LATER)
    with pytest.raises(NotFound):
        rounds.choose(opened, "2026秋", "P9", STORED, author="甲", day=LATER)
    view = rounds.choose(opened, "2026秋", "P1", "二.xlsx", author="甲", day=LATER)
    assert [post.headcount for post in view.merged.posts] == [5]
    view = rounds.choose(opened, "2026秋", "P1", STORED, author="甲", day=LATER)
    assert view.merged.posts == () and view.merged.undecided == ()


def test_what_both_the_reply_and_the_catalog_changed_waits_for_a_choice(
    opened: Engine, take: Take
) -> None:
    with store.writing(opened) as conn:
        store.save_posts(conn, [make_post(headcount=7, monthly_pay_min=5000)], day=LATER)
    view = take(make_post(headcount=9), make_post(post_id="P2", headcount=4))
    (found,) = view.merged.differences
    assert (found.kind, found.field) == (Kind.MOVED, "headcount")
    (post,) = view.merged.posts
    # The pay that the catalog got since, and the reply left as it was, stays.
    assert (post.headcount, post.monthly_pay_min) == (9, 5000)
    assert view.merged.undecided == ("P1",)


def test_an_approval_is_of_what_was_there(opened: Engine, take: Take) -> None:
    take(make_post(headcount=3), make_post(post_id="P2", headcount=4))
    rounds.approve(opened, "2026秋", author="甲", day=LATER)
    # A further reply opens the round again.
    take(make_post(headcount=3), make_post(post_id="P2", headcount=4))
    assert rounds.look(opened, "2026秋", day=LATER).round.state is RoundState.OPEN
    rounds.approve(opened, "2026秋", author="甲", day=LATER)
    with store.writing(opened) as conn:
        store.save_posts(conn, [make_post(headcount=8)], day=LATER)
    with pytest.raises(RoundRefused) as refused:
        rounds.issue(opened, "2026秋", author="甲", day=LATER)
    assert refused.value.code == "round_undecided"
    assert stored(opened, "P1").headcount == 8


# --- what works ---------------------------------------------------------------------------------


def test_a_post_written_into_a_template_is_read_as_the_same_post(tmp_path: Path) -> None:
    full = make_post(
        occupation="焊工",
        job_type="电焊工",
        industry_chain="工程机械",
        is_chain_leader=False,
        min_level=SkillLevel.SENIOR_WORKER,
        training_mode=TrainingMode.ORDER,
        shortage_level=ShortageLevel.VERY_SHORT,
        monthly_pay_min=5000,
        monthly_pay_max=8000,
        required_licence=("熔化焊接与热切割作业", "低压电工作业"),
        preferred_certificates=("焊工",),
        accepts_own_certificate=True,
        adults_only=True,
        shifts="两班倒",
        duties="=1+1",
        contact="张 0537",
    )
    path = tmp_path / "模板.xlsx"
    prefilled.write([full, make_post(post_id="P2")], path)
    read = read_sheet(path)
    assert read.problems == ()
    assert [one.item for one in read.items] == [full, make_post(post_id="P2")]


def test_every_enterprise_gets_a_template_with_its_own_posts(
    opened: Engine, tmp_path: Path
) -> None:
    out = tmp_path / "模板"
    with store.writing(opened) as conn:  # not in the catalog that the round saw
        store.save_posts(conn, [make_post(post_id="P3")], day=LATER)
    written = rounds.write_templates(opened, "2026秋", out, day=LATER)
    held = {
        path.name[:18]: [one.item.post_id for one in read_sheet(path).items]  # type: ignore[union-attr]
        for path in written
    }
    assert held == {CREDIT_CODE: ["P1", "P2"], OTHER_CREDIT_CODE: ["Q1"], THIRD_CODE: []}


def test_a_round_is_issued_whole_and_leaves_those_who_are_silent_alone(
    opened: Engine, take: Take
) -> None:
    changed: dict[str, Any] = {"headcount": 3, "monthly_pay_min": 6000}
    take(make_post(**changed), make_post(post_id="N1"))
    view = take(name=f"{THIRD_CODE}_无岗企业.xlsx")
    assert [each.credit_code for each in view.silent] == [OTHER_CREDIT_CODE]
    assert sorted((d.post_id, d.kind.value, d.field) for d in view.merged.differences) == [
        ("N1", "new", ""),
        ("P1", "changed", "headcount"),
        ("P1", "changed", "monthly_pay_min"),
        ("P2", "closed", ""),
    ]
    rounds.approve(opened, "2026秋", author="甲", day=LATER)
    issued = rounds.issue(opened, "2026秋", author="甲", day=LATER)
    assert issued.round.state is RoundState.ISSUED
    assert stored(opened, "P1") == make_post(**changed)
    assert stored(opened, "N1") == make_post(post_id="N1")
    assert stored(opened, "P2").withdrawn_on == LATER
    assert stored(opened, "Q1").withdrawn_on is None
    assert stored(opened, "P1", day=DAY).headcount == 2  # open then, as it was then
    told = [(line["action"], line.get("reason")) for line in upkeep.history(opened, "P2")]
    assert told == [("version", None), ("version", None), ("retired", "not_in_reply")]
    with pytest.raises(RoundRefused):
        rounds.issue(opened, "2026秋", author="甲", day=LATER)
    with pytest.raises(RoundRefused):
        take(make_post())


def test_a_post_that_a_reply_leaves_as_it_is_counts_as_touched(opened: Engine, take: Take) -> None:
    take(make_post(), make_post(post_id="P2", headcount=4))
    rounds.approve(opened, "2026秋", author="甲", day=LATER)
    rounds.issue(opened, "2026秋", author="甲", day=LATER)
    # P1 and P2 were confirmed on LATER, Q1 was last touched on 1 April.
    found = upkeep.untouched(opened, day=LATER + timedelta(days=1), days=30)
    assert [each.post.post_id for each in found] == ["Q1"]


def test_rows_are_a_reply_as_a_file_is(opened: Engine) -> None:
    row: dict[str, object] = {
        "post_id": "N1",
        "enterprise": "示例机械有限公司",
        "credit_code": CREDIT_CODE,
        "occupation_code": "6-18-02-04",
        "region_code": "370800",
        "headcount": 2,
        "opens_on": "2026-06-01",
        "closes_on": "2026-12-31",
    }
    with pytest.raises(ImportRefused):
        rounds.take_rows(
            opened, "2026秋", CREDIT_CODE, [row | {"headcount": 0}], filename="api", day=LATER
        )
    view = rounds.take_rows(opened, "2026秋", CREDIT_CODE, [row], filename="api", day=LATER)
    assert [post.issuing_body for post in view.merged.posts] == ["示例产教联盟"]
    assert [post.post_id for post in view.merged.closing] == ["P1", "P2"]
