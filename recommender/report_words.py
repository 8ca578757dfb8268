"""Words of an evaluation's report, in Chinese and English, from codes and figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recommender.wording import Words, gate_subject

RULES = ("popularity", "popularity_in_trade", "crosswalk")

_CONTENDERS: Mapping[str, Words] = {
    "popularity": ("热门岗位", "popularity"),
    "popularity_in_trade": ("本专业热门", "popularity in trade"),
    "crosswalk": ("专业对口规则", "crosswalk rule"),
    "item_knn": ("item-kNN", "item-kNN"),
    "ease": ("EASE", "EASE"),
    "ials": ("iALS", "iALS"),
    "factorization": ("矩阵分解", "LightFM alone"),
    "boosted_trees": ("仅提升树", "boosted trees alone"),
    "model": ("本程序模型", "the model (ours)"),
    "random": ("随机", "random"),
    "truth": ("真值", "the truth"),
}
_KINDS: Mapping[str, Words] = {
    "college": ("院校", "college"),
    "trade": ("专业", "trade"),
    "city": ("生源市", "home city"),
    "level": ("技能等级", "skill level"),
    "gender": ("性别", "gender"),
}
_NEWCOMERS: Mapping[str, Words] = {
    "new_graduate": ("新毕业生（全部）", "new graduates (everybody)"),
    "new_trade": ("新专业的毕业生", "graduates of a new trade"),
    "new_college": ("新院校的毕业生", "graduates of a new college"),
    "new_post": ("去了新岗位的毕业生", "graduates who went to a new post"),
    "new_enterprise": ("去了新企业的毕业生", "graduates who went to a new enterprise"),
    "withheld_trade": ("本专业被隐去的毕业生", "graduates whose trade was withheld"),
    "withheld_enterprise": (
        "去了被隐去企业的毕业生",
        "graduates who went to an enterprise that was withheld",
    ),
}
_TARGETS: Mapping[str, Words] = {
    "applied": ("申请", "applied"),
    "placed": ("落实", "placed"),
    "stayed": ("180 天后仍在岗", "still there after 180 days"),
}
_STAGES: Mapping[str, Words] = {
    "wants": ("愿意去（已展示）", "wants it (shown)"),
    "hired": ("被录用（有意且尚有名额）", "hired (wanted, a place left)"),
    "stays": ("留任（已到岗）", "stays (started)"),
}
_MEASURES: Mapping[str, Words] = {
    "ndcg@10": ("NDCG@10（有收获者）", "NDCG@10 (of those with a gain)"),
    "room": ("每份申请的名额", "places per application"),
    "stayed": ("落实且仍在岗（真值）", "placed and still there (truth)"),
}
_FINDINGS: Mapping[str, Words] = {
    "pass": ("通过", "pass"),
    "fail": ("未通过", "fail"),
    "suspect": ("可疑", "suspect"),
    "not done": ("未做", "not done"),
}
_CHECKS: Mapping[str, Words] = {
    "ties": (
        "同分由编号散列决定：毕业生与岗位倒序后，列表中改变的条目数",
        "Ties fall by a hash of the ids: entries of lists that change when people and posts are "
        "turned round",
    ),
    "refused": (
        "事后记录：截止日后才知道的步骤，混入训练数据的条数",
        "Steps from the future: planted steps, not known at the cut, that got into what is learned",
    ),
    "unused": (
        "把答案写进季末才有的栏目（撤销日、联系人、职责、班级名）后，改变的匹配分个数",
        "Answers planted in columns filled after the season (withdrawal, contact, duties, class): "
        "scores that change",
    ),
    "shuffled": (
        "结果在专业×届内打乱后，比只看专业（换用同专业、同条件者的情况）的同一方法"
        "多出的 NDCG@10（区间下限）",
        "Labels shuffled within trade × class year: lead in NDCG@10 over the same method given "
        "only the trade, that is, the description of somebody else of it whom the rules allow "
        "the same (lower end)",
    ),
    "oracle": (
        "真值警报：在记录上比真值多出的 NDCG@10（区间下限）",
        "Oracle alarm: lead in NDCG@10 over the truth on the log (lower end)",
    ),
    "belief": (
        "好得可疑：NDCG@10 不应超过最好规则的三倍",
        "Too good to be true: NDCG@10, at most three times that of the best rule",
    ),
    "auc": (
        "好得可疑：有收获岗位排在前面的概率（AUC）",
        "Too good to be true: AUC of posts with a gain over those without",
    ),
}


def contender(name: str) -> Words:
    """Name a contender, short enough for a table."""
    return _CONTENDERS.get(name, (gate_subject(name, "zh"), gate_subject(name, "en")))


def kind(name: str) -> Words:
    """Name what a group is a group of."""
    return _KINDS.get(name, (name, name))


def newcomer(name: str) -> Words:
    """Name a slice of newcomers."""
    return _NEWCOMERS[name]


def target(name: str) -> Words:
    """Name a target."""
    return _TARGETS[name]


def stage(name: str) -> Words:
    """Name a stage of the road."""
    return _STAGES[name]


def measure(name: str) -> Words:
    """Name what groups are compared in."""
    return _MEASURES[name]


def finding(name: str) -> Words:
    """Say how a check ended."""
    return _FINDINGS[name]


def check(name: str) -> Words:
    """Say what a check measures."""
    return _CHECKS[name]


def headline(facts: Mapping[str, Any], metric: str) -> Words:
    """Say how the model stands against the best rule, and the best of the others, at the last."""
    last = facts["origins"][-1]
    by_name = {each["name"]: each for each in last["contenders"]}
    rules = [by_name[name] for name in RULES]
    best = max(rules, key=lambda each: each["figures"][metric]["value"] or 0.0)
    if "model" not in by_name or best["model_ahead"]["low"] is None:
        return ("已知结果太少，无法比较。", "Too little is known for a comparison.")
    others = [each for each in last["contenders"] if each["name"] not in (*RULES, "model")]
    rival = max(others, key=lambda each: each["figures"][metric]["value"])
    ours = by_name["model"]["figures"][metric]
    figures = f"{ours['value']:.3f} [{ours['low']:.3f}, {ours['high']:.3f}]"
    against = [_against(each, metric) for each in (best, rival)]
    return (
        f"{last['class_year']} 届 {last['n_counted']} 人：模型 {metric.upper()} {figures}。"
        + "".join(zh for zh, _ in against),
        f"Class year {last['class_year']}, {last['n_counted']} people: the model reaches "
        f"{metric.upper()} {figures}. " + " ".join(en for _, en in against),
    )


def _against(other: Mapping[str, Any], metric: str) -> Words:
    """Say how far the model is ahead of another contender, and whether that is telling."""
    lead = other["model_ahead"]
    zh, en = contender(other["name"])
    reached = f"{other['figures'][metric]['value']:.3f}"
    gap = f"{lead['value']:+.3f} [{lead['low']:+.3f}, {lead['high']:+.3f}]"
    if lead["low"] > 0:
        verdict = ("模型排得更好", "the model ranks better")
    elif lead["high"] < 0:
        verdict = ("模型排得更差", "the model ranks worse")
    else:
        verdict = ("分不出高下", "neither is ahead")
    return (
        f"与“{zh}”（{reached}）相差 {gap}：{verdict[0]}。",
        f"Against {en} ({reached}) the difference is {gap}: {verdict[1]}.",
    )
