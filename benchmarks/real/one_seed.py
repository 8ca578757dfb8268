"""Everything that one seed decides: tune, fit and rank every contender on one split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import process_time

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.real.contenders import Pairs, Rows, Scores, Setting, World
from benchmarks.real.measure import Run, merit, per_user, ranked
from benchmarks.real.pairs import BLOCK, PairFeatures, standard
from benchmarks.real.report import OURS, TREES_ALONE, WITHOUT
from benchmarks.real.second import BY_SCORE, Binned, Examples, SecondStage, Trees
from benchmarks.real.splits import HeldOut, Split, folds, split
from benchmarks.real.tuning import FIRST_STAGE, TREES, draws

N_FOLDS = 4
MOST_TRIED = 40_000  # pairs that the trees learn from while their settings are chosen
MOST_TUNED = 300_000  # pairs on which settings of the trees are compared
N_AVERAGED = 3  # best settings of the trees whose scores are averaged: the best one is luck, too
MOST_ASKED = 2_000  # users of a validation or a fold: more cost time and change little

# Which features the trees of a ranking may use.
VARIANTS: dict[str, Callable[[str], bool]] = {
    TREES_ALONE: lambda name: not name.startswith(BY_SCORE),
    WITHOUT: lambda name: "lightfm" not in name,
    OURS: lambda name: True,
}


def run_seed(
    world: World, seed: int, n_trials: int, chosen_before: Mapping[str, Setting] | None = None
) -> Run:
    """Tune, fit and rank every contender on one split.

    Parameters
    ----------
    chosen_before
        Settings of the first stage that a run with this seed has chosen already.
    """
    begun = process_time()
    parts = split(world.data, seed).smaller(MOST_ASKED, seed)
    before = chosen_before or {}
    settings = {
        contender.name: before[contender.name]
        if contender.name in before
        else _best_setting(world, parts.validation, number, seed, n_trials)
        for number, contender in enumerate(FIRST_STAGE)
    }
    rows = _asked(parts.test)
    scores = {
        each.name: each.scores(world, parts.test.known, rows, settings[each.name], seed)
        for each in FIRST_STAGE
    }
    second, chosen = _second_stage(_Round(world, parts, seed, n_trials, settings), rows, scores)
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


def _asked(test: HeldOut) -> Rows:
    """Users with a held-out pair, and those of whom nothing at all is known."""
    nothing = np.diff(test.known.indptr) + np.diff(test.held.indptr) == 0
    return np.union1d(test.asked, np.flatnonzero(nothing))


def _best_setting(
    world: World, validation: HeldOut, number: int, seed: int, n_trials: int
) -> Setting:
    """Choose a contender's settings on the validation part."""
    contender, rows = FIRST_STAGE[number], validation.asked
    tried = draws(contender.draw, n_trials, seed, number)
    if len(tried) == 1:
        return tried[0]
    merits = [
        _merit(
            world,
            validation,
            rows,
            contender.scores(world, validation.known, rows, setting, seed),
        )
        for setting in tried
    ]
    _tell(f"seed {seed}: {contender.title}: {max(merits):.3f}")
    return tried[int(np.argmax(merits))]


def _merit(world: World, known: HeldOut, rows: Rows, scores: Scores) -> float:
    return merit(known, rows, ranked(world, known, rows, scores))


@dataclass(frozen=True, slots=True)
class _Round:
    world: World
    parts: Split
    seed: int
    n_trials: int
    settings: Mapping[str, Setting]

    def first_stage(self, known: Pairs, rows: Rows) -> dict[str, Scores]:
        """Fit what describes pairs to some pairs, and score the catalogue for some users."""
        found = {
            each.name: each.scores(self.world, known, rows, self.settings[each.name], self.seed)
            for each in FIRST_STAGE
            if each.describes
        }
        return _silent_where_cold(found, known, rows)


def _fold_examples(
    this: _Round, stage: SecondStage, rng: np.random.Generator
) -> tuple[PairFeatures, list[Examples]]:
    """Give examples of the validation part, whose features come along, and of other folds."""
    parts = this.parts
    others = folds(parts.test.known, N_FOLDS - 1, rng, parts.test)
    features = stage.features(parts.validation.known, parts.validation.asked)
    examples = [stage.examples(parts.validation, features, N_FOLDS, rng)]
    for fold in (each.asking(MOST_ASKED, rng) for each in others):
        of_fold = stage.features(fold.known, fold.asked)
        examples.append(stage.examples(fold, of_fold, N_FOLDS, rng))
        _tell(f"seed {this.seed}: described {len(examples[-1].labels)} pairs")
    return features, examples


def _second_stage(
    this: _Round, rows: Rows, tested: Mapping[str, Scores]
) -> tuple[dict[str, Scores], dict[str, Setting]]:
    """Fit the second stage with and without the factorization, and rank by both."""
    world, parts, training = this.world, this.parts, this.parts.test.known
    rng = np.random.default_rng([this.seed, 1])
    stage = SecondStage(world, training, this.first_stage)
    features, examples = _fold_examples(this, stage, rng)
    # Settings are compared on the validation part: the trees that are compared learn without it.
    for_tuning = Examples.joined(examples[1:]).some(MOST_TRIED, rng)
    tuning = Binned(for_tuning)
    validated = parts.validation.asked
    n_compared = min(len(validated), max(50, MOST_TUNED // world.n_items))
    some = np.sort(rng.permutation(len(validated))[:n_compared])
    compared = np.concatenate(
        [tuning.whole(features.of(some[at : at + BLOCK])) for at in range(0, len(some), BLOCK)]
    )
    whole = Examples.joined(examples)
    final = Binned(whole)
    chosen: dict[str, Setting] = {}
    trees: dict[str, tuple[list[Trees], list[int]]] = {}
    for name, may_use in VARIANTS.items():
        columns = [at for at, feature in enumerate(whole.names) if may_use(feature)]
        learned = for_tuning, tuning(for_tuning.values)[:, columns]
        best = _best_trees(this, name, learned, compared[:, columns], validated[some])
        bins = final(whole.values)[:, columns]
        trees[name] = [Trees(whole, bins, each, this.seed) for each in best], columns
        chosen |= {f"{name} {place}": each for place, each in enumerate(best, start=1)}
    own = {each.name: tested[each.name] for each in FIRST_STAGE if each.describes}
    of_test = stage.describe(training, rows, _silent_where_cold(own, training, rows))
    scores = {name: np.empty((len(rows), world.n_items), dtype=np.float32) for name in trees}
    for block, found in of_test.blocks():
        bins = final.whole(found)
        for name, (some_trees, columns) in trees.items():
            of_block = bins[:, columns]
            each = [tree.scores(of_block).reshape(-1, world.n_items) for tree in some_trees]
            scores[name][block] = np.sum([standard(array) for array in each], axis=0)
    return scores, chosen


def _best_trees(
    this: _Round,
    name: str,
    learned: tuple[Examples, NDArray[np.uint8]],
    compared: NDArray[np.uint8],
    rows: Rows,
) -> list[Setting]:
    """Give the best settings of trees: each learns from examples, and ranks the validation."""
    tried = draws(TREES, this.n_trials, this.seed, len(FIRST_STAGE))
    merits = []
    for setting in tried:
        found = Trees(*learned, setting, this.seed).scores(compared)
        scores = found.reshape(-1, this.world.n_items)
        merits.append(_merit(this.world, this.parts.validation, rows, scores))
    _tell(f"seed {this.seed}: {name}: {max(merits):.3f}")
    return [tried[at] for at in np.argsort(-np.array(merits), kind="stable")[:N_AVERAGED]]


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
