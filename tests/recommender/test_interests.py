"""Interests: whom each side of a fair wants, as a sheet states it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender.data import interested, store
from recommender.data.sheets import parse_row
from recommender.domain import Interest, InterestSide
from recommender.errors import ImportRefused
from recommender.intake import import_files
from tests.builders import DAY, make_graduate, make_post

ROW = {"双选会编号": "F1", "毕业生编号": "G1", "岗位编号": "P1", "意向方": "企业", "位次": "1"}


@pytest.fixture
def engine(engine: Engine) -> Engine:
    with store.writing(engine) as conn:
        store.save_graduates(conn, [make_graduate(), make_graduate(graduate_id="G2")])
        store.save_posts(conn, [make_post()], day=DAY)
    return engine


def sheet(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def stored(engine: Engine) -> list[Interest]:
    with store.reading(engine) as conn:
        return interested.load_interests(conn)


@pytest.mark.parametrize("column", ["fair_id", "graduate_id", "post_id", "side"])
def test_what_makes_the_key_is_filled_in(column: str) -> None:
    row = {"fair_id": "F1", "graduate_id": "G1", "post_id": "P1", "side": "企业"}
    _, problems, _ = parse_row("interests", row | {column: ""})
    assert [(each.column, each.code) for each in problems] == [(column, "missing")]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [("side", "学校", "unknown_word"), ("rank", "0", "not_a_rank"), ("rank", "第一", "not_a_rank")],
)
def test_a_wrong_cell_is_refused(column: str, cell: str, code: str) -> None:
    row = {"fair_id": "F1", "graduate_id": "G1", "post_id": "P1", "side": "企业", column: cell}
    _, problems, _ = parse_row("interests", row)
    assert [(each.column, each.code) for each in problems] == [(column, code)]


def test_an_interest_of_nobody_or_in_nothing_is_refused_whole(
    engine: Engine, tmp_path: Path
) -> None:
    rows = [ROW, ROW | {"毕业生编号": "G9"}, ROW | {"岗位编号": "P9"}]
    with pytest.raises(ImportRefused) as refusal:
        import_files(engine, [sheet(tmp_path / "interests.csv", *rows)], day=DAY)
    assert [(each.row, each.code) for each in refusal.value.problems] == [
        (3, "unknown_graduate"),
        (4, "unknown_post"),
    ]
    assert stored(engine) == []


def test_two_ranks_for_one_wish_contradict_each_other(engine: Engine, tmp_path: Path) -> None:
    path = sheet(tmp_path / "interests.csv", ROW, ROW | {"位次": "2"})
    with pytest.raises(ImportRefused):
        import_files(engine, [path], day=DAY)


def test_interests_come_in_once_and_a_later_rank_counts(engine: Engine, tmp_path: Path) -> None:
    # Both sides want each other: two interests. G2's has no rank.
    rows = [ROW, ROW | {"意向方": "毕业生", "位次": "3"}, ROW | {"毕业生编号": "G2", "位次": ""}]
    path = sheet(tmp_path / "wishes.csv", *rows)
    (first,) = import_files(engine, [path], day=DAY).sheets
    (again,) = import_files(engine, [path], day=DAY).sheets
    assert (first.kind, first.added, again.added, again.unchanged) == ("interests", 3, 0, 3)
    (changed,) = import_files(
        engine, [sheet(tmp_path / "later.csv", ROW | {"位次": "4"})], day=DAY
    ).sheets
    assert (changed.added, changed.changed) == (0, 1)
    at = {"fair_id": "F1", "post_id": "P1"}
    assert stored(engine) == [
        Interest(graduate_id="G1", side=InterestSide.ENTERPRISE, rank=4, **at),
        Interest(graduate_id="G1", side=InterestSide.GRADUATE, rank=3, **at),
        Interest(graduate_id="G2", side=InterestSide.ENTERPRISE, rank=None, **at),
    ]


def test_interests_are_asked_for_by_side_person_post_and_fair(engine: Engine) -> None:
    wanted = [
        Interest(fair_id=fair, graduate_id=who, post_id="P1", side=side)
        for fair in ("F1", "F2")
        for who in ("G1", "G2")
        for side in InterestSide
    ]
    with store.writing(engine) as conn:
        interested.save_interests(conn, wanted)
    with store.reading(engine) as conn:
        found = interested.load_interests(
            conn,
            fair_id="F2",
            side=InterestSide.ENTERPRISE,
            graduate_ids=["G2"],
            post_ids=["P1", "P2"],
        )
        nothing = interested.load_interests(conn, post_ids=["P2"])
    assert [(each.fair_id, each.graduate_id, each.side.value) for each in found] == [
        ("F2", "G2", "enterprise")
    ]
    assert nothing == []
