"""Words about trials: what is needed, who was drawn, what was found; Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from recommender.printouts import aligned
from recommender.trials import Arm, Trial

if TYPE_CHECKING:
    from recommender.evaluation.trial_design import Size
    from recommender.evaluation.trial_effects import Effect
    from recommender.year.trial import Plan, Result

Words = tuple[str, str]

KINDS: Mapping[str, Words] = {
    "direct": ("直接效果：同城有榜单与无榜单之差", "direct: with lists less without, same cities"),
    "crowding": (
        "挤出效果：有榜单城市中的无榜单者与全无城市之差",
        "crowding-out: without lists among others with, less cities without",
    ),
    "total": (
        "有榜单者的总效果：与全无城市之差",
        "total on those with lists, less cities without",
    ),
    "overall": (
        "全城总效果：全城与全无城市之差",
        "overall on a city, less cities without",
    ),
}
ARMS: Mapping[Arm, Words] = {
    Arm.WITH: ("有榜单", "with lists"),
    Arm.WITHOUT: ("无榜单（专业对口规则）", "without (crosswalk rule)"),
}


def plan_lines(found: Plan, language: str = "zh") -> Iterator[str]:
    """Say who is there, and what it takes."""
    english = language == "en"
    ask, differ = found.ask, found.variation
    shares = "、".join(_percent(share) for share in ask.shares)
    yield (
        f"Class year {ask.class_year}: {found.n_people} people in {found.n_classes} classes of "
        f"{found.n_cities} cities could be drawn; shares {shares.replace('、', ', ')}, until "
        f"{ask.last_day}"
        if english
        else f"{ask.class_year} 届：{found.n_cities} 个城市 {found.n_classes} 个班 "
        f"{found.n_people} 人可参加；班级比例 {shares}，至 {ask.last_day}"
    )
    if found.n_cityless:
        yield (
            f"Left out: {found.n_cityless} people of colleges whose city nobody knows"
            if english
            else f"另有 {found.n_cityless} 人因院校所在城市不明不参加"
        )
    source = (
        ("没有往届结果，以下为假定", "assumed, since no earlier class year has outcomes")
        if found.is_assumed
        else ("取自往届", "from earlier class years")
    )[english]
    yield (
        f"Placed {differ.rate:.1%}, intra-class correlation {differ.alike:.3f}, design effect "
        f"{differ.design_effect:.2f}, cities differ by {100 * differ.between_cities**0.5:.1f} "
        f"points ({source})"
        if english
        else f"落实率 {differ.rate:.1%}，班内相关系数 {differ.alike:.3f}，设计效应 "
        f"{differ.design_effect:.2f}，城市间标准差 {100 * differ.between_cities**0.5:.1f} "
        f"个百分点（{source}）"
    )
    yield from _size_lines("direct", found.direct, found.n_people, english=english)
    yield from _size_lines("crowding", found.crowding, found.n_cities, english=english)


def _size_lines(name: str, size: Size | None, there: int, *, english: bool) -> Iterator[str]:
    label = KINDS[name][english].split(": " if english else "：")[0]
    if size is None:
        yield (f"{label}: these shares cannot tell it" if english else f"{label}：这些比例看不出")
        return
    needed = size.people if name == "direct" else size.cities
    unit = (("人", "people") if name == "direct" else ("个城市", "cities"))[english]
    of = str(needed) if needed is not None else ("more than any number of" if english else "无穷")
    seen = "-" if size.detectable is None else f"{100 * size.detectable:.1f}"
    answer = (("不够", "too small"), ("足够", "enough"))[size.suffices][english]
    yield (
        f"{label}: {100 * size.effect:g} points take {of} {unit}; there are {there}: {answer} "
        f"(least that would be seen: {seen} points)"
        if english
        else f"{label}：要看出 {100 * size.effect:g} 个百分点须 {of} {unit}，现有 {there} {unit}："
        f"{answer}（最小可看出 {seen} 个百分点）"
    )


def trial_lines(found: Iterable[Trial], language: str = "zh") -> Iterator[str]:
    """List trials, a line each."""
    english = language == "en"
    for trial in found:
        stopped = ""
        if trial.stopped_on is not None:
            stopped = (
                f", stopped on {trial.stopped_on}" if english else f"，{trial.stopped_on} 中止"
            )
        yield (
            f"{trial.name}: class year {trial.class_year}, {trial.started_on} to {trial.ends_on}, "
            f"seed {trial.seed}, by {trial.author}{stopped}"
            if english
            else f"{trial.name}：{trial.class_year} 届，{trial.started_on} 至 {trial.ends_on}，"
            f"种子 {trial.seed}，{trial.author} 开始{stopped}"
        )


def result_lines(found: Result, language: str = "zh") -> Iterator[str]:
    """Say who was placed, arm by arm, and every effect with its interval."""
    english = language == "en"
    yield from trial_lines([found.trial], language)
    heads = (
        ["比例", "组别", "城市", "班", "人", "落实", ""],
        ["share", "arm", "cities", "classes", "people", "placed", ""],
    )[english]
    yield from aligned(
        heads,
        [
            [
                _percent(each.share),
                ARMS[each.arm][english],
                str(each.cities),
                str(each.classes),
                str(each.people),
                str(each.placed),
                f"{each.placed / each.people:.1%}",
            ]
            for each in found.cells
        ],
    )
    if not found.is_over:
        yield (
            f"It runs until {found.trial.ends_on}; looks before the end err more often than their "
            "intervals say"
            if english
            else f"试验至 {found.trial.ends_on}；提前看的结果，出错机会大于区间所示"
        )
    for effect in found.effects:
        yield _effect_line(effect, english=english)


def _effect_line(effect: Effect, *, english: bool) -> str:
    value = f"{100 * effect.value:+.1f}"
    interval = (
        ("太少，算不出区间", "too few for an interval")[english]
        if effect.low is None or effect.high is None
        else f"[{100 * effect.low:+.1f}, {100 * effect.high:+.1f}]"
    )
    label, share = KINDS[effect.kind.value][english], _percent(effect.share)
    return (
        f"{label} ({share}): {value} {interval}"
        if english
        else f"{label}（{share}）：{value} {interval}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:g}%"
