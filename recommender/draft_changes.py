"""Changes of a draft by hand, each one entry that names the state it was made on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine

from recommender import access
from recommender.access import Grant
from recommender.data import drafted, store
from recommender.draft_markets import Markets
from recommender.draft_states import State, entry_of, state_of
from recommender.drafting import DraftAction, DraftEntry
from recommender.drafts import run
from recommender.errors import DraftRefused
from recommender.matching.candidates import UNPLACED
from recommender.places import Clerk


class DraftChanges:
    """Makes entries in drafts."""

    def __init__(self, engine: Engine, markets: Markets) -> None:
        """Work on cohorts as these lay them."""
        self._engine = engine
        self._markets = markets

    def move(
        self,
        grant: Grant,
        clerk: Clerk,
        draft_id: str,
        saw: int,
        graduate_id: str,
        post_id: str | None,
    ) -> None:
        """Give somebody another post, or none; it may break places, pins and floors, and no rule.

        Parameters
        ----------
        saw
            The number of the last entry that was seen; here as for every change.

        Raises
        ------
        DraftChanged
            If somebody made an entry since.
        NotFound, AlreadyPlaced, Ineligible, DraftRefused
            If the graduate is not of the draft, or has a place; if the post is not on offer, a
            rule forbids it, or it is vetoed here.
        """

        def change(state: State) -> DraftEntry:
            state.row(graduate_id)
            state.refuse_placed(graduate_id)
            if post_id is not None:
                state.refuse_forbidden(graduate_id, post_id)
            return entry_of(
                clerk, saw + 1, DraftAction.MOVED, graduate_id=graduate_id, post_id=post_id
            )

        self._change(grant, draft_id, saw, change)

    def pin(self, grant: Grant, clerk: Clerk, draft_id: str, saw: int, graduate_id: str) -> None:
        """Keep somebody where they are, whatever is run again; raises as `move`."""

        def change(state: State) -> DraftEntry:
            column = int(state.draft.placed[state.row(graduate_id)])
            state.refuse_placed(graduate_id)
            if column == UNPLACED:
                raise DraftRefused("nothing_placed", graduate_id)
            post_id = state.laid.market.posts[column].post_id
            state.refuse_forbidden(graduate_id, post_id)
            return entry_of(
                clerk, saw + 1, DraftAction.PINNED, graduate_id=graduate_id, post_id=post_id
            )

        self._change(grant, draft_id, saw, change)

    def veto(
        self,
        grant: Grant,
        clerk: Clerk,
        draft_id: str,
        saw: int,
        graduate_id: str,
        post_id: str,
        reason: str,
    ) -> None:
        """Bar somebody from a post in this draft, and take them from there; raises as `move`."""

        def change(state: State) -> DraftEntry:
            state.row(graduate_id)
            state.column(post_id)
            state.refuse_placed(graduate_id)
            if not reason.strip():
                raise DraftRefused("no_reason")
            return entry_of(
                clerk,
                saw + 1,
                DraftAction.VETOED,
                graduate_id=graduate_id,
                post_id=post_id,
                reason=reason.strip(),
            )

        self._change(grant, draft_id, saw, change)

    def undo(self, grant: Grant, clerk: Clerk, draft_id: str, saw: int, number: int) -> None:
        """Take back an entry by another one, also one that took back another.

        Raises
        ------
        DraftRefused
            If there is no such entry, it is taken back already, began the draft or confirmed.
        """

        def change(state: State) -> DraftEntry:
            undone = next((each for each in state.entries if each.number == number), None)
            if undone is None:
                raise DraftRefused("no_such_entry", str(number))
            for code, holds in (
                ("first_stays", number == 1),
                ("undone_already", number not in state.now.standing),
                ("confirmed_stays", undone.action is DraftAction.CONFIRMED),
            ):
                if holds:
                    raise DraftRefused(code, str(number))
            return replace(
                entry_of(clerk, saw + 1, DraftAction.UNDONE, undoes=number),
                graduate_id=undone.graduate_id,
                post_id=undone.post_id,
            )

        self._change(grant, draft_id, saw, change)

    def run_again(self, grant: Grant, clerk: Clerk, draft_id: str, saw: int) -> None:
        """Place everybody anew, with what is pinned and vetoed kept; raises as `open`."""

        def change(state: State) -> DraftEntry:
            placed = run(self._engine, state.kept, state.laid, state.now)
            return entry_of(clerk, saw + 1, DraftAction.ASSIGNED, placed=placed)

        self._change(grant, draft_id, saw, change)

    def _change(
        self, grant: Grant, draft_id: str, saw: int, change: Callable[[State], DraftEntry]
    ) -> None:
        colleges = access.colleges(self._engine, grant)
        with store.reading(self._engine) as conn:  # laid before anybody else has to wait
            state_of(conn, self._markets, colleges, draft_id)
        with store.writing(self._engine) as conn:
            entry = change(state_of(conn, self._markets, colleges, draft_id, saw))
            drafted.append(conn, draft_id, [entry])
