"""How agreements stand: what is reserved, who will lack the level, and what conflicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Engine

from recommender import places
from recommender.data import agreed, apprentices, store
from recommender.domain import Agreement, Post
from recommender.matching.apprenticeships import apprentices_of, count_states
from recommender.matching.conflicts import Conflict, ConflictKind, find_conflicts
from recommender.matching.eligibility import Standing, open_places
from recommender.matching.reserved import Promise, promised_places, promises, returns_on
from recommender.matching.shortfall import Shortfall, shortfall


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementLine:
    """How one agreement stands on a day.

    Attributes
    ----------
    enterprise
        As its posts name it; None where it has none.
    promised
        Its ceiling, else its floor.
    n_members, n_there
        Its members; those placed or holding a place where it has its posts.
    reserved
        Post → free places that it keeps.
    returns_on
        Day from which everybody may take them.
    shortfall
        None where it states no level.
    n_hired_at_enrolment
        Members whom an enterprise hired when they enrolled (招生即招工).
    apprentices
        Employees enrolled under it (招工即招生), by `ApprenticeState`: other people, who take none
        of its places.
    """

    agreement: Agreement
    enterprise: str | None
    promised: int
    n_members: int
    n_there: int
    reserved: Mapping[str, int]
    returns_on: date
    shortfall: Shortfall | None
    n_hired_at_enrolment: int
    apprentices: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementReview:
    """The agreements that reserve places on a day, by id.

    Attributes
    ----------
    n_others
        Agreements stored that reserve nothing on the day.
    conflicts
        Smallest sets that cannot all be kept; see `ConflictKind`.
    """

    day: date
    lines: tuple[AgreementLine, ...]
    n_others: int
    conflicts: tuple[Conflict, ...]

    @property
    def can_be_kept(self) -> bool:
        """Whether every floor can be met, and every ceiling that has no floor."""
        return all(each.kind is ConflictKind.CEILINGS for each in self.conflicts)


def review(engine: Engine, *, day: date, moment: datetime | None = None) -> AgreementReview:
    """Look at all agreements on a day.

    Parameters
    ----------
    moment
        At which holds count; where None, for the whole day on which they run out.
    """
    with store.reading(engine) as conn:
        posts = store.load_posts(conn, day=day)
        reference = store.load_reference(conn, day=day)
        people = agreed.load_candidates(conn, reference.agreements)
        now = places.standing_on(conn, posts, day, moment=moment)
        earlier = store.load_graduates(conn)
        learners = apprentices.load_apprentices(conn, day=day)
    bare = replace(now, reserved={})
    stood = promises(reference.agreements, posts, people, bare, reference, day)
    free = {post.post_id: open_places(post, bare) for each in stood for post in each.posts}
    by_id = {each.graduate_id: each for each in people}
    names = {post.credit_code: post.enterprise for post in posts}
    lines = []
    for promise in sorted(stood, key=lambda each: each.agreement.agreement_id):
        terms = promise.agreement
        coming = [by_id[who] for who in _who_may_come(promise, bare, posts)]
        promised = promised_places(terms)
        lines.append(
            AgreementLine(
                agreement=terms,
                enterprise=names.get(terms.credit_code),
                promised=promised,
                n_members=len(promise.members),
                n_there=promise.n_there,
                reserved=_reserved_by(now, terms.agreement_id),
                returns_on=returns_on(terms),
                shortfall=shortfall(terms, promised, coming, earlier, reference, promise.posts),
                n_hired_at_enrolment=sum(by_id[who].hired_at_enrolment for who in promise.members),
                apprentices=count_states(apprentices_of(terms, learners, reference), day),
            )
        )
    return AgreementReview(
        day=day,
        lines=tuple(lines),
        n_others=len(reference.agreements) - len(lines),
        conflicts=tuple(find_conflicts(stood, free)),
    )


def _who_may_come(promise: Promise, now: Standing, posts: Sequence[Post]) -> list[str]:
    """List members who are not placed elsewhere and declined none of the agreement's posts."""
    at = {post.post_id for post in promise.posts}
    at |= {post.post_id for post in posts if post.credit_code == promise.agreement.credit_code}
    nowhere: frozenset[str] = frozenset()
    return [
        who
        for who in sorted(promise.members)
        if (not now.placed_at.get(who) or at & now.placed_at[who])
        and not at & now.declined.get(who, nowhere)
    ]


def _reserved_by(now: Standing, agreement_id: str) -> dict[str, int]:
    return {
        post_id: each.places
        for post_id, some in sorted(now.reserved.items())
        for each in some
        if each.agreement_id == agreement_id
    }
