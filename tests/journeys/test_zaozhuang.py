"""Zaozhuang hires first and enrols then: two apprentices from their contract to the examination."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.builders import CREDIT_CODE
from tests.journeys.office import Office

CATALOG = "岗位编号,发布单位,企业名称,统一社会信用代码,职业编码,工作地点,需求人数,生效日期,截止日期"
AGREEMENTS = "协议编号,院校,统一社会信用代码,培养方式,专业,最多人数,起,止"
APPRENTICES = (
    "学徒编号,统一社会信用代码,院校,职业编码,培养起始日期,培养截止日期,目标等级,"
    "评价结果,劳动合同日期,评价日期"
)


def apprentice(number: int, result: str = "", examined_on: str = "") -> str:
    return (
        f"X{number},{CREDIT_CODE},示例枣庄技师学院,6-18-02-04,2025-09-01,2026-07-31,高级工,"
        f"{result},2025-08-20,{examined_on}"
    )


def states(office: Office) -> dict[str, int]:
    """Say how many apprentices of the agreement stand how, and leave out what nobody is."""
    (agreement,) = office.told("agreements", "show")["agreements"]
    return {state: n for state, n in agreement["apprentices"].items() if n}


def bringing(office: Office) -> tuple[Any, Any]:
    """Give the welders that apprentices bring to Zaozhuang: all, and senior ones."""
    (row,) = [
        each
        for each in office.told("guidance", "state")["rows"]
        if (each["occupation_code"], each["city_code"]) == ("6-18-02-04", "370400")
    ]
    return row["apprentices"], row["apprentices_senior"]


def test_an_apprenticeship_from_hiring_to_certificate(tmp_path: Path) -> None:
    office = Office(tmp_path, "2025-08-25")
    # The enterprise has signed contracts with two; training begins in a week.
    office.run(
        "import",
        office.sheet(
            "catalog",
            CATALOG,
            f"P1,示例产教联盟,示例机械有限公司,{CREDIT_CODE},6-18-02-04,枣庄市,1,"
            "2025-08-01,2026-12-31",
        ),
        office.sheet(
            "agreements",
            AGREEMENTS,
            f"A1,示例枣庄技师学院,{CREDIT_CODE},学徒制,焊接加工,2,2025-08-01,2026-12-31",
        ),
        office.sheet("apprentices", APPRENTICES, apprentice(1), apprentice(2)),
    )
    assert states(office) == {"to_begin": 2}

    office.day = "2026-05-15"
    assert states(office) == {"in_training": 2}
    # They will bring two senior welders this summer, and take no place: they work there already.
    assert bringing(office) == (2, 2)

    office.day = "2026-08-05"
    assert states(office) == {"awaited": 2}

    # One passes, one does not.
    office.day = "2026-08-15"
    office.run(
        "import",
        office.sheet(
            "apprentices",
            APPRENTICES,
            apprentice(1, "合格", "2026-08-10"),
            apprentice(2, "不合格", "2026-08-10"),
        ),
    )
    assert states(office) == {"passed": 1, "failed": 1}
    assert bringing(office) == (1, 1)
    # What was known before stays what it was.
    office.day = "2026-08-05"
    assert states(office) == {"awaited": 2}
