"""Valid domain objects for tests: a test states only the field it is about."""

from __future__ import annotations

from datetime import date
from typing import Any

from recommender.domain import (
    Agreement,
    Graduate,
    Member,
    MemberKind,
    Outcome,
    OutcomeStage,
    PersonalDetails,
    Post,
    SkillLevel,
    TrainingMode,
)

# The day of most tests: in the season of class year 2026, while the default post is open.
DAY = date(2026, 5, 15)

# Check characters (the last of 18) worked out by GB 32100-2015.
CREDIT_CODE = "91370800MA3X00001H"
OTHER_CREDIT_CODE = "91370700MA3X00002F"


def make_graduate(**overrides: Any) -> Graduate:
    """Give a consenting, adult intermediate welder from Rencheng, Jining."""
    values: dict[str, Any] = {
        "graduate_id": "G1",
        "college": "示例技师学院",
        "trade": "焊接加工",
        "class_year": 2026,
        "consent": True,
        "skill_level": SkillLevel.INTERMEDIATE_WORKER,
        "home_region": "370811",
        "adult_on": date(2024, 3, 1),
    }
    return Graduate(**values | overrides)


def make_details(**overrides: Any) -> PersonalDetails:
    """Give the personal details of graduate G1."""
    values: dict[str, Any] = {
        "graduate_id": "G1",
        "name": "样例甲",
        "student_no": "0012026001",
        "gender": "女",
    }
    return PersonalDetails(**values | overrides)


def make_post(**overrides: Any) -> Post:
    """Give a welder's post in Jining with two places, open from April to June 2026."""
    values: dict[str, Any] = {
        "post_id": "P1",
        "enterprise": "示例机械有限公司",
        "credit_code": CREDIT_CODE,
        "occupation_code": "6-18-02-04",
        "region_code": "370800",
        "headcount": 2,
        "opens_on": date(2026, 4, 1),
        "closes_on": date(2026, 6, 30),
        "issuing_body": "示例产教联盟",
    }
    return Post(**values | overrides)


def make_outcome(**overrides: Any) -> Outcome:
    """Give a signing of G1 at P1 on 10 May 2026, recorded on its date unless stated."""
    values: dict[str, Any] = {
        "graduate_id": "G1",
        "post_id": "P1",
        "stage": OutcomeStage.SIGNED,
        "date": date(2026, 5, 10),
    }
    values |= overrides
    return Outcome(**{"recorded_on": values["date"]} | values)


def make_member(**overrides: Any) -> Member:
    """Give an enterprise of Jining's alliance."""
    values: dict[str, Any] = {
        "name": "示例机械有限公司",
        "kind": MemberKind.ENTERPRISE,
        "region": "370800",
        "alliance": "示例产教联盟",
        "credit_code": CREDIT_CODE,
    }
    return Member(**values | overrides)


def make_agreement(**overrides: Any) -> Agreement:
    """Give an order class of the default college with the default enterprise."""
    values: dict[str, Any] = {
        "agreement_id": "A1",
        "college": "示例技师学院",
        "credit_code": CREDIT_CODE,
        "mode": TrainingMode.ORDER,
        "starts_on": date(2025, 9, 1),
        "ends_on": date(2026, 6, 30),
    }
    return Agreement(**values | overrides)
