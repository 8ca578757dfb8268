"""Who is in a draft is given their place in the ledger, each for themselves."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from recommender import access, ledger, ledger_requests
from recommender.access import Grant
from recommender.claims import LedgerAction
from recommender.data import drafted, store
from recommender.draft_markets import Markets
from recommender.draft_states import entry_of, state_of
from recommender.draft_views import broken_of
from recommender.drafting import DraftAction
from recommender.errors import DraftRefused, PlacementError
from recommender.ledger_answers import Entry
from recommender.places import Clerk

MOST_CONFIRMED = 200  # at a time, so that others can write between


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """Who was confirmed, who was refused and why; `last` is whom to go on after, if anybody."""

    done: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str, PlacementError], ...]
    last: str | None


def confirm(
    engine: Engine,
    markets: Markets,
    grant: Grant,
    clerk: Clerk,
    draft_id: str,
    saw: int,
    *,
    graduate_id: str | None = None,
    after: str = "",
) -> Confirmed:
    """Confirm in the ledger of places: one, or all after an id as far as one go reaches.

    Each is confirmed or refused for themselves, and whoever the draft breaks anything about
    is refused.
    """
    colleges = access.colleges(engine, grant)
    with store.writing(engine) as conn:
        state = state_of(conn, markets, colleges, draft_id, saw)
        pairs = sorted((who, post_id) for who, (post_id, _) in state.draft.lots.items())
        if graduate_id is not None:
            state.refuse_placed(graduate_id)
            pairs = [pair for pair in pairs if pair[0] == graduate_id]
            if not pairs:
                raise DraftRefused("nothing_placed", graduate_id)
        left = [pair for pair in pairs if pair[0] > after]
        some, broken = left[:MOST_CONFIRMED], broken_of(state.draft)
        asked = [pair for pair in some if pair[0] not in broken]
        answers = ledger.each(
            conn,
            clerk,
            [ledger_requests.request(LedgerAction.CONFIRM, *pair) for pair in asked],
        )
        done = [
            pair for pair, answer in zip(asked, answers, strict=True) if isinstance(answer, Entry)
        ]
        drafted.append(
            conn,
            draft_id,
            [
                entry_of(clerk, saw + n, DraftAction.CONFIRMED, graduate_id=who, post_id=post_id)
                for n, (who, post_id) in enumerate(done, start=1)
            ],
        )
    refused = [
        (*pair, answer)
        for pair, answer in zip(asked, answers, strict=True)
        if not isinstance(answer, Entry)
    ]
    refused += [(*pair, DraftRefused("broken", *pair)) for pair in some if pair[0] in broken]
    return Confirmed(
        done=tuple(done),
        refused=tuple(sorted(refused, key=lambda each: each[0])),
        last=some[-1][0] if len(left) > len(some) else None,
    )
