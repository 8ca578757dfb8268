"""The model card: what a version was learned from, how it was judged, what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LIMITS = """\
## 已知局限 · Known limits

- 发布的是规则或矩阵分解时，分数只用于同一名毕业生的岗位排序，不是概率，毕业生之间不可比较。
  Where a rule or the factorization is published, a score only orders one graduate's posts.
- 发布的是模型时，分数是“愿意去、被录用、留下”三步机会之积，按留出届校准，市场与往年不同则会偏离。
  Where the model is, a score is the chance of the whole road, calibrated on the held-out year.
- 历史数据受当时展示与名额影响：未展示过、名额已满的岗位，数据说不清优劣。
  The log shows what was shown and what was full; of the rest it says little.
- 未见过的专业、职业、企业按相近的专业和职业小类估计。
  New trades, occupations and enterprises are judged by their nearest relatives.
- 离线指标只说明“排得更好”，不能说明“帮助就业”。
  Offline figures say "ranks better", never "helps people find work".
"""


def model_card(facts: Mapping[str, Any]) -> str:
    """Write a version's facts as Markdown, for people.

    Parameters
    ----------
    facts
        As the night put them together: ``published``, ``data_cutoff``, ``counts``,
        ``class_year``, ``contenders``, ``reasons``, ``settings``, ``seed``.
    """
    lines = [
        "# 模型说明 · Model card",
        "",
        f"- 发布内容 Published: {facts['published']}",
        f"- 数据截止 Data cut-off: {facts['data_cutoff']}",
        f"- 留出届 Held-out class year: {facts['class_year'] or '—'}",
        f"- 随机种子 Seed: {facts['seed']}",
        *(f"- {name}: {count:,}" for name, count in facts["counts"].items()),
        "",
        "## 与各基线比较 · Against the contenders",
        "",
        *_table(facts["contenders"]),
        "",
        "## 门槛 · Gate",
        "",
        *(f"- {reason['text']} {reason['text_en']}" for reason in facts["reasons"]),
        "",
        "## 设置 · Settings",
        "",
        *(f"- {name}: {value}" for name, value in facts["settings"].items()),
        "",
    ]
    return "\n".join(lines) + "\n" + LIMITS


def _table(contenders: Mapping[str, Mapping[str, Mapping[str, float | None]]]) -> list[str]:
    if not contenders:
        return ["没有往届结果，未作比较。 Nothing was known yet, so nothing was compared."]
    metrics = list(next(iter(contenders.values())))
    rows = [
        f"| {name} | " + " | ".join(_interval(figures[metric]) for metric in metrics) + " |"
        for name, figures in contenders.items()
    ]
    return [
        "| | " + " | ".join(metrics) + " |",
        "|---" * (len(metrics) + 1) + "|",
        *rows,
    ]


def _interval(figure: Mapping[str, float | None]) -> str:
    if figure["value"] is None:
        return "—"
    if figure["low"] is None or figure["high"] is None:
        return f"{figure['value']:.3f}"
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"
