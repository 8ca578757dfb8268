"""The commands for a person's rights: ``person``, ``consent``, ``case``, ``audit``, the switch."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender import terminal
from recommender.terminal import author_option, json_option, say

if TYPE_CHECKING:
    pass


def _log(graduate: str, author: str, route: str, action: str) -> None:
    """Log that somebody looks, before anything is shown."""
    from recommender.rights import viewed

    viewed.ViewLog(terminal.settings().home).keep(
        [graduate], at=terminal.now(), who=author, route=route, action=action
    )


@click.group("person", cls=terminal.Program, short_help="个人权利 · A person's rights.")
def person() -> None:
    """Show, export, correct and erase what is held of one person, and make their own link."""


@person.command("show")
@click.argument("graduate")
@author_option
@json_option
def show(graduate: str, author: str, json_file: str | None) -> None:
    """Show how much is held of GRADUATE, and what they agree to; --json has every row."""
    from recommender.rights import held, words

    read = held.read(terminal.engine(), terminal.settings().home, graduate, day=terminal.day())
    _log(graduate, author, "person show", "export" if json_file else "view")
    terminal.tell(words.held_lines(read, terminal.language()), read.to_json, json_file)


@person.command("export")
@click.argument("graduate")
@click.option("--out", required=True, metavar="F", type=click.Path(path_type=Path))
@author_option
def export(graduate: str, out: Path, author: str) -> None:
    """Write everything held of GRADUATE to F (.json, .xlsx), for the person."""
    from recommender.data.export import check_target
    from recommender.rights import held

    check_target(out, held.SUFFIXES)
    read = held.read(terminal.engine(), terminal.settings().home, graduate, day=terminal.day())
    _log(graduate, author, "person export", "export")
    held.write(read, out, terminal.language())
    say(f"已写入 {out}", f"Wrote {out}")


@person.command("correct")
@click.argument("graduate")
@click.argument("field")
@click.argument("value")
@author_option
def correct(graduate: str, field: str, value: str, author: str) -> None:
    """Put VALUE in the place of FIELD, a column of the roster; the old value stays in the log."""
    from recommender.rights import corrections

    made = corrections.correct(
        terminal.engine(), graduate, field, value, at=terminal.now(), who=author
    )
    if made is None:
        say("内容相同，未改动。", "It says so already; nothing was changed.")
    else:
        say("已更正，原值留在更正记录中。", "Corrected; the old value stays in the log.")


@person.command("erase")
@click.argument("graduate")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@author_option
@json_option
def erase(graduate: str, author: str, json_file: str | None, *, yes: bool) -> None:
    """Erase GRADUATE for good: only counts of outcomes survive, and no sheet brings them back."""
    from dataclasses import asdict

    from recommender.rights import erasure, words

    english = terminal.language() == "en"
    if not yes:
        click.confirm("Erase for good?" if english else "永久删除，确定吗？", abort=True, err=True)
    done = erasure.erase(
        terminal.engine(), terminal.settings().home, terminal.clerk(author), graduate
    )
    lines = words.erasure_lines(done, terminal.language())
    terminal.tell(lines, lambda: asdict(done), json_file)


@person.command("link")
@click.argument("graduate")
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True)
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, metavar="URL")
@click.option("--list", "lists", is_flag=True, help="List the links made so far.")
@click.option("--revoke", is_flag=True, help="Take every link of the person back.")
@author_option
def link(graduate: str, days: int, address: str, author: str, *, lists: bool, revoke: bool) -> None:
    """Make a link by which GRADUATE looks after their own; printed once, earlier ones end."""
    from recommender.rights import links, words

    if lists:
        for line in words.link_lines(
            links.list_links(terminal.engine(), graduate), terminal.language()
        ):
            click.echo(line)
    elif revoke:
        n_links = links.revoke(terminal.engine(), graduate)
        say(f"已撤销 {n_links} 个链接。", f"Took back {n_links} link(s).")
    else:
        token = links.make(
            terminal.engine(),
            terminal.settings().home,
            graduate,
            days=days,
            at=terminal.now(),
            who=author,
        )
        click.echo(f"{address.rstrip('/')}/own/{token}")


# --- consents ---------------------------------------------------------------------------------


@click.group("consent", cls=terminal.Program, short_help="同意 · What somebody agrees to.")
def consent() -> None:
    """Show and change the three consents: ranking, passing, training."""


@consent.command("show")
@click.argument("graduate")
def show_consents(graduate: str) -> None:
    """Show what GRADUATE agrees to, with day, source and wording."""
    from recommender.rights import consents, words

    said = consents.read(terminal.engine(), graduate)
    for line in words.consent_lines(said, terminal.language()):
        click.echo(line)


@consent.command("give")
@click.argument("graduate")
@click.argument("purpose")
@author_option
def give(graduate: str, purpose: str, author: str) -> None:
    """Keep that GRADUATE agrees to PURPOSE (ranking, passing, training), from now on."""
    _change(graduate, purpose, author, given=True)


@consent.command("withdraw")
@click.argument("graduate")
@click.argument("purpose")
@author_option
def withdraw(graduate: str, purpose: str, author: str) -> None:
    """Keep that GRADUATE no longer agrees to PURPOSE; it counts from the next request on."""
    _change(graduate, purpose, author, given=False)


def _change(graduate: str, purpose: str, author: str, *, given: bool) -> None:
    from recommender.persons import ConsentSource
    from recommender.rights import consents

    changed = consents.change(
        terminal.engine(),
        graduate,
        purpose,
        given=given,
        at=terminal.now(),
        source=ConsentSource.OFFICER,
        who=author,
    )
    if changed:
        say("已记录，立即生效。", "Kept; it counts from now on.")
    else:
        say("内容相同，未改动。", "It says so already; nothing was changed.")


# --- cases ------------------------------------------------------------------------------------


@click.group("case", cls=terminal.Program, short_help="投诉与请求 · Complaints and requests.")
def case() -> None:
    """List, open and close complaints and requests."""


@case.command("list")
@click.option("--graduate", metavar="ID", help="Only theirs.")
@json_option
def list_cases(graduate: str | None, json_file: str | None) -> None:
    """List cases, open ones first."""
    from dataclasses import asdict

    from recommender.rights import cases, words

    found = cases.list_cases(terminal.engine(), graduate_id=graduate)
    terminal.tell(
        words.case_lines(found, terminal.language()),
        lambda: [asdict(each) | {"number": each.number} for each in found],
        json_file,
    )


@case.command("open")
@click.argument("graduate")
@click.argument("text")
@click.option(
    "--kind", type=click.Choice(["complaint", "correction", "erasure"]), default="complaint"
)
@author_option
def open_case(graduate: str, text: str, kind: str, author: str) -> None:
    """Open a case about GRADUATE and print its number."""
    from recommender.persons import CaseKind
    from recommender.rights import cases

    opened = cases.open_case(
        terminal.engine(), graduate, CaseKind(kind), text, at=terminal.now(), who=author
    )
    click.echo(opened.number)


@case.command("close")
@click.argument("number")
@click.argument("state")
@click.argument("answer")
@author_option
def close_case(number: str, state: str, answer: str, author: str) -> None:
    """Close case NUMBER as STATE (upheld, rejected) with an ANSWER."""
    from recommender.rights import cases

    cases.close_case(terminal.engine(), number, state, answer, at=terminal.now(), who=author)
    say("已答复并结案。", "Answered and closed.")


# --- who looked -------------------------------------------------------------------------------


@click.command("audit", cls=terminal.Command, short_help="查看记录 · Who looked at whom.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Today by default.")
@click.option("--graduate", metavar="ID", help="Only looks at them, of every day.")
@click.option("--who", metavar="NAME", default="", help="Only by who has this in their name.")
@json_option
def audit(day: datetime | None, graduate: str | None, who: str, json_file: str | None) -> None:
    """List every view, export and print of people on a day, or of one person."""
    from dataclasses import asdict

    from recommender.access import Grant
    from recommender.rights import viewed, words

    asked = day.date() if day else None if graduate else terminal.day()
    found = viewed.audit(
        terminal.engine(),
        terminal.settings().home,
        Grant(token_id=0, role="admin"),
        day=asked,
        graduate_id=graduate or "",
        who=who,
    )
    english = terminal.language() == "en"
    lines = (
        f"{line.at[:19]}  {line.who}  {words.ACTIONS[line.action][english]}  {line.route}"
        f"  {line.n_people}  {' '.join(line.people)}"
        for line in found.lines
    )
    terminal.tell(lines, lambda: asdict(found), json_file)


# --- the switch -------------------------------------------------------------------------------


@click.group("ranking", cls=terminal.Program, short_help="个性化推荐开关 · The switch of rankings.")
def ranking() -> None:
    """Switch personal rankings off and on, everywhere and at once."""


@ranking.command("show")
def show_switch() -> None:
    """Say whether personal rankings are given, and every turn of the switch."""
    from recommender.rights import switch, words

    turns = switch.history(terminal.engine())
    for line in words.switch_lines(turns, terminal.language()):
        click.echo(line)


@ranking.command("off")
@click.option("--reason", required=True, metavar="TEXT")
@author_option
def turn_off(reason: str, author: str) -> None:
    """Give nobody a personal ranking from the next request on: API, pages, kiosk and files."""
    _turn(reason, author, is_on=False)


@ranking.command("on")
@click.option("--reason", required=True, metavar="TEXT")
@author_option
def turn_on(reason: str, author: str) -> None:
    """Give personal rankings again."""
    _turn(reason, author, is_on=True)


def _turn(reason: str, author: str, *, is_on: bool) -> None:
    from recommender.rights import switch

    if switch.turn(terminal.engine(), is_on=is_on, why=reason, at=terminal.now(), who=author):
        say("已切换，立即生效。", "Switched; it counts from the next request on.")
    else:
        say("本来如此，未改动。", "It was so already.")
