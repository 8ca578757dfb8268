"""What people read, in Chinese and English: made from codes and facts, and from nothing else.

Every Chinese word of a sheet stands here once: the readers of cells take it from here too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from enum import Enum

from recommender import code_words, contract_words, round_problems, sheet_words
from recommender.claims import LedgerAction
from recommender.domain import (
    AwardLevel,
    Channel,
    InterestSide,
    MemberKind,
    OutcomeStage,
    ShortageLevel,
    SkillLevel,
    StepReason,
    TrainingMode,
    TrainingResult,
    TrainingTier,
)
from recommender.errors import RowProblem

# Chinese, English.
Words = tuple[str, str]


def _pick(words: Words, language: str) -> str:
    return words[1] if language == "en" else words[0]


# Words of the domain -----------------------------------------------------------------------

# By class, because members of two classes may be equal: SkillLevel 1 is AwardLevel 1.
_LABELS: Mapping[type[Enum], Mapping[Enum, Words]] = {
    **code_words.LABELS,
    **round_problems.LABELS,
    SkillLevel: {
        SkillLevel.APPRENTICE: ("学徒工", "apprentice"),
        SkillLevel.JUNIOR_WORKER: ("初级工", "junior worker"),
        SkillLevel.INTERMEDIATE_WORKER: ("中级工", "intermediate worker"),
        SkillLevel.SENIOR_WORKER: ("高级工", "senior worker"),
        SkillLevel.TECHNICIAN: ("技师", "technician"),
        SkillLevel.SENIOR_TECHNICIAN: ("高级技师", "senior technician"),
        SkillLevel.SPECIAL_GRADE_TECHNICIAN: ("特级技师", "special-grade technician"),
        SkillLevel.CHIEF_TECHNICIAN: ("首席技师", "chief technician"),
    },
    TrainingTier: {
        TrainingTier.INTERMEDIATE: ("中级工班", "intermediate class"),
        TrainingTier.SENIOR: ("高级工班", "senior class"),
        TrainingTier.PREPARATORY_TECHNICIAN: ("预备技师班", "preparatory technician class"),
    },
    TrainingMode: {
        TrainingMode.DIRECT: ("直接就业", "direct"),
        TrainingMode.ORDER: ("订单", "order training"),
        TrainingMode.DIRECTED: ("定向", "directed training"),
        TrainingMode.POST_SPECIFIC: ("定岗", "post-specific training"),
        TrainingMode.APPRENTICESHIP: ("学徒制", "apprenticeship"),
    },
    ShortageLevel: {
        ShortageLevel.ORDINARY: ("一般", "ordinary"),
        ShortageLevel.SHORT: ("紧缺", "short"),
        ShortageLevel.VERY_SHORT: ("特别紧缺", "very short"),
    },
    OutcomeStage: {
        OutcomeStage.RECOMMENDED: ("推荐", "recommended"),
        OutcomeStage.INTERESTED: ("意向", "interested"),
        OutcomeStage.DECLINED: ("放弃", "declined"),
        OutcomeStage.INTERVIEWED: ("面试", "interviewed"),
        OutcomeStage.REJECTED: ("未录用", "rejected"),
        OutcomeStage.OFFERED: ("录用", "offered"),
        OutcomeStage.SIGNED: ("签约", "signed"),
        OutcomeStage.CANCELLED: ("解约", "cancelled"),
        OutcomeStage.INTERNED: ("实习", "interned"),
        OutcomeStage.STARTED: ("到岗", "started"),
        OutcomeStage.RETAINED: ("留任", "retained"),
        OutcomeStage.LEFT: ("离职", "left"),
    },
    Channel: {
        Channel.OFFICE: ("就业办", "placement office"),
        Channel.FAIR: ("双选会", "fair"),
        Channel.KIOSK: ("一体机", "kiosk"),
        Channel.SELF: ("自主", "self"),
    },
    StepReason: {
        StepReason.FULL: ("名额已满", "full"),
        StepReason.SKILL: ("技能不符", "skill"),
        StepReason.PAY: ("薪资", "pay"),
        StepReason.DISTANCE: ("距离", "distance"),
        StepReason.SHIFTS: ("班制", "shifts"),
        StepReason.HEALTH: ("体检", "health"),
        StepReason.OTHER: ("其他", "other"),
    },
    AwardLevel: {
        AwardLevel.CITY: ("市级", "city"),
        AwardLevel.PROVINCE: ("省级", "province"),
        AwardLevel.NATION: ("国家级", "nation"),
        AwardLevel.WORLD: ("世界级", "world"),
    },
    LedgerAction: {
        LedgerAction.HOLD: ("预留", "held"),
        LedgerAction.WAIT: ("排队", "waits"),
        LedgerAction.OFFER: ("递补", "offered"),
        LedgerAction.CONFIRM: ("签约", "confirmed"),
        LedgerAction.RELEASE: ("释放", "released"),
        LedgerAction.EXPIRE: ("到期", "expired"),
        LedgerAction.LAPSE: ("失效", "lapsed"),
    },
    MemberKind: {
        MemberKind.TECHNICIAN_COLLEGE: ("技工院校", "technician college"),
        MemberKind.VOCATIONAL_SCHOOL: ("职业学校", "vocational school"),
        MemberKind.ENTERPRISE: ("企业", "enterprise"),
        MemberKind.INDUSTRY_BODY: ("行业组织", "industry body"),
        MemberKind.GOVERNMENT: ("政府部门", "government"),
    },
    TrainingResult: {
        TrainingResult.PASSED: ("合格", "passed"),
        TrainingResult.FAILED: ("不合格", "failed"),
        TrainingResult.LEFT: ("中止", "left"),
    },
    InterestSide: {
        InterestSide.GRADUATE: ("毕业生", "graduate"),
        InterestSide.ENTERPRISE: ("企业", "enterprise"),
    },
    **sheet_words.LABELS,
}


def label(member: Enum, language: str = "zh") -> str:
    """Name a member of one of the domain's enumerations, e.g. ``到岗`` or ``started``."""
    return _pick(_LABELS[type(member)][member], language)


# Sheets ------------------------------------------------------------------------------------

SHEETS: Mapping[str, Words] = {
    **code_words.SHEETS,
    **round_problems.SHEETS,
    "demand_catalog": ("需求目录", "demand catalog"),
    "graduates": ("毕业生名册", "graduates"),
    "outcomes": ("就业结果", "outcomes"),
    "members": ("成员单位", "members"),
    "agreements": ("校企协议", "agreements"),
    "apprentices": ("学徒", "apprentices"),
    "interests": ("意向", "interests"),
    **sheet_words.SHEETS,
}

# The Chinese name of each column, as the header row has it.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    **code_words.COLUMNS,
    **round_problems.COLUMNS,
    "demand_catalog": {
        "post_id": "岗位编号",
        "issuing_body": "发布单位",
        "enterprise": "企业名称",
        "credit_code": "统一社会信用代码",
        "occupation_code": "职业编码",
        "occupation": "职业",
        "job_type": "工种",
        "region_code": "工作地点",
        "industry_chain": "产业链",
        "is_chain_leader": "链主企业",
        "min_level": "最低技能等级",
        "headcount": "需求人数",
        "training_mode": "培养方式",
        "shortage_level": "紧缺程度",
        "monthly_pay_min": "月薪下限",
        "monthly_pay_max": "月薪上限",
        "required_licence": "所需操作证",
        "preferred_certificates": "优先证书",
        "accepts_own_certificate": "认可企业自主认定",
        "adults_only": "须满18周岁",
        "board_and_lodging": "食宿",
        "shifts": "班制",
        "insurance": "五险一金",
        "duties": "工作内容",
        "contact": "联系人",
        "opens_on": "生效日期",
        "closes_on": "截止日期",
    },
    "graduates": {
        "graduate_id": "毕业生编号",
        "college": "院校",
        "trade": "专业",
        "trade_code": "专业代码",
        "class_name": "班级",
        "training_tier": "培养层次",
        "class_year": "届",
        "skill_level": "技能等级",
        "certificates": "证书",
        "expected_level": "预计等级",
        "expected_on": "预计取得日期",
        "licences": "操作证",
        "awards": "竞赛获奖",
        "grade_band": "成绩等第",
        "home_region": "生源地",
        "wish_regions": "意向地区",
        "wish_pay": "期望月薪",
        "order_class": "订单班企业",
        "hired_at_enrolment": "招生即招工",
        "name": "姓名",
        "student_no": "学号",
        "gender": "性别",
        "adult_on": "满18周岁日期",
        "consent": "同意推荐",
    },
    "outcomes": {
        "graduate_id": "毕业生编号",
        "post_id": "岗位编号",
        "stage": "环节",
        "date": "日期",
        "channel": "渠道",
        "shown_rank": "展示位次",
        "reason": "原因",
        "recorded_on": "登记日期",
        "interned_until": "实习截止日期",
        "agreed_on": "三方协议日期",
    },
    "members": {
        "name": "名称",
        "kind": "类别",
        "credit_code": "统一社会信用代码",
        "region": "地区",
        "alliance": "联盟",
        "industry_chain": "产业链",
        "staff": "职工人数",
    },
    "agreements": {
        "agreement_id": "协议编号",
        "college": "院校",
        "credit_code": "统一社会信用代码",
        "mode": "培养方式",
        "trade": "专业",
        "post_id": "岗位编号",
        "region": "地区",
        "class_year": "届",
        "floor": "最少人数",
        "ceiling": "最多人数",
        "level_due": "应达等级",
        "starts_on": "起",
        "ends_on": "止",
        "returns_on": "名额释放日",
    },
    "apprentices": {
        "apprentice_id": "学徒编号",
        "credit_code": "统一社会信用代码",
        "college": "院校",
        "occupation_code": "职业编码",
        "starts_on": "培养起始日期",
        "ends_on": "培养截止日期",
        "target_level": "目标等级",
        "result": "评价结果",
        "contract_on": "劳动合同日期",
        "examined_on": "评价日期",
    },
    "interests": {
        "fair_id": "双选会编号",
        "graduate_id": "毕业生编号",
        "post_id": "岗位编号",
        "side": "意向方",
        "rank": "位次",
    },
    **sheet_words.COLUMNS,
}

# Problems of sheets ------------------------------------------------------------------------

# Code → what is wrong, and what would be right: Chinese, English. {0}, {1} are the problem's
# facts, {all} is all of them. "" where there is nothing to do.
Sentence = tuple[Words, Words]

_FILE_PROBLEMS: Mapping[str, Sentence] = {
    "empty_file": (
        ("文件是空的", "the file is empty"),
        ("请重新导出后再导入", "export it again"),
    ),
    "file_too_large": (
        ("文件有 {0} MiB，超过 {1} MiB", "the file has {0} MiB, more than {1} MiB"),
        ("请拆成几个文件", "split it into several files"),
    ),
    "unpacked_too_large": (
        (
            "文件解压后有 {0} MiB，超过 {1} MiB，未予打开",
            "the file unpacks to {0} MiB, more than {1} MiB, and was not opened",
        ),
        ("请删除多余的工作表和格式，或另存为 CSV", "delete surplus worksheets, or save it as CSV"),
    ),
    "too_many_rows": (
        ("超过 {0} 行", "more than {0} rows"),
        ("请拆成几个文件分别导入", "split it into several files"),
    ),
    "not_a_sheet": (
        ("不是表格，内容是 {0}", "this is no sheet but {0}"),
        ("请另存为 .xlsx 或 .csv", "save it as .xlsx or .csv"),
    ),
    "no_worksheet": (
        ("工作簿中没有可见的工作表", "the workbook has no visible worksheet"),
        ("请取消隐藏要导入的工作表", "show the worksheet that is meant"),
    ),
    "encrypted_file": (
        ("文件有密码", "the file has a password"),
        ("请取消密码后另存", "save it without the password"),
    ),
    "damaged_file": (
        ("文件已损坏，或展开后过大", "the file is damaged, or far too large when opened"),
        ("请在 Excel 或 WPS 中打开后另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"),
    ),
    "error_somewhere": (
        ("工作表中有公式错误 {0}", "a formula of the worksheet gives the error {0}"),
        ("请查找并改正后再导入", "find and mend it"),
    ),
    "utf16": (
        ("文字编码是 {0}", "the text is encoded as {0}"),
        ("请另存为 CSV UTF-8", "save it as CSV UTF-8"),
    ),
    "broken_encoding": (
        (
            "从这一行起既不是 UTF-8 也不是 GB18030",
            "from this row on it is neither UTF-8 nor GB18030",
        ),
        ("请重新导出为 CSV UTF-8", "export it again as CSV UTF-8"),
    ),
    "broken_quotes": (
        ("引号不成对", "a quotation mark has no partner"),
        (
            '单元格内的英文引号应写两次（""），整格再用引号括起',
            'write a quotation mark inside a cell twice ("") and put the cell in quotation marks',
        ),
    ),
    "no_header": (
        ("前十行中没有找到表头", "no header row was found within the first ten rows"),
        (
            "表头应为各列的中文或英文名称，可用 template 命令生成模板",
            "name the columns in Chinese or English; the command template makes an empty sheet",
        ),
    ),
    "no_assignment_header": (
        ("前十行中没有找到表头", "no header row was found within the first ten rows"),
        (
            "表头应有：毕业生编号、岗位编号",
            "the header has 毕业生编号 (graduate_id) and 岗位编号 (post_id)",
        ),
    ),
    "no_pins_header": (
        (
            "前十行中没有找到表头",
            "no header row was found within the first ten rows",
        ),
        (
            "表头应为：毕业生编号、岗位编号、安排",
            "name the columns graduate_id, post_id and decision",
        ),
    ),
    "missing_column": (
        ("缺少此列", "this column is missing"),
        ("请补上这一列；相近的列名：{all}", "add it; similar headers here: {all}"),
    ),
    "duplicate_column": (
        ("此列出现了两次", "this column stands here twice"),
        ("请只保留一列", "keep one of them"),
    ),
    "too_many_cells": (
        (
            "这一行比表头多出单元格，可能是未加引号的逗号使各列错位",
            "the row has more cells than the header: a comma without quotation marks may have "
            "moved them",
        ),
        ("含逗号的单元格请用英文引号括起", "put a cell that holds a comma in quotation marks"),
    ),
}

_CELL_PROBLEMS: Mapping[str, Sentence] = {
    "missing": (
        ("未填写", "nothing is filled in"),
        ("此列每行必填", "this column is filled in every row"),
    ),
    "merged_cell": (
        ("被合并单元格遮住，没有值", "a merged cell hides it, so it has no value"),
        ("请取消合并，每行分别填写", "unmerge the cells and fill in every row"),
    ),
    "formula_without_value": (
        ("公式没有保存计算结果", "the formula was saved without its result"),
        (
            "请在 Excel 或 WPS 中打开并保存，或改填数值",
            "open and save it in Excel, or type the value",
        ),
    ),
    "error_value": (
        ("公式出错", "the formula gives an error"),
        ("请改正公式或改填数值", "mend the formula or type the value"),
    ),
    "control_character": (
        ("含有不可见的控制字符 {0}", "it holds the control character {0}"),
        ("请删除后重新填写", "delete it and type the value again"),
    ),
    "invisible_mark": (
        ("编号中含有不可见字符 {0}", "the id holds the invisible character {0}"),
        ("请重新键入编号，不要粘贴", "type the id again instead of pasting it"),
    ),
    "too_long": (
        ("超过 {0} 个字符", "it is longer than {0} characters"),
        ("请缩短", "shorten it"),
    ),
    "time_of_day": (
        ("是时刻或时长", "this is a time of day or a duration"),
        ("请改填文本或日期", "write text or a date"),
    ),
    "not_text": (
        ("应为文本，却是日期或是非值", "text is wanted, not a date or a truth value"),
        ("请把此列设为文本格式后重新填写", "format the column as text and type the value again"),
    ),
    "id_as_number": (
        (
            "被当作数值保存，末尾几位可能已丢失",
            "it was saved as a number, which may have lost its last digits",
        ),
        ("请把此列设为文本格式后重新填写", "format the column as text and type it again"),
    ),
    "id_in_scientific_notation": (
        ("被写成科学计数法，末尾几位已丢失", "scientific notation has lost its last digits"),
        ("请把此列设为文本格式后重新填写", "format the column as text and type it again"),
    ),
    "id_with_decimals": (
        ("编号被导出成了小数", "the id was exported as a decimal"),
        ("请去掉末尾的 .0", "take off the .0"),
    ),
    "not_a_date": (
        ("不是日期", "this is no date"),
        (
            "请写成 2026-05-15 或 2026/5/15；显示为数字时请设为日期格式",
            "write 2026-05-15 or 2026/5/15, or format a number as a date",
        ),
    ),
    "no_such_day": (
        ("没有这一天", "there is no such day"),
        ("请核对月份和日期", "check month and day"),
    ),
    "implausible_date": (
        ("年份应在 {0} 至 {1} 之间", "the year must be from {0} to {1}"),
        ("请核对年份", "check the year"),
    ),
    "not_a_headcount": (
        ("不是人数", "this is no number of people"),
        ("应为不小于 1 的整数", "a whole number, 1 or more"),
    ),
    "not_a_rank": (
        ("不是位次", "this is no place in a list"),
        ("应为不小于 1 的整数", "a whole number, 1 or more"),
    ),
    "not_a_count": (
        ("不是人数", "this is no number of people"),
        ("应为不小于 0 的整数", "a whole number, 0 or more"),
    ),
    "not_a_grade_band": (
        ("不是成绩等第", "this is no grade band"),
        ("应为 1（最好）至 5", "1 (best) to 5"),
    ),
    "not_a_class_year": (
        ("不是届", "this is no class year"),
        ("应为毕业年份，如 2026 或 2026届", "the year of graduation, e.g. 2026"),
    ),
    "not_pay": (
        ("不是月薪", "this is no monthly pay"),
        (
            "应为税前每月元数的整数，如 4500；面议请留空",
            "a whole number of CNY per month before tax, e.g. 4500; empty where not stated",
        ),
    ),
    "pay_min_above_max": (
        ("月薪下限高于上限 {0}", "the lowest pay is above the highest, {0}"),
        ("下限不应高于上限", "the lowest pay is at most the highest"),
    ),
    "closes_before_opening": (
        ("截止日期早于生效日期 {0}", "the last day is before the first, {0}"),
        ("截止日期不应早于生效日期", "the last day is the first day or later"),
    ),
    "ends_before_start": (
        ("止期早于起期 {0}", "the end is before the start, {0}"),
        ("止期不应早于起期", "the end is the start or later"),
    ),
    "ceiling_below_floor": (
        ("最多人数少于最少人数 {0}", "the most people are fewer than the fewest, {0}"),
        ("最多人数不应少于最少人数", "the most people are at least the fewest"),
    ),
    "not_yes_or_no": (
        ("应为是或否", "yes or no is wanted"),
        ("请填 是 或 否", "write 是 (yes) or 否 (no)"),
    ),
    "unknown_word": (
        ("不是可选的词", "this is none of the words to choose from"),
        ("应为：{all}", "one of: {all}"),
    ),
    "not_a_level": (
        ("不是技能等级", "this is no skill level"),
        (
            "应为 学徒工、初级工、中级工、高级工、技师、高级技师、特级技师、首席技师，或五级至一级",
            "a level such as 中级工, 四级 or 4",
        ),
    ),
    "not_a_credit_code": (
        ("不是统一社会信用代码", "this is no unified social credit code"),
        ("应为 18 位数字和大写字母", "18 digits and capital letters"),
    ),
    "not_an_occupation_code": (
        ("不是职业编码", "this is no occupation code"),
        ("应为 2022 年版大典编码，如 6-18-01-01", "a code of the 2022 edition, e.g. 6-18-01-01"),
    ),
    "unknown_occupation": (
        ("大典中没有这个职业或工种", "the classification has no such occupation or job type"),
        ("请填职业编码；您要找的可能是：{all}", "fill in the code; perhaps one of: {all}"),
    ),
    "no_occupation": (
        (
            "职业编码、职业、工种都未填写",
            "neither occupation code, occupation nor job type is given",
        ),
        ("至少填写其中一项", "fill in one of them"),
    ),
    "ambiguous_region": (
        ("有几处同名", "several places have this name"),
        ("请写明是哪一处：{all}", "say which one: {all}"),
    ),
    "unknown_region": (
        ("无法识别的地区「{0}」", "the place “{0}” cannot be read"),
        (
            "请填六位行政区划代码，或市、县（市、区）名称，如 济宁市任城区",
            "a six-digit GB/T 2260 code, or a city, a county or both, e.g. 济宁市任城区",
        ),
    ),
    "not_a_certificate": (
        ("不是证书：{0}", "this is no certificate: {0}"),
        (
            "应为 职业编码:等级，企业自主认定的再加 :信用代码，如 6-18-01-01:四级",
            "occupation code:level, and :credit code where an enterprise certified it itself",
        ),
    ),
    "not_an_award": (
        ("不是竞赛获奖：{0}", "this is no award: {0}"),
        (
            "应为 市级、省级、国家级 或 世界级，可加 :职业编码",
            "市级, 省级, 国家级 or 世界级, and :occupation code",
        ),
    ),
    "fixed_and_barred": (
        ("既固定又禁止", "this pair is both fixed and barred"),
        ("请只保留一行", "keep one of the two rows"),
    ),
    "duplicate_id": (
        ("与第 {0} 行的编号相同", "row {0} has the same id"),
        ("每个编号只能出现一次", "an id stands in one row only"),
    ),
}

_STORED_PROBLEMS: Mapping[str, Sentence] = {
    "unknown_graduate": (
        ("库中和本次导入的文件中都没有这名毕业生", "no such graduate is stored or in this import"),
        ("请核对编号，或同时导入名册", "check the id, or import the roster in the same call"),
    ),
    "unknown_post": (
        ("库中和本次导入的文件中都没有这个岗位", "no such post is stored or in this import"),
        ("请核对编号，或同时导入需求目录", "check the id, or import the catalog in the same call"),
    ),
    "id_of_other_college": (
        ("这个编号已属于 {0}，现由 {1} 使用", "{0} holds this id, and {1} uses it now"),
        ("请换一个编号，例如加上院校简称", "take another id, e.g. with the college's short name"),
    ),
    "id_taken": (
        ("这个编号已被使用", "the id is used already"),
        ("请换一个编号，例如加上院校简称", "take another id, e.g. with the college's short name"),
    ),
    "college_not_yours": (
        ("不是您负责的院校", "this is no college of yours"),
        ("可导入：{all}", "you may import for: {all}"),
    ),
    "sheet_not_yours": (
        ("您不能导入这种表格", "sheets of this kind are not yours to import"),
        ("请交由数据管理员或系统管理员导入", "ask the data officer or the administrator"),
    ),
    "issuer_missing": (
        ("不知道是哪个单位发布的", "nobody says which body issued it"),
        (
            "请填写发布单位，或用 --issuer 指明",
            "fill in the issuing body, or name it with --issuer",
        ),
    ),
    "post_dates_apart": (
        (
            "这个编号已用于 {0} 至 {1} 的岗位，日期不相接",
            "the id belongs to a post of {0} to {1}, and the dates do not overlap",
        ),
        ("新岗位请用新编号", "give a new post a new id"),
    ),
    "duplicate_in_call": (
        ("{0} 第 {1} 行已有相同编号", "{0}, row {1}, has the same id"),
        ("一次导入中每个编号只能出现一次", "an id stands once in one import"),
    ),
}

_WARNINGS: Mapping[str, Sentence] = {
    "title_row": (("标题行，未读入", "a title, not read"), ("", "")),
    "total_row": (("合计行，未读入", "a row of totals, not read"), ("", "")),
    "unknown_column": (
        ("不认识的列，未读入", "an unknown column, not read"),
        ("相近的列名：{all}", "similar: {all}"),
    ),
    "unlabelled_column": (
        ("第 {0} 列没有列名，未读入", "column {0} has no header and was not read"),
        ("请补上列名", "name it"),
    ),
    "other_worksheets": (
        ("只读入了工作表「{0}」", "only the worksheet “{0}” was read"),
        ("其余工作表请另存为单独的文件", "save the others as files of their own"),
    ),
    "no_rows": (("表头之下没有数据", "there is no row below the header"), ("", "")),
    "credit_code_check": (
        ("校验位不符，应为 {0}", "its check character should be {0}"),
        ("请核对信用代码", "check the credit code"),
    ),
    "occupation_unknown": (
        ("2022 年版大典中没有编码 {0}，已保留", "the 2022 edition has no code {0}; it is kept"),
        ("请核对编码", "check the code"),
    ),
    "occupation_conflict": (
        (
            "编码 {0} 是「{1}」，表中写的是「{2}」；以编码为准",
            "{0} is “{1}”, not “{2}”; the code holds",
        ),
        ("请核对编码与名称", "check code and name"),
    ),
    "unknown_licence": (
        (
            "操作证表中没有「{0}」，按原文保留",
            "no known licence is called “{0}”; it is kept as written",
        ),
        ("请核对名称", "check the name"),
    ),
    "development_zone": (
        ("开发区「{0}」按「{1}」读取", "the development zone “{0}” is read as “{1}”"),
        ("请写所在的县（市、区）", "write the county it lies in"),
    ),
    "outside_shandong": (
        (
            "「{0}」在山东省外，已保留，不计距离",
            "“{0}” is outside Shandong: kept, without a distance",
        ),
        ("", ""),
    ),
    "region_code_unknown": (
        ("区划代码表中没有 {0}，已保留", "no table has the region code {0}; it is kept"),
        ("请核对代码", "check the code"),
    ),
    "preparatory_technician": (
        ("预备技师按高级工读取", "预备技师 is read as senior worker"),
        ("", ""),
    ),
    "unknown_trade": (
        (
            "专业表中没有，暂按最相近的「{0}」匹配",
            "no known trade; read as the nearest, “{0}”, for now",
        ),
        ("可用 map trade 命令确认", "confirm it with the command map trade"),
    ),
    "repeated_row": (
        ("与第 {0} 行重复，只计一次", "the same as row {0}, and counted once"),
        ("", ""),
    ),
    "differing_row": (
        (
            "与第 {0} 行是同一步骤但其他列不同，只计一次，以登记较早的为准",
            "the same step as row {0} with other details; the earlier record is kept",
        ),
        ("请核对这两行", "check both rows"),
    ),
    "repeated_row_rows": (
        (
            "共 {0} 行重复，各只计一次：第 {1} 行",
            "{0} rows are there before, and counted once: {1}",
        ),
        ("", ""),
    ),
    "differing_row_rows": (
        (
            "共 {0} 行与前面的行是同一步骤但其他列不同，各只计一次，以登记较早的为准：第 {1} 行",
            "{0} rows tell a step again with other details; the earlier records are kept: {1}",
        ),
        ("请核对这些行", "check these rows"),
    ),
    "recorded_before_date": (
        ("登记日期早于发生日期 {0}", "it was recorded before it happened, {0}"),
        ("请核对这两个日期", "check both dates"),
    ),
    "no_three_party_agreement": (
        ("实习未填三方协议日期", "an internship without the day of its three-party agreement"),
        ("请补填三方协议日期", "state the day on which it was signed"),
    ),
    "of_internships_alone": (
        ("仅适用于实习，未采用", "it is of internships alone, and does not count"),
        ("请核对环节", "check the stage"),
    ),
    "implausible_pay": (
        ("月薪少见", "such a pay is unusual"),
        ("请核对单位是否为每月元数", "check that it is CNY per month"),
    ),
    "rounded_pay": (("按 {0} 元读取", "read as {0}"), ("", "")),
    "full_width_id": (
        (
            "编号中有全角等特殊字符，按原样保留",
            "the id has full-width or other special characters, kept as they are",
        ),
        ("请核对其他表中是否也这样写", "check that other sheets write it the same"),
    ),
    "more_signings_than_places": (
        ("已有 {0} 人签约，超过需求人数 {1}", "{0} have signed, for {1} places"),
        ("请核对签约与解约记录", "check signings and cancellations"),
    ),
    "odd_stage_order": (
        ("「{0}」出现在「{1}」之前，顺序少见", "“{0}” comes before “{1}”, an odd order"),
        ("请核对日期", "check the dates"),
    ),
    "repeated_in_call": (
        ("与 {0} 第 {1} 行重复，只计一次", "the same as {0}, row {1}, and counted once"),
        ("", ""),
    ),
    "agreement_post_unknown": (
        ("库中和本次导入的文件中都没有这个岗位", "no such post is stored or in this import"),
        ("请核对编号", "check the id"),
    ),
    "repeated_in_call_rows": (
        (
            "共 {0} 行与另一文件重复，各只计一次：第 {1} 行",
            "{0} rows are in another file too, and counted once: {1}",
        ),
        ("", ""),
    ),
    "more_signings_than_places_rows": (
        (
            "共 {0} 个岗位签约人数超过需求人数，见第 {1} 行",
            "{0} posts have more signings than places, see rows {1}",
        ),
        ("请核对签约与解约记录", "check signings and cancellations"),
    ),
    "odd_stage_order_rows": (
        ("共 {0} 行环节顺序少见：第 {1} 行", "{0} rows have an odd order of stages: {1}"),
        ("请核对日期", "check the dates"),
    ),
    "outside_post_dates_rows": (
        (
            "共 {0} 行日期不在岗位的有效期之内：第 {1} 行",
            "{0} rows are dated outside their post's days: {1}",
        ),
        ("请核对日期", "check the dates"),
    ),
    "agreement_post_unknown_rows": (
        (
            "共 {0} 行的岗位不在库中，也不在本次导入的文件中：第 {1} 行",
            "{0} rows name posts that are neither stored nor in this import: {1}",
        ),
        ("请核对编号", "check the ids"),
    ),
    "outside_post_dates": (
        ("日期不在岗位的有效期 {0} 至 {1} 之内", "the day is outside the post's days, {0} to {1}"),
        ("请核对日期", "check the date"),
    ),
}

ROW_PROBLEMS: Mapping[str, Sentence] = {
    **_FILE_PROBLEMS,
    **code_words.PROBLEMS,
    **code_words.WARNINGS,
    **round_problems.PROBLEMS,
    **_CELL_PROBLEMS,
    **_STORED_PROBLEMS,
    **_WARNINGS,
    **sheet_words.CELL_PROBLEMS,
    **sheet_words.STORED_PROBLEMS,
    **sheet_words.WARNINGS,
    **contract_words.ROW_PROBLEMS,
}

_MOST_FACTS = 3
_SHOWN_CHARACTERS, _SHOWN_OF_A_FACT = 60, 300


def row_problem(problem: RowProblem, language: str = "zh") -> str:
    """Say what is wrong at one place of a sheet, and what would be right.

    File, row, column (both names) and value come first; the sentence is safe for a terminal.
    """
    what, hint = (_filled(words, problem, language) for words in ROW_PROBLEMS[problem.code])
    if language == "en":
        more = f" ({problem.n_more} more rows alike)" if problem.n_more else ""
        return f"{_place(problem, language)}: {what}{more}." + (
            f" {_capital(hint)}." if hint else ""
        )
    more = f"（另有 {problem.n_more} 行相同）" if problem.n_more else ""
    return f"{_place(problem, language)}：{what}{more}。" + (f"{hint}。" if hint else "")


def row_sentences(problem: RowProblem, language: str = "zh") -> tuple[str, str]:
    """Say what is wrong, and what would be right, without the place; "" where nothing is to do."""
    what, hint = (_filled(words, problem, language) for words in ROW_PROBLEMS[problem.code])
    stop = "." if language == "en" else "。"
    return f"{_capital(what)}{stop}", f"{_capital(hint)}{stop}" if hint else ""


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _filled(words: Words, problem: RowProblem, language: str) -> str:
    """Put the facts into a sentence; leave out the part that lists facts where there are none."""
    sentence = _pick(words, language)
    if "{all}" in sentence and not problem.facts:
        sentence = sentence[: max(0, *(sentence.rfind(mark) for mark in "；;"))]
    facts = [_shown(fact, _SHOWN_OF_A_FACT) for fact in problem.facts]
    listed = (", " if language == "en" else "、").join(facts)
    return sentence.format(*facts, *[""] * _MOST_FACTS, all=listed)


def _place(problem: RowProblem, language: str) -> str:
    """Name file, row and column, and say what the cell holds."""
    is_english = language == "en"
    chinese = column_name(problem.column, problem.kind)
    parts = [_shown(problem.filename)]
    if problem.row:
        parts.append(f"row {problem.row}" if is_english else f"第 {problem.row} 行")
    if chinese == problem.column:
        parts.append(chinese)
    else:
        both = (
            (problem.column, f" ({chinese})") if is_english else (chinese, f"（{problem.column}）")
        )
        parts.append("".join(both))
    place = (", " if is_english else " ").join(part for part in parts if part)
    if not problem.value:
        return place
    value = _shown(problem.value)
    return f"{place} “{value}”" if is_english else f"{place}「{value}」"


def column_name(column: str, kind: str = "") -> str:
    """Give a column's Chinese name; the name itself where no sheet has such a column."""
    for columns in (COLUMNS.get(kind, {}), *COLUMNS.values()):
        if column in columns:
            return columns[column]
    return column


def _shown(value: str, limit: int = _SHOWN_CHARACTERS) -> str:
    """Show what a cell held: cut where long, and with invisible characters made visible."""
    text = value if len(value) <= limit else f"{value[:limit]}…"
    return "".join(
        f"<U+{ord(mark):04X}>" if unicodedata.category(mark)[0] == "C" else mark for mark in text
    )


# The nightly gate --------------------------------------------------------------------------

# What a reason or a verdict is about: counts, averages, kinds of code and contenders.
_GATE_SUBJECTS: Mapping[str, Words] = {
    "": ("", "all cities"),
    "graduates": ("毕业生", "graduates"),
    "posts": ("岗位", "posts"),
    "outcomes": ("就业结果", "outcomes"),
    "positives": ("已签约或到岗的结果", "outcomes that placed somebody"),
    "trades": ("专业", "trades"),
    "enterprises": ("企业", "enterprises"),
    "cities": ("城市", "cities"),
    "places_per_post": ("每个岗位的需求人数", "places per post"),
    "share_placed": ("往届毕业生的安置比例", "the share of earlier class years placed"),
    "placed_elsewhere": (
        "既不在生源地也不在意向城市的安置",
        "placements in neither the city of the home nor that of a wish",
    ),
    "open": ("有效岗位", "open posts"),
    "places": ("每个岗位的需求人数（几何平均）", "places per post (geometric mean)"),
    "pay": ("岗位月薪（几何平均）", "pay offered (geometric mean)"),
    "wish_pay": ("期望月薪（几何平均）", "pay wished for (geometric mean)"),
    "placed": ("本届已签约或到岗的人数", "graduates of the class year with a place"),
    "placed_last": ("上届已签约或到岗的人数", "graduates of the last class year with a place"),
    "decided": ("本届已知去留的人数", "graduates of the class year known to have stayed or left"),
    "decided_last": (
        "上届已知去留的人数",
        "graduates of the last class year known to have stayed or left",
    ),
    "recent": ("近四周登记的环节", "steps recorded in the last four weeks"),
    "doubled_posts": ("除编号外完全相同的岗位", "posts alike in all but their id"),
    "doubled_graduates": ("除编号外完全相同的毕业生", "graduates alike in all but their id"),
    "doubled_steps": ("同一环节以不同日期重复的记录", "steps repeated under another date"),
    "level_unlike_certificates": (
        "技能等级与证书不符的毕业生",
        "graduates whose level is not that of their certificates",
    ),
    "below_min_level": (
        "等级低于岗位要求却已签约的结果",
        "placements below the level that the post asks for",
    ),
    "outside_days": ("日期在岗位有效期之外的环节", "steps dated outside the days of their post"),
    "dated_ahead": ("日期在今天之后的环节", "steps dated after today"),
    "occupation": ("职业编码", "occupation codes"),
    "trade": ("专业名称", "trade names"),
    "region": ("地区", "regions"),
    "current": ("现用模型（重新训练）", "the current model, fitted anew"),
    "popularity": ("「热门岗位」基线", "the baseline “popularity”"),
    "popularity_in_trade": ("「本专业热门」基线", "the baseline “popularity in trade”"),
    "crosswalk": ("「专业对口」规则", "the crosswalk rule"),
    "model": ("模型", "the model"),
    "prices": ("岗位价格", "prices"),
    "factorization": ("矩阵分解", "the factorization"),
}

# The same, of one part: what stands before a colon says the kind, what follows fills it in.
_GATE_PARTS: Mapping[str, Words] = {
    "posts_city": ("{}的岗位", "posts of {}"),
    "posts_group": ("小类 {} 的岗位", "posts of minor group {}"),
    "posts_level": ("要求{}的岗位", "posts that ask for a {}"),
    "graduates_college": ("{}的毕业生", "graduates of {}"),
    "graduates_trade": ("{}专业的毕业生", "graduates of {}"),
    "graduates_level": ("{}毕业生", "graduates of level {}"),
    "minor": ("小类 {} ", "minor group {}"),
    "asked": ("要求{}的", "those that ask for a {}"),
    "unmapped_occupation": ("职业编码 {}", "occupation codes {}"),
    "unmapped_trade": ("专业 {}", "trades {}"),
    "open_city": ("{}的有效岗位", "open posts of {}"),
    "open_group": ("小类 {} 的有效岗位", "open posts of minor group {}"),
    "places_city": ("{}每个岗位的需求人数（几何平均）", "places per post of {} (geometric mean)"),
    "level": ("毕业生中的{}", "graduates of {}"),
    "min_level": ("本季要求{}的岗位", "posts of the season that ask for a {}"),
}

# {subject}, {measured} and {limit} are filled in; a limit is the end that was passed.
_GATE_REASONS: Mapping[str, Words] = {
    "feed_empty": (
        "库中没有{subject}，无法训练。",
        "There are no {subject} in the database, so nothing can be learned.",
    ),
    "feed_shrunk": (
        "{subject}由通常的水平降至 {measured:,.0f}，低于下限 {limit:,.0f}。",
        "{subject} fell to {measured:,.0f}, below the limit of {limit:,.0f}.",
    ),
    "feed_grown": (
        "{subject}增至 {measured:,.0f}，超过上限 {limit:,.0f}，请人工确认。",
        "{subject} grew to {measured:,.0f}, above the limit of {limit:,.0f}; a person should look.",
    ),
    "posts_gone": (
        "{subject}应仍有效的岗位只剩 {measured:,.0f} 个，低于下限 {limit:,.0f}。",
        "Only {measured:,.0f} posts of {subject} are left that should still be open; "
        "the limit is {limit:,.0f}.",
    ),
    "ratio_moved": (
        "{subject}变为 {measured:.2f}，超出界限 {limit:.2f}，请人工确认。",
        "{subject} moved to {measured:.2f}, past the limit of {limit:.2f}; a person should look.",
    ),
    "more_missing": (
        "「{subject}」一栏空缺比例升至 {measured:.1%}，超过上限 {limit:.1%}。",
        "Empty cells in “{subject}” rose to {measured:.1%}, above the limit of {limit:.1%}.",
    ),
    "more_unseen": (
        "无法识别的{subject}占 {measured:.1%}，超过上限 {limit:.1%}。",
        "Unknown {subject} rose to {measured:.1%}, above the limit of {limit:.1%}.",
    ),
    "unmapped_codes": (
        "首次出现且没有对应关系的{subject}，共 {measured:,.0f} 行，已按原文保留；"
        "请用代码变更表（code_changes）或 map 命令说明。",
        "New {subject} with no mapping, in {measured:,.0f} rows, kept as written: say how to "
        "read them with the sheet code_changes or the command map.",
    ),
    "more_odd": (
        "{subject}升至 {measured:.1%}，超过上限 {limit:.1%}。请核对最近导入的表，改正后重新导入；"
        "确属实情则人工放行。",
        "{subject} rose to {measured:.1%}, above the limit of {limit:.1%}. Check the sheets "
        "imported last and import them again, or release it if they are right.",
    ),
    "season_moved": (
        "{subject}为 {measured:,.1f}，与往年同期相差过大（界限 {limit:,.1f}）。"
        "请核对是否漏导或填错；确属实情则人工放行。",
        "{subject}: {measured:,.1f}, too far from earlier seasons (limit {limit:,.1f}). Look for "
        "a sheet that is missing or wrong, or release it if this is as it should be.",
    ),
    "day_jumped": (
        "距上一次运行 {measured:,.0f} 天，超出界限 {limit:,.0f} 天。请核对系统时钟与 --as-of。",
        "The last night lies {measured:,.0f} days back, past the limit of {limit:,.0f}. Check the "
        "clock and --as-of.",
    ),
    "no_reference": (
        "{subject} 步：没有可比较的先前记录，未作比较。",
        "Step {subject}: no reference, so nothing was compared.",
    ),
    "training_failed": (
        "训练中断：进程异常退出、超时或内存不足，详见日志。",
        "Training broke off: its process died, took too long or ran out of memory; see the log.",
    ),
    "not_finite": (
        "模型数据「{subject}」中有 {measured:,.0f} 个不是有效数字。",
        "{measured:,.0f} values of “{subject}” are not finite numbers.",
    ),
    "rule_broken": (
        "推荐列表中有 {measured:,.0f} 处违反硬性条件，一处也不允许。",
        "Lists hold {measured:,.0f} posts that a rule forbids; none is allowed.",
    ),
    "nobody_eligible": (
        "没有毕业生符合任何岗位的条件，未检查列表长度。",
        "No graduate is eligible for any post, so the length of lists was not checked.",
    ),
    "short_lists": (
        "只有 {measured:.1%} 的毕业生得到足够长的列表，低于下限 {limit:.0%}。",
        "Only {measured:.1%} of graduates get a list as long as it can be; "
        "the limit is {limit:.0%}.",
    ),
    "spread": (
        "匹配分的差距为 {measured:.2g}，超出界限 {limit:.2g}，排不出先后或已经失控。",
        "Scores lie {measured:.2g} apart, past the limit of {limit:.2g}: "
        "they order nothing or have run away.",
    ),
    "nothing_known": (
        "留出届没有已知的就业结果，无法比较，改用基线。",
        "No outcome of the held-out class year is known, so a baseline is published.",
    ),
    "nothing_before": (
        "留出届之前没有可学习的结果，模型无从比较，改用基线。",
        "Nothing is known from before the held-out class year, so no model could be judged "
        "and a baseline is published.",
    ),
    "not_ahead": (
        "模型没有明显胜过{subject}：领先幅度的 95% 区间下限为 {measured:.3f}，应大于 {limit:.3f}。",
        "The model is not clearly ahead of {subject}: its lead is {measured:.3f} at the lower "
        "end of the 95% interval and has to be above {limit:.3f}.",
    ),
    "too_good": (
        "模型的结果 {measured:.3f} 好得不可信（超过 {limit:.3f}），请先查是否用了事后数据。",
        "The model reaches {measured:.3f}, which is beyond belief (above {limit:.3f}): "
        "look for data from after the event.",
    ),
    "worse_than_current": (
        "模型不如现用模型：差距的 95% 区间下限为 {measured:.3f}，应大于 {limit:.3f}。",
        "The model may be worse than the current one: {measured:.3f} at the lower end of the "
        "95% interval, which has to be above {limit:.3f}.",
    ),
    "current_is_better": (
        "模型没有胜过基线，而现用模型胜过{subject}（区间下限 {measured:.3f}），保留现用版本。",
        "The model is not ahead, but the current model is ahead of {subject} ({measured:.3f} "
        "at the lower end), so the current version stays.",
    ),
    "slice_loses": (
        "「{subject}」的毕业生变差：{measured:+.3f}，允许至 {limit:+.3f}。",
        "Graduates of “{subject}” lose: {measured:+.3f}, allowed down to {limit:+.3f}.",
    ),
    "few_lists": (
        "只有 {measured:,.0f} 份列表，少于 {limit:,.0f} 份，未评估岗位覆盖与拥挤。",
        "Only {measured:,.0f} lists, fewer than {limit:,.0f}: coverage and crowding "
        "were not judged.",
    ),
    "stale_features": (
        "只有 {measured:.1%} 的已有结果的岗位为模型所知，低于下限 {limit:.0%}："
        "模型所用的数据已过时，请重新运行 retrain。",
        "The model knows only {measured:.1%} of the posts with outcomes; the limit is "
        "{limit:.0%}. It was made from old data: run retrain again.",
    ),
    "prices": (
        "最高岗位价格是匹配分全距的 {measured:,.1f} 倍，超出界限 {limit:,.1f}：价格没有收敛。"
        "保留上一版本，请查看日志。",
        "The highest price is {measured:,.1f} times as far as scores lie apart, past the limit of "
        "{limit:,.1f}: prices did not settle. The last version stays; see the log.",
    ),
    "price_gap": (
        "岗位价格没有收敛：排队人数与价格相差 {measured:.1%}，上限 {limit:.0%}。"
        "保留上一版本，请重新运行 retrain；再次出现请查看日志。",
        "Prices did not settle: queues are {measured:.1%} from what the prices lead to; the limit "
        "is {limit:.0%}. The last version stays: run retrain again, then see the log.",
    ),
    "leak": (
        "模型几乎总能分辨结果（AUC {measured:.3f}，上限 {limit:.2f}），"
        "请先查哪一栏是事后填写的；确属实情则人工放行。",
        "The model tells outcomes apart almost always (AUC {measured:.3f}, limit {limit:.2f}): "
        "look for a column filled in after the event, or release it if there is none.",
    ),
    "reached_moved": (
        "{subject}在同一留出届上的结果比前几夜变动 {measured:+.3f}，超出界限 {limit:+.2f}："
        "往届记录被改动。请核对近日导入的表；确属更正则人工放行。",
        "On the same class year {subject} reaches {measured:+.3f} beside the last nights, past "
        "the limit of {limit:+.2f}: the past was changed. Check what was imported lately, or "
        "release it if it was mended.",
    ),
    "coverage": (
        "列表覆盖了可覆盖名额的 {measured:.1%}，超出界限 {limit:.0%}。",
        "Lists reach {measured:.1%} of the places they could, past the limit of {limit:.0%}.",
    ),
    "city_left_out": (
        "列表只覆盖{subject}名额的 {measured:.1%}，低于下限 {limit:.0%}；请人工查看后放行。",
        "Lists reach only {measured:.1%} of the places in {subject}; the limit is {limit:.0%}. "
        "Look, and release it.",
    ),
    "gini": (
        "申请人在名额间分布的基尼系数为 {measured:.2f}，超出界限 {limit:.2f}。",
        "The Gini coefficient of applicants over places is {measured:.2f}, "
        "past the limit of {limit:.2f}.",
    ),
    "overfull": (
        "{measured:.1%} 的岗位过于拥挤，超出界限 {limit:.0%}。",
        "{measured:.1%} of posts are crowded, past the limit of {limit:.0%}.",
    ),
    "places_scarce": (
        "平均每个名额有 {measured:.1f} 份申请，名额太少，未评估拥挤。",
        "There are {measured:.1f} applications per place: too few places "
        "for crowding to be judged.",
    ),
    "places_plenty": (
        "平均每个名额只有 {measured:.2f} 份申请，名额充裕，未评估拥挤。",
        "There are only {measured:.2f} applications per place: room for everybody, "
        "so crowding was not judged.",
    ),
    "errors": (
        "预演中有 {measured:,.0f} 次请求出错，一次也不允许。",
        "{measured:,.0f} requests of the rehearsal ended in an error; none may.",
    ),
    "time": (
        "预演的应答时间是现用版本的 {measured:.2f} 倍，超出界限 {limit:.2f}。",
        "Answers of the rehearsal took {measured:.2f} times as long as now, "
        "past the limit of {limit:.2f}.",
    ),
    "overlap": (
        "前十位与现用版本只有 {measured:.0%} 相同，超出界限 {limit:.0%}，请人工放行。",
        "{measured:.0%} of the first ten posts are the same as now, past the limit of "
        "{limit:.0%}; a person may release it.",
    ),
}

_GATE_VERDICTS: Mapping[str, Words] = {
    "published": ("已发布{subject}。", "Published: {subject}."),
    "baseline": ("模型未达标，改为发布{subject}。", "Published in its place: {subject}."),
    "held": ("{subject}暂不上线，等待人工放行。", "Held for a person: {subject}."),
    "refused": ("本次不发布，保留上一可用版本。", "Refused; the last good version stays."),
}


def gate_reason(
    code: str,
    subject: str = "",
    measured: float | None = None,
    limit: float | None = None,
    *,
    language: str = "zh",
) -> str:
    """Say what a step of the gate found."""
    about = gate_subject(subject, language)
    sentence = _pick(_GATE_REASONS[code], language)
    said = sentence.format(subject=about, measured=measured, limit=limit)
    return said[:1].upper() + said[1:]


def gate_verdict(verdict: str, published: str = "", *, language: str = "zh") -> str:
    """Say how a night ended."""
    about = gate_subject(published, language)
    return _pick(_GATE_VERDICTS[verdict], language).format(subject=about)


def gate_figures(
    metric: str, reached: Mapping[str, float], n_graduates: int, *, language: str = "zh"
) -> str:
    """Say what each contender reached."""
    listed = "; ".join(
        f"{gate_subject(name, language)} {value:.3f}" for name, value in reached.items()
    )
    if language == "en":
        return f"{metric.upper()} over {n_graduates:,} graduates: {listed}."
    return f"{metric.upper()}（{n_graduates:,} 名毕业生）：{listed.replace('; ', '；')}。"


def gate_subject(subject: str, language: str = "zh") -> str:
    """Name a count, a kind of code or a contender; a column, a city or a label names itself."""
    words = _GATE_SUBJECTS.get(subject)
    if words:
        return _pick(words, language)
    kind, _, label_ = subject.partition(":")
    if kind in _GATE_PARTS:
        return _pick(_GATE_PARTS[kind], language).format(_part_label(label_, language))
    return column_name(subject) if language == "zh" else subject


def _part_label(part: str, language: str) -> str:
    """Name a level, or a programme and a level; a city, a trade or a code names itself."""
    names = {level.name: level for level in SkillLevel}
    tiers = {tier.value: tier for tier in TrainingTier}
    said = [
        label(names[word], language)
        if word in names
        else label(tiers[word], language)
        if word in tiers
        else word
        for word in part.split("/")
    ]
    return ("" if language == "zh" else ", ").join(said)
