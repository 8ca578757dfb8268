"""The guidance catalog under the API: who reads what, and who issues it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from recommender.data import editions, store
from recommender.year import edition, guidance_words
from recommender.year.guidance import working_state
from tests.builders import DAY, make_graduate
from tests.service.conftest import Bearer

NOW = "/api/v1/guidance"
WELDER = {"occupation_code": "6-18-02-04", "city_code": "370800"}


@pytest.fixture
def many(welders: Engine) -> Engine:
    """Store 13 welders of Jining at one college, with a weight of 1 for the welder."""
    with store.writing(welders) as conn:
        for pair in store.load_reference(conn).pairs_of("焊接加工"):
            weight = float(pair.occupation_code == WELDER["occupation_code"])
            store.save_pair(conn, "焊接加工", pair.occupation_code, weight, "officer", DAY)
        store.save_graduates(conn, [make_graduate(graduate_id=f"N{n}") for n in range(11)])
    return welders


def row(client: FlaskClient, headers: dict[str, str], path: str = NOW) -> Any:
    answer = client.get(path, query_string=WELDER, headers=headers)
    assert answer.status_code == 200
    (found,) = answer.json["rows"]
    return found


@pytest.mark.usefixtures("many")
def test_only_who_answers_for_everybody_issues(real_client: FlaskClient, bearer: Bearer) -> None:
    scoped = bearer(scope_kind="college", scope_name="示例技师学院")
    for headers in (scoped, bearer("auditor"), bearer("enterprise"), bearer("kiosk")):
        assert real_client.post(NOW, json={}, headers=headers).status_code == 403
    assert real_client.get(f"{NOW}/1", headers=bearer()).status_code == 404
    for number, role in enumerate(("officer", "data", "admin"), start=1):
        issued = real_client.post(NOW, json={}, headers=bearer(role))
        assert (issued.status_code, issued.json["edition"]) == (201, number)


@pytest.mark.usefixtures("many")
def test_an_officer_reads_every_count_and_others_what_may_be_published(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    # G1, G2 and eleven more seek in Jining; G3 of Weifang does not.
    exact = row(real_client, bearer())
    assert (exact["supply"], exact["supply_intermediate"], exact["hidden"]) == (13, 13, [])
    for role in ("data", "enterprise", "kiosk"):
        found = row(real_client, bearer(role))
        assert (found["supply"], found["places"]) == (10, exact["places"])
    own = bearer(scope_kind="college", scope_name="另一技师学院")
    found = row(real_client, own)
    assert (found["supply"], [each["college"] for each in found["teachers"]]) == (
        0,
        ["另一技师学院"],
    )


@pytest.mark.usefixtures("many")
def test_an_edition_is_alike_for_everybody_but_for_the_colleges_named(
    real_client: FlaskClient, bearer: Bearer
) -> None:
    real_client.post(NOW, json={}, headers=bearer())
    path = f"{NOW}/1"
    everybody = row(real_client, bearer(), path)
    assert everybody["supply"] == 10
    other = row(real_client, bearer(scope_kind="college", scope_name="另一技师学院"), path)
    assert {**other, "teachers": []} == {**everybody, "teachers": []}
    assert {each["college"] for each in other["teachers"]} <= {"另一技师学院"}


def test_an_edition_of_an_earlier_program_is_answered(
    many: Engine, real_client: FlaskClient, bearer: Bearer
) -> None:
    (edition_row,) = (
        each
        for each in edition.rows_of(working_state(many, day=DAY, exact=False))
        if WELDER.items() <= each.items()
    )
    del edition_row["supply_low"]
    with store.writing(many) as conn:
        editions.append_edition(conn, day=DAY, author="a", class_year=2026, rows=[edition_row])
    found = row(real_client, bearer(), f"{NOW}/1")
    assert (found["supply_low"], found["supply_high"]) == (None, 14)
    table = guidance_words.table([edition_row], ())
    assert dict(zip(table.columns, table.rows[0], strict=True))["supply_low"] is None
