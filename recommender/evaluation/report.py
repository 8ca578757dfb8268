"""An evaluation's facts as a page that opens without a network: tables, plots, what to doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from recommender import report_words as words
from recommender.evaluation.plots import Dot, Line, dots, panels, queues

TEMPLATE = Path(__file__).with_name("report.html.j2")
NDCG = "ndcg@10"
Facts = Mapping[str, Any]


def render(facts: Facts) -> str:
    """Write the page of an evaluation, Chinese first with English beside it.

    Parameters
    ----------
    facts
        As ``report.json`` holds them; nothing else is needed, so an old report can be drawn
        again.
    """
    environment = jinja2.Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"figure": figure, "number": number, "percent": percent}
    environment.globals |= {"both": both, "words": words, "NDCG": NDCG}
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        facts=facts,
        last=facts["origins"][-1],
        headline=words.headline(facts, NDCG),
        failed=[check for check in facts["checks"] if check["finding"] == "fail"],
        suspect=[check for check in facts["checks"] if check["finding"] == "suspect"],
        origins_plot=_origins_plot(facts["origins"]),
        market_plot=_market_plot(facts["market"]),
        calibration_plot=_calibration_plot(facts["calibration"]),
        truth_plot=_truth_plot(facts["truth"]),
        checks_by_code=_by_code(facts["checks"]),
    )


def _by_code(checks: Sequence[Facts]) -> dict[str, list[Facts]]:
    found: dict[str, list[Facts]] = {}
    for check in checks:
        found.setdefault(check["code"], []).append(check)
    return found


def both(pair: tuple[str, str]) -> str:
    """Set Chinese and English beside each other."""
    return " ".join(dict.fromkeys(pair))


def figure(interval: Facts | None, digits: int = 3, sign: str = "") -> str:
    """Write a value with its interval; a dash where nothing was measured."""
    if interval is None or interval["value"] is None:
        return "—"
    value = f"{interval['value']:{sign}.{digits}f}"
    if interval["low"] is None:
        return value
    return f"{value} [{interval['low']:{sign}.{digits}f}, {interval['high']:{sign}.{digits}f}]"


def number(value: float | None, digits: int = 3) -> str:
    """Write a number; a dash for none."""
    return "—" if value is None else f"{value:.{digits}f}"


def percent(value: float | None, digits: int = 0) -> str:
    """Write a share as per cent; a dash for none."""
    return "—" if value is None else f"{value:.{digits}%}"


def _origins_plot(origins: Sequence[Facts]) -> str:
    names = [each["name"] for each in origins[-1]["contenders"]]
    rows = []
    for name in names:
        found = []
        for number_, origin in enumerate(origins):
            for each in origin["contenders"]:
                measured = each["figures"][NDCG]
                if each["name"] == name and measured["value"] is not None:
                    title = f"{origin['class_year']}: {figure(measured)}"
                    ends = measured["low"], measured["high"]
                    found.append(Dot(measured["value"], *ends, colour=number_, title=title))
        rows.append((both(words.contender(name)), found))
    legend = [f"{origin['class_year']} 届 (n = {origin['n_counted']})" for origin in origins]
    return dots(rows, "NDCG@10 by contender and class year", legend)


def _market_plot(market: Sequence[Facts]) -> str:
    chosen = [
        ("popularity_in_trade", "fit", "按匹配分 by fit"),
        ("model", "fit", "按匹配分 by fit"),
        ("model", "priced", "计价后 with prices"),
    ]
    by_name = {each["name"]: each for each in market}
    share = [tenth / 10 for tenth in range(11)]
    lines = [
        Line(
            f"{words.contender(name)[0]} · {label}",
            share,
            by_name[name][order]["queue_deciles"],
            colour,
        )
        for colour, (name, order, label) in enumerate(chosen)
        if name in by_name and by_name[name][order]["queue_deciles"]
    ]
    caption = "Expected applicants per place, places in ascending order"
    return queues(
        lines,
        caption,
        "名额，由冷到热 places, from the emptiest to the fullest",
        "每个名额的预期申请人 expected applicants per place",
    )


def _calibration_plot(stages: Sequence[Facts]) -> str:
    drawn = []
    for stage in stages:
        lines = []
        for colour, (source, label) in enumerate((("log", "记录 log"), ("truth", "真值 truth"))):
            found = stage[source]
            if isinstance(found, Mapping):
                lines.append(Line(label, found["said"], found["came"], colour))
        drawn.append(lines)
    names = [both(words.stage(stage["stage"])) for stage in stages]
    return panels(names, drawn, "Chances said and what came, by stage") if stages else ""


def _truth_plot(rows: Sequence[Facts]) -> str:
    if not rows:
        return ""
    drawn = []
    for row in rows:
        found = []
        for number_, order in enumerate(("fit", "priced")):
            stayed = row[order]["stayed"]
            ends = stayed["low"], stayed["high"]
            found.append(Dot(stayed["value"], *ends, colour=number_, title=figure(stayed)))
        drawn.append((both(words.contender(row["name"])), found))
    legend = ["按匹配分 by fit", "计价后 with prices"]
    return dots(drawn, "Share placed and still there when all follow the lists", legend)
