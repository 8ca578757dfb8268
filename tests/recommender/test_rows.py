"""Domain objects as rows, and back: nothing is lost and nothing changes its type."""

from __future__ import annotations

from datetime import date

import pytest

from recommender.data import rows, schema
from recommender.domain import AwardLevel, Channel, Outcome, SkillLevel, StepReason, TrainingResult
from tests.builders import (
    make_agreement,
    make_apprentice,
    make_details,
    make_full_graduate,
    make_full_post,
    make_graduate,
    make_member,
    make_outcome,
)

FULL_POST = make_full_post(withdrawn_on=date(2026, 5, 2))
FULL_GRADUATE = make_full_graduate(hired_at_enrolment=True)
FULL_OUTCOME = make_outcome(
    recorded_on=date(2026, 5, 12),
    channel=Channel.FAIR,
    shown_rank=3,
    reason=StepReason.FULL,
    interned_until=date(2026, 8, 31),
    agreed_on=date(2026, 5, 9),
)


@pytest.mark.parametrize("whole", [FULL_POST, FULL_GRADUATE, FULL_OUTCOME])
def test_every_field_is_filled_in_here_so_that_one_that_is_lost_is_missed(whole: object) -> None:
    assert all(value not in (None, (), False) for value in rows.to_row(whole).values())  # type: ignore[arg-type]


def test_a_post_comes_back_as_it_was() -> None:
    row = rows.to_row(FULL_POST)
    assert rows.to_post(row) == FULL_POST
    assert (row["min_level"], row["training_mode"]) == (3, "order")


def test_a_graduate_comes_back_with_the_types_that_went_in() -> None:
    back = rows.to_graduate(rows.to_row(FULL_GRADUATE))
    assert back == FULL_GRADUATE
    # Equal numbers would hide it: SkillLevel 2 equals AwardLevel 2.
    assert type(back.awards[0].level) is AwardLevel
    assert type(back.certificates[1].level) is SkillLevel


def test_a_graduate_of_whom_little_is_stated_comes_back_so() -> None:
    bare = make_graduate(skill_level=None, home_region=None, adult_on=None, consent=False)
    assert rows.to_graduate(rows.to_row(bare)) == bare


@pytest.mark.parametrize("outcome", [FULL_OUTCOME, make_outcome()])
def test_a_step_comes_back_as_it_was(outcome: Outcome) -> None:
    assert rows.to_outcome(*rows.to_row(outcome).values()) == outcome


def test_the_columns_of_outcomes_stand_in_the_order_in_which_they_are_read() -> None:
    assert list(rows.to_row(FULL_OUTCOME)) == schema.outcomes.columns.keys()


@pytest.mark.parametrize("chain", [None, "工程机械"])
def test_a_member_comes_back_with_nothing_where_nothing_was_stated(chain: str | None) -> None:
    member = make_member(credit_code=None, industry_chain=chain, staff=320)
    row = rows.member_row(member)
    assert row["credit_code"] == ""
    assert rows.to_member(row) == member


def test_an_agreement_comes_back_as_it_was() -> None:
    agreement = make_agreement(
        trade="焊接加工", class_year=2026, floor=5, ceiling=20, level_due=SkillLevel.SENIOR_WORKER
    )
    assert rows.to_agreement(rows.to_row(agreement)) == agreement


@pytest.mark.parametrize("result", [None, TrainingResult.PASSED])
def test_an_apprentice_comes_back_as_they_were(result: TrainingResult | None) -> None:
    apprentice = make_apprentice(result=result, examined_on=date(2026, 6, 15))
    back = rows.to_apprentice(rows.to_row(apprentice))
    assert (back, type(back.target_level)) == (apprentice, SkillLevel)


def test_personal_details_have_a_row_of_their_own() -> None:
    assert set(rows.to_row(make_details())) == {"graduate_id", "name", "student_no", "gender"}
