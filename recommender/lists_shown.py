"""What the log of lists is for: count it, learn from it, estimate from it, and forget.

Lists of graduates are never explored, so what they teach has a propensity of 1; only the kiosk's
lists can say what another order would have done, and only where a step names the list.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender.data import day_files, exposures, store
from recommender.data.pseudonyms import Pseudonyms
from recommender.domain import Outcome, OutcomeStage, class_year_of
from recommender.errors import Busy, DatabaseFailed, TooFewLists, Unreadable
from recommender.evaluation.offpolicy import ChoiceLog, OffPolicy, off_policy
from recommender.matching.exploration import (
    FIRST_TO_MOVE,
    n_swaps,
    order_index,
    order_propensities,
)
from recommender.model.stages import WANTING
from recommender.shown import CitedStep, ShownList

log = structlog.get_logger()

KIOSK = "kiosk"
# How long a list may be answered; younger ones are not estimated from.
WINDOW = timedelta(days=30)
MIN_LISTS = 200
_WANTING = frozenset(stage.value for stage in WANTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCounts:
    """What the log of lists holds.

    Attributes
    ----------
    n_named
        Lists of graduates; the others are of profiles, of whom nothing is kept.
    n_explored
        Lists that show a swap.
    n_steps
        Steps that name the list they came from.
    n_damaged
        Lines that cannot be read.
    by_via, by_model
        Lists by the role that asked (or ``page``), and by version.
    """

    n_lists: int
    n_named: int
    n_explored: int
    n_steps: int
    n_damaged: int
    n_bytes: int
    first_day: date | None
    last_day: date | None
    by_via: Mapping[str, int]
    by_model: Mapping[int, int]

    def to_json(self) -> dict[str, Any]:
        """Give the same for machines."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A post in a list that was shown, as a 推荐 step, and how likely the list's order was."""

    step: Outcome
    propensity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidied:
    """What a night threw away: whole days, lines of people without consent, and keys."""

    n_days: int = 0
    n_lines: int = 0
    n_keys: int = 0


def count_lists(home: Path) -> ListCounts:
    """Count what was logged."""
    folder = exposures.lists_dir(home)
    via: Counter[str] = Counter()
    models: Counter[int] = Counter()
    n_named = n_explored = n_steps = n_damaged = 0
    for day in exposures.read(folder):
        n_damaged += day.n_damaged
        for record in day.records:
            if isinstance(record, CitedStep):
                n_steps += 1
                continue
            via[record.via] += 1
            models[record.model] += 1
            n_named += record.person is not None
            n_explored += record.swapped is not None
    held = day_files.days(folder)
    return ListCounts(
        n_lists=via.total(),
        n_named=n_named,
        n_explored=n_explored,
        n_steps=n_steps,
        n_damaged=n_damaged,
        n_bytes=exposures.n_bytes(folder),
        first_day=held[0] if held else None,
        last_day=held[-1] if held else None,
        by_via=dict(sorted(via.items())),
        by_model=dict(sorted(models.items())),
    )


# --- forget -----------------------------------------------------------------------------------


def forget(home: Path, graduate_id: str) -> int:
    """Delete everything logged of a graduate, whether or not the roster still has them.

    Returns
    -------
    int
        Number of lines deleted: lists, and steps that name one.
    """
    names = _names(home)
    persons = {names.known(graduate_id, year) for year in names.years()} - {None}
    return exposures.drop_persons(exposures.lists_dir(home), {each for each in persons if each})


def of_graduate(home: Path, graduate_id: str) -> list[ShownList]:
    """Give every list that was shown of one graduate, the earliest first."""
    names = _names(home)
    persons = {names.known(graduate_id, year) for year in names.years()} - {None}
    return [each for each in _lists(home, until=date.max) if each.person in persons]


def tidy(engine: Engine, home: Path, *, day: date, keep_days: int) -> Tidied:
    """Delete days past their time, lists of people who no longer agree, and keys of no use.

    Nothing that goes wrong here stops the night that calls it: it is logged, and tried again
    the night after.

    Parameters
    ----------
    keep_days
        How many days of the log stay; 0 keeps nothing.
    """
    folder, names = exposures.lists_dir(home), _names(home)
    if not folder.exists():
        return Tidied()
    try:
        n_days = day_files.drop_before(folder, day - timedelta(days=keep_days - 1))
        n_lines = exposures.drop_persons(folder, _withdrawn(engine, names))
        held = {class_year_of(each) for each in day_files.days(folder)} | {class_year_of(day)}
        useless = [year for year in names.years() if year not in held]
        for year in useless:
            names.destroy(year)
    except (OSError, Busy, DatabaseFailed) as error:
        log.error("lists not tidied", error=type(error).__name__)
        return Tidied()
    return Tidied(n_days=n_days, n_lines=n_lines, n_keys=len(useless))


def _withdrawn(engine: Engine, names: Pseudonyms) -> set[str]:
    with store.reading(engine) as conn:
        silent = [each.graduate_id for each in store.load_graduates(conn) if not each.consent]
    found = {names.known(one, year) for year in names.years() for one in silent}
    return {each for each in found if each}


# --- learn ------------------------------------------------------------------------------------


def shown_steps(engine: Engine, home: Path, *, day: date) -> list[ShownStep]:
    """Give the lists of graduates as 推荐 steps, for whatever learns from steps.

    Posts that the database does not know and people who do not agree are left out; a post that
    a graduate was shown several times on one day stands at its best rank. A list says that an
    officer's program asked for it, not that the graduate read it to the end; `model/stages.py`
    weighs by rank for that reason.

    Returns
    -------
    list of ShownStep
        By graduate, post and day.
    """
    names = _names(home)
    with store.reading(engine) as conn:
        graduates = [each.graduate_id for each in store.load_graduates(conn) if each.consent]
        known = {post.post_id for post in store.load_posts(conn, day=day)}
    of_year = {year: {names.known(one, year): one for one in graduates} for year in names.years()}
    best: dict[tuple[str, str, date], tuple[int, float]] = {}
    for shown in _lists(home, until=day):
        graduate_id = of_year.get(class_year_of(shown.day), {}).get(shown.person)
        if graduate_id is None:
            continue
        for rank, line in enumerate(shown.lines, start=1):
            key, seen = (graduate_id, line.post_id, shown.day), (rank, shown.propensity)
            if line.post_id in known:
                best[key] = min(best.get(key, seen), seen)
    return [
        ShownStep(
            step=Outcome(
                graduate_id=graduate_id,
                post_id=post_id,
                stage=OutcomeStage.RECOMMENDED,
                date=on,
                recorded_on=on,
                shown_rank=rank,
            ),
            propensity=propensity,
        )
        for (graduate_id, post_id, on), (rank, propensity) in sorted(best.items())
    ]


def _lists(home: Path, *, until: date) -> Iterator[ShownList]:
    for day in exposures.read(exposures.lists_dir(home), until=until):
        yield from (record for record in day.records if isinstance(record, ShownList))


# --- estimate ---------------------------------------------------------------------------------


def _as_ranked(_shown: ShownList, n_orders: int) -> NDArray[np.float64]:
    """Never explore."""
    return _only(0, n_orders)


def _swapped(shown: ShownList, n_orders: int) -> NDArray[np.float64]:
    """Explore in every list."""
    return _padded(order_propensities(len(shown.lines), 1.0), n_orders)


def _by_fit(shown: ShownList, n_orders: int) -> NDArray[np.float64]:
    """Order the same posts by fit, without their prices; nothing where no list shows that."""
    fits = [line.score + line.price for line in shown.lines]
    if shown.swapped is not None:  # as it was ranked
        upper = shown.swapped - 1
        fits[upper], fits[upper + 1] = fits[upper + 1], fits[upper]
    by_fit = np.argsort(-np.array(fits), kind="stable")
    (moved,) = np.nonzero(by_fit != np.arange(len(fits)))
    if not len(moved):
        return _only(0, n_orders)
    rank = int(moved[0]) + 1
    if len(moved) == 2 and moved[1] == rank and rank >= FIRST_TO_MOVE:
        return _only(order_index(rank), n_orders)
    return np.zeros(n_orders)


def _only(order: int, n_orders: int) -> NDArray[np.float64]:
    chances = np.zeros(n_orders)
    chances[order] = 1.0
    return chances


def _padded(chances: NDArray[np.float64], n_orders: int) -> NDArray[np.float64]:
    return np.pad(chances, (0, n_orders - len(chances)))


TARGETS: Mapping[str, Callable[[ShownList, int], NDArray[np.float64]]] = {
    "ranked": _as_ranked,
    "swapped": _swapped,
    "fit": _by_fit,
}


def estimate(home: Path, *, day: date, target: str) -> OffPolicy:
    """Estimate how often somebody wants a post of a kiosk's list, were it ordered otherwise.

    The reward of a list is 1 where, within `WINDOW`, a step that says so named it, else 0. The
    model behind the doubly robust estimate is the mean reward of the other half of the lists.

    Parameters
    ----------
    target
        One of `TARGETS`: as ranked, always with a swap, or by fit.

    Raises
    ------
    Unreadable
        If there is no such target.
    TooFewLists
        If under 200 of the kiosk's lists are old enough.
    NeverShown, TooFewEffective
        If the log says too little about the target; with the exploration there is, most say so.
    """
    if target not in TARGETS:
        raise Unreadable("target", target, "unknown_target", tuple(TARGETS))
    lists = [one for one in _lists(home, until=day - WINDOW) if one.via == KIOSK]
    if len(lists) < MIN_LISTS:
        raise TooFewLists(len(lists), MIN_LISTS)
    n_orders = 1 + max(n_swaps(len(one.lines)) for one in lists)
    chances = [_padded(order_propensities(len(one.lines), one.share), n_orders) for one in lists]
    rewards = _rewards(home, lists, until=day)
    return off_policy(
        ChoiceLog(
            actions=np.array([order_index(one.swapped) for one in lists], dtype=np.intp),
            rewards=rewards,
            chances=np.stack(chances),
        ),
        np.stack([TARGETS[target](one, n_orders) for one in lists]),
        np.repeat(_expected(lists, rewards)[:, None], n_orders, axis=1),
    )


def _rewards(home: Path, lists: Sequence[ShownList], *, until: date) -> NDArray[np.float64]:
    """Say of each list whether somebody wanted a post of it: float64 (n_lists,) of 0 and 1."""
    steps: dict[str, list[CitedStep]] = defaultdict(list)
    for day in exposures.read(exposures.lists_dir(home), until=until):
        for record in day.records:
            if isinstance(record, CitedStep) and record.stage in _WANTING:
                steps[record.request_id].append(record)
    found = [any(_answers(step, one) for step in steps[one.request_id]) for one in lists]
    return np.array(found, dtype=np.float64)


def _answers(step: CitedStep, shown: ShownList) -> bool:
    is_in_time = shown.day <= step.day <= shown.day + WINDOW
    return is_in_time and any(line.post_id == step.post_id for line in shown.lines)


def _expected(lists: Sequence[ShownList], rewards: NDArray[np.float64]) -> NDArray[np.float64]:
    """Expect of each list what the other half earned on average: float64 (n_lists,)."""
    digests = [blake2b(one.request_id.encode(), digest_size=1).digest()[0] for one in lists]
    is_odd = np.array(digests) % 2 == 1
    everybody = float(rewards.mean())
    odd = float(rewards[is_odd].mean()) if is_odd.any() else everybody
    even = float(rewards[~is_odd].mean()) if not is_odd.all() else everybody
    return np.where(is_odd, even, odd)


def _names(home: Path) -> Pseudonyms:
    return Pseudonyms(exposures.keys_dir(home))
