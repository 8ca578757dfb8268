"""Lists and assignments for a whole class year: nobody beyond the rules or the places."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender.assignments import assign
from recommender.cohorts import Among, rank_cohort
from recommender.errors import Ineligible, NoModel, NotFound
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_graduate,
    make_reference,
)

CLASS_OF_2025 = Among(class_year=2025)


def test_without_a_version_nothing_is_ranked_or_assigned(
    stored_world: Engine, tmp_path: Path
) -> None:
    for ask in (rank_cohort, assign):
        with pytest.raises(NoModel):
            ask(stored_world, tmp_path / "none", day=DAY)


def test_an_unknown_graduate_or_class_year_is_not_found(
    stored_world: Engine, models_dir: Path
) -> None:
    with pytest.raises(NotFound) as refusal:
        rank_cohort(stored_world, models_dir, day=DAY, graduate_ids=["G6", "nobody"])
    assert refusal.value.key == "nobody"
    with pytest.raises(NotFound):
        rank_cohort(stored_world, models_dir, day=DAY, class_year=2031)
    with pytest.raises(NotFound):
        assign(stored_world, models_dir, day=DAY, among=Among(class_year=2031))


@pytest.mark.parametrize(
    ("among", "kind", "suggested"),
    [
        (Among(trade="焊接"), "trade", ("焊接加工",)),
        (Among(class_name="24焊接1班"), "class_name", ()),
        (Among(order_class="91370800MA3X00001H"), "order_class", ()),
        # The welder is no electrician.
        (Among(trade="焊接加工", class_name="24焊接1班"), "class_name", ()),
    ],
)
def test_a_trade_or_class_that_nobody_has_is_refused_with_what_is_alike(
    stored_world: Engine, models_dir: Path, among: Among, kind: str, suggested: tuple[str, ...]
) -> None:
    with pytest.raises(NotFound) as refusal:
        assign(stored_world, models_dir, day=DAY, among=among)
    assert (refusal.value.kind, refusal.value.suggestions) == (kind, suggested)


def test_a_sheet_fixes_and_bars_pairs(
    stored_world: Engine, models_dir: Path, tmp_path: Path
) -> None:
    sheet = tmp_path / "pins.csv"
    sheet.write_text("graduate_id,post_id,decision\nG6,P3,固定\n", encoding="utf-8")
    with pytest.raises(Ineligible) as refusal:  # P3 asks for a licence that G6 has not
        assign(stored_world, models_dir, day=DAY, pins_file=sheet)
    assert "licence" in [code for code, _ in refusal.value.rules]
    # Left alone, G6 has P1 and G7 has P4.
    sheet.write_text("graduate_id,post_id,decision\nG6,P5,固定\nG7,P4,禁止\n", encoding="utf-8")
    table = assign(stored_world, models_dir, day=DAY, pins_file=sheet)
    assert {row[0]: row[1] for row in table.rows} == {"G6": "P5", "G7": "P1", "G8": "P5"}
    assert table.facts["n_kept"] == 1


def test_only_those_asked_about_are_placed(stored_world: Engine, models_dir: Path) -> None:
    table = assign(stored_world, models_dir, day=DAY, among=Among(trade="幼儿教育"))
    assert [row[:2] for row in table.rows] == [("G8", "P5")]
    assert table.facts["n_graduates"] == 1


def test_whom_a_cohort_is_narrowed_to() -> None:
    people = [
        make_graduate(graduate_id="a", class_name="1班", order_class=CREDIT_CODE),
        make_graduate(graduate_id="b", class_name="1班"),
        make_graduate(graduate_id="c", class_name="2班", order_class=OTHER_CREDIT_CODE),
        make_graduate(graduate_id="d", trade="焊工班"),
    ]
    reference = replace(make_reference(), trade_names={"焊工班": "焊接加工"})

    def of(among: Among) -> str:
        return "".join(each.graduate_id for each in among.choose(people, reference))

    assert of(Among()) == "abcd"
    assert of(Among(class_name="1班")) == "ab"
    assert of(Among(order_class=CREDIT_CODE)) == "a"
    # A name that an officer mapped is the trade that it is read as, either way round.
    assert of(Among(trade="焊接加工")) == of(Among(trade="焊工班")) == "abcd"
    with pytest.raises(NotFound) as refusal:
        of(Among(class_name="3班"))
    assert set(refusal.value.suggestions) == {"1班", "2班"}


def test_the_class_year_being_placed_is_ranked_by_default(
    stored_world: Engine, models_dir: Path
) -> None:
    table = rank_cohort(stored_world, models_dir, day=DAY, order="fit")
    assert table.columns == ("graduate_id", "post_id", "rank", "score")
    # Who may take what: see `make_small_world`. P2 is full; P3 asks for a licence, which G7
    # holds, who declined it.
    allowed = {"G6": {"P1", "P5"}, "G7": {"P1", "P4", "P5"}, "G8": {"P1", "P4", "P5"}}
    found: dict[str, set[str]] = {}
    for graduate_id, post_id, *_ in table.rows:
        found.setdefault(str(graduate_id), set()).add(str(post_id))
    assert found == allowed


@pytest.mark.parametrize("order", ["market", "fit"])
def test_rows_come_by_graduate_and_rank_and_the_score_never_rises(
    stored_world: Engine, models_dir: Path, order: str
) -> None:
    rows = rank_cohort(stored_world, models_dir, day=DAY, order=order).rows
    assert [row[:1] + row[2:3] for row in rows] == sorted(row[:1] + row[2:3] for row in rows)
    for above, below in pairwise(rows):
        if above[0] == below[0]:
            assert above[3] >= below[3]  # type: ignore[operator] # both are floats


def test_one_graduate_is_ranked_at_the_prices_of_the_whole_class_year(
    stored_world: Engine, models_dir: Path
) -> None:
    everybody = rank_cohort(stored_world, models_dir, day=DAY).rows
    alone = rank_cohort(stored_world, models_dir, day=DAY, graduate_ids=["G8"]).rows
    assert alone == [row for row in everybody if row[0] == "G8"]


def test_reasons_are_written_as_json(stored_world: Engine, models_dir: Path) -> None:
    table = rank_cohort(
        stored_world, models_dir, day=DAY, graduate_ids=["G6"], top=1, order="fit", reasons=True
    )
    assert table.columns[-1] == "reasons"
    told = json.loads(str(table.rows[0][-1]))
    assert {each["code"] for each in told} == {"trade_occupation", "home_place"}


def test_everybody_is_assigned_to_their_own_best_post_where_places_allow(
    stored_world: Engine, models_dir: Path
) -> None:
    table = assign(stored_world, models_dir, day=DAY)
    placed = {str(row[0]): str(row[1]) for row in table.rows}
    # P1 has one place left, P4 one, P5 three: the welder gets the welder's post, the nurse
    # the nursery's, and the electrician the electrician's.
    assert placed == {"G6": "P1", "G7": "P4", "G8": "P5"}
    assert [row[2] for row in table.rows] == [1.0, 1.0, 1.0]
    assert (table.facts["score"], table.facts["n_placed"]) == ("percentile", 3)


def test_an_assigned_score_is_the_place_in_the_ranking_by_fit(
    stored_world: Engine, models_dir: Path
) -> None:
    lists: dict[object, list[object]] = {}
    for graduate_id, post_id, *_ in rank_cohort(
        stored_world, models_dir, day=DAY, order="fit"
    ).rows:
        lists.setdefault(graduate_id, []).append(post_id)
    for graduate_id, post_id, score in assign(stored_world, models_dir, day=DAY).rows:
        own = lists[graduate_id]
        assert score == pytest.approx(1 - own.index(post_id) / len(own))


def test_who_gets_no_post_is_listed_with_the_rule_on_request(
    stored_world: Engine, models_dir: Path
) -> None:
    table = assign(stored_world, models_dir, day=DAY, among=CLASS_OF_2025, include_unplaced=True)
    assert table.columns == ("graduate_id", "post_id", "score", "reason")
    reasons = {str(row[0]): str(row[3]) for row in table.rows}
    assert reasons["G1"] == "unplaced"
    assert "consent" in reasons["G5"].split(";")
    assert table.facts["unplaced"] == Counter(code for code in reasons.values() if code)
    # G4 left in September and is free again; the post they left is theirs to take back.
    assert reasons["G4"] == ""


@pytest.mark.parametrize("congestion", [-0.5, 1.5])
def test_a_congestion_outside_0_to_1_is_refused(
    stored_world: Engine, models_dir: Path, congestion: float
) -> None:
    with pytest.raises(ValueError, match="congestion"):
        rank_cohort(stored_world, models_dir, day=DAY, congestion=congestion)


def test_no_congestion_is_the_order_by_fit_and_the_table_says_how_much_there_was(
    stored_world: Engine, models_dir: Path
) -> None:
    by_fit = rank_cohort(stored_world, models_dir, day=DAY, order="fit")
    none, half, whole = (
        rank_cohort(stored_world, models_dir, day=DAY, congestion=c) for c in (0, 0.5, 1)
    )
    assert none.rows == by_fit.rows
    assert whole.rows == rank_cohort(stored_world, models_dir, day=DAY).rows
    scores = [{row[:2]: float(str(row[3])) for row in each.rows} for each in (none, half, whole)]
    for pair, fit in scores[0].items():
        assert scores[2][pair] <= scores[1][pair] <= fit
    # P1 has one place for three who may take it.
    assert scores[2]["G6", "P1"] < scores[1]["G6", "P1"] < scores[0]["G6", "P1"]
    assert [each.facts["congestion"] for each in (by_fit, none, half, whole)] == [0, 0, 0.5, 1]
    assert whole.facts["converged"]
