"""A fresh process answers with a new version before anybody else does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np

from recommender.domain import Graduate
from recommender.errors import CorruptArtefact, NotFound, PlacementError
from recommender.matching.market import Market, open_market
from recommender.matching.reasons import reasons
from recommender.model.artefact import read_version
from recommender.model.topk import NO_POST, id_keys, top_k

N_REQUESTS = 100
LIST_LENGTH = 10
TIMEOUT_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What happened when requests were answered by a new version and by the current one.

    Attributes
    ----------
    median_s, current_median_s
        Median time of an answer, seconds; None for a version that there is not.
    overlap
        Mean share of the first ten posts that both name, 0 to 1; None without a current one.
    """

    n_requests: int
    n_errors: int
    median_s: float
    current_median_s: float | None = None
    overlap: float | None = None


def rehearse(models_dir: Path, version: int, current: int | None, market: Market) -> Replay:
    """Let a fresh process load a version, verify it and answer for people of tonight's market.

    No request is recorded yet, so that those asked for are drawn by the hash of their ids from
    the people who have an eligible post. Whatever goes wrong counts as an error at all of them;
    a current version that is damaged is none, so that it never stands in the way of a new one.
    """
    (with_posts,) = np.nonzero(market.eligible.any(axis=1))
    keys = id_keys(market.graduates[row].graduate_id for row in with_posts)
    asked = [market.graduates[with_posts[at]] for at in np.argsort(keys)[:N_REQUESTS]]
    if not asked:
        return Replay(n_requests=0, n_errors=0, median_s=0.0)
    context = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        try:
            return pool.submit(_replay, models_dir, version, current, market, asked).result(
                timeout=TIMEOUT_S
            )
        except (BrokenProcessPool, TimeoutError, PlacementError, LookupError, ValueError):
            return Replay(n_requests=len(asked), n_errors=len(asked), median_s=float("inf"))


def _replay(
    models_dir: Path, version: int, current: int | None, market: Market, asked: Sequence[Graduate]
) -> Replay:
    new = _loaded(models_dir, version, market)
    try:
        old = _loaded(models_dir, current, market) if current is not None else None
    except (CorruptArtefact, NotFound):
        old = None
    times: list[float] = []
    old_times: list[float] = []
    shared: list[float] = []
    for graduate in asked:
        posts, seconds = _answer(new, graduate)
        times.append(seconds)
        if old is not None:
            old_posts, old_seconds = _answer(old, graduate)
            old_times.append(old_seconds)
            shared.append(len(posts & old_posts) / max(1, len(posts)))
    return Replay(
        n_requests=len(asked),
        n_errors=0,
        median_s=median(times),
        current_median_s=median(old_times) if old_times else None,
        overlap=float(np.mean(shared)) if shared else None,
    )


def _loaded(models_dir: Path, version: int, market: Market) -> Market:
    artefact = read_version(models_dir, version)
    return open_market(
        artefact.scorer,
        market.graduates,
        market.posts,
        market.standing,
        market.reference,
        market.day,
        published=artefact.prices,
    )


def _answer(market: Market, graduate: Graduate) -> tuple[set[str], float]:
    """Answer as a page would, and take the time."""
    began = time.perf_counter()
    row = market.graduates.index(graduate)
    fit = market.fit_of([graduate])
    price = market.prices.taken_off(fit)
    (best,) = top_k(
        fit - price,
        market.eligible[[row]],
        LIST_LENGTH,
        id_keys([graduate.graduate_id]),
        id_keys(post.post_id for post in market.posts),
    )
    found = [int(post) for post in best[best != NO_POST]]
    for post in found:
        reasons(market, graduate, post, price=float(price[0, post]))
    return {market.posts[post].post_id for post in found}, time.perf_counter() - began
