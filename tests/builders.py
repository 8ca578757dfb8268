"""Valid domain objects for tests: a test states only the field it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from recommender.domain import (
    Agreement,
    Apprentice,
    Award,
    AwardLevel,
    Graduate,
    Member,
    MemberKind,
    Outcome,
    OutcomeStage,
    Pair,
    PersonalDetails,
    Post,
    Reference,
    Region,
    ShortageLevel,
    SkillCertificate,
    SkillLevel,
    TrainingMode,
    TrainingTier,
)
from recommender.evaluation.baselines import CROSSWALK, baselines
from recommender.model.artefact import Artefact, point_to, write_version
from recommender.programmes import Programme

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


def make_apprentice(**overrides: Any) -> Apprentice:
    """Give an employee of the default enterprise, who trains to be a senior welder until July."""
    values: dict[str, Any] = {
        "apprentice_id": "X1",
        "credit_code": CREDIT_CODE,
        "college": "示例技师学院",
        "occupation_code": "6-18-02-04",
        "starts_on": date(2025, 9, 1),
        "ends_on": date(2026, 7, 31),
        "target_level": SkillLevel.SENIOR_WORKER,
        "contract_on": date(2025, 8, 20),
    }
    return Apprentice(**values | overrides)


def make_programme(**overrides: Any) -> Programme:
    """Give 40 welders whom the default college means to take in 2025, for three years."""
    values: dict[str, Any] = {
        "college": "示例技师学院",
        "trade": "焊接加工",
        "training_tier": TrainingTier.SENIOR,
        "entry_year": 2025,
        "years": 3,
        "places": 40,
    }
    return Programme(**values | overrides)


def make_reference() -> Reference:
    """Give three trades with their occupations and three cities; coordinates are rounded."""
    regions = (
        Region("370700", "潍坊市", "370700", "潍坊市", 119.16, 36.71),
        Region("370800", "济宁市", "370800", "济宁市", 116.59, 35.41),
        Region("370811", "任城区", "370800", "济宁市", 116.61, 35.44),
        Region("371100", "日照市", "371100", "日照市", 119.53, 35.42),
    )
    return Reference(
        pairs={
            "焊接加工": (
                Pair("6-18-02-04", 1.0, "standard"),
                Pair("6-18-01-11", 0.5, "knowledge"),
            ),
            "电气设备安装与维修": (
                Pair("6-31-01-03", 1.0, "standard"),
                Pair("6-31-01", 0.4, "standard"),
            ),
            "幼儿教育": (Pair("4-10-01-03", 1.0, "knowledge"),),
        },
        occupations={
            "6-18-02-04": "焊工",
            "6-18-01-11": "下料工",
            "6-31-01-03": "电工",
            "4-10-01-03": "保育师",
        },
        regions={region.code: region for region in regions},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallWorld:
    """Eight graduates and five posts, small enough to know by heart."""

    graduates: tuple[Graduate, ...]
    posts: tuple[Post, ...]
    outcomes: tuple[Outcome, ...]
    reference: Reference


def make_small_world() -> SmallWorld:
    """Give three welders, three electricians and two nursery nurses before five posts.

    G1 to G5 are the class of 2025 and have steps; G6 to G8 are the class of 2026. On `DAY`

    ===== ======= ====== ======== ============================ ==========================
    post  work    city   places   asks for                     taken by
    ===== ======= ====== ======== ============================ ==========================
    P1    welder  Jining 2        nothing                      G1, retained
    P2    welder  Weifang 1       senior worker                G2, so that it is full
    P3    electr. Jining 2        low-voltage licence          G3, started
    P4    electr. Rizhao 1        adults only                  nobody: G4 left
    P5    nursery Weifang 3       nothing                      G5, who does not consent
    ===== ======= ====== ======== ============================ ==========================

    G6 is a minor until July, G7 holds the licence and declined P3, G8 states no level. So
    G6 may take P1 and P5, G7 P1, P4 and P5, G8 the same three.
    """
    since = {"opens_on": date(2025, 4, 1), "closes_on": date(2026, 6, 30)}
    stage = OutcomeStage
    steps = (
        ("G1", "P1", stage.SIGNED, date(2025, 5, 10)),
        ("G1", "P1", stage.STARTED, date(2025, 7, 1)),
        ("G1", "P1", stage.RETAINED, date(2025, 12, 28)),
        ("G2", "P1", stage.INTERVIEWED, date(2025, 5, 4)),
        ("G2", "P2", stage.SIGNED, date(2025, 5, 20)),
        ("G3", "P3", stage.SIGNED, date(2025, 5, 12)),
        ("G3", "P3", stage.STARTED, date(2025, 7, 1)),
        ("G4", "P4", stage.SIGNED, date(2025, 6, 1)),
        ("G4", "P4", stage.STARTED, date(2025, 7, 15)),
        ("G4", "P4", stage.LEFT, date(2025, 9, 1)),
        ("G5", "P5", stage.SIGNED, date(2025, 6, 2)),
        ("G7", "P3", stage.INTERESTED, date(2026, 5, 1)),
        ("G7", "P3", stage.DECLINED, date(2026, 5, 8)),
    )
    electrician: dict[str, Any] = {"trade": "电气设备安装与维修"}
    nurse: dict[str, Any] = {"trade": "幼儿教育", "skill_level": None}
    return SmallWorld(
        graduates=(
            make_graduate(graduate_id="G1", class_year=2025),
            make_graduate(
                graduate_id="G2",
                class_year=2025,
                home_region="370700",
                skill_level=SkillLevel.SENIOR_WORKER,
            ),
            make_graduate(
                graduate_id="G3", class_year=2025, licences=("低压电工作业",), **electrician
            ),
            make_graduate(graduate_id="G4", class_year=2025, home_region="371100", **electrician),
            make_graduate(graduate_id="G5", class_year=2025, consent=False, **nurse),
            make_graduate(graduate_id="G6", adult_on=date(2026, 7, 1)),
            make_graduate(graduate_id="G7", licences=("低压电工作业",), **electrician),
            make_graduate(graduate_id="G8", home_region="370700", **nurse),
        ),
        posts=(
            make_post(post_id="P1", **since),
            make_post(
                post_id="P2",
                region_code="370700",
                headcount=1,
                credit_code=OTHER_CREDIT_CODE,
                enterprise="示例装备有限公司",
                min_level=SkillLevel.SENIOR_WORKER,
                **since,
            ),
            make_post(
                post_id="P3",
                occupation_code="6-31-01-03",
                required_licence=("低压电工作业",),
                **since,
            ),
            make_post(
                post_id="P4",
                occupation_code="6-31-01-03",
                region_code="371100",
                headcount=1,
                credit_code=OTHER_CREDIT_CODE,
                enterprise="示例装备有限公司",
                adults_only=True,
                **since,
            ),
            make_post(
                post_id="P5",
                occupation_code="4-10-01-03",
                region_code="370700",
                headcount=3,
                credit_code=OTHER_CREDIT_CODE,
                enterprise="示例装备有限公司",
                **since,
            ),
        ),
        outcomes=tuple(
            make_outcome(graduate_id=graduate, post_id=post, stage=step, date=day)
            for graduate, post, step, day in steps
        ),
        reference=make_reference(),
    )


def make_full_graduate(**overrides: Any) -> Graduate:
    """Give a graduate with every column filled that could describe one."""
    values: dict[str, Any] = {
        "trade_code": "0217-4",
        "class_name": "24焊接1班",
        "training_tier": TrainingTier.SENIOR,
        "certificates": (
            SkillCertificate(occupation_code="6-18-02-04", level=SkillLevel.SENIOR_WORKER),
            SkillCertificate(
                occupation_code="6-18-01-11",
                level=SkillLevel.INTERMEDIATE_WORKER,
                certified_by=CREDIT_CODE,
            ),
        ),
        "expected_level": SkillLevel.TECHNICIAN,
        "expected_on": date(2026, 6, 20),
        "licences": ("熔化焊接与热切割作业", "高处作业"),
        "awards": (
            Award(level=AwardLevel.CITY),
            Award(level=AwardLevel.NATION, occupation_code="6-18-02-04"),
        ),
        "grade_band": 2,
        "wish_regions": ("370800", "370700", "370811"),
        "wish_pay": 5000,
        "order_class": CREDIT_CODE,
    }
    return make_graduate(**values | overrides)


def make_full_post(**overrides: Any) -> Post:
    """Give a post with every column filled that could describe one."""
    values: dict[str, Any] = {
        "occupation": "焊工",
        "job_type": "电焊工",
        "industry_chain": "高端装备",
        "is_chain_leader": True,
        "min_level": SkillLevel.INTERMEDIATE_WORKER,
        "training_mode": TrainingMode.ORDER,
        "shortage_level": ShortageLevel.SHORT,
        "monthly_pay_min": 4500,
        "monthly_pay_max": 6500,
        "required_licence": ("熔化焊接与热切割作业",),
        "preferred_certificates": ("焊工", "钳工"),
        "accepts_own_certificate": True,
        "adults_only": True,
        "board_and_lodging": "包吃住",
        "shifts": "两班倒",
        "insurance": "五险一金",
        "duties": "焊接车架",
        "contact": "样例联系人",
    }
    return make_post(**values | overrides)


def publish_crosswalk(models_dir: Path, world: SmallWorld) -> int:
    """Publish the crosswalk rule of a world, without prices, and give its version."""
    scorer = baselines(world.graduates, world.posts, world.outcomes, world.reference)[CROSSWALK]
    draft = Artefact(version=0, published=CROSSWALK, scorer=scorer, facts={}, prices={})
    version = write_version(models_dir, draft, "card")
    point_to(models_dir, version)
    return version
