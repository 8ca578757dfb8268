"""Whole cohorts placed at once, as tables to be written; and one assignment changed by hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from recommender.cohorts import EVERYBODY, Among, Table, facts_of, read_market
from recommender.data import interested, store
from recommender.data.pins import read_pins
from recommender.data.placed import read_placed
from recommender.matching.assignment import SCALE
from recommender.matching.certificate import certificate
from recommender.matching.draft import Draft, Moved
from recommender.matching.fair import Circle
from recommender.matching.floors import floors_missed, floors_of
from recommender.matching.integral import MILLIONTH
from recommender.matching.market import Market
from recommender.matching.plan import BEST, Floors, Pins, Plan, make_plan, why_unplaced
from recommender.matching.wishes import Wishes, gather
from recommender.model.artefact import read_current
from recommender.model.topk import NO_POST


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
    market = read_market(engine, artefact, day, among.class_year, None, among, priced=False)
    wishes = _wishes(engine, market) if way != BEST else Wishes()
    floors = floors_of(market, market.reference.agreements)
    asked = None if floors_way is None else Floors(way=floors_way, of=floors)
    circles = circles_of(engine, market) if fair else None
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
        facts=facts_of(artefact, market, score=plan.measure)
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
    market = read_market(
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


def adjust(
    engine: Engine,
    models_dir: Path,
    *,
    day: date,
    assignment: Path,
    graduate_id: str,
    post_id: str | None,
    among: Among = EVERYBODY,
    pins_file: Path | None = None,
) -> tuple[Draft, Moved]:
    """Give one graduate of an assignment another post, or none: what it was, what it becomes.

    Raises
    ------
    NotFound, ImportRefused, Ineligible, PinsConflict, NoModel, CorruptArtefact
        As `open_draft`, of the file too.
    """
    placed = read_placed(assignment)
    draft = open_draft(engine, models_dir, day=day, among=among, pins_file=pins_file, placed=placed)
    return draft, draft.move(graduate_id, post_id)


def rows_of(draft: Draft) -> list[tuple[object, ...]]:
    """List graduate, post and score of all who have a post, as `assign` writes them."""
    (who,) = np.nonzero(draft.placed != NO_POST)
    posts = draft.placed[who]
    return [
        (
            draft.market.graduates[row].graduate_id,
            draft.market.posts[post].post_id,
            float(draft.values[row, post]),
        )
        for row, post in zip(who, posts, strict=True)
    ]


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


def circles_of(engine: Engine, market: Market) -> list[Circle]:
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
