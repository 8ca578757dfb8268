"""A published scorer laid over the posts on offer: scores for people, and what they are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from recommender.domain import Graduate, Post, Reference
from recommender.matching.ranking import Part, parts_of_score
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.features import feature_matrix, graduate_features, post_features
from recommender.model.pairs import FEATURES, Grid, blocks, pair_grid
from recommender.model.scoring import Scorer

AnyScorer = Scorer | ChanceScorer


@dataclass(frozen=True, slots=True)
class Chances:
    """Calibrated chances of one pair, stage by stage; each 0 to 1."""

    wants: float
    hired: float
    stays: float


@dataclass(frozen=True, slots=True)
class Fit:
    """How well people and posts fit.

    Attributes
    ----------
    scores : float32 array of shape (n_graduates, n_posts)
    takes : float32 array of the same shape or None
        Chance that a pair comes about where a place is free: wanted and hired, 0 to 1. None
        where scores only order.
    """

    scores: NDArray[np.float32]
    takes: NDArray[np.float32] | None = None


class Board(Protocol):
    """Scores people against the posts it was laid over."""

    @property
    def knows_chances(self) -> bool:
        """Whether scores are chances, not only an order."""
        ...

    def fit(self, graduates: Sequence[Graduate]) -> Fit:
        """Score all pairs, with the chance that they come about."""
        ...

    def scores(self, graduates: Sequence[Graduate]) -> NDArray[np.float32]:
        """Score all pairs: float32 of shape (n_graduates, n_posts)."""
        ...

    def parts(self, graduate: Graduate, post: int) -> list[Part]:
        """Take what stands behind one pair apart, before any price."""
        ...

    def chances(self, graduate: Graduate, post: int) -> Chances | None:
        """Give the chance of each stage; None where only an order is known."""
        ...

    def starts(self) -> Mapping[str, float]:
        """Give the log-odds that each stage starts from; empty where only an order is known."""
        ...


def open_board(scorer: AnyScorer, posts: Sequence[Post], reference: Reference, day: date) -> Board:
    """Lay a scorer over the posts on offer on a day."""
    if isinstance(scorer, ChanceScorer):
        return ChanceBoard(scorer, posts, reference, day)
    return FeatureBoard(scorer, posts, reference)


class FeatureBoard:
    """The factorization or a plain rule: a score is a sum over pairs of features."""

    def __init__(self, scorer: Scorer, posts: Sequence[Post], reference: Reference) -> None:
        self._scorer = scorer
        self._reference = reference
        self._posts = feature_matrix(
            [post_features(post, reference) for post in posts], scorer.post_names
        )

    knows_chances = False

    def fit(self, graduates: Sequence[Graduate]) -> Fit:
        """Score all pairs; see `Board`."""
        return Fit(self.scores(graduates))

    def scores(self, graduates: Sequence[Graduate]) -> NDArray[np.float32]:
        """Score all pairs; see `Board`."""
        described = [graduate_features(graduate, self._reference) for graduate in graduates]
        people = feature_matrix(described, self._scorer.graduate_names)
        return self._scorer.scores(people, self._posts)

    def parts(self, graduate: Graduate, post: int) -> list[Part]:
        """Take the score of one pair apart; the parts add up to it."""
        person = feature_matrix(
            [graduate_features(graduate, self._reference)], self._scorer.graduate_names
        )
        return parts_of_score(self._scorer, person, self._posts[[post]])

    def chances(self, graduate: Graduate, post: int) -> Chances | None:
        """Know of none: a score only orders one graduate's posts."""
        return None

    def starts(self) -> Mapping[str, float]:
        """Know of none; see `chances`."""
        return {}


class ChanceBoard:
    """The stages of the road: a score is the chance of the whole of it."""

    knows_chances = True

    def __init__(
        self, scorer: ChanceScorer, posts: Sequence[Post], reference: Reference, day: date
    ) -> None:
        self._scorer = scorer
        self._posts = tuple(posts)
        self._reference = reference
        self._day = day
        # A page asks for ten posts of one person: describe that person once.
        self._grid_of = lru_cache(maxsize=8)(self._grid)
        known = scorer.factorization
        self._similar = FeatureBoard(known, posts, reference) if known else None
        self._records = scorer.known_for()

    def _grid(self, *graduates: Graduate) -> Grid:
        similar = self._similar.scores(graduates) if self._similar else None
        return pair_grid(
            graduates,
            self._posts,
            self._reference,
            self._day,
            similar=similar,
            records=self._records,
        )

    def __reduce__(self) -> tuple[type[ChanceBoard], tuple[object, ...]]:
        """Travel to another process without what was remembered here."""
        return (ChanceBoard, (self._scorer, self._posts, self._reference, self._day))

    def scores(self, graduates: Sequence[Graduate]) -> NDArray[np.float32]:
        """Score all pairs by the chance of the whole road, 0 to 1; see `Board`."""
        if len(graduates) == 1:
            return self._scorer.scores(self._grid_of(*graduates))
        return self.fit(graduates).scores

    def fit(self, graduates: Sequence[Graduate]) -> Fit:
        """Score all pairs; see `Board`."""
        scores = np.empty((len(graduates), len(self._posts)), dtype=np.float32)
        takes = np.empty_like(scores)
        for block in blocks(len(graduates), len(self._posts)):
            chances = self._scorer.chances(self._grid(*graduates[block]))
            scores[block] = chances.prod(axis=-1)
            takes[block] = chances[..., :2].prod(axis=-1)
        return Fit(scores, takes)

    def stage_chances(self, graduates: Sequence[Graduate]) -> NDArray[np.float64]:
        """Give the calibrated chance of each stage: float64 (n_graduates, n_posts, 3), 0 to 1."""
        chances = np.empty((len(graduates), len(self._posts), len(STAGES)))
        for block in blocks(len(graduates), len(self._posts)):
            chances[block] = self._scorer.chances(self._grid(*graduates[block]))
        return chances

    def stage_chances_at(
        self,
        graduates: Sequence[Graduate],
        rows: NDArray[np.int32],
        columns: NDArray[np.int32],
    ) -> NDArray[np.float64]:
        """Give the chance of each stage for some pairs, in order of rows: float64 (n_pairs, 3)."""
        chances = np.empty((len(rows), len(STAGES)))
        for block in blocks(len(graduates), len(self._posts)):
            those = slice(*np.searchsorted(rows, [block.start, block.stop]))
            of_block = self._scorer.chances(self._grid(*graduates[block]))
            chances[those] = of_block[rows[those] - block.start, columns[those]]
        return chances

    def parts(self, graduate: Graduate, post: int) -> list[Part]:
        """Take the log-odds of each stage apart by what a person understands.

        A part's code is ``stage.aspect``; with the stage's base, the parts of a stage add up
        to its uncalibrated log-odds.
        """
        shares = self._scorer.parts(self._grid_of(graduate).pair(0, post))
        sums: dict[str, float] = {}
        for name, row in zip(self._scorer.names, shares, strict=True):
            for stage, share in zip(STAGES, row, strict=True):
                code = f"{stage}.{FEATURES[name]}"
                sums[code] = sums.get(code, 0.0) + float(share)
        found = [Part(code, value) for code, value in sums.items() if value]
        return sorted(found, key=lambda part: (-abs(part.contribution), part.code))

    def chances(self, graduate: Graduate, post: int) -> Chances | None:
        """Give the calibrated chance of each stage."""
        chances = self._scorer.chances(self._grid_of(graduate).pair(0, post))[0, 0]
        return Chances(*(float(chance) for chance in chances))

    def starts(self) -> Mapping[str, float]:
        """Give the base of each stage, to which its parts are added."""
        return dict(zip(STAGES, self._scorer.base.tolist(), strict=True))
