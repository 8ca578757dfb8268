"""The guidance catalog as pages read it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from recommender.access import Grant
from recommender.data import store
from recommender.year import edition, guidance_views
from recommender.year.guidance_views import Catalogs, Picked, Sum
from tests.builders import DAY, make_graduate, make_post

OFFICER = Grant(token_id=1, role="officer")


def make_row(**facts: Any) -> dict[str, Any]:
    row = {
        "occupation_code": "6-18-01-01",
        "occupation": "车工",
        "city_code": "370800",
        "city": "济宁市",
        "places": 4,
        "supply": 10,
        "short_now_low": 0,
        "short_now_high": 0,
        "ratio": 0.4,
        "teachers": [],
    }
    return row | facts


def test_rows_that_hide_their_seekers_are_left_out_of_the_ratio() -> None:
    rows = [make_row(), make_row(city_code="370700", places=6, supply=None)]
    found = guidance_views.total(rows)
    # 4 + 6 places; 10 seekers for the 4 of them of which it is told.
    assert found == Sum(places=10, told_places=4, seekers=10, n_hidden=1)
    assert found.ratio == pytest.approx(0.4)
    assert guidance_views.total(rows[1:]).ratio is None


def test_where_nobody_seeks_there_is_no_ratio() -> None:
    assert guidance_views.total([]).ratio is None
    assert guidance_views.total([make_row(supply=0)]).ratio is None


def test_a_city_is_the_sum_of_its_rows_and_of_one_occupation_where_one_is_picked() -> None:
    rows = [
        make_row(),
        make_row(occupation_code="6-18-02-04", places=2, supply=20),
        make_row(city_code="", places=1, supply=0),
    ]
    found = guidance_views.by_city(rows)
    assert found["370800"] == Sum(places=6, told_places=6, seekers=30)
    assert found[""] == Sum(places=1, told_places=1)
    of_one = guidance_views.by_city(rows, "6-18-02-04")
    assert of_one == {"370800": Sum(places=2, told_places=2, seekers=20)}


def test_rows_are_picked_and_put_in_order() -> None:
    some = make_row(occupation_code="A", short_now_low=1, short_now_high=3, ratio=2.0)
    most = make_row(occupation_code="B", short_now_low=5, short_now_high=9, ratio=None)
    spare = make_row(occupation_code="C", short_now_low=-4, short_now_high=0, ratio=3.0)
    rows = [spare, some, most]

    def codes(picked: Picked) -> str:
        return "".join(row["occupation_code"] for row in picked.of(rows))

    assert codes(Picked()) == "BAC"
    assert codes(Picked(order="ratio")) == "CAB"
    assert codes(Picked(order="code")) == "ABC"
    assert codes(Picked(only_short=True)) == "BA"
    assert codes(Picked(occupation="A", city="370800")) == "A"
    assert codes(Picked(city="370100")) == ""


def test_only_colleges_that_a_reader_may_know_of_are_named() -> None:
    row = make_row(teachers=[{"college": "甲校"}, {"college": "乙校"}])
    [told] = guidance_views.named_only([row], {"乙校"})
    assert told["teachers"] == [{"college": "乙校"}]
    assert told["pay"] is None  # a column that an earlier program did not have
    assert guidance_views.named_only([row], None)[0]["teachers"] == row["teachers"]


def test_the_trend_goes_from_edition_to_edition(sqlite_engine: Engine) -> None:
    for number, day in ((1, DAY), (2, date(2026, 5, 16))):
        with store.writing(sqlite_engine) as conn:
            store.save_posts(conn, [make_post(post_id=f"P{number}", headcount=3)], day=day)
        edition.issue(sqlite_engine, day=day, author="officer")
    issued = edition.all_editions(sqlite_engine)
    found = guidance_views.trend(issued)
    assert [(one.edition, each.places, each.seekers) for one, each in found] == [
        (1, 3, 0),
        (2, 6, 0),
    ]
    elsewhere = guidance_views.trend(issued, city="370100")
    assert [each.places for _, each in elsewhere] == [0, 0]


def test_an_edition_is_issued_once_however_often_it_is_asked_for(sqlite_engine: Engine) -> None:
    first = edition.issue(sqlite_engine, day=DAY, author="officer", after=0)
    again = edition.issue(sqlite_engine, day=DAY, author="officer", after=0)
    assert (first, again.edition) == (again, 1)
    assert edition.issue(sqlite_engine, day=DAY, author="officer", after=1).edition == 2
    assert len(edition.all_editions(sqlite_engine)) == 2


def test_the_catalog_is_kept_until_anything_is_written_or_the_day_changes(
    sqlite_engine: Engine,
) -> None:
    days = [DAY]
    catalogs = Catalogs(sqlite_engine, today=lambda: days[-1])
    assert catalogs.held(OFFICER) is None
    first = catalogs.now(OFFICER)
    assert catalogs.held(OFFICER) is first
    assert catalogs.now(OFFICER) is first
    # Another reader reads another form.
    assert catalogs.held(Grant(token_id=2, role="data")) is None
    assert not catalogs.now(Grant(token_id=2, role="data")).exact
    with store.writing(sqlite_engine) as conn:
        store.save_graduates(conn, [make_graduate(graduate_id="G1")], [])
    assert catalogs.held(OFFICER) is None
    assert sum(line.now.total or 0 for line in catalogs.now(OFFICER).lines) == pytest.approx(1)
    days.append(date(2026, 5, 16))
    assert catalogs.held(OFFICER) is None
