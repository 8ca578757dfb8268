"""What would come of a season if everybody followed the lists, by chances that are the truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from recommender.evaluation.metrics import APPLICATIONS
from recommender.evaluation.world_config import EMPLOYER_NOISE, Block, Dice, WorldConfig
from recommender.evaluation.world_season import Pairs, clear_all, employer_noise, gumbel

# Truth is kept in half precision: a chance of 0 or 1 has no finite bar.
_CLIP = 1e-5


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of one set of lists.

    Attributes
    ----------
    placed, stayed : float64 arrays of shape (n_graduates,)
        Share of repeats in which the graduate was placed; was placed and stayed.
    fill : float
        Share of places taken, 0 to 1, mean over the repeats.
    """

    placed: NDArray[np.float64]
    stayed: NDArray[np.float64]
    fill: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """The truth of a season; arrays of shape (n_graduates, n_posts), chances from 0 to 1.

    Attributes
    ----------
    want : float64
        That the graduate takes an offer.
    offer : float64
        That the post offers, by the bar it had at the season's end; 0 where a rule forbids it.
    stay : float64
        To be there after 180 days, once started.
    """

    want: NDArray[np.float64]
    offer: NDArray[np.float64]
    stay: NDArray[np.float64]

    @property
    def whole(self) -> NDArray[np.float64]:
        """Chance of the whole road."""
        road: NDArray[np.float64] = self.want * self.offer * self.stay
        return road


def follow(
    lists: Mapping[str, NDArray[np.int32]],
    truth: Chances,
    places: NDArray[np.int32],
    *,
    n_repeats: int = 20,
    seed: int = 0,
) -> dict[str, Followed]:
    """Let every graduate apply to the first three of a list, and both sides choose.

    The chances are turned back into how far each side lies above its bar (a Gumbel draw for
    the graduate, a normal one for the post), so that the best applicants of a post go together
    with its places. Posts offer in rounds to a quarter more than they have places, each
    graduate takes the best offer, those left over are asked again: the rules of
    `world_season.clear_all`. All lists meet the same luck.

    Parameters
    ----------
    lists : mapping of name to int32 array of shape (n_graduates, n_ranked)
        Post indices, best first, each once; -1 fills.
    truth : Chances
    places : int32 array of shape (n_posts,)
    n_repeats : int
        At least 1.
    """
    shape = truth.want.shape
    rules = WorldConfig(hiring_bar=0.0)
    want, offer = (np.clip(each, _CLIP, 1 - _CLIP) for each in (truth.want, truth.offer))
    above = np.log(-np.log1p(-want))
    merit = EMPLOYER_NOISE * ndtri(offer)
    heads = {name: _applications(each) for name, each in lists.items()}
    placed = {name: np.zeros(shape[0]) for name in lists}
    stayed = {name: np.zeros(shape[0]) for name in lists}
    dice = Dice(seed, {})
    for repeat in range(n_repeats):
        pairs = Pairs(
            utility=above + gumbel(dice.roll(Block.TASTE, repeat), shape),
            score=merit + employer_noise(dice.roll(Block.EMPLOYER, repeat), shape),
            stay=truth.stay,
            outside=np.zeros(shape[0], dtype=np.float32),
            able=truth.offer > 0,
        )
        luck = dice.roll(Block.STAYING, repeat)
        order = luck.permutation(shape[0])
        draws = np.asarray(luck.random(shape[0]))
        for name, (graduate, post) in heads.items():
            taken = clear_all(rules, pairs, graduate, post, places, order)
            who = graduate[taken]
            placed[name][who] += 1
            stayed[name][who] += draws[who] < truth.stay[who, post[taken]]
    return {
        name: Followed(
            placed[name] / n_repeats,
            stayed[name] / n_repeats,
            float(placed[name].sum() / n_repeats / max(1, places.sum())),
        )
        for name in lists
    }


def _applications(lists: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    head = lists[:, :APPLICATIONS]
    rows, columns = np.nonzero(head >= 0)
    return rows.astype(np.int32), head[rows, columns]
