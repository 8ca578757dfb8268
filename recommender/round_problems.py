"""Words of the sheet of posts asked about, and what a round refuses: Chinese first, English beside.

`wording` takes up the words of the sheet, `failures` the refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from recommender.collection import PostVerdict

Words = tuple[str, str]
# What is wrong, and what would be right.
Sentence = tuple[Words, Words]

LABELS: Mapping[type[Enum], Mapping[Enum, Words]] = {
    PostVerdict: {
        PostVerdict.KEEP: ("保留", "keep"),
        PostVerdict.RETIRE: ("撤回", "retire"),
    }
}

SHEETS: Mapping[str, Words] = {"post_answers": ("岗位确认", "post answers")}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "post_answers": {
        "post_id": "岗位编号",
        "enterprise": "企业名称",
        "occupation": "职业",
        "headcount": "需求人数",
        "closes_on": "截止日期",
        "touched_on": "最后变更或确认日期",
        "verdict": "是否保留",
        "reason": "原因",
    }
}

PROBLEMS: Mapping[str, Sentence] = {
    "due_before_today": (
        ("截止日期已过", "the day is over already"),
        ("请写今天或以后的日期", "give today or a later day"),
    ),
    "no_catalog": (
        ("不是需求目录，而是 {0}", "this is no demand catalog but {0}"),
        ("请用本轮征集的模板填写", "fill in the template of the round"),
    ),
    "whose_reply": (
        ("表中没有岗位，看不出是哪家企业", "there is no post in it, so nobody knows whose it is"),
        (
            "文件名请以统一社会信用代码开头，如模板的文件名",
            "begin the file's name with the credit code, as the template's does",
        ),
    ),
    "not_asked": (
        ("本轮没有征集这家企业", "the round does not ask this enterprise"),
        ("请核对信用代码，或先补入成员单位表", "check the code, or add it to the members sheet"),
    ),
    "two_enterprises": (
        ("一份回复只能有一家企业，前面是 {0}", "a reply is of one enterprise; before it is {0}"),
        ("请拆成每家一份", "send one file for each"),
    ),
    "post_of_another": (
        ("编号已属于「{0}」", "the id belongs to “{0}”"),
        ("新岗位请用新编号", "give a new post an id of its own"),
    ),
    "two_files_of_one_name": (
        ("同一次有两份同名文件", "two files of the call have this name"),
        ("请改名后再收", "rename one"),
    ),
    "retired_without_reason": (
        ("撤回须写原因", "a post is not retired without a reason"),
        ("请填写原因", "say why"),
    ),
}

REFUSALS: Mapping[str, Words] = {
    "round_named_already": ("已有征集“{0}”，请换一个名称。", "There is a round {0} already."),
    "round_under_way": (
        "征集“{0}”尚未发布；一个联盟同时只有一轮征集。",
        "The round {0} is not issued yet; an alliance has one round at a time.",
    ),
    "round_issued": ("征集“{0}”已发布，不再变更。", "The round {0} is issued and changes no more."),
    "round_not_approved": ("征集“{0}”尚未审定。", "The round {0} is not approved."),
    "nobody_replied": ("征集“{0}”还没有回复。", "Nobody has replied to the round {0}."),
    "round_undecided": (
        "征集“{0}”还有不一致的岗位，请用 round choose 决定：{rest}。",
        "Posts of the round {0} are undecided; decide with round choose: {rest}.",
    ),
    "paused_already": ("企业 {0} 已经暂停。", "The enterprise {0} is paused already."),
    "not_paused": ("企业 {0} 没有暂停。", "The enterprise {0} is not paused."),
}


def refusal(code: str, facts: tuple[str, ...]) -> Words:
    """Say why a round or a pause does not allow something."""
    chinese, english = REFUSALS[code]
    return (
        chinese.format(*facts, rest="、".join(facts[1:])),
        english.format(*facts, rest=", ".join(facts[1:])),
    )
