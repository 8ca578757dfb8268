"""Limits are all there, are numbers, and run the right way round, or there is no night."""

from __future__ import annotations

from pathlib import Path

import pytest

from recommender.evaluation.limits import LIMITS_FILE, Band, load_limits


def changed(tmp_path: Path, before: str, after: str) -> Path:
    text = LIMITS_FILE.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path = tmp_path / "limits.toml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("too_good = 3.0", "", r"missing or unknown limit of \[floor\]: too_good"),
        ("too_good = 3.0", "too_good = 3.0\nto_good = 2", r"limit of \[floor\]: to_good"),
        ("[rehearsal]", "[rehersal]", "section: rehearsal, rehersal"),
        ("overlap = [0.4, 1.0]", "overlap = 0.4", "rehearsal.overlap: 0.4 is not a pair"),
        ("overlap = [0.4, 1.0]", "overlap = [0.4]", "rehearsal.overlap: .* is not a pair"),
        ("overlap = [0.4, 1.0]", "overlap = [1.0, 0.4]", "rehearsal.overlap: .* not from 1.0"),
        ("overlap = [0.4, 1.0]", "overlap = [nan, 1.0]", "rehearsal.overlap: .* not from nan"),
        ("overlap = [0.4, 1.0]", 'overlap = ["0.4", 1.0]', "rehearsal.overlap: '0.4' is not"),
        ("trailing_runs = 7", "trailing_runs = 7.5", "input.trailing_runs: 7.5 is not"),
        ("trailing_runs = 7", "trailing_runs = true", "input.trailing_runs: True is not"),
        ("trailing_runs = 7", "trailing_runs = [7, 8]", r"input.trailing_runs: \[7, 8\] is not"),
    ],
)
def test_a_wrong_limit_is_named(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        load_limits(changed(tmp_path, before, after))


def test_the_limits_of_the_project_are_read() -> None:
    limits = load_limits()
    assert limits.input.trailing_runs == 7
    assert limits.input.total == Band(0.7, 3.0)
    assert limits.sanity.forbidden == Band(0, 0)
    assert limits.no_worse.lead == -0.01
    assert limits.rehearsal.overlap == Band(0.4, 1.0)


@pytest.mark.parametrize(
    ("value", "end"), [(0.4, None), (1.0, None), (0.7, None), (0.39, 0.4), (1.01, 1.0)]
)
def test_a_band_lets_both_ends_through(value: float, end: float | None) -> None:
    assert Band(0.4, 1.0).broken_by(value) == end


def test_what_is_no_number_is_outside_every_band() -> None:
    assert Band(0.4, 1.0).broken_by(float("nan")) == 0.4
    assert Band(float("-inf"), float("inf")).broken_by(float("nan")) is not None
