"""Domain objects as rows, and back: nothing is lost and nothing changes its type."""

from __future__ import annotations

from datetime import date

import pytest
from builders import make_agreement, make_details, make_graduate, make_member, make_outcome

from recommender.data import rows, schema
from recommender.domain import (
    Award,
    AwardLevel,
    Channel,
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    ShortageLevel,
    SkillCertificate,
    SkillLevel,
    StepReason,
    TrainingMode,
    TrainingTier,
)

FULL_POST = Post(
    post_id="P-〇一",
    enterprise="示例机械有限公司",
    credit_code="91370800MA3X00001H",
    occupation_code="6-18-02-04",
    region_code="370811",
    headcount=3,
    opens_on=date(2026, 4, 1),
    closes_on=date(2026, 6, 30),
    issuing_body="示例产教联盟",
    occupation="焊工",
    job_type="电焊工",
    industry_chain="工程机械",
    is_chain_leader=True,
    min_level=SkillLevel.SENIOR_WORKER,
    training_mode=TrainingMode.ORDER,
    shortage_level=ShortageLevel.VERY_SHORT,
    monthly_pay_min=4_500,
    monthly_pay_max=7_000,
    required_licence=("熔化焊接与热切割作业",),
    preferred_certificates=("焊工证", "a;b"),
    accepts_own_certificate=False,
    adults_only=True,
    board_and_lodging="包住",
    shifts="两班",
    insurance="五险一金",
    duties="焊接\n结构件",
    contact="王老师",
    withdrawn_on=date(2026, 5, 2),
)

FULL_GRADUATE = Graduate(
    graduate_id="001",
    college="示例技师学院",
    trade="焊接加工",
    class_year=2026,
    consent=True,
    trade_code="0117-4",
    class_name="焊接2301",
    training_tier=TrainingTier.PREPARATORY_TECHNICIAN,
    skill_level=SkillLevel.SENIOR_WORKER,
    certificates=(
        SkillCertificate(occupation_code="6-18-02-04", level=SkillLevel.SENIOR_WORKER),
        SkillCertificate(
            occupation_code="6-18-01-01",
            level=SkillLevel.TECHNICIAN,
            certified_by="91370800MA3X00001H",
        ),
    ),
    expected_level=SkillLevel.TECHNICIAN,
    expected_on=date(2026, 7, 1),
    licences=("熔化焊接与热切割作业",),
    awards=(
        Award(level=AwardLevel.PROVINCE, occupation_code="6-18-02-04"),
        Award(level=AwardLevel.CITY),
    ),
    grade_band=1,
    home_region="370811",
    wish_regions=("370800", "370700"),
    wish_pay=5_000,
    order_class="91370800MA3X00001H",
    hired_at_enrolment=True,
    adult_on=date(2024, 3, 1),
)

FULL_OUTCOME = Outcome(
    graduate_id="001",
    post_id="P-〇一",
    stage=OutcomeStage.REJECTED,
    date=date(2026, 5, 10),
    recorded_on=date(2026, 5, 12),
    channel=Channel.FAIR,
    shown_rank=3,
    reason=StepReason.FULL,
)


def test_a_post_comes_back_as_it_was() -> None:
    row = rows.to_row(FULL_POST)
    assert rows.to_post(row) == FULL_POST
    assert (row["min_level"], row["training_mode"]) == (4, "order")


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
    member = make_member(credit_code=None, industry_chain=chain)
    row = rows.member_row(member)
    assert row["credit_code"] == ""
    assert rows.to_member(row) == member


def test_an_agreement_comes_back_as_it_was() -> None:
    agreement = make_agreement(
        trade="焊接加工", class_year=2026, floor=5, ceiling=20, level_due=SkillLevel.SENIOR_WORKER
    )
    assert rows.to_agreement(rows.to_row(agreement)) == agreement


def test_personal_details_have_a_row_of_their_own() -> None:
    assert set(rows.to_row(make_details())) == {"graduate_id", "name", "student_no", "gender"}
