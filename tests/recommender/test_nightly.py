"""A night publishes, publishes a baseline instead, holds or refuses; somebody always answers."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from recommender import nightly
from recommender.data import schema, store
from recommender.domain import Graduate, Outcome, OutcomeStage, Post
from recommender.errors import Busy
from recommender.evaluation.verdict import Effect, Reason
from recommender.model.artefact import current_version, publishing, read_current, versions
from recommender.model.chances import ChanceScorer
from recommender.model.training import TrainingSettings
from recommender.model.trees import StageSettings
from recommender.nightly import ModelSettings, NightResult, retrain
from tests.builders import (
    DAY,
    make_graduate,
    make_outcome,
    make_post,
)

SMALL = ModelSettings(
    factorization=TrainingSettings(n_components=8, n_epochs=10), wants=StageSettings(n_rounds=20)
)
YEARS = (2023, 2024, 2025, 2026)
COUNTIES = ("370811", "370832")  # Rencheng and Liangshan, both in Jining, 80 km apart
PER_COUNTY = 40
N_POSTS = 12


def codes(result: NightResult) -> list[object]:
    return [reason["code"] for reason in result.reasons]


def make_counties() -> tuple[list[Graduate], list[Post], list[Outcome]]:
    """Give a market that only a model can read: people go to the nearer of two counties.

    Everybody has one trade, all posts one occupation and one enterprise, and both counties lie
    in one city, so that neither popularity nor the crosswalk rule can tell them apart.
    """
    graduates, posts, outcomes = [], [], []
    for year in YEARS:
        since = {"opens_on": date(year, 3, 1), "closes_on": date(year, 8, 31), "headcount": 10}
        for number, county in enumerate(COUNTIES):
            own = [
                make_post(post_id=f"{year}-{number}-{n:02}", region_code=county, **since)
                for n in range(N_POSTS)
            ]
            posts += own
            for n in range(PER_COUNTY):
                someone = f"{year}-{number}-{n:02}"
                graduates.append(
                    make_graduate(graduate_id=someone, home_region=county, class_year=year)
                )
                if year == YEARS[-1]:
                    continue
                where = own[n % len(own)].post_id
                outcomes += [
                    make_outcome(graduate_id=someone, post_id=where, stage=stage, date=day)
                    for stage, day in (
                        (OutcomeStage.SIGNED, date(year, 5, 1)),
                        (OutcomeStage.STARTED, date(year, 7, 1)),
                        (OutcomeStage.RETAINED, date(year, 7, 1) + timedelta(days=180)),
                    )
                ]
    return graduates, posts, outcomes


@pytest.fixture
def counties(sqlite_engine: Engine) -> Engine:
    graduates, posts, outcomes = make_counties()
    with store.writing(sqlite_engine) as conn:
        store.save_posts(conn, posts, day=date(2023, 1, 1))
        store.save_graduates(conn, graduates)
        store.save_outcomes(conn, outcomes)
    return sqlite_engine


# Refusals ----------------------------------------------------------------------------------


def test_an_empty_database_is_refused_and_leaves_a_line_in_the_journal(
    engine: Engine, tmp_path: Path
) -> None:
    result = retrain(engine, tmp_path, day=DAY)
    assert (result.verdict, result.published, result.version) == ("refused", None, None)
    assert codes(result) == ["feed_empty", "feed_empty"]
    assert versions(tmp_path / "models") == []
    with store.reading(engine) as conn:
        (night,) = store.load_nights(conn)
    assert (night.verdict, night.day) == ("refused", DAY)
    assert night.digest == result.digest != ""


def test_a_second_night_at_the_same_time_is_busy(engine: Engine, tmp_path: Path) -> None:
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with publishing(tmp_path / "models"):
            holds.set()
            done.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    holds.wait(10)
    try:
        with pytest.raises(Busy):
            retrain(engine, tmp_path, day=DAY)
    finally:
        done.set()
        other.join()


def test_a_factor_that_is_no_number_is_refused_and_the_last_good_version_stays(
    counties: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    assert retrain(counties, tmp_path, day=DAY, settings=SMALL).version == 1
    whole = nightly._waited

    def broken(fit: Any) -> Any:
        scorer = whole(fit)
        if isinstance(scorer, ChanceScorer):
            scorer = replace(scorer, base=np.full_like(scorer.base, np.nan))
        return scorer

    monkeypatch.setattr(nightly, "_waited", broken)
    result = retrain(counties, tmp_path, day=DAY, settings=SMALL)
    assert result.verdict == "refused"
    assert "not_finite" in codes(result)
    assert (current_version(models), versions(models)) == (1, [1])


def test_training_that_dies_is_refused(
    stored_world: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def died(fit: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(nightly, "_waited", died)
    result = retrain(stored_world, tmp_path, day=DAY, settings=SMALL)
    assert (result.verdict, result.version) == ("refused", None)
    assert codes(result)[-1] == "training_failed"


def test_a_feed_that_lost_its_graduates_is_refused_the_night_after(
    counties: Engine, tmp_path: Path
) -> None:
    first = retrain(counties, tmp_path, day=DAY, settings=SMALL)
    assert first.version == 1
    with store.writing(counties) as conn:
        for table in (schema.outcomes, schema.graduates):
            conn.execute(sa.delete(table).where(table.c.graduate_id < "2025"))
    result = retrain(counties, tmp_path, day=DAY + timedelta(days=1), settings=SMALL)
    assert result.verdict == "refused"
    assert "feed_shrunk" in codes(result)
    assert current_version(tmp_path / "models") == 1


# A baseline instead ------------------------------------------------------------------------


def test_where_nothing_is_known_the_crosswalk_rule_answers(engine: Engine, tmp_path: Path) -> None:
    with store.writing(engine) as conn:
        store.save_posts(conn, [make_post()], day=DAY)
        store.save_graduates(conn, [make_graduate()])
    result = retrain(engine, tmp_path, day=DAY)
    assert (result.verdict, result.published) == ("baseline", "crosswalk")
    assert (result.class_year, result.contenders) == (None, {})
    assert "nothing_known" in codes(result)
    assert read_current(tmp_path / "models").published == "crosswalk"


def test_a_model_that_nobody_could_judge_is_not_published(
    stored_world: Engine, tmp_path: Path
) -> None:
    # All steps are of the class of 2025, which is held out: no model can be fitted before it.
    result = retrain(stored_world, tmp_path, day=DAY, settings=SMALL)
    assert (result.verdict, result.class_year) == ("baseline", 2025)
    assert set(result.contenders) == {"popularity", "popularity_in_trade", "crosswalk"}


# Publishing --------------------------------------------------------------------------------


def test_a_model_that_is_clearly_ahead_is_published_with_its_card_and_prices(
    counties: Engine, tmp_path: Path
) -> None:
    result = retrain(counties, tmp_path, day=DAY, settings=SMALL)
    assert (result.verdict, result.published, result.version) == ("published", "model", 1)
    assert result.class_year == 2025
    figures = {name: of["ndcg@10"]["value"] for name, of in result.contenders.items()}
    assert figures["model"] > max(figures[name] for name in nightly.BASELINES)
    version = read_current(tmp_path / "models")
    assert set(version.prices) == {
        f"2026-{number}-{n:02}" for number in range(len(COUNTIES)) for n in range(N_POSTS)
    }
    assert version.facts["counts"]["graduates"] == len(YEARS) * len(COUNTIES) * PER_COUNTY
    assert "ndcg@10" in (tmp_path / "models" / "v1" / "card.md").read_text(encoding="utf-8")
    with store.reading(counties) as conn:
        (night,) = store.load_nights(conn)
    assert (night.verdict, night.published, night.version) == ("published", "model", 1)


def test_the_same_data_gives_the_same_bytes_whatever_the_order_they_came_in(
    counties: Engine, tmp_path: Path, migrated_file: Path
) -> None:
    retrain(counties, tmp_path / "a", day=DAY, settings=SMALL)
    path = tmp_path / "again.sqlite3"
    path.write_bytes(migrated_file.read_bytes())
    again = store.connect(f"sqlite:///{path}")
    graduates, posts, outcomes = make_counties()
    with store.writing(again) as conn:
        store.save_posts(conn, posts[::-1], day=date(2023, 1, 1))
        store.save_graduates(conn, graduates[::-1])
        store.save_outcomes(conn, outcomes[::-1])
    retrain(again, tmp_path / "b", day=DAY, settings=SMALL)
    again.dispose()
    first, second = (
        {
            file.name: file.read_bytes()
            for file in (tmp_path / run / "models" / "v1").iterdir()
            if file.suffix == ".npy" or file.name in ("features.json", "prices.json")
        }
        for run in "ab"
    )
    assert len(first) >= 5
    assert first == second


def test_a_second_night_stands_on_the_first(counties: Engine, tmp_path: Path) -> None:
    retrain(counties, tmp_path, day=DAY, settings=SMALL)
    second = retrain(counties, tmp_path, day=DAY + timedelta(days=1), settings=SMALL)
    assert (second.verdict, second.version) == ("published", 2)
    # With the same settings nothing is left to compare with, and nothing is missed either.
    assert "no_reference" not in codes(second)


def test_other_settings_are_held_to_the_current_ones(counties: Engine, tmp_path: Path) -> None:
    retrain(counties, tmp_path, day=DAY, settings=SMALL)
    other = replace(SMALL, wants=StageSettings(n_rounds=10))
    result = retrain(counties, tmp_path, day=DAY + timedelta(days=1), settings=other)
    assert nightly.CURRENT in result.contenders


def test_the_factorization_is_compared_but_never_stands_in_for_a_plain_rule(
    counties: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_is_ahead(*_: Any, **__: Any) -> tuple[Reason, ...]:
        return (Reason(step="G2", code="not_ahead", effect=Effect.BASELINE, measured=0, limit=0),)

    monkeypatch.setattr(nightly.gate, "check_model", nobody_is_ahead)
    result = retrain(counties, tmp_path, day=DAY, settings=SMALL)
    figures = {name: of["ndcg@10"]["value"] for name, of in result.contenders.items()}
    assert figures[nightly.FACTORIZATION] > max(figures[name] for name in nightly.BASELINES)
    # The rule in its place sees no difference between these posts, which is said, no more.
    assert result.verdict == "baseline"
    assert result.published in nightly.BASELINES
    assert "spread" in codes(result)
