"""A fresh process answers first: what is wrong with a version shows before anybody sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.matching.eligibility import standing
from recommender.matching.market import Market, open_market
from recommender.matching.rehearsal import rehearse
from recommender.model.artefact import Artefact, write_version
from recommender.model.scoring import Scorer, TableScorer
from tests.builders import DAY, SmallWorld

# G4, G6, G7 and G8 of the small world have a post that they may take.
N_ASKED = 4


@pytest.fixture
def market(small_world: SmallWorld, scorers: dict[str, Scorer]) -> Market:
    now = standing(small_world.outcomes, {p.post_id: p for p in small_world.posts}, DAY)
    seen = (small_world.graduates, small_world.posts, now, small_world.reference, DAY)
    return open_market(scorers["crosswalk"], *seen)


def write(models_dir: Path, scorer: Scorer) -> int:
    draft = Artefact(version=0, published="crosswalk", scorer=scorer, facts={}, prices={})
    return write_version(models_dir, draft, "# 模型卡")


def damage(models_dir: Path, version: int) -> None:
    (models_dir / f"v{version}" / "weights.npy").write_bytes(b"")


def test_a_damaged_version_fails_every_request(
    tmp_path: Path, market: Market, scorers: dict[str, Scorer]
) -> None:
    damage(tmp_path, write(tmp_path, scorers["crosswalk"]))
    replay = rehearse(tmp_path, 1, None, market)
    assert (replay.n_requests, replay.n_errors) == (N_ASKED, N_ASKED)


def test_a_version_that_cannot_be_explained_fails_every_request(
    tmp_path: Path, market: Market
) -> None:
    odd = TableScorer(
        graduate_names=("any",),
        post_names=("any", "place:370800"),
        rows=np.zeros(1, dtype=np.int32),
        columns=np.ones(1, dtype=np.int32),
        weights=np.full(1, np.nan, dtype=np.float32),
    )
    write(tmp_path, odd)
    replay = rehearse(tmp_path, 1, None, market)
    assert (replay.n_requests, replay.n_errors) == (N_ASKED, N_ASKED)


def test_nobody_is_asked_where_nobody_has_a_post(tmp_path: Path, market: Market) -> None:
    nobody = replace(market, eligible=np.zeros_like(market.eligible))
    replay = rehearse(tmp_path, 1, None, nobody)
    assert (replay.n_requests, replay.n_errors, replay.overlap) == (0, 0, None)


@pytest.mark.parametrize("current", [None, 1, 9], ids=["none", "damaged", "gone"])
def test_a_damaged_current_version_does_not_stand_in_the_way(
    tmp_path: Path, market: Market, scorers: dict[str, Scorer], current: int | None
) -> None:
    for _ in range(2):
        write(tmp_path, scorers["crosswalk"])
    damage(tmp_path, 1)
    replay = rehearse(tmp_path, 2, current, market)
    assert (replay.n_requests, replay.n_errors) == (N_ASKED, 0)
    assert (replay.current_median_s, replay.overlap) == (None, None)


def test_a_version_is_compared_with_the_current_one(
    tmp_path: Path, market: Market, scorers: dict[str, Scorer]
) -> None:
    for name in ("crosswalk", "model"):
        write(tmp_path, scorers[name])
    replay = rehearse(tmp_path, 2, 1, market)
    assert (replay.n_requests, replay.n_errors) == (N_ASKED, 0)
    assert replay.median_s > 0
    assert replay.current_median_s is not None
    # Nobody may take ten posts here, so both lists hold the same ones.
    assert replay.overlap == 1
