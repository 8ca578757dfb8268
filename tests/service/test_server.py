from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine

from recommender import access
from recommender.data import store
from recommender.errors import CannotListen, PortTaken
from recommender.settings import Settings, sqlite_url
from service import server
from tests.builders import DAY, make_graduate, make_post
from tests.service.published import crosswalk, publish
from tests.service.served import ROOT, Served, environment, serving


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home folder with a welder, her post and a published rule."""
    home = tmp_path_factory.mktemp("home")
    engine = access.open_database(sqlite_url(home))
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post()], day=DAY)
        store.save_graduates(conn, [make_graduate()], [])
    (home / "secret").write_text(access.create_token(engine, role="officer", day=DAY))
    engine.dispose()
    publish(home / "models", crosswalk())
    return home


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Served]:
    with serving(home) as found:
        yield found


# --- refusals ---------------------------------------------------------------------------------


def settings_of(home: Path) -> Settings:
    return Settings(home=home, database_url=sqlite_url(home))


def test_a_port_that_is_taken_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTaken) as refusal:
            server.run_server(settings_of(tmp_path), port=port)
    assert (refusal.value.host, refusal.value.port) == ("127.0.0.1", port)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "1:2:3"])
def test_an_address_that_is_not_of_this_machine(tmp_path: Path, host: str) -> None:
    with pytest.raises(CannotListen) as refusal:
        server.run_server(settings_of(tmp_path), host=host, port=0)
    assert refusal.value.why


def test_a_port_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(CannotListen):
        server.run_server(settings_of(tmp_path), port=70_000)


# --- answers ----------------------------------------------------------------------------------


def test_the_server_answers_the_page_and_the_api(served: Served, home: Path) -> None:
    headers = {"Authorization": f"Bearer {(home / 'secret').read_text()}"}
    assert served.get("/healthz")[0] == 200
    assert served.get("/readyz")[0] == 200
    assert served.get("/")[0] == 200
    status, body = served.get("/api/v1/graduates/G1/ranking", headers)
    assert status == 200
    assert [line["post_id"] for line in json.loads(body)["ranking"]] == ["P1"]
    status, body = served.post("/api/v1/rankings", {"trade": "焊接加工"}, headers)
    assert (status, json.loads(body)["published"]) == (200, "crosswalk")
    assert served.get("/api/v1/graduates/G1/ranking")[0] == 401


def test_a_slash_in_an_id_survives_the_server(served: Served, home: Path) -> None:
    headers = {"Authorization": f"Bearer {(home / 'secret').read_text()}"}
    status, body = served.get("/api/v1/graduates/G%2F1/ranking", headers)
    assert (status, json.loads(body)["type"]) == (404, "/problems/not-found")


def test_both_processes_count_together(served: Served) -> None:
    before = count_of_probes(served)
    for _ in range(20):
        served.get("/healthz")
    assert count_of_probes(served) == before + 20


def test_a_worker_that_leaves_takes_no_counts_with_it(served: Served) -> None:
    for _ in range(5):
        served.get("/healthz")
    before, (worker, *_) = count_of_probes(served), workers_of(served)
    os.kill(worker, signal.SIGTERM)
    until = time.monotonic() + 30
    while worker in workers_of(served) and time.monotonic() < until:
        time.sleep(0.05)
    assert worker not in workers_of(served)
    assert count_of_probes(served) == before


def workers_of(served: Served) -> list[int]:
    pid = served.process.pid
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


def count_of_probes(served: Served) -> float:
    text = served.get("/metrics")[1].decode()
    counted = [line for line in text.splitlines() if "placement_requests_total" in line]
    return sum(float(line.rpartition(" ")[2]) for line in counted if '"/healthz"' in line)


def test_every_line_of_the_log_is_json_and_names_nobody(served: Served, home: Path) -> None:
    served.get("/api/v1/graduates/G1/ranking?top=3")
    lines = served.log_lines()
    assert {"serving", "request"} <= {line["event"] for line in lines}
    assert all({"level", "timestamp"} <= line.keys() for line in lines)
    text = served.log_file.read_text()
    assert "G1" not in text
    assert (home / "secret").read_text() not in text


def test_the_server_stops_when_told_and_says_done(home: Path) -> None:
    with serving(home, workers=1) as found:
        until = time.monotonic() + 30
        while found.get("/healthz")[0] != 200 and time.monotonic() < until:
            time.sleep(0.05)
        found.process.send_signal(signal.SIGTERM)
        assert found.process.wait(timeout=30) == 0
        port = found.url.rpartition(":")[2]
    assert not (home / "metrics" / port).exists()


def test_a_worker_that_cannot_start_ends_the_server_with_4(home: Path) -> None:
    program = (
        "import sys, wsgi; from pathlib import Path;"
        "from recommender.settings import Settings, sqlite_url;"
        "from service.server import run_server;"
        f"home = Path({str(home)!r});"
        "wsgi.build = lambda settings: 1 / 0;"
        "sys.exit(run_server(Settings(home=home, database_url=sqlite_url(home)), port=0))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 4, ended.stderr.decode()


def test_wsgi_builds_from_the_environment_and_loads_no_training_library(home: Path) -> None:
    """Read a ranking in a fresh process, then look at what it took to answer it."""
    program = f"""
import sys
from wsgi import application
headers = {{"Authorization": "Bearer {(home / "secret").read_text()}"}}
client = application.test_client()
answer = client.get("/api/v1/graduates/G1/ranking", headers=headers)
assert answer.status_code == 200, answer.text
assert answer.json["as_of"] == "2026-05-15"
page = client.post("/", data={{"ask": "1", "trade": "焊接加工"}})
assert page.status_code == 200
assert "构造的示例数据" in page.text
heavy = {{"lightfm", "pandas", "sklearn", "pyarrow", "ortools", "alembic", "gunicorn"}}
print(sorted(heavy & set(sys.modules)))
"""
    variables = {
        "PLACEMENT_HOME": str(home),
        "PLACEMENT_AS_OF": "2026-05-15",
        "PLACEMENT_SAMPLE": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment() | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.stdout, ended.returncode) == ("[]\n", 0), ended.stderr


def test_wsgi_has_nothing_else_to_give() -> None:
    import wsgi

    with pytest.raises(AttributeError):
        wsgi.app  # noqa: B018 - it is the asking that is tested


def test_today_is_the_settings_day_or_the_calendars_in_shanghai(home: Path) -> None:
    import wsgi

    def today(as_of: date | None) -> date:
        settings = Settings(home=home, database_url=sqlite_url(home), as_of=as_of)
        app = wsgi.build(settings)
        found: date = app.extensions["placement"].today()
        app.extensions["placement"].engine.dispose()
        return found

    # Half past four in the afternoon of UTC is half past midnight of the next day there.
    with time_machine.travel(datetime(2026, 5, 14, 16, 30, tzinfo=UTC), tick=False):
        assert today(None) == date(2026, 5, 15)
        assert today(date(2025, 3, 1)) == date(2025, 3, 1)
