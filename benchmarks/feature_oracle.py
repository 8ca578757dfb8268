"""How well one could rank who knew what is observed of a pair and what the truth is of its like.

Fresh cohorts meet the same posts; trees learn the true chance from the features of a pair, from
which post it is, and from how people of the same trade, home or college stand to that post in the
other fresh cohorts. It is a bound that nobody reaches who has only a log: the cohorts are more
than any log holds, their truth has no noise, and it is that of the very season that is judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import lightgbm
import numpy as np
from numpy.typing import NDArray

from recommender.data.sheets import read_sheet
from recommender.domain import Graduate
from recommender.evaluation import world as w
from recommender.matching.market import Market
from recommender.model.pairs import blocks, pair_grid
from training_data.make_sample import SEASON_OF_TODAY, write_replicate

N_COHORTS = 4  # at least, and more where they are small
N_PEOPLE = 2_400
N_PAIRS = 600_000  # at most so many are learned from
FIRST_SEED = 7_000  # of the people of the fresh cohorts
OF_GROUP = 20.0  # people of a post's whole cohort that stand behind the mean of a group of it
N_ROUNDS = 200
PARAMETERS = {
    "objective": "regression",
    "learning_rate": 0.1,
    "num_leaves": 63,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.5,
    "max_bin": 63,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_col_wise": True,
    "verbosity": -1,
}
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """People as the program reads them, and the truth of them at a market's posts.

    Attributes
    ----------
    eligible : bool array of shape (n_graduates, n_posts)
    targets : mapping of name to float64 array of shape (n_graduates, n_posts)
    """

    graduates: Sequence[Graduate]
    eligible: NDArray[np.bool_]
    targets: Mapping[str, Doubles]


def true_chances(world: w.World, truth: w.Truth) -> dict[str, Doubles]:
    """Give the chance of the whole road: as the season's crowd left it, and with room for all."""
    road = truth.want.astype(np.float64) * truth.stay
    return {"season": road * truth.offer, "merit": road * w.merit(world, truth)}


def replicate_cohorts(world: w.World, columns: NDArray[np.intp]) -> list[Cohort]:
    """Draw fresh cohorts of the last season and write and read them as any roster.

    Parameters
    ----------
    columns : intp array of shape (n_posts,)
        The market's posts among those of the season.
    """
    n_people = len(world.seasons[SEASON_OF_TODAY].people)
    n_cohorts = max(N_COHORTS, -(-N_PEOPLE // n_people))
    cohorts = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "graduates.csv"
        for seed in range(FIRST_SEED, FIRST_SEED + n_cohorts):
            people = world.replicate_people(SEASON_OF_TODAY, seed)
            write_replicate(world, people, path)
            truth = world.truth(SEASON_OF_TODAY, people)
            cohorts.append(
                Cohort(
                    graduates=[each.item for each in read_sheet(path).items],
                    eligible=truth.eligible[:, columns],
                    targets={
                        name: each[:, columns] for name, each in true_chances(world, truth).items()
                    },
                )
            )
    return cohorts


def feature_oracle(market: Market, cohorts: Sequence[Cohort]) -> dict[str, NDArray[np.float32]]:
    """Learn every target on the fresh cohorts and score the market's own people.

    Returns
    -------
    mapping of target to float32 array of shape (n_graduates, n_posts)
    """
    rng = np.random.default_rng(1)
    n_pairs = N_PAIRS // len(cohorts)
    picked = [_pick(cohort.eligible, n_pairs, rng) for cohort in cohorts]
    features = [
        _features(cohort.graduates, market, *pairs)
        for cohort, pairs in zip(cohorts, picked, strict=True)
    ]
    found = {}
    for target in cohorts[0].targets:
        known, answers = [], []
        for number, (cohort, pairs) in enumerate(zip(cohorts, picked, strict=True)):
            others = [each for each in cohorts if each is not cohort]
            usual = _means(others, cohort.graduates, target)
            known.append(np.hstack([features[number], _at(usual, pairs)]))
            answers.append(cohort.targets[target][pairs])
        data = lightgbm.Dataset(np.vstack(known), np.concatenate(answers), params=PARAMETERS)
        trees = lightgbm.train(PARAMETERS, data, N_ROUNDS)
        usual = _means(cohorts, market.graduates, target)
        scores = np.empty((len(market.graduates), len(market.posts)), dtype=np.float32)
        for block in blocks(*scores.shape):
            rows, columns = (
                each.ravel() for each in np.mgrid[block.start : block.stop, : len(market.posts)]
            )
            described = _features(market.graduates, market, rows, columns)
            table = np.hstack([described, _at(usual, (rows, columns))])
            scores[block] = trees.predict(table, num_threads=1).reshape(scores[block].shape)
        found[target] = scores
    return found


def _pick(
    eligible: NDArray[np.bool_], n_pairs: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows, columns = np.nonzero(eligible)
    kept = np.sort(rng.permutation(len(rows))[:n_pairs])
    return rows[kept], columns[kept]


def _features(
    graduates: Sequence[Graduate],
    market: Market,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.float32]:
    """Describe pairs without what is learned from a log: float32 (n_pairs, n_features)."""
    first, last = int(rows.min()), int(rows.max()) + 1
    grid = pair_grid(graduates[first:last], market.posts, market.reference, market.day)
    described: NDArray[np.float32] = grid.of_pairs(rows - first, columns)
    return described


def _groups(graduates: Sequence[Graduate]) -> list[list[str]]:
    """Name the groups that a person belongs to, one kind after the other; all are in the first."""
    return [
        ["" for _ in graduates],
        [each.trade for each in graduates],
        [each.home_region or "" for each in graduates],
        [each.college for each in graduates],
    ]


def _means(
    cohorts: Sequence[Cohort], graduates: Sequence[Graduate], target: str
) -> list[NDArray[np.float32]]:
    """Average a target by post and group, drawn to the post's own mean where a group is small.

    Returns one float32 array of shape (n_graduates, n_posts) for each kind of group.
    """
    truth = np.vstack([cohort.targets[target] for cohort in cohorts])
    everybody = [each for cohort in cohorts for each in cohort.graduates]
    of_post = truth.mean(axis=0)
    usual = []
    for known, asked in zip(_groups(everybody), _groups(graduates), strict=True):
        names, at = np.unique([*known, *asked], return_inverse=True)
        sums = np.zeros((len(names), truth.shape[1]))
        np.add.at(sums, at[: len(known)], truth)
        n = np.bincount(at[: len(known)], minlength=len(names))[:, None]
        table = (sums + OF_GROUP * of_post) / (n + OF_GROUP)
        usual.append(table[at[len(known) :]].astype(np.float32))
    return usual


def _at(
    usual: Sequence[NDArray[np.float32]], pairs: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> NDArray[np.float32]:
    return np.stack([each[pairs] for each in usual], axis=1)
