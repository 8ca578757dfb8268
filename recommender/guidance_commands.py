"""The command ``guidance``: the catalog as it is now, and the editions that were issued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender import terminal
from recommender.terminal import author_option, json_option

if TYPE_CHECKING:
    from recommender.data.export import Table

_SUFFIXES = (".xlsx", ".csv", ".html", ".json")
_out = click.option("--out", metavar="F", type=click.Path(path_type=Path), help="File to write.")


@click.group(
    "guidance",
    cls=terminal.Program,
    invoke_without_command=True,
    short_help="需求指导目录 · Demand, supply and ratio by occupation and city.",
)
@_out
@click.pass_context
def guidance(ctx: click.Context, out: Path | None) -> None:
    """Write the catalog as it is now, every count told, to a .xlsx, .csv, .html or .json file.

    A command after it shows more of it, issues it, or shows what was issued.
    """
    if ctx.invoked_subcommand is not None:
        if out is not None:
            raise click.UsageError("--out: after the command, not before it.")
        return
    if out is None:
        raise click.UsageError("--out F")
    from recommender import reports

    _check(out)
    with terminal.working("正在汇总……", "Counting …"):
        table = reports.guidance(
            terminal.engine(), day=terminal.day(), language=terminal.language()
        )
    _write(table, out)


@guidance.command("state")
@click.option("--public", is_flag=True, help="Hide small counts, as an edition does.")
@_out
@json_option
def state(*, public: bool, out: Path | None, json_file: str | None) -> None:
    """Work the catalog out as it is now: with what is short, why, and who could train for it."""
    from recommender.year import edition, guidance_words
    from recommender.year.guidance import working_state

    _check(out)
    engine, day = terminal.engine(), terminal.day()
    with terminal.working("正在汇总……", "Counting …"):
        found = working_state(engine, day=day, exact=not public)
        rows = edition.rows_of(found, edition.last_rows(engine))
    language = terminal.language()
    notes = guidance_words.notes(day, found.class_year, exact=found.exact, language=language)
    _write(guidance_words.table(rows, notes, language), out)
    document = {"as_of": day.isoformat(), "class_year": found.class_year, "rows": rows}
    terminal.tell(_summary(rows), lambda: document, json_file)


@guidance.command("issue")
@author_option
@json_option
def issue(author: str, json_file: str | None) -> None:
    """Issue the next edition from what is known now, small counts hidden; it never changes."""
    from recommender.year import edition, guidance_words

    terminal.log_to_file()
    with terminal.working("正在汇总……", "Counting …"):
        issued = edition.issue(terminal.engine(), day=terminal.day(), author=author)
    terminal.tell(
        guidance_words.edition_lines([issued], terminal.language()),
        lambda: guidance_words.edition_json(issued, with_rows=False),
        json_file,
    )


@guidance.command("list")
@json_option
def list_editions(json_file: str | None) -> None:
    """List the editions, the latest last."""
    from recommender.year import edition, guidance_words

    issued = edition.all_editions(terminal.engine())
    terminal.tell(
        guidance_words.edition_lines(issued, terminal.language()),
        lambda: [guidance_words.edition_json(one, with_rows=False) for one in issued],
        json_file,
    )


@guidance.command("show")
@click.argument("edition", type=click.IntRange(min=1))
@_out
@json_option
def show_edition(edition: int, *, out: Path | None, json_file: str | None) -> None:
    """Show EDITION as it was issued."""
    from recommender.year import edition as use_case
    from recommender.year import guidance_words

    _check(out)
    found = use_case.show(terminal.engine(), edition)
    language = terminal.language()
    notes = guidance_words.notes(
        found.day, found.class_year, exact=False, edition=found, language=language
    )
    _write(guidance_words.table(found.rows, notes, language), out)
    terminal.tell(
        guidance_words.edition_lines([found], language),
        lambda: guidance_words.edition_json(found),
        json_file,
    )


@guidance.command("diff")
@click.argument("before", type=click.IntRange(min=1))
@click.argument("after", type=click.IntRange(min=1))
@json_option
def diff_editions(before: int, after: int, json_file: str | None) -> None:
    """Say what is otherwise in edition AFTER than in edition BEFORE."""
    from dataclasses import asdict

    from recommender.year import edition, guidance_words

    engine = terminal.engine()
    rows = [edition.show(engine, number).rows for number in (before, after)]
    changes = edition.diff(*rows)
    terminal.tell(
        guidance_words.change_lines(changes, terminal.language()),
        lambda: [asdict(each) for each in changes],
        json_file,
    )


def _check(out: Path | None) -> None:
    from recommender.data import export

    if out is not None:
        export.check_target(out, _SUFFIXES)


def _write(table: Table, out: Path | None) -> None:
    from recommender.data import export

    if out is None:
        return
    export.write_table(table, out, guard=True)
    terminal.say(
        f"已写入 {out}：{len(table.rows)} 行（职业 × 城市）",
        f"Wrote {out}: {len(table.rows)} rows (occupation × city)",
    )


def _summary(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    from recommender.year import guidance_words

    return list(guidance_words.state_lines(rows, terminal.language()))
