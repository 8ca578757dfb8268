"""A made-up world in which every rule fails for somebody, and most could be mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from recommender.domain import (
    Agreement,
    Graduate,
    Outcome,
    OutcomeStage,
    Post,
    Reference,
    SkillCertificate,
    SkillLevel,
    StepReason,
)
from recommender.evaluation.baselines import crosswalk, weight_table
from recommender.matching.eligibility import Standing, standing
from recommender.matching.market import Market, open_market
from recommender.matching.reserved import with_reserved
from recommender.model.scoring import TableScorer
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_agreement,
    make_graduate,
    make_outcome,
    make_post,
    make_reference,
)

COLLEGES = ("示例技师学院", "示例高级技工学校", "示例职业学校")
LICENCES = ("低压电工作业", "高处作业")
REGIONS = ("370700", "370800", "370811", "371100")
TRADES = ("焊接加工", "电气设备安装与维修", "幼儿教育")
CODES = ("6-18-02-04", "6-18-01-11", "6-31-01-03", "4-10-01-03")
LEVELS = (None, *list(SkillLevel)[1:5])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeableWorld:
    """People, posts, steps and agreements, and a rule that scores them."""

    graduates: tuple[Graduate, ...]
    posts: tuple[Post, ...]
    outcomes: tuple[Outcome, ...]
    agreements: tuple[Agreement, ...]
    reference: Reference
    scorer: TableScorer

    def standing(self, day: date) -> Standing:
        """Say where everybody stands on a day, reserved places included."""
        bare = standing(self.outcomes, {post.post_id: post for post in self.posts}, day)
        seen = (self.agreements, self.posts, self.graduates, self.reference, day)
        return with_reserved(bare, *seen)

    def market(self, day: date, changed: Graduate | None = None, **published: Any) -> Market:
        """Open the market of a day, one graduate perhaps changed."""
        people = [
            changed if changed and each.graduate_id == changed.graduate_id else each
            for each in self.graduates
        ]
        at = (self.posts, self.standing(day), self.reference, day)
        return open_market(self.scorer, people, *at, **published)


class _Dice:
    """Draws fields, one after the other."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def pick(self, *values: Any) -> Any:
        return values[self.rng.integers(len(values))]

    def some(self, values: Sequence[Any], share: float) -> tuple[Any, ...]:
        return tuple(value for value in values if self.rng.random() < share)

    def seldom(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def days(self, least: int, most: int) -> date:
        return DAY + timedelta(days=int(self.rng.integers(least, most)))


def _graduate(dice: _Dice, graduate_id: str) -> Graduate:
    level = dice.pick(*LEVELS)
    own = SkillCertificate(
        occupation_code=dice.pick(*CODES),
        level=SkillLevel.SENIOR_WORKER,
        certified_by=dice.pick(None, CREDIT_CODE, OTHER_CREDIT_CODE),
    )
    return make_graduate(
        graduate_id=graduate_id,
        college=dice.pick(*COLLEGES),
        trade=dice.pick(*TRADES),
        class_year=2027 if dice.seldom(0.1) else 2026,
        consent=not dice.seldom(0.05),
        hired_at_enrolment=dice.seldom(0.03),
        skill_level=level,
        certificates=dice.some((own,), 0.15),
        expected_level=dice.pick(None, SkillLevel((level or 2) + 1)),
        expected_on=dice.pick(None, dice.days(-20, 40), dice.days(1, 40)),
        licences=dice.some(LICENCES, 0.3),
        home_region=dice.pick(*REGIONS),
        wish_regions=dice.some(("370700", "370800", "371100"), 0.35),
        adult_on=dice.pick(None, dice.days(-400, 0), dice.days(-400, 0), dice.days(1, 45)),
        order_class=dice.pick(None, None, CREDIT_CODE),
    )


def _post(dice: _Dice, post_id: str) -> Post:
    begun = DAY - timedelta(days=30)
    return make_post(
        post_id=post_id,
        occupation_code=dice.pick(*CODES),
        region_code=dice.pick(*REGIONS),
        credit_code=dice.pick(CREDIT_CODE, OTHER_CREDIT_CODE),
        headcount=dice.pick(1, 2, 3),
        min_level=dice.pick(*LEVELS),
        required_licence=dice.some(LICENCES, 0.3),
        adults_only=dice.pick(None, True),
        accepts_own_certificate=dice.pick(None, True),
        opens_on=dice.pick(begun, begun, dice.days(1, 25)),
        closes_on=dice.days(26, 60),
        withdrawn_on=dice.days(-3, 20) if dice.seldom(0.05) else None,
    )


def _step(dice: _Dice, graduate: Graduate, post: Post) -> Outcome:
    stage = dice.pick(OutcomeStage.SIGNED, OutcomeStage.DECLINED, OutcomeStage.REJECTED)
    return make_outcome(
        graduate_id=graduate.graduate_id,
        post_id=post.post_id,
        stage=stage,
        date=dice.days(-20, 10),
        reason=StepReason.SKILL if stage is OutcomeStage.REJECTED else None,
    )


def make_changeable_world(seed: int, n_graduates: int, n_posts: int) -> ChangeableWorld:
    """Draw a world; the same seed gives the same one."""
    dice = _Dice(seed)
    graduates = tuple(_graduate(dice, f"G{i}") for i in range(n_graduates))
    posts = tuple(_post(dice, f"P{j}") for j in range(n_posts))
    steps = [_step(dice, dice.pick(*graduates), dice.pick(*posts)) for _ in range(n_graduates // 2)]
    agreements = (
        make_agreement(college=COLLEGES[0], ceiling=4, returns_on=DAY + timedelta(days=12)),
        make_agreement(
            agreement_id="A2",
            college=COLLEGES[1],
            credit_code=OTHER_CREDIT_CODE,
            trade=TRADES[1],
            class_year=2026,
            ceiling=5,
            starts_on=DAY + timedelta(days=3),
            returns_on=DAY + timedelta(days=20),
        ),
    )
    reference = make_reference()
    by_level = {(f"level:{n}", f"min_level:{n}"): 0.4 for n in range(2, 6)}
    return ChangeableWorld(
        graduates=graduates,
        posts=posts,
        outcomes=tuple({(one.graduate_id, one.post_id): one for one in steps}.values()),
        agreements=agreements,
        reference=replace(reference, agreements=agreements),
        scorer=weight_table(crosswalk(reference) | by_level),
    )
