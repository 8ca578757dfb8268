"""The command ``evaluate``: judge every contender, write the report, print what matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender import report_words, terminal
from recommender.printouts import aligned

if TYPE_CHECKING:
    from recommender.examination.examine import Examination

METRICS = ("ndcg@10", "recall@10", "coverage", "gini")


@click.command(
    "evaluate",
    cls=terminal.Command,
    short_help="评估 · Judge every contender, with a report.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for report.html and report.json; reports/ under home by default.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="Fits of each contender that depends on chance, on the last class year.",
)
@click.option(
    "--trials",
    type=click.IntRange(1, 1000),
    default=2,
    show_default=True,
    help="Settings that each contender tries on the class year before.",
)
@click.option(
    "--truth",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What a constructed world knows, as make_sample.py --truth writes it.",
)
@click.option(
    "--class-year",
    type=click.IntRange(1990, 2100),
    help="Judge on this class year (届) only; by default on every one that can be judged.",
)
@terminal.json_option
def evaluate(
    out: Path | None,
    seeds: int,
    trials: int,
    truth: Path | None,
    class_year: int | None,
    json_file: str | None,
) -> None:
    """Judge every contender on class years that it has not seen, and look for mistakes.

    Writes report.html and report.json into a folder; nothing is published. Exits 1 where a
    check of the evaluation itself failed.
    """
    from recommender.examination.examine import Question, examine

    terminal.log_to_file()
    asked = Question(class_year=class_year, n_seeds=seeds, n_trials=trials, truth=truth)
    with terminal.working("正在评估……", "Evaluating …") as step:
        found = examine(
            terminal.engine(),
            out or terminal.settings().home / "reports",
            asked,
            day=terminal.day(),
            progress=step,
        )
    terminal.tell(lines(found, terminal.language()), lambda: found.facts, json_file)
    click.get_current_context().exit(terminal.REFUSED if found.has_failed else terminal.DONE)


def lines(found: Examination, language: str = "zh") -> Iterator[str]:
    """Say what each contender reached, which checks did not pass, and where the report is."""
    english = language == "en"
    facts = found.facts
    for origin in facts["origins"]:
        counted = origin["n_counted"]
        yield (
            f"Held-out class year {origin['class_year']}, {counted} graduates counted"
            if english
            else f"留出 {origin['class_year']} 届，计入 {counted} 名毕业生"
        )
        yield from _table(origin["contenders"], METRICS, english=english)
    if facts["truth"]:
        yield "Against the truth" if english else "对照真值"
        yield from _truth_table(facts["truth"], english=english)
    wrong = [check for check in facts["checks"] if check["finding"] in ("fail", "suspect")]
    for check in wrong:
        about = report_words.contender(check["subject"])[english] if check["subject"] else ""
        yield (
            f"- {report_words.finding(check['finding'])[english]}: "
            f"{report_words.check(check['code'])[english]} {about} {_number(check['measured'])}"
        )
    if not wrong:
        n_checks = len(facts["checks"])
        yield f"All {n_checks} checks passed." if english else f"{n_checks} 项自查全部通过。"
    yield report_words.headline(facts, METRICS[0])[english]
    yield f"Report: {found.report}" if english else f"报告：{found.report}"


def _table(
    contenders: list[dict[str, Any]], metrics: tuple[str, ...], *, english: bool
) -> Iterator[str]:
    ahead = "model ahead by" if english else "模型领先"
    rows = [
        [
            report_words.contender(each["name"])[english],
            *(_interval(each["figures"][metric]) for metric in metrics),
            _interval(each["model_ahead"], sign="+"),
        ]
        for each in contenders
    ]
    return aligned(["", *metrics, ahead], rows)


def _truth_table(rows: list[dict[str, Any]], *, english: bool) -> Iterator[str]:
    header = (
        ["", "fit ndcg@10", "still there", "placed", "priced: still there", "÷ truth"]
        if english
        else ["", "适配 ndcg@10", "仍在岗", "落实", "计价后仍在岗", "÷ 真值"]
    )
    return aligned(
        header,
        [
            [
                report_words.contender(row["name"])[english],
                _interval(row["ndcg@10"]),
                _number(row["fit"]["stayed"]["value"]),
                _number(row["fit"]["placed"]),
                _interval(row["priced"]["stayed"]),
                _number(row["priced"]["of_truth_priced"]),
            ]
            for row in rows
        ],
    )


def _interval(measured: Mapping[str, float | None] | None, sign: str = "") -> str:
    if measured is None or measured["value"] is None:
        return "-"
    if measured["low"] is None or measured["high"] is None:
        return f"{measured['value']:{sign}.3f}"
    ends = f"[{measured['low']:{sign}.3f}, {measured['high']:{sign}.3f}]"
    return f"{measured['value']:{sign}.3f} {ends}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
