from __future__ import annotations

import io
import logging

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import store
from recommender.domain import PersonalDetails
from tests.builders import DAY, make_graduate
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]
OWN = {"scope_kind": "college", "scope_name": "示例技师学院"}


@pytest.fixture
def app(real_app: Flask, welders: Engine) -> Flask:
    named = PersonalDetails(graduate_id="G1", name="单小丽", student_no="S77")
    with store.writing(welders) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G1")], [named])
    return real_app


def test_an_officer_of_a_college_finds_its_people_only(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders, **OWN)
    for answer in (
        client.get("/console/graduates?all=1"),
        client.post("/console/graduates", data=form(client) | {"text": "G"}),
    ):
        assert "G1" in answer.text
        assert "G3" not in answer.text
        assert "另一技师学院" not in answer.text
    assert "共 0 人" in client.get("/console/graduates?college=另一技师学院").text


def test_an_auditor_sees_ids_and_no_names(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, role="auditor")
    page = client.get("/console/graduates?all=1").text
    assert "G1" in page
    assert "单小丽" not in page
    assert (
        client.post("/console/graduates", data=form(client) | {"text": "单小丽"}).text.count("G1")
        == 0
    )


def test_what_was_typed_stands_in_no_address_and_no_log(
    client: FlaskClient,
    welders: Engine,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sign_in(client, welders)
    with caplog.at_level(logging.DEBUG):
        sent = {"text": "单小丽", "class_year": "2026", "page": "1"}
        answer = client.post("/console/graduates", data=form(client) | sent)
    assert "单小丽" in answer.text
    assert answer.headers["HX-Replace-Url"] == "/console/graduates?class_year=2026"
    assert "单小丽" not in caplog.text + "".join(capsys.readouterr())
    # An address that says a text all the same finds nobody by it.
    assert "G3" in client.get("/console/graduates?text=单小丽").text


def test_without_filters_the_address_still_means_everybody(
    client: FlaskClient, welders: Engine
) -> None:
    with store.writing(welders) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="OLD", class_year=2020)])
    sign_in(client, welders)
    answer = client.post("/console/graduates", data=form(client))
    assert "OLD" in answer.text
    assert "OLD" in client.get(answer.headers["HX-Replace-Url"]).text
    assert "OLD" not in client.get("/console/graduates").text


@pytest.mark.parametrize(
    "query",
    ["class_year=x", "level=KING", "status=x", "page=0", "page=-1", "page=99999999", "city=%00"],
)
def test_what_cannot_be_picked_asks_for_nothing(
    client: FlaskClient, welders: Engine, query: str
) -> None:
    sign_in(client, welders)
    assert client.get(f"/console/graduates?{query}").status_code == 200
    assert client.get(f"/console/posts?{query}").status_code == 200


def test_a_part_of_the_page_is_only_what_was_found(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = client.post("/console/posts", data=form(client), headers=part)
    assert answer.text.lstrip().startswith('<section id="found"')
    assert "P1" in answer.text


def test_posts_with_places_come_first_and_any_other_on_demand(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders, role="data")
    page = client.get("/console/posts").text
    assert "P1" in page
    assert "P3" not in page
    assert "P3" in client.get("/console/posts?status=closed").text


def test_what_was_found_goes_out_as_a_workbook(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, **OWN)
    answer = client.post("/console/graduates/sheet", data=form(client) | {"text": "sxl"})
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="graduates-{DAY.isoformat()}.xlsx"'
    )
    _, row = openpyxl.load_workbook(io.BytesIO(answer.data)).active.values
    assert row[:3] == ("G1", "单小丽", "S77")
    answer = client.post("/console/posts/sheet", data=form(client) | {"status": "closed"})
    _, row = openpyxl.load_workbook(io.BytesIO(answer.data)).active.values
    assert row[0] == "P3"
    assert row[-1].date() <= DAY
