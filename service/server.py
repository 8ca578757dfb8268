"""The production server: gunicorn, several processes of several threads each, JSON logs."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger

from recommender import access
from recommender.errors import CannotListen, PortTaken
from recommender.settings import Settings
from service import logs

if TYPE_CHECKING:
    from recommender.pack.opened import Pack

THREADS = 4
HALL_THREADS = 8
GRACE_S = 10
BACKLOG = 2048
LAST_PORT = 65_535
# Read by prometheus_client when a worker first imports it.
METRICS_DIR = "PROMETHEUS_MULTIPROC_DIR"

log = structlog.get_logger()


def run_hall(
    settings: Settings,
    pack: Pack,
    journal: Path,
    clock: Callable[[], datetime],
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    told: Callable[[str], None] = lambda _url: None,
) -> int:
    """Serve a hall from a pack until told to stop; give the exit code as `run_server`.

    One process, since one journal has one writer; it opens no database, and writes nothing but
    the journal.

    Parameters
    ----------
    told
        Is told the address once it is listened at.

    Raises
    ------
    PortTaken, CannotListen
        As `run_server`.
    PackRefused
        If the journal cannot be gone on with.
    """
    # Heavy, and nothing for who serves a database.
    from recommender.pack.hall import Hall
    from recommender.pack.journal import Journal

    listener = _listen(host, port)
    # Looked at once before anything is served: a worker could only say that it did not start.
    Journal(journal, pack, clock()).close()

    def build() -> Callable[..., Any]:
        from service.pack_app import create_pack_app

        hall = Hall(pack, Journal(journal, pack, clock()), clock)
        return create_pack_app(settings, hall, now=clock)

    logs.configure()
    log.info("serving", url=_url(listener), workers=1, threads=HALL_THREADS, pack=pack.pack_id)
    told(_url(listener))
    try:
        _Server(build, listener, 1, threads=HALL_THREADS).run()
    except SystemExit as end:
        return 0 if not end.code else 4
    except HaltServer:
        return 4
    return 0


def run_server(
    settings: Settings, host: str = "127.0.0.1", port: int = 8000, workers: int = 2
) -> int:
    """Serve until told to stop; give the exit code: 0 stopped, 4 a worker could not start.

    Raises
    ------
    PortTaken, CannotListen
        If nothing can be served there; nothing was started.
    Busy, DatabaseFailed
        If the database cannot be opened or brought up to date.
    """
    listener = _listen(host, port)
    # Once, and before there are several processes: workers find nothing left to do.
    access.open_database(settings.database_url).dispose()
    counts, here = _empty_folder(settings, listener.getsockname()[1]), os.getpid()
    os.environ[METRICS_DIR] = str(counts)
    logs.configure()
    log.info("serving", url=_url(listener), workers=workers, threads=THREADS)
    try:
        _Server(lambda: _build(settings), listener, workers, child_exit=_forget_worker).run()
    except SystemExit as end:
        # gunicorn's own 3 and 4 say that a worker did not boot; ours reserves 3 for busy.
        return 0 if not end.code else 4
    except HaltServer:
        return 4  # its way out when two workers fail at once
    finally:
        # A worker that leaves comes by here too, while the others still count.
        if os.getpid() == here:
            shutil.rmtree(counts, ignore_errors=True)
    return 0


class _JsonLogger(Logger):  # type: ignore[misc]  # gunicorn is not typed
    """What gunicorn says of itself, one JSON line each."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.formatter())


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """One application, built in each worker after it was forked."""

    def __init__(
        self,
        build: Callable[[], Callable[..., Any]],
        listener: socket.socket,
        workers: int,
        *,
        threads: int = THREADS,
        **hooks: Callable[..., None],
    ) -> None:
        self._build = build
        self._options = {
            "bind": f"fd://{listener.detach()}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "graceful_timeout": GRACE_S,
            "control_socket_disable": True,
            "logger_class": _JsonLogger,
            "accesslog": None,  # ours names routes, never addresses
            **hooks,
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return self._build()


def _build(settings: Settings) -> Callable[..., Any]:
    # The environment and the clock are read there and nowhere else.
    import wsgi

    return wsgi.build(settings)


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= LAST_PORT:
        raise CannotListen(host, port, f"0 to {LAST_PORT}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from error
        number = error.errno or 0
        # Names that cannot be looked up have numbers of their own, below zero.
        why = os.strerror(number) if number > 0 else error.strerror or str(error)
        raise CannotListen(host, port, why) from error


def _url(listener: socket.socket) -> str:
    host, port, *_ = listener.getsockname()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _empty_folder(settings: Settings, port: int) -> Path:
    """Make a folder for the counts of this server alone; a port has one server."""
    folder = settings.home / "metrics" / str(port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _forget_worker(_server: object, worker: Any) -> None:
    """Drop what only a living process can say; must never raise."""
    for left in Path(os.environ[METRICS_DIR]).glob(f"gauge_live*_{worker.pid}.db"):
        left.unlink(missing_ok=True)
