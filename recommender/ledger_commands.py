"""The commands on the ledger of places: ``places hold``, ``confirm``, ``release``, ``show``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender import terminal
from recommender.settings import MOST_HOLD_HOURS
from recommender.terminal import Decorated, author_option, json_option

if TYPE_CHECKING:
    from recommender.ledger_answers import Entry, Request


@click.group("places", cls=terminal.Program, short_help="名额台账 · Every place once.")
def places() -> None:
    """Hold, confirm and release places of a post, and see who waits for one."""


def request_options(command: Decorated) -> Decorated:
    """Add what every request takes: who and at which post, or a sheet; note, key, author."""
    added: list[Callable[..., Any]] = [
        json_option,
        author_option,
        click.option("--key", metavar="K", help="The same key again changes nothing."),
        click.option("--note", metavar="TEXT", help="Why, in your own words; kept."),
        click.option(
            "--from",
            "sheet",
            metavar="F",
            type=click.Path(path_type=Path),
            help="Every row of a sheet (graduate_id, post_id), all or none; assign writes one.",
        ),
        click.argument("post", required=False),
        click.argument("graduate", required=False),
    ]
    for each in added:
        command = each(command)
    return command


def channel_option(command: Decorated) -> Decorated:
    """Add where a request comes from."""
    option: Callable[[Decorated], Decorated] = click.option(
        "--channel",
        metavar="C",
        help="就业办 / 双选会 / 一体机 / 自主; of a hold it stays.",
    )
    return option(command)


@places.command("hold")
@click.option(
    "--hours",
    type=click.IntRange(1, MOST_HOLD_HOURS),
    help="How long; PLACEMENT_HOLD_HOURS by default.",
)
@click.option("--wait", is_flag=True, help="Stand in line where the post is full.")
@channel_option
@request_options
def hold_place(
    graduate: str | None,
    post: str | None,
    *,
    hours: int | None,
    wait: bool,
    channel: str | None,
    author: str,
    key: str | None,
    json_file: str | None,
    **asked: Any,
) -> None:
    """Hold a place at POST for GRADUATE until a deadline, or one for each row of a sheet."""
    common = _asked("hold", graduate, post, hours=hours, wait=wait, channel=channel, **asked)
    _do(common, asked["sheet"], author, key, json_file)


@places.command("confirm")
@channel_option
@request_options
def confirm_place(
    graduate: str | None,
    post: str | None,
    *,
    channel: str | None,
    author: str,
    key: str | None,
    json_file: str | None,
    **asked: Any,
) -> None:
    """Confirm (签约) a place at POST for GRADUATE, held or open, or one for each row of a sheet."""
    common = _asked("confirm", graduate, post, channel=channel, **asked)
    _do(common, asked["sheet"], author, key, json_file)


@places.command("release")
@click.option("--reason", metavar="R", help="名额已满 / 技能不符 / 薪资 / 其他, …")
@request_options
def release_place(
    graduate: str | None,
    post: str | None,
    *,
    reason: str | None,
    author: str,
    key: str | None,
    json_file: str | None,
    **asked: Any,
) -> None:
    """Give up (解约) what GRADUATE has at POST, or what each row of a sheet names."""
    if reason is None and asked["sheet"] is None:
        raise click.UsageError("--reason R (原因)")
    common = _asked("release", graduate, post, reason=reason, **asked)
    _do(common, asked["sheet"], author, key, json_file)


def _asked(
    action: str, graduate: str | None, post: str | None, *, sheet: Path | None, **more: Any
) -> Request:
    """Make the request of the arguments, which for a sheet lacks the pair."""
    from recommender.claims import LedgerAction
    from recommender.ledger_requests import request

    if (sheet is None) == (graduate is None) or (graduate is None) != (post is None):
        raise click.UsageError("GRADUATE POST | --from F (毕业生和岗位，或 --from 表)")
    return request(LedgerAction(action), graduate or "", post or "", **more)


def _do(
    common: Request, sheet: Path | None, author: str, key: str | None, json_file: str | None
) -> None:
    from recommender import ledger, ledger_printouts
    from recommender.ledger_requests import requests_of

    if sheet is None:
        entry = ledger.keep(
            terminal.engine(), terminal.clerk(author), common, key=_key(author, key)
        )
        _tell(entry, json_file)
        return
    numbered = requests_of(sheet, common)
    entries = ledger.together(
        terminal.engine(), terminal.clerk(author), numbered, key=_key(author, key)
    )
    terminal.tell(
        ledger_printouts.entries_lines(entries, terminal.language()),
        lambda: [ledger_printouts.entry_json(each) for each in entries],
        json_file,
    )


@places.command("show")
@click.argument("post")
@json_option
def show_places(post: str, json_file: str | None) -> None:
    """Show the places of POST: confirmed, held, the line, and the history."""
    from recommender import ledger, ledger_printouts

    shown = ledger.show(terminal.engine(), terminal.clerk(""), post)
    terminal.tell(
        ledger_printouts.places_lines(shown, terminal.language()),
        lambda: ledger_printouts.places_json(shown),
        json_file,
    )


@places.command("queue")
@json_option
def show_queue(json_file: str | None) -> None:
    """Show every hold by its deadline, and who waits at which post."""
    from recommender import ledger, ledger_printouts

    waiting = ledger.pending(terminal.engine(), terminal.clerk(""))
    terminal.tell(
        ledger_printouts.pending_lines(waiting, terminal.language()),
        lambda: ledger_printouts.pending_json(waiting),
        json_file,
    )


def _key(author: str, key: str | None) -> str | None:
    # Never that of a token, which begins with a number.
    return f"cli:{author}:{key}" if key else None


def _tell(entry: Entry, json_file: str | None) -> None:
    from recommender import ledger_printouts

    terminal.tell(
        ledger_printouts.entry_lines(entry, terminal.language()),
        lambda: ledger_printouts.entry_json(entry),
        json_file,
    )
