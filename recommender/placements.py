"""Answer one question of an officer or a kiosk at a time: rank, explain, check."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import structlog
from sqlalchemy import Connection, Engine

from recommender import markets, next_steps, phrases, places, wording
from recommender.arms import Arms, Plain, plain_of, read_arms
from recommender.claims import start_of
from recommender.data import cases, sheets, store
from recommender.data import reference as tables
from recommender.domain import (
    Graduate,
    Post,
    Reason,
    SkillLevel,
    class_year_of,
)
from recommender.errors import (
    Busy,
    CorruptArtefact,
    DatabaseFailed,
    NoConsent,
    NoModel,
    NotFound,
    RankingOff,
    Unreadable,
)
from recommender.matching.board import Chances
from recommender.matching.eligibility import (
    Standing,
    check_pair,
    excluded_by,
    open_places,
)
from recommender.matching.exploration import draw_order
from recommender.matching.market import CONGESTION, Market
from recommender.matching.ranking import percentiles
from recommender.matching.reasons import occupation_name, reasons, region_name
from recommender.model.artefact import Artefact, current_version, read_version, versions
from recommender.model.topk import NO_POST, id_keys, top_k
from recommender.next_steps import Ask, ListSteps, PairSteps, Replay
from recommender.trials import Arm

log = structlog.get_logger()

POINTER_PAUSE_S = 0.5
# Stands where a graduate's id would, for a person of whom nothing is stored.
NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPost:
    """One line of a ranking.

    Attributes
    ----------
    score
        What orders the line: the fit, less the price in a market ranking.
    chances
        Calibrated chances whose product is the fit; None where only an order is known.
    price
        Taken off the fit for the queue at the post; 0 in a ranking by fit.
    """

    rank: int
    post: Post
    occupation: str
    region: str
    open_places: int
    score: float
    chances: Chances | None = None
    price: float = 0.0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRanking:
    """The posts of one graduate or profile, best first.

    Attributes
    ----------
    excluded_by
        Codes of rules that shut out every post; empty where a post is left.
    congestion
        How much of the price was taken off, 0 to 1; 0 in a ranking by fit.
    read_as
        The known trade that an unknown one was read as; None where it was known.
    places_as_of
        Time of the snapshot (ISO 8601) while the database is away; None when read live.
    arm
        ``with`` or ``without`` of the trial that runs, which decides what the list is ranked by;
        None outside one.
    share, swapped, propensity
        Share of such lists that show a swap; rank of the upper of the two that changed places,
        None where the list is as ranked; chance of this order. See `explored`.
    """

    model: int
    published: str
    as_of: date
    order: str
    ranking: tuple[RankedPost, ...]
    excluded_by: tuple[str, ...] = ()
    read_as: str | None = None
    places_as_of: str | None = None
    congestion: float = 0.0
    arm: str | None = None
    share: float = 0.0
    swapped: int | None = None
    propensity: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedGraduate:
    """One line of the ranking of a post; `chances` is None where only an order is known."""

    rank: int
    graduate_id: str
    score: float
    reasons: tuple[Reason, ...] = ()
    chances: Chances | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduateRanking:
    """The graduates of one post, best first, by percentile among their own posts."""

    model: int
    published: str
    as_of: date
    post: Post
    occupation: str
    region: str
    graduates: tuple[RankedGraduate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One graduate's list, and what it comes from; `ranked` is None without consent."""

    graduate: Graduate
    own: Standing
    market: Market
    ranked: PostRanking | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAnswer:
    """One rule for one pair: whether it holds, and what would make it hold."""

    code: str
    holds: bool
    text: str
    text_en: str
    needs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether rankings can be answered; `model` is "v3 (model)" or why there is none."""

    ready: bool
    database: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the page offers to pick from: codes with their Chinese names."""

    trades: tuple[str, ...]
    levels: tuple[tuple[str, str], ...]
    cities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """What a process answers from: one version, and the database as last read."""

    artefact: Artefact
    market: Market
    revision: int
    sheets_revision: int
    taken_at: str
    holds_until: datetime | None = None
    away: bool = False
    arms: Arms | None = None
    plain: Plain | None = None
    is_on: bool = True

    def arm_of(self, graduate: Graduate) -> Arm | None:
        """Say what a graduate was drawn for in the trial that runs; None outside one."""
        return None if self.arms is None else self.arms.of(graduate)

    def as_shown_to(self, graduate: Graduate) -> _Snapshot:
        """Give what a graduate's lists come from: of a class without, the plain rule."""
        if self.plain is None or self.arm_of(graduate) is not Arm.WITHOUT:
            return self
        return replace(self, artefact=self.plain.artefact, market=self.plain.market)

    def is_as_stored(self, revision: int, moment: datetime) -> bool:
        """Whether nothing was written since, and no hold that counted has run out."""
        runs = self.holds_until is None or moment < self.holds_until
        return runs and self.revision == revision


class PlacementDesk:
    """Answers from the model in memory and from places, consent and steps as they are now.

    While the database is away the last snapshot answers, and says of when it is.
    """

    def __init__(
        self,
        engine: Engine,
        models_dir: Path,
        *,
        today: Callable[[], date],
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Answer as of the day that `today` gives, and of the moment of it that `now` gives.

        Without `now` a hold counts for the whole day on which it runs out.
        """
        self._engine = engine
        self._models_dir = models_dir
        self._today = today
        self._now = now or (lambda: start_of(today()))
        self._artefact: Artefact | None = None
        self._snapshot: _Snapshot | None = None
        self._refused: int | None = None
        self._looked_at = float("-inf")
        self._loading = threading.Lock()
        self._building = threading.Lock()

    def rank_posts(
        self,
        graduate_id: str,
        *,
        top: int = 10,
        order: str = "market",
        congestion: float = CONGESTION,
    ) -> PostRanking:
        """Rank the open posts that one graduate may take.

        Raises
        ------
        NotFound, NoConsent
            If the graduate is not stored, or has not agreed to be ranked.
        NoModel
            If nothing is published yet.
        """
        snapshot = self._ranking_now()
        graduate, own = self._graduate(snapshot, graduate_id)
        if not graduate.consent:
            raise NoConsent(graduate_id)
        return _ranking(snapshot, graduate, own, top=top, order=order, congestion=congestion)

    def rank_for_profile(
        self,
        profile: Mapping[str, object],
        *,
        top: int = 10,
        order: str = "market",
        congestion: float = CONGESTION,
        among: Collection[str] | None = None,
    ) -> PostRanking:
        """Rank the open posts for a person described by a roster's columns; nothing is kept.

        `among` leaves only the posts of these ids, as at a fair.

        Raises
        ------
        Unreadable
            If a field cannot be read.
        NoModel
            If nothing is published yet.
        """
        snapshot = self._ranking_now()
        return _rank_profile(
            snapshot, profile, top=top, order=order, congestion=congestion, among=among
        )

    def look(self, graduate_id: str, *, top: int = 10) -> Look:
        """Give one graduate's list with the market that it comes from.

        Raises
        ------
        NotFound
            If the graduate is not stored.
        NoModel
            If nothing is published yet.
        """
        snapshot = self._current()
        graduate, own = self._graduate(snapshot, graduate_id)
        ranked = None
        if graduate.consent and snapshot.is_on:
            ranked = _ranking(
                snapshot, graduate, own, top=top, order="market", congestion=CONGESTION
            )
        seen = snapshot.as_shown_to(graduate)
        return Look(graduate=graduate, own=own, market=seen.market, ranked=ranked)

    def rank_graduates(
        self, post_id: str, *, top: int = 10, colleges: Collection[str] | None = None
    ) -> GraduateRanking:
        """Rank the class year's graduates who may take one post, by percentile.

        `colleges` leaves theirs alone, numbered as if there were no others; None leaves all.

        Raises
        ------
        NotFound
            If the post is not stored.
        NoModel
            If nothing is published yet.
        """
        snapshot = self._ranking_now()
        market = snapshot.market
        index = next((i for i, post in enumerate(market.posts) if post.post_id == post_id), None)
        if index is None:
            return _nobody_for(snapshot, self._post(post_id, market.day))
        (rows,) = np.nonzero(market.eligible[:, index])
        if colleges is not None:
            theirs = [row for row in rows if market.graduates[row].college in colleges]
            rows = np.array(theirs, dtype=np.intp)
        keys = id_keys(market.graduates[row].graduate_id for row in rows)
        post_keys = id_keys(post.post_id for post in market.posts)
        shares = percentiles(market.scores[rows], market.eligible[rows], keys, post_keys)[:, index]
        seen = [snapshot.as_shown_to(market.graduates[row]).market for row in rows]
        if snapshot.plain is not None:
            scores = snapshot.plain.market.scores[rows]
            own = percentiles(scores, market.eligible[rows], keys, post_keys)[:, index]
            shares = np.where([each is not market for each in seen], own, shares)
        everybody = np.ones((1, len(rows)), dtype=np.bool_)
        (best,) = top_k(shares[None, :], everybody, top, post_keys[[index]], keys)
        graduates = tuple(
            RankedGraduate(
                rank=rank,
                graduate_id=market.graduates[rows[i]].graduate_id,
                score=float(shares[i]),
                reasons=reasons(seen[i], market.graduates[rows[i]], index),
                chances=seen[i].board.chances(market.graduates[rows[i]], index),
            )
            for rank, i in enumerate(best[best != NO_POST], start=1)
        )
        return replace(_nobody_for(snapshot, market.posts[index]), graduates=graduates)

    def eligibility(self, graduate_id: str, post_id: str) -> tuple[RuleAnswer, ...]:
        """Answer every rule for one graduate and one post.

        Raises
        ------
        NotFound
            If either is not stored.
        """
        day = self._today()
        with store.reading(self._engine) as conn:
            graduates = store.load_graduates(conn, ids=[graduate_id])
            posts = store.load_posts(conn, day=day, post_ids=[post_id])
            now = places.standing_on(
                conn, posts, day, graduate_ids=[graduate_id], moment=self._now()
            )
        if not graduates:
            raise NotFound("graduate", graduate_id)
        if not posts:
            raise NotFound("post", post_id)
        return tuple(
            RuleAnswer(
                code=rule.code,
                holds=rule.holds,
                text=phrases.rule(rule.code, rule.holds, rule.needs, "zh"),
                text_en=phrases.rule(rule.code, rule.holds, rule.needs, "en"),
                needs="; ".join(rule.needs) or None,
            )
            for rule in check_pair(graduates[0], posts[0], now, day)
        )

    def next_step(self, graduate_id: str, post_id: str, ask: Ask) -> PairSteps:
        """Find the smallest changes that open a post to a graduate, and bring it into their list.

        Raises
        ------
        NotFound
            If either is not stored.
        NoModel
            If nothing is published yet.
        """
        snapshot = self._ranking_now()
        with store.reading(self._engine) as conn:
            graduate, replay, asked = self._replay(conn, snapshot, graduate_id, ask)
            return next_steps.of_pair(replay, graduate, post_id, snapshot.artefact.version, asked)

    def next_steps(self, graduate_id: str, ask: Ask, *, most: int = 10) -> ListSteps:
        """Find posts that the smallest changes bring into a graduate's list.

        Raises
        ------
        NotFound, NoConsent
            If the graduate is not stored, or has not agreed to be ranked.
        NoModel
            If nothing is published yet.
        """
        snapshot = self._ranking_now()
        with store.reading(self._engine) as conn:
            graduate, replay, asked = self._replay(conn, snapshot, graduate_id, ask)
            return next_steps.of_list(replay, graduate, snapshot.artefact.version, asked, most)

    def _replay(
        self, conn: Connection, snapshot: _Snapshot, graduate_id: str, ask: Ask
    ) -> tuple[Graduate, Replay, Ask]:
        found = store.load_graduates(conn, ids=[graduate_id])
        if not found:
            raise NotFound("graduate", graduate_id)
        (graduate,) = found
        seen = snapshot.as_shown_to(graduate)
        replay = Replay(conn, seen.artefact, seen.market, graduate, self._now())
        if seen is not snapshot:
            ask = replace(ask, order="fit", congestion=0.0)
        return graduate, replay, ask

    def readiness(self) -> Readiness:
        """Say whether rankings can be answered, from the database or the last snapshot."""
        database = "ok"
        try:
            with store.reading(self._engine) as conn:
                store.revision(conn)
        except (Busy, DatabaseFailed) as error:
            database = str(error)
        try:
            artefact = self._current_artefact()
        except (NoModel, CorruptArtefact) as error:
            return Readiness(ready=False, database=database, model=str(error))
        return Readiness(
            ready=database == "ok" or self._snapshot is not None,
            database=database,
            model=f"v{artefact.version} ({artefact.published})",
        )

    def version(self) -> int | None:
        """Give the version this process answers from; None before one is published."""
        try:
            return self._current_artefact().version
        except (NoModel, CorruptArtefact):
            return None

    def artefact(self) -> Artefact:
        """Give the version this process answers from.

        Raises
        ------
        NoModel
            If nothing is published yet.
        """
        return self._current_artefact()

    def choices(self) -> Choices:
        """List what a page offers to pick from."""
        return choices()

    def _current_artefact(self) -> Artefact:
        """Give the version to answer from; look whether the pointer moved twice a second.

        The first load blocks; a later one is skipped while another thread is at it.
        """
        if time.monotonic() - self._looked_at < POINTER_PAUSE_S and self._artefact is not None:
            return self._artefact
        if not self._loading.acquire(blocking=self._artefact is None):
            return self._artefact or self._current_artefact()
        try:
            self._artefact = self._load(self._artefact)
            self._looked_at = time.monotonic()
            return self._artefact
        finally:
            self._loading.release()

    def _load(self, held: Artefact | None) -> Artefact:
        """Load what the pointer names; where it is broken, keep what is held or go back."""
        try:
            wanted = current_version(self._models_dir)
        except CorruptArtefact as error:
            log.error("pointer unreadable", error=str(error))
            wanted = None
        if held is not None and wanted in (None, held.version, self._refused):
            return held
        older = [v for v in reversed(versions(self._models_dir)) if wanted is None or v < wanted]
        for version in [v for v in (wanted, *older) if v is not None]:
            try:
                return read_version(self._models_dir, version)
            except (CorruptArtefact, NotFound) as error:
                log.error("version not loaded", version=version, error=str(error))
                self._refused = version if version == wanted else self._refused
                if held is not None:
                    return held
        raise NoModel("nothing is published")

    def _ranking_now(self) -> _Snapshot:
        """Bring the snapshot up to date, to rank somebody.

        Raises
        ------
        RankingOff
            If personal rankings are switched off.
        """
        snapshot = self._current()
        if not snapshot.is_on:
            raise RankingOff("personal rankings are switched off")
        return snapshot

    def _current(self) -> _Snapshot:
        """Bring the snapshot up to date with the pointer, the day and the database."""
        artefact = self._current_artefact()
        day = self._today()
        with self._building:
            try:
                with store.reading(self._engine) as conn:
                    self._snapshot = self._refreshed(conn, artefact, day)
            except (Busy, DatabaseFailed) as error:
                if self._snapshot is None:
                    raise
                log.warning("database away", error=str(error))
                return replace(self._snapshot, away=True)
            return self._snapshot

    def _refreshed(self, conn: Connection, artefact: Artefact, day: date) -> _Snapshot:
        held, revision, moment = self._snapshot, store.revision(conn), self._now()
        same_model = held is not None and held.artefact is artefact and held.market.day == day
        if held is not None and same_model and held.is_as_stored(revision, moment):
            return held
        sheets_revision = store.sheets_revision(conn)
        if held is not None and same_model and held.sheets_revision == sheets_revision:
            known = held.market
            market = known.after(
                markets.standing_now(conn, known.posts, known.graduates, day, moment)
            )
            plain = held.plain and held.plain.after(market)
        else:
            market, plain = markets.read_market(conn, artefact, day, moment), None
        running = read_arms(conn, day)
        if running is not None:
            plain = plain or plain_of(artefact, market)
        return _Snapshot(
            artefact=artefact,
            market=market,
            revision=revision,
            sheets_revision=sheets_revision,
            taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
            holds_until=places.next_deadline(conn, moment),
            arms=running,
            plain=None if running is None else plain,
            is_on=cases.is_ranking_on(conn),
        )

    def _graduate(self, snapshot: _Snapshot, graduate_id: str) -> tuple[Graduate, Standing]:
        """Read a graduate and their own steps now; from the snapshot while that is all."""
        market = snapshot.market
        if snapshot.away:
            found = [g for g in market.graduates if g.graduate_id == graduate_id]
            own = market.standing
        else:
            with store.reading(self._engine) as conn:
                found = store.load_graduates(conn, ids=[graduate_id])
                own = markets.own_standing(conn, graduate_id, market)
        if not found:
            raise NotFound("graduate", graduate_id)
        return found[0], own

    def _post(self, post_id: str, day: date) -> Post:
        with store.reading(self._engine) as conn:
            found = store.load_posts(conn, day=day, post_ids=[post_id])
        if not found:
            raise NotFound("post", post_id)
        return found[0]


def choices() -> Choices:
    """List what a page offers to pick from."""
    regions = tables.load_reference().regions.values()
    return Choices(
        trades=tables.known_trades(),
        levels=tuple((level.name, wording.label(level)) for level in SkillLevel),
        # The province stands among the regions too, as a city of its own.
        cities=tuple(
            (region.code, region.name)
            for region in regions
            if region.code == region.city_code and not region.code.endswith("0000")
        ),
    )


def explored(ranked: PostRanking, request_id: str, share: float) -> PostRanking:
    """Draw the order in which a kiosk's list is shown; every line keeps its numbers and reasons.

    Meant for lists of nobody in particular: a named graduate's is always shown as ranked.
    """
    drawn = draw_order(len(ranked.ranking), request_id, share)
    lines = (ranked.ranking[place] for place in drawn.order)
    return replace(
        ranked,
        ranking=tuple(replace(line, rank=rank) for rank, line in enumerate(lines, start=1)),
        share=share,
        swapped=drawn.swapped,
        propensity=drawn.propensity,
    )


def rank_profile(
    artefact: Artefact,
    market: Market,
    profile: Mapping[str, object],
    *,
    top: int = 10,
    order: str = "market",
    congestion: float = CONGESTION,
    among: Collection[str] | None = None,
) -> PostRanking:
    """Rank a market's posts for a profile, without any database; see `PlacementDesk`.

    Raises
    ------
    Unreadable
        If a field cannot be read.
    """
    fixed = _Snapshot(artefact=artefact, market=market, revision=0, sheets_revision=0, taken_at="")
    return _rank_profile(fixed, profile, top=top, order=order, congestion=congestion, among=among)


def _rank_profile(
    snapshot: _Snapshot,
    profile: Mapping[str, object],
    *,
    top: int,
    order: str,
    congestion: float,
    among: Collection[str] | None,
) -> PostRanking:
    graduate = _read_profile(profile, snapshot.market.day)
    known_now = snapshot.market.reference
    written = known_now.trade_of(graduate.trade)
    known = written in tables.known_trades() or written in known_now.recoded_trades()
    read_as = written if known else tables.nearest_trade(written)
    ranked = _ranking(
        snapshot,
        replace(graduate, trade=read_as),
        markets.beside_places(Standing(), snapshot.market),
        top=top,
        order=order,
        congestion=congestion,
        among=among,
    )
    return ranked if read_as == graduate.trade else replace(ranked, read_as=read_as)


def _ranking(
    snapshot: _Snapshot,
    graduate: Graduate,
    own: Standing,
    *,
    top: int,
    order: str,
    congestion: float,
    among: Collection[str] | None = None,
) -> PostRanking:
    arm, seen = snapshot.arm_of(graduate), snapshot.as_shown_to(graduate)
    market = seen.market
    if seen is not snapshot:  # the plain rule knows no price
        order = "fit"
    weight = congestion if order == "market" else 0.0
    listed = market.list_of(graduate, own, top, weight, among=among)
    ranking = tuple(
        RankedPost(
            rank=rank,
            post=market.posts[i],
            occupation=occupation_name(market.posts[i], market.reference),
            region=region_name(market.posts[i].region_code, market.reference),
            open_places=open_places(market.posts[i], own, graduate.graduate_id),
            score=float(listed.scores[i]),
            chances=market.board.chances(graduate, int(i)),
            price=float(listed.price[i]),
            reasons=reasons(market, graduate, int(i), price=float(listed.price[i])),
        )
        for rank, i in enumerate(listed.best, start=1)
    )
    posts = [post for post in market.posts if among is None or post.post_id in among]
    shut = () if ranking else excluded_by(graduate, posts, own, market.day)
    return PostRanking(
        model=seen.artefact.version,
        published=seen.artefact.published,
        as_of=market.day,
        order=order,
        arm=arm,
        congestion=weight,
        ranking=ranking,
        excluded_by=shut,
        places_as_of=snapshot.taken_at if snapshot.away else None,
    )


def _nobody_for(snapshot: _Snapshot, post: Post) -> GraduateRanking:
    return GraduateRanking(
        model=snapshot.artefact.version,
        published=snapshot.artefact.published,
        as_of=snapshot.market.day,
        post=post,
        occupation=occupation_name(post, snapshot.market.reference),
        region=region_name(post.region_code, snapshot.market.reference),
        graduates=(),
    )


def _read_profile(profile: Mapping[str, object], day: date) -> Graduate:
    """Read a profile as if it were a line of a roster."""
    cells = {
        "graduate_id": "profile",
        "college": "profile",
        "class_year": str(class_year_of(day)),
        "consent": "是",
        **profile,
    }
    parsed, problems, _ = sheets.parse_row("graduates", cells)
    if problems or parsed is None:
        first = problems[0]
        raise Unreadable(first.column, first.value, first.code, first.facts)
    graduate = parsed.item
    if not isinstance(graduate, Graduate):
        raise TypeError(type(graduate))
    return replace(graduate, graduate_id=NOBODY, college="")
