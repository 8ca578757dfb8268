"""Sentences about apprentices, internships and batches of places, from codes and facts.

`wording.ROW_PROBLEMS` takes them in; the layout of a sentence is said there.
"""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]

ROW_PROBLEMS: Mapping[str, tuple[Words, Words]] = {
    "no_labour_contract": (
        ("学徒未填劳动合同日期", "an apprentice without the day of the labour contract"),
        ("招工即招生须先签劳动合同，请补填", "who is hired first has one: state its day"),
    ),
    "examined_before_start": (
        ("评价日期早于培养起始日期 {0}", "the examination is before the start, {0}"),
        ("请核对日期", "check the dates"),
    ),
    "id_of_other_enterprise": (
        ("该编号已属于企业 {0}", "enterprise {0} holds this id"),
        ("请改用未占用的编号", "choose another id"),
    ),
    "internship_out_of_trade": (
        (
            "实习岗位的职业「{1}」与专业「{0}」不对口",
            "the trade {0} does not lead to {1}",
        ),
        (
            "请核对岗位；确属对口请用 map pair 确认",
            "check the post; if it does, decide so with map pair",
        ),
    ),
    "internship_of_a_minor": (
        (
            "岗位须满18周岁，实习开始时未满，或未填满18周岁日期",
            "a post for adults, and the graduate is none on the first day, or does not say",
        ),
        ("请核对岗位和满18周岁日期", "check the post and the day of the eighteenth birthday"),
    ),
    "interns_above_staff": (
        (
            "企业 {0} 同期实习 {1} 人，超过职工人数 {2} 的 10%",
            "enterprise {0} has {1} interns at a time, above 10 % of its staff of {2}",
        ),
        ("请与企业核对人数", "settle the numbers with the enterprise"),
    ),
    "interns_above_like_posts": (
        (
            "企业 {0} 在同类岗位同期实习 {1} 人，超过岗位人数 {2} 的 20%",
            "enterprise {0} has {1} interns at a time in like posts, above 20 % of {2} people",
        ),
        ("请与企业核对人数", "settle the numbers with the enterprise"),
    ),
    "internship_out_of_trade_rows": (
        (
            "共 {0} 行实习岗位与专业不对口：第 {1} 行",
            "{0} rows are internships out of trade: {1}",
        ),
        (
            "请核对岗位；确属对口请用 map pair 确认",
            "check the posts; decide pairs with map pair",
        ),
    ),
    "internship_of_a_minor_rows": (
        (
            "共 {0} 行实习岗位须满18周岁而实习生未满或未填：第 {1} 行",
            "{0} rows are internships of minors at posts for adults: {1}",
        ),
        ("请核对岗位和满18周岁日期", "check the posts and birthdays"),
    ),
    "interns_above_staff_rows": (
        (
            "共 {0} 家企业同期实习人数超过职工人数的 10%：第 {1} 行",
            "{0} enterprises have more interns at a time than 10 % of their staff: {1}",
        ),
        ("请与企业核对人数", "settle the numbers with them"),
    ),
    "interns_above_like_posts_rows": (
        (
            "共 {0} 处同类岗位同期实习人数超过岗位人数的 20%：第 {1} 行",
            "{0} times more intern at a time than 20 % of like posts: {1}",
        ),
        ("请与企业核对人数", "settle the numbers with the enterprises"),
    ),
    "no_batch_header": (
        (
            "前十行中没有找到表头",
            "no header row was found within the first ten rows",
        ),
        ("表头至少应有：毕业生编号、岗位编号", "name the columns graduate_id and post_id"),
    ),
}
