"""Words of the alliance's later sheets, which `wording` takes up: names, columns, problems.

A sheet that comes with an area of its own has its words here, Chinese first.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from recommender.afterwards import DestinationKind, FollowUpResult

Words = tuple[str, str]
# What is wrong, and what would be right.
Sentence = tuple[Words, Words]

LABELS: Mapping[type[Enum], Mapping[Enum, Words]] = {
    DestinationKind: {
        DestinationKind.FURTHER_STUDY: ("升学", "further study"),
        DestinationKind.ARMY: ("参军", "army"),
        DestinationKind.OWN_BUSINESS: ("自主创业", "own business"),
        DestinationKind.OTHER_EMPLOYER: ("其他单位就业", "other employer"),
        DestinationKind.FLEXIBLE: ("灵活就业", "flexible work"),
        DestinationKind.NOT_EMPLOYED: ("未就业", "not employed"),
    },
    FollowUpResult: {
        FollowUpResult.HERE: ("在岗", "here"),
        FollowUpResult.LEFT: ("离职", "left"),
        FollowUpResult.NOT_REACHED: ("未联系上", "not reached"),
    },
}

SHEETS: Mapping[str, Words] = {
    "destinations": ("毕业去向", "destinations"),
    "follow_ups": ("回访", "follow-ups"),
    "programmes": ("招生计划", "programmes"),
    "fairs": ("双选会", "fairs"),
    "registrations": ("报名", "registrations"),
}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "destinations": {
        "graduate_id": "毕业生编号",
        "kind": "去向类别",
        "employer": "去向单位",
        "occupation_code": "职业编码",
        "date": "日期",
        "evidence": "证明材料",
    },
    "follow_ups": {
        "graduate_id": "毕业生编号",
        "post_id": "岗位编号",
        "due_days": "回访节点",
        "college": "院校",
        "enterprise": "企业名称",
        "started_on": "到岗日期",
        "result": "回访结果",
        "date": "日期",
        "left_on": "离职日期",
    },
    "programmes": {
        "college": "院校",
        "trade": "专业",
        "training_tier": "培养层次",
        "entry_year": "入学年份",
        "years": "学制",
        "places": "计划人数",
        "enrolled": "录取人数",
    },
    "fairs": {
        "fair_id": "双选会编号",
        "date": "日期",
        "credit_code": "统一社会信用代码",
        "booth": "展位",
        "slots": "轮数",
        "slot_capacity": "每轮人数",
    },
    "registrations": {
        "fair_id": "双选会编号",
        "graduate_id": "毕业生编号",
    },
}

CELL_PROBLEMS: Mapping[str, Sentence] = {
    "not_an_entry_year": (
        ("不是入学年份", "this is no year of entry"),
        ("应为秋季入学的年份，如 2026", "the year of the September of entry, e.g. 2026"),
    ),
    "not_years_of_schooling": (
        ("不是学制", "these are no years of schooling"),
        ("应为 1 至 8 的整数", "a whole number, 1 to 8"),
    ),
    "not_a_due_day": (
        ("不是回访节点", "this is no day of a follow-up"),
        ("应为到岗后 30、90 或 180 天", "30, 90 or 180 days after 到岗"),
    ),
    "left_after_asked": (
        ("离职日期晚于回访日期 {0}", "they left after {0}, the day of the asking"),
        ("请核对两个日期", "check both days"),
    ),
    "left_without_leaving": (
        ("结果不是离职，却填了离职日期", "a day of leaving for somebody who did not leave"),
        ("请核对回访结果", "check the result"),
    ),
}

STORED_PROBLEMS: Mapping[str, Sentence] = {
    "fair_differs": (
        ("与同一双选会其他行不同，那里是「{0}」", "other rows of the same fair have “{0}”"),
        ("同一双选会的日期和轮数应一致", "day and rounds are the same for a whole fair"),
    ),
    "booth_taken": (
        ("同一双选会的另一家企业（{0}）已用此展位", "{0} has this booth at the same fair"),
        ("请核对展位号", "check the booth"),
    ),
    "unknown_fair": (
        ("库中和本次导入的文件中都没有这场双选会", "no such fair is stored or in this import"),
        ("请先导入双选会表", "import the sheet of fairs first"),
    ),
    "never_started": (
        ("没有该毕业生在该岗位的到岗记录", "no 到岗 of this graduate at this post is known"),
        ("请先登记到岗，或同时导入就业结果", "record it first, or import it in the same call"),
    ),
    "asked_too_early": (
        ("{0} 才满回访节点", "the days are over on {0} only"),
        ("满了再登记在岗", "record that they are there from then on"),
    ),
    "left_before_start": (
        ("离职早于到岗日期 {0}", "they left before {0}, their first day"),
        ("请核对日期", "check the day"),
    ),
}

WARNINGS: Mapping[str, Sentence] = {
    "voided": (
        ("这一步已作废（{0}），该行未读入", "this step was voided ({0}); the row is left out"),
        ("如确有其事，请重新登记", "record it again if it did happen"),
    ),
    "erased": (
        (
            "此人已于 {0} 按其请求删除，该行未读入",
            "this person was erased on {0}; the row is left out",
        ),
        ("请从表格中去掉此人", "take the person out of the sheet"),
    ),
    "erased_rows": (
        (
            "共 {0} 行属于已按请求删除的人，均未读入：第 {1} 行",
            "{0} rows are of people who were erased, and are left out: {1}",
        ),
        ("请从表格中去掉这些人", "take them out of the sheet"),
    ),
    "withdrawn": (
        (
            "已于 {0} 撤回同意，仍按不同意计",
            "consent was withdrawn on {0} and stays so",
        ),
        (
            "请更正名册；重新同意须由本人或工作人员登记",
            "correct the roster; a new yes is given anew",
        ),
    ),
    "withdrawn_rows": (
        (
            "共 {0} 行的人已撤回同意，仍按不同意计：第 {1} 行",
            "{0} rows are of people who withdrew their consent, which stays so: {1}",
        ),
        ("请更正名册", "correct the roster"),
    ),
    "corrected": (
        ("已于 {0} 更正，保留更正后的内容", "corrected on {0}; what it was corrected to stays"),
        ("请更正名册", "correct the roster"),
    ),
    "corrected_rows": (
        (
            "共 {0} 行含已更正的原值，保留更正后的内容：第 {1} 行",
            "{0} rows bring back what was corrected; the corrected values stay: {1}",
        ),
        ("请更正名册", "correct the roster"),
    ),
    "enrolled_above_plan": (
        ("录取人数多于计划人数 {0}", "more were taken than the {0} planned"),
        ("请核对两个人数", "check both numbers"),
    ),
    "left_on_assumed": (
        (
            "未填离职日期，按回访节点 {0} 计",
            "no day of leaving: taken as {0}, the day of the follow-up",
        ),
        ("知道时请补上", "add it once it is known"),
    ),
    "answered_otherwise": (
        ("就业结果中已登记{0}，未改动", "the outcomes hold {0}, which stays"),
        ("如有误请更正就业结果", "correct the outcomes if that is wrong"),
    ),
}
