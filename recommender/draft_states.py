"""How a draft stands now, for whoever may see everybody in it; and what no change may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from recommender.data import drafted
from recommender.draft_markets import Laid, Markets
from recommender.drafting import Decided, DraftAction, DraftEntry, KeptDraft, decided
from recommender.errors import AlreadyPlaced, DraftChanged, DraftRefused, Ineligible, NotFound
from recommender.matching.draft import Draft
from recommender.matching.eligibility import check_pair
from recommender.places import Clerk


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A draft, its entries, and what they come to on the market of the moment."""

    kept: KeptDraft
    entries: Sequence[DraftEntry]
    now: Decided
    laid: Laid
    draft: Draft

    def row(self, graduate_id: str) -> int:
        """Give somebody's row; raises `NotFound` if they are not of the cohort."""
        if graduate_id not in self.laid.rows:
            raise NotFound("graduate_of_cohort", graduate_id)
        return self.laid.rows[graduate_id]

    def column(self, post_id: str) -> int:
        """Give a post's column; raises `NotFound` if it is not on offer."""
        if post_id not in self.laid.columns:
            raise NotFound("post_on_offer", post_id)
        return self.laid.columns[post_id]

    def refuse_placed(self, graduate_id: str) -> None:
        """Refuse whoever has a place for good."""
        at = self.laid.market.standing.placed_at.get(graduate_id)
        if at is not None:
            raise AlreadyPlaced(graduate_id, min(at))

    def refuse_forbidden(self, graduate_id: str, post_id: str) -> None:
        """Refuse what a rule forbids or this draft vetoes."""
        market, row, column = self.laid.market, self.row(graduate_id), self.column(post_id)
        if not market.eligible[row, column]:
            rules = check_pair(
                market.graduates[row], market.posts[column], market.standing, market.day
            )
            failing = [(rule.code, rule.needs) for rule in rules if not rule.holds]
            raise Ineligible(graduate_id, post_id, failing)
        if (graduate_id, post_id) in self.now.barred:
            number = next(
                each.number
                for each in reversed(self.entries)
                if each.action is DraftAction.VETOED
                and (each.graduate_id, each.post_id) == (graduate_id, post_id)
                and each.number in self.now.standing
            )
            raise DraftRefused("vetoed_here", graduate_id, post_id, str(number))


def state_of(
    conn: Connection,
    markets: Markets,
    colleges: frozenset[str] | None,
    draft_id: str,
    saw: int | None = None,
) -> State:
    """Read how a draft stands.

    Parameters
    ----------
    colleges
        Those whose people the one who asks may see; None for everybody's.
    saw
        The number of the last entry that was seen, where it has to be the last.

    Raises
    ------
    NotFound
        If there is no such draft for them.
    DraftChanged
        If an entry was made since.
    """
    kept = find(conn, colleges, draft_id)
    entries = drafted.load_entries(conn, draft_id)
    last = entries[-1]
    if saw is not None and last.number != saw:
        raise DraftChanged(last.number - saw, last.who)
    laid, now = markets.laid(conn, kept), decided(entries)
    return State(kept=kept, entries=entries, now=now, laid=laid, draft=laid.draft(now))


def find(conn: Connection, colleges: frozenset[str] | None, draft_id: str) -> KeptDraft:
    """Find a draft for whoever may see everybody in it; raises `NotFound`."""
    kept = drafted.find_draft(conn, draft_id)
    if kept is None or not covers(colleges, kept):
        raise NotFound("draft", draft_id)
    return kept


def covers(colleges: frozenset[str] | None, kept: KeptDraft) -> bool:
    """Whether somebody may see everybody in a draft."""
    return colleges is None or (kept.colleges is not None and set(kept.colleges) <= colleges)


def entry_of(
    clerk: Clerk,
    number: int,
    action: DraftAction,
    *,
    graduate_id: str | None = None,
    post_id: str | None = None,
    reason: str | None = None,
    undoes: int | None = None,
    placed: Mapping[str, str] | None = None,
) -> DraftEntry:
    """Make an entry of a clerk, now."""
    return DraftEntry(
        number=number,
        at=clerk.now,
        who=clerk.who,
        action=action,
        graduate_id=graduate_id,
        post_id=post_id,
        reason=reason,
        undoes=undoes,
        placed=placed,
    )
