"""One move in an assignment that was written to a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from recommender.assignment_printouts import BREACHES, moved_json, moved_lines
from recommender.assignments import adjust, assign, rows_of
from recommender.data.placed import read_placed
from recommender.errors import ImportRefused, NotFound
from recommender.matching import draft
from tests.builders import DAY


@pytest.fixture
def written(stored_world: Engine, models_dir: Path, tmp_path: Path) -> Path:
    """Write the small world's assignment: G6 has P1, G7 has P4, G8 has P5."""
    path = tmp_path / "placed.csv"
    rows = assign(stored_world, models_dir, day=DAY).rows
    lines = ["graduate_id,post_id,score", *(f"{who},{post},{score}" for who, post, score in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("a,b\n1,2\n", [(0, "no_assignment_header")]),
        ("graduate_id,post_id\nG1,P1\nG1,P2\n", [(3, "duplicate_id")]),
        ("graduate_id,post_id\n,P1\n", [(2, "missing")]),
    ],
)
def test_a_file_that_is_no_assignment_is_refused(
    tmp_path: Path, text: str, problems: list[tuple[int, str]]
) -> None:
    path = tmp_path / "placed.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportRefused) as refusal:
        read_placed(path)
    assert [(each.row, each.code) for each in refusal.value.problems] == problems


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_placed(tmp_path / "none.csv")


def test_who_has_no_post_stands_in_the_file_without_one(tmp_path: Path) -> None:
    path = tmp_path / "placed.csv"
    path.write_text("毕业生编号,岗位编号,原因\nG1,P1,\nG2,,consent\n", encoding="utf-8")
    assert read_placed(path) == {"G1": "P1"}


def test_a_move_against_a_rule_is_told_with_the_rule(
    stored_world: Engine, models_dir: Path, written: Path
) -> None:
    # P3 asks for a licence that G6 has not; without G6's post a value is gone.
    before, moved = adjust(
        stored_world, models_dir, day=DAY, assignment=written, graduate_id="G6", post_id="P3"
    )
    assert "licence" in {each.code for each in moved.broken}
    assert moved.total < before.total
    assert "违反：G6 → P3: 缺少所需操作证" in list(moved_lines(before, moved, "zh"))
    assert "Breaks: G6 → P3: a licence required is missing" in list(
        moved_lines(before, moved, "en")
    )
    assert moved_json(before, moved)["total_before"] == before.total


def test_a_move_that_breaks_nothing_gives_the_file_with_it(
    stored_world: Engine, models_dir: Path, written: Path
) -> None:
    before, moved = adjust(
        stored_world, models_dir, day=DAY, assignment=written, graduate_id="G6", post_id=None
    )
    assert (before.n_placed, moved.n_placed, moved.broken) == (3, 2, ())
    assert [row[:2] for row in rows_of(moved.draft)] == [
        row[:2] for row in rows_of(before) if row[0] != "G6"
    ]
    score = next(float(str(row[2])) for row in rows_of(before) if row[0] == "G6")
    assert before.total - moved.total == pytest.approx(score, abs=1e-6)


def test_everything_that_a_draft_can_break_has_words() -> None:
    source = Path(draft.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'code="(\w+)"', source)) | {"overfilled", "reserved"}
    assert named == set(BREACHES)
