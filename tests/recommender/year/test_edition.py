"""Editions are numbered, never change, and say what changed since the last one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from recommender.data import schema, store
from recommender.errors import DatabaseFailed, NotFound
from recommender.year import edition, guidance_words
from recommender.year.guidance import working_state
from tests.builders import DAY, make_graduate, make_post

WELDER, JINING = "6-18-02-04", "370800"


def keep(engine: Engine, n: int, headcount: int, on: date = date(2026, 1, 1)) -> None:
    """Store so many seekers, 40 of whom are a welder's supply of 40, and one post."""
    with store.writing(engine) as conn:
        for code, weight in ((WELDER, 1.0), ("6-18-01-11", 0.0), ("6-18-02-05", 0.0)):
            store.save_pair(conn, "焊接加工", code, weight, "officer", DAY)
        store.save_posts(conn, [make_post(headcount=headcount)], day=on)
        store.save_graduates(conn, [make_graduate(graduate_id=f"G{i}") for i in range(n)])


def row_of(rows: Any) -> dict[str, Any]:
    return next(r for r in rows if (r["occupation_code"], r["city_code"]) == (WELDER, JINING))


def test_an_edition_that_was_not_issued_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        edition.show(engine, 1)


@pytest.mark.parametrize(
    ("column", "value"), [("author", "somebody else"), ("content", "[]"), ("day", date(2026, 1, 1))]
)
def test_an_edition_that_was_changed_is_refused_and_so_are_those_after_it(
    engine: Engine, column: str, value: object
) -> None:
    keep(engine, 40, 30)
    for _ in range(2):
        edition.issue(engine, day=DAY, author="officer")
    table = schema.editions
    with store.writing(engine) as conn:
        conn.execute(sa.update(table).where(table.c.edition == 1).values({column: value}))
    with pytest.raises(DatabaseFailed, match="edition 1"):
        edition.show(engine, 2)


def test_editions_are_numbered_and_stay_as_they_were_issued(engine: Engine) -> None:
    keep(engine, 40, 30)
    first = edition.issue(engine, day=DAY, author="王老师")
    keep(engine, 52, 35, on=date(2026, 5, 1))
    second = edition.issue(engine, day=DAY, author="李老师")
    assert (first.edition, second.edition) == (1, 2)
    assert edition.show(engine, 1) == first
    assert [one.author for one in edition.all_editions(engine)] == ["王老师", "李老师"]
    old, new = row_of(first.rows), row_of(second.rows)
    assert (old["places"], old["supply"], old["places_change"]) == (30, 40, None)
    # 52 seekers are 50; 35 places are 5 more than 30.
    assert (new["supply"], new["supply_change"], new["places_change"]) == (50, 10, 5)
    assert new["ratio"] == 0.7
    (change,) = [c for c in edition.diff(first.rows, second.rows) if c.occupation_code == WELDER]
    assert (change.before["places"], change.after["places"]) == (30, 35)
    assert edition.diff(first.rows, first.rows) == []
    said = list(guidance_words.change_lines([change]))
    assert said[0].startswith("变化 焊工 济宁市: 剩余名额 30 → 35, 本届待安置 40 → 50")


def test_a_few_people_more_change_nothing_that_is_published(engine: Engine) -> None:
    keep(engine, 36, 30)
    first = edition.issue(engine, day=DAY, author="officer")
    keep(engine, 44, 30)  # eight more, and 40 for both
    second = edition.issue(engine, day=DAY, author="officer")
    assert edition.diff(first.rows, second.rows) == []
    # Who reads exact counts reads what is published of the change too.
    exact = row_of(edition.rows_of(working_state(engine, day=DAY), first.rows))
    assert (exact["supply"], exact["supply_change"]) == (44, 0)


def test_what_is_gone_and_what_is_new_is_told(engine: Engine) -> None:
    keep(engine, 12, 30)
    rows = edition.issue(engine, day=DAY, author="officer").rows
    kinds = [each.kind for each in (*edition.diff((), rows), *edition.diff(rows, ()))]
    assert kinds == ["added"] * len(rows) + ["gone"] * len(rows)


def test_hidden_counts_are_asterisks_and_the_next_class_year_unknown(engine: Engine) -> None:
    keep(engine, 4, 30)
    issued = edition.issue(engine, day=DAY, author="officer")
    row = row_of(issued.rows)
    assert "supply" in row["hidden"] and not any("later" in name for name in row["hidden"])
    assert (row["later_supply"], row["short_later"], row["short_later_low"]) == (None, None, None)
    notes = guidance_words.notes(DAY, 2026, exact=False, edition=issued)
    table = guidance_words.table(issued.rows, notes)
    shown = dict(zip(table.columns, table.rows[0], strict=True))
    assert (shown["supply"], shown["supply_junior"], shown["later_supply"]) == ("*", "*", None)
    assert issued.sha256 in table.notes[0]
    assert len(list(guidance_words.edition_lines([issued]))) == 1
    (said,) = guidance_words.state_lines(issued.rows)
    # 30 places of one enterprise for 4 welders, who are 1 to 9 for all that is told.
    assert said == f"共 {len(issued.rows)} 行；区间整体为正的缺口：本届 1 行，下届名册未导入，未知"
