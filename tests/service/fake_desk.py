"""A desk that answers from a handful of made-up lines, for tests of what surrounds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from recommender.domain import Post, Reason, SkillLevel
from recommender.errors import NoConsent, NoModel, NotFound, Unreadable
from recommender.matching.board import Chances
from recommender.next_steps import Ask, ListSteps, PairSteps, Step
from recommender.placements import (
    Choices,
    GraduateRanking,
    PostRanking,
    RankedGraduate,
    RankedPost,
    Readiness,
    RuleAnswer,
)

DAY = date(2026, 5, 15)

LATHE = Post(
    post_id="P-1",
    enterprise="济宁示例机械有限公司",
    credit_code="91370800MA0000001X",
    occupation_code="6-18-01-01",
    region_code="370811",
    headcount=5,
    opens_on=date(2026, 3, 1),
    closes_on=date(2026, 8, 31),
    min_level=SkillLevel.INTERMEDIATE_WORKER,
    monthly_pay_min=5200,
    monthly_pay_max=7800,
    contact="张三 13800000000",
)
WELDING = replace(
    LATHE,
    post_id="P-2",
    enterprise="潍坊示例重工有限公司",
    occupation_code="6-18-02-04",
    region_code="370700",
    min_level=None,
    monthly_pay_min=6000,
    monthly_pay_max=None,
)
FITTING = replace(
    LATHE,
    post_id="P-3",
    enterprise="日照示例钢铁集团有限公司高端装备制造分公司",
    occupation_code="6-20-01-01",
    region_code="371102",
    min_level=SkillLevel.SENIOR_WORKER,
    monthly_pay_min=None,
    monthly_pay_max=None,
)


def reason(code: str, text: str, text_en: str, contribution: float) -> Reason:
    return Reason(code=code, text=text, text_en=text_en, contribution=contribution)


LINES = (
    RankedPost(
        rank=1,
        post=LATHE,
        occupation="车工",
        region="济宁市任城区",
        open_places=4,
        score=1.25,
        chances=Chances(wants=0.5, hired=0.8, stays=0.75),
        price=0.45,
        reasons=(
            reason(
                "trade_occupation",
                "你学的数控加工专业直接对应车工",
                "Your trade, 数控加工, leads straight to 车工",
                1.12,
            ),
            reason(
                "home_place",
                "工作地点在你的生源地济宁市",
                "The place of work is in your home, 济宁市",
                0.58,
            ),
            reason(
                "price",
                "报名的人多：每个名额约有 2.4 人竞争",
                "Many apply: about 2.4 for each place",
                -0.45,
            ),
        ),
    ),
    RankedPost(
        rank=2,
        post=WELDING,
        occupation="焊工",
        region="潍坊市",
        open_places=1,
        score=0.4,
        reasons=(
            reason("pay", "月薪高于同类岗位", "It pays more than posts of its kind", 0.62),
            reason("distance", "工作地点离家较远", "The place of work is far from home", -0.31),
        ),
    ),
    RankedPost(
        rank=3,
        post=FITTING,
        occupation="机械设备安装工",
        region="日照市东港区",
        open_places=12,
        score=-0.1,
        reasons=(),
    ),
)
RULE = RuleAnswer(
    code="level",
    holds=False,
    text="岗位要求高级工",
    text_en="The post asks for a senior worker",
    needs="SENIOR_WORKER",
)

NOW = Step(changes=(), on=DAY, rank=None, text="现在即可", text_en="Now")


@dataclass
class FakeDesk:
    """Knows the graduates G-1 and G-2 (who has not agreed) and the three posts above."""

    published: str = "model"
    model: int | None = 7
    lines: tuple[RankedPost, ...] = LINES
    excluded_by: tuple[str, ...] = ()
    places_as_of: str | None = None
    fails_with: Exception | None = None
    asked: list[Mapping[str, object]] = field(default_factory=list)

    def rank_posts(
        self, graduate_id: str, *, top: int = 10, order: str = "market", congestion: float = 1.0
    ) -> PostRanking:
        if graduate_id not in {"G-1", "G-2", "G/3"}:
            raise NotFound("graduate", graduate_id)
        if graduate_id == "G-2":
            raise NoConsent(graduate_id)
        return self._ranking(top, order, congestion)

    def rank_for_profile(
        self,
        profile: Mapping[str, object],
        *,
        top: int = 10,
        order: str = "market",
        congestion: float = 1.0,
    ) -> PostRanking:
        self.asked.append(dict(profile))
        if profile.get("home_region") == "亚特兰蒂斯":
            raise Unreadable("home_region", "亚特兰蒂斯", "unknown_region", ("亚特兰蒂斯",))
        if profile.get("home_region") == "市中区":
            raise Unreadable(
                "home_region", "市中区", "ambiguous_region", ("济南市市中区", "枣庄市市中区")
            )
        known = profile["trade"] in self.choices().trades
        ranked = self._ranking(top, order, congestion)
        return replace(ranked, read_as=None if known else "数控加工")

    def rank_graduates(self, post_id: str, *, top: int = 10) -> GraduateRanking:
        if post_id != "P-1":
            raise NotFound("post", post_id)
        graduates = tuple(
            RankedGraduate(rank=n, graduate_id=f"G-{n}", score=1 / n, reasons=LINES[0].reasons)
            for n in range(1, 7)
        )
        return GraduateRanking(
            model=self._version(),
            published=self.published,
            as_of=DAY,
            post=LATHE,
            occupation="车工",
            region="济宁市任城区",
            graduates=graduates[:top],
        )

    def eligibility(self, graduate_id: str, post_id: str) -> tuple[RuleAnswer, ...]:
        self._find(graduate_id)
        return (replace(RULE, code="consent", holds=True, needs=None), RULE)

    def next_step(self, graduate_id: str, post_id: str, ask: Ask) -> PairSteps:
        self._find(graduate_id)
        return PairSteps(
            as_of=DAY,
            model=self._version(),
            ask=ask,
            graduate_id=graduate_id,
            post=LATHE,
            failing=(),
            to_take=NOW,
            to_list=replace(NOW, rank=1),
        )

    def next_steps(self, graduate_id: str, ask: Ask) -> ListSteps:
        self._find(graduate_id)
        return ListSteps(
            as_of=DAY,
            model=self._version(),
            ask=ask,
            graduate_id=graduate_id,
            n_posts=len(LINES),
            shut_out={},
            steps=(),
        )

    def readiness(self) -> Readiness:
        if self.model is None:
            return Readiness(ready=False, database="ok", model="nothing is published")
        return Readiness(ready=True, database="ok", model=f"v{self.model} ({self.published})")

    def choices(self) -> Choices:
        return Choices(
            trades=("数控加工", "焊接加工", "机电一体化技术"),
            levels=tuple((level.name, level.name) for level in SkillLevel),
            cities=(
                ("370100", "济南市"),
                ("370200", "青岛市"),
                ("370300", "淄博市"),
                ("370400", "枣庄市"),
                ("370500", "东营市"),
                ("370600", "烟台市"),
                ("370700", "潍坊市"),
                ("370800", "济宁市"),
                ("370900", "泰安市"),
                ("371000", "威海市"),
                ("371100", "日照市"),
                ("371300", "临沂市"),
                ("371400", "德州市"),
                ("371500", "聊城市"),
                ("371600", "滨州市"),
                ("371700", "菏泽市"),
            ),
        )

    def version(self) -> int | None:
        return self.model

    def _find(self, graduate_id: str) -> None:
        if graduate_id not in {"G-1", "G-2"}:
            raise NotFound("graduate", graduate_id)

    def _version(self) -> int:
        if self.fails_with is not None:
            raise self.fails_with
        if self.model is None:
            raise NoModel
        return self.model

    def _ranking(self, top: int, order: str, congestion: float) -> PostRanking:
        return PostRanking(
            model=self._version(),
            published=self.published,
            as_of=DAY,
            order=order,
            congestion=congestion if order == "market" else 0.0,
            ranking=self.lines[:top],
            excluded_by=self.excluded_by,
            places_as_of=self.places_as_of,
        )
