"""The commands ``plan``: what to teach, and what it would lead to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender import terminal
from recommender.terminal import json_option

if TYPE_CHECKING:
    from recommender.data.export import Table

_TABLES = (".xlsx", ".csv", ".html", ".json")
_college = click.option("--college", metavar="NAME", help="Only this college's.")
_public = click.option("--public", is_flag=True, help="Hide small counts, for readers outside.")
_out = click.option("--out", metavar="F", type=click.Path(path_type=Path), help="File to write.")


@click.group("plan", short_help="专业规划 · What to teach, and what a move would lead to.")
def plan() -> None:
    """Plan what colleges teach: coverage, homogeneity, enrolment, moves."""


@plan.command(cls=terminal.Command)
@_college
@_public
@_out
@json_option
def coverage(*, college: str | None, public: bool, out: Path | None, json_file: str | None) -> None:
    """Lay what each industry chain wants beside the trades on offer."""
    from recommender import plan_printouts
    from recommender.year import plan_words as words
    from recommender.year.coverage import coverage as use_case

    _check(out)
    found = use_case(
        terminal.engine(), day=terminal.day(), colleges=_only(college), exact=not public
    )
    language = terminal.language()
    _write(words.coverage_table(found, language), out)
    lines = plan_printouts.coverage_lines(found, language)
    terminal.tell(lines, lambda: words.coverage_json(found), json_file)


@plan.command(cls=terminal.Command)
@_public
@_out
@json_option
def homogeneity(*, public: bool, out: Path | None, json_file: str | None) -> None:
    """Say how alike colleges' trades are, and which all open that lead nowhere."""
    from recommender import plan_printouts
    from recommender.year import plan_words as words
    from recommender.year.profiles import homogeneity as use_case

    _check(out)
    found = use_case(terminal.engine(), day=terminal.day(), exact=not public)
    language = terminal.language()
    _write(words.pairs_table(found, language), out)
    lines = plan_printouts.homogeneity_lines(found, language)
    terminal.tell(lines, lambda: words.homogeneity_json(found), json_file)


@plan.command(cls=terminal.Command)
@click.option("--entry-year", type=click.IntRange(1990, 2100), help="Only who enters in it.")
@_college
@_public
@_out
@json_option
def enrolment(
    *,
    entry_year: int | None,
    college: str | None,
    public: bool,
    out: Path | None,
    json_file: str | None,
) -> None:
    """Lay programmes that open beside order classes and other agreements."""
    from recommender import plan_printouts
    from recommender.year import plan_words as words
    from recommender.year.enrolment import enrolment as use_case

    _check(out)
    found = use_case(
        terminal.engine(),
        day=terminal.day(),
        entry_year=entry_year,
        colleges=_only(college),
        exact=not public,
    )
    language = terminal.language()
    _write(words.programmes_table(found, language), out)
    lines = plan_printouts.enrolment_lines(found, language)
    terminal.tell(lines, lambda: words.enrolment_json(found), json_file)


@plan.command(cls=terminal.Command)
@click.option("--college", required=True, metavar="C", help="Whose places.")
@click.option("--from", "from_trade", required=True, metavar="A", help="Trade that gives places.")
@click.option("--to", "to_trade", required=True, metavar="B", help="Trade that gets them.")
@click.option("--places", required=True, type=int, metavar="N", help="How many.")
@click.option("--entry-year", required=True, type=int, metavar="Y", help="Who enters in it.")
@json_option
def move(
    *,
    college: str,
    from_trade: str,
    to_trade: str,
    places: int,
    entry_year: int,
    json_file: str | None,
) -> None:
    """Replay the class year with N places of C moved from trade A to trade B."""
    from recommender import plan_printouts
    from recommender.year import plan_words as words
    from recommender.year.moves import Move, try_move

    asked = Move(
        college=college,
        from_trade=from_trade,
        to_trade=to_trade,
        places=places,
        entry_year=entry_year,
    )
    with terminal.working("正在模拟……", "Replaying …"):
        found = try_move(
            terminal.engine(), terminal.settings().models_dir, asked, day=terminal.day()
        )
    lines = plan_printouts.move_lines(found, terminal.language())
    terminal.tell(lines, lambda: words.move_json(found), json_file)


@plan.command(cls=terminal.Command)
@click.option("--budget", required=True, type=int, metavar="N", help="Places moved at most.")
@click.option("--entry-year", type=int, metavar="Y", help="Who enters in it; the next to enter.")
@click.option("--step", type=int, default=10, show_default=True, help="Places moved at a time.")
@_college
@json_option
def best(
    *, budget: int, entry_year: int | None, step: int, college: str | None, json_file: str | None
) -> None:
    """Find the moves of N places or fewer that let most people stay."""
    from recommender import plan_printouts
    from recommender.year import plan_words as words
    from recommender.year.best_moves import best_moves

    with terminal.working("正在模拟……", "Replaying …"):
        found = best_moves(
            terminal.engine(),
            terminal.settings().models_dir,
            budget,
            day=terminal.day(),
            entry_year=entry_year,
            colleges=_only(college),
            step=step,
        )
    lines = plan_printouts.best_lines(found, terminal.language())
    terminal.tell(lines, lambda: words.best_json(found), json_file)


def _only(college: str | None) -> frozenset[str] | None:
    return None if college is None else frozenset({college})


def _check(out: Path | None) -> None:
    from recommender.data import export

    if out is not None:
        export.check_target(out, _TABLES)


def _write(table: Table, out: Path | None) -> None:
    from recommender.data import export

    if out is not None:
        export.write_table(table, out, guard=True)
