"""Let one season of a world happen: lists, search, applications, offers, acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from recommender.evaluation.world_choice import allowed, pair_means
from recommender.evaluation.world_config import (
    APPLICATION_SLACK,
    EMPLOYER_NOISE,
    MAX_APPLICATIONS,
    Block,
    Dice,
    WorldConfig,
)
from recommender.evaluation.world_draws import History, draw_people, draw_posts
from recommender.evaluation.world_parts import (
    Applications,
    Bools,
    Doubles,
    Fate,
    Floats,
    Ints,
    People,
    Posts,
    Season,
    Setting,
    Shown,
    Structure,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Everything about pairs that the rounds of a season need."""

    utility: Doubles  # with pair noise
    score: Doubles  # with pair noise
    stay: Doubles  # chance
    outside: Floats
    able: Bools


def run_season(
    config: WorldConfig,
    setting: Setting,
    structure: Structure,
    history: History,
    number: int,
    dice: Dice,
) -> Season:
    """Let a season happen and leave what it was like in the history."""
    history.begin(config, setting, number, dice)
    people = draw_people(config, setting, structure, number, dice)
    posts = draw_posts(config, setting, structure, history, number, dice)
    before = np.sqrt(history.by_school / (1.0 + history.by_school.max()))
    nothing = np.empty(0, dtype=np.int32)
    season = Season(
        number=number,
        trend=config.wage_trend * number,
        people=people,
        enterprises=history.enterprises,
        posts=posts,
        schoolmates=before.astype(np.float32),
        applications=_no_applications(),
        shown=Shown(
            graduate=nothing, post=nothing, round=nothing, position=nothing,
            propensity=np.empty(0, dtype=np.float32),
        ),
        cut=np.full(len(posts), config.hiring_bar, dtype=np.float32),
    )  # fmt: skip
    means = pair_means(config, setting, structure, people, season)
    able = allowed(people, posts)
    able |= dice.roll(Block.LABELS, 2 * number + 1).random(able.shape) < config.overlooked
    pairs = Pairs(
        utility=means.utility + gumbel(dice.roll(Block.TASTE, number), able.shape),
        score=means.score + employer_noise(dice.roll(Block.EMPLOYER, number), able.shape),
        stay=expit(means.stay_logit),
        outside=people.outside,
        able=able,
    )
    officers = _Officers(config, setting, people, posts, history.by_label, able)
    applications, shown, cut = _run_rounds(config, posts, pairs, officers, number, dice)
    season = replace(season, applications=applications, shown=shown, cut=cut)
    history.end(season)
    return season


def _no_applications() -> Applications:
    nothing = np.empty(0, dtype=np.int32)
    return Applications(
        graduate=nothing, post=nothing, round=nothing, position=nothing,
        fate=np.empty(0, dtype=np.int8), stayed=np.empty(0, dtype=bool),
        propensity=np.empty(0, dtype=np.float32),
    )  # fmt: skip


def gumbel(rng: np.random.Generator, shape: tuple[int, int]) -> Doubles:
    """Draw the taste noise of every pair: standard Gumbel, float64."""
    draw = np.maximum(rng.random(shape), 1e-15)
    noise: Doubles = -np.log(-np.log(draw))
    return noise


def employer_noise(rng: np.random.Generator, shape: tuple[int, int]) -> Doubles:
    """Draw the screening noise of every pair: normal, standard deviation 0.7, float64."""
    return EMPLOYER_NOISE * rng.standard_normal(shape)


class _Officers:
    """What graduates get to see: lists by the officers' rule, and their own search."""

    def __init__(
        self,
        config: WorldConfig,
        setting: Setting,
        people: People,
        posts: Posts,
        by_label: Doubles,
        able: Bools,
    ) -> None:
        n_families, n_areas = len(setting.core), int(setting.area.max()) + 1
        match = (np.arange(n_families)[:, None] == posts.label[None, :])[:, None, :]
        same = (np.arange(n_areas)[:, None] == setting.area[posts.town])[None, :, :]
        known = np.log1p(by_label[posts.enterprise, posts.label])
        rule = 2.0 * match + 1.0 * same + config.memory_of_officers * known
        search = 0.9 * match + 0.4 * np.log(posts.headcount) + 0.5 * same
        if not config.features_matter or config.linear:
            rule, search = np.zeros_like(rule), np.zeros_like(search)
        self._config = config
        self._able = able
        self._n_posts = len(posts)
        self._group = people.family * n_areas + setting.area[people.home]
        self._rule = _cumulated(rule.reshape(-1, len(posts)))
        self._search = _cumulated(search.reshape(-1, len(posts)))

    def show(
        self, who: NDArray[np.intp], uniform: Bools, tried: Bools, rng: np.random.Generator
    ) -> tuple[Ints, Floats]:
        """Draw a list for each graduate: softmax of the rule, a share of slots uniform.

        What a rule forbids and what the graduate has applied for already is left out.
        """
        config = self._config
        share = np.where(uniform[who], 1.0, config.uniform_slots)[:, None]
        drawn = self._draw(self._rule, who, 6 * config.n_listed, rng)
        random = rng.integers(0, self._n_posts, drawn.shape)
        drawn = np.where(rng.random(drawn.shape) < share, random, drawn)
        pairs = who[:, None], drawn
        fine = self._able[pairs] & ~tried[pairs]
        listed = first_distinct(drawn, fine, config.n_listed)
        chance = share / self._n_posts + (1 - share) * self._chance(who, listed)
        return listed, chance.astype(np.float32)

    def search(self, who: NDArray[np.intp], rng: np.random.Generator) -> Ints:
        """Draw what each graduate finds alone."""
        n = self._config.n_searched
        drawn = self._draw(self._search, who, 6 * n, rng)
        return first_distinct(drawn, np.ones(drawn.shape, dtype=bool), n)

    def _draw(
        self, cumulated: Doubles, who: NDArray[np.intp], n: int, rng: np.random.Generator
    ) -> NDArray[np.intp]:
        group = self._group[who].astype(np.int64)[:, None]
        query = rng.random((len(who), n)) + group
        found = np.searchsorted(cumulated, query, side="right") - group * self._n_posts
        drawn: NDArray[np.intp] = np.minimum(found, self._n_posts - 1)
        return drawn

    def _chance(self, who: NDArray[np.intp], listed: Ints) -> Doubles:
        index = self._group[who].astype(np.int64)[:, None] * self._n_posts + listed
        group = self._group[who][:, None]
        before = np.where(listed % self._n_posts == 0, group, self._rule[index - 1])
        return np.where(listed < 0, np.nan, self._rule[index] - before)


def _cumulated(logits: Doubles) -> Doubles:
    """Cumulate each row's softmax and chain the rows, so that one search serves all."""
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    total = np.cumsum(weights, axis=1)
    chained: Doubles = (total / total[:, -1:] + np.arange(len(logits))[:, None]).ravel()
    return chained


def repeated(rows: NDArray[np.integer]) -> Bools:
    """Mark entries that came before in their row."""
    order = np.argsort(rows, axis=1, kind="stable")
    ordered = np.take_along_axis(rows, order, axis=1)
    again = np.zeros(rows.shape, dtype=bool)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], axis=1)
    return again


def first_distinct(drawn: NDArray[np.intp], fine: Bools, n: int) -> Ints:
    """Keep the first `n` different fine entries of each row, in order; -1 fills.

    Drawing on and dropping what came before is drawing without replacement.
    """
    keep = fine & ~repeated(drawn)
    place = np.cumsum(keep, axis=1) - 1
    keep &= place < n
    found = np.full((len(drawn), n), -1, dtype=np.int32)
    rows, columns = np.nonzero(keep)
    found[rows, place[rows, columns]] = drawn[rows, columns]
    return found


def _run_rounds(
    config: WorldConfig,
    posts: Posts,
    pairs: Pairs,
    officers: _Officers,
    number: int,
    dice: Dice,
) -> tuple[Applications, Shown, Floats]:
    rng = dice.roll(Block.EXPOSURE, number)
    staying = dice.roll(Block.STAYING, number)
    n = len(pairs.outside)
    uniform = rng.random(n) < config.uniform_graduates
    left = posts.headcount.astype(np.int64)
    placed = np.zeros(n, dtype=bool)
    tried = np.zeros(pairs.able.shape, dtype=bool)
    worst = np.full(len(posts), np.inf)
    done: list[Applications] = []
    shown: list[Shown] = []
    for turn in range(config.n_rounds):
        who = np.flatnonzero(~placed)
        listed, chance = officers.show(who, uniform, tried, rng)
        shown.append(_slots(who, listed, chance, turn))
        seen = _seen(config, who, listed, chance, officers.search(who, rng), rng)
        graduate, post, position, propensity = _apply(pairs, tried, seen, rng)
        tried[graduate, post] = True
        wishes = Wishes.of(pairs, graduate, post)
        fate = clear(wishes, left, rng.permutation(n), config.hiring_bar)
        taken = fate == Fate.ACCEPTED
        placed[graduate[taken]] = True
        np.subtract.at(left, post[taken], 1)
        np.minimum.at(worst, post[taken], pairs.score[graduate[taken], post[taken]])
        luck = staying.random(len(graduate))
        done.append(
            Applications(
                graduate=graduate, post=post, round=np.full(len(post), turn, dtype=np.int32),
                position=position, fate=fate, stayed=taken & (luck < pairs.stay[graduate, post]),
                propensity=propensity,
            )
        )  # fmt: skip
    cut = np.where(left <= 0, worst, config.hiring_bar).astype(np.float32)
    if not config.features_matter or config.linear:
        cut[:] = config.hiring_bar
    return Applications(**_joined(done)), Shown(**_joined(shown)), cut


def _joined(parts: Sequence[Applications] | Sequence[Shown]) -> dict[str, Any]:
    names = parts[0].__slots__
    return {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}


def _slots(who: NDArray[np.intp], listed: Ints, chance: Floats, turn: int) -> Shown:
    rows, places = np.nonzero(listed >= 0)
    return Shown(
        graduate=who[rows].astype(np.int32),
        post=listed[rows, places],
        round=np.full(len(rows), turn, dtype=np.int32),
        position=(places + 1).astype(np.int32),
        propensity=chance[rows, places],
    )


def _seen(
    config: WorldConfig,
    who: NDArray[np.intp],
    listed: Ints,
    chance: Floats,
    found: Ints,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Floats]:
    """Look at the list, less likely further down, and at what one found alone.

    Returns graduate, post, position (0 where found alone) and propensity of every pair seen.
    """
    place = np.arange(1, config.n_listed + 1)
    looked = rng.random(listed.shape) < place**-0.7
    # What was not looked at gets numbers of its own, so that it repeats nothing.
    hidden = -1 - np.arange(listed.size, dtype=np.int32).reshape(listed.shape)
    both = np.hstack([np.where(looked, listed, hidden), found])
    rows, columns = np.nonzero((both >= 0) & ~repeated(both))
    position = np.where(columns < config.n_listed, columns + 1, 0).astype(np.int32)
    propensity = np.where(position > 0, chance[rows, np.maximum(position - 1, 0)], np.nan)
    return (
        who[rows].astype(np.int32),
        both[rows, columns].astype(np.int32),
        position,
        propensity.astype(np.float32),
    )


def _apply(
    pairs: Pairs,
    tried: Bools,
    seen: tuple[Ints, Ints, Ints, Floats],
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints, Floats]:
    """Choose the best of what was seen, one to four posts each, none a second time."""
    graduate, post, position, propensity = seen
    wish = pairs.utility[graduate, post]
    quota = np.minimum(1 + rng.poisson(1.2, len(pairs.outside)), MAX_APPLICATIONS)
    worth = (wish > pairs.outside[graduate] - APPLICATION_SLACK) & ~tried[graduate, post]
    (kept,) = np.nonzero(worth)
    kept = kept[_rank_within(graduate[kept], -wish[kept]) < quota[graduate[kept]]]
    return graduate[kept], post[kept], position[kept], propensity[kept]


def _rank_within(group: NDArray[np.integer], key: NDArray[np.generic]) -> NDArray[np.intp]:
    """Rank entries within their group, from 0, smallest key first."""
    order = np.lexsort((key, group))
    ordered = group[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else order
    start = np.repeat(first, np.diff(np.r_[first, len(order)]))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order)) - start
    return rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The applications of one round, with what both sides think of them."""

    graduate: Ints
    post: Ints
    utility: Doubles
    score: Doubles
    willing: Bools
    able: Bools

    @classmethod
    def of(cls, pairs: Pairs, graduate: Ints, post: Ints) -> Wishes:
        """Look up what both sides think of some pairs, with this season's noise."""
        utility = pairs.utility[graduate, post]
        return cls(
            graduate=graduate,
            post=post,
            utility=utility,
            score=pairs.score[graduate, post],
            willing=utility > pairs.outside[graduate],
            able=pairs.able[graduate, post],
        )


def clear(
    wishes: Wishes, left: NDArray[np.int64], turn_order: NDArray[np.integer], bar: float
) -> NDArray[np.int8]:
    """Let employers offer and graduates accept; say what became of each application.

    A post offers to its best applicants above the bar, a quarter more of them than it has
    places. Each graduate takes the best offer worth taking, in the order of turns, while
    places remain; where that one is gone, the next.
    """
    fate = np.full(len(wishes.post), Fate.UNFIT, dtype=np.int8)
    free = left[wishes.post]
    fit = wishes.able & (wishes.score > bar)
    fate[free <= 0] = Fate.NO_PLACE_LEFT
    (pool,) = np.nonzero(fit & (free > 0))
    rank = _rank_within(wishes.post[pool], -wishes.score[pool])
    offered = rank < np.ceil(1.25 * free[pool])
    fate[pool] = np.where(offered, Fate.TURNED_DOWN, Fate.OUTRANKED)
    offers = pool[offered & wishes.willing[pool]]
    taken, late = _take_turns(wishes, offers, left, turn_order)
    fate[taken] = Fate.ACCEPTED
    fate[late] = Fate.TOO_LATE
    return fate


def _take_turns(
    wishes: Wishes,
    offers: NDArray[np.intp],
    left: NDArray[np.int64],
    turn_order: NDArray[np.integer],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Serve graduates in turn; give the offers taken and those that came too late.

    Every post prefers earlier turns, so deferred acceptance gives the same as serving one
    graduate after the other, without a loop over them.
    """
    offers = offers[np.lexsort((-wishes.utility[offers], wishes.graduate[offers]))]
    late = np.zeros(len(offers), dtype=bool)
    while True:
        (alive,) = np.nonzero(~late)
        _, first = np.unique(wishes.graduate[offers[alive]], return_index=True)
        asked = alive[first]
        post = wishes.post[offers[asked]]
        rank = _rank_within(post, turn_order[wishes.graduate[offers[asked]]])
        beyond = rank >= left[post]
        if not beyond.any():
            return offers[asked], offers[late]
        late[asked[beyond]] = True


def clear_all(
    config: WorldConfig,
    pairs: Pairs,
    graduate: Ints,
    post: Ints,
    headcount: Ints,
    turn_order: NDArray[np.integer],
) -> NDArray[np.intp]:
    """Clear the same applications round by round; give the indices of those accepted."""
    left = headcount.astype(np.int64)
    pending = np.arange(len(post))
    accepted = [pending[:0]]
    for _ in range(config.n_rounds):
        wishes = Wishes.of(pairs, graduate[pending], post[pending])
        fate = clear(wishes, left, turn_order, config.hiring_bar)
        taken = pending[fate == Fate.ACCEPTED]
        if not len(taken):
            break
        accepted.append(taken)
        np.subtract.at(left, post[taken], 1)
        again = (fate == Fate.OUTRANKED) | (fate == Fate.TOO_LATE)
        pending = pending[again & ~np.isin(graduate[pending], graduate[taken])]
    return np.concatenate(accepted)
