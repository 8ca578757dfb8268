"""The commands on fairs (双选会): ``fair timetable``, ``slip``, ``check-in``, ``mark`` and on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender import terminal
from recommender.assignment_commands import TABLE_SUFFIXES
from recommender.terminal import Decorated, author_option, json_option

if TYPE_CHECKING:
    from recommender.fairs import CheckIn, Closing, Mark, Slip


@click.group("fair", cls=terminal.Program, short_help="双选会 · A two-way selection fair.")
def fair() -> None:
    """Plan a fair, note who comes and who marks whom, and match both sides after it."""


def request_options(command: Decorated) -> Decorated:
    """Add what every request takes: a key, the author, JSON; the fair stands first."""
    added: list[Callable[..., Any]] = [
        json_option,
        author_option,
        click.option("--key", metavar="K", help="The same key again changes nothing."),
    ]
    for each in added:
        command = each(command)
    return command


@fair.command("list")
@json_option
def list_fairs(json_file: str | None) -> None:
    """List the fairs by day, with booths, rounds and how many registered."""
    from recommender.year import fair as fairs
    from recommender.year import fair_words

    listed = fairs.list_fairs(terminal.engine())
    terminal.tell(
        fair_words.list_lines(listed, terminal.language()),
        lambda: fair_words.list_json(listed),
        json_file,
    )


@fair.command("timetable")
@click.argument("fair_id", metavar="FAIR")
@click.option(
    "--booths", type=click.IntRange(1, 50), default=4, show_default=True, help="For everybody."
)
@click.option(
    "--least",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="The least chance that both sides say yes.",
)
@click.option("--out", metavar="F", type=click.Path(path_type=Path), help="File to write.")
@author_option
def timetable(fair_id: str, *, booths: int, least: float, out: Path | None, author: str) -> None:
    """Make the timetable of FAIR anew; it stays once somebody has come.

    F (.csv, .parquet or .xlsx) lists the turns of everybody, with the number of their slip.
    """
    from recommender.data import export
    from recommender.year import fair_tables, fair_timetable, fair_words

    if out is not None:
        export.check_target(out, TABLE_SUFFIXES)
    with terminal.working("正在排时间表……", "Making the timetable …"):
        made = fair_timetable.make(
            terminal.engine(),
            terminal.settings().models_dir,
            terminal.clerk(author),
            fair_id,
            k=booths,
            least=least,
        )
        if out is not None:
            table = fair_tables.timetable_table(made, terminal.language())
            export.write_table(table, out, guard=True)
    for line in fair_words.timetable_lines(made, terminal.language()):
        click.echo(line)
    if out is not None:
        terminal.say(f"已写入 {out}", f"Wrote {out}")


@fair.command("slip")
@click.argument("fair_id", metavar="FAIR")
@click.option("--graduate", metavar="ID", help="Whose it is; without, it names nobody.")
@request_options
def give_slip(
    fair_id: str, *, graduate: str | None, key: str | None, author: str, json_file: str | None
) -> None:
    """Give a walk-in a slip of FAIR that names nobody, or a graduate theirs."""
    from recommender.year import fair_desk

    slip = fair_desk.issue(
        terminal.engine(),
        terminal.clerk(author),
        fair_id,
        graduate_id=graduate,
        key=_key(author, key),
    )
    _tell(slip, json_file)


@fair.command("check-in")
@click.argument("fair_id", metavar="FAIR")
@click.argument("slip")
@click.option("--booth", metavar="B", help="Sign or credit code; the door unless told.")
@request_options
def check_in(
    fair_id: str,
    slip: str,
    *,
    booth: str | None,
    key: str | None,
    author: str,
    json_file: str | None,
) -> None:
    """Note that SLIP was shown, at the door or at a booth; a second time changes nothing."""
    from recommender.year import fair_desk

    shown = fair_desk.check_in(
        terminal.engine(), terminal.clerk(author), fair_id, slip, booth=booth, key=_key(author, key)
    )
    _tell(shown, json_file)


@fair.command("mark")
@click.argument("fair_id", metavar="FAIR")
@click.argument("slip")
@click.argument("post")
@click.option(
    "--side",
    type=click.Choice(["graduate", "enterprise"]),
    default="graduate",
    show_default=True,
    help="Who wants whom.",
)
@click.option("--rank", type=click.IntRange(1, 99_999), help="1 is the most wanted.")
@request_options
def mark(
    fair_id: str,
    slip: str,
    post: str,
    *,
    side: str,
    rank: int | None,
    key: str | None,
    author: str,
    json_file: str | None,
) -> None:
    """Mark that the bearer of SLIP wants POST, or that its booth wants the bearer."""
    from recommender.domain import InterestSide
    from recommender.year import fair_desk

    made = fair_desk.mark(
        terminal.engine(),
        terminal.clerk(author),
        fair_id,
        slip,
        post,
        side=InterestSide(side),
        rank=rank,
        key=_key(author, key),
    )
    _tell(made, json_file)


@fair.command("claim")
@click.argument("fair_id", metavar="FAIR")
@click.argument("slip")
@click.argument("graduate")
@request_options
def claim(
    fair_id: str, slip: str, graduate: str, *, key: str | None, author: str, json_file: str | None
) -> None:
    """Say that SLIP is GRADUATE's: its marks become 意向."""
    from recommender.year import fair_desk

    claimed = fair_desk.claim(
        terminal.engine(), terminal.clerk(author), fair_id, slip, graduate, key=_key(author, key)
    )
    _tell(claimed, json_file)


@fair.command("close")
@click.argument("fair_id", metavar="FAIR")
@request_options
def close(fair_id: str, *, key: str | None, author: str, json_file: str | None) -> None:
    """Shut the doors of FAIR: nobody checks in or marks any more."""
    from recommender.year import fair_desk

    closing = fair_desk.close(
        terminal.engine(), terminal.clerk(author), fair_id, key=_key(author, key)
    )
    _tell(closing, json_file)


@fair.command("board")
@click.argument("fair_id", metavar="FAIR")
@json_option
def show_board(fair_id: str, json_file: str | None) -> None:
    """Show the places of FAIR, booth by booth, who came, and how many marked what."""
    from recommender.year import fair_board, fair_words

    shown = fair_board.board(terminal.engine(), terminal.clerk(""), fair_id)
    terminal.tell(
        fair_words.board_lines(shown, terminal.language()),
        lambda: fair_words.board_json(shown),
        json_file,
    )


@fair.command("visitors")
@click.argument("fair_id", metavar="FAIR")
@click.argument("booth")
@json_option
def show_visitors(fair_id: str, booth: str, json_file: str | None) -> None:
    """List whom BOOTH (sign or credit code) is to meet: sent to it, or having marked it."""
    from recommender.year import fair_board, fair_words

    at, found = fair_board.visitors(terminal.engine(), fair_id, booth)
    terminal.tell(
        fair_words.visitor_lines(at, found, terminal.language()),
        lambda: [fair_words.visitor_json(one) for one in found],
        json_file,
    )


@fair.command("result")
@click.argument("fair_id", metavar="FAIR")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the sheets and the certificate.",
)
@json_option
def result(fair_id: str, *, out: Path | None, json_file: str | None) -> None:
    """Match who marked each other at FAIR, once it is closed.

    DIR has result.csv, certificate.json (for `check`), a sheet per booth and per college, and
    no-shows.csv.
    """
    from recommender.data import export
    from recommender.year import fair_result, fair_tables, fair_words

    with terminal.working("正在匹配……", "Matching …"):
        found = fair_result.result(terminal.engine(), terminal.settings().models_dir, fair_id)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            for name, table in fair_tables.result_tables(found, terminal.language()).items():
                export.write_table(table, out / name, guard=name != "result.csv")
            terminal.write_json(found.certificate, str(out / "certificate.json"))
    terminal.tell(
        fair_words.result_lines(found, terminal.language()),
        lambda: fair_words.result_json(found),
        json_file,
    )
    if out is not None and json_file != "-":
        terminal.say(f"已写入 {out}", f"Wrote {out}")


@fair.command("hand-in")
@click.argument("journal", type=click.Path(path_type=Path, dir_okay=False))
@author_option
@json_option
def hand_in(journal: Path, *, author: str, json_file: str | None) -> None:
    """Take the JOURNAL of a hall into the database; the same as pack hand-in."""
    from recommender.pack_commands import take_in

    take_in(journal, author, json_file)


def _key(author: str, key: str | None) -> str | None:
    # Never that of a token, which begins with a number.
    return f"cli:{author}:fair:{key}" if key else None


def _tell(entry: Slip | CheckIn | Mark | Closing, json_file: str | None) -> None:
    from recommender.year import fair_words

    terminal.tell(
        fair_words.entry_lines(entry, terminal.language()),
        lambda: fair_words.entry_json(entry),
        json_file,
    )
