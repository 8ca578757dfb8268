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
from recommender.model.artefact import current_version, publishing, read_current, versions
from recommender.model.scoring import HybridScorer
from recommender.model.training import TrainingSettings
from recommender.nightly import NightResult, retrain
from tests.builders import (
    CREDIT_CODE,
    DAY,
    OTHER_CREDIT_CODE,
    make_graduate,
    make_outcome,
    make_post,
)

SMALL = TrainingSettings(n_components=8, n_epochs=10)
YEARS = (2023, 2024, 2025, 2026)
PER_COLLEGE = 40


def codes(result: NightResult) -> list[object]:
    return [reason["code"] for reason in result.reasons]


def make_colleges() -> tuple[list[Graduate], list[Post], list[Outcome]]:
    """Give a market that only a model can read: each college's people go to one enterprise.

    Everybody has one trade and one home and all posts one occupation and one city, so that
    popularity and the crosswalk rule see no difference between the two enterprises.
    """
    graduates, posts, outcomes = [], [], []
    firms = {"甲技师学院": CREDIT_CODE, "乙技师学院": OTHER_CREDIT_CODE}
    for year in YEARS:
        since = {"opens_on": date(year, 3, 1), "closes_on": date(year, 8, 31), "headcount": 10}
        for firm, (college, credit_code) in enumerate(firms.items()):
            own = [
                make_post(post_id=f"{year}-{firm}-{n}", credit_code=credit_code, **since)
                for n in range(12)
            ]
            posts += own
            for n in range(PER_COLLEGE):
                someone = f"{year}-{firm}-{n:02}"
                graduates.append(
                    make_graduate(graduate_id=someone, college=college, class_year=year)
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
def colleges(sqlite_engine: Engine) -> Engine:
    graduates, posts, outcomes = make_colleges()
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
    stored_world: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    assert retrain(stored_world, tmp_path, day=DAY, settings=SMALL).version == 1
    whole = nightly._waited

    def broken(fit: Any) -> Any:
        scorer = whole(fit)
        if isinstance(scorer, HybridScorer):
            scorer = replace(scorer, post_biases=np.full_like(scorer.post_biases, np.nan))
        return scorer

    monkeypatch.setattr(nightly, "_waited", broken)
    monkeypatch.setattr(nightly, "decide", _as_if_the_model_had_won)
    result = retrain(stored_world, tmp_path, day=DAY, settings=SMALL)
    assert result.verdict == "refused"
    assert "not_finite" in codes(result)
    assert (current_version(models), versions(models)) == (1, [1])


def _as_if_the_model_had_won(reasons: Any, *, model: str, baseline: str) -> Any:
    """Decide as if the model were ahead, so that it is the one to be published."""
    from recommender.evaluation import verdict

    others = [each for each in reasons if each.effect is not verdict.Effect.BASELINE]
    return verdict.decide(others, model=model, baseline=baseline)


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
    colleges: Engine, tmp_path: Path
) -> None:
    first = retrain(colleges, tmp_path, day=DAY, settings=SMALL)
    assert first.version == 1
    with store.writing(colleges) as conn:
        for table in (schema.outcomes, schema.graduates):
            conn.execute(sa.delete(table).where(table.c.graduate_id < "2025"))
    result = retrain(colleges, tmp_path, day=DAY + timedelta(days=1), settings=SMALL)
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
    colleges: Engine, tmp_path: Path
) -> None:
    result = retrain(colleges, tmp_path, day=DAY, settings=SMALL)
    assert (result.verdict, result.published, result.version) == ("published", "model", 1)
    assert result.class_year == 2025
    figures = {name: of["ndcg@10"]["value"] for name, of in result.contenders.items()}
    assert figures["model"] > max(figures[name] for name in nightly.BASELINES)
    version = read_current(tmp_path / "models")
    assert set(version.prices) == {f"2026-{firm}-{n}" for firm in (0, 1) for n in range(12)}
    assert version.facts["counts"]["graduates"] == len(YEARS) * 2 * PER_COLLEGE
    assert "ndcg@10" in (tmp_path / "models" / "v1" / "card.md").read_text(encoding="utf-8")
    with store.reading(colleges) as conn:
        (night,) = store.load_nights(conn)
    assert (night.verdict, night.published, night.version) == ("published", "model", 1)


def test_the_same_data_gives_the_same_bytes_whatever_the_order_they_came_in(
    colleges: Engine, tmp_path: Path, migrated_file: Path
) -> None:
    retrain(colleges, tmp_path / "a", day=DAY, settings=SMALL)
    path = tmp_path / "again.sqlite3"
    path.write_bytes(migrated_file.read_bytes())
    again = store.connect(f"sqlite:///{path}")
    graduates, posts, outcomes = make_colleges()
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


def test_a_second_night_stands_on_the_first(colleges: Engine, tmp_path: Path) -> None:
    retrain(colleges, tmp_path, day=DAY, settings=SMALL)
    second = retrain(colleges, tmp_path, day=DAY + timedelta(days=1), settings=SMALL)
    assert (second.verdict, second.version) == ("published", 2)
    # With the same settings nothing is left to compare with, and nothing is missed either.
    assert "no_reference" not in codes(second)


def test_other_settings_are_held_to_the_current_ones(colleges: Engine, tmp_path: Path) -> None:
    retrain(colleges, tmp_path, day=DAY, settings=SMALL)
    other = replace(SMALL, n_components=4)
    result = retrain(colleges, tmp_path, day=DAY + timedelta(days=1), settings=other)
    assert nightly.CURRENT in result.contenders
