"""Places that agreements (订单, 定向, 定岗, 学徒制) keep for their members.

Who is a member, how many places are promised, at which posts, and until when. What
`with_reserved` works out stands in `Standing.reserved`, and `open_places` counts with it.
Source: the contract page, rule ``places``; decision 12 says how it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from recommender.domain import (
    Agreement,
    Graduate,
    Post,
    Reference,
    TrainingMode,
    class_year_of,
)
from recommender.matching.eligibility import Reserved, Standing, open_places


def promised_places(agreement: Agreement) -> int:
    """Give how many places an agreement promises: its ceiling, else its floor, else none."""
    if agreement.mode is TrainingMode.DIRECT:
        return 0
    return agreement.ceiling if agreement.ceiling is not None else agreement.floor or 0


def returns_on(agreement: Agreement) -> date:
    """Give the day from which everybody may take what an agreement kept."""
    return agreement.returns_on or agreement.ends_on


def reserves_on(agreement: Agreement, day: date) -> bool:
    """Say whether an agreement keeps places on a day.

    From its first day until its places return, and not before its class year is the one being
    placed: places of this year's catalog are not kept for who graduates later.
    """
    has_begun = agreement.starts_on <= day < returns_on(agreement)
    is_due = agreement.class_year is None or agreement.class_year <= class_year_of(day)
    return has_begun and is_due and promised_places(agreement) > 0


def is_member(graduate: Graduate, agreement: Agreement, reference: Reference) -> bool:
    """Say whether a graduate belongs to those for whom an agreement keeps places.

    They are of its college and class year (where it names none, of a year in which it runs),
    and the roster names the enterprise as their order class, or the agreement names their
    trade with the class year.
    """
    if graduate.college != agreement.college:
        return False
    if agreement.class_year is None:
        first, last = class_year_of(agreement.starts_on), class_year_of(agreement.ends_on)
        return graduate.order_class == agreement.credit_code and (
            first <= graduate.class_year <= last
        )
    if graduate.class_year != agreement.class_year:
        return False
    return graduate.order_class == agreement.credit_code or _same_trade(
        graduate, agreement, reference
    )


def _same_trade(graduate: Graduate, agreement: Agreement, reference: Reference) -> bool:
    if agreement.trade is None:
        return False
    own, promised = (
        {trade for trade, _ in reference.trades_of(name)}
        for name in (graduate.trade, agreement.trade)
    )
    return bool(own & promised)


def posts_of(
    agreement: Agreement, posts: Iterable[Post], reference: Reference, day: date
) -> list[Post]:
    """List the open posts at which an agreement has its places, in the order of their ids.

    The post that it names; else the enterprise's posts whose occupation its trade leads to,
    and all of them where it names no trade.
    """
    on_offer = sorted((post for post in posts if post.is_open(day)), key=lambda one: one.post_id)
    if agreement.post_id is not None:
        return [post for post in on_offer if post.post_id == agreement.post_id]
    own = [post for post in on_offer if post.credit_code == agreement.credit_code]
    if agreement.trade is None:
        return own
    trade = agreement.trade
    return [post for post in own if reference.leads_to(trade, post.occupation_code)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """An agreement as it stands on a day.

    Attributes
    ----------
    members
        Ids of all who belong to it.
    served
        Ids of members to whom it owes no place any more: placed anywhere, holding a place at
        one of its posts, or having declined one.
    n_there
        How many members it has served: placed or holding at the post that it names, else at the
        enterprise, or hired by it at enrolment.
    posts
        Where its places are; see `posts_of`.
    """

    agreement: Agreement
    members: frozenset[str]
    served: frozenset[str]
    n_there: int
    posts: tuple[Post, ...]

    @property
    def owed(self) -> int:
        """Places still owed; at least 0."""
        return max(0, promised_places(self.agreement) - len(self.served))


def promises(
    agreements: Iterable[Agreement],
    posts: Sequence[Post],
    graduates: Sequence[Graduate],
    standing: Standing,
    reference: Reference,
    day: date,
) -> list[Promise]:
    """Lay the agreements that keep places on a day beside their members and posts.

    Those that name a post come first, each kind in the order of ids. A member of several
    agreements of one enterprise is served by one of them.
    """
    active = sorted(
        (each for each in agreements if reserves_on(each, day)),
        key=lambda each: (each.post_id is None, each.agreement_id),
    )
    members: dict[str, set[str]] = {each.agreement_id: set() for each in active}
    serves: dict[str, set[str]] = {each.agreement_id: set() for each in active}
    where = {each.agreement_id: tuple(posts_of(each, posts, reference, day)) for each in active}
    own = {each.agreement_id: _own_posts(each, posts) for each in active}
    n_there = dict.fromkeys(own, 0)
    for graduate in graduates:
        of: dict[str, list[Agreement]] = defaultdict(list)
        for each in active:
            if is_member(graduate, each, reference):
                members[each.agreement_id].add(graduate.graduate_id)
                of[each.credit_code].append(each)
        for claimed in of.values():
            claimed.sort(key=lambda each: not _same_trade(graduate, each, reference))
            served_by = _served_by(graduate, claimed, where, standing)
            if served_by is not None:
                serves[served_by].add(graduate.graduate_id)
                n_there[served_by] += _is_there(graduate, own[served_by], standing)
    return [
        Promise(
            agreement=each,
            members=frozenset(members[each.agreement_id]),
            served=frozenset(serves[each.agreement_id]),
            n_there=n_there[each.agreement_id],
            posts=where[each.agreement_id],
        )
        for each in active
    ]


def _own_posts(agreement: Agreement, posts: Iterable[Post]) -> frozenset[str]:
    """Name the post of an agreement, or the enterprise's, on whatever day they are open."""
    if agreement.post_id is not None:
        return frozenset({agreement.post_id})
    return frozenset(one.post_id for one in posts if one.credit_code == agreement.credit_code)


def _is_there(graduate: Graduate, own: frozenset[str], standing: Standing) -> bool:
    who = graduate.graduate_id
    placed_at = standing.placed_at.get(who, frozenset())
    holds = any(who in standing.held.get(post_id, ()) for post_id in own)
    return graduate.hired_at_enrolment or holds or not own.isdisjoint(placed_at)


def _served_by(
    graduate: Graduate,
    claimed: Sequence[Agreement],
    where: Mapping[str, Sequence[Post]],
    standing: Standing,
) -> str | None:
    """Name the agreement whose place a member has had: at its post, or else the first."""
    who = graduate.graduate_id
    placed_at = standing.placed_at.get(who, frozenset())
    settled = placed_at | standing.declined.get(who, frozenset())
    for each in claimed:
        for post in where[each.agreement_id]:
            if post.post_id in settled or who in standing.held.get(post.post_id, ()):
                return each.agreement_id
    return claimed[0].agreement_id if placed_at or graduate.hired_at_enrolment else None


def with_reserved(
    standing: Standing,
    agreements: Iterable[Agreement],
    posts: Sequence[Post],
    graduates: Sequence[Graduate],
    reference: Reference,
    day: date,
) -> Standing:
    """Add to a standing which free places agreements keep for whom.

    Each promise fills the posts in their order with what is owed, and never takes more than
    is free: imported history and holds come first.

    Parameters
    ----------
    posts
        All open posts of the enterprises of the agreements.
    graduates
        All who may be members, with their steps in the standing.
    """
    bare = replace(standing, reserved={})
    kept: dict[str, list[Reserved]] = defaultdict(list)
    left: dict[str, int] = {}
    for promise in promises(agreements, posts, graduates, bare, reference, day):
        owed = promise.owed
        for post in promise.posts:
            free = left.setdefault(post.post_id, open_places(post, bare))
            here = min(owed, free)
            if here > 0:
                left[post.post_id], owed = free - here, owed - here
                kept[post.post_id].append(
                    Reserved(
                        agreement_id=promise.agreement.agreement_id,
                        places=here,
                        members=promise.members,
                        returns_on=returns_on(promise.agreement),
                    )
                )
    return replace(bare, reserved={post_id: tuple(each) for post_id, each in kept.items()})


def with_hold(standing: Standing, post_id: str, graduate_id: str) -> Standing:
    """Give the standing after one more place is held; a member's comes from what is reserved."""
    held = standing.held.get(post_id, frozenset())
    kept: list[Reserved] = []
    is_used = graduate_id in held
    for each in standing.reserved.get(post_id, ()):
        if graduate_id in each.members and not is_used:
            is_used = True
            if each.places == 1:
                continue
            kept.append(replace(each, places=each.places - 1))
        else:
            kept.append(each)
    return replace(
        standing,
        held={**standing.held, post_id: held | {graduate_id}},
        reserved={**standing.reserved, post_id: tuple(kept)},
    )


# --- for a whole cohort -----------------------------------------------------------------------


def cohort_places(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    standing: Standing,
    eligible: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """Count the places that a cohort can fill: int32 (n_posts,), each at least 0.

    Open ones, and reserved ones so far as members among the cohort may take the post. A price
    per post asks no more: who may not take what is reserved does not apply for it.
    """
    split = split_places(graduates, posts, standing, eligible)
    usable = np.minimum(split.capacities, split.eligible.sum(axis=0, dtype=np.int32))
    is_open = np.arange(len(split.columns)) < len(posts)
    usable[is_open] = split.capacities[is_open]
    return np.bincount(split.columns, weights=usable, minlength=len(posts)).astype(np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlaces:
    """The places of posts by who may take them: first every post's open ones, then reserved.

    Attributes
    ----------
    columns : int32 array of shape (n_columns,)
        The post of each column; the first n_posts are the posts in their order.
    eligible : bool array of shape (n_graduates, n_columns)
    capacities : int32 array of shape (n_columns,)
    """

    columns: NDArray[np.int32]
    eligible: NDArray[np.bool_]
    capacities: NDArray[np.int32]


def split_places(
    graduates: Sequence[Graduate],
    posts: Sequence[Post],
    standing: Standing,
    eligible: NDArray[np.bool_],
) -> SplitPlaces:
    """Split each post into its open places and those reserved by each agreement.

    Whatever assigns people to columns within these capacities takes no reserved place for
    anybody but a member.

    Parameters
    ----------
    eligible : bool array of shape (n_graduates, n_posts)
        As `eligible_pairs` gives it for the same standing.
    """
    row_of = {graduate.graduate_id: row for row, graduate in enumerate(graduates)}
    columns = list(range(len(posts)))
    capacities = [open_places(post, standing) for post in posts]
    masks = []
    for column, post in enumerate(posts):
        for each in standing.reserved.get(post.post_id, ()):
            rows = [row_of[who] for who in each.members & row_of.keys()]
            mask = np.zeros(len(graduates), dtype=np.bool_)
            mask[rows] = eligible[rows, column]
            columns.append(column)
            capacities.append(each.places)
            masks.append(mask)
    return SplitPlaces(
        columns=np.array(columns, dtype=np.int32),
        eligible=np.column_stack([eligible, *masks]) if masks else eligible,
        capacities=np.array(capacities, dtype=np.int32),
    )
