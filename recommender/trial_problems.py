"""Why a trial does not start, or tells nothing yet, Chinese and English; taken up by `failures`."""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]

REFUSALS: Mapping[str, Words] = {
    "named_already": ("已有试验“{0}”，请换一个名称。", "There is a trial {0} already."),
    "runs_already": (
        "试验“{0}”正在进行；同一时间只有一个试验。",
        "The trial {0} is running; there is one at a time.",
    ),
    "over": ("试验“{0}”已经结束。", "The trial {0} is over."),
    "ends_before": (
        "试验的最后一天 {0} 已过，请用 --until 另定。",
        "The last day, {0}, is over; state another with --until.",
    ),
    "nobody": (
        "{0} 届没有可参加试验的毕业生：须同意推荐、尚未落实，且院校所在城市已知。",
        "Nobody of the class year {0} could be drawn: that takes consent, no place yet, and a "
        "college whose city is known.",
    ),
}

_TOO_SMALL: Words = (
    "已拒绝：试验规模不够。{0}确需开始请加 --anyway。",
    "Refused: the trial is too small. {0} If it is to start all the same, add --anyway.",
)
# Of each effect: what it takes, or that nothing would do; then what could be seen, or nothing.
_TAKES: Mapping[str, Words] = {
    "direct": (
        "直接效果 {effect} 个百分点须有 {needed} 人参加，现有 {there} 人，",
        "A direct effect of {effect} points takes {needed} people; there are {there}, ",
    ),
    "crowding": (
        "挤出效果 {effect} 个百分点须有 {needed} 个城市，现有 {there} 个，",
        "A crowding-out of {effect} points takes {needed} cities; there are {there}, ",
    ),
}
_NEVER: Words = (
    "挤出效果 {effect} 个百分点，城市再多也看不出，现有 {there} 个，",
    "A crowding-out of {effect} points no number of cities would tell; there are {there}, ",
)
_SEES: Words = ("只能看出 {seen} 个百分点以上。", "who tell {seen} points at least.")
_SEES_NOTHING: Words = ("什么也看不出。", "who tell nothing.")
_N_FACTS = 5  # of each effect that would not be seen


def refusal(code: str, facts: tuple[str, ...]) -> Words:
    """Say why a trial does not allow something."""
    if code == "too_small":
        return _too_small(facts)
    chinese, english = REFUSALS[code]
    return chinese.format(*facts), english.format(*facts)


def _too_small(facts: tuple[str, ...]) -> Words:
    chinese, english = (
        _TOO_SMALL[at].format(
            (" " if at else "").join(
                _lack(facts[first : first + _N_FACTS], at)
                for first in range(0, len(facts), _N_FACTS)
            )
        )
        for at in (0, 1)
    )
    return chinese, english


def _lack(facts: tuple[str, ...], at: int) -> str:
    name, effect, needed, there, seen = facts
    takes = _TAKES[name] if needed else _NEVER
    told = takes[at] + (_SEES if seen else _SEES_NOTHING)[at]
    return told.format(effect=effect, needed=needed, there=there, seen=seen)
