"""Columns of the alliance's sheets: its members, and who agreed to train whom for whom."""

from __future__ import annotations

from recommender.data import cells, codes
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.domain import Agreement, Member, MemberKind, TrainingMode
from recommender.wording import label

MEMBER_COLUMNS = (
    Column(name="name", read=cells.name, required=True, note="单位全称。"),
    Column(
        name="kind",
        read=cells.words(MemberKind),
        required=True,
        choices=cells.choices(MemberKind),
        note="单位类别。",
    ),
    Column(name="credit_code", read=codes.credit_code, note="统一社会信用代码，文本格式。"),
    Column(name="region", read=codes.region, required=True, note="所在地区，代码或名称。"),
    Column(name="alliance", read=cells.name, required=True, note="所属联盟。"),
    Column(name="industry_chain", read=cells.name, note="所属产业链。"),
    Column(
        name="staff",
        read=cells.whole("not_a_headcount", 1),
        looks="number",
        note="企业在岗职工总数；实习人数按它核对。",
    ),
)

AGREEMENT_COLUMNS = (
    Column(name="agreement_id", read=cells.identifier, required=True, note="协议编号，文本格式。"),
    Column(name="college", read=cells.name, required=True, note="院校全称，与名册一致。"),
    Column(
        name="credit_code",
        read=codes.credit_code,
        required=True,
        note="企业的统一社会信用代码，文本格式。",
    ),
    Column(
        name="mode",
        read=cells.words(TrainingMode, cells.MODE_WRITINGS),
        required=True,
        choices=cells.choices(TrainingMode),
        note="培养方式。",
    ),
    Column(name="trade", read=codes.trade, note="专业；未填表示不限。"),
    Column(name="post_id", read=cells.identifier, note="岗位编号；未填表示该企业的岗位。"),
    Column(name="region", read=codes.region, note="地区，代码或名称。"),
    Column(name="class_year", read=cells.class_year, looks="number", note="毕业年份。"),
    Column(
        name="floor",
        read=cells.whole("not_a_count", 0),
        looks="number",
        note="最少人数。",
    ),
    Column(
        name="ceiling",
        read=cells.whole("not_a_count", 0),
        looks="number",
        note="最多人数。",
    ),
    Column(
        name="level_due",
        read=codes.level,
        choices=cells.LEVEL_WORDS,
        note="上岗时应达到的技能等级。",
    ),
    Column(name="starts_on", read=cells.day, required=True, looks="date", note="协议第一天。"),
    Column(name="ends_on", read=cells.day, required=True, looks="date", note="协议最后一天。"),
    Column(
        name="returns_on",
        read=cells.day,
        looks="date",
        note="预留名额释放给所有人的日期；未填则为止期。",
    ),
)


def _check_agreement(values: Values, report: RowReport) -> None:
    starts, ends = values.get("starts_on"), values.get("ends_on")
    if starts and ends and starts > ends:
        report.refuse("ends_on", "ends_before_start", starts.isoformat())
    floor, ceiling = values.get("floor"), values.get("ceiling")
    if floor is not None and ceiling is not None and floor > ceiling:
        report.refuse("ceiling", "ceiling_below_floor", str(floor))


MEMBERS = SheetKind(
    name="members",
    columns=MEMBER_COLUMNS,
    make=lambda values: Member(**values),
    # A member may stand on several industry chains, one line for each.
    key=lambda member: (member.alliance, member.name, member.credit_code, member.industry_chain),
    key_column="name",
    choose=lambda one, other: one if one == other else None,
    example={
        "name": "示例机械有限公司",
        "kind": label(MemberKind.ENTERPRISE),
        "credit_code": "91370800MA00000001",
        "region": "济宁市",
        "alliance": "济宁市技能人才联盟（示例）",
        "industry_chain": "工程机械",
    },
)

AGREEMENTS = SheetKind(
    name="agreements",
    columns=AGREEMENT_COLUMNS,
    check=_check_agreement,
    make=lambda values: Agreement(**values),
    key=lambda agreement: agreement.agreement_id,
    key_column="agreement_id",
    example={
        "agreement_id": "XY2026-001",
        "college": "示例技师学院",
        "credit_code": "91370800MA00000001",
        "mode": label(TrainingMode.ORDER),
        "trade": "数控加工（数控车工）",
        "class_year": 2026,
        "floor": 10,
        "ceiling": 30,
        "level_due": "高级工",
        "starts_on": "2023-09-01",
        "ends_on": "2026-08-31",
        "returns_on": "2026-06-30",
    },
)
