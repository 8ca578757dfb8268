"""The commands on codes that change: ``codes show``, ``look`` and ``check``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from recommender import terminal
from recommender.terminal import json_option


@click.group("codes", cls=terminal.Program, short_help="代码变更 · Codes that change.")
def codes() -> None:
    """See which trades and occupations follow which; `import` takes in the sheet code_changes."""


@codes.command("show")
@json_option
def show_codes(json_file: str | None) -> None:
    """List every change of a code, by day."""
    from recommender import code_words, recodings

    rows = [_row(each) for each in recodings.list_changes(terminal.engine())]
    terminal.tell(code_words.change_lines(rows, terminal.language()), lambda: rows, json_file)


@codes.command("look")
@click.argument("table")
@click.argument("code")
@json_option
def look_up(table: str, code: str, json_file: str | None) -> None:
    """Say what CODE of TABLE (trade or occupation) is and counts as on the day."""
    from recommender import code_words, recodings, wording

    found = recodings.look_up(terminal.engine(), table, code, day=terminal.day())
    told = {
        "table": found.table.value,
        "code": found.code,
        "name": found.name,
        "counts_as": [
            {"code": heir, "name": name, "part": part} for heir, name, part in found.counts_as
        ],
        "changed_on": found.changed_on.isoformat() if found.changed_on else None,
        "source": found.source,
        "warning": wording.row_problem(found.warning, "zh") if found.warning else None,
        "warning_en": wording.row_problem(found.warning, "en") if found.warning else None,
    }
    terminal.tell(code_words.answer_lines(told, terminal.language()), lambda: told, json_file)


@codes.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def check_codes(paths: tuple[Path, ...], json_file: str | None) -> None:
    """List who would lose every eligible post of their trade; write nothing, exit 1 if any."""
    from recommender import recodings

    lost = recodings.would_strand(terminal.engine(), paths, day=terminal.day())
    english = terminal.language() == "en"
    summary = (
        f"{len(lost)} graduates would be left without an eligible post of their trade"
        if english
        else f"{len(lost)} 名毕业生将没有符合条件的相关岗位"
    )
    terminal.tell([*lost, summary], lambda: {"stranded": lost}, json_file)
    click.get_current_context().exit(terminal.REFUSED if lost else terminal.DONE)


def _row(change: Any) -> dict[str, Any]:
    return {
        "table": change.table.value,
        "kind": change.kind.value,
        "old_code": change.old_code,
        "new_code": change.new_code,
        "weight": change.weight,
        "starts_on": change.starts_on.isoformat(),
        "source": change.source,
    }
