"""The commands on whole cohorts: ``assign``, ``check``."""

from __future__ import annotations

from pathlib import Path

import click

from recommender import terminal
from recommender.errors import NotFound, Unreadable
from recommender.terminal import Decorated, json_option

TABLE_SUFFIXES = (".csv", ".parquet", ".xlsx")


def among_options(command: Decorated) -> Decorated:
    """Add what narrows a cohort."""
    for option in (
        click.option("--order-class", metavar="CODE", help="Only this enterprise's order class."),
        click.option("--class-name", metavar="NAME", help="Only this class (班级)."),
        click.option("--trade", metavar="NAME", help="Only this trade (专业)."),
        click.option(
            "--class-year",
            type=click.IntRange(1990, 2100),
            help="Class year (届); by default the one that is being placed.",
        ),
    ):
        command = option(command)
    return command


@click.command(cls=terminal.Command, short_help="整班分配 · One post or none for each graduate.")
@among_options
@click.option(
    "--stable",
    type=click.Choice(["graduates", "enterprises"]),
    help="Stable instead of the best sum: whose best stable assignment.",
)
@click.option(
    "--fair",
    is_flag=True,
    help="Let no home city, college or gender fall behind further than it must.",
)
@click.option(
    "--floors",
    "floors_way",
    type=click.Choice(["keep", "whole"]),
    help="Agreements' floors: keep each, or send a class whole or nobody more of it.",
)
@click.option(
    "--pins",
    "pins_file",
    metavar="F",
    type=click.Path(path_type=Path),
    help="Sheet of pairs that are fixed or barred: 毕业生编号, 岗位编号, 安排 (固定 / 禁止).",
)
@click.option(
    "--certificate",
    metavar="F",
    type=click.Path(path_type=Path),
    help="Also write what `check` needs to prove it (.json).",
)
@click.option("--all", "include_unplaced", is_flag=True, help="Also the unplaced, with a reason.")
@click.option(
    "--out", required=True, metavar="F", type=click.Path(path_type=Path), help="File to write."
)
def assign(
    class_year: int | None,
    trade: str | None,
    class_name: str | None,
    order_class: str | None,
    *,
    stable: str | None,
    floors_way: str | None,
    fair: bool,
    pins_file: Path | None,
    certificate: Path | None,
    include_unplaced: bool,
    out: Path,
) -> None:
    """Place a cohort at once, places respected, into a .csv, .parquet or .xlsx file."""
    from recommender import assignment_printouts, assignments
    from recommender.cohorts import Among
    from recommender.data import export

    if sum([bool(stable), bool(floors_way), fair]) > 1:
        raise click.UsageError("--stable, --floors and --fair exclude each other.")
    export.check_target(out, TABLE_SUFFIXES)
    if certificate is not None:
        export.check_target(certificate, (".json",))
    with terminal.working("正在分配……", "Assigning …"):
        table = assignments.assign(
            terminal.engine(),
            terminal.settings().models_dir,
            day=terminal.day(),
            among=Among(
                class_year=class_year, trade=trade, class_name=class_name, order_class=order_class
            ),
            way=stable or "best",
            pins_file=pins_file,
            floors_way=floors_way,
            fair=fair,
            include_unplaced=include_unplaced,
            certify=certificate is not None,
        )
        if certificate is not None:
            terminal.write_json(table.certificate, str(certificate), indent=None)
        export.write_table(export.Table(columns=table.columns, rows=table.rows), out)
    for line in assignment_printouts.assigned_lines(table, out, terminal.language()):
        click.echo(line)


@click.command(cls=terminal.Command, short_help="调整分配 · One move: what it is worth, breaks.")
@click.argument("assignment", metavar="F", type=click.Path(path_type=Path))
@click.argument("graduate_id", metavar="GRADUATE")
@click.argument("post_id", metavar="[POST]", required=False)
@among_options
@click.option(
    "--pins", "pins_file", metavar="F", type=click.Path(path_type=Path), help="As for assign."
)
@click.option(
    "--out",
    metavar="F",
    type=click.Path(path_type=Path),
    help="Write the assignment with this move, where it breaks nothing that was not broken.",
)
@json_option
def adjust(
    assignment: Path,
    graduate_id: str,
    post_id: str | None,
    class_year: int | None,
    trade: str | None,
    class_name: str | None,
    order_class: str | None,
    *,
    pins_file: Path | None,
    out: Path | None,
    json_file: str | None,
) -> None:
    """Give GRADUATE of the assignment F that `assign` wrote another POST, or none.

    Says what the assignment is worth then, and every rule, place, pin and floor that the move
    breaks or mends; exits 1 where it breaks one.
    """
    from recommender import assignment_printouts, assignments
    from recommender.cohorts import Among
    from recommender.data import export

    if out is not None:
        export.check_target(out, TABLE_SUFFIXES)
    with terminal.working("正在核对……", "Checking …"):
        before, moved = assignments.adjust(
            terminal.engine(),
            terminal.settings().models_dir,
            day=terminal.day(),
            assignment=assignment,
            graduate_id=graduate_id,
            post_id=post_id,
            among=Among(
                class_year=class_year, trade=trade, class_name=class_name, order_class=order_class
            ),
            pins_file=pins_file,
        )
        if out is not None and not moved.broken:
            rows = assignments.rows_of(moved.draft)
            columns = ("graduate_id", "post_id", "score")
            export.write_table(export.Table(columns=columns, rows=rows), out)
    terminal.tell(
        assignment_printouts.moved_lines(before, moved, terminal.language()),
        lambda: assignment_printouts.moved_json(before, moved),
        json_file,
    )
    click.get_current_context().exit(terminal.REFUSED if moved.broken else terminal.DONE)


@click.command(cls=terminal.Command, short_help="核验分配 · Check a certificate of an assignment.")
@click.argument("certificate", metavar="F", type=click.Path(path_type=Path))
@json_option
def check(certificate: Path, *, json_file: str | None) -> None:
    """Check the certificate F that `assign` wrote, with nothing else of this program."""
    import json

    from recommender import assignment_printouts, checker

    if not certificate.is_file():
        raise NotFound("path", str(certificate))
    try:
        document = json.loads(certificate.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise Unreadable("certificate", certificate.name, "not_a_certificate") from wrong
    with terminal.working("正在核验……", "Checking …"):
        faults = checker.check(document)
        gap = 0.0 if faults else checker.gap(document)
    terminal.tell(
        assignment_printouts.fault_lines(faults, certificate, terminal.language(), gap),
        lambda: assignment_printouts.faults_json(faults, gap),
        json_file,
    )
    click.get_current_context().exit(terminal.REFUSED if faults else terminal.DONE)
