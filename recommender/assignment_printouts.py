"""What the commands on whole cohorts print: how a cohort was placed, and what a check found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from recommender import phrases

if TYPE_CHECKING:
    from recommender.checker import Fault
    from recommender.cohorts import Table
    from recommender.matching.draft import Breach, Draft, Moved

# By the code of a fault.
FAULTS: Mapping[str, tuple[str, str]] = {
    "malformed": ("证书不完整或格式不对", "the certificate is incomplete or of another form"),
    "values_of_others": ("分数与名单不符", "values are of other people than the list"),
    "eligible_otherwise": ("按规则判断的可选岗位不同", "the rules say otherwise who may take what"),
    "unknown": ("名单或岗位中没有", "stands in no list"),
    "ineligible": ("不符合硬性条件", "a rule forbids it"),
    "barred": ("已被禁止", "was barred"),
    "no_value": ("分数不在 0 到 1 之间", "a value lies outside 0 to 1"),
    "overfilled": ("超过名额", "more than its places"),
    "held_for_others": ("名额是为别人预留的", "the place is held for somebody else"),
    "reserved_for_others": ("名额属于协议成员", "the place is reserved for members"),
    "pin_broken": ("未按固定安排", "what was fixed was not done"),
    "hold_broken": ("未保留已预留的名额", "what was held was not kept"),
    "count_wrong": ("数目不对", "a number is wrong"),
    "reason_missing": ("缺少原因", "has no reason"),
    "reason_for_placed": ("已安置却有原因", "has a post and a reason"),
    "reason_false": ("原因不实", "the reason is not true"),
    "floor_missed": ("未达最少人数", "a floor is missed"),
    "keeps_too_little": ("保留的合计少于所定比例", "keeps less of the best sum than it says"),
    "not_proved": ("未证明为最优", "not proved to be the best"),
    "ranks_wrong": ("排序与可选岗位不符", "ranks name others than the rules do"),
    "stated_otherwise": ("排序与所填位次不符", "ranks are not as they were stated"),
    "blocking_pair": ("双方都更愿意选对方", "both would rather have each other"),
}


# Groups that are compared.
CIRCLES: Mapping[str, tuple[str, str]] = {
    "home": ("生源地", "home"),
    "college": ("院校", "college"),
    "gender": ("性别", "gender"),
}


def assigned_lines(table: Table, out: Path, language: str) -> Iterator[str]:
    """Say how a cohort was placed."""
    facts, english = table.facts, language == "en"
    source = f"v{facts['model']} ({facts['published']}), {facts['as_of']}"
    n_placed, n_graduates, most = facts["n_placed"], facts["n_graduates"], facts["most"]
    yield (
        f"Wrote {out}: {n_placed} of {n_graduates} graduates placed, at most {most} could be; "
        f"{source}"
        if english
        else f"已写入 {out}：{n_graduates} 名毕业生中安置 {n_placed} 名，"
        f"最多可安置 {most} 名；{source}"
    )
    yield _sum_line(table, english=english)
    yield from _floor_lines(facts, english=english)
    yield from _fair_lines(facts, english=english)
    if facts["n_stated"]:
        n_stated = facts["n_stated"]
        yield (
            f"Enterprises' own wishes used: {n_stated}"
            if english
            else f"采用企业填报的意向 {n_stated} 条"
        )
    if facts["n_kept"]:
        n_kept = facts["n_kept"]
        yield (
            f"Held or fixed, and kept: {n_kept}" if english else f"预留或固定，均保留：{n_kept} 名"
        )
    unplaced = facts["unplaced"]
    if isinstance(unplaced, dict) and unplaced:
        told = ", ".join(f"{code} {count}" for code, count in unplaced.items())
        yield f"Without a post: {told}" if english else f"未安置：{told}"
    missed = facts["floors_missed"]
    for each in missed if isinstance(missed, tuple) else ():
        who, floor, reached = each.agreement_id, each.floor, each.reached
        yield (
            f"Floor of agreement {who} missed: {reached} of {floor}"
            if english
            else f"协议 {who} 未达最少人数：{reached} / {floor}"
        )


def _floor_lines(facts: Mapping[str, object], *, english: bool) -> Iterator[str]:
    if facts["floors_way"] is None:
        return
    if "gap" not in facts:
        yield "Floors ask nothing more" if english else "最少人数无须另行安排"
        return
    cost, gap = float(str(facts["floors_cost"])), float(str(facts["gap"]))
    by_prices = float(str(facts["gap_by_prices"]))
    yield (
        f"Floors cost {cost:.2f} of the sum; nothing better by more than {gap:.4f} (solver), "
        f"{by_prices:.4f} (prices in the certificate)"
        if english
        else f"满足最少人数使合计减少 {cost:.2f}；更优方案至多再多 {gap:.4f}（求解器证明）、"
        f"{by_prices:.4f}（证书中的价格证明）"
    )


def _fair_lines(facts: Mapping[str, object], *, english: bool) -> Iterator[str]:
    fair = facts["fair"]
    if not isinstance(fair, Mapping):
        return
    if not fair:
        yield "No group is large enough to compare" if english else "没有足够大的群体可比较"
        return
    share, before, bound = (fair[name] for name in ("share", "share_before", "bound"))
    yield (
        f"Fairness costs {fair['cost']:.2f} of the sum. Of what it could have alone, the worst "
        f"served group has {share:.1%} ({before:.1%} by the largest sum; at most {bound:.1%})"
        if english
        else f"公平使合计减少 {fair['cost']:.2f}。最受亏待的群体得到其单独分配时的 {share:.1%}"
        f"（合计最大时 {before:.1%}；至多 {bound:.1%}）"
    )
    for name, was, has in fair["worst"]:
        kind, _, label = name.partition(":")
        yield f"  {CIRCLES[kind][english]} {label}: {was:.1%} → {has:.1%}"


def _sum_line(table: Table, *, english: bool) -> str:
    total = float(str(table.facts["total"]))
    if table.facts["score"] == "chance":
        return (
            f"Score: calibrated chance; {total:.1f} are expected to be at work after 180 days"
            if english
            else f"分数为校准概率：预计 180 天后仍在岗 {total:.1f} 人"
        )
    return (
        f"Score: percentile among each one's own posts (of a baseline); sum {total:.1f}"
        if english
        else f"分数为本人可选岗位中的百分位（基线没有概率）：合计 {total:.1f}"
    )


# What a draft breaks beside rules; {0}, {1} and {2} are what it is about.
BREACHES: Mapping[str, tuple[str, str]] = {
    "barred": ("{0} 与 {1} 已被禁止", "{0} at {1} was barred"),
    "overfilled": ("岗位 {0} 多出 {1} 人", "post {0} has {1} too many"),
    "reserved": (
        "岗位 {0} 有 {1} 人占用了协议成员的名额",
        "at post {0}, {1} would take what is reserved for members",
    ),
    "pin_broken": ("{0} 已固定在 {1}", "{0} was fixed at {1}"),
    "hold_broken": ("岗位 {1} 为 {0} 预留的名额未保留", "the place at {1} is held for {0}"),
    "floor_missed": (
        "协议 {0} 未达最少人数：{1} / {2}",
        "the floor of agreement {0} is missed: {1} of {2}",
    ),
}


def moved_lines(before: Draft, moved: Moved, language: str) -> Iterator[str]:
    """Say what a move does."""
    english = language == "en"
    yield (
        f"Sum {before.total:.3f} → {moved.total:.3f}; placed {before.n_placed} → {moved.n_placed}"
        if english
        else f"合计 {before.total:.3f} → {moved.total:.3f}；"
        f"安置 {before.n_placed} → {moved.n_placed} 名"
    )
    for found, words in ((moved.broken, ("违反", "Breaks")), (moved.mended, ("解决", "Mends"))):
        for each in found:
            yield f"{words[english]}{': ' if english else '：'}{breach_line(each, language)}"


def breach_line(breach: Breach, language: str) -> str:
    """Say one thing that a draft breaks."""
    if breach.code in BREACHES:
        return BREACHES[breach.code][language == "en"].format(*breach.about)
    who, post_id = breach.about
    return (
        f"{who} → {post_id}: {phrases.rule(breach.code, holds=False, needs=(), language=language)}"
    )


def moved_json(before: Draft, moved: Moved) -> dict[str, object]:
    """Give the same for machines."""
    return {
        "total_before": before.total,
        "total": moved.total,
        "n_placed": moved.n_placed,
        "broken": [{"code": each.code, "about": list(each.about)} for each in moved.broken],
        "mended": [{"code": each.code, "about": list(each.about)} for each in moved.mended],
    }


def fault_lines(
    faults: Sequence[Fault], path: Path, language: str, gap: float = 0.0
) -> Iterator[str]:
    """Say what is wrong with a certificate, or that it is proved, and how far."""
    english = language == "en"
    if not faults:
        yield f"{path}: proved" if english else f"{path}：核验通过"
    if not faults and gap:
        more = f"{gap:.4f}"
        yield f"At most {more} more is possible" if english else f"至多还能提高 {more}"
    for fault in faults:
        about = f" ({', '.join(fault.about)})" if fault.about else ""
        yield f"- {fault.code}: {FAULTS[fault.code][english]}{about}"


def faults_json(faults: Sequence[Fault], gap: float = 0.0) -> dict[str, object]:
    """Give the same for machines."""
    told = [{"code": fault.code, "about": list(fault.about)} for fault in faults]
    return {"proved": not faults, "gap": gap, "faults": told}
