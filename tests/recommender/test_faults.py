"""Every kind of fault is kept from publication with a reason, and a clean night is let through.

Faults of the sheets are held to step G0 on a world that has arrived day by day; those of the
machinery to a whole night on a small market. `benchmarks/faults.py` runs all of them through
whole nights.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from benchmarks.fault_library import FAULTS, Fault
from benchmarks.nights import (
    DAY,
    Stored,
    World,
    count_nights,
    days_before,
    make_world,
)
from recommender import nightly
from recommender.data import reference, store
from recommender.domain import Post
from recommender.evaluation.census import count_feed
from recommender.evaluation.feed import Feed, check_input
from recommender.evaluation.limits import load_limits
from recommender.evaluation.verdict import Effect, Reason
from recommender.intake import import_files
from recommender.model.artefact import current_version
from tests.builders import DAY as MARKET_DAY
from tests.recommender.test_nightly import SMALL, make_counties
from training_data.make_sample import write_sample

NIGHT = date(2025, 6, 17)
LIMITS = load_limits()
BY_NAME = {fault.name: fault for fault in FAULTS}
# What only a model shows; the benchmark runs it.
SHOWN_BY_A_MODEL = {"leaky column"}
OF_SHEETS = [f for f in FAULTS if f.breaks is None and f.name not in SHOWN_BY_A_MODEL]
OF_MACHINERY = [fault for fault in FAULTS if fault.breaks is not None]


# Faults of the sheets ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(31, 0.25)


def counted(world: World, stored: Stored, day: date, before: tuple[Post, ...]) -> Feed:
    known = tuple(step for step in stored.outcomes if step.known_by(day))
    return count_feed(
        stored.graduates,
        stored.posts,
        known,
        world.reference,
        day,
        known_trades=reference.known_trades(),
        open_before=[post for post in before if post.is_open(NIGHT - DAY)],
        n_ahead=len(stored.outcomes) - len(known),
    )


@pytest.fixture(scope="module")
def history(world: World) -> list[Feed]:
    return [counted(world, world.by(day), day, ()) for day in days_before(NIGHT)]


def stopping(world: World, history: list[Feed], stored: Stored, day: date) -> list[Reason]:
    feed = counted(world, stored, day, world.by(NIGHT - DAY).posts)
    return [r for r in check_input(feed, history, LIMITS) if r.effect is not Effect.NOTE]


@pytest.mark.parametrize("fault", OF_SHEETS, ids=lambda fault: fault.name)
def test_a_fault_of_the_sheets_stops_the_night_with_its_reason(
    world: World, history: list[Feed], fault: Fault
) -> None:
    stored = world.by(NIGHT)
    if fault.change is not None:
        stored = fault.change(stored, NIGHT, np.random.default_rng(1))
    reasons = stopping(world, history, stored, NIGHT + fault.later * DAY)
    assert {reason.code for reason in reasons} & set(fault.codes)
    if fault.ends == ("refused",):
        assert Effect.REFUSE in {reason.effect for reason in reasons}
    for reason in reasons:
        assert reason.text() != reason.text("en")


def test_the_same_night_without_a_fault_is_let_through(world: World, history: list[Feed]) -> None:
    assert stopping(world, history, world.by(NIGHT), NIGHT) == []


def test_there_are_faults_enough() -> None:
    assert len(BY_NAME) == len(FAULTS) >= 15


def test_a_city_whose_catalog_never_came_is_held_while_it_is_new(world: World) -> None:
    cities = [post.region_code[:4] for post in world.whole.posts]
    city = max(sorted(set(cities)), key=cities.count)

    def without(stored: Stored) -> Stored:
        kept = tuple(
            post
            for post in stored.posts
            if not post.region_code.startswith(city) or post.opens_on < date(2024, 9, 1)
        )
        return replace(stored, posts=kept)

    nights = count_nights(world, date(2025, 1, 10), date(2025, 4, 1), limits=LIMITS, change=without)
    held = [
        feed.day
        for feed, reasons in nights
        if any(r.subject.startswith("open_city") and r.effect is Effect.HOLD for r in reasons)
    ]
    # It is told until most of the last seven nights have shown it.
    assert len(held) == 4


def test_clean_nights_of_a_season_are_let_through(world: World) -> None:
    nights = count_nights(world, date(2025, 2, 26), date(2025, 3, 8), limits=LIMITS)
    stopped = [r for _, reasons in nights for r in reasons if r.effect is not Effect.NOTE]
    assert stopped == []


# Without effect at import --------------------------------------------------------------------


def test_sheets_that_come_twice_change_nothing_and_rows_that_do_are_told(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    write_sample(tmp_path / "sheets", 31, 0.02)
    import_files(sqlite_engine, [tmp_path / "sheets"], day=MARKET_DAY)
    with store.reading(sqlite_engine) as conn:
        revision = store.revision(conn)
    path = tmp_path / "sheets" / "outcomes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows, *rows[1:]])
    again = import_files(sqlite_engine, [tmp_path / "sheets"], day=MARKET_DAY)
    assert [(sheet.added, sheet.changed) for sheet in again.sheets] == [(0, 0)] * 5
    # What the sample itself repeats is told as well.
    repeated = {sheet.kind: sheet.repeated for sheet in again.sheets}
    assert repeated["outcomes"] >= len(rows) - 1
    with store.reading(sqlite_engine) as conn:
        assert store.revision(conn) == revision


# Faults of the machinery ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def fits() -> Iterator[None]:
    """Fit once what every night of this file fits on the same data."""
    kept: dict[tuple[int, int], Future[Any]] = {}
    submit = nightly._submit

    def once(pool: Any, night: Any, people: Any, steps: Any, settings: Any) -> Future[Any]:
        key = (len(people), len(steps))
        if key not in kept:
            kept[key] = submit(pool, night, people, steps, settings)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nightly, "_submit", once)
        yield


@pytest.fixture(scope="module")
def published(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory, fits: None) -> Path:
    """Give a home with a small market and a model published the night before."""
    home = tmp_path_factory.mktemp("market")
    shutil.copyfile(migrated_file, home / "placement.sqlite3")
    engine = store.connect(f"sqlite:///{home / 'placement.sqlite3'}")
    graduates, posts, outcomes = make_counties()
    with store.writing(engine) as conn:
        store.save_posts(conn, posts, day=date(2023, 1, 1))
        store.save_graduates(conn, graduates)
        store.save_outcomes(conn, outcomes)
    day = MARKET_DAY - timedelta(days=1)
    result = nightly.retrain(engine, home, day=day, settings=SMALL)
    engine.dispose()
    assert (result.verdict, result.published) == ("published", "model")
    return home


def night_on(published: Path, home: Path) -> tuple[nightly.NightResult, int]:
    shutil.copytree(published, home)
    engine = store.connect(f"sqlite:///{home / 'placement.sqlite3'}")
    result = nightly.retrain(engine, home, day=MARKET_DAY, settings=SMALL)
    engine.dispose()
    return result, current_version(home / "models")


@pytest.mark.parametrize("fault", OF_MACHINERY, ids=lambda fault: fault.name)
def test_a_fault_of_the_machinery_keeps_the_model_from_publication(
    published: Path, tmp_path: Path, fault: Fault
) -> None:
    assert fault.breaks is not None
    with fault.breaks(np.random.default_rng(1)):
        result, version = night_on(published, tmp_path / "home")
    assert result.verdict in fault.ends
    grave = {reason["code"] for reason in result.reasons if reason["effect"] != "note"}
    assert grave & set(fault.codes)
    assert result.published != "model"
    assert (version == 1) == (result.verdict != "baseline")


def test_the_same_night_without_a_fault_publishes_the_model(
    published: Path, tmp_path: Path
) -> None:
    result, version = night_on(published, tmp_path / "home")
    assert (result.verdict, result.published, version) == ("published", "model", 2)
