"""The guidance catalog's page: who reads what, what is picked, and issuing an edition."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import store
from recommender.year import edition
from recommender.year.guidance_views import Sum
from service.console import cities, lines
from tests.builders import DAY, make_graduate
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]
PAGE = "/console/guidance"
WELDER = {"occupation": "6-18-02-04", "city": "370800", "whole": "1"}


@pytest.fixture
def app(real_app: Flask, welders: Engine) -> Flask:
    """Store 13 welders of Jining at one college, with a weight of 1 for the welder."""
    with store.writing(welders) as conn:
        for pair in store.load_reference(conn).pairs_of("焊接加工"):
            weight = float(pair.occupation_code == WELDER["occupation"])
            store.save_pair(conn, "焊接加工", pair.occupation_code, weight, "officer", DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"N{n}") for n in range(11)])
    return real_app


def rows(client: FlaskClient, **more: str) -> list[dict[str, str]]:
    answer = client.get(f"{PAGE}/sheet.csv", query_string=WELDER | more)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text)))


# --- refusals ---------------------------------------------------------------------------------


def test_only_who_answers_for_everybody_issues(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, scope_kind="college", scope_name="示例技师学院")
    assert "guidance/issue" not in client.get(PAGE, query_string=WELDER).text
    sent = form(client) | {"sure": "1", "after": "0"}
    assert client.post(f"{PAGE}/issue", data=sent).status_code == 403
    assert edition.all_editions(welders) == []


def test_nobody_issues_by_mistake(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    sent = form(client) | {"after": "0"}
    answer = client.post(f"{PAGE}/issue", data=sent, follow_redirects=True)
    assert "没有发布" in answer.text
    assert edition.all_editions(welders) == []


@pytest.mark.parametrize(
    "path", ["?edition=9", "/sheet.csv?edition=9", "/sheet.exe", "/sheet.parquet"]
)
def test_what_was_not_issued_or_cannot_be_written_is_no_page(
    client: FlaskClient, welders: Engine, path: str
) -> None:
    sign_in(client, welders)
    assert client.get(PAGE + path).status_code == 404


@pytest.mark.parametrize("query", ["page=x", "page=99", "order=x", "city=%00", "edition=%2D1"])
def test_what_cannot_be_picked_asks_for_nothing(
    client: FlaskClient, welders: Engine, query: str
) -> None:
    sign_in(client, welders)
    assert client.get(f"{PAGE}?whole=1&{query}").status_code == 200


# --- reading ----------------------------------------------------------------------------------


def test_an_officer_reads_every_count_and_others_what_may_be_published(
    client: FlaskClient, welders: Engine
) -> None:
    # G1, G2 and eleven more seek in Jining.
    sign_in(client, welders)
    assert [row["supply"] for row in rows(client)] == ["13"]
    client.post("/console/sign-out", data=form(client))
    sign_in(client, welders, role="data")
    assert [row["supply"] for row in rows(client)] == ["10"]


def test_the_first_page_comes_before_anything_is_counted(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    first = client.get(PAGE).text
    assert 'hx-trigger="load"' in first
    assert "<tbody" not in first
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    counted = client.get(f"{PAGE}?whole=1", headers=part).text
    assert counted.lstrip().startswith('<div id="found"')
    # It is kept: the next one has it at once.
    assert "<tbody" in client.get(PAGE).text


def test_an_edition_is_issued_once_and_then_shown(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    sent = form(client) | {"sure": "1", "after": "0"}
    for _ in range(2):  # the same form again
        answer = client.post(f"{PAGE}/issue", data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?edition=1")
    [issued] = edition.all_editions(welders)
    assert (issued.day, issued.author) == (DAY, "user some-officer")
    shown = client.get(f"{PAGE}?edition=1").text
    assert "已发布。" in shown
    assert 'class="chart"' in shown
    # What is issued is the public form.
    assert [row["supply"] for row in rows(client, edition="1")] == ["10"]


@pytest.mark.parametrize("role", ["enterprise", "kiosk"])
def test_who_has_no_other_page_starts_here_and_reads_no_college(
    client: FlaskClient, welders: Engine, role: str
) -> None:
    sign_in(client, welders, role=role)
    assert client.get("/console/").headers["Location"] == PAGE
    assert "示例技师学院" not in client.get(PAGE, query_string=WELDER).text


# --- drawing ----------------------------------------------------------------------------------


def test_each_city_of_the_province_has_one_tile() -> None:
    tiles = [tile for tile in cities.lay_out({}) if tile]
    assert len(tiles) == len({tile.code for tile in tiles}) == 16
    assert {tile.step for tile in tiles} == {0}


@pytest.mark.parametrize(
    ("places", "seekers", "step"),
    [
        (0, 0, 0),
        (4, 10, 1),
        (5, 10, 2),
        (8, 10, 3),
        (12, 10, 3),
        (13, 10, 4),
        (20, 10, 5),
        (1, 0, 5),
    ],
)
def test_a_tile_stands_on_the_step_of_its_openings_per_seeker(
    places: float, seekers: float, step: int
) -> None:
    assert cities.step_of(Sum(places=places, told_places=places, seekers=seekers)) == step


def test_what_lies_in_no_city_of_the_province_is_added_up() -> None:
    one = Sum(places=2, told_places=1, seekers=1, n_hidden=1)
    found = cities.elsewhere({"370100": one, "": one, "110100": one})
    assert found == Sum(places=4, told_places=2, seekers=2, n_hidden=2)
    assert cities.step_of(Sum(places=2, n_hidden=1)) == 0
    assert cities.elsewhere({"370100": one}) is None


def test_a_line_is_broken_where_a_number_is_not_known() -> None:
    drawn = lines.draw([("1", 1.0), ("2", 2.0), ("3", None), ("4", 2.0)])
    # Three steps of 168 from 36; 2 of 2.3 is 132 * 2 / 2.3 = 114.8 above the foot at 150.
    assert drawn.pieces == ("36.0,92.6 204.0,35.2",)
    assert [(point.x, point.y, point.value) for point in drawn.points] == [
        (36.0, 92.6, "1.00"),
        (204.0, 35.2, "2.00"),
        (540.0, 35.2, "2.00"),
    ]
    assert drawn.even == 92.6
    assert [tick.value for tick in drawn.ticks] == ["0", "0.5", "1", "1.5", "2"]


def test_of_many_points_only_some_are_named() -> None:
    drawn = lines.draw([(str(n), 3.0) for n in range(25)])
    named = [point.name for point in drawn.points if point.name]
    assert len(named) <= 10
    assert named[-1] == "24"
    assert lines.draw([]).points == ()
