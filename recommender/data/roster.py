"""Columns of a graduate roster: one line per graduate, names and numbers kept apart."""

from __future__ import annotations

from recommender.data import cells, codes
from recommender.data.columns import Column, SheetKind, Values
from recommender.domain import Graduate, PersonalDetails, TrainingTier
from recommender.wording import label

PERSONAL = ("name", "student_no", "gender")

COLUMNS = (
    Column(
        name="graduate_id",
        read=cells.identifier,
        required=True,
        note="全库唯一的毕业生编号，文本格式；可用代号，不要用身份证号。",
    ),
    Column(name="college", read=cells.name, required=True, note="院校全称。"),
    Column(
        name="trade",
        read=codes.trade,
        required=True,
        note="专业名称。专业目录中没有的按最相近的专业匹配，可由工作人员确认。",
    ),
    Column(name="trade_code", read=cells.identifier, note="专业代码，文本格式，保留开头的 0。"),
    Column(name="class_name", read=cells.name, note="班级。"),
    Column(
        name="training_tier",
        read=cells.words(TrainingTier, cells.TIER_WRITINGS),
        choices=cells.choices(TrainingTier),
        note="培养层次，不是已取得的等级。",
    ),
    Column(
        name="class_year",
        read=cells.class_year,
        required=True,
        looks="number",
        note="毕业年份，如 2026。",
    ),
    Column(
        name="skill_level",
        read=codes.level,
        choices=cells.LEVEL_WORDS,
        note="已取得的最高技能等级。",
    ),
    Column(
        name="certificates",
        read=cells.listed(codes.certificate),
        note="职业编码:等级，企业自主认定的再加 :信用代码，多个用；分隔，如 6-18-01-01:四级。",
    ),
    Column(
        name="expected_level",
        read=codes.level,
        choices=cells.LEVEL_WORDS,
        note="毕业前预计取得的等级。",
    ),
    Column(name="expected_on", read=cells.day, looks="date", note="预计取得的日期。"),
    Column(
        name="licences",
        read=cells.listed(codes.licence),
        note="持有的操作证，多个用；分隔，如 低压电工作业。",
    ),
    Column(
        name="awards",
        read=cells.listed(codes.award),
        note="市级、省级、国家级、世界级，可加 :职业编码，多个用；分隔。",
    ),
    Column(
        name="grade_band",
        read=cells.whole("not_a_grade_band", 1, 5),
        looks="number",
        choices=("1", "2", "3", "4", "5"),
        note="1（最好）至 5。",
    ),
    Column(name="home_region", read=codes.region, note="生源地，代码或名称，如 邹城市。"),
    Column(
        name="wish_regions",
        read=cells.listed(codes.region),
        note="意向地区，代码或名称，多个用；分隔。",
    ),
    Column(name="wish_pay", read=cells.pay, looks="number", note="税前每月元数。"),
    Column(
        name="order_class",
        read=codes.credit_code,
        note="订单班企业的统一社会信用代码，文本格式。",
    ),
    Column(
        name="hired_at_enrolment",
        read=cells.yes_no,
        choices=cells.YES_NO_WORDS,
        note="是否招生即招工；是则视为已安置。",
    ),
    Column(name="name", read=cells.name, personal=True, note="仅就业工作人员可见。"),
    Column(name="student_no", read=cells.identifier, personal=True, note="仅就业工作人员可见。"),
    Column(name="gender", read=cells.name, choices=("男", "女"), note="只用于核查差距。"),
    Column(name="adult_on", read=cells.day, looks="date", note="年满 18 周岁的日期。"),
    Column(
        name="consent",
        read=cells.yes_no,
        required=True,
        choices=cells.YES_NO_WORDS,
        note="本人是否同意个性化推荐。",
    ),
)


def _make(values: Values) -> Graduate:
    return Graduate(**{name: value for name, value in values.items() if name not in PERSONAL})


def _personal_details(values: Values) -> PersonalDetails | None:
    """Set apart what officers alone may see; None where the row states nothing of it."""
    stated = {name: values[name] for name in PERSONAL if name in values}
    return PersonalDetails(graduate_id=values["graduate_id"], **stated) if stated else None


KIND = SheetKind(
    name="graduates",
    columns=COLUMNS,
    make=_make,
    key=lambda graduate: graduate.graduate_id,
    key_column="graduate_id",
    details=_personal_details,
    example={
        "graduate_id": "G2026-0001",
        "college": "示例技师学院",
        "trade": "数控加工（数控车工）",
        "class_name": "23数控1班",
        "training_tier": label(TrainingTier.SENIOR),
        "class_year": 2026,
        "skill_level": "中级工",
        "certificates": "6-18-01-01:四级",
        "licences": "低压电工作业",
        "awards": "市级:6-18-01-01",
        "grade_band": 2,
        "home_region": "邹城市",
        "wish_regions": "济宁市；青岛市",
        "wish_pay": 5000,
        "hired_at_enrolment": "否",
        "adult_on": "2024-09-01",
        "consent": "是",
    },
)
