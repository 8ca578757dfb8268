"""The commands on posts between rounds, and on enterprises: ``posts`` and ``enterprises``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from recommender import terminal
from recommender.terminal import Decorated, author_option, json_option

_SUFFIXES = (".xlsx", ".csv", ".html", ".json")


def days_option(command: Decorated) -> Decorated:
    """Add ``--days N``: how long nobody has touched a post."""
    option = click.option(
        "--days",
        type=click.IntRange(1),
        help="Days without a change; PLACEMENT_ASK_AFTER_DAYS by default.",
    )
    added: Decorated = option(command)
    return added


def _days(days: int | None) -> int:
    return terminal.settings().ask_after_days if days is None else days


@click.group("posts", cls=terminal.Program, short_help="岗位维护 · Posts untouched for long.")
def posts() -> None:
    """Ask about posts that nobody has touched for long; keep or retire them, with a history."""


@posts.command("untouched")
@days_option
@json_option
def untouched(days: int | None, json_file: str | None) -> None:
    """List open posts that nobody has changed or confirmed for so many days."""
    from recommender.year import round_words, upkeep

    found = upkeep.untouched(terminal.engine(), day=terminal.day(), days=_days(days))
    terminal.tell(
        round_words.untouched_lines(found, terminal.language()),
        lambda: [_untouched_row(each) for each in found],
        json_file,
    )


def _untouched_row(each: Any) -> dict[str, Any]:
    return {
        "post_id": each.post.post_id,
        "enterprise": each.post.enterprise,
        "occupation": each.post.occupation,
        "headcount": each.post.headcount,
        "closes_on": each.post.closes_on.isoformat(),
        "touched_on": each.touched_on.isoformat(),
        "asked_on": each.asked_on.isoformat() if each.asked_on else None,
    }


@posts.command("ask")
@days_option
@author_option
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Sheet to write.")
def ask(days: int | None, *, author: str, out: Path) -> None:
    """Write the untouched posts into a sheet (.xlsx) to confirm, and note that they were asked."""
    from recommender.data import export, post_answers
    from recommender.year import upkeep

    export.check_target(out, (".xlsx",))
    found = upkeep.ask(terminal.engine(), day=terminal.day(), days=_days(days), author=author)
    post_answers.write(map(_untouched_row, found), out)
    terminal.say(
        f"已写入 {out}：{len(found)} 个岗位待确认", f"Wrote {out}: {len(found)} posts to confirm"
    )


@posts.command("answer")
@click.argument("path", type=click.Path(path_type=Path))
@author_option
def answer(path: Path, author: str) -> None:
    """Take the sheet of `posts ask` in: posts are kept or retired, all of them or none."""
    from recommender.year import upkeep

    kept, retired = upkeep.take_answers(terminal.engine(), path, author=author, day=terminal.day())
    terminal.say(f"保留 {kept} 个岗位，撤回 {retired} 个", f"{kept} posts kept, {retired} retired")


@posts.command("retire")
@click.argument("ids", metavar="[POST]...", nargs=-1)
@click.option("--reason", metavar="R", help="Why; kept.")
@click.option("--unanswered", is_flag=True, help="Those asked about that nobody answered for.")
@click.option(
    "--grace", type=click.IntRange(0), default=30, show_default=True, help="Days to answer."
)
@days_option
@author_option
@json_option
def retire(
    ids: tuple[str, ...],
    *,
    reason: str | None,
    unanswered: bool,
    grace: int,
    days: int | None,
    author: str,
    json_file: str | None,
) -> None:
    """Retire POSTs for a reason, or with --unanswered those that nobody answered for."""
    from recommender.year import round_words, upkeep

    engine, day = terminal.engine(), terminal.day()
    if unanswered:
        if ids:
            raise click.UsageError("--unanswered takes no POST.")
        retired = upkeep.retire_unanswered(
            engine,
            day=day,
            days=_days(days),
            grace=grace,
            reason=reason or "no_answer",
            author=author,
        )
    elif not ids:
        raise click.UsageError("Name a POST, or --unanswered.")
    else:
        retired = upkeep.retire(engine, ids, reason=reason or "", author=author, day=day)
    terminal.tell(
        round_words.retired_lines(retired, terminal.language()),
        lambda: {"retired": [post.post_id for post in retired]},
        json_file,
    )


@posts.command("history")
@click.argument("post")
@json_option
def history(post: str, json_file: str | None) -> None:
    """Tell everything that happened to POST, by day."""
    from recommender.year import round_words, upkeep

    lines = upkeep.history(terminal.engine(), post)
    terminal.tell(round_words.history_lines(lines, terminal.language()), lambda: lines, json_file)


# --- enterprises ------------------------------------------------------------------------------


@click.group("enterprises", cls=terminal.Program, short_help="企业答复 · Answers to proposals.")
def enterprises() -> None:
    """See how enterprises answer; pause who answers nobody, and lift it."""


@enterprises.command("answers")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Table, or page with a chart, to write."
)
@json_option
def answers(out: Path | None, json_file: str | None) -> None:
    """Show how every enterprise answered the proposals of the last year, and how fast."""
    from recommender.data import export
    from recommender.year import answer_report, round_words
    from recommender.year import answers as use

    if out is not None:
        export.check_target(out, _SUFFIXES)
    found = use.answers(terminal.engine(), day=terminal.day())
    if out is not None:
        answer_report.write(found, out, day=terminal.day(), language=terminal.language())
    terminal.tell(
        round_words.answer_lines(found, terminal.language()),
        lambda: answer_report.as_json(found),
        json_file,
    )


@enterprises.command("pause")
@click.argument("code", metavar="[CREDIT_CODE]", required=False)
@click.option("--reason", metavar="R", help="Why, of one enterprise; kept.")
@click.option("--most", type=click.IntRange(1), default=20, show_default=True)
@click.option("--notices", type=click.Path(path_type=Path), help="Folder for the notices.")
@click.option("--dry-run", is_flag=True, help="Show who would be paused; write nothing.")
@author_option
def pause(
    code: str | None,
    *,
    reason: str | None,
    most: int,
    notices: Path | None,
    dry_run: bool,
    author: str,
) -> None:
    """Pause every enterprise with --most proposals and no answer, or the one with CREDIT_CODE."""
    from recommender.year import answer_report, round_words
    from recommender.year import answers as use

    engine, day = terminal.engine(), terminal.day()
    if code is not None:
        use.pause(engine, code, reason=reason or "", author=author, day=day)
        terminal.say(f"已暂停企业 {code}。", f"The enterprise {code} is paused.")
        return
    due = use.pause_due(engine, day=day, most=most, author=author, dry_run=dry_run)
    if notices is not None and not dry_run:
        answer_report.write_notices(due, notices, day=day, author=author)
    terminal.tell(
        round_words.paused_lines(due, written=not dry_run, language=terminal.language()),
        list,
        None,
    )


@enterprises.command("lift")
@click.argument("code", metavar="CREDIT_CODE")
@click.option("--reason", required=True, metavar="R", help="Why; kept.")
@author_option
def lift(code: str, *, reason: str, author: str) -> None:
    """Lift the pause of the enterprise with CREDIT_CODE."""
    from recommender.year import answers as use

    use.lift(terminal.engine(), code, reason=reason, author=author, day=terminal.day())
    terminal.say(f"已恢复企业 {code}。", f"The pause of {code} is lifted.")


@enterprises.command("pauses")
@json_option
def pauses(json_file: str | None) -> None:
    """List every pause, also those lifted."""
    from recommender.year import answer_report, round_words
    from recommender.year import answers as use

    found = use.list_pauses(terminal.engine())
    terminal.tell(
        round_words.pause_lines(found, terminal.language()),
        lambda: [answer_report.pause_json(each) for each in found],
        json_file,
    )
