"""The page of an evaluation opens offline and says what its facts say."""

from __future__ import annotations

import copy
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from recommender.evaluation.plots import Dot, Line, dots, panels, queues
from recommender.evaluation.report import figure, number, percent, render

INTERVAL = {"value": 0.3, "low": 0.2, "high": 0.4}


def contender(name: str, value: float, ahead: float | None) -> dict[str, Any]:
    spread = {"value": value, "low": value - 0.05, "high": value + 0.05}
    lead = None
    if ahead is not None:
        lead = {"value": ahead, "low": ahead - 0.05, "high": ahead + 0.05}
    figures = dict.fromkeys(("ndcg@10", "recall@10", "coverage", "gini", "overfull"), spread)
    return {
        "name": name,
        "n_fits": 2 if name == "model" else 1,
        "settings": None,
        "trials": [],
        "figures": {key: each | {"by_seed": [value, value]} for key, each in figures.items()},
        "targets": {
            target: {"n": 17, "ndcg@10": INTERVAL, "recall@10": INTERVAL}
            for target in ("applied", "placed", "stayed")
        },
        "model_ahead": lead,
    }


def market(name: str) -> dict[str, Any]:
    order = {
        "coverage": 0.5, "attainable": 1.0, "gini": 0.5, "overfull": 0.1, "pressure": 3.0,
        "n_lists": 9.0, "fill": 0.5, "distinct": 1.0, "commonest": 0.1,
        "queue_deciles": [0.1 * n for n in range(11)],
    }  # fmt: skip
    return {"name": name, "fit": order, "priced": order}


@pytest.fixture
def facts() -> dict[str, Any]:
    """Give the facts of a small evaluation without a truth."""
    return {
        "day": "2026-05-15",
        "data": {"graduates": 1200, "posts": 340, "outcomes": 5600, "class_years": 4},
        "n_seeds": 5,
        "n_trials": 2,
        "n_resamples": 1000,
        "seed": 7,
        "truth_file": None,
        "origins": [
            {
                "class_year": 2025, "cut": "2025-03-19", "ends_on": "2025-08-31",
                "trained_on": [2023, 2024], "validation": 2024, "n_graduates": 290,
                "n_counted": 211, "n_posts": 80, "n_places": 240, "n_colleges": 12,
                "drawn_by": "college",
                "contenders": [
                    contender("popularity", 0.1, 0.2),
                    contender("popularity_in_trade", 0.15, 0.15),
                    contender("crosswalk", 0.2, 0.1),
                    contender("boosted_trees", 0.32, -0.02),
                    contender("model", 0.3, None),
                ],
            }
        ],
        "market": [market("popularity_in_trade"), market("model")],
        "calibration": [],
        "slices": [
            {"slice": "college", "label": "甲<b>院", "n": 211, "ndcg@10": {"model": INTERVAL},
             "n_room": 250, "room": {"model": INTERVAL}},
            {"slice": "trade", "label": "焊接", "n": 30, "ndcg@10": "insufficient",
             "n_room": 40, "room": "insufficient"},
        ],
        "gaps": [],
        "newcomers": [
            {"slice": "new_trade", "n": 3, "n_people": 5, "ndcg@10": "insufficient",
             "distinct": 1.0, "commonest": 0.2},
        ],
        "truth": [],
        "checks": [
            {"code": "ties", "subject": "", "finding": "pass", "measured": 0, "limit": 0},
            {"code": "oracle", "subject": "", "finding": "not done", "measured": None, "limit": 0},
        ],
        "seconds": 12,
    }  # fmt: skip


# What is wrong stands on top ---------------------------------------------------------------


def test_a_failed_check_forbids_quoting_anything(facts: dict[str, Any]) -> None:
    facts["checks"].append(
        {"code": "oracle", "subject": "model", "finding": "fail", "measured": 0.2, "limit": 0}
    )
    page = render(facts)
    assert page.index("自查未通过") < page.index("怎样测的")
    assert "自查全部通过" not in page


def test_a_model_behind_is_called_behind(facts: dict[str, Any]) -> None:
    behind = copy.deepcopy(facts)
    behind["origins"][0]["contenders"][3] = contender("boosted_trees", 0.4, -0.1)
    assert "the model ranks worse" in render(behind)
    assert "the model ranks worse" not in render(facts)


def test_a_lead_whose_interval_holds_0_is_none(facts: dict[str, Any]) -> None:
    # Against the trees: -0.02 with an interval of -0.07 to +0.03.
    assert "neither is ahead" in render(facts)


def test_where_nothing_was_counted_nothing_is_claimed(facts: dict[str, Any]) -> None:
    unknown = {"value": None, "low": None, "high": None}
    for each in facts["origins"][0]["contenders"]:
        each["model_ahead"] = unknown
        each["figures"]["ndcg@10"] = unknown | {"by_seed": [None, None]}
        each["n_fits"] = 1
    assert "Too little is known" in render(facts)


def test_a_small_slice_is_called_insufficient(facts: dict[str, Any]) -> None:
    row = re.search(r"<tr><td>专业.*?</tr>", render(facts), flags=re.DOTALL)
    assert row
    assert "insufficient" in row[0]
    assert "30" in row[0]


# The page ----------------------------------------------------------------------------------


def test_nothing_is_loaded_from_elsewhere(facts: dict[str, Any]) -> None:
    page = render(facts)
    assert not re.search(r"<(script|link|img|iframe)|@import|url\(|https?://", page)


def test_what_a_sheet_holds_is_shown_and_never_run(facts: dict[str, Any]) -> None:
    assert "甲&lt;b&gt;院" in render(facts)


def test_the_page_says_what_it_does_not_say(facts: dict[str, Any]) -> None:
    page = render(facts)
    assert "never that they help people find work" in page
    assert "2025-03-19" in page
    assert "n = 17" in page


def test_without_a_truth_nothing_is_said_of_one(facts: dict[str, Any]) -> None:
    assert "对照真值 <span" not in render(facts)


def test_numbers_that_are_none_are_dashes() -> None:
    unknown = {"value": None, "low": None, "high": None}
    assert [figure(None), figure(unknown), number(None), percent(None)] == ["—"] * 4
    assert figure(INTERVAL, 2, "+") == "+0.30 [+0.20, +0.40]"
    assert figure(INTERVAL | {"low": None}) == "0.300"


# Plots -------------------------------------------------------------------------------------


def circles(svg: str) -> list[tuple[float, float]]:
    root = ElementTree.fromstring(svg)  # noqa: S314  # our own text
    return [
        (float(each.attrib["cx"]), float(each.attrib["cy"]))
        for each in root.iter()
        if each.tag == "circle"
    ]


def test_a_larger_value_lies_further_right() -> None:
    svg = dots([("甲 & 乙", [Dot(0.1, 0.05, 0.2)]), ("c", [Dot(0.3)])], "caption", ["2025"])
    (small, upper), (large, lower) = circles(svg)
    assert small < large
    assert upper < lower
    # Both scales start at 0: from the left edge of the plot, three times as far.
    assert (large - 250) / (small - 250) == pytest.approx(3, rel=0.01)


def test_an_honest_curve_lies_on_the_diagonal() -> None:
    svg = panels(["wants"], [[Line("log", [0.1, 0.5], [0.1, 0.5])]], "caption")
    (x1, y1), (x2, y2) = circles(svg)
    assert x2 - x1 == pytest.approx(y1 - y2, abs=0.11)


def test_plots_without_anything_to_draw_are_still_pictures() -> None:
    for svg in (dots([], "c", []), panels(["a"], [[]], "c"), queues([], "c", "x", "y")):
        assert ElementTree.fromstring(svg).tag == "svg"  # noqa: S314  # our own text
