"""The page of supply-demand meetings."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import store
from recommender.year import meeting
from tests.builders import DAY, make_member
from tests.service.signed_in import cheap_hashes, form, sign_in

__all__ = ["cheap_hashes"]
PAGE = "/console/meeting"
CHAIN = {"chain": "高端装备", "whole": "1"}


@pytest.fixture
def app(real_app: Flask, welders: Engine) -> Flask:
    """Let the enterprise of P1 (two places) and P2 (one) stand on a chain; welders weld only."""
    with store.writing(welders) as conn:
        for pair in store.load_reference(conn).pairs_of("焊接加工"):
            weight = float(pair.occupation_code == "6-18-02-04")
            store.save_pair(conn, "焊接加工", pair.occupation_code, weight, "officer", DAY)
        store.save_members(conn, [make_member(industry_chain="高端装备")])
    return real_app


@pytest.mark.parametrize(
    "path",
    [
        "?chain=没有",
        "/pairings.csv?chain=没有",
        "/pairings.exe?chain=高端装备",
        "/x.csv?chain=高端装备",
    ],
)
def test_what_nobody_knows_is_no_page(client: FlaskClient, welders: Engine, path: str) -> None:
    sign_in(client, welders)
    assert client.get(PAGE + path).status_code == 404


def test_who_records_and_no_more_is_turned_away(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, role="data")
    assert client.get(PAGE, query_string=CHAIN).status_code == 403


def test_a_college_meets_with_its_own_classes_only(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders, scope_kind="college", scope_name="另一技师学院")
    for answer in (
        client.get(PAGE, query_string=CHAIN | {"all": "1"}),
        client.get(f"{PAGE}/pairings.csv", query_string=CHAIN),
    ):
        assert "另一技师学院" in answer.text
        assert "示例技师学院" not in answer.text


def test_the_drafts_go_out_as_a_sheet_that_comes_in_again(
    client: FlaskClient, welders: Engine
) -> None:
    sign_in(client, welders)
    answer = client.get(f"{PAGE}/agreements.csv", query_string=CHAIN)
    drafts = list(csv.DictReader(io.StringIO(answer.text)))
    # Three seekers for three places.
    assert sum(int(each["ceiling"]) for each in drafts) == 3
    assert {each["college"] for each in drafts} == {"示例技师学院", "另一技师学院"}


def test_the_page_says_who_lacks_whom(client: FlaskClient, welders: Engine) -> None:
    sign_in(client, welders)
    assert "1 家企业缺 3 人" in client.get(PAGE, query_string=CHAIN).text
    # Before it is prepared the page is there.
    assert 'hx-trigger="load"' in client.get(PAGE, query_string={"chain": "高端装备"}).text
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = client.get(PAGE, query_string=CHAIN, headers=part).text
    assert answer.lstrip().startswith("<section")
    client.post("/console/sign-out", data=form(client))


def test_chains_are_those_of_open_posts_and_of_members(app: Flask, welders: Engine) -> None:
    assert meeting.chains(welders, day=DAY) == ["高端装备"]
