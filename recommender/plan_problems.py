"""Why a move of places is refused: Chinese first, English beside. `failures` takes it up."""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]

REFUSALS: Mapping[str, Words] = {
    "trade_not_offered": (
        "{0}没有开设专业“{1}”。开设的有：{2}。",
        "{0} does not offer the trade {1}. It offers {2}.",
    ),
    "same_trade": ("两个专业相同：{0}。", "Both trades are the same: {0}."),
    "too_many_places": (
        "{0}的“{1}”只有 {2} 个名额，不能调出 {3} 个。",
        "{1} at {0} has {2} places; {3} cannot be moved.",
    ),
    "no_places": ("调整的名额至少为 1。", "At least 1 place is moved."),
    "year_is_past": (
        "{0} 年入学的新生已经入学；最早可选 {1} 年。",
        "Those of {0} have entered already; {1} is the first year that can be chosen.",
    ),
    "no_chances": (
        "已发布的版本（{0}）只排序、不给概率，无法模拟；请在模型发布后再试。",
        "What is published ({0}) only orders and knows no chances; try again once a model is.",
    ),
    "no_market": (
        "一年内没有岗位，或本届没有可参与的毕业生，无法模拟。",
        "There are no posts within a year, or nobody of this class year: nothing to replay.",
    ),
}
