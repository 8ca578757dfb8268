"""Drafts of an assignment, kept between requests: run or read, changed by hand, confirmed.

Everything is read anew from the database, so that two workers and a restart see the same. A
draft is for those who may see everybody in it; for others there is no such draft.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from recommender import access, assignments
from recommender.access import Grant
from recommender.data import drafted, export, store
from recommender.data.placed import read_placed
from recommender.domain import PersonalDetails
from recommender.draft_markets import Laid, Markets
from recommender.draft_states import State, covers, entry_of, find, state_of
from recommender.draft_views import Named, Seen, named, seen
from recommender.drafting import Decided, DraftAction, DraftEntry, KeptDraft
from recommender.finding import SEE_NAMES
from recommender.matching.candidates import UNPLACED
from recommender.matching.draft import Moved
from recommender.matching.hand_certificate import hand_certificate, reasons_without
from recommender.matching.plan import Floors, make_plan
from recommender.places import Clerk

WAYS = ("best", "keep", "whole", "fair")
N_OPTIONS = 10
SHEETS = (".csv", ".xlsx")
COLUMNS = ("graduate_id", "post_id", "score", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom an officer wants to place, and how; "" asks for nothing."""

    class_year: int
    college: str = ""
    trade: str = ""
    class_name: str = ""
    order_class: str = ""
    way: str = "best"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A post that somebody could be moved to, and what that comes to."""

    named: Named
    value: float
    left: int
    moved: Moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Where somebody is and could be, best first; `nowhere` is without a post."""

    graduate_id: str
    now: Named | None
    options: tuple[Option, ...]
    n_eligible: int
    nowhere: Moved | None
    total: float


class Drafts:
    """Opens, shows and changes drafts."""

    def __init__(self, engine: Engine, markets: Markets) -> None:
        """Work on cohorts as these lay them."""
        self._engine = engine
        self._markets = markets

    # --- whom -----------------------------------------------------------------------------

    def mine(self, grant: Grant) -> list[tuple[KeptDraft, int]]:
        """List the drafts that a grant covers with the number of their entries, latest first."""
        colleges = access.colleges(self._engine, grant)
        with store.reading(self._engine) as conn:
            return [
                (kept, drafted.last_number(conn, kept.draft_id))
                for kept in drafted.list_drafts(conn)
                if covers(colleges, kept)
            ]

    def open(
        self, grant: Grant, clerk: Clerk, asked: Asked, *, placed: Mapping[str, str] | None = None
    ) -> str:
        """Begin a draft, with the largest sum or with an assignment that was read; give its id.

        Raises
        ------
        NotFound
            If nobody is meant, or `placed` names who is not of them or what is not on offer.
        DraftRefused
            If the cohort is too large for a page.
        FloorsConflict
            If floors are to be kept and cannot be.
        NoModel
            If nothing is published yet.
        """
        kept = KeptDraft(
            draft_id=secrets.token_hex(8),
            made_at=clerk.now,
            made_by=clerk.who,
            class_year=asked.class_year,
            way=asked.way if asked.way in WAYS else WAYS[0],
            colleges=_narrowed(access.colleges(self._engine, grant), asked.college),
            trade=asked.trade or None,
            class_name=asked.class_name or None,
            order_class=asked.order_class or None,
        )
        with store.reading(self._engine) as conn:
            laid = self._markets.laid(conn, kept)
        if placed is None:
            placed = run(self._engine, kept, laid, Decided())
        else:
            laid.draft(Decided()).holding(placed)
        first = entry_of(clerk, 1, DraftAction.ASSIGNED, placed=placed)
        with store.writing(self._engine) as conn:
            drafted.add_draft(conn, kept)
            drafted.append(conn, kept.draft_id, [first])
        return kept.draft_id

    def read(self, grant: Grant, clerk: Clerk, asked: Asked, sheet: Path) -> str:
        """Begin a draft with an assignment that `assign` or a page wrote; raises as `open`.

        Raises
        ------
        ImportRefused
            If the sheet or rows of it cannot be read.
        """
        return self.open(grant, clerk, asked, placed=read_placed(sheet))

    # --- what it looks like ---------------------------------------------------------------

    def look(
        self, grant: Grant, draft_id: str, *, number: int = 1, shown: str = "", text: str = ""
    ) -> Seen:
        """Show a page of a draft.

        Raises
        ------
        NotFound
            If there is no such draft that the grant covers.
        """
        state = self._read(grant, draft_id)

        def details(ids: Iterable[str]) -> Mapping[str, PersonalDetails]:
            if grant.role not in SEE_NAMES:
                return {}
            with store.reading(self._engine) as conn:
                return store.load_personal(conn, list(ids))

        return seen(
            state.kept,
            state.laid,
            state.draft,
            state.now,
            state.entries,
            most=self._markets.most(state.laid, state.now),
            details=details,
            number=number,
            shown=shown,
            text=text,
        )

    def options(
        self, grant: Grant, draft_id: str, graduate_id: str, *, n_options: int = N_OPTIONS
    ) -> Options:
        """Say where somebody could be, best first, and what each move breaks.

        Raises
        ------
        NotFound
            If there is no such draft, or the graduate is not of it.
        AlreadyPlaced
            If they have a place for good.
        """
        state = self._read(grant, draft_id)
        row = state.row(graduate_id)
        state.refuse_placed(graduate_id)
        draft, own = state.draft, int(state.draft.placed[row])
        barred = {post_id for who, post_id in state.now.barred if who == graduate_id}
        able = [
            int(column)
            for column in np.argsort(-draft.values[row], kind="stable")
            if draft.market.eligible[row, column]
            and column != own
            and draft.market.posts[column].post_id not in barred
        ]
        return Options(
            graduate_id=graduate_id,
            now=named(state.laid, own) if own != UNPLACED else None,
            options=tuple(
                Option(
                    named=named(state.laid, column),
                    value=float(draft.values[row, column]),
                    left=int(draft.places_left[column]),
                    moved=draft.move(graduate_id, draft.market.posts[column].post_id),
                )
                for column in able[:n_options]
            ),
            n_eligible=len(able),
            nowhere=draft.move(graduate_id, None) if own != UNPLACED else None,
            total=draft.total,
        )

    def since(self, grant: Grant, draft_id: str, number: int) -> list[DraftEntry]:
        """List the entries after one, which somebody has not seen."""
        with store.reading(self._engine) as conn:
            kept = find(conn, access.colleges(self._engine, grant), draft_id)
            return drafted.load_entries(conn, kept.draft_id, after=number)

    def sheet(
        self,
        grant: Grant,
        draft_id: str,
        suffix: str,
        *,
        tell: Callable[[Iterable[str]], None] = lambda ids: None,
    ) -> bytes:
        """Give a draft as `assign --all` writes it: ``.csv`` or ``.xlsx``.

        `tell` is told of the ids in it.
        """
        draft = self._read(grant, draft_id).draft
        tell(each.graduate_id for each in draft.market.graduates)
        placed = {str(row[0]): (*row, "") for row in assignments.rows_of(draft)}
        reasons = reasons_without(draft)
        rows: list[tuple[object, ...]] = [
            placed.get(each.graduate_id) or (each.graduate_id, "", "", reasons.get(row, ""))
            for row, each in enumerate(draft.market.graduates)
        ]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"assignment{suffix}"
            export.write_table(export.Table(columns=COLUMNS, rows=rows), file)
            return file.read_bytes()

    def certificate(
        self,
        grant: Grant,
        draft_id: str,
        *,
        tell: Callable[[Iterable[str]], None] = lambda ids: None,
    ) -> bytes:
        """Give the certificate of a draft, for `check`; raises as `hand_certificate`."""
        draft = self._read(grant, draft_id).draft
        tell(each.graduate_id for each in draft.market.graduates)
        document = hand_certificate(draft)
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()

    def _read(self, grant: Grant, draft_id: str) -> State:
        colleges = access.colleges(self._engine, grant)
        with store.reading(self._engine) as conn:
            return state_of(conn, self._markets, colleges, draft_id)


def _narrowed(colleges: frozenset[str] | None, college: str) -> tuple[str, ...] | None:
    if college:
        return (college,) if colleges is None or college in colleges else ()
    return None if colleges is None else tuple(sorted(colleges))


def run(engine: Engine, kept: KeptDraft, laid: Laid, now: Decided) -> dict[str, str]:
    """Place a cohort as a draft aims at, pins kept: graduate → post; raises as `make_plan`."""
    market, way = laid.market, kept.way
    floors = Floors(way=way, of=laid.floors) if way in ("keep", "whole") else None
    circles = assignments.circles_of(engine, market) if way == "fair" else None
    plan = make_plan(market, pins=laid.pins(now), floors=floors, circles=circles)
    return {
        market.graduates[row].graduate_id: market.posts[plan.placed[row]].post_id
        for row in np.flatnonzero(plan.placed != UNPLACED)
    }
