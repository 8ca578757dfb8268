"""The command ``tune``: search for settings, say what was found, write it into a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender import report_words, terminal
from recommender.printouts import aligned

if TYPE_CHECKING:
    from recommender.examination.tuning import Tuned

MARKS = ("<!-- tuning: written by the command tune -->", "<!-- tuning end -->")


@click.command(
    "tune", cls=terminal.Command, short_help="调参 · Search for settings on earlier class years."
)
@click.option("--contender", metavar="NAME", help="Only this one; everybody with settings else.")
@click.option(
    "--trials",
    type=click.IntRange(1, 10_000),
    default=60,
    show_default=True,
    help="Finished trials of each contender, those of earlier runs among them.",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for journals and best.json; tuning/ under home by default.",
)
@click.option(
    "--table",
    metavar="PAGE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A page to write everything found into, between two marks.",
)
@terminal.json_option
def tune(
    contender: str | None,
    trials: int,
    out: Path | None,
    table: Path | None,
    json_file: str | None,
) -> None:
    """Search for settings on the class years before the one that evaluate judges last.

    May be stopped at any time: the same command goes on. Nothing is published, and no setting
    of the night changes.
    """
    from dataclasses import asdict

    from recommender.examination import tuning
    from recommender.examination.examine import read_data

    terminal.log_to_file()
    folder = out or terminal.settings().home / "tuning"
    with terminal.working("正在调参……", "Tuning …") as step:
        data, _ = read_data(terminal.engine(), terminal.day())
        found = tuning.tune(data, folder, name=contender, n_trials=trials, progress=step)
    if table:
        write_table(table, tuning.read_best(folder).values())
    facts = {"contenders": [asdict(each) for each in found], "best": str(folder / tuning.BEST)}
    terminal.tell(lines(found, folder / tuning.BEST, terminal.language()), lambda: facts, json_file)


def lines(found: list[Tuned], best: Path, language: str = "zh") -> Iterator[str]:
    """Say of each contender what its best settings reached, and which they are."""
    english = language == "en"
    years = "、".join(map(str, found[0].class_years))
    if english:
        yield f"NDCG@10, mean over class years {years.replace('、', ', ')}"
        header = ["", "best", "as shipped", "trials", "given up", "best settings, where others"]
    else:
        yield f"NDCG@10，{years} 届的平均"
        header = ["", "最佳", "现行", "试验", "中止", "最佳设置（与现行不同者）"]
    rows = [
        [
            report_words.contender(each.name)[english],
            f"{each.best:.4f}",
            f"{each.standing:.4f}",
            str(each.n_trials),
            str(each.n_pruned),
            _told(each.changes),
        ]
        for each in found
    ]
    yield from aligned(header, rows)
    yield f"Written: {best}" if english else f"已写入：{best}"


def _told(changes: Mapping[str, Any]) -> str:
    return (
        ", ".join(
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in changes.items()
        )
        or "-"
    )


def write_table(page: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Put a table between the two marks of a page; where there are none, at its end."""
    from recommender.data.export import write_text

    begin, end = MARKS
    rows = [
        "| | trials (given up) | as shipped | best | class years (counted) | in the best, "
        "other than shipped |",
        "|---|---|---|---|---|---|",
    ]
    for each in entries:
        years = ", ".join(
            f"{year} ({n})" for year, n in zip(each["class_years"], each["n_counted"], strict=True)
        )
        rows.append(
            f"| {report_words.contender(each['name'])[True]} "
            f"| {each['n_trials']} ({each['n_pruned']}) | {each['standing']:.4f} "
            f"| {each['best']:.4f} | {years} | {_told(each['changes'])} |"
        )
    text = "\n".join([begin, *rows, end])
    old = page.read_text(encoding="utf-8")
    if begin in old and end in old:
        before, _, rest = old.partition(begin)
        new = before + text + rest.partition(end)[2]
    else:
        new = old.rstrip() + "\n\n" + text + "\n"
    write_text(new, page)
