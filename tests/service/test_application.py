from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from service import create_app
from tests.builders import DAY
from tests.service.conftest import settings_for
from tests.service.fake_desk import FakeDesk


@pytest.fixture
def https_client(sqlite_engine: Engine, tmp_path: Path) -> FlaskClient:
    settings = dataclasses.replace(settings_for(tmp_path, sqlite_engine), https=True)
    app = create_app(settings, engine=sqlite_engine, desk=FakeDesk(), today=lambda: DAY)
    return app.test_client()


def test_where_https_is_set_plain_requests_are_sent_there(https_client: FlaskClient) -> None:
    for path in ("/", "/api/v1/graduates/G-1/ranking"):
        answer = https_client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"https://localhost{path}"


def test_over_https_browsers_are_told_to_stay(https_client: FlaskClient) -> None:
    answer = https_client.get("/", base_url="https://localhost")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_are_answered_in_plain(https_client: FlaskClient, path: str) -> None:
    assert https_client.get(path).status_code == 200


def test_on_a_plain_network_nothing_is_sent_elsewhere(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


def test_a_data_set_that_is_no_sample_is_not_called_one(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    settings = dataclasses.replace(settings_for(tmp_path, sqlite_engine), sample=False)
    app = create_app(settings, engine=sqlite_engine, desk=FakeDesk(), today=lambda: DAY)
    client = app.test_client()
    assert "示例数据" not in client.get("/").text
    assert "示例数据" not in client.post("/", data={"ask": "1", "trade": "数控加工"}).text
