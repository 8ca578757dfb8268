"""Today, and the models."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.model.artefact import current_version
from service.parts import parts
from tests.service.published import crosswalk, publish
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]


@pytest.fixture
def app(real_app: Flask) -> Flask:
    return real_app


@pytest.fixture
def models(app: Flask) -> Path:
    """Publish a second version; the first is there already."""
    with app.app_context():
        folder = parts().settings.models_dir
    publish(folder, crosswalk())
    return folder


def test_only_an_admin_points_to_a_version(
    client: FlaskClient, welders: Engine, models: Path
) -> None:
    sign_in(client, welders, role="data")
    assert "改用此版" not in client.get("/console/models").text
    assert client.post("/console/models/1", data=form(client)).status_code == 403
    assert current_version(models) == 2


def test_a_version_that_is_not_there_is_no_page(
    client: FlaskClient, welders: Engine, models: Path
) -> None:
    sign_in(client, welders, role="admin")
    assert client.post("/console/models/9", data=form(client)).status_code == 404
    assert current_version(models) == 2


def test_a_broken_version_is_not_pointed_to(
    client: FlaskClient, welders: Engine, models: Path
) -> None:
    for manifest in models.glob("*1/manifest.json"):
        manifest.write_text("{", encoding="utf-8")
    sign_in(client, welders, role="admin")
    assert "已损坏" in client.get("/console/models").text
    assert client.post("/console/models/1", data=form(client)).status_code >= 400
    assert current_version(models) == 2


def test_an_admin_goes_back(client: FlaskClient, welders: Engine, models: Path) -> None:
    sign_in(client, welders, role="admin")
    assert client.post("/console/models/1", data=form(client)).status_code == 303
    assert current_version(models) == 1


def test_before_anything_happened_today_says_so(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    page = client.get("/console/today").text
    assert "还没有训练过" in page
    assert "还没有导入过" in page


def test_an_import_is_told_to_who_may_know_everybody(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, scope_kind="college", scope_name="示例技师学院")
    assert "最近导入" not in client.get("/console/today").text


def test_duties_are_for_who_may_know_people(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, role="data")
    assert "/today/duties" not in client.get("/console/today").text
    assert client.get("/console/today/duties").status_code == 403
