"""What enterprises answer, how fast, and who is paused for answering nobody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from recommender.collection import Pause
from recommender.data import collected, store
from recommender.domain import Outcome, OutcomeStage
from recommender.errors import NotFound, RoundRefused, Unreadable
from recommender.matching.eligibility import eligible_pairs
from recommender.places import standing_on
from recommender.year import answer_report, answers
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_graduate,
    make_outcome,
    make_post,
)

STAGE = OutcomeStage
POSTS = [
    make_post(),
    make_post(post_id="Q", credit_code=OTHER_CREDIT_CODE, enterprise="另一机械有限公司"),
]


def step(who: str, stage: OutcomeStage, day: date, post_id: str = "P1") -> Outcome:
    return make_outcome(graduate_id=who, post_id=post_id, stage=stage, date=day)


def proposals(n: int, day: date = date(2026, 4, 20), post_id: str = "P1") -> list[Outcome]:
    return [step(f"G{i}", STAGE.RECOMMENDED, day, post_id) for i in range(n)]


def of(*steps: Outcome, pauses: tuple[Pause, ...] = ()) -> answers.Answers:
    (found,) = answers.tally(steps, POSTS, pauses, day=DAY)
    return found


@pytest.fixture
def world(sqlite_engine: Engine) -> Engine:
    """Give an enterprise with 20 proposals of 25 days ago and no answer, and one with 19."""
    steps = [*proposals(20), *proposals(19, post_id="Q")]
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, POSTS, day=date(2026, 4, 1))
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{i}") for i in range(21)])
        store.save_outcomes(conn, steps)
    return sqlite_engine


# --- refusals -----------------------------------------------------------------------------------


def test_a_pause_and_its_lifting_need_a_reason_and_an_enterprise(world: Engine) -> None:
    with pytest.raises(Unreadable):
        answers.pause(world, CREDIT_CODE, reason="", author="甲", day=DAY)
    with pytest.raises(NotFound):
        answers.pause(world, "91370900MA3X00004M", reason="失联", author="甲", day=DAY)
    with pytest.raises(RoundRefused):
        answers.lift(world, CREDIT_CODE, reason="已联系", author="甲", day=DAY)
    answers.pause(world, CREDIT_CODE, reason="失联", author="甲", day=DAY)
    with pytest.raises(RoundRefused):
        answers.pause(world, CREDIT_CODE, reason="失联", author="甲", day=DAY)
    with pytest.raises(Unreadable):
        answers.lift(world, CREDIT_CODE, reason=" ", author="甲", day=DAY)


def test_fewer_proposals_than_the_limit_pause_nobody(world: Engine) -> None:
    due = answers.pause_due(world, day=DAY, most=21, author="甲")
    assert due == []
    assert answers.list_pauses(world) == []


# --- counting -----------------------------------------------------------------------------------


def test_each_pair_is_answered_waiting_withdrawn_or_not_answered() -> None:
    found = of(
        step("A", STAGE.RECOMMENDED, date(2026, 4, 1)),
        step("A", STAGE.INTERVIEWED, date(2026, 4, 7)),  # after 6 days
        step("B", STAGE.INTERESTED, date(2026, 4, 2)),
        step("B", STAGE.REJECTED, date(2026, 4, 4)),  # after 2 days
        step("C", STAGE.RECOMMENDED, date(2026, 4, 3)),
        step("C", STAGE.DECLINED, date(2026, 4, 5)),  # withdrawn
        step("D", STAGE.RECOMMENDED, date(2026, 4, 6)),  # silence, before the answer of 7 April
        step("E", STAGE.RECOMMENDED, date(2026, 5, 1)),  # 14 days ago: silence, and since then
        step("F", STAGE.RECOMMENDED, date(2026, 5, 2)),  # 13 days ago: still in time
        step("G", STAGE.RECOMMENDED, date(2025, 5, 15)),  # a year ago: no longer counted
    )
    assert (found.proposals, found.answered, found.withdrawn) == (6, 2, 1)
    assert (found.waiting, found.unanswered, found.since_answer) == (1, 2, 1)
    assert found.median_days == 4.0
    assert found.proposals == found.answered + found.withdrawn + found.waiting + found.unanswered


def test_a_step_recorded_later_is_not_known_yet() -> None:
    late = make_outcome(stage=STAGE.OFFERED, date=date(2026, 5, 1), recorded_on=date(2026, 5, 20))
    assert of(step("G1", STAGE.RECOMMENDED, date(2026, 4, 20)), late).unanswered == 1


def test_a_second_proposal_asks_again() -> None:
    found = of(
        step("A", STAGE.RECOMMENDED, date(2026, 3, 1)),
        step("A", STAGE.REJECTED, date(2026, 3, 2)),
        step("A", STAGE.RECOMMENDED, date(2026, 4, 1)),
    )
    assert (found.proposals, found.answered, found.unanswered) == (1, 0, 1)


def test_who_was_let_in_again_begins_anew() -> None:
    lifted = Pause(
        credit_code=CREDIT_CODE,
        paused_on=date(2026, 4, 21),
        reason="r",
        author="甲",
        lifted_on=date(2026, 4, 25),
    )
    found = of(*proposals(20), pauses=(lifted,))
    assert (found.unanswered, found.since_answer, found.paused_on) == (20, 0, None)


# --- pausing ------------------------------------------------------------------------------------


def test_the_twentieth_proposal_without_an_answer_pauses_until_it_is_lifted(world: Engine) -> None:
    would = answers.pause_due(world, day=DAY, author="甲", dry_run=True)
    assert [each.credit_code for each in would] == [CREDIT_CODE]
    assert answers.list_pauses(world) == []
    due = answers.pause_due(world, day=DAY, author="甲")
    assert [(each.credit_code, each.since_answer) for each in due] == [(CREDIT_CODE, 20)]
    assert answers.pause_due(world, day=DAY, author="甲") == []  # it is paused already
    assert eligible(world, DAY) == [False, True]
    assert eligible(world, DAY - timedelta(days=1)) == [True, True]
    answers.lift(world, CREDIT_CODE, reason="已逐一答复", author="乙", day=DAY)
    assert eligible(world, DAY) == [True, True]
    (kept,) = answers.list_pauses(world)
    assert (kept.lifted_by, kept.lifted_because) == ("乙", "已逐一答复")


def eligible(engine: Engine, day: date) -> list[bool]:
    """Say whether somebody new may take each post."""
    with store.reading(engine) as conn:
        now = standing_on(conn, POSTS, day)
    row: list[bool] = eligible_pairs([make_graduate(graduate_id="X")], POSTS, now, day)[0].tolist()
    return row


def test_the_revision_grows_so_that_the_service_reads_again(world: Engine) -> None:
    with store.writing(world) as conn:
        before = store.revision(conn)
        new = Pause(credit_code=CREDIT_CODE, paused_on=DAY, reason="r", author="甲")
        collected.save_pauses(conn, [new])
        between = store.revision(conn)
        collected.lift_pause(conn, CREDIT_CODE, DAY, "甲", "r")
        assert before < between < store.revision(conn)


def test_the_page_has_a_bar_for_each_enterprise_and_the_notice_its_numbers(
    world: Engine, tmp_path: Path
) -> None:
    found = answers.answers(world, day=DAY)
    out = tmp_path / "答复.html"
    answer_report.write(found, out, day=DAY)
    page = out.read_text(encoding="utf-8")
    assert "<title>示例机械有限公司 未答复 20</title>" in page
    assert "<title>另一机械有限公司 未答复 19</title>" in page
    assert page.count("<svg") == 1 and "http" not in page.replace("http://www.w3.org", "")
    (notice,) = answer_report.write_notices(found[:1], tmp_path / "通知", day=DAY, author="甲")
    text = notice.read_text(encoding="utf-8")
    assert "20 人次" in text and "2026-05-15" in text
    answer_report.write(found, tmp_path / "答复.xlsx", day=DAY)
