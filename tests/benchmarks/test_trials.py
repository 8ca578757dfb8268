"""A trial in a market whose effects are known finds both again; the benchmark measures more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.trials import CITY, make_city, trial, truth
from recommender.evaluation.trial_effects import EffectKind

SHARES = (0.0, 0.5)
N_TRIALS = 12


def test_direct_effect_and_crowding_out_are_recovered_within_a_fifth() -> None:
    # Small classes, since those of a trade fare alike and few draws would tell little.
    small = replace(CITY, n_graduates=300, n_posts=15, class_size=(4, 8))
    cities = [make_city(seed, small) for seed in range(14)]
    true = truth(cities, SHARES, n_draws=3)
    trials = [trial(cities, SHARES, seed) for seed in range(N_TRIALS)]
    assert true[EffectKind.DIRECT, 0.5] > 0.05
    assert true[EffectKind.CROWDING, 0.5] < -0.03
    for (kind, share), value in true.items():
        found = [
            each.value for one in trials for each in one if (each.kind, each.share) == (kind, share)
        ]
        assert len(found) == N_TRIALS
        # A fifth of what is true, for the mean of the trials; one of so few cities errs more.
        assert sum(found) / N_TRIALS == pytest.approx(value, rel=0.2)
