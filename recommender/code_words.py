"""Words about changes of codes, which `wording` takes up: Chinese first, English beside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from recommender.succession import ChangeKind, CodeTable

Words = tuple[str, str]
# What is wrong, and what would be right.
Sentence = tuple[Words, Words]

LABELS: Mapping[type[Enum], Mapping[Enum, Words]] = {
    CodeTable: {
        CodeTable.TRADE: ("专业", "trade"),
        CodeTable.OCCUPATION: ("职业", "occupation"),
    },
    ChangeKind: {
        ChangeKind.RENAME: ("更名", "rename"),
        ChangeKind.SPLIT: ("拆分", "split"),
        ChangeKind.MERGE: ("合并", "merge"),
        ChangeKind.RETIRE: ("撤销", "retire"),
    },
}

SHEETS: Mapping[str, Words] = {"code_changes": ("代码变更", "code changes")}

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "code_changes": {
        "table": "代码表",
        "kind": "变更方式",
        "old_code": "旧代码",
        "new_code": "新代码",
        "new_name": "新名称",
        "weight": "权重",
        "starts_on": "起始日期",
        "source": "依据",
    }
}

PROBLEMS: Mapping[str, Sentence] = {
    "not_a_part": (
        ("不是大于 0 且不超过 1 的比例", "no part above 0 and up to 1"),
        ("如 0.6 或 60%", "such as 0.6 or 60%"),
    ),
    "code_changes_twice": (
        ("旧代码 {0} 的变更方式或日期不一致", "the rows of {0} differ in kind or day"),
        (
            "一个代码只变更一次，各行的变更方式与起始日期应相同；再变更的是它的新代码",
            "a code changes once, by rows of one kind and day; later its followers may change",
        ),
    ),
    "one_follower_only": (
        ("旧代码 {0} 有多个新代码", "{0} has several new codes"),
        ("变更方式应为“拆分”，并写明权重", "that is a split: say so, with weights"),
    ),
    "weight_not_one": (
        ("只有拆分才有权重", "only a split has weights"),
        ("请留空", "leave it empty"),
    ),
    "split_alone": (
        ("旧代码 {0} 拆分后只有一个新代码", "{0} is split into one code"),
        (
            "拆分应有两行以上；只有一个新代码是更名",
            "a split has two rows or more; else it is a rename",
        ),
    ),
    "split_weights": (
        ("旧代码 {0} 拆分的权重之和为 {1}", "the weights of {0} sum to {1}"),
        ("应为 1", "they sum to 1"),
    ),
    "rename_is_merge": (
        ("{0} 也更名为这个代码", "{0} is renamed to this code, too"),
        ("变更方式应为“合并”", "that is a merge"),
    ),
    "code_cycle": (
        ("代码绕成一圈：{0}", "the codes go round: {0}"),
        ("沿用的代码请用新的编码", "give what goes on a code of its own"),
    ),
    "strands_graduates": (
        (
            "{0} 名毕业生变更后将没有符合条件的相关岗位：{1}",
            "{0} graduates would be left without an eligible post of their trade: {1}",
        ),
        (
            "请先用 map pair 说明新专业对应的职业，或补充岗位；确认无误请加 --allow-stranded",
            "say with map pair where the new trade leads, or add posts; "
            "if it is meant, add --allow-stranded",
        ),
    ),
}

WARNINGS: Mapping[str, Sentence] = {
    "code_changed": (
        ("{0} 自 {1} 起已变更，按 {2} 计", "{0} changed on {1} and counts as {2}"),
        ("请改用新代码", "use the new code"),
    ),
    "code_retired": (
        ("{0} 自 {1} 起已撤销，没有接续的代码", "{0} was retired on {1}; no code follows it"),
        ("请核对", "check it"),
    ),
}


def parts(named: Sequence[tuple[str, str, float]]) -> str:
    """Say codes with their names and parts: ``6-18-01-98 数控车工 60%``."""
    said = []
    for code, name, part in named:
        share = "" if part == 1 else f" {part:.4g}"
        said.append(f"{code}{f' {name}' if name and name != code else ''}{share}")
    return "、".join(said)


def answer_lines(found: Mapping[str, Any], language: str = "zh") -> Iterator[str]:
    """Say what a code is and counts as."""
    english = language == "en"
    name = f" {found['name']}" if found["name"] and found["name"] != found["code"] else ""
    yield f"{found['code']}{name}"
    if found["warning"]:
        yield found["warning_en"] if english else found["warning"]


def change_lines(rows: Sequence[Mapping[str, Any]], language: str = "zh") -> Iterator[str]:
    """List the changes of codes."""
    english = language == "en"
    for row in rows:
        words = [
            LABELS[kind][kind(row[of])] for kind, of in ((CodeTable, "table"), (ChangeKind, "kind"))
        ]
        what = " ".join(word[english] for word in words)
        follower = row["new_code"] or ("none" if english else "无接续")
        weight = "" if row["weight"] == 1 else f" ({row['weight']:.4g})"
        yield f"{row['starts_on']}  {what}  {row['old_code']} → {follower}{weight}  {row['source']}"
    if not rows:
        yield "No code has changed." if english else "没有代码变更。"
