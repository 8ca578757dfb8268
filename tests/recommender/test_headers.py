"""Names of columns, as people write them."""

from __future__ import annotations

import pytest

from recommender.data.headers import letters, n_known_names, written
from recommender.data.tabular import Flaw


def test_cells_that_are_no_names_are_not_counted() -> None:
    row = ["岗位编号", 5.0, None, Flaw("merged_cell", ""), "备注", "headcount", "岗位编号"]
    assert n_known_names(row) == 2


@pytest.mark.parametrize("header", ["Post_ID *", "ＰＯＳＴ ＩＤ", "post\u200b_id"])
def test_a_header_is_written_plainly(header: str) -> None:
    assert written(header) == "postid"


@pytest.mark.parametrize(
    ("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")]
)
def test_a_column_is_named_as_excel_names_it(place: int, name: str) -> None:
    assert letters(place) == name
