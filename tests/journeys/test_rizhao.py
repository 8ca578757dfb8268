"""Rizhao reads its twelve chains, and what its ten vocational schools open alike."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

import pytest

from tests.builders import CREDIT_CODE
from tests.journeys.office import Office

CATALOG = (
    "岗位编号,发布单位,企业名称,统一社会信用代码,产业链,职业编码,工作地点,需求人数,"
    "生效日期,截止日期"
)
MEMBERS = "名称,类别,统一社会信用代码,地区,联盟"
ROSTER = "毕业生编号,院校,专业,届,技能等级,生源地,同意推荐"
PLANS = "院校,专业,培养层次,入学年份,学制,计划人数"
STEPS = "毕业生编号,岗位编号,环节,日期"
# Twelve chains, one post each: six want welders, two online sellers, three cutters of stone, of
# which no school has the trade, and one turners.
WELDER, SELLER, STONE, TURNER = "6-18-02-04", "4-01-06-01", "6-15-03-01", "6-18-01-01"
WANTED = (*[WELDER] * 6, *[SELLER] * 2, *[STONE] * 3, TURNER)
SCHOOLS = [f"示例日照第{n}职业学校" for n in range(1, 11)]


def class_of(number: int) -> list[str]:
    """Eight schools teach three online sellers and one more; the last two weld and turn."""
    if number > 8:
        return ["焊接加工", "焊接加工", "数控加工", "数控加工"]
    return [*["电子商务"] * 3, "会计" if number % 2 else "汽车维修"]


def test_twelve_chains_and_ten_schools(tmp_path: Path) -> None:
    office = Office(tmp_path, "2026-05-15")
    posts = [
        f"P{n:02},示例产教联盟,示例日照企业,{CREDIT_CODE},链{n:02},{code},日照市,{10 + n},"
        "2025-03-01,2026-06-30"
        for n, code in enumerate(WANTED, 1)
    ]
    people = chain.from_iterable(
        [
            f"R{number:02}{at},{school},{trade},2025,中级工,日照市,是"
            for at, trade in enumerate(class_of(number))
        ]
        for number, school in enumerate(SCHOOLS, 1)
    )
    # Next year as before, ten for each one.
    plans = [
        f"{school},{trade},中级工班,2025,3,{10 * count}"
        for number, school in enumerate(SCHOOLS, 1)
        for trade, count in Counter(class_of(number)).items()
    ]
    # Ten of the sellers work: two as sellers, eight weld.
    work = [f"R{n:02}0,P{'07' if n < 3 else '06'},到岗,2025-06-20" for n in range(1, 9)]
    work += [f"R{n:02}1,P05,到岗,2025-06-20" for n in (1, 2)]
    office.run(
        "import",
        office.sheet("catalog", CATALOG, *posts),
        office.sheet(
            "members",
            MEMBERS,
            *[f"{each},职业学校,,日照市,示例日照联盟" for each in SCHOOLS],
            f"示例日照企业,企业,{CREDIT_CODE},日照市,示例日照联盟",
        ),
        office.sheet("roster", ROSTER, *people),
        office.sheet("plans", PLANS, *plans),
        office.sheet("steps", STEPS, *work),
    )

    alike = office.told("plan", "homogeneity")
    # 45 pairs. Schools of the eight: 12 pairs with both trades alike (1), 16 that share three of
    # four people (1 − ½ (¼ + ¼) = 0.75); the last two 1; the 16 across nothing in common.
    assert alike["colleges"] == 10
    assert alike["mean_similarity"] == pytest.approx((12 + 16 * 0.75 + 1) / 45, abs=5e-5)
    # At least five schools open a trade: only online selling, and two of its ten at work sell.
    (everywhere,) = alike["trades"]
    assert (everywhere["trade"], everywhere["colleges"]) == ("电子商务", 8)
    assert (everywhere["in_trade"], everywhere["is_rare"]) == (pytest.approx(0.2), True)

    covered = {each["chain"]: each for each in office.told("plan", "coverage")["chains"]}
    assert sorted(covered) == [f"链{n:02}" for n in range(1, 13)]
    # Chain n wants 10 + n, less those who work there: two at 5, six at 6, two at 7.
    left = {f"链{n:02}": 10 + n for n in range(1, 13)} | {"链05": 13, "链06": 10, "链07": 15}
    assert {name: each["places"] for name, each in covered.items()} == left
    assert {name for name, each in covered.items() if each["uncovered"]} == {"链09", "链10", "链11"}
