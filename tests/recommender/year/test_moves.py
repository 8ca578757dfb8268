"""Moves of places, replayed: refusals, signs, intervals, and the best within a budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.engine import Engine

from recommender.data import programmes, store
from recommender.errors import NoModel, NotFound, PlanRefused
from recommender.model.artefact import Artefact, point_to, write_version
from recommender.model.chances import ChanceScorer
from recommender.model.pairs import FEATURES
from recommender.year.best_moves import (
    Option,
    best_moves,
    choose,
    exchange,
    first_gains,
)
from recommender.year.described import Basis, describe
from recommender.year.moves import Move, try_move
from recommender.year.replay import USUAL_DRIFT, Pool, drift_of, read_past
from tests.builders import (
    DAY,
    SmallWorld,
    make_graduate,
    make_post,
    make_programme,
    publish_crosswalk,
)

COLLEGE, OTHER = "示例技师学院", "另一技师学院"
WELDING, ELECTRICS, NURSING = "焊接加工", "电气设备安装与维修", "幼儿教育"
WELDER, ELECTRICIAN = "6-18-02-04", "6-31-01-03"


def by_trade() -> ChanceScorer:
    """Give a scorer that knows one thing: nine in ten for one's trade, one in ten for another's."""
    n = len(FEATURES)
    cells = np.zeros((3, 3))
    cells[:, 0] = (-2.2, -2.2, 2.2)  # wants: trade not known, of another trade, of one's own
    return ChanceScorer(
        names=tuple(FEATURES),
        edges=np.full(n, 0.5, dtype=np.float32),
        edge_starts=np.arange(n + 1, dtype=np.int32),
        terms=np.array([[0, -1]], dtype=np.int32),
        term_starts=np.array([0, 3], dtype=np.int32),
        cells=cells,
        base=np.array([0.0, 2.2, 2.2]),
        calibration=np.array([[1.0, 0.0]] * 3),
    )


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    draft = Artefact(version=0, published="model", scorer=by_trade(), facts={}, prices={})
    point_to(folder, write_version(folder, draft, "card"))
    return folder


def people(n: int, trade: str, college: str = COLLEGE, **more: Any) -> list[Any]:
    return [
        make_graduate(graduate_id=f"{college}{trade}{i}", trade=trade, college=college, **more)
        for i in range(n)
    ]


@pytest.fixture
def season(sqlite_engine: Engine) -> Engine:
    """Store twelve welders before two places, and six electricians elsewhere before thirty."""
    keep(
        sqlite_engine,
        posts=[
            make_post(post_id="P1", headcount=2),
            make_post(post_id="P2", headcount=30, occupation_code=ELECTRICIAN),
        ],
        graduates=[*people(12, WELDING), *people(6, ELECTRICS, OTHER)],
        plans=[make_programme(entry_year=2026, places=40)],
    )
    return sqlite_engine


def keep(
    engine: Engine,
    posts: Iterable[Any] = (),
    graduates: Iterable[Any] = (),
    plans: Iterable[Any] = (),
) -> None:
    with store.writing(engine) as conn:
        store.save_posts(conn, list(posts), day=DAY)
        store.save_graduates(conn, list(graduates))
        programmes.save_programmes(conn, list(plans), day=DAY)


def asked(**changes: Any) -> Move:
    plain: dict[str, Any] = {
        "college": COLLEGE,
        "from_trade": WELDING,
        "to_trade": ELECTRICS,
        "places": 6,
        "entry_year": 2026,
    }
    return Move(**plain | changes)


# --- refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from_trade": NURSING}, "trade_not_offered"),
        ({"to_trade": WELDING}, "same_trade"),
        ({"places": 0}, "no_places"),
        ({"places": 41}, "too_many_places"),
        ({"entry_year": 2025}, "year_is_past"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    season: Engine, models: Path, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(PlanRefused) as refusal:
        try_move(season, models, asked(**changes), day=DAY)
    assert refusal.value.code == code


def test_from_september_on_this_years_students_have_entered(season: Engine, models: Path) -> None:
    with pytest.raises(PlanRefused, match="year_is_past"):
        try_move(season, models, asked(), day=date(2026, 9, 1))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"college": "示例技师学校"}, "college"), ({"to_trade": "没人听过的专业"}, "trade")],
)
def test_what_nobody_knows_is_said_with_what_is_near(
    season: Engine, models: Path, changes: dict[str, Any], kind: str
) -> None:
    with pytest.raises(NotFound) as refusal:
        try_move(season, models, asked(**changes), day=DAY)
    assert refusal.value.kind == kind
    assert kind != "college" or COLLEGE in refusal.value.suggestions


def test_a_college_out_of_scope_is_unknown_and_unnamed(season: Engine, models: Path) -> None:
    with pytest.raises(NotFound) as refusal:
        try_move(season, models, asked(), day=DAY, colleges={OTHER})
    assert COLLEGE not in refusal.value.suggestions


def test_without_a_model_and_without_chances_there_is_no_replay(
    season: Engine, tmp_path: Path, small_world: SmallWorld
) -> None:
    with pytest.raises(NoModel):
        try_move(season, tmp_path / "none", asked(), day=DAY)
    publish_crosswalk(tmp_path / "rule", small_world)
    with pytest.raises(PlanRefused, match="no_chances"):
        try_move(season, tmp_path / "rule", asked(), day=DAY)


def test_without_posts_there_is_no_replay(sqlite_engine: Engine, models: Path) -> None:
    keep(sqlite_engine, graduates=people(6, WELDING))
    with pytest.raises(PlanRefused, match="no_market"):
        try_move(sqlite_engine, models, asked(places=3), day=DAY)


# --- what a move leads to ---------------------------------------------------------------------


def test_moving_from_a_full_trade_to_an_empty_one_lets_more_people_stay(
    season: Engine, models: Path
) -> None:
    found = try_move(season, models, asked(), day=DAY)
    # Six of twelve welders compete for two places; as electricians each has thirty before them:
    # about one more stays for each, and never more than that.
    assert 2 < found.stays.value < 6
    assert found.stays.low < found.stays.value < found.stays.high
    assert found.basis is Basis.ELSEWHERE
    back = try_move(
        season,
        models,
        asked(college=OTHER, from_trade=ELECTRICS, to_trade=WELDING),
        day=DAY,
    )
    assert back.stays.value < -2


def test_the_longer_until_they_graduate_the_wider_the_interval(
    season: Engine, models: Path
) -> None:
    widths = []
    for years in (2, 5):
        keep(season, plans=[make_programme(entry_year=2026, trade=ELECTRICS, years=years)])
        found = try_move(season, models, asked(), day=DAY)
        assert (found.class_year, found.years_ahead) == (2026 + years, years)
        widths.append(found.stays.high - found.stays.low)
    assert widths[0] < widths[1]


def test_the_same_question_has_the_same_answer(season: Engine, models: Path) -> None:
    assert try_move(season, models, asked(), day=DAY) == try_move(season, models, asked(), day=DAY)


def test_places_of_whom_nobody_has_graduated_yet_can_be_moved(
    sqlite_engine: Engine, models: Path
) -> None:
    keep(
        sqlite_engine,
        posts=[make_post(headcount=20)],
        graduates=people(6, WELDING, OTHER),
        plans=[make_programme(entry_year=2026, trade=NURSING)],
    )
    found = try_move(sqlite_engine, models, asked(from_trade=NURSING, to_trade=WELDING), day=DAY)
    assert found.stays.value > 0


def test_people_are_described_by_the_nearest_who_were_there(season: Engine, models: Path) -> None:
    past = read_past(season, models, day=DAY)
    own = describe(past, COLLEGE, WELDING, 15)
    assert (own.basis, len(own.people)) == (Basis.COLLEGE, 15)
    keep(season, graduates=people(2, ELECTRICS, OTHER, home_region="371100"))
    past = read_past(season, models, day=DAY)
    others = describe(past, COLLEGE, ELECTRICS, 4)
    # They live where the college's own do.
    assert {each.home_region for each in others.people} == {"370811"}
    assert {each.college for each in others.people} == {COLLEGE}
    nobody = describe(past, COLLEGE, NURSING, 2)
    assert (nobody.basis, nobody.people[0].trade) == (Basis.TRADE, NURSING)


def test_drift_is_what_a_group_moves_beside_all_others() -> None:
    def posts(year: int, welders: int, electricians: int) -> list[Any]:
        since = {"opens_on": date(year, 4, 1), "closes_on": date(year, 6, 30)}
        return [
            make_post(post_id=f"W{year}", headcount=welders, **since),
            make_post(
                post_id=f"E{year}", headcount=electricians, occupation_code=ELECTRICIAN, **since
            ),
        ]

    few = [*posts(2024, 10, 10), *posts(2025, 20, 10)]
    assert drift_of(few, 2026) == USUAL_DRIFT
    # Both double or halve together: nothing is left beside what they have in common, and
    # nothing is never believed.
    together = [each for n in range(5) for each in posts(2021 + n, 10 * 2 ** (n % 2), 10)]
    alike = [replace(each, headcount=10 + (each.opens_on.year % 2) * 10) for each in together]
    assert drift_of(alike, 2026) == 0.1
    # The year that is being placed is not over, and does not count.
    assert drift_of(posts(2026, 1, 99) + alike, 2026) == 0.1


# --- the best moves ---------------------------------------------------------------------------


def test_no_budget_and_a_past_year_are_refused(season: Engine, models: Path) -> None:
    for options in ({"budget": 0}, {"budget": 10, "entry_year": 2024}):
        with pytest.raises(PlanRefused):
            best_moves(season, models, day=DAY, **options)  # type: ignore[arg-type]


def test_the_best_moves_stay_within_the_budget_and_go_where_places_are(
    season: Engine, models: Path
) -> None:
    found = best_moves(season, models, 7, day=DAY, step=3)
    [move] = found.moves
    read_as = read_past(season, models, day=DAY).known.trade_of(ELECTRICS)
    assert (move.college, move.from_trade, move.to_trade) == (COLLEGE, WELDING, read_as)
    assert move.places == 6
    assert found.gain == pytest.approx(sum(found.gains))
    assert found.gain > 2
    assert best_moves(season, models, 7, day=DAY, step=3, colleges={OTHER}).moves == ()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_best_moves_are_within_a_twentieth_of_trying_all(seed: int) -> None:
    """Two colleges teach two trades each of three: every sequence of two steps is tried."""
    rng = np.random.default_rng(seed)
    n, step = 24, 4
    trade = np.repeat([0, 1, 0, 2], n // 4)
    of_post = np.array([0, 0, 1, 1, 2, 2])
    described = np.repeat([0, 1, 2], step)
    pool_trade = np.concatenate([trade, described])
    own = pool_trade[:, None] == of_post[None, :]
    takes = np.where(own, 0.7, 0.1) * rng.uniform(0.7, 1.3, own.shape)
    takes = takes.astype(np.float32)
    pool = Pool(
        scores=takes * np.float32(0.7),
        takes=takes,
        eligible=np.ones(own.shape, dtype=bool),
        capacities=(np.array([1, 1, 3, 3, 9, 9]) + rng.integers(0, 3, 6)).astype(np.int32),
        groups=of_post.astype(np.int32),
        firms=np.arange(6, dtype=np.int32),
    )
    sources = [np.arange(at, at + n // 4) for at in range(0, n, n // 4)]
    taught = [0, 1, 0, 2]
    options = [
        Option(source, n + step * new + np.arange(step))
        for source, old in enumerate(taught)
        for new in range(3)
        if new != old
    ]
    rows = np.arange(n)

    def best_of_all(rows: Any, used: list[int], n_steps: int) -> float:
        """Try every sequence of steps, each worth what it gains before and after, in the mean."""
        most = 0.0
        for option in options if n_steps else ():
            places = sources[option.source][used[option.source] :][:step]
            if len(places) == step:
                [first] = first_gains(pool, rows, [(places, option.new)])
                after, second = exchange(pool, rows, places, option.new)
                left = [n + step * (at == option.source) for at, n in enumerate(used)]
                gain = (first + second) / 2 + best_of_all(after, left, n_steps - 1)
                most = max(most, gain)
        return most

    chosen, gains, without = choose(pool, rows, sources, options, n_steps=2, step=step)
    assert sum(gains) >= 0.95 * best_of_all(rows, [0] * 4, 2)
    assert len(chosen) == len(gains)
    # And what was gained step by step is what the whole comes to.
    exchanged, used = rows.copy(), [0] * 4
    for number in chosen:
        option = options[number]
        exchanged[sources[option.source][used[option.source] :][:step]] = option.new
        used[option.source] += step
    whole = pool.replay(exchanged).stays.sum() - without
    assert sum(gains) == pytest.approx(whole, rel=0.25, abs=0.2)
