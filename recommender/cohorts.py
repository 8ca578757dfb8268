"""Lists for a whole class year, as tables to be written; and whom a question is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender import places
from recommender.arms import plain_of, read_arms
from recommender.data import cases, store
from recommender.domain import Graduate, Reference, class_year_of
from recommender.errors import NotFound
from recommender.matching.market import CONGESTION, Market, open_market
from recommender.matching.reasons import reasons as reasons_of
from recommender.model.artefact import Artefact, read_current
from recommender.model.topk import NO_POST
from recommender.persons import is_erased
from recommender.trials import Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows to be written to a file, with what was read to make them.

    Attributes
    ----------
    facts
        Version, what is published, what the score means, counts: said beside the file.
    certificate
        What proves an assignment, where that was asked for.
    """

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]
    facts: Mapping[str, object]
    certificate: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Whom a question about a cohort is about; None does not narrow it.

    Attributes
    ----------
    class_year
        None for the one being placed.
    trade
        As a college writes it; trades that are read alike count.
    order_class
        Credit code of the enterprise.
    colleges
        Whose people; of a bearer's scope.
    """

    class_year: int | None = None
    trade: str | None = None
    class_name: str | None = None
    order_class: str | None = None
    colleges: frozenset[str] | None = None

    def choose(self, graduates: Sequence[Graduate], reference: Reference) -> list[Graduate]:
        """Choose those meant.

        Raises
        ------
        NotFound
            If nobody is left, with what is written alike.
        """
        chosen = list(graduates)
        if self.colleges is not None:
            chosen = [each for each in chosen if each.college in self.colleges]
            if not chosen:
                raise NotFound("class_year", str(self.class_year or ""))
        for kind, wanted in (
            ("trade", self.trade and reference.trade_of(self.trade)),
            ("class_name", self.class_name),
            ("order_class", self.order_class),
        ):
            if wanted is None:
                continue
            told = [
                reference.trade_of(each.trade) if kind == "trade" else getattr(each, kind)
                for each in chosen
            ]
            chosen = [each for each, has in zip(chosen, told, strict=True) if has == wanted]
            if not chosen:
                known = sorted({has for has in told if has is not None})
                alike = get_close_matches(wanted, known, n=3, cutoff=0.3)
                raise NotFound(kind, wanted, alike)
        return chosen


EVERYBODY = Among()


def rank_cohort(
    engine: Engine,
    models_dir: Path,
    *,
    day: date,
    class_year: int | None = None,
    graduate_ids: Sequence[str] | None = None,
    top: int = 10,
    order: str = "market",
    congestion: float = CONGESTION,
    reasons: bool = False,
) -> Table:
    """Rank the open posts for many graduates.

    Prices are solved and lists made for the whole class year of those asked for, whoever is
    asked for.

    Parameters
    ----------
    order
        ``market``, or ``fit``, which is the same at no congestion.
    congestion
        How much of the price a market ranking takes off, 0 to 1; see `Prices.taken_off`.

    Raises
    ------
    ValueError
        If the congestion is outside 0 to 1.
    NotFound
        If a graduate is not stored, or the class year has no graduates.
    NoModel, CorruptArtefact
        If there is nothing to rank with.
    """
    artefact = read_current(models_dir)
    market = read_market(engine, artefact, day, class_year, graduate_ids)
    wanted = _rows_of(market.graduates, graduate_ids)
    weight = congestion if order == "market" else 0.0
    with store.reading(engine) as conn:
        running = read_arms(conn, day)
    plain = None if running is None else plain_of(artefact, market).market
    seen = [
        plain if plain and running and running.of(each) is Arm.WITHOUT else market
        for each in market.graduates
    ]
    lists, scores = _as_shown(market, plain, seen, top, weight)
    rows: list[tuple[object, ...]] = []
    for row in wanted:
        graduate_id, posts = market.graduates[row].graduate_id, lists[row]
        for rank, post in enumerate(posts[posts != NO_POST], start=1):
            score = float(scores[row, post])
            told = (_as_json(seen[row], row, int(post), score),) if reasons else ()
            rows.append((graduate_id, market.posts[post].post_id, rank, score, *told))
    return Table(
        columns=("graduate_id", "post_id", "rank", "score") + (("reasons",) if reasons else ()),
        rows=rows,
        facts=facts_of(artefact, market, score=order)
        | {"congestion": weight, "converged": market.prices.converged},
    )


def _as_shown(
    market: Market, plain: Market | None, seen: Sequence[Market], top: int, weight: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Give everybody's list and what orders it; of classes without lists by the plain rule."""
    lists, scores = market.lists(top, weight), market.ordered_scores(weight)
    if plain is None:
        return lists, scores
    without = np.array([each is plain for each in seen])[:, None]
    by_rule = plain.lists(top, 0.0), plain.ordered_scores(0.0)
    return np.where(without, by_rule[0], lists), np.where(without, by_rule[1], scores)


def facts_of(artefact: Artefact, market: Market, *, score: str) -> dict[str, object]:
    """Say what was read to make a table."""
    return {
        "model": artefact.version,
        "published": artefact.published,
        "as_of": market.day.isoformat(),
        "score": score,
        "n_posts": len(market.posts),
    }


def read_market(
    engine: Engine,
    artefact: Artefact,
    day: date,
    class_year: int | None,
    graduate_ids: Sequence[str] | None,
    among: Among = EVERYBODY,
    *,
    priced: bool = True,
) -> Market:
    """Read the cohort asked about, and everything that decides its lists, in one snapshot."""
    with store.reading(engine) as conn:
        cases.require_ranking(conn)
        if graduate_ids:
            named = store.load_graduates(conn, ids=graduate_ids)
            unknown = set(graduate_ids) - {graduate.graduate_id for graduate in named}
            if unknown:
                raise NotFound("graduate", min(unknown))
            years = {graduate.class_year for graduate in named}
        else:
            years = {class_year if class_year is not None else class_year_of(day)}
        cohort = [
            graduate
            for year in sorted(years)
            for graduate in store.load_graduates(conn, class_year=year)
            if not is_erased(graduate.graduate_id)
        ]
        if not cohort:
            raise NotFound("class_year", str(min(years)))
        reference = store.load_reference(conn, day=day)
        cohort = among.choose(cohort, reference)
        posts = store.load_posts(conn, day=day, open_only=True)
        now = places.standing_on(conn, posts, day)
    # Solving prices is a third of the work, and an assignment asks for none.
    free = None if priced else {post.post_id: (0.0, 0.0) for post in posts}
    return open_market(artefact.scorer, cohort, posts, now, reference, day, published=free)


def _rows_of(graduates: Sequence[Graduate], graduate_ids: Sequence[str] | None) -> NDArray[np.intp]:
    wanted = set(graduate_ids or ())
    return np.array(
        [i for i, g in enumerate(graduates) if not wanted or g.graduate_id in wanted],
        dtype=np.intp,
    )


def _as_json(market: Market, row: int, post: int, score: float) -> str:
    price = float(market.scores[row, post]) - score
    told = [
        {"code": each.code, "text": each.text, "contribution": round(each.contribution, 6)}
        for each in reasons_of(market, market.graduates[row], post, price=price)
    ]
    return json.dumps(told, ensure_ascii=False)
