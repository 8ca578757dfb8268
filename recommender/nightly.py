"""The night: learn, compare, judge, publish or refuse; the last good version always answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import Engine

from recommender.claims import Claim, start_of
from recommender.class_years import (
    LIST_LENGTH,
    cohort_of,
    cohorts_of,
    held_out_of,
    named_inputs,
    priced_lists,
)
from recommender.data import collected, consented, ledger, store
from recommender.data import reference as tables
from recommender.domain import Graduate, Outcome, Post, Reference, class_year_of
from recommender.errors import CorruptArtefact, NoModel, NotFound
from recommender.evaluation import alarms, gate
from recommender.evaluation.baselines import (
    CROSSWALK,
    POPULARITY,
    TRADE_POPULARITY,
    baselines,
)
from recommender.evaluation.card import model_card
from recommender.evaluation.census import count_feed
from recommender.evaluation.compare import Comparison, compare
from recommender.evaluation.feed import Feed, check_input
from recommender.evaluation.limits import Limits, load_limits
from recommender.evaluation.metrics import exposure
from recommender.evaluation.season import (
    Season,
    known_before,
    season_to_judge,
)
from recommender.evaluation.verdict import (
    Effect,
    Reason,
    Verdict,
    VerdictKind,
    decide,
    digest,
)
from recommender.matching.board import AnyScorer, open_board
from recommender.matching.eligibility import standing
from recommender.matching.market import Market, open_market
from recommender.matching.rehearsal import rehearse
from recommender.matching.reserved import with_reserved
from recommender.model.artefact import (
    Artefact,
    point_to,
    prune,
    publishing,
    read_current,
    readable_current,
    write_version,
)
from recommender.model.boosting import calibrate, fit_model
from recommender.model.chances import STAGES, ChanceScorer
from recommender.model.features import post_features
from recommender.model.training import TrainingSettings, limit_child
from recommender.model.trees import StageSettings

log = structlog.get_logger()

MODEL = "model"
FACTORIZATION = "factorization"
CURRENT = "current"
# Where nothing is known yet, the rule that needs no past comes first.
BASELINES = (CROSSWALK, TRADE_POPULARITY, POPULARITY)
FIT_TIMEOUT_S = 3600

FACTORIZATION_DEFAULTS = TrainingSettings()
WANTS = StageSettings(n_rounds=150)
HIRED = StageSettings(n_rounds=80, feature_share=0.5)
STAYS = StageSettings(n_rounds=100, learning_rate=0.05, n_leaves=4)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """What shapes a night's fits; equal settings, data and seed give equal bytes."""

    factorization: TrainingSettings = FACTORIZATION_DEFAULTS
    wants: StageSettings = WANTS
    hired: StageSettings = HIRED
    stays: StageSettings = STAYS
    seed: int = 20260515

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> ModelSettings | None:
        """Read back what a manifest keeps; None where another program wrote it."""
        try:
            return cls(
                factorization=TrainingSettings(**facts["factorization"]),
                **{stage: StageSettings(**facts[stage]) for stage in STAGES},
                seed=facts["seed"],
            )
        except (KeyError, TypeError):
            return None

    def stages(self) -> dict[str, StageSettings]:
        """Give the settings of each stage by name."""
        return {stage: getattr(self, stage) for stage in STAGES}


@dataclass(frozen=True, slots=True, kw_only=True)
class NightResult:
    """How a night ended.

    Attributes
    ----------
    verdict
        ``published``, ``baseline``, ``held`` or ``refused``.
    published
        The contender that is published or held; None where the last good version stays.
    version
        Its number; None where nothing was written.
    class_year
        Held out; None where no outcome was known.
    contenders
        Contender → metric → value, low and high.
    """

    verdict: str
    published: str | None
    version: int | None
    class_year: int | None
    reasons: list[dict[str, object]]
    contenders: dict[str, Any]
    digest: str

    def to_json(self) -> dict[str, Any]:
        """Give what ``retrain --json`` writes."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """Everything a night reads, in one transaction."""

    day: date
    graduates: list[Graduate]
    learned_from: list[Graduate]  # the same, with their consent to training
    posts: list[Post]
    outcomes: list[Outcome]
    reference: Reference
    holds: list[Claim]
    paused: frozenset[str]
    feed: Feed
    accepted: list[store.Night]

    def history(self) -> list[Feed]:
        return [Feed.from_facts(night.facts["feed"]) for night in self.accepted]

    def reached(self, class_year: int, n_nights: int) -> list[dict[str, float | None]]:
        """Give what each contender reached on a class year in the last accepted nights."""
        judged = [night.facts for night in self.accepted if night.facts.get("contenders")]
        return [
            {name: of[f"ndcg@{LIST_LENGTH}"]["value"] for name, of in facts["contenders"].items()}
            for facts in judged
            if facts["class_year"] == class_year
        ][-n_nights:]


@dataclass(slots=True, kw_only=True)
class _Night:
    """What a night has found so far; it grows from step to step."""

    snapshot: _Snapshot
    limits: Limits
    settings: ModelSettings
    reasons: list[Reason] = field(default_factory=list)
    season: Season | None = None
    comparison: Comparison | None = None
    baseline: str = CROSSWALK

    def verdict(self) -> Verdict:
        return decide(self.reasons, model=MODEL, baseline=self.baseline)

    def is_refused(self) -> bool:
        return any(reason.effect is Effect.REFUSE for reason in self.reasons)


def retrain(
    engine: Engine,
    home: Path,
    *,
    day: date,
    settings: ModelSettings | None = None,
    progress: Progress = lambda step: None,
) -> NightResult:
    """Hold out a class year, compare contenders, gate, fit on everything, publish.

    Raises
    ------
    Busy
        If another night is running.
    """
    started_at = datetime.now(UTC)
    models_dir = home / "models"
    with publishing(models_dir):
        progress("读取数据 · reading")
        snapshot = _read(engine, day)
        night = _Night(
            snapshot=snapshot,
            limits=load_limits(),
            settings=settings or ModelSettings(),
        )
        night.reasons += check_input(snapshot.feed, snapshot.history(), night.limits)
        winner = None if night.is_refused() else _learn(night, models_dir, progress)
        version = _publish(night, *winner, models_dir, progress) if winner else None
    result = _result(night, version)
    _write_journal(engine, night, result, started_at)
    return result


def _read(engine: Engine, day: date) -> _Snapshot:
    with store.reading(engine) as conn:
        graduates = store.load_graduates(conn)
        learned_from = consented.for_training(conn, graduates)
        posts = store.load_posts(conn, day=day)
        holds = ledger.load_holds(conn, moment=start_of(day))
        paused = collected.paused_on(conn, day)
        stored = store.load_outcomes(conn, day=date.max)
        outcomes = [step for step in stored if step.known_by(day)]
        reference = store.load_reference(conn, day=day)
        decided = store.trade_map(conn)
        nights = sorted(store.load_nights(conn), key=lambda night: night.started_at)
        # A night runs early, and what is imported later that day bears its date. So it saw
        # the catalog of the day before. A refused night has raised the alarm, too.
        seen_on = [night.day - timedelta(days=1) for night in nights if night.day <= day]
        open_before = store.load_posts(conn, day=seen_on[-1], open_only=True) if seen_on else []
    feed = count_feed(
        graduates,
        posts,
        outcomes,
        reference,
        day,
        known_trades={*tables.known_trades(), *decided, *reference.recoded_trades()},
        open_before=open_before,
        n_ahead=len(stored) - len(outcomes),
    )
    return _Snapshot(
        day=day,
        graduates=graduates,
        learned_from=learned_from,
        posts=posts,
        outcomes=outcomes,
        reference=reference,
        holds=holds,
        paused=paused,
        feed=feed,
        accepted=[night for night in nights if night.verdict != "refused"],
    )


def _learn(night: _Night, models_dir: Path, progress: Progress) -> tuple[str, AnyScorer] | None:
    """Fit twice at a time: without the held-out class year, to judge; and on everything."""
    snapshot = night.snapshot
    season = season_to_judge(snapshot.learned_from, snapshot.posts, snapshot.outcomes, snapshot.day)
    night.season = season
    before = known_before(season, snapshot.learned_from, snapshot.outcomes) if season else ([], [])
    everything = (snapshot.learned_from, snapshot.outcomes)
    current = _current_settings(models_dir)
    progress("训练 · fitting")
    try:
        with _workers() as pool:
            fits = {MODEL: _submit(pool, night, *before, night.settings)}
            if current not in (None, night.settings):
                fits[CURRENT] = _submit(pool, night, *before, current or night.settings)
            final = _submit(pool, night, *everything, night.settings)
            calibration = None
            if season is not None:
                progress("比较 · comparing")
                contenders: dict[str, AnyScorer] = {
                    **baselines(*named_inputs(*before, snapshot.posts), snapshot.reference)
                }
                fitted = {name: _waited(fit) for name, fit in fits.items()}
                contenders |= {name: one for name, one in fitted.items() if one is not None}
                contenders |= _alone(fitted[MODEL])
                _judge(night, season, contenders, models_dir, has_current=current is not None)
                calibration = _calibration(night, season, fitted[MODEL])
            model = _waited(final)
    except (BrokenProcessPool, TimeoutError, MemoryError) as error:
        log.error("training failed", error=repr(error))
        night.reasons.append(Reason(step="G1", code="training_failed", effect=Effect.REFUSE))
        return None
    if night.is_refused():
        return None
    if night.comparison is None or model is None:
        night.reasons.append(
            Reason(step="G2", code="nothing_known", effect=Effect.BASELINE, measured=0, limit=1)
        )
    elif MODEL not in night.comparison.figures:
        # Nothing to learn from before the held-out year: a model nobody could judge.
        night.reasons.append(Reason(step="G2", code="nothing_before", effect=Effect.BASELINE))
    if isinstance(model, ChanceScorer) and calibration is not None:
        model = replace(model, calibration=calibration)
    name = night.verdict().published or night.baseline
    if name == MODEL and model is not None:
        return name, model
    return name, baselines(*named_inputs(*everything, snapshot.posts), snapshot.reference)[
        night.baseline
    ]


def _alone(model: AnyScorer | None) -> dict[str, AnyScorer]:
    """Give the factorization inside a model as a contender of its own."""
    inside = model.factorization if isinstance(model, ChanceScorer) else None
    return {FACTORIZATION: inside} if inside else {}


def _workers() -> ProcessPoolExecutor:
    """Fits run in fresh processes: a crash there is a reason, not the end of the night."""
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=limit_child)


def _submit(
    pool: ProcessPoolExecutor,
    night: _Night,
    graduates: Sequence[Graduate],
    outcomes: Sequence[Outcome],
    settings: ModelSettings,
) -> Future[AnyScorer | None]:
    """Begin a fit of the factorization and of the stages on it."""
    cohorts = cohorts_of(graduates, outcomes, night.snapshot.posts)
    return pool.submit(
        fit_model,
        cohorts,
        night.snapshot.reference,
        settings.stages(),
        settings.seed,
        settings.factorization,
    )


def _waited(fit: Future[AnyScorer | None]) -> AnyScorer | None:
    return fit.result(timeout=FIT_TIMEOUT_S)


def _calibration(
    night: _Night, season: Season, scorer: AnyScorer | None
) -> NDArray[np.float64] | None:
    """Learn from the held-out class year, whom the scorer never saw, how honest its chances are."""
    if not isinstance(scorer, ChanceScorer):
        return None
    snapshot = night.snapshot
    cohort = cohort_of(season, snapshot.outcomes)
    return calibrate(scorer, cohort, snapshot.reference)


def _current_settings(models_dir: Path) -> ModelSettings | None:
    """Give the settings of the model in use; None where a baseline or nothing is published."""
    try:
        current = read_current(models_dir)
    except (NoModel, NotFound, CorruptArtefact):
        return None
    if current.published != MODEL:
        return None
    return ModelSettings.of(current.facts["settings"])


def _judge(
    night: _Night,
    season: Season,
    scorers: Mapping[str, AnyScorer],
    models_dir: Path,
    *,
    has_current: bool,
) -> None:
    """Take steps G2 to G4 on the held-out class year."""
    reference = night.snapshot.reference
    held_out = held_out_of(season, night.snapshot.outcomes, reference, night.snapshot.day)
    fits = {
        name: open_board(scorer, season.posts, reference, season.ends_on).fit(season.graduates)
        for name, scorer in scorers.items()
    }
    scores = {name: fit.scores for name, fit in fits.items()}
    for name, scorer in scorers.items():
        night.reasons += gate.check_arrays(
            {f"{name}.{array}": values for array, values in scorer.arrays().items()}
        )
    if night.is_refused():
        return
    comparison = compare(held_out, scores, k=LIST_LENGTH, seed=night.settings.seed)
    night.comparison = comparison
    night.baseline = gate.best_baseline(comparison, BASELINES)
    if MODEL in scorers:
        current = CURRENT if CURRENT in scorers else MODEL
        night.reasons += gate.check_model(
            comparison,
            night.limits,
            model=MODEL,
            baselines=BASELINES,
            current=current if has_current else None,
        )
        if night.verdict().published == MODEL:
            gains = np.where(held_out.eligible, held_out.gains, np.float32(np.nan))
            night.reasons += alarms.check_belief(
                comparison,
                night.limits.floor,
                contenders=(MODEL, *BASELINES),
                auc=alarms.mean_auc(scores[MODEL], gains),
                best_rule_auc=max(alarms.mean_auc(scores[name], gains) for name in BASELINES),
                past=night.snapshot.reached(season.class_year, night.limits.input.trailing_runs),
            )
        winner = night.verdict().published or night.baseline
        lists = priced_lists(held_out, scores[winner], fits[winner].takes)
        shown = exposure(lists, held_out.eligible, held_out.capacities)
        night.reasons += gate.check_market(
            shown,
            night.limits.market,
            is_baseline=winner != MODEL,
            has_last_good=readable_current(models_dir) is not None,
        )


def _market(night: _Night, scorer: AnyScorer) -> Market:
    snapshot = night.snapshot
    posts = {post.post_id: post for post in snapshot.posts}
    cohort = [g for g in snapshot.graduates if g.class_year == class_year_of(snapshot.day)]
    known, day = snapshot.reference, snapshot.day
    bare = standing(snapshot.outcomes, posts, day, snapshot.holds, snapshot.paused)
    now = with_reserved(bare, known.agreements, snapshot.posts, snapshot.graduates, known, day)
    return open_market(scorer, cohort, snapshot.posts, now, known, day)


def _publish(
    night: _Night, name: str, scorer: AnyScorer, models_dir: Path, progress: Progress
) -> int | None:
    """Write, rehearse, and point to the version unless a reason holds it or refuses it."""
    progress("发布 · publishing")
    night.reasons += gate.check_arrays(scorer.arrays())
    if night.is_refused():
        return None
    market = _market(night, scorer)
    night.reasons += _alarms(night, name, scorer, market)
    found = gate.check_lists(market.scores, market.eligible, _lists(market), night.limits.sanity)
    # A plain rule may see no difference between posts; it still is the answer that is left.
    night.reasons += [
        replace(each, effect=Effect.NOTE) if each.code == "spread" and name != MODEL else each
        for each in found
    ]
    if night.is_refused():
        return None
    facts = _facts(night, name)
    draft = Artefact(version=0, published=name, scorer=scorer, facts=facts, prices=_prices(market))
    version = write_version(models_dir, draft, model_card(facts))
    replay = rehearse(models_dir, version, readable_current(models_dir), market)
    night.reasons += gate.check_rehearsal(gate.Rehearsal(**asdict(replay)), night.limits.rehearsal)
    if night.verdict().verdict is not VerdictKind.HELD:
        point_to(models_dir, version)
    prune(models_dir, keep=frozenset({version}))
    return version


def _alarms(night: _Night, name: str, scorer: AnyScorer, market: Market) -> tuple[Reason, ...]:
    """Look at what would answer: its vocabulary, its prices, and where it sends people."""
    reference, limits = night.snapshot.reference, night.limits
    _, named, _ = named_inputs([], night.snapshot.outcomes, night.snapshot.posts)
    cities = [reference.regions.get(post.region_code) for post in market.posts]
    return (
        *alarms.check_vocabulary(
            (post_features(post, reference) for post in named),
            scorer.vocabulary().get("post_names", ()) if name == MODEL else (),
            limits.sanity,
        ),
        *alarms.check_prices(
            market.dearest(),
            market.scores,
            market.eligible,
            limits.sanity,
            # What only orders has no queue to settle; it still is the answer that is left.
            gap=market.prices.gap if name == MODEL else 0.0,
        ),
        *alarms.check_cities(
            _lists(market),
            market.eligible,
            market.capacities,
            np.array([city.city_name if city else "" for city in cities], dtype=np.str_),
            limits.market,
            effect=Effect.HOLD if name == MODEL else Effect.NOTE,
        ),
    )


def _lists(market: Market) -> np.ndarray[Any, Any]:
    return market.lists(LIST_LENGTH)


def _prices(market: Market) -> dict[str, tuple[float, float]]:
    pairs = zip(market.prices.price.tolist(), market.prices.applicants.tolist(), strict=True)
    return {post.post_id: pair for post, pair in zip(market.posts, pairs, strict=True)}


def _facts(night: _Night, published: str) -> dict[str, Any]:
    comparison = night.comparison
    return {
        "published": published,
        "data_cutoff": night.snapshot.day.isoformat(),
        "class_year": night.season.class_year if night.season else None,
        "counts": dict(night.snapshot.feed.totals),
        "contenders": comparison.to_json() if comparison else {},
        "slices": comparison.slices_to_json() if comparison else [],
        "reasons": [reason.to_json() for reason in night.reasons],
        "settings": asdict(night.settings),
        "seed": night.settings.seed,
    }


def _result(night: _Night, version: int | None) -> NightResult:
    verdict = night.verdict()
    comparison = night.comparison
    return NightResult(
        verdict=verdict.verdict.value,
        published=verdict.published,
        version=version,
        class_year=night.season.class_year if night.season else None,
        reasons=verdict.reasons_to_json(),
        contenders=comparison.to_json() if comparison else {},
        digest=digest(verdict, comparison),
    )


def _write_journal(
    engine: Engine, night: _Night, result: NightResult, started_at: datetime
) -> None:
    with store.writing(engine) as conn:
        store.append_night(
            conn,
            store.Night(
                day=night.snapshot.day,
                started_at=started_at,
                verdict=result.verdict,
                published=result.published,
                version=result.version,
                digest=result.digest,
                facts={"feed": night.snapshot.feed.to_facts()} | result.to_json(),
            ),
        )
