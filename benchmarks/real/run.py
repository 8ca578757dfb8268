"""Measure every contender on a set: `python benchmarks/real/run.py FOLDER`.

FOLDER holds users.csv, items.csv (an id and feature columns), interactions.csv (user, item and
perhaps time and weight) and perhaps split.csv (user, item, train / validation / test / cold);
without a split, each seed makes one. Written are metrics.json and rankings.csv.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path
from time import process_time

import click
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it runs by its path

from benchmarks.real.contenders import Pairs, Rows, Scores, Setting, World
from benchmarks.real.folder import read_set
from benchmarks.real.measure import Run, merit, per_user, ranked, summed_up
from benchmarks.real.pairs import BLOCK
from benchmarks.real.report import OURS, TREES_ALONE, write_rankings, write_report, write_table
from benchmarks.real.second import FACTORIZATION, Binned, Examples, SecondStage, Trees
from benchmarks.real.splits import HeldOut, folds, split
from benchmarks.real.tables import SetRefused
from benchmarks.real.tuning import FIRST_STAGE, TREES, draws

SEEDS = (42, 43, 44)
N_TRIALS = 12
N_FOLDS = 4
MOST_TRIED = 40_000  # pairs that the trees learn from while their settings are chosen
MOST_TUNED = 300_000  # pairs on which settings of the trees are compared
MOST_ASKED = 2_000  # users of a validation or a fold: more cost time and change little


def _run_seeds(world: World, seeds: Sequence[int], n_trials: int, n_jobs: int) -> list[Run]:
    """Run every seed, some at a time: each on one thread, so that it repeats."""
    if n_jobs == 1:
        return [run_seed(world, seed, n_trials) for seed in seeds]
    with ProcessPoolExecutor(n_jobs, mp_context=get_context("spawn")) as pool:
        return list(pool.map(run_seed, repeat(world), seeds, repeat(n_trials)))


def run_seed(world: World, seed: int, n_trials: int) -> Run:
    """Tune, fit and rank every contender on one split."""
    begun = process_time()
    parts = split(world.data, seed).smaller(MOST_ASKED, seed)
    settings: dict[str, Setting] = {}
    for number, contender in enumerate(FIRST_STAGE):
        tried = draws(contender.draw, n_trials, seed, number)
        rows = parts.validation.asked
        merits = [
            _merit(
                world,
                parts.validation,
                rows,
                contender.scores(world, parts.validation.known, rows, setting, seed),
            )
            if len(tried) > 1
            else 0.0
            for setting in tried
        ]
        settings[contender.name] = tried[int(np.argmax(merits))]
        _tell(f"seed {seed}: {contender.title}: {max(merits):.3f}")
    rows = _asked(world, parts.test)
    scores = {
        each.name: each.scores(world, parts.test.known, rows, settings[each.name], seed)
        for each in FIRST_STAGE
    }
    second, chosen = _second_stage(world, seed, n_trials, settings, scores, rows)
    lists = {
        name: ranked(world, parts.test, rows, each) for name, each in {**scores, **second}.items()
    }
    return Run(
        seed=seed,
        rows=rows,
        warm=parts.test.warm[rows],
        lists=lists,
        values={name: per_user(parts.test, rows, each) for name, each in lists.items()},
        settings=settings | chosen,
        seconds=process_time() - begun,
    )


def _asked(world: World, test: HeldOut) -> Rows:
    """Users with a held-out pair, and those of whom nothing at all is known."""
    nothing = np.diff(test.known.indptr) + np.diff(test.held.indptr) == 0
    return np.union1d(test.asked, np.flatnonzero(nothing))


def _merit(world: World, known: HeldOut, rows: Rows, scores: Scores) -> float:
    return merit(known, rows, ranked(world, known, rows, scores))


def _second_stage(
    world: World,
    seed: int,
    n_trials: int,
    settings: Mapping[str, Setting],
    tested: Mapping[str, Scores],
    rows: Rows,
) -> tuple[dict[str, Scores], dict[str, Setting]]:
    """Fit the second stage with and without the factorization, and rank by both."""
    parts = split(world.data, seed).smaller(MOST_ASKED, seed)
    training = parts.test.known
    rng = np.random.default_rng([seed, 1])

    def described(known: Pairs, asked: Rows) -> dict[str, Scores]:
        found = {
            each.name: each.scores(world, known, asked, settings[each.name], seed)
            for each in FIRST_STAGE
            if each.describes
        }
        return _silent_where_cold(found, known, asked)

    stage = SecondStage(world, training, described)
    all_folds = [parts.validation, *folds(training, N_FOLDS - 1, rng, parts.test)]
    features = stage.features(parts.validation.known, parts.validation.asked)
    examples = [stage.examples(parts.validation, features, N_FOLDS, rng)]
    for fold in (each.asking(MOST_ASKED, rng) for each in all_folds[1:]):
        of_fold = stage.features(fold.known, fold.asked)
        examples.append(stage.examples(fold, of_fold, N_FOLDS, rng))
        _tell(f"seed {seed}: described {len(examples[-1].labels)} pairs")
    for_tuning = Examples.joined(examples[1:]).some(MOST_TRIED, rng)
    whole = Examples.joined(examples)
    tuning, final = Binned(for_tuning), Binned(whole)
    validated = parts.validation.asked
    n_compared = min(len(validated), max(50, MOST_TUNED // world.n_items))
    some = np.sort(rng.permutation(len(validated))[:n_compared])
    compared = np.concatenate(
        [tuning.whole(features.of(some[at : at + BLOCK])) for at in range(0, len(some), BLOCK)]
    )
    chosen: dict[str, Setting] = {}
    trees: dict[str, tuple[Trees, list[int]]] = {}
    for name, left_out in ((TREES_ALONE, FACTORIZATION), (OURS, "")):
        columns = whole.columns_without(left_out)
        bins = tuning(for_tuning.values)[:, columns]
        tried = draws(TREES, n_trials, seed, len(FIRST_STAGE))
        merits = []
        for setting in tried:
            found = Trees(for_tuning, bins, setting, seed).scores(compared[:, columns])
            merits.append(
                _merit(world, parts.validation, validated[some], found.reshape(-1, world.n_items))
            )
        chosen[name] = tried[int(np.argmax(merits))]
        bins = final(whole.values)[:, columns]
        trees[name] = Trees(whole, bins, chosen[name], seed), columns
        _tell(f"seed {seed}: {name}: {max(merits):.3f}")
    of_test = stage.describe(
        training, rows, _silent_where_cold(_describing(tested), training, rows)
    )
    scores = {name: np.empty((len(rows), world.n_items), dtype=np.float32) for name in trees}
    for block, found in of_test.blocks():
        bins = final.whole(found)
        for name, (each, columns) in trees.items():
            scores[name][block] = each.scores(bins[:, columns]).reshape(-1, world.n_items)
    return scores, chosen


def _describing(scores: Mapping[str, Scores]) -> dict[str, Scores]:
    return {each.name: scores[each.name] for each in FIRST_STAGE if each.describes}


def _silent_where_cold(scores: Mapping[str, Scores], known: Pairs, rows: Rows) -> dict[str, Scores]:
    """Let contenders that only know histories say nothing about users without one."""
    cold = np.diff(known.indptr)[rows] == 0
    by_history = {each.name for each in FIRST_STAGE if each.by_history}
    return {
        name: np.where(cold[:, None], np.float32(np.nan), each) if name in by_history else each
        for name, each in scores.items()
    }


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
def main(
    folder: Path,
    out: Path | None,
    table: Path | None,
    title: str | None,
    seeds: tuple[int, ...],
    trials: int,
    jobs: int,
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
    runs = _run_seeds(world, seeds, trials, jobs)
    found = {
        name: summed_up(runs, OURS, warm=warm, seed=seeds[0])
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
