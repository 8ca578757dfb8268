"""The command ``meeting``: a chain's supply-demand meeting."""

from __future__ import annotations

from pathlib import Path

import click

from recommender import terminal
from recommender.terminal import json_option

_SUFFIXES = (".xlsx", ".csv", ".html", ".json")


@click.command(cls=terminal.Command, short_help="供需对接会 · Who should talk to whom, by chain.")
@click.option("--chain", required=True, metavar="X", help="Industry chain (产业链).")
@click.option(
    "--out", required=True, metavar="F", type=click.Path(path_type=Path), help="File to write."
)
@json_option
def meeting(chain: str, *, out: Path, json_file: str | None) -> None:
    """Write who should talk to whom into F, and draft agreements into a sheet beside it.

    F is a .xlsx, .csv, .html or .json file; the sheet is F-agreements.xlsx (of a .csv file
    .csv) and can be imported once its drafts are agreed on.
    """
    from recommender.data import export
    from recommender.year import meeting_words
    from recommender.year.meeting import prepare

    export.check_target(out, _SUFFIXES)
    suffix = ".csv" if out.suffix.lower() == ".csv" else ".xlsx"
    drafts = out.with_name(f"{out.stem}-agreements{suffix}")
    with terminal.working("正在对接……", "Pairing …"):
        found = prepare(terminal.engine(), chain, day=terminal.day())
        table = meeting_words.pairing_table(found, terminal.language())
        export.write_table(table, out, guard=True)
        export.write_table(meeting_words.drafts_table(found), drafts, guard=True)
    terminal.tell(
        meeting_words.meeting_lines(found, terminal.language()),
        lambda: meeting_words.meeting_json(found),
        json_file,
    )
    if json_file != "-":
        terminal.say(f"已写入 {out} 和 {drafts}", f"Wrote {out} and {drafts}")
