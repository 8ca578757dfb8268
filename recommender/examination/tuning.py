"""Settings searched for on class years before the one that `evaluate` judges last.

Each contender has a journal of its trials under home. What is in it is never tried again, so
that a search which was stopped goes on, and ends as if it had not been.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from recommender.class_years import LIST_LENGTH, held_out_of
from recommender.data.export import write_text
from recommender.errors import Busy, NotFound, Unreadable
from recommender.evaluation.compare import HeldOut, compare
from recommender.evaluation.origins import rolling_origins
from recommender.evaluation.season import Season, cut_off, days_of_steps
from recommender.examination.contest import (
    TREES,
    Contender,
    Known,
    Settings,
    contenders,
    scores_of,
    told,
)
from recommender.examination.judging import Data, Progress
from recommender.matching.board import AnyScorer
from recommender.model.boosting import Described, describe, fit_described
from recommender.model.training import TrainingSettings
from recommender.nightly import MODEL

if TYPE_CHECKING:
    import optuna

SEED = 20260515
N_CLASS_YEARS = 2
N_UNPRUNED = 10  # trials before any is given up after its first class year
PERCENT_KEPT = 25.0  # of those before it; who is not among them is given up
N_DESCRIBED = 12  # descriptions of all pairs kept at hand
BEST = "best.json"

Chosen = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What a contender's search has found so far.

    Attributes
    ----------
    best, standing
        Mean NDCG@10 over the class years: the highest, and that of the settings that stand.
    changes
        Name of a setting → its value in the best, where it is not the one that stands.
    settings
        The best, whole.
    n_trials, n_pruned
        Finished trials, and those of them given up before the last class year.
    class_years
        Scored on, the latest first.
    n_counted
        Graduates with a gain above 0, of each of them.
    """

    name: str
    best: float
    standing: float
    changes: Mapping[str, Any]
    settings: Mapping[str, Any]
    n_trials: int
    n_pruned: int
    class_years: tuple[int, ...]
    n_counted: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Year:
    """A class year to score on: what was known before it, and what came of it."""

    season: Season
    known: Known
    held_out: HeldOut


def tune(
    data: Data,
    folder: Path,
    *,
    name: str | None = None,
    n_trials: int,
    seed: int = SEED,
    progress: Progress = lambda step: None,
) -> list[Tuned]:
    """Search for settings until every contender has its number of finished trials.

    Parameters
    ----------
    folder
        For the journals, and for ``best.json``, in which others' entries stay.
    name
        Only this contender; None for everybody with settings.
    n_trials
        Finished ones, with those of earlier runs, at least 1. The first are the settings that
        stand; after ten, whoever is not among the best quarter on the latest class year is given
        up there.

    Raises
    ------
    NotFound
        If there is no such contender with settings, if fewer than two class years lie before
        the one judged last, or if Optuna is not installed.
    Unreadable
        If a journal is broken.
    Busy
        If another process searches for the same contender.

    References
    ----------
    Bergstra, Bardenet, Bengio and Kégl (2011), Algorithms for hyper-parameter optimization.
    """
    entrants = {each: one for each, one in contenders().items() if one.settings is not None}
    if name is not None and name not in entrants:
        raise NotFound("contender", name, sorted(entrants))
    years = _years(data)
    if find_spec("optuna") is None:
        raise NotFound("library", "optuna")
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for contender in entrants.values() if name is None else [entrants[name]]:
        with _alone(folder / f"{contender.name}.busy"):
            study = _study(folder / f"{contender.name}.journal", contender, data, years, seed)
            _search(study, contender, years, n_trials, seed, progress)
            found.append(_tuned(study, contender, years))
        _write(found[-1], folder, day=data.day, seed=seed)
    return found


def _years(data: Data) -> list[_Year]:
    """Lay out the latest class years before the one judged last, by what was known then."""
    origins = rolling_origins(data.graduates, data.posts, data.outcomes, data.day)
    if not origins:
        raise NotFound("judged_class_year", "")
    last = origins[-1]
    if len(last.trained_on) < 2:
        raise NotFound("tuned_class_year", str(last.test.class_year))
    days = days_of_steps(data.graduates, data.outcomes, data.day)
    found = []
    for class_year in reversed(last.trained_on[1:][-N_CLASS_YEARS:]):
        season = cut_off(class_year, data.graduates, data.posts, days)
        held_out = held_out_of(season, data.outcomes, data.reference, last.test.cut)
        found.append(
            _Year(
                season=season,
                known=data.known_before(season),
                held_out=replace(held_out, slices={}),
            )
        )
    return found


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        with FileLock(path, timeout=0):
            yield
    except Timeout as taken:
        raise Busy(path.stem) from taken


def _study(
    path: Path, contender: Contender, data: Data, years: Sequence[_Year], seed: int
) -> optuna.Study:
    """Open the search of the same question, or begin it; a trial cut short has failed."""
    # Only who searches pays for loading it.
    import optuna
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    _mend(path)
    # Whoever held it is gone, since this process holds the lock around it.
    path.with_name(path.name + ".lock").unlink(missing_ok=True)
    try:
        study = optuna.create_study(
            storage=optuna.storages.JournalStorage(JournalFileBackend(str(path))),
            study_name=f"{contender.name}-{_question(contender, data, years, seed)}",
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.PercentilePruner(PERCENT_KEPT, n_startup_trials=N_UNPRUNED),
        )
    except (KeyError, ValueError) as wrong:
        raise Unreadable("tuning", str(path), "not_a_journal") from wrong
    for trial in study.get_trials(states=(optuna.trial.TrialState.RUNNING,)):
        study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    return study


def _mend(path: Path) -> None:
    """Take off what a killed process was writing; a line that is broken elsewhere is an error."""
    written = path.read_bytes() if path.exists() else b""
    *lines, rest = written.split(b"\n")
    try:
        whole = all("op_code" in json.loads(line) for line in lines)
    except (ValueError, TypeError):
        whole = False
    if not whole or (rest and not rest.startswith(b"{")):
        raise Unreadable("tuning", str(path), "not_a_journal")
    if rest:
        with path.open("r+b") as journal:
            journal.truncate(len(written) - len(rest))


def _question(contender: Contender, data: Data, years: Sequence[_Year], seed: int) -> str:
    """Digest what is searched where: a trial counts for no other data and no other space.

    People and posts are counted, steps are read.
    """
    fixed = contender.with_choices({name: each[0] for name, each in contender.space.items()})
    facts = (
        [(name, list(choices)) for name, choices in contender.space.items()],
        told(fixed),
        seed,
        [year.season.class_year for year in years],
        len(data.graduates),
        len(data.posts),
        sorted((o.graduate_id, o.post_id, o.stage, o.date.isoformat()) for o in data.outcomes),
    )
    return sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:12]


def _search(
    study: optuna.Study,
    contender: Contender,
    years: Sequence[_Year],
    n_trials: int,
    seed: int,
    progress: Progress,
) -> None:
    from optuna.samplers import TPESampler
    from optuna.trial import TrialState

    standing = contender.choices_of(contender.settings)
    fits = _Fits(contender, seed)
    while (n_done := len(done := _finished(study))) < n_trials:
        # A seed for each trial: one that follows a break is drawn as it would have been.
        study.sampler = TPESampler(seed=seed + n_done)
        if not any(trial.params == standing for trial in done):
            study.enqueue_trial(standing)
        trial = study.ask()
        chosen = {
            name: trial.suggest_categorical(name, choices)
            for name, choices in contender.space.items()
        }
        before = next((each for each in done if each.params == chosen), None)
        reached: list[float] = []
        for step, year in enumerate(years):
            progress(f"{contender.name} · {n_done + 1} / {n_trials} · {year.season.class_year}")
            values = before.user_attrs["reached"] if before else []
            reached.append(values[step] if step < len(values) else fits.reached(year, chosen))
            trial.report(sum(reached) / len(reached), step)
            if step + 1 < len(years) and chosen != standing and trial.should_prune():
                break
        trial.set_user_attr("reached", reached)
        if len(reached) < len(years):
            study.tell(trial, state=TrialState.PRUNED)
        else:
            study.tell(trial, sum(reached) / len(reached))


class _Fits:
    """Fits a contender with settings, and keeps what does not depend on most of them."""

    def __init__(self, contender: Contender, seed: int) -> None:
        self._contender = contender
        self._seed = seed
        self._described: dict[tuple[int, TrainingSettings | None], Described] = {}

    def reached(self, year: _Year, chosen: Chosen) -> float:
        """Give the NDCG@10 on a class year; 0 where there is too little to learn from."""
        scorer = self._scorer(year, self._contender.with_choices(chosen))
        if scorer is None:
            return 0.0
        season, name = year.season, self._contender.name
        scores = scores_of(
            scorer, season.graduates, season.posts, year.known.reference, season.ends_on
        )
        found = compare(
            year.held_out, {name: scores}, k=LIST_LENGTH, n_resamples=1, seed=self._seed
        )
        return found.value(name)

    def _scorer(self, year: _Year, settings: Settings) -> AnyScorer | None:
        if self._contender.name not in (TREES, MODEL):
            return self._contender.fit(year.known, settings, self._seed)
        factorization = (
            replace(settings.factorization, seed=self._seed)
            if self._contender.name == MODEL
            else None
        )
        key = (year.season.class_year, factorization)
        # Put back last, so that what was not used for longest goes first.
        described = self._described.pop(key, None) or describe(
            year.known.cohorts, year.known.reference, factorization
        )
        self._described[key] = described
        if len(self._described) > N_DESCRIBED:
            del self._described[next(iter(self._described))]
        return fit_described(described, settings.stages(), self._seed)


def _finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    from optuna.trial import TrialState

    return study.get_trials(states=(TrialState.COMPLETE, TrialState.PRUNED))


def _tuned(study: optuna.Study, contender: Contender, years: Sequence[_Year]) -> Tuned:
    from optuna.trial import TrialState

    done = _finished(study)
    standing = contender.choices_of(contender.settings)
    whole = [trial for trial in done if trial.state is TrialState.COMPLETE]
    value = {trial.number: trial.value or 0.0 for trial in whole}
    stands = next(trial for trial in whole if trial.params == standing)
    # Of equals the one that stands, else the earliest.
    best = max(whole, key=lambda each: (value[each.number], each.params == standing, -each.number))
    return Tuned(
        name=contender.name,
        best=value[best.number],
        standing=value[stands.number],
        changes={
            each: best.params[each] for each in standing if best.params[each] != standing[each]
        },
        settings=told(contender.with_choices(best.params)) or {},
        n_trials=len(done),
        n_pruned=len(done) - len(whole),
        class_years=tuple(year.season.class_year for year in years),
        n_counted=tuple(_n_counted(year.held_out) for year in years),
    )


def _n_counted(held_out: HeldOut) -> int:
    return int((held_out.eligible & (held_out.gains > 0)).any(axis=1).sum())


def _write(tuned: Tuned, folder: Path, *, day: date, seed: int) -> None:
    """Put one entry into the file of the best, others left as they are."""
    path = folder / BEST
    with FileLock(folder / "best.busy"):
        entries = read_best(folder)
        entries[tuned.name] = asdict(tuned) | {"day": day.isoformat(), "seed": seed}
        text = json.dumps(entries, ensure_ascii=False, indent=1, allow_nan=False)
        write_text(text + "\n", path)


def read_best(folder: Path) -> dict[str, dict[str, Any]]:
    """Read what was found by contender; empty before anything was.

    Raises
    ------
    Unreadable
        If the file is not what `tune` writes.
    """
    path = folder / BEST
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as broken:
        raise Unreadable("tuning", str(path), "not_a_journal") from broken
    if not isinstance(entries, dict):
        raise Unreadable("tuning", str(path), "not_a_journal")
    return entries
