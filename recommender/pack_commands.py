"""The commands on packs: ``pack FAIR``, ``pack key``, ``check``, ``hand-in``; ``serve --pack``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from recommender import terminal
from recommender.claims import SHANDONG
from recommender.terminal import Decorated, author_option, json_option

if TYPE_CHECKING:
    from recommender.pack.opened import Pack

_FILE = click.Path(path_type=Path, dir_okay=False)


class _Packs(terminal.Program):
    """``pack F1`` is short for ``pack make F1``."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["make", *args]
        return super().resolve_command(ctx, args)


@click.group("pack", cls=_Packs, short_help="双选会离线包 · The offline pack of a fair.")
def pack() -> None:
    """Make the signed pack of a fair, and take in what was marked in the hall.

    pack FAIR is short for pack make FAIR.
    """


def key_option(command: Decorated) -> Decorated:
    """Add ``--key K``: which key is trusted."""
    option: Callable[..., Any] = click.option(
        "--key",
        "trusted",
        metavar="K",
        help="Public key to trust, or a file that holds it (PLACEMENT_PACK_KEY).",
    )
    decorated: Decorated = option(command)
    return decorated


def pack_options(command: Decorated) -> Decorated:
    """Add to ``serve`` what serves a hall from a pack."""
    added: list[Callable[..., Any]] = [
        click.option(
            "--journal",
            metavar="F",
            type=_FILE,
            help="Where slips and marks are written; the pack's name and .journal unless told.",
        ),
        key_option,
        click.option(
            "--pack",
            "pack_file",
            metavar="F",
            type=_FILE,
            help="Serve a hall from this pack, without database or internet.",
        ),
    ]
    for each in added:
        command = each(command)
    return command


@pack.command("make")
@click.argument("fair_id", metavar="FAIR")
@click.option("--out", metavar="F", type=_FILE, help="File to write; FAIR.pack unless told.")
@click.option("--starts", metavar="HH:MM", default="09:00", show_default=True)
@click.option(
    "--hours", type=click.FloatRange(0, 72, min_open=True), default=4.0, show_default=True
)
@json_option
def make_pack(
    fair_id: str, *, out: Path | None, starts: str, hours: float, json_file: str | None
) -> None:
    """Make the pack of FAIR with the places of now; it holds from an hour before the start."""
    from recommender.data import export
    from recommender.pack import make, words

    try:
        begins = time.fromisoformat(starts)
    except ValueError as wrong:
        raise click.BadParameter("HH:MM", param_hint="--starts") from wrong
    settings = terminal.settings()
    with terminal.working("正在导出……", "Making the pack …"):
        made = make.make(
            terminal.engine(),
            settings.models_dir,
            settings.home,
            fair_id,
            now=terminal.now(),
            starts=begins,
            hours=hours,
        )
    target = out or Path(f"{fair_id}.pack")
    with export.whole_file(target) as draft:
        draft.write_bytes(made.content)
    terminal.tell(
        words.made_lines(made, terminal.language()), lambda: words.made_json(made), json_file
    )
    if json_file != "-":
        terminal.say(f"已写入 {target}", f"Wrote {target}")


@pack.command("key")
@click.option("--new", is_flag=True, help="Make another; packs made before open no more with it.")
def print_key(*, new: bool) -> None:
    """Print the public key with which packs of this installation are opened."""
    from recommender.pack import keys

    make = keys.new_signing_key if new else keys.signing_key
    click.echo(keys.public_of(make(terminal.settings().home)))


@pack.command("check")
@click.argument("file", type=_FILE)
@key_option
def check_pack(file: Path, *, trusted: str | None) -> None:
    """Check the pack FILE as serve --pack would, without serving it."""
    from recommender.pack import words

    for line in words.opened_lines(_open(file, trusted, terminal.now()), terminal.language()):
        click.echo(line)


@pack.command("hand-in")
@click.argument("journal", type=_FILE)
@author_option
@json_option
def hand_in(journal: Path, *, author: str, json_file: str | None) -> None:
    """Take the JOURNAL of a hall into the database; a second time changes nothing."""
    take_in(journal, author, json_file)


def take_in(journal: Path, author: str, json_file: str | None) -> None:
    """Take in a journal, for ``pack hand-in`` and ``fair hand-in``."""
    from recommender.pack import hand_in as use_case
    from recommender.pack import keys, words

    done = use_case.hand_in(
        terminal.engine(),
        terminal.clerk(author),
        _read(journal),
        keys.own_keys(terminal.settings().home),
    )
    terminal.tell(
        words.handed_lines(done, terminal.language()), lambda: words.handed_json(done), json_file
    )


def serve_pack(
    file: Path, trusted: str | None, journal: Path | None, *, host: str, port: int
) -> NoReturn:
    """Serve a hall from a pack until told to stop, then exit."""
    from importlib import import_module

    from recommender.pack import lan, words
    from recommender.pack.hall import code_of
    from recommender.pack.opened import HallClock

    settings = terminal.settings()
    # Asked from threads, which know nothing of the command.
    clock = HallClock(lambda: settings.moment(datetime.now(SHANDONG)))
    found = _open(file, trusted, clock())
    for line in words.opened_lines(found, terminal.language()):
        click.echo(line)

    def told(url: str) -> None:
        addresses = [f"{each}/kiosk" for each in lan.urls(host, int(url.rpartition(":")[2]))]
        terminal.say(
            f"平板请打开 {'、'.join(addresses)}，令牌填 {code_of(found)}（按 Ctrl+C 停止）",
            f"Tablets open {', '.join(addresses)} with the token {code_of(found)} "
            "(Ctrl+C stops it)",
        )
        click.echo(lan.qr(addresses[0]))

    # By name, as `serve` does.
    run_hall = import_module("service.server").run_hall
    target = journal or file.with_name(f"{file.name}.journal")
    ended = run_hall(settings, found, target, clock, host=host, port=port, told=told)
    click.get_current_context().exit(ended)


def _open(file: Path, trusted: str | None, now: datetime) -> Pack:
    from recommender.errors import PackRefused
    from recommender.pack import keys
    from recommender.pack.opened import open_pack

    said = trusted or terminal.settings().pack_key
    if said is None:
        raise PackRefused("no_key")
    return open_pack(_read(file), keys.read_public(said), now)


def _read(file: Path) -> bytes:
    from recommender.errors import NotFound

    if not file.is_file():
        raise NotFound("path", str(file))
    return file.read_bytes()
