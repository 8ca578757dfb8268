"""A held-out class year for tests: a test states only what it is about."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.compare import HeldOut


def make_held_out(
    gains: list[list[float]],
    *,
    eligible: list[list[int]] | None = None,
    capacities: list[int] | None = None,
    colleges: list[str] | None = None,
    slices: Mapping[str, list[str]] | None = None,
) -> HeldOut:
    """Give a class year of one college, all eligible, one place a post."""
    array = np.array(gains, dtype=np.float32)
    n_graduates, n_posts = array.shape
    return HeldOut(
        class_year=2025,
        graduate_ids=tuple(f"G{i}" for i in range(n_graduates)),
        post_ids=tuple(f"P{j}" for j in range(n_posts)),
        colleges=np.array(colleges or ["C"] * n_graduates),
        eligible=np.ones(array.shape, bool) if eligible is None else np.array(eligible, bool),
        gains=array,
        capacities=np.array(capacities or [1] * n_posts, dtype=np.int32),
        slices={name: np.array(labels) for name, labels in (slices or {}).items()},
    )


def scores(*rows: list[float]) -> NDArray[np.float32]:
    """Give a contender's scores, one row per graduate."""
    return np.array(rows, dtype=np.float32)
