"""The commands on the ledger of places: ``places hold``, ``confirm``, ``release``, ``show``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from recommender import terminal
from recommender.settings import MOST_HOLD_HOURS
from recommender.terminal import Decorated, author_option, json_option

if TYPE_CHECKING:
    from recommender.ledger_answers import Entry
    from recommender.places import Clerk


@click.group("places", cls=terminal.Program, short_help="名额台账 · Every place once.")
def places() -> None:
    """Hold, confirm and release places of a post, and see who waits for one."""


def request_options(command: Decorated) -> Decorated:
    """Add what every request takes: who and at which post, a note, a key, the author."""
    added: list[Callable[..., Any]] = [
        json_option,
        author_option,
        click.option("--key", metavar="K", help="The same key again changes nothing."),
        click.option("--note", metavar="TEXT", help="Why, in your own words; kept."),
        click.argument("post"),
        click.argument("graduate"),
    ]
    for each in added:
        command = each(command)
    return command


@places.command("hold")
@click.option(
    "--hours",
    type=click.IntRange(1, MOST_HOLD_HOURS),
    help="How long; PLACEMENT_HOLD_HOURS by default.",
)
@click.option("--wait", is_flag=True, help="Stand in line where the post is full.")
@request_options
def hold_place(
    graduate: str,
    post: str,
    *,
    hours: int | None,
    wait: bool,
    note: str | None,
    key: str | None,
    author: str,
    json_file: str | None,
) -> None:
    """Hold a place at POST for GRADUATE until a deadline."""
    from recommender import ledger

    entry = ledger.hold(
        terminal.engine(),
        _clerk(author),
        graduate,
        post,
        hours=hours,
        wait=wait,
        note=note,
        key=_key(author, key),
    )
    _tell(entry, json_file)


@places.command("confirm")
@click.option("--channel", metavar="C", help="就业办 / 双选会 / 一体机 / 自主.")
@request_options
def confirm_place(
    graduate: str,
    post: str,
    *,
    channel: str | None,
    note: str | None,
    key: str | None,
    author: str,
    json_file: str | None,
) -> None:
    """Confirm (签约) a place at POST for GRADUATE, held before or open."""
    from recommender import ledger

    entry = ledger.confirm(
        terminal.engine(),
        _clerk(author),
        graduate,
        post,
        channel=channel,
        note=note,
        key=_key(author, key),
    )
    _tell(entry, json_file)


@places.command("release")
@click.option("--reason", required=True, metavar="R", help="名额已满 / 技能不符 / 薪资 / 其他, …")
@request_options
def release_place(
    graduate: str,
    post: str,
    *,
    reason: str,
    note: str | None,
    key: str | None,
    author: str,
    json_file: str | None,
) -> None:
    """Give up (解约) what GRADUATE has at POST: a place, a hold, or a turn in the line."""
    from recommender import ledger

    entry = ledger.release(
        terminal.engine(),
        _clerk(author),
        graduate,
        post,
        reason=reason,
        note=note,
        key=_key(author, key),
    )
    _tell(entry, json_file)


@places.command("show")
@click.argument("post")
@json_option
def show_places(post: str, json_file: str | None) -> None:
    """Show the places of POST: confirmed, held, the line, and the history."""
    from recommender import ledger, ledger_printouts

    shown = ledger.show(terminal.engine(), _clerk(""), post)
    terminal.tell(
        ledger_printouts.places_lines(shown, terminal.language()),
        lambda: ledger_printouts.places_json(shown),
        json_file,
    )


def _clerk(author: str) -> Clerk:
    from recommender.places import Clerk

    terminal.log_to_file()
    return Clerk(who=author, now=terminal.now(), hold_hours=terminal.settings().hold_hours)


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
