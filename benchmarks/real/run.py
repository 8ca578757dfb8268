"""Measure every contender on a set: `python benchmarks/real/run.py FOLDER`.

FOLDER holds users.csv, items.csv (an id and feature columns), interactions.csv (user, item and
perhaps time and weight) and perhaps split.csv (user, item, train / validation / test / cold);
without a split, each seed makes one. Written are metrics.json and rankings.csv.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs by its path

from benchmarks.real.contenders import World
from benchmarks.real.folder import read_set
from benchmarks.real.measure import Run, summed_up
from benchmarks.real.one_seed import run_seed
from benchmarks.real.report import OURS, WITHOUT, write_rankings, write_report, write_table
from benchmarks.real.splits import split
from benchmarks.real.tables import SetRefused

SEEDS = (42, 43, 44)
N_TRIALS = 12


def _run_seeds(
    world: World, seeds: Sequence[int], n_trials: int, n_jobs: int, before: Path | None
) -> list[Run]:
    """Run every seed, some at a time: each on one thread, so that it repeats."""
    told = json.loads(before.read_text(encoding="utf-8"))["settings"] if before else {}
    chosen = [told.get(str(seed)) for seed in seeds]
    if n_jobs == 1:
        return [
            run_seed(world, *each) for each in zip(seeds, repeat(n_trials), chosen, strict=False)
        ]
    with ProcessPoolExecutor(n_jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(run_seed, repeat(world), seeds, repeat(n_trials), chosen))


def _tell(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="FOLDER/results.")
@click.option("--table", type=click.Path(dir_okay=False, path_type=Path), help="A page to update.")
@click.option("--title", help="Of the table; the folder's name.")
@click.option("--seed", "seeds", multiple=True, type=int, default=SEEDS, show_default=True)
@click.option("--trials", default=N_TRIALS, show_default=True, type=click.IntRange(min=1))
@click.option(
    "--jobs", default=1, show_default=True, type=click.IntRange(min=1), help="Seeds at a time."
)
@click.option(
    "--settings",
    "before",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="metrics.json of an earlier run on the same set: the first stage is not tuned again.",
)
def main(
    folder: Path,
    out: Path | None,
    table: Path | None,
    title: str | None,
    seeds: tuple[int, ...],
    trials: int,
    jobs: int,
    before: Path | None,
) -> None:
    """Tune, fit, rank and measure every contender on the set in FOLDER."""
    try:
        world = World(read_set(folder))
        for seed in seeds:
            split(world.data, seed)
    except SetRefused as refused:
        raise click.ClickException(f"{folder.name} is refused:\n{refused}") from None
    for note in (*world.data.notes, *world.users.notes, *world.items.notes):
        _tell(note)
    runs = _run_seeds(world, seeds, trials, jobs, before)
    found = {
        name: summed_up(runs, OURS, parts_of_ours={WITHOUT}, warm=warm, seed=seeds[0])
        for name, warm in (("warm", True), ("cold", False))
    }
    target = out or folder / "results"
    target.mkdir(parents=True, exist_ok=True)
    write_rankings(target / "rankings.csv", world, runs)
    text = write_report(target / "metrics.json", world, runs, found)
    click.echo(text)
    if table:
        write_table(table, folder.name, title or folder.name, text)


if __name__ == "__main__":
    main()
