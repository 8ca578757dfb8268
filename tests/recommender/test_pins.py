"""The sheet of what an officer fixed and barred: every problem told, and nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender import failures
from recommender.data.pins import read_pins
from recommender.errors import ImportRefused, NotFound

HEADER = "毕业生编号,岗位编号,安排\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "pins.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_pins(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(0, "empty_file")]),
        ("毕业生编号,岗位编号\nG1,P1\n", [(0, "no_pins_header")]),
        (HEADER + "G1,P1,保留\nG2,,固定\n", [(2, "unknown_word"), (3, "missing")]),
        (HEADER + "G1,P1,固定\nG1,P2,固定\n", [(3, "duplicate_id")]),
        (HEADER + "G1,P1,固定\nG1,P1,禁止\n", [(2, "fixed_and_barred")]),
        (HEADER + "1E+05,P1,固定\n", [(2, "id_in_scientific_notation")]),
    ],
)
def test_every_problem_is_told_with_its_row(
    tmp_path: Path, text: str, expected: list[tuple[int, str]]
) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read_pins(written(tmp_path, text))
    assert [(each.row, each.code) for each in refusal.value.problems] == expected
    # Each has its sentence, in both languages.
    for language in ("zh", "en"):
        assert len(failures.sentences(refusal.value, language)) == len(expected) + 1


def test_what_is_fixed_and_what_is_barred_is_read_in_either_language(tmp_path: Path) -> None:
    chinese = written(tmp_path, "合作岗位安排,,\n" + HEADER + "007,P1,固定\nG2,P1,禁止\n,,\n")
    assert read_pins(chinese) == ({"007": "P1"}, {("G2", "P1")})
    english = written(tmp_path, "decision,post_id,graduate_id\nfixed,P1,007\nbarred,P1,G2\n")
    assert read_pins(english) == ({"007": "P1"}, {("G2", "P1")})
