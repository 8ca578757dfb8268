"""Faults that a night must notice, each planted by a seed, and how each has to end.

A fault of the sheets changes what is stored on the day of the night; a fault of the machinery
changes what a step of the night gives back.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from benchmarks import faults_of_machinery as machinery
from benchmarks import faults_of_sheets as sheets
from benchmarks.nights import Stored

Change = Callable[[Stored, date, np.random.Generator], Stored]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong, and how the night has to end.

    Attributes
    ----------
    ends
        Verdicts that keep it from publication as a model.
    codes
        Reasons of which at least one has to be given.
    change
        What is stored tonight instead; None where the sheets are right.
    breaks
        Opens what goes wrong inside the night; None where nothing does.
    later
        The night's day, in days after the day it should run.
    """

    name: str
    ends: tuple[str, ...]
    codes: tuple[str, ...]
    change: Change | None = None
    breaks: Callable[[np.random.Generator], AbstractContextManager[Any]] | None = None
    later: int = 0


REFUSED, HELD, BASELINE = "refused", "held", "baseline"
STOPPED = (REFUSED, HELD)

FAULTS = (
    Fault("empty feed", (REFUSED,), ("feed_empty",), sheets.empty_feed),
    Fault("an old backup", (REFUSED,), ("feed_shrunk",), sheets.old_backup),
    Fault("a city withdrawn", (REFUSED,), ("posts_gone",), sheets.city_withdrawn),
    Fault("a city lost", (REFUSED,), ("feed_shrunk", "posts_gone"), sheets.city_lost),
    Fault("a trade lost", (REFUSED,), ("feed_shrunk",), sheets.trade_lost),
    Fault("places × 10", STOPPED, ("season_moved", "ratio_moved"), sheets.places_tenfold),
    Fault("places × 10 in a city", STOPPED, ("season_moved",), sheets.places_of_a_city_tenfold),
    Fault("pay by the year", STOPPED, ("season_moved",), sheets.pay_by_the_year),
    Fault("levels upside down", STOPPED, ("season_moved",), sheets.levels_upside_down),
    Fault("level column upside down", STOPPED, ("more_odd",), sheets.level_column_upside_down),
    Fault("levels asked for upside down", STOPPED, ("more_odd",), sheets.min_levels_upside_down),
    Fault(
        "shuffled labels",
        (*STOPPED, BASELINE),
        ("not_ahead", "more_odd", "reached_moved"),
        sheets.shuffled_labels,
    ),
    Fault("catalog twice", STOPPED, ("more_odd",), sheets.catalog_twice),
    Fault("roster twice", STOPPED, ("more_odd",), sheets.roster_twice),
    Fault("steps a year ahead", STOPPED, ("more_odd",), sheets.steps_a_year_ahead),
    Fault("steps a year back", STOPPED, ("more_odd",), sheets.steps_a_year_back),
    Fault("clock jumps ahead", STOPPED, ("day_jumped",), later=400),
    Fault("clock jumps back", STOPPED, ("day_jumped", "more_odd"), later=-400),
    Fault("half the outcomes late", STOPPED, ("season_moved",), sheets.half_the_outcomes_late),
    Fault("outcomes stop", STOPPED, ("season_moved",), sheets.feed_stopped),
    Fault("occupation codes dropped", (REFUSED,), ("more_unseen",), sheets.codes_dropped),
    Fault("a minor group dropped", (REFUSED,), ("posts_gone",), sheets.group_dropped),
    Fault("trades unreadable", (REFUSED,), ("more_unseen",), sheets.trades_unreadable),
    Fault("a column emptied", STOPPED, ("more_missing",), sheets.column_emptied),
    Fault(
        "leaky column",
        STOPPED,
        ("leak", "too_good", "reached_moved"),
        sheets.leaky_column,
    ),
    Fault("NaN factor", (REFUSED,), ("not_finite",), breaks=machinery.factor_no_number),
    Fault(
        "worse than a rule", (BASELINE, HELD), ("not_ahead",), breaks=machinery.worse_than_a_rule
    ),
    Fault(
        "popularity collapse",
        (*STOPPED, BASELINE),
        ("not_ahead", "coverage", "gini", "reached_moved"),
        breaks=machinery.popularity_collapse,
    ),
    Fault("stale features", (REFUSED,), ("stale_features",), breaks=machinery.stale_features),
    Fault("prices diverge", (REFUSED,), ("prices", "not_finite"), breaks=machinery.prices_diverge),
    Fault("training dies", (REFUSED,), ("training_failed",), breaks=machinery.training_dies),
)
