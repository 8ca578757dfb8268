"""The commands on what became of people: ``follow-up`` and ``report``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender import terminal
from recommender.terminal import json_option

if TYPE_CHECKING:
    from recommender.data.export import Table

_SHEETS = (".xlsx", ".csv")
_TABLES = (".xlsx", ".csv", ".html", ".json")


@click.command(
    "follow-up", cls=terminal.Command, short_help="回访 · Who is due 30, 90, 180 days after 到岗."
)
@click.option("--college", metavar="NAME", help="Only this college's.")
@click.option("--enterprise", metavar="NAME", help="Only this enterprise's; name or credit code.")
@click.option("--out", metavar="F", type=click.Path(path_type=Path), help="Sheet to fill in.")
@json_option
def follow_up(
    college: str | None, enterprise: str | None, *, out: Path | None, json_file: str | None
) -> None:
    """List who is to be asked whether they are still there, and how many answers are known.

    F is a .xlsx or .csv sheet; filled in, `import` takes it.
    """
    from recommender.data import export, sheets
    from recommender.wording import COLUMNS
    from recommender.year import follow_up as use_case
    from recommender.year import report_words as words

    if out is not None:
        export.check_target(out, _SHEETS)
    found = use_case.follow_up(
        terminal.engine(), day=terminal.day(), college=college, enterprise=enterprise
    )
    rows = words.follow_up_rows(found)
    if out is not None and out.suffix.lower() == ".csv":
        columns = tuple(COLUMNS["follow_ups"])
        lines = [tuple(row.get(name) for name in columns) for row in rows]
        export.write_table(export.Table(columns=columns, rows=lines), out)
    elif out is not None:
        with export.whole_file(out) as draft:
            sheets.write_template("follow_ups", draft, rows)
    terminal.tell(
        words.follow_up_lines(found, terminal.language()),
        lambda: words.follow_up_json(found),
        json_file,
    )
    if out is not None and json_file != "-":
        terminal.say(
            f"已写入 {out}，填好后用 import 导入", f"Wrote {out}; fill it in and import it"
        )


@click.command(
    cls=terminal.Command, short_help="就业报告 · Employment, retention, exposure, answers."
)
@click.option("--class-year", type=click.IntRange(1990, 2100), help="Class year (届).")
@click.option("--college", metavar="NAME", help="Only this college's graduates.")
@click.option(
    "--part",
    type=click.Choice(["rates", "exposure", "answers"]),
    default="rates",
    show_default=True,
    help="Rates by college, trade and tier; who was shown how much; how enterprises answered.",
)
@click.option("--public", is_flag=True, help="Hide small counts, for readers outside.")
@click.option("--out", metavar="F", type=click.Path(path_type=Path), help="File to write.")
@json_option
def report(
    class_year: int | None,
    college: str | None,
    *,
    part: str,
    public: bool,
    out: Path | None,
    json_file: str | None,
) -> None:
    """Report what became of a class year, to the terminal and a .xlsx, .csv, .html or .json F.

    Rates are of the last class year whose season is over, exposure and answers of the one
    being placed, unless told.
    """
    from recommender.data import export

    if out is not None:
        export.check_target(out, _TABLES)
    colleges = None if college is None else {college}
    table, document, lines = _PARTS[part](class_year, colleges, not public)
    if out is not None:
        export.write_table(table, out, guard=True)
    terminal.tell(lines, lambda: document, json_file)


_Told = tuple["Table", object, Iterable[str]]


def _rates(class_year: int | None, colleges: Collection[str] | None, exact: bool) -> _Told:  # noqa: FBT001 - one of three alike
    from recommender.year import report_words as words
    from recommender.year.report import report as rates_of

    found = rates_of(
        terminal.engine(),
        day=terminal.day(),
        class_year=class_year,
        colleges=colleges,
        exact=exact,
    )
    language = terminal.language()
    return (
        words.report_table(found, language),
        words.report_json(found),
        words.report_lines(found, language),
    )


def _exposure(class_year: int | None, colleges: Collection[str] | None, exact: bool) -> _Told:  # noqa: FBT001 - one of three alike
    from recommender.year import report_words as words
    from recommender.year.dealings import exposures

    found = exposures(
        terminal.engine(),
        terminal.settings().home,
        day=terminal.day(),
        class_year=class_year,
        colleges=colleges,
        exact=exact,
    )
    table = words.exposure_table(found, terminal.day(), exact=exact, language=terminal.language())
    return table, [asdict(each) for each in found], _lines(table)


def _answers(class_year: int | None, colleges: Collection[str] | None, exact: bool) -> _Told:  # noqa: FBT001 - one of three alike
    from recommender.year import report_words as words
    from recommender.year.dealings import answers

    found = answers(
        terminal.engine(),
        day=terminal.day(),
        class_year=class_year,
        colleges=colleges,
        exact=exact,
    )
    table = words.answer_table(found, terminal.day(), exact=exact, language=terminal.language())
    return table, [asdict(each) for each in found], _lines(table)


def _lines(table: Table) -> Iterable[str]:
    from recommender.printouts import aligned

    rows = [["" if cell is None else str(cell) for cell in row] for row in table.rows]
    return aligned([table.titles[name] for name in table.columns], rows)


_PARTS = {"rates": _rates, "exposure": _exposure, "answers": _answers}
