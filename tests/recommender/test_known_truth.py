"""A truth file is read for the ids of the database, and refused for those of another world."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recommender.errors import NotFound, Unreadable
from recommender.evaluation.known_truth import class_years_of, truth_of_season


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "truth.npz"
    want = np.array([[0.1, 0.2], [0.3, 0.4]], dtype=np.float16)
    np.savez(
        path,
        graduate_ids_2025=np.array(["G1", "G2"]),
        post_ids_2025=np.array(["P1", "P2"]),
        want_2025=want,
        offer_2025=want + np.float16(0.5),
        stay_2025=np.ones((2, 2), dtype=np.float16),
    )
    return path


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        class_years_of(tmp_path / "nothing.npz")


@pytest.mark.parametrize("content", [b"", b"post_id,headcount\n"])
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "truth.npz"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refused:
        class_years_of(path)
    assert refused.value.code == "no_truth"


def test_arrays_of_something_else_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, weights=np.ones(3))
    with pytest.raises(Unreadable):
        class_years_of(path)


def test_a_class_year_that_is_not_in_the_file_is_refused(file: Path) -> None:
    with pytest.raises(Unreadable) as refused:
        truth_of_season(file, 2024, ("G1",), ("P1",))
    assert refused.value.code == "no_truth"


@pytest.mark.parametrize(("graduate_id", "post_id"), [("X1", "P1"), ("G1", "X1")])
def test_ids_of_another_world_are_refused_by_name(
    file: Path, graduate_id: str, post_id: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        truth_of_season(file, 2025, (graduate_id,), (post_id,))
    assert refused.value.code == "another_world"
    assert "X1" in refused.value.value


def test_the_truth_comes_in_the_order_of_the_ids(file: Path) -> None:
    found = truth_of_season(file, 2025, ("G2", "G1"), ("P2",))
    np.testing.assert_allclose(found.want, [[0.4], [0.2]], atol=1e-3)
    np.testing.assert_allclose(found.whole, [[0.4 * 0.9], [0.2 * 0.7]], atol=1e-3)
    assert class_years_of(file) == (2025,)
