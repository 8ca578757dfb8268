"""Single steps as they happen: kept once, or refused with what is in the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.data import store
from recommender.domain import Channel, OutcomeStage
from recommender.errors import (
    AlreadyPlaced,
    ImportRefused,
    NoOpenPlace,
    NotFound,
    ReplayMismatch,
)
from recommender.recording import Recorded, record_outcome
from tests.builders import DAY, make_graduate, make_outcome, make_post


def outcome(**cells: str) -> dict[str, str]:
    """Give a step by the columns of its sheet: G1 signs at P1."""
    row = {"graduate_id": "G1", "post_id": "P1", "stage": "签约", "date": "2026-05-10"}
    return row | cells


@pytest.fixture
def stocked(engine: Engine) -> Engine:
    """Three graduates, a post with one place and a post with two."""
    with store.writing(engine) as conn:
        people = [make_graduate(graduate_id=f"G{n}") for n in (1, 2, 3)]
        store.save_graduates(conn, people)
        posts = [make_post(headcount=1), make_post(post_id="P2")]
        store.save_posts(conn, posts, day=date(2026, 4, 1))
    return engine


def recorded(engine: Engine, key: str | None = None, **cells: Any) -> Recorded:
    return record_outcome(engine, outcome(**cells), day=DAY, idempotency_key=key)


def stored_steps(engine: Engine) -> list[Any]:
    with store.reading(engine) as conn:
        return list(store.load_outcomes(conn, day=date.max))


def test_a_body_that_cannot_be_read_is_refused(stocked: Engine) -> None:
    with pytest.raises(ImportRefused) as refusal:
        recorded(stocked, stage="结婚", date="2026-02-30")
    assert [(each.column, each.code) for each in refusal.value.problems] == [
        ("stage", "unknown_word"),
        ("date", "no_such_day"),
    ]


@pytest.mark.parametrize(
    ("cells", "kind"), [({"graduate_id": "G9"}, "graduate"), ({"post_id": "P9"}, "post")]
)
def test_a_step_of_somebody_unknown_is_not_kept(
    stocked: Engine, cells: dict[str, str], kind: str
) -> None:
    with pytest.raises(NotFound) as refusal:
        recorded(stocked, **cells)
    assert refusal.value.kind == kind
    assert stored_steps(stocked) == []


def test_a_signing_at_a_full_post_is_refused(stocked: Engine) -> None:
    recorded(stocked)
    with pytest.raises(NoOpenPlace) as refusal:
        recorded(stocked, graduate_id="G2")
    assert refusal.value.post_id == "P1"
    assert len(stored_steps(stocked)) == 1


@pytest.mark.parametrize("post_id", ["P1", "P2"])
def test_a_signing_of_somebody_who_holds_a_place_is_refused(stocked: Engine, post_id: str) -> None:
    recorded(stocked)
    with pytest.raises(AlreadyPlaced) as refusal:
        recorded(stocked, post_id=post_id, date="2026-05-12")
    assert (refusal.value.graduate_id, refusal.value.post_id) == ("G1", "P1")


def test_somebody_hired_at_enrolment_is_placed_already(stocked: Engine) -> None:
    with store.writing(stocked) as conn:
        store.save_graduates(conn, [make_graduate(hired_at_enrolment=True)])
    with pytest.raises(AlreadyPlaced):
        recorded(stocked)


def test_a_signing_dated_ahead_takes_its_place_now(stocked: Engine) -> None:
    recorded(stocked, date="2026-06-20")
    with pytest.raises(NoOpenPlace):
        recorded(stocked, graduate_id="G2")
    with pytest.raises(AlreadyPlaced):
        recorded(stocked, post_id="P2")


def test_a_place_given_back_can_be_signed_again(stocked: Engine) -> None:
    recorded(stocked)
    recorded(stocked, stage="解约", date="2026-05-12")
    recorded(stocked, graduate_id="G2", date="2026-05-13")
    again = recorded(stocked, post_id="P2", date="2026-05-14")
    assert again.status == 201


def test_other_steps_need_no_place(stocked: Engine) -> None:
    recorded(stocked)
    for stage in ("面试", "录用", "未录用"):
        assert recorded(stocked, graduate_id="G2", stage=stage).status == 201
    assert recorded(stocked, stage="到岗", date="2026-05-14").status == 201


def test_a_step_is_kept_as_it_was_sent_and_recorded_on_its_date(stocked: Engine) -> None:
    answer = recorded(stocked, channel="一体机", shown_rank=2, reason="")
    kept = make_outcome(channel=Channel.KIOSK, shown_rank=2)
    assert answer == Recorded(status=201, outcome=kept, replayed=False)
    assert kept.recorded_on == date(2026, 5, 10)
    assert stored_steps(stocked) == [kept]


def test_english_identifiers_are_read_too(stocked: Engine) -> None:
    assert recorded(stocked, stage="interviewed").outcome.stage is OutcomeStage.INTERVIEWED


def test_an_equal_step_is_kept_once(stocked: Engine) -> None:
    recorded(stocked, stage="面试")
    recorded(stocked, stage="面试")
    assert len(stored_steps(stocked)) == 1


def test_the_same_key_and_body_give_the_same_answer(stocked: Engine) -> None:
    first = recorded(stocked, key="k1", channel="双选会")
    second = recorded(stocked, key="k1", channel="双选会")
    assert second == Recorded(status=first.status, outcome=first.outcome, replayed=True)
    assert len(stored_steps(stocked)) == 1


def test_the_same_key_and_another_body_are_refused(stocked: Engine) -> None:
    recorded(stocked, key="k1")
    with pytest.raises(ReplayMismatch):
        recorded(stocked, key="k1", date="2026-05-11")
    assert len(stored_steps(stocked)) == 1


@pytest.mark.parametrize(
    ("cells", "error"),
    [({"graduate_id": "G2"}, NoOpenPlace), ({"post_id": "P2"}, AlreadyPlaced)],
)
def test_a_refusal_is_the_same_answer_too(
    stocked: Engine, cells: dict[str, str], error: type[Exception]
) -> None:
    recorded(stocked)
    with pytest.raises(error) as first:
        recorded(stocked, key="k2", **cells)
    recorded(stocked, stage="解约", date="2026-05-12")
    with pytest.raises(error) as second:
        recorded(stocked, key="k2", **cells)
    assert vars(first.value) == vars(second.value)


def test_of_fifty_signings_for_one_place_one_succeeds(stocked: Engine) -> None:
    ids = [f"S{n:02}" for n in range(50)]
    with store.writing(stocked) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id=one) for one in ids])

    def sign(graduate_id: str) -> str:
        try:
            return str(recorded(stocked, graduate_id=graduate_id).status)
        except NoOpenPlace:
            return "no open place"

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(sign, ids))
    assert sorted(answers) == ["201"] + ["no open place"] * 49
    assert len(stored_steps(stocked)) == 1


def test_of_fifty_equal_requests_with_one_key_one_is_kept(stocked: Engine) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: recorded(stocked, key="once"), range(50)))
    assert sorted(answer.replayed for answer in answers) == [False] + [True] * 49
    assert {answer.outcome for answer in answers} == {make_outcome()}
