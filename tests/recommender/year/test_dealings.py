"""How much each group was shown, and how enterprises answered, counted by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from recommender.data import exposures as log
from recommender.data import store
from recommender.data.pseudonyms import Pseudonyms
from recommender.domain import OutcomeStage, StepReason
from recommender.shown import ShownLine, ShownList
from recommender.year import report_words as words
from recommender.year.dealings import NO_REASON, answers, exposures
from tests.builders import DAY, make_graduate, make_outcome, make_post

STAGE = OutcomeStage


@pytest.fixture
def class_of_four(engine: Engine) -> Engine:
    """G1 and G2 of Jining, G3 of Weifang at another college; G4 has not agreed."""
    people = [
        make_graduate(graduate_id="G1"),
        make_graduate(graduate_id="G2"),
        make_graduate(graduate_id="G3", college="另一技师学院", home_region="370700"),
        make_graduate(graduate_id="G4", consent=False),
    ]
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post(), make_post(post_id="P2")], day=date(2026, 4, 1))
        store.save_graduates(conn, people)
    return engine


def show(home: Path, graduate_id: str, *posts: str) -> None:
    person = Pseudonyms(log.keys_dir(home)).make(graduate_id, 2026)
    lines = tuple(ShownLine(post_id=p, open_places=1, score=0.5, price=0.0) for p in posts)
    shown = ShownList(
        request_id="0" * 32,
        day=DAY,
        via="officer",
        person=person,
        model=1,
        published="crosswalk",
        order="market",
        lines=lines,
    )
    log.append(log.lists_dir(home), [shown])


def test_nobody_was_shown_anything(class_of_four: Engine, tmp_path: Path) -> None:
    found = exposures(class_of_four, tmp_path, day=DAY)
    assert {(each.reached, each.posts_each, each.gap) for each in found} == {(0, 0.0, None)}


def test_who_was_shown_how_much_by_college_and_home(class_of_four: Engine, tmp_path: Path) -> None:
    show(tmp_path, "G1", "P1", "P2")
    show(tmp_path, "G1", "P1")  # seen already
    show(tmp_path, "G3", "P1")
    found = {
        (each.by, each.name): (each.graduates, each.reached, each.posts_each, each.gap)
        for each in exposures(class_of_four, tmp_path, day=DAY)
    }
    # Three agreed and saw 2 + 0 + 1 posts, one each; G1 and G2 saw 2 between them.
    assert found == {
        ("all", ""): (3, 2, 1.0, 1.0),
        ("college", "示例技师学院"): (2, 1, 1.0, 1.0),
        ("college", "另一技师学院"): (1, 1, 1.0, 1.0),
        ("home", "370800"): (2, 1, 1.0, 1.0),
        ("home", "370700"): (1, 1, 1.0, 1.0),
    }
    hidden = exposures(class_of_four, tmp_path, day=DAY, exact=False)
    assert {(each.by, each.graduates, each.reached, each.posts_each) for each in hidden} == {
        ("college", None, None, None)
    }


def keep(engine: Engine, *steps: tuple[str, str, OutcomeStage, int, StepReason | None]) -> None:
    with store.writing(engine) as conn:
        for graduate_id, post_id, stage, day, reason in steps:
            made: dict[str, Any] = {"graduate_id": graduate_id, "post_id": post_id}
            made |= {"stage": stage, "date": date(2026, 5, day), "reason": reason}
            store.save_outcome(conn, make_outcome(**made))


def test_what_an_enterprise_said_and_how_fast(class_of_four: Engine) -> None:
    keep(
        class_of_four,
        ("G1", "P1", STAGE.RECOMMENDED, 1, None),
        ("G1", "P1", STAGE.INTERESTED, 3, None),
        ("G1", "P1", STAGE.REJECTED, 5, StepReason.SKILL),
        ("G2", "P1", STAGE.INTERESTED, 1, None),
        ("G2", "P1", STAGE.OFFERED, 9, None),
        ("G2", "P1", STAGE.SIGNED, 10, None),
        ("G3", "P1", STAGE.INTERESTED, 2, None),
        ("G2", "P2", STAGE.REJECTED, 2, None),
    )
    (found,) = answers(class_of_four, day=DAY)
    # Three pairs came; G1 waited from the 1st to the 5th, G2 from the 1st to the 9th, G3 still.
    assert (found.asked, found.answered, found.days) == (3, 2, 6.0)
    said = {reason: n for reason, n in found.reasons.items() if n}
    assert said == {"skill": 1, NO_REASON: 1}
    table = words.answer_table([found], DAY, exact=True)
    row = dict(zip(table.columns, table.rows[0], strict=True))
    assert (row["rejected_skill"], table.titles["rejected_skill"]) == (1, "未录用：技能不符")


def test_small_counts_and_the_median_of_few_are_hidden(class_of_four: Engine) -> None:
    keep(
        class_of_four,
        ("G1", "P1", STAGE.INTERESTED, 1, None),
        ("G1", "P1", STAGE.REJECTED, 2, StepReason.PAY),
    )
    (found,) = answers(class_of_four, day=DAY, exact=False)
    assert (found.asked, found.answered, found.days) == (None, None, None)
    assert found.reasons["pay"] is None
    assert answers(class_of_four, day=DAY, colleges=frozenset()) == []
