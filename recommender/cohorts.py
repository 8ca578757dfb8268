"""Lists and assignments for a whole class year, as tables to be written."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender import places
from recommender.data import interested, store
from recommender.data.pins import read_pins
from recommender.domain import Graduate, Reference, class_year_of
from recommender.errors import NotFound
from recommender.matching.assignment import SCALE
from recommender.matching.certificate import certificate
from recommender.matching.draft import Draft
from recommender.matching.fair import Circle
from recommender.matching.floors import floors_missed, floors_of
from recommender.matching.integral import MILLIONTH
from recommender.matching.market import CONGESTION, Market, open_market
from recommender.matching.plan import BEST, Floors, Pins, Plan, make_plan, why_unplaced
from recommender.matching.reasons import reasons as reasons_of
from recommender.matching.wishes import Wishes, gather
from recommender.model.artefact import Artefact, read_current
from recommender.model.topk import NO_POST


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
    """

    class_year: int | None = None
    trade: str | None = None
    class_name: str | None = None
    order_class: str | None = None

    def choose(self, graduates: Sequence[Graduate], reference: Reference) -> list[Graduate]:
        """Choose those meant.

        Raises
        ------
        NotFound
            If nobody is left, with what is written alike.
        """
        chosen = list(graduates)
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
    market = _read_market(engine, artefact, day, class_year, graduate_ids)
    wanted = _rows_of(market.graduates, graduate_ids)
    weight = congestion if order == "market" else 0.0
    lists = market.lists(top, weight)
    scores = market.ordered_scores(weight)
    rows: list[tuple[object, ...]] = []
    for row in wanted:
        graduate_id, posts = market.graduates[row].graduate_id, lists[row]
        for rank, post in enumerate(posts[posts != NO_POST], start=1):
            score = float(scores[row, post])
            told = (_as_json(market, row, int(post), score),) if reasons else ()
            rows.append((graduate_id, market.posts[post].post_id, rank, score, *told))
    return Table(
        columns=("graduate_id", "post_id", "rank", "score") + (("reasons",) if reasons else ()),
        rows=rows,
        facts=_facts(artefact, market, score=order)
        | {"congestion": weight, "converged": market.prices.converged},
    )


def assign(
    engine: Engine,
    models_dir: Path,
    *,
    day: date,
    among: Among = EVERYBODY,
    way: str = BEST,
    pins_file: Path | None = None,
    floors_way: str | None = None,
    fair: bool = False,
    include_unplaced: bool = False,
    certify: bool = False,
) -> Table:
    """Place a cohort at once, places respected: the largest sum of chances, or stable.

    Chances are those of being at work there after 180 days; where a baseline is published,
    which knows none, they are percentiles. Facts and table say which.

    Parameters
    ----------
    among
        Whom to place: they alone are given places.
    way
        ``best``; or ``graduates`` or ``enterprises``, whose best stable assignment it then is.
    pins_file
        Sheet of pairs that are fixed or barred.
    floors_way
        ``keep`` every agreement's floor, or send each class ``whole`` or nobody more of it;
        for the largest sum. None lists what is missed.
    fair
        Let no home city, college or gender fall further behind than it must, and keep 95 % of
        the largest sum; see `assign_fairly`.

    Raises
    ------
    FloorsConflict
        If floors are to be kept and cannot be.
    NotFound
        If nobody is of the class year, trade, class or order class.
    NotFound, ImportRefused, Ineligible, PinsConflict
        If there is no sheet of pins, or it cannot be read or kept; see `make_plan`.
    NoModel, CorruptArtefact
        If there is nothing to rank with.
    """
    pins = _pins(pins_file)
    artefact = read_current(models_dir)
    market = _read_market(engine, artefact, day, among.class_year, None, among, priced=False)
    wishes = _wishes(engine, market) if way != BEST else Wishes()
    floors = floors_of(market, market.reference.agreements)
    asked = None if floors_way is None else Floors(way=floors_way, of=floors)
    circles = _circles(engine, market) if fair else None
    plan = make_plan(market, way=way, pins=pins, wishes=wishes, floors=asked, circles=circles)
    rows: list[tuple[object, ...]] = []
    reasons: Counter[str] = Counter()
    for index, (graduate, post) in enumerate(zip(market.graduates, plan.placed, strict=True)):
        if post != NO_POST:
            told: tuple[object, ...] = ("",) if include_unplaced else ()
            value = float(plan.values[index, post])
            rows.append((graduate.graduate_id, market.posts[post].post_id, value, *told))
            continue
        reason = why_unplaced(market, plan, index)
        reasons[reason] += 1
        if include_unplaced:
            rows.append((graduate.graduate_id, "", "", reason))
    return Table(
        columns=("graduate_id", "post_id", "score") + (("reason",) if include_unplaced else ()),
        rows=rows,
        facts=_facts(artefact, market, score=plan.measure)
        | {
            "way": way,
            "n_graduates": len(market.graduates),
            "n_placed": plan.n_placed,
            "n_kept": int((plan.pinned != NO_POST).sum()),
            "most": plan.most,
            "total": plan.total,
            "unplaced": dict(sorted(reasons.items())),
            "floors_missed": floors_missed(floors, plan.placed),
            "n_stated": len(wishes.enterprises),
            "fair": _fair_facts(plan) if fair else None,
            **_floor_facts(plan),
        },
        certificate=certificate(market, plan, pins, wishes) if certify else None,
    )


def _floor_facts(plan: Plan) -> dict[str, object]:
    """Say what floors cost, and how much more any assignment that keeps them could reach."""
    kept = plan.kept
    if kept is None:
        return {"floors_way": plan.floors.way if plan.floors else None}
    return {
        "floors_way": plan.floors.way if plan.floors else None,
        "floors_cost": (kept.without - kept.total) / SCALE,
        "gap": (kept.proved - kept.total) / SCALE,
        "gap_by_prices": (kept.proof.bound - kept.total) / SCALE,
    }


def _circles(engine: Engine, market: Market) -> list[Circle]:
    """Group people by home city, college and, where it is known, gender."""
    ids = [graduate.graduate_id for graduate in market.graduates]
    with store.reading(engine) as conn:
        details = store.load_personal(conn, ids)
    rows: dict[str, list[int]] = defaultdict(list)
    for row, graduate in enumerate(market.graduates):
        person = details.get(graduate.graduate_id)
        region = market.reference.regions.get(graduate.home_region or "")
        for kind, label in (
            ("home", region and region.city_name),
            ("college", graduate.college),
            ("gender", person and person.gender),
        ):
            if label:
                rows[f"{kind}:{label}"].append(row)
    return [
        Circle(name=name, rows=np.array(those, dtype=np.int32))
        for name, those in sorted(rows.items())
    ]


def _fair_facts(plan: Plan) -> dict[str, object]:
    """Say what fairness costs, and how the worst served group and three groups fare."""
    fair = plan.fair
    if fair is None:
        return {}
    told = sorted(
        (each.after / each.best, each.circle.name, each.before / each.best) for each in fair.served
    )
    return {
        "keeps": fair.keeps / MILLIONTH,
        "cost": (fair.without - fair.total) / SCALE,
        "share": fair.share / MILLIONTH,
        "share_before": fair.share_before / MILLIONTH,
        "bound": fair.bound / MILLIONTH,
        "n_groups": len(fair.served),
        "worst": [(name, before, after) for after, name, before in told[:3]],
    }


def open_draft(
    engine: Engine,
    models_dir: Path,
    *,
    day: date,
    among: Among = EVERYBODY,
    pins_file: Path | None = None,
    placed: Mapping[str, str] | None = None,
) -> Draft:
    """Open an assignment that is changed by hand; each `Draft.move` then asks nothing of anybody.

    Parameters
    ----------
    placed
        Graduate → post, from which to start; None for the largest sum.

    Raises
    ------
    NotFound
        If nobody is meant, or `placed` names who is not of the cohort or what is not on offer.
    NotFound, ImportRefused, Ineligible, PinsConflict, NoModel, CorruptArtefact
        As `assign`.
    """
    pins = _pins(pins_file)
    market = _read_market(
        engine, read_current(models_dir), day, among.class_year, None, among, priced=False
    )
    plan = make_plan(market, pins=pins)
    draft = Draft(
        market=market,
        values=plan.values,
        pins=pins,
        floors=floors_of(market, market.reference.agreements),
        placed=plan.placed,
    )
    return draft if placed is None else draft.holding(placed)


def _wishes(engine: Engine, market: Market) -> Wishes:
    """Read what both sides stated at fairs."""
    ids = [graduate.graduate_id for graduate in market.graduates]
    with store.reading(engine) as conn:
        return gather(interested.load_interests(conn, graduate_ids=ids))


def _pins(path: Path | None) -> Pins:
    if path is None:
        return Pins()
    fixed, barred = read_pins(path)
    return Pins(fixed=fixed, barred=barred)


def _facts(artefact: Artefact, market: Market, *, score: str) -> dict[str, object]:
    return {
        "model": artefact.version,
        "published": artefact.published,
        "as_of": market.day.isoformat(),
        "score": score,
        "n_posts": len(market.posts),
    }


def _read_market(
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
