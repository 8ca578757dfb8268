"""Trials in worlds whose effects are known: are both recovered? `python -m benchmarks.trials`.

Every city is a market of its own (World A, one season to look back to and one of the trial), so
that crowding stays inside it, as the design assumes. What is true is counted, not modelled: the
same cities with everybody drawn again many times, and with no lists at all. Then trials of those
cities, a draw and the luck of one season each, have to find it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.trial_design import draw_classes, draw_shares
from recommender.evaluation.trial_effects import Effect, EffectKind, Observed, effects
from recommender.evaluation.world import World, build_world, simulate_market
from recommender.evaluation.world_config import WorldConfig

N_LISTED = 10
SHARES = (0.0, 0.5, 0.8)
N_APPLICATIONS = 6
# Few places, and people who want them: where nobody competes there is nothing to crowd out.
CITY = WorldConfig(
    n_seasons=2,
    n_graduates=400,
    n_posts=20,
    n_enterprises=30,
    n_towns=3,
    side_km=60.0,
    n_schools=3,
    school_offers=0.8,
    class_size=(25, 45),
    places_per_graduate=0.4,
    largest_share=0.2,
    outside_mean=-0.5,
    hiring_bar=-2.5,
)
BEFORE, DURING = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One city: both kinds of lists for everybody, classes, and the rate of the year before."""

    seed: int
    world: World
    good: NDArray[np.int32]
    plain: NDArray[np.int32]
    class_no: NDArray[np.int32]
    earlier: float

    def placed(
        self, has_lists: NDArray[np.bool_], luck: int, n_repeats: int = 1
    ) -> NDArray[np.float64]:
        """Let the season happen so often: the share of times that each is placed."""
        lists = np.where(has_lists[:, None], self.good, self.plain)
        # Luck of its own, or all cities would have a good year at once.
        return _season(self.world, DURING, lists, 100_003 * luck + self.seed, n_repeats)


def make_city(seed: int, config: WorldConfig = CITY) -> City:
    """Make a city. Good lists know the truth; plain ones what a label and a town tell."""
    world = build_world(seed, config)
    people = world.seasons[DURING].people
    _, class_no = np.unique(people.class_no, return_inverse=True)
    return City(
        seed=seed,
        world=world,
        good=_top(world.truth(DURING).retained.astype(np.float64)),
        plain=_plain(world, DURING, seed),
        class_no=class_no.astype(np.int32),
        earlier=float(_season(world, BEFORE, _plain(world, BEFORE, seed), seed).mean()),
    )


def _season(
    world: World, number: int, lists: NDArray[np.int32], luck: int, n_repeats: int = 1
) -> NDArray[np.float64]:
    return simulate_market(
        world, number, lists, n_applications=N_APPLICATIONS, n_repeats=n_repeats, seed=luck
    ).placed


def _plain(world: World, number: int, seed: int) -> NDArray[np.int32]:
    season, setting = world.seasons[number], world.setting
    match = season.people.family[:, None] == season.posts.label[None, :]
    near = setting.area[season.people.home][:, None] == setting.area[season.posts.town][None, :]
    ties = np.random.default_rng(seed).random(match.shape)
    return _top(2.0 * match + near + 0.5 * ties)


def _top(scores: NDArray[np.float64]) -> NDArray[np.int32]:
    best = np.argsort(-scores, axis=1, kind="stable")[:, :N_LISTED]
    return best.astype(np.int32)


def truth(
    cities: Sequence[City], shares: Sequence[float], n_draws: int
) -> dict[tuple[EffectKind, float], float]:
    """Count what is true of these cities: every city at every share, drawn again and again."""
    rng = np.random.default_rng(1)
    rates: dict[tuple[float, bool], list[float]] = {}
    for luck in range(n_draws):
        for share in shares:
            sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
            for city in cities:
                has = _in_city(city, share, rng)
                placed = city.placed(has, luck, n_repeats=4)
                for arm in (True, False):
                    sums[arm][0] += placed[has == arm].sum()
                    sums[arm][1] += (has == arm).sum()
            for arm, (n_placed, n) in sums.items():
                if n:
                    rates.setdefault((share, arm), []).append(n_placed / n)
    mean = {key: float(np.mean(found)) for key, found in rates.items()}
    found = {}
    for share in shares:
        if 0 < share < 1:
            found[EffectKind.DIRECT, share] = mean[share, True] - mean[share, False]
            found[EffectKind.CROWDING, share] = mean[share, False] - mean[0.0, False]
    return found


def _in_city(city: City, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    sizes = np.bincount(city.class_no).astype(np.int64)
    one = np.zeros(len(sizes), dtype=np.int32)
    return draw_classes(sizes, one, np.array([share]), rng)[city.class_no]


def trial(cities: Sequence[City], shares: Sequence[float], seed: int) -> list[Effect]:
    """Hold one trial of these cities, as the program does: draw, one season, estimate."""
    rng = np.random.default_rng(seed)
    sizes = np.array([len(city.class_no) for city in cities], dtype=np.int64)
    drawn = draw_shares(sizes, shares, rng)
    has, placed, class_no, first = [], [], [], 0
    for city, share in zip(cities, drawn, strict=True):
        has.append(_in_city(city, float(share), rng))
        placed.append(city.placed(has[-1], luck=1_000_000 + seed))
        class_no.append(city.class_no + first)
        first += int(city.class_no.max()) + 1
    return effects(
        Observed(
            placed=np.concatenate(placed),
            has_lists=np.concatenate(has),
            share=np.repeat(drawn, sizes),
            city=np.repeat(np.arange(len(cities)), sizes).astype(np.int32),
            class_no=np.concatenate(class_no).astype(np.int32),
            earlier=np.repeat([city.earlier for city in cities], sizes),
        )
    )


def measure(seed: int, n_cities: int, n_trials: int, n_draws: int) -> list[dict[str, object]]:
    """Measure one set of cities: truth, mean estimate, its error, and how often it is covered."""
    cities = [make_city(1_000 * seed + at) for at in range(n_cities)]
    true = truth(cities, SHARES, n_draws)
    found: dict[tuple[EffectKind, float], list[Effect]] = {key: [] for key in true}
    for at in range(n_trials):
        for each in trial(cities, SHARES, 100 * seed + at):
            if (each.kind, each.share) in found:
                found[each.kind, each.share].append(each)
    rows = []
    for (kind, share), value in true.items():
        each = found[kind, share]
        values = np.array([one.value for one in each])
        covered = [one.low <= value <= one.high for one in each if one.low is not None]
        rows.append(
            {
                "seed": seed, "cities": n_cities, "people": sum(len(c.class_no) for c in cities),
                "kind": kind.value, "share": share, "true": value, "mean": float(values.mean()),
                "off": float(values.mean() / value - 1),
                "spread": float(values.std(ddof=1)) if len(values) > 1 else None,
                "stated": float(np.mean([one.standard_error for one in each])),
                "within_20": float(np.mean(np.abs(values / value - 1) <= 0.2)),
                "covered": float(np.mean(covered)),
            }
        )  # fmt: skip
    return rows


def main() -> None:
    """Measure several sets of cities and print a line for each effect."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cities", type=int, default=150)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rows = []
    for seed in range(1, asked.seeds + 1):
        for row in measure(seed, asked.cities, asked.trials, asked.draws):
            rows.append(row)
            print(  # noqa: T201 (what a benchmark is for)
                f"{row['seed']} {row['kind']:>8} {row['share']:.1f}: true {row['true']:+.4f}, "
                f"mean {row['mean']:+.4f} ({row['off']:+.1%}), sd {row['spread']:.4f}, "
                f"stated {row['stated']:.4f}, within 20 % {row['within_20']:.0%}, "
                f"covered {row['covered']:.0%}",
                flush=True,
            )
    if asked.json:
        asked.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
