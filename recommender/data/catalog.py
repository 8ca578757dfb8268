"""Columns of a demand catalog: one line per post."""

from __future__ import annotations

from recommender.data import cells, codes, reference
from recommender.data.columns import Column, RowReport, SheetKind, Values
from recommender.domain import Post, ShortageLevel, TrainingMode
from recommender.wording import label

COLUMNS = (
    Column(
        name="post_id",
        read=cells.identifier,
        required=True,
        note="全库唯一的岗位编号，文本格式。新岗位用新编号。",
    ),
    Column(name="issuing_body", read=cells.name, note="发布本目录的单位。"),
    Column(name="enterprise", read=cells.name, required=True, note="企业全称。"),
    Column(
        name="credit_code",
        read=codes.credit_code,
        required=True,
        note="18 位统一社会信用代码，文本格式。",
    ),
    Column(
        name="occupation_code",
        read=codes.occupation_code,
        note="2022 年版职业分类大典编码，如 6-18-01-01。编码、职业、工种至少填一项。",
    ),
    Column(name="occupation", read=cells.name, note="大典中的职业名称。"),
    Column(name="job_type", read=cells.name, note="大典中的工种名称。"),
    Column(
        name="region_code",
        read=codes.region,
        required=True,
        note="六位行政区划代码，或名称，如 济宁市任城区。",
    ),
    Column(name="industry_chain", read=cells.name, note="所属产业链。"),
    Column(
        name="is_chain_leader",
        read=cells.yes_no,
        choices=cells.YES_NO_WORDS,
        note="是否为产业链的链主企业。",
    ),
    Column(
        name="min_level",
        read=codes.level,
        choices=cells.LEVEL_WORDS,
        note="最低技能等级。未填表示不限。",
    ),
    Column(
        name="headcount",
        read=cells.whole("not_a_headcount", 1),
        required=True,
        looks="number",
        note="不小于 1 的整数。",
    ),
    Column(
        name="training_mode",
        read=cells.words(TrainingMode, cells.MODE_WRITINGS),
        choices=cells.choices(TrainingMode),
        note="培养方式。只填方式不预留名额，预留以校企协议为准。",
    ),
    Column(
        name="shortage_level",
        read=cells.words(ShortageLevel),
        choices=cells.choices(ShortageLevel),
        note="紧缺程度。",
    ),
    Column(name="monthly_pay_min", read=cells.pay, looks="number", note="税前每月元数。"),
    Column(name="monthly_pay_max", read=cells.pay, looks="number", note="税前每月元数。"),
    Column(
        name="required_licence",
        read=cells.listed(codes.licence),
        note="上岗必须持有的操作证，多个用；分隔。没有此证的毕业生不会被推荐。",
    ),
    Column(
        name="preferred_certificates",
        read=cells.listed(cells.name),
        note="优先考虑的证书，多个用；分隔。",
    ),
    Column(
        name="accepts_own_certificate",
        read=cells.yes_no,
        choices=cells.YES_NO_WORDS,
        note="是否认可其他企业自主认定的等级。",
    ),
    Column(
        name="adults_only",
        read=cells.yes_no,
        choices=cells.YES_NO_WORDS,
        note="是否须年满 18 周岁。",
    ),
    Column(name="board_and_lodging", read=cells.text, note="食宿条件。"),
    Column(name="shifts", read=cells.text, note="班制，如 两班倒。"),
    Column(name="insurance", read=cells.text, note="五险一金。"),
    Column(name="duties", read=cells.text, note="工作内容。"),
    Column(name="contact", read=cells.text, personal=True, note="联系人，仅就业工作人员可见。"),
    Column(
        name="opens_on",
        read=cells.day,
        required=True,
        looks="date",
        note="有效期的第一天，如 2026-05-15。",
    ),
    Column(
        name="closes_on",
        read=cells.day,
        required=True,
        looks="date",
        note="有效期的最后一天（含当天）。",
    ),
)


def _check(values: Values, report: RowReport) -> None:
    _check_occupation(values, report)
    low, high = values.get("monthly_pay_min"), values.get("monthly_pay_max")
    if low is not None and high is not None and low > high:
        report.refuse("monthly_pay_min", "pay_min_above_max", str(high))
    opens, closes = values.get("opens_on"), values.get("closes_on")
    if opens and closes and opens > closes:
        report.refuse("closes_on", "closes_before_opening", opens.isoformat())


def _check_occupation(values: Values, report: RowReport) -> None:
    """Find the code of a post that has none; compare code and names of one that has."""
    occupation, job_type = values.get("occupation"), values.get("job_type")
    code = values.get("occupation_code")
    if code is not None:
        _compare(code, occupation, job_type, report)
    elif not cells.is_empty(report.held.get("occupation_code")):
        return  # the code is refused already
    elif not (occupation or job_type):
        report.refuse("occupation_code", "no_occupation")
    elif found := reference.find_occupation(occupation, job_type):
        values["occupation_code"] = found
    else:
        column = "occupation" if occupation else "job_type"
        report.refuse(column, "unknown_occupation", *reference.suggest_occupations(values[column]))


def _compare(code: str, occupation: str | None, job_type: str | None, report: RowReport) -> None:
    official = reference.occupation_name(code)
    if official is None:
        return
    for column, written in (("occupation", occupation), ("job_type", job_type)):
        if written is None or cells.plain(written) == cells.plain(official):
            continue
        jobs = {cells.plain(job) for job in reference.job_types(code)}
        means_another = reference.find_occupation(written) not in (None, code)
        if cells.plain(written) not in jobs and (column == "occupation" or means_another):
            report.warn(column, "occupation_conflict", code, official, written)


KIND = SheetKind(
    name="demand_catalog",
    columns=COLUMNS,
    check=_check,
    make=lambda values: Post(**values),
    key=lambda post: post.post_id,
    key_column="post_id",
    example={
        "post_id": "JN2026-0001",
        "issuing_body": "济宁市技能人才联盟（示例）",
        "enterprise": "示例机械有限公司",
        "credit_code": "91370800MA00000001",
        "occupation_code": "6-18-01-01",
        "occupation": "车工",
        "region_code": "济宁市任城区",
        "industry_chain": "工程机械",
        "is_chain_leader": "否",
        "min_level": "中级工",
        "headcount": 5,
        "training_mode": label(TrainingMode.DIRECT),
        "shortage_level": label(ShortageLevel.SHORT),
        "monthly_pay_min": 4500,
        "monthly_pay_max": 6500,
        "adults_only": "是",
        "shifts": "两班倒",
        "opens_on": "2026-03-01",
        "closes_on": "2026-08-31",
    },
)
