from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from flask.testing import FlaskClient

from service import logs
from tests.service.conftest import Bearer
from tests.service.fake_desk import FakeDesk


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Catch the log, and leave logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def written(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_personal_keys_are_dropped_at_any_depth(lines: io.StringIO) -> None:
    structlog.get_logger().info(
        "kept", name="张三", student_no="001", rows={"gender": "女", "count": 2}, stage="signed"
    )
    (entry,) = written(lines)
    assert entry["event"] == "kept"
    assert entry["rows"] == {"count": 2}
    assert entry["stage"] == "signed"
    assert not entry.keys() & logs.PERSONAL
    assert "张三" not in lines.getvalue()


def test_a_line_says_when_how_grave_and_from_where(lines: io.StringIO) -> None:
    logging.getLogger("gunicorn.error").warning("worker %s left", 7)
    (entry,) = written(lines)
    assert entry["event"] == "worker 7 left"
    assert entry["level"] == "warning"
    assert str(entry["timestamp"]).endswith("Z")
    assert entry["logger"] == "gunicorn.error"


def test_a_failure_is_located_without_the_values_it_was_about(lines: io.StringIO) -> None:
    try:
        int("张三 13800000000")
    except ValueError as error:
        structlog.get_logger().error("request failed", exc_info=error)
    (entry,) = written(lines)
    assert entry["exception"] == "builtins.ValueError"
    assert str(entry["at"]).count("test_logs.py") == 1
    assert "张三" not in lines.getvalue()


def test_a_failure_of_another_library_is_located_too(lines: io.StringIO) -> None:
    try:
        raise KeyError("inside")
    except KeyError:
        logging.getLogger("other").exception("caught")
    (entry,) = written(lines)
    assert entry["exception"] == "builtins.KeyError"


def test_a_request_is_one_line_that_names_nobody(
    lines: io.StringIO, client: FlaskClient, bearer: Bearer
) -> None:
    client.get("/api/v1/graduates/G-1/ranking", headers=bearer())
    (entry,) = written(lines)
    assert entry["event"] == "request"
    assert entry["route"] == "/api/v1/graduates/<path:graduate_id>/ranking"
    assert (entry["method"], entry["status"]) == ("GET", 200)
    assert "G-1" not in lines.getvalue()


def test_what_was_asked_on_the_page_is_in_no_line(lines: io.StringIO, client: FlaskClient) -> None:
    client.post("/", data={"ask": "1", "trade": "数控加工", "home": "济宁市"})
    assert "数控加工" not in lines.getvalue()
    assert "济宁" not in lines.getvalue()


def test_why_the_service_is_not_ready_is_for_the_log_alone(
    lines: io.StringIO, client: FlaskClient, desk: FakeDesk
) -> None:
    desk.model = None
    assert "nothing is published" not in client.get("/readyz").text
    (entry,) = written(lines)
    assert (entry["event"], entry["model"]) == ("not ready", "nothing is published")


def test_probes_are_not_logged(lines: io.StringIO, client: FlaskClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert lines.getvalue() == ""


def test_a_failed_request_is_logged_with_its_place(
    lines: io.StringIO, client: FlaskClient, desk: FakeDesk, bearer: Bearer
) -> None:
    desk.fails_with = ValueError("G-1 of 张三")
    client.get("/api/v1/graduates/G-1/ranking", headers=bearer())
    failure = next(entry for entry in written(lines) if entry["event"] == "request failed")
    assert failure["exception"] == "builtins.ValueError"
    assert "fake_desk.py" in str(failure["at"])
    assert len(written(lines)) == 2  # the failure once, and the request
    assert "张三" not in lines.getvalue()
    assert "G-1" not in lines.getvalue()
