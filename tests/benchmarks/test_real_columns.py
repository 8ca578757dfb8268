"""What a column holds is told from its values."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.real.columns import Described, describe, grams_of, tokens
from benchmarks.real.tables import Table


def described(ids: list[str] | None = None, **columns: list[str]) -> Described:
    n_rows = len(next(iter(columns.values())))
    table = Table(
        file="users.csv",
        columns={name: tuple(cells) for name, cells in columns.items()},
        n_rows=n_rows,
    )
    return describe(table, ids or [f"x{at}" for at in range(n_rows)])


def kinds(found: Described) -> dict[str, str]:
    return {column.name: column.kind for column in found.columns}


@pytest.mark.parametrize("name", ["gender", "Sex", "性别", "age_audit_only"])
def test_what_may_never_describe_a_person_is_left_out(name: str) -> None:
    found = described(**{name: ["f", "m", "f", "m"]})
    assert found.columns == ()
    assert "never a feature" in found.notes[0]


def test_a_column_that_says_nothing_is_left_out_and_told() -> None:
    found = described(same=["a"] * 4, empty=[""] * 4, each=["k1", "k9", "b7", "c2"])
    assert found.columns == ()
    assert len(found.notes) == 3


def test_several_values_in_a_cell_share_one() -> None:
    (column,) = described(skills=["ax|be", "ax", "be|cx|", "cx", "", "ax|ax"]).columns
    assert column.kind == "values"
    assert column.names == ("skills:ax", "skills:be", "skills:cx")
    expected = [[0.5, 0.5, 0], [1, 0, 0], [0, 0.5, 0.5], [0, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert column.matrix.toarray().tolist() == expected


def test_numbers_are_cut_into_bins_of_like_size_and_missing_ones_into_none() -> None:
    cells = [str(value) for value in range(1, 33)] + [""]
    (column,) = described(mark=cells).columns
    assert column.kind == "number"
    assert column.matrix.sum(axis=0).tolist() == [4.0] * 8
    assert column.matrix[[32]].nnz == 0


def test_few_numbers_are_categories() -> None:
    assert kinds(described(tier=["1", "2", "1", "2"])) == {"tier": "category"}


def test_codes_keep_their_zeros_and_are_grouped_by_how_they_begin() -> None:
    cells = [f"{group}{last}" for group in ("00", "01", "11", "12") for last in range(5)] * 2
    found = kinds(described(noc=cells))
    assert found == {"noc": "category", "noc[:1]": "code", "noc[:2]": "code"}


def test_ids_that_are_codes_describe_and_running_numbers_do_not() -> None:
    codes = [f"{family:02d}.{last:02d}" for family in (1, 14, 46) for last in (0, 30, 99)]
    column = ["a", "b", "a", "b", "a", "b", "a", "b", "a"]
    assert "id[:1.]" in kinds(described(codes, kind=column))
    running = [f"{at:03d}" for at in range(9)]
    assert kinds(described(running, kind=column)) == {"kind": "category"}


def test_labels_that_differ_are_taken_in_words() -> None:
    cells = ["pastry cook", "line cook", "steel welder", "welder of pipes"]
    (column,) = described(label=cells).columns
    assert column.kind == "words"
    # Cut to six letters; words of a single row say only who it is.
    assert column.names == ("label~:cook", "label~:welder")


def test_a_category_with_long_names_is_taken_in_words_as_well() -> None:
    labels = [
        f"{branch} {kind}"
        for branch in ("civil", "naval")
        for kind in ("aa", "bb", "cc", "dd", "ee", "ff")
    ]
    found = described(trade=labels * 6)
    assert kinds(found) == {"trade": "category", "trade~": "words"}
    assert {"trade~:civil", "trade~:naval"} < set(found.columns[1].names)


def test_chinese_is_taken_two_signs_at_a_time() -> None:
    assert tokens("焊接技术 2025级") == ["焊接", "接技", "技术", "级"]


def test_texts_are_alike_by_the_letters_they_share() -> None:
    left, right = grams_of(["tailor of stone", "cook"], ["stone tailors", "pastry cooks"])
    cosines = (left @ right.T).toarray()
    assert cosines[0, 0] > 0.5 > cosines[0, 1]
    assert cosines[1, 1] > cosines[1, 0]
    assert np.all(cosines <= 1 + 1e-6)
