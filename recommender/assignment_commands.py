"""The command on whole cohorts: ``assign``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender import terminal
from recommender.terminal import Decorated

if TYPE_CHECKING:
    from recommender.cohorts import Table

TABLE_SUFFIXES = (".csv", ".parquet", ".xlsx")


def among_options(command: Decorated) -> Decorated:
    """Add what narrows a cohort."""
    for option in (
        click.option("--order-class", metavar="CODE", help="Only this enterprise's order class."),
        click.option("--class-name", metavar="NAME", help="Only this class (班级)."),
        click.option("--trade", metavar="NAME", help="Only this trade (专业)."),
        click.option(
            "--class-year",
            type=click.IntRange(1990, 2100),
            help="Class year (届); by default the one that is being placed.",
        ),
    ):
        command = option(command)
    return command


@click.command(cls=terminal.Command, short_help="整班分配 · One post or none for each graduate.")
@among_options
@click.option(
    "--stable",
    type=click.Choice(["graduates", "enterprises"]),
    help="Stable instead of the best sum: whose best stable assignment.",
)
@click.option("--all", "include_unplaced", is_flag=True, help="Also the unplaced, with a reason.")
@click.option(
    "--out", required=True, metavar="F", type=click.Path(path_type=Path), help="File to write."
)
def assign(
    class_year: int | None,
    trade: str | None,
    class_name: str | None,
    order_class: str | None,
    *,
    stable: str | None,
    include_unplaced: bool,
    out: Path,
) -> None:
    """Place a cohort at once, places respected, into a .csv, .parquet or .xlsx file."""
    from recommender import cohorts
    from recommender.data import export

    export.check_target(out, TABLE_SUFFIXES)
    with terminal.working("正在分配……", "Assigning …"):
        table = cohorts.assign(
            terminal.engine(),
            terminal.settings().models_dir,
            day=terminal.day(),
            among=cohorts.Among(
                class_year=class_year, trade=trade, class_name=class_name, order_class=order_class
            ),
            way=stable or "best",
            include_unplaced=include_unplaced,
        )
        export.write_table(export.Table(columns=table.columns, rows=table.rows), out)
    for line in _lines(table, out, terminal.language()):
        click.echo(line)


def _lines(table: Table, out: Path, language: str) -> Iterator[str]:
    facts, english = table.facts, language == "en"
    source = f"v{facts['model']} ({facts['published']}), {facts['as_of']}"
    n_placed, n_graduates, most = facts["n_placed"], facts["n_graduates"], facts["most"]
    yield (
        f"Wrote {out}: {n_placed} of {n_graduates} graduates placed, at most {most} could be; "
        f"{source}"
        if english
        else f"已写入 {out}：{n_graduates} 名毕业生中安置 {n_placed} 名，"
        f"最多可安置 {most} 名；{source}"
    )
    yield _sum_line(table, english=english)
    if facts["n_kept"]:
        n_kept = facts["n_kept"]
        yield f"Kept as held: {n_kept}" if english else f"保留已预留的：{n_kept} 名"
    unplaced = facts["unplaced"]
    if isinstance(unplaced, dict) and unplaced:
        told = ", ".join(f"{code} {count}" for code, count in unplaced.items())
        yield f"Without a post: {told}" if english else f"未安置：{told}"


def _sum_line(table: Table, *, english: bool) -> str:
    total = float(str(table.facts["total"]))
    if table.facts["score"] == "chance":
        return (
            f"Score: calibrated chance; {total:.1f} are expected to be at work after 180 days"
            if english
            else f"分数为校准概率：预计 180 天后仍在岗 {total:.1f} 人"
        )
    return (
        f"Score: percentile among each one's own posts (of a baseline); sum {total:.1f}"
        if english
        else f"分数为本人可选岗位中的百分位（基线没有概率）：合计 {total:.1f}"
    )
