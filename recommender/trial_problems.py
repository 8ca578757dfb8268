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
_LACKS: Mapping[str, Words] = {
    "direct": (
        "直接效果 {effect} 个百分点须有 {needed} 人参加，现有 {there} 人，"
        "只能看出 {seen} 个百分点以上。",
        "A direct effect of {effect} points takes {needed} people; there are {there}, who tell "
        "{seen} points at least.",
    ),
    "crowding": (
        "挤出效果 {effect} 个百分点须有 {needed} 个城市，现有 {there} 个，"
        "只能看出 {seen} 个百分点以上。",
        "A crowding-out of {effect} points takes {needed} cities; there are {there}, which tell "
        "{seen} points at least.",
    ),
}
_N_FACTS = 5  # of each effect that would not be seen
_MORE_THAN_ANY: Words = ("再多也不够的", "more than any number of")
_NONE: Words = ("100", "100")


def refusal(code: str, facts: tuple[str, ...]) -> Words:
    """Say why a trial does not allow something."""
    if code == "too_small":
        return _too_small(facts)
    chinese, english = REFUSALS[code]
    return chinese.format(*facts), english.format(*facts)


def _too_small(facts: tuple[str, ...]) -> Words:
    said: list[str] = []
    for at in (0, 1):
        lines = []
        for first in range(0, len(facts), _N_FACTS):
            name, effect, needed, there, seen = facts[first : first + _N_FACTS]
            lines.append(
                _LACKS[name][at].format(
                    effect=effect,
                    needed=needed or _MORE_THAN_ANY[at],
                    there=there,
                    seen=seen or _NONE[at],
                )
            )
        said.append(_TOO_SMALL[at].format((" " if at else "").join(lines)))
    return said[0], said[1]
