"""The command line: parse, call a use case, print, exit.

Each command imports its use case in its body, so that `--help` loads nothing heavy and `rank`
and `serve` pay only for what they use.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender import terminal
from recommender.account_commands import greet_first_user, user
from recommender.agreement_commands import agreements
from recommender.assignment_commands import TABLE_SUFFIXES, adjust, assign, check
from recommender.code_commands import codes
from recommender.decision_commands import outcomes
from recommender.errors import ImportRefused, NotFound, Unreadable
from recommender.evaluation_commands import evaluate
from recommender.exposure_commands import exposures
from recommender.fair_commands import fair
from recommender.follow_up_commands import follow_up, report
from recommender.guidance_commands import guidance
from recommender.internship_commands import internships
from recommender.ledger_commands import places
from recommender.meeting_commands import meeting
from recommender.next_step_commands import next_step
from recommender.pack_commands import pack, pack_options, serve_pack
from recommender.person_commands import audit, case, consent, person, ranking
from recommender.plan_commands import plan
from recommender.post_commands import enterprises, posts
from recommender.round_commands import rounds
from recommender.terminal import Decorated, author_option, json_option, say
from recommender.trial_commands import trial
from recommender.tuning_commands import tune

if TYPE_CHECKING:
    from recommender.cohorts import Table
    from recommender.nightly import NightResult

REPORT_SUFFIXES = (".xlsx", ".csv", ".html", ".json")


def out_option(command: Decorated) -> Decorated:
    """Add ``--out F``, which is needed."""
    option: Callable[[Decorated], Decorated] = click.option(
        "--out", required=True, metavar="F", type=click.Path(path_type=Path), help="File to write."
    )
    return option(command)


def class_year_option(command: Decorated) -> Decorated:
    """Add ``--class-year Y``."""
    option: Callable[[Decorated], Decorated] = click.option(
        "--class-year",
        type=click.IntRange(1990, 2100),
        help="Class year (届); by default the one that is being placed.",
    )
    return option(command)


@click.group("placement", cls=terminal.Program)
def program() -> None:
    """Match graduates of technician colleges to the posts of a demand catalog.

    The options below may stand before or after a command. Exit codes: 0 done, 1 refused,
    2 wrong usage or unknown id, 3 busy, 4 failed unexpectedly, 5 held for a person.
    """


# --- sheets -----------------------------------------------------------------------------------


@program.command("import", short_help="导入表格 · Take sheets in, whole or not at all.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@click.option("--replace", is_flag=True, help="The file is its issuing body's whole catalog.")
@click.option("--allow-mass-closing", is_flag=True, help="Let --replace close more than 30 %.")
@click.option("--issuer", metavar="BODY", help="Issuing body of posts that name none.")
@click.option("--allow-stranded", is_flag=True, help="Let new codes leave people without a post.")
@json_option
def import_sheets(
    paths: tuple[Path, ...],
    *,
    dry_run: bool,
    replace: bool,
    allow_mass_closing: bool,
    issuer: str | None,
    allow_stranded: bool,
    json_file: str | None,
) -> None:
    """Check sheets, or folders of them, and take them in: all of them or none."""
    from recommender import intake, printouts

    terminal.log_to_file()
    try:
        with terminal.working("正在导入……", "Importing …"):
            summary = intake.import_files(
                terminal.engine(),
                paths,
                day=terminal.day(),
                dry_run=dry_run,
                replace=replace,
                allow_mass_closing=allow_mass_closing,
                issuer=issuer,
                allow_stranded=allow_stranded,
                keys=terminal.person_keys(),
            )
    except ImportRefused as refusal:
        if json_file:
            told = printouts.refusal_json(refusal.problems, terminal.language())
            terminal.write_json(told, json_file)
        raise
    terminal.tell(
        printouts.import_lines(summary, terminal.language()),
        lambda: printouts.import_json(summary, terminal.language()),
        json_file,
    )


@program.command(short_help="空白模板 · An empty sheet with drop-downs and notes.")
@click.argument("sheet")
@out_option
def template(sheet: str, out: Path) -> None:
    """Write an empty SHEET, by its English name: demand_catalog, graduates, outcomes and so on."""
    from recommender.data import export, sheets

    if sheet not in sheets.KINDS:
        raise NotFound("sheet", sheet, sheets.KINDS)
    export.check_target(out, (".xlsx",))
    sheets.write_template(sheet, out)
    say(f"已写入模板 {out}", f"Wrote the template {out}")


@program.command("export", short_help="导出表格 · What is stored, as a sheet that imports again.")
@click.argument("sheet")
@out_option
def export_sheet(sheet: str, out: Path) -> None:
    """Write what is stored as a SHEET (.xlsx, .csv), names of graduates with it."""
    from recommender import outgoing

    n_rows = outgoing.write_sheet(terminal.engine(), sheet, out, day=terminal.day())
    say(f"已写入 {n_rows} 行：{out}", f"Wrote {n_rows} row(s) to {out}")


# --- the night --------------------------------------------------------------------------------


@program.command(short_help="训练发布 · Train, compare, gate and publish.")
@json_option
def retrain(json_file: str | None) -> None:
    """Hold out a class year, compare contenders, gate, fit on everything, publish."""
    from recommender import ledger_answers, lists_shown, nightly, printouts
    from recommender.importing import drafts
    from recommender.rights import viewed

    terminal.log_to_file()
    settings, engine = terminal.settings(), terminal.engine()
    drafts.sweep(settings.home, terminal.clock())
    lists_shown.tidy(engine, settings.home, day=terminal.day(), keep_days=settings.keep_lists_days)
    ledger_answers.tidy(engine, day=terminal.day(), keep_days=settings.keep_answers_days)
    viewed.tidy(settings.home, day=terminal.day(), keep_days=settings.keep_views_days)
    with terminal.working("正在训练……", "Training …") as step:
        result = nightly.retrain(engine, settings.home, day=terminal.day(), progress=step)
    terminal.tell(printouts.night_lines(result, terminal.language()), result.to_json, json_file)
    click.get_current_context().exit(_night_code(result))


def _night_code(result: NightResult) -> int:
    codes = {"refused": terminal.REFUSED, "held": terminal.HELD}
    return codes.get(result.verdict, terminal.DONE)


@program.command(short_help="版本列表 · Published versions.")
@json_option
def models(json_file: str | None) -> None:
    """List the published versions, the one in use marked."""
    from recommender import printouts, releases

    listed = releases.list_versions(terminal.settings().models_dir)
    terminal.tell(
        printouts.version_lines(listed), lambda: printouts.versions_json(listed), json_file
    )


@program.command(short_help="回退 · Point back to an earlier version.")
@click.argument("version", required=False)
def rollback(version: str | None) -> None:
    """Make VERSION current again; without it, the one before the current."""
    from recommender import releases

    now = releases.rollback(
        terminal.settings().models_dir, None if version is None else _version(version)
    )
    say(f"当前版本：v{now}", f"Now in use: v{now}")


@program.command(short_help="放行 · Let a held version go.")
@click.argument("version")
def release(version: str) -> None:
    """Make a VERSION current that was held for a person."""
    from recommender import releases

    number = _version(version)
    releases.release(terminal.settings().models_dir, number)
    say(f"当前版本：v{number}", f"Now in use: v{number}")


def _version(text: str) -> int:
    number = text.removeprefix("v")
    if not (number.isascii() and number.isdecimal()):
        raise Unreadable("VERSION", text, "not_a_version")
    return int(number)


@program.command(short_help="夜间日志 · One line per night with its digest.")
@click.option("--last", type=click.IntRange(min=1), help="Only the last N nights.")
@json_option
def journal(last: int | None, json_file: str | None) -> None:
    """List the nights, the latest last."""
    from recommender import reports

    nights = reports.journal(terminal.engine(), limit=last)
    terminal.tell(map(reports.night_line, nights), lambda: nights, json_file)


# --- answers ----------------------------------------------------------------------------------


@program.command(short_help="批量排序 · Ranked posts for many graduates.")
@class_year_option
@click.option("--graduate", "graduates", multiple=True, metavar="ID", help="Only these; repeat.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True)
@click.option(
    "--ranking",
    type=click.Choice(["market", "fit"]),
    default="market",
    show_default=True,
    help="By fit less a price per post, or by fit alone.",
)
@click.option(
    "--congestion",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="How much of the price a market ranking takes off: 0 none, 1 all of it.",
)
@click.option("--reasons", is_flag=True, help="Add the largest reasons, as JSON.")
@out_option
def rank(
    class_year: int | None,
    graduates: tuple[str, ...],
    *,
    top: int,
    ranking: str,
    congestion: float,
    reasons: bool,
    out: Path,
) -> None:
    """Write ranked posts for many graduates to a .csv, .parquet or .xlsx file."""
    from recommender import cohorts
    from recommender.data import export

    export.check_target(out, TABLE_SUFFIXES)
    if congestion != congestion:  # not a number, which lies in no range
        raise click.BadParameter("nan", param_hint="--congestion")
    with terminal.working("正在排序……", "Ranking …"):
        table = cohorts.rank_cohort(
            terminal.engine(),
            terminal.settings().models_dir,
            day=terminal.day(),
            class_year=class_year,
            graduate_ids=graduates or None,
            top=top,
            order=ranking,
            congestion=congestion,
            reasons=reasons,
        )
        _write(table, out)
    n_graduates, weight = len({row[0] for row in table.rows}), table.facts["congestion"]
    say(
        f"已写入 {out}：{n_graduates} 名毕业生，{len(table.rows)} 行，热度权重 {weight:g}，"
        f"{_source(table)}",
        f"Wrote {out}: {n_graduates} graduates, {len(table.rows)} rows, congestion {weight:g}, "
        f"{_source(table)}",
    )


program.add_command(next_step)
program.add_command(assign)
program.add_command(adjust)
program.add_command(check)


def _write(table: Table, out: Path) -> None:
    from recommender.data import export

    export.write_table(export.Table(columns=table.columns, rows=table.rows), out)


def _source(table: Table) -> str:
    return f"v{table.facts['model']} ({table.facts['published']}), {table.facts['as_of']}"


program.add_command(guidance)


@program.command(short_help="现状 · What is imported, open, published and due.")
@json_option
def status(json_file: str | None) -> None:
    """Say what is imported, open, published, due and decided."""
    from recommender import reports

    now = reports.status(terminal.engine(), terminal.settings().models_dir, day=terminal.day())
    terminal.tell(reports.status_lines(now, terminal.language()), lambda: now, json_file)


# --- places -----------------------------------------------------------------------------------

program.add_command(places)
program.add_command(follow_up)
program.add_command(report)
program.add_command(agreements)
program.add_command(internships)
program.add_command(outcomes)
program.add_command(codes)
program.add_command(rounds)
program.add_command(trial)
program.add_command(posts)
program.add_command(enterprises)
program.add_command(meeting)
program.add_command(plan)
program.add_command(fair)
program.add_command(pack)
program.add_command(evaluate)
program.add_command(tune)


# --- decisions --------------------------------------------------------------------------------


@program.group("map", short_help="专业对应 · An officer's decision on a trade.")
def map_group() -> None:
    """Keep an officer's decision on a trade name or on a trade → occupation pair."""


@map_group.command("trade")
@click.argument("name")
@click.argument("trade")
@author_option
def map_trade(name: str, trade: str, author: str) -> None:
    """Read the colleges' trade NAME as TRADE, one of the table."""
    from recommender import mapping

    mapping.map_trade(terminal.engine(), name, trade, author=author, day=terminal.day())
    say(f"已记录：“{name}”按“{trade}”理解。", f"Kept: {name} is read as {trade}.")


@map_group.command("pair")
@click.argument("trade")
@click.argument("occupation")
@click.argument("weight", type=float)
@author_option
def map_pair(trade: str, occupation: str, weight: float, author: str) -> None:
    """Say how directly TRADE trains for OCCUPATION (code or name): WEIGHT from 0 to 1."""
    from recommender import mapping

    code = mapping.map_pair(
        terminal.engine(), trade, occupation, weight, author=author, day=terminal.day()
    )
    say(
        f"已记录：{trade} → {code}，权重 {weight:g}。",
        f"Kept: {trade} → {code}, weight {weight:g}.",
    )


# --- lists shown ------------------------------------------------------------------------------

program.add_command(exposures)


# --- people who sign in -----------------------------------------------------------------------

program.add_command(user)


# --- a person's rights ------------------------------------------------------------------------

program.add_command(person)
program.add_command(consent)
program.add_command(case)
program.add_command(audit)
program.add_command(ranking)


# --- service ----------------------------------------------------------------------------------


@program.group("token", short_help="接口令牌 · API tokens.")
def token_group() -> None:
    """Make, list and revoke API tokens."""


@token_group.command("create")
@click.option("--role", required=True, metavar="R", help="officer, alliance, data, enterprise, …")
@click.option("--college", metavar="NAME", help="Only for this college.")
@click.option("--alliance", metavar="NAME", help="Only for this alliance.")
@click.option("--enterprise", metavar="NAME", help="Only for this enterprise.")
def create_token(
    role: str, college: str | None, alliance: str | None, enterprise: str | None
) -> None:
    """Make a token and print its secret, alone and once, on stdout."""
    from recommender import access

    kind, name = terminal.one_scope(college=college, alliance=alliance, enterprise=enterprise)
    secret = access.create_token(
        terminal.engine(), role=role, day=terminal.day(), scope_kind=kind, scope_name=name
    )
    click.echo(secret)


@token_group.command("revoke")
@click.argument("token")
def revoke_token(token: str) -> None:
    """Take back TOKEN: its number, as `token list` shows it, or the secret itself."""
    from recommender import access

    access.revoke_token(terminal.engine(), token)
    say("令牌已吊销。", "The token is revoked.")


@token_group.command("list")
@json_option
def list_tokens(json_file: str | None) -> None:
    """List the tokens: number, role, scope, day, whether revoked; never a secret."""
    from recommender import access, printouts

    tokens = access.list_tokens(terminal.engine())
    terminal.tell(printouts.token_lines(tokens), lambda: printouts.tokens_json(tokens), json_file)


@program.command(short_help="网页服务 · The production server.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@pack_options
def serve(
    host: str,
    port: int,
    workers: int,
    pack_file: Path | None,
    trusted: str | None,
    journal: Path | None,
) -> None:
    """Serve the page and the API until told to stop; in a hall, from a pack."""
    from importlib import import_module

    if pack_file is not None:
        serve_pack(pack_file, trusted, journal, host=host, port=port)
    # By name: the program below never imports the service above it; this command starts it.
    run_server = import_module("service.server").run_server
    settings = terminal.settings()
    greet_first_user()
    say(
        f"正在启动服务 http://{host}:{port}（按 Ctrl+C 停止）",
        f"Starting the service on http://{host}:{port} (Ctrl+C stops it)",
    )
    code = run_server(settings, host=host, port=port, workers=workers)
    click.get_current_context().exit(code)


if __name__ == "__main__":
    program(prog_name="python -m recommender")
