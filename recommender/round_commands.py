"""The commands on collection rounds: ``round open`` to ``round issue``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from recommender import terminal
from recommender.terminal import author_option, json_option

_SUFFIXES = (".xlsx", ".csv", ".html", ".json")


@click.group("round", cls=terminal.Program, short_help="需求征集 · Ask enterprises what they need.")
def rounds() -> None:
    """Ask every enterprise, take replies in, decide, approve and issue."""


@rounds.command("open")
@click.argument("name")
@click.option("--due", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
@click.option("--alliance", metavar="A", help="Only its members; every enterprise by default.")
@click.option("--body", metavar="B", help="Issuing body of posts that name none.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the templates.")
def open_round(
    name: str, *, due: datetime, alliance: str | None, body: str | None, out: Path | None
) -> None:
    """Begin a round NAME, and write one template per enterprise, filled with its posts."""
    from recommender.year import rounds as use

    view = use.open_round(
        terminal.engine(),
        name,
        day=terminal.day(),
        due_on=due.date(),
        alliance=alliance,
        issuing_body=body,
    )
    terminal.say(
        f"已开始征集“{name}”：{len(view.asked)} 家企业，截止 {view.round.due_on}",
        f"Opened the round {name}: {len(view.asked)} enterprises, due {view.round.due_on}",
    )
    if out is not None:
        _write_templates(name, out)


@rounds.command("templates")
@click.argument("name")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder.")
def templates(name: str, out: Path) -> None:
    """Write the templates of the round NAME (again)."""
    _write_templates(name, out)


def _write_templates(name: str, out: Path) -> None:
    from recommender.year import rounds as use

    with terminal.working("正在写模板……", "Writing templates …"):
        written = use.write_templates(terminal.engine(), name, out, day=terminal.day())
    terminal.say(f"已写入 {len(written)} 份模板 {out}", f"Wrote {len(written)} templates to {out}")


@rounds.command("list")
@json_option
def list_rounds(json_file: str | None) -> None:
    """List the rounds, the latest first."""
    from recommender.year import round_words
    from recommender.year import rounds as use

    found = use.list_rounds(terminal.engine())
    terminal.tell(
        round_words.round_lines(found, terminal.language()),
        lambda: [round_words.round_json(each) for each in found],
        json_file,
    )


@rounds.command("status")
@click.argument("name", required=False)
@json_option
def show_round(name: str | None, json_file: str | None) -> None:
    """Show how a round stands, the latest by default: who is silent, and every difference."""
    from recommender.year import round_words
    from recommender.year import rounds as use

    view = use.look(terminal.engine(), name, day=terminal.day())
    terminal.tell(
        round_words.view_lines(view, terminal.language()),
        lambda: round_words.view_json(view),
        json_file,
    )


@rounds.command("take")
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def take(name: str, paths: tuple[Path, ...], json_file: str | None) -> None:
    """Take replies to the round NAME in, one file of one enterprise each; all or none."""
    from recommender.year import round_words
    from recommender.year import rounds as use

    terminal.log_to_file()
    view = use.take(terminal.engine(), name, paths, day=terminal.day())
    terminal.tell(
        round_words.view_lines(view, terminal.language()),
        lambda: round_words.view_json(view),
        json_file,
    )


@rounds.command("choose")
@click.argument("name")
@click.argument("post")
@click.option("--file", "filename", metavar="F", help="The reply that counts.")
@click.option("--stored", is_flag=True, help="What the catalog holds counts.")
@author_option
def choose(name: str, post: str, *, filename: str | None, stored: bool, author: str) -> None:
    """Say which reply about POST counts in the round NAME."""
    from recommender.collection import STORED
    from recommender.year import rounds as use

    if stored == (filename is not None):
        raise click.UsageError("One of --file and --stored is needed.")
    view = use.choose(
        terminal.engine(),
        name,
        post,
        STORED if filename is None else filename,
        author=author,
        day=terminal.day(),
    )
    n_left = len(view.merged.undecided)
    terminal.say(f"已记录，还有 {n_left} 个岗位待定。", f"Kept; {n_left} posts are undecided.")


@rounds.command("approve")
@click.argument("name")
@author_option
def approve(name: str, author: str) -> None:
    """Approve the round NAME as it is merged now; a later reply opens it again."""
    from recommender.year import rounds as use

    use.approve(terminal.engine(), name, author=author, day=terminal.day())
    terminal.say(f"已审定征集“{name}”。", f"The round {name} is approved.")


@rounds.command("issue")
@click.argument("name")
@click.option("--guidance", is_flag=True, help="Issue an edition of the guidance catalog, too.")
@author_option
@json_option
def issue(name: str, *, guidance: bool, author: str, json_file: str | None) -> None:
    """Make the approved round NAME the catalog, in one transaction."""
    from recommender.year import edition, round_words
    from recommender.year import rounds as use

    terminal.log_to_file()
    engine, day = terminal.engine(), terminal.day()
    view = use.issue(engine, name, author=author, day=day)
    if guidance:
        edition.issue(engine, day=day, author=author)
    terminal.tell(
        round_words.view_lines(view, terminal.language()),
        lambda: round_words.view_json(view),
        json_file,
    )
