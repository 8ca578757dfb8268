"""One graduate or one post, seen closely: all that an officer has before them to decide on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine

from recommender import access, ledger, phrases
from recommender.access import Grant
from recommender.claims import Claim
from recommender.data import ledger as claimed
from recommender.data import store, vetoed
from recommender.decisions import Veto, VoidedStep
from recommender.domain import Graduate, Outcome, PersonalDetails, Post, Reason, Reference
from recommender.errors import NoModel, NotFound
from recommender.evaluation.baselines import CROSSWALK, baselines
from recommender.finding import SEE_NAMES
from recommender.ledger import PostPlaces
from recommender.matching.board import Board, open_board
from recommender.matching.eligibility import RULES, check_pair, eligible_pairs
from recommender.matching.market import Market
from recommender.matching.ranking import Part
from recommender.matching.reasons import named, occupation_name, parts, region_name
from recommender.model.topk import NO_POST, id_keys, top_k
from recommender.placements import GraduateRanking, Look, PlacementDesk, PostRanking, RankedPost
from recommender.places import Clerk

N_POSTS = 10
N_SAID = 3  # of each stage; the rest is one sum
N_EXCLUDED = 5
N_BY_RULE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What one stage of the road, or a score that only orders, is made of.

    Attributes
    ----------
    stage
        ``wants``, ``hired``, ``stays``; "" for a score that only orders.
    chance
        Calibrated, 0 to 1; None where only an order is known.
    start, rest, total
        Where everybody starts, what the sentences leave out, and the sum: log-odds before they
        are calibrated, or a score. ``start + Σ said + rest = total``.
    """

    stage: str
    chance: float | None
    start: float
    said: tuple[Reason, ...]
    rest: float
    total: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One post of a graduate's list.

    Attributes
    ----------
    applicants
        People expected to queue for it.
    rule_rank
        Place in the list of the crosswalk rule, from 1.
    """

    line: RankedPost
    groups: tuple[Group, ...]
    applicants: float
    rule_rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A post with the names of what it is about."""

    post: Post
    occupation: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """A post that fits and that rules forbid; each rule in Chinese and in English."""

    named: Named
    rules: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, with the post and, where it may be seen, the person that it is about."""

    outcome: Outcome
    named: Named
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraduateCloseup:
    """One graduate.

    Attributes
    ----------
    details
        None for who may not see them.
    ranked
        None without consent, or before anything is published.
    rule
        What the crosswalk rule would list.
    n_excluded
        Rules with the number of posts that each forbids; a post may be under several.
    vetoes
        Those that stand.
    voided
        Steps that were recorded wrongly, the latest voided first.
    """

    graduate: Graduate
    details: PersonalDetails | None
    home: str
    wishes: tuple[str, ...]
    ranked: PostRanking | None
    knows_chances: bool
    suggestions: tuple[Suggestion, ...]
    rule: tuple[Named, ...]
    excluded: tuple[Excluded, ...]
    n_excluded: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    claims: tuple[tuple[Claim, Named], ...]
    vetoes: tuple[tuple[Veto, Named], ...]
    voided: tuple[tuple[VoidedStep, Named], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCloseup:
    """One post.

    Attributes
    ----------
    ranked
        Own people who may take it, best first; None before anything is published.
    people
        By id, those of `ranked` and `steps`, with their names where these may be seen.
    steps
        What became of own people there, the latest first.
    """

    named: Named
    places: PostPlaces
    ranked: GraduateRanking | None
    people: dict[str, tuple[Graduate, str]]
    steps: tuple[Outcome, ...]


class Closeups:
    """Answers what stands behind one graduate or one post, on the desk's market."""

    def __init__(
        self,
        engine: Engine,
        desk: PlacementDesk,
        *,
        today: Callable[[], date],
        now: Callable[[], datetime],
    ) -> None:
        """Look as of the day and moment that these give."""
        self._engine = engine
        self._desk = desk
        self._today = today
        self._now = now
        self._rule: tuple[Market, Board] | None = None

    def graduate(self, grant: Grant, graduate_id: str) -> GraduateCloseup:
        """Look at one graduate whom a grant covers.

        Raises
        ------
        NotFound
            If the graduate is not stored, or not covered.
        """
        access.require_within(self._engine, grant, graduate_id)
        try:
            look = self._desk.look(graduate_id, top=N_POSTS)
        except NoModel:
            look = None
        with store.reading(self._engine) as conn:
            (graduate,) = store.load_graduates(conn, ids=[graduate_id]) or (None,)
            if graduate is None:
                raise NotFound("graduate", graduate_id)
            reference = look.market.reference if look else store.load_reference(conn)
            details = store.load_personal(conn, [graduate_id])
            steps = store.load_outcomes(conn, day=self._today(), graduate_ids=[graduate_id])
            claims = claimed.load_claims(conn, graduate_ids=[graduate_id])
            made = vetoed.load_vetoes(conn, day=self._today(), graduate_ids=[graduate_id])
            vetoes = {each.post_id: each for each in made}
            voided = vetoed.load_voided(conn, graduate_ids=[graduate_id])
            ids = {step.post_id for step in steps} | {claim.post_id for claim in claims}
            ids |= vetoes.keys() | {each.outcome.post_id for each in voided}
            about = _about(conn, ids, self._today(), reference)
        rule = self._by_rule(look) if look and look.ranked else np.zeros(0, dtype=np.int32)
        excluded, n_excluded = _excluded(look) if look and look.ranked else ((), ())
        return GraduateCloseup(
            graduate=graduate,
            details=details.get(graduate_id) if grant.role in SEE_NAMES else None,
            home=region_name(graduate.home_region, reference),
            wishes=tuple(region_name(code, reference) for code in graduate.wish_regions),
            ranked=look.ranked if look else None,
            knows_chances=look is not None and look.market.board.knows_chances,
            suggestions=_suggestions(look, rule) if look and look.ranked else (),
            rule=tuple(_name(look.market.posts[i], reference) for i in rule[:N_BY_RULE])
            if look
            else (),
            excluded=excluded,
            n_excluded=n_excluded,
            steps=tuple(Step(outcome=step, named=about[step.post_id]) for step in steps[::-1]),
            claims=tuple((claim, about[claim.post_id]) for claim in claims),
            vetoes=tuple(
                (each, about[post_id]) for post_id, each in vetoes.items() if not each.is_lifted
            ),
            voided=tuple((each, about[each.outcome.post_id]) for each in voided[::-1]),
        )

    def post(self, grant: Grant, clerk: Clerk, post_id: str) -> PostCloseup:
        """Look at one post, and at those there whom a grant covers.

        Raises
        ------
        NotFound
            If the post is not stored.
        """
        places = ledger.show(self._engine, clerk, post_id)
        colleges = access.colleges(self._engine, grant)
        try:
            ranked = self._desk.rank_graduates(post_id, top=N_POSTS, colleges=colleges)
        except NoModel:
            ranked = None
        with store.reading(self._engine) as conn:
            reference = store.load_reference(conn)
            steps = store.load_outcomes(conn, day=self._today(), post_ids=[post_id])
            ids = {step.graduate_id for step in steps}
            ids |= {each.graduate_id for each in (*places.held, *places.line)}
            ids |= {each.graduate_id for each in ranked.graduates} if ranked else set()
            known = store.load_graduates(conn, ids=ids)
            own = [each for each in known if colleges is None or each.college in colleges]
            sees = grant.role in SEE_NAMES
            details = store.load_personal(conn, [g.graduate_id for g in own]) if sees else {}
        people = {each.graduate_id: (each, _called(each, details)) for each in own}
        theirs = [step for step in steps if step.graduate_id in people]
        return PostCloseup(
            named=_name(places.post, reference),
            places=places,
            ranked=ranked,
            people=people,
            steps=tuple(sorted(theirs, key=lambda step: step.date, reverse=True)),
        )

    def _by_rule(self, look: Look) -> NDArray[np.int32]:
        """Give the eligible posts in the order of the crosswalk rule, which stays as it is."""
        market = look.market
        if self._rule is None or self._rule[0].posts is not market.posts:
            scorer = baselines([], [], [], market.reference)[CROSSWALK]
            board = open_board(scorer, market.posts, market.reference, market.day)
            self._rule = (market, board)
        eligible = eligible_pairs([look.graduate], market.posts, look.own, market.day)
        (order,) = top_k(
            self._rule[1].scores([look.graduate]),
            eligible,
            max(1, len(market.posts)),  # out of season no post is open
            id_keys([look.graduate.graduate_id]),
            id_keys(post.post_id for post in market.posts),
        )
        placed: NDArray[np.int32] = order[order != NO_POST]
        return placed


def _suggestions(look: Look, rule: NDArray[np.int32]) -> tuple[Suggestion, ...]:
    market, lines = look.market, look.ranked.ranking if look.ranked else ()
    index = {post.post_id: i for i, post in enumerate(market.posts)}
    rank = {int(i): place for place, i in enumerate(rule, start=1)}
    return tuple(
        Suggestion(
            line=line,
            groups=_groups(market, look.graduate, index[line.post.post_id], line),
            applicants=float(market.prices.applicants[index[line.post.post_id]]),
            rule_rank=rank[index[line.post.post_id]],
        )
        for line in lines
    )


def _groups(market: Market, graduate: Graduate, post: int, line: RankedPost) -> tuple[Group, ...]:
    found = parts(market, graduate, post)
    starts = market.board.starts()
    if line.chances is None:
        return (_group(market, graduate, post, "", None, 0.0, found),)
    return tuple(
        _group(
            market,
            graduate,
            post,
            stage,
            getattr(line.chances, stage),
            start,
            [part for part in found if part.code.startswith(f"{stage}.")],
        )
        for stage, start in starts.items()
    )


def _group(
    market: Market,
    graduate: Graduate,
    post: int,
    stage: str,
    chance: float | None,
    start: float,
    found: Sequence[Part],
) -> Group:
    # What is the same for every post says nothing about this one.
    telling = [part for part in found if not part.code.endswith("_any")][:N_SAID]
    added = sum(part.contribution for part in found)
    return Group(
        stage=stage,
        chance=chance,
        start=start,
        said=named(market, graduate, post, telling),
        rest=added - sum(part.contribution for part in telling),
        total=start + added,
    )


def _excluded(look: Look) -> tuple[tuple[Excluded, ...], tuple[tuple[str, int], ...]]:
    """Give the best posts that rules forbid, and how many posts each rule forbids."""
    market, graduate = look.market, look.graduate
    fit = market.fit_of([graduate])[0]
    n_by_rule: Counter[str] = Counter()
    barred = []
    for i, post in enumerate(market.posts):
        failing = [
            rule for rule in check_pair(graduate, post, look.own, market.day) if not rule.holds
        ]
        n_by_rule.update(rule.code for rule in failing)
        if failing:
            barred.append((-float(fit[i]), post.post_id, i, failing))
    best = tuple(
        Excluded(
            named=_name(market.posts[i], market.reference),
            rules=tuple(
                (
                    phrases.rule(rule.code, rule.holds, rule.needs, "zh"),
                    phrases.rule(rule.code, rule.holds, rule.needs, "en"),
                )
                for rule in failing
            ),
        )
        for _, _, i, failing in sorted(barred, key=lambda each: each[:2])[:N_EXCLUDED]
    )
    return best, tuple((code, n_by_rule[code]) for code in RULES if n_by_rule[code])


def _about(
    conn: Connection, post_ids: set[str], day: date, reference: Reference
) -> dict[str, Named]:
    posts = store.load_posts(conn, day=day, post_ids=post_ids)
    return {post.post_id: _name(post, reference) for post in posts}


def _name(post: Post, reference: Reference) -> Named:
    return Named(
        post=post,
        occupation=occupation_name(post, reference),
        region=region_name(post.region_code, reference),
    )


def _called(graduate: Graduate, details: dict[str, PersonalDetails]) -> str:
    found = details.get(graduate.graduate_id)
    return (found.name if found else None) or ""
