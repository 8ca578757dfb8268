"""Jining enrols into order classes: who was hired then is placed, the rest have a place kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import CREDIT_CODE
from tests.journeys.office import Office

CATALOG = "岗位编号,发布单位,企业名称,统一社会信用代码,职业编码,工作地点,需求人数,生效日期,截止日期"
ROSTER = "毕业生编号,院校,专业,班级,届,技能等级,生源地,订单班企业,招生即招工,同意推荐"
AGREEMENTS = "协议编号,院校,统一社会信用代码,培养方式,届,最少人数,最多人数,起,止"
PLANS = "院校,专业,培养层次,入学年份,学制,计划人数,录取人数"


def learner(number: int, order_class: str = "", hired: str = "否") -> str:
    return (
        f"J{number:02},示例济宁技师学院,焊接加工,订单班,2026,中级工,济宁市,{order_class},{hired},是"
    )


def test_an_order_class_from_enrolment_to_a_signature(tmp_path: Path) -> None:
    office = Office(tmp_path, "2026-05-15")
    # Ten welders, six in the order class; the enterprise hired two of them when they enrolled.
    roster = [learner(1, CREDIT_CODE, "是"), learner(2, CREDIT_CODE, "是")]
    roster += [learner(n, CREDIT_CODE) for n in range(3, 7)] + [learner(n) for n in range(7, 11)]
    sheets = [
        office.sheet(
            "catalog",
            CATALOG,
            f"P1,示例产教联盟,示例机械有限公司,{CREDIT_CODE},6-18-02-04,济宁市,10,"
            "2026-04-01,2026-06-30",
        ),
        office.sheet("roster", ROSTER, *roster),
        office.sheet(
            "agreements",
            AGREEMENTS,
            f"A1,示例济宁技师学院,{CREDIT_CODE},订单,2026,4,6,2025-09-01,2026-06-30",
        ),
        # Next year's order class: 20 wanted, 18 came.
        office.sheet("plans", PLANS, "示例济宁技师学院,焊接加工,高级工班,2025,3,20,18"),
    ]
    office.run("import", *sheets)

    # Promised six; two are there by their hiring, so that four of ten places are kept.
    (agreement,) = office.told("agreements", "show")["agreements"]
    assert (agreement["promised"], agreement["members"]) == (6, 6)
    assert (agreement["hired_at_enrolment"], agreement["placed"]) == (2, 2)
    assert agreement["reserved"] == {"P1": 4}

    # 招生即招工 counts as work: two of ten, and eight of whom nothing is known.
    everybody = office.told("report", "--class-year", "2026")["groups"][0]
    assert (everybody["graduates"], everybody["at_work"], everybody["n_unknown"]) == (10, 2, 8)
    assert everybody["employment_rate"] == pytest.approx(0.2)

    # A member signs: the place that was kept is theirs, and three are kept for the rest.
    office.run("places", "confirm", "J03", "P1")
    (agreement,) = office.told("agreements", "show")["agreements"]
    assert (agreement["placed"], agreement["reserved"]) == (3, {"P1": 3})
    everybody = office.told("report", "--class-year", "2026")["groups"][0]
    assert (everybody["at_work"], everybody["employment_rate"]) == (3, pytest.approx(0.3))

    # Whoever was hired at enrolment takes no open place.
    refused = office.run("places", "confirm", "J01", "P1", code=1)
    assert refused == ""
