"""How the command line speaks: shared options, exit codes, progress, plain sentences."""

from __future__ import annotations

import errno
import io
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from recommender import errors
from recommender.settings import Settings, sqlite_url

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from recommender.data.person_keys import PersonKeys
    from recommender.places import Clerk

DONE, REFUSED, WRONG_USAGE, BUSY, FAILED, HELD, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

# The first kind that fits counts; anything else has failed unexpectedly.
EXIT_CODES: tuple[tuple[type[errors.PlacementError], int], ...] = (
    (errors.Refused, REFUSED),
    (errors.NoConsent, REFUSED),
    (errors.NoModel, REFUSED),
    (errors.WrongUsage, WRONG_USAGE),
    (errors.InvalidValue, WRONG_USAGE),
    (errors.Busy, BUSY),
    (errors.Held, HELD),
)
# A progress bar for what is over in a moment would only flicker.
PATIENCE_S = 1.0

_OPTIONS = "placement.options"


def shared_options(*, hidden: bool) -> list[click.Parameter]:
    """Make the options that may stand before or after a command; the last one said counts."""
    return [
        click.Option(
            ["--home"],
            type=click.Path(file_okay=False, path_type=Path),
            help="Folder for everything that is written (PLACEMENT_HOME; var).",
            expose_value=False,
            callback=_keep,
            hidden=hidden,
        ),
        click.Option(
            ["--database"],
            metavar="URL",
            help="Database (PLACEMENT_DATABASE_URL; SQLite inside home).",
            expose_value=False,
            callback=_keep,
            hidden=hidden,
        ),
        click.Option(
            ["--as-of"],
            type=click.DateTime(["%Y-%m-%d"]),
            metavar="DATE",
            help="The day that stands for today (PLACEMENT_AS_OF).",
            expose_value=False,
            callback=_keep,
            hidden=hidden,
        ),
        click.Option(
            ["--language"],
            type=click.Choice(["zh", "en"]),
            help="Language of what is printed (zh).",
            expose_value=False,
            callback=_keep,
            hidden=hidden,
        ),
    ]


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is not None:
        ctx.meta.setdefault(_OPTIONS, {})[param.name] = value


class Command(click.Command):
    """A command that also takes the shared options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(shared_options(hidden=True))


class Program(click.Group):
    """The command line: one place where an error becomes a sentence and an exit code."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(shared_options(hidden=False))

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, speaking UTF-8 whatever the locale says."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run one command and map whatever it raises."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            say(
                "已中断，未完成的内容均未保留。",
                "Interrupted; nothing unfinished was kept.",
                err=True,
            )
            ctx.exit(INTERRUPTED)
        except errors.PlacementError as error:
            ctx.exit(_answer(error))
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of a pipe went away: click's own case
                raise
            ctx.exit(_fail(error))
        except Exception as error:
            ctx.exit(_fail(error))


def _answer(error: errors.PlacementError) -> int:
    from recommender import failures

    for kind, code in EXIT_CODES:
        if isinstance(error, kind):
            for line in failures.sentences(error, language()):
                click.echo(line, err=True)
            return code
    return _fail(error)


def _fail(error: Exception) -> int:
    """Say one sentence; the details go to the log under home."""
    from recommender import failures

    where = _log(error)
    what = " ".join(failures.sentences(error, language()))
    click.echo(what, err=True)
    if where is not None:
        say(f"详情见日志 {where}", f"Details are in the log, {where}", err=True)
    return FAILED


class LogFile:
    """The log under home; each line is appended and on disk before the next thing happens."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str) -> None:
        """Append text, making the folder where it is missing."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(text)

    def flush(self) -> None:
        """Do nothing: `write` has closed the file."""


def log_to_file() -> None:
    """Send what the use cases log to the file under home, one JSON line each."""
    import structlog

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=LogFile(settings().log_file)),  # type: ignore[arg-type]  # it needs no more of a file
    )


def _log(error: Exception) -> Path | None:
    """Append what failed and where as one JSON line; None where even the log cannot be written.

    Values are left out: an error of the database repeats what it could not write, and that
    may be somebody's name.
    """
    import json
    import traceback

    entry = {
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "level": "error",
        "command": click.get_current_context().invoked_subcommand,
        "exception": type(error).__name__,
        "at": [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }
    try:
        log = LogFile(settings().log_file)
        log.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except (OSError, click.UsageError):
        return None
    return log.path


def _options() -> Mapping[str, Any]:
    options: Mapping[str, Any] = click.get_current_context().meta.get(_OPTIONS, {})
    return options


Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def json_option(command: Decorated) -> Decorated:
    """Add ``--json [F]``: the same facts for machines, to a file or to stdout."""
    option: Callable[[Decorated], Decorated] = click.option(
        "--json",
        "json_file",
        metavar="[F]",
        is_flag=False,
        flag_value="-",
        help="Write the same as JSON to F, or to stdout.",
    )
    return option(command)


def one_scope(**named: str | None) -> tuple[str | None, str | None]:
    """Give the one scope that options name, as kind and name; None and None for none."""
    stated = [(kind, name) for kind, name in named.items() if name is not None]
    if len(stated) > 1:
        raise click.UsageError("--college, --alliance and --enterprise exclude each other.")
    return stated[0] if stated else (None, None)


def author_option(command: Decorated) -> Decorated:
    """Add ``--author``: who decides; the account at the keyboard unless told."""
    option: Callable[[Decorated], Decorated] = click.option(
        "--author", metavar="NAME", default=_account, help="Who decides; this account by default."
    )
    return option(command)


def _account() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, in a container
        return "unknown"


def settings() -> Settings:
    """Read the environment, then what the command line says otherwise."""
    said = _options()
    env = dict(os.environ)
    if "home" in said:
        env["PLACEMENT_HOME"] = str(said["home"])
    if "database" in said:
        env["PLACEMENT_DATABASE_URL"] = said["database"]
    if "as_of" in said:
        env["PLACEMENT_AS_OF"] = said["as_of"].date().isoformat()
    try:
        return Settings.from_env(env)
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from wrong


def language() -> str:
    """Give the language to speak; Chinese unless told otherwise."""
    return str(_options().get("language", "zh"))


def day() -> date:
    """Give the day of every question: as told, else today in Shandong."""
    return now().date()


def now() -> datetime:
    """Give the moment that stands for now, in Shandong."""
    return settings().moment(clock())


def clerk(author: str) -> Clerk:
    """Say who acts, and when, as the ledger of places keeps it; what happens is logged."""
    from recommender.places import Clerk

    log_to_file()
    return Clerk(who=author, now=now(), hold_hours=settings().hold_hours)


def clock() -> datetime:
    """Give the true moment, whatever day stands for today."""
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo("Asia/Shanghai"))


def engine() -> Engine:
    """Open the database of the settings, its tables up to date."""
    from sqlalchemy.exc import ArgumentError

    from recommender import access

    url = settings().database_url
    if url == sqlite_url(settings().home):
        settings().home.mkdir(parents=True, exist_ok=True)
    try:
        opened = access.open_database(url)
    except (ArgumentError, ImportError) as wrong:
        # Not with the URL: it may hold a password.
        raise click.UsageError(f"PLACEMENT_DATABASE_URL / --database: {wrong}") from wrong
    click.get_current_context().call_on_close(opened.dispose)
    return opened


def person_keys() -> PersonKeys:
    """Give the key of home by which people are known who were erased."""
    from recommender.data.person_keys import PersonKeys

    return PersonKeys(settings().home)


def say(chinese: str, english: str, *, err: bool = False) -> None:
    """Print a sentence in the language asked for."""
    click.echo(english if language() == "en" else chinese, err=err)


def tell(lines: Iterable[str], document: Callable[[], object], json_file: str | None) -> None:
    """Print lines for people; where asked, the same for machines, alone on stdout for ``-``."""
    if json_file:
        write_json(document(), json_file)
    if json_file != "-":
        for line in lines:
            click.echo(line)


def write_json(document: object, target: str, *, indent: int | None = 1) -> None:
    """Write a document to a file, whole, or to stdout where the target is ``-``.

    Without an indent it is written five times as fast, for machines alone.
    """
    import json

    text = json.dumps(document, ensure_ascii=False, indent=indent, default=str)
    if target == "-":
        click.echo(text)
    else:
        from recommender.data import export

        export.write_text(text + "\n", Path(target))


@contextmanager
def working(chinese: str, english: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal that something goes on, once it takes longer than a moment.

    Yields
    ------
    Callable
        To be told the name of each step.
    """
    if not sys.stderr.isatty():
        yield lambda _step: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(english if language() == "en" else chinese, total=None)
    starting = threading.Timer(PATIENCE_S, bar.start)
    starting.daemon = True
    starting.start()
    try:
        yield lambda step: bar.update(task, description=step)
    finally:
        starting.cancel()
        starting.join()
        bar.stop()
