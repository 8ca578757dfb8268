"""The province's notice: shortages gathered in the morning are a new edition the same day."""

from __future__ import annotations

from pathlib import Path

from tests.builders import CREDIT_CODE, OTHER_CREDIT_CODE
from tests.journeys.office import Office

CATALOG = "岗位编号,发布单位,企业名称,统一社会信用代码,职业编码,工作地点,需求人数,生效日期,截止日期"
ONE, OTHER = (
    f"示例机械有限公司,{CREDIT_CODE}",
    f"示例装备有限公司,{OTHER_CREDIT_CODE}",
)
OPEN = "2026-04-01,2026-06-30"


def test_what_is_gathered_in_the_morning_is_an_edition_at_night(tmp_path: Path) -> None:
    office = Office(tmp_path, "2026-05-14")
    office.run(
        "import",
        office.sheet(
            "catalog",
            CATALOG,
            f"P1,示例厅,{ONE},6-18-02-04,济宁市,5,{OPEN}",
            f"P2,示例厅,{OTHER},6-18-02-04,潍坊市,3,{OPEN}",
        ),
    )
    assert office.told("guidance", "issue")["edition"] == 1

    # In the morning two enterprises are asked. One wants twelve welders in place of five; the other
    # wants its three still, and four electricians more.
    office.day = "2026-05-15"
    office.run("round", "open", "晨报", "--due", "2026-05-15")
    office.run(
        "round",
        "take",
        "晨报",
        office.sheet(CREDIT_CODE, CATALOG, f"P1,示例厅,{ONE},6-18-02-04,济宁市,12,{OPEN}"),
        office.sheet(
            OTHER_CREDIT_CODE,
            CATALOG,
            f"P2,示例厅,{OTHER},6-18-02-04,潍坊市,3,{OPEN}",
            f"P3,示例厅,{OTHER},6-31-01-03,潍坊市,4,{OPEN}",
        ),
    )
    # Nothing is published before it is approved.
    office.run("round", "issue", "晨报", code=1)
    office.run("round", "approve", "晨报")
    office.run("round", "issue", "晨报", "--guidance")

    editions = office.told("guidance", "list")
    assert [(each["edition"], each["day"]) for each in editions] == [
        (1, "2026-05-14"),
        (2, "2026-05-15"),
    ]
    # Welders of Jining 5 → 12; electricians of Weifang are new with 4; welders of Weifang are as
    # they were, and in no line.
    changes = {
        (each["occupation_code"], each["city_code"]): each
        for each in office.told("guidance", "diff", "1", "2")
    }
    assert set(changes) == {("6-18-02-04", "370800"), ("6-31-01-03", "370700")}
    welders, electricians = changes["6-18-02-04", "370800"], changes["6-31-01-03", "370700"]
    assert (welders["kind"], welders["before"]["places"], welders["after"]["places"]) == (
        "changed", 5, 12,
    )  # fmt: skip
    assert (electricians["kind"], electricians["after"]["places"]) == ("added", 4)
    # The first edition is what it was.
    rows = office.told("guidance", "show", "1")["rows"]
    assert sorted(each["places"] for each in rows) == [3, 5]
