"""One constructed world, from its sheets to what the program makes of it, beside its truth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.engine import Engine

from benchmarks.feature_oracle import feature_oracle, replicate_cohorts, true_chances
from benchmarks.linear_world import fit_narrowed
from benchmarks.time_splits import both_splits
from recommender import nightly, places
from recommender.class_years import LIST_LENGTH
from recommender.data import store
from recommender.evaluation import world as w
from recommender.evaluation.baselines import CROSSWALK, POPULARITY, baselines
from recommender.evaluation.compare import Comparison
from recommender.evaluation.metrics import exposure, ndcg_at_k
from recommender.evaluation.world_config import Kind
from recommender.examination.contest import Known, contenders
from recommender.intake import import_files
from recommender.matching.board import AnyScorer
from recommender.matching.market import Market, open_market
from recommender.matching.prices import solve_prices
from recommender.model.artefact import read_version
from recommender.model.chances import ChanceScorer
from recommender.model.interactions import training_data
from recommender.nightly import FACTORIZATION, MODEL, NightResult
from training_data.make_sample import (
    FIRST_CLASS_YEAR,
    SEASON_OF_TODAY,
    graduate_ids,
    post_ids,
    sample_world,
    write_sheets,
)

DAY = date(2026, 5, 15)
CLASS_YEAR = FIRST_CLASS_YEAR + SEASON_OF_TODAY
ORACLE, TRUTH, RANDOM, NARROWED = "feature_oracle", "truth", "random", "narrowed"
N_REPEATS = 20
Lists = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A world that was taken in and a night over it."""

    world: w.World
    engine: Engine
    models_dir: Path
    result: NightResult
    comparison: Comparison | None


@contextmanager
def noting_comparisons() -> Iterator[list[Comparison]]:
    """Keep what a night compares, for its paired differences."""
    found: list[Comparison] = []
    compare = nightly.compare

    def noted(*args: Any, **options: Any) -> Comparison:
        found.append(compare(*args, **options))
        return found[-1]

    with mock.patch.object(nightly, "compare", noted):
        yield found


def taken_in(folder: Path, world: w.World) -> Engine:
    """Write a world's sheets and import them into a database of their own."""
    write_sheets(world, folder / "sheets")
    engine = store.connect(f"sqlite:///{folder / 'placement.sqlite3'}")
    store.upgrade(engine)
    import_files(engine, [folder / "sheets"], day=DAY)
    return engine


def live_through(folder: Path, kind: Kind, seed: int, scale: float) -> Night:
    """Make a world's sheets, import them, and let a night learn, judge and publish."""
    world = sample_world(seed, scale, kind)
    engine = taken_in(folder, world)
    with noting_comparisons() as compared:
        result = nightly.retrain(engine, folder, day=DAY)
    return Night(
        world=world,
        engine=engine,
        models_dir=folder / "models",
        result=result,
        comparison=compared[0] if compared else None,
    )


def told_of(night: Night) -> dict[str, Any]:
    """Say how a night ended, and by how much the learned were ahead of popularity on the log."""
    compared = night.comparison
    figures = compared.figures if compared else {}
    return {
        "verdict": night.result.verdict,
        "published": night.result.published,
        "reasons": [each["code"] for each in night.result.reasons],
        "on_log": {name: compared.value(name) for name in figures} if compared else {},
        "ahead_of_popularity": {
            name: [lead.value, lead.low, lead.high]
            for name in (MODEL, FACTORIZATION)
            if compared and name in figures
            for lead in [compared.difference(name, POPULARITY)]
        },
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The class year of today beside the open posts, and everybody's order of them.

    Attributes
    ----------
    rows, columns : intp arrays of shape (n_graduates,), (n_posts,)
        The market's people and posts among those of the world's season.
    gains : mapping of truth to float32 array of shape (n_graduates, n_posts)
        0 where a pair may not be shown.
    orders : mapping of contender to Market
        The market with that contender's scores and prices.
    """

    market: Market
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    gains: Mapping[str, NDArray[np.float32]]
    orders: Mapping[str, Market]


def ranked(night: Night, *, with_oracle: bool = True) -> Ranked:
    """Rank the class year of today as `rank` does, by everybody who takes part."""
    with store.reading(night.engine) as conn:
        graduates = store.load_graduates(conn)
        posts = store.load_posts(conn, day=DAY)
        now = places.standing_on(conn, store.load_posts(conn, day=DAY, open_only=True), DAY)
        reference = store.load_reference(conn)
        outcomes = store.load_outcomes(conn, day=DAY)
    known = Known.of(graduates, outcomes, posts, reference)
    scorers: dict[str, AnyScorer] = {
        **baselines(known.graduates, known.posts, known.outcomes, reference)
    }
    model = _model(night, known)
    scorers[MODEL] = model
    if isinstance(model, ChanceScorer) and model.factorization:
        scorers[FACTORIZATION] = model.factorization
    if night.world.config.linear:
        data = training_data(known.graduates, known.posts, known.outcomes, reference)
        scorers[NARROWED] = fit_narrowed(data, nightly.FACTORIZATION_DEFAULTS)
    cohort = [each for each in graduates if each.class_year == CLASS_YEAR]
    orders = {
        name: open_market(scorer, cohort, posts, now, reference, DAY)
        for name, scorer in scorers.items()
    }
    market = orders[MODEL]
    season = night.world.seasons[SEASON_OF_TODAY]
    rows = _places([g.graduate_id for g in market.graduates], graduate_ids(season))
    columns = _places([p.post_id for p in market.posts], post_ids(season))
    truth = night.world.truth(SEASON_OF_TODAY)
    at = np.ix_(rows, columns)
    chances = true_chances(night.world, truth) | {"want": truth.want.astype(np.float64)}
    gains = {
        name: np.where(market.eligible, each[at], 0.0).astype(np.float32)
        for name, each in chances.items()
    }
    takes = (truth.want * truth.offer)[at].astype(np.float32)
    orders[TRUTH] = _ordered_by(market, gains["season"], takes)
    rng = np.random.default_rng(0)
    orders[RANDOM] = _ordered_by(market, rng.random(takes.shape, dtype=np.float32))
    if with_oracle:
        found = feature_oracle(market, replicate_cohorts(night.world, columns))
        for target, scores in found.items():
            orders[f"{ORACLE}/{target}"] = _ordered_by(market, scores)
    return Ranked(market=market, rows=rows, columns=columns, gains=gains, orders=orders)


def _model(night: Night, known: Known) -> AnyScorer:
    """Take the model that was published or held; where a rule was, fit it all the same."""
    if night.result.version is not None and night.result.published == MODEL:
        return read_version(night.models_dir, night.result.version).scorer
    settings = nightly.ModelSettings()
    fitted = contenders()[MODEL].fit(known, settings, settings.seed)
    if fitted is None:
        raise ValueError("nothing can be learned from this world")
    return fitted


def _places(ids: list[str], among: list[str]) -> NDArray[np.intp]:
    at = {each: index for index, each in enumerate(among)}
    return np.array([at[each] for each in ids], dtype=np.intp)


def _ordered_by(
    market: Market, scores: NDArray[np.float32], takes: NDArray[np.float32] | None = None
) -> Market:
    prices = solve_prices(scores, market.eligible, market.capacities, takes)
    return replace(market, scores=scores, prices=prices)


def ndcg(found: Ranked) -> dict[str, dict[str, float]]:
    """Measure every order by fit against every truth: contender → truth → NDCG@10."""
    measured: dict[str, dict[str, float]] = {}
    for name, order in found.orders.items():
        lists = order.lists(LIST_LENGTH, 0.0)
        measured[name] = {
            truth: float(np.nanmean(ndcg_at_k(lists, gains, LIST_LENGTH)))
            for truth, gains in found.gains.items()
        }
    for truth in ("season", "merit"):
        if f"{ORACLE}/{truth}" in measured:
            measured.setdefault(ORACLE, {})[truth] = measured.pop(f"{ORACLE}/{truth}")[truth]
    return measured


def market_values(night: Night, found: Ranked) -> dict[str, dict[str, float]]:
    """Let everybody follow lists: share placed and staying, places filled and shown."""
    followed = {
        f"{name}/{order}": found.orders[name].lists(LIST_LENGTH, congestion)
        for name in (MODEL, CROSSWALK, TRUTH)
        for order, congestion in (("fit", 0.0), ("priced", 1.0))
    }
    n_people = len(night.world.seasons[SEASON_OF_TODAY].people)
    values = {}
    for name, lists in followed.items():
        of_season = np.full((n_people, LIST_LENGTH), -1, dtype=np.int32)
        of_season[found.rows] = np.where(lists >= 0, found.columns[lists], -1)
        came = w.simulate_market(night.world, SEASON_OF_TODAY, of_season, n_repeats=N_REPEATS)
        shown = exposure(lists, found.market.eligible, found.market.capacities)
        values[name] = {
            "stayed": came.retained_share,
            "placed": came.placed_share,
            "fill": came.fill_share,
            "coverage": shown.coverage,
        }
    return values


def measure(folder: Path, kind: Kind, seed: int, scale: float) -> dict[str, Any]:
    """Measure all that is asked of one world; see `docs/evaluation.md`."""
    night = live_through(folder, kind, seed, scale)
    told = told_of(night)
    if kind is not Kind.NULL:  # there every order is as good as any other
        found = ranked(night)
        told["ndcg"] = ndcg(found)
        told["market"] = market_values(night, found)
    if kind is Kind.PERMUTED:
        told["splits"] = {
            name: asdict(split) | {"agrees": split.agrees}
            for name, split in both_splits(night.engine, night.world, DAY).items()
        }
    night.engine.dispose()
    return _finite(told)


def _finite(told: Any) -> Any:
    """Write None where nothing could be measured."""
    if isinstance(told, dict):
        return {name: _finite(each) for name, each in told.items()}
    if isinstance(told, list):
        return [_finite(each) for each in told]
    return None if isinstance(told, float) and not math.isfinite(told) else told
