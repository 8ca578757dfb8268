"""Moves of places against the truth of World A: `python -m benchmarks.plan_moves --out DIR`.

A world is lived through as in `benchmarks.one_world`; its class year of today is replayed by the
planner with people of one trade exchanged for those of another, and by the world itself with
people whom the world draws for that trade. Told is how often both name the same sign.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.one_world import CLASS_YEAR, DAY, live_through
from recommender.data import store
from recommender.evaluation import world as w
from recommender.evaluation import world_parts as wp
from recommender.evaluation.world_config import Kind
from recommender.matching.market import priced_lists
from recommender.matching.prices import solve_prices
from recommender.year.described import describe
from recommender.year.moves import N_DRAWS, Move, replay_move
from recommender.year.replay import Past, read_past
from training_data.make_sample import SEASON_OF_TODAY, graduate_ids, post_ids, sample_world

N_MOVES = 20
PLACES = 30
FEWEST = 20  # of the old trade at the college
N_GROUPS = 4  # of people whom the world draws for the new trade
N_REPEATS = 15  # of the season, for each group
LIST_LENGTH = 10
YOUNGEST = 3  # the level of classes in which some are minors
CLEARLY = 2.0  # standard errors from 0


Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a world makes of a move: people more or fewer that stay, and the standard error."""

    value: float
    error: float


def choose(past: Past, n: int, seed: int) -> list[Move]:
    """Draw moves: a trade of which a college has enough, and another that is taught somewhere."""
    rng = np.random.default_rng([2026, seed])
    classes: dict[tuple[str, str], int] = {}
    for each in past.cohort:
        key = (each.college, each.trade)
        classes[key] = classes.get(key, 0) + 1
    large = sorted(key for key, people in classes.items() if people >= FEWEST)
    trades = sorted({trade for _, trade in classes})
    found: dict[tuple[str, str, str], Move] = {}
    while len(found) < n:
        college, old = large[int(rng.integers(len(large)))]
        new = trades[int(rng.integers(len(trades)))]
        if new != old:
            places = min(PLACES, classes[college, old])
            found[college, old, new] = Move(
                college=college,
                from_trade=old,
                to_trade=new,
                places=places,
                entry_year=CLASS_YEAR,
            )
    return list(found.values())


class TrueMarket:
    """A world's season of today, to be lived again with other people."""

    def __init__(self, world: w.World, past: Past) -> None:
        self.world, self.past = world, past
        self.season = world.seasons[SEASON_OF_TODAY]
        at = {each: n for n, each in enumerate(graduate_ids(self.season))}
        self.rows = np.array([at[each.graduate_id] for each in past.cohort])
        at = {each: n for n, each in enumerate(post_ids(self.season))}
        self.columns = np.array([at[each.post_id] for each in past.posts])
        people = self.season.people
        self.major = {
            each.trade: int(people.major[row])
            for each, row in zip(past.cohort, self.rows, strict=True)
        }
        self.school = {
            each.college: int(people.school[row])
            for each, row in zip(past.cohort, self.rows, strict=True)
        }
        self.before = [self._stays(people, group) for group in range(N_GROUPS)]

    def effect(self, move: Move) -> Truth:
        """Live the season again with a move, under the same luck as without it."""
        differences = np.concatenate(
            [
                self._stays(self._people(move, group), group) - self.before[group]
                for group in range(N_GROUPS)
            ]
        )
        error = differences.std(ddof=1) / np.sqrt(len(differences))
        return Truth(float(differences.mean()), float(error))

    def _people(self, move: Move, group: int) -> wp.People:
        """Exchange people, those who take part and no others, for some drawn by the world."""
        people, school = self.season.people, self.school[move.college]
        is_old = (people.major == self.major[move.from_trade]) & (people.school == school)
        taking_part = np.zeros(len(people), dtype=bool)
        taking_part[self.rows] = True
        there = np.flatnonzero(is_old & taking_part)
        taken = there[np.arange(move.places) * len(there) // move.places]
        rng = np.random.default_rng([7, group])
        homes = people.home[people.school == school]
        new = self._drawn(self.major[move.to_trade], move.places, group)
        # The same tier as the planner takes them to be of: a programme says so, not the world.
        like = describe(self.past, move.college, move.to_trade, move.places).people
        level = np.array([int(each.skill_level or YOUNGEST) for each in like], dtype=np.int8)
        new = replace(
            new,
            school=np.full(move.places, school, dtype=np.int32),
            home=rng.choice(homes, move.places).astype(np.int32),
            level=level,
            minor=new.minor & (level <= YOUNGEST),
        )
        changed: dict[str, Any] = {}
        for each in fields(wp.People):
            values = getattr(people, each.name).copy()
            values[taken] = getattr(new, each.name)
            changed[each.name] = values
        return wp.People(**changed)

    def _drawn(self, major: int, n: int, group: int) -> wp.People:
        parts: list[wp.People] = []
        seed = 1 + 100 * group
        while sum(map(len, parts)) < n:
            drawn = self.world.replicate_people(SEASON_OF_TODAY, seed)
            parts.append(_rows(drawn, np.flatnonzero(drawn.major == major)))
            seed += 1
        joined = {
            each.name: np.concatenate([getattr(part, each.name) for part in parts])[:n]
            for each in fields(wp.People)
        }
        return wp.People(**joined)

    def _stays(self, people: wp.People, group: int) -> NDArray[np.float64]:
        """Let everybody follow lists by the true chances: people who stay, repeat by repeat."""
        season = replace(self.season, people=people)
        seasons = (*self.world.seasons[:SEASON_OF_TODAY], season)
        world = replace(self.world, seasons=seasons)
        truth = world.truth(SEASON_OF_TODAY)
        at = np.ix_(self.rows, self.columns)
        takes = (truth.want * truth.offer)[at].astype(np.float32)
        may = truth.eligible[at]
        places = season.posts.headcount[self.columns].astype(np.int32)
        scores = truth.retained[at]
        prices = solve_prices(scores, may, places, takes)
        lists = priced_lists(
            scores - prices.taken_off(scores), may, LIST_LENGTH,
            [str(row) for row in self.rows], [str(column) for column in self.columns],
            covering=False,
        )  # fmt: skip
        everybody = np.full((len(people), LIST_LENGTH), -1, dtype=np.int32)
        everybody[self.rows] = np.where(lists >= 0, self.columns[lists], -1)
        came = w.simulate_market(
            world, SEASON_OF_TODAY, everybody, n_repeats=N_REPEATS, seed=1_000 + group
        )
        return came.retained_by_repeat * len(people)


def _rows(people: wp.People, rows: NDArray[np.intp]) -> wp.People:
    return wp.People(**{each.name: getattr(people, each.name)[rows] for each in fields(wp.People)})


def measure(folder: Path, seed: int, scale: float, n_moves: int, n_draws: int) -> list[Record]:
    """Measure moves of one world; what was lived through in the folder is used again."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "models" / "current.json").exists():
        live_through(folder, Kind.MARKET, seed, scale).engine.dispose()
    engine = store.connect(f"sqlite:///{folder / 'placement.sqlite3'}")
    past = read_past(engine, folder / "models", day=DAY)
    engine.dispose()
    moves = choose(past, n_moves, seed)
    truths = truths_of(moves, past, folder / "truths.jsonl", seed, scale)
    found = []
    for move, truth in zip(moves, truths, strict=True):
        moved = replay_move(past, move, n_draws=n_draws)
        told_of = {
            "move": list(astuple(move)),
            "planned": [moved.stays.value, moved.stays.low, moved.stays.high],
            "basis": moved.basis.value,
            "truth": truth.value,
            "error": truth.error,
        }
        found.append(told_of)
        click.echo(json.dumps(told_of, ensure_ascii=False))
    return found


def truths_of(
    moves: Sequence[Move], past: Past, kept: Path, seed: int, scale: float
) -> list[Truth]:
    """Let the world live through each move, or read what it came to before."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    known = {
        tuple(each["move"]): Truth(each["value"], each["error"]) for each in map(json.loads, lines)
    }
    market: TrueMarket | None = None
    for move in moves:
        if astuple(move) not in known:
            market = market or TrueMarket(sample_world(seed, scale), past)
            truth = known[astuple(move)] = market.effect(move)
            told_of = {"move": astuple(move), "value": truth.value, "error": truth.error}
            with kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told_of, ensure_ascii=False) + "\n")
    return [known[astuple(move)] for move in moves]


def told(found: Sequence[Mapping[str, Any]]) -> str:
    """Count agreement over all moves, and over those whose truth is clearly not 0."""
    lines = []
    for name, some in (
        ("all moves", found),
        ("truth clearly not 0", [e for e in found if abs(e["truth"]) > CLEARLY * e["error"]]),
    ):
        same = sum((each["planned"][0] > 0) == (each["truth"] > 0) for each in some)
        within = sum(each["planned"][1] <= each["truth"] <= each["planned"][2] for each in some)
        lines.append(f"{name}: sign agrees in {same} of {len(some)}, interval holds {within}")
    pairs = np.array([(each["planned"][0], each["truth"]) for each in found])
    lines.append(f"correlation {np.corrcoef(pairs.T)[0, 1]:.2f}")
    return "\n".join(lines)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path("var/plan_moves"))
@click.option("--seed", "seeds", type=int, multiple=True, default=(1, 2))
@click.option("--scale", type=float, default=1.0)
@click.option("--moves", type=int, default=N_MOVES)
@click.option("--draws", type=int, default=N_DRAWS)
def main(out: Path, seeds: tuple[int, ...], scale: float, moves: int, draws: int) -> None:
    """Measure moves of some worlds, and tell how often the sign is right."""
    found = [each for seed in seeds for each in measure(out / str(seed), seed, scale, moves, draws)]
    click.echo(told(found))


if __name__ == "__main__":
    main()
