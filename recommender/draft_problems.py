"""What a draft of an assignment refuses: Chinese first, English beside. `failures` takes it up."""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]

REFUSALS: Mapping[str, Words] = {
    "changed": (
        "方案已被 {1} 改动（{0} 步），未写入；请看清改动后再操作。",
        "{1} changed this assignment ({0} entries since); nothing was written, look again first.",
    ),
    "too_large": (
        "{0} 名毕业生 × {1} 个岗位太大，不能在页面上派位；"
        "请缩小范围，或在服务器上运行：assign{2} --out assignment.xlsx",
        "{0} graduates × {1} posts are too many for a page; "
        "narrow them, or run on the server: assign{2} --out assignment.xlsx",
    ),
    "no_such_entry": ("没有第 {0} 步。", "There is no entry {0}."),
    "undone_already": ("第 {0} 步已经撤销。", "Entry {0} is undone already."),
    "confirmed_stays": (
        "第 {0} 步已确认签约，不能在这里撤销；请在毕业生页面释放名额。",
        "Entry {0} confirmed a place and cannot be undone here; release it on the graduate's page.",
    ),
    "first_stays": (
        "第 {0} 步是方案的起点，不能撤销。",
        "Entry {0} began the assignment and cannot be undone.",
    ),
    "vetoed_here": (
        "本方案已禁止 {0} 去岗位 {1}；先撤销第 {2} 步。",
        "This assignment bars {0} from post {1}; undo entry {2} first.",
    ),
    "broken": (
        "{0} → {1} 违反规则、名额或固定安排，未确认。",
        "{0} → {1} breaks a rule, a place or a pin, so it was not confirmed.",
    ),
    "no_reason": ("请写明禁止的理由。", "Say why the pair is barred."),
    "nothing_placed": ("{0} 还没有岗位，不能固定。", "{0} has no post that could be pinned."),
}
