"""Worlds whose truth is known: what is told of them, and small ones from sheets to lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import worlds
from benchmarks.linear_world import fit_narrowed
from benchmarks.one_world import (
    CLASS_YEAR,
    DAY,
    ORACLE,
    RANDOM,
    TRUTH,
    Night,
    Ranked,
    live_through,
    ndcg,
    ranked,
    taken_in,
    told_of,
)
from benchmarks.worlds import Planned, beats_popularity, left, ratio, read, run, tables, write
from recommender.cohorts import rank_cohort
from recommender.data import store
from recommender.evaluation.metrics import ndcg_at_k
from recommender.evaluation.world import build_world
from recommender.evaluation.world_config import Kind, sanity_config
from recommender.examination.contest import scores_of
from recommender.model.interactions import training_data
from recommender.model.topk import NO_POST
from recommender.model.training import TrainingSettings
from recommender.nightly import FACTORIZATION, MODEL
from training_data import make_sample, sample_setting

# What is told


def null_told(seed: int, low: float, *, published: str = "crosswalk") -> dict[str, Any]:
    return {
        "name": f"null {seed} 0.2",
        "kind": "null",
        "seed": seed,
        "scale": 0.2,
        "commit": "abc",
        "day": "2026-11-24",
        "verdict": "baseline",
        "published": published,
        "ahead_of_popularity": {MODEL: [0.01, low, 0.05], FACTORIZATION: [-0.1, -0.2, 0.0]},
    }


def test_a_world_is_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def measured(folder: Path, kind: Kind, seed: int, scale: float) -> dict[str, Any]:
        asked.append(seed)
        return {"verdict": "baseline", "published": "crosswalk", "ahead_of_popularity": {}}

    monkeypatch.setattr(worlds, "measure", measured)
    plan = [Planned(Kind.NULL, seed, 0.2) for seed in (1, 2, 3)]
    kept, said = tmp_path / "worlds.jsonl", list[str]()
    run(plan[:2], kept, said.append)
    assert left(plan, read(kept)) == plan[2:]
    monkeypatch.setattr(worlds, "_commit", lambda: "another")
    run(plan, kept, said.append)
    assert asked == [1, 2, 3]
    # Two worlds, then the warning of the other commit, then the third.
    assert len(said) == 4
    assert "another" in said[2]


def test_only_a_whole_interval_above_nought_beats_popularity() -> None:
    assert not beats_popularity(null_told(1, -0.01))
    assert not beats_popularity(null_told(1, 0.0))
    assert beats_popularity(null_told(1, 0.001))


def test_the_table_counts_the_seeds_in_which_somebody_was_ahead() -> None:
    told = [null_told(1, -0.01), null_told(2, 0.02, published=MODEL), null_told(3, -0.02)]
    line = next(line for line in tables(told).splitlines() if line.startswith("| Null"))
    assert "3 seeds" in line
    assert "1 of 3 (seeds 2); the model published in 1 (seeds 2)" in line


def test_a_page_keeps_what_stands_around_the_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{worlds.MARKS[0]}\nold\n{worlds.MARKS[1]}\nafter\n", encoding="utf-8")
    write(page, "new")
    assert page.read_text(encoding="utf-8") == (
        f"before\n{worlds.MARKS[0]}\nnew\n{worlds.MARKS[1]}\nafter\n"
    )


def test_the_model_is_a_share_of_the_oracle_of_the_same_truth() -> None:
    told = {"ndcg": {MODEL: {"season": 0.3, "merit": 0.6}, ORACLE: {"season": 0.6, "merit": 0.75}}}
    assert ratio(told, "season") == pytest.approx(0.5)  # .3 / .6
    assert ratio(told, "merit") == pytest.approx(0.8)  # .6 / .75


# Small worlds


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Night, Ranked]]:
    night = live_through(tmp_path_factory.mktemp("market"), Kind.MARKET, 1, 0.1)
    yield night, ranked(night)
    night.engine.dispose()


def test_in_the_null_world_the_model_is_not_published(tmp_path: Path) -> None:
    night = live_through(tmp_path, Kind.NULL, 1, 0.1)
    night.engine.dispose()
    told = told_of(night)
    assert set(told["ahead_of_popularity"]) == {MODEL, FACTORIZATION}
    assert not beats_popularity(told)
    assert (told["verdict"], told["published"] == MODEL) == ("baseline", False)


def test_lightfm_finds_what_is_wanted_in_the_linear_world(tmp_path: Path) -> None:
    sized = replace(make_sample.CONFIG, n_graduates=1_200, n_posts=35, n_enterprises=13)
    world = build_world(1, sanity_config(Kind.LINEAR, sized), sample_setting.make_setting(1))
    engine = taken_in(tmp_path, world)
    with store.reading(engine) as conn:
        people, posts = store.load_graduates(conn), store.load_posts(conn, day=DAY)
        steps, reference = store.load_outcomes(conn, day=DAY), store.load_reference(conn)
    engine.dispose()
    scorer = fit_narrowed(training_data(people, posts, steps, reference), TrainingSettings())
    people = [each for each in people if each.class_year == CLASS_YEAR]
    scores = scores_of(scorer, people, posts, reference, DAY)
    season = world.seasons[make_sample.SEASON_OF_TODAY]
    ids = make_sample.post_ids(season)
    of_today = [[each.post_id for each in posts].index(each) for each in ids]
    # Rows of the roster and of the truth are in order of their ids, as what is stored is.
    assert [each.graduate_id for each in people] == make_sample.graduate_ids(season)
    wanted = world.truth(season.number).want
    found, by_chance = (
        np.nanmean(ndcg_at_k(np.argsort(-each, axis=1)[:, :10].astype(np.int32), wanted, 10))
        for each in (scores[:, of_today], np.random.default_rng(0).random(wanted.shape))
    )
    # More than half of the way from a random order to the truth.
    assert found > (1.0 + by_chance) / 2


def test_the_orders_of_a_world_stand_as_they_must(market: tuple[Night, Ranked]) -> None:
    found = ndcg(market[1])
    assert found[TRUTH]["season"] == pytest.approx(1.0)
    for truth in ("season", "merit"):
        # 120 people: a standard error of .02 at most.
        assert found[RANDOM][truth] < found[MODEL][truth]
        assert found[MODEL][truth] < found[ORACLE][truth] + 0.02
        assert found[ORACLE][truth] < 1.0


def test_lists_are_those_that_rank_writes(market: tuple[Night, Ranked]) -> None:
    night, found = market
    published = night.result.published
    assert published is not None
    order = found.orders[published]
    for name, congestion in (("fit", 0.0), ("market", 1.0)):
        table = rank_cohort(
            night.engine, night.models_dir, day=DAY, class_year=CLASS_YEAR, order=name
        )
        lists = order.lists(10, congestion)
        written = [
            (order.graduates[i].graduate_id, order.posts[lists[i, k]].post_id, k + 1)
            for i, k in np.argwhere(lists != NO_POST)
        ]
        assert [row[:3] for row in table.rows] == written
