"""The cohorts of drafts, laid over the posts of the day and kept while nothing else is written."""

from __future__ import annotations

import shlex
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from recommender import markets, places
from recommender.cohorts import Among
from recommender.data import cases, store
from recommender.domain import Graduate, Post
from recommender.drafting import Decided, KeptDraft
from recommender.errors import DraftRefused, NotFound, Refused
from recommender.matching.candidates import UNPLACED
from recommender.matching.draft import Draft
from recommender.matching.floors import Floor, floors_of
from recommender.matching.market import Market, open_market
from recommender.matching.plan import Pins, most_possible, values_of
from recommender.model.artefact import Artefact
from recommender.persons import is_erased

# Scored and decided in about two seconds; more is for the command line.
MOST_PAIRS = 1_000_000
N_KEPT = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Laid:
    """A cohort over the posts of a day, under one version.

    Attributes
    ----------
    values : float32 array of shape (n_graduates, n_posts)
        As of a `Plan`.
    """

    artefact: Artefact
    market: Market
    values: NDArray[np.float32]
    floors: tuple[Floor, ...]
    revision: int
    sheets_revision: int
    holds_until: datetime | None

    @cached_property
    def rows(self) -> dict[str, int]:
        """Graduate → row."""
        return {each.graduate_id: row for row, each in enumerate(self.market.graduates)}

    @cached_property
    def columns(self) -> dict[str, int]:
        """Post → column."""
        return {each.post_id: column for column, each in enumerate(self.market.posts)}

    def is_placed(self, graduate_id: str) -> bool:
        """Whether somebody has a place for good, by a step."""
        return graduate_id in self.market.standing.placed_at

    def pins(self, now: Decided) -> Pins:
        """Give what is pinned and vetoed, as far as it is of this market still."""
        return Pins(
            fixed={
                who: post_id
                for who, post_id in now.fixed.items()
                if who in self.rows and post_id in self.columns and not self.is_placed(who)
            },
            barred={
                (who, post_id)
                for who, post_id in now.barred
                if who in self.rows and post_id in self.columns
            },
        )

    def draft(self, now: Decided) -> Draft:
        """Give the draft as it was decided, without who has a place already.

        Who is no longer of the cohort, and posts that are no longer on offer, are left out.
        """
        placed = np.full(len(self.market.graduates), UNPLACED, dtype=np.int32)
        for who, post_id in now.placed.items():
            if who in self.rows and post_id in self.columns and not self.is_placed(who):
                placed[self.rows[who]] = self.columns[post_id]
        return Draft(
            market=self.market,
            values=self.values,
            pins=self.pins(now),
            floors=self.floors,
            placed=placed,
        )


class Markets:
    """Lays the cohorts of drafts, and keeps the last few of them."""

    def __init__(
        self,
        artefact: Callable[[], Artefact],
        *,
        today: Callable[[], date],
        now: Callable[[], datetime],
    ) -> None:
        """Lay them as of the version, the day and the moment that these give."""
        self._artefact = artefact
        self._today = today
        self._now = now
        self._kept: OrderedDict[object, Laid] = OrderedDict()
        self._most: OrderedDict[object, tuple[Laid, int | None]] = OrderedDict()
        self._lock = threading.Lock()

    def laid(self, conn: Connection, draft: KeptDraft) -> Laid:
        """Give the cohort of a draft as it stands in the database.

        Raises
        ------
        NotFound
            If nobody is of it any more.
        DraftRefused
            If it is too large.
        NoModel
            If nothing is published yet.
        """
        artefact, day, moment = self._artefact(), self._today(), self._now()
        about = (draft.colleges, draft.class_year, draft.trade, draft.class_name)
        key = (*about, draft.order_class, artefact.version, day)
        with self._lock:
            held = self._kept.get(key)
            revision, of_sheets = store.revision(conn), store.sheets_revision(conn)
            if held is not None and held.sheets_revision == of_sheets:
                runs = held.holds_until is None or moment < held.holds_until
                if held.revision != revision or not runs:
                    held = _after(conn, held, revision, moment)
            else:
                held = _lay(conn, draft, artefact, day, moment)
            self._kept[key] = held
            self._kept.move_to_end(key)
            while len(self._kept) > N_KEPT:
                self._kept.popitem(last=False)
            return held

    def most(self, laid: Laid, now: Decided) -> int | None:
        """Count how many could be placed, pins kept; None where pins cannot all be kept."""
        pins = laid.pins(now)
        key = (id(laid), frozenset(pins.fixed.items()), frozenset(pins.barred))
        found = self._most.get(key)
        if found is None or found[0] is not laid:
            try:
                most: int | None = most_possible(laid.market, pins)
            except Refused:
                most = None
            found = self._most[key] = (laid, most)
            while len(self._most) > N_KEPT:
                self._most.popitem(last=False)
        return found[1]


def _lay(
    conn: Connection, draft: KeptDraft, artefact: Artefact, day: date, moment: datetime
) -> Laid:
    cases.require_ranking(conn)
    people = store.load_graduates(conn, class_year=draft.class_year)
    cohort = [each for each in people if not is_erased(each.graduate_id)]
    if not cohort:
        raise NotFound("class_year", str(draft.class_year))
    reference = store.load_reference(conn, day=day)
    cohort = among_of(draft).choose(cohort, reference)
    posts = store.load_posts(conn, day=day, open_only=True)
    _refuse_large(draft, cohort, posts)
    now = markets.standing_now(conn, posts, cohort, day, moment)
    free = {post.post_id: (0.0, 0.0) for post in posts}  # an assignment asks for no prices
    market = open_market(artefact.scorer, cohort, posts, now, reference, day, published=free)
    return Laid(
        artefact=artefact,
        market=market,
        values=values_of(market),
        floors=floors_of(market, reference.agreements),
        revision=store.revision(conn),
        sheets_revision=store.sheets_revision(conn),
        holds_until=places.next_deadline(conn, moment),
    )


def _after(conn: Connection, held: Laid, revision: int, moment: datetime) -> Laid:
    known = held.market
    now = markets.standing_now(conn, known.posts, known.graduates, known.day, moment)
    market = known.after(now)
    return replace(
        held,
        market=market,
        values=values_of(market),
        floors=floors_of(market, market.reference.agreements),
        revision=revision,
        holds_until=places.next_deadline(conn, moment),
    )


def among_of(draft: KeptDraft) -> Among:
    """Say whom a draft places."""
    return Among(
        class_year=draft.class_year,
        trade=draft.trade,
        class_name=draft.class_name,
        order_class=draft.order_class,
        colleges=None if draft.colleges is None else frozenset(draft.colleges),
    )


def _refuse_large(draft: KeptDraft, cohort: list[Graduate], posts: list[Post]) -> None:
    if len(cohort) * len(posts) <= MOST_PAIRS:
        return
    options = {
        "--class-year": str(draft.class_year),
        "--trade": draft.trade,
        "--class-name": draft.class_name,
        "--order-class": draft.order_class,
    }
    told = "".join(f" {name} {shlex.quote(value)}" for name, value in options.items() if value)
    raise DraftRefused("too_large", str(len(cohort)), str(len(posts)), told)
