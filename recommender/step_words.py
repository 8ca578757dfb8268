"""Sentences about next steps: what could change, from when on, and what it would lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from recommender import phrases
from recommender.domain import SkillLevel
from recommender.wording import label

ZH, EN = "zh", "en"

# What else is to be said of a rule that nothing the graduate could change mends.
_NOTHING: Mapping[tuple[str, str], str] = {
    ("", ZH): "；毕业生自己无法改变",
    ("", EN): "; nothing that the graduate could change",
    ("consent", ZH): "；只能由本人自愿同意，不作为建议",
    ("consent", EN): "; theirs alone to give, and nothing to be advised",
    ("level", ZH): "；名册不能证明可申报所需等级",
    ("level", EN): "; the roster proves no way to apply for a level that is enough",
}


def failing(code: str, needs: Sequence[str], *, can_change: bool, language: str = ZH) -> str:
    """Say that a rule fails, and where nothing the graduate could change mends it."""
    said = phrases.rule(code, holds=False, needs=needs, language=language)
    if can_change:
        return said
    return said + (_NOTHING.get((code, language)) or _NOTHING["", language])


def shut_out(code: str, n_posts: int, n_all: int, language: str = ZH) -> str:
    """Say at how many of the open posts a rule fails."""
    said = phrases.rule(code, holds=False, needs=(), language=language)
    if language == EN:
        return f"{said}: {n_posts} of {n_all} open posts"
    return f"{said}：{n_all} 个开放岗位中的 {n_posts} 个"


# Kind of change → what to do; a day also by the rule that waits for it.
_CHANGES: Mapping[tuple[str, str], str] = {
    ("level", ZH): "取得{value}（申报条件：{because}；{on} 起可申报）",
    ("level", EN): "reach {value} (condition: {because}; may apply from {on})",
    ("licence", ZH): "取得操作证“{value}”",
    ("licence", EN): "obtain the licence {value}",
    ("region", ZH): "意向地区增加{value}",
    ("region", EN): "wish for {value} as well",
    ("open", ZH): "等到 {on} 岗位开放",
    ("open", EN): "wait until the post opens on {on}",
    ("places", ZH): "等到 {on} 预留名额释放",
    ("places", EN): "wait until reserved places return on {on}",
    ("adult", ZH): "等到 {on} 满 18 周岁",
    ("adult", EN): "wait until the eighteenth birthday on {on}",
}


def change(kind: str, value: str, on: date, because: str, language: str = ZH) -> str:
    """Say one change; `value` is a level's identifier, or a name as people say it.

    Raises
    ------
    KeyError
        If there is no such kind, or no rule that a day could wait for.
    """
    named = label(SkillLevel[value], language) if kind == "level" else value
    pattern = _CHANGES[because if kind == "day" else kind, language]
    return pattern.format(value=named, on=on.isoformat(), because=because)


def step(changes: Sequence[str], on: date, rank: int | None, language: str = ZH) -> str:
    """Say what some changes, said one by one, lead to: the post, or a rank in the list."""
    if language == EN:
        if not changes:
            return "May take the post now" if rank is None else f"Stands at rank {rank} now"
        leads = "may then take the post" if rank is None else f"then stands at rank {rank}"
        said = " and ".join(changes)
        return f"{said[0].upper()}{said[1:]}: {leads}, on {on.isoformat()} at the earliest"
    if not changes:
        return "现在即可申请该岗位" if rank is None else f"该岗位现排推荐第 {rank} 位"
    leads = "即可申请该岗位" if rank is None else f"该岗位将排推荐第 {rank} 位"
    return f"{'，并'.join(changes)}：{leads}，最早 {on.isoformat()}"


def no_step(*, for_list: bool, language: str = ZH) -> str:
    """Say that nothing the graduate could change leads there."""
    if language == EN:
        where = "brings the post into the list" if for_list else "makes the post theirs to take"
        return f"Nothing that the graduate could change {where}"
    where = "使该岗位进入推荐名单" if for_list else "使其可以申请该岗位"
    return f"毕业生没有可以改变的条件能{where}"
