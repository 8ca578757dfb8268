"""The real server in a process of its own, on a free port of this machine only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Served:
    """A server that answers: where, and which process to end."""

    url: str
    process: subprocess.Popen[str]
    log_file: Path

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        return self._ask("GET", path, None, headers or {})

    def post(
        self, path: str, body: object, headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        sent = {"Content-Type": "application/json", **(headers or {})}
        return self._ask("POST", path, json.dumps(body).encode(), sent)

    def log_lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log_file.read_text("utf-8").splitlines()]

    def _ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """Ask over a connection of its own, so that any process may answer."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        with closing(HTTPConnection(host, int(port), timeout=10)) as connection:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()


def command(
    home: Path, *, port: int = 0, workers: int = 2, database: str | None = None
) -> list[str]:
    """Give a command that serves a home folder; port 0 takes a free one."""
    url = "sqlite_url(home)" if database is None else repr(database)
    program = (
        "import sys; from datetime import date; from pathlib import Path;"
        "from recommender.settings import Settings, sqlite_url;"
        "from service.server import run_server;"
        f"home = Path({str(home)!r});"
        f"settings = Settings(home=home, database_url={url},"
        " as_of=date(2026, 5, 15), sample=True);"
        f"sys.exit(run_server(settings, port={port}, workers={workers}))"
    )
    return [sys.executable, "-c", program]


@contextmanager
def serving(home: Path, *, workers: int = 2, database: str | None = None) -> Iterator[Served]:
    """Serve a home folder until the block ends; then stop as a service manager would.

    The server leads a process group of its own, which can be ended as one.
    """
    log_file = home / "server.log"
    with log_file.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command(home, workers=workers, database=database),
            cwd=ROOT,
            stderr=log,
            text=True,
            env=environment(),
            start_new_session=True,
        )
    try:
        yield Served(_address(process, log_file), process, log_file)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE_S)


def environment() -> dict[str, str]:
    """Give this environment without settings of the person who runs the tests."""
    return {name: value for name, value in os.environ.items() if "PLACEMENT_" not in name}


def _address(process: subprocess.Popen[str], log_file: Path) -> str:
    """Wait until the log says where, and a worker answers there."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        for line in log_file.read_text("utf-8").splitlines():
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("event") == "serving":
                return str(entry["url"])
        time.sleep(0.05)
    raise AssertionError(log_file.read_text("utf-8"))
