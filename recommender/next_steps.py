"""Verified next steps: what a graduate could change, replayed through the live rules and ranking.

Rules, places and lists of a later day are those of the database for that day: whatever is known
now, and nothing else happening until then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from recommender import markets, places, step_words
from recommender.claims import start_of
from recommender.data import reference as tables
from recommender.data import store
from recommender.domain import Graduate, Post, Reference
from recommender.errors import NoConsent, NotFound
from recommender.matching.eligibility import RULES, RuleCheck, Standing, check_pair
from recommender.matching.market import Market
from recommender.matching.next_step import (
    Change,
    ChangeKind,
    Changes,
    changed,
    changes_for,
    day_of,
    entries,
    mendable,
    smallest,
    soon,
)
from recommender.matching.reasons import occupation_name, region_name
from recommender.model.artefact import Artefact


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Which list is asked about.

    Attributes
    ----------
    top
        How many posts it has.
    order
        ``market`` or ``fit``.
    congestion
        How much of the price a market list takes off, 0 to 1.
    """

    top: int
    order: str
    congestion: float

    @property
    def weight(self) -> float:
        """How much of the price is taken off; 0 in a list by fit."""
        return self.congestion if self.order == "market" else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingRule:
    """A rule that forbids the pair, and whether anything the graduate could change mends it."""

    code: str
    needs: tuple[str, ...]
    can_change: bool
    text: str
    text_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidChange:
    """One change, with its sentences."""

    kind: str
    value: str
    on: date
    text: str
    text_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A smallest set of changes, replayed; or that there is none.

    Attributes
    ----------
    changes
        Empty where it is so already; None where nothing leads there.
    on
        The first day on which it can be so; None where nothing leads there.
    rank
        The post's in the list then; None where only the rules are asked about.
    """

    changes: tuple[SaidChange, ...] | None
    on: date | None
    rank: int | None
    text: str
    text_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSteps:
    """What stands between a graduate and a post: to take it, and to see it in their list."""

    as_of: date
    model: int
    ask: Ask
    graduate_id: str
    post: Post
    failing: tuple[FailingRule, ...]
    to_take: Step
    to_list: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class PostStep:
    """A post that some changes bring into the list."""

    post: Post
    occupation: str
    region: str
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSteps:
    """What could bring further posts into a graduate's list.

    Attributes
    ----------
    shut_out
        Rule → how many of the day's open posts it forbids the graduate.
    """

    as_of: date
    model: int
    ask: Ask
    graduate_id: str
    n_posts: int
    shut_out: Mapping[str, int]
    steps: tuple[PostStep, ...]


class Replay:
    """Asks the rules and the ranking about one graduate, as they are and as they could be."""

    def __init__(
        self,
        conn: Connection,
        artefact: Artefact,
        market: Market,
        graduate: Graduate,
        moment: datetime,
    ) -> None:
        """Replay for a graduate on the market's day, as at a moment of it, and on later days."""
        self._conn = conn
        self._artefact = artefact
        self._graduate = graduate
        self._moment = moment
        self.day = market.day
        self.reference = market.reference
        # Prices solved earlier may not be those that the changed graduate would meet.
        self._markets = {market.day: market} if market.solved_from is None else {}
        self._own: dict[date, Standing] = {}
        self._posts: dict[tuple[str, date], tuple[Post, Standing] | None] = {}
        self._lists: dict[tuple[frozenset[Change], bool], list[str]] = {}

    def market(self, day: date) -> Market:
        """Give the market of a day."""
        if day not in self._markets:
            self._markets[day] = markets.read_market(
                self._conn, self._artefact, day, self._moment_of(day)
            )
        return self._markets[day]

    def own(self, day: date) -> Standing:
        """Give the graduate's own steps beside the places of a day."""
        if day not in self._own:
            self._own[day] = markets.own_standing(
                self._conn, self._graduate.graduate_id, self.market(day)
            )
        return self._own[day]

    def rules(self, post_id: str) -> Callable[[Graduate, date], tuple[RuleCheck, ...]]:
        """Give the rules of one post, for the graduate as they could be, on any day."""

        def check(graduate: Graduate, day: date) -> tuple[RuleCheck, ...]:
            return check_pair(graduate, *self.post_on(post_id, day), day)

        return check

    def post_on(self, post_id: str, day: date) -> tuple[Post, Standing]:
        """Give a post as it stands on a day, and where everybody stands there."""
        found = self._posts.get((post_id, day))
        if found is None:
            posts = store.load_posts(self._conn, day=day, post_ids=[post_id])
            if not posts:
                raise NotFound("post", post_id)
            standing = places.standing_on(
                self._conn,
                posts,
                day,
                graduate_ids=[self._graduate.graduate_id],
                moment=self._moment_of(day),
            )
            found = self._posts[post_id, day] = (posts[0], standing)
        return found

    def list_after(self, changes: Changes, ask: Ask, *, exact: bool = True) -> list[str]:
        """List the ids of the graduate's best posts after some changes, best first.

        Where prices are solved for the cohort, not `exact` leaves them as if nothing changed.
        """
        day = day_of(changes, self.day)
        market = self.market(day)
        exact = exact and market.solved_from is not None
        key = (frozenset(changes), exact)
        if key not in self._lists:
            graduate = changed(self._graduate, changes)
            listed = market.list_of(
                graduate,
                self.own(day),
                ask.top,
                ask.weight,
                prices=market.prices_with(graduate) if exact and ask.weight else None,
            )
            self._lists[key] = [market.posts[i].post_id for i in listed.best]
        return self._lists[key]

    def _moment_of(self, day: date) -> datetime:
        return self._moment if day == self.day else start_of(day)


def of_pair(replay: Replay, graduate: Graduate, post_id: str, model: int, ask: Ask) -> PairSteps:
    """Find the smallest sets of changes that let a graduate take a post, and see it in their list.

    Raises
    ------
    NotFound
        If the post is not stored.
    """
    day, rules = replay.day, replay.rules(post_id)
    post = replay.post_on(post_id, day)[0]
    changes = changes_for(graduate, post, day, rules, tables.application_routes(), replay.reference)

    def may_take(chosen: Changes) -> bool:
        at = day_of(chosen, day)
        return all(rule.holds for rule in rules(changed(graduate, chosen), at))

    def is_listed(chosen: Changes) -> bool:
        return may_take(chosen) and post_id in replay.list_after(chosen, ask)

    taking = smallest(changes, day, may_take)
    listing = smallest(changes, day, is_listed)
    rank = None if listing is None else replay.list_after(listing, ask).index(post_id) + 1
    mended = mendable(graduate, day, changes, rules)
    return PairSteps(
        as_of=day,
        model=model,
        ask=ask,
        graduate_id=graduate.graduate_id,
        post=post,
        failing=tuple(_failing(rule, mended) for rule in rules(graduate, day) if not rule.holds),
        to_take=_step(taking, day, replay.reference),
        to_list=_step(listing, day, replay.reference, rank=rank, for_list=True),
    )


def of_list(replay: Replay, graduate: Graduate, model: int, ask: Ask, most: int) -> ListSteps:
    """Find posts, open on the day, that few changes bring into a graduate's list.

    Raises
    ------
    NoConsent
        If the graduate has not agreed to be ranked.
    """
    if not graduate.consent:
        raise NoConsent(graduate.graduate_id)
    market, own = replay.market(replay.day), replay.own(replay.day)
    routes = tables.application_routes()
    shut_out = dict.fromkeys(RULES, 0)
    candidates: dict[str, Changes] = {}
    for post in market.posts:

        def rules(who: Graduate, day: date, post: Post = post) -> tuple[RuleCheck, ...]:
            return check_pair(who, post, own, day)

        failing = {rule.code for rule in rules(graduate, market.day) if not rule.holds}
        for code in failing:
            shut_out[code] += 1
        changes = changes_for(graduate, post, market.day, rules, routes, replay.reference)
        if failing <= mendable(graduate, market.day, changes, rules):
            candidates[post.post_id] = changes
    found = entries(
        soon(candidates, market.day),
        market.day,
        lambda chosen: replay.list_after(chosen, ask, exact=False),
        lambda chosen: replay.list_after(chosen, ask),
        most,
    )
    by_id = {post.post_id: post for post in market.posts}
    return ListSteps(
        as_of=market.day,
        model=model,
        ask=ask,
        graduate_id=graduate.graduate_id,
        n_posts=len(market.posts),
        shut_out={code: n for code, n in shut_out.items() if n},
        steps=tuple(
            PostStep(
                post=by_id[entry.post_id],
                occupation=occupation_name(by_id[entry.post_id], replay.reference),
                region=region_name(by_id[entry.post_id].region_code, replay.reference),
                step=_step(entry.changes, market.day, replay.reference, rank=entry.rank),
            )
            for entry in found
        ),
    )


def _failing(rule: RuleCheck, mended: frozenset[str]) -> FailingRule:
    can_change = rule.code in mended
    return FailingRule(
        code=rule.code,
        needs=rule.needs,
        can_change=can_change,
        text=step_words.failing(rule.code, rule.needs, can_change=can_change, language="zh"),
        text_en=step_words.failing(rule.code, rule.needs, can_change=can_change, language="en"),
    )


def _step(
    changes: Changes | None,
    day: date,
    reference: Reference,
    *,
    rank: int | None = None,
    for_list: bool = False,
) -> Step:
    if changes is None:
        return Step(
            changes=None,
            on=None,
            rank=None,
            text=step_words.no_step(for_list=for_list, language="zh"),
            text_en=step_words.no_step(for_list=for_list, language="en"),
        )
    said, on = tuple(_said(change, reference) for change in changes), day_of(changes, day)
    return Step(
        changes=said,
        on=on,
        rank=rank,
        text=step_words.step([each.text for each in said], on, rank, "zh"),
        text_en=step_words.step([each.text_en for each in said], on, rank, "en"),
    )


def _said(change: Change, reference: Reference) -> SaidChange:
    is_place = change.kind is ChangeKind.REGION
    named = region_name(change.value, reference) if is_place else change.value
    kind = change.kind.value
    return SaidChange(
        kind=kind,
        value=change.value,
        on=change.on,
        text=step_words.change(kind, named, change.on, change.because, "zh"),
        text_en=step_words.change(kind, named, change.on, change.because, "en"),
    )
